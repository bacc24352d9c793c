//! Fused superinstructions, as they run on the VM itself.
//!
//! Each has the effects of its expansion, in that order; without a frame reads give
//! `Undef` and writes are lost.

use super::VM;
use crate::error::Error;
use crate::semantics::arith::add_int;
use crate::semantics::arrays::{UNDEF, check_nesting, check_size};
use crate::semantics::cost::Cost;
use crate::semantics::fused::{accum_sum_loop, iterations};
use crate::semantics::strings::{append_until, repeated_len, text};
use crate::value::Value;

impl VM {
    /// `PreIncSlot`, `PreDecSlot` and the void form: adds to the slot, gives the new value.
    pub(super) fn add_to_slot(&mut self, slot: u16, n: i64) -> Result<i64, Error> {
        let new = add_int(self.slot(slot).to_int(), n);
        self.store_slot(slot, Value::Int(new))?;
        Ok(new)
    }

    /// `PreIncSlot`, `PreDecSlot`
    pub(super) fn pre_add_slot(&mut self, slot: u16, n: i64) -> Result<(), Error> {
        self.check_room(1)?;
        let new = self.add_to_slot(slot, n)?;
        self.try_push(Value::Int(new))
    }

    /// `PostIncSlot`, `PostDecSlot`
    pub(super) fn post_add_slot(&mut self, slot: u16, n: i64) -> Result<(), Error> {
        self.check_room(1)?;
        let old = self.slot(slot).to_int();
        self.add_to_slot(slot, n)?;
        self.try_push(Value::Int(old))
    }

    /// `AddAssignSlotVoid`
    pub(super) fn add_assign_slot_void(&mut self, a: u16, b: u16) -> Result<(), Error> {
        let b = self.slot(b).to_int();
        self.add_to_slot(a, b).map(drop)
    }

    /// `AccumSumLoop`
    pub(super) fn accum_sum_loop(&mut self, sum: u16, i: u16, limit: i32) -> Result<(), Error> {
        let k = self.slot(i).to_int();
        self.check_slot(sum.max(i))?;
        self.pay_steps(iterations(k, limit), Cost::NONE)?;
        let (s, k) = accum_sum_loop(self.slot(sum).to_int(), k, limit);
        self.set_slot(sum, Value::Int(s));
        self.set_slot(i, Value::Int(k));
        Ok(())
    }

    /// `ConcatConstLoop`
    pub(super) fn concat_const_loop(
        &mut self,
        konst: u16,
        s: u16,
        i: u16,
        limit: i32,
    ) -> Result<(), Error> {
        let k = self.slot(i).to_int();
        let n = iterations(k, limit);
        let constants = &self.chunk.constants;
        let piece = constants.get(usize::from(konst)).unwrap_or(&UNDEF);
        let piece = text(piece, &self.limits)?.into_owned();
        let len = {
            let start = text(self.slot(s), &self.limits)?;
            repeated_len(&start, &piece, n, &self.limits)?
        };
        self.check_slot(s.max(i))?;
        self.pay_steps(n, Cost::bytes(len))?;
        let start = self.slot_mut(s).map(std::mem::take).unwrap_or_default();
        self.set_slot(s, append_until(start, &piece, len));
        self.set_slot(i, Value::Int(k.max(i64::from(limit))));
        Ok(())
    }

    /// `PushIntRangeLoop`
    pub(super) fn push_int_range_loop(
        &mut self,
        arr: u16,
        i: u16,
        limit: i32,
    ) -> Result<(), Error> {
        let k = self.slot(i).to_int();
        let n = iterations(k, limit);
        let count = usize::try_from(n).unwrap_or(usize::MAX);
        let len = match self.global(arr) {
            Value::Array(elements) => elements.len(),
            _ => 0,
        };
        if n > 0 {
            check_nesting(&Value::Int(k), &self.limits)?;
            check_size(len.saturating_add(count), &self.limits)?;
        }
        self.check_slot(i)?;
        self.pay_steps(n, Cost::elements(count))?;
        let global = self.global_mut(arr);
        if !matches!(global, Value::Array(_)) {
            *global = Value::Array(Vec::new());
        }
        if let Value::Array(elements) = global {
            elements.extend((k..k.saturating_add_unsigned(n)).map(Value::Int));
        }
        self.set_slot(i, Value::Int(k.max(i64::from(limit))));
        Ok(())
    }
}
