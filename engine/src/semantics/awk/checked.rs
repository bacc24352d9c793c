//! The ops that never ask a host and refuse or report bad operands: `AwkDiv`, `AwkMod` and
//! those whose names end in `Jit`.

use crate::error::Error;
use crate::semantics::arith::mod_float;
use crate::value::Value;

/// `AwkDiv`, `AwkDivJit`: an error for a divisor of 0, of either sign.
pub(crate) fn div(a: &Value, b: &Value) -> Result<Value, Error> {
    let b = b.to_float();
    if b == 0.0 {
        return Err(Error::DivisionByZero);
    }
    Ok(Value::Float(a.to_float() / b))
}

/// `AwkMod`, `AwkModJit`: the remainder has the sign of `a`; an error for a divisor of 0, of
/// either sign.
pub(crate) fn modulo(a: &Value, b: &Value) -> Result<Value, Error> {
    let b = b.to_float();
    if b == 0.0 {
        return Err(Error::ModuloByZero);
    }
    Ok(Value::Float(mod_float(a.to_float(), b)))
}

/// A result, and what is to be warned of.
pub(crate) struct Warned {
    pub(crate) result: Value,
    /// The function and its argument, when that was negative.
    pub(crate) of: Option<(&'static str, f64)>,
}

/// `AwkSqrtJit`: NaN below 0, which is worth a warning.
pub(crate) fn sqrt_warned(x: &Value) -> Warned {
    warned("sqrt", x.to_float(), f64::sqrt)
}

/// `AwkLogJit`: NaN below 0, which is worth a warning; -inf at 0.
pub(crate) fn log_warned(x: &Value) -> Warned {
    warned("log", x.to_float(), f64::ln)
}

fn warned(name: &'static str, x: f64, f: fn(f64) -> f64) -> Warned {
    let negative = x < 0.0;
    let result = if negative { f64::NAN } else { f(x) };
    Warned {
        result: Value::Float(result),
        of: negative.then_some((name, x)),
    }
}

/// `AwkLshiftJit`: the bits of `a` shifted left by `n`, as a signed number.
pub(crate) fn lshift_checked(a: &Value, n: &Value) -> Result<Value, Error> {
    let (bits, n) = shift_operands("lshift", a, n)?;
    Ok(Value::Float((bits << n) as f64))
}

/// `AwkRshiftJit`: the bits of `a` shifted right by `n`, zeros coming in.
pub(crate) fn rshift_checked(a: &Value, n: &Value) -> Result<Value, Error> {
    let (bits, n) = shift_operands("rshift", a, n)?;
    Ok(Value::Float((bits as u64 >> n) as f64))
}

/// Both operands, neither of which may be negative. The count is saturated to 32 bits before
/// its low six bits are taken: from 2^32 on it is 63.
fn shift_operands(name: &'static str, a: &Value, n: &Value) -> Result<(i64, u32), Error> {
    let (a, n) = (a.to_float(), n.to_float());
    if a < 0.0 || n < 0.0 {
        return Err(Error::NegativeShift(name));
    }
    Ok((a as i64, n as u32 & 63))
}

/// `AwkComplJit`: every bit inverted.
pub(crate) fn compl_checked(a: &Value) -> Result<Value, Error> {
    let a = a.to_float();
    if a < 0.0 {
        return Err(Error::NegativeCompl);
    }
    Ok(Value::Float(!(a as i64) as f64))
}
