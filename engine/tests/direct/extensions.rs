//! Extensions: `Extended` ops that a frontend compiles.

use super::{chunk, compiler};
use fusevm::jit::{
    ExplainParts, ExtJitCtx, jit_helper_id, register_global_extension, register_jit_helper,
};
use fusevm::{JitCompiler, JitExtension, VM, VMResult, Value};
use std::sync::Arc;

/// An extension that compiles one op.
struct Ext<F> {
    name: &'static str,
    id: u16,
    emit: F,
}

impl<F: Fn(u8, &mut ExtJitCtx<'_, '_>) -> bool + Send + Sync> JitExtension for Ext<F> {
    fn can_jit(&self, ext_id: u16) -> bool {
        ext_id == self.id
    }

    fn op_count(&self) -> usize {
        1
    }

    fn name(&self) -> &str {
        self.name
    }

    fn emit_extended(&self, _: u16, arg: u8, cx: &mut ExtJitCtx<'_, '_>) -> bool {
        (self.emit)(arg, cx)
    }
}

/// Registers an extension for an op that nobody else in this program uses.
fn register(
    name: &'static str,
    id: u16,
    emit: impl Fn(u8, &mut ExtJitCtx<'_, '_>) -> bool + Send + Sync + 'static,
) {
    register_global_extension(Arc::new(Ext { name, id, emit }));
}

/// Subtracts the top operand from the next one, `arg` times.
fn sub_times(arg: u8, cx: &mut ExtJitCtx<'_, '_>) -> bool {
    let (Some(b), Some(a)) = (cx.pop_i64(), cx.pop_i64()) else {
        return false;
    };
    let n = cx.iconst(i64::from(arg));
    let b = cx.imul(b, n);
    let result = cx.isub(a, b);
    cx.push_i64(result);
    true
}

#[test]
fn a_claimed_op_is_part_of_a_block() {
    let compiler = compiler(0, 50);
    let chunk = chunk("GetSlot 0\n GetSlot 1\n Extended 100 3\n SetSlot 0\n GetSlot 0");
    assert!(!compiler.is_block_eligible(&chunk));
    assert_eq!(compiler.try_run_block(&chunk, &mut [50, 2]), None);
    // A registration counts from the next run on.
    register("a claimed op", 100, sub_times);
    assert!(compiler.is_block_eligible(&chunk));
    let mut slots = [50, 2];
    assert_eq!(compiler.try_run_block(&chunk, &mut slots), Some(44));
    assert_eq!(slots, [44, 2]);
    assert!(compiler.block_jit_is_compiled(&chunk));
}

#[test]
fn only_the_block_tier_asks() {
    register("only blocks", 101, sub_times);
    let compiler = compiler(0, 50);
    let chunk = chunk("LoadInt 9\n LoadInt 2\n Extended 101 1");
    assert!(!compiler.is_linear_eligible(&chunk));
    assert_eq!(compiler.try_run_linear(&chunk, &[]), None);
    assert_eq!(compiler.try_run_block(&chunk, &mut []), Some(7));
}

#[test]
fn a_compiled_op_bypasses_the_handler_of_the_vm() {
    register("bypass", 102, sub_times);
    compiler(0, 50);
    let mut vm = VM::new(chunk("LoadInt 9\n LoadInt 2\n Extended 102 1"));
    vm.set_extension_handler(Box::new(|_, _, _| panic!("the handler was called")));
    vm.enable_tracing_jit();
    let result = vm.run();
    assert!(matches!(result, VMResult::Ok(Value::Int(7))), "{result:?}");
    assert_eq!(vm.tier_report().block.entries, 1);
}

#[test]
fn an_unclaimed_op_asks_the_handler() {
    compiler(0, 50);
    let mut vm = VM::new(chunk("LoadInt 9\n Extended 60001 4"));
    vm.set_extension_handler(Box::new(|vm, id, arg| {
        let value = vm.pop().to_int() + i64::from(id) + i64::from(arg);
        vm.push(Value::Int(value));
    }));
    vm.enable_tracing_jit();
    let result = vm.run();
    assert!(
        matches!(result, VMResult::Ok(Value::Int(60014))),
        "{result:?}"
    );
    let report = vm.tier_report();
    assert_eq!(report.block.entries, 0);
    assert!(
        report
            .declines
            .iter()
            .any(|count| count.reason == "Unverified")
    );
}

