//! Behaviour that looks accidental and is kept, or was and is not, where a case file cannot say
//! it: what happens between runs, to hashes and data, and inside the builder.

use fusevm::asm::assemble;
use fusevm::{
    AwkHost, Chunk, ChunkBuilder, Op, TierPolicy, TraceJitConfig, VM, VMPool, VMResult, Value,
};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::catch_unwind;

/// The chunk of a program whose lines are separated by `/`.
fn chunk(text: &str) -> Chunk {
    let lines = text.replace(" / ", "\n");
    assemble(&lines).unwrap_or_else(|error| panic!("{error}\n{lines}"))
}

const ALL_TIERS: TierPolicy = TierPolicy {
    linear: true,
    block: true,
    trace: true,
};

/// Native code is entered as early as possible.
fn eager() {
    let compiler = fusevm::JitCompiler::new();
    compiler.flush();
    compiler.set_config(TraceJitConfig {
        block_threshold: 0,
        trace_threshold: 0,
        ..TraceJitConfig::defaults()
    });
}

/// A VM that uses every tier.
fn native_vm(chunk: Chunk) -> VM {
    eager();
    let mut vm = VM::new(chunk);
    vm.set_tier_policy(ALL_TIERS);
    vm
}

fn shown(result: VMResult) -> String {
    format!("{result:?}")
}

#[test]
fn a_run_continues_where_the_last_one_ended() {
    // Q9
    let mut vm = native_vm(chunk("LoadInt 1 / LoadInt 2"));
    let results: Vec<String> = (0..3).map(|_| shown(vm.run())).collect();
    assert_eq!(results, ["Ok(Int(2))", "Ok(Int(1))", "Halted"]);
    vm.reset(chunk("LoadInt 1 / Return / LoadInt 2"));
    assert_eq!(shown(vm.run()), "Ok(Int(1))");
    assert_eq!((vm.ip, vm.is_halted()), (2, true));
    vm.ip = 0;
    assert_eq!(shown(vm.run()), "Halted");
    assert_eq!(vm.ip, 0);
    vm.reset(chunk("LoadInt 3"));
    assert_eq!(shown(vm.run()), "Ok(Int(3))");
}

#[test]
fn an_error_does_not_halt() {
    // Q10
    for text in [
        "LoadInt 1 / LoadInt 0 / AwkDiv / LoadInt 4",
        "LoadInt 1 / LoadInt -1 / AwkLshiftJit / LoadInt 4",
    ] {
        let mut vm = native_vm(chunk(text));
        assert!(matches!(vm.run(), VMResult::Error(_)));
        assert!(!vm.is_halted());
        assert_eq!(shown(vm.run()), "Ok(Int(4))");
    }
}

struct Fields;

impl AwkHost for Fields {
    fn nf(&mut self) -> i64 {
        12
    }
}

#[test]
fn a_pooled_vm_keeps_what_its_user_installed() {
    // Q14
    let mut pool = VMPool::new();
    let mut vm = pool.acquire(chunk("LoadInt 1 / AwkSignal 1"));
    vm.set_awk_host(Box::new(Fields));
    vm.set_extension_handler(Box::new(|vm, id, _| vm.push(Value::Int(id.into()))));
    vm.set_extension_wide_handler(Box::new(|vm, id, _| vm.push(Value::Int(id.into()))));
    vm.register_builtin(3, |_, _| Value::str("builtin"));
    vm.run();
    pool.release(vm);
    let mut vm = pool.acquire(chunk(
        "AwkNf / Extended 4 0 / ExtendedWide 5 0 / CallBuiltin 3 0 / AwkRand / MakeArray 9",
    ));
    assert_eq!(vm.awk_signal(), None);
    assert_eq!(
        shown(vm.run()),
        "Ok(Array([Int(12), Int(4), Int(5), Str(\"builtin\"), Float(0.51385498046875)]))"
    );
}

