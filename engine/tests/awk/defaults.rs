//! The 49 methods of the trait as they are when a host does not define them.

use fusevm::{AwkHost, AwkLvalue, DefaultAwkHost, Value};
use std::cmp::Ordering;

struct Empty;

impl AwkHost for Empty {}

/// Both hosts that define nothing.
fn hosts() -> [Box<dyn AwkHost>; 2] {
    [Box::new(Empty), Box::new(DefaultAwkHost)]
}

#[test]
fn a_default_host_can_be_copied_and_shown() {
    let host = DefaultAwkHost;
    let copy = host;
    assert_eq!(
        format!("{host:?} {copy:?}"),
        "DefaultAwkHost DefaultAwkHost"
    );
}

#[test]
fn nothing_happens_to_records_arrays_and_output() {
    for mut h in hosts() {
        let (key, empty) = (Value::str("k"), Value::str(""));
        assert_eq!(h.field_get(0), empty);
        h.field_set(1, Value::Int(1));
        assert_eq!(h.field_get(1), empty);
        assert_eq!(h.nf(), 0);
        h.set_record(Value::str("a b"));
        assert_eq!(h.nf(), 0);
        assert_eq!(h.special_get("NR"), Value::Undef);
        h.special_set("NR", Value::Int(3));
        assert_eq!(h.special_get("NR"), Value::Undef);
        h.print(&[Value::Int(1)]);
        h.printf("%d", &[Value::Int(1)]);
        assert_eq!(h.sprintf("%d", &[Value::Int(1)]), empty);
        assert_eq!(h.getline(2, Some("file"), None), 0);
        h.array_set("a", &key, Value::Int(1));
        assert_eq!(h.array_get("a", &key), empty);
        assert!(!h.array_exists("a", &key));
        h.array_delete("a", &key);
        h.array_clear("a");
        assert_eq!(h.array_len("a"), 0);
    }
}

#[test]
fn patterns_match_nothing() {
    for mut h in hosts() {
        let (s, re) = (Value::str("aa"), Value::str("a"));
        let target = AwkLvalue::Field(0);
        assert_eq!(h.split(&s, "arr", Some(&re)), 0);
        assert_eq!(h.sub(&re, &s, &target), 0);
        assert_eq!(h.gsub(&re, &s, &AwkLvalue::Var("v".into())), 0);
        assert_eq!(h.match_re(&s, &re), 0);
        assert_eq!(h.gensub(&re, &s, &Value::str("g"), None), Value::str(""));
    }
}

#[test]
fn texts_and_numbers_follow_the_rules() {
    for mut h in hosts() {
        let (s, nine) = (Value::str("Héllo"), Value::Float(9.0));
        assert_eq!((h.length(None), h.length(Some(&s))), (0, 5));
        assert_eq!(h.substr(&s, 2, Some(2)), Value::str("él"));
        assert_eq!(h.index(&s, &Value::str("l")), 3);
        assert_eq!(h.tolower(&s), Value::str("héllo"));
        assert_eq!(h.toupper(&s), Value::str("HÉLLO"));
        assert_eq!(h.int(&Value::Float(9.5)), Value::Int(9));
        assert_eq!(h.sqrt(&nine), Value::Float(3.0));
        assert_eq!(h.sin(&Value::Int(0)), Value::Float(0.0));
        assert_eq!(h.cos(&Value::Int(0)), Value::Float(1.0));
        assert_eq!(h.exp(&Value::Int(0)), Value::Float(1.0));
        assert_eq!(h.log(&Value::Int(1)), Value::Float(0.0));
        let (zero, one) = (Value::Int(0), Value::Int(1));
        assert_eq!(h.atan2(&zero, &one), Value::Float(0.0));
        assert_eq!(h.atan2(&one, &zero), Value::Float(1.0f64.atan2(0.0)));
        assert_eq!(h.and(&[nine.clone(), Value::Int(3)]), Value::Int(1));
        assert_eq!(h.or(&[nine.clone(), Value::Int(3)]), Value::Int(11));
        assert_eq!(h.xor(&[nine.clone(), Value::Int(3)]), Value::Int(10));
        assert_eq!(h.compl(&Value::Int(0)), Value::Int(-1));
        assert_eq!(h.lshift(&nine, &one), Value::Int(18));
        assert_eq!(h.rshift(&nine, &one), Value::Int(4));
        assert_eq!(h.strtonum(&Value::str("0x1f")), Value::Float(31.0));
        assert!(matches!(h.systime(), Value::Float(t) if t > 1.7e9));
        let args = [Value::str("%Y"), Value::Int(0), Value::Int(1)];
        assert_eq!(h.strftime(&args), Value::str("1970"));
        let args = [Value::str("1970 1 1 0 0 7"), Value::Int(1)];
        assert_eq!(h.mktime(&args), Value::Float(7.0));
        assert_eq!(h.ord(&s), Value::Float(72.0));
        assert_eq!(h.chr(&Value::Int(72)), Value::str("H"));
        assert_eq!(h.mkbool(&s), Value::Float(1.0));
        assert_eq!(h.intdiv(&nine, &Value::Int(2)), Value::Float(4.0));
        assert_eq!(h.intdiv(&nine, &zero), Value::Undef);
        assert_eq!(h.intdiv0(&nine, &zero), Value::Float(0.0));
    }
}

#[test]
fn nan_keeps_its_sign_in_roots_and_logarithms_only() {
    for mut h in hosts() {
        let nan = Value::Float(-f64::NAN);
        let negative = |v: Value| v.to_float().is_nan() && v.to_float().is_sign_negative();
        assert!(!negative(h.sin(&nan)) && !negative(h.cos(&nan)));
        assert!(!negative(h.exp(&nan)) && !negative(h.atan2(&nan, &nan)));
        assert!(h.sqrt(&Value::Int(-1)).to_float().is_nan());
        assert!(h.log(&Value::Int(-1)).to_float().is_nan());
        assert_eq!(h.log(&Value::Int(0)), Value::Float(f64::NEG_INFINITY));
    }
}

/// No op compares (Q67); frontends do.
#[test]
fn comparison_is_numeric_where_both_texts_are() {
    use Ordering::*;
    for mut h in hosts() {
        for (a, b, expected) in [
            (Value::str("10"), Value::str("9"), Greater),
            (Value::Int(10), Value::Float(9.5), Greater),
            (Value::str("10"), Value::str("9x"), Less),
            (Value::str("abc"), Value::str("abd"), Less),
            (Value::str(""), Value::Int(0), Equal),
            (Value::Undef, Value::str(" "), Equal),
            (Value::str("nan"), Value::Int(3), Equal),
            (Value::str("inf"), Value::Int(3), Greater),
            (Value::str("0x10"), Value::Int(3), Less),
            // The blank makes the number 0.
            (Value::str(" 12"), Value::str("12"), Less),
        ] {
            assert_eq!(h.compare(&a, &b), expected, "{a:?} {b:?}");
        }
    }
}

#[test]
fn lvalues() {
    let all = [
        AwkLvalue::Var("v".into()),
        AwkLvalue::Field(-1),
        AwkLvalue::ArrayElem("a".into(), "k".into()),
    ];
    assert_eq!(all.clone(), all);
    assert_eq!(
        format!("{all:?}"),
        r#"[Var("v"), Field(-1), ArrayElem("a", "k")]"#
    );
}
