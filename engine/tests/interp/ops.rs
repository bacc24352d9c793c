//! Ops one by one, by section of the table.

use super::{Captured, check, check_all, run, show, vm};
use fusevm::{VMResult, Value};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[test]
fn constants() {
    check_all(&[
        ("Nop", "halted []"),
        ("LoadInt 7 / Nop", "Int(7) []"),
        ("LoadFloat 2.0", "Float(2.0) []"),
        ("LoadFloat -0.0", "Float(-0.0) []"),
        ("LoadConst \"a\"", "Str(\"a\") []"),
        ("LoadConst #9", "Undef []"),
        ("LoadConst [1, 2.0]", "Array([Int(1), Float(2.0)]) []"),
        (
            "LoadTrue / LoadFalse / LoadUndef",
            "Undef [Bool(true) Bool(false)]",
        ),
    ]);
    let VMResult::Ok(Value::Float(x)) = vm("LoadFloat nan(0x7ff8000000000001)").run() else {
        panic!("not a float");
    };
    assert_eq!(x.to_bits(), 0x7ff8_0000_0000_0001);
}

#[test]
fn stack() {
    check_all(&[
        ("Pop", "halted []"),
        ("LoadInt 1 / LoadInt 2 / Pop", "Int(1) []"),
        ("LoadConst \"x\" / Pop", "halted []"),
        ("Dup", "Undef []"),
        ("LoadInt 1 / Dup", "Int(1) [Int(1)]"),
        ("LoadConst [1] / Dup", "Array([Int(1)]) [Array([Int(1)])]"),
        ("LoadConst \"x\" / Dup", "Str(\"x\") [Str(\"x\")]"),
        ("LoadTrue / Dup", "Bool(true) [Bool(true)]"),
        ("LoadInt 1 / Dup2", "Int(1) []"),
        (
            "LoadInt 1 / LoadConst \"x\" / Dup2",
            "Str(\"x\") [Int(1) Str(\"x\") Int(1)]",
        ),
        ("LoadInt 1 / Swap", "Int(1) []"),
        ("LoadInt 1 / LoadConst \"x\" / Swap", "Int(1) [Str(\"x\")]"),
        ("LoadInt 1 / LoadInt 2 / Rot", "Int(2) [Int(1)]"),
        (
            "LoadInt 1 / LoadInt 2 / LoadInt 3 / Rot",
            "Int(1) [Int(2) Int(3)]",
        ),
    ]);
}

#[test]
fn variables_and_slots() {
    check_all(&[
        ("GetVar 5", "Undef []"),
        ("SetVar 5 / GetVar 5", "Undef []"),
        ("LoadInt 3 / SetVar 9 / GetVar 9", "Int(3) []"),
        (
            "LoadConst \"s\" / DeclareVar 0 / GetVar 0 / GetVar 0",
            "Str(\"s\") [Str(\"s\")]",
        ),
        (
            "LoadInt 3 / SetVar 0 / LoadConst \"x\" / SetVar 0 / LoadInt 4 / SetVar 0 / GetVar 0",
            "Int(4) []",
        ),
        ("GetSlot 65535", "Undef []"),
        (
            "LoadInt 3 / SetSlot 2 / GetSlot 1 / GetSlot 2",
            "Int(3) [Undef]",
        ),
        ("SetSlot 0 / GetSlot 0", "Undef []"),
        (
            "LoadConst [1] / SetSlot 0 / GetSlot 0 / GetSlot 0",
            "Array([Int(1)]) [Array([Int(1)])]",
        ),
        (
            "LoadTrue / SetSlot 0 / LoadTrue / SetSlot 0 / GetSlot 0",
            "Bool(true) []",
        ),
    ]);
    let mut vm = vm("LoadInt 3 / SetSlot 70");
    vm.run();
    assert_eq!(vm.frames[0].slots.len(), 71);
    assert_eq!(vm.globals.len(), 0);
}

#[test]
fn globals_grow_on_writes_only() {
    for (text, n) in [
        ("GetVar 7", 0),
        ("SetVar 7", 8),
        ("LoadInt 0 / ArrayGet 7", 0),
        ("LoadInt 1 / LoadInt 0 / ArraySet 7", 8),
        ("LoadInt 1 / LoadInt -1 / ArraySet 7", 8),
        ("LoadInt 1 / ArrayPush 7", 8),
        ("ArrayPop 7", 0),
        ("LoadInt 1 / LoadInt 1 / HashSet 7", 8),
        ("LoadInt 1 / HashDelete 7", 0),
        ("HashKeys 7", 0),
        ("DeclareArray 7", 8),
        ("PushIntRangeLoop 7 0 0", 8),
    ] {
        let mut vm = vm(text);
        vm.run();
        assert_eq!(vm.globals.len(), n, "{text}");
    }
}

