//! `difftest explain`: what the tiers made of a case.

use super::source::Source;
use crate::Verdict;
use clap::Args;
use fusevm::JitCompiler;
use fusevm::asm;
use fusevm::jit::ExplainParts;
use fusevm_conformance::case::Case;
use fusevm_conformance::oracles::agreement::{self, tiers_in_words};
use fusevm_conformance::panics;
use fusevm_conformance::subject::{Subject, counters};
use fusevm_conformance::subjects::REFERENCE;

#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    source: Source,
    /// Whose view, separated by commas; that of the tiers when absent
    #[arg(long)]
    subjects: Option<String>,
    /// The program
    #[arg(long)]
    ops: bool,
    /// Recorded traces and compiled units, in the engine's own words
    #[arg(long)]
    trace: bool,
    /// Cranelift IR
    #[arg(long)]
    clif: bool,
    /// Machine code
    #[arg(long)]
    asm: bool,
    /// One line per trace or compiled unit
    #[arg(long)]
    brief: bool,
}

/// Subjects that show what is compiled of a case itself, and when.
const TIERS: &str = "linear,block,trace,auto";

pub(crate) fn run(options: &Options) -> Result<Verdict, String> {
    let views = super::subject_list(options.subjects.as_deref().unwrap_or(TIERS))?;
    let judges = super::subject_list(options.subjects.as_deref().unwrap_or("all"))?;
    // Without a choice: everything but the long parts.
    let chosen = options.ops || options.trace || options.clif || options.asm || options.brief;
    let mut verdict = Verdict::Agreed;
    for (name, case) in options.source.cases()? {
        println!("case: {name}");
        if options.ops || !chosen {
            println!("\n{}", asm::disassemble(&case.chunk));
        }
        for subject in views.iter().filter(|subject| **subject != REFERENCE) {
            panics::fresh(|| explain(&case, *subject, options, !chosen));
        }
        if let Some(divergence) = agreement::divergence(&case, &judges) {
            println!("\n{divergence}");
            verdict = Verdict::Diverged;
        }
    }
    if verdict == Verdict::Diverged {
        let arguments = options.source.arguments();
        let more = match options.clif || options.asm {
            true => "",
            false => "; --clif and --asm show the code",
        };
        let command = match options.source.is_program() {
            true => "promote",
            false => "reduce",
        };
        println!("next         cargo difftest {command} {arguments}{more}");
    }
    Ok(verdict)
}

fn explain(case: &Case, subject: &dyn Subject, options: &Options, by_default: bool) {
    println!("--- {}", subject.name());
    let tiers = match panics::catch(|| subject.run(case)) {
        Err(message) => return println!("panicked: {message}"),
        Ok(Ok(observed)) => {
            println!("ran: {}", observed.outcome.ending);
            observed.tiers
        }
        Ok(Err(declined)) => {
            println!("declined: {}: {}", declined.reason, declined.detail);
            declined
                .observed
                .map(|observed| observed.tiers)
                .unwrap_or_default()
        }
    };
    println!("{}", tiers_in_words(&tiers));
    for decline in &tiers.declines {
        println!(
            "{} declined {} time(s): {}: {}",
            decline.tier, decline.count, decline.reason, decline.example
        );
    }
    if by_default {
        for tier in fusevm::jit::TierName::ALL {
            let stats = tiers.tier(tier);
            let counted: Vec<_> = counters(stats)
                .iter()
                .filter(|(_, n)| *n > 0)
                .map(|(name, n)| format!("{name} {n}"))
                .collect();
            if !counted.is_empty() {
                println!("{tier}: {}", counted.join(", "));
            }
        }
    }
    let parts = ExplainParts {
        trace: options.trace || options.brief || by_default,
        clif: options.clif,
        asm: options.asm,
    };
    let text = JitCompiler::new().explain(&case.chunk, parts);
    for line in text.lines() {
        let is_head = line.contains(" at op ") && !line.starts_with(' ');
        if is_head || !options.brief {
            println!("{line}");
        }
    }
}
