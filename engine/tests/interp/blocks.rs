//! The higher-order ops and their blocks.

use super::{check_all, run, show, vm};
use fusevm::Value;

#[test]
fn results() {
    check_all(&[
        (
            "LoadConst [1, 2, 3] / MapBlock b / Jump e / block b: / Dup / Mul / end b / e:",
            "Array([Int(1), Int(4), Int(9)]) []",
        ),
        (
            "LoadConst [1, 2, 3] / GrepBlock b / Jump e / block b: / LoadInt 2 / NumNe / end b / e:",
            "Array([Int(1), Int(3)]) []",
        ),
        (
            "LoadConst [3, 1, 2] / SortBlock b / Jump e / block b: / Spaceship / end b / e:",
            "Array([Int(1), Int(2), Int(3)]) []",
        ),
        (
            "LoadConst [3, 1, 2] / ForEachBlock b / GetSlot 0 / Jump e / block b: / SetSlot 1 / AddAssignSlotVoid 0 1 / end b / e:",
            "Int(6) []",
        ),
        (
            "LoadConst [1, 2] / MapBlock b / Jump e / block b: / end b / e:",
            "Array([Int(1), Int(2)]) []",
        ),
        (
            "LoadConst [1, 2] / MapBlock b / Jump e / block b: / Pop / end b / e:",
            "Array([Undef, Undef]) []",
        ),
        (
            "LoadInt 9 / LoadConst [1] / MapBlock b / Jump e / block b: / Pop / Pop / end b / e:",
            "Array([Undef]) []",
        ),
        (
            "LoadConst [] / MapBlock b / Jump e / block b: / LoadInt 3 / end b / e:",
            "Array([]) []",
        ),
        (
            "LoadConst [] / ForEachBlock b / Jump e / block b: / LoadInt 3 / end b / e:",
            "halted []",
        ),
        (
            "LoadConst [7] / SortBlock b / Jump e / block b: / LoadInt 3 / end b / e:",
            "Array([Int(7)]) []",
        ),
        (
            "LoadConst [\"b\", 10, 9, [\"a\", 1]] / SortDefault",
            "Array([Int(10), Int(9), Array([Str(\"a\"), Int(1)]), Str(\"b\")]) []",
        ),
        (
            "LoadConst [\"b\", \"a\"] / SortDefault",
            "Array([Str(\"a\"), Str(\"b\")]) []",
        ),
    ]);
}

#[test]
fn no_effect_without_array_or_block() {
    check_all(&[
        ("LoadInt 5 / MapBlock 0", "Int(5) []"),
        ("MapBlock 0", "halted []"),
        ("LoadConst [1] / MapBlock 0", "Array([Int(1)]) []"),
        (
            "LoadConst [1] / range 1 99 / ForEachBlock 0",
            "Array([Int(1)]) []",
        ),
        (
            "LoadConst [1] / range 2 1 / SortBlock 0",
            "Array([Int(1)]) []",
        ),
        ("LoadInt 5 / SortDefault", "Int(5) []"),
    ]);
}

#[test]
fn comparisons_of_a_sort_are_in_order() {
    // The block notes every pair it is given.
    let text = "DeclareArray 0 / LoadConst [4, 2, 5, 1, 3] / SortBlock b / Jump e
        block b: / Dup2 / MakeArray 2 / ArrayPush 0 / Spaceship / end b
        e: / GetVar 0";
    assert_eq!(
        run(text),
        "Array([Array([Int(4), Int(2)]), Array([Int(1), Int(3)]), Array([Int(5), Int(1)]), \
         Array([Int(5), Int(3)]), Array([Int(2), Int(1)]), Array([Int(2), Int(3)]), \
         Array([Int(4), Int(3)]), Array([Int(4), Int(5)])])"
    );
    let nan = "LoadConst [3, 1, 2] / SortBlock b / Jump e / block b: / LoadFloat nan / end b / e:";
    assert_eq!(run(nan), "Array([Int(3), Int(1), Int(2)])");
    let after = "LoadConst [3, 1, 2] / SortBlock b / Jump e / block b: / LoadTrue / end b / e:";
    assert_eq!(run(after), "Array([Int(2), Int(1), Int(3)])");
}

