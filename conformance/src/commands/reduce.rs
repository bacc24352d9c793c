//! `difftest reduce`: the smallest program that shows a divergence.

use super::isolated::Isolation;
use super::source::Source;
use crate::Verdict;
use clap::Args;
use fusevm_conformance::campaign::{Reduction, reduce_finding};
use fusevm_conformance::case::Case;
use fusevm_conformance::oracles::agreement;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    source: Source,
    /// Who runs it, separated by commas
    #[arg(long, default_value = "all")]
    subjects: String,
    /// Seconds that reducing may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0)]
    budget: f64,
    /// Seconds of processor time that one run of a case may take
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0)]
    patience: f64,
    /// Where to write the program; below `target/difftest` when absent
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(crate) fn run(options: &Options) -> Result<Verdict, String> {
    let subjects = super::subject_list(&options.subjects)?;
    let seconds = |seconds: f64| Duration::from_secs_f64(seconds.clamp(0.0, 1e6));
    let budget = seconds(options.budget);
    let isolation = Isolation::new(seconds(options.patience));
    for (name, specimen) in options.source.specimens()? {
        let case = specimen.case.clone();
        if let Some(culprit) = isolation.culprit(&case, &subjects)? {
            isolation.show(&name, case, culprit, budget, &options.file())?;
            return Ok(Verdict::Diverged);
        }
        if let Some(divergence) = agreement::divergence(&case, &subjects) {
            println!("{name}: {}", divergence.signature());
            let reduction = reduce_finding(specimen, &divergence, &subjects, budget);
            show(options, &case, &reduction)?;
            return Ok(Verdict::Diverged);
        }
    }
    println!("nothing to reduce: every subject agrees or declines");
    Ok(Verdict::Agreed)
}

fn show(options: &Options, case: &Case, reduction: &Reduction) -> Result<(), String> {
    let text = reduction.text(&reduction.why());
    println!("{}", reduction.divergence);
    println!(
        "reduced      {} to {} ops in {:.1} s\n\n{text}",
        case.chunk.ops.len(),
        reduction.case.chunk.ops.len(),
        reduction.took.as_secs_f64()
    );
    let file = options.file();
    super::write(&file, &text)?;
    let file = file.display();
    println!("written      {file}\nnext         cargo difftest explain {file}");
    Ok(())
}

impl Options {
    /// Where the program is written.
    fn file(&self) -> PathBuf {
        let reduced = || Path::new("target/difftest").join(format!("{}_reduced.fvm", self.source));
        self.output.clone().unwrap_or_else(reduced)
    }
}
