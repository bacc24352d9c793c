//! `ShellHost`: what the shell ops ask of the program that embeds the VM.
//!
//! The shell ops are not implemented yet; the trait stands so that a host can be installed.

/// Answers the shell ops.
pub trait ShellHost: Send {}
