//! What a case reaches: which ops it contains, executes and meets with which operands.
//!
//! The engine has no counters in its dispatch loop. A case is run once more in the
//! interpreter instead, with a probe in front of every op: a wide extension op whose handler
//! counts. Targets, subs and blocks are moved along, so what is executed stays the same.

use crate::case::Case;
use crate::scripted;
use crate::subjects;
use fusevm::jit::OpSet;
use fusevm::op::{N_OPS, Operand, Role};
use fusevm::{Chunk, Kind, Op, TierPolicy, VM, Value};
use std::cell::RefCell;

/// What one case reached, by op.
#[derive(Debug, Clone)]
pub struct Coverage {
    /// Times each op stands in the chunk and its sub-chunks.
    pub generated: Vec<u64>,
    /// Times the interpreter executed it.
    pub executed: Vec<u64>,
    /// The kinds of the two top values that it met.
    pub kinds: Vec<KindPairs>,
}

/// A set of pairs of kinds: what was below the top of the stack, and the top.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KindPairs(u128);

/// Kinds, and one more number for a value that is not there.
const N_KINDS: usize = Kind::ALL.len() + 1;

impl KindPairs {
    fn insert(&mut self, below: Option<&Value>, top: Option<&Value>) {
        let number = |value: Option<&Value>| value.map_or(N_KINDS - 1, |v| v.kind() as usize);
        self.0 |= 1 << (number(below) * N_KINDS + number(top));
    }

    /// Adds all pairs of another set.
    pub fn extend(&mut self, other: KindPairs) {
        self.0 |= other.0;
    }

    /// How many different pairs there are.
    pub fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// The numbers of the kinds that were met on top of the stack; one more for none.
    pub fn tops(self) -> impl Iterator<Item = u8> {
        let pairs = (0..N_KINDS * N_KINDS).filter(move |pair| self.0 >> pair & 1 == 1);
        let mut tops: Vec<u8> = pairs.map(|pair| (pair % N_KINDS) as u8).collect();
        tops.sort_unstable();
        tops.dedup();
        tops.into_iter()
    }

    /// Whether no pair was met.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl Default for Coverage {
    fn default() -> Coverage {
        Coverage {
            generated: vec![0; N_OPS],
            executed: vec![0; N_OPS],
            kinds: vec![KindPairs::default(); N_OPS],
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
    let chunk = case.chunk.ops.clone();
    EXECUTED.set(Some((chunk, coverage)));
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
    vm.run();
    EXECUTED
        .take()
        .map(|(_, coverage)| coverage)
        .unwrap_or_default()
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

thread_local! {
    /// The ops of the case that runs, and what it reached so far.
    static EXECUTED: RefCell<Option<(Vec<Op>, Coverage)>> = const { RefCell::new(None) };
}

/// Counts the op that stands at `ip` of the chunk without probes.
fn count(vm: &VM, ip: usize) {
    EXECUTED.with_borrow_mut(|executed| {
        let Some((ops, coverage)) = executed else {
            return;
        };
        let Some(op) = ops.get(ip) else {
            return;
        };
        coverage.executed[op.index()] += 1;
        let height = vm.stack.len();
        let value = |depth: usize| height.checked_sub(depth).and_then(|at| vm.stack.get(at));
        coverage.kinds[op.index()].insert(value(2), value(1));
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
    fn pairs_of_kinds_are_a_set() {
        let mut pairs = KindPairs::default();
        assert!(pairs.is_empty());
        pairs.insert(None, None);
        pairs.insert(None, Some(&Value::NativeFn(1)));
        pairs.insert(None, Some(&Value::NativeFn(2)));
        pairs.insert(Some(&Value::NativeFn(1)), None);
        assert_eq!(pairs.len(), 3);
        let function = Value::NativeFn(0).kind() as u8;
        let tops: Vec<u8> = pairs.tops().collect();
        assert_eq!(tops, [function, N_KINDS as u8 - 1]);
    }
}
