//! Calls and returns when only frames and stack are concerned: nobody has to be asked, the
//! frame vector has room, and what is left is the frame of a call.
//!
//! Everything else goes the way of `vm/calls.rs`, which these agree with.

use super::access::{Access, Flow, Machine, Watch};
use super::{Frame, VM};
use crate::value::{Value, layout};

impl<A: Access, W: Watch> Machine<'_, A, W> {
    /// `Call` of the sub at `entry`; does nothing when that takes more.
    #[inline(always)]
    pub(super) fn quick_call(&mut self, entry: usize, argc: u8) -> Flow<bool> {
        if W::BLOCKS || self.watched {
            return Ok(false);
        }
        let base = self.height().saturating_sub(usize::from(argc));
        if !open_frame(self.vm, self.next_idx(), base) {
            return Ok(false);
        }
        self.load_frame();
        self.jump(entry)?;
        Ok(true)
    }

    /// `Return`, or with a value to keep `ReturnValue`; does nothing when that takes more.
    #[inline(always)]
    pub(super) fn quick_return(&mut self, n_keep: usize) -> Flow<bool> {
        if W::BLOCKS {
            return Ok(false);
        }
        let n_frames = if A::CHECKED { 1 } else { self.session.floor() };
        // SAFETY: A-STACK.
        let left = unsafe { close_frame(self.vm, self.floor(), self.sp, n_keep, n_frames) };
        if left.sp.is_null() {
            return Ok(false);
        }
        self.sp = left.sp;
        self.load_frame();
        self.jump(left.return_ip)?;
        Ok(true)
    }
}

/// Opens the frame of a call; false when there is no room, or no right to it.
#[inline(never)]
fn open_frame(vm: &mut VM, return_ip: usize, stack_base: usize) -> bool {
    let n_frames = vm.frames.len();
    if n_frames == vm.frames.capacity() || n_frames >= vm.limits.call_frames {
        return false;
    }
    vm.frames.push(Frame {
        return_ip,
        stack_base,
        slots: vm.spare_slots.pop().unwrap_or_default(),
    });
    true
}

/// Where a return leads, and the stack there; null when nothing was done.
struct Left {
    return_ip: usize,
    sp: *mut Value,
}

/// Closes the frame of a call with more than `n_frames` frames, and keeps the `n_keep` top
/// values, one at most.
///
/// # Safety
/// The values from `floor` to `sp` are initialised and owned by the stack; those from the
/// returned `sp` on are not any more.
#[inline(never)]
unsafe fn close_frame(
    vm: &mut VM,
    floor: *mut Value,
    sp: *mut Value,
    n_keep: usize,
    n_frames: usize,
) -> Left {
    const NOT_DONE: Left = Left {
        return_ip: 0,
        sp: std::ptr::null_mut(),
    };
    if vm.frames.len() <= n_frames {
        return NOT_DONE;
    }
    let Some(frame) = vm.frames.last_mut() else {
        return NOT_DONE;
    };
    let height = (sp as usize - floor as usize) / layout::SIZE;
    let fits = frame.stack_base <= height && height - frame.stack_base >= n_keep;
    if frame.return_ip == Frame::SCOPE || !fits {
        return NOT_DONE;
    }
    let (return_ip, stack_base) = (frame.return_ip, frame.stack_base);
    let slots = std::mem::take(&mut frame.slots);
    vm.frames.pop();
    vm.recycle(slots);
    // SAFETY: the base is at most the height, and the difference at least `n_keep`.
    unsafe {
        let base = floor.add(stack_base);
        let kept = sp.sub(n_keep);
        let mut at = base;
        while at != kept {
            if !layout::is_plain(&*at) {
                at.drop_in_place();
            }
            at = at.add(1);
        }
        if n_keep > 0 && base != kept {
            layout::move_value(kept, base);
        }
        Left {
            return_ip,
            sp: base.add(n_keep),
        }
    }
}
