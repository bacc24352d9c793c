//! A small set of inputs that reaches all that many inputs reach.

use super::Feature;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

/// The numbers of inputs that together have every feature: always the one next that has most
/// that is missing, the first of several.
pub(super) fn cover(inputs: &[Vec<Feature>]) -> Vec<usize> {
    let mut reached = HashSet::new();
    let mut chosen = Vec::new();
    // What an input adds only ever gets less, so an old number is never too small.
    let mut by_gain: BinaryHeap<_> = inputs
        .iter()
        .enumerate()
        .map(|(number, features)| (features.len(), Reverse(number)))
        .collect();
    while let Some((before, Reverse(number))) = by_gain.pop() {
        let features = &inputs[number];
        let gain = features.iter().filter(|it| !reached.contains(*it)).count();
        if gain == before && gain > 0 {
            reached.extend(features.iter().copied());
            chosen.push(number);
        } else if gain > 0 {
            by_gain.push((gain, Reverse(number)));
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cover_is_complete_and_has_nothing_that_adds_nothing() {
        let ops = |ops: &[usize]| ops.iter().map(|op| Feature::Contained(*op)).collect();
        let inputs = [
            ops(&[1, 2]),
            ops(&[]),
            ops(&[1, 2, 3, 4]),
            ops(&[4, 5, 3]),
            ops(&[5]),
            ops(&[6, 5]),
        ];
        assert_eq!(cover(&inputs), [2, 5]);
        assert_eq!(cover(&[]), [0; 0]);
    }
}
