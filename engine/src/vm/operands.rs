//! Operands, globals and slots of a VM, for ops that run on the VM itself.
//!
//! Everything here tolerates any state: a missing operand, global, slot or frame reads as
//! `Undef`.

use super::VM;
use crate::error::{Error, Limit};
use crate::semantics::arrays::UNDEF;
use crate::semantics::cost::{self, Cost};
use crate::value::Value;

impl VM {
    /// The operand `i` values below the top.
    #[inline]
    pub(super) fn operand(&self, i: usize) -> &Value {
        let height = self.stack.len();
        if i < height {
            &self.stack[height - 1 - i]
        } else {
            &UNDEF
        }
    }

    /// The `n` top values, or as many as there are; the deepest first.
    #[inline]
    pub(super) fn operands(&self, n: usize) -> &[Value] {
        &self.stack[self.stack.len().saturating_sub(n)..]
    }

    /// Drops the `n` top values, or as many as there are.
    #[inline]
    pub(super) fn consume(&mut self, n: usize) {
        self.stack.truncate(self.stack.len().saturating_sub(n));
    }

    /// An error when there is no room for `n` more values.
    #[inline]
    pub(super) fn check_room(&self, n: usize) -> Result<(), Error> {
        if self.stack.len().saturating_add(n) > self.limits.value_stack {
            return Err(Limit::ValueStack.into());
        }
        Ok(())
    }

    /// An error when there is no room for `pushed` values in the place of `n` operands.
    #[inline]
    pub(super) fn check_room_after(&self, n: usize, pushed: usize) -> Result<(), Error> {
        let height = self.stack.len().saturating_sub(n).saturating_add(pushed);
        if height > self.limits.value_stack {
            return Err(Limit::ValueStack.into());
        }
        Ok(())
    }

    /// Room for the result of an op with `n` operands, before it is paid for or anybody outside
    /// of the VM is asked for it: without room the operands are consumed, and that is all.
    #[inline]
    pub(super) fn check_room_for_answer(&mut self, n: usize) -> Result<(), Error> {
        let room = self.check_room_after(n, 1);
        self.settle(n, room.map(|()| ((), Cost::NONE)))
    }

    /// Pushes, within the limit.
    #[inline]
    pub(super) fn try_push(&mut self, v: Value) -> Result<(), Error> {
        self.check_room(1)?;
        self.stack.push(v);
        Ok(())
    }

    /// Pushes a clone of the value that `find` finds.
    #[inline]
    pub(super) fn push_copy(&mut self, find: impl Fn(&VM) -> &Value) -> Result<(), Error> {
        self.check_room(1)?;
        self.pay(cost::copied(find(self)))?;
        let copy = find(self).clone();
        self.stack.push(copy);
        Ok(())
    }

    /// Ends an op that took `n` operands and gives `result`, which costs `price`: without room
    /// or with an error of the op the operands are consumed, without fuel nothing happens.
    #[inline]
    pub(super) fn give(
        &mut self,
        n: usize,
        result: Result<Value, Error>,
        price: impl Fn(&Value) -> Cost,
    ) -> Result<(), Error> {
        self.check_room_for_answer(n)?;
        let result = match result {
            Ok(result) => result,
            Err(error) => {
                self.consume(n);
                return Err(error);
            }
        };
        self.pay(price(&result))?;
        self.consume(n);
        self.stack.push(result);
        Ok(())
    }

    /// As [`VM::give`], for an op that has computed its price beforehand and changes
    /// something with its operands: they are consumed here unless fuel is missing.
    #[inline]
    pub(super) fn settle<T>(
        &mut self,
        n: usize,
        checked: Result<(T, Cost), Error>,
    ) -> Result<T, Error> {
        match checked {
            Ok((plan, cost)) => {
                self.pay(cost)?;
                Ok(plan)
            }
            Err(error) => {
                self.consume(n);
                Err(error)
            }
        }
    }

    /// Replaces the top value, `Undef` when there is none.
    #[inline]
    pub(super) fn unary(&mut self, f: fn(&Value) -> Value) -> Result<(), Error> {
        let result = f(self.operand(0));
        self.consume(1);
        self.try_push(result)
    }

    /// Replaces the two top values, `Undef` where they are missing.
    #[inline]
    pub(super) fn binary(&mut self, f: fn(&Value, &Value) -> Value) -> Result<(), Error> {
        let result = f(self.operand(1), self.operand(0));
        self.consume(2);
        self.try_push(result)
    }

    /// A global; `Undef` when it does not exist.
    #[inline]
    pub(super) fn global(&self, name: u16) -> &Value {
        self.globals.get(usize::from(name)).unwrap_or(&UNDEF)
    }

    /// A global to write to; it exists afterwards.
    #[inline]
    pub(super) fn global_mut(&mut self, name: u16) -> &mut Value {
        let name = usize::from(name);
        if self.globals.len() <= name {
            self.globals.resize(name + 1, Value::Undef);
        }
        &mut self.globals[name]
    }

    /// A slot of the top frame; `Undef` when it does not exist.
    #[inline]
    pub(super) fn slot(&self, slot: u16) -> &Value {
        self.frames
            .last()
            .and_then(|frame| frame.slots.get(usize::from(slot)))
            .unwrap_or(&UNDEF)
    }

    /// A slot of the top frame that exists.
    #[inline]
    pub(super) fn slot_mut(&mut self, slot: u16) -> Option<&mut Value> {
        self.frames.last_mut()?.slots.get_mut(usize::from(slot))
    }

    /// Pays for the memory of a slot that an op is about to store.
    #[inline]
    pub(super) fn check_slot(&mut self, slot: u16) -> Result<(), Error> {
        let n_slots = self.frames.last().map_or(usize::MAX, |f| f.slots.len());
        match usize::from(slot).checked_sub(n_slots) {
            Some(growth) => self.pay_memory(Cost::elements(growth + 1)),
            None => Ok(()),
        }
    }

    /// Stores into a slot of the top frame, after [`VM::check_slot`].
    #[inline]
    pub(super) fn store_slot(&mut self, slot: u16, v: Value) -> Result<(), Error> {
        self.check_slot(slot)?;
        self.set_slot(slot, v);
        Ok(())
    }
}
