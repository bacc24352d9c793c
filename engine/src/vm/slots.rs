//! Moving values between stack, slots, globals and constants.
//!
//! Numbers are copied right here. Values that cost nothing to clone are cloned out of line;
//! collections go through the VM, which charges for them.

use super::VM;
use super::access::{Access, Flow, Machine, Watch};
use super::texts::Home;
use crate::op::Op;
use crate::semantics::arith::add_int;
use crate::value::Value;
use crate::value::layout::{self, TAG_INT};

impl<A: Access, W: Watch> Machine<'_, A, W> {
    /// `LoadInt`
    #[inline(always)]
    pub(super) fn push_int(&mut self, n: i64) -> Flow {
        self.push_with(|at| {
            // SAFETY: `push_with` hands out room for a value.
            unsafe { layout::write_int(at, n) }
        })
    }

    /// `LoadFloat`
    #[inline(always)]
    pub(super) fn push_float(&mut self, x: f64) -> Flow {
        self.push_with(|at| {
            // SAFETY: `push_with` hands out room for a value.
            unsafe { layout::write_float(at, x) }
        })
    }

    /// `LoadTrue`, `LoadFalse`
    #[inline(always)]
    pub(super) fn push_bool(&mut self, b: bool) -> Flow {
        self.push_with(|at| {
            // SAFETY: `push_with` hands out room for a value.
            unsafe { layout::write_bool(at, b) }
        })
    }

    /// `LoadUndef`
    #[inline(always)]
    pub(super) fn push_undef(&mut self) -> Flow {
        self.push_with(|at| {
            // SAFETY: `push_with` hands out room for a value.
            unsafe { layout::write_undef(at) }
        })
    }

    /// Pushes what `write` writes.
    #[inline(always)]
    fn push_with(&mut self, write: impl FnOnce(*mut Value)) -> Flow {
        self.room()?;
        write(self.sp);
        // SAFETY: A-ROOM after `room`, or the room that verified access has reserved.
        self.sp = unsafe { self.sp.add(1) };
        Ok(())
    }

    /// Pushes a clone of `from` if that is free; otherwise does nothing and says so.
    ///
    /// # Safety
    /// `from` is initialised, and not moved by growing the stack.
    #[inline(always)]
    unsafe fn push_free_copy(&mut self, from: *const Value) -> Flow<bool> {
        // SAFETY: by the caller, and as in `push_with`.
        unsafe {
            let tag = layout::tag(&*from);
            if layout::is_number(tag) {
                self.room()?;
                layout::copy_number(from, tag, self.sp);
            } else if layout::is_free_to_clone(tag) {
                self.room()?;
                clone_to(from, self.sp);
            } else {
                return Ok(false);
            }
            self.sp = self.sp.add(1);
        }
        Ok(true)
    }

    /// `LoadConst`
    #[inline(always)]
    pub(super) fn load_const(&mut self, idx: u16) -> Flow {
        if let Some(constant) = self.vm.chunk.constants.get(usize::from(idx)) {
            let constant = std::ptr::from_ref(constant);
            // SAFETY: constants are not on the stack.
            if unsafe { self.push_free_copy(constant)? } {
                return Ok(());
            }
        }
        self.on_stack(move |vm| vm.load_const(idx))
    }

    /// `GetVar`, `GetArray`, `GetHash`
    #[inline(always)]
    pub(super) fn get_var(&mut self, name: u16) -> Flow {
        if let Some(global) = self.vm.globals.get(usize::from(name)) {
            let global = std::ptr::from_ref(global);
            // SAFETY: globals are not on the stack.
            if unsafe { self.push_free_copy(global)? } {
                return Ok(());
            }
        }
        self.on_stack(move |vm| vm.get_var(name))
    }

    /// `SetVar`, `DeclareVar`, `SetArray`, `SetHash`
    #[inline(always)]
    pub(super) fn set_var(&mut self, name: u16) -> Flow {
        let name_idx = usize::from(name);
        if name_idx < self.vm.globals.len() && self.holds(1) {
            let global = &raw mut self.vm.globals[name_idx];
            // SAFETY: the global exists; V-DEPTH or the test: there is a value to move.
            unsafe { self.move_top(global) }
            return Ok(());
        }
        self.on_stack(move |vm| {
            vm.set_var(name);
            Ok(())
        })
    }

    /// `GetSlot`
    #[inline(always)]
    pub(super) fn get_slot(&mut self, slot: u16) -> Flow {
        let slot_idx = usize::from(slot);
        if slot_idx < self.n_slots {
            // SAFETY: A-SLOTS; slots are not on the stack.
            if unsafe { self.push_free_copy(self.slots.add(slot_idx))? } {
                return Ok(());
            }
        }
        self.on_stack(move |vm| vm.load_slot(slot))
    }

    /// `SetSlot`
    #[inline(always)]
    pub(super) fn set_slot(&mut self, slot: u16) -> Flow {
        let slot_idx = usize::from(slot);
        if slot_idx < self.n_slots && self.holds(1) {
            // SAFETY: A-SLOTS; V-DEPTH or the test: there is a value to move.
            unsafe { self.move_top(self.slots.add(slot_idx)) }
            return Ok(());
        }
        if slot_idx == self.n_slots && self.holds(1) {
            // SAFETY: V-DEPTH or the test: there is a value to move.
            unsafe {
                if move_behind_slots(self.vm, self.sp.sub(1)) {
                    self.sp = self.sp.sub(1);
                    self.n_slots += 1;
                    return Ok(());
                }
            }
        }
        self.on_frame(move |vm| vm.take_into_slot(slot))
    }

    /// `Concat`, with a look at where its result goes next.
    #[inline(always)]
    pub(super) fn concat(&mut self) -> Flow {
        match self.peek() {
            Some(Op::SetSlot(slot)) if usize::from(slot) < self.n_slots => {
                self.on_stack(move |vm| vm.concat_to(Home::Slot(slot)))
            }
            Some(Op::SetVar(name)) if usize::from(name) < self.vm.globals.len() => {
                self.on_stack(move |vm| vm.concat_to(Home::Global(name)))
            }
            _ => self.on_stack(VM::concat),
        }
    }

    /// Moves the top value to `to`, dropping what was there.
    ///
    /// # Safety
    /// There is a top value, and `to` is initialised and not on the stack.
    #[inline(always)]
    unsafe fn move_top(&mut self, to: *mut Value) {
        // SAFETY: by the caller; the moved value is beyond the top afterwards.
        unsafe {
            self.sp = self.sp.sub(1);
            let tag = layout::tag(&*self.sp);
            if layout::is_number(tag) && layout::is_plain(&*to) {
                layout::copy_number(self.sp, tag, to);
            } else {
                move_over(self.sp, to);
            }
        }
    }

    /// `Pop`
    #[inline(always)]
    pub(super) fn pop(&mut self) {
        if !self.holds(1) {
            return;
        }
        // SAFETY: V-DEPTH or the test above: there is a value.
        unsafe {
            self.sp = self.sp.sub(1);
            if !layout::is_plain(&*self.sp) {
                drop_at(self.sp);
            }
        }
    }

    /// `Dup`
    #[inline(always)]
    pub(super) fn dup(&mut self) -> Flow {
        if self.holds(1) {
            // SAFETY: V-DEPTH or the test: there is a value.
            let top = unsafe { self.sp.sub(1) };
            // SAFETY: it is initialised. Room is made first, so that it does not move.
            unsafe {
                let tag = layout::tag(&*top);
                if layout::is_number(tag) {
                    self.room()?;
                    layout::copy_number(self.sp.sub(1), tag, self.sp);
                    self.sp = self.sp.add(1);
                    return Ok(());
                }
            }
        }
        self.on_stack(move |vm| vm.push_copy(|vm| vm.operand(0)))
    }

    /// `Swap`
    #[inline(always)]
    pub(super) fn swap(&mut self) {
        if self.holds(2) {
            // SAFETY: V-DEPTH or the test: there are two values.
            unsafe { swap_with_next(self.sp.sub(2)) }
        }
    }

    /// `Rot`
    #[inline(always)]
    pub(super) fn rot(&mut self) {
        if self.holds(3) {
            // SAFETY: V-DEPTH or the test: there are three values. `a b c` becomes `b a c`
            // and then `b c a`.
            unsafe {
                swap_with_next(self.sp.sub(3));
                swap_with_next(self.sp.sub(2));
            }
        }
    }

    /// The `Int` in a slot, for reading and writing.
    #[inline(always)]
    pub(super) fn int_slot(&mut self, slot: u16) -> Option<IntSlot> {
        let slot_idx = usize::from(slot);
        if slot_idx >= self.n_slots {
            return None;
        }
        // SAFETY: A-SLOTS.
        unsafe {
            let at = self.slots.add(slot_idx);
            (layout::tag(&*at) == TAG_INT).then_some(IntSlot(at))
        }
    }

    /// `PreIncSlot`, `PreDecSlot`
    #[inline(always)]
    pub(super) fn pre_add_slot(&mut self, slot: u16, n: i64) -> Flow {
        if let Some(int) = self.int_slot(slot) {
            self.room()?;
            let new = add_int(int.get(), n);
            int.set(new);
            return self.push_int(new);
        }
        self.on_frame(move |vm| vm.pre_add_slot(slot, n))
    }

    /// `PostIncSlot`, `PostDecSlot`
    #[inline(always)]
    pub(super) fn post_add_slot(&mut self, slot: u16, n: i64) -> Flow {
        if let Some(int) = self.int_slot(slot) {
            self.room()?;
            let old = int.get();
            int.set(add_int(old, n));
            return self.push_int(old);
        }
        self.on_frame(move |vm| vm.post_add_slot(slot, n))
    }

    /// `PreIncSlotVoid`
    #[inline(always)]
    pub(super) fn pre_inc_slot_void(&mut self, slot: u16) -> Flow {
        if let Some(int) = self.int_slot(slot) {
            int.set(add_int(int.get(), 1));
            return Ok(());
        }
        self.on_frame(move |vm| vm.add_to_slot(slot, 1).map(drop))
    }

    /// `AddAssignSlotVoid`
    #[inline(always)]
    pub(super) fn add_assign_slot_void(&mut self, a: u16, b: u16) -> Flow {
        if let (Some(a), Some(b)) = (self.int_slot(a), self.int_slot(b)) {
            a.set(add_int(a.get(), b.get()));
            return Ok(());
        }
        self.on_frame(move |vm| vm.add_assign_slot_void(a, b))
    }

    /// `SlotLtIntJumpIfFalse`
    #[inline(always)]
    pub(super) fn slot_lt_int_jump_if_false(
        &mut self,
        slot: u16,
        limit: i32,
        target: usize,
    ) -> Flow {
        let n = match self.int_slot(slot) {
            Some(int) => int.get(),
            None => self.vm.slot(slot).to_int(),
        };
        if n < i64::from(limit) {
            return Ok(());
        }
        self.branch(target)
    }

    /// `SlotIncLtIntJumpBack`
    #[inline(always)]
    pub(super) fn slot_inc_lt_int_jump_back(
        &mut self,
        slot: u16,
        limit: i32,
        target: usize,
    ) -> Flow {
        let Some(int) = self.int_slot(slot) else {
            return self.inc_other_and_jump(slot, limit, target);
        };
        let new = add_int(int.get(), 1);
        if new >= i64::from(limit) {
            int.set(new);
            return Ok(());
        }
        let branch = self.pay_for(target)?;
        int.set(new);
        self.take(branch)
    }

    /// `SlotIncLtIntJumpBack` on a slot that is missing or of another kind: it becomes an
    /// `Int`, so this happens once per loop.
    #[inline(always)]
    fn inc_other_and_jump(&mut self, slot: u16, limit: i32, target: usize) -> Flow {
        let new = add_int(self.vm.slot(slot).to_int(), 1);
        // The slot must exist before the branch is paid for, because making it may fail.
        self.on_stack(move |vm| vm.check_slot(slot))?;
        if new >= i64::from(limit) {
            return self.on_frame(move |vm| vm.store_slot(slot, Value::Int(new)));
        }
        let branch = self.pay_for(target)?;
        self.on_frame(move |vm| vm.store_slot(slot, Value::Int(new)))?;
        self.take(branch)
    }
}

