//! A loop whose every turn can be foretold, and the paths through it.

use super::super::draw::Draw;
use crate::reference::coerce;
use fusevm::jit::{SlotKind, TraceMetadata};
use fusevm::{Chunk, Op, Value};

/// Operands that a caller can be told of when a trace is left.
const MOST_OPERANDS: usize = 32;
/// Values on the stack while it is decided whether to leave: what is compared.
const COMPARED: usize = 2;

/// A counted loop that adds to a slot in every turn and is left when the counter has a rare
/// value:
///
/// ```text
/// header: PreIncSlotVoid count; operands; GetSlot count; LoadInt rare_at; NumEq
///         JumpIfTrue rare; Pop for each operand; GetSlot sum; step; add; SetSlot sum
///         GetSlot count; LoadInt limit; NumLt; JumpIfTrue header
///         Jump end
/// rare:   Pop for each operand; GetSlot count; LoadInt limit; NumLt; JumpIfTrue header
/// end:    Nop
/// ```
#[derive(Debug)]
pub(super) struct Loop {
    pub(super) chunk: Chunk,
    /// The slot that counts turns.
    count: usize,
    /// The slot that is added to.
    pub(super) sum: usize,
    header: usize,
    rare: usize,
    /// The op that leaves the loop for `rare`.
    leaves: usize,
    /// The closing branch.
    closes: usize,
    limit: i64,
    rare_at: i64,
    step: Value,
    add: Op,
    operands: Vec<Value>,
}

/// Ops that were recorded of one turn, and the header to which the last one leads.
#[derive(Debug, Clone)]
pub(super) struct Path {
    pub(super) ops: Vec<Op>,
    pub(super) ips: Vec<usize>,
    pub(super) close: usize,
}

/// Where a trace was left, and the operands that were there.
pub(super) struct Left {
    pub(super) ip: usize,
    pub(super) operands: Vec<Value>,
}

impl Loop {
    pub(super) fn drawn(draw: &mut Draw) -> Loop {
        let slots = draw.pick(&[[0, 1], [1, 0], [2, 5], [63, 3], [4, 63]]);
        let n_operands = draw.pick(&[0, 0, 0, 1, 3, MOST_OPERANDS - COMPARED, MOST_OPERANDS + 1]);
        let step = match draw.chance(60) {
            true => Value::Int(draw.pick(&[1, -3, 1 << 60])),
            false => Value::Float(draw.pick(&[0.5, -2.25, 1e17])),
        };
        let mut looped = Loop {
            chunk: Chunk::default(),
            count: slots[0],
            sum: slots[1],
            header: draw.below(3),
            rare: 0,
            leaves: 0,
            closes: 0,
            limit: draw.below(8) as i64,
            rare_at: draw.below(16) as i64,
            step,
            add: draw.pick(&[Op::Add, Op::Sub, Op::Mul]),
            operands: (0..n_operands).map(|n| operand(draw, n as i64)).collect(),
        };
        looped.emit();
        looped
    }

    fn emit(&mut self) {
        let (count, sum) = (self.count as u16, self.sum as u16);
        let pops = vec![Op::Pop; self.operands.len()];
        let goes_on = [Op::GetSlot(count), Op::LoadInt(self.limit), Op::NumLt];
        let mut ops = vec![Op::Nop; self.header];
        ops.push(Op::PreIncSlotVoid(count));
        ops.extend(self.operands.iter().map(load));
        ops.extend([Op::GetSlot(count), Op::LoadInt(self.rare_at), Op::NumEq]);
        self.leaves = ops.len();
        ops.push(Op::Nop);
        ops.extend(pops.iter());
        ops.extend([
            Op::GetSlot(sum),
            load(&self.step),
            self.add,
            Op::SetSlot(sum),
        ]);
        ops.extend(goes_on);
        self.closes = ops.len();
        ops.extend([Op::JumpIfTrue(self.header), Op::Nop]);
        self.rare = ops.len();
        ops.extend(pops);
        ops.extend(goes_on);
        ops.extend([Op::JumpIfTrue(self.header), Op::Nop]);
        ops[self.leaves] = Op::JumpIfTrue(self.rare);
        ops[self.closes + 1] = Op::Jump(self.end());
        ops[self.end()] = Op::Nop;
        self.chunk.ops = ops;
    }

    /// The last op.
    fn end(&self) -> usize {
        self.rare + self.operands.len() + 4
    }

