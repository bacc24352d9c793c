//! [`Machine`]: the hot state of a run, and the two ways to reach the stack.
//!
//! While ops run, the next op, the top of the stack and the slots of the top frame are raw
//! pointers into the VM, so that they can live in registers. The VM itself is behind: the
//! length of its stack and its `ip` are written back before anything else looks at them
//! ([`Machine::sync`]) and pointers are made anew afterwards ([`Machine::load`]).
//!
//! Registers are lost as soon as the address of the machine is: every method is inlined into
//! the loop, and nothing that is not inlined is given the machine. To see whether they are,
//! look for the one `call` that is given the address of the loop's frame:
//! `objdump -d --disassemble=SYMBOL`, with the symbols of `run_loop`.
//!
//! # What a `Machine` keeps true
//!
//! - **A-STACK**: `floor` is the start of the VM's stack buffer, `floor <= sp <= ` its end,
//!   and every value below `sp` is initialised and owned by the stack.
//! - **A-ROOM**: with [`Checked`] access, values below `ceiling` are inside the buffer.
//! - **A-SLOTS**: `slots` points to `n_slots` initialised values of the top frame.
//! - **A-OPS**: `ops` points to the `n_ops` ops of the chunk, and `ip` into them or just
//!   behind; `start` and `end` bound a part of them.
//! - **A-END**: with [`Verified`] access, a `Jump` to the end lies behind the last op, in the
//!   spare room of the vector. Nothing needs to look for the end, then.
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

/// The loop is left; [`Session::leave`] says why.
///
/// The reason is elsewhere so that the answer of every op is one bit: the compiler then sees
/// through it, and an op that succeeds jumps straight to the next one.
#[derive(Debug)]
pub(super) struct Left;

/// Whether the loop goes on.
pub(super) type Flow<T = ()> = Result<T, Left>;

/// The hot state of a run, in registers.
pub(super) struct Machine<'vm, A, W> {
    pub(super) vm: &'vm mut VM,
    pub(super) session: &'vm mut Session,
    /// The next op.
    pub(super) ip: *const Op,
    /// One past the top value.
    pub(super) sp: *mut Value,
    pub(super) slots: *mut Value,
    pub(super) n_slots: usize,
    /// Whether backward branches and calls have to ask anybody.
    pub(super) watched: bool,
    kind: PhantomData<(A, W)>,
}

/// The rest of the state, in memory on purpose: in registers it would displace the above.
#[derive(Debug)]
pub(super) struct Bounds {
    floor: *mut Value,
    ceiling: *mut Value,
    ops: *const Op,
    pub(super) n_ops: usize,
    /// The ops that may run before something has to be decided.
    start: *const Op,
    pub(super) end: *const Op,
    n_blocks: usize,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds {
            floor: std::ptr::null_mut(),
            ceiling: std::ptr::null_mut(),
            ops: std::ptr::null(),
            n_ops: 0,
            start: std::ptr::null(),
            end: std::ptr::null(),
            n_blocks: 0,
        }
    }
}

impl Bounds {
    /// Takes over the bounds of the stack; returns its top.
    #[inline(always)]
    fn load_stack(&mut self, vm: &mut VM) -> *mut Value {
        let stack = &mut vm.stack;
        let room = stack.capacity().min(vm.limits.value_stack);
        self.floor = stack.as_mut_ptr();
        // SAFETY: both are at most the capacity.
        unsafe {
            self.ceiling = self.floor.add(room);
            self.floor.add(stack.len())
        }
    }

