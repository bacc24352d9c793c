//! `difftest`.
fn main() {}
