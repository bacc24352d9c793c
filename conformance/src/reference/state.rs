//! The state of a run, and everything that can end one.
//!
//! A `VM` serves as a record with public fields, so that the scripted handlers work on it
//! and an outcome can be captured from it. It is never run or stepped.
//!
//! Three rules are kept in one place each. A limit is checked before the work, and the op
//! that exceeds it has consumed its operands ([`Machine::limit`]). An op that cannot pay has
//! no effect, so its operands stay ([`Machine::charge`]). What this evaluator cannot judge it
//! declines ([`Stop::Declined`]).

use super::blocks::Activation;
use super::coerce::{self, weight};
use super::memory::Memory;
use crate::case::Case;
use crate::scripted;
use crate::subjects;
use fusevm::{Limits, VM, Value};

/// Why a run is over.
#[derive(Debug)]
pub(super) enum Stop {
    /// Past the last op, or halted.
    Finished,
    /// `ReturnValue` at the root frame.
    Returned(Value),
    /// An op raised an error with this text.
    Error(String),
    /// The evaluator does not know what happens next: a name for the reason, and where.
    Declined(&'static str, String),
}

/// What an op comes to.
pub(super) type Step<T = ()> = Result<T, Stop>;

/// What an exceeded limit says.
pub(super) const VALUE_STACK: &str = "value stack";
pub(super) const CALL_FRAMES: &str = "call frames";
pub(super) const COLLECTION_SIZE: &str = "collection size";
pub(super) const STRING_SIZE: &str = "string size";
pub(super) const VALUE_NESTING: &str = "value nesting";
const FUEL: &str = "fuel";

/// What is missing reads as this.
pub(super) static UNDEF: Value = Value::Undef;

pub(super) struct Machine {
    pub(super) vm: VM,
    /// The index of the op that is executed.
    pub(super) at: usize,
    pub(super) limits: Limits,
    /// Invocations of blocks that have not ended, innermost last.
    pub(super) blocks: Vec<Activation>,
    /// Whether the scripted handlers are installed.
    pub(super) handlers: bool,
    /// What was not read yet.
    pub(super) input: Vec<u8>,
    /// What was written.
    pub(super) output: Vec<u8>,
    pub(super) memory: Memory,
    /// The seed of the AWK generator.
    pub(super) seed: u64,
    /// The code of the last `AwkSignal`.
    pub(super) signal: Option<u8>,
}

pub(super) fn exceeded(what: &str) -> Stop {
    Stop::Error(format!("limit exceeded: {what}"))
}

impl Machine {
    pub(super) fn new(case: &Case) -> Machine {
        Machine {
            vm: subjects::prepare(case),
            at: 0,
            limits: case.limits,
            blocks: Vec::new(),
            handlers: case.handlers,
            input: case.stdin.clone().into_bytes(),
            output: Vec::new(),
            memory: Memory::new(case.limits.memory),
            seed: 1,
            signal: None,
        }
    }

    // The value stack.

    pub(super) fn height(&self) -> usize {
        self.vm.stack.len()
    }

    /// The value `depth` places below the top; a missing operand is `Undef`.
    pub(super) fn top(&self, depth: usize) -> &Value {
        let at = self.height().checked_sub(depth + 1);
        at.map_or(&UNDEF, |at| &self.vm.stack[at])
    }

    /// Consumes `n` operands, or as many as there are.
    pub(super) fn consume(&mut self, n: usize) {
        let height = self.height().saturating_sub(n);
        self.vm.stack.truncate(height);
    }

    /// Takes the `n` top values, or as many as there are, the deepest first.
    pub(super) fn take(&mut self, n: usize) -> Vec<Value> {
        let height = self.height().saturating_sub(n);
        self.vm.stack.split_off(height)
    }

    /// Takes the top value; `Undef` when there is none.
    pub(super) fn take_top(&mut self) -> Value {
        self.vm.stack.pop().unwrap_or(Value::Undef)
    }

    /// Whether `pushed` values fit when `operands` are gone.
    pub(super) fn room(&mut self, operands: usize, pushed: usize) -> Step {
        let height = self.height().saturating_sub(operands) + pushed;
        let fits = height <= self.limits.value_stack;
        self.limit(operands, fits, VALUE_STACK)
    }

    /// Consumes `operands` and pushes what the op gives.
    pub(super) fn give(&mut self, operands: usize, value: Value) -> Step {
        self.room(operands, 1)?;
        self.consume(operands);
        self.vm.stack.push(value);
        Ok(())
    }

