//! Every quirk of the instruction set, kept or fixed, is pinned: a case file or a test of the
//! engine names its number (`Q74`) beside what it shows.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Quirks are numbered from 1.
const N_QUIRKS: u32 = 84;

/// Where the cases and tests are that may name a quirk.
const FOLDERS: [&str; 3] = ["cases", "regressions", "../engine/tests"];

/// Adds the numbers that the comments of the files in `folder` name.
fn collect(folder: &Path, named: &mut BTreeSet<u32>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder:?}: {error}")) {
        let path = entry.expect("an entry of a folder").path();
        if path.is_dir() {
            collect(&path, named);
            continue;
        }
        let comment = match path.extension().and_then(|extension| extension.to_str()) {
            Some("fvm") => ";",
            Some("rs") => "//",
            _ => continue,
        };
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let comments = text.lines().filter_map(|line| line.split_once(comment));
        named.extend(comments.flat_map(|(_, comment)| numbers(comment)));
    }
}

/// The numbers behind a `Q` that begins a word.
fn numbers(comment: &str) -> impl Iterator<Item = u32> {
    comment
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter_map(|word| word.strip_prefix('Q')?.parse().ok())
}

#[test]
fn every_quirk_is_named_by_a_case_or_test() {
    let mut named = BTreeSet::new();
    for folder in FOLDERS {
        collect(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
            &mut named,
        );
    }
    let all: BTreeSet<u32> = (1..=N_QUIRKS).collect();
    let missing: Vec<_> = all.difference(&named).collect();
    assert!(missing.is_empty(), "no case or test names {missing:?}");
    let unknown: Vec<_> = named.difference(&all).collect();
    assert!(unknown.is_empty(), "there are no quirks {unknown:?}");
}

#[test]
fn numbers_are_words() {
    let found: Vec<u32> =
        numbers(" the sum saturates (Q79), Q8 and Q9: not aQ7, Q or QX").collect();
    assert_eq!(found, [79, 8, 9]);
}