fn hash_of(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn equal_maps_hash_equally() {
    // Q23: two maps with the same entries iterate in different orders.
    let map = || {
        let entries = (0..50).map(|n| (format!("key {n}"), Value::Int(n)));
        Value::hash(entries.collect::<HashMap<_, _>>())
    };
    let (a, b) = (map(), map());
    assert_eq!(hash_of(&a), hash_of(&b));
    let built = |constant| {
        let mut builder = ChunkBuilder::new();
        let index = builder.add_constant(constant);
        builder.emit(Op::LoadConst(index), 1);
        builder.build().op_hash
    };
    assert_eq!(built(a), built(b));
}

#[test]
fn floats_hash_by_bits_and_compare_as_numbers() {
    // Q24
    let (zero, minus_zero, nan) = (0.0, -0.0, f64::NAN);
    assert_eq!(Value::Float(zero), Value::Float(minus_zero));
    assert_ne!(
        hash_of(&Value::Float(zero)),
        hash_of(&Value::Float(minus_zero))
    );
    assert_ne!(Value::Float(nan), Value::Float(nan));
    assert_eq!(hash_of(&Value::Float(nan)), hash_of(&Value::Float(nan)));
    assert_eq!(Op::LoadFloat(zero), Op::LoadFloat(minus_zero));
    assert_ne!(
        hash_of(&Op::LoadFloat(zero)),
        hash_of(&Op::LoadFloat(minus_zero))
    );
    assert_ne!(Op::LoadFloat(nan), Op::LoadFloat(nan));
    assert_eq!(hash_of(&Op::LoadFloat(nan)), hash_of(&Op::LoadFloat(nan)));
}

#[test]
fn json_loses_what_is_not_finite() {
    // Q25
    for x in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let text = serde_json::to_string(&Value::Float(x)).unwrap();
        assert_eq!(text, "{\"Float\":null}");
        assert!(serde_json::from_str::<Value>(&text).is_err());
        let text = serde_json::to_string(&Op::LoadFloat(x)).unwrap();
        assert!(serde_json::from_str::<Op>(&text).is_err());
        let bytes = bincode::serialize(&Value::Float(x)).unwrap();
        let back: Value = bincode::deserialize(&bytes).unwrap();
        assert_eq!(back.to_float().to_bits(), x.to_bits());
    }
}

/// A loop that adds `step` to slot 1 in each of 50 turns.
fn summing(step: i64) -> Chunk {
    chunk(&format!(
        "LoadInt 0 / SetSlot 0 / LoadInt 0 / SetSlot 1 / l: / GetSlot 1 / LoadInt {step} / Add / \
         SetSlot 1 / SlotIncLtIntJumpBack 0 50 l / GetSlot 1"
    ))
}

#[test]
fn chunks_without_a_hash_share_nothing() {
    // Q49: a chunk that was read back has the hash 0, an edited one a stale hash.
    eager();
    for _ in 0..3 {
        for step in 1..4 {
            let json = serde_json::to_string(&summing(step)).unwrap();
            let read: Chunk = serde_json::from_str(&json).unwrap();
            assert_eq!(read.op_hash, 0);
            let mut edited = summing(1);
            edited.ops = read.ops.clone();
            for chunk in [read, edited] {
                let mut vm = VM::new(chunk);
                vm.set_tier_policy(ALL_TIERS);
                assert_eq!(shown(vm.run()), format!("Ok(Int({}))", 50 * step));
            }
        }
    }
}

