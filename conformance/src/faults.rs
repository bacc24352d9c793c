//! Faults: small wrong changes of the engine, which the harness has to notice.
//!
//! A harness that never fails is no evidence yet. So faults are put into a copy of the
//! project, one at a time, and a short campaign has to find each. They come from two
//! sources: patches made by hand, after defects that real compilers have had
//! ([`patches`]), and mutants, which a tool derives from the source ([`mutants`]).
//! `cargo difftest faults` runs them.

pub mod mutants;

use serde::Deserialize;
use std::path::Path;

/// One wrong change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What it is called; unique in its source.
    pub id: String,
    /// The kind of defect: one of [`CLASSES`] for a patch, a folder for a mutant.
    pub class: String,
    /// A sentence about the defect of real programs that it stands for.
    pub models: String,
    /// The file that it changes, from the root of the project.
    pub file: String,
    /// The change, as a unified diff.
    pub diff: String,
}

/// Kinds of defects, each with what they are about. Every kind has a patch.
pub const CLASSES: [(&str, &str); 26] = [
    ("guards", "a speculation is not tested, or the wrong way"),
    (
        "entry",
        "code is entered in a state that it was not made for",
    ),
    (
        "spills",
        "a register is not written back where memory is read",
    ),
    ("frames", "a frame has the wrong length, base or end"),
    ("kinds", "a value is taken for one of another kind"),
    ("caches", "code is found under a key that says too little"),
    ("slots", "two places are mixed up, or overlap"),
    ("resume", "the interpreter goes on at the wrong place"),
    ("side_traces", "an exit is linked to the wrong code"),
    (
        "fused",
        "a superinstruction differs from what it stands for",
    ),
    ("fuel", "a branch costs too much or too little"),
    ("limits", "a bound is off by one, or looked at too late"),
    ("floats", "NaN, -0.0, rounding and conversion"),
    ("integers", "signs, shifts, overflow and division"),
    ("constants", "a literal changes on its way into code"),
    ("loop_heads", "the copy of the head of a loop"),
    ("deopt", "the state that a failing guard restores"),
    ("metadata", "a trace from elsewhere is believed"),
    ("verify", "the verifier accepts what breaks a promise"),
    ("semantics", "what an op means, in every tier at once"),
    ("pool", "something of an earlier user is left behind"),
    ("interpreter", "the dispatch loop alone is wrong"),
    ("hosts", "what hosts and handlers are told, and when"),
    ("shell", "ops of shells"),
    ("awk", "ops of AWK"),
    ("fusing", "the pass that puts superinstructions in"),
];

/// What stands above the diff in a patch file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    class: String,
    models: String,
}

/// The faults in a folder of `.patch` files, by their names.
///
/// # Errors
/// The file that cannot be read, or is no patch of one file below a head.
pub fn patches(folder: &Path) -> Result<Vec<Fault>, String> {
    let at = |error: &dyn std::fmt::Display| format!("{}: {error}", folder.display());
    let entries = std::fs::read_dir(folder).map_err(|error| at(&error))?;
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "patch")
    });
    files.sort();
    files
        .iter()
        .map(|file| {
            let at = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
            let id = file.file_stem().unwrap_or_default().to_string_lossy();
            let text = std::fs::read_to_string(file).map_err(|error| at(&error))?;
            parse(&id, &text).map_err(|error| at(&error))
        })
        .collect()
}

/// A fault from the text of its file: `class` and `models` as TOML, and a diff of one file.
fn parse(id: &str, text: &str) -> Result<Fault, String> {
    let start = text
        .find("--- a/")
        .ok_or("there is no diff: its first line begins with `--- a/`")?;
    let (head, diff) = text.split_at(start);
    let head: Head = toml::from_str(head).map_err(|error| error.to_string())?;
    let file = diff["--- a/".len()..].lines().next().unwrap_or_default();
    if diff.matches("\n--- a/").count() > 0 {
        return Err("a fault changes one file".to_owned());
    }
    diffy::Patch::from_str(diff).map_err(|error| error.to_string())?;
    Ok(Fault {
        id: id.to_owned(),
        class: head.class,
        models: head.models,
        file: file.trim().to_owned(),
        diff: diff.to_owned(),
    })
}

