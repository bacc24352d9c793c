//! Arithmetic. Two `Int`s wrap; any other pair of kinds is computed as floats.

use crate::value::Value;

/// `Add`: two `Int`s wrap; anything else is added as floats.
pub(crate) fn add(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Value::Int(add_int(*a, *b)),
        (a, b) => Value::Float(add_float(a.to_float(), b.to_float())),
    }
}

/// `Add` of two `Int`s.
#[inline(always)]
pub(crate) fn add_int(a: i64, b: i64) -> i64 {
    a.wrapping_add(b)
}

/// `Add` of two `Float`s.
#[inline(always)]
pub(crate) fn add_float(a: f64, b: f64) -> f64 {
    a + b
}

/// `Sub`: two `Int`s wrap; anything else is subtracted as floats.
pub(crate) fn sub(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Value::Int(sub_int(*a, *b)),
        (a, b) => Value::Float(sub_float(a.to_float(), b.to_float())),
    }
}

/// `Sub` of two `Int`s.
#[inline(always)]
pub(crate) fn sub_int(a: i64, b: i64) -> i64 {
    a.wrapping_sub(b)
}

/// `Sub` of two `Float`s.
#[inline(always)]
pub(crate) fn sub_float(a: f64, b: f64) -> f64 {
    a - b
}

/// `Mul`: two `Int`s wrap; anything else is multiplied as floats.
pub(crate) fn mul(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Value::Int(mul_int(*a, *b)),
        (a, b) => Value::Float(mul_float(a.to_float(), b.to_float())),
    }
}

/// `Mul` of two `Int`s.
#[inline(always)]
pub(crate) fn mul_int(a: i64, b: i64) -> i64 {
    a.wrapping_mul(b)
}

/// `Mul` of two `Float`s.
#[inline(always)]
pub(crate) fn mul_float(a: f64, b: f64) -> f64 {
    a * b
}

/// `Div`: always a `Float`, two `Int`s included; `Undef` for a divisor of either zero.
pub(crate) fn div(a: &Value, b: &Value) -> Value {
    match div_float(a.to_float(), b.to_float()) {
        Some(quotient) => Value::Float(quotient),
        None => Value::Undef,
    }
}

/// `Div` of two `Float`s; `None` stands for `Undef`.
#[inline(always)]
pub(crate) fn div_float(a: f64, b: f64) -> Option<f64> {
    (b != 0.0).then(|| a / b)
}

/// `Mod`: the truncated remainder, with the sign of `a`.
pub(crate) fn modulo(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Value::Int(mod_int(*a, *b)),
        (a, b) => Value::Float(mod_float(a.to_float(), b.to_float())),
    }
}

/// `Mod` of two `Int`s: 0 for a zero divisor, and for `i64::MIN % -1`.
#[inline(always)]
pub(crate) fn mod_int(a: i64, b: i64) -> i64 {
    if b == 0 { 0 } else { a.wrapping_rem(b) }
}

/// `Mod` of two `Float`s: NaN for a zero divisor.
#[inline(always)]
pub(crate) fn mod_float(a: f64, b: f64) -> f64 {
    a % b
}

/// `Pow`: always a `Float`, two `Int`s included.
pub(crate) fn pow(a: &Value, b: &Value) -> Value {
    Value::Float(super::math::pow_float_scalar(a.to_float(), b.to_float()))
}

/// `Negate`: an `Int` wraps; anything else is negated as a float, so `Undef` gives -0.0.
pub(crate) fn negate(a: &Value) -> Value {
    match a {
        Value::Int(a) => Value::Int(negate_int(*a)),
        a => Value::Float(negate_float(a.to_float())),
    }
}

/// `Negate` of an `Int`.
#[inline(always)]
pub(crate) fn negate_int(a: i64) -> i64 {
    a.wrapping_neg()
}

/// `Negate` of a `Float`.
#[inline(always)]
pub(crate) fn negate_float(a: f64) -> f64 {
    -a
}

/// `Inc`: one more than the integer of any kind, wrapping.
pub(crate) fn inc(a: &Value) -> Value {
    Value::Int(inc_int(a.to_int()))
}

/// `Inc` of an `Int`.
#[inline(always)]
pub(crate) fn inc_int(a: i64) -> i64 {
    a.wrapping_add(1)
}

/// `Dec`: one less than the integer of any kind, wrapping.
pub(crate) fn dec(a: &Value) -> Value {
    Value::Int(dec_int(a.to_int()))
}

/// `Dec` of an `Int`.
#[inline(always)]
pub(crate) fn dec_int(a: i64) -> i64 {
    a.wrapping_sub(1)
}
