//! The copy of the project that faults are put into.

use fusevm_conformance::faults::{Fault, digest};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The profile in the root `Cargo.toml` that is made for this.
const PROFILE: &str = "faults";

/// Faults, and records of them: they change while the engine and the harness do not.
const APART: [&str; 2] = ["conformance/faults/", "reports/data/"];

/// A copy of the files that git knows, with a `target` folder of its own that is kept.
pub(super) struct WorkingCopy {
    /// Where the project is.
    original: PathBuf,
    /// Where the copy is.
    root: PathBuf,
    /// A hash of all copied files.
    tree: String,
}

impl WorkingCopy {
    /// Makes the copy in `folder`, or brings it up to date. Files that are equal are left
    /// alone, so that nothing is built without need.
    pub(super) fn new(original: &Path, folder: &Path) -> Result<WorkingCopy, String> {
        let mut copy = WorkingCopy {
            original: original.to_owned(),
            root: std::path::absolute(folder.join("tree")).map_err(|error| error.to_string())?,
            tree: String::new(),
        };
        let listed = git(original, ["ls-files", "-z"])?;
        // Neither what is put into the copy nor what is written about it is a part of it; a
        // file that was deleted may still be listed.
        let names: Vec<_> = listed
            .split('\0')
            .filter(|name| !name.is_empty() && !APART.iter().any(|part| name.starts_with(part)))
            .filter(|name| original.join(name).is_file())
            .collect();
        copy.forget_others(&names, &folder.join("files"))?;
        let mut all = Vec::new();
        for name in names {
            all.extend(name.as_bytes());
            all.extend(copy.restore(name)?);
        }
        copy.tree = digest(&all);
        Ok(copy)
    }

    /// Removes what was copied earlier and is not of the project any more. The file `list`
    /// says what was copied.
    fn forget_others(&self, names: &[&str], list: &Path) -> Result<(), String> {
        let earlier = std::fs::read_to_string(list).unwrap_or_default();
        for gone in earlier.lines().filter(|name| !names.contains(name)) {
            // It may be gone already.
            let _ = std::fs::remove_file(self.root.join(gone));
        }
        write(list, names.join("\n").as_bytes())
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// A hash of all copied files.
    pub(super) fn tree(&self) -> &str {
        &self.tree
    }

    /// Makes a file of the copy the original again; its content.
    pub(super) fn restore(&self, name: &str) -> Result<Vec<u8>, String> {
        let original = self.original.join(name);
        let content = std::fs::read(&original)
            .map_err(|error| format!("{}: cannot be read: {error}", original.display()))?;
        let file = self.root.join(name);
        if std::fs::read(&file).ok().as_ref() != Some(&content) {
            write(&file, &content)?;
        }
        Ok(content)
    }

    /// Puts a fault into the copy.
    pub(super) fn apply(&self, fault: &Fault) -> Result<(), String> {
        let content = self.restore(&fault.file)?;
        let changed = fault.apply(&String::from_utf8_lossy(&content))?;
        write(&self.root.join(&fault.file), changed.as_bytes())
    }

    /// Builds `difftest` in the copy; the inner error is the first one of the compiler.
    pub(super) fn build(&self, jobs: usize) -> Result<Result<(), String>, String> {
        let output = self
            .cargo()
            .args(["build", "--quiet", "--locked", "--profile", PROFILE])
            .args(["--package", "fusevm-conformance", "--bin", "difftest"])
            .args(["--jobs", &jobs.to_string()])
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("cargo cannot be started: {error}"))?;
        if output.status.success() {
            return Ok(Ok(()));
        }
        let errors = String::from_utf8_lossy(&output.stderr);
        Ok(Err(first_error(&errors)))
    }

    /// The program that was built.
    pub(super) fn difftest(&self) -> PathBuf {
        self.root.join("target").join(PROFILE).join("difftest")
    }

    /// Cargo, in the copy. Flags that make warnings errors do not reach it: a fault may leave
    /// something unused.
    pub(super) fn cargo(&self) -> Command {
        let mut cargo = Command::new("cargo");
        cargo
            .current_dir(&self.root)
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("CARGO")
            .env_remove("RUSTUP_TOOLCHAIN");
        cargo
    }
}

/// The first error in what a compiler wrote, with where it is.
fn first_error(text: &str) -> String {
    let from = text.find("error").unwrap_or(0);
    let lines: Vec<_> = text[from..].lines().take(2).map(str::trim).collect();
    lines.join(" ")
}

fn write(file: &Path, content: &[u8]) -> Result<(), String> {
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(file, content))
        .map_err(|error| format!("{}: cannot be written: {error}", file.display()))
}

fn git<S: AsRef<OsStr>>(
    folder: &Path,
    args: impl IntoIterator<Item = S>,
) -> Result<String, String> {
    let output = Command::new("git")
        .args(args)
        .current_dir(folder)
        .output()
        .map_err(|error| format!("git cannot be started: {error}"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(format!(
            "the files of the project are those that git knows: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )),
    }
}

/// The revision of the project, with a mark when files were changed.
pub(super) fn revision(root: &Path) -> Option<String> {
    let revision = git(root, ["describe", "--always", "--dirty"]).ok()?;
    Some(revision.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_error_is_found_behind_warnings() {
        let text = "warning: unused\nerror[E0425]: no such name\n  --> src/x.rs:1:2\n   |\n";
        assert_eq!(
            first_error(text),
            "error[E0425]: no such name --> src/x.rs:1:2"
        );
    }
}
