//! Bitwise ops, on the integers of their operands.

use crate::value::Value;

/// `BitAnd`
pub(crate) fn bit_and(a: &Value, b: &Value) -> Value {
    Value::Int(a.to_int() & b.to_int())
}

/// `BitOr`
pub(crate) fn bit_or(a: &Value, b: &Value) -> Value {
    Value::Int(a.to_int() | b.to_int())
}

/// `BitXor`
pub(crate) fn bit_xor(a: &Value, b: &Value) -> Value {
    Value::Int(a.to_int() ^ b.to_int())
}

/// `BitNot`
pub(crate) fn bit_not(a: &Value) -> Value {
    Value::Int(!a.to_int())
}

/// `Shl`: the count's low 6 bits count; bits shifted out are lost.
pub(crate) fn shl(a: &Value, n: &Value) -> Value {
    Value::Int(shl_int(a.to_int(), n.to_int()))
}

/// `Shl` of two `Int`s.
#[inline(always)]
pub(crate) fn shl_int(a: i64, n: i64) -> i64 {
    a.wrapping_shl(n as u32)
}

/// `Shr`: sign-filling; the count's low 6 bits count.
pub(crate) fn shr(a: &Value, n: &Value) -> Value {
    Value::Int(shr_int(a.to_int(), n.to_int()))
}

/// `Shr` of two `Int`s.
#[inline(always)]
pub(crate) fn shr_int(a: i64, n: i64) -> i64 {
    a.wrapping_shr(n as u32)
}
