//! The same faults, looked for by a fuzz target that coverage leads: the other column.

use super::WorkingCopy;
use fusevm_reports::faults::{LibFuzzer, Settings};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Seconds after which one input counts as endless; those of the corpus take milliseconds.
const INPUT_SECONDS: u32 = 10;

/// A fuzz target of the project.
pub(super) struct Target {
    name: String,
}

impl Target {
    /// The target with this name, if there is a way to run it.
    pub(super) fn new(name: &str) -> Result<Target, String> {
        let found = Command::new("cargo")
            .env_remove("CARGO")
            .env_remove("RUSTUP_TOOLCHAIN")
            .args(["+nightly", "fuzz", "--version"])
            .output();
        match found {
            Ok(output) if output.status.success() => Ok(Target {
                name: name.to_owned(),
            }),
            _ => Err("fuzz targets need cargo-fuzz and a nightly toolchain: \
                 `cargo install --locked cargo-fuzz`, `rustup toolchain install nightly`"
                .to_owned()),
        }
    }

    /// Builds the target with the fault that is in the copy, and runs it until it stops or
    /// the time is over. It starts from the stored corpus and adds to a folder of its own.
    pub(super) fn run(&self, copy: &WorkingCopy, settings: &Settings) -> Result<LibFuzzer, String> {
        let fuzz = |command: &str| {
            let mut cargo = copy.cargo();
            cargo
                .args([
                    "+nightly",
                    "fuzz",
                    command,
                    "--sanitizer",
                    "none",
                    &self.name,
                ])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            cargo
        };
        let failed = |error: std::io::Error| format!("cargo cannot be started: {error}");
        if !fuzz("build").status().map_err(failed)?.success() {
            return Err(format!(
                "the fuzz target `{}` does not build; `cargo +nightly fuzz build {}` says why",
                self.name, self.name
            ));
        }
        let found = copy.root().join("target/found");
        // Nothing is there the first time.
        let _ = std::fs::remove_dir_all(&found);
        std::fs::create_dir_all(&found).map_err(|error| error.to_string())?;
        let corpus = copy.root().join("fuzz/corpus").join(&self.name);
        let started = Instant::now();
        let status = fuzz("run")
            .arg(&found)
            .args(corpus.is_dir().then_some(&corpus))
            .arg("--")
            .arg(format!("-max_total_time={:.0}", settings.seconds.ceil()))
            // Code that does not end is noticed, and leaves time for other faults.
            .arg(format!("-timeout={INPUT_SECONDS}"))
            // 0 means a seed of the clock's.
            .arg(format!("-seed={}", (settings.seed as u32).max(1)))
            .status()
            .map_err(failed)?;
        Ok(LibFuzzer {
            target: self.name.clone(),
            noticed: (!status.success()).then(|| started.elapsed().as_secs_f64()),
        })
    }
}
