//! Limits: the error, the op at which it strikes, and what is left untouched.

use super::{run, show, vm};
use fusevm::{Limits, VM, Value};

/// A VM with changed limits.
fn limited(text: &str, change: impl FnOnce(&mut Limits)) -> VM {
    let mut vm = vm(text);
    let mut limits = vm.limits();
    change(&mut limits);
    vm.set_limits(limits);
    vm
}

#[test]
fn value_stack() {
    for (text, max, ip, height) in [
        ("LoadInt 1 / LoadInt 2 / LoadInt 3", 2, 3, 2),
        ("LoadInt 1 / Dup2 / LoadInt 3 / Dup2 / Pop", 3, 4, 2),
        ("LoadInt 1 / SetSlot 0 / GetSlot 0 / GetSlot 0", 1, 4, 1),
        ("LoadInt 1 / SetVar 0 / GetVar 0 / GetVar 0", 1, 4, 1),
        ("LoadInt 1 / Dup", 1, 2, 1),
        ("LoadInt 1 / PreIncSlot 0", 1, 2, 1),
        ("LoadInt 1 / PostDecSlot 0", 1, 2, 1),
        ("LoadInt 1 / MakeArray 0", 1, 2, 1),
        ("LoadInt 1 / ArrayPop 0", 1, 2, 1),
        ("LoadInt 1 / HashKeys 0", 1, 2, 1),
        ("LoadInt 1 / ReadLine", 1, 2, 1),
        ("LoadInt 1 / TimeInt", 1, 2, 1),
        (
            "LoadConst [2, 1] / SortBlock b / Jump e / block b: / end b / e:",
            1,
            2,
            0,
        ),
        (
            "LoadConst [2, 1] / MapBlock b / Jump e / block b: / LoadInt 1 / end b / e:",
            1,
            4,
            1,
        ),
    ] {
        let mut vm = limited(text, |limits| limits.value_stack = max);
        assert_eq!(
            show(vm.run()),
            "error: limit exceeded: value stack",
            "{text}"
        );
        assert_eq!((vm.ip, vm.stack.len()), (ip, height), "{text}");
        assert_eq!(
            vm.get_slot(0).to_int(),
            i64::from(text.contains("SetSlot")),
            "{text}"
        );
    }
    // What pops first has room.
    for text in [
        "LoadInt 1 / Inc",
        "LoadInt 1 / MakeArray 1",
        "LoadInt 1 / Call f 1 / sub f: / ReturnValue",
        "LoadConst [1] / MapBlock b / Jump 9 / block b: / end b",
    ] {
        let mut vm = limited(text, |limits| limits.value_stack = 1);
        assert!(!show(vm.run()).starts_with("error"), "{text}");
    }
}

#[test]
fn endless_pushing() {
    let mut vm = vm("l: / LoadInt 1 / Jump l");
    assert_eq!(show(vm.run()), "error: limit exceeded: value stack");
    assert_eq!((vm.stack.len(), vm.ip), (1 << 20, 1));
    // A handler's values are taken as they are; the limit applies to the next push.
    let mut vm = limited("CallBuiltin 1 0 / LoadInt 1", |limits| {
        limits.value_stack = 2
    });
    vm.register_builtin(1, |vm, _| {
        vm.stack.resize(10, Value::Undef);
        Value::Undef
    });
    assert_eq!(show(vm.run()), "error: limit exceeded: value stack");
    assert_eq!((vm.stack.len(), vm.ip), (10, 1));
}

#[test]
fn the_value_stack_in_deep_recursion() {
    // 20 values per activation: the limit strikes inside one, at the same op in any case.
    let body = "LoadInt 1 / ".repeat(20);
    let text = format!("Call f 0 / sub f: / {body} Call f 0");
    let outcome = |checked| {
        let mut vm = limited(&text, |limits| limits.value_stack = 4321);
        vm.set_checked_dispatch(checked);
        let result = show(vm.run());
        (result, vm.ip, vm.stack.len(), vm.frames.len())
    };
    assert_eq!(outcome(true), outcome(false));
    assert_eq!(outcome(false).0, "error: limit exceeded: value stack");
    assert_eq!(outcome(false).2, 4321);
}

#[test]
fn call_frames() {
    for text in ["Call f 0 / sub f: / Call f 0", "l: / PushFrame / Jump l"] {
        let mut vm = vm(text);
        assert_eq!(
            show(vm.run()),
            "error: limit exceeded: call frames",
            "{text}"
        );
        assert_eq!(vm.frames.len(), 65536);
    }
    let mut vm = limited(
        "LoadConst [1] / MapBlock b / Jump 9 / block b: / PushFrame / PushFrame / end b",
        |limits| {
            limits.call_frames = 3;
        },
    );
    assert_eq!(show(vm.run()), "error: limit exceeded: call frames");
    assert_eq!((vm.frames.len(), vm.ip), (2, 5));
}

