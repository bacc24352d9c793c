//! [`Entropy`]: choices drawn from bytes.
//!
//! Every choice is total: when the bytes run out, ranges give their lower end, weighted
//! lists their first entry and chances `false`. A generator that lists its simplest
//! alternative first therefore stops growing when the bytes stop.

use arbitrary::Unstructured;

/// Choices drawn from the bytes of a case.
pub(super) struct Entropy<'e, 'd> {
    bytes: &'e mut Unstructured<'d>,
}

impl<'e, 'd> Entropy<'e, 'd> {
    pub(super) fn new(bytes: &'e mut Unstructured<'d>) -> Entropy<'e, 'd> {
        Entropy { bytes }
    }

    /// Whether every further choice will be the simplest one.
    pub(super) fn is_exhausted(&self) -> bool {
        self.bytes.is_empty()
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn range(&mut self, low: i64, high: i64) -> i64 {
        self.bytes.int_in_range(low..=high.max(low)).unwrap_or(low)
    }

    /// An index below `n`, 0 for `n == 0`.
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.bytes
            .int_in_range(0..=n.saturating_sub(1))
            .unwrap_or(0)
    }

    /// `true` in about `percent` of 100 cases.
    pub(super) fn chance(&mut self, percent: u32) -> bool {
        self.bytes.int_in_range(0..=99u32).unwrap_or(0) >= 100 - percent.min(100)
    }

    /// One of `choices`, which must not be empty.
    pub(super) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// One of `choices`, each as often as its weight says; not all weights are 0.
    pub(super) fn weighted<T: Copy>(&mut self, choices: &[(u32, T)]) -> T {
        let total: u32 = choices.iter().map(|(weight, _)| weight).sum();
        let mut at = self
            .bytes
            .int_in_range(0..=total.saturating_sub(1))
            .unwrap_or(0);
        for (weight, choice) in choices {
            if at < *weight {
                return *choice;
            }
            at -= weight;
        }
        choices[0].1
    }

    /// The next `n` bytes, or as many as there are.
    pub(super) fn bytes(&mut self, n: usize) -> &'d [u8] {
        let n = n.min(self.bytes.len());
        self.bytes.bytes(n).unwrap_or_default()
    }

    /// Any 64 bits.
    pub(super) fn bits(&mut self) -> u64 {
        self.bytes.arbitrary().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_bytes_the_simplest_alternative_is_chosen() {
        let mut bytes = Unstructured::new(&[]);
        let mut e = Entropy::new(&mut bytes);
        assert!(e.is_exhausted());
        assert_eq!(e.range(-3, 5), -3);
        assert_eq!(e.below(9), 0);
        assert!(!e.chance(99));
        assert_eq!(e.weighted(&[(1, 'a'), (200, 'b')]), 'a');
        assert_eq!(e.bits(), 0);
    }

    #[test]
    fn weights_are_respected() {
        let data: Vec<u8> = (0..=255).collect();
        let mut bytes = Unstructured::new(&data);
        let mut e = Entropy::new(&mut bytes);
        let n = (0..200)
            .filter(|_| e.weighted(&[(3, true), (0, false), (1, false)]))
            .count();
        assert!((130..170).contains(&n), "{n}");
    }
}
