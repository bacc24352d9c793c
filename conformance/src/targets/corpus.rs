//! The stored seeds of the targets: that they reach every op, and how they are made.

use super::all;
use crate::campaign::{Shape, SplitMix, case_from};
use crate::coverage;
use crate::generate::statistics::Statistics;
use fusevm::op::{N_OPS, Section, TABLE};
use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

/// Inputs tried when seeds are made.
const TRIED: u64 = 30_000;
/// The most seeds that are kept for one target.
const MOST: usize = 250;

fn folder(target: &str) -> PathBuf {
    let fuzz = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
    fuzz.join("corpus").join(target)
}

fn shape_of(target: &str) -> Shape {
    match target {
        "diff_raw" => Shape::Raw,
        _ => Shape::Structured,
    }
}

#[test]
fn seeds_reach_every_op() {
    for target in all() {
        let mut reached = fusevm::jit::OpSet::default();
        let files = fs::read_dir(folder(target.name)).expect("every target has seeds");
        for file in files {
            let bytes = fs::read(file.expect("a readable folder").path()).expect("a file");
            let case = case_from(shape_of(target.name), &bytes);
            reached.extend(&coverage::contained(&case.chunk));
        }
        let missing: Vec<_> = TABLE
            .iter()
            .filter(|info| !matches!(info.section, Section::Shell | Section::Awk))
            .filter(|info| target.name != "diff_raw" || info.name != "TimeInt")
            .filter(|info| !reached.contains(usize::from(info.index)))
            .map(|info| info.name)
            .collect();
        assert!(
            missing.is_empty(),
            "{}: no seed has {missing:?}; {REMAKE}",
            target.name
        );
    }
}

const REMAKE: &str = "make new seeds with `cargo test -p fusevm-conformance --release --lib seeds_are_made -- --ignored`";

#[test]
#[ignore = "writes fuzz/corpus"]
fn seeds_are_made() {
    for target in all() {
        let folder = folder(target.name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a writable folder");
        for (number, bytes) in seeds(shape_of(target.name)).iter().enumerate() {
            fs::write(folder.join(format!("seed-{number:03}")), bytes).expect("a writable file");
        }
    }
}

/// Short inputs, each of which reaches something that those before it do not.
fn seeds(shape: Shape) -> Vec<Vec<u8>> {
    let mut inputs: Vec<Vec<u8>> = (0..TRIED)
        .map(|index| {
            let mut random = SplitMix::new(1).branch(index);
            let n = 12 + random.below(300);
            random.bytes(n as usize)
        })
        .collect();
    inputs.sort_by_key(Vec::len);
    let mut seen = HashSet::new();
    let mut seeds = Vec::new();
    for input in inputs {
        if seeds.len() < MOST
            && features(shape, &input)
                .into_iter()
                .any(|f| !seen.contains(&f))
        {
            seen.extend(features(shape, &input));
            seeds.push(input);
        }
    }
    seeds
}

/// What an input reaches: its ops, those inside loops, and whether it verifies.
fn features(shape: Shape, input: &[u8]) -> Vec<(usize, bool, bool)> {
    let case = case_from(shape, input);
    let mut statistics = Statistics::default();
    statistics.add(&case);
    let verified = statistics.verified > 0;
    (0..N_OPS)
        .filter(|op| statistics.generated[*op] > 0)
        .map(|op| (op, statistics.in_loop[op] > 0, verified))
        .collect()
}