    /// Gives the stack its height.
    ///
    /// # Safety
    /// A-STACK for this `sp`.
    #[inline(always)]
    unsafe fn sync_stack(&self, vm: &mut VM, sp: *mut Value) {
        let height = (sp as usize - self.floor as usize) / layout::SIZE;
        // SAFETY: by the caller: `sp` is inside the buffer, the values below it initialised.
        unsafe { vm.stack.set_len(height) }
    }
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
            slots: std::ptr::null_mut(),
            n_slots: 0,
            watched: true,
            kind: PhantomData,
        };
        machine.load();
        machine
    }

    /// Makes every pointer anew.
    #[inline(always)]
    pub(super) fn load(&mut self) {
        let (ops, n_ops) = (self.vm.chunk.ops.as_ptr(), self.vm.chunk.ops.len());
        let (start, end) = match self.vm.current_block() {
            Some(block) if W::BLOCKS => (block.start.min(n_ops), block.end.min(n_ops)),
            _ => (0, n_ops),
        };
        let at = &mut self.session.at;
        at.ops = ops;
        at.n_ops = n_ops;
        at.n_blocks = self.vm.blocks.len();
        // SAFETY: all three are at most the number of ops.
        unsafe {
            at.start = ops.add(start);
            at.end = ops.add(end);
            self.ip = ops.add(self.vm.ip.min(n_ops));
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
        self.sp = self.session.at.load_stack(self.vm);
    }

    /// Index of the next op.
    #[inline(always)]
    pub(super) fn next_idx(&self) -> usize {
        self.idx(self.ip)
    }

    /// Index of an op of the chunk.
    #[inline(always)]
    pub(super) fn idx(&self, op: *const Op) -> usize {
        (op as usize - self.session.at.ops as usize) / size_of::<Op>()
    }

    /// Where the stack starts.
    #[inline(always)]
    pub(super) fn floor(&self) -> *mut Value {
        self.session.at.floor
    }

    /// Number of values on the stack.
    #[inline(always)]
    pub(super) fn height(&self) -> usize {
        (self.sp as usize - self.floor() as usize) / layout::SIZE
    }

    /// Writes the length of the stack back.
    #[inline(always)]
    pub(super) fn sync_stack(&mut self) {
        // SAFETY: A-STACK.
        unsafe { self.session.at.sync_stack(self.vm, self.sp) }
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
        if !A::CHECKED {
            return true;
        }
        if W::BLOCKS {
            self.session.at.start <= self.ip && self.ip < self.session.at.end
        } else {
            self.ip != self.session.at.end
        }
    }

    /// The op behind the one that was just fetched, where control goes there for certain.
    #[inline(always)]
    pub(super) fn peek(&self) -> Option<Op> {
        if A::CHECKED && self.ip >= self.session.at.end {
            return None;
        }
        // SAFETY: A-OPS and the test, or A-END.
        Some(unsafe { *self.ip })
    }

    /// Whether the stack holds `n` values; with verified access it does.
    #[inline(always)]
    pub(super) fn holds(&self, n: usize) -> bool {
        !A::CHECKED || self.sp as usize >= self.session.at.floor as usize + n * layout::SIZE
    }

    /// Makes sure that there is room for one more value.
    #[inline(always)]
    pub(super) fn room(&mut self) -> Flow {
        if A::CHECKED && self.sp >= self.session.at.ceiling {
            return self.on_stack(grow);
        }
        Ok(())
    }

    /// Runs an op that needs the VM, but changes only stack and globals, and does not look
    /// at `ip`.
    #[inline(always)]
    pub(super) fn on_stack(&mut self, f: impl FnOnce(&mut VM) -> Result<(), Error>) -> Flow {
        // SAFETY: A-STACK.
        let sp = unsafe { stack_op(self.vm, self.session, self.sp, f) };
        if sp.is_null() {
            self.vm.ip = self.next_idx();
            return Err(Left);
        }
        self.sp = sp;
        Ok(())
    }

    /// Runs an op that may ask a host or hook, but changes only the stack. `ip` is behind the
    /// op already, for whoever catches a panic.
    #[inline(always)]
    pub(super) fn on_host(&mut self, f: impl FnOnce(&mut VM) -> Result<(), Error>) -> Flow {
        self.vm.ip = self.next_idx();
        self.on_stack(f)
    }

    /// Runs an op that needs the VM, but changes only stack, globals and slots, and does not
    /// look at `ip`.
    #[inline(always)]
    pub(super) fn on_frame(&mut self, f: impl FnOnce(&mut VM) -> Result<(), Error>) -> Flow {
        self.on_stack(f)?;
        self.load_frame();
        Ok(())
    }

    /// Runs an op after which anything may have changed.
    #[inline(always)]
    pub(super) fn on_vm<E>(&mut self, f: impl FnOnce(&mut VM) -> Result<(), E>) -> Flow
    where
        Leave: From<E>,
    {
        self.sync();
        out_of_line(self.vm, self.session, f)?;
        self.resume()
    }

    /// Goes on after the VM may have changed, in this loop if it still is the right one.
    #[inline(always)]
    pub(super) fn resume(&mut self) -> Flow {
        let vm = &self.vm;
        let elsewhere = vm.ip >= vm.chunk.ops.len();
        if vm.halted || elsewhere || vm.blocks.len() != self.session.at.n_blocks {
            return Err(self.session.stop(Leave::Switch));
        }
        self.load();
        Ok(())
    }

    /// Goes on after a call or return, which change nothing but frames, stack and `ip`.
    #[inline(always)]
    pub(super) fn resume_in_frame(&mut self) -> Flow {
        if W::BLOCKS {
            return self.resume();
        }
        self.load_frame();
        self.load_stack();
        self.jump(self.vm.ip)
    }

    /// Whether there is room for a frame whose arguments are on the stack already, and that
    /// holds at most `bytes` bytes of values.
    #[inline(always)]
    pub(super) fn has_room_for_frame(&self, argc: u8, bytes: usize) -> bool {
        let args = usize::from(argc) * layout::SIZE;
        (self.sp as usize - args).saturating_add(bytes) <= self.session.at.ceiling as usize
    }

    /// Leaves before the op that was just fetched: it needs checked access.
    #[inline(always)]
    pub(super) fn needs_checked(&mut self) -> Flow {
        self.sync();
        self.vm.ip -= 1;
        Err(self.session.stop(Leave::NeedsChecked))
    }

    /// Continues at an op.
    #[inline(always)]
    pub(super) fn jump(&mut self, target: usize) -> Flow {
        if target >= self.session.at.n_ops {
            self.sync_stack();
            self.vm.ip = target;
            return Err(self.session.stop(Leave::Switch));
        }
        // SAFETY: A-OPS, and the target was just compared with the number of ops.
        self.ip = unsafe { self.session.at.ops.add(target) };
        Ok(())
    }
}

/// Runs an op with the stack in sync, and returns the new top of the stack; null when the
/// loop is left.
///
/// # Safety
/// A-STACK for this `sp`.
#[inline(never)]
unsafe fn stack_op(
    vm: &mut VM,
    session: &mut Session,
    sp: *mut Value,
    f: impl FnOnce(&mut VM) -> Result<(), Error>,
) -> *mut Value {
    // SAFETY: by the caller.
    unsafe { session.at.sync_stack(vm, sp) }
    match f(vm) {
        Ok(()) => session.at.load_stack(vm),
        Err(error) => {
            session.stop(error.into());
            std::ptr::null_mut()
        }
    }
}

/// Runs `f` in a function of its own: what is inlined into the loop costs it registers.
#[inline(never)]
pub(super) fn out_of_line<E>(
    vm: &mut VM,
    session: &mut Session,
    f: impl FnOnce(&mut VM) -> Result<(), E>,
) -> Flow
where
    Leave: From<E>,
{
    f(vm).map_err(|error| session.stop(error.into()))
}

/// Makes room for one more value, within the limit.
#[cold]
fn grow(vm: &mut VM) -> Result<(), Error> {
    vm.check_room(1)?;
    vm.stack.reserve(1);
    Ok(())
}