#[test]
fn arrays() {
    check_all(&[
        ("MakeArray 0", "Array([]) []"),
        (
            "LoadInt 1 / LoadInt 2 / LoadInt 3 / MakeArray 2",
            "Array([Int(2), Int(3)]) [Int(1)]",
        ),
        ("LoadInt 1 / MakeArray 5", "Array([Int(1)]) []"),
        (
            "LoadConst [1, 2] / SetArray 0 / LoadInt 1 / ArrayGet 0",
            "Int(2) []",
        ),
        (
            "LoadConst [1, \"b\"] / SetVar 0 / LoadInt 1 / ArrayGet 0",
            "Str(\"b\") []",
        ),
        (
            "LoadConst [1, [2]] / SetVar 0 / LoadInt 1 / ArrayGet 0",
            "Array([Int(2)]) []",
        ),
        (
            "LoadConst [1, 2] / SetVar 0 / LoadConst \"1\" / ArrayGet 0",
            "Int(2) []",
        ),
        (
            "LoadConst [1, 2] / SetVar 0 / LoadInt -1 / ArrayGet 0",
            "Undef []",
        ),
        (
            "LoadConst [1, 2] / SetVar 0 / LoadInt 2 / ArrayGet 0",
            "Undef []",
        ),
        ("LoadConst [1, 2] / SetVar 0 / ArrayGet 0", "Int(1) []"),
        ("LoadInt 5 / SetVar 0 / LoadInt 0 / ArrayGet 0", "Undef []"),
        (
            "LoadConst [1] / SetVar 0 / LoadInt 9 / LoadInt 2 / ArraySet 0 / GetArray 0",
            "Array([Int(1), Undef, Int(9)]) []",
        ),
        (
            "LoadConst [1] / SetVar 0 / LoadInt 9 / LoadInt 0 / ArraySet 0 / GetVar 0",
            "Array([Int(9)]) []",
        ),
        (
            "LoadConst [\"x\"] / SetVar 0 / LoadInt 9 / LoadInt 0 / ArraySet 0 / GetVar 0",
            "Array([Int(9)]) []",
        ),
        (
            "LoadConst [1] / SetVar 0 / LoadConst \"y\" / LoadInt 0 / ArraySet 0 / GetVar 0",
            "Array([Str(\"y\")]) []",
        ),
        (
            "LoadConst [1] / SetVar 0 / LoadInt 9 / LoadInt -1 / ArraySet 0 / GetVar 0",
            "Array([Int(1)]) []",
        ),
        (
            "LoadInt 7 / SetVar 0 / LoadInt 9 / LoadInt 0 / ArraySet 0 / GetVar 0",
            "Int(7) []",
        ),
        (
            "DeclareArray 0 / LoadInt 4 / ArrayPush 0 / LoadInt 5 / ArrayPush 0 / GetVar 0",
            "Array([Int(4), Int(5)]) []",
        ),
        ("LoadInt 4 / ArrayPush 0 / GetVar 0", "Undef []"),
        (
            "LoadConst [1, 2, 3] / SetVar 0 / ArrayPop 0 / ArrayShift 0 / GetVar 0",
            "Array([Int(2)]) [Int(3) Int(1)]",
        ),
        (
            "DeclareArray 0 / ArrayPop 0 / ArrayShift 0 / ArrayPop 1",
            "Undef [Undef Undef]",
        ),
        ("LoadConst [1, 2] / SetVar 0 / ArrayLen 0", "Int(2) []"),
        (
            "LoadConst \"abc\" / SetVar 0 / ArrayLen 0 / ArrayLen 1",
            "Int(0) [Int(0)]",
        ),
        (
            "LoadConst [1, \"b\", [3]] / SetSlot 0 / LoadInt 0 / SlotArrayGet 0 / LoadInt 1 / SlotArrayGet 0 / LoadInt 2 / SlotArrayGet 0",
            "Array([Int(3)]) [Int(1) Str(\"b\")]",
        ),
        ("LoadInt 0 / SlotArrayGet 3", "Undef []"),
        (
            "LoadConst [1] / SetSlot 0 / LoadInt 9 / LoadInt 0 / SlotArraySet 0 / LoadInt 8 / LoadInt 2 / SlotArraySet 0 / GetSlot 0",
            "Array([Int(9), Undef, Int(8)]) []",
        ),
        (
            "LoadConst [1] / SetSlot 0 / LoadInt 9 / LoadInt -1 / SlotArraySet 0 / GetSlot 0",
            "Array([Int(1)]) []",
        ),
        (
            "LoadInt 9 / LoadInt 0 / SlotArraySet 0 / GetSlot 0",
            "Undef []",
        ),
    ]);
}

