//! What ops do to values: pure functions, by family.
//!
//! In: operands and, where they matter, limits. Out: the result, or an [`Error`] of the op.
//! No VM, no stack, no fuel: the interpreter, helpers of compiled code and constant folding
//! all call the same functions. Ops on numbers come twice: once on values, once (`_int`,
//! `_float`) on scalars whose kind is known; the first calls the second.
//!
//! What an op costs is in `semantics/cost.rs`.
//!
//! [`Error`]: crate::error::Error

pub(crate) mod arith;
pub(crate) mod arrays;
pub(crate) mod awk;
pub(crate) mod bits;
pub(crate) mod compare;
pub(crate) mod cost;
pub(crate) mod fused;
pub(crate) mod hashes;
pub(crate) mod logic;
pub(crate) mod math;
pub(crate) mod ranges;
pub(crate) mod strings;
