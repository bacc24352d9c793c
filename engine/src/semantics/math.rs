//! Numeric functions. The float functions are those of the platform's math library.

use crate::value::Value;
use std::time::{SystemTime, UNIX_EPOCH};

/// Defines an op on one float as a function on values over a function on scalars.
macro_rules! float_ops {
    ($( $(#[$doc:meta])* $name:ident, $scalar:ident: |$x:ident| $result:expr; )*) => { $(
        $(#[$doc])*
        pub(crate) fn $name(x: &Value) -> Value {
            Value::Float($scalar(x.to_float()))
        }

        $(#[$doc])*
        #[inline(always)]
        pub(crate) fn $scalar($x: f64) -> f64 {
            $result
        }
    )* };
}

float_ops! {
    /// `SqrtFloat`: NaN below 0; -0.0 stays.
    sqrt_float, sqrt_float_scalar: |x| x.sqrt();
    /// `SinFloat`
    sin_float, sin_float_scalar: |x| x.sin();
    /// `CosFloat`
    cos_float, cos_float_scalar: |x| x.cos();
    /// `ExpFloat`
    exp_float, exp_float_scalar: |x| x.exp();
    /// `LogFloat`: -inf at 0, NaN below.
    log_float, log_float_scalar: |x| x.ln();
    /// `AbsFloat`: a `Float` for an `Int` operand too.
    abs_float, abs_float_scalar: |x| x.abs();
    /// `CeilFloat`
    ceil_float, ceil_float_scalar: |x| x.ceil();
    /// `FloorFloat`
    floor_float, floor_float_scalar: |x| x.floor();
    /// `TruncFloat`: toward zero.
    trunc_float, trunc_float_scalar: |x| x.trunc();
    /// `RoundFloat`: ties to even.
    round_float, round_float_scalar: |x| x.round_ties_even();
    /// `TanFloat`
    tan_float, tan_float_scalar: |x| x.tan();
    /// `AsinFloat`: NaN outside [-1, 1].
    asin_float, asin_float_scalar: |x| x.asin();
    /// `AcosFloat`: NaN outside [-1, 1].
    acos_float, acos_float_scalar: |x| x.acos();
    /// `AtanFloat`
    atan_float, atan_float_scalar: |x| x.atan();
    /// `SinhFloat`
    sinh_float, sinh_float_scalar: |x| x.sinh();
    /// `CoshFloat`
    cosh_float, cosh_float_scalar: |x| x.cosh();
    /// `TanhFloat`
    tanh_float, tanh_float_scalar: |x| x.tanh();
    /// `Log2Float`
    log2_float, log2_float_scalar: |x| x.log2();
    /// `Log10Float`
    log10_float, log10_float_scalar: |x| x.log10();
}

/// `PowFloat`
pub(crate) fn pow_float(a: &Value, b: &Value) -> Value {
    Value::Float(pow_float_scalar(a.to_float(), b.to_float()))
}

/// `Pow` and `PowFloat` of two `Float`s.
#[inline(always)]
pub(crate) fn pow_float_scalar(a: f64, b: f64) -> f64 {
    a.powf(b)
}

/// `Atan2Float`
pub(crate) fn atan2_float(y: &Value, x: &Value) -> Value {
    Value::Float(atan2_float_scalar(y.to_float(), x.to_float()))
}

/// `Atan2Float` of two `Float`s.
#[inline(always)]
pub(crate) fn atan2_float_scalar(y: f64, x: f64) -> f64 {
    y.atan2(x)
}

/// `TruncInt`: floats truncate and saturate, NaN is 0.
pub(crate) fn trunc_int(x: &Value) -> Value {
    Value::Int(x.to_int())
}

/// `AbsInt`: wrapping, so `i64::MIN` stays.
pub(crate) fn abs_int(x: &Value) -> Value {
    Value::Int(abs_int_scalar(x.to_int()))
}

/// `AbsInt` of an `Int`.
#[inline(always)]
pub(crate) fn abs_int_scalar(x: i64) -> i64 {
    x.wrapping_abs()
}

/// `GcdInt`: of the absolute values; 0 for two zeros.
pub(crate) fn gcd_int(a: &Value, b: &Value) -> Value {
    Value::Int(gcd_int_scalar(a.to_int(), b.to_int()))
}

/// `GcdInt` of two `Int`s; 2^63 wraps to `i64::MIN`.
pub(crate) fn gcd_int_scalar(a: i64, b: i64) -> i64 {
    gcd(a.unsigned_abs(), b.unsigned_abs()) as i64
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// `LcmInt`: of the absolute values; 0 when either is 0.
pub(crate) fn lcm_int(a: &Value, b: &Value) -> Value {
    Value::Int(lcm_int_scalar(a.to_int(), b.to_int()))
}

/// `LcmInt` of two `Int`s; saturates at `i64::MAX`.
pub(crate) fn lcm_int_scalar(a: i64, b: i64) -> i64 {
    let (a, b) = (a.unsigned_abs(), b.unsigned_abs());
    if a == 0 || b == 0 {
        return 0;
    }
    let lcm = (a / gcd(a, b)).saturating_mul(b);
    i64::try_from(lcm).unwrap_or(i64::MAX)
}

/// `TimeInt`: whole seconds since the Unix epoch, 0 before it.
pub(crate) fn time_int(now: SystemTime) -> Value {
    let seconds = now.duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    Value::Int(seconds as i64)
}
