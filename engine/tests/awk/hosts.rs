//! Which host method an op calls, with which arguments, and what becomes of the answer.

use super::{chunk, outcome, vm};
use fusevm::{AwkHost, AwkLvalue, VM, Value};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

/// Notes every call and answers with what no rule would give.
#[derive(Clone, Default)]
struct Noting(Arc<Mutex<Vec<String>>>);

impl Noting {
    fn note(&self, call: String) -> Value {
        self.0.lock().unwrap().push(call);
        Value::Status(77)
    }

    fn note_int(&self, call: String) -> i64 {
        self.note(call);
        -9
    }

    fn calls(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// Defines methods of one shape: they note their name and arguments.
macro_rules! noting {
    ($( $name:ident($($arg:ident: $ty:ty),*) $(-> $out:ident)?; )*) => { $(
        fn $name(&mut self $(, $arg: $ty)*) $(-> $out)? {
            let args: Vec<String> = vec![$( format!("{:?}", $arg) ),*];
            noting!(@answer self, format!("{}({})", stringify!($name), args.join(", ")) $(, $out)?)
        }
    )* };
    (@answer $self:ident, $call:expr, Value) => { $self.note($call) };
    (@answer $self:ident, $call:expr, i64) => { $self.note_int($call) };
    (@answer $self:ident, $call:expr, bool) => {{ $self.note($call); true }};
    (@answer $self:ident, $call:expr) => {{ $self.note($call); }};
}

impl AwkHost for Noting {
    noting! {
        field_get(i: i64) -> Value;
        field_set(i: i64, v: Value);
        nf() -> i64;
        set_record(v: Value);
        special_get(name: &str) -> Value;
        special_set(name: &str, v: Value);
        print(args: &[Value]);
        printf(fmt: &str, args: &[Value]);
        sprintf(fmt: &str, args: &[Value]) -> Value;
        getline(source: usize, operand: Option<&str>, var_name: Option<&str>) -> i64;
        length(s: Option<&Value>) -> i64;
        substr(s: &Value, m: i64, n: Option<i64>) -> Value;
        index(s: &Value, t: &Value) -> i64;
        split(s: &Value, arr_name: &str, fs: Option<&Value>) -> i64;
        sub(re: &Value, repl: &Value, target: &AwkLvalue) -> i64;
        gsub(re: &Value, repl: &Value, target: &AwkLvalue) -> i64;
        match_re(s: &Value, re: &Value) -> i64;
        gensub(re: &Value, repl: &Value, how: &Value, target: Option<&Value>) -> Value;
        tolower(s: &Value) -> Value;
        toupper(s: &Value) -> Value;
        int(x: &Value) -> Value;
        sqrt(x: &Value) -> Value;
        sin(x: &Value) -> Value;
        cos(x: &Value) -> Value;
        exp(x: &Value) -> Value;
        log(x: &Value) -> Value;
        atan2(y: &Value, x: &Value) -> Value;
        and(args: &[Value]) -> Value;
        or(args: &[Value]) -> Value;
        xor(args: &[Value]) -> Value;
        compl(v: &Value) -> Value;
        lshift(v: &Value, n: &Value) -> Value;
        rshift(v: &Value, n: &Value) -> Value;
        strtonum(s: &Value) -> Value;
        systime() -> Value;
        strftime(args: &[Value]) -> Value;
        mktime(args: &[Value]) -> Value;
        ord(arg: &Value) -> Value;
        chr(arg: &Value) -> Value;
        mkbool(arg: &Value) -> Value;
        intdiv(a: &Value, b: &Value) -> Value;
        intdiv0(a: &Value, b: &Value) -> Value;
        array_get(arr_name: &str, key: &Value) -> Value;
        array_set(arr_name: &str, key: &Value, v: Value);
        array_exists(arr_name: &str, key: &Value) -> bool;
        array_delete(arr_name: &str, key: &Value);
        array_clear(arr_name: &str);
        array_len(arr_name: &str) -> i64;
    }
}

/// The op behind `Int(0)`, `Str("a")`, `Float(2.5)` and `Int(3)`: the number of its wide form
/// with the payload, the call that it makes, and what it leaves above `Int(0)`.
const CALLS: &[(&str, u16, usize, &str, &str)] = &[
    ("AwkFieldGet", 0, 0, "field_get(3)", "Status(77) [A F]"),
    ("AwkFieldSet", 1, 0, "field_set(3, F)", "A"),
    ("AwkNf", 2, 0, "nf()", "Int(-9) [A F I]"),
    ("AwkSetRecord", 3, 0, "set_record(I)", "F [A]"),
    (
        "AwkSpecialGet name",
        4,
        0,
        r#"special_get("name")"#,
        "Status(77) [A F I]",
    ),
    (
        "AwkSpecialSet name",
        5,
        0,
        r#"special_set("name", I)"#,
        "F [A]",
    ),
    ("AwkPrint 2", 16, 2, "print([F, I])", "A"),
    ("AwkPrint 0", 16, 0, "print([])", "I [A F]"),
    ("AwkPrintf 3", 17, 3, r#"printf("a", [F, I])"#, "Int(0)"),
    ("AwkPrintf 1", 17, 1, r#"printf("3", [])"#, "F [A]"),
    ("AwkPrintf 0", 17, 0, r#"printf("", [])"#, "I [A F]"),
    (
        "AwkSprintf 2",
        18,
        2,
        r#"sprintf("2.5", [I])"#,
        "Status(77) [A]",
    ),
    (
        "AwkSprintf 0",
        18,
        0,
        r#"sprintf("", [])"#,
        "Status(77) [A F I]",
    ),
    // The variable's name is never known (Q73).
    (
        "AwkGetline 0",
        24,
        0,
        "getline(0, None, None)",
        "Int(-9) [A F I]",
    ),
    (
        "AwkGetline 1",
        24,
        1,
        "getline(1, None, None)",
        "Int(-9) [A F I]",
    ),
    (
        "AwkGetline 2",
        24,
        2,
        r#"getline(2, Some("3"), None)"#,
        "Int(-9) [A F]",
    ),
    (
        "AwkGetline 3",
        24,
        3,
        r#"getline(3, Some("3"), None)"#,
        "Int(-9) [A F]",
    ),
    (
        "AwkGetline 4",
        24,
        4,
        r#"getline(4, Some("3"), None)"#,
        "Int(-9) [A F]",
    ),
    (
        "AwkGetline 5",
        24,
        5,
        r#"getline(5, Some("3"), None)"#,
        "Int(-9) [A F]",
    ),
    (
        "AwkGetline 255",
        24,
        255,
        "getline(255, None, None)",
        "Int(-9) [A F I]",
    ),
    ("AwkLength 0", 32, 0, "length(None)", "Int(-9) [A F I]"),
    ("AwkLength 1", 32, 1, "length(Some(I))", "Int(-9) [A F]"),
    ("AwkLength 3", 32, 3, "length(Some(I))", "Int(-9) [A F]"),
    ("AwkSubstr 3", 33, 3, "substr(A, 2, Some(3))", "Status(77)"),
    ("AwkSubstr 2", 33, 2, "substr(F, 3, None)", "Status(77) [A]"),
    (
        "AwkSubstr 1",
        33,
        1,
        "substr(I, 1, None)",
        "Status(77) [A F]",
    ),
    (
        "AwkSubstr 0",
        33,
        0,
        r#"substr(Str(""), 1, None)"#,
        "Status(77) [A F I]",
    ),
    ("AwkIndex", 34, 0, "index(F, I)", "Int(-9) [A]"),
    (
        "AwkSplit 3",
        35,
        3,
        r#"split(A, "2.5", Some(I))"#,
        "Int(-9)",
    ),
    ("AwkSplit 2", 35, 2, r#"split(F, "3", None)"#, "Int(-9) [A]"),
    (
        "AwkSplit 0",
        35,
        0,
        r#"split(Str(""), "", None)"#,
        "Int(-9) [A F I]",
    ),
    ("AwkSub 3", 36, 3, r#"sub(A, F, Var("3"))"#, "Int(-9)"),
    ("AwkSub 2", 36, 2, "sub(F, I, Field(0))", "Int(-9) [A]"),
    (
        "AwkSub 0",
        36,
        0,
        r#"sub(Str(""), Str(""), Field(0))"#,
        "Int(-9) [A F I]",
    ),
    ("AwkGsub 3", 37, 3, r#"gsub(A, F, Var("3"))"#, "Int(-9)"),
    (
        "AwkGsub 1",
        37,
        1,
        r#"gsub(I, Str(""), Field(0))"#,
        "Int(-9) [A F]",
    ),
    ("AwkMatch", 38, 0, "match_re(F, I)", "Int(-9) [A]"),
    ("AwkToLower", 39, 0, "tolower(I)", "Status(77) [A F]"),
    ("AwkToUpper", 40, 0, "toupper(I)", "Status(77) [A F]"),
    ("AwkInt", 41, 0, "int(I)", "Status(77) [A F]"),
    ("AwkSqrt", 42, 0, "sqrt(I)", "Status(77) [A F]"),
    ("AwkSin", 43, 0, "sin(I)", "Status(77) [A F]"),
    ("AwkCos", 44, 0, "cos(I)", "Status(77) [A F]"),
    ("AwkExp", 45, 0, "exp(I)", "Status(77) [A F]"),
    ("AwkLog", 46, 0, "log(I)", "Status(77) [A F]"),
    ("AwkAtan2", 47, 0, "atan2(F, I)", "Status(77) [A]"),
    (
        "AwkArrayGet name",
        48,
        0,
        r#"array_get("name", I)"#,
        "Status(77) [A F]",
    ),
    ("AwkArraySet name", 49, 0, r#"array_set("name", I, F)"#, "A"),
    (
        "AwkArrayExists name",
        50,
        0,
        r#"array_exists("name", I)"#,
        "Bool(true) [A F]",
    ),
    (
        "AwkArrayDelete name",
        51,
        0,
        r#"array_delete("name", I)"#,
        "F [A]",
    ),
    (
        "AwkArrayClear name",
        52,
        0,
        r#"array_clear("name")"#,
        "I [A F]",
    ),
    (
        "AwkArrayLen name",
        53,
        0,
        r#"array_len("name")"#,
        "Int(-9) [A F I]",
    ),
    ("AwkAnd 2", 54, 2, "and([F, I])", "Status(77) [A]"),
    ("AwkOr 0", 55, 0, "or([])", "Status(77) [A F I]"),
    ("AwkXor 3", 56, 3, "xor([A, F, I])", "Status(77)"),
    ("AwkCompl", 57, 0, "compl(I)", "Status(77) [A F]"),
    ("AwkLshift", 58, 0, "lshift(F, I)", "Status(77) [A]"),
    ("AwkRshift", 59, 0, "rshift(F, I)", "Status(77) [A]"),
    ("AwkStrtonum", 60, 0, "strtonum(I)", "Status(77) [A F]"),
    ("AwkSystime", 61, 0, "systime()", "Status(77) [A F I]"),
    ("AwkStrftime 3", 64, 3, "strftime([A, F, I])", "Status(77)"),
    ("AwkStrftime 0", 64, 0, "strftime([])", "Status(77) [A F I]"),
    ("AwkMktime 2", 65, 2, "mktime([F, I])", "Status(77) [A]"),
    ("AwkOrd", 66, 0, "ord(I)", "Status(77) [A F]"),
    ("AwkChr", 67, 0, "chr(I)", "Status(77) [A F]"),
    ("AwkMkbool", 68, 0, "mkbool(I)", "Status(77) [A F]"),
    ("AwkIntdiv", 69, 0, "intdiv(F, I)", "Status(77) [A]"),
    ("AwkIntdiv0", 70, 0, "intdiv0(F, I)", "Status(77) [A]"),
    ("AwkGensub 3", 71, 3, "gensub(A, F, I, None)", "Status(77)"),
    (
        "AwkGensub 2",
        71,
        2,
        r#"gensub(F, I, Str("g"), None)"#,
        "Status(77) [A]",
    ),
    (
        "AwkGensub 0",
        71,
        0,
        r#"gensub(Str(""), Str(""), Str("g"), None)"#,
        "Status(77) [A F I]",
    ),
];

/// The abbreviations of [`CALLS`], written out.
fn written_out(text: &str) -> String {
    let mut out = String::new();
    for word in text.split_inclusive([' ', ',', ')', ']', '[', '(']) {
        let end = word.len() - word.trim_end_matches([' ', ',', ')', ']', '[', '(']).len();
        let (word, end) = word.split_at(word.len() - end);
        out += match word {
            "A" => r#"Str("a")"#,
            "F" => "Float(2.5)",
            "I" => "Int(3)",
            other => other,
        };
        out += end;
    }
    out
}

#[test]
fn every_op_asks_with_its_operands_in_order() {
    for (op, offset, payload, call, left) in CALLS {
        let wide = format!("ExtendedWide {} {payload}", 40_000 + offset);
        for op in [*op, &wide] {
            let host = Noting::default();
            let mut vm = vm(&format!(
                "names name / LoadInt 0 / LoadConst \"a\" / LoadFloat 2.5 / LoadInt 3 / {op}"
            ));
            vm.set_awk_host(Box::new(host.clone()));
            let mut expected = written_out(left);
            if expected != "Int(0)" {
                expected = match expected.split_once('[') {
                    Some((top, rest)) => format!("{top}[Int(0) {rest}"),
                    None => format!("{expected} [Int(0)]"),
                };
            }
            assert_eq!(outcome(&mut vm), expected, "{op}");
            assert_eq!(host.calls(), [written_out(call)], "{op}");
        }
    }
}

#[test]
fn missing_operands_are_the_first_ones() {
    // Q71
    for (text, call) in [
        ("AwkFieldGet", "field_get(0)"),
        ("LoadInt 3 / AwkFieldSet", "field_set(3, Undef)"),
        ("LoadInt 3 / AwkPrint 3", "print([Undef, Undef, Int(3)])"),
        ("LoadInt 3 / AwkPrintf 2", r#"printf("", [Int(3)])"#),
        ("LoadInt 3 / AwkSubstr 3", "substr(Undef, 0, Some(3))"),
        ("AwkGetline 2", r#"getline(2, Some(""), None)"#),
        ("AwkLength 1", "length(Some(Undef))"),
        ("LoadInt 3 / AwkSub 3", r#"sub(Undef, Undef, Var("3"))"#),
        ("AwkAtan2", "atan2(Undef, Undef)"),
    ] {
        let host = Noting::default();
        let mut vm = vm(text);
        vm.set_awk_host(Box::new(host.clone()));
        outcome(&mut vm);
        assert_eq!(host.calls(), [call], "{text}");
    }
    let host = Noting::default();
    let mut vm = vm("LoadInt 3 / AwkPrint 255");
    vm.set_awk_host(Box::new(host.clone()));
    assert_eq!(outcome(&mut vm), "halted");
    assert_eq!(host.calls()[0].matches("Undef").count(), 254);
}

#[test]
fn names_out_of_the_pool_are_empty() {
    let host = Noting::default();
    let mut vm = vm("AwkSpecialGet n / ExtendedWide 40053 70000 / LoadInt 1 / AwkArrayDelete n");
    vm.set_awk_host(Box::new(host.clone()));
    vm.chunk.names.clear();
    assert_eq!(outcome(&mut vm), "Int(-9) [Status(77)]");
    assert_eq!(
        host.calls(),
        [
            r#"special_get("")"#,
            r#"array_len("")"#,
            r#"array_delete("", Int(1))"#
        ]
    );
}

#[test]
fn eleven_ops_and_the_generator_never_ask() {
    let host = Noting::default();
    let mut vm = vm(
        "LoadInt 4 / LoadInt 2 / AwkDiv / LoadInt 5 / AwkMod / LoadInt 2 / AwkDivJit / LoadInt 3 / \
         AwkModJit / AwkSqrtJit / AwkLogJit / Pop / LoadInt 1 / LoadInt 2 / AwkLshiftJit / LoadInt 1 / \
         AwkRshiftJit / AwkComplJit / AwkGetFieldNum 1 / AwkRand / AwkSrand 1 / ExtendedWide 40063 0 / \
         AwkSignal 1",
    );
    vm.set_awk_host(Box::new(host.clone()));
    assert_eq!(
        outcome(&mut vm),
        "Float(0.0) [Float(-3.0) Float(0.0) Float(1103527590.0)]"
    );
    assert_eq!(host.calls().len(), 0);
}

#[test]
fn a_host_is_not_asked_about_a_text_that_is_too_long() {
    for op in [
        "AwkLength 1",
        "AwkPrintf 1",
        "AwkGetline 4",
        "LoadUndef / Swap / AwkSplit 2",
    ] {
        let host = Noting::default();
        let mut vm = vm(&format!("LoadConst \"abcdef\" / Dup / MakeArray 2 / {op}"));
        vm.set_awk_host(Box::new(host.clone()));
        let mut limits = vm.limits();
        limits.string_size = 12;
        vm.set_limits(limits);
        assert_eq!(
            outcome(&mut vm),
            "error: limit exceeded: string size",
            "{op}"
        );
        assert_eq!(host.calls().len(), 0);
    }
}

/// Answers `$n` with a text of that many bytes, and panics for negative numbers.
struct Big;

impl AwkHost for Big {
    fn field_get(&mut self, i: i64) -> Value {
        let n = usize::try_from(i).expect("a field has no negative number");
        Value::str("x".repeat(n))
    }
}

#[test]
fn answers_count_as_memory() {
    let mut vm = vm("l: / LoadInt 1000000 / AwkFieldGet / Jump l");
    vm.set_awk_host(Box::new(Big));
    let mut limits = vm.limits();
    limits.memory = 50_000_000;
    vm.set_limits(limits);
    assert!(outcome(&mut vm).starts_with("error: limit exceeded: memory"));
    let n = vm.stack.len();
    assert!((40..=55).contains(&n), "{n} answers");
}

#[test]
fn a_host_that_panics_stays() {
    for (text, ip) in [
        ("LoadInt 7 / LoadInt -1 / AwkFieldGet / LoadInt 9", 3),
        (
            "LoadInt 7 / LoadInt -1 / ExtendedWide 40000 0 / LoadInt 9",
            3,
        ),
    ] {
        let mut vm = vm(text);
        vm.set_awk_host(Box::new(Big));
        let result = catch_unwind(AssertUnwindSafe(|| vm.run()));
        assert!(result.is_err());
        assert_eq!((vm.ip, &vm.stack[..]), (ip, &[Value::Int(7)][..]));
        assert_eq!(outcome(&mut vm), "Int(9) [Int(7)]");
        vm.reset(chunk("LoadInt 2 / AwkFieldGet"));
        assert_eq!(outcome(&mut vm), r#"Str("xx")"#);
    }
}

#[test]
fn hosts_come_and_go() {
    let first = Noting::default();
    let mut vm: VM = vm("AwkNf / CallBuiltin 1 0 / Pop / AwkNf / CallBuiltin 2 0 / Pop / AwkNf");
    vm.set_awk_host(Box::new(first.clone()));
    vm.register_builtin(1, |vm, _| {
        vm.set_awk_host(Box::new(fusevm::DefaultAwkHost));
        Value::Undef
    });
    vm.register_builtin(2, |vm, _| {
        vm.awk_host = None;
        Value::Undef
    });
    assert_eq!(outcome(&mut vm), "Int(0) [Int(-9) Int(0)]");
    assert_eq!(first.calls(), ["nf()"]);
    vm.set_awk_host(Box::new(first.clone()));
    vm.reset(chunk("AwkNf"));
    assert_eq!(outcome(&mut vm), "Int(-9)");
}
