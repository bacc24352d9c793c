//! The bodies of the fuzz targets, and the list of them.
//!
//! A target takes any bytes and panics when something is wrong; the message is what a person
//! needs to see: the divergence and the reduced program. `fuzz/fuzz_targets/` has one file
//! per target that does nothing but call it, so that every target also runs without
//! libFuzzer, in tests and on any toolchain.

pub mod decode;
pub mod deopt_stress;
pub mod diff_jit;
pub mod diff_raw;
pub mod diff_reference;
pub mod input;
pub mod trace_metadata;

mod agree;
#[cfg(test)]
mod corpus;

use input::{Grow, Input};

/// A fuzz target.
pub struct Target {
    /// Its name: that of its program, and of its folder in `fuzz/corpus`.
    pub name: &'static str,
    /// What it checks.
    pub about: &'static str,
    /// Panics when something is wrong with what the bytes mean.
    pub check: fn(&[u8]),
    /// What it makes of entropy, when its inputs are programs.
    pub grow: Option<Grow>,
}

impl Target {
    /// Checks a stored input: what it means, and what that which it was made from means by
    /// now. Panics as `check` does.
    pub fn replay(&self, data: &[u8]) {
        (self.check)(data);
        if let Some(grow) = self.grow
            && let Some(remade) = Input::read(grow, data).remade(grow)
        {
            let record = remade.record();
            if record.as_bytes() != data {
                (self.check)(record.as_bytes());
            }
        }
    }
}

/// Every target.
pub fn all() -> &'static [Target] {
    &[
        Target {
            name: "diff_jit",
            about: "tiers agree on structured programs",
            check: diff_jit::check,
            grow: Some(diff_jit::GROW),
        },
        Target {
            name: "diff_raw",
            about: "tiers agree on chunks in which nothing needs to make sense",
            check: diff_raw::check,
            grow: Some(diff_raw::GROW),
        },
        Target {
            name: "diff_reference",
            about: "the interpreter agrees with the reference evaluator",
            check: diff_reference::check,
            grow: Some(diff_reference::GROW),
        },
        Target {
            name: "deopt_stress",
            about: "the interpreter can go on wherever native code is left",
            check: deopt_stress::check,
            grow: Some(deopt_stress::GROW),
        },
        Target {
            name: "trace_metadata",
            about: "hostile trace metadata is rejected or harmless",
            check: trace_metadata::check,
            grow: Some(trace_metadata::GROW),
        },
        Target {
            name: "decode",
            about: "text, JSON and binary forms of chunks are read or refused with a clear error",
            check: decode::check,
            grow: None,
        },
    ]
}
