//! The published `fusevm` crate under the harness of this repository.
//!
//! The crate that this project is compatible with is itself a subject: a case goes over to it
//! by serde, runs in its interpreter or in one of its tiers, and what it makes observable is
//! compared field by field. Its interpreter is compared with this project's, and its tiers
//! with its own interpreter.
//!
//! It may panic, abort, overflow its stack or never end, so every case runs in a process that
//! nobody misses ([`worker`]). What differs is reduced, grouped by cause ([`causes`]) and
//! printed as a page ([`page`]). Start with [`campaign::run`].
//!
//! Which version it is says a feature of this package.

#[cfg(all(feature = "v0_14_0", feature = "newest"))]
compile_error!("two versions of the published crate cannot be linked together: choose one");

/// The published crate.
#[cfg(not(feature = "newest"))]
pub(crate) use published_0_14_0 as theirs;
/// The published crate.
#[cfg(feature = "newest")]
pub(crate) use published_newest as theirs;

/// The version of the published crate.
pub const VERSION: &str = match cfg!(feature = "newest") {
    true => "0.26.10",
    false => "0.14.0",
};

pub mod campaign;
pub mod causes;
pub mod compare;
pub mod judge;
pub mod page;
pub mod subjects;
pub mod worker;

mod convert;
mod hosts;
mod numeric;
mod streams;
