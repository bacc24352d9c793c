//! AWK: host, default host, built-in rules, numbers of ops.

use fusevm::awk_builtins::{self as awk, getline_source, signal};
use fusevm::awk_host::{self as rules, AwkHost, AwkLvalue, DefaultAwkHost};
use fusevm::{Chunk, VM, Value};
use std::cmp::Ordering;

/// Every numbered op: its constant, and its number above the base.
const NUMBERS: [(u16, u16); 50] = [
    (awk::AWK_FIELD_GET, 0),
    (awk::AWK_FIELD_SET, 1),
    (awk::AWK_NF, 2),
    (awk::AWK_SET_RECORD, 3),
    (awk::AWK_SPECIAL_GET, 4),
    (awk::AWK_SPECIAL_SET, 5),
    (awk::AWK_PRINT, 16),
    (awk::AWK_PRINTF, 17),
    (awk::AWK_SPRINTF, 18),
    (awk::AWK_GETLINE, 24),
    (awk::AWK_LENGTH, 32),
    (awk::AWK_SUBSTR, 33),
    (awk::AWK_INDEX, 34),
    (awk::AWK_SPLIT, 35),
    (awk::AWK_SUB, 36),
    (awk::AWK_GSUB, 37),
    (awk::AWK_MATCH, 38),
    (awk::AWK_TOLOWER, 39),
    (awk::AWK_TOUPPER, 40),
    (awk::AWK_INT, 41),
    (awk::AWK_SQRT, 42),
    (awk::AWK_SIN, 43),
    (awk::AWK_COS, 44),
    (awk::AWK_EXP, 45),
    (awk::AWK_LOG, 46),
    (awk::AWK_ATAN2, 47),
    (awk::AWK_ARRAY_GET, 48),
    (awk::AWK_ARRAY_SET, 49),
    (awk::AWK_ARRAY_EXISTS, 50),
    (awk::AWK_ARRAY_DELETE, 51),
    (awk::AWK_ARRAY_CLEAR, 52),
    (awk::AWK_ARRAY_LEN, 53),
    (awk::AWK_AND, 54),
    (awk::AWK_OR, 55),
    (awk::AWK_XOR, 56),
    (awk::AWK_COMPL, 57),
    (awk::AWK_LSHIFT, 58),
    (awk::AWK_RSHIFT, 59),
    (awk::AWK_STRTONUM, 60),
    (awk::AWK_SYSTIME, 61),
    (awk::AWK_RAND, 62),
    (awk::AWK_SRAND, 63),
    (awk::AWK_STRFTIME, 64),
    (awk::AWK_MKTIME, 65),
    (awk::AWK_ORD, 66),
    (awk::AWK_CHR, 67),
    (awk::AWK_MKBOOL, 68),
    (awk::AWK_INTDIV, 69),
    (awk::AWK_INTDIV0, 70),
    (awk::AWK_GENSUB, 71),
];

#[test]
fn ops_sources_and_signals_have_their_numbers() {
    assert_eq!(
        (awk::AWK_OP_BASE, awk::AWK_OP_END),
        (40_000_u16, 41_000_u16)
    );
    for (constant, number) in NUMBERS {
        assert_eq!(constant, awk::AWK_OP_BASE + number);
    }
    let is_awk_op: fn(u16) -> bool = awk::is_awk_op;
    assert!(is_awk_op(40_000) && is_awk_op(40_999));
    assert!(!is_awk_op(39_999) && !is_awk_op(41_000));
    let sources: [usize; 6] = [
        getline_source::MAIN,
        getline_source::MAIN_VAR,
        getline_source::FILE,
        getline_source::FILE_VAR,
        getline_source::CMD,
        getline_source::CMD_VAR,
    ];
    assert!(sources.into_iter().eq(0..6));
    let signals: [u8; 3] = [signal::NEXT, signal::NEXTFILE, signal::EXIT];
    assert!(signals.into_iter().eq(0..3));
}

/// A host that overrides nothing.
struct Empty;

impl AwkHost for Empty {}

fn hosts() -> [Box<dyn AwkHost>; 2] {
    [Box::new(DefaultAwkHost), Box::new(Empty)]
}

#[test]
fn methods_about_records_and_arrays_have_their_signatures_and_defaults() {
    let (value, empty) = (Value::Int(7), Value::str(""));
    let args: &[Value] = &[Value::Int(7)];
    for mut host in hosts() {
        assert_eq!(host.field_get(1_i64), empty);
        let () = host.field_set(1_i64, value.clone());
        assert_eq!(host.nf(), 0_i64);
        let () = host.set_record(value.clone());
        assert_eq!(host.special_get("NR"), Value::Undef);
        let () = host.special_set("NR", value.clone());
        let () = host.print(args);
        let () = host.printf("%s", args);
        assert_eq!(host.sprintf("%s", args), empty);
        assert_eq!(host.getline(0_usize, Some("file"), None), 0_i64);
        assert_eq!(host.split(&value, "a", Some(&value)), 0_i64);
        let target = AwkLvalue::Field(0);
        assert_eq!(host.sub(&value, &value, &target), 0_i64);
        assert_eq!(host.gsub(&value, &value, &target), 0_i64);
        assert_eq!(host.match_re(&value, &value), 0_i64);
        assert_eq!(host.gensub(&value, &value, &value, Some(&value)), empty);
        assert_eq!(host.array_get("a", &value), empty);
        let () = host.array_set("a", &value, value.clone());
        assert!(!host.array_exists("a", &value));
        let () = host.array_delete("a", &value);
        let () = host.array_clear("a");
        assert_eq!(host.array_len("a"), 0_i64);
    }
}

