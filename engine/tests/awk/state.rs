//! What belongs to the VM or the thread: seed, signal, clock, warnings, field hook.

use super::{chunk, outcome, vm};
use fusevm::awk_builtins::signal;
use fusevm::{Value, set_awk_field_num_hook};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[test]
fn the_seed_lives_from_run_to_run() {
    let mut vm = vm("AwkRand");
    assert_eq!(outcome(&mut vm), "Float(0.51385498046875)");
    vm.ip = 0;
    assert_eq!(outcome(&mut vm), "Float(0.17572021484375)");
    vm.chunk = chunk("LoadInt 42 / AwkSrand 1 / AwkRand");
    vm.ip = 0;
    assert!(outcome(&mut vm).starts_with("Float(0.582305908203125) [Float("));
    vm.reset(chunk("AwkRand"));
    assert_eq!(outcome(&mut vm), "Float(0.51385498046875)");
}

#[test]
fn seeds() {
    for (text, expected) in [
        ("LoadInt 42 / AwkSrand 1 / Pop / AwkSrand 0", "Float(42.0)"),
        (
            "LoadFloat 3.9 / AwkSrand 1 / Pop / AwkSrand 0",
            "Float(3.0)",
        ),
        ("LoadInt -3 / AwkSrand 1 / Pop / AwkSrand 0", "Float(0.0)"),
        (
            "LoadFloat nan / AwkSrand 1 / Pop / AwkSrand 0",
            "Float(0.0)",
        ),
        (
            "LoadFloat 1e30 / AwkSrand 1 / Pop / AwkSrand 0",
            "Float(4294967295.0)",
        ),
        // One value, however many are asked for (Q72).
        (
            "LoadInt 5 / LoadInt 6 / AwkSrand 2 / Pop / AwkSrand 0",
            "Float(6.0) [Int(5)]",
        ),
    ] {
        assert_eq!(outcome(&mut vm(text)), expected, "{text}");
    }
}

fn noon() -> SystemTime {
    UNIX_EPOCH + Duration::new(1_000_000_000, 500_000_000)
}

#[test]
fn the_clock_of_the_vm() {
    for (text, expected) in [
        // With a fraction (Q81).
        ("AwkSystime", "Float(1000000000.5)"),
        ("AwkSrand 0 / Pop / AwkSrand 0", "Float(643280640.0)"),
        ("LoadConst \"%s\" / AwkStrftime 1", r#"Str("1000000000")"#),
    ] {
        let mut vm = vm(text);
        vm.set_clock(noon);
        assert_eq!(outcome(&mut vm), expected, "{text}");
        vm.reset(chunk("AwkSystime / AwkSrand 0 / Pop / AwkSrand 0"));
        vm.set_clock(|| UNIX_EPOCH - Duration::from_secs(9));
        assert_eq!(outcome(&mut vm), "Float(1.0) [Float(0.0)]");
    }
}

#[test]
fn signals_halt_and_are_read_behind_the_run() {
    for (code, text) in [
        (signal::NEXT, "AwkSignal 0 / LoadInt 9"),
        (signal::NEXTFILE, "AwkSignal 1 / LoadInt 9"),
        (signal::EXIT, "AwkSignal 2 / LoadInt 9"),
        (255, "AwkSignal 255 / LoadInt 9"),
    ] {
        let mut vm = vm(text);
        assert_eq!(vm.awk_signal(), None);
        assert_eq!(outcome(&mut vm), "halted");
        assert_eq!(
            (vm.awk_signal(), vm.is_halted(), vm.ip),
            (Some(code), true, 1)
        );
        // The next run forgets it, though the VM stays halted.
        assert_eq!(outcome(&mut vm), "halted");
        assert_eq!((vm.awk_signal(), vm.ip), (None, 1));
    }
    let mut vm = vm("LoadInt 5 / Call f 0 / sub f: / LoadInt 7 / AwkSignal 2 / Return");
    assert_eq!(outcome(&mut vm), "Int(7) [Int(5)]");
    assert_eq!((vm.awk_signal(), vm.frames.len()), (Some(2), 2));
    // Q13
    vm.reset(chunk("Nop"));
    assert_eq!(vm.awk_signal(), None);
}

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn warnings_are_lines() {
    let lines = Captured::default();
    let mut vm = vm(
        "LoadInt -4 / AwkSqrtJit / LoadFloat -0.5 / AwkLogJit / LoadFloat -0.0 / AwkSqrtJit / \
         LoadInt 0 / AwkLogJit / LoadFloat nan / AwkSqrtJit / LoadInt -4 / AwkSqrt / AwkLog / \
         LoadFloat -inf / AwkLogJit / LoadConst \"-1e21\" / AwkSqrtJit / LoadInt 9 / AwkSqrtJit",
    );
    vm.set_warnings(Box::new(lines.clone()));
    assert_eq!(
        outcome(&mut vm),
        "Float(3.0) [Float(NaN) Float(NaN) Float(-0.0) Float(-inf) Float(NaN) Float(NaN) \
         Float(NaN) Float(NaN)]"
    );
    // The ops without `Jit` are silent (Q82).
    assert_eq!(
        String::from_utf8(lines.0.lock().unwrap().clone()).unwrap(),
        "awk: warning: sqrt: received negative argument -4\n\
         awk: warning: log: received negative argument -0.5\n\
         awk: warning: log: received negative argument -inf\n\
         awk: warning: sqrt: received negative argument -1000000000000000000000\n"
    );
}

extern "C" fn halves(field: i64) -> f64 {
    field as f64 / 2.0
}

#[test]
fn the_field_hook_belongs_to_the_thread() {
    let text = "AwkGetFieldNum 7 / AwkGetFieldNum 65535";
    assert_eq!(outcome(&mut vm(text)), "Float(0.0) [Float(0.0)]");
    fusevm::jit::set_awk_field_num_hook(Some(halves));
    assert_eq!(outcome(&mut vm(text)), "Float(32767.5) [Float(3.5)]");
    let elsewhere = std::thread::spawn(move || outcome(&mut vm(text)));
    assert_eq!(elsewhere.join().unwrap(), "Float(0.0) [Float(0.0)]");
    set_awk_field_num_hook(None);
    assert_eq!(outcome(&mut vm(text)), "Float(0.0) [Float(0.0)]");
}

#[test]
fn field_numbers_are_part_of_the_op_hash() {
    // Q51
    let hash = |text: &str| chunk(text).op_hash;
    assert_ne!(hash("AwkGetFieldNum 1"), hash("AwkGetFieldNum 2"));
    assert_eq!(hash("AwkGetFieldNum 1"), hash("AwkGetFieldNum 1"));
}

#[test]
fn a_nested_run_clears_the_signal() {
    let mut vm = vm("CallBuiltin 1 0 / Return");
    vm.register_builtin(1, |vm, _| {
        vm.chunk = chunk("AwkSignal 4");
        vm.ip = 0;
        vm.run();
        Value::Int(i64::from(vm.awk_signal().unwrap_or(0)))
    });
    assert_eq!(outcome(&mut vm), "Int(4)");
    assert_eq!(vm.awk_signal(), Some(4));
}
