//! Code that an extension makes of calls that are drawn, rightly and wrongly, and what it must
//! compute.

use super::Judge;
use super::draw::Draw;
use crate::campaign::SplitMix;
use fusevm::jit::{
    ExtJitCtx, JitExtension, JitValue, register_global_extension, register_jit_helper,
};
use fusevm::{Chunk, JitCompiler, Op};
use std::sync::{Arc, LazyLock, Once};

/// The first of the ops, far from those of programs, and how many there are.
const FIRST: u16 = 61_000;
const OPS: u16 = 32;
/// Operands that are on the stack, above one more value.
const OPERANDS: usize = 6;
/// Ops that are asked about.
const ASKED: usize = 4;

/// Lets the tiers of this process compile the ops.
pub(super) fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        LazyLock::force(&HELPERS);
        register_global_extension(Arc::new(Drawn));
    });
}

/// What becomes of an op.
pub(super) fn ask(judge: &mut Judge, draw: &mut Draw) {
    let jit = JitCompiler::new();
    for _ in 0..ASKED {
        let (id, arg) = (
            FIRST + draw.below(usize::from(OPS)) as u16,
            draw.below(256) as u8,
        );
        let mut stack = vec![77];
        stack.extend((0..OPERANDS).map(|_| draw.slot().0));
        let mut ops: Vec<Op> = stack.iter().map(|n| Op::LoadInt(*n)).collect();
        ops.push(Op::Extended(id, arg));
        let expected = Model::of(id, arg, &mut stack);
        // Everything but the first value is stored, the top of the stack first.
        let n_slots = if expected { stack.len() - 1 } else { 1 };
        ops.extend((0..n_slots as u16).map(Op::SetSlot));
        let chunk = Chunk {
            ops,
            ..Chunk::default()
        };
        let about = || format!("{:?}, which makes {:?}", chunk.ops, Recipe::of(id, arg).0);
        let mut slots = vec![0; n_slots];
        let found = jit.try_run_block_eager(&chunk, &mut slots);
        judge.says("code of an extension", expected, found.is_some(), &about);
        if expected {
            let values: Vec<i64> = stack[1..].iter().rev().copied().collect();
            judge.same("result", &Some(77), &found, &about);
            judge.same("what an extension computes", &values, &slots, &about);
        }
    }
}

/// One call.
#[derive(Debug, Clone)]
enum Step {
    Const(i64),
    Pop,
    Two(Two, usize, usize),
    /// The divisor is this number, which is positive.
    Quotient(usize, i64),
    Remainder(usize, i64),
    Select(usize, usize, usize),
    Call(Helper, Vec<usize>),
    Push(usize),
    /// The number of no value, as an operand.
    PushNothing,
    /// Says that there is no code after all.
    Refuse,
}

#[derive(Debug, Clone, Copy)]
enum Two {
    Add,
    Sub,
    Mul,
    And,
    Or,
    Xor,
    Eq,
    Ne,
    Less,
    Greater,
}

/// A function that code may call.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Helper {
    Mix,
    Half,
    Unknown,
}

extern "C" fn mix(a: i64, b: i64) -> i64 {
    a.wrapping_mul(31).wrapping_sub(b)
}

extern "C" fn half(a: i64) -> f64 {
    a as f64 / 2.0
}

/// The ids of the functions that code may call.
static HELPERS: LazyLock<[u32; 2]> = LazyLock::new(|| {
    // SAFETY: each is an `extern "C"` function with as many arguments and of that result.
    unsafe {
        [
            register_jit_helper("harness_mix", mix as *const u8, 2, false),
            register_jit_helper("harness_half", half as *const u8, 1, true),
        ]
    }
});

/// What is emitted for an op; it follows from its number and its argument.
#[derive(Debug)]
struct Recipe(Vec<Step>);

impl Recipe {
    fn of(id: u16, arg: u8) -> Recipe {
        const TWO: [Two; 10] = [
            Two::Add,
            Two::Sub,
            Two::Mul,
            Two::And,
            Two::Or,
            Two::Xor,
            Two::Eq,
            Two::Ne,
            Two::Less,
            Two::Greater,
        ];
        let seed = u64::from(id) << 8 | u64::from(arg);
        let mut draw = Draw(SplitMix::new(seed));
        let mut steps = vec![Step::Const(draw.slot().0), Step::Pop];
        for n_steps in 0..2 + draw.below(8) {
            let mut value = || draw.below(12);
            let (a, b, c) = (value(), value(), value());
            steps.push(match draw.below(20) {
                0 | 1 => Step::Const(draw.slot().0),
                2 | 3 if n_steps + 1 < OPERANDS => Step::Pop,
                4 => Step::Quotient(a, 1 + b as i64),
                5 => Step::Remainder(a, 1 + b as i64),
                6..=8 => Step::Select(a, b, c),
                9 => Step::Call(Helper::Mix, vec![a, b]),
                10 => Step::Call(Helper::Half, vec![a]),
                11 | 12 => Step::Push(a),
                13 => match draw.below(16) {
                    0 => Step::PushNothing,
                    1 => Step::Refuse,
                    2 => Step::Call(Helper::Unknown, vec![a]),
                    3 => Step::Call(Helper::Half, vec![a, b]),
                    _ => Step::Push(a),
                },
                _ => Step::Two(draw.pick(&TWO), a, b),
            });
        }
        steps.push(Step::Push(draw.below(12)));
        Recipe(steps)
    }
}

/// What is known of a value: it counts modulo the values that there are.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Known {
    Int(i64),
    Truth(bool),
    Float,
}

use Known::{Float, Int, Truth};

impl Known {
    /// As an integer, if it has one.
    fn int(self) -> Option<i64> {
        match self {
            Int(n) => Some(n),
            Truth(b) => Some(i64::from(b)),
            Float => None,
        }
    }
}

