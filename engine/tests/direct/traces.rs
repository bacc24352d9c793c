//! Traces: looked up, installed, exported and imported.

use super::{bits, chunk, compiler};
use fusevm::jit::{STACK_KIND_FLOAT, STACK_KIND_INT};
use fusevm::{
    Chunk, DeoptInfo, JitCompiler, Op, SlotKind, TraceLookup, TraceMetadata, VM, VMResult, Value,
};

/// Counts slot 0 up to 1000; the header is op 0, the fall-through op 5.
const COUNT: &str = "
 loop:  PreIncSlotVoid 0
        GetSlot 0
        LoadInt 1000
        NumLt
        JumpIfTrue loop
        GetSlot 0
";

fn install(compiler: &JitCompiler, chunk: &Chunk, anchor: usize, ips: &[usize]) -> bool {
    install_kinded(compiler, chunk, anchor, ips, &[SlotKind::Int; 4])
}

fn install_kinded(
    compiler: &JitCompiler,
    chunk: &Chunk,
    anchor: usize,
    ips: &[usize],
    kinds: &[SlotKind],
) -> bool {
    let ops: Vec<Op> = ips.iter().map(|ip| chunk.ops[*ip]).collect();
    let fallthrough = ips[ips.len() - 1] + 1;
    compiler.trace_install(chunk, anchor, fallthrough, &ops, ips, kinds)
}

/// Looks a trace up that must run; answers where it ended, and the operands.
#[track_caller]
fn ran(
    compiler: &JitCompiler,
    chunk: &Chunk,
    anchor: usize,
    slots: &mut [i64],
    kinds: &[SlotKind],
) -> (usize, DeoptInfo) {
    let mut deopt = DeoptInfo::zeroed();
    deopt.frame_count = 3;
    deopt.stack_count = 32;
    match compiler.trace_lookup(chunk, anchor, slots, kinds, &mut deopt) {
        TraceLookup::Ran { resume_ip } => {
            assert_eq!(deopt.frame_count, 0);
            assert_eq!(deopt.resume_ip, resume_ip);
            (resume_ip, deopt)
        }
        other => panic!("{other:?}"),
    }
}

fn look_up(compiler: &JitCompiler, chunk: &Chunk, kinds: &[SlotKind]) -> TraceLookup {
    compiler.trace_lookup(chunk, 0, &mut [0, 0], kinds, &mut DeoptInfo::zeroed())
}

#[test]
fn the_lookup_with_the_number_of_the_threshold_arms_recording() {
    let compiler = compiler(1, 50);
    let chunk = chunk(COUNT);
    for n in 1..50 {
        assert!(
            matches!(look_up(&compiler, &chunk, &[]), TraceLookup::NotHot),
            "{n}"
        );
    }
    for _ in 0..2 {
        assert!(matches!(
            look_up(&compiler, &chunk, &[]),
            TraceLookup::StartRecording
        ));
    }
    assert!(!compiler.trace_is_compiled(&chunk, 0));
    compiler.trace_abort(&chunk, 0);
    assert!(matches!(look_up(&compiler, &chunk, &[]), TraceLookup::Skip));
    assert!(!compiler.trace_is_blacklisted(&chunk, 0));
}

#[test]
fn a_threshold_of_nothing_arms_at_once() {
    for threshold in [0, 1] {
        let compiler = compiler(1, threshold);
        assert!(matches!(
            look_up(&compiler, &chunk(COUNT), &[]),
            TraceLookup::StartRecording
        ));
    }
}

#[test]
fn an_installed_loop_runs_to_its_end() {
    let compiler = compiler(1, 50);
    let chunk = chunk(COUNT);
    assert!(install(&compiler, &chunk, 0, &[0, 1, 2, 3, 4]));
    assert!(compiler.trace_is_compiled(&chunk, 0));
    assert_eq!(compiler.trace_loop_anchors(&chunk, 0), Some((0, 5)));
    let mut slots = [3, 1234];
    let (resume_ip, deopt) = ran(&compiler, &chunk, 0, &mut slots, &[]);
    assert_eq!((resume_ip, deopt.stack_count), (5, 0));
    assert_eq!(slots, [1000, 1234]);
}

