//! The serialized forms of values, ops and chunks: frontends have them on disk.

use fusevm::op::{N_OPS, Operand, TABLE};
use fusevm::{Chunk, ChunkBuilder, Op, Value};
use serde_json::json;
use std::collections::HashMap;

/// One op of every kind.
fn every_op() -> Vec<Op> {
    (0..N_OPS)
        .map(|index| {
            let operands = vec![Operand::Int(7); TABLE[index].operands.len()];
            Op::from_operands(index, &operands).expect("small numbers fit")
        })
        .collect()
}

/// A value of every kind.
fn every_value() -> Vec<Value> {
    vec![
        Value::Undef,
        Value::Bool(true),
        Value::Int(1),
        Value::Float(2.5),
        Value::str("x"),
        Value::array(vec![Value::Int(1)]),
        Value::hash(HashMap::from([("k".to_owned(), Value::Undef)])),
        Value::Status(0),
        Value::Ref(Box::new(Value::Int(1))),
        Value::NativeFn(7),
    ]
}

fn small_chunk() -> Chunk {
    let mut inner = ChunkBuilder::new();
    inner.emit(Op::Nop, 1);
    let mut builder = ChunkBuilder::new();
    builder.set_source("a.awk");
    let name = builder.add_name("f");
    let constant = builder.add_constant(Value::str("c"));
    let sub_chunk = builder.add_sub_chunk(inner.build());
    builder.emit(Op::LoadConst(constant), 3);
    builder.emit(Op::CmdSubst(sub_chunk), 4);
    builder.emit(Op::Call(name, 2), 5);
    builder.add_sub_entry(name, 2);
    builder.add_block_range(0, 1);
    builder.build()
}

#[test]
fn values_are_externally_tagged() {
    let forms = [
        json!("Undef"),
        json!({"Bool": true}),
        json!({"Int": 1}),
        json!({"Float": 2.5}),
        json!({"Str": "x"}),
        json!({"Array": [{"Int": 1}]}),
        json!({"Hash": {"k": "Undef"}}),
        json!({"Status": 0}),
        json!({"Ref": {"Int": 1}}),
        json!({"NativeFn": 7}),
    ];
    for (value, form) in every_value().into_iter().zip(forms) {
        assert_eq!(serde_json::to_value(&value).unwrap(), form);
        assert_eq!(serde_json::from_value::<Value>(form).unwrap(), value);
    }
}

#[test]
fn ops_are_externally_tagged() {
    let forms = [
        (Op::Nop, json!("Nop")),
        (Op::LoadInt(5), json!({"LoadInt": 5})),
        (Op::LoadFloat(2.5), json!({"LoadFloat": 2.5})),
        (Op::Call(1, 2), json!({"Call": [1, 2]})),
        (
            Op::ConcatConstLoop(1, 2, 3, -4),
            json!({"ConcatConstLoop": [1, 2, 3, -4]}),
        ),
    ];
    for (op, form) in forms {
        assert_eq!(serde_json::to_value(op).unwrap(), form);
    }
    for op in every_op() {
        let form = serde_json::to_value(op).unwrap();
        let tag = match &form {
            serde_json::Value::String(tag) => tag,
            serde_json::Value::Object(fields) => fields.keys().next().expect("it has a tag"),
            _ => panic!("{form}"),
        };
        assert_eq!(tag, op.name());
        assert_eq!(serde_json::from_value::<Op>(form).unwrap(), op);
    }
}

#[test]
fn binary_forms_start_with_the_position_of_the_variant() {
    let position = |bytes: Vec<u8>| u32::from_le_bytes(bytes[..4].try_into().unwrap()) as usize;
    for (index, op) in every_op().into_iter().enumerate() {
        let bytes = bincode::serialize(&op).unwrap();
        assert_eq!(bincode::deserialize::<Op>(&bytes).unwrap(), op);
        assert_eq!(position(bytes), index, "{op:?}");
    }
    for (index, value) in every_value().into_iter().enumerate() {
        let bytes = bincode::serialize(&value).unwrap();
        assert_eq!(bincode::deserialize::<Value>(&bytes).unwrap(), value);
        assert_eq!(position(bytes), index, "{value:?}");
    }
}

#[test]
fn binary_forms_are_exact_for_all_floats() {
    for bits in [
        0x7ff8_0000_0000_0001,
        (-0.0_f64).to_bits(),
        f64::INFINITY.to_bits(),
    ] {
        let op = Op::LoadFloat(f64::from_bits(bits));
        let bytes = bincode::serialize(&op).unwrap();
        assert_eq!(bytes[4..], bits.to_le_bytes());
        match bincode::deserialize(&bytes).unwrap() {
            Op::LoadFloat(x) => assert_eq!(x.to_bits(), bits),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_chunk_is_its_fields_without_the_hash() {
    let chunk = small_chunk();
    let form = serde_json::to_value(&chunk).unwrap();
    assert_eq!(
        form,
        json!({
            "ops": [{"LoadConst": 0}, {"CmdSubst": 0}, {"Call": [0, 2]}],
            "constants": [{"Str": "c"}],
            "names": ["f"],
            "lines": [3, 4, 5],
            "sub_entries": [[0, 2]],
            "block_ranges": [[0, 1]],
            "sub_chunks": [{
                "ops": ["Nop"], "constants": [], "names": [], "lines": [1], "sub_entries": [],
                "block_ranges": [], "sub_chunks": [], "source": ""
            }],
            "source": "a.awk"
        })
    );
    let again: Chunk = serde_json::from_value(form).unwrap();
    assert_eq!(again.op_hash, 0);
    assert_ne!(chunk.op_hash, 0);
    assert_eq!(again.compute_op_hash(), chunk.op_hash);
    assert_eq!(again.sub_chunks[0].ops, [Op::Nop]);
}

#[test]
fn every_field_but_the_hash_is_required() {
    let serde_json::Value::Object(form) = serde_json::to_value(small_chunk()).unwrap() else {
        panic!("a chunk is an object");
    };
    assert_eq!(form.len(), 8);
    for field in form.keys() {
        let mut without = form.clone();
        without.remove(field);
        let error = serde_json::from_value::<Chunk>(without.into()).unwrap_err();
        assert!(
            error
                .to_string()
                .contains(&format!("missing field `{field}`")),
            "{error}"
        );
    }
}

#[test]
fn a_chunk_survives_a_binary_form() {
    let chunk = Chunk {
        ops: every_op(),
        constants: every_value(),
        ..small_chunk()
    };
    let bytes = bincode::serialize(&chunk).unwrap();
    let again: Chunk = bincode::deserialize(&bytes).unwrap();
    assert_eq!(again.ops, chunk.ops);
    assert_eq!(again.constants, chunk.constants);
    assert_eq!(again.names, chunk.names);
    assert_eq!(again.lines, chunk.lines);
    assert_eq!(again.sub_entries, chunk.sub_entries);
    assert_eq!(again.block_ranges, chunk.block_ranges);
    assert_eq!(again.sub_chunks.len(), 1);
    assert_eq!(again.source, chunk.source);
    assert_eq!(again.op_hash, 0);
}
