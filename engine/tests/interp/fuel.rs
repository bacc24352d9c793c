//! Fuel: what is charged, exactly, and what happens without it.

use super::{show, vm};
use fusevm::Value;

/// What a program uses when there is plenty.
fn used(text: &str) -> u64 {
    let mut vm = vm(text);
    vm.set_fuel(Some(1_000_000));
    let result = show(vm.run());
    assert!(!result.starts_with("error"), "{text}: {result}");
    1_000_000 - vm.fuel().unwrap()
}

#[test]
fn prices() {
    for (text, price) in [
        ("LoadInt 1 / LoadInt 2 / Add", 0),
        ("Jump 1 / Nop", 0),
        ("l: / SlotIncLtIntJumpBack 0 10 l", 9),
        ("l: / PreIncSlot 0 / LoadInt 10 / NumLt / JumpIfTrue l", 9),
        ("l: / PreIncSlot 0 / LoadInt 10 / NumGe / JumpIfFalse l", 9),
        (
            "l: / Pop / PreIncSlot 0 / LoadInt 10 / NumLt / JumpIfTrueKeep l",
            9,
        ),
        (
            "l: / PreIncSlotVoid 0 / SlotLtIntJumpIfFalse 0 10 e / Jump l / e:",
            9,
        ),
        ("Call f 0 / Jump e / sub f: / Return / e:", 1),
        (
            "LoadConst [1, 2, 3] / ForEachBlock b / Jump e / block b: / end b / e:",
            3,
        ),
        (
            "LoadConst [3, 2, 1] / SortBlock b / Jump e / block b: / Spaceship / end b / e:",
            3,
        ),
        ("AccumSumLoop 0 1 100", 100),
        ("ConcatConstLoop \"xy\" 0 1 100", 100 + 3),
        ("PushIntRangeLoop 0 0 128", 128 + 2),
        ("LoadInt 1 / LoadInt 640 / Range", 10),
        ("LoadInt 1 / LoadInt 639 / Range", 9),
        ("LoadInt 1 / LoadInt 640 / Range / SetVar 0 / GetVar 0", 20),
        (
            "LoadInt 1 / LoadInt 640 / Range / SetVar 0 / LoadInt 0 / ArrayGet 0",
            10,
        ),
        ("LoadInt 1 / LoadInt 640 / Range / Dup", 20),
        ("LoadInt 1 / LoadInt 32 / Range / Dup2", 0),
        ("LoadInt 1 / LoadInt 64 / Range / Dup / Dup2", 1 + 1 + 2),
        ("LoadConst \"x\" / LoadInt 640 / StringRepeat", 10),
        (
            "LoadConst \"x\" / LoadInt 640 / StringRepeat / Dup / SetSlot 0 / GetSlot 0",
            10,
        ),
        (
            "LoadConst \"x\" / LoadInt 63 / StringRepeat / LoadConst \"x\" / Concat",
            1,
        ),
        (
            "LoadConst \"x\" / LoadInt 640 / StringRepeat / SetSlot 0 / GetSlot 0 / LoadConst \"x\" / Concat / SetSlot 0",
            20,
        ),
        ("DeclareArray 0 / LoadInt 1 / LoadInt 639 / ArraySet 0", 10),
        (
            "LoadInt 1 / LoadInt 640 / Range / MapBlock b / Jump e / block b: / end b / e:",
            10 + 640 + 10,
        ),
        (
            "LoadInt 1 / LoadInt 640 / Range / GrepBlock b / Jump e / block b: / end b / e:",
            10 + 640 + 10,
        ),
        ("LoadInt 1 / LoadInt 640 / Range / SortDefault", 20),
    ] {
        assert_eq!(used(text), price, "{text}");
        let mut exact = vm(text);
        exact.set_fuel(Some(price));
        assert!(!show(exact.run()).starts_with("error"), "{text}");
        assert_eq!(exact.fuel(), Some(0), "{text}");
        if price > 0 {
            let mut short = vm(text);
            short.set_fuel(Some(price - 1));
            assert_eq!(show(short.run()), "error: limit exceeded: fuel", "{text}");
        }
    }
}

