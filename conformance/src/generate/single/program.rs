//! [`Program`]: applications of ops in a row or in a loop, with everything around them.
//!
//! What an application leaves stays on the stack, or goes into an array at every turn of a
//! loop; slots and globals that the op names are looked at behind it. So every result is
//! part of the outcome.

use super::super::scene::{MAX_SCHEDULE, small_limits};
use super::specimen::Specimen;
use crate::case::{Case, Hosts};
use crate::operands::Place;
use crate::scripted::extension;
use fusevm::op::{Role, Section};
use fusevm::{Chunk, Op, Value};
use std::collections::HashMap;

/// What the pools of every program hold.
pub(super) mod pools {
    use fusevm::Value;
    use std::collections::HashMap;

    /// The name of a sub, and one that no sub has.
    pub(in super::super) const SUB: i64 = 0;
    pub(in super::super) const NO_SUB: i64 = 1;
    /// A name that is a text only.
    pub(in super::super) const TEXT: i64 = 2;
    /// The first of two globals for ops that name one.
    pub(in super::super) const GLOBAL: i64 = 3;
    /// The global that collects the results of a loop.
    pub(in super::super) const RESULTS: u16 = 5;
    /// A global without a name.
    pub(in super::super) const UNNAMED: i64 = 8;

    pub(super) const NAMES: [&str; 6] = ["f", "g", "text", "x", "y", "results"];

    /// The constants that ops may name, at the beginning of the pool.
    pub(in super::super) fn constants() -> Vec<Value> {
        vec![
            Value::str("ab"),
            Value::Int(5),
            Value::Float(0.5),
            Value::Undef,
            Value::Bool(true),
            Value::Status(3),
            Value::Array(vec![Value::Int(1), Value::Undef]),
            Value::Hash(HashMap::from([("k".to_owned(), Value::Float(-0.0))])),
        ]
    }
}

/// The first of the slots in which programs keep operands, and of the globals.
const FIRST_SLOT: u16 = 21;
const FIRST_GLOBAL: u16 = 10;
/// The first of the slots for results; the ops themselves name slots below it.
const FIRST_RESULT: u16 = 2;
/// The slot that counts the turns of a loop.
const COUNTER: u16 = 20;

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// From the op that pushes it: native code knows its kind, and often the value.
    Literal,
    /// From a slot that is set when the run starts: native code is made for its kind.
    Slot,
    /// From a global: native code does not know its kind.
    Global,
}

impl Source {
    pub(super) const ALL: [Source; 3] = [Source::Literal, Source::Slot, Source::Global];
}

/// A program that is being written.
#[derive(Debug, Default)]
pub(super) struct Program {
    ops: Vec<Op>,
    constants: Vec<Value>,
    slots: Vec<Value>,
    globals: Vec<Value>,
    is_hosted: bool,
    calls_handlers: bool,
    needs_subs: bool,
    sections: Vec<Section>,
}

impl Program {
    pub(super) fn new() -> Program {
        Program {
            constants: pools::constants(),
            ..Program::default()
        }
    }

    /// Appends an op.
    pub(super) fn emit(&mut self, op: Op) {
        self.ops.push(op);
    }

    /// The op that pushes a value from a source.
    pub(super) fn load(&mut self, source: Source, value: &Value) -> Op {
        match source {
            Source::Literal => self.literal(value),
            Source::Slot => Op::GetSlot(self.hold_in_slot(value)),
            Source::Global => Op::GetVar(self.hold_in_global(value)),
        }
    }

    /// A slot of its own for a value.
    pub(super) fn hold_in_slot(&mut self, value: &Value) -> u16 {
        let first = usize::from(FIRST_SLOT);
        let slot = self.slots.len().max(first);
        self.slots.resize(slot, Value::Undef);
        self.slots.push(value.clone());
        slot as u16
    }

    /// A global of its own for a value.
    pub(super) fn hold_in_global(&mut self, value: &Value) -> u16 {
        let global = self.globals.len().max(usize::from(FIRST_GLOBAL));
        self.globals.resize(global, Value::Undef);
        self.globals.push(value.clone());
        global as u16
    }

    fn literal(&mut self, value: &Value) -> Op {
        match value {
            Value::Undef => Op::LoadUndef,
            Value::Bool(true) => Op::LoadTrue,
            Value::Bool(false) => Op::LoadFalse,
            Value::Int(n) => Op::LoadInt(*n),
            Value::Float(x) => Op::LoadFloat(*x),
            other => {
                self.constants.push(other.clone());
                Op::LoadConst((self.constants.len() - 1) as u16)
            }
        }
    }