impl Fault {
    /// The text of the changed file. Lines may have moved since the diff was made.
    ///
    /// # Errors
    /// The place in the file whose lines are not those that the diff speaks of.
    pub fn apply(&self, text: &str) -> Result<String, String> {
        let patch = diffy::Patch::from_str(&self.diff).map_err(|error| error.to_string())?;
        diffy::apply(text, &patch).map_err(|error| {
            let lost = patch.hunks().iter().find_map(|hunk| lost_line(text, hunk));
            let (line, wanted) = lost.unwrap_or((1, error.to_string()));
            format!(
                "{}: does not apply to {}:{line}, where it expects `{wanted}`; \
                 make the change again and replace the diff",
                self.id, self.file
            )
        })
    }

    /// A number that tells whether two faults make the same change.
    pub fn digest(&self) -> String {
        digest(self.diff.as_bytes())
    }
}

/// The first line of a hunk that is not in the text at its place: where, and what it should be.
fn lost_line(text: &str, hunk: &diffy::Hunk<'_, str>) -> Option<(usize, String)> {
    let start = hunk.old_range().start();
    let mut lines = text.lines().skip(start.saturating_sub(1));
    let expected = hunk.lines().iter().filter_map(|line| match line {
        diffy::Line::Context(line) | diffy::Line::Delete(line) => Some(line.trim_end_matches('\n')),
        diffy::Line::Insert(_) => None,
    });
    (start..)
        .zip(expected)
        .find(|(_, expected)| lines.next() != Some(expected))
        .map(|(number, expected)| (number, expected.trim().to_owned()))
}

/// The 64-bit FNV-1a hash of bytes, as text: enough to notice a change.
pub fn digest(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// A fault that no campaign notices, and why that is no hole in the harness.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survivor {
    /// The id of the fault.
    pub fault: String,
    /// Why nothing that is observable can differ, or who notices it instead.
    pub reason: String,
}

/// The list of survivors in a TOML file.
///
/// # Errors
/// The file cannot be read, or is no such list.
pub fn survivors(file: &Path) -> Result<Vec<Survivor>, String> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[serde(default)]
        survivor: Vec<Survivor>,
    }
    let at = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let text = std::fs::read_to_string(file).map_err(|error| at(&error))?;
    let file: File = toml::from_str(&text).map_err(|error| at(&error))?;
    Ok(file.survivor)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: &str = "class = \"guards\"\nmodels = \"A guard is missing.\"\n\n\
        --- a/src/x.rs\n+++ b/src/x.rs\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n";

    fn fault() -> Fault {
        parse("guard_missing", PATCH).unwrap()
    }

    #[test]
    fn a_patch_file_is_a_head_and_a_diff() {
        let fault = fault();
        assert_eq!(fault.class, "guards");
        assert_eq!(fault.models, "A guard is missing.");
        assert_eq!(fault.file, "src/x.rs");
        assert!(parse("x", "class = \"guards\"\n").is_err());
        assert!(parse("x", &PATCH.replace("class", "clas")).is_err());
        let two_files = format!("{PATCH}--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n");
        assert!(parse("x", &two_files).is_err());
    }

    #[test]
    fn a_patch_applies_where_its_lines_are() {
        assert_eq!(
            fault().apply("one\ntwo\nthree\n").unwrap(),
            "one\nTWO\nthree\n"
        );
        let moved = fault().apply("zero\n\none\ntwo\nthree\n").unwrap();
        assert_eq!(moved, "zero\n\none\nTWO\nthree\n");
    }

    #[test]
    fn a_patch_that_does_not_apply_names_file_and_line() {
        let error = fault().apply("one\n2\nthree\n").unwrap_err();
        assert_eq!(
            error,
            "guard_missing: does not apply to src/x.rs:2, where it expects `two`; \
             make the change again and replace the diff"
        );
    }

    #[test]
    fn digests_are_those_of_fnv() {
        assert_eq!(digest(b""), "cbf29ce484222325");
        assert_eq!(digest(b"a"), "af63dc4c8601ec8c");
    }
}
