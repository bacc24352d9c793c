//! What became of faults, as text.

use fusevm_conformance::faults::Survivor;
use fusevm_reports::faults::{FaultRecord, FaultResult, FaultsRecord, How, Noticed, Score};
use std::collections::BTreeMap;
use std::fmt::Write;

/// One fault in a line.
pub(super) fn line(fault: &FaultRecord) -> String {
    let (word, rest) = match &fault.result {
        FaultResult::Noticed(noticed) => ("noticed", words(noticed)),
        FaultResult::Survived { cases, seconds } => {
            ("SURVIVED", format!("{cases} cases in {seconds:.0} s agree"))
        }
        FaultResult::Unviable { error } => ("unviable", error.clone()),
    };
    let fuzzer = fault.libfuzzer.as_ref().map_or(String::new(), |fuzzer| {
        let time = fuzzer.noticed.map(|seconds| format!("{seconds:.1} s"));
        let time = time.unwrap_or_else(|| "not noticed".to_owned());
        format!("; {}: {time}", fuzzer.target)
    });
    format!("{word:<9} {:<40} {rest}{fuzzer}", fault.id)
}

fn words(noticed: &Noticed) -> String {
    let Noticed {
        how,
        subject,
        what,
        cases,
        seconds,
        n_ops: _,
        reduce_seconds,
    } = noticed;
    let mut text = match (subject, how) {
        (Some(subject), How::Endless) => format!("{subject}, endless"),
        (Some(subject), _) => format!("{subject}, {}", beginning(what)),
        (None, _) => beginning(what),
    };
    // Writing to a `String` does not fail.
    let _ = write!(text, ", {seconds:.1} s");
    if *cases > 0 {
        let _ = write!(text, ", case {cases}");
    }
    if let Some(n_ops) = noticed.program_ops() {
        let _ = write!(text, "; {n_ops} ops");
        if let Some(seconds) = reduce_seconds {
            let _ = write!(text, " in {seconds:.1} s");
        }
    }
    text
}

/// Characters of a field that are printed; some name a whole program, which the record keeps.
const FIELD_CHARS: usize = 60;

/// A text that fits into a line.
fn beginning(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(FIELD_CHARS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None if line.len() < text.len() => format!("{line}…"),
        None => line.to_owned(),
    }
}

/// The whole result: a row for each class, who noticed, medians, and every survivor.
pub(super) fn text(
    record: &FaultsRecord,
    tried: &[&FaultRecord],
    survivors: &[Survivor],
) -> String {
    let mut text = by_class(tried);
    text += &by_subject(tried);
    text += &medians(tried);
    text += &fuzzers(tried);
    let tree = record.baseline.as_ref().map(|baseline| &baseline.tree);
    let stale = tried.iter().filter(|fault| Some(&fault.tree) != tree);
    match stale.count() {
        0 => {}
        n => text += &format!("{n} result(s) are of another state of the project: --again\n"),
    }
    text + &survived(tried, survivors)
}

fn by_class(tried: &[&FaultRecord]) -> String {
    let mut classes: BTreeMap<&str, Vec<&FaultRecord>> = BTreeMap::new();
    for fault in tried {
        classes.entry(&fault.class).or_default().push(fault);
    }
    let mut text = format!("\n{:<14} {:>6} {:>7}\n", "class", "viable", "noticed");
    for (class, faults) in &classes {
        let score = Score::of(faults.iter().copied());
        text += &format!("{class:<14} {:>6} {:>7}\n", score.viable, score.noticed);
    }
    let score = Score::of(tried.iter().copied());
    text += &format!(
        "{:<14} {:>6} {:>7}  {:.1} %\n\n",
        "all",
        score.viable,
        score.noticed,
        score.percent()
    );
    text
}

/// Who noticed how many.
fn by_subject(tried: &[&FaultRecord]) -> String {
    let mut subjects: BTreeMap<&str, usize> = BTreeMap::new();
    for noticed in tried.iter().filter_map(|fault| fault.noticed()) {
        let subject = noticed.subject.as_deref().unwrap_or("the campaign");
        *subjects.entry(subject).or_default() += 1;
    }
    let list: Vec<_> = subjects
        .iter()
        .map(|(name, n)| format!("{name} {n}"))
        .collect();
    format!("first noticed by: {}\n", list.join(", "))
}

