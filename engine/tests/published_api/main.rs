//! The published surface: whoever compiled against version 0.14.0 of the crate compiles
//! against this one. Every public item is used by name, and every function with its exact type.

#![allow(clippy::type_complexity, reason = "types are what is tested")]

mod awk;
mod core;
mod jit;
mod ops;
mod shell;