#[test]
fn hashes() {
    check_all(&[
        (
            "LoadConst \"a\" / LoadInt 1 / LoadConst \"a\" / LoadInt 2 / LoadInt 3 / MakeHash 5",
            "Hash({\"a\": Int(2)}) []",
        ),
        ("LoadInt 1 / MakeHash 1", "Hash({}) []"),
        (
            "LoadInt 7 / LoadInt 8 / MakeHash 9",
            "Hash({\"7\": Int(8)}) []",
        ),
        (
            "DeclareHash 0 / LoadInt 1 / LoadInt 5 / HashSet 0 / GetHash 0",
            "Hash({\"5\": Int(1)}) []",
        ),
        (
            "DeclareHash 0 / LoadInt 1 / LoadInt 5 / HashSet 0 / LoadConst \"5\" / HashGet 0 / LoadInt 6 / HashGet 0",
            "Undef [Int(1)]",
        ),
        (
            "LoadInt 6 / HashGet 0 / LoadInt 6 / HashExists 0",
            "Bool(false) [Undef]",
        ),
        (
            "LoadConst {\"a\": [1]} / SetHash 0 / LoadConst \"a\" / HashExists 0 / LoadConst \"a\" / HashGet 0 / LoadConst \"a\" / HashDelete 0 / LoadConst \"a\" / HashDelete 0",
            "Undef [Bool(true) Array([Int(1)]) Array([Int(1)])]",
        ),
        (
            "LoadConst {\"b\": 1, \"a\": 2, \"B\": 3} / SetVar 0 / HashKeys 0 / HashValues 0",
            "Array([Int(3), Int(2), Int(1)]) [Array([Str(\"B\"), Str(\"a\"), Str(\"b\")])]",
        ),
        (
            "LoadInt 1 / SetVar 0 / HashKeys 0 / HashValues 0",
            "Array([]) [Array([])]",
        ),
        ("LoadInt 1 / LoadInt 2 / HashSet 0 / GetVar 0", "Undef []"),
    ]);
}

#[test]
fn arithmetic() {
    check_all(&[
        ("LoadInt 2 / LoadInt 3 / Add", "Int(5) []"),
        (
            "LoadInt 9223372036854775807 / LoadInt 1 / Add",
            "Int(-9223372036854775808) []",
        ),
        ("LoadFloat 0.5 / LoadFloat 0.25 / Add", "Float(0.75) []"),
        ("LoadInt 1 / LoadFloat 0.5 / Add", "Float(1.5) []"),
        ("LoadTrue / LoadInt 40 / Add", "Float(41.0) []"),
        ("LoadConst \"1\" / LoadConst \"2\" / Add", "Float(3.0) []"),
        ("LoadConst [1] / LoadInt 2 / Sub", "Float(-2.0) []"),
        ("LoadInt 2 / LoadInt 3 / Sub", "Int(-1) []"),
        ("LoadFloat 2.0 / LoadFloat 3.0 / Mul", "Float(6.0) []"),
        (
            "LoadInt 4611686018427387904 / LoadInt 2 / Mul",
            "Int(-9223372036854775808) []",
        ),
        ("LoadInt 6 / LoadInt 3 / Div", "Float(2.0) []"),
        ("LoadInt 6 / LoadFloat -0.0 / Div", "Undef []"),
        ("LoadFloat 6.0 / LoadFloat 0.0 / Div", "Undef []"),
        ("LoadFloat 6.0 / LoadFloat 4.0 / Div", "Float(1.5) []"),
        ("LoadInt -7 / LoadInt 3 / Mod", "Int(-1) []"),
        ("LoadInt 7 / LoadInt 0 / Mod", "Int(0) []"),
        (
            "LoadInt -9223372036854775808 / LoadInt -1 / Mod",
            "Int(0) []",
        ),
        ("LoadFloat 5.5 / LoadInt 2 / Mod", "Float(1.5) []"),
        ("LoadFloat 5.5 / LoadFloat 0.0 / Mod", "Float(NaN) []"),
        ("LoadInt 2 / LoadInt 10 / Pow", "Float(1024.0) []"),
        ("LoadInt 5 / Negate", "Int(-5) []"),
        (
            "LoadInt -9223372036854775808 / Negate",
            "Int(-9223372036854775808) []",
        ),
        ("LoadTrue / Negate", "Float(-1.0) []"),
        ("LoadUndef / Negate", "Float(-0.0) []"),
        ("LoadFloat 2.9 / Inc", "Int(3) []"),
        ("LoadConst \"3.9\" / Inc", "Int(1) []"),
        (
            "LoadInt 9223372036854775807 / Inc",
            "Int(-9223372036854775808) []",
        ),
        ("LoadFloat nan / Dec", "Int(-1) []"),
    ]);
}

