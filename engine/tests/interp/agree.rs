//! Checked and verified access agree on random programs.
//!
//! Programs are loops around straight-line code of any op whose effect on the stack is
//! known, with forward branches, calls and scopes, so that most of them verify. They run with
//! low limits and little fuel, so that many of them end in the middle of something.

use super::show;
use fusevm::op::{Arity, OpInfo, Operand, Role, Section, TABLE};
use fusevm::{Chunk, ChunkBuilder, Op, VM, Value};

/// Turns of the outer loop: more than verification waits for.
const TURNS: i32 = 400;
/// The slot that counts them; random ops use lower ones.
const COUNTER: u16 = 5;

/// Xorshift, 64 bits (Marsaglia).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Whether random code may contain the op.
fn is_plain(info: &OpInfo) -> bool {
    let roles_are_plain = info.operands.iter().all(|operand| {
        !matches!(
            operand.role,
            Role::Target | Role::Sub | Role::SubChunk | Role::Block
        )
    });
    let excluded = matches!(
        info.name,
        "TimeInt" | "ReadLine" | "Print" | "PrintLn" | "Exec" | "ExecBg" | "Glob" | "GlobRecursive"
    );
    let section_is_plain = !matches!(
        info.section,
        Section::Functions
            | Section::Scope
            | Section::HigherOrder
            | Section::Builtins
            | Section::Extension
            | Section::Awk
    );
    roles_are_plain && section_is_plain && !excluded
}

struct Generator {
    random: Random,
    builder: ChunkBuilder,
    plain: Vec<&'static OpInfo>,
}

impl Generator {
    fn new(seed: u64) -> Generator {
        let mut builder = ChunkBuilder::new();
        for name in ["a", "b", "c", "d"] {
            builder.add_name(name);
        }
        for constant in [
            Value::Int(3),
            Value::Float(0.5),
            Value::str("7"),
            Value::str("text"),
            Value::array(vec![Value::Int(1), Value::str("x")]),
            Value::hash([("k".to_owned(), Value::Int(1))].into()),
        ] {
            builder.add_constant(constant);
        }
        Generator {
            random: Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            builder,
            plain: TABLE.iter().filter(|info| is_plain(info)).collect(),
        }
    }

    fn emit(&mut self, op: Op) -> usize {
        self.builder.emit(op, 1)
    }

    fn operand(&mut self, role: Role, depth: usize) -> Operand {
        Operand::Int(match role {
            Role::Slot | Role::Name => self.random.below(4) as i64,
            Role::Const => self.random.below(6) as i64,
            Role::Count => self.random.below(depth.min(4) + 1) as i64,
            Role::Limit => self.random.below(12) as i64 - 2,
            Role::Arg => self.random.below(30) as i64,
            _ => *self.random.pick(&[0, 1, 2, 5, -3, 40, i64::MAX]),
        })
    }

    /// Emits a random plain op; returns the depth behind it.
    fn plain_op(&mut self, depth: usize) -> usize {
        loop {
            let info = *self.random.pick(&self.plain);
            let operands: Vec<Operand> = info
                .operands
                .iter()
                .map(|operand| match operand.ty {
                    "f64" => Operand::Float(*self.random.pick(&[0.0, -0.0, 1.5, f64::NAN, 1e20])),
                    _ => self.operand(operand.role, depth),
                })
                .collect();
            let op = Op::from_operands(usize::from(info.index), &operands).unwrap();
            let (Arity::Fixed(pops), Arity::Fixed(pushes)) = op.stack_effect() else {
                continue;
            };
            if pops <= depth && depth - pops + pushes <= 8 {
                self.emit(op);
                return depth - pops + pushes;
            }
        }
    }

    /// Emits code that leaves the depth as it is.
    fn segment(&mut self, depth: usize, nesting: usize) {
        let mut now = depth;
        for _ in 0..3 + self.random.below(8) {
            match self.random.below(12) {
                0 if nesting > 0 && now > 0 => now = self.branch(now, nesting),
                1 if nesting > 0 => {
                    self.emit(Op::PushFrame);
                    self.segment(now, nesting - 1);
                    self.emit(Op::PopFrame);
                }
                2 | 3 if nesting > 0 && now < 8 => {
                    let argc = self.random.below(now.min(2) + 1);
                    self.emit(Op::Call(argc as u16, argc as u8));
                    now = now - argc + 1;
                }
                _ => now = self.plain_op(now),
            }
        }
        self.fit(now, depth);
    }

