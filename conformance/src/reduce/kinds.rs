//! Puts the simplest kind of value in the place of a value that says the same as a number.

use super::{Search, size};
use crate::case::Case;
use fusevm::{Op, Value};

/// The lists of values of a case.
const LISTS: [fn(&mut Case) -> &mut Vec<Value>; 4] = [
    |case| &mut case.slots,
    |case| &mut case.globals,
    |case| &mut case.stack,
    |case| &mut case.chunk.constants,
];

pub(super) fn run(search: &mut Search) {
    for list in LISTS {
        for at in 0..list(&mut search.best).len() {
            let candidates = simpler(&list(&mut search.best)[at]);
            let _ = candidates
                .into_iter()
                .any(|value| search.try_change(|case| list(case)[at] = value));
        }
    }
    for at in 0..search.best.chunk.ops.len() {
        if let Some(op) = as_int(search.best.chunk.ops[at]) {
            search.try_change(|case| case.chunk.ops[at] = op);
        }
    }
}

/// The same number in a simpler kind, or an element in the place of its collection.
fn simpler(value: &Value) -> Vec<Value> {
    let mut candidates = match value {
        Value::Bool(b) => vec![Value::Int(i64::from(*b))],
        Value::Status(code) => vec![Value::Int(i64::from(*code))],
        Value::Float(x) => integral(*x).map(Value::Int).into_iter().collect(),
        Value::Str(text) => {
            let text = text.as_str();
            let int = text.parse().ok().map(Value::Int);
            let float = text.parse().ok().map(Value::Float);
            int.into_iter().chain(float).collect()
        }
        Value::Array(elements) => elements.clone(),
        Value::Hash(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            entries
                .into_iter()
                .map(|(_, value)| value.clone())
                .collect()
        }
        Value::Ref(target) => vec![(**target).clone()],
        Value::Undef | Value::Int(_) | Value::NativeFn(_) => Vec::new(),
    };
    candidates.retain(|candidate| size::value_size(candidate) < size::value_size(value));
    candidates
}

/// The literal of an integer in the place of one of another kind.
fn as_int(op: Op) -> Option<Op> {
    match op {
        Op::LoadFloat(x) => integral(x).map(Op::LoadInt),
        Op::LoadTrue => Some(Op::LoadInt(1)),
        Op::LoadFalse => Some(Op::LoadInt(0)),
        _ => None,
    }
}

fn integral(x: f64) -> Option<i64> {
    (x.fract() == 0.0 && x.abs() < 1e15).then_some(x as i64)
}
