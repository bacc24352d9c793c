//! Shell ops: what a host is asked, what happens without one, and what commands cost.

use super::{Captured, check, chunk, run, show, vm};
use fusevm::{Chunk, Op, ShellHost, VM, VMResult, Value};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

/// A host that notes every call, and answers in a way that shows who was asked.
#[derive(Default)]
struct Noting {
    calls: Arc<Mutex<Vec<String>>>,
}

impl Noting {
    fn note(&self, call: String) {
        self.calls.lock().unwrap().push(call);
    }
}

impl ShellHost for Noting {
    fn exec(&mut self, args: Vec<String>) -> i32 {
        self.note(format!("exec {args:?}"));
        -3
    }

    fn exec_bg(&mut self, args: Vec<String>) -> i32 {
        self.note(format!("exec_bg {args:?}"));
        -4
    }

    fn call_function(&mut self, name: &str, args: Vec<String>) -> Option<i32> {
        self.note(format!("call_function {name} {args:?}"));
        (name == "known").then_some(i32::MIN)
    }

    fn expand_param(&mut self, name: &str, modifier: u8, args: &[Value]) -> Value {
        self.note(format!("expand_param {name} {modifier} {args:?}"));
        Value::Float(0.5)
    }

    fn cmd_subst(&mut self, sub: &Chunk) -> String {
        self.note(format!("cmd_subst of {} ops", sub.ops.len()));
        "out".to_owned()
    }

    fn trap_set(&mut self, sig: &str, handler: &Chunk) {
        self.note(format!("trap_set {sig} {} ops", handler.ops.len()));
    }

    fn pipeline_begin(&mut self, n: u8) {
        assert_ne!(n, 13, "an unlucky number");
        self.note(format!("pipeline_begin {n}"));
    }
}

/// Runs a program with the noting host: its result, its status and the calls.
fn hosted(text: &str) -> (String, i32, Vec<String>) {
    let host = Noting::default();
    let calls = Arc::clone(&host.calls);
    let mut vm = vm(text);
    vm.set_shell_host(Box::new(host));
    let result = show(vm.run());
    let calls = calls.lock().unwrap().clone();
    (result, vm.last_status, calls)
}

