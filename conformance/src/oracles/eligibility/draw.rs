//! Programs that are drawn for a question, so that it is answered by yes and by no.

use super::{lists, recording};
use crate::campaign::SplitMix;
use crate::scripted::extension;
use fusevm::jit::SlotKind;
use fusevm::op::{Operand, OperandInfo, Role, TABLE};
use fusevm::{Chunk, Op, Value};

/// Where programs are drawn from.
pub(super) struct Draw(pub(super) SplitMix);

/// Integers at which something changes: divisors, exponents, counts of bits, limits.
const INTS: [i64; 18] = [
    0,
    1,
    2,
    3,
    4,
    6,
    7,
    12,
    24,
    -1,
    -6,
    62,
    63,
    64,
    65,
    130,
    i64::MIN,
    i64::MAX,
];
/// The same of floats.
const FLOATS: [f64; 13] = [
    2.5,
    4.0,
    2.0,
    63.0,
    -0.0,
    -3.0,
    0.5,
    1e300,
    9_223_372_036_854_775_808.0,
    -9_223_372_036_854_775_808.0,
    -9_223_372_036_854_777_856.0,
    f64::INFINITY,
    f64::NAN,
];
/// Slots on both sides of what a trace may name, the usual ones first.
const SLOTS: [u16; 8] = [0, 1, 2, 3, 5, 62, 63, 64];
/// Ops that take two numbers.
const OF_TWO: [Op; 22] = [
    Op::Add,
    Op::Sub,
    Op::Mul,
    Op::Div,
    Op::Div,
    Op::Mod,
    Op::Mod,
    Op::Pow,
    Op::Pow,
    Op::BitAnd,
    Op::BitOr,
    Op::BitXor,
    Op::Shl,
    Op::Shr,
    Op::NumEq,
    Op::NumLt,
    Op::Spaceship,
    Op::Swap,
    Op::PowFloat,
    Op::Atan2Float,
    Op::GcdInt,
    Op::LcmInt,
];
/// Ops that take one.
const OF_ONE: [Op; 14] = [
    Op::Negate,
    Op::Negate,
    Op::Inc,
    Op::Inc,
    Op::Dec,
    Op::Dec,
    Op::BitNot,
    Op::BitNot,
    Op::LogNot,
    Op::AbsInt,
    Op::TruncInt,
    Op::SqrtFloat,
    Op::AwkInt,
    Op::AwkMkbool,
];

