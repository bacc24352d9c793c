//! The records in `data/`: what the harness was measured to notice, and what README says of it.

use fusevm_conformance::faults::{patches, survivors};
use fusevm_reports::faults::{FaultRecord, FaultsRecord, Score};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The share of faults that has to be noticed, in percent.
const NOTICED: f64 = 95.0;
/// How large reduced programs may be, for half of them, in ops.
const MEDIAN_OPS: usize = 12;
/// How long reducing may take, in seconds.
const REDUCED_IN: f64 = 10.0;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn kept(name: &str) -> FaultsRecord {
    let file = root().join("reports/data").join(name);
    let text = std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn ids<'a>(faults: impl IntoIterator<Item = &'a FaultRecord>) -> BTreeSet<&'a str> {
    faults.into_iter().map(|fault| fault.id.as_str()).collect()
}

#[test]
fn every_patch_was_tried_and_nearly_all_were_noticed() {
    let record = kept("faults.json");
    let folder = root().join("conformance/faults");
    let patches = patches(&folder).expect("patches");
    let tried = ids(&record.faults);
    let all: BTreeSet<_> = patches.iter().map(|fault| fault.id.as_str()).collect();
    assert_eq!(
        tried, all,
        "`cargo difftest faults --json reports/data/faults.json` tries what is new"
    );
    let score = Score::of(&record.faults);
    assert_eq!(score.viable, all.len(), "every patch compiles");
    assert!(score.percent() >= NOTICED, "{score:?}");
    let survivors = survivors(&folder.join("survivors.toml")).expect("survivors");
    let explained = survivors.iter().map(|one| one.fault.as_str());
    let explained: BTreeSet<_> = explained.filter(|fault| all.contains(fault)).collect();
    let survived = ids(record.faults.iter().filter(|fault| fault.survived()));
    assert_eq!(
        survived, explained,
        "survivors are explained, and only they"
    );
}

#[test]
fn reduced_programs_are_small_and_come_soon() {
    let record = kept("faults.json");
    let noticed = record.faults.iter().filter_map(FaultRecord::noticed);
    let mut reduced: Vec<_> = noticed
        .filter_map(|noticed| Some((noticed.program_ops()?, noticed.reduce_seconds?)))
        .collect();
    assert!(reduced.len() > 40, "{} reduced", reduced.len());
    reduced.sort_by_key(|(n_ops, _)| *n_ops);
    assert!(reduced[reduced.len() / 2].0 <= MEDIAN_OPS, "{reduced:?}");
    let late: Vec<_> = reduced.iter().filter(|(_, s)| *s > REDUCED_IN).collect();
    assert!(late.is_empty(), "{late:?}");
}

/// Half of these are smaller, and half are larger.
fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}

/// A row of the table in README.
fn row(name: &str, faults: &[&FaultRecord]) -> String {
    let score = Score::of(faults.iter().copied());
    let noticed: Vec<_> = faults.iter().filter_map(|fault| fault.noticed()).collect();
    let seconds = noticed.iter().map(|noticed| noticed.seconds).collect();
    let n_ops = noticed.iter().filter_map(|noticed| noticed.program_ops());
    format!(
        "| {name} | {} of {} | {:.1} s | {} ops |",
        score.noticed,
        score.viable,
        median(seconds),
        median(n_ops.map(|n| n as f64).collect()),
    )
}

/// What README says of the faults that a fuzz target was run against as well.
fn beside_coverage(faults: &[FaultRecord]) -> String {
    let both = faults
        .iter()
        .filter_map(|f| Some((f, f.libfuzzer.as_ref()?)));
    let both: Vec<_> = both.collect();
    let noticed = both.iter().filter(|(fault, _)| fault.noticed().is_some());
    let targets: BTreeSet<_> = both.iter().map(|(_, by)| by.target.as_str()).collect();
    let by_target = both.iter().filter(|(_, by)| by.noticed.is_some());
    format!(
        "Of a sample of {} of those made by hand, campaigns, which are plain random, noticed {}; \
         the fuzz target `{}`, led by coverage, noticed {} in the same time.",
        both.len(),
        noticed.count(),
        Vec::from_iter(targets).join("`, `"),
        by_target.count(),
    )
}

#[test]
fn readme_says_what_was_measured() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("README.md");
    let patches = kept("faults.json");
    let mutants = kept("mutants.json");
    let of = |folder: &str| -> Vec<&FaultRecord> {
        let faults = mutants.faults.iter();
        faults
            .filter(|fault| fault.file.starts_with(folder))
            .collect()
    };
    let (tiers, semantics) = (of("engine/src/jit"), of("engine/src/semantics"));
    for row in [
        row("made by hand", &patches.faults.iter().collect::<Vec<_>>()),
        row("mutants of the tiers, a sample", &tiers),
        row("mutants of the semantics, a sample", &semantics),
    ] {
        assert!(readme.contains(&row), "README lacks\n{row}");
    }
    let sentence = beside_coverage(&patches.faults);
    assert!(readme.contains(&sentence), "README lacks\n{sentence}");
    let survivors = survivors(&root().join("conformance/faults/survivors.toml"));
    let explained = survivors.expect("survivors");
    let is_explained = |id: &str| explained.iter().any(|known| known.fault == id);
    for faults in [tiers, semantics] {
        let score = Score::of(faults.iter().copied());
        let survived = faults.iter().filter(|fault| fault.survived());
        let unexplained: Vec<_> = survived.filter(|fault| !is_explained(&fault.id)).collect();
        let most = (score.viable as f64 * (100.0 - NOTICED) / 100.0) as usize;
        assert!(score.viable >= 30, "{score:?}");
        assert!(unexplained.len() <= most, "{unexplained:#?}");
    }
}
