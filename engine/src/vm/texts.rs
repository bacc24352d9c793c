//! Ops on text, ranges, input and output.

use super::VM;
use crate::error::Error;
use crate::limits::Limits;
use crate::semantics::cost::{self, Cost};
use crate::semantics::strings::{self, text};
use crate::semantics::{arrays, math, ranges};
use crate::value::Value;
use std::sync::Arc;

/// Where the result of an op goes next.
#[derive(Debug, Clone, Copy)]
pub(super) enum Home {
    Slot(u16),
    Global(u16),
}

impl VM {
    /// `Concat`
    pub(super) fn concat(&mut self) -> Result<(), Error> {
        let joined = strings::concat(self.operand(1), self.operand(0), &self.limits);
        self.give(2, joined, cost::built)
    }

    /// `Concat`, when the next op stores the result in `home`. A string that is nowhere but
    /// there and on the stack is extended in place: nothing looks at `home` in between.
    pub(super) fn concat_to(&mut self, home: Home) -> Result<(), Error> {
        let [.., Value::Str(a), b] = self.stack.as_slice() else {
            return self.concat();
        };
        let held = match home {
            Home::Slot(slot) => self.slot(slot),
            Home::Global(name) => self.global(name),
        };
        let same = matches!(held, Value::Str(held) if Arc::ptr_eq(held, a));
        if !same || Arc::strong_count(a) > 2 {
            return self.concat();
        }
        let checked = text(b, &self.limits).and_then(|b| {
            let len = strings::joined_len(a, &b, &self.limits)?;
            Ok((len, b.len()))
        });
        let (len, growth) = self.settle(2, checked.map(|plan| (plan, Cost::NONE)))?;
        self.pay_steps(Cost::bytes(len).fuel(), Cost::NONE)?;
        self.pay_memory(Cost::bytes(growth))?;
        match home {
            Home::Slot(slot) => self.set_slot(slot, Value::Undef),
            Home::Global(name) => *self.global_mut(name) = Value::Undef,
        }
        let b = self.pop();
        if let Some(Value::Str(a)) = self.stack.last_mut() {
            Arc::make_mut(a).push_str(&b.as_str_cow());
        }
        Ok(())
    }

    /// `StringRepeat`
    pub(super) fn string_repeat(&mut self) -> Result<(), Error> {
        let repeated = strings::string_repeat(self.operand(1), self.operand(0), &self.limits);
        self.give(2, repeated, cost::built)
    }

    /// `StringLen`
    pub(super) fn string_len(&mut self) -> Result<(), Error> {
        self.unary(strings::string_len)
    }

    /// `TimeInt`
    pub(super) fn time_int(&mut self) -> Result<(), Error> {
        self.check_room(1)?;
        let now = (self.clock)();
        self.try_push(math::time_int(now))
    }

    /// The comparisons of texts.
    pub(super) fn compare_texts(
        &mut self,
        f: fn(&Value, &Value, &Limits) -> Result<Value, Error>,
    ) -> Result<(), Error> {
        let result = f(self.operand(1), self.operand(0), &self.limits);
        self.give(2, result, |_| Cost::NONE)
    }

    /// `Print`, `PrintLn`
    pub(super) fn print(&mut self, n: u8, end: &str) -> Result<(), Error> {
        let n = usize::from(n).min(self.stack.len());
        let from = self.stack.len() - n;
        let result = self.stack[from..]
            .iter()
            .filter(|v| matches!(v, Value::Array(_)))
            .try_for_each(|v| text(v, &self.limits).map(drop));
        if result.is_ok() {
            for v in &self.stack[from..] {
                self.output.write(&v.as_str_cow());
            }
            self.output.write(end);
        }
        self.consume(n);
        result
    }

    /// `ReadLine`
    pub(super) fn read_line(&mut self) -> Result<(), Error> {
        self.check_room(1)?;
        let line = self.input.read_line(self.limits.string_size)?;
        if let Err(error) = self.pay(Cost::bytes(line.len())) {
            self.input.unread(line);
            return Err(error);
        }
        self.try_push(Value::str(line))
    }

    /// `Range`
    pub(super) fn range(&mut self) -> Result<(), Error> {
        let range = ranges::range(self.operand(1), self.operand(0), &self.limits);
        self.give(2, range, cost::built)
    }

    /// `RangeStep`
    pub(super) fn range_step(&mut self) -> Result<(), Error> {
        let (from, to, step) = (self.operand(2), self.operand(1), self.operand(0));
        let range = ranges::range_step(from, to, step, &self.limits);
        self.give(3, range, cost::built)
    }

    /// `SortDefault`
    pub(super) fn sort_default(&mut self) -> Result<(), Error> {
        let Some(Value::Array(elements)) = self.stack.last() else {
            return Ok(());
        };
        let n = elements.len();
        let order = arrays::sort_order(elements, &self.limits);
        let order = self.settle(1, order.map(|order| (order, Cost::elements(n))))?;
        if let Some(Value::Array(elements)) = self.stack.last_mut() {
            *elements = arrays::in_order(std::mem::take(elements), &order);
        }
        Ok(())
    }
}
