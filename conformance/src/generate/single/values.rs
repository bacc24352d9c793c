//! The values that single ops are tried on.

use super::super::kinds::{EDGE_FLOATS, EDGE_INTS, TEXTS};
use crate::values::same;
use fusevm::{Kind, Value};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Few values: one of each kind in the order of [`Kind::ALL`], then those at which most ops
/// change what they do.
pub(super) static CORE: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let mut values = vec![
        Value::Undef,
        Value::Bool(true),
        Value::Int(3),
        Value::Float(2.5),
        Value::str("10"),
        Value::Array(vec![Value::Int(1), Value::str("b")]),
        Value::Hash(HashMap::from([
            ("k".to_owned(), Value::Int(1)),
            ("b".to_owned(), Value::str("x")),
            ("10".to_owned(), Value::Float(2.5)),
        ])),
        Value::Status(1),
        Value::Ref(Box::new(Value::Int(1))),
        Value::NativeFn(7),
    ];
    values.push(Value::Bool(false));
    let ints = [0, 1, -1, i64::MIN, i64::MAX, (1 << 53) + 1];
    values.extend(ints.map(Value::Int));
    let floats = [-0.0, -1.5, f64::NAN, f64::INFINITY, 2f64.powi(63)];
    values.extend(floats.map(Value::Float));
    values.extend(["", "0", "3.9", "-7", "é"].map(Value::str));
    values.push(Value::Array(Vec::new()));
    values.push(Value::Hash(HashMap::new()));
    values.extend([0, -1].map(Value::Status));
    values
});

/// How many of the [`CORE`] values have a kind of their own.
pub(super) const N_KINDS: usize = Kind::ALL.len();

/// Every value: the [`CORE`], all edges that generated programs know, and a few collections.
pub(super) static ALL: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let mut values = CORE.clone();
    let edges = (EDGE_INTS.into_iter().map(Value::Int))
        .chain(EDGE_FLOATS.into_iter().map(Value::Float))
        .chain(TEXTS.into_iter().map(Value::str))
        .chain([
            Value::Status(i32::MIN),
            Value::NativeFn(0),
            Value::Ref(Box::new(Value::str(""))),
            Value::Array(vec![Value::Undef]),
            Value::Array([3, 1, 2, 1].map(Value::Int).to_vec()),
            Value::Array(vec![Value::str("b"), Value::Array(vec![Value::Float(0.5)])]),
        ]);
    for edge in edges {
        if !values.iter().any(|known| same(known, &edge)) {
            values.push(edge);
        }
    }
    values
});

/// The value that stands for a kind.
pub(super) fn of_kind(kind: usize) -> &'static Value {
    &CORE[kind % N_KINDS]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_values_are_one_of_each_kind_in_order() {
        let kinds: Vec<Kind> = (0..N_KINDS).map(|kind| of_kind(kind).kind()).collect();
        assert_eq!(kinds, Kind::ALL);
    }

    #[test]
    fn no_value_is_there_twice() {
        assert!(ALL.len() > 80, "{} values", ALL.len());
        for (i, value) in ALL.iter().enumerate() {
            assert!(
                !ALL[..i].iter().any(|other| same(value, other)),
                "{value:?}"
            );
        }
    }
}