    pub(super) fn rare(&self) -> usize {
        self.rare
    }

    pub(super) fn header(&self) -> usize {
        self.header
    }

    /// Where traces are looked up: at the header, at the rare part, and at nothing.
    pub(super) fn keys(&self) -> [usize; 4] {
        let len = self.chunk.ops.len();
        [self.header, self.header, self.rare, len + 5]
    }

    /// Slots that the loop names.
    pub(super) fn room(&self) -> usize {
        self.count.max(self.sum) + 1
    }

    /// The usual turn.
    pub(super) fn main(&self) -> Path {
        self.path(self.header..=self.closes)
    }

    /// From where the loop is left rarely back to its header.
    pub(super) fn side(&self) -> Path {
        self.path(self.rare..=self.end() - 1)
    }

    fn path(&self, ips: std::ops::RangeInclusive<usize>) -> Path {
        Path {
            ops: self.chunk.ops[ips.clone()].to_vec(),
            ips: ips.collect(),
            close: self.header,
        }
    }

    /// Whether a path can be left with all of its operands, and needs none at its start.
    pub(super) fn is_taken(&self, path: &Path) -> bool {
        match path.key() == self.rare {
            true => self.operands.is_empty(),
            false => self.operands.len() + COMPARED <= MOST_OPERANDS,
        }
    }

    /// Slots that a path names.
    pub(super) fn room_of(&self, path: &Path) -> usize {
        match path.key() == self.rare {
            true => self.count + 1,
            false => self.room(),
        }
    }

    /// The slot of a path that may have either kind, or the counter.
    pub(super) fn guarded(&self, path: &Path) -> usize {
        match path.key() == self.rare {
            true => self.count,
            false => self.sum,
        }
    }

    /// Whether slots of these kinds keep them. One that does not makes a trace be left where
    /// its value is used next.
    pub(super) fn keeps_kinds(&self, kinds: &[SlotKind]) -> bool {
        let is_float = kinds.get(self.sum) == Some(&SlotKind::Float);
        is_float || matches!(self.step, Value::Int(_))
    }

    /// The op that stores the sum.
    pub(super) fn stores(&self) -> Op {
        Op::SetSlot(self.sum as u16)
    }

    /// The chunk with another op in place of the one that stores the sum.
    pub(super) fn chunk_storing(&self, op: Op) -> Chunk {
        let mut chunk = self.chunk.clone();
        for found in &mut chunk.ops {
            if *found == self.stores() {
                *found = op;
            }
        }
        chunk
    }

    /// Whether a trace of a run from the start is left for the rare part: it is, or is not,
    /// where there is no doubt about the turn in which native code is first entered.
    pub(super) fn is_left(&self) -> Option<bool> {
        match self.rare_at {
            at if at > self.limit => Some(false),
            at if (5..=self.limit).contains(&at) => Some(true),
            _ => None,
        }
    }

    /// Slots with which the loop turns from the start.
    pub(super) fn values(&self, sum: Value) -> Vec<Value> {
        let mut slots = vec![Value::Int(0); self.room()];
        slots[self.sum] = sum;
        slots
    }

    /// Whether a run from the start records the loop: its first backward branch makes it hot,
    /// and the second one closes the recording.
    pub(super) fn is_recorded(&self) -> bool {
        self.limit > 2 && self.is_taken(&self.main())
    }

    /// Whether it is the second turn that leaves for the rare part.
    pub(super) fn records_rare_part(&self) -> bool {
        self.rare_at == 2
    }

    /// The kind of the sum when a recording begins, behind the first turn, if it is a number
    /// then.
    pub(super) fn kind_of_sum(&self, before: &Value) -> Option<SlotKind> {
        let is_added = self.rare_at != 1;
        match (before, &self.step) {
            (Value::Int(_), Value::Int(_)) => Some(SlotKind::Int),
            (Value::Int(_), _) if !is_added => Some(SlotKind::Int),
            (Value::Int(_) | Value::Float(_), _) => Some(SlotKind::Float),
            _ => is_added.then_some(SlotKind::Float),
        }
    }

    /// Numbers for the slots.
    pub(super) fn slots(&self, draw: &mut Draw, room: usize) -> Vec<i64> {
        let mut slots: Vec<i64> = (0..room).map(|_| draw.slot().0).collect();
        slots[self.count] = draw.below(8) as i64;
        slots[self.sum] = draw.pick(&[0, 7, -1, i64::MAX, 2.5_f64.to_bits() as i64]);
        slots
    }

