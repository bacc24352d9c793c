//! Texts: the rules of `AwkLength`, `AwkSubstr`, `AwkIndex`, case, code points and
//! `AwkStrtonum`. Positions count characters from 1.

use super::super::coerce::{float, int};
use super::super::state::{Machine, Step};
use fusevm::{AwkHost, Op, Value};

impl Machine {
    pub(super) fn awk_text(&mut self, op: Op, n: usize) -> Step {
        match op {
            Op::AwkLength(_) if n == 0 => {
                self.awk_asks(0, |host, _| Value::Int(host.length(None)), Value::Int(0))
            }
            // However many operands it is told of, it takes one (Q72).
            Op::AwkLength(_) => {
                let length = self.text(0, 1)?.chars().count() as i64;
                let ask =
                    |host: &mut dyn AwkHost, a: &[Value]| Value::Int(host.length(Some(&a[0])));
                self.awk_asks(1, ask, Value::Int(length))
            }
            Op::AwkSubstr(_) => self.awk_substr(n),
            Op::AwkIndex => {
                let position = position(&self.text(1, 2)?, &self.text(0, 2)?);
                let ask =
                    |host: &mut dyn AwkHost, a: &[Value]| Value::Int(host.index(&a[0], &a[1]));
                self.awk_asks(2, ask, Value::Int(position))
            }
            Op::AwkToLower => {
                let lower = self.text(0, 1)?.to_lowercase();
                self.awk_value(
                    1,
                    |host, a| host.tolower(&a[0]),
                    |m, _| m.awk_written(1, lower),
                )
            }
            Op::AwkToUpper => {
                let upper = self.text(0, 1)?.to_uppercase();
                self.awk_value(
                    1,
                    |host, a| host.toupper(&a[0]),
                    |m, _| m.awk_written(1, upper),
                )
            }
            Op::AwkStrtonum => {
                let number = number(&self.text(0, 1)?);
                self.awk_asks(1, |host, a| host.strtonum(&a[0]), Value::Float(number))
            }
            Op::AwkOrd => {
                let first = self.text(0, 1)?.chars().next();
                let code = first.map_or(0.0, |first| f64::from(u32::from(first)));
                self.awk_asks(1, |host, a| host.ord(&a[0]), Value::Float(code))
            }
            // F(n) as u32, so that a negative number is U+0000 (Q80).
            _ => {
                let character = char::from_u32(float(self.top(0)) as u32);
                let text = character.map_or(String::new(), String::from);
                self.awk_asks(1, |host, a| host.chr(&a[0]), Value::str(text))
            }
        }
    }

    /// A text that an op with `n` operands has written: within the limit, and paid for.
    pub(super) fn awk_written(&mut self, n: usize, text: String) -> Step<Value> {
        self.string(n, text.len() as u128)?;
        self.pay(text.len() as u64)?;
        Ok(Value::str(text))
    }

    /// The part of a text is not longer than the text, so it meets no limit.
    fn awk_substr(&mut self, n: usize) -> Step {
        let text = self.awk_first_text(n)?.unwrap_or_default();
        let from = |a: &[Value]| a.get(1).map_or(1, int);
        let length = |a: &[Value]| a.get(2).map(int);
        self.awk_value(
            n,
            |host, a| host.substr(&super::text_at(a, 0), from(a), length(a)),
            |machine, a| {
                let part = part(&text, from(a), length(a));
                machine.pay(part.len() as u64)?;
                Ok(Value::str(part))
            },
        )
    }

    /// S of the first of `n` operands, if there is one, for a rule.
    pub(super) fn awk_first_text(&mut self, n: usize) -> Step<Option<String>> {
        match n {
            0 => Ok(None),
            n => self.text(n - 1, n).map(Some),
        }
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
