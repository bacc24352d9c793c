//! The four readings of a value, T, I, F and S, and what its copy costs.
//!
//! One row of the specification's table per arm. The conversions of `Value` itself are not
//! used: they are what is judged.

use fusevm::Value;

/// T: whether a value counts as true.
pub(super) fn truth(value: &Value) -> bool {
    match value {
        Value::Undef => false,
        Value::Bool(b) => *b,
        Value::Int(n) => *n != 0,
        // NaN differs from 0.0 and is therefore true.
        Value::Float(x) => *x != 0.0,
        Value::Str(s) => !(s.is_empty() || s.as_str() == "0"),
        Value::Array(elements) => !elements.is_empty(),
        Value::Hash(entries) => !entries.is_empty(),
        Value::Status(code) => *code == 0,
        Value::Ref(_) | Value::NativeFn(_) => true,
    }
}

/// I: a value as an integer.
pub(crate) fn int(value: &Value) -> i64 {
    match value {
        Value::Undef | Value::Hash(_) | Value::Ref(_) | Value::NativeFn(_) => 0,
        Value::Bool(b) => i64::from(*b),
        Value::Int(n) => *n,
        // Truncates, saturates, and makes NaN 0: what `as` does.
        Value::Float(x) => *x as i64,
        Value::Str(s) => int_of_text(s),
        Value::Array(elements) => elements.len() as i64,
        Value::Status(code) => i64::from(*code),
    }
}

/// An optional sign and digits, all of the text and within range; anything else is 0.
fn int_of_text(text: &str) -> i64 {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    let negative = text.starts_with('-');
    let mut sum: i64 = 0;
    for digit in digits.bytes().map(|byte| i64::from(byte - b'0')) {
        let signed = if negative { -digit } else { digit };
        match sum.checked_mul(10).and_then(|ten| ten.checked_add(signed)) {
            Some(more) => sum = more,
            None => return 0,
        }
    }
    sum
}

/// F: a value as a float.
pub(crate) fn float(value: &Value) -> f64 {
    match value {
        Value::Undef | Value::Array(_) | Value::Hash(_) | Value::Ref(_) | Value::NativeFn(_) => 0.0,
        Value::Bool(b) => f64::from(u8::from(*b)),
        Value::Int(n) => *n as f64,
        Value::Float(x) => *x,
        Value::Str(s) => float_of_text(s),
        Value::Status(code) => f64::from(*code),
    }
}

/// An optional sign and either digits with an optional point and exponent, or `inf`,
/// `infinity` or `nan` in any case; anything else is 0.0. This is the grammar of `f64`'s own
/// parser, which rounds correctly and makes what is too large an infinity.
fn float_of_text(text: &str) -> f64 {
    text.parse().unwrap_or(0.0)
}

/// S: a value as text, or `None` when the text of an array has more than `limit` bytes.
pub(super) fn text(value: &Value, limit: usize) -> Option<String> {
    let Value::Array(elements) = value else {
        return Some(scalar_text(value));
    };
    let mut joined = String::new();
    for (i, element) in elements.iter().enumerate() {
        if i > 0 {
            joined.push(' ');
        }
        joined.push_str(&text(element, limit)?);
        if joined.len() > limit {
            return None;
        }
    }
    Some(joined)
}

/// S of anything but an array.
fn scalar_text(value: &Value) -> String {
    match value {
        Value::Undef | Value::Array(_) => String::new(),
        Value::Bool(b) => if *b { "1" } else { "" }.to_owned(),
        Value::Int(n) => n.to_string(),
        // The shortest digits that read back, without an exponent: what `Display` prints.
        Value::Float(x) => x.to_string(),
        Value::Str(s) => s.as_str().to_owned(),
        Value::Hash(_) => "(hash)".to_owned(),
        Value::Status(code) => code.to_string(),
        Value::Ref(_) => "(ref)".to_owned(),
        Value::NativeFn(id) => format!("(builtin:{id})"),
    }
}

/// `len`: elements of an array, entries of a hash, bytes of the text of anything else.
pub(super) fn length(value: &Value) -> i64 {
    match value {
        Value::Array(elements) => elements.len() as i64,
        Value::Hash(entries) => entries.len() as i64,
        scalar => scalar_text(scalar).len() as i64,
    }
}

/// Depth of collections and references inside each other: 0 for a scalar.
pub(super) fn depth(value: &Value) -> usize {
    match value {
        Value::Array(elements) => 1 + elements.iter().map(depth).max().unwrap_or(0),
        Value::Hash(entries) => 1 + entries.values().map(depth).max().unwrap_or(0),
        Value::Ref(target) => 1 + depth(target),
        _ => 0,
    }
}

/// Elements, entries and bytes of keys that a copy of a value makes anew, at every depth.
/// A text is shared by its copies.
pub(super) fn weight(value: &Value) -> u64 {
    match value {
        Value::Array(elements) => elements.iter().map(|element| 1 + weight(element)).sum(),
        Value::Hash(entries) => entries
            .iter()
            .map(|(key, value)| entry_weight(key) + weight(value))
            .sum(),
        Value::Ref(target) => weight(target),
        _ => 0,
    }
}

/// What one more entry of a hash weighs: itself and the bytes of its key.
pub(super) fn entry_weight(key: &str) -> u64 {
    1 + key.len() as u64
}

/// The integer arithmetic of a loop `while k < limit { k += 1 }`: how often it turns.
pub(super) fn turns(k: i64, limit: i32) -> u64 {
    let turns = i128::from(limit) - i128::from(k);
    turns.max(0) as u64
}
