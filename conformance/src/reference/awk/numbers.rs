//! Numbers: functions, bits, division and the generator, the ops that raise errors, and the
//! hook for fields.

use super::super::coerce::{float, truth};
use super::super::state::{Machine, Step, Stop};
use crate::scripted;
use fusevm::{AwkHost, Op, Value};
use std::time::{Duration, SystemTime};

impl Machine {
    /// The functions of numbers, for which the host is asked first.
    pub(super) fn awk_numeric(&mut self, op: Op, n: usize) -> Step {
        match op {
            Op::AwkInt => self.awk_rule(1, |host, a| host.int(&a[0]), |a| int(f(a, 0))),
            Op::AwkSqrt => self.awk_float(|host, x| host.sqrt(x), f64::sqrt),
            Op::AwkSin => self.awk_float(|host, x| host.sin(x), f64::sin),
            Op::AwkCos => self.awk_float(|host, x| host.cos(x), f64::cos),
            Op::AwkExp => self.awk_float(|host, x| host.exp(x), f64::exp),
            Op::AwkLog => self.awk_float(|host, x| host.log(x), f64::ln),
            Op::AwkAtan2 => self.awk_rule(
                2,
                |host, a| host.atan2(&a[0], &a[1]),
                |a| Value::Float(f(a, 0).atan2(f(a, 1))),
            ),
            Op::AwkAnd(_) => self.awk_rule(n, |host, a| host.and(a), |a| fold(a, |x, y| x & y)),
            Op::AwkOr(_) => self.awk_rule(n, |host, a| host.or(a), |a| fold(a, |x, y| x | y)),
            Op::AwkXor(_) => self.awk_rule(n, |host, a| host.xor(a), |a| fold(a, |x, y| x ^ y)),
            Op::AwkCompl => {
                self.awk_rule(1, |host, a| host.compl(&a[0]), |a| Value::Int(!bits(&a[0])))
            }
            Op::AwkLshift => self.awk_rule(
                2,
                |host, a| host.lshift(&a[0], &a[1]),
                |a| Value::Int(bits(&a[0]) << (bits(&a[1]) & 63)),
            ),
            Op::AwkRshift => self.awk_rule(
                2,
                |host, a| host.rshift(&a[0], &a[1]),
                |a| {
                    let unsigned = bits(&a[0]) as u64;
                    Value::Int((unsigned >> (bits(&a[1]) & 63)) as i64)
                },
            ),
            Op::AwkMkbool => self.awk_rule(
                1,
                |host, a| host.mkbool(&a[0]),
                |a| Value::Float(if truth(&a[0]) { 1.0 } else { 0.0 }),
            ),
            Op::AwkIntdiv => self.awk_rule(
                2,
                |host, a| host.intdiv(&a[0], &a[1]),
                |a| quotient(f(a, 0), f(a, 1)).map_or(Value::Undef, Value::Float),
            ),
            Op::AwkIntdiv0 => self.awk_rule(
                2,
                |host, a| host.intdiv0(&a[0], &a[1]),
                |a| Value::Float(quotient(f(a, 0), f(a, 1)).unwrap_or(0.0)),
            ),
            _ => self.not_covered(op, "unknown op"),
        }
    }

    /// An op with a rule that needs no text.
    fn awk_rule(
        &mut self,
        n: usize,
        ask: fn(&mut dyn AwkHost, &[Value]) -> Value,
        rule: fn(&[Value]) -> Value,
    ) -> Step {
        self.awk_value(n, ask, |_, operands| Ok(rule(operands)))
    }

    /// An op from F of one value to a `Float`.
    fn awk_float(
        &mut self,
        ask: fn(&mut dyn AwkHost, &Value) -> Value,
        rule: fn(f64) -> f64,
    ) -> Step {
        let alone = |_: &mut Machine, a: &[Value]| Ok(Value::Float(rule(f(a, 0))));
        self.awk_value(1, |host, a| ask(host, &a[0]), alone)
    }

    /// `AwkRand` and `AwkSrand`: the generator is the VM's.
    pub(super) fn awk_random(&mut self, op: Op, n: usize) -> Step {
        if op == Op::AwkRand {
            self.room(0, 1)?;
            self.seed = self.seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            let drawn = (self.seed >> 16) & 0x7fff;
            return self.give(0, Value::Float(drawn as f64 / 32_768.0));
        }
        // However many operands it is told of, it takes one (Q72).
        let operands = n.min(1);
        self.room(operands, 1)?;
        let old = self.seed as u32;
        self.seed = match operands {
            0 => clock_seed(),
            _ => u64::from(float(self.top(0)) as u32),
        };
        self.give(operands, Value::Float(f64::from(old)))
    }

