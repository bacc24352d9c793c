//! Every stored input of every fuzz target, on any toolchain.

use fusevm_conformance::targets;
use libtest_mimic::{Arguments, Failed, Trial};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder with fewer inputs than this was not found or not checked out.
const FEWEST: usize = 50;

fn main() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let trials = targets::all().iter().map(|target| {
        let folder = corpus.join(target.name);
        Trial::test(target.name, move || replay(target, &folder))
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}

fn replay(target: &targets::Target, folder: &Path) -> Result<(), Failed> {
    let inputs = inputs(folder)?;
    let n_inputs = inputs.len();
    if n_inputs < FEWEST {
        let folder = folder.display();
        return Err(format!("{folder}: {n_inputs} inputs, expected {FEWEST} or more").into());
    }
    for input in inputs {
        let bytes = fs::read(&input)?;
        let checked = std::panic::catch_unwind(|| (target.check)(&bytes));
        if checked.is_err() {
            return Err(format!("{} fails, see above", input.display()).into());
        }
    }
    Ok(())
}

fn inputs(folder: &Path) -> Result<Vec<PathBuf>, Failed> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut inputs = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>, std::io::Error>>()?;
    inputs.sort();
    Ok(inputs)
}
