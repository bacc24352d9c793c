//! From a case file to a verdict.
//!
//! The reference runs every program; the other subjects must agree with it, and it must do
//! what the file says. A subject that declines proves nothing and is passed over, unless
//! the file says that it must not.

use super::directives::{Count, Globals, global_position};
use super::{Expected, FileTest, Program};
use crate::case::Case;
use crate::oracles::agreement::{self, Checked, Verdict};
use crate::outcome::Outcome;
use crate::subject::{Observed, Subject, counters};
use crate::values::{render, render_list, same, same_list};
use fusevm::JitCompiler;
use fusevm::jit::ExplainParts;

/// A case file that is right.
#[derive(Debug, Default)]
pub struct Passed {
    /// Programs that were run.
    pub programs: usize,
    /// What the file wants reviewed.
    pub snapshots: Vec<Snapshot>,
}

/// What a subject compiled, as text.
#[derive(Debug)]
pub struct Snapshot {
    /// The subject.
    pub subject: &'static str,
    /// Its words.
    pub text: String,
}

/// Runs every program of a file; the failures are paragraphs.
pub(super) fn check(file: &FileTest) -> Result<Passed, Vec<String>> {
    let mut passed = Passed::default();
    let mut failures = Vec::new();
    for program in &file.programs {
        passed.programs += 1;
        let of_program = check_program(file, program);
        failures.extend(of_program.into_iter().map(|failure| match &program.name {
            Some(name) => format!("{name}\n{failure}"),
            None => failure,
        }));
        for subject in &file.directives.snapshots {
            passed.snapshots.push(Snapshot {
                subject: subject.name(),
                text: compiled_by(*subject, &program.case),
            });
        }
    }
    match failures.is_empty() {
        true => Ok(passed),
        false => Err(failures),
    }
}

fn check_program(file: &FileTest, program: &Program) -> Vec<String> {
    let directives = &file.directives;
    let named = directives
        .native
        .iter()
        .chain(directives.declines.iter().map(|(subject, _)| subject))
        .chain(directives.counts.iter().map(|count| &count.subject));
    let mut subjects = directives.subjects.clone();
    for subject in named {
        if !subjects.contains(subject) {
            subjects.push(*subject);
        }
    }
    let checked = agreement::check(&program.case, &subjects);
    let reference = match &checked.reference {
        Ok(reference) => reference,
        Err(divergence) => return vec![divergence.to_string()],
    };
    let diverged = checked
        .verdicts
        .iter()
        .filter_map(|(_, verdict)| match verdict {
            Verdict::Diverged(divergence) => Some(divergence.to_string()),
            _ => None,
        });
    diverged
        .chain(unexpected(
            &program.expected,
            &reference.outcome,
            &program.case,
        ))
        .chain(
            directives
                .native
                .iter()
                .filter_map(|subject| not_native(&checked, *subject)),
        )
        .chain(
            directives
                .declines
                .iter()
                .filter_map(|(subject, reason)| not_declined(&checked, *subject, reason)),
        )
        .chain(
            directives
                .counts
                .iter()
                .filter_map(|count| miscounted(&checked, count)),
        )
        .collect()
}

/// A paragraph about a field that is not as the file says.
fn wrong(field: &str, expected: &str, found: &str) -> String {
    format!("wrong        {field}\n  expected   {expected}\n  found      {found}")
}

/// What the reference did otherwise than the file says.
fn unexpected(expected: &Expected, outcome: &Outcome, case: &Case) -> Vec<String> {
    let mut failures = Vec::new();
    if let Some(result) = &expected.result
        && !result.same(&outcome.ending)
    {
        failures.push(wrong(
            "result",
            &result.to_string(),
            &outcome.ending.to_string(),
        ));
    }
    if let Some(output) = &expected.output
        && output.as_bytes() != outcome.output
    {
        let found = String::from_utf8_lossy(&outcome.output);
        failures.push(wrong(
            "output",
            &format!("{output:?}"),
            &format!("{found:?}"),
        ));
    }
    let root_slots = outcome.frames.first().map_or(&[][..], |frame| &frame.slots);
    for (field, expected, found) in [
        ("stack", &expected.stack, &outcome.stack[..]),
        ("slots", &expected.slots, root_slots),
    ] {
        if let Some(expected) = expected
            && !same_list(expected, found)
        {
            failures.push(wrong(field, &render_list(expected), &render_list(found)));
        }
    }
    if let Some(globals) = &expected.globals {
        failures.extend(unexpected_globals(globals, outcome, case));
    }
    if let Some(log) = &expected.log
        && !(log.len() == outcome.log.len()
            && log.iter().zip(&outcome.log).all(|(a, b)| b.starts_with(a)))
    {
        failures.push(wrong(
            "log",
            &format!("{log:?}"),
            &format!("{:?}", outcome.log),
        ));
    }
    if let Some(status) = expected.status
        && status != outcome.last_status
    {
        failures.push(wrong(
            "status",
            &status.to_string(),
            &outcome.last_status.to_string(),
        ));
    }
    if let Some(signal) = expected.signal
        && Some(signal) != outcome.signal
    {
        failures.push(wrong(
            "signal",
            &signal.to_string(),
            &format!("{:?}", outcome.signal),
        ));
    }
    if let Some(fuel) = expected.fuel
        && Some(fuel) != outcome.fuel
    {
        failures.push(wrong(
            "fuel",
            &fuel.to_string(),
            &format!("{:?}", outcome.fuel),
        ));
    }
    failures
}

