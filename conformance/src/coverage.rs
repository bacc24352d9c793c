//! What a case reaches: which ops it contains, executes and meets with which operands.
//!
//! The engine has no counters in its dispatch loop. A case is run once more in the
//! interpreter instead, with a probe in front of every op: a wide extension op whose handler
//! counts. Targets, subs and blocks are moved along, so what is executed stays the same.
//!
//! What tiers must reach of it is in [`matrix`].

pub mod matrix;

use crate::case::Case;
use crate::operands::{self, KindPair, KindPairs, Place};
use crate::scripted;
use crate::subjects;
use fusevm::jit::OpSet;
use fusevm::op::{N_OPS, Operand, Role};
use fusevm::{Chunk, Op, TierPolicy, VM, VMResult};
use std::cell::RefCell;

/// What one case reached, by op.
#[derive(Debug, Clone)]
pub struct Coverage {
    /// Times each op stands in the chunk and its sub-chunks.
    pub generated: Vec<u64>,
    /// Times the interpreter executed it.
    pub executed: Vec<u64>,
    /// The kinds of operands that it met.
    pub kinds: Vec<KindPairs>,
    /// What happened at each place in the chunk.
    pub at: Vec<AtOp>,
    /// The most frames that there were.
    pub frames: usize,
    /// The op that ended the run with an error, by index, and the kinds of its operands.
    pub raised: Option<(usize, KindPair)>,
}

/// What happened at one op of a chunk.
#[derive(Debug, Clone, Copy, Default)]
pub struct AtOp {
    /// Times the interpreter executed it.
    pub executed: u64,
    /// The kinds of operands that it met.
    pub kinds: KindPairs,
    /// Times it jumped to its target.
    pub taken: u64,
    /// Times it jumped after it had not, or the other way round.
    pub turned: u64,
    /// Whether it jumped the last time.
    jumped: Option<bool>,
}

impl AtOp {
    fn note_jump(&mut self, jumped: bool) {
        self.taken += u64::from(jumped);
        self.turned += u64::from(self.jumped.is_some_and(|before| before != jumped));
        self.jumped = Some(jumped);
    }
}

impl Default for Coverage {
    fn default() -> Coverage {
        Coverage {
            generated: vec![0; N_OPS],
            executed: vec![0; N_OPS],
            kinds: vec![KindPairs::default(); N_OPS],
            at: Vec::new(),
            frames: 0,
            raised: None,
        }
    }
}

/// What `case` reaches in the interpreter.
pub fn of(case: &Case) -> Coverage {
    let mut coverage = Coverage::default();
    count_ops(&case.chunk, &mut coverage.generated);
    let probed = Case {
        chunk: probed(&case.chunk),
        ..case.clone()
    };
    coverage.at = vec![AtOp::default(); case.chunk.ops.len()];
    EXECUTED.set(Some(Executed::of(&case.chunk, coverage)));
    scripted::start();
    let mut vm = subjects::prepare(&probed);
    vm.set_tier_policy(TierPolicy::NONE);
    vm.set_output(Box::new(std::io::sink()));
    let handlers = case.handlers;
    vm.set_extension_wide_handler(Box::new(move |vm, id, payload| {
        if id == PROBE && vm.ip == payload.wrapping_mul(2).wrapping_add(1) {
            count(vm, payload);
        } else if handlers {
            scripted::extended_wide(vm, id, payload);
        }
    }));
    let result = vm.run();
    let Some(executed) = EXECUTED.take() else {
        return Coverage::default();
    };
    let mut coverage = executed.coverage;
    if let VMResult::Error(_) = result {
        coverage.raised = executed.last.map(|(op, _, kinds)| (op, kinds));
    }
    coverage
}

/// The ops that stand in a chunk and its sub-chunks.
pub fn contained(chunk: &Chunk) -> OpSet {
    let mut counts = vec![0; N_OPS];
    count_ops(chunk, &mut counts);
    let mut set = OpSet::default();
    counts
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .for_each(|(index, _)| set.insert(index));
    set
}

fn count_ops(chunk: &Chunk, counts: &mut [u64]) {
    for op in &chunk.ops {
        counts[op.index()] += 1;
    }
    for sub in &chunk.sub_chunks {
        count_ops(sub, counts);
    }
}

/// The number of the probe: outside of the range that AWK ops take.
const PROBE: u16 = u16::MAX;

/// The case that runs, and what it reached so far.
struct Executed {
    /// By place in the chunk: the op, and where its operands are.
    ops: Vec<(Op, Vec<Place>)>,
    /// The op that runs, by index and by place, and the kinds of its operands.
    last: Option<(usize, usize, KindPair)>,
    coverage: Coverage,
}

impl Executed {
    fn of(chunk: &Chunk, coverage: Coverage) -> Executed {
        let ops = chunk.ops.iter();
        Executed {
            ops: ops.map(|op| (*op, operands::places(op))).collect(),
            last: None,
            coverage,
        }
    }
}

