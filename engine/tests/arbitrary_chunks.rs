//! Chunks and texts that nobody would write: every chunk survives the way to text and back,
//! and nothing brings the assembler or the verifier down.

use fusevm::asm::{assemble, disassemble};
use fusevm::op::{N_OPS, Operand, Role, TABLE};
use fusevm::{Chunk, Op, Value};
use proptest::collection::{hash_map, vec};
use proptest::prelude::*;
use std::collections::HashMap;

/// Numbers that are small, so that they mean something, or at the edges of types.
fn number() -> impl Strategy<Value = i64> {
    prop_oneof![
        8 => 0..8_i64,
        2 => any::<u16>().prop_map(i64::from),
        1 => any::<i64>(),
        1 => prop::sample::select(vec![-1, 255, 65535, i64::from(i32::MIN), i64::MIN, i64::MAX]),
    ]
}

fn float() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<u64>().prop_map(f64::from_bits),
        any::<i16>().prop_map(|n| f64::from(n) / 4.0),
        prop::sample::select(vec![
            -0.0,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
            -f64::NAN,
            1e300
        ]),
    ]
}

/// The number brought into the range of the operand's type.
fn fit(number: i64, float: f64, ty: &str) -> Operand {
    Operand::Int(match ty {
        "u8" => i64::from(number as u8),
        "u16" => i64::from(number as u16),
        "i32" => i64::from(number as i32),
        "f64" => return Operand::Float(float),
        _ => number,
    })
}

fn op() -> impl Strategy<Value = Op> {
    (0..N_OPS, [number(), number(), number(), number()], float()).prop_map(
        |(index, numbers, float)| {
            let infos = TABLE[index].operands;
            let operands: Vec<Operand> = infos
                .iter()
                .zip(numbers)
                .map(|(info, number)| fit(number, float, info.ty))
                .collect();
            Op::from_operands(index, &operands).expect("the operands fit")
        },
    )
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-c]",
        2 => "[a-zA-Z_][a-zA-Z0-9_.]{0,6}",
        1 => any::<String>(),
        1 => prop::sample::select(vec!["", "nan", "L0", "b0", "sub", "_", "5", ".x", "a;b", "\"\\\n\u{202e}\0'"])
            .prop_map(str::to_owned),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Undef),
        any::<bool>().prop_map(Value::Bool),
        number().prop_map(Value::Int),
        float().prop_map(Value::Float),
        text().prop_map(Value::str),
        any::<i32>().prop_map(Value::Status),
        any::<u16>().prop_map(Value::NativeFn),
    ];
    scalar.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            hash_map(text(), inner.clone(), 0..4).prop_map(Value::Hash),
            inner.prop_map(|value| Value::Ref(Box::new(value))),
        ]
    })
}

/// An op index that is mostly near the ops.
fn ip() -> impl Strategy<Value = usize> {
    prop_oneof![8 => 0..12_usize, 1 => any::<usize>()]
}

fn flat_chunk() -> impl Strategy<Value = Chunk> {
    let lines = prop_oneof![vec(0..3_u32, 0..12), vec(any::<u32>(), 0..40)];
    (
        vec(op(), 0..12),
        vec(value(), 0..4),
        vec(text(), 0..5),
        (any::<bool>(), lines),
        vec((0..5_u16, ip()), 0..4),
        vec((ip(), ip()), 0..4),
        prop_oneof![Just(String::new()), text()],
        any::<bool>(),
    )
        .prop_map(
            |(
                ops,
                constants,
                names,
                (fits, mut lines),
                sub_entries,
                block_ranges,
                source,
                tidy,
            )| {
                if fits {
                    lines.resize(ops.len(), 0);
                }
                let chunk = Chunk {
                    ops,
                    constants,
                    names,
                    lines,
                    sub_entries,
                    block_ranges,
                    source,
                    ..Chunk::default()
                };
                if tidy { self::tidy(chunk) } else { chunk }
            },
        )
}

fn chunk() -> impl Strategy<Value = Chunk> {
    flat_chunk().prop_recursive(3, 6, 3, |inner| {
        (flat_chunk(), vec(inner, 0..3)).prop_map(|(chunk, sub_chunks)| Chunk {
            sub_chunks,
            ..chunk
        })
    })
}

/// The chunk as a frontend would have made it: pools in the order of their use.
fn tidy(mut chunk: Chunk) -> Chunk {
    let pool = std::mem::take(&mut chunk.constants);
    let mut constants = Vec::new();
    let n_ops = chunk.ops.len();
    for op in &mut chunk.ops {
        *op = op
            .map_operands(|role, operand| match (role, operand) {
                (Role::Const, Operand::Int(index)) if !pool.is_empty() => {
                    constants.push(pool[index as usize % pool.len()].clone());
                    Operand::Int(constants.len() as i64 - 1)
                }
                (Role::Target, Operand::Int(target)) => {
                    Operand::Int((target as usize % (n_ops + 1)) as i64)
                }
                _ => operand,
            })
            .expect("the operands fit");
    }
    chunk.constants = constants;
    for (start, end) in &mut chunk.block_ranges {
        (*start, *end) = (*start % (n_ops + 1), *end % (n_ops + 1));
        (*start, *end) = (*start.min(end), *start.max(end));
    }
    chunk.block_ranges.sort_unstable();
    for (_, entry) in &mut chunk.sub_entries {
        *entry %= n_ops + 1;
    }
    chunk.sub_entries.sort_by_key(|(_, entry)| *entry);
    chunk
}

