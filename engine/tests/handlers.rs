//! Handlers that do to a VM what nobody expects, in the interpreter and inside native code: the
//! outcome is the same, and the VM stays usable.

use fusevm::asm::assemble;
use fusevm::jit::JitCompiler;
use fusevm::vm::BuiltinHandler;
use fusevm::{Chunk, Frame, TierPolicy, TraceJitConfig, VM, Value};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex};

/// The chunk of a program whose lines are separated by `/`.
fn chunk(text: &str) -> Chunk {
    let lines = text.replace(" / ", "\n");
    assemble(&lines).unwrap_or_else(|error| panic!("{error}\n{lines}"))
}

/// A hot loop around builtin 1, with a value below what it pushes.
const LOOP: &str = "LoadInt 0 / SetSlot 0 / LoadInt 5 / l: / CallBuiltin 1 0 / SetSlot 1 / \
                    SlotIncLtIntJumpBack 0 100 l / GetSlot 0 / GetSlot 1";

/// A straight line around builtin 1.
const LINE: &str = "LoadInt 5 / LoadInt 6 / CallBuiltin 1 1 / LoadInt 7 / LoadConst \"end\"";

/// Builtin 1 inside a sub, inside a loop.
const CALLED: &str = "LoadInt 0 / SetSlot 0 / LoadInt 5 / l: / Call f 0 / SetSlot 1 / \
                      SlotIncLtIntJumpBack 0 100 l / GetSlot 1 / Jump e / sub f: / \
                      CallBuiltin 1 0 / ReturnValue / e:";

/// Whether a handler is to do what it is for: in the middle of a loop, or at once without one.
fn is_due(vm: &VM) -> bool {
    let root = vm.frames.first().and_then(|root| root.slots.first());
    matches!(root, None | Some(Value::Int(50)))
}

/// Everything that a run leaves behind, as text.
fn state(vm: &VM) -> String {
    format!(
        "stack {:?} frames {:?} globals {:?} ip {} of {} halted {} fuel {:?} signal {:?}",
        vm.stack,
        vm.frames,
        vm.globals,
        vm.ip,
        vm.chunk.ops.len(),
        vm.is_halted(),
        vm.fuel(),
        vm.awk_signal()
    )
}

/// How a run of `text` ends, what it leaves behind, and whether native code was entered.
fn run(text: &str, builtin: BuiltinHandler, policy: TierPolicy) -> (String, bool) {
    let mut vm = VM::new(chunk(text));
    vm.register_builtin(1, builtin);
    vm.set_tier_policy(policy);
    vm.set_fuel(Some(10_000));
    let result = catch_unwind(AssertUnwindSafe(|| format!("{:?}", vm.run())));
    let report = vm.tier_report();
    let native = [report.linear, report.block, report.trace]
        .iter()
        .any(|tier| tier.entries > 0);
    let result = result.unwrap_or_else(|_| "a panic".to_owned());
    let left = state(&vm);
    // Whatever happened, the VM can be used again.
    vm.reset(chunk("LoadInt 1 / LoadInt 2 / Add"));
    let again = vm.run();
    (
        format!("{result}\n{left}\nthen {again:?} {}", state(&vm)),
        native,
    )
}

const TIERS: [TierPolicy; 4] = [
    policy(true, false, false),
    policy(false, true, false),
    policy(false, false, true),
    policy(true, true, true),
];

const fn policy(linear: bool, block: bool, trace: bool) -> TierPolicy {
    TierPolicy {
        linear,
        block,
        trace,
    }
}

/// Native code is entered as early as possible.
fn eager() {
    let compiler = JitCompiler::new();
    compiler.flush();
    compiler.set_config(TraceJitConfig {
        block_threshold: 0,
        trace_threshold: 0,
        ..TraceJitConfig::defaults()
    });
}

/// Runs all three programs in all tiers; answers how they ended in the interpreter.
#[track_caller]
fn check(builtin: BuiltinHandler) -> [String; 3] {
    [LOOP, LINE, CALLED].map(|text| {
        eager();
        let (expected, _) = run(text, builtin, TierPolicy::NONE);
        for policy in TIERS {
            for _ in 0..3 {
                let (found, _) = run(text, builtin, policy);
                assert_eq!(found, expected, "{policy:?}\n{text}");
            }
        }
        expected.lines().next().unwrap_or_default().to_owned()
    })
}

#[test]
#[cfg(feature = "jit")]
fn native_code_contains_the_calls() {
    eager();
    for (text, policies) in [(LOOP, &TIERS[1..]), (LINE, &TIERS[..2])] {
        for policy in policies {
            let entered = (0..3).any(|_| run(text, |_, _| Value::Int(1), *policy).1);
            assert!(entered, "{policy:?} {text}");
        }
    }
}

