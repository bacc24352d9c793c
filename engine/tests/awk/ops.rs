//! What the ops do without a host, and the errors that they raise.

use super::{check, outcome, vm};
use fusevm::asm::assemble;
use fusevm::{DefaultAwkHost, VM, VerifyErrorKind};

#[test]
fn ops_of_the_host_are_inert_without_one() {
    check(&[
        ("LoadInt 7 / LoadInt 3 / AwkFieldGet", r#"Str("") [Int(7)]"#),
        ("LoadInt 7 / LoadInt 8 / LoadInt 9 / AwkFieldSet", "Int(7)"),
        ("AwkNf", "Int(0)"),
        ("LoadInt 7 / LoadInt 8 / AwkSetRecord", "Int(7)"),
        ("AwkSpecialGet NR", "Undef"),
        ("LoadInt 7 / LoadInt 8 / AwkSpecialSet NR", "Int(7)"),
        ("LoadInt 7 / LoadInt 8 / LoadInt 9 / AwkPrint 2", "Int(7)"),
        ("LoadInt 7 / LoadInt 8 / AwkPrintf 1", "Int(7)"),
        ("LoadInt 7 / AwkPrintf 0", "Int(7)"),
        (
            "LoadInt 7 / LoadInt 8 / AwkSprintf 1",
            r#"Str("") [Int(7)]"#,
        ),
        ("LoadInt 7 / AwkSprintf 0", r#"Str("") [Int(7)]"#),
        ("LoadInt 7 / AwkGetline 0", "Int(0) [Int(7)]"),
        ("LoadInt 7 / AwkGetline 1", "Int(0) [Int(7)]"),
        ("LoadInt 7 / AwkGetline 2", "Int(0)"),
        ("LoadInt 7 / AwkGetline 5", "Int(0)"),
        ("LoadInt 7 / AwkGetline 6", "Int(0) [Int(7)]"),
        ("LoadInt 7 / AwkLength 0", "Int(0) [Int(7)]"),
        ("LoadInt 7 / LoadInt 8 / AwkSplit 1", "Int(0) [Int(7)]"),
        ("LoadInt 7 / LoadInt 8 / AwkSub 2", "Int(0)"),
        (
            "LoadInt 7 / LoadInt 8 / AwkGsub 0",
            "Int(0) [Int(7) Int(8)]",
        ),
        (
            "LoadInt 7 / LoadInt 8 / LoadInt 9 / AwkMatch",
            "Int(0) [Int(7)]",
        ),
        ("LoadInt 7 / LoadInt 8 / AwkGensub 1", r#"Str("") [Int(7)]"#),
        (
            "LoadInt 7 / LoadInt 8 / AwkArrayGet a",
            r#"Str("") [Int(7)]"#,
        ),
        (
            "LoadInt 7 / LoadInt 8 / LoadInt 9 / AwkArraySet a",
            "Int(7)",
        ),
        (
            "LoadInt 7 / LoadInt 8 / AwkArrayExists a",
            "Bool(false) [Int(7)]",
        ),
        ("LoadInt 7 / LoadInt 8 / AwkArrayDelete a", "Int(7)"),
        ("LoadInt 7 / AwkArrayClear a", "Int(7)"),
        ("LoadInt 7 / AwkArrayLen a", "Int(0) [Int(7)]"),
    ]);
}

/// Programs whose results are those of the built-in rules, with or without a default host.
const RULES: &[(&str, &str)] = &[
    ("LoadConst \"héllo\" / AwkLength 1", "Int(5)"),
    // One value, however many are asked for (Q72).
    (
        "LoadInt 7 / LoadConst \"abc\" / AwkLength 9",
        "Int(3) [Int(7)]",
    ),
    (
        "LoadConst \"hello\" / LoadInt 2 / LoadInt 3 / AwkSubstr 3",
        r#"Str("ell")"#,
    ),
    (
        "LoadConst \"hello\" / LoadFloat 2.9 / AwkSubstr 2",
        r#"Str("ello")"#,
    ),
    ("LoadConst \"hello\" / AwkSubstr 1", r#"Str("hello")"#),
    ("AwkSubstr 0", r#"Str("")"#),
    (
        "LoadConst \"hello\" / LoadInt 2 / LoadInt 3 / LoadInt 9 / AwkSubstr 4",
        r#"Str("ell")"#,
    ),
    // Missing operands are the deepest ones (Q71).
    ("LoadConst \"hello\" / AwkSubstr 2", r#"Str("")"#),
    ("LoadConst \"hello\" / LoadConst \"l\" / AwkIndex", "Int(3)"),
    ("LoadConst \"hello\" / AwkIndex", "Int(0)"),
    ("LoadConst \"ÀB\" / AwkToLower", r#"Str("àb")"#),
    ("LoadConst \"àß\" / AwkToUpper", r#"Str("ÀSS")"#),
    ("LoadFloat -2.5 / AwkInt", "Int(-2)"),
    ("LoadFloat 1e30 / AwkInt", "Float(1e30)"),
    ("LoadInt 16 / AwkSqrt", "Float(4.0)"),
    ("AwkSin", "Float(0.0)"),
    ("AwkCos", "Float(1.0)"),
    ("AwkExp", "Float(1.0)"),
    ("AwkLog", "Float(-inf)"),
    ("LoadInt 0 / LoadInt 5 / AwkAtan2", "Float(0.0)"),
    ("LoadInt 6 / LoadInt 3 / AwkAnd 2", "Int(2)"),
    ("LoadInt 6 / LoadInt 3 / AwkOr 2", "Int(7)"),
    ("LoadInt 6 / LoadInt 3 / AwkXor 2", "Int(5)"),
    ("LoadInt 6 / AwkAnd 2", "Int(0)"),
    ("LoadInt 6 / AwkOr 200", "Int(6)"),
    ("AwkXor 0", "Int(0)"),
    ("LoadInt 6 / AwkXor 1", "Int(6)"),
    ("AwkCompl", "Int(-1)"),
    ("LoadInt 1 / LoadInt 64 / AwkLshift", "Int(1)"),
    ("LoadInt -1 / LoadInt 60 / AwkRshift", "Int(15)"),
    ("LoadConst \"0x1F\" / AwkStrtonum", "Float(31.0)"),
    (
        "LoadConst \"%Y%i\" / LoadInt 0 / LoadInt 1 / AwkStrftime 3",
        r#"Str("1970%i")"#,
    ),
    (
        "LoadConst \"1970 1 1 0 1 0\" / LoadInt 1 / AwkMktime 2",
        "Float(60.0)",
    ),
    ("AwkMktime 0", "Float(-1.0)"),
    ("LoadConst \"Abc\" / AwkOrd", "Float(65.0)"),
    ("LoadInt 65 / AwkChr", r#"Str("A")"#),
    ("LoadConst \"0.0\" / AwkMkbool", "Float(1.0)"),
    ("LoadInt 7 / LoadInt -2 / AwkIntdiv", "Float(-3.0)"),
    ("LoadInt 7 / LoadFloat 0.5 / AwkIntdiv", "Undef"),
    ("LoadInt 7 / LoadInt 0 / AwkIntdiv0", "Float(0.0)"),
];

#[test]
fn ops_with_a_rule_follow_it() {
    check(RULES);
}

#[test]
fn a_default_host_changes_no_result() {
    for (text, expected) in RULES {
        let mut vm = vm(text);
        vm.set_awk_host(Box::new(DefaultAwkHost));
        assert_eq!(outcome(&mut vm), *expected, "{text}");
    }
}

#[test]
fn ops_that_refuse_operands() {
    check(&[
        ("LoadInt 7 / LoadInt 2 / AwkDiv", "Float(3.5)"),
        ("LoadConst \"7\" / LoadInt -2 / AwkDivJit", "Float(-3.5)"),
        ("LoadInt -7 / LoadInt 2 / AwkMod", "Float(-1.0)"),
        ("LoadFloat 7.5 / LoadInt -2 / AwkModJit", "Float(1.5)"),
        (
            "LoadInt 1 / LoadInt 7 / LoadInt 0 / AwkDiv",
            "error: division by zero attempted [Int(1)]",
        ),
        (
            "LoadInt 7 / LoadFloat -0.0 / AwkDivJit",
            "error: division by zero attempted",
        ),
        (
            "LoadInt 7 / LoadConst \"x\" / AwkMod",
            "error: division by zero attempted in `%'",
        ),
        (
            "LoadInt 1 / LoadInt 7 / LoadUndef / AwkModJit",
            "error: division by zero attempted in `%' [Int(1)]",
        ),
        ("AwkDiv", "error: division by zero attempted"),
        ("LoadInt 7 / AwkDiv", "Float(0.0)"),
        ("LoadInt 5 / LoadInt 3 / AwkLshiftJit", "Float(40.0)"),
        (
            "LoadInt 1 / LoadInt 63 / AwkLshiftJit",
            "Float(-9.223372036854776e18)",
        ),
        (
            "LoadFloat 41.9 / LoadFloat 3.9 / AwkRshiftJit",
            "Float(5.0)",
        ),
        // Counts from 2^32 on are 63 (Q83).
        (
            "LoadInt 3 / LoadInt 4294967296 / AwkLshiftJit",
            "Float(-9.223372036854776e18)",
        ),
        (
            "LoadFloat 1e300 / LoadInt 4294967297 / AwkRshiftJit",
            "Float(0.0)",
        ),
        ("LoadInt 3 / LoadInt 64 / AwkLshiftJit", "Float(3.0)"),
        ("LoadFloat nan / LoadFloat nan / AwkLshiftJit", "Float(0.0)"),
        ("LoadFloat -0.0 / LoadInt 1 / AwkRshiftJit", "Float(0.0)"),
        (
            "LoadInt 5 / LoadInt -1 / LoadInt 3 / AwkLshiftJit",
            "error: lshift: negative values are not allowed [Int(5)]",
        ),
        (
            "LoadInt 1 / LoadFloat -0.1 / AwkRshiftJit",
            "error: rshift: negative values are not allowed",
        ),
        ("LoadInt 5 / AwkComplJit", "Float(-6.0)"),
        ("LoadFloat nan / AwkComplJit", "Float(-1.0)"),
        (
            "LoadInt 5 / LoadInt -1 / AwkComplJit",
            "error: compl: negative value is not allowed [Int(5)]",
        ),
    ]);
}

#[test]
fn an_error_leaves_the_vm_behind_the_op() {
    let mut vm = vm("LoadInt 7 / LoadInt 0 / AwkDiv / LoadInt 3");
    assert_eq!(outcome(&mut vm), "error: division by zero attempted");
    assert_eq!((vm.ip, vm.is_halted()), (3, false));
    assert_eq!(outcome(&mut vm), "Int(3)");
}

#[test]
fn wide_forms_are_the_typed_ones() {
    check(&[
        ("LoadFloat 3.7 / ExtendedWide 40041 0", "Int(3)"),
        ("LoadFloat 3.7 / ExtendedWide 40041 300", "Int(3)"),
        ("LoadConst \"hé\" / ExtendedWide 40032 1", "Int(2)"),
        ("LoadInt 6 / LoadInt 3 / ExtendedWide 40056 2", "Int(5)"),
        ("LoadInt 6 / ExtendedWide 40055 255", "Int(6)"),
        ("LoadInt 6 / ExtendedWide 40024 6", "Int(0) [Int(6)]"),
        ("LoadInt 6 / ExtendedWide 40024 262", "Int(0) [Int(6)]"),
        ("ExtendedWide 40048 70000", r#"Str("")"#),
        ("ExtendedWide 40062 9", "Float(0.51385498046875)"),
        // Unassigned numbers (Q69).
        ("LoadInt 6 / ExtendedWide 40006 2", "Undef [Int(6)]"),
        ("ExtendedWide 40999 18446744073709551615", "Undef"),
        // Counts out of range (Q70).
        (
            "LoadInt 6 / ExtendedWide 40016 256",
            "error: awk argument count out of range [Int(6)]",
        ),
        (
            "LoadInt 6 / ExtendedWide 40032 256",
            "error: awk argument count out of range [Int(6)]",
        ),
        (
            "LoadInt 6 / ExtendedWide 40063 18446744073709551615",
            "error: awk argument count out of range [Int(6)]",
        ),
    ]);
}

#[test]
fn texts_of_arrays_are_bounded() {
    let long = "LoadConst \"abcdef\" / MakeArray 1 / Dup / Dup / MakeArray 3";
    for (op, expected) in [
        ("AwkLength 1", "Int(20)"),
        ("AwkToUpper", r#"Str("ABCDEF ABCDEF ABCDEF")"#),
        ("AwkStrtonum", "Float(0.0)"),
        ("AwkOrd", "Float(97.0)"),
        ("AwkSubstr 1", r#"Str("abcdef abcdef abcdef")"#),
        ("LoadConst \"f\" / AwkIndex", "Int(6)"),
        ("AwkMktime 1", "Float(-1.0)"),
        (
            "LoadInt 0 / LoadInt 1 / AwkStrftime 3",
            r#"Str("abcdef abcdef abcdef")"#,
        ),
    ] {
        let mut vm = vm(&format!("{long} / {op}"));
        let mut limits = vm.limits();
        limits.string_size = 20;
        vm.set_limits(limits);
        assert_eq!(outcome(&mut vm), expected, "{op}");
        vm.reset(vm.chunk.clone());
        limits.string_size = 19;
        vm.set_limits(limits);
        assert_eq!(
            outcome(&mut vm),
            "error: limit exceeded: string size",
            "{op}"
        );
    }
}

#[test]
fn results_are_bounded_and_paid_for() {
    let run = |text: &str, string_size: usize, fuel: u64| {
        let mut vm = vm(text);
        let mut limits = vm.limits();
        limits.string_size = string_size;
        vm.set_limits(limits);
        vm.set_fuel(Some(fuel));
        (outcome(&mut vm), vm.fuel())
    };
    let upper = "LoadConst \"ŉŉ\" / AwkToUpper";
    assert_eq!(run(upper, 6, 0).0, r#"Str("ʼNʼN")"#);
    assert_eq!(run(upper, 5, 0).0, "error: limit exceeded: string size");
    let repeated = "LoadConst \"x\" / LoadInt 640 / StringRepeat / AwkToUpper";
    assert_eq!(run(repeated, 1000, 20).1, Some(0));
    let (outcome, left) = run(repeated, 1000, 19);
    assert!(outcome.starts_with("error: limit exceeded: fuel [Str(\"xx"));
    assert_eq!(left, Some(9));
}

#[test]
fn nobody_is_asked_when_there_is_no_room() {
    for op in [
        "AwkNf",
        "AwkRand",
        "AwkSystime",
        "AwkSrand 0",
        "AwkLength 0",
        "AwkGetFieldNum 1",
    ] {
        let mut vm = vm(&format!("LoadInt 1 / {op}"));
        let mut limits = vm.limits();
        limits.value_stack = 1;
        vm.set_limits(limits);
        assert_eq!(
            outcome(&mut vm),
            "error: limit exceeded: value stack [Int(1)]",
            "{op}"
        );
        limits.value_stack = 2;
        vm.set_limits(limits);
        vm.stack.clear();
        vm.chunk = super::chunk("AwkRand");
        vm.ip = 0;
        if op == "AwkRand" {
            assert_eq!(outcome(&mut vm), "Float(0.51385498046875)");
        }
    }
}

#[test]
fn the_verifier_knows_the_effects() {
    let verify = |text: &str| {
        let chunk = assemble(&text.replace(" / ", "\n")).unwrap();
        chunk
            .verify()
            .map(|proof| proof.max_depth())
            .map_err(|errors| errors[0].kind.clone())
    };
    assert_eq!(
        verify("LoadInt 1 / AwkGetline 2 / Pop / AwkGetline 0"),
        Ok(1)
    );
    assert_eq!(
        verify("LoadInt 1 / AwkLength 9 / AwkSrand 1 / AwkSrand 0"),
        Ok(2)
    );
    assert_eq!(
        verify("LoadInt 1 / LoadInt 2 / ExtendedWide 40054 2 / ExtendedWide 40024 300"),
        Ok(2)
    );
    assert_eq!(verify("ExtendedWide 40004 77777 / AwkNf"), Ok(2));
    assert_eq!(
        verify("LoadInt 1 / ExtendedWide 40024 5 / ExtendedWide 40024 5 / ExtendedWide 40070 0"),
        Err(VerifyErrorKind::Underflow { needs: 2, has: 1 })
    );
    assert_eq!(
        verify("ExtendedWide 40006 0"),
        Err(VerifyErrorKind::NoSuchAwkOp(40006))
    );
    assert_eq!(
        verify("ExtendedWide 40016 256"),
        Err(VerifyErrorKind::AwkArgumentCount(256))
    );
    assert_eq!(
        verify("ExtendedWide 41000 0"),
        Err(VerifyErrorKind::DynamicEffect)
    );
    let error = assemble("ExtendedWide 40006 0")
        .unwrap()
        .verify()
        .unwrap_err();
    assert_eq!(
        error[0].to_string(),
        "op 0: 40006 is the number of no AWK op; use one of `awk_builtins`, or an \
         extension outside of 40000..41000"
    );
}

#[test]
fn the_wide_handler_is_never_asked() {
    let mut vm: VM = vm("ExtendedWide 40000 0 / ExtendedWide 40999 0 / ExtendedWide 39999 0");
    vm.set_extension_wide_handler(Box::new(|vm, id, _| {
        // Q68
        assert_eq!(id, 39999);
        vm.push(fusevm::Value::Int(1));
    }));
    assert_eq!(outcome(&mut vm), r#"Int(1) [Str("") Undef]"#);
}
