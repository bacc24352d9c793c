//! Truth, numbers and text of a value: the published coercions, once.

use super::{Value, deep, number};
use std::borrow::Cow;

impl Value {
    /// Truth: `Undef`, `false`, zero, the texts `""` and `"0"`, and empty collections are
    /// false, a `Status` is true when it is 0, everything else, NaN included, is true.
    pub fn is_truthy(&self) -> bool {
        match self {
            Value::Undef => false,
            Value::Bool(b) => *b,
            Value::Int(n) => *n != 0,
            Value::Float(x) => *x != 0.0,
            Value::Str(s) => !matches!(s.as_str(), "" | "0"),
            Value::Array(a) => !a.is_empty(),
            Value::Hash(h) => !h.is_empty(),
            Value::Status(code) => *code == 0,
            Value::Ref(_) | Value::NativeFn(_) => true,
        }
    }

    /// The value as an integer: floats truncate and saturate (NaN is 0), text must be a
    /// complete integer (else 0), an array is its length, a status its code, the rest is 0.
    pub fn to_int(&self) -> i64 {
        match self {
            Value::Int(n) => *n,
            Value::Float(x) => number::float_to_int(*x),
            Value::Bool(b) => i64::from(*b),
            Value::Str(s) => number::int_from_text(s),
            Value::Array(a) => a.len() as i64,
            Value::Status(code) => i64::from(*code),
            Value::Undef | Value::Hash(_) | Value::Ref(_) | Value::NativeFn(_) => 0,
        }
    }

    /// The value as a float: text must be a complete number (else 0.0); collections,
    /// references and builtins are 0.0.
    pub fn to_float(&self) -> f64 {
        match self {
            Value::Float(x) => *x,
            Value::Int(n) => *n as f64,
            Value::Bool(b) => f64::from(u8::from(*b)),
            Value::Str(s) => number::float_from_text(s),
            Value::Status(code) => f64::from(*code),
            Value::Undef
            | Value::Array(_)
            | Value::Hash(_)
            | Value::Ref(_)
            | Value::NativeFn(_) => 0.0,
        }
    }

    /// The value as text: `as_str_cow`, owned.
    pub fn to_str(&self) -> String {
        self.as_str_cow().into_owned()
    }

    /// The value as text, borrowed where it exists already: `true` is `1`, `false` and
    /// `Undef` are empty, floats have no exponent, arrays join their elements by a space.
    pub fn as_str_cow(&self) -> Cow<'_, str> {
        match self {
            Value::Undef | Value::Bool(false) => Cow::Borrowed(""),
            Value::Bool(true) => Cow::Borrowed("1"),
            Value::Int(n) => Cow::Owned(n.to_string()),
            Value::Float(x) => Cow::Owned(number::float_to_text(*x)),
            Value::Str(s) => Cow::Borrowed(s),
            Value::Array(a) => {
                Cow::Owned(deep::joined(a, usize::MAX).expect("no text is longer than that"))
            }
            Value::Hash(_) => Cow::Borrowed("(hash)"),
            Value::Status(code) => Cow::Owned(code.to_string()),
            Value::Ref(_) => Cow::Borrowed("(ref)"),
            Value::NativeFn(id) => Cow::Owned(format!("(builtin:{id})")),
        }
    }

    /// Elements of an array, entries of a hash, bytes of the text of everything else.
    pub fn len(&self) -> usize {
        match self {
            Value::Array(a) => a.len(),
            Value::Hash(h) => h.len(),
            other => other.as_str_cow().len(),
        }
    }

    /// Whether [`Value::len`] is 0: true for `Undef` and `Bool(false)` too.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
