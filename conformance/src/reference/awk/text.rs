//! Texts: the rules of `AwkLength`, `AwkSubstr`, `AwkIndex`, case, code points and
//! `AwkStrtonum`. Positions count characters from 1.

use super::super::coerce::{float, int};
use super::super::state::{Machine, Step};
use fusevm::{Op, Value};

impl Machine {
    pub(super) fn awk_text(&mut self, op: Op, n: usize) -> Step {
        match op {
            Op::AwkLength(_) if n == 0 => {
                self.awk_asks(0, |host, _| Value::Int(host.length(None)), Value::Int(0))
            }
            // However many operands it is told of, it takes one (Q72).
            Op::AwkLength(_) => self.awk_value(
                1,
                |host, a| Value::Int(host.length(Some(&a[0]))),
                |machine, _| {
                    let text = machine.text(0, 1)?;
                    Ok(Value::Int(text.chars().count() as i64))
                },
            ),
            Op::AwkSubstr(_) => self.awk_substr(n),
            Op::AwkIndex => self.awk_value(
                2,
                |host, a| Value::Int(host.index(&a[0], &a[1])),
                |machine, _| {
                    let (text, part) = (machine.text(1, 2)?, machine.text(0, 2)?);
                    Ok(Value::Int(position(&text, &part)))
                },
            ),
            Op::AwkToLower => self.awk_value(
                1,
                |host, a| host.tolower(&a[0]),
                |machine, _| {
                    let text = machine.text(0, 1)?;
                    machine.awk_made(1, text.to_lowercase())
                },
            ),
            Op::AwkToUpper => self.awk_value(
                1,
                |host, a| host.toupper(&a[0]),
                |machine, _| {
                    let text = machine.text(0, 1)?;
                    machine.awk_made(1, text.to_uppercase())
                },
            ),
            Op::AwkStrtonum => self.awk_value(
                1,
                |host, a| host.strtonum(&a[0]),
                |machine, _| Ok(Value::Float(number(&machine.text(0, 1)?))),
            ),
            Op::AwkOrd => self.awk_value(
                1,
                |host, a| host.ord(&a[0]),
                |machine, _| {
                    let first = machine.text(0, 1)?.chars().next();
                    Ok(Value::Float(first.map_or(0.0, |c| f64::from(u32::from(c)))))
                },
            ),
            // F(n) as u32, so that a negative number is U+0000 (Q80).
            _ => self.awk_value(
                1,
                |host, a| host.chr(&a[0]),
                |machine, a| {
                    let character = char::from_u32(float(&a[0]) as u32);
                    machine.awk_made(1, character.map_or(String::new(), String::from))
                },
            ),
        }
    }

    /// A text that an op with `operands` has made: within the limit, and paid for.
    pub(super) fn awk_made(&mut self, operands: usize, text: String) -> Step<Value> {
        self.string(operands, text.len() as u128)?;
        self.pay(text.len() as u64)?;
        Ok(Value::str(text))
    }

    fn awk_substr(&mut self, n: usize) -> Step {
        let from = |a: &[Value]| a.get(1).map_or(1, int);
        let length = |a: &[Value]| a.get(2).map(int);
        self.awk_value(
            n,
            |host, a| host.substr(&super::text_at(a, 0), from(a), length(a)),
            |machine, a| {
                let text = match n {
                    0 => String::new(),
                    n => machine.text(n - 1, n)?,
                };
                machine.awk_made(n, part(&text, from(a), length(a)))
            },
        )
    }
}

/// `substr`: characters max(m, 1) up to, not including, min(m + n, L + 1).
fn part(text: &str, m: i64, n: Option<i64>) -> String {
    let behind_all = text.chars().count() as i64 + 1;
    let first = m.max(1);
    let behind = n.map_or(behind_all, |n| m.saturating_add(n).min(behind_all));
    let is_part = |position: i64| (first..behind).contains(&position);
    let numbered = (1..).zip(text.chars());
    numbered
        .filter(|(position, _)| is_part(*position))
        .map(|(_, character)| character)
        .collect()
}

/// Where a part begins, in characters from 1; 0 when it is not there (Q75).
fn position(text: &str, part: &str) -> i64 {
    match text.find(part) {
        Some(at) => text[..at].chars().count() as i64 + 1,
        None => 0,
    }
}

/// `strtonum`: hexadecimal and octal as a whole, otherwise the longest decimal prefix.
fn number(text: &str) -> f64 {
    let text = text.trim();
    let unsigned = text.trim_start_matches(['+', '-']).len() == text.len();
    if unsigned && let Some(digits) = text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        return u64::from_str_radix(digits, 16).map_or(0.0, |n| n as f64);
    }
    let is_octal = text.len() > 1 && text.starts_with('0') && !text.contains(['.', 'e', 'E']);
    if is_octal {
        return i64::from_str_radix(text, 8).map_or(0.0, |n| n as f64);
    }
    let name = named_prefix(text);
    name.unwrap_or_else(|| decimal_prefix(text).parse().unwrap_or(0.0))
}

/// The value of a sign and `inf` or `nan`, unless a letter or digit follows.
fn named_prefix(text: &str) -> Option<f64> {
    let (name, behind) = (text.get(1..4)?, text[4..].chars().next());
    if !text.starts_with(['+', '-']) || behind.is_some_and(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    let value = match name.to_ascii_lowercase().as_str() {
        "inf" => f64::INFINITY,
        "nan" => f64::NAN,
        _ => return None,
    };
    Some(if text.starts_with('-') { -value } else { value })
}

/// The longest prefix that is a decimal number: a sign, digits with a point among them, and
/// an exponent, which needs a digit of its own. Empty when there is none.
fn decimal_prefix(text: &str) -> &str {
    let bytes = text.as_bytes();
    let digits_from = |at: usize| {
        let rest = bytes.iter().skip(at);
        rest.take_while(|byte| byte.is_ascii_digit()).count()
    };
    let is_at = |at: usize, any_of: &[u8]| bytes.get(at).is_some_and(|byte| any_of.contains(byte));
    let mut end = usize::from(is_at(0, b"+-"));
    let mut n_digits = digits_from(end);
    end += n_digits;
    if is_at(end, b".") {
        let n_decimals = digits_from(end + 1);
        end += 1 + n_decimals;
        n_digits += n_decimals;
    }
    if n_digits == 0 {
        return "";
    }
    if is_at(end, b"eE") {
        let exponent = end + 1 + usize::from(is_at(end + 1, b"+-"));
        if digits_from(exponent) > 0 {
            end = exponent + digits_from(exponent);
        }
    }
    &text[..end]
}
