//! Straight-line code: the only shape that the linear tier takes.

use crate::code::Code;
use crate::twins;
use crate::workload::{Program, Workload};
use fusevm::{Op, Value};
use std::hint::black_box;

/// A polynomial of degree `n - 1` by Horner's rule, unrolled; an iteration is a term.
pub fn horner() -> Workload {
    const X: i64 = 3;
    fn coefficient(k: i64) -> i64 {
        k * 7 % 11 + 1
    }
    fn program(n: i64) -> Program {
        let mut code = Code::new();
        let x = code.input(Value::Int(X));
        code.ops(&[Op::LoadInt(0)]);
        for k in 0..n {
            code.ops(&[
                Op::GetSlot(x),
                Op::Mul,
                Op::LoadInt(coefficient(k)),
                Op::Add,
            ]);
        }
        code.finish()
    }
    fn value(n: i64) -> Value {
        Value::Int(twins::horner_scalar(X, (0..n).map(coefficient)))
    }
    Workload::new("straight/horner", program, value)
        .sizes(200, 20)
        .straight()
        .native(|n| {
            let coefficients: Vec<i64> = (0..n).map(coefficient).collect();
            Box::new(move || {
                let coefficients = coefficients.iter().copied();
                Value::Int(twins::horner_scalar(black_box(X), coefficients))
            })
        })
}
