//! The border between the VM and compiled code: what code may rely on when it is entered,
//! and what it leaves behind.
//!
//! - **N-CTX**: while code runs, its [`Ctx`] and the VM behind it are used by nobody else,
//!   and `vm` points to the VM that was entered; `counts` points to lists that live as long,
//!   if the code counts ops.
//! - **N-PLACE**: `stack` points to room for the `max_depth` values that the verifier found
//!   (V-DEPTH), and `slots` to room for all slots that the code names, of which
//!   the first `n_slots` are the frame's and the others, as far as they are named, `Undef`. Places that lowering names lie inside, and hold an initialised
//!   value when their abstract value is `Mem`.
//! - **N-SAME**: between two ops the chunk, its limits, and whether fuel and interruptions
//!   are watched are what they were at the entry; [`step`] leaves native code otherwise.
//! - **N-UNWIND**: nothing unwinds into compiled code; [`step`] catches panics and
//!   [`enter`] resumes them.

use super::cache::ChunkEntry;
use super::decline::Decline;
use super::report::OpCounts;
use super::unit::Unit;
use crate::limits::Limits;
use crate::value::Value;
use crate::vm::{Exit, VM};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// What compiled code reads and writes besides values. The fields above the line are at
/// offsets that `clif.rs` uses.
#[repr(C)]
pub(super) struct Ctx {
    /// The first value above the stack base of the code.
    pub(super) stack: *mut Value,
    /// Slot 0 of the current frame.
    pub(super) slots: *mut Value,
    /// How many slots the frame has.
    pub(super) n_slots: u64,
    /// Fuel left; counted only by code that watches it.
    pub(super) fuel: u64,
    /// The interruption flag; never null.
    pub(super) interrupt: *const u8,
    /// Guards until one is forced to fail; counted only by code that watches it.
    pub(super) guards_left: u64,
    /// How often each op ran; used only by code that counts it.
    pub(super) counts: *mut OpCounts,
    /// At an exit: values on the stack above the base.
    pub(super) depth: u64,
    /// At an exit: its index in [`Unit::exits`].
    pub(super) exit: u64,
    /// At an exit: how often the loop was gone around, if the code counts that.
    pub(super) turns: u64,
    // Not known to compiled code:
    vm: *mut VM,
    entry: *const ChunkEntry,
    base: usize,
    /// The slots that the code names, ascending.
    named: *const [u16],
    n_frames: usize,
    limits: Limits,
    watch: Watch,
}

/// What the code has to watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Watch {
    fuel: bool,
    interrupt: bool,
    guards: bool,
    ops: bool,
}

impl Watch {
    pub(super) fn of(vm: &VM) -> Watch {
        Watch {
            fuel: vm.fuel.is_some(),
            interrupt: vm.interrupt.is_some(),
            guards: vm.tiers.forced_guard.is_some(),
            ops: vm.tiers.counts_ops,
        }
    }

    /// Whether back edges have to be charged.
    pub(super) fn back_edges(self) -> bool {
        self.fuel || self.interrupt
    }

    /// Whether guards have to be counted, because one of them is forced to fail.
    pub(super) fn guards(self) -> bool {
        self.guards
    }

    /// Whether ops have to be counted.
    pub(super) fn ops(self) -> bool {
        self.ops
    }
}

/// How compiled code was left, as it returns it.
#[repr(u64)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// At an exit; the context says where and with how much stack.
    Exit = 0,
    /// At once: a kind is not what the code was compiled for. Nothing was changed.
    Miss = 1,
    /// By [`step`], with the VM's own state complete.
    Interpret = 2,
    /// By [`step`], with the end of the run pending in the VM.
    Ended = 3,
}

/// What an entry into native code came to.
#[derive(Debug)]
pub(super) enum Entered {
    /// Nothing ran: a kind is not what the code was compiled for.
    Miss,
    /// The interpreter goes on at `vm.ip`, after the exit with this index.
    /// The loop was gone around `turns` times, if the code counts that.
    Exit { exit: usize, turns: Option<u64> },
    /// The interpreter goes on at `vm.ip`, because an op did something unforeseen.
    Interpret,
    /// The run is over.
    Ended(Exit),
}

