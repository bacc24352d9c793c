//! A report as tables on a terminal.

use super::{End, GroupReport, OpReport, Report, SubjectReport};
use crate::coverage::matrix::Column;
use fusevm::jit::TierName;
use std::fmt::Write as _;

/// Reasons of one subject that are shown.
const REASONS: usize = 8;

/// The whole report; writing to a string cannot fail, so results of `writeln` are dropped.
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}", headline(report));
    out.push('\n');
    subjects_table(&mut out, &report.subjects);
    declines(&mut out, &report.subjects);
    out.push('\n');
    out.push_str(&ops_table(&report.ops));
    for (error, reason) in &report.poisoned {
        let n_runs: u64 = report.subjects.iter().map(|subject| subject.poisoned).sum();
        let _ = writeln!(
            out,
            "\nnot compared {n_runs} runs that ended with {error:?}: {reason}"
        );
    }
    for group in &report.divergences {
        out.push('\n');
        divergence(&mut out, report, group);
    }
    if report.left_out > 0 {
        let _ = writeln!(
            out,
            "\n{} more divergences were kept but not reduced: mend these, or give --budget",
            report.left_out
        );
    }
    for index in &report.endless_cases {
        let _ = writeln!(
            out,
            "\ndivergence   case {index} does not end\nnext         cargo difftest run --seed {} --case {index}",
            report.seed
        );
    }
    ledger(&mut out, &report.ledger);
    out.push('\n');
    out.push_str(&verdict(report));
    out.push('\n');
    out
}

/// Counts of the ledger that are shown.
const COUNTS: usize = 12;

fn ledger(out: &mut String, differences: &[String]) {
    if differences.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "\nledger       native code does not do what conformance/ledger.json says"
    );
    for difference in differences.iter().take(COUNTS) {
        let _ = writeln!(out, "  {difference}");
    }
    if differences.len() > COUNTS {
        let _ = writeln!(out, "  and {} more", differences.len() - COUNTS);
    }
    let _ = writeln!(
        out,
        "next         cargo difftest ledger --accept, if that is meant"
    );
}

fn headline(report: &Report) -> String {
    let end = match report.end {
        End::Cases => "all cases run",
        End::Time => "time over",
        End::Interrupted => "interrupted",
        End::Endless => "ended by a case that does not end",
        End::Diverged => "as many cases diverged as asked for",
    };
    format!(
        "campaign     seed {}, {} cases ({} structured, {} mutated, {} raw, {} of single ops), {:.1} s, {:.0} cases/s, {} jobs, {end}",
        report.seed,
        report.cases,
        report.cases - report.mutated_cases - report.raw_cases - report.single_cases,
        report.mutated_cases,
        report.raw_cases,
        report.single_cases,
        report.timing.seconds,
        report.timing.cases_per_second,
        report.timing.jobs,
    )
}

fn verdict(report: &Report) -> String {
    let native = percent(report.native_cases, report.offered_cases);
    if report.agreed() {
        return format!(
            "agreed       every subject, {} cases; of {} that tiers were given, {native} in native code",
            report.cases, report.offered_cases
        );
    }
    if report.diverged_cases == 0 && report.endless_cases.is_empty() {
        return format!(
            "differs      {} cases agreed, but native code is not what it was",
            report.cases
        );
    }
    format!(
        "diverged     {} of {} cases, {} group(s), {} case(s) without end; seed {} repeats them",
        report.diverged_cases,
        report.cases,
        report.divergences.len(),
        report.endless_cases.len(),
        report.seed
    )
}

fn percent(part: u64, whole: u64) -> String {
    match whole {
        0 => "-".to_owned(),
        _ => format!("{:.1}%", part as f64 * 100.0 / whole as f64),
    }
}

fn subjects_table(out: &mut String, subjects: &[SubjectReport]) {
    let mut rows = vec![
        [
            "subject",
            "tier",
            "cases",
            "native",
            "declined",
            "diverged",
            "compiles",
            "entries",
            "guards",
            "side exits",
            "side traces",
            "entry misses",
        ]
        .map(str::to_owned),
    ];
    for subject in subjects {
        let used: Vec<_> = TierName::ALL
            .into_iter()
            .map(|tier| (tier.as_str(), &subject.tiers[tier.as_str()]))
            .filter(|(name, tier)| tier.compiles + tier.entries > 0 || *name == subject.name)
            .collect();
        if used.is_empty() {
            let [cases, agreed] = [subject.cases, subject.agreed].map(|n| n.to_string());
            let mut row = [const { String::new() }; 12];
            row[0] = subject.name.to_owned();
            row[1] = format!("{agreed} agreed");
            row[2] = cases;
            row[4] = subject.declined.to_string();
            row[5] = subject.diverged.to_string();
            rows.push(row);
        }
        for (i, (name, tier)) in used.into_iter().enumerate() {
            let once = |text: String| if i == 0 { text } else { String::new() };
            rows.push([
                once(subject.name.to_owned()),
                name.to_owned(),
                once(subject.cases.to_string()),
                once(percent(subject.agreed, subject.cases)),
                once(subject.declined.to_string()),
                once(subject.diverged.to_string()),
                tier.compiles.to_string(),
                tier.entries.to_string(),
                tier.guards.to_string(),
                tier.side_exits.to_string(),
                tier.side_traces.to_string(),
                tier.entry_misses.to_string(),
            ]);
        }
    }
    table(out, &rows, 2);
}