fn unexpected_globals(expected: &Globals, outcome: &Outcome, case: &Case) -> Vec<String> {
    let found = &outcome.globals;
    match expected {
        Globals::All(values) if same_list(values, found) => Vec::new(),
        Globals::All(values) => vec![wrong("globals", &render_list(values), &render_list(found))],
        Globals::Named(entries) => entries
            .iter()
            .filter_map(|(name, value)| {
                let position = match global_position(&case.chunk, name) {
                    Ok(position) => position,
                    Err(error) => return Some(error),
                };
                let field = format!("global `{name}`");
                match found.get(position) {
                    Some(found) if same(value, found) => None,
                    Some(found) => Some(wrong(&field, &render(value), &render(found))),
                    None => Some(wrong(&field, &render(value), "no such global")),
                }
            })
            .collect(),
    }
}

fn verdict_of<'a>(checked: &'a Checked, subject: &dyn Subject) -> Option<&'a Verdict> {
    checked
        .verdicts
        .iter()
        .find(|(name, _)| *name == subject.name())
        .map(|(_, verdict)| verdict)
}

fn not_native(checked: &Checked, subject: &dyn Subject) -> Option<String> {
    let Some(Verdict::Declined(declined)) = verdict_of(checked, subject) else {
        return None;
    };
    Some(wrong(
        &format!("native code of {}", subject.name()),
        "was entered",
        &format!("declined: {} ({})", declined.reason, declined.detail),
    ))
}

fn not_declined(checked: &Checked, subject: &dyn Subject, reason: &str) -> Option<String> {
    let expected = format!("declines: {reason}");
    let found = match verdict_of(checked, subject)? {
        Verdict::Declined(declined) if declined.reason == reason => return None,
        Verdict::Declined(declined) => {
            format!("declined: {} ({})", declined.reason, declined.detail)
        }
        Verdict::Agreed(observed) => agreement::tiers_in_words(&observed.tiers),
        Verdict::Diverged(_) | Verdict::Poisoned(_) => return None,
    };
    Some(wrong(subject.name(), &expected, &found))
}

fn miscounted(checked: &Checked, count: &Count) -> Option<String> {
    let observed: &Observed = match verdict_of(checked, count.subject)? {
        Verdict::Agreed(observed) => observed,
        Verdict::Declined(declined) => match &declined.observed {
            Some(observed) => observed,
            None => return not_native(checked, count.subject),
        },
        Verdict::Diverged(_) | Verdict::Poisoned(_) => return None,
    };
    let found = counters(observed.tiers.tier(count.tier))
        .into_iter()
        .find(|(name, _)| *name == count.counter)
        .map_or(0, |(_, number)| number);
    if count.relation.holds(found, count.number) {
        return None;
    }
    Some(wrong(
        &format!(
            "{}.{} of {}",
            count.tier,
            count.counter,
            count.subject.name()
        ),
        &format!("{} {}", count.relation, count.number),
        &found.to_string(),
    ))
}

/// What a subject compiles for a case, in the engine's words.
fn compiled_by(subject: &dyn Subject, case: &Case) -> String {
    let parts = ExplainParts {
        trace: true,
        clif: false,
        asm: false,
    };
    match subject.run(case) {
        Ok(_) => JitCompiler::new().explain(&case.chunk, parts),
        Err(declined) => format!("declined: {}\n{}\n", declined.reason, declined.detail),
    }
}