#[test]
fn the_fall_through_is_behind_the_closing_branch() {
    let compiler = compiler(1, 50);
    let chunk = chunk(COUNT);
    let ops = &chunk.ops[..5];
    assert!(compiler.trace_install(&chunk, 0, 77, ops, &[0, 1, 2, 3, 4], &[]));
    assert_eq!(compiler.trace_loop_anchors(&chunk, 0), Some((0, 5)));
}

/// Adds 1 to slot 1 while slot 0 < 10, else 2; 20 turns.
const IF_ELSE: &str = "
 loop:  LoadInt 7
        LoadFloat 0.5
        GetSlot 0
        LoadInt 10
        NumLt
        JumpIfFalse else
        LoadInt 1
        Jump join
 else:  LoadInt 2
 join:  GetSlot 1
        Add
        SetSlot 1
        Pop
        Pop
        PreIncSlotVoid 0
        GetSlot 0
        LoadInt 20
        NumLt
        JumpIfTrue loop
";

#[test]
fn the_other_direction_leaves_behind_the_branch_with_its_operands() {
    let compiler = compiler(1, 50);
    let chunk = chunk(IF_ELSE);
    let path: Vec<usize> = (0..8).chain(9..19).collect();
    assert!(install(&compiler, &chunk, 0, &path));
    let mut slots = [0, 0];
    let (resume_ip, deopt) = ran(&compiler, &chunk, 0, &mut slots, &[]);
    assert_eq!((resume_ip, slots), (8, [10, 10]));
    assert_eq!(deopt.stack_count, 2);
    assert_eq!(&deopt.stack_buf[..2], [7, bits(0.5)]);
    assert_eq!(&deopt.stack_kinds[..2], [STACK_KIND_INT, STACK_KIND_FLOAT]);
}

#[test]
fn a_side_trace_is_found_at_its_own_key_and_leads_to_the_header() {
    let compiler = compiler(1, 50);
    let text = "
 loop:  GetSlot 0
        LoadInt 10
        NumLt
        JumpIfFalse else
        Jump join
 else:  PreIncSlotVoid 1
 join:  PreIncSlotVoid 0
        GetSlot 0
        LoadInt 20
        NumLt
        JumpIfTrue loop
    ";
    let chunk = chunk(text);
    let side: Vec<usize> = (5..11).collect();
    let ops: Vec<Op> = side.iter().map(|ip| chunk.ops[*ip]).collect();
    for key in [5, 9999] {
        assert!(compiler.trace_install_with_kind(&chunk, key, 0, 11, &ops, &side, &[]));
        assert!(compiler.trace_is_compiled(&chunk, key));
        assert_eq!(compiler.trace_loop_anchors(&chunk, key), Some((0, 11)));
        let mut slots = [12, 5];
        assert_eq!(ran(&compiler, &chunk, key, &mut slots, &[]).0, 0);
        assert_eq!(slots, [13, 6]);
        let mut slots = [19, 5];
        assert_eq!(ran(&compiler, &chunk, key, &mut slots, &[]).0, 11);
        assert_eq!(slots, [20, 6]);
    }
    assert!(!compiler.trace_is_compiled(&chunk, 0));
}

#[test]
fn slots_of_other_kinds_do_not_pass_the_guard() {
    let compiler = compiler(1, 3);
    let chunk = chunk(COUNT);
    assert!(install_kinded(
        &compiler,
        &chunk,
        0,
        &[0, 1, 2, 3, 4],
        &[SlotKind::Int]
    ));
    let float = [SlotKind::Float, SlotKind::Int];
    for n in 1..=5 {
        assert!(matches!(
            look_up(&compiler, &chunk, &float),
            TraceLookup::GuardMismatch
        ));
        assert_eq!(compiler.trace_deopt_count(&chunk, 0), n);
        assert_eq!(compiler.trace_is_blacklisted(&chunk, 0), n == 5);
    }
    assert!(!compiler.trace_is_compiled(&chunk, 0));
    // Kinds that stay the same make the loop native again.
    for _ in 0..2 {
        assert!(matches!(
            look_up(&compiler, &chunk, &float),
            TraceLookup::Skip
        ));
    }
    let mut slots = [bits(0.75), 9];
    let (resume_ip, _) = ran(&compiler, &chunk, 0, &mut slots, &float);
    assert_eq!((resume_ip, slots), (5, [bits(1000.0), 9]));
    assert!(compiler.trace_is_compiled(&chunk, 0));
}

