//! Text.

use crate::error::{Error, Limit};
use crate::limits::Limits;
use crate::value::{Value, deep};
use std::borrow::Cow;
use std::sync::Arc;

/// The text of a value for an op that needs it: [`Value::as_str_cow`], but the text of an
/// array must not exceed the string limit.
pub(crate) fn text<'v>(value: &'v Value, limits: &Limits) -> Result<Cow<'v, str>, Error> {
    let Value::Array(elements) = value else {
        return Ok(value.as_str_cow());
    };
    let joined = deep::joined(elements, limits.string_size).ok_or(Limit::StringSize)?;
    Ok(Cow::Owned(joined))
}

/// An error when a string of `len` bytes is longer than `max`.
fn within(len: usize, max: usize) -> Result<(), Error> {
    if len > max {
        return Err(Limit::StringSize.into());
    }
    Ok(())
}

/// `Concat`: the text of `a`, then the text of `b`.
pub(crate) fn concat(a: &Value, b: &Value, limits: &Limits) -> Result<Value, Error> {
    let (a, b) = (text(a, limits)?, text(b, limits)?);
    let mut joined = String::with_capacity(joined_len(&a, &b, limits)?);
    joined.push_str(&a);
    joined.push_str(&b);
    Ok(Value::str(joined))
}

/// Bytes of the string that `Concat` makes of two texts.
pub(crate) fn joined_len(a: &str, b: &str, limits: &Limits) -> Result<usize, Error> {
    let len = a.len().saturating_add(b.len());
    within(len, limits.string_size)?;
    Ok(len)
}

/// `StringRepeat`: the text of `s`, as often as the integer of `n` says.
pub(crate) fn string_repeat(s: &Value, n: &Value, limits: &Limits) -> Result<Value, Error> {
    let s = text(s, limits)?;
    let n = repetitions(n.to_int());
    within(s.len().saturating_mul(n), limits.string_size)?;
    Ok(Value::str(if s.is_empty() {
        String::new()
    } else {
        s.repeat(n)
    }))
}

/// A count: negative ones are 0.
fn repetitions(n: i64) -> usize {
    usize::try_from(n.max(0)).unwrap_or(usize::MAX)
}

/// `StringLen`: bytes of a text, elements of an array, entries of a hash.
pub(crate) fn string_len(v: &Value) -> Value {
    Value::Int(v.len() as i64)
}

/// Bytes of the string that `ConcatConstLoop` makes: `n` times `piece` behind `start`.
pub(crate) fn repeated_len(
    start: &str,
    piece: &str,
    n: u64,
    limits: &Limits,
) -> Result<usize, Error> {
    let len = start.len() as u128 + piece.len() as u128 * u128::from(n);
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    within(len, limits.string_size)?;
    Ok(len)
}

/// `ConcatConstLoop`'s string of `len` bytes: `piece` behind `start` until it is full. The
/// buffer of `start` is used again where nobody else holds it.
pub(crate) fn append_until(start: Value, piece: &str, len: usize) -> Value {
    let mut buffer = match start {
        Value::Str(s) => Arc::unwrap_or_clone(s),
        other => other.to_str(),
    };
    buffer.reserve_exact(len - buffer.len());
    while buffer.len() < len {
        buffer.push_str(piece);
    }
    Value::str(buffer)
}
