//! Ranges of integers: the exact mathematical sequence, within the `i64` range.

use super::arrays::check_size;
use crate::error::Error;
use crate::limits::Limits;
use crate::value::Value;

/// `Range`: from the integer of `from` to that of `to`, both included.
pub(crate) fn range(from: &Value, to: &Value, limits: &Limits) -> Result<Value, Error> {
    steps(from.to_int(), to.to_int(), 1, limits)
}

/// `RangeStep`: every `step`-th integer while not past `to`; empty for a step of 0.
pub(crate) fn range_step(
    from: &Value,
    to: &Value,
    step: &Value,
    limits: &Limits,
) -> Result<Value, Error> {
    steps(from.to_int(), to.to_int(), step.to_int(), limits)
}

fn steps(from: i64, to: i64, step: i64, limits: &Limits) -> Result<Value, Error> {
    let n = length(from, to, step);
    let n = usize::try_from(n).unwrap_or(usize::MAX);
    check_size(n, limits)?;
    let mut elements = Vec::with_capacity(n);
    let mut next = from;
    for _ in 0..n {
        elements.push(Value::Int(next));
        next = next.wrapping_add(step);
    }
    Ok(Value::Array(elements))
}

/// Number of terms. None of them leaves the `i64` range, because `to` does not.
fn length(from: i64, to: i64, step: i64) -> u64 {
    let past = if step > 0 { from > to } else { from < to };
    if step == 0 || past {
        return 0;
    }
    (from.abs_diff(to) / step.unsigned_abs()).saturating_add(1)
}
