//! `difftest ledger`: does native code do what it did?

use crate::Verdict;
use clap::Args;
use fusevm_conformance::ledger;
use std::path::Path;

/// Where the ledger is kept.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ledger.json");

#[derive(Args)]
pub(crate) struct Options {
    /// Keeps the counts of the engine as it is
    #[arg(long)]
    accept: bool,
    /// Worker threads; all cores when absent
    #[arg(long, short)]
    jobs: Option<usize>,
}

pub(crate) fn run(options: &Options) -> Result<Verdict, String> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let found = ledger::count(options.jobs.unwrap_or(cores));
    let kept = ledger::kept()?;
    let differences = ledger::differences(&kept, &found);
    for difference in &differences {
        println!("{difference}");
    }
    if options.accept {
        let json = serde_json::to_string_pretty(&ledger::accepted(&kept, &found))
            .map_err(|error| error.to_string())?;
        super::write(Path::new(FILE), &(json + "\n"))?;
        println!(
            "written      {FILE}, {} counts are others",
            differences.len()
        );
        return Ok(Verdict::Agreed);
    }
    if differences.is_empty() {
        println!("agreed       native code does what conformance/ledger.json says");
        return Ok(Verdict::Agreed);
    }
    println!("\ndiffers      in {} counts", differences.len());
    println!("next         cargo difftest ledger --accept, if that is meant");
    Ok(Verdict::Diverged)
}
