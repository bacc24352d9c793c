//! Workloads of the fusevm interpreter and tiers, and the ways to time them.
//!
//! One list of programs ([`workloads::all`]), each with its answer and the same algorithm in
//! native Rust. The Criterion groups, the program `compare` and any comparison with another
//! engine walk that list; none of them contains a program of its own.

pub mod code;
pub mod workload;
pub mod workloads;

pub mod twins;

pub mod compare;
pub mod modes;
