//! What can be wrong about a run.

pub mod agreement;
pub mod eligibility;
pub mod entries;
pub mod metadata;
pub mod metamorphic;
pub mod proof;
pub mod region;
pub mod resources;
pub mod speed;