static NEVER: u8 = 0;

impl Ctx {
    /// The slots that the code names, ascending.
    fn named(&self) -> &'static [u16] {
        // SAFETY: N-CTX: the unit outlives the context, and nobody outside of `enter` and
        // `step` sees the slice.
        unsafe { &*self.named }
    }

    /// Gives the VM back what compiled code kept for it: stack height, slots and fuel.
    ///
    /// # Safety
    /// The first `depth` values above the base must be initialised in memory, and so must the
    /// slots that the code names.
    unsafe fn publish(&mut self, vm: &mut VM, depth: usize) {
        // SAFETY: N-PLACE: the length is within capacity, and the caller vouches for
        // initialised contents.
        unsafe { vm.stack.set_len(self.base + depth) };
        if let Some(frame) = vm.frames.last_mut() {
            let n_slots = self.n_slots as usize;
            let before = frame.slots.len();
            for gap in before..n_slots {
                if self.named().binary_search(&(gap as u16)).is_err() {
                    frame.slots.spare_capacity_mut()[gap - before].write(Value::Undef);
                }
            }
            // SAFETY: N-PLACE: within capacity; the new slots are named ones, which are
            // initialised, and the gaps between them, which have just been.
            unsafe { frame.slots.set_len(n_slots) };
        }
        if self.watch.fuel {
            vm.fuel = Some(self.fuel);
        }
        vm.tiers.guards_left = self.guards_left;
    }

    /// Takes over from the VM what compiled code works on, making N-PLACE true.
    fn adopt(&mut self, vm: &mut VM, max_depth: usize) {
        let len = vm.stack.len();
        vm.stack
            .reserve((self.base + max_depth + 1).saturating_sub(len));
        // SAFETY: `base` is at most the stack's capacity: it is at most its length at the
        // entry, and later at most the height that `step` has checked.
        self.stack = unsafe { vm.stack.as_mut_ptr().add(self.base) };
        if let Some(frame) = vm.frames.last_mut() {
            let n_slots = frame.slots.len();
            let room = self.named().last().map_or(0, |slot| usize::from(*slot) + 1);
            frame.slots.reserve(room.saturating_sub(n_slots));
            self.slots = frame.slots.as_mut_ptr();
            self.n_slots = n_slots as u64;
            for slot in self.named().iter().rev().map(|slot| usize::from(*slot)) {
                if slot < n_slots {
                    break;
                }
                frame.slots.spare_capacity_mut()[slot - n_slots].write(Value::Undef);
            }
        }
        self.fuel = vm.fuel.unwrap_or(u64::MAX);
        self.guards_left = vm.tiers.guards_left;
    }
}

