//! [`SHAPES`]: what programs must be able to be like, one row each.
//!
//! Rows about loops and values look at the code, those about turns, directions and kinds at
//! what happened when it ran. The numbers are the documented limits of the tracing tier and
//! the default thresholds.

use super::Sample;
use super::look::slots;
use fusevm::awk_builtins::is_awk_op;
use fusevm::op::Section;
use fusevm::{Kind, Op, Value};

/// A shape that programs can have.
pub struct Shape {
    /// Its name.
    pub name: &'static str,
    /// Whether a case has it.
    pub is_in: fn(&Sample) -> bool,
}

const fn shape(name: &'static str, is_in: fn(&Sample) -> bool) -> Shape {
    Shape { name, is_in }
}

/// Lookups that make a loop hot.
const TRACE_THRESHOLD: u64 = 50;
/// Activations of one sub that a trace may inline.
const INLINED: usize = 4;
/// Values on the stack at an exit of a trace.
const TRACED_DEPTH: usize = 32;
/// Slots that a trace may name, and those of a callee.
const TRACED_SLOTS: u16 = 64;
const TRACED_CALLEE_SLOTS: u16 = 16;
/// Ops of a trace.
const TRACED_OPS: usize = 256;

/// Conversions of operands that are not numbers.
const CONVERTING: [Section; 3] = [
    Section::Arithmetic,
    Section::NumericCompare,
    Section::Numeric,
];