thread_local! {
    static EXECUTED: RefCell<Option<Executed>> = const { RefCell::new(None) };
}

/// Counts the op that stands at `ip` of the chunk without probes.
fn count(vm: &VM, ip: usize) {
    EXECUTED.with_borrow_mut(|executed| {
        let Some(executed) = executed else {
            return;
        };
        let Some((op, places)) = executed.ops.get(ip) else {
            return;
        };
        let coverage = &mut executed.coverage;
        if let Some((_, from, _)) = executed.last
            && let Some(target) = executed.ops[from].0.target()
        {
            coverage.at[from].note_jump(ip == target);
        }
        let kinds = operands::kinds(places, vm);
        executed.last = Some((op.index(), ip, kinds));
        coverage.frames = coverage.frames.max(vm.frames.len());
        coverage.executed[op.index()] += 1;
        coverage.kinds[op.index()].insert(kinds);
        coverage.at[ip].executed += 1;
        coverage.at[ip].kinds.insert(kinds);
    });
}

/// The chunk with a probe in front of every op: op `ip` moves to `2 * ip + 1`, and jumps to
/// it go to its probe.
fn probed(chunk: &Chunk) -> Chunk {
    let n_ops = chunk.ops.len();
    let moved = |ip: usize| ip.saturating_add(ip.min(n_ops));
    let with_probe = |(ip, op): (usize, &Op)| {
        let op = op.map_operands(|role, operand| match (role, operand) {
            (Role::Target, Operand::Int(target)) => Operand::Int(moved(target as usize) as i64),
            _ => operand,
        });
        // A target fits into any target, so mapping cannot fail.
        [Op::ExtendedWide(PROBE, ip), op.unwrap_or(Op::Nop)]
    };
    Chunk {
        ops: chunk.ops.iter().enumerate().flat_map(with_probe).collect(),
        sub_entries: chunk
            .sub_entries
            .iter()
            .map(|(name, ip)| (*name, moved(*ip)))
            .collect(),
        block_ranges: chunk
            .block_ranges
            .iter()
            .map(|(start, end)| (moved(*start), moved(*end)))
            .collect(),
        lines: Vec::new(),
        ..chunk.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fusevm::Kind;

    #[test]
    fn probes_move_targets_along() {
        let mut chunk = Chunk::new();
        chunk.ops = vec![Op::LoadTrue, Op::JumpIfTrue(3), Op::Jump(0), Op::Jump(900)];
        chunk.sub_entries = vec![(0, 2)];
        chunk.block_ranges = vec![(1, 4)];
        let probed = probed(&chunk);
        let ops: Vec<_> = probed.ops.iter().skip(1).step_by(2).collect();
        assert_eq!(
            ops,
            [
                &Op::LoadTrue,
                &Op::JumpIfTrue(6),
                &Op::Jump(0),
                &Op::Jump(904)
            ]
        );
        assert_eq!(probed.ops[4], Op::ExtendedWide(PROBE, 2));
        assert_eq!(probed.sub_entries, [(0, 4)]);
        assert_eq!(probed.block_ranges, [(2, 8)]);
    }

    #[test]
    fn directions_of_branches_are_counted() {
        let mut chunk = Chunk::new();
        chunk.ops = vec![
            Op::PushFrame,
            Op::GetSlot(0),
            Op::LoadInt(2),
            Op::Mod,
            Op::JumpIfTrue(6),
            Op::Nop,
            Op::SlotIncLtIntJumpBack(0, 6, 1),
            Op::Nop,
        ];
        let coverage = of(&Case::new(chunk));
        let branch = coverage.at[4];
        assert_eq!((branch.executed, branch.taken, branch.turned), (6, 3, 5));
        let closing = coverage.at[6];
        assert_eq!((closing.executed, closing.taken, closing.turned), (6, 5, 1));
        assert_eq!(coverage.frames, 2);
    }

    #[test]
    fn kinds_are_those_before_the_op() {
        let mut chunk = Chunk::new();
        chunk.ops = vec![
            Op::LoadInt(1),
            Op::SetSlot(0),
            Op::LoadTrue,
            Op::AwkComplJit,
            Op::LoadFloat(-1.0),
            Op::AwkComplJit,
        ];
        let coverage = of(&Case::new(chunk));
        let compl = Op::AwkComplJit.index();
        assert_eq!(coverage.executed[compl], 2);
        let both = [Kind::Bool, Kind::Float].map(|kind| (None, Some(kind)));
        assert_eq!(coverage.kinds[compl], both.into_iter().collect());
        assert_eq!(coverage.at[3].kinds, both[..1].iter().copied().collect());
        assert_eq!(coverage.raised, Some((compl, both[1])));
        let stored = (Some(Kind::Undef), Some(Kind::Int));
        assert!(coverage.kinds[Op::SetSlot(0).index()].contains(stored));
    }
}
