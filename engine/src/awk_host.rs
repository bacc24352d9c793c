//! [`AwkHost`]: what the AWK ops ask of the program that embeds the VM, and the built-in rules
//! that answer where it does not.
//!
//! An op asks the VM's host if there is one. Without a host, functions of values have the
//! result that the trait's defaults have, and whatever concerns records, fields, arrays and
//! output does nothing. The functions here are those rules; a host may call them for what it
//! does not want to do differently.

mod field_hook;

pub use crate::semantics::awk::{
    awk_canon_nan, awk_chr, awk_compl, awk_fold_and, awk_fold_or, awk_fold_xor, awk_index, awk_int,
    awk_intdiv, awk_intdiv0, awk_length, awk_lshift, awk_mkbool, awk_mktime, awk_ord, awk_rand,
    awk_rshift, awk_srand, awk_strftime, awk_strtonum, awk_substr, awk_systime, awk_tolower,
    awk_toupper,
};
pub(crate) use field_hook::awk_field_num;
pub use field_hook::set_awk_field_num_hook;

use crate::semantics::awk;
use crate::value::Value;
use std::cmp::Ordering;

/// What `sub` and `gsub` change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AwkLvalue {
    /// A variable, by name.
    Var(String),
    /// A field, by number; 0 is the record.
    Field(i64),
    /// An element, by the names of the array and of the joined subscript.
    ArrayElem(String, String),
}

/// Answers the AWK ops.
///
/// Every method has a default, so a host implements what it cares about. A method gets no VM:
/// it can only answer. One that panics stays installed.
pub trait AwkHost: Send {
    /// `$i`; by default an empty text.
    fn field_get(&mut self, i: i64) -> Value {
        let _ = i;
        Value::str("")
    }

    /// `$i = v`; by default nothing.
    fn field_set(&mut self, i: i64, v: Value) {
        let _ = (i, v);
    }

    /// `NF`; by default 0.
    fn nf(&mut self) -> i64 {
        0
    }

    /// `$0 = v`; by default nothing.
    fn set_record(&mut self, v: Value) {
        let _ = v;
    }

    /// A special variable; by default `Undef`.
    fn special_get(&mut self, name: &str) -> Value {
        let _ = name;
        Value::Undef
    }

    /// Stores into a special variable; by default nothing.
    fn special_set(&mut self, name: &str, v: Value) {
        let _ = (name, v);
    }

    /// `print`; by default nothing.
    fn print(&mut self, args: &[Value]) {
        let _ = args;
    }

    /// `printf`; by default nothing.
    fn printf(&mut self, fmt: &str, args: &[Value]) {
        let _ = (fmt, args);
    }

    /// `sprintf`; by default an empty text.
    fn sprintf(&mut self, fmt: &str, args: &[Value]) -> Value {
        let _ = (fmt, args);
        Value::str("")
    }

    /// `getline` from a source of [`crate::awk_builtins::getline_source`], with the name of
    /// the file or the command. `var_name` is always `None`. 1 for a record, 0 at the end of
    /// the input, -1 after an error; by default 0.
    fn getline(&mut self, source: usize, operand: Option<&str>, var_name: Option<&str>) -> i64 {
        let _ = (source, operand, var_name);
        0
    }

    /// `length(s)`, or `length` for `None`; by default [`awk_length`].
    fn length(&mut self, s: Option<&Value>) -> i64 {
        awk_length(s)
    }

    /// `substr`; by default [`awk_substr`].
    fn substr(&mut self, s: &Value, m: i64, n: Option<i64>) -> Value {
        awk_substr(s, m, n)
    }

    /// `index`; by default [`awk_index`].
    fn index(&mut self, s: &Value, t: &Value) -> i64 {
        awk_index(s, t)
    }

    /// `split` into the array with this name: the number of pieces; by default 0.
    fn split(&mut self, s: &Value, arr_name: &str, fs: Option<&Value>) -> i64 {
        let _ = (s, arr_name, fs);
        0
    }

    /// `sub`: the number of replacements; by default 0.
    fn sub(&mut self, re: &Value, repl: &Value, target_ref: &AwkLvalue) -> i64 {
        let _ = (re, repl, target_ref);
        0
    }

    /// `gsub`: the number of replacements; by default 0.
    fn gsub(&mut self, re: &Value, repl: &Value, target_ref: &AwkLvalue) -> i64 {
        let _ = (re, repl, target_ref);
        0
    }

    /// `match`: the position of the match, from 1; by default 0.
    fn match_re(&mut self, s: &Value, re: &Value) -> i64 {
        let _ = (s, re);
        0
    }

    /// `gensub`; by default an empty text.
    fn gensub(&mut self, re: &Value, repl: &Value, how: &Value, target: Option<&Value>) -> Value {
        let _ = (re, repl, how, target);
        Value::str("")
    }

    /// `tolower`; by default [`awk_tolower`].
    fn tolower(&mut self, s: &Value) -> Value {
        awk_tolower(s)
    }

    /// `toupper`; by default [`awk_toupper`].
    fn toupper(&mut self, s: &Value) -> Value {
        awk_toupper(s)
    }

    /// `int`; by default [`awk_int`].
    fn int(&mut self, x: &Value) -> Value {
        awk_int(x)
    }