#[test]
fn short_stacks() {
    for op in [
        "Add",
        "Sub",
        "Mul",
        "Mod",
        "NumEq",
        "NumNe",
        "NumLt",
        "NumGt",
        "NumLe",
        "NumGe",
        "Spaceship",
    ] {
        assert_eq!(run(op), "halted", "{op}");
        assert_eq!(run(&format!("LoadInt 4 / {op}")), "Int(4)", "{op}");
    }
    check_all(&[
        ("Div", "Undef []"),
        ("LoadInt 4 / Div", "Float(0.0) []"),
        ("Pow", "Float(1.0) []"),
        ("LoadInt 4 / Pow", "Float(0.0) []"),
        ("Negate", "Float(-0.0) []"),
        ("Inc", "Int(1) []"),
        ("Dec", "Int(-1) []"),
        ("LoadInt 4 / Concat", "Str(\"4\") []"),
        ("StringRepeat", "Str(\"\") []"),
        ("StringLen", "Int(0) []"),
        ("StrEq", "Bool(true) []"),
        ("LoadInt 4 / StrCmp", "Int(-1) []"),
        ("LogNot", "Bool(true) []"),
        ("LogAnd", "Bool(false) []"),
        ("LoadTrue / LogOr", "Bool(true) []"),
        ("BitNot", "Int(-1) []"),
        ("LoadInt 5 / BitOr", "Int(5) []"),
        ("LoadInt 5 / Shl", "Int(0) []"),
        ("Range", "Array([Int(0)]) []"),
        ("LoadInt 2 / Range", "Array([Int(0), Int(1), Int(2)]) []"),
        ("RangeStep", "Array([]) []"),
        ("SortDefault", "halted []"),
        ("SqrtFloat", "Float(0.0) []"),
        ("LoadFloat 1.0 / Atan2Float", "Float(0.0) []"),
        ("GcdInt", "Int(0) []"),
        ("LoadInt 3 / GcdInt", "Int(3) []"),
        ("PowFloat", "Float(1.0) []"),
        ("TruncInt", "Int(0) []"),
    ]);
}

#[test]
fn strings() {
    check_all(&[
        ("LoadConst \"a\" / LoadInt 1 / Concat", "Str(\"a1\") []"),
        (
            "LoadConst [1, [2, \"x\"], {}] / LoadFloat 1.5 / Concat",
            "Str(\"1 2 x (hash)1.5\") []",
        ),
        (
            "LoadConst \"ab\" / LoadInt 3 / StringRepeat",
            "Str(\"ababab\") []",
        ),
        (
            "LoadConst \"ab\" / LoadInt -3 / StringRepeat",
            "Str(\"\") []",
        ),
        (
            "LoadConst \"\" / LoadInt 9223372036854775807 / StringRepeat",
            "Str(\"\") []",
        ),
        ("LoadConst \"é\" / StringLen", "Int(2) []"),
        ("LoadConst [1, 2, 3] / StringLen", "Int(3) []"),
        ("LoadConst {\"a\": 1} / StringLen", "Int(1) []"),
        ("LoadConst ref(1) / StringLen", "Int(5) []"),
        ("LoadConst \"10\" / LoadInt 9 / StrLt", "Bool(true) []"),
        ("LoadConst \"a\" / LoadConst \"b\" / StrCmp", "Int(-1) []"),
        ("LoadConst \"b\" / LoadConst \"a\" / StrCmp", "Int(1) []"),
        (
            "LoadConst \"a\" / LoadConst \"a\" / StrNe",
            "Bool(false) []",
        ),
        (
            "LoadConst [1, 2] / LoadConst \"1 2\" / StrEq",
            "Bool(true) []",
        ),
        ("LoadConst \"a\" / LoadConst \"a\" / StrLe", "Bool(true) []"),
        ("LoadConst \"a\" / LoadConst \"a\" / StrGe", "Bool(true) []"),
        ("LoadConst \"b\" / LoadConst \"a\" / StrGt", "Bool(true) []"),
    ]);
}