#[test]
fn an_op_that_cannot_pay_has_no_effect() {
    for (text, fuel, left, ip, height) in [
        ("l: / LoadTrue / JumpIfTrue l", 0, 0, 2, 1),
        (
            "l: / LoadInt 1 / LoadInt 2 / NumLt / JumpIfTrue l",
            0,
            0,
            4,
            1,
        ),
        ("LoadInt 7 / l: / LoadFalse / JumpIfFalseKeep l", 1, 0, 3, 3),
        ("LoadInt 1 / Call f 1 / sub f: / Return", 0, 0, 2, 1),
        ("LoadInt 1 / LoadInt 640 / Range", 9, 9, 3, 2),
        (
            "LoadConst [1, 2] / MapBlock b / block b: / end b",
            0,
            0,
            2,
            1,
        ),
        ("LoadConst \"x\" / LoadInt 640 / StringRepeat", 5, 5, 3, 2),
        ("AccumSumLoop 0 1 100", 99, 99, 1, 0),
        ("ConcatConstLoop \"xy\" 0 1 100", 102, 102, 1, 0),
        ("PushIntRangeLoop 0 0 128", 129, 129, 1, 0),
    ] {
        let mut vm = vm(text);
        vm.set_fuel(Some(fuel));
        assert_eq!(show(vm.run()), "error: limit exceeded: fuel", "{text}");
        assert_eq!(vm.fuel(), Some(left), "{text}");
        assert_eq!((vm.ip, vm.stack.len()), (ip, height), "{text}");
        assert_eq!(vm.frames.len(), 1, "{text}");
        assert_eq!(vm.frames[0].slots.len(), 0, "{text}");
    }
}

#[test]
fn a_fused_back_edge_that_cannot_pay_leaves_its_slot() {
    let mut vm = vm("l: / SlotIncLtIntJumpBack 0 10 l");
    vm.set_fuel(Some(4));
    assert_eq!(show(vm.run()), "error: limit exceeded: fuel");
    assert_eq!((vm.get_slot(0), vm.ip), (Value::Int(4), 1));
    // The run goes on behind the op that failed.
    assert_eq!(show(vm.run()), "halted");
}

#[test]
fn a_later_invocation_that_cannot_pay() {
    let mut vm =
        vm("LoadInt 9 / LoadConst [1, 2, 3] / MapBlock b / Jump e / block b: / end b / e:");
    vm.set_fuel(Some(2));
    assert_eq!(show(vm.run()), "error: limit exceeded: fuel");
    assert_eq!((vm.ip, vm.stack.len()), (3, 1));
}

#[test]
fn a_line_that_cannot_be_paid_for_is_still_there() {
    let mut vm = vm("ReadLine / ReadLine");
    let long = "x".repeat(200);
    vm.set_input(Box::new(std::io::Cursor::new(format!("{long}\nnext\n"))));
    vm.set_fuel(Some(2));
    assert_eq!(show(vm.run()), "error: limit exceeded: fuel");
    vm.set_fuel(None);
    assert_eq!(show(vm.run()), format!("Str({long:?})"));
}

#[test]
fn fuel_survives_reset_and_may_be_given_by_a_handler() {
    let mut vm = vm("l: / CallBuiltin 1 0 / Pop / SlotIncLtIntJumpBack 0 1000 l");
    vm.register_builtin(1, |vm, _| {
        if vm.get_slot(0).to_int() == 500 {
            vm.set_fuel(Some(10));
        }
        Value::Undef
    });
    assert_eq!(show(vm.run()), "error: limit exceeded: fuel");
    assert_eq!(vm.get_slot(0), Value::Int(510));
    vm.reset(vm.chunk.clone());
    assert_eq!(vm.fuel(), Some(0));
}