#[test]
fn commands_reach_the_host_as_texts() {
    assert_eq!(
        hosted(
            "LoadConst \"a\" / LoadConst [1, [2, 3], \"\"] / LoadConst 1.5 / LoadConst [] / Exec 4"
        ),
        (
            "Status(-3)".to_owned(),
            0,
            vec![r#"exec ["a", "1", "2 3", "", "1.5"]"#.to_owned()]
        )
    );
    assert_eq!(
        hosted("LoadConst \"a\" / ExecBg 1"),
        (
            "Status(0)".to_owned(),
            0,
            vec![r#"exec_bg ["a"]"#.to_owned()]
        )
    );
    assert_eq!(hosted("ExecBg 3"), ("Status(0)".to_owned(), 0, vec![]));
}

#[test]
fn a_function_is_tried_before_a_command_of_that_name() {
    assert_eq!(
        hosted("LoadInt 7 / CallFunction known 1"),
        (
            format!("Status({})", i32::MIN),
            i32::MIN,
            vec![r#"call_function known ["7"]"#.to_owned()]
        )
    );
    assert_eq!(
        hosted("LoadInt 7 / CallFunction other 1"),
        (
            "Status(-3)".to_owned(),
            -3,
            vec![
                r#"call_function other ["7"]"#.to_owned(),
                r#"exec ["other", "7"]"#.to_owned()
            ]
        )
    );
}

#[test]
fn missing_operands_of_a_parameter_are_the_deepest() {
    let (result, _, calls) = hosted("LoadInt 1 / ExpandParam 9");
    assert_eq!(result, "Float(0.5)");
    assert_eq!(calls, ["expand_param  9 [Undef, Int(1)]"]);
    let (_, _, calls) = hosted("LoadConst \"v\" / LoadInt 1 / LoadInt 2 / ExpandParam 17");
    assert_eq!(calls, ["expand_param v 17 [Int(1), Int(2)]"]);
    let (_, _, calls) = hosted("LoadConst \"v\" / LoadInt 1 / ExpandParam 200");
    assert_eq!(calls, ["expand_param 1 200 []"]);
}

#[test]
fn sub_chunks_that_are_not_there_ask_nobody() {
    let mut program = chunk("LoadConst \"INT\" / Nop / Nop");
    program.ops[1] = Op::TrapSet(1);
    program.ops[2] = Op::CmdSubst(1);
    program.sub_chunks = vec![chunk("Nop")];
    for (index, expected) in [
        (1, vec![]),
        (0, vec!["trap_set INT 1 ops", "cmd_subst of 1 ops"]),
    ] {
        program.ops[1] = Op::TrapSet(index);
        program.ops[2] = Op::CmdSubst(index);
        let host = Noting::default();
        let calls = Arc::clone(&host.calls);
        let mut vm = VM::new(program.clone());
        vm.set_shell_host(Box::new(host));
        let answer = if index == 0 { "out" } else { "" };
        assert_eq!(show(vm.run()), format!("Str({answer:?})"));
        assert_eq!(*calls.lock().unwrap(), expected);
    }
}

#[test]
fn a_panic_of_the_host_leaves_it_installed() {
    let mut vm = vm("PipelineBegin 13 / PipelineBegin 2");
    let host = Noting::default();
    let calls = Arc::clone(&host.calls);
    vm.set_shell_host(Box::new(host));
    assert!(catch_unwind(AssertUnwindSafe(|| vm.run())).is_err());
    assert!(vm.host.is_some());
    vm.ip = 1;
    vm.run();
    assert_eq!(*calls.lock().unwrap(), ["pipeline_begin 2"]);
}

#[test]
fn a_host_may_be_replaced_between_runs() {
    let mut vm = vm("PipelineBegin 1");
    vm.set_shell_host(Box::new(fusevm::DefaultHost));
    vm.run();
    let host = Noting::default();
    let calls = Arc::clone(&host.calls);
    vm.set_shell_host(Box::new(host));
    vm.reset(chunk("PipelineBegin 5"));
    vm.run();
    assert_eq!(*calls.lock().unwrap(), ["pipeline_begin 5"]);
}

#[test]
fn commands_of_the_vm_need_no_host() {
    let output = Captured::default();
    let mut vm = vm(
        "LoadConst \"echo\" / LoadInt 1 / LoadConst [2, 3] / Exec 3 / LoadConst \"echo\" / Exec 1 / LoadConst \"false\" / Exec 1",
    );
    vm.set_output(Box::new(output.clone()));
    assert_eq!(show(vm.run()), "Status(1)");
    assert_eq!(output.text(), "1 2 3\n\n");
    check(&[
        ("Exec 0", "Status(0)"),
        ("LoadConst [] / Exec 1", "Status(0)"),
        ("LoadConst \"true\" / Exec 1", "Status(0)"),
        ("LoadConst \"test\" / Exec 1", "Status(0)"),
        ("LoadConst \"[\" / LoadInt 0 / Exec 2", "Status(0)"),
    ]);
}

#[test]
fn echo_ignores_output_that_fails() {
    struct Closed;
    impl std::io::Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
    }
    let mut vm = vm("LoadConst [\"echo\", 1] / Exec 1");
    vm.set_output(Box::new(Closed));
    assert_eq!(show(vm.run()), "Status(0)");
}

#[test]
fn subs_are_commands() {
    let double = "LoadConst \"twice\" / LoadConst 21 / Exec 2 / Jump end / sub twice: Dup / Concat / ReturnValue / end: Nop";
    assert_eq!(run(double), "Str(\"2121\")");
    let none = "LoadConst \"f\" / Exec 1 / Jump end / sub f: LoadInt 1 / Return / end: Nop";
    assert_eq!(run(none), "halted");
    // A host does not change what `Exec` enters, but `CallFunction` asks it first.
    assert_eq!(hosted(double).0, "Str(\"2121\")");
    let function =
        "LoadInt 4 / CallFunction known 1 / Jump end / sub known: ReturnValue / end: Nop";
    assert_eq!(run(function), "Str(\"4\")");
    assert_eq!(hosted(function).1, i32::MIN);
}

#[test]
fn entering_a_sub_is_a_call() {
    let recurse = "again: LoadConst \"f\" / Exec 1 / Jump end / sub f: LoadConst \"f\" / Exec 1 / Return / end: Nop";
    let mut vm = vm(recurse);
    let mut limits = vm.limits();
    limits.call_frames = 5;
    vm.set_limits(limits);
    assert_eq!(show(vm.run()), "error: limit exceeded: call frames");
    assert!(vm.stack.is_empty(), "the operands are consumed");
    let mut vm = super::vm(recurse);
    vm.set_fuel(Some(7));
    assert_eq!(show(vm.run()), "error: limit exceeded: fuel");
    assert_eq!((vm.frames.len(), vm.stack.len()), (8, 1));
}

#[test]
fn arguments_are_limited_and_paid_for() {
    let list = format!(
        "LoadConst \"f\" / LoadConst [{}] / Exec 2",
        vec!["1"; 130].join(",")
    );
    let mut vm = vm(&list);
    vm.set_shell_host(Box::new(Noting::default()));
    vm.set_fuel(Some(9));
    // A copy of 130 elements, then 131 texts of a byte each.
    assert_eq!(show(vm.run()), "Status(-3)");
    assert_eq!(vm.fuel(), Some(9 - 130 / 64 - 262 / 64));
    let mut vm = super::vm(&list);
    vm.set_fuel(Some(2 + 3));
    assert_eq!(show(vm.run()), "error: limit exceeded: fuel");
    assert_eq!(vm.stack.len(), 2, "the op has no effect");
    let mut vm = super::vm(&list);
    let mut limits = vm.limits();
    limits.collection_size = 130;
    vm.set_limits(limits);
    assert_eq!(show(vm.run()), "error: limit exceeded: collection size");
    assert!(vm.stack.is_empty());
}

#[test]
fn what_the_vm_expands_by_itself_is_limited() {
    let mut vm = vm("LoadConst \"a b  c\\u{3000}d\" / WordSplit");
    let mut limits = vm.limits();
    limits.collection_size = 3;
    vm.set_limits(limits);
    assert_eq!(show(vm.run()), "error: limit exceeded: collection size");
    let long = "x ".repeat(200);
    let mut vm = super::vm(&format!("LoadConst {long:?} / WordSplit"));
    vm.set_fuel(Some(10));
    assert!(matches!(vm.run(), VMResult::Ok(Value::Array(words)) if words.len() == 200));
    assert_eq!(vm.fuel(), Some(10 - 400 / 64));
}

#[test]
fn what_a_host_answers_counts_as_memory() {
    struct Large;
    impl ShellHost for Large {
        fn cmd_subst(&mut self, _: &Chunk) -> String {
            "x".repeat(1 << 20)
        }
    }
    let mut program = chunk("again: Nop / Jump again");
    program.ops[0] = Op::CmdSubst(0);
    program.sub_chunks = vec![Chunk::new()];
    let mut vm = VM::new(program);
    let mut limits = vm.limits();
    limits.memory = 20 << 20;
    vm.set_limits(limits);
    vm.set_shell_host(Box::new(Large));
    assert_eq!(show(vm.run()), "error: limit exceeded: memory");
    assert!(vm.stack.len() < 25, "{}", vm.stack.len());
}

/// A host whose every answer to a test is a panic.
struct Panicking;

impl ShellHost for Panicking {
    fn str_match(&mut self, _: &str, _: &str) -> bool {
        std::panic::resume_unwind(Box::new("the host gives up"))
    }
}

#[test]
fn a_host_that_panics_stays_and_the_op_is_done_with() {
    let mut vm = vm("LoadInt 1 / LoadInt 2 / StrMatch / LoadInt 9");
    vm.set_shell_host(Box::new(Panicking));
    assert!(catch_unwind(AssertUnwindSafe(|| vm.run())).is_err());
    assert_eq!((vm.ip, vm.host.is_some()), (3, true));
    assert_eq!(show(vm.run()), "Int(9)");
}
