//! Which recordings may become a trace.

use super::lists;
use crate::operands::slots_named;
use fusevm::Op;

/// Slots that a recording names are below this.
pub(super) const MOST_SLOTS: u16 = 64;
/// Calls that may be open at a jump.
pub(super) const MOST_CALLS: i64 = 4;

/// Whether these ops may become a trace of the loop at `anchor`, when a recording has at most
/// `longest` ops.
pub(super) fn is_eligible(ops: &[Op], anchor: usize, longest: usize) -> bool {
    let Some((last, body)) = ops.split_last() else {
        return false;
    };
    let closes = match last {
        Op::Jump(to) | Op::JumpIfTrue(to) | Op::JumpIfFalse(to) => *to == anchor,
        _ => false,
    };
    let names_far_slot = |op| slots_named(op).any(|slot| slot >= MOST_SLOTS);
    closes
        && ops.len() <= longest
        && ops.iter().all(lists::is_of_traces)
        && !ops.iter().any(names_far_slot)
        && is_one_turn(body, anchor)
}

/// Whether the calls before the closing branch return, and no other jump leads to the anchor
/// or is too many calls deep.
fn is_one_turn(body: &[Op], anchor: usize) -> bool {
    let mut n_calls: i64 = 0;
    for op in body {
        match op {
            Op::Call(..) => n_calls += 1,
            Op::Return | Op::ReturnValue if n_calls == 0 => return false,
            Op::Return | Op::ReturnValue => n_calls -= 1,
            _ => {}
        }
        let turns_again = n_calls == 0 && op.target() == Some(anchor);
        if turns_again || (op.target().is_some() && n_calls > MOST_CALLS) {
            return false;
        }
    }
    n_calls == 0
}
