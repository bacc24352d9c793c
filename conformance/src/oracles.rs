//! What can be wrong about a run.

pub mod agreement;
pub mod eligibility;
pub mod metamorphic;
pub mod region;
pub mod resources;
pub mod speed;
