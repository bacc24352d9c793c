//! From [`VM::run`] to a result: ask the door, choose a loop, verify once.
//!
//! Start with [`interpret`], which chooses between the loops of `vm/dispatch.rs` again and
//! again until one of them says how the run ended.

use super::access::{Blocks, Bounds, Checked, Leave, Left, Plain, Verified};
use super::dispatch::{run_loop, run_op};
use super::higher_order::Activation;
use super::{Exit, Frame, VM, VMResult};
use crate::chunk::{Chunk, Verified as Proof};
use crate::jit::door::{self, Next};
use crate::op::Op;
use crate::value::layout;

/// Backward branches and calls before a chunk is worth verifying, and as many again as it has
/// ops: so a run never spends more time on the proof than on running.
const VERIFY_AFTER: usize = 64;

/// What one run knows besides the VM.
#[derive(Debug)]
pub(super) struct Session {
    proof: ProofState,
    /// Backward branches and calls until verified access is considered; 0 for never.
    countdown: usize,
    /// Frames that were there when verified access began.
    floor: usize,
    /// Most values of a frame, by the proof.
    max_depth: usize,
    /// Entries of subs by name.
    entries: Vec<Option<usize>>,
    /// One op runs, and nobody is asked anything but fuel and interruption.
    stepping: bool,
    /// Why the loop was left.
    leave: Leave,
    /// What the loop keeps in memory.
    pub(super) at: Bounds,
}

#[derive(Debug)]
enum ProofState {
    Untried,
    Proved(Proof),
    /// There is no proof, or nobody may rely on one.
    None,
}

impl Session {
    fn new(vm: &VM) -> Session {
        let countdown = match vm.always_checked {
            true => 0,
            false => VERIFY_AFTER + vm.chunk.ops.len(),
        };
        Session {
            proof: ProofState::Untried,
            countdown,
            floor: 0,
            max_depth: 0,
            entries: Vec::new(),
            stepping: false,
            leave: Leave::Switch,
            at: Bounds::default(),
        }
    }

    fn stepping() -> Session {
        Session {
            proof: ProofState::None,
            countdown: 0,
            floor: 0,
            max_depth: 0,
            entries: Vec::new(),
            stepping: true,
            leave: Leave::Switch,
            at: Bounds::default(),
        }
    }

    /// Notes why the loop is left.
    #[cold]
    #[inline(never)]
    pub(super) fn stop(&mut self, leave: Leave) -> Left {
        self.leave = leave;
        Left
    }

    /// Why the loop was left.
    fn take_leave(&mut self) -> Leave {
        std::mem::replace(&mut self.leave, Leave::Switch)
    }

    /// Whether backward branches and calls have to ask anybody.
    #[inline]
    pub(super) fn watches(&self, vm: &VM) -> bool {
        vm.is_metered() || self.countdown > 0 || (!self.stepping && vm.tiers.watches_back_edges())
    }

    /// Counts a backward branch or call; true when verified access is to be considered.
    #[inline]
    pub(super) fn tick(&mut self) -> bool {
        match self.countdown {
            0 => false,
            n => {
                self.countdown = n - 1;
                n == 1
            }
        }
    }

    /// Called with the VM in sync after a backward branch was taken by the op at `from`.
    #[cold]
    #[inline(never)]
    pub(super) fn at_back_edge(&mut self, vm: &mut VM, from: usize) -> Result<(), Leave> {
        if self.stepping {
            return Ok(());
        }
        if vm.blocks.is_empty() && vm.tiers.watches_back_edges() {
            match door::at_back_edge(vm, from) {
                Next::Interpret => {}
                Next::Record | Next::RecordAnew => return Err(Leave::Record),
                Next::End(exit) => return Err(exit.into()),
            }
        }
        if self.tick() {
            return Err(Leave::Switch);
        }
        Ok(())
    }

    /// Whether the op at `vm.ip` may run with verified access, and everything after it until
    /// the loop is left: verifies the chunk if that was not tried, and compares the state.
    fn enters_verified(&mut self, vm: &mut VM) -> bool {
        if self.countdown > 0 || vm.touched || vm.always_checked {
            return false;
        }
        if let ProofState::Untried = self.proof {
            self.proof = match vm.chunk.verify() {
                Ok(proof) => ProofState::Proved(proof),
                Err(_) => ProofState::None,
            };
            if let ProofState::Proved(_) = self.proof {
                self.entries = entries(&vm.chunk);
                place_end(&mut vm.chunk.ops);
            }
        }
        let ProofState::Proved(proof) = &self.proof else {
            return false;
        };
        let enters = matches_proof(vm, proof);
        if !enters {
            self.countdown = VERIFY_AFTER;
        }
        self.floor = vm.frames.len();
        self.max_depth = proof.max_depth();
        enters
    }

    /// The entry of a sub, while verified access lasts.
    #[inline(always)]
    pub(super) fn entry_of(&self, name: u16) -> Option<usize> {
        self.entries.get(usize::from(name)).copied().flatten()
    }

    /// Most values of a frame, while verified access lasts.
    #[inline(always)]
    pub(super) fn max_depth(&self) -> usize {
        self.max_depth
    }

    /// Bytes that they take.
    #[inline(always)]
    pub(super) fn frame_bytes(&self) -> usize {
        self.max_depth * layout::SIZE
    }

    /// Frames that were there when verified access began.
    #[inline(always)]
    pub(super) fn floor(&self) -> usize {
        self.floor
    }
}

