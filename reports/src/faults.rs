//! Whether the harness notices faults: the file that `cargo difftest faults --json` writes.

use crate::Provenance;
use serde::{Deserialize, Serialize};

/// Faults that were put into a copy of the project one at a time, and what a campaign of
/// bounded time made of each.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FaultsRecord {
    /// Changes when a field changes its meaning.
    pub format: u32,
    /// Where and when the last of them was measured.
    pub provenance: Provenance,
    /// How every campaign was run.
    pub settings: Settings,
    /// The copy without a fault, which has to agree.
    pub baseline: Option<Baseline>,
    /// The faults, in the order in which they were tried.
    pub faults: Vec<FaultRecord>,
}

/// How every campaign was run. Results with other settings are not comparable.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The seed of the campaigns.
    pub seed: u64,
    /// Most seconds of a campaign, by the clock.
    pub seconds: f64,
    /// Most seconds that reducing a divergence takes.
    pub reduce_seconds: f64,
    /// Worker threads.
    pub jobs: usize,
    /// Processors of the machine.
    pub cores: usize,
}

/// The campaign of the copy without a fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// A hash of the files that were copied.
    pub tree: String,
    /// Cases that were run, all of which agreed.
    pub cases: u64,
    /// How long that took.
    pub seconds: f64,
}

/// One fault, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FaultRecord {
    /// What it is called.
    pub id: String,
    /// The kind of defect, or for a mutant the part of the engine.
    pub class: String,
    /// A sentence about it.
    pub models: String,
    /// The file that it changes.
    pub file: String,
    /// A hash of the change.
    pub digest: String,
    /// A hash of the files that it was put into.
    pub tree: String,
    /// Seconds that building the changed copy took.
    pub build_seconds: f64,
    /// What a campaign of random programs made of it.
    pub result: FaultResult,
    /// What a fuzz target steered by coverage made of it, when that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub libfuzzer: Option<LibFuzzer>,
}

/// What a campaign made of a fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum FaultResult {
    /// It does not compile, so there is nothing to notice.
    Unviable {
        /// The first error.
        error: String,
    },
    /// The campaign found it.
    Noticed(Noticed),
    /// The campaign found nothing.
    Survived {
        /// Cases that were run.
        cases: u64,
        /// How long that took.
        seconds: f64,
    },
}

/// How a fault was noticed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Noticed {
    /// What gave it away.
    pub how: How,
    /// The subject that differed, crashed or did not end, where it is known.
    pub subject: Option<String>,
    /// The first field that differed, or how the process ended.
    pub what: String,
    /// Cases until then, in the order of their numbers; 0 where the campaign could not say.
    pub cases: u64,
    /// Seconds until then, from the start of the campaign.
    pub seconds: f64,
    /// Ops of the reduced program.
    pub n_ops: Option<usize>,
    /// Seconds that reducing took.
    pub reduce_seconds: Option<f64>,
}

/// What gave a fault away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// An outcome that differs, a panic included.
    Divergence,
    /// A process that was killed by a signal.
    Crash,
    /// A case that does not end.
    Endless,
    /// A campaign that refused to call it agreement, because a subject never ran natively.
    Idle,
    /// Outcomes that agree, and native code that does not do what it did.
    Ledger,
}

/// What a fuzz target made of a fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LibFuzzer {
    /// The target.
    pub target: String,
    /// Seconds until it stopped at the fault; `None` when it did not.
    pub noticed: Option<f64>,
}

/// How many faults were noticed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Score {
    /// Faults that compile.
    pub viable: usize,
    /// Those of them that were noticed.
    pub noticed: usize,
}

impl Score {
    /// The score of these faults.
    pub fn of<'a>(faults: impl IntoIterator<Item = &'a FaultRecord>) -> Score {
        let mut score = Score::default();
        for fault in faults {
            score.viable += usize::from(!matches!(fault.result, FaultResult::Unviable { .. }));
            score.noticed += usize::from(fault.noticed().is_some());
        }
        score
    }

    /// The share that was noticed, in percent; 100 of none.
    pub fn percent(self) -> f64 {
        match self.viable {
            0 => 100.0,
            viable => self.noticed as f64 * 100.0 / viable as f64,
        }
    }
}

impl Noticed {
    /// Ops of the reduced program; `None` too where the program does not matter, because an
    /// oracle asked about one of its own: [`Noticed::what`] names that.
    pub fn program_ops(&self) -> Option<usize> {
        self.n_ops.filter(|n_ops| *n_ops > 0)
    }
}

impl FaultRecord {
    /// How it was noticed, if it was.
    pub fn noticed(&self) -> Option<&Noticed> {
        match &self.result {
            FaultResult::Noticed(noticed) => Some(noticed),
            _ => None,
        }
    }

    /// Whether it compiles and nothing was found.
    pub fn survived(&self) -> bool {
        matches!(self.result, FaultResult::Survived { .. })
    }
}