#[test]
fn appending_in_place_leaves_other_holders_alone() {
    check_all(&[
        (
            "LoadConst \"a\" / SetSlot 0 / GetSlot 0 / LoadConst \"b\" / Concat / SetSlot 0 / GetSlot 0",
            "Str(\"ab\") []",
        ),
        (
            "LoadInt 0 / LoadConst \"a\" / Concat / SetSlot 0 / GetSlot 0 / LoadConst \"b\" / Concat / SetSlot 0 / GetSlot 0 / LoadConst \"c\" / Concat / SetSlot 0 / GetSlot 0",
            "Str(\"0abc\") []",
        ),
        (
            "LoadInt 0 / LoadConst \"a\" / Concat / SetSlot 0 / GetSlot 0 / SetSlot 1 / GetSlot 0 / LoadConst \"b\" / Concat / SetSlot 0 / GetSlot 0 / GetSlot 1",
            "Str(\"0a\") [Str(\"0ab\")]",
        ),
        (
            "LoadInt 0 / LoadConst \"a\" / Concat / SetVar 0 / GetVar 0 / GetVar 0 / Concat / SetVar 0 / GetVar 0",
            "Str(\"0a0a\") []",
        ),
        (
            "LoadInt 0 / LoadConst \"a\" / Concat / SetVar 0 / GetVar 0 / LoadInt 1 / Concat / SetVar 0 / GetVar 0",
            "Str(\"0a1\") []",
        ),
    ]);
}

#[test]
fn numeric_comparison() {
    check_all(&[
        (
            "LoadInt 9007199254740993 / LoadInt 9007199254740992 / NumGt",
            "Bool(true) []",
        ),
        (
            "LoadInt 9007199254740993 / LoadFloat 9007199254740992.0 / NumGt",
            "Bool(false) []",
        ),
        ("LoadFloat nan / LoadFloat nan / NumEq", "Bool(false) []"),
        ("LoadFloat nan / LoadFloat nan / NumNe", "Bool(true) []"),
        ("LoadFloat nan / LoadInt 1 / NumLe", "Bool(false) []"),
        ("LoadFloat nan / LoadInt 1 / Spaceship", "Int(0) []"),
        ("LoadFloat -0.0 / LoadFloat 0.0 / NumEq", "Bool(true) []"),
        ("LoadConst \"2\" / LoadInt 2 / NumGe", "Bool(true) []"),
        ("LoadInt 1 / LoadInt 2 / Spaceship", "Int(-1) []"),
        ("LoadFloat 3.0 / LoadFloat 2.0 / Spaceship", "Int(1) []"),
        ("LoadUndef / LoadInt 0 / NumEq", "Bool(true) []"),
        ("LoadConst status(0) / LoadInt 0 / NumLt", "Bool(false) []"),
    ]);
}

#[test]
fn comparisons_and_jumps_together() {
    for (cmp, expected) in [
        ("NumLt", [1, 0, 0]),
        ("NumLe", [1, 1, 0]),
        ("NumEq", [0, 1, 0]),
    ] {
        for (a, taken) in [1, 2, 3].into_iter().zip(expected) {
            for (jump, wanted) in [("JumpIfTrue", 1), ("JumpIfFalse", 0)] {
                let jumps = if taken == wanted { "yes" } else { "no" };
                for (a, b) in [(format!("{a}"), "2"), (format!("{a}.0"), "2.0")] {
                    let load = if b.contains('.') {
                        "LoadFloat"
                    } else {
                        "LoadInt"
                    };
                    let text = format!(
                        "{load} {a} / {load} {b} / {cmp} / {jump} t / LoadConst \"no\" / Jump e / t: / LoadConst \"yes\" / e:"
                    );
                    assert_eq!(run(&text), format!("Str({jumps:?})"), "{text}");
                }
            }
        }
    }
}

