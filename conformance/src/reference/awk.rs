//! The AWK ops: 6.21, and their numbers in the range of `ExtendedWide`: 7.3.
//!
//! Three kinds of ops, by who answers: the host and without one nobody (records, fields,
//! arrays, output), the host and without one the built-in rule of 7.2, and never the host.
//! `host` has the first kind, `text`, `time` and `numbers` the second, `numbers` the third, and
//! `forms` the numbers by which ops are called.
//!
//! An op with a count takes as many operands as it says; missing ones are `Undef` and come
//! first (Q71). What the host says is pushed as it is, and costs nothing.

mod forms;
mod host;
mod numbers;
mod text;
mod time;

use super::state::{Machine, Step, Stop};
use forms::{by_number, counts};
use fusevm::{AwkHost, Op, Value};

pub(super) use forms::operand;

impl Machine {
    /// Executes an AWK op. `n` is its operand, which may be greater in the wide form than
    /// the typed one can say.
    pub(super) fn awk(&mut self, op: Op, n: usize) -> Step {
        if counts(op) && n > 255 {
            let text = "awk argument count out of range";
            return Err(Stop::Error(text.to_owned()));
        }
        match op {
            // Never the host
            Op::AwkRand | Op::AwkSrand(_) => self.awk_random(op, n),
            Op::AwkDiv
            | Op::AwkMod
            | Op::AwkDivJit
            | Op::AwkModJit
            | Op::AwkSqrtJit
            | Op::AwkLogJit
            | Op::AwkLshiftJit
            | Op::AwkRshiftJit
            | Op::AwkComplJit => self.awk_checked(op),
            Op::AwkGetFieldNum(field) => self.awk_field_num(field),
            Op::AwkSignal(code) => {
                self.signal = Some(code);
                self.vm.request_halt();
                Ok(())
            }
            // The host, or a rule
            Op::AwkLength(_)
            | Op::AwkSubstr(_)
            | Op::AwkIndex
            | Op::AwkToLower
            | Op::AwkToUpper
            | Op::AwkStrtonum
            | Op::AwkOrd
            | Op::AwkChr => self.awk_text(op, n),
            Op::AwkSystime | Op::AwkStrftime(_) | Op::AwkMktime(_) => self.awk_time(op, n),
            Op::AwkInt
            | Op::AwkSqrt
            | Op::AwkSin
            | Op::AwkCos
            | Op::AwkExp
            | Op::AwkLog
            | Op::AwkAtan2
            | Op::AwkAnd(_)
            | Op::AwkOr(_)
            | Op::AwkXor(_)
            | Op::AwkCompl
            | Op::AwkLshift
            | Op::AwkRshift
            | Op::AwkMkbool
            | Op::AwkIntdiv
            | Op::AwkIntdiv0 => self.awk_numeric(op, n),
            // Only the host
            _ => self.awk_hosted(op, n),
        }
    }

    /// 7.3: the AWK op with a number; an unassigned number gives `Undef` (Q69).
    pub(super) fn awk_by_number(&mut self, number: u16, payload: usize) -> Step {
        match by_number(number) {
            Some(op) => self.awk(op, payload),
            None => self.give(0, Value::Undef),
        }
    }

    // Who answers.

    /// The operands of an op that takes `n`, the deepest first.
    fn awk_operands(&self, n: usize) -> Vec<Value> {
        (0..n).rev().map(|depth| self.top(depth).clone()).collect()
    }

    /// Consumes `n` operands and pushes what the host makes of them, or what `alone` does.
    fn awk_value(
        &mut self,
        n: usize,
        ask: impl FnOnce(&mut dyn AwkHost, &[Value]) -> Value,
        alone: impl FnOnce(&mut Machine, &[Value]) -> Step<Value>,
    ) -> Step {
        self.room(n, 1)?;
        let operands = self.awk_operands(n);
        let value = match self.vm.awk_host.as_deref_mut() {
            Some(host) => ask(host, &operands),
            None => alone(self, &operands)?,
        };
        self.give(n, value)
    }

    /// An op that asks the host, and without one gives what is known before.
    fn awk_asks(
        &mut self,
        n: usize,
        ask: impl FnOnce(&mut dyn AwkHost, &[Value]) -> Value,
        alone: Value,
    ) -> Step {
        self.awk_value(n, ask, |_, _| Ok(alone))
    }

    /// An op that tells the host something and pushes nothing.
    fn awk_tells(&mut self, n: usize, tell: impl FnOnce(&mut dyn AwkHost, &[Value])) {
        let operands = self.awk_operands(n);
        self.consume(n);
        if let Some(host) = self.vm.awk_host.as_deref_mut() {
            tell(host, &operands);
        }
    }
}

/// An operand, or the empty text when the op does not take it.
fn text_at(operands: &[Value], at: usize) -> Value {
    operands.get(at).cloned().unwrap_or_else(|| Value::str(""))
}
