//! `AwkHost`: what the AWK ops ask of the program that embeds the VM.
//!
//! The AWK ops are not implemented yet; the trait stands so that a host can be installed.

/// Answers the AWK ops.
pub trait AwkHost: Send {}
