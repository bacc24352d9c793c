//! [`Machine`]: the hot state of a run, and the two ways to reach the stack.
//!
//! While ops run, the next op, the top of the stack and the slots of the top frame are raw
//! pointers into the VM, so that they can live in registers. The VM itself is behind: the
//! length of its stack and its `ip` are written back before anything else looks at them
//! ([`Machine::sync`]) and pointers are made anew afterwards ([`Machine::load`]).
//!
//! # What a `Machine` keeps true
//!
//! - **A-STACK**: `floor` is the start of the VM's stack buffer, `floor <= sp <= ` its end,
//!   and every value below `sp` is initialised and owned by the stack.
//! - **A-ROOM**: with [`Checked`] access, values below `ceiling` are inside the buffer.
//! - **A-SLOTS**: `slots` points to `n_slots` initialised values of the top frame.
//! - **A-OPS**: `ops` points to the `n_ops` ops of the chunk, and `ip` into them or just
//!   behind; `start` and `end` bound a part of them.
//! - **A-UNWIND**: nothing unwinds while the length of the VM's stack is stale: whatever
//!   could is called after [`Machine::sync`].

use super::run::Session;
use super::{Exit, VM};
use crate::error::Error;
use crate::op::Op;
use crate::value::{Value, layout};
use std::marker::PhantomData;

/// How far the stack is trusted.
pub(super) trait Access {
    /// Whether emptiness and room are tested.
    const CHECKED: bool;
}

/// Tolerates any chunk and any state.
pub(super) struct Checked;

/// Relies on a proof: see `chunk/verify.rs`, and `Session::enters_verified` for what is
/// compared with it.
pub(super) struct Verified;

impl Access for Checked {
    const CHECKED: bool = true;
}

impl Access for Verified {
    const CHECKED: bool = false;
}

/// What is watched for between ops.
pub(super) trait Watch {
    /// Whether a block is active, which ends where its range does.
    const BLOCKS: bool;
}

/// Nothing but the end of the ops.
pub(super) struct Plain;

/// The end of a block.
pub(super) struct Blocks;

impl Watch for Plain {
    const BLOCKS: bool = false;
}

impl Watch for Blocks {
    const BLOCKS: bool = true;
}

/// Why a dispatch loop was left. The VM is in sync.
#[derive(Debug)]
pub(super) enum Leave {
    /// The run is over.
    Exit(Exit),
    /// Something changed: choose a loop again and go on at `ip`.
    Switch,
    /// The op at `ip` needs checked access.
    NeedsChecked,
    /// Go on at `ip`, and report every op.
    Record,
}

impl From<Exit> for Leave {
    fn from(exit: Exit) -> Leave {
        Leave::Exit(exit)
    }
}

impl From<Error> for Leave {
    #[cold]
    fn from(error: Error) -> Leave {
        Leave::Exit(Exit::Failed(error))
    }
}

/// Whether the loop goes on.
pub(super) type Flow = Result<(), Leave>;

/// The state of a run, in registers where it is hot.
pub(super) struct Machine<'vm, A, W> {
    pub(super) vm: &'vm mut VM,
    pub(super) session: &'vm mut Session,
    /// The next op.
    pub(super) ip: *const Op,
    /// One past the top value.
    pub(super) sp: *mut Value,
    floor: *mut Value,
    ceiling: *mut Value,
    pub(super) slots: *mut Value,
    pub(super) n_slots: usize,
    ops: *const Op,
    n_ops: usize,
    /// The ops that may run before something has to be decided.
    start: *const Op,
    pub(super) end: *const Op,
    /// Whether backward branches and calls have to ask anybody.
    pub(super) watched: bool,
    n_blocks: usize,
    kind: PhantomData<(A, W)>,
}

