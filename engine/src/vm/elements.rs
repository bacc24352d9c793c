//! Elements of arrays in slots and globals, in place.
//!
//! An element that is free to clone is read, and a number written over another plain value,
//! without the VM being in sync; everything else goes the way of `vm/collections.rs`.

use super::access::{Access, Flow, Machine, Watch};
use crate::value::Value;
use crate::value::layout::{self, TAG_INT};

impl<A: Access, W: Watch> Machine<'_, A, W> {
    /// `ArrayGet`
    #[inline(always)]
    pub(super) fn array_get(&mut self, name: u16) -> Flow {
        if let Some(array) = self.vm.globals.get(usize::from(name)) {
            let array = std::ptr::from_ref(array);
            // SAFETY: the global exists.
            if unsafe { self.quick_get(array) } {
                return Ok(());
            }
        }
        self.on_stack(move |vm| vm.array_get(name))
    }

    /// `SlotArrayGet`
    #[inline(always)]
    pub(super) fn slot_array_get(&mut self, slot: u16) -> Flow {
        if usize::from(slot) < self.n_slots {
            // SAFETY: A-SLOTS.
            if unsafe { self.quick_get(self.slots.add(usize::from(slot))) } {
                return Ok(());
            }
        }
        self.on_stack(move |vm| vm.slot_array_get(slot))
    }

    /// `ArraySet`
    #[inline(always)]
    pub(super) fn array_set(&mut self, name: u16) -> Flow {
        if let Some(array) = self.vm.globals.get_mut(usize::from(name)) {
            let array = std::ptr::from_mut(array);
            // SAFETY: the global exists, and nothing else refers to it.
            if unsafe { self.quick_set(array) } {
                return Ok(());
            }
        }
        self.on_stack(move |vm| vm.array_set(name))
    }

    /// `SlotArraySet`
    #[inline(always)]
    pub(super) fn slot_array_set(&mut self, slot: u16) -> Flow {
        if usize::from(slot) < self.n_slots {
            // SAFETY: A-SLOTS, and nothing else refers to the slot.
            if unsafe { self.quick_set(self.slots.add(usize::from(slot))) } {
                return Ok(());
            }
        }
        self.on_stack(move |vm| vm.slot_array_set(slot))
    }

    /// Replaces the index on top of the stack by the element; does nothing when that takes
    /// more.
    ///
    /// # Safety
    /// `array` is initialised and not on the stack.
    #[inline(always)]
    unsafe fn quick_get(&mut self, array: *const Value) -> bool {
        if !self.holds(1) {
            return false;
        }
        // SAFETY: V-DEPTH or the test: there is an index. An `Int` owns nothing.
        unsafe {
            let top = self.sp.sub(1);
            let Value::Array(elements) = &*array else {
                return false;
            };
            if layout::tag(&*top) != TAG_INT {
                return false;
            }
            let index = layout::read_int(top) as u64;
            if index >= elements.len() as u64 {
                return false;
            }
            let element = elements.as_ptr().add(index as usize);
            let tag = layout::tag(&*element);
            if !layout::is_number(tag) {
                return clone_over(element, top);
            }
            layout::copy_number(element, tag, top);
        }
        true
    }

    /// Stores a number at an index, both from the stack, over a plain value; does nothing
    /// when it takes more.
    ///
    /// # Safety
    /// `array` is initialised, not on the stack, and nothing else refers to it.
    #[inline(always)]
    unsafe fn quick_set(&mut self, array: *mut Value) -> bool {
        if !self.holds(2) || self.vm.limits.value_nesting == 0 {
            return false;
        }
        // SAFETY: V-DEPTH or the test: there are two values. What is dropped owns nothing.
        unsafe {
            let index = self.sp.sub(1);
            let value = self.sp.sub(2);
            let Value::Array(elements) = &mut *array else {
                return false;
            };
            let tag = layout::tag(&*value);
            if layout::tag(&*index) != TAG_INT || !layout::is_number(tag) {
                return false;
            }
            let index = layout::read_int(index) as u64;
            if index >= elements.len() as u64 {
                return false;
            }
            let element = elements.as_mut_ptr().add(index as usize);
            if !layout::is_plain(&*element) {
                return false;
            }
            layout::copy_number(value, tag, element);
            self.sp = value;
        }
        true
    }
}

/// Clones a value that is free to clone over an `Int`; does nothing with others.
///
/// # Safety
/// Both are initialised.
#[inline(never)]
unsafe fn clone_over(from: *const Value, to: *mut Value) -> bool {
    // SAFETY: by the caller; an `Int` owns nothing.
    unsafe {
        let free = layout::is_free_to_clone(layout::tag(&*from));
        if free {
            to.write((*from).clone());
        }
        free
    }
}
