//! The published surface: whoever compiled against version 0.14.0 of the crate compiles
//! against this one. Every public item is used by name, and every function with its exact type.

mod core;
mod jit;
mod ops;
mod shell;
