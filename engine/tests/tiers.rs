//! The tiers do what the interpreter does, and really run.
#![cfg(feature = "jit")]

use fusevm::asm::assemble;
use fusevm::jit::{ExplainParts, JitCompiler, OptLevel, TierName};
use fusevm::{Op, TierPolicy, TraceJitConfig, VM, VMResult, Value};

/// Everything that a run leaves behind, as text.
fn state(vm: &VM, result: &VMResult) -> String {
    format!(
        "{result:?} stack {:?} frames {:?} globals {:?} ip {} fuel {:?}",
        vm.stack,
        vm.frames,
        vm.globals,
        vm.ip,
        vm.fuel()
    )
}

fn policy(tier: TierName) -> TierPolicy {
    TierPolicy {
        linear: tier == TierName::Linear,
        block: tier == TierName::Block,
        trace: tier == TierName::Trace,
    }
}

/// Runs `text` in the interpreter and three times in `tier`, which must really run.
#[track_caller]
fn check(tier: TierName, text: &str, slots: &[Value]) {
    check_with_fuel(tier, text, slots, None);
}

#[track_caller]
fn check_with_fuel(tier: TierName, text: &str, slots: &[Value], fuel: Option<u64>) {
    let chunk = assemble(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let compiler = JitCompiler::new();
    compiler.flush();
    compiler.set_config(TraceJitConfig {
        block_threshold: 0,
        trace_threshold: 2,
        ..TraceJitConfig::defaults()
    });
    let run = |policy| {
        let mut vm = VM::new(chunk.clone());
        vm.frames[0].slots = slots.to_vec();
        vm.set_tier_policy(policy);
        vm.set_fuel(fuel);
        let result = vm.run();
        (state(&vm, &result), vm.tier_report())
    };
    let (expected, _) = run(TierPolicy::NONE);
    let mut entries = 0;
    for _ in 0..3 {
        let (found, report) = run(policy(tier));
        assert_eq!(expected, found, "{tier} differs\n{text}\n{report:#?}");
        entries += report.tier(tier).entries;
    }
    assert!(
        entries > 0,
        "{tier} never ran\n{text}\n{:#?}",
        run(policy(tier)).1
    );
}

const SUM: &str = "
        LoadInt 0
        SetSlot 0
        LoadInt 0
        SetSlot 1
 loop:  GetSlot 0
        LoadInt 100
        NumLt
        JumpIfFalse end
        GetSlot 1
        GetSlot 0
        Add
        SetSlot 1
        GetSlot 0
        Inc
        SetSlot 0
        Jump loop
 end:   GetSlot 1
";

#[test]
fn a_jump_closed_integer_loop() {
    check(TierName::Block, SUM, &[]);
    check(TierName::Trace, SUM, &[]);
}

#[test]
fn fuel_runs_out_inside_native_loops() {
    for fuel in 0..105 {
        check_with_fuel(TierName::Block, SUM, &[], Some(fuel));
        if fuel > 10 {
            check_with_fuel(TierName::Trace, SUM, &[], Some(fuel));
        }
    }
}

/// Runs `text` with ops counted and answers how often each named op was finished natively,
/// and how often its guards failed.
fn counts<const N: usize>(tier: TierName, text: &str, ops: [Op; N]) -> [(u64, u64); N] {
    let compiler = JitCompiler::new();
    compiler.flush();
    compiler.set_config(TraceJitConfig {
        block_threshold: 0,
        trace_threshold: 2,
        ..TraceJitConfig::defaults()
    });
    let mut vm = VM::new(assemble(text).expect("it assembles"));
    vm.set_tier_policy(policy(tier));
    vm.set_op_counts(true);
    vm.run();
    let report = vm.tier_report();
    let counts = report.tier(tier).counts.as_deref().expect("counts");
    ops.map(|op| {
        (
            counts.finished(op.index()),
            counts.guards_failed(op.index()),
        )
    })
}

#[test]
fn native_ops_are_counted() {
    let ops = [Op::Add, Op::NumLt, Op::Inc, Op::JumpIfFalse(0), Op::Jump(0)];
    assert_eq!(
        counts(TierName::Block, SUM, ops),
        [(100, 0), (101, 0), (100, 0), (101, 0), (100, 0)]
    );
    let [(add, _), (test, _), ..] = counts(TierName::Trace, SUM, ops);
    assert!((90..100).contains(&add), "{add}");
    assert!((90..=101).contains(&test), "{test}");
}

#[test]
fn an_op_whose_guard_fails_was_not_finished_natively() {
    // The global is a `Float` in the last turn only.
    let text = "
        LoadInt 1
        SetVar x
 loop:  GetVar x
        LoadInt 2
        Mul
        Pop
        GetSlot 0
        LoadInt 50
        NumEq
        JumpIfFalse same
        LoadFloat 1.5
        SetVar x
 same:  SlotIncLtIntJumpBack 0 52 loop
";
    let [(finished, failed)] = counts(TierName::Trace, text, [Op::Mul]);
    assert!(failed > 0, "no guard failed, {finished} finished");
    assert!(finished < 52);
}

#[test]
fn nothing_is_counted_unasked() {
    let mut vm = VM::new(assemble(SUM).expect("it assembles"));
    vm.enable_tracing_jit();
    vm.run();
    let report = vm.tier_report();
    assert!(
        TierName::ALL
            .iter()
            .all(|tier| report.tier(*tier).counts.is_none())
    );
}

#[test]
fn a_fused_loop_over_slots_of_any_kind() {
    for start in [
        Value::Undef,
        Value::Float(-3.5),
        Value::str("7"),
        Value::Bool(true),
    ] {
        for tier in [TierName::Block, TierName::Trace] {
            check(
                tier,
                "
        LoadInt 0
        SetSlot 1
 loop:  GetSlot 1
        GetSlot 2
        Add
        SetSlot 1
        SlotIncLtIntJumpBack 0 60 loop
        GetSlot 1
        ",
                &[Value::Int(1), Value::Int(2), start.clone()],
            );
        }
    }
}

#[test]
fn a_branch_that_changes_direction() {
    check(
        TierName::Trace,
        "
        LoadInt 0
        SetSlot 0
        LoadFloat 0.0
        SetSlot 1
 loop:  GetSlot 0
        LoadInt 3
        Mod
        JumpIfTrue other
        GetSlot 1
        LoadFloat 0.5
        Add
        SetSlot 1
        Jump next
 other: GetSlot 1
        LoadInt 2
        Mul
        SetSlot 1
 next:  SlotIncLtIntJumpBack 0 200 loop
        GetSlot 1
        ",
        &[],
    );
}

#[test]
fn strings_and_arrays_stay_in_memory() {
    for tier in [TierName::Block, TierName::Trace] {
        check(
            tier,
            "
        LoadConst \"\"
        SetSlot 1
        DeclareArray a
 loop:  GetSlot 1
        GetSlot 0
        Concat
        SetSlot 1
        GetSlot 0
        Dup
        LoadConst \"x\"
        Swap
        Rot
        Pop
        Pop
        ArrayPush a
        SlotIncLtIntJumpBack 0 60 loop
        GetSlot 1
        ",
            &[Value::Int(0)],
        );
    }
}

#[test]
fn operands_below_a_loop_survive() {
    for tier in [TierName::Block, TierName::Trace] {
        check(
            tier,
            "
        LoadConst \"below\"
        LoadFloat 2.0
        LoadTrue
 loop:  Swap
        LoadInt 1
        Add
        Swap
        SlotIncLtIntJumpBack 0 60 loop
        ",
            &[Value::Int(0)],
        );
    }
}

#[test]
fn straight_line_code_runs_in_the_linear_tier() {
    check(
        TierName::Linear,
        "
        LoadInt 7
        LoadFloat 2.0
        Mul
        SetSlot 3
        GetSlot 3
        LoadConst \"7\"
        Add
        LoadInt 0
        Div
        ",
        &[Value::str("dropped")],
    );
}

#[test]
fn code_of_any_level_does_the_same() {
    let compiler = JitCompiler::new();
    let code = [OptLevel::None, OptLevel::Speed].map(|level| {
        compiler.set_opt_level(level);
        assert_eq!(compiler.opt_level(), level);
        check(TierName::Block, SUM, &[]);
        let parts = ExplainParts {
            trace: false,
            clif: false,
            asm: true,
        };
        let chunk = assemble(SUM).expect("a program");
        compiler.explain(&chunk, parts)
    });
    assert_ne!(code[0], code[1], "both are compiled in the same way");
}

#[test]
fn nested_loops_become_one_piece_of_code() {
    check(
        TierName::Trace,
        "
        LoadInt 0
        SetSlot 2
        LoadInt 0
        SetSlot 0
 outer: LoadInt 0
        SetSlot 1
 inner: GetSlot 2
        GetSlot 1
        Add
        SetSlot 2
        SlotIncLtIntJumpBack 1 20 inner
        SlotIncLtIntJumpBack 0 50 outer
        GetSlot 2
        ",
        &[],
    );
}

#[test]
fn kinds_that_vary_between_turns() {
    for tier in [TierName::Block, TierName::Trace] {
        check(
            tier,
            "
        LoadConst \"text\"
        SetSlot 1
 loop:  GetSlot 0
        LoadInt 2
        Mod
        JumpIfTrue odd
        LoadInt 5
        SetSlot 1
        Jump next
 odd:   LoadConst \"text\"
        SetSlot 1
 next:  GetSlot 1
        GetSlot 0
        Add
        SetSlot 2
        SlotIncLtIntJumpBack 0 90 loop
        GetSlot 2
        ",
            &[Value::Int(0)],
        );
    }
}

#[test]
fn the_target_of_native_code_is_this_machine() {
    let target = JitCompiler::new().target().expect("a supported machine");
    let mut words = target.split(' ');
    assert_eq!(words.next(), Some(std::env::consts::ARCH));
    assert_eq!(JitCompiler::new().target(), Some(target.clone()), "always");
}
