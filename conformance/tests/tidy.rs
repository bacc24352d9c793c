//! The tree itself: what must be true of the source files and is easy to check.
//!
//! Every check names the file and the line that breaks it.

use std::path::{Path, PathBuf};

/// Longest source file, and the files that may be longer, each with its reason.
const MAX_LINES: usize = 900;
const LONG_FILES: [(&str, &str); 1] = [("engine/src/op/table.rs", "one list of ops, row by row")];

/// Lines above an `unsafe` in which its comment may start.
const COMMENT_REACH: usize = 12;

struct Source {
    /// The path from the root of the workspace.
    name: String,
    text: String,
}

/// Every source file below these folders of the workspace.
fn sources(folders: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    while let Some(folder) = open.pop() {
        let entries = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for path in entries.map(|entry| entry.expect("a readable folder").path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&root).expect("below the root");
                found.push(Source {
                    name: name.display().to_string(),
                    text: std::fs::read_to_string(&path).expect("readable text"),
                });
            }
        }
    }
    assert!(!found.is_empty(), "no source files in {folders:?}");
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

const ALL: [&str; 5] = [
    "engine/src",
    "conformance/src",
    "benches/src",
    "reports/src",
    "published/src",
];

/// Fails with every line that breaks a rule.
#[track_caller]
fn none(broken: &[String], rule: &str) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

/// The lines of a file that are not comments, with their numbers.
fn code(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    let is_code = |line: &str| !line.trim_start().starts_with("//");
    (1..)
        .zip(source.text.lines())
        .filter(move |(_, line)| is_code(line))
}

#[test]
fn every_unsafe_has_its_proof_beside_it() {
    let mut n_unsafe = 0;
    let mut broken = Vec::new();
    for source in sources(&["engine/src"]) {
        let lines: Vec<_> = source.text.lines().collect();
        for (number, line) in code(&source) {
            let is_unsafe = ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern"]
                .iter()
                .any(|form| line.contains(form));
            // The type of a function pointer promises nothing.
            if !is_unsafe || line.contains("unsafe extern \"C\" fn(") {
                continue;
            }
            n_unsafe += 1;
            // What a function is owed may be said where it relies on it.
            let last = if line.contains(" fn") {
                number + 2
            } else {
                number
            };
            let first = number.saturating_sub(COMMENT_REACH + 1);
            let has_proof = lines[first..last.min(lines.len())]
                .iter()
                .any(|line| line.contains("SAFETY:") || line.contains("# Safety"));
            if !has_proof {
                broken.push(format!("{}:{number}: {}", source.name, line.trim()));
            }
        }
    }
    println!("{n_unsafe} uses of unsafe in the engine");
    none(&broken, "unsafe without a SAFETY comment");
}

#[test]
fn every_invariant_that_is_quoted_exists() {
    let sources = sources(&["engine/src"]);
    let is_defined = |name: &str| {
        let definition = format!("- **{name}**");
        sources
            .iter()
            .any(|source| source.text.contains(&definition))
    };
    let mut broken = Vec::new();
    for source in &sources {
        for (number, line) in (1..).zip(source.text.lines()) {
            let Some((_, comment)) = line.split_once("//") else {
                continue;
            };
            let words = comment.split(|c: char| !(c.is_ascii_uppercase() || c == '-'));
            for name in words.filter(|word| is_invariant(word)) {
                if !is_defined(name) {
                    broken.push(format!("{}:{number}: {name}", source.name));
                }
            }
        }
    }
    none(
        &broken,
        "a comment relies on an invariant that is stated nowhere",
    );
}

/// `V-DEPTH`: the letter of a list, a hyphen and a word.
fn is_invariant(word: &str) -> bool {
    word.split_once('-')
        .is_some_and(|(list, name)| list.len() == 1 && name.len() > 2)
}

#[test]
fn every_file_says_what_it_is() {
    let broken: Vec<_> = sources(&ALL)
        .into_iter()
        .filter(|source| !source.text.starts_with("//!"))
        .map(|source| source.name)
        .collect();
    none(&broken, "a file that does not begin with `//!`");
}

#[test]
fn no_file_is_too_long_to_read() {
    let broken: Vec<_> = sources(&ALL)
        .into_iter()
        .filter(|source| !LONG_FILES.iter().any(|(name, _)| *name == source.name))
        .map(|source| (source.text.lines().count(), source.name))
        .filter(|(n_lines, _)| *n_lines > MAX_LINES)
        .map(|(n_lines, name)| format!("{name}: {n_lines} lines"))
        .collect();
    none(&broken, "a file that is too long");
}

