//! Whatever a direct entry point runs comes to what the interpreter comes to.

use super::{bits, compiler};
use fusevm::jit::{STACK_KIND_BOOL, STACK_KIND_FLOAT, STACK_KIND_INT, STACK_KIND_UNDEF};
use fusevm::{
    BlockNum, Chunk, DeoptInfo, Op, SlotKind, TraceLookup, TraceMetadata, VM, VMResult, Value,
};
use proptest::prelude::*;

const N_SLOTS: usize = 3;

/// Numbers at which arithmetic changes.
fn number() -> impl Strategy<Value = i64> {
    prop_oneof![
        -9_i64..10,
        prop::sample::select(vec![i64::MIN, i64::MAX, 63, 64, 1 << 53]),
    ]
}

fn float() -> impl Strategy<Value = f64> {
    prop::sample::select(vec![0.0, -0.0, 0.5, -2.5, 3.0, 1e300, f64::MAX, 1e-300])
}

/// An op of the numeric subset; `target` bounds where it may jump.
fn op(target: usize) -> impl Strategy<Value = Op> {
    let slot = || 0..N_SLOTS as u16;
    let plain = vec![
        Op::Pop,
        Op::Dup,
        Op::Swap,
        Op::Rot,
        Op::Add,
        Op::Sub,
        Op::Mul,
        Op::Div,
        Op::Mod,
        Op::Pow,
        Op::Negate,
        Op::Inc,
        Op::Dec,
        Op::NumLt,
        Op::NumEq,
        Op::Spaceship,
        Op::BitAnd,
        Op::BitXor,
        Op::BitNot,
        Op::Shl,
        Op::Shr,
        Op::LogNot,
        Op::LoadTrue,
        Op::AbsInt,
        Op::GcdInt,
        Op::LcmInt,
        Op::TruncInt,
        Op::FloorFloat,
        Op::RoundFloat,
        Op::AwkInt,
    ];
    prop_oneof![
        3 => number().prop_map(Op::LoadInt),
        2 => float().prop_map(Op::LoadFloat),
        4 => slot().prop_map(Op::GetSlot),
        2 => slot().prop_map(Op::SetSlot),
        1 => slot().prop_map(Op::PreIncSlot),
        1 => slot().prop_map(Op::PostDecSlot),
        1 => slot().prop_map(Op::PreIncSlotVoid),
        1 => (slot(), slot()).prop_map(|(a, b)| Op::AddAssignSlotVoid(a, b)),
        8 => prop::sample::select(plain),
        3 => (0..=target).prop_map(Op::JumpIfTrue),
        3 => (0..=target).prop_map(Op::JumpIfFalse),
        1 => (slot(), -3_i32..20, 0..=target).prop_map(|(s, n, to)| Op::SlotIncLtIntJumpBack(s, n, to)),
    ]
}

/// Ops that never lack operands: what pops more than there is, is left out.
fn ops(candidates: Vec<Op>) -> Chunk {
    let mut depth = 0;
    let mut ops = Vec::new();
    for op in candidates {
        let (pops, pushes) = op.stack_effect();
        let (pops, pushes) = (pops.fixed().unwrap_or(0), pushes.fixed().unwrap_or(0));
        if pops <= depth {
            depth = depth - pops + pushes;
            ops.push(op);
        }
    }
    ops.push(Op::GetSlot(0));
    for _ in 0..depth {
        ops.extend([Op::Swap, Op::Pop]);
    }
    Chunk {
        ops,
        ..Chunk::default()
    }
}

fn chunks(with_branches: bool) -> impl Strategy<Value = Chunk> {
    let is_wanted = move |op: &Op| with_branches || op.target().is_none();
    prop::collection::vec(op(12), 1..24)
        .prop_map(move |candidates| ops(candidates.into_iter().filter(is_wanted).collect()))
}

fn slots() -> impl Strategy<Value = Vec<(i64, SlotKind)>> {
    let slot = prop_oneof![
        number().prop_map(|n| (n, SlotKind::Int)),
        float().prop_map(|x| (bits(x), SlotKind::Float)),
    ];
    prop::collection::vec(slot, N_SLOTS)
}

fn value(bits: i64, kind: SlotKind) -> Value {
    match kind {
        SlotKind::Int => Value::Int(bits),
        SlotKind::Float => Value::Float(f64::from_bits(bits as u64)),
    }
}