    /// Puts operands where the op finds them: each is the ops that push it.
    pub(super) fn place(&mut self, places: &[Place], operands: &[Vec<Op>]) {
        for (place, operand) in places.iter().zip(operands) {
            self.ops.extend(operand);
            match place {
                Place::Slot(slot) => self.emit(Op::SetSlot(*slot)),
                Place::Global(global) => self.emit(Op::SetVar(*global)),
                Place::Stack(_) => {}
            }
        }
    }

    /// Appends the op of a specimen, and what tells which way it went.
    pub(super) fn apply(&mut self, specimen: &Specimen) {
        let op = specimen.op;
        self.note(specimen);
        if op == Op::PopFrame {
            self.ops.extend([Op::PushFrame, Op::LoadInt(5)]);
        }
        let at = self.ops.len();
        self.emit(op);
        if op.target() == Some(0) {
            self.ops[at] = op.with_target(at + 3);
            self.ops
                .extend([Op::LoadInt(0), Op::Jump(at + 4), Op::LoadInt(1)]);
        }
        if op == Op::PushFrame {
            self.ops
                .extend([Op::LoadInt(7), Op::SetSlot(0), Op::PopFrame]);
        }
    }

    /// Appends an op in front of another one: a jump goes to the next op.
    pub(super) fn apply_before_another(&mut self, specimen: &Specimen) {
        self.note(specimen);
        let next = self.ops.len() + 1;
        self.emit(match specimen.op.target() {
            Some(_) => specimen.op.with_target(next),
            None => specimen.op,
        });
    }

    fn note(&mut self, specimen: &Specimen) {
        let info = specimen.op.info();
        self.is_hosted |= specimen.hosted;
        self.calls_handlers |= specimen.calls_handlers();
        self.sections.push(info.section);
        let refers = |role| info.operands.iter().any(|operand| operand.role == role);
        self.needs_subs |= refers(Role::Sub) || refers(Role::Block);
    }

    /// Pushes what is now in the slots and globals that an op names.
    pub(super) fn observe(&mut self, places: &[Place]) {
        for place in places {
            match place {
                Place::Slot(slot) => self.emit(Op::GetSlot(*slot)),
                Place::Global(global) => self.emit(Op::GetVar(*global)),
                Place::Stack(_) => {}
            }
        }
    }

    /// Runs `body` this many times and collects what it leaves on the stack. The body is
    /// given the slot that counts the turns, from 0.
    pub(super) fn repeat(&mut self, turns: usize, body: impl Fn(&mut Program, u16)) {
        let left = Program::left_by(&body).unwrap_or(0);
        self.ops.extend([
            Op::DeclareArray(pools::RESULTS),
            Op::LoadInt(0),
            Op::SetSlot(COUNTER),
        ]);
        let top = self.ops.len();
        body(self, COUNTER);
        if left > 0 {
            self.ops
                .extend([Op::MakeArray(left), Op::ArrayPush(pools::RESULTS)]);
        }
        self.emit(Op::SlotIncLtIntJumpBack(COUNTER, turns as i32, top));
    }

    /// As [`Program::repeat`], with slots for what the body leaves: the last turn is seen. As
    /// the loop itself needs numbers only, its traces can be exported if the body's can.
    pub(super) fn repeat_into_slots(&mut self, turns: usize, body: impl Fn(&mut Program, u16)) {
        let left = Program::left_by(&body).unwrap_or(0);
        self.ops.extend([Op::LoadInt(0), Op::SetSlot(COUNTER)]);
        let top = self.ops.len();
        body(self, COUNTER);
        self.ops
            .extend((0..left).map(|n| Op::SetSlot(FIRST_RESULT + n)));
        self.ops.extend([
            Op::PreIncSlotVoid(COUNTER),
            Op::GetSlot(COUNTER),
            Op::LoadInt(turns as i64),
            Op::NumLt,
            Op::JumpIfTrue(top),
        ]);
    }

    /// As [`Program::repeat`], where limits are so low that nothing can be collected.
    pub(super) fn repeat_dropping(&mut self, turns: usize, body: impl Fn(&mut Program, u16)) {
        let left = Program::left_by(&body).unwrap_or(0);
        self.ops.extend([Op::LoadInt(0), Op::SetSlot(COUNTER)]);
        let top = self.ops.len();
        body(self, COUNTER);
        self.ops.extend((0..left).map(|_| Op::Pop));
        self.emit(Op::SlotIncLtIntJumpBack(COUNTER, turns as i32, top));
    }

