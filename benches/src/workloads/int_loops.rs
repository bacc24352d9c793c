//! Integer loops, in the shapes that frontends emit.

use crate::code::Code;
use crate::twins;
use crate::workload::{Program, Workload};
use fusevm::{Op, Value};

/// `sum(0..n)`, tested at the top and closed by `Jump`: how a naive compiler writes `while`.
pub fn sum_top_tested() -> Workload {
    fn program(n: i64) -> Program {
        let mut code = Code::new();
        let (sum, i, n) = (code.int(0), code.int(0), code.input(Value::Int(n)));
        code.while_less(i, n, |code| add_to(code, sum, i));
        code.result(sum)
    }
    Workload::new("int_loops/sum_top_tested", program, sum).native(native_sum)
}

/// `sum(0..n)`, tested at the bottom: how an optimising compiler writes `while`.
pub fn sum_bottom_tested() -> Workload {
    fn program(n: i64) -> Program {
        let mut code = Code::new();
        let (sum, i, n) = (code.int(0), code.int(0), code.input(Value::Int(n)));
        code.do_while_less(i, n, |code| add_to(code, sum, i));
        code.result(sum)
    }
    Workload::new("int_loops/sum_bottom_tested", program, sum).native(native_sum)
}

/// `sum(0..n)` in two superinstructions; the limit is an operand, as these ops want it.
pub fn sum_fused() -> Workload {
    fn program(n: i64) -> Program {
        let limit = i32::try_from(n).expect("the limit of a fused loop is an i32");
        let mut code = Code::new();
        let (sum, i) = (code.int(0), code.int(0));
        let top = code.here();
        code.ops(&[
            Op::AddAssignSlotVoid(sum, i),
            Op::SlotIncLtIntJumpBack(i, limit, top),
        ]);
        code.result(sum)
    }
    Workload::new("int_loops/sum_fused", program, sum).native(native_sum)
}

/// A loop in a loop: adds `i ^ j`.
pub fn nested() -> Workload {
    fn program(n: i64) -> Program {
        let mut code = Code::new();
        let (sum, i, j) = (code.int(0), code.int(0), code.int(0));
        let n = code.input(Value::Int(n));
        code.while_less(i, n, |code| {
            code.ops(&[Op::LoadInt(0), Op::SetSlot(j)]);
            code.while_less(j, n, |code| {
                code.ops(&[Op::GetSlot(sum), Op::GetSlot(i), Op::GetSlot(j)]);
                code.ops(&[Op::BitXor, Op::Add, Op::SetSlot(sum)]);
            });
        });
        code.result(sum)
    }
    Workload::new("int_loops/nested", program, |n| {
        Value::Int(twins::nested_scalar(n))
    })
    .sizes(1000, 30)
    .iterations(|n| n * n)
    .native(|n| Box::new(move || Value::Int(twins::nested_scalar(n))))
}

/// Fibonacci numbers by addition, modulo 2^64: two values that change places.
pub fn fib_iterative() -> Workload {
    fn program(n: i64) -> Program {
        let mut code = Code::new();
        let (a, b, i) = (code.int(0), code.int(1), code.int(0));
        let n = code.input(Value::Int(n));
        code.while_less(i, n, |code| {
            code.ops(&[Op::GetSlot(b), Op::GetSlot(a), Op::GetSlot(b), Op::Add]);
            code.ops(&[Op::SetSlot(b), Op::SetSlot(a)]);
        });
        code.result(a)
    }
    Workload::new("int_loops/fib_iterative", program, |n| {
        Value::Int(twins::fib_iterative_scalar(n))
    })
    .native(|n| Box::new(move || Value::Int(twins::fib_iterative_scalar(n))))
}

/// `sum += i`.
fn add_to(code: &mut Code, sum: u16, i: u16) {
    code.ops(&[Op::GetSlot(sum), Op::GetSlot(i), Op::Add, Op::SetSlot(sum)]);
}

fn sum(n: i64) -> Value {
    Value::Int(n * (n - 1) / 2)
}

fn native_sum(n: i64) -> crate::workload::Native {
    Box::new(move || Value::Int(twins::sum_scalar(n)))
}
