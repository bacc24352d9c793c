//! The record of a run of `difftest faults` is what it says, in JSON and in numbers.

use fusevm_reports::faults::{FaultResult, FaultsRecord, How, Score};

const TEXT: &str = r#"{
    "format": 1,
    "provenance": {
        "schema": 1, "engine": "0.14.0", "revision": "abc", "target": "linux x86_64",
        "started": 1
    },
    "settings": {
        "seed": 18446744073709551615, "seconds": 60.0, "reduce_seconds": 10.0, "jobs": 2,
        "cores": 2
    },
    "baseline": {"tree": "00", "cases": 4000, "seconds": 60.0},
    "faults": [
        {
            "id": "guard_missing", "class": "guards", "models": "A guard.", "file": "x.rs",
            "digest": "01", "tree": "00", "build_seconds": 12.5,
            "result": {
                "outcome": "noticed", "how": "divergence", "subject": "trace",
                "what": "frame 0, slot 1", "cases": 12, "seconds": 0.25, "n_ops": 8,
                "reduce_seconds": 0.5
            },
            "libfuzzer": {"target": "diff_jit", "noticed": 3.5}
        },
        {
            "id": "helper_traps", "class": "floats", "models": "A trap.", "file": "x.rs",
            "digest": "02", "tree": "00", "build_seconds": 12.5,
            "result": {
                "outcome": "noticed", "how": "crash", "subject": null,
                "what": "killed the process by signal 4", "cases": 0, "seconds": 0.25,
                "n_ops": null, "reduce_seconds": null
            }
        },
        {
            "id": "cache_evicts", "class": "caches", "models": "A cache.", "file": "x.rs",
            "digest": "03", "tree": "00", "build_seconds": 12.5,
            "result": {"outcome": "survived", "cases": 4000, "seconds": 60.0}
        },
        {
            "id": "nonsense", "class": "caches", "models": "Nonsense.", "file": "x.rs",
            "digest": "04", "tree": "00", "build_seconds": 12.5,
            "result": {"outcome": "unviable", "error": "no such name"}
        }
    ]
}"#;

#[test]
fn a_full_record_survives_json() {
    let record: FaultsRecord = serde_json::from_str(TEXT).unwrap();
    let again = serde_json::to_string(&record).unwrap();
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&again).unwrap(),
        serde_json::from_str::<serde_json::Value>(TEXT).unwrap()
    );
}

#[test]
fn what_does_not_compile_does_not_count() {
    let record: FaultsRecord = serde_json::from_str(TEXT).unwrap();
    let score = Score::of(&record.faults);
    assert_eq!((score.noticed, score.viable), (2, 3));
    assert!((score.percent() - 66.7).abs() < 0.1);
    assert!((Score::of([]).percent() - 100.0).abs() < f64::EPSILON);
    let hows: Vec<_> = record
        .faults
        .iter()
        .filter_map(|f| f.noticed())
        .map(|n| n.how)
        .collect();
    assert_eq!(hows, [How::Divergence, How::Crash]);
    assert!(record.faults[2].survived());
    assert!(matches!(
        record.faults[3].result,
        FaultResult::Unviable { .. }
    ));
}
