//! Chunks in chunks and values in values, as deep as nobody would write them: nothing that
//! the crate does with them overflows the native stack of a thread.

use fusevm::asm::{assemble, disassemble};
use fusevm::{Chunk, Op, TierPolicy, VM, VMPool, VMResult, Value};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// All of them; a build without tiers takes no notice.
const TIERS: TierPolicy = TierPolicy {
    linear: true,
    block: true,
    trace: true,
};

/// How deep values and chunks are nested here.
const DEPTH: usize = 10_000;

fn nested_chunks(depth: usize) -> Chunk {
    let mut chunk = Chunk::default();
    for _ in 0..depth {
        chunk = Chunk {
            ops: vec![Op::LoadInt(1)],
            lines: vec![1],
            sub_chunks: vec![chunk],
            ..Chunk::default()
        };
    }
    chunk
}

/// Nested in all three ways by turns.
fn nested_values(depth: usize) -> Value {
    let mut value = Value::Int(1);
    for level in 0..depth {
        value = match level % 3 {
            0 => Value::array(vec![Value::Int(0), value]),
            1 => Value::hash(HashMap::from([("k".to_owned(), value)])),
            _ => Value::Ref(Box::new(value)),
        };
    }
    value
}

fn nested_arrays(depth: usize) -> Value {
    (0..depth).fold(Value::Int(1), |value, _| Value::array(vec![value]))
}

fn hash_of(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn nested_chunks_are_copied_verified_printed_and_run() {
    let chunk = nested_chunks(DEPTH);
    let copy = chunk.clone();
    assert_eq!(copy.sub_chunks[0].sub_chunks.len(), 1);
    assert!(chunk.verify().is_ok());
    let text = disassemble(&chunk);
    let error = assemble(&text).expect_err("text nests 256 deep");
    assert!(error.to_string().contains("chunks may be nested 256 deep"));
    let mut vm = VM::new(chunk);
    vm.set_tier_policy(TIERS);
    assert!(matches!(vm.run(), VMResult::Ok(Value::Int(1))));
    vm.reset(copy.clone());
    let mut pool = VMPool::new();
    pool.release(vm);
    let result = pool.with(copy, |vm| vm.run());
    assert!(matches!(result, VMResult::Ok(Value::Int(1))));
}

#[test]
fn nested_values_are_copied_compared_and_hashed() {
    let value = nested_values(DEPTH);
    let copy = value.clone();
    assert!(value == copy && value.is_identical(&copy));
    assert_eq!(hash_of(&value), hash_of(&copy));
    let other = nested_values(DEPTH + 3);
    assert!(value != other && !other.is_identical(&value));
    assert_eq!(nested_arrays(DEPTH).to_str(), "1");
}

#[test]
fn text_of_nested_arrays_is_joined_by_single_spaces() {
    let array = |elements: &[Value]| Value::array(elements.to_vec());
    let (one, empty) = (Value::Int(1), array(&[]));
    let inner = array(&[
        one.clone(),
        empty.clone(),
        array(&[one.clone(), one.clone()]),
    ]);
    assert_eq!(array(&[inner.clone(), one.clone()]).to_str(), "1  1 1 1");
    assert_eq!(array(&[empty.clone(), one]).to_str(), " 1");
    assert_eq!(array(&[inner, empty]).to_str(), "1  1 1 ");
}

/// Ops that copy, keep, convert, compare or drop what the host has pushed.
#[test]
fn nested_values_that_a_host_pushes_meet_every_kind_of_op() {
    let programs = [
        "Dup\n Pop\n Pop\n LoadInt 7",
        "SetSlot 0\n GetSlot 0\n StringLen",
        "LoadInt 1\n Add",
        "Dup\n StrEq",
        "Dup\n NumEq",
        "names g\n SetVar g\n GetVar g\n Pop\n GetVar g",
        "JumpIfTrue end\n LoadInt 1\nend: LoadInt 2",
        "LoadConst \"x\"\n Concat",
        "MakeArray 1",
        "Dup\n MakeHash 2",
        "LoadInt 0\n Swap\n Rot",
    ];
    for program in programs {
        let chunk = assemble(program).unwrap_or_else(|error| panic!("{program}: {error}"));
        for (value, tiers) in [(nested_values(DEPTH), false), (nested_arrays(DEPTH), true)] {
            let mut vm = VM::new(chunk.clone());
            if tiers {
                vm.set_tier_policy(TIERS);
            }
            vm.push(value);
            if let VMResult::Error(text) = vm.run() {
                assert_eq!(text, "limit exceeded: value nesting", "{program}");
            }
        }
    }
}

#[test]
fn data_that_is_nested_too_deep_is_refused() {
    let json = |depth| serde_json::to_string(&nested_values(depth));
    let error = json(1025).expect_err("data nests 1024 deep").to_string();
    assert!(error.contains("values may be nested 1024 deep"), "{error}");
    assert!(json(1024).is_ok());

    let bytes = |depth| bincode::serialize(&nested_arrays(depth));
    assert!(bytes(1025).is_err());
    let bytes = bytes(1024).expect("it is not too deep");
    assert_eq!(
        bincode::deserialize::<Value>(&bytes).ok(),
        Some(nested_arrays(1024))
    );
    // The form of a nested array is its tag and its length, again and again.
    let array = &bincode::serialize(&nested_arrays(1)).expect("short")[..12];
    let error = bincode::deserialize::<Value>(&array.repeat(100_000)).expect_err("too deep");
    assert!(
        error.to_string().contains("values may be nested 1024 deep"),
        "{error}"
    );

    assert!(serde_json::to_string(&nested_chunks(257)).is_err());
    let bytes = bincode::serialize(&nested_chunks(255)).expect("it is not too deep");
    assert!(bincode::deserialize::<Chunk>(&bytes).is_ok());
}