#[test]
fn logic_and_bits() {
    check_all(&[
        ("LoadFloat nan / LogNot", "Bool(false) []"),
        ("LoadConst \"0\" / LogNot", "Bool(true) []"),
        ("LoadConst status(0) / LoadInt 1 / LogAnd", "Bool(true) []"),
        ("LoadConst status(1) / LoadInt 0 / LogOr", "Bool(false) []"),
        ("LoadInt 12 / LoadInt 10 / BitAnd", "Int(8) []"),
        ("LoadInt 12 / LoadInt 10 / BitOr", "Int(14) []"),
        ("LoadInt 12 / LoadInt 10 / BitXor", "Int(6) []"),
        ("LoadConst [1, 2] / LoadFloat 3.9 / BitAnd", "Int(2) []"),
        ("LoadInt 0 / BitNot", "Int(-1) []"),
        ("LoadInt 1 / LoadInt 65 / Shl", "Int(2) []"),
        (
            "LoadInt 1 / LoadInt -1 / Shl",
            "Int(-9223372036854775808) []",
        ),
        ("LoadInt -8 / LoadInt 1 / Shr", "Int(-4) []"),
    ]);
}

#[test]
fn control_flow() {
    check_all(&[
        ("Jump e / LoadInt 1 / e: / LoadInt 2", "Int(2) []"),
        ("LoadInt 3 / Jump 999 / LoadInt 1", "Int(3) []"),
        ("JumpIfTrue 3 / LoadInt 1 / Jump 4 / LoadInt 2", "Int(1) []"),
        (
            "JumpIfFalse 3 / LoadInt 1 / Jump 4 / LoadInt 2",
            "Int(2) []",
        ),
        (
            "LoadConst \"x\" / JumpIfTrue 4 / LoadInt 1 / Jump 5 / LoadInt 2",
            "Int(2) []",
        ),
        (
            "LoadInt 0 / JumpIfTrueKeep 9 / LoadInt 5",
            "Int(5) [Int(0)]",
        ),
        ("LoadInt 1 / JumpIfTrueKeep 9 / LoadInt 5", "Int(1) []"),
        ("JumpIfFalseKeep 9 / LoadInt 5", "halted []"),
        ("JumpIfTrueKeep 9 / LoadInt 5", "Int(5) []"),
    ]);
    let mut vm = vm("Jump 999");
    vm.run();
    assert_eq!(vm.ip, 999);
}

#[test]
fn output_and_input() {
    let out = Captured::default();
    let mut vm = vm(
        "LoadInt 1 / LoadConst [2, 3] / LoadConst \"é\" / Print 2 / PrintLn 5 / PrintLn 0 / LoadTrue / Print 1",
    );
    vm.set_output(Box::new(out.clone()));
    assert_eq!(show(vm.run()), "halted");
    assert_eq!(out.text(), "2 3é1\n\n1");

    let mut vm = super::vm("ReadLine / ReadLine / ReadLine / ReadLine / ReadLine / MakeArray 5");
    vm.set_input(Box::new(&b"one\r\n\n\xff\ntwo"[..]));
    assert_eq!(
        show(vm.run()),
        r#"Array([Str("one\r"), Str(""), Str(""), Str("two"), Str("")])"#
    );
}

#[test]
fn ranges() {
    check(&[
        (
            "LoadInt 3 / LoadInt 5 / Range",
            "Array([Int(3), Int(4), Int(5)])",
        ),
        ("LoadInt 5 / LoadInt 3 / Range", "Array([])"),
        (
            "LoadInt 9223372036854775806 / LoadInt 9223372036854775807 / Range",
            "Array([Int(9223372036854775806), Int(9223372036854775807)])",
        ),
        (
            "LoadInt 1 / LoadInt 8 / LoadInt 3 / RangeStep",
            "Array([Int(1), Int(4), Int(7)])",
        ),
        (
            "LoadInt 8 / LoadInt 1 / LoadInt -3 / RangeStep",
            "Array([Int(8), Int(5), Int(2)])",
        ),
        ("LoadInt 1 / LoadInt 8 / LoadInt 0 / RangeStep", "Array([])"),
        (
            "LoadInt 1 / LoadInt 8 / LoadInt -1 / RangeStep",
            "Array([])",
        ),
        (
            "LoadInt 9223372036854775800 / LoadInt 9223372036854775807 / LoadInt 5 / RangeStep",
            "Array([Int(9223372036854775800), Int(9223372036854775805)])",
        ),
        (
            "LoadInt -9223372036854775808 / LoadInt 9223372036854775807 / LoadInt 9223372036854775807 / RangeStep",
            "Array([Int(-9223372036854775808), Int(-1), Int(9223372036854775806)])",
        ),
        (
            "LoadInt 5 / LoadInt -9223372036854775808 / LoadInt -9223372036854775808 / RangeStep",
            "Array([Int(5), Int(-9223372036854775803)])",
        ),
        (
            "LoadInt -9223372036854775808 / LoadInt 9223372036854775807 / Range",
            "error: limit exceeded: collection size",
        ),
    ]);
}

