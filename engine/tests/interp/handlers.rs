//! Builtins and extensions, well behaved and not.

use super::{chunk, run, show, vm};
use fusevm::{Frame, VM, Value};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

/// A loop whose body calls builtin 1, after more turns than verification waits for.
const LOOP: &str = "l: / CallBuiltin 1 0 / SetSlot 1 / SlotIncLtIntJumpBack 0 1000 l / GetSlot 1";

#[test]
fn builtins() {
    assert_eq!(run("LoadInt 1 / CallBuiltin 7 1"), "Int(1)");
    let mut vm = vm("LoadInt 1 / LoadInt 2 / CallBuiltin 65535 2");
    vm.register_builtin(65535, |_, _| Value::Undef);
    vm.register_builtin(3, |_, _| Value::Int(0));
    vm.register_builtin(65535, |vm, argc| {
        let sum: i64 = (0..argc).map(|_| vm.pop().to_int()).sum();
        Value::Int(sum + 100)
    });
    assert_eq!(show(vm.run()), "Int(103)");
}

#[test]
fn a_halting_builtin_still_pushes() {
    let mut vm = vm("CallBuiltin 1 0 / LoadInt 9");
    vm.register_builtin(1, |vm, _| {
        vm.request_halt();
        Value::Int(4)
    });
    assert_eq!(show(vm.run()), "Int(4)");
    assert_eq!(vm.ip, 1);
}

#[test]
fn extensions() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let mut vm = vm("Extended 300 7 / ExtendedWide 9 123456789012 / ExtendedWide 41000 1");
    assert_eq!(show(vm.run()), "halted");
    vm.reset(vm.chunk.clone());
    let seen = Arc::clone(&log);
    vm.set_extension_handler(Box::new(move |vm, id, arg| {
        seen.lock().unwrap().push(format!("{id} {arg}"));
        vm.push(Value::Int(5));
    }));
    let seen = Arc::clone(&log);
    vm.set_extension_wide_handler(Box::new(move |_, id, payload| {
        seen.lock().unwrap().push(format!("wide {id} {payload}"));
    }));
    assert_eq!(show(vm.run()), "Int(5)");
    assert_eq!(
        *log.lock().unwrap(),
        ["300 7", "wide 9 123456789012", "wide 41000 1"]
    );
}

#[test]
fn a_handler_is_not_installed_while_it_runs() {
    let mut vm = vm("Extended 1 0 / Extended 2 0");
    let log = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&log);
    vm.set_extension_handler(Box::new(move |vm, id, _| {
        seen.lock().unwrap().push(id);
        if id == 1 {
            // The nested run sees no handler, and ends the chunk; this one is put back.
            vm.set_extension_handler(Box::new(|_, _, _| panic!("overwritten")));
            vm.ip = 1;
        }
    }));
    vm.run();
    vm.ip = 1;
    vm.run();
    assert_eq!(*log.lock().unwrap(), [1, 2, 2]);
}

#[test]
fn nested_runs() {
    let mut vm = vm("CallBuiltin 1 0 / LoadInt 5 / LoadInt 6");
    vm.register_builtin(1, |vm, _| Value::str(show(vm.run())));
    // The nested run ends the chunk; the outer one pushes and finds nothing left to do.
    assert_eq!(show(vm.run()), "Str(\"Int(6)\")");
    assert_eq!(vm.stack, [Value::Int(5)]);
}

#[test]
fn nested_runs_inside_a_block_do_not_see_it() {
    let mut vm = vm(
        "LoadConst [1, 2] / MapBlock b / Jump e / block b: / CallBuiltin 1 0 / end b / LoadInt 6 / Jump 99 / e:",
    );
    vm.register_builtin(1, |vm, _| {
        let ip = vm.ip;
        let result = show(vm.run());
        vm.ip = ip;
        Value::str(result)
    });
    assert_eq!(show(vm.run()), "Array([Str(\"Int(6)\"), Str(\"Int(6)\")])");
}

#[test]
fn handlers_may_jump() {
    let mut vm = vm("Extended 3 0 / LoadInt 1 / LoadInt 2 / LoadInt 3");
    vm.set_extension_handler(Box::new(|vm, id, _| vm.ip = usize::from(id)));
    assert_eq!(show(vm.run()), "Int(3)");
    assert_eq!(vm.stack.len(), 0);
    vm.chunk = chunk("Extended 60000 0 / LoadInt 1");
    vm.ip = 0;
    assert_eq!(show(vm.run()), "halted");
    assert_eq!(vm.ip, 60000);
}

#[test]
fn handlers_may_replace_the_chunk() {
    let mut vm = vm(LOOP);
    vm.register_builtin(1, |vm, _| {
        if vm.get_slot(0).to_int() == 500 {
            vm.chunk = chunk("Nop / LoadInt 77 / Nop");
        }
        Value::Int(1)
    });
    assert_eq!(show(vm.run()), "Int(77)");
    assert_eq!(vm.stack, [Value::Int(1)]);
}

