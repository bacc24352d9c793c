//! Makes the values simpler that a case starts with or has in its pool.

use super::numbers::{floats, ints};
use super::{Search, size};
use crate::case::Case;
use fusevm::Value;

/// The lists of values of a case.
const LISTS: [fn(&mut Case) -> &mut Vec<Value>; 4] = [
    |case| &mut case.slots,
    |case| &mut case.globals,
    |case| &mut case.stack,
    |case| &mut case.chunk.constants,
];

pub(super) fn run(search: &mut Search) {
    for list in LISTS {
        shorten(search, list);
        let n_values = list(&mut search.best).len();
        for at in 0..n_values {
            while simplify(search, list, at) {}
        }
    }
    input(search);
}

/// Drops values from the end of a list.
fn shorten(search: &mut Search, list: fn(&mut Case) -> &mut Vec<Value>) {
    while search.try_change(|case| {
        list(case).pop();
    }) {}
}

fn simplify(search: &mut Search, list: fn(&mut Case) -> &mut Vec<Value>, at: usize) -> bool {
    let Some(value) = list(&mut search.best).get(at).cloned() else {
        return false;
    };
    simpler(&value)
        .into_iter()
        .any(|value| search.try_change(|case| list(case)[at] = value))
}

/// Values to try in place of `value`, the best first; all of them are smaller.
pub(super) fn simpler(value: &Value) -> Vec<Value> {
    let mut candidates = vec![Value::Undef, Value::Int(0), Value::Int(1)];
    match value {
        Value::Int(n) => candidates.extend(ints(*n).map(Value::Int)),
        Value::Float(x) => candidates.extend(floats(*x).map(Value::Float)),
        Value::Str(text) => {
            candidates.push(Value::str(""));
            candidates.push(Value::str("a"));
            let mut shorter = text.as_str().to_owned();
            shorter.pop();
            candidates.push(Value::str(shorter));
        }
        Value::Array(elements) => candidates.extend(simpler_arrays(elements)),
        Value::Hash(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            for key in keys {
                let mut fewer = map.clone();
                fewer.remove(key);
                candidates.push(Value::Hash(fewer));
                for element in simpler(&map[key]) {
                    let mut changed = map.clone();
                    changed.insert(key.clone(), element);
                    candidates.push(Value::Hash(changed));
                }
            }
        }
        Value::Ref(target) => {
            candidates.push((**target).clone());
        }
        Value::Undef | Value::Bool(_) | Value::Status(_) | Value::NativeFn(_) => {
            candidates.push(Value::Bool(false));
            candidates.push(Value::Status(0));
        }
    }
    candidates.retain(|candidate| size::value_size(candidate) < size::value_size(value));
    candidates
}

fn simpler_arrays(elements: &[Value]) -> Vec<Value> {
    let half = elements.len() / 2;
    let mut arrays = vec![
        Value::Array(elements[..half].to_vec()),
        Value::Array(elements[half..].to_vec()),
    ];
    for at in 0..elements.len() {
        let mut fewer = elements.to_vec();
        fewer.remove(at);
        arrays.push(Value::Array(fewer));
        for element in simpler(&elements[at]) {
            let mut changed = elements.to_vec();
            changed[at] = element;
            arrays.push(Value::Array(changed));
        }
    }
    arrays
}

/// Drops characters of the input from its end.
fn input(search: &mut Search) {
    while search.try_change(|case| {
        case.stdin.pop();
    }) {}
}
