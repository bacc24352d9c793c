//! `interp` and `checked`: the interpreter alone, with and without what was proved of the
//! chunk.

use super::{execute, execute_until, forget};
use crate::case::Case;
use crate::subject::{Declined, Observed, Subject};
use fusevm::{TierPolicy, TraceJitConfig, VM};

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

/// The interpreter on its checked path, which relies on no proof: what the fast path of
/// verified chunks leaves out must not have been needed.
#[derive(Debug)]
pub struct Checked;

impl Subject for Checked {
    fn name(&self) -> &'static str {
        "checked"
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        forget(case, TraceJitConfig::defaults());
        let arm = |vm: &mut VM| vm.set_checked_dispatch(true);
        let runs = case.runs.max(1);
        Ok(execute_until(case, &arm, |run, _, _| run >= runs))
    }
}