#[test]
fn fused() {
    check_all(&[
        ("PreIncSlot 0 / GetSlot 0", "Int(1) [Int(1)]"),
        (
            "LoadFloat 2.9 / SetSlot 0 / PostIncSlot 0 / GetSlot 0",
            "Int(3) [Int(2)]",
        ),
        (
            "LoadInt 4 / SetSlot 1 / PreDecSlot 1 / PostDecSlot 1 / GetSlot 1",
            "Int(2) [Int(3) Int(3)]",
        ),
        (
            "LoadInt 9223372036854775807 / SetSlot 0 / PreIncSlotVoid 0 / GetSlot 0",
            "Int(-9223372036854775808) []",
        ),
        (
            "LoadConst \"7\" / SetSlot 0 / AddAssignSlotVoid 0 0 / GetSlot 0",
            "Int(14) []",
        ),
        (
            "LoadInt 2 / SetSlot 0 / LoadFloat 3.5 / SetSlot 1 / AddAssignSlotVoid 0 1 / GetSlot 0",
            "Int(5) []",
        ),
        ("SlotLtIntJumpIfFalse 0 5 9 / LoadInt 1", "Int(1) []"),
        ("SlotLtIntJumpIfFalse 0 0 9 / LoadInt 1", "halted []"),
        (
            "LoadInt 0 / l: / Inc / SlotIncLtIntJumpBack 0 5 l",
            "Int(5) []",
        ),
        (
            "LoadConst \"3\" / SetSlot 0 / SlotIncLtIntJumpBack 0 5 9 / LoadInt 1",
            "halted []",
        ),
        (
            "AccumSumLoop 0 1 10 / GetSlot 0 / GetSlot 1",
            "Int(10) [Int(45)]",
        ),
        ("AccumSumLoop 0 0 10 / GetSlot 0", "Int(10) []"),
        (
            "LoadFloat 1.5 / SetSlot 0 / LoadInt 20 / SetSlot 1 / AccumSumLoop 0 1 10 / GetSlot 0 / GetSlot 1",
            "Int(20) [Int(1)]",
        ),
        (
            "LoadInt -5 / SetSlot 1 / AccumSumLoop 0 1 -2 / GetSlot 0",
            "Int(-12) []",
        ),
        (
            "LoadInt -9223372036854775808 / SetSlot 1 / AccumSumLoop 0 1 0 / GetSlot 0 / GetSlot 1",
            "Int(0) [Int(-4611686018427387904)]",
        ),
        (
            "ConcatConstLoop \"ab\" 0 1 3 / GetSlot 0 / GetSlot 1",
            "Int(3) [Str(\"ababab\")]",
        ),
        (
            "LoadInt 7 / SetSlot 0 / LoadInt 9 / SetSlot 1 / ConcatConstLoop \"ab\" 0 1 3 / GetSlot 0 / GetSlot 1",
            "Int(9) [Str(\"7\")]",
        ),
        ("ConcatConstLoop #7 0 1 3 / GetSlot 0", "Str(\"\") []"),
        ("ConcatConstLoop \"x\" 0 0 3 / GetSlot 0", "Int(3) []"),
        (
            "PushIntRangeLoop 0 0 3 / GetVar 0 / GetSlot 0",
            "Int(3) [Array([Int(0), Int(1), Int(2)])]",
        ),
        (
            "LoadConst [9] / SetVar 0 / LoadInt 5 / SetSlot 0 / PushIntRangeLoop 0 0 3 / GetVar 0 / GetSlot 0",
            "Int(5) [Array([Int(9)])]",
        ),
        (
            "LoadInt 8 / SetVar 0 / LoadInt 5 / SetSlot 0 / PushIntRangeLoop 0 0 3 / GetVar 0",
            "Array([]) []",
        ),
    ]);
}

#[test]
fn accum_sum_loop_equals_its_expansion() {
    for (sum, k, limit) in [
        (0, 0, 100),
        (7, -50, 50),
        (i64::MAX, 99, 103),
        (-1, 5, 5),
        (3, 9, -9),
    ] {
        let (mut s, mut i) = (sum, k);
        while i < i64::from(limit) {
            s = i64::wrapping_add(s, i);
            i += 1;
        }
        let text = format!(
            "LoadInt {sum} / SetSlot 0 / LoadInt {k} / SetSlot 1 / AccumSumLoop 0 1 {limit} / GetSlot 0 / GetSlot 1 / MakeArray 2"
        );
        assert_eq!(run(&text), format!("Array([Int({s}), Int({i})])"));
    }
}