#[test]
fn a_handler_replaces_the_chunk() {
    // Q11: execution goes on in the new chunk, at the ip behind the call.
    let ended = check(|vm, _| {
        if is_due(vm) {
            vm.chunk = chunk("Nop / Nop / Nop / LoadInt 77 / LoadInt 78 / Nop");
        }
        Value::Int(1)
    });
    assert_eq!(ended, ["Ok(Int(78))", "Ok(Int(78))", "Ok(Int(1))"]);
}

#[test]
fn a_handler_edits_the_ops_in_place() {
    let ended = check(|vm, _| {
        if is_due(vm) {
            vm.chunk.ops.truncate(vm.ip);
            vm.chunk.ops.shrink_to_fit();
        }
        Value::Int(3)
    });
    assert_eq!(ended, ["Ok(Int(3))", "Ok(Int(3))", "Ok(Int(3))"]);
}

#[test]
fn a_handler_resets_the_vm() {
    let ended = check(|vm, _| {
        if is_due(vm) {
            vm.reset(chunk("LoadInt 8 / LoadInt 9"));
        }
        Value::Int(3)
    });
    assert_eq!(ended, ["Ok(Int(9))", "Ok(Int(9))", "Ok(Int(9))"]);
}

#[test]
fn a_handler_pops_everything() {
    let ended = check(|vm, _| {
        if is_due(vm) {
            while !vm.stack.is_empty() {
                vm.pop();
            }
        }
        Value::Int(3)
    });
    assert_eq!(ended, ["Ok(Int(3))", "Ok(Str(\"end\"))", "Ok(Int(3))"]);
}

#[test]
fn a_handler_pushes_what_it_likes() {
    let ended = check(|vm, _| {
        if is_due(vm) {
            vm.stack.extend(vec![Value::str("more"); 40]);
        }
        Value::Float(3.5)
    });
    assert_eq!(
        ended,
        ["Ok(Float(3.5))", "Ok(Str(\"end\"))", "Ok(Float(3.5))"]
    );
}

#[test]
fn a_handler_takes_frames_and_slots_away() {
    let ended = check(|vm, _| {
        if is_due(vm) {
            vm.frames.clear();
        }
        Value::Int(3)
    });
    // Without a frame slots read as Undef: the loop counts no further than 1.
    assert_eq!(ended[1], "Ok(Str(\"end\"))");
    check(|vm, _| {
        if is_due(vm)
            && let Some(frame) = vm.frames.last_mut()
        {
            frame.slots = Vec::new();
        }
        Value::Int(3)
    });
    check(|vm, _| {
        if is_due(vm) {
            vm.frames.push(Frame {
                return_ip: 1,
                stack_base: 1_000,
                slots: vec![Value::str("slot"); 3],
            });
        }
        Value::Int(3)
    });
}

#[test]
fn a_handler_panics() {
    let ended = check(|vm, _| {
        if is_due(vm) {
            vm.push(Value::str("pushed before"));
            resume_unwind(Box::new("a builtin gives up"));
        }
        Value::Int(3)
    });
    assert_eq!(ended, ["a panic"; 3]);
}

#[test]
fn a_handler_runs_the_vm() {
    // The nested run ends the program; the outer one finds nothing left to do.
    let ended = check(|vm, _| {
        if is_due(vm) {
            vm.set_slot(0, Value::Int(60));
            let nested = format!("{:?}", vm.run());
            return Value::str(nested);
        }
        Value::Int(3)
    });
    assert_eq!(
        ended,
        [
            "Ok(Str(\"Ok(Int(3))\"))",
            "Ok(Str(\"Ok(Str(\\\"end\\\"))\"))",
            "Ok(Str(\"Ok(Int(3))\"))"
        ]
    );
}

#[test]
fn a_handler_changes_what_the_run_may_use() {
    check(|vm, _| {
        if is_due(vm) {
            vm.set_fuel(Some(3));
        }
        Value::Int(3)
    });
    check(|vm, _| {
        if is_due(vm) {
            let mut limits = vm.limits();
            limits.value_stack = 1;
            vm.set_limits(limits);
        }
        Value::Int(3)
    });
    check(|vm, _| {
        if is_due(vm) {
            vm.interrupt_handle().interrupt();
        }
        Value::Int(3)
    });
    check(|vm, _| {
        if is_due(vm) {
            vm.set_tier_policy(TierPolicy::NONE);
            vm.register_builtin(1, |_, _| Value::str("another builtin"));
        }
        Value::Int(3)
    });
}

