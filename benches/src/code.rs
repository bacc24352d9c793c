//! [`Code`]: building a program the way a small frontend does.

use crate::workload::Program;
use fusevm::{ChunkBuilder, Op, Value};

/// A program under construction: ops, and the inputs that its slots and globals start with.
#[derive(Default)]
pub struct Code {
    builder: ChunkBuilder,
    slots: Vec<Value>,
    globals: Vec<Value>,
}

/// An op whose jump target is not known yet.
#[must_use]
pub struct Forward(usize);

impl Code {
    /// Nothing yet.
    pub fn new() -> Code {
        Code::default()
    }

    /// A new slot of the root frame that holds `value` when the run starts.
    pub fn input(&mut self, value: Value) -> u16 {
        self.slots.push(value);
        index(self.slots.len() - 1)
    }

    /// A new slot that the program itself sets to the integer `n` here.
    pub fn int(&mut self, n: i64) -> u16 {
        let slot = self.input(Value::Int(n));
        self.ops(&[Op::LoadInt(n), Op::SetSlot(slot)]);
        slot
    }

    /// A new slot that the program itself sets to the float `x` here.
    pub fn float(&mut self, x: f64) -> u16 {
        let slot = self.input(Value::Float(x));
        self.ops(&[Op::LoadFloat(x), Op::SetSlot(slot)]);
        slot
    }

    /// A new global that starts with `value`.
    pub fn global(&mut self, name: &str, value: Value) -> u16 {
        self.globals.push(value);
        self.builder.add_name(name)
    }

    /// A new constant.
    pub fn constant(&mut self, value: Value) -> u16 {
        self.builder.add_constant(value)
    }

    /// A name that is no global: that of a sub.
    pub fn name(&mut self, name: &str) -> u16 {
        self.globals.push(Value::Undef);
        self.builder.add_name(name)
    }

    /// The index of the next op.
    pub fn here(&self) -> usize {
        self.builder.current_pos()
    }

    /// Appends ops.
    pub fn ops(&mut self, ops: &[Op]) -> &mut Code {
        for op in ops {
            self.builder.emit(*op, 1);
        }
        self
    }

    /// Appends a jump whose target comes later; the operand of `op` does not matter.
    pub fn forward(&mut self, op: Op) -> Forward {
        Forward(self.builder.emit(op, 1))
    }

    /// Lets a jump land on the next op.
    pub fn land(&mut self, jump: Forward) -> &mut Code {
        let here = self.here();
        self.builder.patch_jump(jump.0, here);
        self
    }

    /// `while i < n { body; i += 1 }`: tested at the top, closed by an unconditional `Jump`.
    pub fn while_less(&mut self, i: u16, n: u16, body: impl FnOnce(&mut Code)) {
        let top = self.here();
        self.ops(&[Op::GetSlot(i), Op::GetSlot(n), Op::NumLt]);
        let done = self.forward(Op::JumpIfFalse(0));
        body(self);
        self.ops(&[Op::GetSlot(i), Op::LoadInt(1), Op::Add, Op::SetSlot(i)]);
        self.ops(&[Op::Jump(top)]).land(done);
    }

    /// `do { body; i += 1 } while i < n`: tested at the bottom.
    pub fn do_while_less(&mut self, i: u16, n: u16, body: impl FnOnce(&mut Code)) {
        let top = self.here();
        body(self);
        self.ops(&[Op::PreIncSlot(i), Op::GetSlot(n), Op::NumLt]);
        self.ops(&[Op::JumpIfTrue(top)]);
    }

    /// A sub in the middle of the code: jumped over, and entered only by calls of `name`.
    pub fn sub(&mut self, name: u16, body: impl FnOnce(&mut Code)) {
        let over = self.forward(Op::Jump(0));
        let entry = self.here();
        self.builder.add_sub_entry(name, entry);
        body(self);
        self.land(over);
    }

    /// The program whose answer is what a slot holds at the end.
    pub fn result(mut self, slot: u16) -> Program {
        self.ops(&[Op::GetSlot(slot)]);
        self.finish()
    }

    /// The program; its answer is what the last ops left on the stack.
    pub fn finish(self) -> Program {
        Program {
            chunk: self.builder.build(),
            slots: self.slots,
            globals: self.globals,
        }
    }
}

fn index(n: usize) -> u16 {
    u16::try_from(n).expect("a workload has few slots")
}
