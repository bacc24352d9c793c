//! `Extended` ops that are compiled: what a frontend does whose ops are worth it.
//!
//! The same ops twice, as a handler and as code. Neither logs anything: code calls no handler.

use fusevm::jit::{ExtJitCtx, JitExtension, register_global_extension};
use fusevm::{Chunk, Op, VM, Value};
use std::cell::Cell;
use std::sync::{Arc, Once};

thread_local! {
    static EMISSIONS: Cell<u64> = const { Cell::new(0) };
}

/// The number of the first of these ops, far from those that nobody compiles.
pub const FIRST: u16 = 60_000;

/// What each of these ops does, by its number from [`FIRST`]; `n` is its argument, `b` the
/// top of the stack and `a` what lies below it, as integers.
pub const COMPILED: [&str; 10] = [
    "pushes a - b * n",
    "pushes (a + b) & n",
    "pushes the lesser of a and b",
    "pushes the remainder of b by n + 1",
    "pushes n",
    "pushes whether b equals n, and b ^ n",
    "pushes a | b, or 0 where they are the same",
    "pushes the quotient of b by n + 1",
    "pushes whether a is greater than b",
    "pushes b + n; what emits it gives up half-way",
];

/// Operands that an op takes.
pub fn n_operands(op: u16) -> usize {
    match op {
        0..=2 | 6 | 8 => 2,
        3 | 5 | 7 | 9 => 1,
        _ => 0,
    }
}

/// Values that an op leaves.
pub fn n_results(op: u16) -> usize {
    if op == 5 { 2 } else { 1 }
}

/// Which of the ops this number stands for.
pub fn op_of(id: u16) -> Option<u16> {
    id.checked_sub(FIRST)
        .filter(|op| usize::from(*op) < COMPILED.len())
}

/// Whether a chunk contains such an op.
pub fn is_in(chunk: &Chunk) -> bool {
    let compiled = |op: &Op| matches!(op, Op::Extended(id, _) if op_of(*id).is_some());
    chunk.ops.iter().any(compiled) || chunk.sub_chunks.iter().any(is_in)
}

/// What an op does, for those who do not run code.
pub(super) fn run(vm: &mut VM, op: u16, arg: u8) {
    let n = i64::from(arg);
    let mut operand = |wanted: bool| if wanted { vm.pop().to_int() } else { 0 };
    let (takes, b) = (n_operands(op), operand(n_operands(op) > 0));
    let a = operand(takes > 1);
    let results: &[i64] = match op {
        0 => &[a.wrapping_sub(b.wrapping_mul(n))],
        1 => &[a.wrapping_add(b) & n],
        2 => &[a.min(b)],
        3 => &[b % (n + 1)],
        4 => &[n],
        5 => &[i64::from(b == n), b ^ n],
        6 if a == b => &[0],
        6 => &[a | b],
        7 => &[b / (n + 1)],
        8 => &[i64::from(a > b)],
        _ => &[b.wrapping_add(n)],
    };
    for result in results {
        vm.push(Value::Int(*result));
    }
}

/// The ops as code.
struct Compiled;

impl JitExtension for Compiled {
    fn can_jit(&self, ext_id: u16) -> bool {
        op_of(ext_id).is_some()
    }

    fn op_count(&self) -> usize {
        COMPILED.len()
    }

    fn name(&self) -> &str {
        "ops of the harness"
    }

    fn emit_extended(&self, ext_id: u16, arg: u8, cx: &mut ExtJitCtx<'_, '_>) -> bool {
        EMISSIONS.set(EMISSIONS.get() + 1);
        op_of(ext_id).is_some_and(|op| emit(op, arg, cx).is_some())
    }
}

fn emit(op: u16, arg: u8, cx: &mut ExtJitCtx<'_, '_>) -> Option<()> {
    let takes = n_operands(op);
    let n = cx.iconst(i64::from(arg));
    if takes == 0 {
        cx.push_i64(n);
        return Some(());
    }
    let b = cx.pop_i64()?;
    let result = match op {
        0 => {
            let a = cx.pop_i64()?;
            let product = cx.imul(b, n);
            cx.isub(a, product)
        }
        1 => {
            let a = cx.pop_i64()?;
            let sum = cx.iadd(a, b);
            cx.band(sum, n)
        }
        2 => {
            let a = cx.pop_i64()?;
            let less = cx.icmp_slt(a, b);
            cx.select(less, a, b)
        }
        3 => {
            let divisor = cx.iconst(i64::from(arg) + 1);
            cx.srem(b, divisor)
        }
        5 => {
            let same = cx.icmp_eq(b, n);
            cx.push_i64(same);
            cx.bxor(b, n)
        }
        6 => {
            let a = cx.pop_i64()?;
            let (differ, zero) = (cx.icmp_ne(a, b), cx.iconst(0));
            let either = cx.bor(a, b);
            cx.select(differ, either, zero)
        }
        7 => {
            let divisor = cx.iconst(i64::from(arg) + 1);
            cx.sdiv(b, divisor)
        }
        8 => {
            let a = cx.pop_i64()?;
            cx.icmp_sgt(a, b)
        }
        _ => {
            let sum = cx.iadd(b, n);
            cx.push_i64(sum);
            return None;
        }
    };
    cx.push_i64(result);
    Some(())
}

/// How often this thread has been asked to emit one of the ops.
pub(crate) fn emissions() -> u64 {
    EMISSIONS.get()
}

/// Lets the tiers of this process compile the ops.
pub(crate) fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| register_global_extension(Arc::new(Compiled)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Case;
    use crate::oracles::agreement::{self, Verdict};
    use crate::subjects::{Block, Interp};

    /// The op that cannot be emitted.
    const REFUSED: u16 = 9;

    /// Every op, with operands of all kinds that become integers, as handler and as code.
    #[test]
    fn code_does_what_the_handler_does() {
        let operands = [
            Op::LoadInt(i64::MIN),
            Op::LoadInt(7),
            Op::LoadFloat(-2.5),
            Op::LoadTrue,
            Op::LoadUndef,
        ];
        for op in 0..COMPILED.len() as u16 {
            for (a, b) in operands.iter().flat_map(|a| operands.map(|b| (*a, b))) {
                let mut case = Case::default();
                case.chunk.ops = [
                    a,
                    b,
                    Op::LoadInt(1),
                    Op::Rot,
                    Op::Rot,
                    Op::Extended(FIRST + op, 7),
                ]
                .into();
                let checked = agreement::check(&case, &[&Interp, &Block]);
                let verdict = &checked.verdicts[0].1;
                let is_right = match op != REFUSED {
                    true => matches!(verdict, Verdict::Agreed(_)),
                    false => matches!(verdict, Verdict::Declined(_)),
                };
                assert!(
                    is_right,
                    "{}: {a:?} {b:?}: {verdict:?}",
                    COMPILED[usize::from(op)]
                );
                let left = checked.reference.expect("an outcome").outcome.stack.len();
                // The top of the stack is the result.
                assert_eq!(left + 1 + n_operands(op), 3 + n_results(op));
            }
        }
    }
}
