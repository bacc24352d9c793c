//! What ops build and copy, and how deep values are nested.
//!
//! The size of an op is counted in what it leaves behind, never in what it only looks at:
//!
//! | op | elements and bytes |
//! |---|---|
//! | a clone of a value (`GetVar`, `Dup`, `ArrayGet`, `LoadConst`..) | [`copied`]: every element at every depth, bytes of the keys of hashes; texts are shared and free, and so are references, though not what they refer to |
//! | `Concat`, `StringRepeat`, `ConcatConstLoop`, `ReadLine` | bytes of the string |
//! | `MakeArray`, `MapBlock`, `GrepBlock`, `SortBlock`, `SortDefault` | elements taken |
//! | `Range`, `RangeStep`, `PushIntRangeLoop` | elements made |
//! | `MakeHash` | pairs taken, and bytes of their keys |
//! | `HashSet` of a new key | 1, and bytes of the key |
//! | `HashKeys` | elements, and bytes of the keys |
//! | `HashValues` | elements, and each of them copied |
//! | `ArraySet`, `SlotArraySet`, `ArrayPush` | elements by which the array grows |
//! | `AwkToLower`, `AwkToUpper`, `AwkSubstr`, `AwkStrftime`, `AwkChr` by their own rule | bytes of the string |
//! | `Exec`, `ExecBg`, `CallFunction` | arguments, and bytes of their texts |
//! | `WordSplit`, `BraceExpand`, `TildeExpand`, `Glob` without a host | elements made, and bytes of texts |
//! | any op that a host answers | nothing for the answer: only its memory counts |
//!
//! Fuel is 1 per 64 of them, the sum of an op rounded down.

use crate::value::deep::is_collection;
use crate::value::{Value, layout};
use std::sync::Arc;

/// What an op builds or copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost {
    elements: usize,
    bytes: usize,
}

impl Cost {
    /// Nothing.
    pub(crate) const NONE: Cost = Cost {
        elements: 0,
        bytes: 0,
    };

    /// Elements of collections.
    #[inline]
    pub(crate) const fn elements(elements: usize) -> Cost {
        Cost { elements, bytes: 0 }
    }

    /// Bytes of strings.
    #[inline]
    pub(crate) const fn bytes(bytes: usize) -> Cost {
        Cost { elements: 0, bytes }
    }

    /// Both.
    #[inline]
    #[must_use]
    pub(crate) const fn and(self, more: Cost) -> Cost {
        Cost {
            elements: self.elements.saturating_add(more.elements),
            bytes: self.bytes.saturating_add(more.bytes),
        }
    }

    /// Fuel that it costs.
    #[inline]
    pub(crate) const fn fuel(self) -> u64 {
        (self.elements.saturating_add(self.bytes) / 64) as u64
    }

    /// Bytes of memory that it takes, about.
    #[inline]
    pub(crate) const fn memory(self) -> usize {
        self.elements
            .saturating_mul(layout::SIZE)
            .saturating_add(self.bytes)
    }
}

/// The cost of a clone.
#[inline]
pub(crate) fn copied(v: &Value) -> Cost {
    match is_collection(v) {
        true => copied_collection(v),
        false => Cost::NONE,
    }
}

fn copied_collection(v: &Value) -> Cost {
    let mut sum = Cost::NONE;
    for_collections(v, |v| {
        sum = sum.and(match v {
            Value::Array(elements) => Cost::elements(elements.len()),
            Value::Hash(entries) => entries
                .keys()
                .fold(Cost::elements(entries.len()), |sum, key| {
                    sum.and(Cost::bytes(key.len()))
                }),
            _ => Cost::NONE,
        });
    });
    sum
}

/// Calls `see` with the collections that are elements of a collection.
fn for_elements<'a>(v: &'a Value, see: impl FnMut(&'a Value)) {
    let nested = |v: &&Value| is_collection(v);
    match v {
        Value::Array(elements) => elements.iter().filter(nested).for_each(see),
        Value::Hash(entries) => entries.values().filter(nested).for_each(see),
        Value::Ref(target) => Some(&**target).into_iter().filter(nested).for_each(see),
        _ => {}
    }
}

/// Calls `see` with a collection and every one in it, without recursion.
fn for_collections<'a>(v: &'a Value, mut see: impl FnMut(&'a Value)) {
    let mut rest = Vec::new();
    let mut next = Some(v);
    while let Some(v) = next {
        see(v);
        for_elements(v, |v| rest.push(v));
        next = rest.pop();
    }
}

/// The cost of a string, or of an array with texts that are all new.
pub(crate) fn built(v: &Value) -> Cost {
    match v {
        Value::Str(s) => Cost::bytes(s.len()),
        Value::Array(elements) => elements
            .iter()
            .filter(|v| matches!(v, Value::Str(_)))
            .fold(Cost::elements(elements.len()), |sum, v| sum.and(built(v))),
        _ => Cost::NONE,
    }
}

/// Whether a value is nested deeper than `max`. Scalars have depth 0, a collection or
/// reference one more than what is in it.
pub(crate) fn deeper_than(v: &Value, max: usize) -> bool {
    let mut rest = Vec::new();
    let mut next = is_collection(v).then_some((v, 1));
    while let Some((v, depth)) = next {
        if depth > max {
            return true;
        }
        for_elements(v, |v| rest.push((v, depth + 1)));
        next = rest.pop();
    }
    false
}

/// Bytes that a value keeps allocated, about. A shared text counts for its share.
pub(crate) fn footprint(v: &Value) -> usize {
    let text = |v: &Value| match v {
        Value::Str(s) => s.capacity() / Arc::strong_count(s) + layout::SIZE,
        _ => 0,
    };
    let mut sum = text(v);
    for_collections(v, |v| {
        sum += match v {
            Value::Array(elements) => {
                elements.capacity() * layout::SIZE + elements.iter().map(text).sum::<usize>()
            }
            Value::Hash(entries) => entries
                .iter()
                .map(|(key, v)| key.capacity() + 2 * layout::SIZE + text(v))
                .sum(),
            Value::Ref(target) => layout::SIZE + text(target),
            _ => 0,
        };
    });
    sum
}