/// Whether the state is one that the proof speaks of, with room for all that it may push.
///
/// The proof is about runs from op 0 and what they reach. Its facts about an op follow from
/// those about the ops before it alone, so they hold for any run that once was at an op with
/// at least the depth, and no scope open. They say nothing about the frames below: verified
/// access ends before one of those is returned to.
fn matches_proof(vm: &mut VM, proof: &Proof) -> bool {
    let Some(depth) = proof.depth_at(vm.ip) else {
        return false;
    };
    let base = match vm.frames.as_slice() {
        [_root] => 0,
        [_, .., frame] if frame.return_ip != Frame::SCOPE => frame.stack_base,
        _ => return false,
    };
    let height = vm.stack.len();
    proof.scopes_at(vm.ip) == 0
        && height >= base.saturating_add(depth)
        && vm.reserve_height((height - depth).saturating_add(proof.max_depth()))
}

/// The entries of subs by the index of their name; the first declaration of a name wins.
fn entries(chunk: &Chunk) -> Vec<Option<usize>> {
    let last = chunk.sub_entries.iter().map(|(name, _)| usize::from(*name));
    let mut entries = vec![None; last.max().map_or(0, |last| last + 1)];
    for (name, entry) in &chunk.sub_entries {
        entries[usize::from(*name)].get_or_insert(*entry);
    }
    entries
}

/// Places what A-END promises.
fn place_end(ops: &mut Vec<Op>) {
    let n_ops = ops.len();
    ops.reserve(1);
    ops.spare_capacity_mut()[0].write(Op::Jump(n_ops));
}

impl VM {
    /// Runs from `ip` until the chunk ends, halts or fails.
    pub fn run(&mut self) -> VMResult {
        // A handler inside a block may run the VM again; the block is not that run's.
        let outer = std::mem::take(&mut self.blocks);
        let resets = self.resets;
        self.touched = false;
        self.awk_signal = None;
        let exit = if self.halted {
            Exit::Finished
        } else {
            self.run_tiers()
        };
        if self.resets == resets {
            self.blocks = outer;
        }
        match exit {
            Exit::Finished => match self.stack.pop() {
                Some(top) => VMResult::Ok(top),
                None => VMResult::Halted,
            },
            Exit::Returned(value) => {
                self.halted = true;
                VMResult::Ok(value)
            }
            Exit::Failed(error) => VMResult::Error(error.to_string()),
        }
    }

    /// Runs until the chunk ends, halts or fails, in whatever tier the door chooses.
    fn run_tiers(&mut self) -> Exit {
        let result = match door::at_start(self) {
            Next::Interpret => interpret(self, None),
            Next::Record | Next::RecordAnew => record(self).and_then(|()| interpret(self, None)),
            Next::End(exit) => Err(exit),
        };
        door::at_end(self);
        result.err().unwrap_or(Exit::Finished)
    }

    /// Runs one op, with `ip` behind it already. A higher-order op runs to its end.
    pub(crate) fn step(&mut self, op: &Op) -> Result<(), Exit> {
        let n_blocks = self.blocks.len();
        let mut session = Session::stepping();
        if run_op(self, &mut session, op).is_err() {
            if let Leave::Exit(exit) = session.take_leave() {
                return Err(exit);
            }
            if self.blocks.len() > n_blocks {
                interpret(self, Some(n_blocks))?;
            }
        }
        if self.halted {
            return Err(Exit::Finished);
        }
        Ok(())
    }

    /// Whether something has to be decided before the op at `ip` may run.
    fn is_outside(&self) -> bool {
        let after_block = |block: &Activation| !(block.start..block.end).contains(&self.ip);
        self.ip >= self.chunk.ops.len() || self.current_block().is_some_and(after_block)
    }
}

/// Runs from `ip` until the run ends, or until only `n_blocks` blocks are active.
fn interpret(vm: &mut VM, n_blocks: Option<usize>) -> Result<(), Exit> {
    let mut session = Session::new(vm);
    loop {
        if n_blocks.is_some_and(|n| vm.blocks.len() <= n) {
            return Ok(());
        }
        if vm.halted {
            return Err(Exit::Finished);
        }
        if vm.is_outside() {
            vm.leave_window()?;
            continue;
        }
        if !vm.blocks.is_empty() {
            run_loop::<Checked, Blocks>(vm, &mut session);
        } else if session.enters_verified(vm) {
            run_loop::<Verified, Plain>(vm, &mut session);
        } else {
            run_loop::<Checked, Plain>(vm, &mut session);
        }
        match session.take_leave() {
            Leave::Exit(exit) => return Err(exit),
            Leave::Switch => {}
            Leave::NeedsChecked => step_next(vm)?,
            Leave::Record => record(vm)?,
        }
    }
}

/// Runs the op at `ip` by itself.
fn step_next(vm: &mut VM) -> Result<(), Exit> {
    let op = vm.chunk.ops[vm.ip];
    vm.ip += 1;
    vm.step(&op)
}

/// Runs op by op, showing each to the recorder, until it has seen enough.
fn record(vm: &mut VM) -> Result<(), Exit> {
    while !vm.halted && !vm.is_outside() {
        let op = vm.chunk.ops[vm.ip];
        match door::record(vm, &op) {
            Next::Record => {
                vm.ip += 1;
                vm.step(&op)?;
            }
            Next::RecordAnew => {}
            Next::Interpret => return Ok(()),
            Next::End(exit) => return Err(exit),
        }
    }
    Ok(())
}
