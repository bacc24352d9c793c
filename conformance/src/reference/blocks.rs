//! The higher-order ops: rule R6.
//!
//! An invocation is not a call: the block sees the frame around it and ends at an ip, not
//! at a `Return`. So what an op still has to do is kept in an [`Activation`] until the
//! invocation has ended, and [`Machine::end_invocation`] goes on with it.

use super::coerce::{depth, float, truth};
use super::state::{Machine, Step, Stop};
use fusevm::Value;
use std::vec::IntoIter;

/// Which op invokes its block.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum HigherOrder {
    Map,
    Grep,
    ForEach,
    Sort,
}

/// A higher-order op that is waiting for its block.
pub(super) struct Activation {
    start: usize,
    end: usize,
    /// Frames when the block was invoked.
    pub(super) n_frames: usize,
    /// The height of the stack below the arguments.
    base: usize,
    /// The op behind the higher-order op.
    resume: usize,
    work: Work,
}

/// What has been done, and what is left to do.
enum Work {
    Map(Vec<Value>, IntoIter<Value>),
    /// What was kept, the element in question, and the rest.
    Grep(Vec<Value>, Value, IntoIter<Value>),
    ForEach(IntoIter<Value>),
    Sort(Merging),
}

impl Machine {
    /// Begins a higher-order op; it has no effect unless block and array are there.
    pub(super) fn higher_order(&mut self, op: HigherOrder, block: u16) -> Step {
        let range = self.vm.chunk.block_ranges.get(usize::from(block));
        let n_ops = self.vm.chunk.ops.len();
        let (Some(&(start, end)), Value::Array(elements)) = (range, self.top(0)) else {
            return Ok(());
        };
        if start > end || end > n_ops {
            return Ok(());
        }
        let size = elements.len();
        let n_args = if op == HigherOrder::Sort { 2 } else { 1 };
        let builds = op != HigherOrder::ForEach;
        if builds {
            self.collection(1, size)?;
        }
        let is_invoked = size >= n_args;
        if is_invoked {
            self.frame(1)?;
            self.room(1, n_args)?;
        }
        // What is built is priced by the array that it is built from.
        let price = if builds { size as u64 / 64 } else { 0 };
        match is_invoked {
            true => self.charge_turn(price)?,
            false => self.charge(price)?,
        }
        self.memory_for(size as u64)?;
        let Value::Array(elements) = self.take_top() else {
            return Ok(());
        };
        self.blocks.push(Activation {
            start,
            end,
            n_frames: self.vm.frames.len(),
            base: self.height(),
            resume: self.vm.ip,
            work: Work::new(op, elements),
        });
        self.invoke_or_finish()
    }

    /// Ends the innermost invocation when control has reached the end of its block, at the
    /// height of frames that it had. Returns whether it did.
    pub(super) fn block_ends(&mut self) -> Step<bool> {
        let Some(block) = self.blocks.last() else {
            return Ok(false);
        };
        if self.vm.frames.len() != block.n_frames {
            return Ok(false);
        }
        if self.vm.ip == block.end {
            let result = if self.height() > block.base {
                self.take_top()
            } else {
                Value::Undef
            };
            self.end_invocation(result)?;
            return Ok(true);
        }
        if self.vm.ip < block.start || self.vm.ip > block.end {
            return Err(Stop::Error("jump out of block".to_owned()));
        }
        Ok(false)
    }

    /// Goes on with the innermost higher-order op, whose block has come to `result`.
    pub(super) fn end_invocation(&mut self, result: Value) -> Step {
        let Some(block) = self.blocks.last_mut() else {
            return Ok(());
        };
        self.vm.stack.truncate(block.base);
        self.vm.ip = block.resume;
        let depth = depth(&result);
        match &mut block.work {
            Work::Map(results, _) => {
                results.push(result);
                self.nesting(0, depth)?;
            }
            Work::Grep(kept, element, _) => {
                if truth(&result) {
                    kept.push(std::mem::take(element));
                }
            }
            Work::ForEach(_) => {}
            Work::Sort(merging) => merging.decide(float(&result) > 0.0),
        }
        if self.blocks.last().is_some_and(|block| block.work.is_done()) {
            return self.invoke_or_finish();
        }
        self.charge_turn(0)?;
        self.invoke_or_finish()
    }