#[test]
fn a_handler_halts_or_jumps() {
    let ended = check(|vm, _| {
        if is_due(vm) {
            vm.request_halt();
        }
        Value::Int(3)
    });
    assert_eq!(ended, ["Ok(Int(3))"; 3]);
    let ended = check(|vm, _| {
        if is_due(vm) {
            vm.ip = 10_000;
        }
        Value::Int(4)
    });
    assert_eq!(ended, ["Ok(Int(4))"; 3]);
}

/// Which handler an extension op calls.
#[derive(Debug, Clone, Copy)]
enum Extension {
    Narrow,
    Wide,
}

/// A VM with one program and the same handler for both kinds of extension op.
fn extended(kind: Extension, ops: &str, handler: fn(&mut VM, u16)) -> VM {
    let op = match kind {
        Extension::Narrow => "Extended",
        Extension::Wide => "ExtendedWide",
    };
    let mut vm = VM::new(chunk(&ops.replace("EXT", op)));
    vm.set_tier_policy(TIERS[3]);
    vm.set_extension_handler(Box::new(move |vm, id, _| handler(vm, id)));
    vm.set_extension_wide_handler(Box::new(move |vm, id, _| handler(vm, id)));
    vm
}

#[test]
fn an_extension_handler_that_panics_is_put_back() {
    for kind in [Extension::Narrow, Extension::Wide] {
        let mut vm = extended(kind, "LoadInt 5 / EXT 1 0 / EXT 2 0", |vm, id| {
            vm.push(Value::Int(i64::from(id)));
            if id == 1 {
                resume_unwind(Box::new("a handler gives up"));
            }
        });
        assert!(catch_unwind(AssertUnwindSafe(|| vm.run())).is_err());
        assert_eq!((vm.ip, vm.stack.len()), (2, 2), "{kind:?}");
        assert_eq!(format!("{:?}", vm.run()), "Ok(Int(2))", "{kind:?}");
    }
}

#[test]
fn an_extension_handler_is_away_while_it_runs() {
    // Q12: nested ops of its kind do nothing, and one that is set meanwhile is lost.
    for kind in [Extension::Narrow, Extension::Wide] {
        let mut vm = extended(kind, "EXT 1 0 / EXT 2 0 / LoadInt 9", |vm, id| {
            vm.push(Value::Int(i64::from(id)));
            if id == 1 {
                assert_eq!(format!("{:?}", vm.run()), "Ok(Int(9))");
                vm.set_extension_handler(Box::new(|_, _, _| panic!("it was put back over")));
                vm.set_extension_wide_handler(Box::new(|_, _, _| panic!("it was put back over")));
                vm.ip = 1;
            }
        });
        assert_eq!(format!("{:?}", vm.run()), "Ok(Int(9))", "{kind:?}");
        assert_eq!(vm.stack, [Value::Int(1), Value::Int(2)], "{kind:?}");
    }
}

#[test]
fn an_extension_handler_replaces_everything() {
    for kind in [Extension::Narrow, Extension::Wide] {
        let mut vm = extended(kind, "LoadInt 5 / EXT 1 0 / LoadInt 6", |vm, _| {
            vm.reset(chunk("Nop / LoadInt 8"));
        });
        assert_eq!(format!("{:?}", vm.run()), "Ok(Int(8))", "{kind:?}");
        assert_eq!(vm.ip, 2);
        // The handler survives a reset.
        vm.reset(chunk("Extended 1 0 / ExtendedWide 1 0 / LoadInt 3"));
        assert_eq!(format!("{:?}", vm.run()), "Ok(Int(8))", "{kind:?}");
    }
}

#[test]
fn builtins_re_enter_freely() {
    let calls = Arc::new(Mutex::new(0));
    let mut vm = VM::new(chunk("CallBuiltin 1 0 / CallBuiltin 1 0 / CallBuiltin 2 0"));
    vm.register_builtin(1, |vm, _| {
        vm.register_builtin(2, |_, _| Value::str("registered inside"));
        let nested = format!("{:?}", vm.run());
        Value::str(nested)
    });
    let counted = Arc::clone(&calls);
    vm.set_extension_handler(Box::new(move |_, _, _| *counted.lock().unwrap() += 1));
    assert_eq!(
        format!("{:?}", vm.run()),
        r#"Ok(Str("Ok(Str(\"Ok(Str(\\\"registered inside\\\"))\"))"))"#
    );
    assert_eq!(*calls.lock().unwrap(), 0);
}
