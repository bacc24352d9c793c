//! Small programs of the numeric subset: what the published tiers compile.
//!
//! Straight lines and counted loops over slots that start as numbers, so that little stands
//! between a wrong lowering and the outcome. The other programs of a campaign come from the
//! harness and contain everything; few of them are numeric from the first op to the last.

use fusevm::op::{Section, TABLE};
use fusevm::{Chunk, Op, Value};
use fusevm_conformance::campaign::SplitMix;
use fusevm_conformance::case::Case;
use std::sync::LazyLock;

/// Slots that programs use; the next two count turns and hold results.
const N_SLOTS: u16 = 4;
const COUNTER: u16 = N_SLOTS;
const RESULT: u16 = N_SLOTS + 1;

/// Where integer arithmetic changes what it does.
const INTS: [i64; 12] = [
    0,
    1,
    -1,
    2,
    3,
    7,
    63,
    64,
    1 << 31,
    (1 << 53) + 1,
    i64::MAX,
    i64::MIN,
];

/// Where float arithmetic, and conversions to integers, change what they do.
const FLOATS: [f64; 12] = [
    0.0,
    -0.0,
    1.0,
    -1.5,
    0.5,
    2.0,
    1e10,
    9.3e18,
    -1e300,
    f64::INFINITY,
    f64::NAN,
    5e-324,
];

/// Ops of the subset besides those without operands in a numeric section.
const MORE: [Op; 14] = [
    Op::AwkInt,
    Op::AwkMkbool,
    Op::AwkSin,
    Op::AwkCos,
    Op::AwkExp,
    Op::AwkAtan2,
    Op::AwkDivJit,
    Op::AwkModJit,
    Op::AwkSqrtJit,
    Op::AwkLogJit,
    Op::AwkLshiftJit,
    Op::AwkRshiftJit,
    Op::AwkComplJit,
    Op::AwkAnd(2),
];

/// Ops that take one or two values and leave one, with how many they take.
static COMPUTING: LazyLock<Vec<(Op, usize)>> = LazyLock::new(|| {
    let numeric = |section| {
        matches!(
            section,
            Section::Arithmetic | Section::NumericCompare | Section::Logic | Section::Numeric
        )
    };
    let rows = TABLE
        .iter()
        .filter(|row| numeric(row.section) && row.operands.is_empty());
    let plain = rows.filter_map(|row| Op::from_operands(usize::from(row.index), &[]).ok());
    plain
        .chain(MORE)
        .filter_map(|op| match op.stack_effect() {
            (pops, pushes) if pushes.fixed() == Some(1) => Some((op, pops.fixed()?)),
            _ => None,
        })
        .filter(|(_, pops)| (1..=2).contains(pops))
        .collect()
});

/// The program that `random` says.
pub(crate) fn case(random: &mut SplitMix) -> Case {
    let mut program = Program {
        ops: Vec::new(),
        random,
    };
    match program.below(5) {
        0 | 1 => program.statement(),
        2 => {
            program.statement();
            program.statement();
            program.compute();
        }
        _ => program.counted_loop(),
    }
    let slots = (0..N_SLOTS).map(|_| program.number()).collect();
    let lines = vec![1; program.ops.len()];
    let mut slots: Vec<Value> = slots;
    slots.extend([Value::Int(0), Value::Int(0)]);
    Case {
        slots,
        ..Case::new(Chunk {
            lines,
            ops: program.ops,
            ..Chunk::new()
        })
    }
}

struct Program<'r> {
    ops: Vec<Op>,
    random: &'r mut SplitMix,
}

impl Program<'_> {
    fn below(&mut self, n: usize) -> usize {
        self.random.below(n as u64) as usize
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn slot(&mut self) -> u16 {
        self.below(usize::from(N_SLOTS)) as u16
    }

    /// What a slot starts with: mostly an integer.
    fn number(&mut self) -> Value {
        match self.below(3) {
            0 => Value::Float(self.pick(&FLOATS)),
            _ => Value::Int(self.pick(&INTS)),
        }
    }

    fn operand(&mut self) {
        let op = match self.below(8) {
            0..3 => Op::GetSlot(self.slot()),
            3..5 => Op::LoadInt(self.pick(&INTS)),
            5..7 => Op::LoadFloat(self.pick(&FLOATS)),
            _ => self.pick(&[Op::LoadTrue, Op::LoadFalse]),
        };
        self.ops.push(op);
    }

    /// One op on operands; leaves one value.
    fn compute(&mut self) {
        let at = self.below(COMPUTING.len());
        let (op, pops) = COMPUTING[at];
        for _ in 0..pops {
            match self.below(4) {
                0 if self.ops.len() < 20 => self.compute(),
                _ => self.operand(),
            }
        }
        self.ops.push(op);
    }

    /// Something that leaves the stack as it was.
    fn statement(&mut self) {
        let slot = self.slot();
        let counting = [
            Op::PreIncSlotVoid(slot),
            Op::AddAssignSlotVoid(slot, RESULT),
            Op::AddAssignSlotVoid(RESULT, slot),
        ];
        match self.below(6) {
            0 => {
                let op = self.pick(&counting);
                self.ops.push(op);
            }
            1 => self.branch(),
            _ => {
                self.compute();
                let to = self.pick(&[slot, RESULT]);
                self.ops.push(Op::SetSlot(to));
            }
        }
    }

    /// A condition, and a statement that it may skip.
    fn branch(&mut self) {
        self.compute();
        let at = self.ops.len();
        let jump = self.pick(&[Op::JumpIfTrue(0), Op::JumpIfFalse(0)]);
        self.ops.push(jump);
        self.compute();
        self.ops.push(Op::SetSlot(RESULT));
        let behind = self.ops.len();
        self.ops[at] = jump.with_target(behind);
    }

    /// Up to 60 turns of one or two statements.
    fn counted_loop(&mut self) {
        let top = self.ops.len();
        for _ in 0..1 + self.below(2) {
            self.statement();
        }
        let turns = self.pick(&[2, 3, 5, 60]);
        match self.below(3) {
            0 => {
                let jump = Op::SlotIncLtIntJumpBack(COUNTER, turns, top);
                self.ops.push(jump);
            }
            _ => self.ops.extend([
                Op::PreIncSlotVoid(COUNTER),
                Op::GetSlot(COUNTER),
                Op::LoadInt(i64::from(turns)),
                Op::NumLt,
                Op::JumpIfTrue(top),
            ]),
        }
        self.ops.push(Op::GetSlot(RESULT));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fusevm_conformance::outcome::Ending;
    use fusevm_conformance::subjects::REFERENCE;

    #[test]
    fn programs_end_and_differ() {
        assert!(COMPUTING.len() > 40, "{COMPUTING:?}");
        let root = SplitMix::new(1);
        let mut names = std::collections::BTreeSet::new();
        for i in 0..300 {
            let case = Case {
                fuel: Some(1_000),
                ..case(&mut root.branch(i))
            };
            names.extend(case.chunk.ops.iter().map(Op::name));
            let outcome = REFERENCE.run(&case).expect("it never declines").outcome;
            let ran_out = matches!(&outcome.ending, Ending::Error(text) if text.contains("fuel"));
            assert!(!ran_out, "{:?}", case.chunk.ops);
        }
        assert!(names.len() > 50, "{names:?}");
    }
}
