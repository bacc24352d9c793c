//! Hashes in globals. Keys are texts, handed over as such.

use super::arrays::{UNDEF, check_memory, check_nesting, check_size};
use super::cost::Cost;
use super::strings::text;
use crate::error::Error;
use crate::limits::Limits;
use crate::value::Value;
use std::collections::{HashMap, HashSet};

/// `HashGet`: the entry; `Undef` when there is none, or no hash.
pub(crate) fn hash_get<'h>(hash: &'h Value, key: &str) -> &'h Value {
    match hash {
        Value::Hash(entries) => entries.get(key).unwrap_or(&UNDEF),
        _ => &UNDEF,
    }
}

/// Checks a `HashSet` before it changes anything.
pub(crate) fn check_hash_set(
    hash: &Value,
    key: &str,
    v: &Value,
    limits: &Limits,
) -> Result<Cost, Error> {
    let Value::Hash(entries) = hash else {
        return Ok(Cost::NONE);
    };
    check_nesting(v, limits)?;
    if entries.contains_key(key) {
        return Ok(Cost::NONE);
    }
    check_size(entries.len() + 1, limits)?;
    Ok(Cost::elements(1).and(Cost::bytes(key.len())))
}

/// `HashSet`: inserts or replaces; the value is dropped when there is no hash.
pub(crate) fn hash_set(hash: &mut Value, key: &str, v: Value) {
    let Value::Hash(entries) = hash else {
        return;
    };
    match entries.get_mut(key) {
        Some(entry) => *entry = v,
        None => {
            entries.insert(key.to_owned(), v);
        }
    }
}

/// `HashDelete`: removes the entry.
pub(crate) fn hash_delete(hash: &mut Value, key: &str) -> Value {
    match hash {
        Value::Hash(entries) => entries.remove(key).unwrap_or_default(),
        _ => Value::Undef,
    }
}

/// `HashExists`: whether there is an entry.
pub(crate) fn hash_exists(hash: &Value, key: &str) -> Value {
    Value::Bool(matches!(hash, Value::Hash(entries) if entries.contains_key(key)))
}

/// The entries of a hash in ascending order of their keys.
fn sorted(hash: &Value) -> Vec<(&String, &Value)> {
    let Value::Hash(entries) = hash else {
        return Vec::new();
    };
    let mut entries: Vec<_> = entries.iter().collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    entries
}

/// Entries of a hash; 0 for everything else.
pub(crate) fn entry_count(hash: &Value) -> usize {
    match hash {
        Value::Hash(entries) => entries.len(),
        _ => 0,
    }
}

/// `HashKeys`: all keys, ascending by bytes.
pub(crate) fn hash_keys(hash: &Value) -> Value {
    let keys = sorted(hash).into_iter().map(|(key, _)| Value::str(key));
    Value::Array(keys.collect())
}

/// `HashValues`: clones of all values, in the order of `HashKeys`.
pub(crate) fn hash_values(hash: &Value) -> Value {
    let values = sorted(hash).into_iter().map(|(_, value)| value.clone());
    Value::Array(values.collect())
}

/// Checks a `MakeHash` of these keys and values, and makes the texts of the keys.
pub(crate) fn check_make_hash(
    values: &[Value],
    limits: &Limits,
) -> Result<(Vec<String>, Cost), Error> {
    let mut keys = Vec::with_capacity(values.len() / 2);
    let mut cost = Cost::NONE;
    for pair in values.chunks_exact(2) {
        check_nesting(&pair[1], limits)?;
        let key = text(&pair[0], limits)?.into_owned();
        cost = cost.and(Cost::elements(1)).and(Cost::bytes(key.len()));
        check_memory(cost.memory(), limits)?;
        keys.push(key);
    }
    if keys.len() > limits.collection_size {
        check_size(keys.iter().collect::<HashSet<_>>().len(), limits)?;
    }
    Ok((keys, cost))
}

/// `MakeHash`: key, value, key, value from the deepest; of equal keys the last wins, an
/// unpaired last value is dropped.
pub(crate) fn make_hash(keys: Vec<String>, mut values: impl Iterator<Item = Value>) -> Value {
    let mut entries = HashMap::with_capacity(keys.len());
    for key in keys {
        drop(values.next());
        entries.insert(key, values.next().unwrap_or_default());
    }
    Value::Hash(entries)
}
