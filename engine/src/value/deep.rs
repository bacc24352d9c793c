//! Values in values: copying, comparing, hashing and printing without recursion, since
//! whoever embeds the VM may nest them deeper than the native stack. Where they are read or
//! written as data, nesting has a bound: `value/bounded.rs`.

use super::Value;
use std::collections::{HashMap, hash_map};
use std::hash::{Hash, Hasher};
use std::slice;

/// Whether a value contains others, or may.
#[inline]
pub(crate) fn is_collection(v: &Value) -> bool {
    matches!(v, Value::Array(_) | Value::Hash(_) | Value::Ref(_))
}

/// Levels that are copied by recursion, which is faster.
const SHALLOW: usize = 32;

/// A copy of a collection.
pub(super) fn copy(v: &Value) -> Value {
    copy_shallow(v, SHALLOW)
}

fn copy_shallow(v: &Value, levels: usize) -> Value {
    if levels == 0 {
        return copy_deep(v);
    }
    let element = |v: &Value| match is_collection(v) {
        true => copy_shallow(v, levels - 1),
        false => v.clone(),
    };
    match v {
        Value::Array(elements) => Value::Array(elements.iter().map(element).collect()),
        Value::Hash(entries) if !entries.values().any(is_collection) => {
            Value::Hash(entries.clone())
        }
        Value::Hash(entries) => {
            let entry = |(key, v): (&String, &Value)| (key.clone(), element(v));
            Value::Hash(entries.iter().map(entry).collect())
        }
        Value::Ref(target) => Value::Ref(Box::new(element(target))),
        flat => flat.clone(),
    }
}

/// A collection that is being copied: what is left of it, and the copy so far.
enum Open<'a> {
    Array(slice::Iter<'a, Value>, Vec<Value>),
    /// With the key whose value is being copied.
    Hash(
        hash_map::Iter<'a, String, Value>,
        HashMap<String, Value>,
        Option<&'a str>,
    ),
    Ref,
}

fn copy_deep(v: &Value) -> Value {
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut next = v;
    loop {
        let mut done = match next {
            Value::Array(a) => {
                open.push(Open::Array(a.iter(), Vec::with_capacity(a.len())));
                None
            }
            Value::Hash(h) => {
                open.push(Open::Hash(h.iter(), HashMap::with_capacity(h.len()), None));
                None
            }
            Value::Ref(target) => {
                open.push(Open::Ref);
                next = target;
                continue;
            }
            flat => Some(flat.clone()),
        };
        // Hands what is done to the collection around it, until one has an element left.
        next = loop {
            match open.last_mut() {
                None => return done.unwrap_or_default(),
                Some(Open::Array(rest, copy)) => {
                    copy.extend(done.take());
                    match rest.next() {
                        Some(element) => break element,
                        None => done = Some(Value::Array(std::mem::take(copy))),
                    }
                }
                Some(Open::Hash(rest, copy, key)) => {
                    if let (Some(key), Some(v)) = (key.take(), done.take()) {
                        copy.insert(key.to_owned(), v);
                    }
                    match rest.next() {
                        Some((next_key, element)) => {
                            *key = Some(next_key);
                            break element;
                        }
                        None => done = Some(Value::Hash(std::mem::take(copy))),
                    }
                }
                Some(Open::Ref) => done = done.map(|v| Value::Ref(Box::new(v))),
            }
            open.pop();
        };
    }
}

/// Whether two values have the same shape and `same` holds for everything in them that is no
/// collection.
pub(super) fn all_same(a: &Value, b: &Value, same: impl Fn(&Value, &Value) -> bool) -> bool {
    let mut rest = Vec::new();
    let mut next = Some((a, b));
    while let Some(pair) = next {
        match pair {
            (Value::Array(a), Value::Array(b)) => {
                if a.len() != b.len() {
                    return false;
                }
                for (a, b) in a.iter().zip(b) {
                    if is_collection(a) {
                        rest.push((a, b));
                    } else if !same(a, b) {
                        return false;
                    }
                }
            }
            (Value::Hash(a), Value::Hash(b)) => {
                if a.len() != b.len() {
                    return false;
                }
                for (key, a) in a {
                    let Some(b) = b.get(key) else { return false };
                    rest.push((a, b));
                }
            }
            (Value::Ref(a), Value::Ref(b)) => rest.push((a, b)),
            (a, b) => {
                if is_collection(a) || !same(a, b) {
                    return false;
                }
            }
        }
        next = rest.pop();
    }
    true
}

/// What is still to be hashed.
enum Item<'a> {
    Key(&'a String),
    Value(&'a Value),
}

/// Feeds a value as [`Value`]'s `Hash` says.
pub(super) fn hash<H: Hasher>(v: &Value, state: &mut H) {
    let mut rest = Vec::new();
    let mut next = Some(Item::Value(v));
    while let Some(item) = next {
        match item {
            Item::Key(key) => key.hash(state),
            Item::Value(v) => {
                super::layout::tag(v).hash(state);
                match v {
                    Value::Undef => {}
                    Value::Bool(b) => b.hash(state),
                    Value::Int(n) => n.hash(state),
                    Value::Float(x) => x.to_bits().hash(state),
                    Value::Str(s) => s.hash(state),
                    Value::Status(code) => code.hash(state),
                    Value::NativeFn(id) => id.hash(state),
                    Value::Ref(target) => rest.push(Item::Value(target)),
                    Value::Array(a) => rest.extend(a.iter().rev().map(Item::Value)),
                    Value::Hash(h) => {
                        h.len().hash(state);
                        let mut entries: Vec<_> = h.iter().collect();
                        entries.sort_unstable_by_key(|(key, _)| *key);
                        for (key, v) in entries.into_iter().rev() {
                            rest.push(Item::Value(v));
                            rest.push(Item::Key(key));
                        }
                    }
                }
            }
        }
        next = rest.pop();
    }
}

/// The texts of the elements, and of the elements of arrays among them, joined by a space;
/// nothing if that is more than `max` bytes.
pub(crate) fn joined(elements: &[Value], max: usize) -> Option<String> {
    let mut text = String::new();
    let mut open = vec![elements.iter()];
    let mut first = true;
    while let Some(rest) = open.last_mut() {
        let Some(element) = rest.next() else {
            open.pop();
            first = false;
            continue;
        };
        if !first {
            text.push(' ');
        }
        first = false;
        match element {
            Value::Array(inner) => {
                open.push(inner.iter());
                first = true;
            }
            flat => {
                let piece = flat.as_str_cow();
                if text.len().saturating_add(piece.len()) > max {
                    return None;
                }
                text.push_str(&piece);
            }
        }
    }
    (text.len() <= max).then_some(text)
}
