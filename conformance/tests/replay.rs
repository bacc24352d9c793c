//! Every stored input of every fuzz target, on any toolchain.

use fusevm_conformance::targets;
use libtest_mimic::{Arguments, Failed, Trial};
use std::fs;
use std::path::{Path, PathBuf};

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
    expect_all_seeds(&inputs, folder)?;
    for input in inputs {
        let bytes = fs::read(&input)?;
        let checked = std::panic::catch_unwind(|| target.replay(&bytes));
        if checked.is_err() {
            return Err(format!("{} fails, see above", input.display()).into());
        }
    }
    Ok(())
}

/// The name of a seed says which one it is of how many: `seed-007-of-120`.
fn expect_all_seeds(inputs: &[PathBuf], folder: &Path) -> Result<(), Failed> {
    let names = inputs
        .iter()
        .filter_map(|input| input.file_name()?.to_str());
    let seeds: Vec<&str> = names.filter(|name| name.starts_with("seed-")).collect();
    let expected: Option<usize> = seeds
        .first()
        .and_then(|name| name.rsplit_once("-of-")?.1.parse().ok());
    match expected {
        Some(n) if n == seeds.len() => Ok(()),
        _ => {
            let folder = folder.display();
            let (n, first) = (seeds.len(), seeds.first().unwrap_or(&"none"));
            Err(format!("{folder}: {n} seeds, expected as many as the names say: {first}").into())
        }
    }
}

fn inputs(folder: &Path) -> Result<Vec<PathBuf>, Failed> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut inputs = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>, std::io::Error>>()?;
    inputs.sort();
    Ok(inputs)
}
