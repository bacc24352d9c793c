//! Float loops.

use crate::code::Code;
use crate::twins;
use crate::workload::{Program, Workload};
use fusevm::{Op, Value};

/// Leibniz' series: a division in every iteration, its latency hidden by the others.
pub fn leibniz() -> Workload {
    fn program(n: i64) -> Program {
        let mut code = Code::new();
        let (i, n) = (code.int(0), code.input(Value::Int(n)));
        let sum = code.float(0.0);
        let sign = code.float(1.0);
        let denominator = code.float(1.0);
        code.while_less(i, n, |code| {
            code.ops(&[
                Op::GetSlot(sum),
                Op::GetSlot(sign),
                Op::GetSlot(denominator),
            ]);
            code.ops(&[Op::Div, Op::Add, Op::SetSlot(sum)]);
            code.ops(&[Op::GetSlot(sign), Op::Negate, Op::SetSlot(sign)]);
            code.ops(&[Op::GetSlot(denominator), Op::LoadFloat(2.0), Op::Add]);
            code.ops(&[Op::SetSlot(denominator)]);
        });
        code.result(sum)
    }
    Workload::new("float_loops/leibniz", program, |n| {
        Value::Float(twins::leibniz_scalar(n))
    })
    .native(|n| Box::new(move || Value::Float(twins::leibniz_scalar(n))))
}

/// The logistic map: every iteration waits for the one before it.
pub fn logistic() -> Workload {
    const RATE: f64 = 3.7;
    fn program(n: i64) -> Program {
        let mut code = Code::new();
        let (i, n) = (code.int(0), code.input(Value::Int(n)));
        let x = code.float(0.5);
        let rate = code.input(Value::Float(RATE));
        code.do_while_less(i, n, |code| {
            code.ops(&[Op::GetSlot(rate), Op::GetSlot(x), Op::Mul]);
            code.ops(&[Op::LoadFloat(1.0), Op::GetSlot(x), Op::Sub, Op::Mul]);
            code.ops(&[Op::SetSlot(x)]);
        });
        code.result(x)
    }
    Workload::new("float_loops/logistic", program, |n| {
        Value::Float(twins::logistic_scalar(n, RATE))
    })
    .native(|n| Box::new(move || Value::Float(twins::logistic_scalar(n, RATE))))
}
