//! `interp`: the interpreter alone.

use super::execute;
use crate::case::Case;
use crate::subject::{Declined, Observed, Subject};
use fusevm::{TierPolicy, TraceJitConfig};

/// `VM::run` with every native tier off: the semantics of record.
#[derive(Debug)]
pub struct Interp;

impl Subject for Interp {
    fn name(&self) -> &'static str {
        "interp"
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        Ok(execute(case, TierPolicy::NONE, TraceJitConfig::defaults()))
    }
}
