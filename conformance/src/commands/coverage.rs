//! `difftest coverage`: which ops the case files reach, in which tiers.

use crate::Verdict;
use clap::Args;
use fusevm_conformance::campaign::{Findings, Plan, Shape, Tally};
use fusevm_conformance::filetest;
use fusevm_conformance::oracles::agreement;
use fusevm_conformance::panics;
use fusevm_conformance::report::{self, End, Report};
use fusevm_conformance::subjects;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Args)]
pub(crate) struct Options {
    /// Folders of case files; cases and regressions when absent
    #[arg(value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// Also write the table as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

pub(crate) fn run(options: &Options) -> Result<Verdict, String> {
    let folders = match options.folders.is_empty() {
        true => vec![super::folder("cases"), super::folder("regressions")],
        false => options.folders.clone(),
    };
    let mut tally = Tally::default();
    let mut n_files = 0;
    for folder in &folders {
        for file in filetest::files(folder)? {
            n_files += 1;
            let text = filetest::read(&file)?;
            let programs = filetest::programs(&text)
                .map_err(|error| format!("{}: {error}", file.display()))?;
            for program in programs {
                let index = tally.cases;
                panics::fresh(|| {
                    let checked = agreement::check(&program.case, &subjects::all());
                    tally.record(index, Shape::Structured, &program.case, &checked);
                });
            }
        }
    }
    let plan = Plan::default();
    let findings = Findings::default();
    let table = Report::new(&plan, &tally, &findings, End::Cases, Duration::ZERO);
    print!("{}", report::ops_table(&table.ops));
    println!("{n_files} files with {} programs", tally.cases);
    if let Some(file) = &options.json {
        let json = serde_json::to_string_pretty(&table.ops).map_err(|error| error.to_string())?;
        super::write(file, &json)?;
    }
    Ok(match tally.diverged {
        0 => Verdict::Agreed,
        _ => Verdict::Diverged,
    })
}
