//! Literals in the constant pool, and constants as literals.

use super::{Draw, Rewritten, Transformation};
use crate::case::Case;
use crate::scripted;
use fusevm::op::{Operand, Role};
use fusevm::{Chunk, Op, Value};

/// Literals and constants trade places; the constants that were there stay.
pub const LITERALS: Transformation = Transformation {
    name: "literals",
    about: "literals moved to the constant pool, and constants out of it",
    apply,
};

fn apply(case: &Case, draw: &mut Draw) -> Result<Rewritten, &'static str> {
    if names_missing_constants(&case.chunk) {
        return Err("a constant that is missing would be there");
    }
    if scripted::exchanges_program(case) {
        return Err("a handler exchanges literals and leaves constants");
    }
    let mut chunk = case.chunk.clone();
    let mut n_moved = 0;
    for ip in 0..chunk.ops.len() {
        if draw.take()
            && let Some(moved) = other_form(chunk.ops[ip], &mut chunk.constants)
        {
            chunk.ops[ip] = moved;
            n_moved += 1;
        }
    }
    if n_moved == 0 {
        return Err("no literal was moved");
    }
    chunk.op_hash = chunk.compute_op_hash();
    Ok(Rewritten::in_place(Case {
        chunk,
        ..case.clone()
    }))
}

fn names_missing_constants(chunk: &Chunk) -> bool {
    let is_missing = |op: &Op| {
        let operands = op.operands();
        let mut named = op.info().operands.iter().zip(&operands);
        named.any(|(info, operand)| {
            let n_constants = chunk.constants.len() as i64;
            info.role == Role::Const
                && matches!(operand, Operand::Int(index) if *index >= n_constants)
        })
    };
    chunk.ops.iter().any(is_missing)
}

/// The op that loads the same value from the other place.
fn other_form(op: Op, constants: &mut Vec<Value>) -> Option<Op> {
    let literal = match op {
        Op::LoadInt(n) => Value::Int(n),
        Op::LoadFloat(x) => Value::Float(x),
        Op::LoadTrue => Value::Bool(true),
        Op::LoadFalse => Value::Bool(false),
        Op::LoadUndef => Value::Undef,
        Op::LoadConst(index) => {
            return Some(match constants.get(usize::from(index))? {
                Value::Int(n) => Op::LoadInt(*n),
                Value::Float(x) => Op::LoadFloat(*x),
                Value::Bool(true) => Op::LoadTrue,
                Value::Bool(false) => Op::LoadFalse,
                Value::Undef => Op::LoadUndef,
                _ => return None,
            });
        }
        _ => return None,
    };
    let index = u16::try_from(constants.len()).ok()?;
    constants.push(literal);
    Some(Op::LoadConst(index))
}
