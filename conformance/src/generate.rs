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
mod shrink;
pub mod statistics;
mod tree;
mod weights;

use crate::case::Case;
use arbitrary::{Result, Unstructured};
use entropy::Entropy;
use grow::Grower;

pub use shrink::Sketch;

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
