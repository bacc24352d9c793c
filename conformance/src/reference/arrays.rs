//! Arrays and ranges: 6.3 (elements of slots), 6.4, 6.15 and `SortDefault` of 6.16.
//!
//! An op that stores checks in this order: what is stored may be put there (nesting), the
//! array may become that long, and the elements that are new can be paid for.

use super::coerce::{depth, int, text};
use super::state::{Machine, STRING_SIZE, Step};
use fusevm::Value;

/// Where an array is.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Slot(u16),
    Global(u16),
}

impl Machine {
    fn value_at(&self, place: Place) -> &Value {
        match place {
            Place::Slot(slot) => self.slot(slot),
            Place::Global(name) => self.global(name),
        }
    }

    /// The array at a place, to change; `None` for a value of another kind.
    fn array_mut(&mut self, place: Place) -> Option<&mut Vec<Value>> {
        let value = match place {
            Place::Slot(slot) => {
                let frame = self.vm.frames.last_mut()?;
                frame.slots.get_mut(usize::from(slot))?
            }
            Place::Global(name) => self.vm.globals.get_mut(usize::from(name))?,
        };
        match value {
            Value::Array(elements) => Some(elements),
            _ => None,
        }
    }

    fn array(&self, place: Place) -> Option<&Vec<Value>> {
        match self.value_at(place) {
            Value::Array(elements) => Some(elements),
            _ => None,
        }
    }

    pub(super) fn declare_array(&mut self, name: u16) {
        *self.global_mut(name) = Value::Array(Vec::new());
    }

    pub(super) fn array_get(&mut self, place: Place) -> Step {
        let index = usize::try_from(int(self.top(0)));
        let element = match (self.array(place), index) {
            (Some(elements), Ok(index)) => elements.get(index).cloned(),
            _ => None,
        };
        self.give_copy(1, element.unwrap_or_default())
    }

    pub(super) fn array_set(&mut self, place: Place) -> Step {
        if let Place::Global(name) = place {
            self.global_mut(name);
        }
        let index = usize::try_from(int(self.top(0)));
        let length = self.array(place).map(Vec::len);
        let (Some(length), Ok(index)) = (length, index) else {
            self.consume(2);
            return Ok(());
        };
        self.nesting(2, depth(self.top(1)))?;
        if index >= length {
            self.collection(2, index.saturating_add(1))?;
            self.pay((index + 1 - length) as u64)?;
        }
        let mut operands = self.take(2);
        let value = if operands.len() == 2 {
            operands.swap_remove(0)
        } else {
            Value::Undef
        };
        if let Some(elements) = self.array_mut(place) {
            if index >= length {
                elements.resize(index + 1, Value::Undef);
            }
            elements[index] = value;
        }
        Ok(())
    }

    pub(super) fn array_push(&mut self, name: u16) -> Step {
        self.global_mut(name);
        let place = Place::Global(name);
        let Some(length) = self.array(place).map(Vec::len) else {
            self.consume(1);
            return Ok(());
        };
        self.nesting(1, depth(self.top(0)))?;
        self.collection(1, length + 1)?;
        self.pay(1)?;
        let value = self.take_top();
        if let Some(elements) = self.array_mut(place) {
            elements.push(value);
        }
        Ok(())
    }

    /// `ArrayPop`, or with `first` `ArrayShift`. The element moves, so it costs nothing.
    pub(super) fn array_remove(&mut self, name: u16, first: bool) -> Step {
        self.room(0, 1)?;
        let removed = match self.array_mut(Place::Global(name)) {
            Some(elements) if first && !elements.is_empty() => Some(elements.remove(0)),
            Some(elements) => elements.pop(),
            None => None,
        };
        self.give(0, removed.unwrap_or_default())
    }

    pub(super) fn array_len(&mut self, name: u16) -> Step {
        let length = self.array(Place::Global(name)).map_or(0, Vec::len);
        self.give(0, Value::Int(length as i64))
    }

    pub(super) fn make_array(&mut self, n: u16) -> Step {
        let n = usize::from(n).min(self.height());
        self.room(n, 1)?;
        self.collection(n, n)?;
        let deepest = (0..n).map(|i| depth(self.top(i))).max();
        if let Some(deepest) = deepest {
            self.nesting(n, deepest)?;
        }
        self.pay(n as u64)?;
        let elements = self.take(n);
        self.give(0, Value::Array(elements))
    }

    pub(super) fn range(&mut self) -> Step {
        let (from, to) = (int(self.top(1)), int(self.top(0)));
        self.sequence(2, from, to, 1)
    }

    pub(super) fn range_step(&mut self) -> Step {
        let (from, to) = (int(self.top(2)), int(self.top(1)));
        let step = int(self.top(0));
        self.sequence(3, from, to, step)
    }

    /// from, from + step, .. while not past `to` in the direction of `step`. The exact
    /// sequence, so it also ends at the ends of i64.
    fn sequence(&mut self, operands: usize, from: i64, to: i64, step: i64) -> Step {
        let way = (i128::from(to) - i128::from(from)) * i128::from(step.signum());
        let length = if step == 0 || way < 0 {
            0
        } else {
            way / i128::from(step).abs() + 1
        };
        self.room(operands, 1)?;
        let size = usize::try_from(length).unwrap_or(usize::MAX);
        self.collection(operands, size)?;
        self.pay(size as u64)?;
        let term = |i: usize| Value::Int((i128::from(from) + i as i128 * i128::from(step)) as i64);
        self.give(operands, Value::Array((0..size).map(term).collect()))
    }

    pub(super) fn sort_default(&mut self) -> Step {
        let Value::Array(elements) = self.top(0) else {
            return Ok(());
        };
        let (size, limit) = (elements.len(), self.limits.string_size);
        let keys: Option<Vec<String>> = elements.iter().map(|e| text(e, limit)).collect();
        self.collection(1, size)?;
        self.limit(1, keys.is_some(), STRING_SIZE)?;
        self.pay(size as u64)?;
        let Value::Array(elements) = self.take_top() else {
            return Ok(());
        };
        let mut pairs: Vec<_> = keys.unwrap_or_default().into_iter().zip(elements).collect();
        pairs.sort_by(|(a, _), (b, _)| a.as_bytes().cmp(b.as_bytes()));
        let sorted = pairs.into_iter().map(|(_, element)| element).collect();
        self.vm.stack.push(Value::Array(sorted));
        Ok(())
    }

    /// `PushIntRangeLoop`: appends k, k + 1, .. below `limit` to a global array.
    pub(super) fn push_int_range(&mut self, name: u16, slot: u16, limit: i32) -> Step {
        let k = int(self.slot(slot));
        let turns = super::coerce::turns(k, limit);
        let length = self.array(Place::Global(name)).map_or(0, Vec::len);
        if turns > 0 {
            let size = (length as u64).saturating_add(turns);
            self.collection(0, usize::try_from(size).unwrap_or(usize::MAX))?;
            self.nesting(0, 0)?;
        }
        self.charge(turns.saturating_add(turns / 64))?;
        self.memory_for(turns)?;
        if self.array(Place::Global(name)).is_none() {
            self.declare_array(name);
        }
        if let Some(elements) = self.array_mut(Place::Global(name)) {
            elements.extend((0..turns).map(|turn| Value::Int(k.wrapping_add(turn as i64))));
        }
        self.store_slot(slot, Value::Int(k.wrapping_add(turns as i64)))
    }
}