#[test]
fn handlers_may_edit_the_chunk_in_place() {
    let mut vm = vm(LOOP);
    vm.register_builtin(1, |vm, _| {
        if vm.get_slot(0).to_int() == 500 {
            vm.chunk.ops.truncate(2);
            vm.chunk.ops.shrink_to_fit();
        }
        Value::Int(3)
    });
    assert_eq!(show(vm.run()), "halted");
    assert_eq!((vm.ip, vm.get_slot(1)), (2, Value::Int(3)));
}

#[test]
fn handlers_may_reset() {
    let mut vm =
        vm("LoadConst [1, 2] / MapBlock b / Jump e / block b: / CallBuiltin 1 0 / end b / e:");
    vm.register_builtin(1, |vm, _| {
        vm.reset(chunk("LoadInt 1 / LoadInt 2"));
        Value::Int(3)
    });
    assert_eq!(show(vm.run()), "Int(2)");
    assert_eq!(vm.stack, [Value::Int(3), Value::Int(1)]);
}

#[test]
fn handlers_may_take_stack_and_frames_away() {
    let text = "LoadInt 1 / LoadInt 2 / Call f 1 / LoadInt 3 / Jump e / sub f: / SetSlot 0 / CallBuiltin 1 0 / GetSlot 0 / Add / Swap / ReturnValue / e:";
    for frames in 0..3 {
        let mut vm = vm(text);
        vm.frames.truncate(1);
        vm.globals.push(Value::Int(frames));
        vm.register_builtin(1, |vm, _| {
            vm.stack = Vec::new();
            let n = vm.globals.last().map_or(0, Value::to_int);
            vm.frames.truncate(usize::try_from(n).unwrap());
            Value::Int(40)
        });
        let expected = ["Float(40.0)", "Float(40.0)", "Int(3)"][frames as usize];
        assert_eq!(show(vm.run()), expected, "{frames} frames");
    }
}

#[test]
fn handlers_may_pile_frames_up() {
    let mut vm = vm("LoadInt 1 / CallBuiltin 1 0 / Return / LoadInt 7");
    vm.register_builtin(1, |vm, _| {
        for return_ip in [3, usize::MAX, 2, 12, usize::MAX] {
            vm.frames.push(Frame {
                return_ip,
                stack_base: 50,
                slots: vec![Value::str("s"); 3],
            });
        }
        vm.ip = 2;
        Value::Int(2)
    });
    // The scope goes first, then the call that returns past the end.
    assert_eq!(show(vm.run()), "Int(2)");
    assert_eq!((vm.frames.len(), vm.ip), (4, 12));
    vm.ip = 2;
    assert_eq!(show(vm.run()), "Int(7)");
    assert_eq!(vm.frames.len(), 1);
}

#[test]
fn a_panic_leaves_the_vm_usable() {
    for text in [
        "LoadConst \"a\" / SetSlot 0 / LoadConst \"b\" / CallBuiltin 1 0",
        "LoadConst \"b\" / LoadConst [1, 2] / MapBlock b / Jump e / block b: / CallBuiltin 1 0 / end b / e:",
    ] {
        let mut vm = vm(text);
        vm.register_builtin(1, |_, _| panic!("a builtin panics"));
        let result = catch_unwind(AssertUnwindSafe(|| vm.run()));
        assert!(result.is_err());
        assert_eq!(vm.stack[0], Value::str("b"));
        vm.ip = vm.chunk.ops.len();
        vm.stack.truncate(1);
        assert_eq!(show(vm.run()), "Str(\"b\")");
        vm.reset(chunk("LoadInt 1"));
        assert_eq!(show(vm.run()), "Int(1)");
    }
}

#[test]
fn unregistered_builtins_in_a_hot_loop() {
    let mut vm: VM =
        vm("l: / LoadInt 5 / CallBuiltin 9 1 / Pop / SlotIncLtIntJumpBack 0 1000 l / GetSlot 0");
    assert_eq!(show(vm.run()), "Int(1000)");
    assert_eq!(vm.stack.len(), 0);
}

#[test]
fn a_reset_in_a_nested_run_ends_the_outer_block_too() {
    let mut vm = vm(
        "LoadConst [1, 2] / MapBlock b / Jump e / block b: / CallBuiltin 1 0 / end b / CallBuiltin 2 0 / e:",
    );
    vm.register_builtin(1, |vm, _| {
        vm.run();
        Value::Int(3)
    });
    vm.register_builtin(2, |vm, _| {
        vm.reset(chunk("Nop / LoadInt 7"));
        vm.ip = 1;
        Value::Undef
    });
    // The nested run goes on behind the block, resets, and runs the new chunk to its end.
    assert_eq!(show(vm.run()), "Int(3)");
    assert_eq!((vm.ip, vm.frames.len()), (2, 1));
}

#[test]
fn a_vm_may_go_to_another_thread() {
    let mut vm = vm("LoadInt 5");
    let result = std::thread::spawn(move || show(vm.run())).join().unwrap();
    assert_eq!(result, "Int(5)");
}
