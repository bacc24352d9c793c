//! What `difftest` writes is what the record says.

use fusevm_conformance::campaign::{Findings, Plan, Tally};
use fusevm_conformance::report::{End, Report};
use fusevm_reports::campaign::CampaignRecord;
use std::time::Duration;

#[test]
fn a_report_is_a_record_and_back() {
    let report = Report::new(
        &Plan::default(),
        &Tally::default(),
        &Findings::default(),
        End::Cases,
        Duration::from_millis(1234),
    );
    let written = serde_json::to_value(&report).unwrap();
    let record: CampaignRecord = serde_json::from_value(written.clone()).unwrap();
    assert_eq!(serde_json::to_value(&record).unwrap(), written);
}

#[test]
fn a_full_record_survives_json() {
    let text = r#"{
        "format": 1, "seed": 18446744073709551615, "case_bound": 5, "raw_per_mille": 250,
        "single_per_mille": 200, "end": "interrupted", "cases": 3, "raw_cases": 1,
        "single_cases": 1, "mutated_cases": 0, "offered_cases": 3, "native_cases": 2,
        "diverged_cases": 1,
        "subjects": [{
            "name": "block", "cases": 3, "agreed": 1, "declined": 1, "poisoned": 0,
            "diverged": 1,
            "tiers": {"block": {
                "compiles": 2, "entries": 2, "guards": 7, "side_exits": 1, "entry_misses": 0,
                "side_traces": 0, "code_bytes": 512
            }},
            "declines": [{"reason": "Empty", "count": 1, "example": "the chunk is empty"}]
        }],
        "ops": [{
            "op": "Add", "section": "Arithmetic", "cases": 2, "generated": 3, "executed": 40,
            "kind_pairs": 2, "native": {"block": 2}, "finished": {"block": 31},
            "guards_failed": {"block": 4},
            "matrix": {"block": {"completes": {"reached": 2, "required": 100}}}
        }],
        "poisoned": [["limit exceeded: memory", "tiers notice it at different points"]],
        "divergences": [{
            "subjects": [["block", 1]], "field": "frame 0, slot 3", "left": "true",
            "right": "1", "cases": [2], "n_ops": 2, "program": "LoadTrue\nSetSlot 3\n",
            "file": null
        }],
        "endless_cases": [],
        "ledger": ["block: compiles 2 instead of 3"],
        "timing": {
            "jobs": 2, "seconds": 0.1, "cases_per_second": 30.0,
            "compile_seconds": {"block": 0.0125}, "first_divergence": 0.0625,
            "reduce_seconds": [0.5]
        }
    }"#;
    let record: CampaignRecord = serde_json::from_str(text).unwrap();
    let again = serde_json::to_string(&record).unwrap();
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&again).unwrap(),
        serde_json::from_str::<serde_json::Value>(text).unwrap()
    );
}
