//! Every case file is a test with its own name: `cargo test --test cases loops/`.

use fusevm_conformance::filetest::{self, Passed};
use libtest_mimic::{Arguments, Failed, Trial};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let trials = ["cases", "regressions"].into_iter().flat_map(|folder| {
        let folder = root.join(folder);
        let files = filetest::files(&folder).unwrap_or_else(|error| panic!("{error}"));
        files.into_iter().map(move |file| trial(root, file))
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}

fn trial(root: &Path, file: PathBuf) -> Trial {
    let name = file.strip_prefix(root).unwrap_or(&file);
    let name = name.with_extension("").display().to_string();
    Trial::test(name.clone(), move || {
        let passed = filetest::check_file(&file).map_err(Failed::from)?;
        review(&name, &passed)
    })
}

/// Compares the snapshots of a case with the accepted ones.
fn review(name: &str, passed: &Passed) -> Result<(), Failed> {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (i, snapshot) in passed.snapshots.iter().enumerate() {
        let file = format!("{}.{}.{i}", name.replace('/', "."), snapshot.subject);
        let compare = || settings.bind(|| insta::assert_snapshot!(file.clone(), snapshot.text));
        let compared = panic::catch_unwind(AssertUnwindSafe(compare));
        if compared.is_err() {
            return Err(Failed::from(format!(
                "the snapshot `{file}` is not as accepted (above)\nnext         cargo insta review"
            )));
        }
    }
    Ok(())
}
