//! Recording: which ops a loop really executes, and with which kinds.
//!
//! In: the VM before each op, while the interpreter runs one turn of the loop. Out: the
//! edges and kinds that were seen, or a [`Decline`] with the op that caused it. Nothing is
//! compiled here, and nothing of the VM is changed.

use crate::chunk::Verified;
use crate::jit::cache::ChunkEntry;
use crate::jit::config;
use crate::jit::decline::Decline;
use crate::jit::region::{Recorded, Seen};
use crate::op::Op;
use crate::value::{Kind, Value};
use crate::vm::VM;

/// Ops that a recording may execute: it runs inner loops to their end.
const MAX_STEPS: usize = 20_000;

/// A recording in progress.
#[derive(Debug)]
pub(crate) struct Recording {
    /// Number of the chunk's cache entry.
    entry_id: u64,
    anchor: usize,
    /// The exit that is recorded; `None` for the loop itself.
    exit: Option<(usize, usize)>,
    /// Frames below those that the loop's scopes open.
    n_frames: usize,
    recorded: Recorded,
    /// The op that ran last.
    last: Option<usize>,
    n_steps: usize,
    /// The ops that ran, in order, up to one more than a trace may have.
    path: Vec<usize>,
    /// Kinds of the frame's slots when the recording began.
    slot_kinds: Vec<Kind>,
}

impl Recording {
    /// Of the loop whose header is at `vm.ip`.
    pub(super) fn of_loop(vm: &VM, entry: &ChunkEntry, anchor: usize) -> Recording {
        Recording {
            entry_id: entry.id(),
            anchor,
            exit: None,
            n_frames: frames_below_scopes(vm, entry.verified().ok(), vm.ip),
            recorded: Recorded::default(),
            last: None,
            n_steps: 0,
            path: Vec::new(),
            slot_kinds: vm
                .frames
                .last()
                .map(|frame| frame.slots.iter().map(Value::kind).collect())
                .unwrap_or_default(),
        }
    }

    /// Of what follows an exit of the loop; `vm.ip` is where it leads.
    pub(super) fn of_exit(
        vm: &VM,
        entry: &ChunkEntry,
        anchor: usize,
        exit: (usize, usize),
    ) -> Recording {
        // An exit to its own op leaves before the op, which is recorded like any other.
        let last = (exit.0 != exit.1).then_some(exit.0);
        Recording {
            exit: Some(exit),
            last,
            ..Recording::of_loop(vm, entry, anchor)
        }
    }

    pub(crate) fn entry_id(&self) -> u64 {
        self.entry_id
    }

    pub(super) fn anchor(&self) -> usize {
        self.anchor
    }

    pub(super) fn exit(&self) -> Option<(usize, usize)> {
        self.exit
    }

    pub(super) fn recorded(&self) -> &Recorded {
        &self.recorded
    }

    /// The ops that ran, in order; incomplete when there were more than a trace may have.
    pub(super) fn path(&self) -> &[usize] {
        &self.path
    }

    /// Kinds of the frame's slots when the recording began.
    pub(super) fn slot_kinds(&self) -> &[Kind] {
        &self.slot_kinds
    }

    /// Whether control is back at the header, in the frame of the loop. The last edge is
    /// recorded then.
    pub(super) fn closes(&mut self, vm: &VM, verified: &Verified) -> bool {
        let closes = vm.ip == self.anchor
            && self.n_steps > 0
            && frames_below_scopes(vm, Some(verified), vm.ip) == self.n_frames;
        if closes {
            self.see_edge(vm.ip);
        }
        closes
    }

    /// Records the op at `vm.ip`, which runs next.
    pub(super) fn step(&mut self, vm: &VM, verified: &Verified) -> Result<(), Decline> {
        let ip = vm.ip;
        let op = vm.chunk.ops[ip];
        if verified.depth_at(ip).is_none()
            || frames_below_scopes(vm, Some(verified), ip) != self.n_frames
        {
            return Err(Decline::FramesChanged(ip));
        }
        match op {
            Op::Call(..) => return Err(Decline::Call(ip)),
            Op::Extended(..) => return Err(Decline::Extension(ip)),
            Op::Return | Op::ReturnValue => return Err(Decline::Return(ip)),
            _ => {}
        }
        self.see_edge(ip);
        self.recorded.see(ip, kinds_at(vm, &op));
        self.last = Some(ip);
        self.n_steps += 1;
        let max_len = config::get().max_trace_len;
        if self.path.len() <= max_len {
            self.path.push(ip);
        }
        if self.recorded.kinds.len() > max_len || self.n_steps > MAX_STEPS {
            return Err(Decline::TooLong(max_len));
        }
        Ok(())
    }

    fn see_edge(&mut self, to: usize) {
        if let Some(from) = self.last {
            self.recorded.edges.insert((from, to));
        }
    }
}

/// The number of frames without the scopes that are open at `ip`.
fn frames_below_scopes(vm: &VM, verified: Option<&Verified>, ip: usize) -> usize {
    let scopes = verified.map_or(0, |verified| verified.scopes_at(ip));
    vm.frames.len().wrapping_sub(scopes)
}

/// Kinds of the top of the stack, or of the slot that the op reads.
fn kinds_at(vm: &VM, op: &Op) -> Seen {
    if let Op::GetSlot(slot) = op {
        let slots = vm.frames.last().map_or(&[][..], |frame| &frame.slots);
        let kind = slots
            .get(usize::from(*slot))
            .map(Value::kind)
            .unwrap_or_default();
        return Seen([None, None, Some(kind)]);
    }
    let from_top = |n: usize| vm.stack.iter().nth_back(n).map(Value::kind);
    Seen([from_top(2), from_top(1), from_top(0)])
}
