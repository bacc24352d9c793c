//! What a campaign found, as a page of Markdown.

use crate::VERSION;
use crate::campaign::Tally;
use crate::causes::{Cause, group};
use crate::compare::without_folders;
use crate::subjects::{NOT_COMPARED, Published};
use fusevm_conformance::case::Case;
use fusevm_conformance::filetest;
use fusevm_conformance::subject::Subject;
use std::fmt::{self, Write as _};

/// The page of a campaign.
pub fn markdown(tally: &Tally) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_page(&mut out, tally);
    out
}

fn write_page(out: &mut String, tally: &Tally) -> fmt::Result {
    let causes = group(&tally.samples);
    let known = causes.iter().filter(|cause| cause.id.is_some()).count();
    writeln!(
        out,
        "# The published crate, fusevm {VERSION}, under the harness\n\n\
         Written by `cargo published` and not by hand, from campaigns with `{}`: {} cases in {} s, each \
         case and subject in a process that may die of it. The published interpreter is \
         compared with the semantics of record, each published tier with the published \
         interpreter. The published crate is built with overflow checks and assertions, as \
         in a frontend's own tests.\n\n\
         **{} distinct differences**: {known} that the specification of this project names \
         (Q: behaviour of the interpreter that a rule overrules; R: a rule that it breaks; D: a \
         tier that disagrees with its own interpreter), {} that have no number. How often a \
         difference was seen counts the cases that contain the ops of a smallest program and \
         differ in the same way.\n",
        tally.arguments,
        tally.cases,
        tally.seconds,
        causes.len(),
        causes.len() - known,
    )?;
    write_subjects(out, tally)?;
    write_not_compared(out, tally)?;
    write_contents(out, &causes)?;
    for (at, cause) in causes.iter().enumerate() {
        write_cause(out, at + 1, cause)?;
    }
    Ok(())
}

fn write_subjects(out: &mut String, tally: &Tally) -> fmt::Result {
    writeln!(
        out,
        "## Subjects\n\n\
         | subject | agreed | diverged | declined | why it declined |\n\
         | --- | ---: | ---: | ---: | --- |"
    )?;
    for (name, subject) in &tally.subjects {
        let mut declines: Vec<_> = subject.declines.iter().collect();
        declines.sort_by_key(|(reason, times)| (u64::MAX - **times, *reason));
        let reasons: Vec<_> = declines
            .iter()
            .map(|(reason, times)| format!("{reason} ({times})"))
            .collect();
        writeln!(
            out,
            "| `{name}` | {} | {} | {} | {} |",
            subject.agreed,
            subject.diverged,
            subject.declines.values().sum::<u64>(),
            reasons.join(", ")
        )?;
    }
    out.push('\n');
    Ok(())
}

fn write_not_compared(out: &mut String, tally: &Tally) -> fmt::Result {
    writeln!(out, "## Not compared\n")?;
    for (what, why) in NOT_COMPARED {
        writeln!(out, "- {what}: {why}.")?;
    }
    let times: u64 = tally.unsteady.values().sum();
    if times > 0 {
        writeln!(
            out,
            "\n{times} divergence(s) did not happen again when they were to be reduced:\n"
        )?;
        for (signature, times) in &tally.unsteady {
            writeln!(
                out,
                "- `{}`, {}: {} ({times})",
                signature.subject, signature.field, signature.shape
            )?;
        }
    }
    out.push('\n');
    Ok(())
}

fn write_contents(out: &mut String, causes: &[Cause]) -> fmt::Result {
    writeln!(
        out,
        "## Differences\n\n| | known as | difference | seen | by |\n| ---: | --- | --- | ---: | --- |"
    )?;
    for (at, cause) in causes.iter().enumerate() {
        writeln!(
            out,
            "| [{n}](#{n}) | {} | {} | {} | {} |",
            cause.id.unwrap_or("new"),
            in_cell(&cause.title),
            cause.times,
            cause.subjects.join(", "),
            n = at + 1,
        )?;
    }
    out.push('\n');
    Ok(())
}

/// Text that does not end a cell of a table.
fn in_cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn write_cause(out: &mut String, number: usize, cause: &Cause) -> fmt::Result {
    let sample = &cause.smallest;
    let found = &sample.found;
    let subject = Published::by_name(&sample.signature.subject);
    let against = match subject.and_then(Published::against) {
        None => "`interp`, the semantics of record".to_owned(),
        Some(left) => format!("`{}`", left.name()),
    };
    let id = cause.id.map(|id| format!("{id}: ")).unwrap_or_default();
    let case = Case {
        fuel: None,
        ..sample.case.clone()
    };
    let program = filetest::print_file(&format!("{id}{}", cause.title), &case, None, &[]);
    writeln!(
        out,
        "### {number}\n\n\
         **{id}{}**\n\n\
         - seen {} time(s), {} of them reduced, by {}\n\
         - differs in: {}\n\
         - `{}` gives: `{}`\n\
         - {against} gives: `{}`\n\
         - the semantics of record: `{}`\n\n\
         ```text\n{}```\n",
        cause.title,
        cause.times,
        cause.samples,
        cause.subjects.join(", "),
        found.place,
        sample.signature.subject,
        without_folders(&found.right),
        found.left,
        sample.record,
        program,
    )
}
