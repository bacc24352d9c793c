//! `difftest`: do the native tiers agree with the interpreter?
//!
//! Exit status: 0 they agree, 1 they diverge, 2 it could not run.

mod commands;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Do the native tiers of fusevm agree with its interpreter?
///
/// Without a command: a campaign of random programs until a bound on time or cases. With a
/// file: `run FILE`. Exit status: 0 agreed, 1 diverged, 2 could not run.
#[derive(Parser)]
#[command(name = "difftest", version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// A case file to run, as `run FILE` does
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    campaign: commands::campaign::Options,
}

#[derive(Subcommand)]
enum Command {
    /// Run one case on every subject and compare
    Run(commands::run::Options),
    /// Make a case that diverges as small as it gets
    Reduce(commands::reduce::Options),
    /// Keep a reduced case among the regressions
    Promote(commands::promote::Options),
    /// Run stored inputs: corpora, regressions, cases
    Replay(commands::replay::Options),
    /// Show what the tiers made of a case
    Explain(commands::explain::Options),
    /// Which ops the case files reach, in which tiers
    Coverage(commands::coverage::Options),
    /// Would it notice? Campaigns against engines with known faults
    Faults(commands::faults::Options),
    /// Does native code do what it did? Counts of a fixed series of cases, against those kept
    Ledger(commands::ledger::Options),
    /// What the generators produce: shares of ops and of shapes of programs
    Stats(commands::stats::Options),
}

/// What a command found, when it could run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Agreed,
    Diverged,
}

/// The exit status of a program whose reader is gone: 128 and the number of SIGPIPE.
const READER_GONE: i32 = 141;

/// Lets this program end quietly when nobody reads what it prints any more (`difftest .. | head`):
/// printing panics then, wherever it happens.
fn end_with_reader() {
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let message = info.payload_as_str().unwrap_or_default();
        if message.starts_with("failed printing to stdout") {
            std::process::exit(READER_GONE);
        }
        default(info);
    }));
}

fn main() -> ExitCode {
    end_with_reader();
    let arguments = Arguments::parse();
    let result = match (arguments.command, arguments.file) {
        (Some(Command::Run(options)), _) => commands::run::run(&options),
        (Some(Command::Reduce(options)), _) => commands::reduce::run(&options),
        (Some(Command::Promote(options)), _) => commands::promote::run(&options),
        (Some(Command::Replay(options)), _) => commands::replay::run(&options),
        (Some(Command::Explain(options)), _) => commands::explain::run(&options),
        (Some(Command::Coverage(options)), _) => commands::coverage::run(&options),
        (Some(Command::Faults(options)), _) => commands::faults::run(&options),
        (Some(Command::Ledger(options)), _) => commands::ledger::run(&options),
        (Some(Command::Stats(options)), _) => commands::stats::run(&options),
        (None, Some(file)) => commands::run::run(&commands::run::Options::of_file(file)),
        (None, None) => commands::campaign::run(&arguments.campaign),
    };
    match result {
        Ok(Verdict::Agreed) => ExitCode::SUCCESS,
        Ok(Verdict::Diverged) => ExitCode::from(1),
        Err(error) => {
            eprintln!("difftest: {error}");
            ExitCode::from(2)
        }
    }
}
