//! The reference evaluator: what the specification says, as plainly as it can be computed.
//!
//! In: a [`Case`]. Out: its [`Outcome`], or what is not covered. It is slow and simple, and
//! written from the specification of the ops alone: nothing here calls a conversion, an op
//! or a loop of the engine, so what both get wrong in the same way was misread twice. Where
//! it disagrees with the interpreter one of three is at fault: the interpreter, this module,
//! or the specification, which does not say enough.
//!
//! `step`, `shell` and `awk` have a line for every op. The names in comments (R5, Q15, 6.4) are
//! those of the specification's rules, quirks and sections. Read `state` first: there is what
//! may end a run, and the order in which an op checks that. Two things are not judged: when
//! the limit of memory strikes, and what a program does that is started without a host.
//!
//! The specification leaves these points open; they are read like this:
//!
//! - An op first checks the room on the stack, then the sizes of what it makes, then what it
//!   costs. `MakeArray` looks at its size before the depth of its elements, every other op
//!   that stores the other way round. AWK ops and commands look at their texts before the room.
//! - 64 elements or bytes cost 1, the rest is free, and each op counts for itself. A copied
//!   collection counts at every depth; an entry of a hash counts 1 and the bytes of its key.
//!   A text is shared by its copies. What moves is not copied. Growing counts what is new.
//! - Arguments for a command, and the words and paths that are found without a host, count
//!   like the keys of a hash.
//! - A text that an op only looks at (a key, an operand of a comparison, what is printed)
//!   costs nothing. The copies of elements that a block gets as arguments do not either.
//! - Where nobody reads a text, none is made and no limit is met: what is meant for a host
//!   that is not there, or for a sub-chunk that is not. But an AWK op that has a rule for a
//!   text makes the text even when a host answers, whose default would make it.
//! - What a host answers is taken as it is, at no cost. A part of a text is no longer than
//!   the text, and one character is a small text: `AwkSubstr` and `AwkChr` meet no limit.
//! - `MapBlock`, `GrepBlock`, `SortBlock` pay for their result in advance, together with the
//!   first invocation, and by the size of the array that they take.
//! - A stack that handlers made too high may stay so: an op of 6.6, 6.8, 6.10 or 6.22 whose
//!   result takes the place of its operands needs no room.
//! - Of an invalid conversion `AwkStrftime` copies as many characters as the date library
//!   takes for it. That shows when the last of them is a percent sign.

mod arith;
mod arrays;
mod awk;
mod blocks;
pub(crate) mod coerce;
mod control;
mod files;
mod fused;
mod hashes;
mod memory;
mod outside;
mod shell;
mod stack;
mod state;
mod step;
mod strings;

use crate::case::Case;
use crate::outcome::Outcome;
use crate::scripted;
use fusevm::{VM, VMResult};
use state::{Machine, Stop};

/// What the evaluator does not cover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The reason's name, the same for all cases that it applies to.
    pub reason: &'static str,
    /// Where it struck.
    pub detail: String,
}

/// Runs `case` once.
///
/// # Errors
/// What the case needs and the evaluator does not cover.
pub fn evaluate(case: &Case) -> Result<Outcome, Unknown> {
    watch(case, |_, _| {})
}

/// As [`evaluate`], and shows `before_op` the state before each op, and the op's place.
///
/// # Errors
/// As those of [`evaluate`].
pub fn watch(case: &Case, mut before_op: impl FnMut(&VM, usize)) -> Result<Outcome, Unknown> {
    scripted::start();
    let mut machine = Machine::new(case);
    let stop = loop {
        if let Err(stop) = machine.turn(&mut before_op) {
            break stop;
        }
    };
    let log = scripted::take_log();
    let result = match stop {
        Stop::Finished => match machine.vm.stack.pop() {
            Some(value) => VMResult::Ok(value),
            None => VMResult::Halted,
        },
        Stop::Returned(value) => VMResult::Ok(value),
        Stop::Error(text) => VMResult::Error(text),
        Stop::Declined(reason, detail) => return Err(Unknown { reason, detail }),
    };
    let output = std::mem::take(&mut machine.output);
    let mut outcome = Outcome::capture(&machine.vm, result, output, log);
    outcome.signal = machine.signal;
    Ok(outcome)
}

