//! Arithmetic, numeric comparison, logic, bits and the numeric ops: 6.6, 6.8, 6.10, 6.22.
//!
//! Here a missing operand reads as `Undef`, so as 0 or false; the ops that do nothing
//! without two values ask [`Machine::both`] first.

use super::coerce::{float, int, truth};
use super::state::{Machine, Step};
use fusevm::Value;
use std::cmp::Ordering;

/// What an op gives for two integers.
type OnInts = fn(i64, i64) -> i64;
/// What an op gives for two floats.
type OnFloats = fn(f64, f64) -> f64;

impl Machine {
    /// The two operands of an op that has no effect with fewer.
    fn both(&self) -> Option<(&Value, &Value)> {
        (self.height() >= 2).then(|| (self.top(1), self.top(0)))
    }

    /// `Int` for two `Int`s, otherwise `Float`: `Add`, `Sub`, `Mul`, `Mod`.
    pub(super) fn arithmetic(&mut self, on_ints: OnInts, on_floats: OnFloats) -> Step {
        let result = match self.both() {
            None => return Ok(()),
            Some((Value::Int(a), Value::Int(b))) => Value::Int(on_ints(*a, *b)),
            Some((a, b)) => Value::Float(on_floats(float(a), float(b))),
        };
        self.replace(2, result)
    }

    /// `Div`: `Undef` for a zero divisor, otherwise always `Float`.
    pub(super) fn div(&mut self) -> Step {
        let (a, b) = (float(self.top(1)), float(self.top(0)));
        let quotient = if b == 0.0 {
            Value::Undef
        } else {
            Value::Float(a / b)
        };
        self.replace(2, quotient)
    }

    pub(super) fn negate(&mut self) -> Step {
        let negated = match self.top(0) {
            Value::Int(n) => Value::Int(n.wrapping_neg()),
            other => Value::Float(-float(other)),
        };
        self.replace(1, negated)
    }

    /// An op from F of one value to a `Float`.
    pub(super) fn float_unary(&mut self, f: fn(f64) -> f64) -> Step {
        let result = f(float(self.top(0)));
        self.replace(1, Value::Float(result))
    }

    /// An op from F of two values to a `Float`.
    pub(super) fn float_binary(&mut self, f: OnFloats) -> Step {
        let result = f(float(self.top(1)), float(self.top(0)));
        self.replace(2, Value::Float(result))
    }

    /// An op from I of one value to an `Int`.
    pub(super) fn int_unary(&mut self, f: fn(i64) -> i64) -> Step {
        let result = f(int(self.top(0)));
        self.replace(1, Value::Int(result))
    }

    /// An op from I of two values to an `Int`.
    pub(super) fn int_binary(&mut self, f: OnInts) -> Step {
        let result = f(int(self.top(1)), int(self.top(0)));
        self.replace(2, Value::Int(result))
    }

    /// A numeric comparison: `holds` of the order, which is `None` with a NaN.
    pub(super) fn compare(&mut self, holds: fn(Option<Ordering>) -> bool) -> Step {
        match self.both().map(order) {
            None => Ok(()),
            Some(order) => self.replace(2, Value::Bool(holds(order))),
        }
    }

    pub(super) fn spaceship(&mut self) -> Step {
        match self.both().map(order) {
            None => Ok(()),
            Some(order) => {
                let order = order.unwrap_or(Ordering::Equal);
                self.replace(2, Value::Int(sign(order)))
            }
        }
    }

    pub(super) fn not(&mut self) -> Step {
        let negated = !truth(self.top(0));
        self.replace(1, Value::Bool(negated))
    }

    pub(super) fn logic(&mut self, f: fn(bool, bool) -> bool) -> Step {
        let result = f(truth(self.top(1)), truth(self.top(0)));
        self.replace(2, Value::Bool(result))
    }
}

/// Two `Int`s compare as integers, every other pair as floats.
fn order((a, b): (&Value, &Value)) -> Option<Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (a, b) => float(a).partial_cmp(&float(b)),
    }
}

/// -1, 0 or 1.
pub(super) fn sign(order: Ordering) -> i64 {
    match order {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    }
}

/// The truncated remainder of integers; 0 for a zero divisor and for `i64::MIN % -1`.
pub(super) fn remainder(a: i64, b: i64) -> i64 {
    if b == 0 { 0 } else { a.wrapping_rem(b) }
}

/// The low 6 bits of a shift count.
fn count(n: i64) -> u32 {
    (n & 63) as u32
}

pub(super) fn shift_left(a: i64, n: i64) -> i64 {
    a << count(n)
}

pub(super) fn shift_right(a: i64, n: i64) -> i64 {
    a >> count(n)
}

/// By Euclid, on magnitudes: the magnitude of `i64::MIN` is 2^63.
fn gcd_of_magnitudes(a: i64, b: i64) -> u64 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// 2^63 wraps to `i64::MIN`.
pub(super) fn gcd(a: i64, b: i64) -> i64 {
    gcd_of_magnitudes(a, b) as i64
}

/// Saturates at `i64::MAX`; 0 when either is 0.
pub(super) fn lcm(a: i64, b: i64) -> i64 {
    if a == 0 || b == 0 {
        return 0;
    }
    let product = u128::from(a.unsigned_abs()) * u128::from(b.unsigned_abs());
    let lcm = product / u128::from(gcd_of_magnitudes(a, b));
    i64::try_from(lcm).unwrap_or(i64::MAX)
}
