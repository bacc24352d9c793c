//! The fused superinstructions: 6.17, by their stated effect.
//!
//! Loops are computed in closed form: what they do is stated for any number of turns, and
//! there may be 2^63 of them.

use super::coerce::{self, int, turns};
use super::state::{Machine, STRING_SIZE, Step};
use fusevm::Value;

impl Machine {
    /// slot := I(slot) + `by`; pushes what `pushed` makes of the old and the new value.
    pub(super) fn count_slot(
        &mut self,
        slot: u16,
        by: i64,
        pushed: fn(i64, i64) -> Option<i64>,
    ) -> Step {
        let old = int(self.slot(slot));
        let new = old.wrapping_add(by);
        let pushed = pushed(old, new).map(Value::Int);
        if pushed.is_some() {
            self.room(0, 1)?;
        }
        self.store_slot(slot, Value::Int(new))?;
        self.vm.stack.extend(pushed);
        Ok(())
    }

    pub(super) fn jump_unless_less(&mut self, slot: u16, limit: i32, target: usize) -> Step {
        if int(self.slot(slot)) >= i64::from(limit) {
            self.branch(target)?;
        }
        Ok(())
    }

    pub(super) fn count_and_jump(&mut self, slot: u16, limit: i32, target: usize) -> Step {
        let new = int(self.slot(slot)).wrapping_add(1);
        if new < i64::from(limit) {
            self.branch(target)?;
        }
        self.store_slot(slot, Value::Int(new))
    }

    pub(super) fn add_assign(&mut self, a: u16, b: u16) -> Step {
        let sum = int(self.slot(a)).wrapping_add(int(self.slot(b)));
        self.store_slot(a, Value::Int(sum))
    }

    /// while k < limit { s += k; k += 1 }
    pub(super) fn accum_sum(&mut self, sum: u16, i: u16, limit: i32) -> Step {
        let (s, k) = (int(self.slot(sum)), int(self.slot(i)));
        let turns = turns(k, limit);
        self.charge(turns)?;
        // k + (k + 1) + .. + (k + turns - 1), exactly, then wrapped.
        let n = i128::from(turns);
        let added = n * i128::from(k) + n * (n - 1) / 2;
        self.store_slot(sum, Value::Int(s.wrapping_add(added as i64)))?;
        self.store_slot(i, Value::Int(k.wrapping_add(turns as i64)))
    }

    /// while k < limit { t += c; k += 1 }
    pub(super) fn concat_const(&mut self, constant: u16, s: u16, i: u16, limit: i32) -> Step {
        let k = int(self.slot(i));
        let turns = turns(k, limit);
        let longest = self.limits.string_size;
        let texts = [self.constant(constant), self.slot(s)].map(|v| coerce::text(v, longest));
        let [Some(c), Some(mut t)] = texts else {
            return self.limit(0, false, STRING_SIZE);
        };
        let size = t.len() as u128 + c.len() as u128 * u128::from(turns);
        self.string(0, size)?;
        self.charge(turns.saturating_add(size as u64 / 64))?;
        self.memory_for(size as u64)?;
        if !c.is_empty() {
            t.push_str(&c.repeat(turns as usize));
        }
        self.store_slot(s, Value::str(t))?;
        self.store_slot(i, Value::Int(k.wrapping_add(turns as i64)))
    }
}
