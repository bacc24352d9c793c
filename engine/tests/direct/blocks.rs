//! `try_run_block*`: whole chunks on slots that are written back.

use super::{bits, chunk, compiler};
use fusevm::{BlockNum, JitCompiler, SlotKind};

/// Slot 1 becomes the sum of 0..slot 2.
const SUM: &str = "
        LoadInt 0
        SetSlot 0
        LoadInt 0
        SetSlot 1
 loop:  GetSlot 0
        GetSlot 2
        NumLt
        JumpIfFalse end
        GetSlot 1
        GetSlot 0
        Add
        SetSlot 1
        PreIncSlotVoid 0
        Jump loop
 end:   GetSlot 1
";

#[test]
fn a_loop_runs_and_its_slots_are_written_back() {
    let compiler = compiler(0, 50);
    let mut slots = [-1, -1, 100, 77];
    assert_eq!(compiler.try_run_block(&chunk(SUM), &mut slots), Some(4950));
    assert_eq!(slots, [100, 4950, 100, 77]);
}

#[test]
fn the_call_behind_the_threshold_compiles() {
    let compiler = compiler(2, 50);
    let (chunk, mut slots) = (chunk(SUM), [0, 0, 10]);
    for _ in 0..2 {
        assert_eq!(compiler.try_run_block(&chunk, &mut slots), None);
        assert!(!compiler.block_jit_is_compiled(&chunk));
        assert_eq!(slots, [0, 0, 10]);
    }
    assert_eq!(compiler.try_run_block(&chunk, &mut slots), Some(45));
    assert!(compiler.block_jit_is_compiled(&chunk));
}

#[test]
fn an_eager_call_compiles_at_once() {
    let compiler = compiler(1000, 50);
    let found = compiler.try_run_block_eager(&chunk(SUM), &mut [0, 0, 4]);
    assert_eq!(found, Some(6));
}

#[test]
fn float_slots_are_bits() {
    let compiler = compiler(0, 50);
    let chunk = chunk("GetSlot 0\n LoadFloat 0.5\n Add\n Dup\n SetSlot 0\n SetSlot 1\n GetSlot 0");
    let kinds = [SlotKind::Float];
    let mut slots = [bits(2.25), 9];
    let found = compiler.try_run_block_typed_kinded(&chunk, &mut slots, &kinds);
    assert_eq!(found, Some(BlockNum::Float(2.75)));
    // The second slot has no kind given, so it is an integer.
    assert_eq!(slots, [bits(2.75), 2]);
    let found = compiler.try_run_block_kinded(&chunk, &mut slots, &kinds);
    assert_eq!(found, Some(3));
}

#[test]
fn results_become_numbers() {
    let compiler = compiler(0, 50);
    let run = |text: &str| {
        let chunk = chunk(text);
        (
            compiler.try_run_block_eager(&chunk, &mut []),
            compiler.try_run_block_eager_typed_kinded(&chunk, &mut [], &[]),
        )
    };
    assert_eq!(run("LoadTrue"), (Some(1), Some(BlockNum::Int(1))));
    assert_eq!(run("LoadInt 1\n Pop"), (Some(0), Some(BlockNum::Int(0))));
    let (truncated, exact) = run("LoadFloat -2.75");
    assert_eq!((truncated, exact), (Some(-2), Some(BlockNum::Float(-2.75))));
    assert_eq!(run("LoadFloat 1e300").0, Some(i64::MAX));
    assert_eq!(run("LoadInt 0\n LoadInt 0\n Div").0, Some(0));
}

#[test]
fn slots_that_are_not_written_keep_their_bits() {
    let compiler = compiler(0, 50);
    let signalling = 0x7ff0_0000_0000_0001_u64 as i64;
    let mut slots = [signalling, bits(-0.0), 5];
    let kinds = [SlotKind::Float, SlotKind::Float];
    let chunk = chunk("GetSlot 0\n Pop\n GetSlot 1\n Pop\n PreIncSlot 2");
    assert_eq!(
        compiler.try_run_block_kinded(&chunk, &mut slots, &kinds),
        Some(6)
    );
    assert_eq!(slots, [signalling, bits(-0.0), 6]);
}

#[test]
fn block_jit_slots_written_back() {
    let compiler = compiler(0, 50);
    let text = "PushFrame\n PreIncSlotVoid 0\n LoadInt 7\n SetSlot 1\n GetSlot 0";
    let (chunk, mut slots) = (chunk(text), [41, 0]);
    assert_eq!(compiler.try_run_block(&chunk, &mut slots), Some(42));
    assert_eq!(slots, [42, 7]);
    assert!(compiler.block_jit_is_compiled(&chunk));
}

#[test]
fn other_scopes_decline() {
    let compiler = compiler(0, 50);
    for text in [
        "PushFrame\n PopFrame\n LoadInt 1",
        "LoadInt 1\n PushFrame",
        "top: PushFrame\n GetSlot 0\n JumpIfTrue top",
    ] {
        let found = compiler.try_run_block_eager(&chunk(text), &mut [0]);
        assert_eq!(found, None, "{text}");
    }
}

#[test]
fn a_slot_that_is_not_there_declines() {
    let compiler = compiler(0, 50);
    let chunk = chunk("SlotIncLtIntJumpBack 3 0 end\n end: LoadInt 1");
    assert_eq!(compiler.try_run_block_eager(&chunk, &mut [0, 0, 0]), None);
    assert_eq!(compiler.try_run_block_eager(&chunk, &mut []), None);
    let mut slots = [0; 4];
    assert_eq!(compiler.try_run_block_eager(&chunk, &mut slots), Some(1));
    assert_eq!(slots, [0, 0, 0, 1]);
}

