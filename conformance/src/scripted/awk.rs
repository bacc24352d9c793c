//! The scripted AWK host, and the hook of `AwkGetFieldNum`.
//!
//! What each method answers is listed at [`AWK`]. No answer is what the built-in rule gives,
//! so that an op that follows the rule in place of asking shows. Answers follow from the
//! arguments, but for `getline`, which takes turns by the number of logged calls before it.

use super::shell::{flat, short};
use super::{MAX_ENTRY, record};
use crate::values::{clip, render, render_list};
use fusevm::{AwkHost, AwkLvalue, Value};
use std::cmp::Ordering;

/// What each method of the scripted AWK host answers; `S` is the beginning of a text.
pub const AWK: [(&str, &str); 38] = [
    (
        "field_get",
        "by the number modulo 6: `fN`, Int(N), -0.5, Undef, Status(0), Array([Int(N)])",
    ),
    ("nf", "3"),
    ("special_get", "S of the name"),
    ("sprintf", "S of the format, `/`, the number of arguments"),
    ("getline", "by the number of the call modulo 3: -1, 0, 1"),
    ("length", "-1 without a value, else 1000"),
    ("substr", "`M` or `M:N`"),
    (
        "index",
        "whether S of the first text begins with S of the second, less 5",
    ),
    ("split", "the number of bytes of the array's name"),
    ("sub", "1 for a variable, 2 for a field"),
    ("gsub", "3 for a variable, 4 for a field"),
    ("match_re", "the number of bytes of S of the expression"),
    ("gensub", "Undef with a target, else S of the replacement"),
    ("tolower", "`l:` and S"),
    ("toupper", "`u:` and S"),
    ("int", "Status of the low bits of the integer"),
    ("sqrt", "Undef"),
    ("sin", "Int(7)"),
    ("cos", "Bool(true)"),
    ("exp", "`exp`"),
    ("log", "-0.0"),
    ("atan2", "both operands as an Array"),
    ("and", "the number of arguments as an Int"),
    ("or", "the number of arguments as a Float"),
    ("xor", "the number of arguments as a Status"),
    ("compl", "Undef"),
    ("lshift", "whether the value is true"),
    ("rshift", "the value"),
    ("strtonum", "the number of bytes of S as an Int"),
    ("systime", "Int(86400)"),
    (
        "strftime, mktime",
        "the number of arguments as a text, as an Int",
    ),
    (
        "ord, chr, mkbool",
        "Bool(false), Int(1), whether the value is false",
    ),
    ("intdiv, intdiv0", "the divisor, the dividend"),
    ("array_get", "S of the name, `/`, S of the key"),
    ("array_exists", "whether the key has a text"),
    ("array_len", "the number of bytes of the name"),
    ("compare", "Equal"),
    ("the others", "nothing"),
];

/// What the hook answers, by the number of the field modulo 4.
const FIELDS: [f64; 4] = [-0.0, 1.5, f64::NAN, 42.0];

/// The hook of `AwkGetFieldNum`, which logs the number of the field.
pub extern "C" fn field_num(field: i64) -> f64 {
    record(|| format!("awk field_num({field})"));
    FIELDS[field.rem_euclid(4) as usize]
}

/// Answers by [`AWK`], and logs every call.
#[derive(Debug, Default)]
pub struct Awk;

/// Logs a call; returns its number, from 0.
fn log(name: &str, args: &[&dyn Shown]) -> u64 {
    record(|| {
        let args: Vec<String> = args.iter().map(|arg| arg.shown()).collect();
        clip(&format!("awk {name}({})", args.join(", ")), MAX_ENTRY)
    })
}

/// An argument as the log shows it.
trait Shown {
    fn shown(&self) -> String;
}

impl Shown for Value {
    fn shown(&self) -> String {
        render(self)
    }
}

impl Shown for &[Value] {
    fn shown(&self) -> String {
        render_list(self)
    }
}

impl Shown for Option<&Value> {
    fn shown(&self) -> String {
        self.map_or("None".to_owned(), render)
    }
}

macro_rules! shown_by_debug {
    ($($ty:ty)+) => { $(
        impl Shown for $ty {
            fn shown(&self) -> String {
                format!("{self:?}")
            }
        }
    )+ };
}

shown_by_debug!(i64 usize &str Option<&str> Option<i64> AwkLvalue);

/// The beginning of the text of a value.
fn text(value: &Value) -> String {
    short(&flat(value).as_str_cow()).to_owned()
}