#[test]
fn collection_size() {
    for (text, left) in [
        ("LoadInt 0 / LoadInt 10 / Range", 0),
        ("LoadInt 0 / LoadInt -10 / LoadInt -1 / RangeStep", 0),
        (
            "LoadInt 1 / LoadInt 2 / LoadInt 3 / LoadInt 4 / MakeArray 4",
            0,
        ),
        ("DeclareArray 0 / LoadInt 1 / LoadInt 3 / ArraySet 0", 0),
        (
            "DeclareArray 0 / LoadInt 1 / LoadInt 9223372036854775807 / ArraySet 0",
            0,
        ),
        (
            "LoadConst [1, 2, 3] / SetVar 0 / LoadInt 1 / ArrayPush 0",
            0,
        ),
        (
            "LoadConst [1] / SetSlot 0 / LoadInt 1 / LoadInt 3 / SlotArraySet 0",
            0,
        ),
        (
            "LoadConst {\"a\": 1, \"b\": 2, \"c\": 3} / SetVar 0 / LoadInt 1 / LoadInt 1 / HashSet 0",
            0,
        ),
        ("PushIntRangeLoop 0 0 4", 0),
        ("LoadConst [1, 2, 3, 4] / SortDefault", 0),
        ("LoadConst [1, 2, 3, 4] / MapBlock b / block b: / end b", 0),
        (
            "LoadConst {\"a\": 1, \"b\": 2, \"c\": 3, \"d\": 4} / SetVar 0 / HashKeys 0",
            0,
        ),
        (
            "LoadConst \"a\" / Dup2 / Dup / Dup / Dup / Dup / LoadConst \"b\" / Dup / LoadConst \"c\" / Dup / LoadConst \"d\" / Dup / MakeHash 8",
            3,
        ),
    ] {
        let mut vm = limited(text, |limits| limits.collection_size = 3);
        assert_eq!(
            show(vm.run()),
            "error: limit exceeded: collection size",
            "{text}"
        );
        assert_eq!(vm.stack.len(), left, "{text}");
        assert!(vm.globals.iter().all(|v| v.len() <= 4), "{text}");
    }
    let ok = "LoadConst {\"a\": 1, \"b\": 2, \"c\": 3} / SetVar 0 / LoadInt 1 / LoadConst \"a\" / HashSet 0 / LoadInt 1 / LoadInt 1 / Dup2 / Dup2 / Dup2 / MakeHash 8 / StringLen";
    let mut vm = limited(ok, |limits| limits.collection_size = 3);
    assert_eq!(show(vm.run()), "Int(1)");
}

#[test]
fn string_size() {
    for text in [
        "LoadConst \"abc\" / LoadConst \"de\" / Concat",
        "LoadConst \"ab\" / LoadInt 3 / StringRepeat",
        "LoadConst \"ab\" / LoadInt 9223372036854775807 / StringRepeat",
        "ConcatConstLoop \"ab\" 0 1 3",
        "LoadConst [10, 20, 3] / LoadInt 0 / StrEq",
        "LoadConst [10, 20, 3] / HashGet 0",
        "LoadConst [10, 20, 3] / HashDelete 0",
        "LoadConst [10, 20, 3] / Print 1",
        "LoadConst [[10], [20, 3]] / MakeArray 1 / SortDefault",
        "LoadConst [10, 20, 3] / LoadInt 1 / MakeHash 2",
        "LoadConst \"abc\" / SetSlot 0 / GetSlot 0 / LoadConst \"de\" / Concat / SetSlot 0",
    ] {
        let mut vm = limited(text, |limits| limits.string_size = 4);
        assert_eq!(
            show(vm.run()),
            "error: limit exceeded: string size",
            "{text}"
        );
        assert_eq!(vm.stack.len(), 0, "{text}");
    }
    let mut vm = limited("ReadLine / ReadLine", |limits| limits.string_size = 4);
    vm.set_input(Box::new(&b"abcd\nabcde\n"[..]));
    assert_eq!(show(vm.run()), "error: limit exceeded: string size");
    assert_eq!(vm.stack, [Value::str("abcd")]);
}