    /// What running a path comes to.
    pub(super) fn run(&self, path: &Path, slots: &mut [i64], kinds: &[SlotKind]) -> Left {
        let left = |ip| Left {
            ip,
            operands: Vec::new(),
        };
        if path.key() == self.rare {
            let goes_on = slots[self.count] < self.limit;
            return left(if goes_on { self.header } else { self.end() });
        }
        let is_float = kinds.get(self.sum) == Some(&SlotKind::Float);
        let mut sum = match is_float {
            true => Value::Float(f64::from_bits(slots[self.sum] as u64)),
            false => Value::Int(slots[self.sum]),
        };
        let mut is_written = false;
        let left = loop {
            slots[self.count] = slots[self.count].wrapping_add(1);
            if slots[self.count] == self.rare_at {
                break Left {
                    ip: self.rare,
                    operands: self.operands.clone(),
                };
            }
            sum = self.added(&sum);
            is_written = true;
            if slots[self.count] >= self.limit {
                break left(self.closes + 1);
            }
        };
        if is_written {
            slots[self.sum] = match is_float {
                true => coerce::float(&sum).to_bits() as i64,
                false => coerce::int(&sum),
            };
        }
        left
    }

    fn added(&self, sum: &Value) -> Value {
        if let (Value::Int(a), Value::Int(b)) = (sum, &self.step) {
            return Value::Int(match self.add {
                Op::Add => a.wrapping_add(*b),
                Op::Sub => a.wrapping_sub(*b),
                _ => a.wrapping_mul(*b),
            });
        }
        let (a, b) = (coerce::float(sum), coerce::float(&self.step));
        Value::Float(match self.add {
            Op::Add => a + b,
            Op::Sub => a - b,
            _ => a * b,
        })
    }
}

impl Path {
    /// The first op, which is where the path is looked up.
    pub(super) fn key(&self) -> usize {
        self.ips[0]
    }

    /// The op behind the closing branch.
    pub(super) fn fallthrough(&self) -> usize {
        self.ips.last().map_or(0, |last| last + 1)
    }

    /// What is exported of it.
    pub(super) fn metadata(&self, chunk: &Chunk, kinds: &[SlotKind]) -> TraceMetadata {
        TraceMetadata {
            chunk_op_hash: chunk.compute_op_hash(),
            anchor_ip: self.close,
            fallthrough_ip: self.fallthrough(),
            ops: self.ops.clone(),
            recorded_ips: self.ips.clone(),
            slot_kinds_at_anchor: kinds.to_vec(),
        }
    }

    /// The same with one thing about it that is not so.
    pub(super) fn spoilt(&self, draw: &mut Draw) -> Path {
        match draw.chance(15) {
            true => self.later(),
            false => self.spoilt_inside(draw),
        }
    }

    /// Without its first op.
    fn later(&self) -> Path {
        Path {
            ops: self.ops[1..].to_vec(),
            ips: self.ips[1..].to_vec(),
            close: self.close,
        }
    }

    /// The same, from its first op, with one thing about it that is not so.
    pub(super) fn spoilt_inside(&self, draw: &mut Draw) -> Path {
        let mut path = self.clone();
        let last = path.ips.len() - 1;
        // Neither the first op nor the last one, which have rules of their own.
        let at = 1 + draw.below(last - 1);
        match draw.below(8) {
            0 => drop(path.ips.pop()),
            1 => path.ips.push(last + 1 + path.ips[0]),
            2 => drop(path.ops.pop()),
            3 => path.ops[at] = Op::TimeInt,
            4 => {
                path.ips.remove(at);
                path.ops.remove(at);
            }
            5 => path.close += 1,
            6 => path.ips[at] = 1 << 40,
            _ => {
                path.ips.pop();
                path.ops.pop();
            }
        }
        path
    }
}

/// The op that loads a constant.
fn load(value: &Value) -> Op {
    match value {
        Value::Float(x) => Op::LoadFloat(*x),
        Value::Bool(true) => Op::LoadTrue,
        Value::Bool(false) => Op::LoadFalse,
        value => Op::LoadInt(coerce::int(value)),
    }
}

fn operand(draw: &mut Draw, number: i64) -> Value {
    match draw.below(3) {
        0 => Value::Int(number),
        1 => Value::Float(0.5 + number as f64),
        _ => Value::Bool(draw.chance(50)),
    }
}
