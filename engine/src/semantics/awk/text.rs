//! Functions of texts, which count in characters.

use crate::value::Value;

/// `length(s)`: the number of characters; 0 for `None`.
pub fn awk_length(s: Option<&Value>) -> i64 {
    s.map_or(0, |s| s.as_str_cow().chars().count() as i64)
}

/// `substr(s, m, n)`: `n` characters from the `m`-th on, the first being number 1, as far as
/// there are such characters; without `n`, all of them.
pub fn awk_substr(s: &Value, m: i64, n: Option<i64>) -> Value {
    let s = s.as_str_cow();
    let first = m.max(1);
    // Characters before `end` belong to the result; none has the number `i64::MAX`.
    let end = n.map_or(i64::MAX, |n| m.saturating_add(n));
    if first >= end {
        return Value::str("");
    }
    let rest = skip_chars(&s, (first - 1) as usize);
    let behind = skip_chars(rest, (end - first) as usize);
    Value::str(&rest[..rest.len() - behind.len()])
}

/// What is left of a text behind `n` characters.
fn skip_chars(s: &str, n: usize) -> &str {
    match s.char_indices().nth(n) {
        Some((at, _)) => &s[at..],
        None => "",
    }
}

/// `index(s, t)`: the position of the first `t` in `s`, in characters from 1; 0 when there is
/// none, 1 for an empty `t`.
pub fn awk_index(s: &Value, t: &Value) -> i64 {
    let (s, t) = (s.as_str_cow(), t.as_str_cow());
    match s.find(&*t) {
        Some(at) => s[..at].chars().count() as i64 + 1,
        None => 0,
    }
}

/// `tolower(s)`: the full lower-case mapping of Unicode.
pub fn awk_tolower(s: &Value) -> Value {
    Value::str(s.as_str_cow().to_lowercase())
}

/// `toupper(s)`: the full upper-case mapping of Unicode; a text may become longer.
pub fn awk_toupper(s: &Value) -> Value {
    Value::str(s.as_str_cow().to_uppercase())
}

/// As [`awk_tolower`]; `None` when the result would be longer than `max` bytes.
pub(crate) fn tolower(s: &Value, max: usize) -> Option<Value> {
    let text = s.as_str_cow();
    is_within(&text, max, |c| c.to_lowercase().map(char::len_utf8).sum()).then(|| awk_tolower(s))
}

/// As [`awk_toupper`]; `None` when the result would be longer than `max` bytes.
pub(crate) fn toupper(s: &Value, max: usize) -> Option<Value> {
    let text = s.as_str_cow();
    is_within(&text, max, |c| c.to_uppercase().map(char::len_utf8).sum()).then(|| awk_toupper(s))
}

/// The factor by which another case lengthens a text, at most.
const MAX_GROWTH: usize = 3;

/// Whether the bytes that characters become are at most `max`; counts only when that is open.
fn is_within(s: &str, max: usize, bytes: impl Fn(char) -> usize) -> bool {
    s.len() <= max / MAX_GROWTH || s.chars().map(bytes).sum::<usize>() <= max
}

/// `ord(s)`: the code point of the first character as `Float`; 0.0 for an empty text.
pub fn awk_ord(arg: &Value) -> Value {
    let first = arg.as_str_cow().chars().next();
    Value::Float(first.map_or(0.0, |c| f64::from(u32::from(c))))
}

/// `chr(n)`: the character with that code point as a text. Negative numbers and NaN are 0;
/// surrogates and numbers above 0x10FFFF give the empty text.
pub fn awk_chr(arg: &Value) -> Value {
    let c = char::from_u32(arg.to_float() as u32);
    Value::str(c.map(String::from).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_case_mapping_grows_more_than_assumed() {
        for c in '\0'..=char::MAX {
            let upper: usize = c.to_uppercase().map(char::len_utf8).sum();
            let lower: usize = c.to_lowercase().map(char::len_utf8).sum();
            assert!(upper.max(lower) <= MAX_GROWTH * c.len_utf8(), "{c:?}");
        }
    }

    #[test]
    fn results_are_bounded() {
        let s = Value::str("ŉŉ");
        assert_eq!(toupper(&s, 6), Some(Value::str("ʼNʼN")));
        assert_eq!(toupper(&s, 5), None);
        assert_eq!(tolower(&Value::str("İ"), 3), Some(Value::str("i\u{307}")));
        assert_eq!(tolower(&Value::str("İ"), 2), None);
    }
}
