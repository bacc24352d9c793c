//! The stored seeds of the targets: that they reach every op, that nothing is wrong with
//! them, and how they are made.

use super::{Target, all, decode, diff_reference};
use crate::campaign::{Shape, SplitMix, case_from};
use crate::case::Case;
use crate::coverage;
use crate::generate::statistics::Statistics;
use fusevm::op::{N_OPS, OpInfo, Section, TABLE};
use fusevm::{Chunk, asm};
use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Inputs tried when seeds are made.
const TRIED: u64 = 30_000;
/// The most seeds that are kept for one target.
const MOST: usize = 250;

/// How seeds are made.
const REMAKE: &str =
    "make them anew: cargo test --release -p fusevm-conformance --lib seeds_are_made -- --ignored";

fn fuzz_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

/// The seeds that are checked in, with the names of their files.
fn stored(target: &Target) -> Vec<(String, Vec<u8>)> {
    let folder = fuzz_folder().join("corpus").join(target.name);
    let entries = fs::read_dir(folder).expect("every target has seeds");
    let paths = entries.map(|entry| entry.expect("a readable folder").path());
    paths
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            (name.into_owned(), fs::read(&path).expect("a readable file"))
        })
        .filter(|(name, _)| name.starts_with("seed-"))
        .collect()
}

/// What the inputs of a differential target mean.
fn cases_of(target: &Target) -> Option<fn(&[u8]) -> Case> {
    match target.name {
        "diff_jit" => Some(|data| case_from(Shape::Structured, data)),
        "diff_raw" => Some(|data| case_from(Shape::Raw, data)),
        "diff_reference" => Some(diff_reference::case),
        _ => None,
    }
}

fn generated_ops() -> impl Iterator<Item = &'static OpInfo> {
    TABLE.iter().filter(|info| info.section != Section::Awk)
}

#[test]
fn seeds_reach_every_op() {
    for target in all() {
        let Some(case_of) = cases_of(target) else {
            continue;
        };
        let mut reached = fusevm::jit::OpSet::default();
        for (_, bytes) in stored(target) {
            reached.extend(&coverage::contained(&case_of(&bytes).chunk));
        }
        let missing: Vec<_> = generated_ops()
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

#[test]
fn targets_pass_on_their_seeds_and_on_fresh_inputs() {
    for target in all() {
        for (name, bytes) in stored(target) {
            println!("fuzz/corpus/{}/{name}", target.name);
            (target.check)(&bytes);
        }
        let started = Instant::now();
        for index in 0.. {
            if started.elapsed() > Duration::from_secs(1) {
                break;
            }
            let mut random = SplitMix::new(2).branch(index);
            let n = random.below(500);
            println!("{}: case {index} of seed 2", target.name);
            (target.check)(&random.bytes(n as usize));
        }
    }
}

#[test]
#[ignore = "writes fuzz/corpus and fuzz/dictionaries"]
fn seeds_are_made() {
    for target in all() {
        let folder = fuzz_folder().join("corpus").join(target.name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a writable folder");
        let seeds = match cases_of(target) {
            Some(case_of) => seeds(case_of),
            None => forms(),
        };
        for (number, bytes) in seeds.iter().enumerate() {
            fs::write(folder.join(format!("seed-{number:03}")), bytes).expect("a writable file");
        }
    }
    let dictionaries = fuzz_folder().join("dictionaries");
    fs::create_dir_all(&dictionaries).expect("a writable folder");
    fs::write(dictionaries.join("fvm.dict"), dictionary()).expect("a writable file");
}

/// Short inputs, each of which reaches something that those before it do not: every op
/// first, then the ways in which ops are used.
fn seeds(case_of: fn(&[u8]) -> Case) -> Vec<Vec<u8>> {
    let mut inputs: Vec<Vec<u8>> = (0..TRIED)
        .map(|index| {
            let mut random = SplitMix::new(1).branch(index);
            let n = 12 + random.below(300);
            random.bytes(n as usize)
        })
        .collect();
    inputs.sort_by_key(Vec::len);
    let mut seen = HashSet::new();
    let mut seen_ops = HashSet::new();
    let mut seeds = Vec::new();
    let mut rest = Vec::new();
    for input in inputs {
        let features = features(case_of, &input);
        let n_seen = seen_ops.len();
        seen_ops.extend(features.iter().map(|(op, ..)| *op));
        if seen_ops.len() > n_seen {
            seen.extend(features);
            seeds.push(input);
        } else {
            rest.push((input, features));
        }
    }
    for (input, features) in rest {
        if seeds.len() < MOST && features.iter().any(|feature| !seen.contains(feature)) {
            seen.extend(features);
            seeds.push(input);
        }
    }
    seeds
}

/// What an input reaches: its ops, inside loops or not, in a chunk that verifies or not.
fn features(case_of: fn(&[u8]) -> Case, input: &[u8]) -> Vec<(usize, bool, bool)> {
    let mut statistics = Statistics::default();
    statistics.add(&case_of(input));
    let verified = statistics.verified > 0;
    (0..N_OPS)
        .filter(|op| statistics.generated[*op] > 0)
        .map(|op| (op, statistics.in_loop[op] > 0, verified))
        .collect()
}

/// Chunks with all ops in the forms that `decode` reads.
fn forms() -> Vec<Vec<u8>> {
    let mut seen = HashSet::new();
    let mut forms = Vec::new();
    for index in 0..TRIED {
        let mut random = SplitMix::new(3).branch(index);
        let n = 12 + random.below(200);
        let chunk = case_from(Shape::Raw, &random.bytes(n as usize)).chunk;
        let ops: Vec<usize> = chunk.ops.iter().map(fusevm::Op::index).collect();
        if ops.iter().all(|op| seen.contains(op)) {
            continue;
        }
        seen.extend(ops);
        forms.push(match forms.len() % 3 {
            0 | 1 => asm::disassemble(&chunk).into_bytes(),
            _ => serde_json::to_vec(&chunk).expect("a chunk has a JSON form"),
        });
        forms.extend(decode::binary_form(&chunk).filter(|_| forms.len() % 4 == 0));
    }
    forms.push(asm::disassemble(&Chunk::default()).into_bytes());
    forms
}

/// The words of the text form, as libFuzzer reads them.
fn dictionary() -> String {
    let words = "slots globals names const entry range lines line source sub block end chunk \
                 undef true false inf nan status( ref( nativefn( { } [ ] # ; :";
    let mut text = String::from("# Words of the text form of chunks.\n");
    for word in TABLE
        .iter()
        .map(|info| info.name)
        .chain(words.split_whitespace())
    {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "\"{word}\"");
    }
    text
}
