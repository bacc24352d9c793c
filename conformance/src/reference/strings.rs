//! Strings and their comparison: 6.7 and 6.9.

use super::arith::sign;
use super::coerce::{int, length};
use super::state::{Machine, Step};
use fusevm::Value;
use std::cmp::Ordering;

impl Machine {
    pub(super) fn concat(&mut self) -> Step {
        self.room(2, 1)?;
        let (mut a, b) = (self.text(1, 2)?, self.text(0, 2)?);
        let size = a.len() as u64 + b.len() as u64;
        self.string(2, size.into())?;
        self.pay(size)?;
        a.push_str(&b);
        self.give(2, Value::str(a))
    }

    pub(super) fn repeat(&mut self) -> Step {
        self.room(2, 1)?;
        let text = self.text(1, 2)?;
        let count = int(self.top(0)).max(0) as u64;
        let size = text.len() as u128 * u128::from(count);
        self.string(2, size)?;
        self.pay(size as u64)?;
        // Nothing repeated is nothing, however often.
        let count = if text.is_empty() { 0 } else { count as usize };
        self.give(2, Value::str(text.repeat(count)))
    }

    pub(super) fn string_len(&mut self) -> Step {
        let length = length(self.top(0));
        self.give(1, Value::Int(length))
    }

    /// The order of S(a) and S(b) by bytes.
    fn text_order(&mut self) -> Step<Ordering> {
        let (a, b) = (self.text(1, 2)?, self.text(0, 2)?);
        Ok(a.as_bytes().cmp(b.as_bytes()))
    }

    pub(super) fn compare_text(&mut self, holds: fn(Ordering) -> bool) -> Step {
        let order = self.text_order()?;
        self.give(2, Value::Bool(holds(order)))
    }

    pub(super) fn str_cmp(&mut self) -> Step {
        let order = self.text_order()?;
        self.give(2, Value::Int(sign(order)))
    }
}
