//! Frames, calls, returns, scopes, and how runs end.

use super::{check_all, chunk, run, show, vm};
use fusevm::{Frame, VM, Value};

#[test]
fn calls_and_returns() {
    check_all(&[
        (
            "LoadInt 1 / LoadInt 2 / Call f 1 / Jump e / sub f: / Inc / ReturnValue / e:",
            "Int(3) [Int(1)]",
        ),
        (
            "LoadInt 1 / LoadInt 2 / Call f 1 / Jump e / sub f: / Inc / Return / e:",
            "Int(1) []",
        ),
        ("Call f 9 / Jump e / sub f: / ReturnValue / e:", "Undef []"),
        (
            "LoadInt 7 / Call f 200 / Jump e / sub f: / LoadInt 8 / ReturnValue / e:",
            "Int(8) []",
        ),
        (
            "LoadInt 1 / Call f 0 / Jump e / sub f: / PushFrame / LoadInt 2 / PushFrame / LoadInt 3 / ReturnValue / e:",
            "Int(3) [Int(1)]",
        ),
        (
            "LoadInt 1 / Call f 0 / LoadInt 2",
            "error: undefined function: f [Int(1)]",
        ),
        ("Call 77 0", "error: undefined function: ? []"),
        (
            "LoadInt 5 / SetSlot 0 / Call f 0 / Jump e / sub f: / GetSlot 0 / ReturnValue / e:",
            "Undef []",
        ),
        (
            "LoadConst [1] / LoadConst \"s\" / Call f 2 / Jump e / sub f: / LoadConst \"r\" / ReturnValue / e:",
            "Str(\"r\") []",
        ),
    ]);
}

#[test]
fn the_first_entry_of_a_name_counts() {
    let mut vm = vm(
        "Call f 0 / Jump e / sub f: / LoadInt 1 / ReturnValue / entry f other / other: / LoadInt 2 / ReturnValue / e:",
    );
    assert_eq!(show(vm.run()), "Int(1)");
}

#[test]
fn root_returns_halt_and_leave_the_stack() {
    check_all(&[
        (
            "LoadInt 1 / LoadInt 2 / Return / LoadInt 3",
            "Int(2) [Int(1)]",
        ),
        (
            "LoadInt 1 / LoadInt 2 / ReturnValue / LoadInt 3",
            "Int(2) [Int(1)]",
        ),
        ("ReturnValue", "Undef []"),
        ("Return", "halted []"),
        (
            "LoadInt 1 / PushFrame / LoadInt 2 / Return",
            "Int(2) [Int(1)]",
        ),
    ]);
    let mut vm = vm("LoadInt 1 / PushFrame / LoadInt 2 / Return / LoadInt 9");
    vm.run();
    assert_eq!((vm.frames.len(), vm.ip, vm.is_halted()), (1, 4, true));
    assert_eq!(show(vm.run()), "Int(1)");
    assert_eq!(show(vm.run()), "halted");
    vm.reset(chunk("LoadInt 4"));
    assert_eq!(show(vm.run()), "Int(4)");
}

#[test]
fn scopes() {
    check_all(&[
        ("LoadInt 1 / PushFrame / LoadInt 2 / PopFrame", "Int(1) []"),
        ("LoadInt 1 / PopFrame", "Int(1) []"),
        (
            "LoadInt 5 / SetSlot 0 / PushFrame / GetSlot 0 / SetSlot 1 / PopFrame / GetSlot 0",
            "Int(5) []",
        ),
        (
            "Call f 0 / Jump e / sub f: / PopFrame / LoadInt 3 / ReturnValue / e:",
            "Int(3) []",
        ),
    ]);
}

#[test]
fn a_run_may_end_inside_a_call() {
    let mut vm = vm("LoadInt 1 / Call f 0 / sub f: / SetSlot 3 / Jump 99");
    assert_eq!(show(vm.run()), "halted");
    assert_eq!(vm.frames.len(), 2);
    assert_eq!(vm.frames[1].slots.len(), 4);
    assert_eq!((vm.frames[1].return_ip, vm.frames[1].stack_base), (2, 1));
}

#[test]
fn runs_continue_where_they_ended() {
    let mut vm = vm("LoadInt 1 / LoadInt 2 / Call nobody 0 / LoadInt 3");
    assert_eq!(show(vm.run()), "error: undefined function: nobody");
    assert_eq!(vm.ip, 3);
    assert_eq!(show(vm.run()), "Int(3)");
    assert_eq!(show(vm.run()), "Int(2)");
    vm.push(Value::Int(8));
    assert_eq!(show(vm.run()), "Int(8)");
    assert_eq!(show(VM::new(chunk("")).run()), "halted");
}

#[test]
fn a_halt_before_the_run() {
    let mut vm = vm("LoadInt 1");
    vm.request_halt();
    assert_eq!(show(vm.run()), "halted");
    assert_eq!(vm.ip, 0);
    vm.push(Value::Int(4));
    assert_eq!(show(vm.run()), "Int(4)");
}

#[test]
fn frames_made_by_the_embedder() {
    let mut vm = vm("LoadInt 2 / SetSlot 0 / Return / GetSlot 0 / LoadInt 7");
    vm.push(Value::Int(1));
    vm.frames.push(Frame {
        return_ip: 3,
        stack_base: 99,
        slots: vec![Value::Undef],
    });
    assert_eq!(show(vm.run()), "Int(7)");
    assert_eq!(vm.stack.len(), 2);
    let mut vm = super::vm("ReturnValue / LoadInt 7");
    vm.frames.push(Frame {
        return_ip: usize::MAX - 1,
        stack_base: 0,
        slots: vec![],
    });
    assert_eq!(show(vm.run()), "Undef");
    assert_eq!(vm.ip, usize::MAX - 1);
}

#[test]
fn deep_recursion_and_many_calls() {
    let fib = "LoadInt 20 / Call fib 1 / Jump e / sub fib: / SetSlot 0 / GetSlot 0 / LoadInt 2 / NumLt / JumpIfFalse more / GetSlot 0 / ReturnValue / more: / GetSlot 0 / Dec / Call fib 1 / GetSlot 0 / LoadInt 2 / Sub / Call fib 1 / Add / ReturnValue / e:";
    assert_eq!(run(fib), "Int(6765)");
    let count = "LoadInt 60000 / Call down 1 / Jump e / sub down: / Dup / JumpIfFalse out / Dec / Call down 1 / out: / ReturnValue / e:";
    assert_eq!(run(count), "Int(0)");
}
