//! The bodies of the fuzz targets, and the list of them.
//!
//! A target takes any bytes and panics when something is wrong; the message is what a person
//! needs to see: the divergence and the reduced program. `fuzz/fuzz_targets/` has one file
//! per target that does nothing but call it, so that every target also runs without
//! libFuzzer, in tests and on any toolchain.

pub mod decode;
pub mod diff_jit;
pub mod diff_raw;
pub mod diff_reference;

mod agree;
#[cfg(test)]
mod corpus;

/// A fuzz target.
pub struct Target {
    /// Its name: that of its program, and of its folder in `fuzz/corpus`.
    pub name: &'static str,
    /// What it checks.
    pub about: &'static str,
    /// Panics when something is wrong with what the bytes mean.
    pub check: fn(&[u8]),
}

/// Every target.
pub fn all() -> &'static [Target] {
    &[
        Target {
            name: "diff_jit",
            about: "tiers agree on structured programs",
            check: diff_jit::check,
        },
        Target {
            name: "diff_raw",
            about: "tiers agree on chunks in which nothing needs to make sense",
            check: diff_raw::check,
        },
        Target {
            name: "diff_reference",
            about: "the interpreter agrees with the reference evaluator",
            check: diff_reference::check,
        },
        Target {
            name: "decode",
            about: "text, JSON and binary forms of chunks are read or refused with a clear error",
            check: decode::check,
        },
    ]
}
