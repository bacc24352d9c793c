//! Ops that do nothing between the others.

use super::{Draw, Places, Rewritten, Transformation, may_move, places};
use crate::case::Case;
use fusevm::Op;

/// `Nop`s in front of ops, with everything that pointed at an op pointing at the first of them.
///
/// Fuel is for branches backward and not for ops, so it stays the same.
pub const PADDED: Transformation = Transformation {
    name: "padded",
    about: "`Nop`s between the ops, with jumps retargeted",
    apply,
};

fn apply(case: &Case, draw: &mut Draw) -> Result<Rewritten, &'static str> {
    may_move(case)?;
    let chunk = &case.chunk;
    // In front of each op, and behind the last one.
    let padding: Vec<usize> = (0..=chunk.ops.len())
        .map(|_| usize::from(draw.take()))
        .collect();
    let mut starts = Vec::with_capacity(padding.len());
    let mut origins = Vec::new();
    for (ip, nops) in padding.iter().enumerate() {
        starts.push(origins.len());
        origins.extend(std::iter::repeat_n(ip, nops + 1));
    }
    let (n_old, n_new) = (chunk.ops.len(), origins.len() - 1);
    let place = |ip: usize| match starts.get(ip) {
        Some(start) => *start,
        None => ip - n_old + n_new,
    };
    let mut ops = Vec::with_capacity(n_new);
    for (op, nops) in chunk.ops.iter().zip(&padding) {
        ops.extend(std::iter::repeat_n(Op::Nop, *nops));
        ops.push(op.target().map_or(*op, |to| op.with_target(place(to))));
    }
    ops.extend(std::iter::repeat_n(Op::Nop, padding[n_old]));
    Ok(Rewritten {
        places: Places::new(origins, chunk),
        case: Case {
            chunk: places::with_ops(chunk, ops, &place),
            ..case.clone()
        },
        keeps_costs: true,
        flaw: None,
    })
}