    /// Puts what an op on scalars gives into the place of its operands, which needs no room
    /// unless operands are missing.
    pub(super) fn replace(&mut self, operands: usize, value: Value) -> Step {
        if self.height() < operands {
            return self.give(operands, value);
        }
        self.consume(operands);
        self.vm.stack.push(value);
        Ok(())
    }

    // Slots and globals.

    /// A slot of the top frame; `Undef` when it or the frame is missing.
    pub(super) fn slot(&self, slot: u16) -> &Value {
        let frame = self.vm.frames.last();
        frame
            .and_then(|frame| frame.slots.get(usize::from(slot)))
            .unwrap_or(&UNDEF)
    }

    /// Stores into a slot of the top frame, which grows with `Undef`; without a frame the
    /// value is lost.
    pub(super) fn store_slot(&mut self, slot: u16, value: Value) -> Step {
        let slot = usize::from(slot);
        let Some(known) = self.vm.frames.last().map(|frame| frame.slots.len()) else {
            return Ok(());
        };
        self.memory_for((slot + 1).saturating_sub(known) as u64)?;
        if let Some(frame) = self.vm.frames.last_mut() {
            if slot >= known {
                frame.slots.resize(slot + 1, Value::Undef);
            }
            frame.slots[slot] = value;
        }
        Ok(())
    }

    /// A global; `Undef` when it is missing.
    pub(super) fn global(&self, name: u16) -> &Value {
        self.vm.globals.get(usize::from(name)).unwrap_or(&UNDEF)
    }

    /// A global to write to; `globals` grows with `Undef` up to it.
    pub(super) fn global_mut(&mut self, name: u16) -> &mut Value {
        let name = usize::from(name);
        if name >= self.vm.globals.len() {
            self.vm.globals.resize(name + 1, Value::Undef);
        }
        &mut self.vm.globals[name]
    }

    // Limits and fuel.

    /// Ends the run unless `holds`; the op has consumed its operands then.
    pub(super) fn limit(&mut self, operands: usize, holds: bool, what: &str) -> Step {
        if holds {
            return Ok(());
        }
        self.consume(operands);
        Err(exceeded(what))
    }

    /// Whether a collection may have `size` elements.
    pub(super) fn collection(&mut self, operands: usize, size: usize) -> Step {
        let holds = size <= self.limits.collection_size;
        self.limit(operands, holds, COLLECTION_SIZE)
    }

    /// Whether a string may have `size` bytes.
    pub(super) fn string(&mut self, operands: usize, size: u128) -> Step {
        let holds = size <= self.limits.string_size as u128;
        self.limit(operands, holds, STRING_SIZE)
    }

    /// Whether something with this depth may be put into a collection.
    pub(super) fn nesting(&mut self, operands: usize, depth: usize) -> Step {
        let holds = depth < self.limits.value_nesting;
        self.limit(operands, holds, VALUE_NESTING)
    }

    /// Whether one more frame or active block is allowed.
    pub(super) fn frame(&mut self, operands: usize) -> Step {
        let n_frames = self.vm.frames.len() + self.blocks.len();
        let holds = n_frames < self.limits.call_frames;
        self.limit(operands, holds, CALL_FRAMES)
    }

    /// S of the operand `depth` places below the top, for an op with `operands` of them.
    pub(super) fn text(&mut self, depth: usize, operands: usize) -> Step<String> {
        let text = coerce::text(self.top(depth), self.limits.string_size);
        self.limit(operands, text.is_some(), STRING_SIZE)?;
        Ok(text.unwrap_or_default())
    }

    /// Pays for a backward branch, a call or an invocation, unless the run was interrupted.
    pub(super) fn charge_turn(&mut self, price: u64) -> Step {
        match scripted::take_interruption() {
            true => Err(Stop::Error("interrupted".to_owned())),
            false => self.charge(price.saturating_add(1)),
        }
    }

    /// Pays `cost`, or ends the run; the op has done nothing then.
    pub(super) fn charge(&mut self, cost: u64) -> Step {
        let Some(fuel) = self.vm.fuel() else {
            return Ok(());
        };
        let left = fuel.checked_sub(cost).ok_or_else(|| exceeded(FUEL))?;
        self.vm.set_fuel(Some(left));
        Ok(())
    }

    /// Pays for `size` elements or bytes that the op is about to build or copy.
    pub(super) fn pay(&mut self, size: u64) -> Step {
        self.charge(size / 64)?;
        self.memory_for(size)
    }

    /// Consumes `operands` and pushes a copy of `value`, which is paid for.
    pub(super) fn give_copy(&mut self, operands: usize, value: Value) -> Step {
        self.room(operands, 1)?;
        self.pay(weight(&value))?;
        self.give(operands, value)
    }
}
