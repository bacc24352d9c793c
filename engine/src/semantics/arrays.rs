//! Arrays, wherever they are: in a global, in a slot, on the stack.

use super::cost::{self, Cost};
use super::strings::text;
use crate::error::{Error, Limit};
use crate::limits::Limits;
use crate::value::Value;
use std::borrow::Cow;

/// What a read of something that is not there gives.
pub(crate) static UNDEF: Value = Value::Undef;

/// An error when a collection of `len` elements is larger than allowed.
pub(crate) fn check_size(len: usize, limits: &Limits) -> Result<(), Error> {
    if len > limits.collection_size {
        return Err(Limit::CollectionSize.into());
    }
    Ok(())
}

/// An error when a collection that contains `v` is nested too deep.
pub(crate) fn check_nesting(v: &Value, limits: &Limits) -> Result<(), Error> {
    if cost::deeper_than(v, limits.value_nesting.saturating_sub(1)) || limits.value_nesting == 0 {
        return Err(Limit::ValueNesting.into());
    }
    Ok(())
}

/// `ArrayGet`, `SlotArrayGet`: the element at the integer of `index`; `Undef` when there is
/// none, or no array.
pub(crate) fn array_get<'a>(array: &'a Value, index: &Value) -> &'a Value {
    let Value::Array(elements) = array else {
        return &UNDEF;
    };
    usize::try_from(index.to_int())
        .ok()
        .and_then(|i| elements.get(i))
        .unwrap_or(&UNDEF)
}

/// What `ArraySet` and `SlotArraySet` are about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Store {
    /// Nothing: the value is dropped.
    Nothing,
    /// Write the element at this index, which exists or will after growing.
    At(usize),
}

/// Checks an `ArraySet` or `SlotArraySet` before it changes anything.
pub(crate) fn check_array_set(
    array: &Value,
    index: &Value,
    v: &Value,
    limits: &Limits,
) -> Result<(Store, Cost), Error> {
    let (Value::Array(elements), Ok(at)) = (array, usize::try_from(index.to_int())) else {
        return Ok((Store::Nothing, Cost::NONE));
    };
    check_nesting(v, limits)?;
    if at < elements.len() {
        return Ok((Store::At(at), Cost::NONE));
    }
    check_size(at.saturating_add(1), limits)?;
    Ok((Store::At(at), Cost::elements(at + 1 - elements.len())))
}

/// `ArraySet`, `SlotArraySet`: writes the element, growing the array with `Undef`.
pub(crate) fn array_set(array: &mut Value, store: Store, v: Value) {
    if let (Value::Array(elements), Store::At(at)) = (array, store) {
        if elements.len() <= at {
            elements.resize(at + 1, Value::Undef);
        }
        elements[at] = v;
    }
}

/// Checks an `ArrayPush` before it changes anything.
pub(crate) fn check_array_push(array: &Value, v: &Value, limits: &Limits) -> Result<(), Error> {
    if let Value::Array(elements) = array {
        check_nesting(v, limits)?;
        check_size(elements.len() + 1, limits)?;
    }
    Ok(())
}

/// `ArrayPush`: appends; the value is dropped when there is no array.
pub(crate) fn array_push(array: &mut Value, v: Value) {
    if let Value::Array(elements) = array {
        elements.push(v);
    }
}

/// `ArrayPop`: removes the last element.
pub(crate) fn array_pop(array: &mut Value) -> Value {
    match array {
        Value::Array(elements) => elements.pop().unwrap_or_default(),
        _ => Value::Undef,
    }
}

/// `ArrayShift`: removes the first element.
pub(crate) fn array_shift(array: &mut Value) -> Value {
    match array {
        Value::Array(elements) if !elements.is_empty() => elements.remove(0),
        _ => Value::Undef,
    }
}

/// `ArrayLen`: 0 for everything but an array.
pub(crate) fn array_len(array: &Value) -> Value {
    match array {
        Value::Array(elements) => Value::Int(elements.len() as i64),
        _ => Value::Int(0),
    }
}

/// Checks a `MakeArray` of these values.
pub(crate) fn check_make_array(values: &[Value], limits: &Limits) -> Result<(), Error> {
    check_size(values.len(), limits)?;
    values.iter().try_for_each(|v| check_nesting(v, limits))
}

/// `MakeArray`: the deepest value becomes element 0.
pub(crate) fn make_array(values: impl Iterator<Item = Value>) -> Value {
    Value::Array(values.collect())
}

/// The order in which `SortDefault` leaves these elements, as indices.
pub(crate) fn sort_order(elements: &[Value], limits: &Limits) -> Result<Vec<usize>, Error> {
    check_size(elements.len(), limits)?;
    let mut keys = Vec::with_capacity(elements.len());
    let mut built = 0_usize;
    for element in elements {
        let key = text(element, limits)?;
        if let Cow::Owned(key) = &key {
            built = built.saturating_add(key.len());
            check_memory(built, limits)?;
        }
        keys.push(key);
    }
    let mut order: Vec<usize> = (0..elements.len()).collect();
    order.sort_by(|a, b| keys[*a].as_bytes().cmp(keys[*b].as_bytes()));
    Ok(order)
}

/// An error when an op would need `bytes` of memory beside its operands.
pub(crate) fn check_memory(bytes: usize, limits: &Limits) -> Result<(), Error> {
    if bytes > limits.memory {
        return Err(Limit::Memory.into());
    }
    Ok(())
}

/// `SortDefault`, `SortBlock`: the elements in the order of these indices.
pub(crate) fn in_order(mut elements: Vec<Value>, order: &[usize]) -> Vec<Value> {
    order
        .iter()
        .map(|i| std::mem::take(&mut elements[*i]))
        .collect()
}