#[test]
fn operands_are_converted() {
    register("operands", 103, |_, cx| {
        let Some(value) = cx.pop_i64() else {
            return false;
        };
        cx.push_i64(value);
        true
    });
    let compiler = compiler(0, 50);
    for (load, expected) in [
        ("LoadFloat 2.9", 2),
        ("LoadFloat -1e300", i64::MIN),
        ("LoadFloat nan", 0),
        ("LoadTrue", 1),
        ("LoadInt -5", -5),
    ] {
        let chunk = chunk(&format!("{load}\n Extended 103 0"));
        assert_eq!(
            compiler.try_run_block(&chunk, &mut []),
            Some(expected),
            "{load}"
        );
    }
}

#[test]
fn every_instruction_computes_what_it_says() {
    register("instructions", 104, |arg, cx| {
        let (Some(b), Some(a)) = (cx.pop_i64(), cx.pop_i64()) else {
            return false;
        };
        let (one, zero) = (cx.iconst(1), cx.iconst(0));
        let result = match arg {
            0 => cx.iadd(a, b),
            1 => cx.sdiv(a, b),
            2 => cx.srem(a, b),
            3 => cx.band(a, b),
            4 => cx.bor(a, b),
            5 => cx.bxor(a, b),
            compare => {
                let cond = match compare {
                    6 => cx.icmp_eq(a, b),
                    7 => cx.icmp_ne(a, b),
                    8 => cx.icmp_slt(a, b),
                    _ => cx.icmp_sgt(a, b),
                };
                cx.select(cond, one, zero)
            }
        };
        cx.push_i64(result);
        true
    });
    let compiler = compiler(0, 50);
    let (a, b) = (-7, 3);
    let expected = [a + b, -2, -1, a & b, a | b, a ^ b, 0, 1, 1, 0];
    for (arg, expected) in expected.into_iter().enumerate() {
        let chunk = chunk(&format!("GetSlot 0\n GetSlot 1\n Extended 104 {arg}"));
        assert_eq!(
            compiler.try_run_block(&chunk, &mut [a, b]),
            Some(expected),
            "{arg}"
        );
    }
}

/// Truth values are combined like bits, and are 1 or 0 where an integer is wanted.
#[test]
fn truth_values_are_combined_and_pushed() {
    register("truth values", 110, |_, cx| {
        let (Some(b), Some(a)) = (cx.pop_i64(), cx.pop_i64()) else {
            return false;
        };
        let (less, equal, zero) = (cx.icmp_slt(a, b), cx.icmp_eq(a, b), cx.iconst(0));
        let at_most = cx.bor(less, equal);
        let nonzero = cx.icmp_ne(a, zero);
        let both = cx.band(at_most, nonzero);
        let sum = cx.iadd(both, at_most);
        cx.push_i64(less);
        cx.push_i64(sum);
        true
    });
    let compiler = compiler(0, 50);
    let chunk = chunk("GetSlot 0\n GetSlot 1\n Extended 110 0\n LoadInt 10\n Mul\n Add");
    for ((a, b), expected) in [((1, 2), 21), ((2, 2), 20), ((0, 3), 11), ((3, 2), 0)] {
        let result = compiler.try_run_block(&chunk, &mut [a, b]);
        assert_eq!(result, Some(expected), "{a} {b}");
    }
}

extern "C" fn ten_a_plus_b(a: i64, b: i64) -> i64 {
    10 * a + b
}

extern "C" fn half(n: i64) -> f64 {
    n as f64 / 2.0
}