/// The shapes that are counted.
pub static SHAPES: &[Shape] = &[
    // Loops.
    shape("loop closed by Jump", |s| {
        s.closed_by(|op| matches!(op, Op::Jump(_)))
    }),
    shape("loop closed by JumpIfTrue", |s| {
        s.closed_by(|op| matches!(op, Op::JumpIfTrue(_)))
    }),
    shape("loop closed by JumpIfFalse", |s| {
        s.closed_by(|op| matches!(op, Op::JumpIfFalse(_)))
    }),
    shape("loop closed by a keeping jump", |s| {
        s.closed_by(|op| matches!(op, Op::JumpIfTrueKeep(_) | Op::JumpIfFalseKeep(_)))
    }),
    shape("loop closed by SlotIncLtIntJumpBack", |s| {
        s.closed_by(|op| matches!(op, Op::SlotIncLtIntJumpBack(..)))
    }),
    shape("loop header at op 0", |s| {
        s.loops().any(|(target, _)| target == 0)
    }),
    shape("loops 2 deep", |s| s.depth_of_loops() >= 2),
    shape("loops 3 deep", |s| s.depth_of_loops() >= 3),
    shape("loop of 0 turns", |s| s.turns(|n| n == 0)),
    shape("loop of 1 turn", |s| s.turns(|n| n == 1)),
    shape("loop of 2 turns", |s| s.turns(|n| n == 2)),
    shape("loop of 3 to 40 turns", |s| {
        s.turns(|n| (3..=40).contains(&n))
    }),
    shape("loop one turn around the trace threshold", |s| {
        s.turns(|n| n.abs_diff(TRACE_THRESHOLD) <= 1)
    }),
    shape("loop beyond the trace threshold", |s| {
        s.turns(|n| n > TRACE_THRESHOLD + 1)
    }),
    shape("loop with several exits", |s| {
        s.loops().any(|range| s.exits(range) > 1)
    }),
    shape("several ways to the end of a turn", has_continue),
    shape("runs below, at and above the block threshold", |s| {
        s.case.runs > 2
    }),
    // Branches.
    shape("branch in a loop", |s| s.directions(|_, _, _| true)),
    shape("branch that always goes one way", |s| {
        s.directions(|n, taken, _| n >= 8 && (taken == 0 || taken == n))
    }),
    shape("branch that alternates", |s| {
        s.directions(|n, _, turned| n >= 6 && turned + 1 == n)
    }),
    shape("branch that rarely goes the other way", |s| {
        s.directions(|n, taken, _| {
            let rare = taken.min(n - taken);
            rare > 0 && rare * 8 <= n
        })
    }),
    shape("branch that follows data", |s| {
        s.directions(|n, _, turned| n >= 8 && turned * 5 >= n && turned * 5 <= n * 4)
    }),
    shape("short circuit with a value left on the stack", |s| {
        let ops = s.case.chunk.ops.iter().enumerate();
        ops.into_iter().any(|(ip, op)| {
            matches!(op, Op::JumpIfTrueKeep(_) | Op::JumpIfFalseKeep(_))
                && op.target().is_some_and(|target| target > ip)
        })
    }),
    // Calls and scopes.
    shape("call in a loop", |s| {
        s.in_loop(|op| matches!(op, Op::Call(..)))
    }),
    shape("return in a loop", |s| {
        s.in_loop(|op| matches!(op, Op::Return | Op::ReturnValue))
    }),
    shape("branch in a sub", |s| {
        let first = s.case.chunk.sub_entries.iter().map(|(_, ip)| *ip).min();
        let run = s.run().enumerate().skip(first.unwrap_or(usize::MAX));
        run.into_iter().any(|(_, (op, at))| {
            at.executed > 0 && op.target().is_some() && !matches!(op, Op::Jump(_))
        })
    }),
    shape("recursion", |s| s.is_recursive()),
    shape("mutual recursion", is_mutually_recursive),
    shape("calls deeper than a trace inlines", |s| {
        s.coverage.frames > INLINED + 1 && s.executes(|op| matches!(op, Op::Call(..)))
    }),
    shape("callee slot above those that a trace keeps", |s| {
        let first = s.case.chunk.sub_entries.iter().map(|(_, ip)| *ip).min();
        let run = s.run().enumerate().skip(first.unwrap_or(usize::MAX));
        run.into_iter().any(|(_, (op, at))| {
            let high = |slot| slot >= TRACED_CALLEE_SLOTS;
            at.executed > 0 && matches!(op, Op::SetSlot(slot) if high(*slot))
        })
    }),
    shape("scope in a loop", |s| {
        s.in_loop(|op| matches!(op, Op::PushFrame))
    }),
    shape("block in a loop", |s| {
        s.in_loop(|op| op.info().section == Section::HigherOrder)
    }),
    // Sizes.
    shape("value on the stack across a backward branch", |s| {
        s.deepest_branch() >= 1
    }),
    shape("more values on the stack than a trace holds", |s| {
        s.deepest_branch() > TRACED_DEPTH
    }),
    shape("slot above those of a trace", |s| {
        s.highest_slot() >= TRACED_SLOTS
    }),
    shape("slot above 255", |s| s.highest_slot() > 255),
    shape("loop of more ops than a trace has", |s| {
        s.loops().any(|(target, ip)| ip - target > TRACED_OPS)
    }),
    // Kinds.
    shape("slots set at entry", |s| !s.case.slots.is_empty()),
    shape("slot of a rare kind at entry", |s| {
        let rare = |value: &Value| !matches!(value, Value::Int(_) | Value::Float(_) | Value::Undef);
        s.case.slots.iter().any(rare)
    }),
    shape("slot that changes its kind in a loop", |s| {
        let run = s.run().zip(s.in_loops());
        run.into_iter()
            .any(|((op, at), inside)| inside && matches!(op, Op::GetSlot(_)) && at.kinds.len() >= 2)
    }),
    shape(
        "loop entered with another kind in a slot",
        enters_with_other_kinds,
    ),
    shape("boolean used as a number", |s| {
        CONVERTING
            .iter()
            .any(|section| s.feeds(*section, Kind::Bool))
    }),
    shape("text used as a number", |s| {
        CONVERTING
            .iter()
            .any(|section| s.feeds(*section, Kind::Str))
    }),
    shape("array in a slot", |s| {
        s.run().any(|(op, at)| {
            let holds = |pair| pair == (None, Some(Kind::Array));
            matches!(op, Op::GetSlot(_)) && at.kinds.iter().any(holds)
        })
    }),
    shape("hash in a slot", |s| {
        s.run().any(|(op, at)| {
            let holds = |pair| pair == (None, Some(Kind::Hash));
            matches!(op, Op::GetSlot(_)) && at.kinds.iter().any(holds)
        })
    }),
    shape("array in a global", |s| {
        s.feeds(Section::Arrays, Kind::Array)
    }),
    shape("hash in a global", |s| s.feeds(Section::Hashes, Kind::Hash)),
    shape("collection copied on the stack", |s| {
        s.run().any(|(op, at)| {
            let copied = |kind| matches!(kind, Some(Kind::Array | Kind::Hash));
            matches!(op, Op::Dup | Op::Dup2)
                && at.kinds.iter().any(|pair| copied(pair.0) || copied(pair.1))
        })
    }),
    // Numbers.
    shape("integer next to 0", |s| s.is_near(0)),
    shape("integer next to 2^31", |s| s.is_near(1 << 31)),
    shape("integer next to 2^53", |s| s.is_near(1 << 53)),
    shape("integer next to 2^63", |s| s.is_near(1 << 63)),
    shape("NaN", |s| s.has_float(f64::is_nan)),
    shape("infinity", |s| s.has_float(f64::is_infinite)),
    shape("subnormal number", |s| s.has_float(f64::is_subnormal)),
    shape("negative zero", |s| {
        s.has_float(|x| x == 0.0 && x.is_sign_negative())
    }),
    // Superinstructions.
    shape("superinstruction with the same slot twice", |s| {
        s.executes(|op| {
            matches!(*op, Op::AccumSumLoop(a, b, _)
                | Op::AddAssignSlotVoid(a, b)
                | Op::ConcatConstLoop(_, a, b, _) if a == b)
        })
    }),
    shape("superinstruction with an extreme limit", |s| {
        s.executes(|op| limit(op).is_some_and(|limit| limit == i32::MIN || limit == i32::MAX))
    }),
    shape("superinstruction with a limit below its start", |s| {
        let run = s.run();
        run.into_iter().any(|(op, at)| {
            let is_loop = matches!(op, Op::SlotIncLtIntJumpBack(..));
            is_loop && at.executed == 1 && at.taken == 0
        })
    }),
    // Hosts, handlers, limits.
    shape("handler that pushes", |s| s.executes(|op| extends(op, 1))),
    shape("handler that pops", |s| s.executes(|op| extends(op, 2))),
    shape("handler that halts", |s| {
        s.executes(|op| extends(op, 6) || matches!(op, Op::CallBuiltin(6, _)))
    }),
    shape("builtin that pops what is not its own", |s| {
        s.executes(|op| matches!(op, Op::CallBuiltin(3 | 11, _)))
    }),
    shape("builtin that nobody answers", |s| {
        !s.case.handlers && s.executes(|op| matches!(op, Op::CallBuiltin(..)))
    }),
    shape("wide extension op", |s| {
        s.executes(|op| matches!(op, Op::ExtendedWide(id, _) if !is_awk_op(*id)))
    }),
    shape("run that ends with an error", |s| {
        s.coverage.raised.is_some()
    }),
    shape("shell op with a host", |s| {
        s.has_section(Section::Shell) && s.case.has_shell_host()
    }),
    shape("shell op without a host", |s| {
        s.has_section(Section::Shell) && !s.case.has_shell_host()
    }),
    shape("sub-chunk handed to a host", |s| {
        let has_host = s.case.has_shell_host() && !s.case.chunk.sub_chunks.is_empty();
        has_host
            && s.executes(|op| {
                matches!(
                    op,
                    Op::CmdSubst(_) | Op::ProcessSubIn(_) | Op::ProcessSubOut(_) | Op::TrapSet(_)
                )
            })
    }),
    shape("Exec in a chunk with subs", |s| {
        !s.case.chunk.sub_entries.is_empty() && s.executes(|op| matches!(op, Op::Exec(_)))
    }),
    shape("CallFunction that enters a sub", |s| {
        let enters = |op: &Op| match op {
            Op::CallFunction(name, _) => s.case.chunk.find_sub(*name).is_some(),
            _ => false,
        };
        !s.case.has_shell_host() && s.executes(enters)
    }),
    shape("AWK op with a host", |s| {
        s.has_section(Section::Awk) && s.case.hosts.awk
    }),
    shape("AWK op without a host", |s| {
        s.has_section(Section::Awk) && !s.case.hosts.awk
    }),
    shape("AWK op by its number", |s| {
        s.executes(|op| matches!(op, Op::ExtendedWide(id, _) if is_awk_op(*id)))
    }),
    shape("AWK op that is refused", |s| {
        s.executes(|op| matches!(*op, Op::ExtendedWide(id, n) if is_awk_op(id) && n > 255))
    }),
    shape("fuel", |s| s.case.fuel.is_some()),
];

