//! [`SplitMix`]: a small generator of numbers that can be split.

/// Steele, Lea and Flood's SplitMix64: a counter and a mixing function.
#[derive(Debug, Clone)]
pub struct SplitMix(u64);

/// The odd number closest to 2^64 divided by the golden ratio.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

impl SplitMix {
    /// The generator with this seed.
    pub fn new(seed: u64) -> SplitMix {
        SplitMix(seed)
    }

    /// The generator number `index` of those that hang on this one.
    #[must_use]
    pub fn branch(&self, index: u64) -> SplitMix {
        let mut parent = SplitMix(self.0 ^ index.wrapping_mul(GAMMA).rotate_left(32));
        let high = parent.number();
        SplitMix(high ^ index)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`, or 0 when `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.number()) * u128::from(n)) >> 64) as u64
    }

    /// `len` bytes.
    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(len + 8);
        while bytes.len() < len {
            bytes.extend(self.number().to_le_bytes());
        }
        bytes.truncate(len);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_are_those_of_the_reference_implementation() {
        let mut random = SplitMix::new(1_234_567);
        let numbers: Vec<_> = (0..3).map(|_| random.number()).collect();
        assert_eq!(
            numbers,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn branches_differ() {
        let root = SplitMix::new(7);
        let mut firsts: Vec<_> = (0..1000).map(|i| root.branch(i).number()).collect();
        firsts.sort_unstable();
        firsts.dedup();
        assert_eq!(firsts.len(), 1000);
    }

    #[test]
    fn bytes_have_the_length_asked_for() {
        assert_eq!(SplitMix::new(0).bytes(13).len(), 13);
        assert!(SplitMix::new(0).bytes(0).is_empty());
        assert!((0..100).all(|seed| SplitMix::new(seed).below(3) < 3));
    }
}
