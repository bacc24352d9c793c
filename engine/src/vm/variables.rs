//! Ops on globals and slots.

use super::VM;
use crate::error::Error;
use crate::semantics::arrays::{self, UNDEF};
use crate::semantics::cost;
use crate::value::Value;

impl VM {
    /// `LoadConst`
    pub(super) fn load_const(&mut self, idx: u16) -> Result<(), Error> {
        self.push_copy(|vm| vm.chunk.constants.get(usize::from(idx)).unwrap_or(&UNDEF))
    }

    /// `Dup2`
    pub(super) fn dup2(&mut self) -> Result<(), Error> {
        if self.stack.len() < 2 {
            return Ok(());
        }
        self.check_room(2)?;
        self.pay(cost::copied(self.operand(1)).and(cost::copied(self.operand(0))))?;
        let (a, b) = (self.operand(1).clone(), self.operand(0).clone());
        self.stack.extend([a, b]);
        Ok(())
    }

    /// `GetVar`, `GetArray`, `GetHash`
    pub(super) fn get_var(&mut self, name: u16) -> Result<(), Error> {
        self.push_copy(|vm| vm.global(name))
    }

    /// `SetVar`, `DeclareVar`, `SetArray`, `SetHash`
    pub(super) fn set_var(&mut self, name: u16) {
        *self.global_mut(name) = self.pop();
    }

    /// `DeclareArray`, `DeclareHash`
    pub(super) fn declare(&mut self, name: u16, empty: Value) -> Result<(), Error> {
        *self.global_mut(name) = empty;
        Ok(())
    }

    /// `SetStatus`: the low 32 bits of the integer.
    pub(super) fn set_status(&mut self) -> Result<(), Error> {
        self.last_status = self.pop().to_int() as i32;
        Ok(())
    }

    /// `GetStatus`
    pub(super) fn get_status(&mut self) -> Result<(), Error> {
        self.try_push(Value::Status(self.last_status))
    }

    /// `GetSlot`
    pub(super) fn load_slot(&mut self, slot: u16) -> Result<(), Error> {
        self.push_copy(|vm| vm.slot(slot))
    }

    /// `SetSlot`
    pub(super) fn take_into_slot(&mut self, slot: u16) -> Result<(), Error> {
        self.check_slot(slot)?;
        let v = self.pop();
        self.set_slot(slot, v);
        Ok(())
    }

    /// `SlotArrayGet`
    pub(super) fn slot_array_get(&mut self, slot: u16) -> Result<(), Error> {
        let element = arrays::array_get(self.slot(slot), self.operand(0));
        let cost = cost::copied(element);
        // Paying cannot move the element: only then is it worth a copy.
        self.pay(cost)?;
        let copy = arrays::array_get(self.slot(slot), self.operand(0)).clone();
        self.consume(1);
        self.try_push(copy)
    }

    /// `SlotArraySet`
    pub(super) fn slot_array_set(&mut self, slot: u16) -> Result<(), Error> {
        let checked = arrays::check_array_set(
            self.slot(slot),
            self.operand(0),
            self.operand(1),
            &self.limits,
        );
        let store = self.settle(2, checked)?;
        self.consume(1);
        let v = self.pop();
        if let Some(array) = self.slot_mut(slot) {
            arrays::array_set(array, store, v);
        }
        Ok(())
    }
}
