//! `difftest coverage`: which ops are reached in which tiers, with which kinds of operands.

use crate::Verdict;
use clap::Args;
use fusevm_conformance::campaign::{Findings, Plan, Shape, Tally};
use fusevm_conformance::case::Case;
use fusevm_conformance::coverage::matrix;
use fusevm_conformance::filetest;
use fusevm_conformance::oracles::agreement;
use fusevm_conformance::panics;
use fusevm_conformance::report::{self, End, Report};
use fusevm_conformance::subject::Subject;
use fusevm_conformance::subjects::{self, Block, Linear, Trace};
use std::path::PathBuf;
use std::time::Duration;

#[derive(Args)]
pub(crate) struct Options {
    /// Folders of case files; cases and regressions when absent
    #[arg(value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// Run the generated cases that must reach every cell of op x tier x kinds, instead of
    /// case files, and list the cells that are empty
    #[arg(long, conflicts_with = "folders")]
    matrix: bool,
    /// Also write ops and cells as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// What the cases reached.
#[derive(Default)]
struct Reached {
    tally: Tally,
}

impl Reached {
    fn run(&mut self, shape: Shape, case: &Case, subjects: &[&'static dyn Subject]) {
        let checked = agreement::check(case, subjects);
        if let Some(divergence) = checked.divergence() {
            println!("{divergence}");
        }
        self.tally.record(self.tally.cases, shape, case, &checked);
    }
}

pub(crate) fn run(options: &Options) -> Result<Verdict, String> {
    let mut reached = Reached::default();
    let what = match options.matrix {
        true => run_matrix(&mut reached),
        false => run_files(&options.folders, &mut reached)?,
    };
    let tally = reached.tally;
    let findings = Findings::default();
    let table = Report::new(
        &Plan::default(),
        &tally,
        &findings,
        End::Cases,
        Duration::ZERO,
    );
    print!("{}", report::ops_table(&table.ops));
    println!("\nreached/reachable kinds of operands\n");
    print!("{}", report::matrix_table(&table.ops));
    println!("\n{what}");
    if let Some(file) = &options.json {
        let matrix = matrix::matrix(tally.ops.iter().map(|op| &op.cells));
        let json = serde_json::json!({ "ops": table.ops, "matrix": matrix });
        let json = serde_json::to_string_pretty(&json).map_err(|error| error.to_string())?;
        super::write(file, &json)?;
    }
    if tally.diverged > 0 {
        return Ok(Verdict::Diverged);
    }
    match options.matrix {
        true => no_cell_is_empty(&tally),
        false => Ok(Verdict::Agreed),
    }
}

/// Runs the programs of case files; says how many there were.
fn run_files(folders: &[PathBuf], reached: &mut Reached) -> Result<String, String> {
    let folders = match folders.is_empty() {
        true => vec![super::folder("cases"), super::folder("regressions")],
        false => folders.to_vec(),
    };
    let mut n_files = 0;
    for folder in &folders {
        for file in filetest::files(folder)? {
            n_files += 1;
            let text = filetest::read(&file)?;
            let programs = filetest::programs(&text)
                .map_err(|error| format!("{}: {error}", file.display()))?;
            for program in programs {
                panics::fresh(|| reached.run(Shape::Structured, &program.case, &subjects::all()));
            }
        }
    }
    Ok(format!(
        "{n_files} files with {} programs",
        reached.tally.cases
    ))
}

/// Runs what must reach every cell, in each tier alone.
fn run_matrix(reached: &mut Reached) -> String {
    for (shape, case) in matrix::cases() {
        reached.run(shape, &case, &[&Linear, &Block, &Trace]);
    }
    format!("{} generated cases", reached.tally.cases)
}

fn no_cell_is_empty(tally: &Tally) -> Result<Verdict, String> {
    let empty = matrix::all_empty(tally.ops.iter().map(|op| &op.cells));
    if empty.is_empty() {
        return Ok(Verdict::Agreed);
    }
    let rows: Vec<String> = empty.iter().map(|row| format!("  {row}")).collect();
    Err(format!(
        "cells that are reachable and empty:\n{}\nadd a shape to generate/single.rs, or a reason to coverage/matrix.rs",
        rows.join("\n")
    ))
}