/// A slot that holds an `Int`.
#[derive(Clone, Copy)]
pub(super) struct IntSlot(*mut Value);

impl IntSlot {
    #[inline(always)]
    pub(super) fn get(self) -> i64 {
        // SAFETY: `Machine::int_slot` saw an `Int`, and it is used at once.
        unsafe { layout::read_int(self.0) }
    }

    #[inline(always)]
    pub(super) fn set(self, n: i64) {
        // SAFETY: as above; an `Int` owns nothing.
        unsafe { layout::write_int(self.0, n) }
    }
}

/// Clones a value to a place that holds none.
///
/// # Safety
/// `from` is initialised, `to` valid for writing.
#[inline(never)]
unsafe fn clone_to(from: *const Value, to: *mut Value) {
    // SAFETY: by the caller.
    unsafe { to.write((*from).clone()) }
}

/// Moves a value over another one.
///
/// # Safety
/// Both are initialised; `from` is not afterwards.
#[inline(never)]
unsafe fn move_over(from: *mut Value, to: *mut Value) {
    // SAFETY: by the caller.
    unsafe {
        to.drop_in_place();
        layout::move_value(from, to);
    }
}

/// Moves a value behind the last slot of the top frame; false when there is no room.
///
/// # Safety
/// `from` is initialised, and not after success.
#[inline(never)]
unsafe fn move_behind_slots(vm: &mut VM, from: *mut Value) -> bool {
    let Some(frame) = vm.frames.last_mut() else {
        return false;
    };
    let n_slots = frame.slots.len();
    if n_slots == frame.slots.capacity() {
        return false;
    }
    // SAFETY: there is room for a value, which is initialised before it counts.
    unsafe {
        layout::move_value(from, frame.slots.as_mut_ptr().add(n_slots));
        frame.slots.set_len(n_slots + 1);
    }
    true
}

/// Drops a value.
///
/// # Safety
/// It is initialised, and not afterwards.
#[inline(never)]
unsafe fn drop_at(at: *mut Value) {
    // SAFETY: by the caller.
    unsafe { at.drop_in_place() }
}

/// Swaps the value at `a` with the one behind it.
///
/// # Safety
/// Both are initialised.
#[inline(never)]
unsafe fn swap_with_next(a: *mut Value) {
    // SAFETY: by the caller.
    unsafe { a.swap(a.add(1)) }
}
