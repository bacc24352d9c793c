//! Blocks: `MapBlock`, `GrepBlock`, `SortBlock`, `ForEachBlock`.
//!
//! A block runs in the dispatch loop like any other code; what is left to do for its op is
//! an [`Activation`]. Blocks nest on `VM::blocks` and not on the native stack.
//!
//! Start with [`VM::begin_block`].

mod merge_sort;

use super::{Exit, VM};
use crate::error::Error;
use crate::semantics::arrays::{check_nesting, check_size};
use crate::semantics::cost::{self, Cost};
use crate::value::Value;
use merge_sort::MergeSort;

/// One active block of a higher-order op.
#[derive(Debug)]
pub(crate) struct Activation {
    /// First op of the block.
    pub(super) start: usize,
    /// Behind the last op of the block.
    pub(super) end: usize,
    /// Frames when the op ran; an invocation ends in that frame.
    pub(super) frames: usize,
    /// Height of the stack below the arguments.
    pub(super) base: usize,
    /// Behind the higher-order op.
    resume: usize,
    work: Work,
}

/// What is left to do.
#[derive(Debug)]
enum Work {
    Map {
        rest: std::vec::IntoIter<Value>,
        results: Vec<Value>,
    },
    Grep {
        rest: std::vec::IntoIter<Value>,
        current: Value,
        kept: Vec<Value>,
    },
    Sort(MergeSort),
    ForEach {
        rest: std::vec::IntoIter<Value>,
    },
}

/// A higher-order op that takes a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HigherOrder {
    Map,
    Grep,
    Sort,
    ForEach,
}

impl HigherOrder {
    /// Arguments of one invocation.
    fn n_args(self) -> usize {
        if self == HigherOrder::Sort { 2 } else { 1 }
    }

    /// Whether the block is invoked at all for an array of `n` elements.
    fn invokes(self, n: usize) -> bool {
        n >= self.n_args()
    }

    /// Elements of the array that the op makes.
    fn builds(self, n: usize) -> usize {
        if self == HigherOrder::ForEach { 0 } else { n }
    }

    fn start(self, elements: Vec<Value>) -> Work {
        let n = elements.len();
        match self {
            HigherOrder::Map => Work::Map {
                rest: elements.into_iter(),
                results: Vec::with_capacity(n),
            },
            HigherOrder::Grep => Work::Grep {
                rest: elements.into_iter(),
                current: Value::Undef,
                kept: Vec::new(),
            },
            HigherOrder::Sort => Work::Sort(MergeSort::new(elements)),
            HigherOrder::ForEach => Work::ForEach {
                rest: elements.into_iter(),
            },
        }
    }
}

impl Work {
    /// The arguments of the next invocation; `None` when there is none.
    fn next_args(&mut self) -> Option<(Value, Option<Value>)> {
        match self {
            Work::Map { rest, .. } | Work::ForEach { rest } => Some((rest.next()?, None)),
            Work::Grep { rest, current, .. } => {
                *current = rest.next()?;
                Some((current.clone(), None))
            }
            Work::Sort(sort) => sort.next_pair().map(|(a, b)| (a.clone(), Some(b.clone()))),
        }
    }

    /// Whether there is another invocation.
    fn has_next(&mut self) -> bool {
        match self {
            Work::Map { rest, .. } | Work::ForEach { rest } | Work::Grep { rest, .. } => {
                rest.len() > 0
            }
            Work::Sort(sort) => sort.next_pair().is_some(),
        }
    }

    /// Takes the result of the invocation whose arguments were given last.
    fn take_result(&mut self, result: Value) {
        match self {
            Work::Map { results, .. } => results.push(result),
            Work::Grep { current, kept, .. } => {
                if result.is_truthy() {
                    kept.push(std::mem::take(current));
                }
            }
            Work::Sort(sort) => sort.decide(result.to_float()),
            Work::ForEach { .. } => {}
        }
    }

    /// The array that the op leaves.
    fn finish(self) -> Option<Value> {
        match self {
            Work::Map { results, .. } => Some(Value::Array(results)),
            Work::Grep { kept, .. } => Some(Value::Array(kept)),
            Work::Sort(sort) => Some(Value::Array(sort.into_sorted())),
            Work::ForEach { .. } => None,
        }
    }
}