impl<'vm, A: Access, W: Watch> Machine<'vm, A, W> {
    /// A machine that is about to run the op at `vm.ip`.
    #[inline(always)]
    pub(super) fn new(vm: &'vm mut VM, session: &'vm mut Session) -> Machine<'vm, A, W> {
        let mut machine = Machine {
            vm,
            session,
            ip: std::ptr::null(),
            sp: std::ptr::null_mut(),
            floor: std::ptr::null_mut(),
            ceiling: std::ptr::null_mut(),
            slots: std::ptr::null_mut(),
            n_slots: 0,
            ops: std::ptr::null(),
            n_ops: 0,
            start: std::ptr::null(),
            end: std::ptr::null(),
            watched: true,
            n_blocks: 0,
            kind: PhantomData,
        };
        machine.load();
        machine
    }

    /// Makes every pointer anew.
    #[inline(always)]
    pub(super) fn load(&mut self) {
        self.ops = self.vm.chunk.ops.as_ptr();
        self.n_ops = self.vm.chunk.ops.len();
        self.n_blocks = self.vm.blocks.len();
        let (start, end) = match self.vm.current_block() {
            Some(block) if W::BLOCKS => (block.start, block.end.min(self.n_ops)),
            _ => (0, self.n_ops),
        };
        let ip = self.vm.ip.min(self.n_ops);
        // SAFETY: all three are at most the number of ops (a block's start by
        // `Chunk::valid_block`, and by `min` if the chunk was replaced since).
        unsafe {
            self.start = self.ops.add(start.min(self.n_ops));
            self.end = self.ops.add(end);
            self.ip = self.ops.add(ip);
        }
        self.watched = self.session.watches(self.vm);
        self.load_frame();
        self.load_stack();
    }

    /// Makes the pointers into the top frame anew.
    #[inline(always)]
    pub(super) fn load_frame(&mut self) {
        match self.vm.frames.last_mut() {
            Some(frame) => {
                self.slots = frame.slots.as_mut_ptr();
                self.n_slots = frame.slots.len();
            }
            None => self.n_slots = 0,
        }
    }

    /// Makes the pointers into the stack anew.
    #[inline(always)]
    pub(super) fn load_stack(&mut self) {
        let stack = &mut self.vm.stack;
        let room = stack.capacity().min(self.vm.limits.value_stack);
        self.floor = stack.as_mut_ptr();
        // SAFETY: both are at most the capacity.
        unsafe {
            self.sp = self.floor.add(stack.len());
            self.ceiling = self.floor.add(room);
        }
    }

    /// Index of the next op.
    #[inline(always)]
    pub(super) fn next_idx(&self) -> usize {
        // SAFETY: A-OPS: both point into, or just behind, the same ops.
        unsafe { self.ip.offset_from_unsigned(self.ops) }
    }

    /// Writes the length of the stack back.
    #[inline(always)]
    pub(super) fn sync_stack(&mut self) {
        // SAFETY: A-STACK: `sp` is inside the buffer, and the values below it initialised.
        unsafe {
            let height = self.sp.offset_from_unsigned(self.floor);
            self.vm.stack.set_len(height);
        }
    }

    /// Writes the length of the stack and `ip` back.
    #[inline(always)]
    pub(super) fn sync(&mut self) {
        self.sync_stack();
        self.vm.ip = self.next_idx();
    }

    /// Whether the next op may run without a decision.
    #[inline(always)]
    pub(super) fn is_inside(&self) -> bool {
        if W::BLOCKS {
            self.start <= self.ip && self.ip < self.end
        } else {
            self.ip != self.end
        }
    }

    /// Whether the stack holds `n` values; with verified access it does.
    #[inline(always)]
    pub(super) fn holds(&self, n: usize) -> bool {
        !A::CHECKED || self.sp as usize - self.floor as usize >= n * layout::SIZE
    }

    /// Makes sure that there is room for one more value.
    #[inline(always)]
    pub(super) fn room(&mut self) -> Flow {
        if A::CHECKED && self.sp >= self.ceiling {
            return self.grow();
        }
        Ok(())
    }

    #[cold]
    #[inline(always)]
    fn grow(&mut self) -> Flow {
        self.on_stack(grow)
    }

    /// Runs an op that needs the VM, but changes only stack and globals.
    #[inline(always)]
    pub(super) fn on_stack(&mut self, f: impl FnOnce(&mut VM) -> Result<(), Error>) -> Flow {
        self.sync_stack();
        match f(self.vm) {
            Ok(()) => {
                self.load_stack();
                Ok(())
            }
            Err(error) => self.fail(error),
        }
    }

    /// Runs an op that needs the VM, and may change slots too.
    #[inline(always)]
    pub(super) fn on_frame(&mut self, f: impl FnOnce(&mut VM) -> Result<(), Error>) -> Flow {
        self.sync_stack();
        match f(self.vm) {
            Ok(()) => {
                self.load_stack();
                self.load_frame();
                Ok(())
            }
            Err(error) => self.fail(error),
        }
    }

    /// Runs an op after which anything may have changed.
    #[inline(always)]
    pub(super) fn on_vm<E>(&mut self, f: impl FnOnce(&mut VM) -> Result<(), E>) -> Flow
    where
        Leave: From<E>,
    {
        self.sync();
        f(self.vm)?;
        self.resume()
    }

    /// Goes on after the VM may have changed, in this loop if it still is the right one.
    #[inline(always)]
    pub(super) fn resume(&mut self) -> Flow {
        let vm = &self.vm;
        let elsewhere = vm.ip >= vm.chunk.ops.len();
        if vm.halted || elsewhere || vm.blocks.len() != self.n_blocks {
            return Err(Leave::Switch);
        }
        self.load();
        Ok(())
    }

    /// Ends the run with an error of an op that left the stack in sync.
    #[cold]
    #[inline(always)]
    pub(super) fn fail(&mut self, error: Error) -> Flow {
        self.vm.ip = self.next_idx();
        Err(error.into())
    }

    /// Leaves before the op that was just fetched: it needs checked access.
    #[cold]
    #[inline(always)]
    pub(super) fn needs_checked(&mut self) -> Flow {
        self.sync();
        self.vm.ip -= 1;
        Err(Leave::NeedsChecked)
    }

    /// Continues at an op.
    #[inline(always)]
    pub(super) fn jump(&mut self, target: usize) -> Flow {
        if target >= self.n_ops {
            self.sync_stack();
            self.vm.ip = target;
            return Err(Leave::Switch);
        }
        // SAFETY: A-OPS, and the target was just compared with the number of ops.
        self.ip = unsafe { self.ops.add(target) };
        Ok(())
    }
}

/// Makes room for one more value, within the limit.
#[cold]
#[inline(never)]
fn grow(vm: &mut VM) -> Result<(), Error> {
    vm.check_room(1)?;
    vm.stack.reserve(1);
    Ok(())
}
