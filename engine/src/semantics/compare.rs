//! Comparisons of numbers and of texts. The result is always a `Bool`, or the `Int` of an
//! order.

use super::strings::text;
use crate::error::Error;
use crate::limits::Limits;
use crate::value::Value;
use std::cmp::Ordering;

/// Two `Int`s as integers, any other pair as floats.
#[inline(always)]
fn numeric<T>(
    a: &Value,
    b: &Value,
    ints: impl FnOnce(&i64, &i64) -> T,
    floats: impl FnOnce(&f64, &f64) -> T,
) -> T {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => ints(a, b),
        (a, b) => floats(&a.to_float(), &b.to_float()),
    }
}

/// `NumEq`: NaN equals nothing.
pub(crate) fn num_eq(a: &Value, b: &Value) -> Value {
    Value::Bool(numeric(a, b, i64::eq, f64::eq))
}

/// `NumNe`: true with NaN.
pub(crate) fn num_ne(a: &Value, b: &Value) -> Value {
    Value::Bool(numeric(a, b, i64::ne, f64::ne))
}

/// `NumLt`: false with NaN.
pub(crate) fn num_lt(a: &Value, b: &Value) -> Value {
    Value::Bool(numeric(a, b, i64::lt, f64::lt))
}

/// `NumGt`: false with NaN.
pub(crate) fn num_gt(a: &Value, b: &Value) -> Value {
    Value::Bool(numeric(a, b, i64::gt, f64::gt))
}

/// `NumLe`: false with NaN.
pub(crate) fn num_le(a: &Value, b: &Value) -> Value {
    Value::Bool(numeric(a, b, i64::le, f64::le))
}

/// `NumGe`: false with NaN.
pub(crate) fn num_ge(a: &Value, b: &Value) -> Value {
    Value::Bool(numeric(a, b, i64::ge, f64::ge))
}

/// `Spaceship`: -1, 0 or 1; 0 with NaN.
pub(crate) fn spaceship(a: &Value, b: &Value) -> Value {
    Value::Int(numeric(
        a,
        b,
        |a, b| spaceship_int(*a, *b),
        |a, b| spaceship_float(*a, *b),
    ))
}

/// `Spaceship` of two `Int`s.
#[inline(always)]
pub(crate) fn spaceship_int(a: i64, b: i64) -> i64 {
    sign(a.cmp(&b))
}

/// `Spaceship` of two `Float`s.
#[inline(always)]
pub(crate) fn spaceship_float(a: f64, b: f64) -> i64 {
    a.partial_cmp(&b).map_or(0, sign)
}

/// -1, 0 or 1.
#[inline(always)]
fn sign(order: Ordering) -> i64 {
    order as i64
}

/// The order of the texts of two values, byte by byte.
fn order(a: &Value, b: &Value, limits: &Limits) -> Result<Ordering, Error> {
    match (a, b) {
        (Value::Str(a), Value::Str(b)) => Ok(a.as_bytes().cmp(b.as_bytes())),
        (a, b) => Ok(text(a, limits)?.as_bytes().cmp(text(b, limits)?.as_bytes())),
    }
}

/// Whether the texts of two values are equal.
fn same(a: &Value, b: &Value, limits: &Limits) -> Result<bool, Error> {
    match (a, b) {
        (Value::Str(a), Value::Str(b)) => Ok(a == b),
        (a, b) => Ok(text(a, limits)? == text(b, limits)?),
    }
}

/// `StrEq`: equal texts.
pub(crate) fn str_eq(a: &Value, b: &Value, limits: &Limits) -> Result<Value, Error> {
    same(a, b, limits).map(Value::Bool)
}

/// `StrNe`: different texts.
pub(crate) fn str_ne(a: &Value, b: &Value, limits: &Limits) -> Result<Value, Error> {
    same(a, b, limits).map(|same| Value::Bool(!same))
}

/// `StrLt`: the text of `a` is before that of `b`.
pub(crate) fn str_lt(a: &Value, b: &Value, limits: &Limits) -> Result<Value, Error> {
    order(a, b, limits).map(|order| Value::Bool(order.is_lt()))
}

/// `StrGt`: the text of `a` is after that of `b`.
pub(crate) fn str_gt(a: &Value, b: &Value, limits: &Limits) -> Result<Value, Error> {
    order(a, b, limits).map(|order| Value::Bool(order.is_gt()))
}

/// `StrLe`: the text of `a` is not after that of `b`.
pub(crate) fn str_le(a: &Value, b: &Value, limits: &Limits) -> Result<Value, Error> {
    order(a, b, limits).map(|order| Value::Bool(order.is_le()))
}

/// `StrGe`: the text of `a` is not before that of `b`.
pub(crate) fn str_ge(a: &Value, b: &Value, limits: &Limits) -> Result<Value, Error> {
    order(a, b, limits).map(|order| Value::Bool(order.is_ge()))
}

/// `StrCmp`: -1, 0 or 1.
pub(crate) fn str_cmp(a: &Value, b: &Value, limits: &Limits) -> Result<Value, Error> {
    order(a, b, limits).map(|order| Value::Int(sign(order)))
}
