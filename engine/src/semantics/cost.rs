//! What ops build and copy, and how deep values are nested.
//!
//! The size of an op is counted in what it leaves behind, never in what it only looks at:
//!
//! | op | elements and bytes |
//! |---|---|
//! | a clone of a value (`GetVar`, `Dup`, `ArrayGet`, `LoadConst`..) | [`copied`]: every element at every depth, bytes of the keys of hashes; texts are shared and free |
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

use crate::value::{Value, layout};

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
    match v {
        Value::Array(_) | Value::Hash(_) | Value::Ref(_) => copied_deep(v),
        _ => Cost::NONE,
    }
}

fn copied_deep(v: &Value) -> Cost {
    match v {
        Value::Array(elements) => elements
            .iter()
            .filter(|v| !layout::is_plain(v))
            .fold(Cost::elements(elements.len()), |sum, v| sum.and(copied(v))),
        Value::Hash(entries) => entries
            .iter()
            .fold(Cost::elements(entries.len()), |sum, (key, v)| {
                sum.and(Cost::bytes(key.len())).and(copied(v))
            }),
        Value::Ref(target) => Cost::elements(1).and(copied(target)),
        _ => Cost::NONE,
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
    match v {
        Value::Array(elements) => {
            max == 0
                || elements
                    .iter()
                    .any(|v| !layout::is_plain(v) && deeper_than(v, max - 1))
        }
        Value::Hash(entries) => max == 0 || entries.values().any(|v| deeper_than(v, max - 1)),
        Value::Ref(target) => max == 0 || deeper_than(target, max - 1),
        _ => false,
    }
}

/// Bytes that a value keeps allocated, about. A shared text counts for its share.
pub(crate) fn footprint(v: &Value) -> usize {
    match v {
        Value::Str(s) => s.capacity() / std::sync::Arc::strong_count(s) + layout::SIZE,
        Value::Array(elements) => {
            let owners = elements.iter().filter(|v| !layout::is_plain(v));
            elements.capacity() * layout::SIZE + owners.map(footprint).sum::<usize>()
        }
        Value::Hash(entries) => entries
            .iter()
            .map(|(key, v)| key.capacity() + 2 * layout::SIZE + footprint(v))
            .sum(),
        Value::Ref(target) => layout::SIZE + footprint(target),
        _ => 0,
    }
}