#[test]
fn what_does_not_verify_declines_and_changes_nothing() {
    let compiler = compiler(0, 50);
    let mut slots = [5];
    for text in [
        "",
        "PreIncSlotVoid 0\n Add",
        "PreIncSlotVoid 0\n LoadInt 1\n Print 1",
    ] {
        assert_eq!(
            compiler.try_run_block_eager(&chunk(text), &mut slots),
            None,
            "{text}"
        );
    }
    assert_eq!(slots, [5]);
}

#[test]
fn native_code_that_is_left_in_the_middle_is_finished() {
    // A zero divisor leaves native code at `Mod`, after slot 0 was written.
    let compiler = compiler(0, 50);
    let text = "PreIncSlotVoid 0\n GetSlot 0\n GetSlot 1\n Mod\n SetSlot 2\n GetSlot 2\n PreIncSlot 0\n Add";
    let chunk = chunk(text);
    let mut slots = [6, 4, 0];
    assert_eq!(compiler.try_run_block(&chunk, &mut slots), Some(7 % 4 + 8));
    assert_eq!(slots, [8, 4, 3]);
    slots[1] = 0;
    assert_eq!(compiler.try_run_block(&chunk, &mut slots), Some(10));
    assert_eq!(slots, [10, 0, 0]);
}

#[test]
fn equal_hashes_do_not_share_code() {
    let compiler = compiler(0, 50);
    let (mut one, mut two) = (chunk("LoadInt 1"), chunk("LoadInt 2"));
    one.op_hash = 7;
    two.op_hash = 7;
    assert_eq!(compiler.try_run_block(&one, &mut []), Some(1));
    assert_eq!(compiler.try_run_block(&two, &mut []), Some(2));
    assert_eq!(compiler.try_run_block(&one, &mut []), Some(1));
}

#[test]
fn no_trap_is_pending_without_an_awk_error() {
    let compiler = JitCompiler::new();
    assert_eq!(
        compiler.try_run_block_eager(&chunk("LoadInt 3"), &mut []),
        Some(3)
    );
    assert!(!compiler.take_awk_div_trap());
}

#[test]
fn an_awk_error_is_a_pending_trap() {
    let compiler = compiler(0, 50);
    let text = "PreIncSlotVoid 0\n LoadInt 6\n GetSlot 1\n AwkDivJit\n SetSlot 2\n GetSlot 2";
    let chunk = chunk(text);
    let mut slots = [1, 0, 9];
    assert_eq!(compiler.try_run_block(&chunk, &mut slots), Some(0));
    assert_eq!(slots, [2, 0, 9]);
    assert!(compiler.take_awk_div_trap());
    assert!(!compiler.take_awk_div_trap());
    slots[1] = 2;
    assert_eq!(compiler.try_run_block(&chunk, &mut slots), Some(3));
    assert_eq!(slots, [3, 2, 3]);
    assert!(!compiler.take_awk_div_trap());
}

#[test]
fn the_next_run_clears_a_trap() {
    let compiler = compiler(0, 50);
    let fails = chunk("LoadInt 1\n LoadInt 0\n AwkModJit");
    let typed = compiler.try_run_block_typed_kinded(&fails, &mut [], &[]);
    assert_eq!(typed, Some(BlockNum::Int(0)));
    assert_eq!(
        compiler.try_run_block(&chunk("LoadInt 1"), &mut []),
        Some(1)
    );
    assert!(!compiler.take_awk_div_trap());
    assert_eq!(compiler.try_run_block(&fails, &mut []), Some(0));
    fusevm::VM::new(chunk("LoadInt 1")).run();
    assert!(!compiler.take_awk_div_trap());
    // A call that runs nothing does not clear it.
    assert_eq!(compiler.try_run_block(&fails, &mut []), Some(0));
    assert_eq!(compiler.try_run_block(&chunk("LoadUndef"), &mut []), None);
    assert!(compiler.take_awk_div_trap());
}

#[test]
fn awk_ops_compute_with_their_built_in_rules() {
    let compiler = compiler(0, 50);
    let block_jit_awk_int_truncates_float = chunk("LoadFloat 3.7\n AwkInt\n SetSlot 0\n GetSlot 0");
    let mut slots = [0];
    let found = compiler.try_run_block(&block_jit_awk_int_truncates_float, &mut slots);
    assert_eq!((found, slots), (Some(3), [3]));
    let found = compiler.try_run_block(&chunk("LoadInt 12\n LoadInt 10\n AwkAnd 2"), &mut []);
    assert_eq!(found, Some(8));
}

extern "C" fn ten_times(field: i64) -> f64 {
    // The engine is free for others while native code runs.
    let inner = JitCompiler::new().try_run_block_eager(&chunk("LoadInt 10"), &mut []);
    inner.map_or(f64::NAN, |n| (n * field) as f64)
}

#[test]
fn a_hook_may_run_blocks_itself() {
    let compiler = compiler(0, 50);
    fusevm::set_awk_field_num_hook(Some(ten_times));
    let chunk = chunk("AwkGetFieldNum 3\n LoadInt 1\n Add\n SetSlot 0\n GetSlot 0");
    let mut slots = [0];
    assert_eq!(compiler.try_run_block(&chunk, &mut slots), Some(31));
    fusevm::set_awk_field_num_hook(None);
    assert_eq!(compiler.try_run_block(&chunk, &mut slots), Some(1));
    assert_eq!(slots, [1]);
}
