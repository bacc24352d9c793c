//! Calls of subs, with arguments on the value stack.

use crate::code::Code;
use crate::twins;
use crate::workload::{Program, Workload};
use fusevm::{Op, Value};

/// Fibonacci numbers by their definition; an iteration is a call.
pub fn fib_recursive() -> Workload {
    fn program(n: i64) -> Program {
        let mut code = Code::new();
        let fib = code.name("fib");
        let start = code.input(Value::Int(n));
        code.sub(fib, |code| {
            let n = 0;
            code.ops(&[Op::SetSlot(n), Op::GetSlot(n), Op::LoadInt(2), Op::NumLt]);
            let recurse = code.forward(Op::JumpIfFalse(0));
            code.ops(&[Op::GetSlot(n), Op::ReturnValue]).land(recurse);
            code.ops(&[Op::GetSlot(n), Op::LoadInt(1), Op::Sub, Op::Call(fib, 1)]);
            code.ops(&[Op::GetSlot(n), Op::LoadInt(2), Op::Sub, Op::Call(fib, 1)]);
            code.ops(&[Op::Add, Op::ReturnValue]);
        });
        code.ops(&[Op::GetSlot(start), Op::Call(fib, 1)]);
        code.finish()
    }
    Workload::new("calls/fib_recursive", program, |n| {
        Value::Int(twins::fib_iterative_scalar(n))
    })
    .sizes(22, 12)
    .iterations(twins::fib_calls)
    .native(|n| Box::new(move || Value::Int(twins::fib_recursive_scalar(n))))
}

/// A loop that calls a small sub with two arguments.
pub fn leaf() -> Workload {
    fn program(n: i64) -> Program {
        let mut code = Code::new();
        let step = code.name("step");
        let (x, i, n) = (code.int(1), code.int(0), code.input(Value::Int(n)));
        code.sub(step, |code| {
            code.ops(&[Op::Swap, Op::LoadInt(31), Op::Mul]);
            code.ops(&[Op::BitXor, Op::ReturnValue]);
        });
        code.while_less(i, n, |code| {
            code.ops(&[Op::GetSlot(x), Op::GetSlot(i), Op::Call(step, 2)]);
            code.ops(&[Op::SetSlot(x)]);
        });
        code.result(x)
    }
    Workload::new("calls/leaf", program, |n| {
        Value::Int(twins::leaf_call_scalar(n))
    })
    .native(|n| Box::new(move || Value::Int(twins::leaf_call_scalar(n))))
}