/// Whether two jumps inside a loop go forward to the same place in it: a turn that is cut
/// short, or the two ends of a branch.
fn has_continue(sample: &Sample) -> bool {
    let ops = &sample.case.chunk.ops;
    sample.loops().any(|(top, closing)| {
        let forward = (top..closing).filter_map(|ip| {
            let target = ops[ip].target()?;
            (target > ip && target <= closing).then_some(target)
        });
        let mut targets: Vec<_> = forward.collect();
        targets.sort_unstable();
        targets.windows(2).any(|pair| pair[0] == pair[1])
    })
}

/// Whether a loop that writes a slot nowhere has met several kinds in it.
fn enters_with_other_kinds(sample: &Sample) -> bool {
    let ops = &sample.case.chunk.ops;
    sample.loops().any(|(top, closing)| {
        let writes = |slot: u16| {
            ops[top..=closing].iter().any(|op| {
                let is_read = matches!(op, Op::GetSlot(_) | Op::SlotArrayGet(_));
                !is_read && slots(op).any(|named| named == slot)
            })
        };
        let inside = sample.run().skip(top).take(closing + 1 - top);
        inside.into_iter().any(|(op, at)| match op {
            Op::GetSlot(slot) => at.kinds.len() >= 2 && !writes(*slot),
            _ => false,
        })
    })
}