impl AwkHost for Awk {
    fn field_get(&mut self, i: i64) -> Value {
        log("field_get", &[&i]);
        match i.rem_euclid(6) {
            0 => Value::str(format!("f{i}")),
            1 => Value::Int(i),
            2 => Value::Float(-0.5),
            3 => Value::Undef,
            4 => Value::Status(0),
            _ => Value::Array(vec![Value::Int(i)]),
        }
    }

    fn field_set(&mut self, i: i64, v: Value) {
        log("field_set", &[&i, &v]);
    }

    fn nf(&mut self) -> i64 {
        log("nf", &[]);
        3
    }

    fn set_record(&mut self, v: Value) {
        log("set_record", &[&v]);
    }

    fn special_get(&mut self, name: &str) -> Value {
        log("special_get", &[&name]);
        Value::str(short(name))
    }

    fn special_set(&mut self, name: &str, v: Value) {
        log("special_set", &[&name, &v]);
    }

    fn print(&mut self, args: &[Value]) {
        log("print", &[&args]);
    }

    fn printf(&mut self, fmt: &str, args: &[Value]) {
        log("printf", &[&fmt, &args]);
    }

    fn sprintf(&mut self, fmt: &str, args: &[Value]) -> Value {
        log("sprintf", &[&fmt, &args]);
        Value::str(format!("{}/{}", short(fmt), args.len()))
    }

    fn getline(&mut self, source: usize, operand: Option<&str>, var_name: Option<&str>) -> i64 {
        let number = log("getline", &[&source, &operand, &var_name]);
        (number % 3) as i64 - 1
    }

    fn length(&mut self, s: Option<&Value>) -> i64 {
        log("length", &[&s]);
        s.map_or(-1, |_| 1000)
    }

    fn substr(&mut self, s: &Value, m: i64, n: Option<i64>) -> Value {
        log("substr", &[s, &m, &n]);
        Value::str(n.map_or(format!("{m}"), |n| format!("{m}:{n}")))
    }

    fn index(&mut self, s: &Value, t: &Value) -> i64 {
        log("index", &[s, t]);
        i64::from(text(s).starts_with(&text(t))) - 5
    }

    fn split(&mut self, s: &Value, arr_name: &str, fs: Option<&Value>) -> i64 {
        log("split", &[s, &arr_name, &fs]);
        arr_name.len() as i64
    }

    fn sub(&mut self, re: &Value, repl: &Value, target_ref: &AwkLvalue) -> i64 {
        log("sub", &[re, repl, target_ref]);
        1 + i64::from(matches!(target_ref, AwkLvalue::Field(_)))
    }

    fn gsub(&mut self, re: &Value, repl: &Value, target_ref: &AwkLvalue) -> i64 {
        log("gsub", &[re, repl, target_ref]);
        3 + i64::from(matches!(target_ref, AwkLvalue::Field(_)))
    }

    fn match_re(&mut self, s: &Value, re: &Value) -> i64 {
        log("match_re", &[s, re]);
        text(re).len() as i64
    }

    fn gensub(&mut self, re: &Value, repl: &Value, how: &Value, target: Option<&Value>) -> Value {
        log("gensub", &[re, repl, how, &target]);
        match target {
            Some(_) => Value::Undef,
            None => Value::str(text(repl)),
        }
    }

    fn tolower(&mut self, s: &Value) -> Value {
        log("tolower", &[s]);
        Value::str(format!("l:{}", text(s)))
    }

    fn toupper(&mut self, s: &Value) -> Value {
        log("toupper", &[s]);
        Value::str(format!("u:{}", text(s)))
    }

    fn int(&mut self, x: &Value) -> Value {
        log("int", &[x]);
        Value::Status(x.to_int() as i32)
    }

    fn sqrt(&mut self, x: &Value) -> Value {
        log("sqrt", &[x]);
        Value::Undef
    }

    fn sin(&mut self, x: &Value) -> Value {
        log("sin", &[x]);
        Value::Int(7)
    }

    fn cos(&mut self, x: &Value) -> Value {
        log("cos", &[x]);
        Value::Bool(true)
    }

    fn exp(&mut self, x: &Value) -> Value {
        log("exp", &[x]);
        Value::str("exp")
    }

    fn log(&mut self, x: &Value) -> Value {
        log("log", &[x]);
        Value::Float(-0.0)
    }

    fn atan2(&mut self, y: &Value, x: &Value) -> Value {
        log("atan2", &[y, x]);
        Value::Array(vec![flat(y), flat(x)])
    }

    fn and(&mut self, args: &[Value]) -> Value {
        log("and", &[&args]);
        Value::Int(args.len() as i64)
    }

