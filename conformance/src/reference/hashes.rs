//! Hashes: 6.5. A key is S of its operand, and weighs its bytes in a new entry.

use super::coerce::{depth, entry_weight};
use super::state::{Machine, Step};
use fusevm::Value;
use std::collections::HashMap;

type Entries = HashMap<String, Value>;

impl Machine {
    fn hash(&self, name: u16) -> Option<&Entries> {
        match self.global(name) {
            Value::Hash(entries) => Some(entries),
            _ => None,
        }
    }

    fn hash_mut(&mut self, name: u16) -> Option<&mut Entries> {
        match self.vm.globals.get_mut(usize::from(name)) {
            Some(Value::Hash(entries)) => Some(entries),
            _ => None,
        }
    }

    pub(super) fn declare_hash(&mut self, name: u16) {
        *self.global_mut(name) = Value::Hash(HashMap::new());
    }

    pub(super) fn hash_get(&mut self, name: u16) -> Step {
        let key = self.text(0, 1)?;
        let found = self.hash(name).and_then(|entries| entries.get(&key));
        let copy = found.cloned().unwrap_or_default();
        self.give_copy(1, copy)
    }

    pub(super) fn hash_exists(&mut self, name: u16) -> Step {
        let key = self.text(0, 1)?;
        let exists = self
            .hash(name)
            .is_some_and(|entries| entries.contains_key(&key));
        self.give(1, Value::Bool(exists))
    }

    /// The value moves from the hash to the stack, so it costs nothing.
    pub(super) fn hash_delete(&mut self, name: u16) -> Step {
        let key = self.text(0, 1)?;
        self.room(1, 1)?;
        let removed = self.hash_mut(name).and_then(|entries| entries.remove(&key));
        self.give(1, removed.unwrap_or_default())
    }

    pub(super) fn hash_set(&mut self, name: u16) -> Step {
        let key = self.text(0, 2)?;
        self.global_mut(name);
        let Some(entries) = self.hash(name) else {
            self.consume(2);
            return Ok(());
        };
        let is_new = !entries.contains_key(&key);
        let size = entries.len() + usize::from(is_new);
        self.nesting(2, depth(self.top(1)))?;
        if is_new {
            self.collection(2, size)?;
            self.pay(entry_weight(&key))?;
        }
        let mut operands = self.take(2);
        let value = if operands.len() == 2 {
            operands.swap_remove(0)
        } else {
            Value::Undef
        };
        if let Some(entries) = self.hash_mut(name) {
            entries.insert(key, value);
        }
        Ok(())
    }

    /// Keys in ascending order of their bytes.
    fn sorted_keys(&self, name: u16) -> Vec<String> {
        let mut keys: Vec<String> = match self.hash(name) {
            Some(entries) => entries.keys().cloned().collect(),
            None => Vec::new(),
        };
        keys.sort_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
        keys
    }

    pub(super) fn hash_keys(&mut self, name: u16) -> Step {
        let keys = self.sorted_keys(name);
        self.room(0, 1)?;
        self.collection(0, keys.len())?;
        self.pay(keys.iter().map(|key| entry_weight(key)).sum())?;
        self.give(0, Value::Array(keys.into_iter().map(Value::str).collect()))
    }

    pub(super) fn hash_values(&mut self, name: u16) -> Step {
        let keys = self.sorted_keys(name);
        self.room(0, 1)?;
        self.collection(0, keys.len())?;
        let copy_of = |key: &String| {
            self.hash(name)
                .and_then(|entries| entries.get(key))
                .cloned()
        };
        let values = Value::Array(keys.iter().filter_map(copy_of).collect());
        self.give_copy(0, values)
    }

    pub(super) fn make_hash(&mut self, n: u16) -> Step {
        let n = usize::from(n).min(self.height());
        self.room(n, 1)?;
        let first = self.height() - n;
        let mut keys = Vec::new();
        let mut deepest = None;
        for at in (first..self.height() - n % 2).step_by(2) {
            let depth_of_key = self.height() - 1 - at;
            keys.push(self.text(depth_of_key, n)?);
            deepest = deepest.max(Some(depth(&self.vm.stack[at + 1])));
        }
        if let Some(deepest) = deepest {
            self.nesting(n, deepest)?;
        }
        let distinct: std::collections::HashSet<&String> = keys.iter().collect();
        let size = distinct.len();
        self.collection(n, size)?;
        self.pay(keys.iter().map(|key| entry_weight(key)).sum())?;
        let values = self.take(n).into_iter().skip(1).step_by(2);
        let entries = keys.into_iter().zip(values).collect();
        self.give(0, Value::Hash(entries))
    }
}
