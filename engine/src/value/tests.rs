//! Texts and numbers of values, their hashes and serialised forms.

use super::*;
use std::borrow::Cow;

#[test]
fn text_of_floats_has_no_exponent() {
    for (x, text) in [
        (2.0, "2"),
        (0.1, "0.1"),
        (-0.0, "-0"),
        (1e-7, "0.0000001"),
        (1e21, "1000000000000000000000"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
        (f64::NAN, "NaN"),
    ] {
        assert_eq!(Value::Float(x).to_str(), text);
    }
}

#[test]
fn text_is_borrowed_where_it_exists() {
    assert!(matches!(Value::Undef.as_str_cow(), Cow::Borrowed("")));
    assert!(matches!(Value::Bool(true).as_str_cow(), Cow::Borrowed("1")));
    assert!(matches!(Value::str("a").as_str_cow(), Cow::Borrowed("a")));
    assert!(matches!(Value::Int(3).as_str_cow(), Cow::Owned(s) if s == "3"));
    assert!(matches!(
        Value::hash(HashMap::new()).as_str_cow(),
        Cow::Borrowed("(hash)")
    ));
}

#[test]
fn whole_text_must_be_a_number() {
    for (text, int, float) in [
        ("42", 42, 42.0),
        ("+7", 7, 7.0),
        (" 42", 0, 0.0),
        ("3.9", 0, 3.9),
        ("1.", 0, 1.0),
        (".5", 0, 0.5),
        ("-1.5e2", 0, -150.0),
        ("9223372036854775808", 0, 9_223_372_036_854_775_808.0),
        ("inf", 0, f64::INFINITY),
        ("", 0, 0.0),
    ] {
        assert_eq!(Value::str(text).to_int(), int, "{text:?}");
        assert_eq!(Value::str(text).to_float(), float, "{text:?}");
    }
    assert!(Value::str("NaN").to_float().is_nan());
}

#[test]
fn hashes_feed_their_entries_in_key_order() {
    use std::hash::{DefaultHasher, Hasher};
    let digest = |keys: [&str; 3]| {
        let map = keys
            .iter()
            .map(|k| (k.to_string(), Value::str(*k)))
            .collect();
        let mut state = DefaultHasher::new();
        Value::hash(map).hash(&mut state);
        state.finish()
    };
    assert_eq!(digest(["a", "b", "c"]), digest(["c", "a", "b"]));
}

#[test]
fn serialized_form_is_externally_tagged() {
    for (value, json) in [
        (Value::Undef, r#""Undef""#),
        (Value::Bool(true), r#"{"Bool":true}"#),
        (Value::Float(2.5), r#"{"Float":2.5}"#),
        (Value::str("x"), r#"{"Str":"x"}"#),
        (Value::NativeFn(7), r#"{"NativeFn":7}"#),
    ] {
        assert_eq!(serde_json::to_string(&value).unwrap(), json);
        assert_eq!(serde_json::from_str::<Value>(json).unwrap(), value);
    }
}