#[test]
fn the_hash_covers_ops_and_constants_only() {
    // Q50: what else a run depends on is told apart all the same.
    let program = |entry: usize| {
        let mut builder = ChunkBuilder::new();
        let name = builder.add_name("f");
        builder.add_sub_entry(name, entry);
        for op in [
            Op::LoadInt(0),
            Op::SetSlot(0),
            Op::Call(name, 0),
            Op::SetSlot(1),
            Op::SlotIncLtIntJumpBack(0, 50, 2),
            Op::GetSlot(1),
            Op::Return,
            Op::LoadInt(1),
            Op::ReturnValue,
            Op::LoadInt(2),
            Op::ReturnValue,
        ] {
            builder.emit(op, 1);
        }
        builder.build()
    };
    assert_eq!(program(7).op_hash, program(9).op_hash);
    eager();
    for _ in 0..3 {
        for (entry, expected) in [(7, "Ok(Int(1))"), (9, "Ok(Int(2))")] {
            let mut vm = VM::new(program(entry));
            vm.set_tier_policy(ALL_TIERS);
            assert_eq!(shown(vm.run()), expected);
        }
    }
}

/// The text that `f` panics with.
fn panic_text(f: impl FnOnce() + std::panic::UnwindSafe) -> String {
    let payload = catch_unwind(f).expect_err("it panics");
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => payload.downcast_ref::<&str>().map_or("?", |s| s).to_owned(),
    }
}

#[test]
fn a_full_pool_panics() {
    // Q52
    let full = |fill: fn(&mut ChunkBuilder, usize), expected: &str| {
        let mut builder = ChunkBuilder::new();
        for n in 0..65_536 {
            fill(&mut builder, n);
        }
        let text = panic_text(move || {
            let mut builder = builder;
            fill(&mut builder, 65_536);
        });
        assert_eq!(text, expected);
    };
    full(
        |b, n| assert_eq!(usize::from(b.add_constant(Value::Undef)), n),
        "constant pool full",
    );
    full(
        |b, n| assert_eq!(usize::from(b.add_block_range(0, 0)), n),
        "block table full",
    );
    full(
        |b, n| assert_eq!(usize::from(b.add_sub_chunk(Chunk::new())), n),
        "sub-chunk table full",
    );
    full(
        |b, n| assert_eq!(usize::from(b.add_name(&n.to_string())), n),
        "name pool full",
    );
}

#[test]
fn only_plain_jumps_are_patched() {
    // Q53
    for op in [
        Op::SlotLtIntJumpIfFalse(0, 1, 2),
        Op::SlotIncLtIntJumpBack(0, 1, 2),
        Op::Nop,
    ] {
        let text = panic_text(move || {
            let mut builder = ChunkBuilder::new();
            builder.emit(Op::Nop, 1);
            let at = builder.emit(op, 1);
            builder.patch_jump(at, 0);
        });
        assert_eq!(text, "patch_jump on non-jump op at 1");
    }
}

#[test]
fn slots_that_the_frame_does_not_have() {
    // Q84: native code reads them as Undef, stores into them, and harms nobody.
    for text in [
        "LoadInt 7 / SetSlot 0 / GetSlot 0",
        "GetSlot 65535 / SetSlot 65534 / GetSlot 65534",
        "LoadInt 0 / SetSlot 3 / l: / GetSlot 9 / SetSlot 40 / SlotIncLtIntJumpBack 3 50 l / GetSlot 40",
        "PopFrame / LoadInt 1 / SetSlot 5 / PreIncSlot 7",
    ] {
        let run = |policy| {
            let mut vm = VM::new(chunk(text));
            vm.set_tier_policy(policy);
            let result = shown(vm.run());
            format!("{result} {:?} {:?}", vm.stack, vm.frames)
        };
        let expected = run(TierPolicy::NONE);
        eager();
        for _ in 0..4 {
            assert_eq!(run(ALL_TIERS), expected, "{text}");
        }
        // A frame that is gone has no slots either, and counts nothing.
        let mut vm = native_vm(chunk(text));
        vm.frames.clear();
        vm.set_fuel(Some(100));
        let mut plain = VM::new(chunk(text));
        plain.frames.clear();
        plain.set_fuel(Some(100));
        assert_eq!(shown(vm.run()), shown(plain.run()), "{text}");
        assert_eq!(vm.stack, plain.stack, "{text}");
    }
}
