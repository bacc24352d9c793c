//! [`Subject`]: one way to run a case.

use crate::case::Case;
use crate::outcome::Outcome;
use fusevm::TierReport;

/// One way to run a case. The harness knows nothing else about an engine.
pub trait Subject: Sync {
    /// The name in commands, directives and reports.
    fn name(&self) -> &'static str;

    /// Runs `case` to its end, or says why this subject cannot take it.
    ///
    /// # Errors
    /// The reason why the subject declines; nothing of the case has been run then.
    fn run(&self, case: &Case) -> Result<Observed, Declined>;
}

/// What a run made observable, and what really executed it.
#[derive(Debug, Clone)]
pub struct Observed {
    /// Everything a run makes observable. With several runs, that of the last one.
    pub outcome: Outcome,
    /// What the native tiers did.
    pub tiers: TierReport,
}

/// Why a subject did not take a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declined {
    /// The reason's name, the same for all cases that it applies to.
    pub reason: String,
    /// The reason as a sentence about this case.
    pub detail: String,
}
