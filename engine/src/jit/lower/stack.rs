//! Constants, the stack, and branches on its top.

use super::{Abs, Deferred, Emit, Flow, Lower, Place};
use crate::value::Value;

impl<E: Emit> Lower<'_, E> {
    pub(super) fn load_int(&mut self, n: i64) -> Option<()> {
        let value = self.e.int(n);
        self.push(Abs::Int(value));
        Some(())
    }

    pub(super) fn load_float(&mut self, x: f64) -> Option<()> {
        let value = self.e.float(x);
        self.push(Abs::Float(value));
        Some(())
    }

    pub(super) fn load_bool(&mut self, b: bool) -> Option<()> {
        let value = self.e.bool(b);
        self.push(Abs::Bool(value));
        Some(())
    }

    pub(super) fn load_undef(&mut self) -> Option<()> {
        self.push(Abs::Undef);
        Some(())
    }

    /// `LoadConst`: scalars are literals; everything else is cloned from the pool.
    pub(super) fn load_const(&mut self, idx: u16) -> Option<()> {
        match self.chunk.constants.get(usize::from(idx)) {
            None | Some(Value::Undef) => self.load_undef(),
            Some(Value::Int(n)) => self.load_int(*n),
            Some(Value::Float(x)) => self.load_float(*x),
            Some(Value::Bool(b)) => self.load_bool(*b),
            Some(_) => None,
        }
    }

    pub(super) fn pop_value(&mut self) -> Option<()> {
        self.drop_top(1);
        Some(())
    }

    pub(super) fn dup(&mut self) -> Option<()> {
        let value = self.entry(0);
        if value.is_mem() {
            let from = self.place_of_entry(0);
            self.clone_to_top(from);
        } else {
            self.push(value);
        }
        Some(())
    }

    /// Pushes a clone of the value at `from`, which is what the op does; the interpreter
    /// runs it when a collection has to be copied.
    pub(super) fn clone_to_top(&mut self, from: Place) {
        let depth = self.state.stack.len();
        let refused = self.e.clone_mem(from, Place::Stack(depth));
        let (interpret, done) = self.e.branch(refused);
        self.e.start(interpret);
        for at in 0..depth {
            self.spill(at);
        }
        self.e.step(self.ip, depth, depth + 1, &self.state);
        self.e.join(done);
        self.state.stack.push(Abs::Mem);
    }

    pub(super) fn dup2(&mut self) -> Option<()> {
        let (a, b) = (self.entry(1), self.entry(0));
        if a.is_mem() || b.is_mem() {
            return None;
        }
        self.push(a);
        self.push(b);
        Some(())
    }

    pub(super) fn swap(&mut self) -> Option<()> {
        self.permute(&[1, 0])
    }

    pub(super) fn rot(&mut self) -> Option<()> {
        self.permute(&[1, 2, 0])
    }

    /// Rearranges the top entries: entry `i` becomes what entry `order[i]` was, counted from
    /// the deepest of them.
    fn permute(&mut self, order: &[usize]) -> Option<()> {
        let base = self.state.stack.len() - order.len();
        let old: Vec<_> = self.state.stack[base..].to_vec();
        let moves: Vec<_> = order
            .iter()
            .enumerate()
            .filter(|&(to, &from)| to != from && old[from].is_mem())
            .map(|(to, from)| (Place::Stack(base + from), Place::Stack(base + to)))
            .collect();
        if !moves.is_empty() {
            self.e.move_mem(&moves);
        }
        for (to, from) in order.iter().enumerate() {
            self.state.stack[base + to] = old[*from];
        }
        Some(())
    }

    /// `JumpIfTrue`, `JumpIfFalse`: pops a value and jumps when its truth is `wanted`.
    pub(super) fn jump_if(&mut self, wanted: bool) -> Flow<E::V> {
        Flow::Branch(self.branch_condition(wanted), Deferred::Pop)
    }

    /// `JumpIfTrueKeep`, `JumpIfFalseKeep`: the same without popping.
    pub(super) fn jump_if_keep(&mut self, wanted: bool) -> Flow<E::V> {
        Flow::Branch(self.branch_condition(wanted), Deferred::Nothing)
    }

    fn branch_condition(&mut self, wanted: bool) -> E::V {
        let truth = self.truth_entry(0);
        if wanted {
            truth
        } else {
            self.e.bool_not(truth)
        }
    }
}
