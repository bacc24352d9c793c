//! `difftest reduce`: the smallest program that shows a divergence.

use super::source::Source;
use crate::Verdict;
use clap::Args;
use fusevm_conformance::campaign::reduce_finding;
use fusevm_conformance::oracles::agreement;
use std::path::PathBuf;
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
    /// Where to write the program
    #[arg(long, short, value_name = "FILE", conflicts_with = "keep")]
    output: Option<PathBuf>,
    /// Keep the program among the regressions, under this name
    #[arg(long, value_name = "NAME")]
    keep: Option<String>,
}

pub(crate) fn run(options: &Options) -> Result<Verdict, String> {
    let subjects = super::subject_list(&options.subjects)?;
    for (name, case) in options.source.cases()? {
        let Some(divergence) = agreement::divergence(&case, &subjects) else {
            continue;
        };
        println!("{name}: {}", divergence.signature());
        let budget = Duration::from_secs_f64(options.budget.clamp(0.0, 1e6));
        let reduction = reduce_finding(&case, &divergence, budget);
        let difference = &reduction.divergence.difference;
        let text = reduction.text(&format!(
            "{} differed from {} in {}.",
            reduction.divergence.right_subject, reduction.divergence.left_subject, difference.field
        ));
        println!("{}", reduction.divergence);
        println!(
            "reduced      {} to {} ops in {:.1} s\n\n{text}",
            case.chunk.ops.len(),
            reduction.case.chunk.ops.len(),
            reduction.took.as_secs_f64()
        );
        let file = match (&options.output, &options.keep) {
            (Some(file), _) => Some(file.clone()),
            (None, Some(name)) => Some(super::folder("regressions").join(format!("{name}.fvm"))),
            (None, None) => None,
        };
        match file {
            Some(file) => {
                super::write(&file, &text)?;
                println!("next         cargo difftest explain {}", file.display());
            }
            None => println!("next         the same command with --keep NAME"),
        }
        return Ok(Verdict::Diverged);
    }
    println!("nothing to reduce: every subject agrees or declines");
    Ok(Verdict::Agreed)
}
