//! Tiers agree on chunks in which nothing needs to make sense, and nothing panics.

use super::agree;
use crate::campaign::Shape;

/// Panics with the reduced program and the divergence when subjects disagree on the raw
/// case that `data` means.
pub fn check(data: &[u8]) {
    agree::check(Shape::Raw, data);
}
