//! What surrounds a grown program: input, fuel, limits, the number of runs.

use super::entropy::Entropy;
use super::grow::Grown;
use super::kinds::{self, Want};
use super::specimen::Specimen;
use super::{emit, rewrite};
use crate::case::{Case, Hosts};
use fusevm::op::Section;
use fusevm::{Chunk, Limits, Op, Value};

/// Fuel for programs whose end is not certain by construction: enough for a few loops to become
/// hot, and little, as one that never ends costs as much as hundreds of others.
pub(super) const ENOUGH_FUEL: u64 = 600;

/// Schedules are numbered from 0 to this.
pub(super) const MAX_SCHEDULE: i64 = 99_999;

/// Most runs of a case.
const MAX_RUNS: u32 = 5;

/// The case of a grown program, with its tree unless ops were changed afterwards.
pub(super) fn specimen(grown: Grown, e: &mut Entropy) -> Specimen {
    let mut chunk = emit::chunk(&grown.program);
    let rewritten = e.chance(4);
    if rewritten {
        rewrite::rewrite(&mut chunk, e);
    }
    // A block may take what is below it on the stack, the counter of a loop for instance. A
    // command may enter a sub with other arguments than its callers give it.
    let uncertain =
        rewritten || grown.calls_handlers || grown.asks_shell || !chunk.block_ranges.is_empty();
    let mut limits = match grows_memory(&chunk) || uncertain {
        true => small_limits(),
        false => ample_limits(),
    };
    if e.chance(3) {
        tighten(&mut limits, e);
    }
    if has_calls(&chunk) && e.chance(8) {
        limits.call_frames = e.range(1, 8) as usize;
    }
    let mut slots = grown.slots;
    // A counter may rely on starting from an unset slot.
    let strange_slots = slots.is_empty() && e.chance(10);
    if strange_slots {
        slots = (0..e.range(1, 3))
            .map(|_| kinds::value(e, Want::Any))
            .collect();
    }
    let stack = match e.chance(6) {
        true => (0..e.range(1, 3)).map(|_| kinds::scalar(e)).collect(),
        false => Vec::new(),
    };
    let case = Case {
        chunk,
        slots,
        globals: globals(grown.globals),
        stack,
        stdin: match grown.reads_input {
            true => input(e),
            false => String::new(),
        },
        handlers: grown.calls_handlers && !e.chance(12),
        hosts: Hosts {
            shell: grown.asks_shell && e.chance(50),
            awk: grown.asks_awk && e.chance(50),
            ..Hosts::default()
        },
        fuel: fuel(uncertain || strange_slots, e),
        limits,
        runs: e.weighted(&[(60, 1), (25, 2), (12, 3), (3, MAX_RUNS)]),
        schedule: e.range(0, MAX_SCHEDULE) as u32,
    };
    let tree = (!rewritten).then_some(grown.program);
    Specimen { case, tree }
}

/// Makes a case harmless and short, wherever it comes from, but for its fuel.
pub(crate) fn confine(case: &mut Case) {
    let most = match grows_memory(&case.chunk) {
        true => small_limits(),
        false => ample_limits(),
    };
    let limits = &mut case.limits;
    limits.value_stack = limits.value_stack.min(most.value_stack);
    limits.call_frames = limits.call_frames.min(most.call_frames);
    limits.collection_size = limits.collection_size.min(most.collection_size);
    limits.string_size = limits.string_size.min(most.string_size);
    limits.value_nesting = limits.value_nesting.min(most.value_nesting);
    limits.memory = limits.memory.min(most.memory);
    case.hosts.system = false;
    case.runs = case.runs.min(MAX_RUNS);
}

/// Whether collections or texts can grow, so that small limits are needed.
fn grows_memory(chunk: &Chunk) -> bool {
    chunk.ops.iter().any(|op| match op.info().section {
        Section::Strings | Section::Ranges | Section::HigherOrder => true,
        Section::Arrays | Section::Hashes | Section::Shell | Section::Awk => true,
        _ => matches!(
            op,
            Op::SlotArraySet(_) | Op::ConcatConstLoop(..) | Op::PushIntRangeLoop(..)
        ),
    })
}

fn has_calls(chunk: &Chunk) -> bool {
    chunk.ops.iter().any(|op| matches!(op, Op::Call(..)))
}

/// Globals without the unset ones at the end.
fn globals(mut globals: Vec<Value>) -> Vec<Value> {
    while matches!(globals.last(), Some(Value::Undef)) {
        globals.pop();
    }
    globals
}

/// No fuel, fuel that is only counted, or fuel that runs out on the way.
fn fuel(uncertain: bool, e: &mut Entropy) -> Option<u64> {
    match e.weighted(&[(55, 0), (12, 1), (33, 2)]) {
        1 => Some(e.range(0, 130) as u64),
        2 => Some(1_000_000).map(|fuel| if uncertain { ENOUGH_FUEL } else { fuel }),
        _ => uncertain.then_some(ENOUGH_FUEL),
    }
}

/// The default limits, but for the depth of a recursion that lost its end: an argument that
/// counts it down may be of a kind that does not count.
fn ample_limits() -> Limits {
    let mut limits = Limits::default();
    limits.call_frames = 1_000;
    limits
}

/// Limits that keep growing collections and texts small.
pub(super) fn small_limits() -> Limits {
    let mut limits = Limits::default();
    limits.collection_size = 400;
    limits.string_size = 2_000;
    limits.value_nesting = 6;
    limits.value_stack = 3_000;
    limits.call_frames = 400;
    limits
}

/// Limits that small programs meet.
pub(super) fn tighten(limits: &mut Limits, e: &mut Entropy) {
    match e.below(3) {
        0 => limits.call_frames = e.range(1, 8) as usize,
        1 => limits.value_stack = e.range(1, 10) as usize,
        _ => limits.collection_size = e.range(0, 5) as usize,
    }
}

/// A few lines of standard input.
pub(super) fn input(e: &mut Entropy) -> String {
    let lines = e.range(0, 4);
    let mut text = String::new();
    for _ in 0..lines {
        text.push_str(&kinds::text(e));
        text.push_str(e.pick(&["\n", "\n", "\r\n", ""]));
    }
    text
}
