//! The stored seeds of the targets: that they reach every op, and how they are made.
//!
//! A seed is a record (`input.rs`): the program that it meant when it was made, as text, and
//! the entropy. `tests/replay.rs` runs both.

mod cover;
mod dictionaries;

use super::{Target, all, decode, trace_metadata};
use crate::campaign::{Shape, SplitMix, case_from};
use crate::case::Case;
use crate::coverage;
use crate::coverage::matrix::NOT_NATIVE;
use crate::subjects;
use crate::targets::input::{Grow, Input};
use cover::cover;
use fusevm::jit::{OpSet, TierName};
use fusevm::op::{N_OPS, OpInfo, Section, TABLE};
use fusevm::{Chunk, Kind, asm};
use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Inputs tried when seeds are made.
const TRIED: u64 = 12_000;

/// How seeds and dictionaries are made.
const REMAKE: &str =
    "make them anew: cargo test --release -p fusevm-conformance --lib seeds_are_made -- --ignored";

fn fuzz_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz")
}

/// The seeds that are checked in.
fn stored(target: &Target) -> Vec<Vec<u8>> {
    let folder = fuzz_folder().join("corpus").join(target.name);
    let entries = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}; {REMAKE}", folder.display()));
    entries
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default();
            name.to_string_lossy().starts_with("seed-")
        })
        .map(|path| fs::read(&path).expect("a readable file"))
        .collect()
}

/// AWK ops are made of their numbers, and few of their rows appear by name.
fn generated_ops() -> impl Iterator<Item = &'static OpInfo> {
    TABLE.iter().filter(|info| info.section != Section::Awk)
}

/// The generated ops that are expected and were not reached.
fn missing(reached: OpSet, is_expected: fn(&OpInfo) -> bool) -> Vec<&'static str> {
    generated_ops()
        .filter(|info| is_expected(info))
        .filter(|info| !reached.contains(usize::from(info.index)))
        .map(|info| info.name)
        .collect()
}

#[test]
fn seeds_reach_every_op() {
    for target in all() {
        let name = target.name;
        let mut contained = OpSet::default();
        let mut native = OpSet::default();
        for seed in stored(target) {
            let Some(grow) = target.grow else {
                let chunk = decode::chunk_of(&seed).expect("seeds of `decode` mean chunks");
                contained.extend(&coverage::contained(&chunk));
                continue;
            };
            let case = Input::read(grow, &seed).case();
            contained.extend(&coverage::contained(&case.chunk));
            for ops in native_ops(&case) {
                native.extend(&ops);
            }
        }
        let missing_ops = missing(contained, |_| true);
        assert!(
            missing_ops.is_empty(),
            "{name}: no seed has {missing_ops:?}; {REMAKE}"
        );
        // Few raw chunks can be compiled at all.
        if target.grow.is_some() && name != "diff_raw" {
            let missing_ops = missing(native, can_be_native);
            assert!(
                missing_ops.is_empty(),
                "{name}: no seed has {missing_ops:?} in native code; {REMAKE}"
            );
        }
    }
}

/// Whether native code of any tier can contain the op.
fn can_be_native(info: &OpInfo) -> bool {
    !NOT_NATIVE
        .iter()
        .any(|(name, tiers, _)| *name == info.name && **tiers == TierName::ALL)
}

#[test]
fn targets_pass_on_fresh_inputs() {
    for target in all() {
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
        let seeds = match target.grow {
            Some(grow) => seeds(target, grow),
            None => forms(),
        };
        let n = seeds.len();
        for (number, seed) in (1..).zip(&seeds) {
            let name = format!("seed-{number:03}-of-{n:03}");
            fs::write(folder.join(name), seed).expect("a writable file");
        }
    }
    dictionaries::write();
}

/// As few and as short inputs as are needed for everything that the tried ones reach.
fn seeds(target: &Target, grow: Grow) -> Vec<Vec<u8>> {
    let inputs = (0..TRIED).map(|index| {
        let mut random = SplitMix::new(1).branch(index);
        let n = 12 + random.below(300);
        let record = Input::read(grow, &random.bytes(n as usize)).record();
        let case = Input::read(grow, record.as_bytes()).case();
        (record, features(&case))
    });
    let mut inputs: Vec<_> = inputs.collect();
    inputs.sort_by_key(|(record, _)| record.len());
    let (records, features): (Vec<_>, Vec<_>) = inputs.into_iter().unzip();
    let chosen = cover(&features).into_iter().enumerate();
    chosen
        .map(|(number, at)| {
            let record = &records[at];
            match target.name == "trace_metadata" && number % 2 == 1 {
                true => trace_metadata::with_real_metadata(record).into_bytes(),
                false => record.clone().into_bytes(),
            }
        })
        .collect()
}

/// Something that an input reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Feature {
    /// An op stands in the chunk.
    Contained(usize),
    /// An op was executed, and its last operand was a number, or was none.
    Executed(usize, bool),
    /// Native code of a tier contains an op and was entered.
    Native(usize, usize),
}

fn features(case: &Case) -> Vec<Feature> {
    let contained = coverage::contained(&case.chunk);
    let met = coverage::of(case).kinds;
    let native = native_ops(case);
    (0..N_OPS)
        .flat_map(|op| {
            let contained = contained.contains(op).then_some(Feature::Contained(op));
            let executed = met[op].iter().map(move |(_, last)| {
                let is_number = matches!(last, Some(Kind::Bool | Kind::Int | Kind::Float));
                Feature::Executed(op, is_number)
            });
            let in_tier = native.iter().enumerate();
            let native = in_tier
                .filter(move |(_, ops)| ops.contains(op))
                .map(move |(tier, _)| Feature::Native(op, tier));
            contained
                .into_iter()
                .chain(executed)
                .chain(native)
                .collect::<HashSet<_>>()
        })
        .collect()
}

/// The ops in the code of each tier that was entered when everything compiles at once.
fn native_ops(case: &Case) -> [OpSet; TierName::ALL.len()] {
    let report = subjects::counted(case, subjects::TRACING);
    TierName::ALL.map(|tier| match report.tier(tier).entries {
        0 => OpSet::default(),
        _ => report.tier(tier).ops,
    })
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
