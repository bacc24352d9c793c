//! Where in a line of the instruction cache a function begins, so that its loops fit.
//!
//! A processor fetches decoded code by the line. A loop of five instructions that straddles
//! two lines takes two cycles a turn instead of one, and Cranelift aligns functions, not
//! loops; so the function is moved as a whole.

use cranelift_codegen::CompiledCode;
use std::ops::Range;

/// Bytes of a line.
pub(super) const LINE: usize = 64;
/// Loops that are longer do not gain by being moved.
const MAX_LOOP: usize = 8 * LINE;

/// The loops of a function, as ranges of offsets: from the target of a backward edge to the
/// end of the block that it leaves.
pub(super) fn loops(compiled: &CompiledCode) -> Vec<Range<usize>> {
    let end_of = |start: u32| {
        let later = compiled.bb_starts.iter().filter(|at| **at > start);
        later
            .min()
            .map_or(compiled.code_buffer().len(), |end| *end as usize)
    };
    let edges = compiled.bb_edges.iter();
    let backward = edges.filter(|(from, to)| to <= from);
    backward
        .map(|(from, to)| *to as usize..end_of(*from))
        .filter(|range| range.len() <= MAX_LOOP)
        .collect()
}

/// How many bytes to leave before a function that begins at the start of a line: a multiple
/// of `step`, below [`LINE`], with which the loops lie in as few lines as possible. Shorter
/// loops count for more, since they gain more and are the inner ones.
pub(super) fn lead(loops: &[Range<usize>], step: usize) -> usize {
    let cost = |lead: usize| -> usize {
        let extra = |range: &Range<usize>| {
            let n_lines = (range.end + lead).div_ceil(LINE) - (range.start + lead) / LINE;
            let fewest = range.len().div_ceil(LINE);
            n_lines.saturating_sub(fewest) * MAX_LOOP / range.len().max(1)
        };
        loops.iter().map(extra).sum()
    };
    let leads = (0..LINE).step_by(step.max(1));
    leads.min_by_key(|lead| cost(*lead)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lead_of(loops: &[(usize, usize)], step: usize) -> usize {
        let loops: Vec<_> = loops.iter().map(|(start, end)| *start..*end).collect();
        lead(&loops, step)
    }

    #[test]
    fn a_short_loop_is_moved_into_one_line() {
        assert_eq!(lead_of(&[], 1), 0);
        assert_eq!(lead_of(&[(0, 20)], 1), 0, "it is in one line already");
        assert_eq!(lead_of(&[(50, 70)], 1), 14);
        assert_eq!(lead_of(&[(50, 70)], 16), 16);
        assert_eq!(lead_of(&[(60, 200)], 1), 4, "three lines instead of four");
    }

    #[test]
    fn the_inner_loop_counts_for_more() {
        assert_eq!(lead_of(&[(10, 110), (60, 80)], 1), 4, "both fit");
        let lead = lead_of(&[(0, 64), (50, 80)], 1);
        assert!((50 + lead) / LINE == (79 + lead) / LINE, "{lead}");
    }
}