#[test]
fn host_functions_are_called() {
    // SAFETY: the functions have these arguments and results.
    let (ints, float) = unsafe {
        (
            register_jit_helper("ten_a_plus_b", ten_a_plus_b as *const u8, 2, false),
            register_jit_helper("half", half as *const u8, 1, true),
        )
    };
    assert_eq!(ints, jit_helper_id("ten_a_plus_b"));
    register("host", 105, move |arg, cx| {
        let (Some(b), Some(a)) = (cx.pop_i64(), cx.pop_i64()) else {
            return false;
        };
        let result = match arg {
            0 => cx.call_host(ints, &[a, b]),
            // A float is no operand that may be pushed.
            1 => cx.call_host(float, &[a]),
            2 => cx.call_host(ints, &[a]),
            _ => cx.call_host(jit_helper_id("nobody"), &[a]),
        };
        if let Some(result) = result {
            cx.push_i64(result);
        }
        result.is_some()
    });
    let compiler = compiler(0, 50);
    let run = |arg| {
        let chunk = chunk(&format!("LoadInt 4\n LoadInt 2\n Extended 105 {arg}"));
        compiler.try_run_block(&chunk, &mut [])
    };
    assert_eq!(
        (run(0), run(1), run(2), run(3)),
        (Some(42), None, None, None)
    );
}

#[test]
fn misuse_declines_and_never_panics() {
    register("misuse", 106, |arg, cx| {
        let stale = fusevm::jit::JitValue::from_u32(1 << 20);
        let one = cx.iconst(1);
        let flag = cx.icmp_eq(one, one);
        match arg {
            0 => cx.push_i64(stale),
            1 => drop(cx.iadd(one, stale)),
            2 => drop(cx.band(flag, stale)),
            3 => drop(cx.select(stale, one, one)),
            4 => drop(cx.select(flag, one, flag)),
            5 => while cx.pop_i64().is_some() {},
            _ => return false,
        }
        true
    });
    let compiler = compiler(0, 50);
    for arg in 0..7 {
        let chunk = chunk(&format!("LoadInt 1\n Extended 106 {arg}\n LoadInt 2"));
        assert!(compiler.is_block_eligible(&chunk));
        assert_eq!(compiler.try_run_block(&chunk, &mut []), None, "{arg}");
    }
}

#[test]
fn extended_ops_behind_an_exit_run_all_the_same() {
    register("behind an exit", 107, sub_times);
    let compiler = compiler(0, 50);
    // A zero divisor leaves native code before the extension op.
    let chunk = chunk("GetSlot 0\n GetSlot 1\n Mod\n LoadInt 5\n Extended 107 2");
    assert_eq!(compiler.try_run_block(&chunk, &mut [17, 10]), Some(7 - 10));
    assert_eq!(compiler.try_run_block(&chunk, &mut [17, 0]), Some(-10));
}

#[test]
fn compiled_ops_can_be_looked_at() {
    register("looked at", 111, sub_times);
    let compiler = compiler(0, 50);
    let chunk = chunk("GetSlot 0\n LoadInt 2\n Extended 111 3");
    assert_eq!(compiler.try_run_block(&chunk, &mut [10]), Some(4));
    let parts = ExplainParts {
        trace: true,
        clif: true,
        asm: false,
    };
    let text = compiler.explain(&chunk, parts);
    assert!(text.contains("extended 111 3 ("), "{text}");
    assert!(text.contains("isub"), "{text}");
}

#[test]
fn a_name_is_registered_once() {
    register("once", 108, sub_times);
    register("once", 109, sub_times);
    let compiler = JitCompiler::new();
    assert!(compiler.is_block_eligible(&chunk("Extended 108 0")));
    assert!(!compiler.is_block_eligible(&chunk("Extended 109 0")));
}

#[test]
fn an_extension_of_a_compiler_is_for_its_static_list() {
    let mut compiler = JitCompiler::new();
    compiler.register_extension(Box::new(Ext {
        name: "of a compiler",
        id: 110,
        emit: sub_times,
    }));
    let chunk = chunk("Extended 110 0\n ExtendedWide 110 0");
    assert!(compiler.is_eligible(&chunk));
    assert!(!JitCompiler::new().is_eligible(&chunk));
    assert!(!compiler.is_block_eligible(&super::chunk("Extended 110 0")));
}

#[test]
fn ids_of_helpers() {
    assert_eq!(jit_helper_id(""), 0x811c_9dc5);
    assert_eq!(jit_helper_id("fusevm_test_host_str_eq"), 0xa147_465c);
}

#[test]
fn another_function_for_a_known_name_is_refused() {
    // SAFETY: the function has two integer arguments and an integer result.
    let register = |n_args| unsafe {
        register_jit_helper("registered twice", ten_a_plus_b as *const u8, n_args, false)
    };
    let id = register(2);
    assert_eq!(register(2), id);
    assert_eq!(register(1), 0);
}