#[test]
fn without_any_frame() {
    let text = "LoadInt 1 / SetSlot 0 / GetSlot 0 / PreIncSlot 0 / AccumSumLoop 0 1 5 / ConcatConstLoop \"x\" 0 1 2 / PushIntRangeLoop 0 0 2 / AddAssignSlotVoid 0 0 / PostDecSlot 3 / LoadInt 0 / SlotArrayGet 0 / GetVar 0 / Return";
    let mut vm = vm(text);
    vm.frames.clear();
    assert_eq!(show(vm.run()), "Array([Int(0), Int(1)])");
    let rest: Vec<_> = vm.stack.iter().map(|v| format!("{v:?}")).collect();
    assert_eq!(rest, ["Undef", "Int(1)", "Int(0)", "Undef"]);
    assert!(vm.frames.is_empty() && vm.is_halted());
}

#[test]
fn numeric_functions() {
    check_all(&[
        ("LoadInt 9 / SqrtFloat", "Float(3.0) []"),
        ("LoadFloat -0.0 / SqrtFloat", "Float(-0.0) []"),
        ("LoadInt -1 / LogFloat", "Float(NaN) []"),
        ("LoadInt 0 / LogFloat", "Float(-inf) []"),
        ("LoadFloat 2.5 / RoundFloat", "Float(2.0) []"),
        ("LoadFloat -2.5 / RoundFloat", "Float(-2.0) []"),
        (
            "LoadFloat 1.5 / CeilFloat / LoadFloat -1.5 / FloorFloat / LoadFloat -1.5 / TruncFloat",
            "Float(-1.0) [Float(2.0) Float(-2.0)]",
        ),
        ("LoadInt -3 / AbsFloat", "Float(3.0) []"),
        ("LoadFloat 1e300 / TruncInt", "Int(9223372036854775807) []"),
        (
            "LoadInt -9223372036854775808 / AbsInt",
            "Int(-9223372036854775808) []",
        ),
        ("LoadInt -12 / LoadInt 18 / GcdInt", "Int(6) []"),
        (
            "LoadInt -9223372036854775808 / LoadInt 0 / GcdInt",
            "Int(-9223372036854775808) []",
        ),
        ("LoadInt -4 / LoadInt 6 / LcmInt", "Int(12) []"),
        (
            "LoadInt 9223372036854775807 / LoadInt 2 / LcmInt",
            "Int(9223372036854775807) []",
        ),
        ("LoadInt 0 / LoadInt 2 / LcmInt", "Int(0) []"),
        (
            "LoadInt 2 / LoadFloat 0.5 / PowFloat",
            "Float(1.4142135623730951) []",
        ),
        (
            "LoadInt 1 / LoadInt -1 / Atan2Float",
            "Float(2.356194490192345) []",
        ),
        (
            "LoadInt 8 / Log2Float / LoadInt 1000 / Log10Float",
            "Float(3.0) [Float(3.0)]",
        ),
        ("LoadInt 2 / AsinFloat", "Float(NaN) []"),
        (
            "LoadInt 0 / SinFloat / LoadInt 0 / CosFloat / LoadInt 0 / TanFloat",
            "Float(0.0) [Float(0.0) Float(1.0)]",
        ),
        (
            "LoadInt 0 / SinhFloat / LoadInt 0 / CoshFloat / LoadInt 0 / TanhFloat",
            "Float(0.0) [Float(0.0) Float(1.0)]",
        ),
        (
            "LoadInt 1 / AcosFloat / LoadInt 0 / AtanFloat / LoadInt 0 / ExpFloat",
            "Float(1.0) [Float(0.0) Float(0.0)]",
        ),
    ]);
}

#[test]
fn time_is_what_the_clock_says() {
    let time_at = |clock: fn() -> SystemTime| {
        let mut vm = vm("TimeInt");
        vm.set_clock(clock);
        show(vm.run())
    };
    assert_eq!(
        time_at(|| UNIX_EPOCH + Duration::from_millis(1999)),
        "Int(1)"
    );
    assert_eq!(time_at(|| UNIX_EPOCH - Duration::from_secs(1)), "Int(0)");
}
