//! What a campaign of the harness did and found.

use crate::Provenance;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A bounded, seeded series of cases over a set of subjects.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CampaignRecord {
    /// Where and when.
    pub provenance: Provenance,
    /// The seed that repeats it.
    pub seed: u64,
    /// How long it ran, in seconds.
    pub seconds: f64,
    /// Cases that were generated.
    pub cases: u64,
    /// What every subject did, by name.
    pub subjects: BTreeMap<String, SubjectRecord>,
    /// What was reached of every op, by name.
    pub ops: BTreeMap<String, OpRecord>,
    /// What was found, one entry per bug as far as the harness can tell bugs apart.
    pub divergences: Vec<DivergenceRecord>,
}

/// What one subject did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectRecord {
    /// Cases that it ran.
    pub ran: u64,
    /// Cases in which native code was entered.
    pub native: u64,
    /// Cases that it declined, by reason.
    pub declined: BTreeMap<String, u64>,
}

/// What was reached of one op.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpRecord {
    /// Times that it was generated.
    pub generated: u64,
    /// Cases in which it was part of native code that was entered, by tier.
    pub native: BTreeMap<String, u64>,
}

/// Two subjects that both ran a case and disagreed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DivergenceRecord {
    /// The two subjects.
    pub subjects: (String, String),
    /// The first field of the outcome that differs.
    pub field: String,
    /// Its text on the first subject's side.
    pub left: String,
    /// Its text on the second subject's side.
    pub right: String,
    /// The reduced case, as a `.fvm` file.
    pub program: String,
    /// Ops of the reduced case.
    pub ops: u64,
    /// Cases that ended in the same place.
    pub occurrences: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_round_trip() {
        let record = CampaignRecord {
            provenance: Provenance::default(),
            seed: u64::MAX,
            seconds: 59.75,
            cases: 123_456,
            subjects: BTreeMap::from([(
                "block".to_owned(),
                SubjectRecord {
                    ran: 120_000,
                    native: 119_000,
                    declined: BTreeMap::from([("does not verify".to_owned(), 3456)]),
                },
            )]),
            ops: BTreeMap::from([(
                "Add".to_owned(),
                OpRecord {
                    generated: 7,
                    native: BTreeMap::from([("block".to_owned(), 5)]),
                },
            )]),
            divergences: vec![DivergenceRecord {
                subjects: ("interp".into(), "block".into()),
                field: "frame 0, slot 3".into(),
                left: "Bool(true)".into(),
                right: "Int(1)".into(),
                program: "LoadTrue\nSetSlot 3\n".into(),
                ops: 2,
                occurrences: 17,
            }],
        };
        let text = serde_json::to_string(&record).unwrap();
        assert_eq!(
            serde_json::from_str::<CampaignRecord>(&text).unwrap(),
            record
        );
    }
}