    /// `sqrt`; by default NaN below 0, without a warning.
    fn sqrt(&mut self, x: &Value) -> Value {
        awk::sqrt(x)
    }

    /// `sin`; by default of radians.
    fn sin(&mut self, x: &Value) -> Value {
        awk::sin(x)
    }

    /// `cos`; by default of radians.
    fn cos(&mut self, x: &Value) -> Value {
        awk::cos(x)
    }

    /// `exp`; by default e to that power.
    fn exp(&mut self, x: &Value) -> Value {
        awk::exp(x)
    }

    /// `log`; by default the natural logarithm, NaN below 0, without a warning.
    fn log(&mut self, x: &Value) -> Value {
        awk::log(x)
    }

    /// `atan2`; by default in radians.
    fn atan2(&mut self, y: &Value, x: &Value) -> Value {
        awk::atan2(y, x)
    }

    /// `and`; by default [`awk_fold_and`].
    fn and(&mut self, args: &[Value]) -> Value {
        Value::Int(awk_fold_and(args))
    }

    /// `or`; by default [`awk_fold_or`].
    fn or(&mut self, args: &[Value]) -> Value {
        Value::Int(awk_fold_or(args))
    }

    /// `xor`; by default [`awk_fold_xor`].
    fn xor(&mut self, args: &[Value]) -> Value {
        Value::Int(awk_fold_xor(args))
    }

    /// `compl`; by default [`awk_compl`].
    fn compl(&mut self, v: &Value) -> Value {
        Value::Int(awk_compl(v))
    }

    /// `lshift`; by default [`awk_lshift`].
    fn lshift(&mut self, v: &Value, n: &Value) -> Value {
        Value::Int(awk_lshift(v, n))
    }

    /// `rshift`; by default [`awk_rshift`].
    fn rshift(&mut self, v: &Value, n: &Value) -> Value {
        Value::Int(awk_rshift(v, n))
    }

    /// `strtonum`; by default [`awk_strtonum`].
    fn strtonum(&mut self, s: &Value) -> Value {
        Value::Float(awk_strtonum(&s.as_str_cow()))
    }

    /// `systime`; by default [`awk_systime`].
    fn systime(&mut self) -> Value {
        Value::Float(awk_systime())
    }

    /// `strftime`; by default [`awk_strftime`].
    fn strftime(&mut self, args: &[Value]) -> Value {
        awk_strftime(args)
    }

    /// `mktime`; by default [`awk_mktime`].
    fn mktime(&mut self, args: &[Value]) -> Value {
        awk_mktime(args)
    }

    /// `ord`; by default [`awk_ord`].
    fn ord(&mut self, arg: &Value) -> Value {
        awk_ord(arg)
    }

    /// `chr`; by default [`awk_chr`].
    fn chr(&mut self, arg: &Value) -> Value {
        awk_chr(arg)
    }

    /// `mkbool`; by default [`awk_mkbool`].
    fn mkbool(&mut self, arg: &Value) -> Value {
        awk_mkbool(arg)
    }

    /// `intdiv`; by default [`awk_intdiv`].
    fn intdiv(&mut self, a: &Value, b: &Value) -> Value {
        awk_intdiv(a, b)
    }

    /// `intdiv0`; by default [`awk_intdiv0`].
    fn intdiv0(&mut self, a: &Value, b: &Value) -> Value {
        awk_intdiv0(a, b)
    }

    /// An element of an array; by default an empty text.
    fn array_get(&mut self, arr_name: &str, key: &Value) -> Value {
        let _ = (arr_name, key);
        Value::str("")
    }

    /// Stores into an array; by default nothing.
    fn array_set(&mut self, arr_name: &str, key: &Value, v: Value) {
        let _ = (arr_name, key, v);
    }

    /// `key in array`; by default false.
    fn array_exists(&mut self, arr_name: &str, key: &Value) -> bool {
        let _ = (arr_name, key);
        false
    }

    /// `delete array[key]`; by default nothing.
    fn array_delete(&mut self, arr_name: &str, key: &Value) {
        let _ = (arr_name, key);
    }

    /// `delete array`; by default nothing.
    fn array_clear(&mut self, arr_name: &str) {
        let _ = arr_name;
    }

    /// The number of elements of an array; by default 0.
    fn array_len(&mut self, arr_name: &str) -> i64 {
        let _ = arr_name;
        0
    }

    /// Compares for frontends; no op calls it. By default as numbers when both texts look
    /// numeric (blank, or a number with white space around it), where pairs with NaN are
    /// equal; otherwise as texts, byte by byte.
    fn compare(&mut self, a: &Value, b: &Value) -> Ordering {
        let (s, t) = (a.as_str_cow(), b.as_str_cow());
        if looks_numeric(&s) && looks_numeric(&t) {
            a.to_float()
                .partial_cmp(&b.to_float())
                .unwrap_or(Ordering::Equal)
        } else {
            s.cmp(&t)
        }
    }
}

/// Whether a text is blank, or a number with white space around it.
fn looks_numeric(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || text.parse::<f64>().is_ok()
}

/// The host that answers everything by the trait's defaults.
#[derive(Debug, Default, Clone, Copy)]
pub struct DefaultAwkHost;

impl AwkHost for DefaultAwkHost {}