impl Machine {
    /// One turn of the loop: the end of the run, the end of a block, or one op.
    fn turn(&mut self, before_op: &mut impl FnMut(&VM, usize)) -> state::Step {
        if self.vm.is_halted() {
            return Err(Stop::Finished);
        }
        if self.block_ends()? {
            return Ok(());
        }
        let Some(&op) = self.vm.chunk.ops.get(self.vm.ip) else {
            return Err(Stop::Finished);
        };
        self.at = self.vm.ip;
        before_op(&self.vm, self.at);
        self.vm.ip += 1;
        self.step(op)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Ending;
    use fusevm::op::{N_OPS, Operand, TABLE};
    use fusevm::{Chunk, Op, Value};

    fn case(ops: &[Op]) -> Case {
        let mut chunk = Chunk::new();
        chunk.ops = ops.to_vec();
        Case::new(chunk)
    }

    /// Every op of the table, with operands that mean something and with none, is judged with
    /// and without hosts, and so is every number of the AWK ops.
    #[test]
    fn every_op_is_covered() {
        let typed = (0..N_OPS).map(|index| {
            let operands = vec![Operand::Int(1); TABLE[index].operands.len()];
            Op::from_operands(index, &operands).expect("1 is valid for every operand")
        });
        let wide = (40_000..40_100).map(|number| Op::ExtendedWide(number, 1));
        for op in typed.chain(wide) {
            for (n_operands, has_hosts) in [(0, false), (0, true), (4, false), (4, true)] {
                let mut case = case(&[op]);
                case.stack = vec![Value::str("1"); n_operands];
                case.handlers = has_hosts;
                (case.hosts.shell, case.hosts.awk) = (has_hosts, has_hosts);
                case.fuel = Some(1_000);
                if let Err(unknown) = evaluate(&case) {
                    panic!("{op:?} with {n_operands} operands, hosts {has_hosts}: {unknown:?}");
                }
            }
        }
    }

    #[test]
    fn programs_are_not_started() {
        let mut case = case(&[Op::Nop, Op::Exec(1)]);
        case.stack = vec![Value::str("a program")];
        case.hosts.system = true;
        let unknown = evaluate(&case).expect_err("a program");
        assert_eq!(unknown.reason, "process");
        assert_eq!(unknown.detail, "Exec(1) at op 1");
    }

    /// An array that doubles for ever.
    #[test]
    fn the_memory_limit_is_declined_in_time() {
        let mut case = case(&[Op::MakeArray(1), Op::Dup, Op::MakeArray(2), Op::Jump(1)]);
        case.limits.memory = 1 << 20;
        let unknown = evaluate(&case).expect_err("too much memory");
        assert_eq!(unknown.reason, "memory limit");
    }

    #[test]
    fn memory_that_is_given_back_does_not_count() {
        let mut case = case(&[
            Op::GetSlot(0),
            Op::Pop,
            Op::SlotIncLtIntJumpBack(1, 5_000, 0),
        ]);
        case.slots = vec![Value::Array(vec![Value::Undef; 100])];
        case.limits.memory = 1 << 20;
        evaluate(&case).expect("a hundred values at a time");
    }

    #[test]
    fn loops_of_any_length_end() {
        let mut case = case(&[Op::AccumSumLoop(0, 1, i32::MAX), Op::GetSlot(0)]);
        case.slots = vec![Value::Int(1), Value::Int(i64::MIN)];
        let outcome = evaluate(&case).expect("covered");
        // The terms run up to 2^31 - 2, so those from -2^63 to 1 - 2^31 remain when the others
        // have cancelled out. Their mean times their number, and 1 for the start, wrapped.
        let (first, last) = (-(1_i128 << 63), 1 - (1_i128 << 31));
        let sum = 1 + (first + last) * (last - first + 1) / 2;
        assert!(matches!(outcome.ending, Ending::Value(Value::Int(n)) if n == sum as i64));
    }
}
