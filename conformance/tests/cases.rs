//! Every case.
fn main() {}