/// The lines of code in `folder` that contain one of `words`.
fn mentions(folder: &str, words: &[&str], allowed: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources(&[folder]) {
        for (number, line) in code(&source) {
            if words.iter().any(|word| line.contains(word)) && !allowed(line) {
                found.push(format!("{}:{number}: {}", source.name, line.trim()));
            }
        }
    }
    found
}

#[test]
fn layers_know_only_what_is_below_them() {
    let nothing = |_: &str| false;
    none(
        &mentions(
            "engine/src/semantics",
            &["crate::vm", "crate::jit"],
            nothing,
        ),
        "semantics never sees a VM",
    );
    none(
        &mentions("engine/src/value", &["crate::op", "crate::vm"], nothing),
        "values know no op",
    );
    none(
        &mentions("engine/src/vm", &["crate::jit"], |line| {
            line.contains("crate::jit::door")
        }),
        "the VM asks `jit/door.rs` and nothing else of the native tiers",
    );
    none(
        &mentions("engine/src/vm", &["cfg(feature"], nothing),
        "the VM is the same with and without native tiers",
    );
    none(
        &mentions(
            "conformance/src",
            &["fusevm::semantics", "mod semantics"],
            nothing,
        ),
        "the harness shares no semantics with what it tests",
    );
    none(
        &mentions("reports/src", &["use fusevm::"], nothing),
        "reports never run an engine",
    );
}

/// What the reference evaluator may use of the engine: data, traits of hosts, and for its tests
/// the list of ops.
const DATA: [&str; 14] = [
    "Chunk",
    "Frame",
    "Limits",
    "Op",
    "VM",
    "VMResult",
    "Value",
    "Section",
    "AwkHost",
    "AwkLvalue",
    "ShellHost",
    "N_OPS",
    "Operand",
    "TABLE",
];

/// Methods of the engine that know what values or ops mean.
const MEANINGS: [&str; 21] = [
    ".to_int(",
    ".to_float(",
    ".to_str(",
    ".as_str_cow(",
    ".is_truthy(",
    ".is_identical(",
    "value.len(",
    "value.is_empty(",
    "Value::to_",
    "Value::is_",
    "Value::as_",
    "Value::len",
    ".find_sub(",
    ".valid_block(",
    ".run(",
    "vm.step",
    "vm.push(",
    "vm.pop(",
    "vm.peek(",
    "get_slot(",
    "set_slot(",
];

#[test]
fn the_reference_evaluator_stands_alone() {
    let sources: Vec<_> = sources(&["conformance/src"])
        .into_iter()
        .filter(|source| source.name.starts_with("conformance/src/reference"))
        .collect();
    assert!(sources.len() > 10, "the evaluator has moved");
    let mut broken = Vec::new();
    for source in &sources {
        for (number, line) in code(source) {
            let is_meaning = MEANINGS.iter().any(|word| line.contains(word));
            if is_meaning || line.contains("fusevm::") && !uses_only_data(line) {
                broken.push(format!("{}:{number}: {}", source.name, line.trim()));
            }
        }
    }
    none(
        &broken,
        "the reference evaluator uses the engine for more than data",
    );
}

/// Whether a line imports nothing but data: `use fusevm::{Op, Value};`.
fn uses_only_data(line: &str) -> bool {
    let Some(path) = line.trim().strip_prefix("use fusevm::") else {
        return false;
    };
    let names = path.trim_start_matches("op::").trim_start_matches("host::");
    let names = names.trim_end_matches(';');
    let names = names.trim_matches(['{', '}']).split(',').map(str::trim);
    names.clone().count() > 0 && names.into_iter().all(|name| DATA.contains(&name))
}

#[test]
fn the_manual_of_case_files_mentions_every_directive() {
    let manual = concat!(env!("CARGO_MANIFEST_DIR"), "/cases/readme.fvm");
    let manual = std::fs::read_to_string(manual).expect("cases/readme.fvm");
    let missing: Vec<_> = fusevm_conformance::filetest::DIRECTIVES
        .iter()
        .filter(|directive| !manual.contains(&format!("{}:", directive.name)))
        .map(|directive| directive.name.to_owned())
        .collect();
    none(
        &missing,
        "a directive that cases/readme.fvm does not explain",
    );
}
