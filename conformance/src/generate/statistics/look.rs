//! What can be seen in the code of a case, and in what happened when it ran.

use super::Sample;
use crate::coverage::AtOp;
use fusevm::op::{Operand, Role, Section};
use fusevm::{Kind, Op, Value};

impl Sample<'_> {
    /// The ops with what happened at each of them.
    pub(super) fn run(&self) -> impl Iterator<Item = (&Op, &AtOp)> {
        self.case.chunk.ops.iter().zip(&self.coverage.at)
    }

    /// Whether an op for which `wanted` holds was executed.
    pub(super) fn executes(&self, wanted: impl Fn(&Op) -> bool) -> bool {
        self.run().any(|(op, at)| at.executed > 0 && wanted(op))
    }

    /// Whether an op of a section met an operand of a kind.
    pub(super) fn feeds(&self, section: Section, kind: Kind) -> bool {
        self.run().any(|(op, at)| {
            let has_kind =
                |pair: (Option<Kind>, Option<Kind>)| pair.0 == Some(kind) || pair.1 == Some(kind);
            op.info().section == section && at.kinds.iter().any(has_kind)
        })
    }

    /// Whether a loop that no other one surrounds made a number of turns for which `wanted`
    /// holds.
    pub(super) fn turns(&self, wanted: impl Fn(u64) -> bool) -> bool {
        let depths = self.depths();
        self.loops().any(|(top, closing)| {
            let was_there = self.coverage.at.get(top).is_some_and(|at| at.executed > 0);
            depths[closing] == 1
                && was_there
                && wanted(self.coverage.at.get(closing).map_or(0, |at| at.executed))
        })
    }

    /// Whether a branch inside a loop, other than the one that closes it, went its ways as
    /// `wanted` says: executed, taken, turned.
    pub(super) fn directions(&self, wanted: impl Fn(u64, u64, u64) -> bool) -> bool {
        let inside = self.in_loops();
        let run = self.run().enumerate().zip(inside);
        run.into_iter().any(|((ip, (op, at)), inside)| {
            let is_branch = !matches!(op, Op::Jump(_)) && op.target().is_some_and(|to| to > ip);
            inside && is_branch && wanted(at.executed, at.taken, at.turned)
        })
    }

    /// Every number that the case brings with it.
    pub(super) fn numbers(&self) -> impl Iterator<Item = Value> {
        let literals = self.case.chunk.ops.iter().filter_map(|op| match op {
            Op::LoadInt(n) => Some(Value::Int(*n)),
            Op::LoadFloat(x) => Some(Value::Float(*x)),
            _ => None,
        });
        let held = (self.case.chunk.constants.iter())
            .chain(&self.case.slots)
            .chain(&self.case.globals)
            .cloned();
        literals.chain(held)
    }

    /// Whether it brings an integer next to a boundary, or next to its opposite.
    pub(super) fn is_near(&self, boundary: i128) -> bool {
        self.numbers().any(|value| match value {
            Value::Int(n) => (i128::from(n).abs() - boundary).abs() <= 1,
            _ => false,
        })
    }

    /// Whether it brings a float for which `wanted` holds.
    pub(super) fn has_float(&self, wanted: impl Fn(f64) -> bool) -> bool {
        self.numbers()
            .any(|value| matches!(value, Value::Float(x) if wanted(x)))
    }

    /// The target and the index of every backward jump.
    pub(super) fn loops(&self) -> impl Iterator<Item = (usize, usize)> {
        let jumps = self.case.chunk.ops.iter().enumerate();
        jumps.filter_map(|(ip, op)| {
            let target = op.target().filter(|target| *target <= ip)?;
            Some((target, ip))
        })
    }

    /// For every op, how many pairs of a backward jump and its target it lies between.
    fn depths(&self) -> Vec<usize> {
        let mut depths = vec![0; self.case.chunk.ops.len()];
        for (target, ip) in self.loops() {
            for depth in &mut depths[target..=ip] {
                *depth += 1;
            }
        }
        depths
    }

    /// For every op, whether it lies between a backward jump and its target.
    pub(super) fn in_loops(&self) -> impl Iterator<Item = bool> + use<> {
        self.depths().into_iter().map(|depth| depth > 0)
    }

    /// How many loops lie inside each other.
    pub(super) fn depth_of_loops(&self) -> usize {
        self.depths().into_iter().max().unwrap_or(0)
    }

    /// Whether an op for which `closing` holds jumps backward.
    pub(super) fn closed_by(&self, closing: impl Fn(&Op) -> bool) -> bool {
        self.loops()
            .any(|(_, ip)| closing(&self.case.chunk.ops[ip]))
    }

    /// Whether it contains an op of a section.
    pub(super) fn has_section(&self, section: Section) -> bool {
        let ops = &self.case.chunk.ops;
        ops.iter().any(|op| op.info().section == section)
    }

    /// Whether an op for which `wanted` holds lies inside a loop.
    pub(super) fn in_loop(&self, wanted: impl Fn(&Op) -> bool) -> bool {
        let ops = self.case.chunk.ops.iter().zip(self.in_loops());
        ops.into_iter().any(|(op, inside)| inside && wanted(op))
    }

    /// Jumps out of the range of a loop, falling out at its end included.
    pub(super) fn exits(&self, (top, closing): (usize, usize)) -> usize {
        let ops = &self.case.chunk.ops[top..=closing];
        let leaving = ops
            .iter()
            .filter_map(Op::target)
            .filter(|target| *target > closing || *target < top)
            .count();
        leaving + usize::from(!matches!(self.case.chunk.ops[closing], Op::Jump(_)))
    }

    /// Whether a sub calls itself, or one behind it that may call it back.
    pub(super) fn is_recursive(&self) -> bool {
        let chunk = &self.case.chunk;
        chunk.ops.iter().enumerate().any(|(ip, op)| match op {
            Op::Call(name, _) => {
                let entry = chunk.find_sub(*name);
                let own = chunk.sub_entries.iter().map(|(_, entry)| *entry);
                entry.is_some() && own.filter(|own| *own <= ip).max() == entry
            }
            _ => false,
        })
    }

    /// The most values on the stack when a backward branch runs; 0 when that is not known.
    pub(super) fn deepest_branch(&self) -> usize {
        let Ok(verified) = self.case.chunk.verify() else {
            return 0;
        };
        let depths = self
            .loops()
            .filter_map(|(target, _)| verified.depth_at(target));
        depths.max().unwrap_or(0)
    }

    /// The highest slot that an op names.
    pub(super) fn highest_slot(&self) -> u16 {
        let ops = self.case.chunk.ops.iter();
        ops.flat_map(slots).max().unwrap_or(0)
    }
}

/// The slots that an op names.
pub(super) fn slots(op: &Op) -> impl Iterator<Item = u16> + use<> {
    let operands = op.info().operands.iter().zip(op.operands());
    operands.filter_map(|(info, operand)| match operand {
        Operand::Int(n) if info.role == Role::Slot => u16::try_from(n).ok(),
        _ => None,
    })
}
