//! The records that benchmarks and campaigns of fusevm write: serde types and nothing else.
//!
//! Records are JSON files. Tools write them, people and other tools read them; nothing here
//! runs an engine, so reading a record never needs one.

pub mod bench;
pub mod campaign;
pub mod faults;

use serde::{Deserialize, Serialize};

/// The version of the record types; a reader refuses a newer one than it knows.
pub const SCHEMA: u32 = 1;

/// Where and when a record was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// [`SCHEMA`] when it was written.
    pub schema: u32,
    /// The version of the engine.
    pub engine: String,
    /// The revision of the source, when the tool was told.
    pub revision: Option<String>,
    /// Operating system and architecture.
    pub target: String,
    /// Seconds since 1970 when the tool started.
    pub started: u64,
}
