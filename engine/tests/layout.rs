//! Sizes that the published crate promises.

use fusevm::{Op, Value};
use std::mem::size_of;

#[test]
fn an_op_has_at_most_24_bytes() {
    assert!(size_of::<Op>() <= 24);
}

#[test]
fn a_value_has_at_most_64_bytes() {
    assert!(size_of::<Value>() <= 64);
}
