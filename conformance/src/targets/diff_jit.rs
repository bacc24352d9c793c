//! Tiers agree on structured programs.

use super::agree;
use crate::campaign::Shape;

/// Panics with the reduced program and the divergence when subjects disagree on the
/// structured case that `data` means.
pub fn check(data: &[u8]) {
    agree::check(Shape::Structured, data);
}
