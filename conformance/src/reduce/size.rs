//! What "smaller" means: fewer ops first, then simpler ones with smaller numbers.
//!
//! Every accepted candidate is strictly smaller by this measure, so reduction ends.

use crate::case::Case;
use fusevm::op::Operand;
use fusevm::{Chunk, Limits, Value};

/// The size of a case: its ops, then everything else.
pub(super) fn size(case: &Case) -> (usize, u64) {
    let values = case.slots.iter().chain(&case.globals).chain(&case.stack);
    let state: u64 = values.map(|value| 2 + value_size(value)).sum();
    let mut hosts = case.hosts;
    let n_hosts = hosts.by_name().iter().filter(|(_, on)| **on).count() as u64;
    let settings = u64::from(case.handlers) * 40
        + n_hosts * 35
        + case.fuel.map_or(0, |fuel| 20 + number_size(fuel as i64))
        + u64::from(case.limits != Limits::default()) * 30
        + u64::from(case.runs.max(1) - 1) * 4
        + number_size(i64::from(case.schedule))
        + case.stdin.len() as u64;
    (n_ops(&case.chunk), state + settings + rest(&case.chunk))
}

/// Ops of a chunk and the chunks inside it.
fn n_ops(chunk: &Chunk) -> usize {
    chunk.ops.len() + chunk.sub_chunks.iter().map(n_ops).sum::<usize>()
}

/// Everything about a chunk except for the number of its ops.
fn rest(chunk: &Chunk) -> u64 {
    let ops: u64 = chunk
        .ops
        .iter()
        .map(|op| op.index() as u64 * 4 + op.operands().iter().map(operand_size).sum::<u64>())
        .sum();
    let constants: u64 = chunk
        .constants
        .iter()
        .map(|value| 8 + value_size(value))
        .sum();
    let names: u64 = chunk.names.iter().map(|name| 8 + name.len() as u64).sum();
    let tables = (chunk.sub_entries.len() + chunk.block_ranges.len()) as u64 * 8;
    let chunks: u64 = chunk.sub_chunks.iter().map(|sub| 8 + rest(sub)).sum();
    ops + constants + names + tables + chunks + chunk.source.len() as u64 + chunk.lines.len() as u64
}

fn operand_size(operand: &Operand) -> u64 {
    match operand {
        Operand::Int(n) => number_size(*n),
        Operand::Float(x) => float_size(*x),
    }
}

/// What any text is larger by than any integer.
const TEXT: u64 = 400;

/// Grows with the distance from 0; negative numbers are larger than positive ones.
pub(super) fn number_size(n: i64) -> u64 {
    let magnitude = n.unsigned_abs();
    let small = magnitude.min(100);
    small + 4 * u64::from(64 - magnitude.leading_zeros()) + u64::from(n < 0)
}

pub(super) fn float_size(x: f64) -> u64 {
    if x.is_nan() {
        return 300;
    }
    if x.is_infinite() {
        return 301 + u64::from(x < 0.0);
    }
    let sign = u64::from(x.is_sign_negative());
    match x.fract() == 0.0 && x.abs() < 1e15 {
        true => 1 + number_size(x.abs() as i64) + sign,
        false if (x * 8.0).fract() == 0.0 && x.abs() < 1e6 => 280 + sign,
        false => 310 + sign,
    }
}

pub(super) fn value_size(value: &Value) -> u64 {
    match value {
        Value::Undef => 0,
        Value::Bool(b) => 2 + u64::from(*b),
        Value::Int(n) => 4 + number_size(*n),
        Value::Float(x) => 8 + float_size(*x),
        Value::Str(text) => TEXT + 2 * text.len() as u64 + u64::from(text.as_str() > "0"),
        Value::Status(n) => 12 + number_size((*n).into()),
        Value::Array(elements) => 12 + elements.iter().map(|v| 4 + value_size(v)).sum::<u64>(),
        Value::Hash(map) => {
            let entries = map.iter();
            14 + entries
                .map(|(key, value)| 6 + key.len() as u64 + value_size(value))
                .sum::<u64>()
        }
        Value::Ref(target) => 16 + value_size(target),
        Value::NativeFn(n) => 16 + u64::from(*n),
    }
}