/// A value with floats as their bits, which compare as what they are.
fn bits(value: &Value) -> String {
    match value {
        Value::Float(x) => format!("Float({:x})", x.to_bits()),
        Value::Array(elements) => format!("{:?}", elements.iter().map(bits).collect::<Vec<_>>()),
        Value::Hash(entries) => {
            let entries: std::collections::BTreeMap<_, _> = entries
                .iter()
                .map(|(key, value)| (key, bits(value)))
                .collect();
            format!("{entries:?}")
        }
        Value::Ref(target) => format!("Ref({})", bits(target)),
        scalar => format!("{scalar:?}"),
    }
}

fn op_bits(op: &Op) -> (usize, Vec<(u64, bool)>) {
    let operands = op.operands().into_iter();
    let bits = operands.map(|operand| match operand {
        Operand::Int(n) => (n as u64, false),
        Operand::Float(x) => (x.to_bits(), true),
    });
    (op.index(), bits.collect())
}

fn assert_same(a: &Chunk, b: &Chunk) {
    let ops = |chunk: &Chunk| chunk.ops.iter().map(op_bits).collect::<Vec<_>>();
    let constants = |chunk: &Chunk| chunk.constants.iter().map(bits).collect::<Vec<_>>();
    assert_eq!(ops(a), ops(b));
    assert_eq!(constants(a), constants(b));
    assert_eq!(a.names, b.names);
    assert_eq!(a.lines, b.lines);
    assert_eq!(a.sub_entries, b.sub_entries);
    assert_eq!(a.block_ranges, b.block_ranges);
    assert_eq!(a.source, b.source);
    assert_eq!(a.compute_op_hash(), b.compute_op_hash());
    assert_eq!(a.sub_chunks.len(), b.sub_chunks.len());
    for (a, b) in a.sub_chunks.iter().zip(&b.sub_chunks) {
        assert_same(a, b);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_chunk_comes_back(chunk in chunk()) {
        let text = disassemble(&chunk);
        let again = assemble(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_same(&chunk, &again);
        assert_eq!(again.op_hash, chunk.compute_op_hash());
        assert_eq!(disassemble(&again), text);
    }

    #[test]
    fn no_chunk_brings_the_verifier_down(chunk in flat_chunk()) {
        match chunk.verify() {
            Ok(verified) => assert!((0..chunk.ops.len()).all(|ip| {
                verified.depth_at(ip).is_none_or(|depth| depth <= verified.max_depth())
            })),
            Err(errors) => {
                assert!(!errors.is_empty());
                assert!(errors.is_sorted_by_key(|error| error.op_idx));
                assert!(errors.iter().all(|error| error.op_idx < chunk.ops.len()));
            }
        }
    }

    #[test]
    fn no_text_brings_the_assembler_down(
        text in any::<String>(),
        words in vec(word(), 0..40),
    ) {
        let _ = assemble(&text);
        if let Ok(chunk) = assemble(&words.concat()) {
            let again = assemble(&disassemble(&chunk)).expect("it comes back");
            assert_same(&chunk, &again);
        }
    }
}

/// A piece of the language.
fn word() -> impl Strategy<Value = String> {
    const WORDS: [&str; 38] = [
        "slots ",
        "globals ",
        "names ",
        "const ",
        "sub ",
        "entry ",
        "block ",
        "end ",
        "range ",
        "chunk ",
        "source ",
        "line ",
        "lines ",
        "a",
        "b",
        "a:",
        "\n",
        "\n",
        "\n",
        " ",
        "0 ",
        "1 ",
        "#0 ",
        "= ",
        "{",
        "}",
        "[",
        "]",
        ",",
        "\"t\" ",
        "nan(",
        ")",
        "-1.5 ",
        "LoadConst ",
        "MapBlock ",
        "GetVar ",
        "Jump ",
        "; ",
    ];
    prop_oneof![
        8 => prop::sample::select(WORDS.to_vec()).prop_map(str::to_owned),
        1 => op().prop_map(|op| {
            let operands: String = op.operands().iter().map(|operand| format!(" {operand}")).collect();
            format!("{}{operands}\n", op.name())
        }),
    ]
}

#[test]
fn every_op_comes_back_with_a_table_of_its_own() {
    let ops: Vec<Op> = (0..N_OPS)
        .map(|index| {
            let infos = TABLE[index].operands;
            let operands: Vec<Operand> = infos.iter().map(|info| fit(7, 2.5, info.ty)).collect();
            Op::from_operands(index, &operands).expect("the operands fit")
        })
        .collect();
    let lines = vec![0; ops.len()];
    let chunk = Chunk {
        ops,
        lines,
        ..Chunk::default()
    };
    assert_same(
        &chunk,
        &assemble(&disassemble(&chunk)).expect("it comes back"),
    );
}

#[test]
fn a_hash_prints_in_the_order_of_its_keys() {
    let hash: HashMap<String, Value> = ["b", "a", "c"]
        .map(|key| (key.to_owned(), Value::Undef))
        .into();
    let chunk = Chunk {
        constants: vec![Value::Hash(hash)],
        ..Chunk::default()
    };
    assert!(disassemble(&chunk).contains(r#"{"a": undef, "b": undef, "c": undef}"#));
}
