//! `difftest stats`: what the generators produce.

use super::source::Shares;
use crate::Verdict;
use clap::Args;
use fusevm_conformance::campaign::Plan;
use fusevm_conformance::generate::single;
use fusevm_conformance::generate::statistics::Statistics;
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Options {
    /// Seed of the campaign whose cases are looked at
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// How many cases
    #[arg(long, value_name = "N", default_value_t = 5000)]
    cases: u64,
    /// Looks at all cases of the campaign, and not at its structured programs only
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    shares: Shares,
    /// Also write the shares as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

pub(crate) fn run(options: &Options) -> Result<Verdict, String> {
    let shares = match options.all {
        true => options.shares,
        false => Shares::STRUCTURED,
    };
    let plan = Plan {
        seed: options.seed,
        raw_per_mille: shares.raw(),
        single_per_mille: shares.single(),
        ..Plan::default()
    };
    let mut statistics = Statistics::default();
    for index in 0..options.cases {
        statistics.add(&plan.case(index).1);
    }
    print!("{statistics}");
    println!("\nsingle ops: {} cases", single::count());
    for family in &single::FAMILIES {
        println!("{:>10}  {}", (family.count)(), family.name);
    }
    if let Some(file) = &options.json {
        let shares = statistics.shares();
        let json = serde_json::to_string_pretty(&shares).map_err(|error| error.to_string())?;
        super::write(file, &json)?;
    }
    match statistics.missing_shapes() {
        missing if missing.is_empty() => Ok(Verdict::Agreed),
        missing => Err(format!(
            "no case has: {}; with more --cases some may, or the generator cannot",
            missing.join(", ")
        )),
    }
}
