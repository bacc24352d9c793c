//! Programs from entropy.
//!
//! In: an [`Unstructured`], the one entropy format of libFuzzer, of campaigns and of tests.
//! Out: a [`Case`]. What a program can contain is in `generate/grow/`, how often in
//! `generate/weights.rs`, and how a program tree becomes a chunk in `generate/emit.rs`.
//! Nothing here runs anything.
//!
//! Start with [`case`].

mod emit;
mod entropy;
mod grow;
mod kinds;
mod raw;
mod rewrite;
mod scene;
pub mod statistics;
mod tree;
mod weights;

use crate::case::Case;
use arbitrary::{Result, Unstructured};
use entropy::Entropy;
use grow::Grower;

/// Bytes that are enough for almost every program; a shorter input gives a shorter program.
pub const ENOUGH_BYTES: usize = 1024;

/// `n` bytes of entropy that follow from `seed`.
pub fn bytes(seed: u64, n: usize) -> Vec<u8> {
    let mut state = seed;
    let mut word = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let mut bytes = Vec::with_capacity(n + 8);
    while bytes.len() < n {
        bytes.extend(word().to_le_bytes());
    }
    bytes.truncate(n);
    bytes
}

/// G1: a structured program, valid and terminating by construction. A few of them have ops
/// changed afterwards, and run with fuel.
///
/// # Errors
/// None today; entropy that runs out gives simpler programs.
pub fn case(u: &mut Unstructured) -> Result<Case> {
    let (grown, mut e) = Grower::new(Entropy::new(u)).program();
    Ok(scene::case(grown, &mut e))
}

/// G2: a chunk in which nothing needs to make sense, with fuel and small limits.
///
/// # Errors
/// None today; entropy that runs out gives shorter chunks.
pub fn raw_case(u: &mut Unstructured) -> Result<Case> {
    Ok(raw::case(&mut Entropy::new(u)))
}

#[cfg(test)]
mod tests;
