//! [`Value`]: what a program computes with.
//!
//! Ten kinds, one enum with a defined layout. Conversions between kinds are in
//! `value/convert.rs`, numbers as text in `value/number.rs`, and the offsets that compiled
//! code relies on in `value/layout.rs`. Nothing here knows an op.

pub(crate) mod bounded;
mod convert;
pub(crate) mod deep;
pub(crate) mod layout;
pub(crate) mod number;

use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A value of any kind.
///
/// Equality is structural and never converts: `Int(1) != Float(1.0)`. Floats compare by
/// IEEE rules but hash by their bits. The order of the variants is part of binary
/// serialized forms, and their tags part of the layout that compiled code reads.
#[derive(Debug, Default, Serialize, Deserialize)]
#[repr(u8)]
pub enum Value {
    /// No value: an unset slot, a missing element.
    #[default]
    Undef,
    /// A truth value, the result of every comparison.
    Bool(bool),
    /// A 64-bit integer; arithmetic wraps.
    Int(i64),
    /// A 64-bit float.
    Float(f64),
    /// Text; clones share the buffer.
    Str(Arc<String>),
    /// A list of values, owned.
    Array(#[serde(with = "bounded::values")] Vec<Value>),
    /// A map from text to values, owned.
    Hash(#[serde(with = "bounded::values")] HashMap<String, Value>),
    /// The exit status of a command: true when it is 0.
    Status(i32),
    /// A value behind a reference.
    Ref(#[serde(with = "bounded::values")] Box<Value>),
    /// A builtin function, by its number.
    NativeFn(u16),
}

/// The kind of a [`Value`], without its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[allow(missing_docs, reason = "the variants of `Value`")]
#[repr(u8)]
pub enum Kind {
    #[default]
    Undef,
    Bool,
    Int,
    Float,
    Str,
    Array,
    Hash,
    Status,
    Ref,
    NativeFn,
}

impl Kind {
    /// All kinds, in the order of the variants of [`Value`].
    pub const ALL: [Kind; 10] = [
        Kind::Undef,
        Kind::Bool,
        Kind::Int,
        Kind::Float,
        Kind::Str,
        Kind::Array,
        Kind::Hash,
        Kind::Status,
        Kind::Ref,
        Kind::NativeFn,
    ];

    /// The kind's name, as `Value` spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Undef => "Undef",
            Kind::Bool => "Bool",
            Kind::Int => "Int",
            Kind::Float => "Float",
            Kind::Str => "Str",
            Kind::Array => "Array",
            Kind::Hash => "Hash",
            Kind::Status => "Status",
            Kind::Ref => "Ref",
            Kind::NativeFn => "NativeFn",
        }
    }
}

impl Value {
    /// An [`Value::Int`].
    pub fn int(n: i64) -> Value {
        Value::Int(n)
    }

    /// A [`Value::Float`].
    pub fn float(f: f64) -> Value {
        Value::Float(f)
    }

    /// A [`Value::Bool`].
    pub fn bool(b: bool) -> Value {
        Value::Bool(b)
    }

    /// A [`Value::Status`].
    pub fn status(code: i32) -> Value {
        Value::Status(code)
    }

    /// A [`Value::Str`].
    pub fn str(s: impl Into<String>) -> Value {
        Value::Str(Arc::new(s.into()))
    }

    /// A [`Value::Array`].
    pub fn array(v: Vec<Value>) -> Value {
        Value::Array(v)
    }

    /// A [`Value::Hash`].
    pub fn hash(m: HashMap<String, Value>) -> Value {
        Value::Hash(m)
    }

    /// The value's kind.
    #[inline]
    pub fn kind(&self) -> Kind {
        Kind::ALL[usize::from(layout::tag(self))]
    }
}

impl Value {
    /// Whether two values are the same bit for bit: as `==`, but NaN is itself and 0.0 is
    /// not -0.0.
    pub fn is_identical(&self, other: &Value) -> bool {
        deep::all_same(self, other, |a, b| match (a, b) {
            (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits(),
            _ => flat_eq(a, b),
        })
    }
}

impl Clone for Value {
    #[inline]
    fn clone(&self) -> Value {
        match self {
            Value::Undef => Value::Undef,
            Value::Bool(b) => Value::Bool(*b),
            Value::Int(n) => Value::Int(*n),
            Value::Float(x) => Value::Float(*x),
            Value::Str(s) => Value::Str(Arc::clone(s)),
            Value::Status(code) => Value::Status(*code),
            Value::NativeFn(id) => Value::NativeFn(*id),
            Value::Array(_) | Value::Hash(_) | Value::Ref(_) => deep::copy(self),
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        deep::all_same(self, other, flat_eq)
    }
}

/// Equality of values that contain no others.
fn flat_eq(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Undef, Value::Undef) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Str(a), Value::Str(b)) => a == b,
        (Value::Status(a), Value::Status(b)) => a == b,
        (Value::NativeFn(a), Value::NativeFn(b)) => a == b,
        _ => false,
    }
}

impl Hash for Value {
    /// Feeds the kind, then the payload: floats by bits, maps in ascending key order.
    fn hash<H: Hasher>(&self, state: &mut H) {
        deep::hash(self, state);
    }
}

#[cfg(test)]
mod tests;