#[test]
fn methods_about_values_have_their_signatures_and_defaults() {
    let (two, text) = (Value::Int(2), Value::str("aXc"));
    let args: &[Value] = &[Value::Int(6), Value::Int(3)];
    for mut host in hosts() {
        assert_eq!(host.length(Some(&text)), 3_i64);
        assert_eq!(host.substr(&text, 2_i64, Some(1_i64)), Value::str("X"));
        assert_eq!(host.index(&text, &Value::str("c")), 3_i64);
        assert_eq!(host.tolower(&text), Value::str("axc"));
        assert_eq!(host.toupper(&text), Value::str("AXC"));
        assert_eq!(host.int(&Value::Float(2.9)), Value::Int(2));
        assert_eq!(host.sqrt(&Value::Int(9)), Value::Float(3.0));
        assert_eq!(host.sin(&Value::Int(0)), Value::Float(0.0));
        assert_eq!(host.cos(&Value::Int(0)), Value::Float(1.0));
        assert_eq!(host.exp(&Value::Int(0)), Value::Float(1.0));
        assert_eq!(host.log(&Value::Int(1)), Value::Float(0.0));
        assert_eq!(host.atan2(&Value::Int(0), &two), Value::Float(0.0));
        assert_eq!(host.and(args), Value::Int(2));
        assert_eq!(host.or(args), Value::Int(7));
        assert_eq!(host.xor(args), Value::Int(5));
        assert_eq!(host.compl(&Value::Int(0)), Value::Int(-1));
        assert_eq!(host.lshift(&two, &two), Value::Int(8));
        assert_eq!(host.rshift(&two, &Value::Int(1)), Value::Int(1));
        assert_eq!(host.strtonum(&Value::str("0x10")), Value::Float(16.0));
        assert!(matches!(host.systime(), Value::Float(_)));
        let epoch: &[Value] = &[Value::str("%Y"), Value::Int(0), Value::Int(1)];
        assert_eq!(host.strftime(epoch), Value::str("1970"));
        let date: &[Value] = &[Value::str("2020 01 01 00 00 00"), Value::Int(1)];
        assert_eq!(host.mktime(date), Value::Float(1_577_836_800.0));
        assert_eq!(host.ord(&text), Value::Float(97.0));
        assert_eq!(host.chr(&Value::Int(97)), Value::str("a"));
        assert_eq!(host.mkbool(&text), Value::Float(1.0));
        assert_eq!(host.intdiv(&Value::Int(7), &two), Value::Float(3.0));
        assert_eq!(host.intdiv0(&two, &Value::Int(0)), Value::Float(0.0));
        assert_eq!(host.compare(&two, &text), Ordering::Less);
    }
}

#[test]
fn every_rule_has_its_signature() {
    type OfValue = fn(&Value) -> Value;
    let _: fn(Option<&Value>) -> i64 = rules::awk_length;
    let _: fn(&Value, i64, Option<i64>) -> Value = rules::awk_substr;
    let _: fn(&Value, &Value) -> i64 = rules::awk_index;
    let _: [OfValue; 6] = [
        rules::awk_tolower,
        rules::awk_toupper,
        rules::awk_int,
        rules::awk_ord,
        rules::awk_chr,
        rules::awk_mkbool,
    ];
    let _: fn(f64) -> f64 = rules::awk_canon_nan;
    let _: [fn(&[Value]) -> i64; 3] =
        [rules::awk_fold_and, rules::awk_fold_or, rules::awk_fold_xor];
    let _: fn(&Value) -> i64 = rules::awk_compl;
    let _: [fn(&Value, &Value) -> i64; 2] = [rules::awk_lshift, rules::awk_rshift];
    let _: fn(&str) -> f64 = rules::awk_strtonum;
    let _: fn() -> f64 = rules::awk_systime;
    let _: fn(&mut u64) -> f64 = rules::awk_rand;
    let _: fn(&mut u64, Option<u64>) -> f64 = rules::awk_srand;
    let _: [fn(&[Value]) -> Value; 2] = [rules::awk_strftime, rules::awk_mktime];
    let _: [fn(&Value, &Value) -> Value; 2] = [rules::awk_intdiv, rules::awk_intdiv0];
}

#[test]
fn places_that_are_assigned_compare() {
    let places = [
        AwkLvalue::Var(String::from("x")),
        AwkLvalue::Field(1_i64),
        AwkLvalue::ArrayElem(String::from("a"), String::from("k")),
    ];
    assert_eq!(places.clone(), places);
    assert!(format!("{places:?}").contains("ArrayElem"));
}

#[test]
fn a_vm_takes_a_host_and_keeps_a_signal() {
    let set: fn(&mut VM, Box<dyn AwkHost>) = VM::set_awk_host;
    let signal: fn(&VM) -> Option<u8> = VM::awk_signal;
    let mut vm = VM::new(Chunk::new());
    assert!(vm.awk_host.is_none());
    set(&mut vm, Box::new(DefaultAwkHost));
    vm.reset(Chunk::new());
    let host: &mut Option<Box<dyn AwkHost>> = &mut vm.awk_host;
    assert!(host.is_some());
    assert_eq!(signal(&vm), None);
    fn traits<T: std::fmt::Debug + Default + Clone + Copy>() {}
    traits::<fusevm::DefaultAwkHost>();
    let _: Option<&dyn fusevm::AwkHost> = None;
    let _: fusevm::AwkLvalue = AwkLvalue::Field(0);
}

#[test]
fn the_hook_for_fields_is_at_its_two_places() {
    let set: [fn(Option<extern "C" fn(i64) -> f64>); 2] = [
        fusevm::set_awk_field_num_hook,
        fusevm::jit::set_awk_field_num_hook,
    ];
    for set in set {
        set(None);
    }
}
