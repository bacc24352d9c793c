//! Loops with a branch in them that both ways are taken.

use super::int_loops::{int, result};
use crate::code::Code;
use crate::twins;
use crate::workload::{Program, Workload};
use fusevm::{Op, Value};

/// The branch goes one way, then the other: easy for a branch predictor, and a side exit in
/// every second iteration for a trace without a side trace.
pub fn alternating() -> Workload {
    fn program(n: i64) -> Program {
        let mut code = Code::new();
        let (sum, i, n) = (int(&mut code, 0), int(&mut code, 0), int(&mut code, n));
        code.while_less(i, n, |code| {
            code.ops(&[Op::GetSlot(i), Op::LoadInt(1), Op::BitAnd]);
            let odd = code.forward(Op::JumpIfTrue(0));
            code.ops(&[Op::GetSlot(sum), Op::GetSlot(i), Op::Add, Op::SetSlot(sum)]);
            let joined = code.forward(Op::Jump(0));
            code.land(odd);
            code.ops(&[Op::GetSlot(sum), Op::GetSlot(i), Op::Sub, Op::SetSlot(sum)]);
            code.land(joined);
        });
        result(code, sum)
    }
    Workload::new("branches/alternating", program, |n| {
        Value::Int(twins::alternating_scalar(n))
    })
    .native(|n| Box::new(move || Value::Int(twins::alternating_scalar(n))))
}

/// The branch depends on data that nobody can predict.
pub fn random() -> Workload {
    fn program(n: i64) -> Program {
        let mut code = Code::new();
        let (count, i, n) = (int(&mut code, 0), int(&mut code, 0), int(&mut code, n));
        let state = int(&mut code, 1);
        let (factor, summand) = (
            int(&mut code, twins::LCG_FACTOR),
            int(&mut code, twins::LCG_SUMMAND),
        );
        code.while_less(i, n, |code| {
            code.ops(&[Op::GetSlot(state), Op::GetSlot(factor), Op::Mul]);
            code.ops(&[Op::GetSlot(summand), Op::Add, Op::Dup, Op::SetSlot(state)]);
            code.ops(&[Op::LoadInt(33), Op::Shr, Op::LoadInt(1), Op::BitAnd]);
            let odd = code.forward(Op::JumpIfTrue(0));
            code.ops(&[Op::GetSlot(count), Op::LoadInt(3), Op::Add]);
            let joined = code.forward(Op::Jump(0));
            code.land(odd);
            code.ops(&[Op::GetSlot(count), Op::LoadInt(1), Op::Sub]);
            code.land(joined).ops(&[Op::SetSlot(count)]);
        });
        result(code, count)
    }
    Workload::new("branches/random", program, |n| {
        Value::Int(twins::random_branch_scalar(n))
    })
    .native(|n| Box::new(move || Value::Int(twins::random_branch_scalar(n))))
}
