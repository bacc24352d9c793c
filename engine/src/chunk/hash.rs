//! The hash of ops and constants, and the hasher behind it.
//!
//! FNV-1a over the bytes that the `Hash` impls feed, folded once more at the end: the same
//! in every build of a crate version, unlike the standard library's hashers, which promise
//! nothing across toolchains. Not an identity: 64 bits can collide.

use crate::op::Op;
use crate::value::Value;
use std::hash::{Hash, Hasher};

/// FNV-1a, 64 bits (Fowler, Noll, Vo), a word at a time where a whole word is fed.
#[derive(Clone)]
pub(crate) struct StableHasher(u64);

const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

impl Default for StableHasher {
    fn default() -> StableHasher {
        StableHasher(OFFSET_BASIS)
    }
}

impl Hasher for StableHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(PRIME);
        }
    }

    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0 ^ n).wrapping_mul(PRIME);
        self.0 ^= self.0 >> 32;
    }

    fn write_i64(&mut self, n: i64) {
        self.write_u64(n as u64);
    }

    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }

    fn finish(&self) -> u64 {
        let mixed = (self.0 ^ (self.0 >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 32)
    }
}

/// The hash of a chunk's ops and constants; never 0 for a chunk that has either.
pub(crate) fn op_hash(ops: &[Op], constants: &[Value]) -> u64 {
    if ops.is_empty() && constants.is_empty() {
        return 0;
    }
    let mut state = StableHasher::default();
    ops.len().hash(&mut state);
    ops.iter().for_each(|op| op.hash(&mut state));
    constants.len().hash(&mut state);
    constants.iter().for_each(|value| value.hash(&mut state));
    state.finish().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(ops: &[Op], constants: &[Value]) -> u64 {
        op_hash(ops, constants)
    }

    #[test]
    fn only_nothing_hashes_to_zero() {
        assert_eq!(hash(&[], &[]), 0);
        assert_ne!(hash(&[Op::Nop], &[]), 0);
        assert_ne!(hash(&[], &[Value::Undef]), 0);
    }

    #[test]
    fn every_operand_counts() {
        let different = [
            Op::Nop,
            Op::AwkGetFieldNum(1),
            Op::AwkGetFieldNum(2),
            Op::LoadFloat(0.0),
            Op::LoadFloat(-0.0),
            Op::Call(1, 2),
            Op::Call(2, 1),
            Op::Jump(7),
            Op::JumpIfTrue(7),
        ];
        let hashes: std::collections::HashSet<u64> =
            different.iter().map(|op| hash(&[*op], &[])).collect();
        assert_eq!(hashes.len(), different.len());
    }

    #[test]
    fn equal_maps_hash_equally_whatever_their_order() {
        let entries = |keys: [&str; 3]| {
            let entries = keys.map(|key| (key.to_owned(), Value::str(key)));
            [Value::Hash(entries.into())]
        };
        assert_eq!(
            hash(&[], &entries(["a", "b", "c"])),
            hash(&[], &entries(["c", "a", "b"]))
        );
        assert_ne!(
            hash(&[], &entries(["a", "b", "c"])),
            hash(&[], &entries(["a", "b", "d"]))
        );
    }
}
