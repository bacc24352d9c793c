//! Values and chunks from one crate to the other and back.
//!
//! Values are taken apart and put together, since handlers and hosts need that in the middle
//! of a run. Chunks go over by serde, in a format that keeps names and the bits of floats.

use crate::theirs;
use std::fmt::Debug;

/// A value of this project as one of the published crate.
#[allow(
    clippy::useless_conversion,
    reason = "the newest version shares the elements of an array"
)]
pub(crate) fn value(ours: &fusevm::Value) -> theirs::Value {
    use theirs::Value as Theirs;
    match ours {
        fusevm::Value::Undef => Theirs::Undef,
        fusevm::Value::Bool(b) => Theirs::Bool(*b),
        fusevm::Value::Int(n) => Theirs::Int(*n),
        fusevm::Value::Float(x) => Theirs::Float(*x),
        fusevm::Value::Str(text) => Theirs::str(text.as_str()),
        fusevm::Value::Array(elements) => Theirs::Array(values(elements).into()),
        fusevm::Value::Hash(map) => Theirs::Hash(
            map.iter()
                .map(|(key, element)| (key.clone(), value(element)))
                .collect(),
        ),
        fusevm::Value::Status(code) => Theirs::Status(*code),
        fusevm::Value::Ref(target) => Theirs::Ref(Box::new(value(target))),
        fusevm::Value::NativeFn(id) => Theirs::NativeFn(*id),
    }
}

/// A list of values of this project as one of the published crate.
pub(crate) fn values(ours: &[fusevm::Value]) -> Vec<theirs::Value> {
    ours.iter().map(value).collect()
}

/// A value of the published crate as one of this project. A kind that only the published
/// crate has becomes the text that it prints.
pub(crate) fn value_back(theirs: &theirs::Value) -> fusevm::Value {
    use fusevm::Value as Ours;
    match theirs {
        theirs::Value::Undef => Ours::Undef,
        theirs::Value::Bool(b) => Ours::Bool(*b),
        theirs::Value::Int(n) => Ours::Int(*n),
        theirs::Value::Float(x) => Ours::Float(*x),
        theirs::Value::Str(text) => Ours::str(text.as_str()),
        theirs::Value::Array(elements) => Ours::Array(values_back(elements)),
        theirs::Value::Hash(map) => Ours::Hash(
            map.iter()
                .map(|(key, element)| (key.clone(), value_back(element)))
                .collect(),
        ),
        theirs::Value::Status(code) => Ours::Status(*code),
        theirs::Value::Ref(target) => Ours::Ref(Box::new(value_back(target))),
        theirs::Value::NativeFn(id) => Ours::NativeFn(*id),
        #[cfg(feature = "newest")]
        other => Ours::str(format!("{other:?}")),
    }
}

/// A list of values of the published crate as one of this project.
pub(crate) fn values_back(theirs: &[theirs::Value]) -> Vec<fusevm::Value> {
    theirs.iter().map(value_back).collect()
}

/// A chunk of this project as one of the published crate, with the `op_hash` that its own
/// builder gives it.
///
/// # Errors
/// What the published crate cannot read, or reads as something else.
pub(crate) fn chunk(ours: &fusevm::Chunk) -> Result<theirs::Chunk, String> {
    let bytes = rmp_serde::to_vec_named(ours).map_err(|error| error.to_string())?;
    let mut chunk: theirs::Chunk =
        rmp_serde::from_slice(&bytes).map_err(|error| error.to_string())?;
    same_text(&ours.ops, &chunk.ops)?;
    let mut builder = theirs::ChunkBuilder::new();
    for op in &chunk.ops {
        builder.emit(op.clone(), 0);
    }
    for constant in &chunk.constants {
        builder.add_constant(constant.clone());
    }
    chunk.op_hash = builder.build().op_hash;
    Ok(chunk)
}

/// A chunk of the published crate as one of this project.
pub(crate) fn chunk_back(theirs: &theirs::Chunk) -> fusevm::Chunk {
    let bytes = rmp_serde::to_vec_named(theirs).unwrap_or_default();
    rmp_serde::from_slice(&bytes).unwrap_or_default()
}

/// Both crates print an op the same way, if it is the same.
fn same_text(ours: &[fusevm::Op], theirs: &[impl Debug]) -> Result<(), String> {
    let text = |op: &dyn Debug| format!("{op:?}");
    match ours.iter().zip(theirs).find(|(a, b)| text(a) != text(b)) {
        Some((ours, theirs)) => Err(format!("{ours:?} became {theirs:?}")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fusevm::{Chunk, Op, Value};
    use fusevm_conformance::values::same;
    use std::collections::HashMap;

    #[test]
    fn values_come_back_as_they_went() {
        for ours in [
            Value::Undef,
            Value::Bool(true),
            Value::Int(i64::MIN),
            Value::Float(-0.0),
            Value::Float(f64::NAN),
            Value::str("é"),
            Value::Array(vec![Value::Int(1), Value::Array(vec![])]),
            Value::Hash(HashMap::from([("k".to_owned(), Value::Status(3))])),
            Value::Ref(Box::new(Value::NativeFn(7))),
        ] {
            let back = value_back(&value(&ours));
            assert!(same(&ours, &back), "{ours:?} came back as {back:?}");
        }
    }

    #[test]
    fn chunks_go_over_with_every_bit_and_a_hash() {
        let mut ours = Chunk::new();
        ours.ops = vec![
            Op::LoadFloat(f64::INFINITY),
            Op::Call(1, 2),
            Op::LoadFloat(-0.0),
        ];
        ours.lines = vec![1, 1, 1];
        ours.constants = vec![Value::Float(f64::NAN)];
        ours.names = vec!["f".to_owned()];
        let theirs = chunk(&ours).expect("every op is known");
        assert_ne!(theirs.op_hash, 0);
        assert!(
            matches!(theirs.ops[2], theirs::Op::LoadFloat(x) if x.to_bits() == (-0.0_f64).to_bits())
        );
        let back = chunk_back(&theirs);
        assert_eq!(back.ops, ours.ops);
        assert!(same(&back.constants[0], &ours.constants[0]));
        assert_eq!(back.names, ours.names);
    }
}