#[test]
fn misses_between_hits_do_not_blacklist() {
    let compiler = compiler(1, 50);
    let chunk = chunk(COUNT);
    assert!(install(&compiler, &chunk, 0, &[0, 1, 2, 3, 4]));
    for _ in 0..20 {
        look_up(&compiler, &chunk, &[SlotKind::Float]);
        look_up(&compiler, &chunk, &[SlotKind::Int]);
    }
    assert_eq!(compiler.trace_deopt_count(&chunk, 0), 20);
    assert!(compiler.trace_is_compiled(&chunk, 0));
}

#[test]
fn a_slice_that_is_too_short_is_a_mismatch() {
    let compiler = compiler(1, 50);
    let chunk = chunk(COUNT);
    assert!(install(&compiler, &chunk, 0, &[0, 1, 2, 3, 4]));
    let found = compiler.trace_lookup(&chunk, 0, &mut [], &[], &mut DeoptInfo::zeroed());
    assert!(matches!(found, TraceLookup::GuardMismatch));
}

#[test]
fn side_exits_are_counted_by_the_caller_and_blacklist() {
    let compiler = compiler(1, 50);
    let chunk = chunk(COUNT);
    compiler.trace_bump_side_exit(&chunk, 0);
    assert_eq!(compiler.trace_side_exit_count(&chunk, 0), 0);
    assert!(install(&compiler, &chunk, 0, &[0, 1, 2, 3, 4]));
    for n in 1..=50 {
        assert!(!compiler.trace_is_blacklisted(&chunk, 0));
        compiler.trace_bump_side_exit(&chunk, 0);
        assert_eq!(compiler.trace_side_exit_count(&chunk, 0), n);
    }
    assert!(compiler.trace_is_blacklisted(&chunk, 0));
    assert!(!compiler.trace_is_compiled(&chunk, 0));
    assert!(matches!(look_up(&compiler, &chunk, &[]), TraceLookup::Skip));
}

#[test]
fn recordings_that_do_not_fit_are_refused() {
    let compiler = compiler(1, 50);
    let chunk = chunk(COUNT);
    let ops = &chunk.ops[..5];
    let refused = |ops: &[Op], ips: &[usize]| !compiler.trace_install(&chunk, 0, 5, ops, ips, &[]);
    assert!(refused(&[], &[]));
    assert!(refused(ops, &[0, 1, 2, 3]));
    assert!(refused(ops, &[0, 1, 2, 3, 4, 5]));
    assert!(refused(ops, &[1, 1, 2, 3, 4]));
    assert!(refused(ops, &[0, 1, 2, 3, usize::MAX]));
    assert!(refused(&ops[1..], &[1, 2, 3, 4]));
    let mut other = ops.to_vec();
    other[2] = Op::LoadInt(999);
    assert!(refused(&other, &[0, 1, 2, 3, 4]));
    assert!(!compiler.trace_is_compiled(&chunk, 0));
}

