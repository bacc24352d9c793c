//! Chunks that are over before anything can warm up; an iteration is a VM.

use crate::code::Code;
use crate::workload::{Program, Timed, Workload};
use fusevm::{Op, Value};

/// A new VM for a chunk of three ops.
pub fn fresh() -> Workload {
    three_ops("cold_start/fresh").timed(Timed::FreshVms)
}

/// A VM from the pool for a chunk of three ops.
pub fn pooled() -> Workload {
    three_ops("cold_start/pooled").timed(Timed::PooledVms)
}

fn three_ops(name: &'static str) -> Workload {
    fn program(_: i64) -> Program {
        let mut code = Code::new();
        code.ops(&[Op::LoadInt(40), Op::LoadInt(2), Op::Add]);
        code.finish()
    }
    Workload::new(name, program, |_| Value::Int(42))
        .sizes(1000, 3)
        .straight()
}