    /// Invokes the innermost block with its next arguments, or ends its op.
    fn invoke_or_finish(&mut self) -> Step {
        let base = self.height();
        let Some(block) = self.blocks.last_mut() else {
            return Ok(());
        };
        if let Some(args) = block.work.next() {
            block.base = base;
            let start = block.start;
            self.room(0, args.len())?;
            self.vm.stack.extend(args);
            self.vm.ip = start;
            return Ok(());
        }
        if let Some(block) = self.blocks.pop() {
            self.vm.ip = block.resume;
            self.vm.stack.extend(block.work.result());
        }
        Ok(())
    }
}

impl Activation {
    /// The values that wait with the op.
    pub(super) fn held(&self) -> [&[Value]; 2] {
        match &self.work {
            Work::Map(done, rest) | Work::Grep(done, _, rest) => [done, rest.as_slice()],
            Work::ForEach(rest) => [rest.as_slice(), &[]],
            Work::Sort(merging) => [&merging.items, &merging.merged],
        }
    }
}

impl Work {
    fn new(op: HigherOrder, elements: Vec<Value>) -> Work {
        match op {
            HigherOrder::Map => Work::Map(Vec::new(), elements.into_iter()),
            HigherOrder::Grep => Work::Grep(Vec::new(), Value::Undef, elements.into_iter()),
            HigherOrder::ForEach => Work::ForEach(elements.into_iter()),
            HigherOrder::Sort => Work::Sort(Merging::new(elements)),
        }
    }

    fn is_done(&self) -> bool {
        match self {
            Work::Map(_, rest) | Work::Grep(_, _, rest) | Work::ForEach(rest) => {
                rest.as_slice().is_empty()
            }
            Work::Sort(merging) => merging.merges.is_empty(),
        }
    }

    /// The arguments of the next invocation.
    fn next(&mut self) -> Option<Vec<Value>> {
        match self {
            Work::Map(_, rest) | Work::ForEach(rest) => Some(vec![rest.next()?]),
            Work::Grep(_, element, rest) => {
                *element = rest.next()?;
                Some(vec![element.clone()])
            }
            Work::Sort(merging) => merging.heads(),
        }
    }

    /// What the op pushes in the end.
    fn result(self) -> Option<Value> {
        match self {
            Work::Map(values, _) | Work::Grep(values, _, _) => Some(Value::Array(values)),
            Work::ForEach(_) => None,
            Work::Sort(merging) => Some(Value::Array(merging.items)),
        }
    }
}

/// Top-down merge sort, as the list of merges that it comes to, in order.
struct Merging {
    items: Vec<Value>,
    /// (from, middle, to) of what is to be merged, the next one last.
    merges: Vec<(usize, usize, usize)>,
    /// The heads of the left and the right part.
    left: usize,
    right: usize,
    merged: Vec<Value>,
}

impl Merging {
    fn new(items: Vec<Value>) -> Merging {
        let mut merges = Vec::new();
        plan(0, items.len(), &mut merges);
        merges.reverse();
        let mut merging = Merging {
            items,
            merges,
            left: 0,
            right: 0,
            merged: Vec::new(),
        };
        merging.begin();
        merging
    }

    /// Puts the heads at the beginning of the next merge.
    fn begin(&mut self) {
        if let Some(&(from, middle, _)) = self.merges.last() {
            (self.left, self.right) = (from, middle);
        }
    }

    /// The two heads that are to be compared.
    fn heads(&self) -> Option<Vec<Value>> {
        self.merges.last()?;
        Some(vec![
            self.items[self.left].clone(),
            self.items[self.right].clone(),
        ])
    }

    /// Takes the right head when it goes first, otherwise the left one. When a part is used
    /// up the other one follows, and the next merge begins.
    fn decide(&mut self, right_first: bool) {
        let Some(&(from, middle, to)) = self.merges.last() else {
            return;
        };
        let head = if right_first {
            &mut self.right
        } else {
            &mut self.left
        };
        self.merged.push(std::mem::take(&mut self.items[*head]));
        *head += 1;
        if self.left < middle && self.right < to {
            return;
        }
        for rest in (self.left..middle).chain(self.right..to) {
            self.merged.push(std::mem::take(&mut self.items[rest]));
        }
        for (place, item) in (from..).zip(self.merged.drain(..)) {
            self.items[place] = item;
        }
        self.merges.pop();
        self.begin();
    }
}

/// Sorts the halves, split at n / 2, left then right, and merges them.
fn plan(from: usize, to: usize, merges: &mut Vec<(usize, usize, usize)>) {
    if to - from < 2 {
        return;
    }
    let middle = from + (to - from) / 2;
    plan(from, middle, merges);
    plan(middle, to, merges);
    merges.push((from, middle, to));
}
