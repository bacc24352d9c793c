//! Constants, the value stack, variables and slots: 6.1 to 6.3.

use super::coerce::weight;
use super::state::{Machine, Step, UNDEF};
use fusevm::Value;

impl Machine {
    /// A constant, or `Undef` when there is none with this index.
    pub(super) fn constant(&self, index: u16) -> &Value {
        let constants = &self.vm.chunk.constants;
        constants.get(usize::from(index)).unwrap_or(&UNDEF)
    }

    pub(super) fn dup(&mut self) -> Step {
        let copy = self.top(0).clone();
        self.give_copy(0, copy)
    }

    pub(super) fn dup2(&mut self) -> Step {
        if self.height() < 2 {
            return Ok(());
        }
        let copies = [self.top(1).clone(), self.top(0).clone()];
        self.room(0, 2)?;
        self.pay(copies.iter().map(weight).sum())?;
        self.vm.stack.extend(copies);
        Ok(())
    }

    pub(super) fn swap(&mut self) {
        let height = self.height();
        if height >= 2 {
            self.vm.stack.swap(height - 2, height - 1);
        }
    }

    /// The third value from the top becomes the top.
    pub(super) fn rot(&mut self) {
        let height = self.height();
        if height >= 3 {
            let third = self.vm.stack.remove(height - 3);
            self.vm.stack.push(third);
        }
    }

    pub(super) fn load_global(&mut self, name: u16) -> Step {
        let copy = self.global(name).clone();
        self.give_copy(0, copy)
    }

    pub(super) fn pop_into_global(&mut self, name: u16) {
        let value = self.take_top();
        *self.global_mut(name) = value;
    }

    pub(super) fn load_slot(&mut self, slot: u16) -> Step {
        let copy = self.slot(slot).clone();
        self.give_copy(0, copy)
    }

    pub(super) fn pop_into_slot(&mut self, slot: u16) -> Step {
        let value = self.take_top();
        self.store_slot(slot, value)
    }
}