/// Runs a chunk with tracing and expects the result.
#[track_caller]
fn run_traced(chunk: &Chunk, slots: &[Value], expected: i64) -> VM {
    let mut vm = VM::new(chunk.clone());
    vm.frames[0].slots = slots.to_vec();
    vm.enable_tracing_jit();
    match vm.run() {
        VMResult::Ok(Value::Int(n)) if n == expected => vm,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_loop_that_a_run_has_traced_is_compiled() {
    let compiler = compiler(1_000_000, 50);
    let chunk = chunk(COUNT);
    run_traced(&chunk, &[Value::Int(960)], 1000);
    assert!(!compiler.trace_is_compiled(&chunk, 0));
    run_traced(&chunk, &[Value::Int(0)], 1000);
    assert!(compiler.trace_is_compiled(&chunk, 0));
    assert_eq!(compiler.trace_loop_anchors(&chunk, 0), Some((0, 5)));
    let mut slots = [17];
    assert_eq!(ran(&compiler, &chunk, 0, &mut slots, &[]).0, 5);
    assert_eq!(slots, [1000]);
}

#[test]
fn an_aborted_loop_stays_with_the_interpreter() {
    let compiler = compiler(1_000_000, 2);
    let chunk = chunk(COUNT);
    assert!(install(&compiler, &chunk, 0, &[0, 1, 2, 3, 4]));
    compiler.trace_abort(&chunk, 0);
    assert!(!compiler.trace_is_compiled(&chunk, 0));
    let vm = run_traced(&chunk, &[Value::Int(0)], 1000);
    let report = vm.tier_report();
    assert_eq!(report.trace.entries, 0);
    assert!(
        report
            .declines
            .iter()
            .any(|count| count.reason == "Aborted")
    );
    // A recording that is installed anew is native again.
    assert!(install(&compiler, &chunk, 0, &[0, 1, 2, 3, 4]));
    let vm = run_traced(&chunk, &[Value::Int(0)], 1000);
    assert!(vm.tier_report().trace.entries > 0);
}

#[test]
fn a_loop_beyond_the_subset_is_native_but_not_reported() {
    let compiler = compiler(1_000_000, 2);
    let chunk = chunk(
        "loop: LoadUndef\n Pop\n PreIncSlotVoid 0\n GetSlot 0\n LoadInt 1000\n NumLt\n JumpIfTrue loop\n GetSlot 0",
    );
    let vm = run_traced(&chunk, &[Value::Int(0)], 1000);
    assert!(vm.tier_report().trace.entries > 0);
    assert!(!compiler.trace_is_compiled(&chunk, 0));
    assert!(compiler.trace_export_all(&chunk).is_empty());
}

#[test]
fn side_exit_count_observable_via_jit_compiler() {
    let compiler = compiler(1_000_000, 4);
    // Every second turn takes the other direction.
    let text = "
 loop:  GetSlot 0
        LoadInt 1
        BitAnd
        JumpIfFalse even
        PreIncSlotVoid 1
 even:  PreIncSlotVoid 0
        GetSlot 0
        LoadInt 1000
        NumLt
        JumpIfTrue loop
        GetSlot 1
    ";
    let chunk = chunk(text);
    run_traced(&chunk, &[Value::Int(0), Value::Int(0)], 500);
    assert!(compiler.trace_side_exit_count(&chunk, 0) > 0);
}

fn exported() -> (Chunk, TraceMetadata) {
    let chunk = chunk(COUNT);
    let compiler = compiler(1, 50);
    assert!(install_kinded(
        &compiler,
        &chunk,
        0,
        &[0, 1, 2, 3, 4],
        &[SlotKind::Int, SlotKind::Float]
    ));
    let meta = compiler
        .trace_export(&chunk, 0)
        .expect("an installed trace");
    (chunk, meta)
}

#[test]
fn metadata_say_what_was_recorded_and_survive_serde() {
    let (chunk, meta) = exported();
    assert_eq!(meta.chunk_op_hash, chunk.op_hash);
    assert_eq!((meta.anchor_ip, meta.fallthrough_ip), (0, 5));
    assert_eq!(meta.ops, chunk.ops[..5]);
    assert_eq!(meta.recorded_ips, [0, 1, 2, 3, 4]);
    assert_eq!(meta.slot_kinds_at_anchor, [SlotKind::Int, SlotKind::Float]);
    let text = serde_json::to_string(&meta).unwrap();
    let back: TraceMetadata = serde_json::from_str(&text).unwrap();
    assert_eq!(format!("{back:?}"), format!("{meta:?}"));
    let bytes = bincode::serialize(&meta).unwrap();
    let back: TraceMetadata = bincode::deserialize(&bytes).unwrap();
    assert_eq!(format!("{back:?}"), format!("{meta:?}"));
}

#[test]
fn an_import_makes_a_loop_native_without_recording() {
    let (chunk, meta) = exported();
    std::thread::spawn(move || {
        let compiler = compiler(1_000_000, 1_000_000);
        assert!(!compiler.trace_is_compiled(&chunk, 0));
        assert_eq!(compiler.trace_import_all(&chunk, &[meta.clone(), meta]), 2);
        assert!(compiler.trace_is_compiled(&chunk, 0));
        let vm = run_traced(&chunk, &[Value::Int(0)], 1000);
        assert!(vm.tier_report().trace.entries > 0);
        assert_eq!(compiler.trace_export_all(&chunk).len(), 1);
    })
    .join()
    .unwrap();
}

#[test]
fn hostile_metadata_are_refused() {
    let (chunk, good) = exported();
    let compiler = compiler(1, 50);
    let refused = |what: &str, change: &dyn Fn(&mut TraceMetadata)| {
        let mut meta = good.clone();
        change(&mut meta);
        assert!(!compiler.trace_import(&chunk, &meta), "{what}");
        assert!(!compiler.trace_is_compiled(&chunk, 0), "{what}");
    };
    refused("hash", &|meta| meta.chunk_op_hash ^= 1);
    refused("no ops", &|meta| {
        meta.ops.clear();
        meta.recorded_ips.clear();
    });
    refused("lengths", &|meta| meta.recorded_ips.push(5));
    refused("an op", &|meta| meta.ops[2] = Op::LoadInt(7));
    refused("an ip", &|meta| meta.recorded_ips[2] = 3);
    refused("a far ip", &|meta| meta.recorded_ips[4] = usize::MAX);
    refused("anchor", &|meta| meta.anchor_ip = 1);
    refused("fall-through", &|meta| meta.fallthrough_ip = 6);
    refused("order", &|meta| {
        meta.ops.swap(1, 2);
        meta.recorded_ips.swap(1, 2);
    });
    assert!(compiler.trace_import(&chunk, &good));
}

#[test]
fn the_stored_hash_is_not_believed() {
    let (chunk, meta) = exported();
    let compiler = compiler(1, 50);
    let mut edited = chunk.clone();
    edited.ops[2] = Op::LoadInt(5);
    assert_eq!(edited.op_hash, chunk.op_hash);
    assert!(!compiler.trace_import(&edited, &meta));
    let unstamped = Chunk {
        op_hash: 0,
        ..chunk
    };
    assert!(compiler.trace_import(&unstamped, &meta));
}

#[test]
fn kinds_of_any_number_are_hints() {
    let (chunk, mut meta) = exported();
    let compiler = compiler(1, 50);
    for n in [0, 1, 70_000] {
        meta.slot_kinds_at_anchor = vec![SlotKind::Int; n];
        assert!(compiler.trace_import(&chunk, &meta));
        let mut slots = [0];
        assert_eq!(ran(&compiler, &chunk, 0, &mut slots, &[]).0, 5);
        assert_eq!(slots, [1000]);
    }
}

#[test]
fn a_trace_inside_an_expression_leaves_what_is_below_alone() {
    let compiler = compiler(1, 50);
    let chunk = chunk(
        "LoadInt 5\n loop: PreIncSlotVoid 0\n GetSlot 0\n LoadInt 9\n NumLt\n JumpIfTrue loop\n GetSlot 0\n Add",
    );
    assert!(install(&compiler, &chunk, 1, &[1, 2, 3, 4, 5]));
    let mut slots = [0];
    let (resume_ip, deopt) = ran(&compiler, &chunk, 1, &mut slots, &[]);
    assert_eq!((resume_ip, deopt.stack_count, slots), (6, 0, [9]));
}
