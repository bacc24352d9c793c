//! `difftest stats`: what the generators produce.

use super::source::per_mille;
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
    /// Share of raw chunks, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0)]
    raw_share: f64,
    /// Share of single ops and pairs of them, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0)]
    single_share: f64,
    /// Also write the shares as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

pub(crate) fn run(options: &Options) -> Result<Verdict, String> {
    let plan = Plan {
        seed: options.seed,
        raw_per_mille: per_mille(options.raw_share),
        single_per_mille: per_mille(options.single_share),
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
