//! The forms that a chunk can be written in: read back, it is the same chunk.

use super::{Draw, Rewritten, Transformation};
use crate::case::Case;
use crate::outcome::{Difference, Field};
use crate::values;
use fusevm::op::Operand;
use fusevm::{Chunk, Op, Value, asm};

/// Written as JSON and read back.
pub const JSON: Transformation = Transformation {
    name: "json",
    about: "the chunk written as JSON and read back",
    apply: through_json,
};

/// Written in binary form and read back.
pub const BINCODE: Transformation = Transformation {
    name: "bincode",
    about: "the chunk written in binary form (bincode) and read back",
    apply: through_bincode,
};

/// Disassembled and assembled.
pub const TEXT: Transformation = Transformation {
    name: "text",
    about: "the chunk disassembled and assembled: the same ops, and the same `op_hash`",
    apply: through_text,
};

fn through_json(case: &Case, _: &mut Draw) -> Result<Rewritten, &'static str> {
    if has_numbers_without_json(&case.chunk) {
        return Err("JSON has no infinities and no NaN");
    }
    let read = serde_json::to_vec(&case.chunk)
        .and_then(|bytes| serde_json::from_slice(&bytes))
        .map_err(|error| error.to_string());
    Ok(read_back(case, "JSON", read))
}

fn through_bincode(case: &Case, _: &mut Draw) -> Result<Rewritten, &'static str> {
    let read = bincode::serialize(&case.chunk)
        .and_then(|bytes| bincode::deserialize(&bytes))
        .map_err(|error| error.to_string());
    Ok(read_back(case, "bincode", read))
}

fn through_text(case: &Case, _: &mut Draw) -> Result<Rewritten, &'static str> {
    let read = asm::assemble(&asm::disassemble(&case.chunk)).map_err(|error| error.to_string());
    let mut rewritten = read_back(case, "text", read);
    let (written, read) = (case.chunk.compute_op_hash(), rewritten.case.chunk.op_hash);
    if rewritten.flaw.is_none() && written != read {
        let flaw = Difference::new(Field::Form, "text, the stored hash", written, read);
        rewritten.flaw = Some(flaw);
    }
    Ok(rewritten)
}

/// The case with the chunk that was read, and how that one differs.
fn read_back(case: &Case, form: &str, read: Result<Chunk, String>) -> Rewritten {
    let (chunk, flaw) = match read {
        Ok(chunk) => {
            let flaw = first_difference(&case.chunk, &chunk).map(|part| {
                let field = format!("{form}, {part}");
                let [written, read] = [&case.chunk, &chunk].map(asm::disassemble);
                Difference::new(Field::Form, field, written, read)
            });
            (chunk, flaw)
        }
        Err(error) => {
            let written = asm::disassemble(&case.chunk);
            let flaw = Difference::new(Field::Form, format!("{form}, reading"), written, error);
            (case.chunk.clone(), Some(flaw))
        }
    };
    Rewritten {
        flaw,
        ..Rewritten::in_place(Case {
            chunk,
            ..case.clone()
        })
    }
}

fn has_numbers_without_json(chunk: &Chunk) -> bool {
    let in_op = |op: &Op| {
        let mut operands = op.operands().into_iter();
        operands.any(|operand| matches!(operand, Operand::Float(x) if !x.is_finite()))
    };
    chunk.ops.iter().any(in_op)
        || chunk.constants.iter().any(in_value)
        || chunk.sub_chunks.iter().any(has_numbers_without_json)
}

fn in_value(value: &Value) -> bool {
    match value {
        Value::Float(x) => !x.is_finite(),
        Value::Array(elements) => elements.iter().any(in_value),
        Value::Hash(entries) => entries.values().any(in_value),
        Value::Ref(target) => in_value(target),
        _ => false,
    }
}

/// The first part in which two chunks differ; floats are compared by their bits.
pub fn first_difference(left: &Chunk, right: &Chunk) -> Option<&'static str> {
    let hash = |chunk: &Chunk| (chunk.ops.len(), chunk.compute_op_hash());
    let parts = [
        ("an op or a constant", hash(left) == hash(right)),
        (
            "the constant pool",
            values::same_list(&left.constants, &right.constants),
        ),
        ("the name pool", left.names == right.names),
        ("the subs", left.sub_entries == right.sub_entries),
        ("the blocks", left.block_ranges == right.block_ranges),
        ("the source file", left.source == right.source),
        ("the source lines", left.lines == right.lines),
        (
            "the number of sub-chunks",
            left.sub_chunks.len() == right.sub_chunks.len(),
        ),
    ];
    let sub_chunks = left.sub_chunks.iter().zip(&right.sub_chunks);
    parts
        .into_iter()
        .find(|(_, same)| !same)
        .map(|(part, _)| part)
        .or_else(|| {
            sub_chunks
                .filter_map(|(left, right)| first_difference(left, right))
                .next()
        })
}