fn medians(tried: &[&FaultRecord]) -> String {
    let of = |f: fn(&Noticed) -> Option<f64>| {
        let mut numbers: Vec<f64> = tried
            .iter()
            .filter_map(|fault| fault.noticed().and_then(f))
            .collect();
        numbers.sort_by(f64::total_cmp);
        numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
    };
    format!(
        "median: noticed after {:.1} s, reduced to {:.0} ops in {:.1} s\n",
        of(|noticed| Some(noticed.seconds)),
        of(|noticed| noticed.program_ops().map(|n| n as f64)),
        of(|noticed| noticed.reduce_seconds)
    )
}

/// Plain random programs beside those that coverage leads to, where both were tried.
fn fuzzers(tried: &[&FaultRecord]) -> String {
    let both: Vec<_> = tried
        .iter()
        .filter(|fault| fault.libfuzzer.is_some())
        .collect();
    if both.is_empty() {
        return String::new();
    }
    let fuzzer = both.iter().filter(|fault| {
        let noticed = |fuzzer: &fusevm_reports::faults::LibFuzzer| fuzzer.noticed.is_some();
        fault.libfuzzer.as_ref().is_some_and(noticed)
    });
    let random = both.iter().filter(|fault| fault.noticed().is_some());
    format!(
        "of {} faults, random programs noticed {}, the fuzz target {}\n",
        both.len(),
        random.count(),
        fuzzer.count()
    )
}

/// Every survivor, with the reason if it has one.
fn survived(tried: &[&FaultRecord], survivors: &[Survivor]) -> String {
    let mut text = String::new();
    for fault in tried.iter().filter(|fault| fault.survived()) {
        let known = survivors.iter().find(|known| known.fault == fault.id);
        text += &match known {
            Some(known) => format!("survived  {}\n          {}\n", fault.id, known.reason),
            None => format!(
                "SURVIVED  {}\n          {} ({})\n",
                fault.id, fault.models, fault.file
            ),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(id: &str, result: FaultResult) -> FaultRecord {
        FaultRecord {
            id: id.to_owned(),
            class: "guards".to_owned(),
            models: "A guard is missing.".to_owned(),
            file: "x.rs".to_owned(),
            digest: String::new(),
            tree: String::new(),
            build_seconds: 1.0,
            result,
            libfuzzer: None,
        }
    }

    fn noticed() -> FaultRecord {
        let noticed = Noticed {
            how: How::Divergence,
            subject: Some("trace".to_owned()),
            what: "result".to_owned(),
            cases: 12,
            seconds: 0.25,
            n_ops: Some(7),
            reduce_seconds: Some(1.5),
        };
        fault("guard_missing", FaultResult::Noticed(noticed))
    }

    #[test]
    fn a_line_says_who_noticed_when() {
        assert_eq!(
            line(&noticed()),
            "noticed   guard_missing                            \
             trace, result, 0.2 s, case 12; 7 ops in 1.5 s"
        );
    }

    #[test]
    fn a_program_in_a_field_is_cut_off_and_one_without_ops_is_none() {
        let FaultResult::Noticed(noticed) = noticed().result else {
            panic!("it was noticed");
        };
        let own = Noticed {
            what: format!("explain of [{}]", "LoadInt(1), ".repeat(50)),
            n_ops: Some(0),
            ..noticed
        };
        let line = line(&fault("x", FaultResult::Noticed(own)));
        assert!(line.contains("trace, explain of [LoadInt(1)"), "{line}");
        assert!(line.ends_with("…, 0.2 s, case 12"), "{line}");
        assert!(line.chars().count() < 150, "{line}");
    }

    #[test]
    fn survivors_are_listed_with_their_reasons() {
        let survived = |id| {
            fault(
                id,
                FaultResult::Survived {
                    cases: 9,
                    seconds: 60.0,
                },
            )
        };
        let (known, hole, noticed) = (survived("known"), survived("hole"), noticed());
        let reasons = [Survivor {
            fault: "known".to_owned(),
            reason: "It changes speed only.".to_owned(),
        }];
        let record = FaultsRecord {
            baseline: Some(fusevm_reports::faults::Baseline {
                tree: String::new(),
                cases: 1,
                seconds: 1.0,
            }),
            ..FaultsRecord::default()
        };
        let text = text(&record, &[&known, &hole, &noticed], &reasons);
        assert!(
            text.contains("all                 3       1  33.3 %"),
            "{text}"
        );
        assert!(text.contains("survived  known\n          It changes speed only.\n"));
        assert!(text.contains("SURVIVED  hole\n          A guard is missing. (x.rs)\n"));
        assert!(text.contains("first noticed by: trace 1\n"));
        assert!(!text.contains("--again"));
    }
}