fn declines(out: &mut String, subjects: &[SubjectReport]) {
    for subject in subjects.iter().filter(|subject| subject.declined > 0) {
        let reasons: Vec<_> = subject
            .declines
            .iter()
            .take(REASONS)
            .map(|decline| format!("{} {}", decline.reason, decline.count))
            .collect();
        let more = subject.declines.len().saturating_sub(REASONS);
        let more = if more > 0 {
            format!(", and {more} more reasons")
        } else {
            String::new()
        };
        let _ = writeln!(
            out,
            "{} declined: {}{more}",
            subject.name,
            reasons.join(", ")
        );
    }
}

/// The matrix: for every op, tier and column how many cells were reached, of those that
/// must be.
pub fn matrix_table(ops: &[OpReport]) -> String {
    let columns = Column::ALL.map(Column::as_str);
    let mut rows = vec![[const { String::new() }; 10]];
    rows[0][0] = "op".to_owned();
    for (i, tier) in TierName::ALL.into_iter().enumerate() {
        for (j, column) in columns.into_iter().enumerate() {
            rows[0][1 + 3 * i + j] = format!("{tier} {column}");
        }
    }
    for op in ops {
        let mut row = [const { String::new() }; 10];
        row[0] = op.op.to_owned();
        for (i, tier) in TierName::ALL.into_iter().enumerate() {
            for (j, column) in columns.into_iter().enumerate() {
                let cells = op.matrix[tier.as_str()][column];
                row[1 + 3 * i + j] = match cells.required {
                    0 => "-".to_owned(),
                    required => format!("{}/{required}", cells.reached),
                };
            }
        }
        rows.push(row);
    }
    let mut out = String::new();
    table(&mut out, &rows, 1);
    out
}

/// The table of ops: every op, its zeros included, as a hole in the generator.
pub fn ops_table(ops: &[OpReport]) -> String {
    let mut rows = vec![
        [
            "op",
            "cases",
            "generated",
            "executed",
            "linear",
            "block",
            "trace",
            "finished",
            "guards failed",
            "kind pairs",
        ]
        .map(str::to_owned),
    ];
    for op in ops {
        rows.push([
            op.op.to_owned(),
            op.cases.to_string(),
            op.generated.to_string(),
            op.executed.to_string(),
            op.native["linear"].to_string(),
            op.native["block"].to_string(),
            op.native["trace"].to_string(),
            op.finished.values().sum::<u64>().to_string(),
            op.guards_failed.values().sum::<u64>().to_string(),
            op.kind_pairs.to_string(),
        ]);
    }
    let mut out = String::new();
    table(&mut out, &rows, 1);
    let missing = |name: &str, is_missing: &dyn Fn(&OpReport) -> bool| {
        let names: Vec<_> = ops
            .iter()
            .filter(|op| is_missing(op))
            .map(|op| op.op)
            .collect();
        match names.is_empty() {
            true => String::new(),
            false => format!("never {name} ({}): {}\n", names.len(), names.join(" ")),
        }
    };
    out.push_str(&missing("generated", &|op| op.generated == 0));
    out.push_str(&missing("executed", &|op| {
        op.generated > 0 && op.executed == 0
    }));
    out
}

fn divergence(out: &mut String, report: &Report, group: &GroupReport) {
    let _ = writeln!(out, "{}", group.words);
    let others: Vec<_> = group
        .subjects
        .iter()
        .map(|(subject, times)| format!("{subject} {times} times"))
        .collect();
    let cases: Vec<_> = group.cases.iter().map(u64::to_string).collect();
    let _ = writeln!(
        out,
        "seen         in cases {} of seed {}; in fields that show it: {}",
        cases.join(", "),
        report.seed,
        others.join(", ")
    );
    let written = match &group.file {
        Some(file) => format!(", written to {file}"),
        None => String::new(),
    };
    let _ = writeln!(
        out,
        "reduced      {} ops in {:.1} s{written}",
        group.n_ops, group.seconds
    );
    for line in group.program.lines() {
        let _ = writeln!(out, "  {line}");
    }
    if let Some(file) = &group.file {
        let _ = writeln!(out, "next         cargo difftest explain {file}");
    }
}

/// Rows as columns of equal width; the first `n_left` columns are aligned to the left.
fn table<const N: usize>(out: &mut String, rows: &[[String; N]], n_left: usize) {
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<_> = (0..N).map(width).collect();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let _ = match column < n_left {
                true => write!(line, "{cell:<width$}  "),
                false => write!(line, "{cell:>width$}  "),
            };
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
}
