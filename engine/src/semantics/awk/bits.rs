//! Bitwise functions on any number: an operand is a float, truncated and saturated to 64 bits.

use crate::value::Value;

/// An operand as 64 bits.
fn bits(v: &Value) -> i64 {
    v.to_float() as i64
}

fn fold<'v>(args: impl IntoIterator<Item = &'v Value>, f: fn(i64, i64) -> i64) -> i64 {
    args.into_iter().map(bits).reduce(f).unwrap_or(0)
}

/// Bitwise and of all operands; 0 for none.
pub(crate) fn and<'v>(args: impl IntoIterator<Item = &'v Value>) -> i64 {
    fold(args, |a, b| a & b)
}

/// Bitwise or of all operands; 0 for none.
pub(crate) fn or<'v>(args: impl IntoIterator<Item = &'v Value>) -> i64 {
    fold(args, |a, b| a | b)
}

/// Bitwise exclusive or of all operands; 0 for none.
pub(crate) fn xor<'v>(args: impl IntoIterator<Item = &'v Value>) -> i64 {
    fold(args, |a, b| a ^ b)
}

/// `and(..)`: the bitwise and of all operands; 0 for none, the operand itself for one.
pub fn awk_fold_and(args: &[Value]) -> i64 {
    and(args)
}

/// `or(..)`: the bitwise or of all operands; 0 for none, the operand itself for one.
pub fn awk_fold_or(args: &[Value]) -> i64 {
    or(args)
}

/// `xor(..)`: the bitwise exclusive or of all operands; 0 for none, the operand itself for one.
pub fn awk_fold_xor(args: &[Value]) -> i64 {
    xor(args)
}

/// `compl(v)`: every bit inverted.
pub fn awk_compl(v: &Value) -> i64 {
    !bits(v)
}

/// `lshift(v, n)`: shifted left by the low six bits of `n`.
pub fn awk_lshift(v: &Value, n: &Value) -> i64 {
    bits(v) << (bits(n) & 63)
}

/// `rshift(v, n)`: shifted right by the low six bits of `n`, zeros coming in.
pub fn awk_rshift(v: &Value, n: &Value) -> i64 {
    (bits(v) as u64 >> (bits(n) & 63)) as i64
}