    /// The ops without a number that compute: errors for operands that they do not take, and
    /// warnings, in every tier (Q82).
    pub(super) fn awk_checked(&mut self, op: Op) -> Step {
        let (a, b) = (float(self.top(1)), float(self.top(0)));
        let operands = match op {
            Op::AwkSqrtJit | Op::AwkLogJit | Op::AwkComplJit => 1,
            _ => 2,
        };
        self.room(operands, 1)?;
        let result = match op {
            Op::AwkDiv | Op::AwkDivJit if b == 0.0 => Err("division by zero attempted"),
            Op::AwkDiv | Op::AwkDivJit => Ok(a / b),
            Op::AwkMod | Op::AwkModJit if b == 0.0 => Err("division by zero attempted in `%'"),
            Op::AwkMod | Op::AwkModJit => Ok(a % b),
            Op::AwkLshiftJit if a < 0.0 || b < 0.0 => {
                Err("lshift: negative values are not allowed")
            }
            Op::AwkLshiftJit => Ok(((a as i64) << count(b)) as f64),
            Op::AwkRshiftJit if a < 0.0 || b < 0.0 => {
                Err("rshift: negative values are not allowed")
            }
            Op::AwkRshiftJit => Ok((a as i64 as u64 >> count(b)) as f64),
            Op::AwkComplJit if b < 0.0 => Err("compl: negative value is not allowed"),
            Op::AwkComplJit => Ok(!(b as i64) as f64),
            Op::AwkSqrtJit => Ok(warned("sqrt", b, f64::sqrt)),
            Op::AwkLogJit => Ok(warned("log", b, f64::ln)),
            _ => return self.not_covered(op, "unknown op"),
        };
        match result {
            Ok(x) => self.give(operands, Value::Float(x)),
            Err(text) => {
                self.consume(operands);
                Err(Stop::Error(text.to_owned()))
            }
        }
    }

    /// The hook of the thread is installed together with the host.
    pub(super) fn awk_field_num(&mut self, field: u16) -> Step {
        self.room(0, 1)?;
        let number = match self.vm.awk_host {
            Some(_) => scripted::field_num(field.into()),
            None => 0.0,
        };
        self.give(0, Value::Float(number))
    }
}

/// `AwkInt`: F(x) truncated, an `Int` from -2^63 to 2^63 (Q74).
fn int(x: f64) -> Value {
    const BOUND: f64 = 9_223_372_036_854_775_808.0;
    let whole = x.trunc();
    match whole.abs() <= BOUND {
        true => Value::Int(whole as i64),
        false => Value::Float(whole),
    }
}

/// The 64 bits of an operand: F(v) truncated and saturated, 0 for NaN.
fn bits(value: &Value) -> i64 {
    float(value) as i64
}

/// A bit op over any number of operands: 0 for none, the operand itself for one.
fn fold(operands: &[Value], on: fn(i64, i64) -> i64) -> Value {
    Value::Int(operands.iter().map(bits).reduce(on).unwrap_or(0))
}

/// The quotient of two numbers as integers, truncated; none by zero. The mathematical one:
/// that of `i64::MIN` and -1 is 2^63 (Q78).
fn quotient(a: f64, b: f64) -> Option<f64> {
    let (a, b) = (i128::from(a as i64), i128::from(b as i64));
    a.checked_div(b).map(|quotient| quotient as f64)
}

/// How far a shift that refuses negative operands goes: F(n) as u32, its low 6 bits (Q83).
fn count(n: f64) -> u32 {
    n as u32 & 63
}

/// F of an operand.
fn f(operands: &[Value], at: usize) -> f64 {
    float(&operands[at])
}

/// A function of a number that is not negative; for others NaN, with a warning.
fn warned(name: &str, x: f64, function: fn(f64) -> f64) -> f64 {
    if x < 0.0 {
        scripted::warn(&format!(
            "awk: warning: {name}: received negative argument {x}"
        ));
    }
    function(x)
}

/// Seconds XOR nanoseconds of the clock; 1 when it is before the epoch.
fn clock_seed() -> u64 {
    let since = scripted::clock().duration_since(SystemTime::UNIX_EPOCH);
    let mixed = |since: Duration| since.as_secs() ^ u64::from(since.subsec_nanos());
    since.map_or(1, mixed)
}
