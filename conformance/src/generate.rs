//! Programs from entropy, and single ops by number.
//!
//! In: an [`Unstructured`], the one entropy format of libFuzzer, of campaigns and of tests.
//! Out: a [`Case`]. What a program can contain is in `generate/grow/`, how often in
//! `generate/weights.rs`, how a program tree becomes a chunk in `generate/emit.rs`, and how
//! one program becomes another in `generate/mutate/`. Nothing here runs anything but
//! [`statistics`], which says what came out.
//!
//! Start with [`case`], with [`Specimen`] for cases that are going to be changed, or with
//! [`single`] for what is enumerated instead.

mod emit;
mod entropy;
mod grow;
mod kinds;
mod mutate;
mod raw;
mod rewrite;
mod scene;
mod shrink;
pub mod single;
mod specimen;
pub mod statistics;
mod tree;
mod walk;
mod weights;

pub use specimen::Specimen;

use crate::case::Case;
use arbitrary::{Result, Unstructured};

/// G1: the case of [`Specimen::structured`].
///
/// # Errors
/// None today; entropy that runs out gives simpler programs.
pub fn case(u: &mut Unstructured) -> Result<Case> {
    Ok(Specimen::structured(u).case)
}

/// G2: the case of [`Specimen::raw`].
///
/// # Errors
/// None today; entropy that runs out gives shorter chunks.
pub fn raw_case(u: &mut Unstructured) -> Result<Case> {
    Ok(Specimen::raw(u).case)
}

/// G3: the case of [`Specimen::mutated`].
///
/// # Errors
/// None today; entropy that runs out gives simpler programs.
pub fn mutated_case(u: &mut Unstructured) -> Result<Case> {
    Ok(Specimen::mutated(u).case)
}

#[cfg(test)]
mod tests;