    /// Emits a forward branch around a segment.
    fn branch(&mut self, depth: usize, nesting: usize) -> usize {
        let kind = self.random.below(3);
        let depth = if kind < 2 { depth - 1 } else { depth };
        let at = self.emit(match kind {
            0 => Op::JumpIfTrue(0),
            1 => Op::JumpIfFalse(0),
            _ => Op::JumpIfTrueKeep(0),
        });
        self.segment(depth, nesting - 1);
        let target = self.builder.current_pos();
        self.builder.patch_jump(at, target);
        depth
    }

    /// Emits what makes the depth `wanted`.
    fn fit(&mut self, depth: usize, wanted: usize) {
        for _ in wanted..depth {
            self.emit(Op::Pop);
        }
        for _ in depth..wanted {
            self.emit(Op::LoadInt(2));
        }
    }

    fn program(mut self) -> Chunk {
        let depth = self.random.below(3);
        self.fit(0, depth);
        let start = self.builder.current_pos();
        // Without this, texts and arrays would only grow.
        for slot in 0..4 {
            self.emit(Op::LoadInt(i64::from(slot)));
            self.emit(Op::SetSlot(slot));
            self.emit(Op::LoadConst(4));
            self.emit(Op::SetVar(slot));
        }
        self.segment(depth, 2);
        self.emit(Op::SlotIncLtIntJumpBack(COUNTER, TURNS, start));
        let end = self.emit(Op::Jump(0));
        // Three subs, which take 0, 1 or 2 values and give one.
        for argc in 0..3_u16 {
            let entry = self.builder.current_pos();
            self.builder.add_sub_entry(argc, entry);
            self.segment(usize::from(argc), 0);
            self.emit(Op::LoadInt(i64::from(argc)));
            self.emit(Op::ReturnValue);
        }
        let behind = self.builder.current_pos();
        self.builder.patch_jump(end, behind);
        self.builder.build()
    }
}

/// Everything that a run leaves, as text.
fn outcome(chunk: &Chunk, fuel: Option<u64>, stack: usize, checked: bool) -> (String, i64) {
    let mut vm = VM::new(chunk.clone());
    let mut limits = vm.limits();
    limits.string_size = 300;
    limits.collection_size = 60;
    limits.value_stack = stack;
    vm.set_limits(limits);
    vm.set_fuel(fuel);
    vm.set_checked_dispatch(checked);
    let result = show(vm.run());
    let turns = vm.frames[0]
        .slots
        .get(usize::from(COUNTER))
        .map_or(0, Value::to_int);
    // Hashes print in the order of their iteration, which differs from run to run.
    let print = |values: &[Value]| -> Vec<String> { values.iter().map(stable).collect() };
    let frames: Vec<_> = vm
        .frames
        .iter()
        .map(|frame| (frame.return_ip, frame.stack_base, print(&frame.slots)))
        .collect();
    let text = format!(
        "{} {} {:?} {:?} {:?} {:?}",
        if result.contains("Hash") { "" } else { &result },
        vm.ip,
        vm.fuel(),
        print(&vm.stack),
        print(&vm.globals),
        frames
    );
    (text, turns)
}

/// A value as text, with the entries of hashes in order.
fn stable(value: &Value) -> String {
    match value {
        Value::Array(elements) => format!("{:?}", elements.iter().map(stable).collect::<Vec<_>>()),
        Value::Hash(entries) => {
            let mut entries: Vec<_> = entries.iter().map(|(k, v)| (k, stable(v))).collect();
            entries.sort();
            format!("{entries:?}")
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn random_programs() {
    let (mut verified, mut finished) = (0, 0);
    for seed in 0..600 {
        let mut generator = Generator::new(seed);
        let fuel = match generator.random.below(3) {
            0 => Some(generator.random.below(2000) as u64),
            _ => None,
        };
        let stack = *generator.random.pick(&[1 << 20, 1 << 20, 12, 9]);
        let chunk = generator.program();
        let (expected, turns) = outcome(&chunk, fuel, stack, true);
        let (found, _) = outcome(&chunk, fuel, stack, false);
        assert_eq!(found, expected, "seed {seed}: {:?}", chunk.ops);
        verified += i32::from(chunk.verify().is_ok());
        finished += i32::from(turns >= i64::from(TURNS));
    }
    // If few verified, or few lived until then, nothing was compared.
    assert!(verified > 500 && finished > 150, "{verified} {finished}");
}
