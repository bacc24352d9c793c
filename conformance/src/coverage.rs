//! What a case reaches: which ops it contains, executes and meets with which operands.
//!
//! The engine has no counters in its dispatch loop: the reference evaluator is watched instead.
//! Of a case that it declines, the coverage is that of the part which it ran.
//!
//! What tiers must reach of it is in [`matrix`].

pub mod matrix;

use crate::case::Case;
use crate::operands::{self, KindPair, KindPairs, Place};
use crate::outcome::Ending;
use crate::reference;
use fusevm::jit::OpSet;
use fusevm::op::N_OPS;
use fusevm::{Chunk, Op, VM};

/// What one case reached, by op.
#[derive(Debug, Clone)]
pub struct Coverage {
    /// Times each op stands in the chunk and its sub-chunks.
    pub generated: Vec<u64>,
    /// Times it was executed.
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
    /// Times it was executed.
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

/// What `case` reaches.
pub fn of(case: &Case) -> Coverage {
    let mut coverage = Coverage::default();
    count_ops(&case.chunk, &mut coverage.generated);
    coverage.at = vec![AtOp::default(); case.chunk.ops.len()];
    let mut executed = Executed::of(&case.chunk, coverage);
    let outcome = reference::watch(case, |vm, ip| executed.count(vm, ip));
    let mut coverage = executed.coverage;
    if let Ok(outcome) = outcome
        && let Ending::Error(_) = outcome.ending
    {
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

    /// Counts the op at `ip`, which is about to run.
    fn count(&mut self, vm: &VM, ip: usize) {
        let Some((op, places)) = self.ops.get(ip) else {
            return;
        };
        let coverage = &mut self.coverage;
        if let Some((_, from, _)) = self.last
            && let Some(target) = self.ops[from].0.target()
        {
            coverage.at[from].note_jump(ip == target);
        }
        let kinds = operands::kinds(places, vm);
        self.last = Some((op.index(), ip, kinds));
        coverage.frames = coverage.frames.max(vm.frames.len());
        coverage.executed[op.index()] += 1;
        coverage.kinds[op.index()].insert(kinds);
        coverage.at[ip].executed += 1;
        coverage.at[ip].kinds.insert(kinds);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fusevm::Kind;

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
