//! Loops with a branch in them that both ways are taken.

use crate::code::Code;
use crate::twins;
use crate::workload::{Program, Workload};
use fusevm::{Op, Value};

/// The branch goes one way, then the other: easy for a branch predictor, and a side exit in
/// every second iteration for a trace without a side trace.
pub fn alternating() -> Workload {
    fn program(n: i64) -> Program {
        let mut code = Code::new();
        let (sum, i, n) = (code.int(0), code.int(0), code.input(Value::Int(n)));
        code.while_less(i, n, |code| {
            code.ops(&[Op::GetSlot(i), Op::LoadInt(1), Op::BitAnd]);
            let odd = code.forward(Op::JumpIfTrue(0));
            code.ops(&[Op::GetSlot(sum), Op::GetSlot(i), Op::Add, Op::SetSlot(sum)]);
            let joined = code.forward(Op::Jump(0));
            code.land(odd);
            code.ops(&[Op::GetSlot(sum), Op::GetSlot(i), Op::Sub, Op::SetSlot(sum)]);
            code.land(joined);
        });
        code.result(sum)
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
        let (count, i, n) = (code.int(0), code.int(0), code.input(Value::Int(n)));
        let state = code.int(1);
        let (factor, summand) = (
            code.input(Value::Int(twins::LCG_FACTOR)),
            code.input(Value::Int(twins::LCG_SUMMAND)),
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
        code.result(count)
    }
    Workload::new("branches/random", program, |n| {
        Value::Int(twins::random_branch_scalar(n))
    })
    .native(|n| Box::new(move || Value::Int(twins::random_branch_scalar(n))))
}