impl Draw {
    /// A number below `n`, which is not 0.
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0.below(n as u64) as usize
    }

    /// Whether it happens, so often in 100 times.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub(super) fn pick<T: Copy>(&mut self, these: &[T]) -> T {
        these[self.below(these.len())]
    }

    /// Any op, in a chunk of about `n_ops` ops.
    pub(super) fn op(&mut self, n_ops: usize) -> Op {
        let info = &TABLE[self.below(TABLE.len())];
        let operands: Vec<Operand> = info
            .operands
            .iter()
            .map(|operand| self.operand(operand, n_ops))
            .collect();
        Op::from_operands(usize::from(info.index), &operands).unwrap_or(Op::Nop)
    }

    fn operand(&mut self, info: &OperandInfo, n_ops: usize) -> Operand {
        if info.ty == "f64" {
            return Operand::Float(self.pick(&FLOATS));
        }
        let extended = extension::FIRST + extension::COMPILED.len() as u16;
        Operand::Int(match info.role {
            Role::Slot => i64::from(self.pick(&SLOTS)),
            Role::Target => self.below(n_ops + 2) as i64,
            Role::Id => i64::from(self.pick(&[1, 2, extension::FIRST, extended - 1, extended])),
            _ => self.below(4) as i64,
        })
    }

    /// An op of which `accepts` says yes, if one is found soon.
    pub(super) fn op_of(&mut self, n_ops: usize, accepts: impl Fn(&Op) -> bool) -> Op {
        const TRIES: usize = 30;
        let found = (0..TRIES).map(|_| self.op(n_ops)).find(|op| accepts(op));
        found.unwrap_or(Op::Pop)
    }

    /// A chunk whose ops compute one number, most of the time.
    pub(super) fn line(&mut self) -> Chunk {
        let mut ops = Vec::new();
        let budget = self.below(7);
        self.number(budget, &mut ops);
        if self.chance(20) {
            self.change(&mut ops, lists::is_of_lines);
        }
        with_constants(ops)
    }

    /// A chunk that has about as many values on its stack as a line may have.
    pub(super) fn tall_line(&mut self) -> Chunk {
        let height = super::line::MOST_VALUES - 1 + self.below(3);
        let mut ops = vec![Op::GetSlot(0); height];
        ops.extend(vec![Op::Add; height - 1]);
        with_constants(ops)
    }

    /// A chunk that computes numbers in slots, and most of the time a result.
    pub(super) fn block(&mut self) -> Chunk {
        let mut ops = Vec::new();
        match self.below(16) {
            0..=4 => ops.push(Op::PushFrame),
            5 => ops.push(Op::PopFrame),
            _ => {}
        }
        for _ in 0..self.below(3) {
            let budget = self.below(3);
            self.number(budget, &mut ops);
            let slot = Op::SetSlot(self.pick(&SLOTS));
            if self.chance(40) {
                // Stored or not, by another number.
                ops.push(Op::GetSlot(1));
                ops.push(Op::JumpIfFalse(ops.len() + 3));
                ops.extend([slot, Op::Jump(ops.len() + 3), Op::Pop]);
            } else {
                ops.push(slot);
            }
        }
        let budget = self.below(4);
        self.number(budget, &mut ops);
        match self.below(12) {
            0 | 1 => ops.push(Op::SetSlot(2)),
            2 => ops.push(Op::PopFrame),
            3 => ops.push(Op::PushFrame),
            _ => {}
        }
        with_constants(ops)
    }

    /// Ops that leave one number more; `budget` says how many ops take some.
    pub(super) fn number(&mut self, budget: usize, ops: &mut Vec<Op>) {
        let Some(budget) = budget.checked_sub(1) else {
            return ops.push(self.operand_of_ops());
        };
        let left = self.below(budget + 1);
        match self.below(16) {
            0..=2 => {
                self.number(budget, ops);
                ops.push(self.pick(&OF_ONE));
            }
            3 => {
                self.number(left, ops);
                ops.extend([Op::Dup, self.pick(&OF_TWO)]);
            }
            4 => {
                self.number(left, ops);
                ops.extend([self.operand_of_ops(), self.operand_of_ops(), Op::Rot]);
                ops.extend([self.pick(&OF_TWO), self.pick(&OF_TWO)]);
            }
            5 => {
                self.number(budget, ops);
                let slot = self.pick(&SLOTS);
                ops.extend([Op::SetSlot(slot), Op::AddAssignSlotVoid(1, slot)]);
                ops.extend([Op::PreIncSlotVoid(slot), Op::GetSlot(slot)]);
            }
            _ => {
                self.number(left, ops);
                self.number(budget - left, ops);
                ops.push(self.pick(&OF_TWO));
            }
        }
        // A swap leaves two numbers where the others leave one.
        if ops.last() == Some(&Op::Swap) {
            ops.push(Op::Sub);
        }
    }

    /// A slot as a number, with its kind.
    pub(super) fn slot(&mut self) -> (i64, SlotKind) {
        match self.chance(70) {
            true => (self.pick(&INTS), SlotKind::Int),
            false => (self.pick(&FLOATS).to_bits() as i64, SlotKind::Float),
        }
    }

    /// An op that only leaves a number.
    fn operand_of_ops(&mut self) -> Op {
        let slot = self.pick(&SLOTS);
        match self.below(16) {
            0..=8 => Op::LoadInt(self.pick(&INTS)),
            9 | 10 => Op::LoadFloat(self.pick(&FLOATS[..11])),
            11 => Op::LoadConst(self.below(3) as u16),
            12 | 13 => Op::GetSlot(slot),
            14 => self.pick(&[Op::LoadTrue, Op::LoadFalse]),
            _ => self.pick(&[
                Op::PreIncSlot(slot),
                Op::PreDecSlot(slot),
                Op::PostIncSlot(slot),
                Op::PostDecSlot(slot),
            ]),
        }
    }

    /// Removes, inserts or replaces an op; the new one is most often one that `accepts` likes.
    pub(super) fn change(&mut self, ops: &mut Vec<Op>, accepts: impl Fn(&Op) -> bool) {
        let new = match self.chance(70) {
            true => self.op_of(ops.len(), accepts),
            false => self.op(ops.len()),
        };
        let at = self.below(ops.len() + 1);
        match self.below(3) {
            0 => ops.insert(at, new),
            1 if at < ops.len() => ops[at] = new,
            _ if at < ops.len() => drop(ops.remove(at)),
            _ => ops.push(new),
        }
    }

    /// Parts that may be in a block, between ops that may not, with jumps about their edges.
    pub(super) fn patchwork(&mut self) -> Chunk {
        let mut chunk = with_constants(Vec::new());
        for _ in 0..=self.below(4) {
            let start = chunk.ops.len();
            let end = start + self.below(8);
            for _ in start..end {
                let stays = |op: &Op| lists::is_of_blocks(op) && op.target().is_none();
                chunk.ops.push(self.op_of(0, stays));
            }
            if end > start && self.chance(40) {
                let at = start + self.below(end - start);
                let edges = [start.wrapping_sub(1), start, at, end - 1, end];
                chunk.ops[at] = Op::Jump(self.pick(&edges));
            }
            chunk
                .ops
                .push(self.pick(&[Op::Print(1), Op::Concat, Op::Dup2]));
        }
        if self.chance(50) {
            chunk.ops.pop();
        }
        let n_lines = self.below(chunk.ops.len() + 3);
        chunk.lines = (100..).take(n_lines).collect();
        chunk.names = vec!["name".to_owned()];
        chunk.sub_entries = vec![(0, 1)];
        chunk.block_ranges = vec![(0, 1)];
        chunk.source = "source".to_owned();
        chunk
    }

    /// What could have been recorded of a loop, and its anchor.
    pub(super) fn recording(&mut self, longest: usize) -> (Vec<Op>, usize) {
        let anchor = self.below(40);
        let n_ops = match self.below(4) {
            0 if longest < 50 => longest.saturating_sub(1) + self.below(2),
            _ => self.below(10),
        };
        let goes_on = |op: &Op| {
            let is_call = matches!(op, Op::Call(..) | Op::Return | Op::ReturnValue);
            let is_near = crate::operands::slots_named(op).all(|slot| slot < recording::MOST_SLOTS);
            lists::is_of_traces(op) && !is_call && is_near && op.target() != Some(anchor)
        };
        let mut ops: Vec<Op> = (0..n_ops).map(|_| self.op_of(60, goes_on)).collect();
        if self.chance(40) {
            let calls = self.calls(anchor);
            let at = self.below(ops.len() + 1);
            ops.splice(at..at, calls);
        }
        let to = if self.chance(95) { anchor } else { anchor + 1 };
        ops.push(self.pick(&[Op::Jump(to), Op::JumpIfTrue(to), Op::JumpIfFalse(to)]));
        if self.chance(25) {
            self.change(&mut ops, lists::is_of_traces);
        }
        (ops, anchor)
    }

    /// Calls in each other with a jump in the innermost one, which return, most of the time.
    fn calls(&mut self, anchor: usize) -> Vec<Op> {
        let most = recording::MOST_CALLS as usize;
        let n_calls = self.below(most + 2);
        let mut ops = vec![Op::Call(0, 0); n_calls];
        if self.chance(70) {
            let to = self.pick(&[anchor, anchor, anchor + 1, 0]);
            ops.push(self.pick(&[Op::Jump(to), Op::JumpIfTrue(to), Op::JumpIfFalse(to)]));
        }
        let n_returns = match self.below(10) {
            0 => n_calls.saturating_sub(1),
            1 => n_calls + 1,
            _ => n_calls,
        };
        ops.extend((0..n_returns).map(|_| self.pick(&[Op::Return, Op::ReturnValue])));
        if self.chance(10) {
            ops.reverse();
        }
        ops
    }
}

/// A chunk of these ops, with an integer, a float and a string among its constants.
pub(super) fn with_constants(ops: Vec<Op>) -> Chunk {
    Chunk {
        ops,
        constants: vec![Value::Int(6), Value::Float(2.5), Value::str("x")],
        ..Chunk::default()
    }
}
