//! The same blocks of code in another order, with a jump from each to the next.

use super::{Draw, Places, Rewritten, Transformation, may_move, places};
use crate::campaign::SplitMix;
use crate::case::Case;
use fusevm::{Chunk, Op};
use std::ops::Range;

/// Basic blocks in another order. The program begins with a jump to its first block, and each
/// block ends with one to what followed it. The code of a higher-order op stays in one piece.
///
/// Other branches lead backward than before, so fuel is not compared.
pub const PERMUTED: Transformation = Transformation {
    name: "permuted",
    about: "basic blocks in another order, with explicit jumps",
    apply,
};

fn apply(case: &Case, draw: &mut Draw) -> Result<Rewritten, &'static str> {
    may_move(case)?;
    let chunk = &case.chunk;
    if chunk.block_ranges.iter().any(|(start, end)| start > end) {
        return Err("a block ends before it starts");
    }
    let mut pieces = pieces(chunk);
    if pieces.len() < 2 {
        return Err("there is one basic block only");
    }
    match draw.everything {
        true => pieces.reverse(),
        false => shuffle(&mut pieces, &mut draw.random),
    }
    let layout = Layout::new(chunk, &pieces);
    let n_pieces = pieces.len() as u64;
    // Only to end what does not end by itself any more: more branches lead backward now.
    let fuel = case.fuel.map(|fuel| {
        fuel.saturating_mul(4 * (n_pieces + 1))
            .saturating_add(10_000)
    });
    Ok(Rewritten {
        places: Places::new(layout.origins.clone(), chunk),
        case: Case {
            chunk: layout.chunk(chunk, &pieces),
            fuel,
            ..case.clone()
        },
        keeps_costs: false,
        flaw: None,
    })
}

/// The basic blocks of a chunk, in their order; the ops of a higher-order op's block are part
/// of one of them.
fn pieces(chunk: &Chunk) -> Vec<Range<usize>> {
    let n_ops = chunk.ops.len();
    let ends_block = |op: &Op| op.target().is_some() || matches!(op, Op::Return | Op::ReturnValue);
    let behind = (1..).zip(&chunk.ops).filter(|(_, op)| ends_block(op));
    let mut cuts: Vec<usize> = places::references(chunk)
        .chain(behind.map(|(ip, _)| ip))
        .chain([0, n_ops])
        .filter(|cut| *cut <= n_ops)
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    let is_inside =
        |cut: usize, (start, end): &(usize, usize)| *start < cut && cut < *end && *end <= n_ops;
    cuts.retain(|cut| {
        !chunk
            .block_ranges
            .iter()
            .any(|block| is_inside(*cut, block))
    });
    cuts.windows(2).map(|ends| ends[0]..ends[1]).collect()
}

/// Fisher and Yates.
fn shuffle<T>(items: &mut [T], random: &mut SplitMix) {
    for last in (1..items.len()).rev() {
        items.swap(last, random.below(last as u64 + 1) as usize);
    }
}

/// Where everything goes.
struct Layout {
    /// Where each op, and the end, of the first program is.
    places: Vec<usize>,
    /// What each place, and the end, of the other program stands for.
    origins: Vec<usize>,
}

impl Layout {
    fn new(chunk: &Chunk, pieces: &[Range<usize>]) -> Layout {
        let n_ops = chunk.ops.len();
        let mut places = vec![0; n_ops + 1];
        // The jump to the first piece.
        let mut origins = vec![0];
        for piece in pieces {
            for ip in piece.clone() {
                places[ip] = origins.len();
                origins.push(ip);
            }
            // The jump to what follows the piece.
            origins.push(piece.end);
        }
        places[n_ops] = origins.len();
        origins.push(n_ops);
        Layout { places, origins }
    }

    fn place(&self, ip: usize) -> usize {
        let (n_old, n_new) = (self.places.len() - 1, self.origins.len() - 1);
        self.places
            .get(ip)
            .copied()
            .unwrap_or_else(|| ip - n_old + n_new)
    }

    fn chunk(&self, chunk: &Chunk, pieces: &[Range<usize>]) -> Chunk {
        let mut ops = vec![Op::Jump(self.place(0))];
        for piece in pieces {
            let behind = ops.len() + piece.len();
            // A block of a higher-order op ends where its last op ends, and not where the code
            // behind it is now.
            let target = |to: usize| match to == piece.end {
                true => behind,
                false => self.place(to),
            };
            let moved = chunk.ops[piece.clone()]
                .iter()
                .map(|op| op.target().map_or(*op, |to| op.with_target(target(to))));
            ops.extend(moved);
            ops.push(Op::Jump(self.place(piece.end)));
        }
        let mut permuted = places::with_ops(chunk, ops, &|ip| self.place(ip));
        for ((_, end), (old_start, old_end)) in
            permuted.block_ranges.iter_mut().zip(&chunk.block_ranges)
        {
            if old_start < old_end && *old_end <= chunk.ops.len() {
                *end = self.place(old_end - 1) + 1;
            }
        }
        permuted
    }
}