    fn or(&mut self, args: &[Value]) -> Value {
        log("or", &[&args]);
        Value::Float(args.len() as f64)
    }

    fn xor(&mut self, args: &[Value]) -> Value {
        log("xor", &[&args]);
        Value::Status(args.len() as i32)
    }

    fn compl(&mut self, v: &Value) -> Value {
        log("compl", &[v]);
        Value::Undef
    }

    fn lshift(&mut self, v: &Value, n: &Value) -> Value {
        log("lshift", &[v, n]);
        Value::Bool(v.is_truthy())
    }

    fn rshift(&mut self, v: &Value, n: &Value) -> Value {
        log("rshift", &[v, n]);
        flat(v)
    }

    fn strtonum(&mut self, s: &Value) -> Value {
        log("strtonum", &[s]);
        Value::Int(text(s).len() as i64)
    }

    fn systime(&mut self) -> Value {
        log("systime", &[]);
        Value::Int(86_400)
    }

    fn strftime(&mut self, args: &[Value]) -> Value {
        log("strftime", &[&args]);
        Value::str(args.len().to_string())
    }

    fn mktime(&mut self, args: &[Value]) -> Value {
        log("mktime", &[&args]);
        Value::Int(args.len() as i64)
    }

    fn ord(&mut self, arg: &Value) -> Value {
        log("ord", &[arg]);
        Value::Bool(false)
    }

    fn chr(&mut self, arg: &Value) -> Value {
        log("chr", &[arg]);
        Value::Int(1)
    }

    fn mkbool(&mut self, arg: &Value) -> Value {
        log("mkbool", &[arg]);
        Value::Bool(!arg.is_truthy())
    }

    fn intdiv(&mut self, a: &Value, b: &Value) -> Value {
        log("intdiv", &[a, b]);
        flat(b)
    }

    fn intdiv0(&mut self, a: &Value, b: &Value) -> Value {
        log("intdiv0", &[a, b]);
        flat(a)
    }

    fn array_get(&mut self, arr_name: &str, key: &Value) -> Value {
        log("array_get", &[&arr_name, key]);
        Value::str(format!("{}/{}", short(arr_name), text(key)))
    }

    fn array_set(&mut self, arr_name: &str, key: &Value, v: Value) {
        log("array_set", &[&arr_name, key, &v]);
    }

    fn array_exists(&mut self, arr_name: &str, key: &Value) -> bool {
        log("array_exists", &[&arr_name, key]);
        !text(key).is_empty()
    }

    fn array_delete(&mut self, arr_name: &str, key: &Value) {
        log("array_delete", &[&arr_name, key]);
    }

    fn array_clear(&mut self, arr_name: &str) {
        log("array_clear", &[&arr_name]);
    }

    fn array_len(&mut self, arr_name: &str) -> i64 {
        log("array_len", &[&arr_name]);
        arr_name.len() as i64
    }

    fn compare(&mut self, a: &Value, b: &Value) -> Ordering {
        log("compare", &[a, b]);
        Ordering::Equal
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::{start, take_log};

    #[test]
    fn answers_have_every_shape_and_are_logged() {
        start();
        let mut host = Awk;
        let kinds: Vec<String> = (0..6).map(|i| render(&host.field_get(i))).collect();
        let expected = [
            "Str(\"f0\")",
            "Int(1)",
            "Float(-0.5)",
            "Undef",
            "Status(0)",
            "Array([Int(5)])",
        ];
        assert_eq!(kinds, expected);
        let turns: Vec<i64> = (0..3).map(|_| host.getline(2, Some("f"), None)).collect();
        assert_eq!(turns, [-1, 0, 1]);
        host.print(&[Value::Int(1), Value::Undef]);
        host.sub(&Value::str("a"), &Value::Undef, &AwkLvalue::Field(0));
        assert_eq!(field_num(3), 42.0);
        assert_eq!(
            take_log()[8..],
            [
                "awk getline(2, Some(\"f\"), None)",
                "awk print([Int(1), Undef])",
                "awk sub(Str(\"a\"), Undef, Field(0))",
                "awk field_num(3)"
            ]
        );
    }

    #[test]
    fn answers_made_of_answers_do_not_grow() {
        start();
        let mut host = Awk;
        let mut value = Value::Int(0);
        for _ in 0..200 {
            value = host.atan2(&value, &value);
            value = host.toupper(&value);
            value = host.tolower(&value);
            value = host.array_get("name", &value);
        }
        assert!(value.len() < 100, "{value:?}");
    }
}