#[test]
fn fused_loops_at_a_limit_change_nothing() {
    let mut vm = limited(
        "LoadConst \"x\" / SetSlot 0 / ConcatConstLoop \"ab\" 0 1 3",
        |limits| {
            limits.string_size = 4;
        },
    );
    vm.run();
    assert_eq!(vm.frames[0].slots, [Value::str("x")]);
    let mut vm = limited("LoadInt 8 / SetVar 0 / PushIntRangeLoop 0 1 5", |limits| {
        limits.collection_size = 4;
    });
    vm.run();
    assert_eq!(
        (vm.globals[0].clone(), vm.frames[0].slots.len()),
        (Value::Int(8), 0)
    );
}

#[test]
fn value_nesting() {
    let wrap = "LoadInt 1 / l: / MakeArray 1 / Jump l";
    let mut wrapping = vm(wrap);
    assert_eq!(show(wrapping.run()), "error: limit exceeded: value nesting");
    assert_eq!(wrapping.stack.len(), 0);
    for text in [
        "LoadConst [[1]] / MakeArray 1",
        "LoadConst ref([1]) / MakeArray 1",
        "DeclareArray 0 / LoadConst [[1]] / ArrayPush 0",
        "DeclareArray 0 / LoadConst {\"a\": {}} / LoadInt 0 / ArraySet 0",
        "DeclareHash 0 / LoadConst [[1]] / LoadInt 0 / HashSet 0",
        "LoadInt 0 / LoadConst [[1]] / MakeHash 2",
        "LoadConst [1] / MapBlock b / Jump 99 / block b: / LoadConst [[1]] / end b",
    ] {
        let mut vm = limited(text, |limits| limits.value_nesting = 2);
        assert_eq!(
            show(vm.run()),
            "error: limit exceeded: value nesting",
            "{text}"
        );
    }
    // What is dropped anyway is not stored.
    let mut vm = limited("LoadConst [[1]] / LoadInt 0 / ArraySet 0", |limits| {
        limits.value_nesting = 2
    });
    assert_eq!(show(vm.run()), "halted");
}

#[test]
fn memory() {
    // Every copy is within all other limits.
    let text = "LoadInt 1 / LoadInt 100000 / Range / SetSlot 0 / l: / GetSlot 0 / Jump l";
    let mut vm = limited(text, |limits| limits.memory = 64 << 20);
    assert_eq!(show(vm.run()), "error: limit exceeded: memory");
    assert!((5..16).contains(&vm.stack.len()), "{}", vm.stack.len());
    let slots = "l: / PushFrame / LoadInt 1 / SetSlot 65535 / Jump l";
    let mut vm = limited(slots, |limits| limits.memory = 64 << 20);
    assert_eq!(show(vm.run()), "error: limit exceeded: memory");
    // What was dropped counts no longer.
    let reuse =
        "l: / LoadInt 1 / LoadInt 100000 / Range / Pop / SlotIncLtIntJumpBack 0 200 l / GetSlot 0";
    let mut vm = limited(reuse, |limits| limits.memory = 64 << 20);
    assert_eq!(show(vm.run()), "Int(200)");
}

#[test]
fn an_interrupt_ends_a_loop() {
    let mut vm = vm("l: / LoadInt 1 / Pop / Jump l");
    let handle = vm.interrupt_handle();
    let other = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(20));
        handle.interrupt();
    });
    assert_eq!(show(vm.run()), "error: interrupted");
    other.join().unwrap();
    assert_eq!((vm.ip, vm.stack.len()), (3, 0));
    assert_eq!(run("LoadInt 1"), "Int(1)");
}

#[test]
fn a_reset_forgets_an_interruption_and_keeps_the_handle() {
    let mut vm = vm("LoadInt 1");
    let program = super::vm("Call f 0 / Jump 99 / sub f: / LoadInt 7 / ReturnValue").chunk;
    let handle = vm.interrupt_handle();
    handle.interrupt();
    assert_eq!(show(vm.run()), "Int(1)");
    vm.reset(program.clone());
    assert_eq!(show(vm.run()), "Int(7)");
    vm.reset(program);
    handle.interrupt();
    assert_eq!(show(vm.run()), "error: interrupted");
}

#[test]
fn an_interrupt_is_taken_once() {
    let mut vm = vm("Call f 0 / LoadInt 8 / Jump 99 / sub f: / LoadInt 7 / Return");
    vm.interrupt_handle().interrupt();
    assert_eq!(show(vm.run()), "error: interrupted");
    assert_eq!((vm.ip, vm.frames.len()), (1, 1));
    assert_eq!(show(vm.run()), "Int(8)");
}
