//! Written next.

/// One active block of a higher-order op.
#[derive(Debug)]
pub(crate) struct Activation {}