/// What an op does, computed here.
struct Model<'s> {
    stack: &'s mut Vec<i64>,
    values: Vec<Known>,
    pushed: Vec<i64>,
}

impl Model<'_> {
    /// Does to the stack what the op does, unless there is no code for it.
    fn of(id: u16, arg: u8, stack: &mut Vec<i64>) -> bool {
        let mut model = Model {
            stack,
            values: Vec::new(),
            pushed: Vec::new(),
        };
        let recipe = Recipe::of(id, arg);
        if recipe.0.iter().any(|step| model.step(step).is_none()) {
            return false;
        }
        let pushed = model.pushed;
        stack.extend(pushed);
        true
    }

    fn value(&self, number: usize) -> Known {
        self.values[number % self.values.len()]
    }

    /// `None` where the step is one that must not be.
    fn step(&mut self, step: &Step) -> Option<()> {
        let new = match *step {
            Step::Const(n) => Int(n),
            Step::Pop => Int(self.pushed.pop().or_else(|| self.stack.pop())?),
            Step::Two(op, a, b) => two(op, self.value(a), self.value(b))?,
            Step::Quotient(a, by) => Int(self.value(a).int()? / by),
            Step::Remainder(a, by) => Int(self.value(a).int()? % by),
            Step::Select(cond, a, b) => {
                let (a, b) = (self.value(a), self.value(b));
                if std::mem::discriminant(&a) != std::mem::discriminant(&b) {
                    return None;
                }
                if self.value(cond).int()? != 0 { a } else { b }
            }
            Step::Call(helper, ref args) => {
                let args: Vec<Known> = args.iter().map(|arg| self.value(*arg)).collect();
                match (helper, &*args) {
                    (Helper::Mix, [Int(a), Int(b)]) => Int(mix(*a, *b)),
                    (Helper::Half, [Int(_)]) => Float,
                    _ => return None,
                }
            }
            Step::Push(a) => {
                self.pushed.push(self.value(a).int()?);
                return Some(());
            }
            Step::PushNothing | Step::Refuse => return None,
        };
        self.values.push(new);
        Some(())
    }
}

fn two(op: Two, a: Known, b: Known) -> Option<Known> {
    let (x, y) = (a.int()?, b.int()?);
    let bits = |bits: i64| match (a, b) {
        (Truth(_), Truth(_)) => Truth(bits != 0),
        _ => Int(bits),
    };
    Some(match op {
        Two::Add => Int(x.wrapping_add(y)),
        Two::Sub => Int(x.wrapping_sub(y)),
        Two::Mul => Int(x.wrapping_mul(y)),
        Two::And => bits(x & y),
        Two::Or => bits(x | y),
        Two::Xor => bits(x ^ y),
        Two::Eq => Truth(x == y),
        Two::Ne => Truth(x != y),
        Two::Less => Truth(x < y),
        Two::Greater => Truth(x > y),
    })
}

/// The extension that compiles the ops.
struct Drawn;

impl JitExtension for Drawn {
    fn can_jit(&self, ext_id: u16) -> bool {
        (FIRST..FIRST + OPS).contains(&ext_id)
    }

    fn op_count(&self) -> usize {
        usize::from(OPS)
    }

    fn name(&self) -> &str {
        "drawn ops of the harness"
    }

    fn emit_extended(&self, ext_id: u16, arg: u8, cx: &mut ExtJitCtx<'_, '_>) -> bool {
        let mut values: Vec<JitValue> = Vec::new();
        let recipe = Recipe::of(ext_id, arg);
        recipe.0.iter().all(|step| emit(step, cx, &mut values))
    }
}

/// Emits a step; `false` to say that there is no code.
fn emit(step: &Step, cx: &mut ExtJitCtx<'_, '_>, values: &mut Vec<JitValue>) -> bool {
    let value = |number: usize| values[number % values.len()];
    let new = match *step {
        Step::Const(n) => cx.iconst(n),
        Step::Pop => match cx.pop_i64() {
            Some(value) => value,
            None => return false,
        },
        Step::Two(op, a, b) => {
            let (a, b) = (value(a), value(b));
            match op {
                Two::Add => cx.iadd(a, b),
                Two::Sub => cx.isub(a, b),
                Two::Mul => cx.imul(a, b),
                Two::And => cx.band(a, b),
                Two::Or => cx.bor(a, b),
                Two::Xor => cx.bxor(a, b),
                Two::Eq => cx.icmp_eq(a, b),
                Two::Ne => cx.icmp_ne(a, b),
                Two::Less => cx.icmp_slt(a, b),
                Two::Greater => cx.icmp_sgt(a, b),
            }
        }
        Step::Quotient(a, by) => {
            let by = cx.iconst(by);
            cx.sdiv(value(a), by)
        }
        Step::Remainder(a, by) => {
            let by = cx.iconst(by);
            cx.srem(value(a), by)
        }
        Step::Select(cond, a, b) => cx.select(value(cond), value(a), value(b)),
        Step::Call(helper, ref args) => {
            let args: Vec<JitValue> = args.iter().map(|arg| value(*arg)).collect();
            let id = match helper {
                Helper::Mix => HELPERS[0],
                Helper::Half => HELPERS[1],
                Helper::Unknown => 1,
            };
            match cx.call_host(id, &args) {
                Some(result) => result,
                // An unknown function is no misuse: what to do without it is up to the caller.
                None => return helper != Helper::Unknown,
            }
        }
        Step::Push(a) => {
            cx.push_i64(value(a));
            return true;
        }
        Step::PushNothing => {
            cx.push_i64(JitValue::from_u32(1 << 20));
            return true;
        }
        Step::Refuse => return false,
    };
    values.push(new);
    true
}
