//! Ops on arrays and hashes: in globals, and made of stack values.

use super::VM;
use crate::error::Error;
use crate::semantics::cost::{self, Cost};
use crate::semantics::strings::text;
use crate::semantics::{arrays, hashes};
use crate::value::Value;

impl VM {
    /// `ArrayGet`
    pub(super) fn array_get(&mut self, name: u16) -> Result<(), Error> {
        let cost = cost::copied(arrays::array_get(self.global(name), self.operand(0)));
        self.pay(cost)?;
        let copy = arrays::array_get(self.global(name), self.operand(0)).clone();
        self.consume(1);
        self.try_push(copy)
    }

    /// `ArraySet`
    pub(super) fn array_set(&mut self, name: u16) -> Result<(), Error> {
        let checked = arrays::check_array_set(
            self.global(name),
            self.operand(0),
            self.operand(1),
            &self.limits,
        );
        let store = self.settle(2, checked)?;
        self.consume(1);
        let v = self.pop();
        arrays::array_set(self.global_mut(name), store, v);
        Ok(())
    }

    /// `ArrayPush`
    pub(super) fn array_push(&mut self, name: u16) -> Result<(), Error> {
        let checked = arrays::check_array_push(self.global(name), self.operand(0), &self.limits);
        self.settle(1, checked.map(|()| ((), Cost::elements(1))))?;
        let v = self.pop();
        arrays::array_push(self.global_mut(name), v);
        Ok(())
    }

    /// `ArrayPop`
    pub(super) fn array_pop(&mut self, name: u16) -> Result<(), Error> {
        self.take_element(name, arrays::array_pop)
    }

    /// `ArrayShift`
    pub(super) fn array_shift(&mut self, name: u16) -> Result<(), Error> {
        self.take_element(name, arrays::array_shift)
    }

    fn take_element(&mut self, name: u16, take: fn(&mut Value) -> Value) -> Result<(), Error> {
        self.check_room(1)?;
        let element = self
            .globals
            .get_mut(usize::from(name))
            .map_or(Value::Undef, take);
        self.stack.push(element);
        Ok(())
    }

    /// `ArrayLen`
    pub(super) fn array_len(&mut self, name: u16) -> Result<(), Error> {
        self.try_push(arrays::array_len(self.global(name)))
    }

    /// `MakeArray`
    pub(super) fn make_array(&mut self, n: u16) -> Result<(), Error> {
        let values = self.operands(usize::from(n));
        let n = values.len();
        let checked = arrays::check_make_array(values, &self.limits);
        self.settle(n, checked.map(|()| ((), Cost::elements(n))))?;
        let array = arrays::make_array(self.stack.drain(self.stack.len() - n..));
        self.try_push(array)
    }

    /// `HashGet`
    pub(super) fn hash_get(&mut self, name: u16) -> Result<(), Error> {
        let found = match text(self.operand(0), &self.limits) {
            Ok(key) => hashes::hash_get(self.global(name), &key),
            Err(error) => {
                self.consume(1);
                return Err(error);
            }
        };
        let cost = cost::copied(found);
        if cost == Cost::NONE {
            let copy = found.clone();
            self.consume(1);
            return self.try_push(copy);
        }
        self.pay(cost)?;
        let key = text(self.operand(0), &self.limits)?;
        let copy = hashes::hash_get(self.global(name), &key).clone();
        self.consume(1);
        self.try_push(copy)
    }

    /// `HashSet`
    pub(super) fn hash_set(&mut self, name: u16) -> Result<(), Error> {
        let checked = text(self.operand(0), &self.limits).and_then(|key| {
            let hash = self.global(name);
            hashes::check_hash_set(hash, &key, self.operand(1), &self.limits)
        });
        self.settle(2, checked.map(|cost| ((), cost)))?;
        let key = self.pop();
        let v = self.pop();
        hashes::hash_set(self.global_mut(name), &key.as_str_cow(), v);
        Ok(())
    }

    /// `HashDelete`
    pub(super) fn hash_delete(&mut self, name: u16) -> Result<(), Error> {
        let key = self.pop();
        let key = text(&key, &self.limits)?;
        let removed = match self.globals.get_mut(usize::from(name)) {
            Some(hash) => hashes::hash_delete(hash, &key),
            None => Value::Undef,
        };
        self.try_push(removed)
    }

    /// `HashExists`
    pub(super) fn hash_exists(&mut self, name: u16) -> Result<(), Error> {
        let exists = text(self.operand(0), &self.limits)
            .map(|key| hashes::hash_exists(self.global(name), &key));
        self.give(1, exists, |_| Cost::NONE)
    }

    /// `HashKeys`
    pub(super) fn hash_keys(&mut self, name: u16) -> Result<(), Error> {
        let hash = self.global(name);
        arrays::check_size(hashes::entry_count(hash), &self.limits)?;
        self.check_room(1)?;
        self.give(0, Ok(hashes::hash_keys(self.global(name))), cost::built)
    }

    /// `HashValues`
    pub(super) fn hash_values(&mut self, name: u16) -> Result<(), Error> {
        let hash = self.global(name);
        let n = hashes::entry_count(hash);
        arrays::check_size(n, &self.limits)?;
        self.check_room(1)?;
        let Value::Hash(entries) = hash else {
            return self.try_push(hashes::hash_values(hash));
        };
        let copies = entries.values().map(cost::copied);
        self.pay(copies.fold(Cost::elements(n), Cost::and))?;
        self.try_push(hashes::hash_values(self.global(name)))
    }

    /// `MakeHash`
    pub(super) fn make_hash(&mut self, n: u16) -> Result<(), Error> {
        let values = self.operands(usize::from(n));
        let n = values.len();
        let checked = hashes::check_make_hash(values, &self.limits);
        let keys = self.settle(n, checked)?;
        let hash = hashes::make_hash(keys, self.stack.drain(self.stack.len() - n..));
        self.try_push(hash)
    }
}
