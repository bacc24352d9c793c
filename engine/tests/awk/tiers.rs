//! AWK ops inside native code: the same host calls, results, errors and signals.

use super::chunk;
use fusevm::jit::{JitCompiler, TierName};
use fusevm::{AwkHost, TierPolicy, TraceJitConfig, VM, Value};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex};

/// Counts calls of `int` and answers with the count; `$0` panics.
#[derive(Clone, Default)]
struct Counting(Arc<Mutex<i64>>);

impl AwkHost for Counting {
    fn int(&mut self, _: &Value) -> Value {
        let mut n = self.0.lock().unwrap();
        *n += 1;
        Value::Int(*n)
    }

    fn field_get(&mut self, i: i64) -> Value {
        if i == 0 {
            // Nobody needs to read of it.
            resume_unwind(Box::new("the record is missing"));
        }
        Value::str("field")
    }
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

/// Everything that a run leaves behind, as text, and how often native code was entered.
fn state(text: &str, host: bool, tier: Option<TierName>) -> (String, u64) {
    let mut vm = VM::new(chunk(text));
    let (calls, lines) = (Counting::default(), Captured::default());
    if host {
        vm.set_awk_host(Box::new(calls.clone()));
    }
    vm.set_warnings(Box::new(lines.clone()));
    vm.set_tier_policy(TierPolicy {
        linear: tier == Some(TierName::Linear),
        block: tier == Some(TierName::Block),
        trace: tier == Some(TierName::Trace),
    });
    let result = catch_unwind(AssertUnwindSafe(|| vm.run()));
    let result = result.map_err(|_| "panicked");
    let native = tier.map_or(0, |tier| vm.tier_report().tier(tier).entries);
    // The seed shows in the next number, unless the VM is halted.
    let after = format!(
        "{result:?} {:?} {:?} ip {} halted {} signal {:?} calls {} warnings {:?}",
        vm.stack,
        vm.frames[0].slots,
        vm.ip,
        vm.is_halted(),
        vm.awk_signal(),
        calls.0.lock().unwrap(),
        String::from_utf8_lossy(&lines.0.lock().unwrap()),
    );
    vm.chunk = chunk("AwkRand");
    vm.ip = 0;
    (
        format!("{after} next {:?} {}", vm.run(), vm.awk_host.is_some()),
        native,
    )
}

/// Runs a program in the interpreter and in native code, which must have been entered.
#[track_caller]
fn check(tiers: &[TierName], text: &str) {
    let compiler = JitCompiler::new();
    compiler.flush();
    compiler.set_config(TraceJitConfig {
        block_threshold: 0,
        trace_threshold: 2,
        ..TraceJitConfig::defaults()
    });
    for tier in tiers {
        let mut entries = 0;
        for host in [false, true] {
            let (expected, _) = state(text, host, None);
            for _ in 0..3 {
                let (found, native) = state(text, host, Some(*tier));
                assert_eq!(found, expected, "{tier} {text}");
                entries += native;
            }
        }
        assert!(entries > 0, "{tier} never ran {text}");
    }
}

const LINES: [TierName; 2] = [TierName::Linear, TierName::Block];
const LOOPS: [TierName; 2] = [TierName::Block, TierName::Trace];

#[test]
fn straight_lines() {
    for text in [
        "LoadInt 7 / LoadInt 2 / AwkDiv / LoadInt 5 / AwkModJit / SetSlot 1 / GetSlot 1",
        "LoadInt 1 / LoadInt 7 / LoadInt 0 / AwkDiv / LoadInt 3",
        "LoadInt 1 / LoadInt 7 / LoadInt 0 / AwkDivJit / LoadInt 3",
        "LoadInt 1 / LoadInt 7 / LoadFloat -0.0 / AwkMod / LoadInt 3",
        "LoadInt 1 / LoadInt 7 / LoadUndef / AwkModJit / LoadInt 3",
        "LoadInt 1 / LoadInt -7 / AwkSqrtJit / LoadInt -3 / AwkLogJit",
        "LoadInt 1 / LoadInt -7 / LoadInt 3 / AwkLshiftJit / LoadInt 3",
        "LoadInt 1 / LoadInt 7 / LoadInt -3 / AwkRshiftJit / LoadInt 3",
        "LoadInt 1 / LoadInt -7 / AwkComplJit / LoadInt 3",
        "LoadInt 3 / LoadInt 4294967296 / AwkLshiftJit / LoadInt 4294967297 / AwkLshiftJit",
        "LoadInt 3 / AwkSignal 2 / LoadInt 4",
        "AwkGetFieldNum 5 / AwkRand / AwkSrand 1 / AwkLength 0 / AwkLength 1",
        "LoadInt 3 / AwkGetline 0 / AwkGetline 2 / AwkInt / ExtendedWide 40041 7",
        "LoadFloat 2.5 / AwkInt / LoadFloat 1e30 / AwkInt / LoadInt 0 / AwkFieldGet",
        "LoadInt 9 / SetSlot 0 / LoadConst \"a\" / LoadInt 0 / AwkDiv / SetSlot 0",
    ] {
        check(&LINES, text);
    }
}

/// A loop of 40 turns with `body` in it, and its counter in slot 0.
fn turns(body: &str) -> String {
    format!("LoadInt 0 / SetSlot 0 / l: / {body} / SlotIncLtIntJumpBack 0 40 l / GetSlot 0")
}

#[test]
fn loops() {
    for body in [
        "GetSlot 0 / LoadInt 2 / AwkDivJit / SetSlot 1",
        "LoadInt 7 / LoadInt 30 / GetSlot 0 / Sub / AwkDiv / SetSlot 1",
        "LoadInt 7 / LoadInt 30 / GetSlot 0 / Sub / AwkModJit / SetSlot 1",
        "LoadInt 30 / GetSlot 0 / Sub / AwkSqrtJit / SetSlot 1",
        "LoadInt 30 / GetSlot 0 / Sub / LoadInt 1 / AwkLshiftJit / SetSlot 1",
        "LoadInt 3 / LoadInt 30 / GetSlot 0 / Sub / AwkRshiftJit / SetSlot 1",
        "LoadInt 30 / GetSlot 0 / Sub / AwkComplJit / SetSlot 1",
        "AwkRand / SetSlot 1",
        "GetSlot 0 / AwkSrand 1 / SetSlot 1",
        "GetSlot 0 / AwkGetline 2 / SetSlot 1",
        "GetSlot 0 / AwkLength 4 / SetSlot 1",
        "GetSlot 0 / LoadInt 2 / Div / AwkInt / SetSlot 1",
        "GetSlot 0 / ExtendedWide 40041 0 / SetSlot 1",
        "GetSlot 0 / AwkGetFieldNum 3 / AwkAnd 2 / SetSlot 1",
        "GetSlot 0 / LoadInt 30 / NumLt / JumpIfTrue n / AwkSignal 1 / n:",
        "LoadInt 30 / GetSlot 0 / Sub / AwkFieldGet / AwkToUpper / SetSlot 1",
    ] {
        check(&LOOPS, &turns(body));
    }
}