#[test]
fn returns_end_the_invocation() {
    check_all(&[
        (
            "LoadConst [1, 2] / MapBlock b / Jump e / block b: / LoadInt 7 / ReturnValue / Nop / end b / e:",
            "Array([Int(7), Int(7)]) []",
        ),
        (
            "LoadConst [1, 2] / MapBlock b / Jump e / block b: / Return / Nop / end b / e:",
            "Array([Undef, Undef]) []",
        ),
        (
            "LoadConst [1] / MapBlock b / Jump e / block b: / PushFrame / LoadInt 3 / ReturnValue / end b / e:",
            "Array([Int(3)]) []",
        ),
        (
            "LoadConst [1] / PushFrame / MapBlock b / Jump e / block b: / PopFrame / LoadInt 3 / end b / e:",
            "Array([Int(3)]) []",
        ),
        (
            "Call f 0 / Jump e / sub f: / LoadConst [1, 2] / MapBlock b / ReturnValue / block b: / Call g 1 / end b / sub g: / LoadInt 5 / Mul / ReturnValue / e:",
            "Array([Int(5), Int(10)]) []",
        ),
    ]);
}

#[test]
fn jumps_out_of_a_block() {
    let text = "LoadInt 9 / LoadConst [1] / MapBlock b / Jump e / block b: / Jump 0 / end b / e:";
    let mut vm = vm(text);
    assert_eq!(show(vm.run()), "error: jump out of block");
    assert_eq!(vm.ip, 0);
    assert_eq!(vm.stack, [Value::Int(9), Value::Int(1)]);
    check_all(&[
        (
            "LoadConst [1] / MapBlock b / Jump e / block b: / Jump 99 / end b / e:",
            "error: jump out of block [Int(1)]",
        ),
        (
            "LoadConst [1] / MapBlock b / Jump e / block b: / Jump 4 / Nop / end b / e:",
            "Array([Int(1)]) []",
        ),
        // Inside a function that the block calls, code is anywhere.
        (
            "LoadConst [1] / MapBlock b / Jump e / block b: / Call f 1 / end b / sub f: / Jump g / e: / Return / g: / LoadInt 8 / ReturnValue",
            "Array([Int(8)]) []",
        ),
        // A run that ends in there ends.
        (
            "LoadConst [1] / MapBlock b / Jump e / block b: / Call f 1 / end b / sub f: / Jump 99 / e:",
            "Int(1) []",
        ),
    ]);
}

#[test]
fn slots_and_nesting() {
    let text = "LoadInt 0 / SetSlot 0 / LoadConst [[1, 2], [3]] / MapBlock outer / Jump e
        block outer: / MapBlock inner / end outer
        block inner: / PreIncSlotVoid 0 / GetSlot 0 / Add / end inner
        e: / GetSlot 0 / MakeArray 2";
    assert_eq!(
        run(text),
        "Array([Array([Array([Int(2), Int(4)]), Array([Int(6)])]), Int(3)])"
    );
}

#[test]
fn blocks_nest_as_deep_as_frames() {
    // Each invocation starts another one of the same block, down to the limit.
    let text = "LoadConst [1] / MapBlock b / Jump e / block b: / Pop / LoadConst [1] / MapBlock b / end b / e:";
    assert_eq!(run(text), "error: limit exceeded: call frames");
}

#[test]
fn a_halt_or_error_inside_a_block() {
    let mut halting = vm(
        "LoadInt 5 / LoadConst [1, 2] / MapBlock b / Jump e / block b: / CallBuiltin 1 0 / Nop / end b / e:",
    );
    halting.register_builtin(1, |vm, _| {
        vm.request_halt();
        Value::Int(3)
    });
    assert_eq!(show(halting.run()), "Int(3)");
    assert_eq!(halting.stack, [Value::Int(5), Value::Int(1)]);
    assert_eq!(halting.ip, 5);
    let failing = "LoadInt 5 / LoadConst [1, 2] / MapBlock b / Jump e / block b: / Call nobody 0 / end b / e:";
    assert_eq!(run(failing), "error: undefined function: nobody");
}

#[test]
fn a_run_after_an_error_in_a_block_knows_nothing_of_it() {
    let mut vm = vm(
        "LoadConst [1, 2] / MapBlock b / Jump e / block b: / Call nobody 0 / end b / LoadInt 8 / e:",
    );
    assert_eq!(show(vm.run()), "error: undefined function: nobody");
    assert_eq!(show(vm.run()), "Int(8)");
}
