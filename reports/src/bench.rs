//! What a run of the benchmarks measured.

use crate::Provenance;
use serde::{Deserialize, Serialize};

/// One interleaved run: times in one record may be compared with each other, times of
/// different records may not.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BenchRecord {
    /// Where and when.
    pub provenance: Provenance,
    /// What was timed.
    pub measurements: Vec<Measurement>,
    /// What could not be timed, and why.
    pub refusals: Vec<Refusal>,
}

/// The times of one workload in one mode.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// `family/workload`.
    pub workload: String,
    /// The engine, `fusevm` for this one.
    pub engine: String,
    /// `interp`, `linear`, `block`, `trace`, `auto` or `native`.
    pub mode: String,
    /// Iterations of one run.
    pub iterations: u64,
    /// Nanoseconds per iteration, one raw sample per round. Round k of one measurement ran
    /// next to round k of the others of the same workload.
    pub nanos: Vec<f64>,
}

/// A workload that was not timed in a mode.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// `family/workload`.
    pub workload: String,
    /// The engine.
    pub engine: String,
    /// The mode.
    pub mode: String,
    /// Why: no twin, a decline with its reason, or a wrong answer.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_round_trip() {
        let record = BenchRecord {
            provenance: Provenance {
                schema: crate::SCHEMA,
                engine: "0.14.0".into(),
                revision: Some("0123abc".into()),
                target: "linux-x86_64".into(),
                started: 1_700_000_000,
            },
            measurements: vec![Measurement {
                workload: "int_loops/sum_fused".into(),
                engine: "fusevm".into(),
                mode: "trace".into(),
                iterations: 1_000_000,
                nanos: vec![0.1, 1.0 / 3.0, f64::MIN_POSITIVE, 12345.678],
            }],
            refusals: vec![Refusal {
                workload: "calls/fib_recursive".into(),
                engine: "fusevm".into(),
                mode: "trace".into(),
                reason: "declined: no loop".into(),
            }],
        };
        let text = serde_json::to_string_pretty(&record).unwrap();
        assert_eq!(serde_json::from_str::<BenchRecord>(&text).unwrap(), record);
    }

    #[test]
    fn a_missing_revision_may_be_left_out() {
        let text = r#"{"schema":1,"engine":"0.14.0","target":"linux-x86_64","started":0}"#;
        let provenance: Provenance = serde_json::from_str(text).unwrap();
        assert_eq!(provenance.revision, None);
    }
}