/// Runs a unit on the VM, whose `ip` is at the unit's entry with the verified stack depth.
pub(super) fn enter(vm: &mut VM, entry: &ChunkEntry, unit: &Unit) -> Result<Entered, Decline> {
    let verified = entry.verified()?;
    let base = vm
        .stack
        .len()
        .checked_sub(unit.entry.stack.len())
        .ok_or(Decline::StackShape(unit.entry_ip))?;
    let max_depth = verified.max_depth();
    if base.saturating_add(max_depth) > vm.limits.value_stack {
        return Err(Decline::StackLimit);
    }
    let mut counts: Option<Box<OpCounts>> = unit.watch.ops().then(Box::default);
    let mut ctx = Ctx {
        stack: std::ptr::null_mut(),
        slots: std::ptr::null_mut(),
        n_slots: 0,
        fuel: 0,
        interrupt: vm.interrupt.as_ref().map_or(&raw const NEVER, |handle| {
            std::ptr::from_ref(handle.flag()).cast()
        }),
        guards_left: 0,
        counts: counts
            .as_deref_mut()
            .map_or(std::ptr::null_mut(), std::ptr::from_mut),
        depth: 0,
        exit: 0,
        turns: 0,
        vm: std::ptr::null_mut(),
        entry,
        base,
        named: &raw const *unit.region.slots,
        n_frames: vm
            .frames
            .len()
            .wrapping_sub(verified.scopes_at(unit.entry_ip)),
        limits: vm.limits,
        watch: unit.watch,
    };
    ctx.adopt(vm, max_depth);
    ctx.vm = vm;
    // SAFETY: N-CTX: neither `vm` nor `counts` is touched until the call returns. N-PLACE: `adopt`. N-SAME:
    // the caller matched chunk and watch against the entry and the unit.
    let left = unsafe { unit.code.call(&raw mut ctx) };
    if let Some(counts) = counts {
        vm.tiers.add_counts(unit.tier, &counts);
    }
    if let Some(panic) = vm.tiers.panic.take() {
        resume_unwind(panic);
    }
    if left == Left::Exit as u64 {
        let exit = ctx.exit as usize;
        // SAFETY: every exit stores the stack entries below `depth` and the slots.
        unsafe { ctx.publish(vm, ctx.depth as usize) };
        vm.ip = unit.exits[exit].ip;
        Ok(Entered::Exit {
            exit,
            turns: unit.extras.count_turns.then_some(ctx.turns),
        })
    } else if left == Left::Miss as u64 {
        Ok(Entered::Miss)
    } else if left == Left::Interpret as u64 {
        Ok(Entered::Interpret)
    } else {
        Ok(Entered::Ended(
            vm.tiers.pending.take().unwrap_or(Exit::Finished),
        ))
    }
}

/// Runs one op through the interpreter. Answers 0 when compiled code may go on with `after`
/// values on the stack, and a [`Left`] otherwise.
///
/// # Safety
/// Called by compiled code only: N-CTX, N-PLACE, with `depth` values on the stack.
pub(super) unsafe extern "C" fn step(ctx: *mut Ctx, ip: u64, depth: u64, after: u64) -> u64 {
    // SAFETY: N-CTX.
    let (ctx, vm) = unsafe { (&mut *ctx, &mut *(*ctx).vm) };
    // SAFETY: lowering spills every stack entry and writes back the slots that the op can
    // see; all others hold an older value of theirs.
    unsafe { ctx.publish(vm, depth as usize) };
    let ip = ip as usize;
    let op = vm.chunk.ops[ip];
    vm.ip = ip + 1;
    match catch_unwind(AssertUnwindSafe(|| vm.step(&op))) {
        Ok(Ok(())) => {}
        Ok(Err(exit)) => {
            vm.tiers.pending = Some(exit);
            return Left::Ended as u64;
        }
        Err(panic) => {
            vm.tiers.panic = Some(panic);
            return Left::Ended as u64;
        }
    }
    // SAFETY: N-CTX: the entry outlives the call.
    let entry = unsafe { &*ctx.entry };
    let as_expected = vm.ip == ip + 1
        && !vm.halted
        && vm.stack.len() == ctx.base + after as usize
        && (!op.info().touches.anything() || ctx.vm_is_same(vm, entry, ip + 1));
    if !as_expected {
        return Left::Interpret as u64;
    }
    let max_depth = entry.verified().map_or(0, |verified| verified.max_depth());
    ctx.adopt(vm, max_depth);
    0
}

impl Ctx {
    /// N-SAME, after an op that may do anything to the VM.
    fn vm_is_same(&self, vm: &VM, entry: &ChunkEntry, ip: usize) -> bool {
        let scopes = entry
            .verified()
            .map_or(0, |verified| verified.scopes_at(ip));
        ip < vm.chunk.ops.len()
            && vm.frames.len() == self.n_frames.wrapping_add(scopes)
            && vm.limits == self.limits
            && Watch::of(vm) == self.watch
            && (!vm.touched || entry.matches(&vm.chunk))
    }
}
