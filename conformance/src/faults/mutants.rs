//! Mutants: faults that [cargo-mutants](https://mutants.rs) derives from the source.
//!
//! Only its list is used, with the change of each mutant as a diff. Building and judging is
//! the same as for patches.

use super::Fault;
use serde::Deserialize;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

/// What mutants are made of when nothing else is asked for: the native tiers, and what ops
/// mean.
pub const FILES: [&str; 2] = ["engine/src/jit/**", "engine/src/semantics/**"];

/// A mutant as `cargo mutants --list --json --diff` prints it.
#[derive(Deserialize)]
struct Listed {
    file: String,
    name: String,
    diff: String,
}

/// Every mutant of the files that match one of `globs`, in the project at `root`.
///
/// # Errors
/// The tool is not installed, or what it printed is no list of mutants.
pub fn list(root: &Path, globs: &[impl AsRef<OsStr>]) -> Result<Vec<Fault>, String> {
    let output = Command::new("cargo")
        .args(["mutants", "--list", "--json", "--diff"])
        .args(globs.iter().flat_map(|glob| ["-f".as_ref(), glob.as_ref()]))
        .current_dir(root)
        .output()
        .map_err(|error| format!("cargo cannot be started: {error}"))?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        return Err(format!(
            "mutants are listed by cargo-mutants: cargo install --locked cargo-mutants\n{}",
            error.trim()
        ));
    }
    parse(&String::from_utf8_lossy(&output.stdout))
}

/// The mutants of a list. Their ids have no line numbers, so that a change elsewhere in the
/// file leaves them alone; an id that comes again gets a number.
fn parse(json: &str) -> Result<Vec<Fault>, String> {
    let listed: Vec<Listed> = serde_json::from_str(json)
        .map_err(|error| format!("the list of cargo-mutants cannot be read: {error}"))?;
    let mut times: HashMap<String, usize> = HashMap::new();
    let faults = listed.into_iter().map(|Listed { file, name, diff }| {
        let change = name.strip_prefix(&file).unwrap_or(&name);
        let change = change.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit());
        let id = format!("{file}:{change}");
        let times = times.entry(id.clone()).or_default();
        *times += 1;
        // The head of the diff is made for people: it has the change in the place of a file.
        let hunks = diff.find("@@").map_or("", |start| &diff[start..]);
        Fault {
            id: match times {
                1 => id,
                n => format!("{id} #{n}"),
            },
            class: class(&file),
            models: change.trim().to_owned(),
            diff: format!("--- a/{file}\n+++ b/{file}\n{hunks}"),
            file,
        }
    });
    Ok(faults.collect())
}

/// The part of the engine that a file belongs to: `jit` for `engine/src/jit/door.rs`.
fn class(file: &str) -> String {
    let inside = file.strip_prefix("engine/src/").unwrap_or(file);
    let part = inside.split('/').next().unwrap_or(inside);
    part.trim_end_matches(".rs").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_becomes_faults_with_names_of_their_own() {
        let json = r#"[
            {"file": "engine/src/jit/abs.rs", "name": "engine/src/jit/abs.rs:1:5: replace f",
             "diff": "--- abs.rs\n+++ replace f\n@@ -1 +1 @@\n-a\n+b\n", "genre": "FnValue"},
            {"file": "engine/src/jit/abs.rs", "name": "engine/src/jit/abs.rs:9:12: replace f",
             "diff": "--- abs.rs\n+++ replace f\n@@ -9 +9 @@\n-a\n+b\n"},
            {"file": "engine/src/semantics.rs", "name": "engine/src/semantics.rs:7:1: delete -",
             "diff": "--- semantics.rs\n+++ delete -\n@@ -1 +1 @@\n-x\n+y\n"}
        ]"#;
        let faults = parse(json).unwrap();
        let ids: Vec<_> = faults.iter().map(|fault| fault.id.as_str()).collect();
        assert_eq!(
            ids,
            [
                "engine/src/jit/abs.rs: replace f",
                "engine/src/jit/abs.rs: replace f #2",
                "engine/src/semantics.rs: delete -"
            ]
        );
        assert_eq!(faults[0].class, "jit");
        assert_eq!(faults[2].class, "semantics");
        assert_eq!(faults[2].models, "delete -");
        assert_eq!(faults[0].apply("a\n").unwrap(), "b\n");
    }
}
