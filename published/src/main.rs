//! `published`: where does the published crate differ?
//!
//! Exit status: 0 it could be run, whatever it found, 2 it could not.

use clap::{Args, Parser, Subcommand};
use fusevm_conformance::filetest;
use fusevm_conformance::subject::Subject;
use fusevm_published::campaign::{self, Plan, Tally};
use fusevm_published::judge::Judgement;
use fusevm_published::worker::{self, Worker};
use fusevm_published::{VERSION, page, subjects};
use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Processor time of one run outside a campaign.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where does the published fusevm crate differ from the semantics of record, and its tiers
/// from its interpreter?
#[derive(Parser)]
#[command(name = "published", args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    campaign: Campaign,
}

#[derive(Subcommand)]
enum Command {
    /// Run one case file on every subject
    Run {
        /// A program (`.fvm`)
        file: PathBuf,
    },
    /// Run what saved campaigns found once more, and write their page
    Page {
        /// What `--save` has written
        #[arg(required = true)]
        saved: Vec<PathBuf>,
        /// Where to write it; standard output when absent
        #[arg(long, value_name = "FILE")]
        markdown: Option<PathBuf>,
    },
    /// Serve requests of another process
    #[command(hide = true)]
    Worker {
        /// Where to get them from
        socket: PathBuf,
    },
}

/// A campaign of random programs.
#[derive(Args)]
struct Campaign {
    /// The first seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many seeds take turns
    #[arg(long, default_value_t = 1)]
    seeds: u64,
    /// How long it goes on, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    time: u64,
    /// Worker processes; all cores when absent
    #[arg(long, short, value_name = "N")]
    jobs: Option<usize>,
    /// Milliseconds of processor time that one run of a case may take
    #[arg(long, value_name = "MS", default_value_t = 400)]
    patience: u64,
    /// Seconds that reducing one divergence may take
    #[arg(long, value_name = "SECONDS", default_value_t = 4)]
    budget: u64,
    /// Where to write what was found; standard output when absent
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Also save what was found, for the command `page`
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Some(Command::Worker { socket }) => worker::serve(&socket).map_err(|e| e.to_string()),
        Some(Command::Run { file }) => run_file(&file),
        Some(Command::Page { saved, markdown }) => write_saved_page(&saved, markdown.as_deref()),
        None => run_campaign(&arguments.campaign),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("published: {error}");
            ExitCode::from(2)
        }
    }
}

fn run_campaign(options: &Campaign) -> Result<(), String> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let plan = Plan {
        seed: options.seed,
        seeds: options.seeds.max(1),
        time: Duration::from_secs(options.time),
        jobs: options.jobs.unwrap_or(cores).max(1),
        patience: Duration::from_millis(options.patience),
        budget: Duration::from_secs(options.budget),
        program: this_program()?,
    };
    let started = Instant::now();
    let tally = campaign::run(&plan, &|tally| show(tally, started.elapsed()))
        .map_err(|error| error.to_string())?;
    eprintln!();
    if let Some(file) = &options.save {
        let bytes = bincode::serialize(&tally).map_err(|error| error.to_string())?;
        write(file, &bytes)?;
    }
    write_page(&tally, options.markdown.as_deref())
}

fn write_saved_page(saved: &[PathBuf], markdown: Option<&Path>) -> Result<(), String> {
    let mut sum = Tally::default();
    for file in saved {
        sum.add(read_saved(file)?);
    }
    let checked =
        Worker::new(&this_program()?, PATIENCE).and_then(|mut worker| sum.check_again(&mut worker));
    checked.map_err(|error| error.to_string())?;
    write_page(&sum, markdown)
}

fn read_saved(file: &Path) -> Result<Tally, String> {
    let cannot = |error: &dyn Display| format!("{}: cannot be read: {error}", file.display());
    let bytes = std::fs::read(file).map_err(|error| cannot(&error))?;
    bincode::deserialize(&bytes).map_err(|error| cannot(&error))
}

fn write_page(tally: &Tally, file: Option<&Path>) -> Result<(), String> {
    let text = page::markdown(tally);
    match file {
        Some(file) => write(file, text.as_bytes()),
        None => {
            print!("{text}");
            Ok(())
        }
    }
}

fn write(file: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(file, bytes)
        .map_err(|error| format!("{}: cannot be written: {error}", file.display()))
}

fn show(tally: &Tally, elapsed: Duration) {
    eprint!(
        "\r{} s, {} cases of fusevm {VERSION}, {} divergences reduced ",
        elapsed.as_secs(),
        tally.cases,
        tally.samples.len()
    );
}

fn this_program() -> Result<PathBuf, String> {
    std::env::current_exe().map_err(|error| format!("this program cannot find itself: {error}"))
}

fn run_file(file: &Path) -> Result<(), String> {
    let text = filetest::read(file)?;
    let programs = filetest::programs(&text)?;
    let fails = |error: io::Error| error.to_string();
    let mut worker = Worker::new(&this_program()?, PATIENCE).map_err(fails)?;
    for program in programs {
        if let Some(name) = program.name {
            println!("{name}");
        }
        for subject in subjects::ALL {
            let name = subject.name();
            match worker.judge(&program.case, subject).map_err(fails)? {
                Judgement::Agreed => println!("  {name:<22} agreed"),
                Judgement::Declined(reason, detail) => {
                    println!("  {name:<22} declined  {reason}: {detail}");
                }
                Judgement::Diverged(divergence) => {
                    println!("  {name:<22} DIVERGED  record: {}", divergence.record);
                    for found in divergence.found {
                        println!("    {}: {} became {}", found.place, found.left, found.right);
                    }
                }
            }
        }
    }
    Ok(())
}
