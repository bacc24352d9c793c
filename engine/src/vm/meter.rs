//! What a run uses up: fuel, memory, and the patience of whoever holds the handle.
//!
//! An op checks its operands and limits first, then pays here, then works: one that cannot
//! pay has no effect.

use super::VM;
use crate::error::{Error, Limit};
use crate::semantics::cost::{self, Cost};
use crate::value::Value;

/// When memory is measured next.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    /// Bytes that ops may still build before memory is measured again.
    budget: usize,
}

impl VM {
    /// Pays for what an op is about to build or copy.
    #[inline]
    pub(crate) fn pay(&mut self, cost: Cost) -> Result<(), Error> {
        if cost == Cost::NONE {
            return Ok(());
        }
        self.pay_steps(0, cost)
    }

    /// Pays for iterations, calls or invocations, and for what they build.
    pub(crate) fn pay_steps(&mut self, steps: u64, cost: Cost) -> Result<(), Error> {
        let left = match self.fuel {
            None => None,
            Some(fuel) => {
                let price = steps.saturating_add(cost.fuel());
                Some(fuel.checked_sub(price).ok_or(Limit::Fuel)?)
            }
        };
        self.pay_memory(cost)?;
        self.fuel = left;
        Ok(())
    }

    /// Counts memory that an op is about to take, and measures when it becomes much.
    #[inline]
    pub(crate) fn pay_memory(&mut self, cost: Cost) -> Result<(), Error> {
        match self.meter.budget.checked_sub(cost.memory()) {
            Some(budget) => {
                self.meter.budget = budget;
                Ok(())
            }
            None => self.measure(cost.memory()),
        }
    }

    /// Measures what is reachable, and refuses `more` bytes that would exceed the limit.
    ///
    /// What may be built until the next measurement is a fixed share of the limit, so that
    /// measuring costs no more than building does, up to a factor.
    #[cold]
    #[inline(never)]
    fn measure(&mut self, more: usize) -> Result<(), Error> {
        let limit = self.limits.memory;
        let used = self.reachable().saturating_add(more);
        if used > limit {
            self.meter.budget = 0;
            return Err(Limit::Memory.into());
        }
        self.meter.budget = ((limit - used) / 2).max(limit / 16);
        Ok(())
    }

    /// Bytes reachable from the VM, about. Constants belong to the chunk and do not count.
    fn reachable(&self) -> usize {
        let values = |values: &[Value]| values.iter().map(cost::footprint).sum::<usize>();
        let frames = self
            .frames
            .iter()
            .map(|frame| Cost::elements(frame.slots.capacity()).memory() + values(&frame.slots));
        Cost::elements(self.stack.capacity() + self.globals.capacity()).memory()
            + values(&self.stack)
            + values(&self.globals)
            + frames.sum::<usize>()
            + self
                .blocks
                .iter()
                .map(|block| block.footprint())
                .sum::<usize>()
    }

    /// Fails when the handle was used.
    #[inline]
    pub(crate) fn check_interrupt(&self) -> Result<(), Error> {
        match &self.interrupt {
            Some(handle) if handle.take() => Err(Error::Interrupted),
            _ => Ok(()),
        }
    }

    /// Pays for a backward branch that is about to be taken, or for a call.
    #[inline]
    pub(crate) fn pay_branch(&mut self) -> Result<(), Error> {
        self.check_interrupt()?;
        if let Some(fuel) = &mut self.fuel {
            *fuel = fuel.checked_sub(1).ok_or(Limit::Fuel)?;
        }
        Ok(())
    }

    /// Whether backward branches and calls have to ask anybody.
    #[inline]
    pub(crate) fn is_metered(&self) -> bool {
        self.fuel.is_some() || self.interrupt.is_some()
    }
}