/// A number as a slot of this kind holds it; all NaNs are one.
fn held(value: &Value, kind: SlotKind) -> i64 {
    match kind {
        SlotKind::Int => value.to_int(),
        SlotKind::Float if value.to_float().is_nan() => bits(f64::NAN),
        SlotKind::Float => bits(value.to_float()),
    }
}

/// A VM that goes on in the middle of a chunk.
fn vm_at(chunk: &Chunk, slots: &[Value], operands: &[Value], ip: usize) -> VM {
    let mut vm = VM::new(chunk.clone());
    vm.frames[0].slots = slots.to_vec();
    vm.stack = operands.to_vec();
    vm.ip = ip;
    vm
}

/// What the interpreter comes to; nothing when it does not end soon.
fn interpret(mut vm: VM) -> Option<(VM, VMResult)> {
    vm.set_fuel(Some(2000));
    match vm.run() {
        VMResult::Error(_) => None,
        result => Some((vm, result)),
    }
}

fn same(a: &Value, b: &Value) -> bool {
    let both_nan = matches!((a, b), (Value::Float(a), Value::Float(b)) if a.is_nan() && b.is_nan());
    both_nan || a.is_identical(b)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn straight_lines(chunk in chunks(false), numbers in prop::collection::vec(number(), N_SLOTS)) {
        let compiler = compiler(0, 50);
        if let Some(found) = compiler.try_run_linear(&chunk, &numbers) {
            let slots: Vec<Value> = numbers.iter().map(|n| Value::Int(*n)).collect();
            match interpret(vm_at(&chunk, &slots, &[], 0)) {
                Some((_, VMResult::Ok(expected))) => {
                    prop_assert!(same(&found, &expected), "{found:?}, not {expected:?}");
                }
                other => prop_assert!(false, "{:?}", other.map(|(_, result)| result)),
            }
        } else {
            prop_assert!(!compiler.is_linear_eligible(&chunk));
        }
    }

    #[test]
    fn blocks(chunk in chunks(true), initial in slots()) {
        let values: Vec<Value> = initial.iter().map(|(n, kind)| value(*n, *kind)).collect();
        let kinds: Vec<SlotKind> = initial.iter().map(|(_, kind)| *kind).collect();
        let Some((vm, result)) = interpret(vm_at(&chunk, &values, &[], 0)) else {
            return Ok(());
        };
        let mut found: Vec<i64> = initial.iter().map(|(n, _)| *n).collect();
        let compiler = compiler(0, 50);
        let Some(number) = compiler.try_run_block_typed_kinded(&chunk, &mut found, &kinds) else {
            return Ok(());
        };
        let number = match number {
            BlockNum::Int(n) => Value::Int(n),
            BlockNum::Float(x) => Value::Float(x),
        };
        let expected = match result {
            VMResult::Ok(Value::Float(x)) => Value::Float(x),
            VMResult::Ok(value) => Value::Int(value.to_int()),
            _ => Value::Int(0),
        };
        prop_assert!(same(&number, &expected), "{number:?}, not {expected:?}");
        for (slot, kind) in kinds.iter().enumerate() {
            let found = held(&value(found[slot], *kind), *kind);
            prop_assert_eq!(found, held(&vm.get_slot(slot as u16), *kind), "slot {}", slot);
        }
    }

    /// A trace that runs leaves the state from which the interpreter gets where it would have
    /// got by itself.
    #[test]
    fn traces(
        candidates in prop::collection::vec(op(12), 1..12),
        limit in number(),
        numbers in prop::collection::vec(number(), N_SLOTS),
        x in float(),
    ) {
        let (chunk, path) = looped(candidates, limit);
        let kinds = [SlotKind::Int, SlotKind::Int, SlotKind::Float];
        let mut found = [numbers[0], numbers[1], bits(x)];
        let before: Vec<Value> = (0..N_SLOTS).map(|slot| value(found[slot], kinds[slot])).collect();
        let Some((_, expected)) = interpret(vm_at(&chunk, &before, &[], 0)) else {
            return Ok(());
        };
        let compiler = compiler(0, 50);
        let meta = metadata(&chunk, path, 0, &kinds);
        let depths_fit = compiler.trace_import(&chunk, &meta);
        if !depths_fit {
            return Ok(());
        }
        let mut deopt = DeoptInfo::zeroed();
        match compiler.trace_lookup(&chunk, 0, &mut found, &kinds, &mut deopt) {
            TraceLookup::Ran { resume_ip } => {
                let after: Vec<Value> = (0..N_SLOTS).map(|slot| value(found[slot], kinds[slot])).collect();
                let resumed = vm_at(&chunk, &after, &operands(&deopt), resume_ip);
                let (_, result) = interpret(resumed).expect("less is left to do");
                prop_assert_eq!(format!("{result:?}"), format!("{expected:?}"));
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }

    /// Metadata that somebody made up are refused or harmless.
    #[test]
    fn made_up_metadata(
        candidates in prop::collection::vec(op(12), 1..12),
        mut path in prop::collection::vec(0_usize..40, 0..12),
        (start, anchor) in (0_usize..4, 0_usize..2),
        straight in any::<bool>(),
        initial in slots(),
    ) {
        let (chunk, whole) = looped(candidates, 10);
        if straight {
            path = whole[start..].to_vec();
        }
        let kinds: Vec<SlotKind> = initial.iter().map(|(_, kind)| *kind).collect();
        let meta = metadata(&chunk, path, anchor, &kinds);
        let compiler = compiler(0, 1);
        let imported = compiler.trace_import(&chunk, &meta);
        let key = meta.recorded_ips.first().copied().unwrap_or(anchor);
        let values: Vec<Value> = initial.iter().map(|(n, kind)| value(*n, *kind)).collect();
        if interpret(vm_at(&chunk, &values, &[], key)).is_none() {
            // It would not end natively either.
            return Ok(());
        }
        prop_assert_eq!(imported, compiler.trace_is_compiled(&chunk, key));
        let mut slots: Vec<i64> = initial.iter().map(|(n, _)| *n).collect();
        let mut deopt = DeoptInfo::zeroed();
        let answer = compiler.trace_lookup(&chunk, key, &mut slots, &kinds, &mut deopt);
        prop_assert_eq!(imported, matches!(answer, TraceLookup::Ran { .. }), "{:?}", answer);
    }
}

/// A loop around ops that leave nothing, and the path that takes no branch but the last one.
/// Slots 0 and 1 stay integers, and slot 2 is only read.
fn looped(candidates: Vec<Op>, limit: i64) -> (Chunk, Vec<usize>) {
    let keeps_kinds = |op: &Op| match op {
        Op::SetSlot(_) => false,
        Op::PreIncSlot(slot) | Op::PostDecSlot(slot) | Op::PreIncSlotVoid(slot) => *slot < 2,
        Op::AddAssignSlotVoid(slot, _) => *slot < 2,
        Op::SlotIncLtIntJumpBack(..) => false,
        _ => op.target() != Some(0),
    };
    let mut chunk = ops(candidates.into_iter().filter(keeps_kinds).collect());
    chunk.ops.extend([
        Op::Pop,
        Op::PreIncSlot(0),
        Op::LoadInt(limit),
        Op::NumLt,
        Op::JumpIfTrue(0),
        Op::GetSlot(1),
    ]);
    let path = (0..chunk.ops.len() - 1).collect();
    (chunk, path)
}

fn metadata(chunk: &Chunk, path: Vec<usize>, anchor: usize, kinds: &[SlotKind]) -> TraceMetadata {
    let op = |ip: &usize| chunk.ops.get(*ip).copied().unwrap_or(Op::Nop);
    TraceMetadata {
        chunk_op_hash: chunk.compute_op_hash(),
        anchor_ip: anchor,
        fallthrough_ip: path.last().map_or(0, |last| last + 1),
        ops: path.iter().map(op).collect(),
        recorded_ips: path,
        slot_kinds_at_anchor: kinds.to_vec(),
    }
}

fn operands(deopt: &DeoptInfo) -> Vec<Value> {
    (0..deopt.stack_count)
        .map(|at| match (deopt.stack_kinds[at], deopt.stack_buf[at]) {
            (STACK_KIND_INT, n) => Value::Int(n),
            (STACK_KIND_FLOAT, n) => Value::Float(f64::from_bits(n as u64)),
            (STACK_KIND_BOOL, n) => Value::Bool(n != 0),
            (kind, _) => {
                assert_eq!(kind, STACK_KIND_UNDEF);
                Value::Undef
            }
        })
        .collect()
}