    /// How many values `body` leaves on an empty stack, when that can be proved.
    fn left_by(body: &impl Fn(&mut Program, u16)) -> Option<u16> {
        let mut alone = Program::new();
        body(&mut alone, COUNTER);
        alone.ops.iter_mut().for_each(stand_in);
        let end = alone.ops.len();
        let verified = alone.case(0).chunk.verify().ok()?;
        Some(verified.depth_at(end)? as u16)
    }

    /// A loop that the op of a specimen closes; a global counts its turns.
    pub(super) fn count_turns_of(&mut self, specimen: &Specimen) {
        self.note(specimen);
        self.ops
            .extend([Op::LoadInt(0), Op::SetVar(pools::RESULTS)]);
        let top = self.ops.len();
        self.ops.extend([
            Op::GetVar(pools::RESULTS),
            Op::Inc,
            Op::SetVar(pools::RESULTS),
        ]);
        self.emit(specimen.op.with_target(top));
        self.observe(&specimen.places);
    }

    /// Runs the ops that `body` appends in the turn with this number and all later ones.
    pub(super) fn in_turns_from(
        &mut self,
        turn: usize,
        counter: u16,
        body: impl FnOnce(&mut Program),
    ) {
        self.ops
            .extend([Op::GetSlot(counter), Op::LoadInt(turn as i64), Op::NumLt]);
        let at = self.ops.len();
        self.emit(Op::JumpIfTrue(0));
        body(self);
        self.ops[at] = Op::JumpIfTrue(self.ops.len());
    }

    /// The case; its number says how often it runs, and whether fuel is counted.
    pub(super) fn case(self, number: u64) -> Case {
        let Program { mut ops, .. } = self;
        ops.push(Op::Nop);
        let mut chunk = Chunk {
            constants: self.constants,
            names: pools::NAMES.map(str::to_owned).to_vec(),
            sub_chunks: vec![sub_chunk()],
            ..Chunk::new()
        };
        if self.needs_subs {
            append_subs(&mut ops, &mut chunk);
        }
        chunk.lines = vec![0; ops.len()];
        chunk.ops = ops;
        let is_hosted = |section| self.is_hosted && self.sections.contains(&section);
        // Handlers may undo what would end a loop; the fused loops may be long.
        let uncertain = self.calls_handlers || self.sections.contains(&Section::Fused);
        Case {
            chunk,
            slots: self.slots,
            globals: self.globals,
            stdin: "line\n42\n\nlast".to_owned(),
            handlers: self.calls_handlers && self.is_hosted,
            hosts: Hosts {
                shell: is_hosted(Section::Shell),
                awk: is_hosted(Section::Awk) || is_hosted(Section::Extension),
                ..Hosts::default()
            },
            fuel: match (uncertain, number % 5) {
                (true, _) => Some(5_000),
                (false, 4) => Some(1_000_000),
                (false, _) => None,
            },
            limits: small_limits(),
            runs: if number % 4 == 3 { 2 } else { 1 },
            schedule: (number % (MAX_SCHEDULE as u64 + 1)) as u32,
            ..Case::default()
        }
    }
}

/// Replaces an op that only the tiers can prove by one that does the same to the height of
/// the stack.
fn stand_in(op: &mut Op) {
    let Op::Extended(id, _) = *op else { return };
    let Some(number) = extension::op_of(id) else {
        return;
    };
    *op = match (extension::n_operands(number), extension::n_results(number)) {
        (2, _) => Op::Add,
        (1, 1) => Op::Negate,
        (1, _) => Op::Dup,
        _ => Op::LoadUndef,
    };
}

/// Behind the end of the program: the sub, and the blocks of the higher-order ops. The
/// program ends with a `Return` then, which keeps a straight line straight.
fn append_subs(ops: &mut Vec<Op>, chunk: &mut Chunk) {
    ops.push(Op::Return);
    chunk.sub_entries = vec![(pools::SUB as u16, ops.len())];
    ops.extend([Op::LoadInt(7), Op::ReturnValue]);
    let blocks: [&[Op]; 4] = [&[Op::Inc], &[], &[Op::Sub], &[Op::ReturnValue]];
    for block in blocks {
        let start = ops.len();
        ops.extend(block);
        chunk.block_ranges.push((start, ops.len()));
        // Control that leaves a block must not fall into the next one.
        ops.push(Op::Nop);
    }
}

/// What `CmdSubst` and its kin hand to the host.
fn sub_chunk() -> Chunk {
    Chunk {
        ops: vec![Op::LoadInt(1)],
        constants: vec![Value::Hash(HashMap::new())],
        lines: vec![0],
        ..Chunk::new()
    }
}