/// Whether a sub calls another one that calls it.
fn is_mutually_recursive(sample: &Sample) -> bool {
    let chunk = &sample.case.chunk;
    let entries = || chunk.sub_entries.iter().map(|(_, entry)| *entry);
    let around = |ip: usize| entries().filter(|entry| *entry <= ip).max();
    let calls: Vec<(usize, usize)> = chunk
        .ops
        .iter()
        .enumerate()
        .filter_map(|(ip, op)| match op {
            Op::Call(name, _) => Some((around(ip)?, chunk.find_sub(*name)?)),
            _ => None,
        })
        .collect();
    calls
        .iter()
        .any(|(from, to)| from != to && calls.contains(&(*to, *from)))
}

fn limit(op: &Op) -> Option<i32> {
    match *op {
        Op::AccumSumLoop(_, _, limit)
        | Op::ConcatConstLoop(_, _, _, limit)
        | Op::PushIntRangeLoop(_, _, limit)
        | Op::SlotLtIntJumpIfFalse(_, limit, _)
        | Op::SlotIncLtIntJumpBack(_, limit, _) => Some(limit),
        _ => None,
    }
}

/// Whether it is an extension op with a number of the scripted handlers.
fn extends(op: &Op, effect: u16) -> bool {
    match *op {
        Op::Extended(id, _) => id % 10 == effect,
        Op::ExtendedWide(id, _) => !is_awk_op(id) && id % 10 == effect,
        _ => false,
    }
}
