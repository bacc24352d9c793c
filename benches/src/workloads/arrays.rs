//! Arrays, in globals and in slots.

use crate::code::Code;
use crate::twins;
use crate::workload::{Program, Workload};
use fusevm::{Op, Value};
use std::hint::black_box;

/// The sum of an array that is a global.
pub fn sum_global() -> Workload {
    fn program(n: i64) -> Program {
        let mut code = Code::new();
        let array = code.global("array", Value::array(elements(n).map(Value::Int).collect()));
        let (sum, i, n) = (code.int(0), code.int(0), code.input(Value::Int(n)));
        code.while_less(i, n, |code| {
            code.ops(&[Op::GetSlot(sum), Op::GetSlot(i), Op::ArrayGet(array)]);
            code.ops(&[Op::Add, Op::SetSlot(sum)]);
        });
        code.result(sum)
    }
    Workload::new("arrays/sum_global", program, sum)
        .sizes(100_000, 500)
        .native(native_sum)
}

/// The sum of an array that is a slot.
pub fn sum_slot() -> Workload {
    fn program(n: i64) -> Program {
        let mut code = Code::new();
        let array = code.input(Value::array(elements(n).map(Value::Int).collect()));
        let (sum, i, n) = (code.int(0), code.int(0), code.input(Value::Int(n)));
        code.while_less(i, n, |code| {
            code.ops(&[Op::GetSlot(sum), Op::GetSlot(i), Op::SlotArrayGet(array)]);
            code.ops(&[Op::Add, Op::SetSlot(sum)]);
        });
        code.result(sum)
    }
    Workload::new("arrays/sum_slot", program, sum)
        .sizes(100_000, 500)
        .native(native_sum)
}

/// Eratosthenes' sieve: reads, writes and branches.
pub fn sieve() -> Workload {
    fn program(n: i64) -> Program {
        let mut code = Code::new();
        let array = code.input(Value::array(vec![Value::Int(0); n as usize]));
        let (primes, i, j) = (code.int(0), code.int(2), code.int(0));
        let n = code.input(Value::Int(n));
        code.while_less(i, n, |code| {
            code.ops(&[Op::GetSlot(i), Op::SlotArrayGet(array)]);
            let composite = code.forward(Op::JumpIfTrue(0));
            code.ops(&[Op::PreIncSlotVoid(primes)]);
            code.ops(&[Op::GetSlot(i), Op::GetSlot(i), Op::Add, Op::SetSlot(j)]);
            let top = code.here();
            code.ops(&[Op::GetSlot(j), Op::GetSlot(n), Op::NumLt]);
            let done = code.forward(Op::JumpIfFalse(0));
            code.ops(&[Op::LoadInt(1), Op::GetSlot(j), Op::SlotArraySet(array)]);
            code.ops(&[Op::GetSlot(j), Op::GetSlot(i), Op::Add, Op::SetSlot(j)]);
            code.ops(&[Op::Jump(top)]).land(done).land(composite);
        });
        code.result(primes)
    }
    Workload::new("arrays/sieve", program, |n| {
        Value::Int(twins::sieve_scalar(&mut vec![0; n as usize]))
    })
    .sizes(50_000, 500)
    .native(|n| {
        let mut sieve = vec![0; n as usize];
        Box::new(move || Value::Int(twins::sieve_scalar(&mut sieve)))
    })
}

fn elements(n: i64) -> impl Iterator<Item = i64> {
    (0..n).map(|k| k * 37 % 101)
}

fn sum(n: i64) -> Value {
    Value::Int(elements(n).sum())
}

fn native_sum(n: i64) -> crate::workload::Native {
    let elements: Vec<i64> = elements(n).collect();
    Box::new(move || Value::Int(twins::array_sum_scalar(black_box(&elements))))
}
