//! Differential testing of the fusevm tiers.
//!
//! A [`case::Case`] is run by several [`subject::Subject`]s; the [`outcome::Outcome`]s are
//! compared field by field, and what differs is a divergence.

pub mod case;
pub mod outcome;
pub mod subject;

pub mod campaign;
pub mod coverage;
pub mod cpu_time;
pub mod faults;
pub mod filetest;
pub mod generate;
pub mod ledger;
pub mod operands;
pub mod oracles;
pub mod panics;
pub mod reduce;
pub mod reference;
pub mod report;
pub mod scripted;
pub mod subjects;
pub mod targets;
pub mod values;