impl Activation {
    /// Bytes that it keeps allocated, about.
    pub(super) fn footprint(&self) -> usize {
        let values = |values: &[Value]| {
            Cost::elements(values.len()).memory()
                + values.iter().map(cost::footprint).sum::<usize>()
        };
        match &self.work {
            Work::Map { rest, results } => values(rest.as_slice()) + values(results),
            Work::Grep { rest, kept, .. } => values(rest.as_slice()) + values(kept),
            Work::Sort(sort) => values(sort.items()),
            Work::ForEach { rest } => values(rest.as_slice()),
        }
    }
}

impl VM {
    /// Whether frames, stack and the array allow the op on an array of `n` elements.
    fn check_block(&self, op: HigherOrder, n: usize) -> Result<(), Error> {
        check_size(op.builds(n), &self.limits)?;
        if op.invokes(n) {
            self.check_frames()?;
            self.check_room(op.n_args() - 1)?;
        }
        Ok(())
    }

    /// `MapBlock`, `GrepBlock`, `SortBlock`, `ForEachBlock`: no effect without a valid block
    /// and an array on top. Otherwise takes the array and prepares the first invocation,
    /// with `ip` at the start of the block.
    pub(super) fn begin_block(&mut self, op: HigherOrder, block: u16) -> Result<(), Error> {
        let Some((start, end)) = self.chunk.valid_block(block) else {
            return Ok(());
        };
        let Some(Value::Array(elements)) = self.stack.last() else {
            return Ok(());
        };
        let n = elements.len();
        if let Err(error) = self.check_block(op, n) {
            self.consume(1);
            return Err(error);
        }
        if op.invokes(n) {
            self.check_interrupt()?;
        }
        self.pay_steps(u64::from(op.invokes(n)), Cost::elements(op.builds(n)))?;
        let Value::Array(elements) = self.pop() else {
            return Ok(());
        };
        if !op.invokes(n) {
            self.stack.extend(op.start(elements).finish());
            return Ok(());
        }
        self.blocks.push(Activation {
            start,
            end,
            frames: self.frames.len(),
            base: self.stack.len(),
            resume: self.ip,
            work: op.start(elements),
        });
        self.invoke();
        Ok(())
    }

    /// Starts the next invocation of the innermost block.
    fn invoke(&mut self) {
        if let Some(block) = self.blocks.last_mut()
            && let Some((first, second)) = block.work.next_args()
        {
            self.stack.push(first);
            self.stack.extend(second);
            self.ip = block.start;
        }
    }

    /// Ends an invocation of the innermost block: starts the next one, or leaves the result
    /// of the op and continues behind it.
    pub(super) fn end_invocation(&mut self, result: Value) -> Result<(), Error> {
        let Some(block) = self.blocks.last_mut() else {
            return Ok(());
        };
        self.stack.truncate(block.base);
        self.ip = block.resume;
        if let Work::Map { .. } = block.work {
            check_nesting(&result, &self.limits)?;
        }
        block.work.take_result(result);
        if block.work.has_next() {
            self.pay_branch()?;
            self.invoke();
        } else if let Some(block) = self.blocks.pop() {
            self.stack.extend(block.work.finish());
        }
        Ok(())
    }

    /// Called when `ip` is outside the ops that may run now: a block's invocation has
    /// ended, or the run has.
    pub(super) fn leave_window(&mut self) -> Result<(), Exit> {
        let Some(block) = self.current_block() else {
            return Err(Exit::Finished);
        };
        if self.ip != block.end {
            return Err(Error::JumpOutOfBlock.into());
        }
        let result = match self.stack.len() > block.base {
            true => self.pop(),
            false => Value::Undef,
        };
        Ok(self.end_invocation(result)?)
    }

    /// The innermost block, while its own code runs and not that of a function or scope.
    #[inline]
    pub(super) fn current_block(&self) -> Option<&Activation> {
        let block = self.blocks.last()?;
        (block.frames == self.frames.len()).then_some(block)
    }
}
