//! Strings.

use crate::code::Code;
use crate::twins;
use crate::workload::{Program, Workload};
use fusevm::{Op, Value};

/// `text = text . piece`, again and again: linear only if the append happens in place.
pub fn append() -> Workload {
    const PIECE: &str = "fuse, ";
    fn program(n: i64) -> Program {
        let mut code = Code::new();
        let (i, n) = (code.int(0), code.input(Value::Int(n)));
        let text = code.input(Value::str(""));
        let piece = code.constant(Value::str(PIECE));
        code.while_less(i, n, |code| {
            code.ops(&[Op::GetSlot(text), Op::LoadConst(piece), Op::Concat]);
            code.ops(&[Op::SetSlot(text)]);
        });
        code.result(text)
    }
    Workload::new("strings/append", program, |n| {
        Value::str(PIECE.repeat(n as usize))
    })
    .sizes(10_000, 200)
    .native(|n| Box::new(move || twins::append(n, PIECE)))
}
