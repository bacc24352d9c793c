//! Functions of numbers, and numbers from texts.

use crate::value::{Value, number};

/// `int(x)`: truncated toward zero; `Int` where that is in range (2^63 itself becomes
/// `i64::MAX`), `Float` for everything else, NaN and infinities included.
pub fn awk_int(x: &Value) -> Value {
    const MAX: f64 = 9_223_372_036_854_775_808.0;
    let t = x.to_float().trunc();
    if (-MAX..=MAX).contains(&t) {
        Value::Int(t as i64)
    } else {
        Value::Float(t)
    }
}

/// NaN of any sign and payload as `f64::NAN`; other numbers as they are.
pub fn awk_canon_nan(r: f64) -> f64 {
    if r.is_nan() { f64::NAN } else { r }
}

/// `sqrt(x)`: NaN below 0.
pub(crate) fn sqrt(x: &Value) -> Value {
    Value::Float(x.to_float().sqrt())
}

/// `log(x)`: the natural logarithm; NaN below 0, -inf at 0.
pub(crate) fn log(x: &Value) -> Value {
    Value::Float(x.to_float().ln())
}

/// `sin(x)`
pub(crate) fn sin(x: &Value) -> Value {
    Value::Float(awk_canon_nan(x.to_float().sin()))
}

/// `cos(x)`
pub(crate) fn cos(x: &Value) -> Value {
    Value::Float(awk_canon_nan(x.to_float().cos()))
}

/// `exp(x)`
pub(crate) fn exp(x: &Value) -> Value {
    Value::Float(awk_canon_nan(x.to_float().exp()))
}

/// `atan2(y, x)`
pub(crate) fn atan2(y: &Value, x: &Value) -> Value {
    Value::Float(awk_canon_nan(y.to_float().atan2(x.to_float())))
}

/// `mkbool(x)`: `Float(1.0)` for what is true, else `Float(0.0)`.
pub fn awk_mkbool(arg: &Value) -> Value {
    Value::Float(f64::from(u8::from(arg.is_truthy())))
}

/// `intdiv(a, b)`: the truncated quotient of both operands truncated, as `Float`; `Undef` for
/// a divisor that is or becomes 0.
pub fn awk_intdiv(a: &Value, b: &Value) -> Value {
    quotient(a, b).map_or(Value::Undef, Value::Float)
}

/// `intdiv0(a, b)`: as [`awk_intdiv`], but 0.0 for a divisor that is or becomes 0.
pub fn awk_intdiv0(a: &Value, b: &Value) -> Value {
    Value::Float(quotient(a, b).unwrap_or(0.0))
}

/// The operands are saturated to 64 bits; the quotient may be 2^63.
fn quotient(a: &Value, b: &Value) -> Option<f64> {
    let (a, b) = (a.to_float() as i64, b.to_float() as i64);
    let quotient = i128::from(a).checked_div(i128::from(b))?;
    Some(quotient as f64)
}

/// `strtonum(s)`: hexadecimal behind `0x`, octal behind another `0` unless there is a point or
/// an exponent, and otherwise the longest prefix that is a number. White space around the text
/// does not count; what cannot be read is 0.0.
pub fn awk_strtonum(s: &str) -> f64 {
    let s = s.trim();
    if s.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        if let Some(digits) = s.strip_prefix("0x").or_else(|| s.strip_prefix("0X")) {
            return u64::from_str_radix(digits, 16).map_or(0.0, |n| n as f64);
        }
        if s.len() > 1 && s.starts_with('0') && !s.contains(['.', 'e', 'E']) {
            return i64::from_str_radix(s, 8).map_or(0.0, |n| n as f64);
        }
    } else if !s.starts_with(['+', '-']) {
        return 0.0;
    }
    number::float_from_text(&s[..number_len(s.as_bytes())])
}

/// The length of the longest prefix that is a number in decimal notation with at least one
/// digit, or a signed `inf` or `nan` that no letter or digit follows; 0 when there is none.
fn number_len(s: &[u8]) -> usize {
    let sign = usize::from(matches!(s.first(), Some(b'+' | b'-')));
    if sign > 0 && is_signed_word(s) {
        return 4;
    }
    let mut end = sign + digits(&s[sign..]);
    let mut n_digits = end - sign;
    if s.get(end) == Some(&b'.') {
        let fraction = digits(&s[end + 1..]);
        n_digits += fraction;
        end += 1 + fraction;
    }
    if n_digits == 0 {
        return 0;
    }
    end + exponent_len(&s[end..])
}

/// The number of leading digits.
fn digits(s: &[u8]) -> usize {
    s.iter().take_while(|b| b.is_ascii_digit()).count()
}

/// The length of an exponent with digits at the start of a text, 0 when there is none.
fn exponent_len(s: &[u8]) -> usize {
    if !matches!(s.first(), Some(b'e' | b'E')) {
        return 0;
    }
    let sign = usize::from(matches!(s.get(1), Some(b'+' | b'-')));
    match digits(&s[1 + sign..]) {
        0 => 0,
        n => 1 + sign + n,
    }
}

/// Whether a sign is followed by `inf` or `nan` as a word.
fn is_signed_word(s: &[u8]) -> bool {
    let is = |word: &[u8]| s.get(1..4).is_some_and(|w| w.eq_ignore_ascii_case(word));
    (is(b"inf") || is(b"nan")) && !s.get(4).is_some_and(u8::is_ascii_alphanumeric)
}
