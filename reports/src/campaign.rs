//! What a campaign of the harness did and found: the file that `cargo difftest --json` writes.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A bounded, seeded series of cases over a set of subjects. Everything except `timing` is
/// the same for the same seed and number of cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CampaignRecord {
    /// Changes when a field changes its meaning.
    pub format: u32,
    /// The seed that repeats it.
    pub seed: u64,
    /// The bound on its cases, if it had one.
    pub case_bound: Option<u64>,
    /// Raw chunks in 1000 cases.
    pub raw_per_mille: u32,
    /// Single ops in 1000 cases.
    pub single_per_mille: u32,
    /// Why it ended.
    pub end: End,
    /// Cases that were run.
    pub cases: u64,
    /// Those of them that were raw chunks.
    pub raw_cases: u64,
    /// Those of them that were single ops.
    pub single_cases: u64,
    /// Those that were changed programs.
    pub mutated_cases: u64,
    /// Cases that a subject ran which compiles.
    pub offered_cases: u64,
    /// Cases that at least one subject ran natively.
    pub native_cases: u64,
    /// Cases in which at least one subject diverged.
    pub diverged_cases: u64,
    /// What every subject besides the reference did.
    pub subjects: Vec<SubjectRecord>,
    /// How often every op was met.
    pub ops: Vec<OpRecord>,
    /// Error texts that are not compared, each with the reason.
    pub poisoned: Vec<(String, String)>,
    /// What was found, one entry per bug as far as the harness can tell bugs apart.
    pub divergences: Vec<DivergenceRecord>,
    /// Numbers of cases that did not end.
    pub endless_cases: Vec<u64>,
    /// Counts of native code that are not those of the ledger, in words.
    pub ledger: Vec<String>,
    /// What differs from run to run.
    pub timing: Timing,
}

/// Why a campaign ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// All cases were run.
    Cases,
    /// The time was over.
    Time,
    /// It was interrupted.
    Interrupted,
    /// A case did not end.
    Endless,
    /// As many cases diverged as it was to find.
    Diverged,
}

/// What one subject made of the cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectRecord {
    /// Its name.
    pub name: String,
    /// Cases that it was given.
    pub cases: u64,
    /// Cases with the outcome of the reference.
    pub agreed: u64,
    /// Cases that it did not take.
    pub declined: u64,
    /// Cases whose outcome is not compared.
    pub poisoned: u64,
    /// Cases with another outcome.
    pub diverged: u64,
    /// What the native tiers did for it, by tier.
    pub tiers: BTreeMap<String, TierRecord>,
    /// Why it declined, the most frequent reason first.
    pub declines: Vec<DeclineRecord>,
}

/// What one tier did for one subject; the engine's `TierStats` say what is counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the counters of `TierStats`")]
pub struct TierRecord {
    pub compiles: u64,
    pub entries: u64,
    pub guards: u64,
    pub side_exits: u64,
    pub entry_misses: u64,
    pub side_traces: u64,
    pub code_bytes: u64,
}

/// How often a subject declined for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclineRecord {
    /// The reason.
    pub reason: String,
    /// How often.
    pub count: u64,
    /// The first case, in words.
    pub example: String,
}

/// How often one op was met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpRecord {
    /// Its name.
    pub op: String,
    /// Its section of the instruction set.
    pub section: String,
    /// Cases that contain it.
    pub cases: u64,
    /// Times it was generated.
    pub generated: u64,
    /// Times the interpreter executed it.
    pub executed: u64,
    /// Pairs of kinds of operands that it met.
    pub kind_pairs: u32,
    /// Cases in which native code of each tier contained it and was entered.
    pub native: BTreeMap<String, u64>,
    /// Times each tier finished it natively, in the runs of the subject `deopt`.
    pub finished: BTreeMap<String, u64>,
    /// Times it was given back to the interpreter because a guard failed, likewise.
    pub guards_failed: BTreeMap<String, u64>,
    /// What happened to it in native code, by tier and then by `completes`, `errors` and
    /// `guard fails`.
    pub matrix: BTreeMap<String, BTreeMap<String, CellsRecord>>,
}

/// Cells of the matrix that differ in the kinds of operands only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellsRecord {
    /// Cells that were reached, of those that must be.
    pub reached: u32,
    /// Cells that must be reached.
    pub required: u32,
}

/// Divergences that look like the same defect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DivergenceRecord {
    /// The subjects that show it, and how often.
    pub subjects: Vec<(String, u64)>,
    /// The first field of the outcome that differs.
    pub field: String,
    /// What the reference has there.
    pub left: String,
    /// What the subject has there.
    pub right: String,
    /// Numbers of the cases that show it.
    pub cases: Vec<u64>,
    /// Ops of the smallest program.
    pub n_ops: usize,
    /// The smallest program, as a case file.
    pub program: String,
    /// Where that file was written.
    pub file: Option<String>,
}

/// What differs from run to run of the same campaign.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Worker threads.
    pub jobs: usize,
    /// Seconds from start to end.
    pub seconds: f64,
    /// Cases per second.
    pub cases_per_second: f64,
    /// Seconds spent compiling, over all workers, by subject.
    pub compile_seconds: BTreeMap<String, f64>,
    /// Seconds until a case had diverged.
    pub first_divergence: Option<f64>,
    /// Seconds that making each divergence small took, in their order.
    pub reduce_seconds: Vec<f64>,
}
