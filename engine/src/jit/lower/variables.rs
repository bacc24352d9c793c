//! Slots of the current frame.

use super::{Abs, Emit, Lower, Place, SlotAbs};

impl<E: Emit> Lower<'_, E> {
    /// The index of a slot that the region names.
    fn index_of(&self, slot: u16) -> usize {
        self.region
            .slot_index(slot)
            .expect("a region lists every slot that its ops name")
    }

    pub(super) fn get_slot(&mut self, slot: u16) -> Option<()> {
        let index = self.index_of(slot);
        match self.state.slots[index].abs {
            Abs::Mem => self.clone_to_top(Place::Slot(slot)),
            value => self.push(value),
        }
        Some(())
    }

    pub(super) fn set_slot(&mut self, slot: u16) -> Option<()> {
        let from = self.place_of_entry(0);
        let value = self.state.stack.pop()?;
        if value.is_mem() {
            let index = self.index_of(slot);
            if self.state.slots[index].abs.is_mem() {
                self.e.drop_mem(Place::Slot(slot));
            }
            self.grow_to(slot);
            self.e.move_mem(&[(from, Place::Slot(slot))]);
            self.state.slots[index] = SlotAbs {
                abs: Abs::Mem,
                dirty: false,
            };
        } else {
            self.assign_slot(slot, value);
        }
        Some(())
    }

    /// Makes a register value the value of a slot.
    pub(super) fn assign_slot(&mut self, slot: u16, value: Abs<E::V>) {
        let index = self.index_of(slot);
        if self.state.slots[index].abs.is_mem() {
            self.e.drop_mem(Place::Slot(slot));
        }
        self.grow_to(slot);
        self.state.slots[index] = SlotAbs {
            abs: value,
            dirty: true,
        };
    }

    /// Makes the frame long enough for a slot that is written.
    fn grow_to(&mut self, slot: u16) {
        let needed = usize::from(slot) + 1;
        if self.state.min_slots < needed {
            self.e.grow_slots(needed);
            self.state.min_slots = needed;
        }
    }

    /// `to_int` of a slot.
    pub(super) fn slot_to_int(&mut self, slot: u16) -> E::V {
        let index = self.index_of(slot);
        match self.state.slots[index].abs {
            Abs::Mem => self.e.mem_to_int(Place::Slot(slot)),
            value => self.reg_to_int(value),
        }
    }
}
