//! A case as a file that [`super::check_file`] reads: how a divergence is kept.

use super::directives::limit_fields;
use crate::case::Case;
use crate::outcome::Outcome;
use crate::subject::Subject;
use crate::values::render_list;
use fusevm::{Chunk, Limits, Value, asm};
use std::fmt::Write as _;

/// The text of a case file: why it exists, the state it starts in, what `expected` says that
/// it does, who must run it `native`ly, and the program.
pub fn file(
    description: &str,
    case: &Case,
    expected: Option<&Outcome>,
    native: &[&dyn Subject],
) -> String {
    let mut out = String::new();
    for line in description.lines() {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "; {line}");
    }
    out.push_str(";\n");
    write_setup(&mut out, case);
    match expected {
        Some(outcome) => write_expected(&mut out, case, outcome),
        None => {
            if let Some(fuel) = case.fuel {
                let _ = writeln!(out, "; fuel: {fuel}");
            }
        }
    }
    if !native.is_empty() {
        let names: Vec<_> = native.iter().map(|subject| subject.name()).collect();
        let _ = writeln!(out, "; native: {}", names.join(", "));
    }
    out.push('\n');
    out.push_str(&asm::disassemble(&without_lines(&case.chunk)));
    out
}

/// The chunk without its source lines, which no run reads.
fn without_lines(chunk: &Chunk) -> Chunk {
    Chunk {
        lines: vec![0; chunk.ops.len()],
        sub_chunks: chunk.sub_chunks.iter().map(without_lines).collect(),
        ..chunk.clone()
    }
}

fn write_list(out: &mut String, name: &str, values: &[Value]) {
    if !values.is_empty() {
        let _ = writeln!(out, "; {name}: {}", render_list(values));
    }
}

fn write_setup(out: &mut String, case: &Case) {
    write_list(out, "init slots", &case.slots);
    write_list(out, "init stack", &case.stack);
    write_list(out, "init globals", &case.globals);
    if !case.stdin.is_empty() {
        let _ = writeln!(out, "; stdin: {:?}", case.stdin);
    }
    if case.handlers {
        out.push_str("; handlers: on\n");
    }
    let mut hosts = case.hosts;
    let installed = hosts.by_name().into_iter().filter(|(_, on)| **on);
    let installed: Vec<_> = installed.map(|(name, _)| name).collect();
    if !installed.is_empty() {
        let _ = writeln!(out, "; host: {}", installed.join(" "));
    }
    if case.runs > 1 {
        let _ = writeln!(out, "; runs: {}", case.runs);
    }
    if case.schedule > 0 {
        let _ = writeln!(out, "; schedule: {}", case.schedule);
    }
    let (mut limits, mut defaults) = (case.limits, Limits::default());
    let changed: Vec<_> = limit_fields(&mut limits)
        .into_iter()
        .zip(limit_fields(&mut defaults))
        .filter(|((_, limit), (_, default))| limit != default)
        .map(|((name, limit), _)| format!("{name} = {limit}"))
        .collect();
    if !changed.is_empty() {
        let _ = writeln!(out, "; limits: {}", changed.join(", "));
    }
}

fn write_expected(out: &mut String, case: &Case, outcome: &Outcome) {
    let _ = writeln!(out, "; result: {}", outcome.ending);
    if let Ok(output) = std::str::from_utf8(&outcome.output)
        && !output.is_empty()
    {
        let _ = writeln!(out, "; output: {output:?}");
    }
    write_list(out, "stack", &outcome.stack);
    if let Some(root) = outcome.frames.first() {
        write_list(out, "slots", &root.slots);
    }
    write_list(out, "globals", &outcome.globals);
    if outcome.last_status != 0 {
        let _ = writeln!(out, "; status: {}", outcome.last_status);
    }
    if let Some(signal) = outcome.signal {
        let _ = writeln!(out, "; signal: {signal}");
    }
    if let (Some(before), Some(after)) = (case.fuel, outcome.fuel) {
        let _ = writeln!(out, "; fuel: {before} -> {after}");
    }
}
