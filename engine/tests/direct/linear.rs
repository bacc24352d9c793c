//! `try_run_linear`: the interpreter's value of straight-line code, kind included.

use super::{bits, chunk, compiler};
use fusevm::Value;

#[track_caller]
fn check(text: &str, slots: &[i64], expected: Value) {
    let compiler = compiler(1, 50);
    let chunk = chunk(text);
    assert!(compiler.is_linear_eligible(&chunk), "{text}");
    for _ in 0..3 {
        let found = compiler.try_run_linear(&chunk, slots);
        assert!(
            found
                .as_ref()
                .is_some_and(|found| found.is_identical(&expected)),
            "{found:?} instead of {expected:?}\n{text}"
        );
    }
}

#[track_caller]
fn declines(text: &str, slots: &[i64]) {
    let found = compiler(1, 50).try_run_linear(&chunk(text), slots);
    assert!(found.is_none(), "{found:?}\n{text}");
}

#[test]
fn integers_wrap() {
    check("LoadInt 40\n LoadInt 2\n Add", &[], Value::Int(42));
    check(
        "LoadInt 9223372036854775807\n LoadInt 1\n Add",
        &[],
        Value::Int(i64::MIN),
    );
}

#[test]
fn results_have_the_kind_that_the_interpreter_gives() {
    check("LoadInt 1\n LoadInt 2\n NumLt", &[], Value::Bool(true));
    check("LoadInt 5\n LogNot", &[], Value::Bool(false));
    check("LoadTrue", &[], Value::Bool(true));
    check("LoadInt 2\n LoadInt 10\n Pow", &[], Value::Float(1024.0));
    check("LoadInt 6\n LoadInt 3\n Div", &[], Value::Float(2.0));
    check("LoadFloat 2", &[], Value::Float(2.0));
    check("LoadInt 2\n LoadInt 7\n Spaceship", &[], Value::Int(-1));
}

#[test]
fn slots_are_integers_and_only_read() {
    let jit_pre_inc_slot = "PreIncSlot 0";
    check(jit_pre_inc_slot, &[41], Value::Int(42));
    check(
        "GetSlot 0\n GetSlot 1\n Mul\n SetSlot 1\n GetSlot 1",
        &[6, 7],
        Value::Int(42),
    );
    check("PostDecSlot 2", &[0, 0, i64::MIN], Value::Int(i64::MIN));
    let one = bits(1.0);
    check("GetSlot 0", &[one], Value::Int(one));
}

#[test]
fn operands_of_mixed_kinds() {
    check(
        "LoadInt 1\n LoadFloat 2.5\n Swap\n Sub",
        &[],
        Value::Float(1.5),
    );
    check("LoadFloat 12.9\n LoadInt 8\n GcdInt", &[], Value::Int(4));
    check("LoadTrue\n LoadInt 1\n Add", &[], Value::Float(2.0));
}

#[test]
fn a_slot_that_is_not_there_declines() {
    declines("GetSlot 1", &[7]);
    declines("LoadInt 1\n SetSlot 0\n LoadInt 2", &[]);
    declines("GetSlot 65535", &[7]);
}

#[test]
fn what_is_not_numeric_declines() {
    for text in [
        "LoadInt 1\n LoadInt 2\n Concat",
        "LoadInt 1\n Exec 1",
        "LoadInt 1\n LoadInt 2",
        "",
        "Jump end\n end: LoadInt 1",
        "GetSlot 0\n GetSlot 1\n Mod",
    ] {
        declines(text, &[1, 2]);
    }
}
