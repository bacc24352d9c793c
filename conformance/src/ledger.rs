//! The ledger: what native code does of a fixed series of cases, kept in `ledger.json`.
//!
//! A tier that declines more than before, leaves its code too early or compiles for nothing
//! gives right results, so comparing outcomes shows nothing. The counts do: they are the same
//! in every run of the same engine, and a change that moves them is either meant, and accepted,
//! or a mistake. Time is not in it, and bytes of code are compared on machines for which they
//! were counted: another target gets other code. What [`JitCompiler::explain`] says is in it as
//! a checksum.

use crate::campaign::Plan;
use crate::case::Case;
use crate::panics;
use crate::subject::Subject;
use crate::subjects::{self, Auto, Block, Linear, Schedule, Trace};
use fusevm::jit::{ExplainParts, TierName};
use fusevm::op::{N_OPS, TABLE};
use fusevm::{JitCompiler, TierPolicy, TierReport};
use std::collections::BTreeMap;

/// The cases: the first ones of a campaign with this seed.
const SEED: u64 = 11;
const CASES: u64 = 2500;

/// Begins the name of an account that is about the code for one target.
const CODE_FOR: &str = "bytes of code for ";

/// Whose counts are kept.
const SUBJECTS: [&dyn Subject; 5] = [&Linear, &Block, &Trace, &Auto, &Schedule];

/// Counts by what is counted.
type Account = BTreeMap<String, u64>;

/// Accounts by subject and tier.
pub type Ledger = BTreeMap<String, Account>;

/// The ledger of the engine as it is, made on so many threads.
pub fn count(jobs: usize) -> Ledger {
    let jobs = jobs.max(1) as u64;
    let plan = Plan {
        seed: SEED,
        ..Plan::default()
    };
    let share = |first: u64| {
        let mut ledger = Ledger::new();
        for index in (first..CASES).step_by(jobs as usize) {
            enter(&mut ledger, &plan.case(index).1);
        }
        ledger
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs)
            .map(|first| scope.spawn(move || share(first)))
            .collect();
        let mut total = Ledger::new();
        for worker in workers {
            let ledger = worker
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            for (name, account) in ledger {
                let total = total.entry(name).or_default();
                for (what, n) in account {
                    *total.entry(what).or_default() += n;
                }
            }
        }
        total
    })
}

/// Adds what native code does of one case.
fn enter(ledger: &mut Ledger, case: &Case) {
    let code = code_account();
    for subject in SUBJECTS {
        let mut add = |name: &str, what: &str, n: u64| add(ledger, name, what, n);
        let name = subject.name();
        match panics::catch(|| subject.run(case)) {
            Ok(Ok(observed)) => {
                add(name, "native cases", 1);
                stats(name, &observed.tiers, &mut add);
                let tiers = TierName::ALL.map(|tier| observed.tiers.tier(tier).code_bytes);
                add(&code, name, tiers.iter().sum());
            }
            Ok(Err(declined)) => {
                add(name, &format!("declined: {}", declined.reason), 1);
                if let Some(observed) = declined.observed {
                    stats(name, &observed.tiers, &mut add);
                }
            }
            Err(_) => add(name, "panics", 1),
        }
        // Its code is there until the next subject starts anew.
        explained(ledger, subject.name(), case);
    }
    for tier in TierName::ALL {
        let name = format!("ops finished in {tier}");
        let policy = TierPolicy {
            linear: tier == TierName::Linear,
            block: tier == TierName::Block,
            trace: tier == TierName::Trace,
        };
        let Ok(report) = panics::catch(|| subjects::counted(case, policy)) else {
            add(ledger, &name, "panics", 1);
            continue;
        };
        let Some(counts) = &report.tier(tier).counts else {
            continue;
        };
        for op in (0..N_OPS).filter(|op| counts.finished(*op) > 0) {
            add(ledger, &name, TABLE[op].name, counts.finished(op));
        }
    }
}

/// Adds the engine's own words about the code that it has for a case: how many there are, and a
/// checksum of them.
fn explained(ledger: &mut Ledger, subject: &str, case: &Case) {
    let parts = ExplainParts {
        trace: true,
        clif: false,
        asm: false,
    };
    let text = panics::catch(|| JitCompiler::new().explain(&case.chunk, parts)).unwrap_or_default();
    let name = format!("explain, {subject}");
    add(ledger, &name, "lines", text.lines().count() as u64);
    for line in text.lines() {
        let sum = line.bytes().fold(0, |sum: u32, byte| {
            sum.wrapping_mul(31).wrapping_add(u32::from(byte))
        });
        add(ledger, &name, "checksum", u64::from(sum));
    }
}

/// The account of the code for this machine.
fn code_account() -> String {
    let target = JitCompiler::new().target();
    format!("{CODE_FOR}{}", target.as_deref().unwrap_or("nothing"))
}

/// The counters of all tiers in a report.
fn stats(subject: &str, report: &TierReport, add: &mut impl FnMut(&str, &str, u64)) {
    let name = |tier: TierName| match subject == tier.as_str() {
        true => subject.to_owned(),
        false => format!("{subject}, {tier}"),
    };
    for tier in TierName::ALL {
        let stats = report.tier(tier);
        for (what, n) in [
            ("compiles", stats.compiles),
            ("entries", stats.entries),
            ("guards", stats.guards),
            ("side exits", stats.side_exits),
            ("entry misses", stats.entry_misses),
            ("side traces", stats.side_traces),
            ("different ops", stats.ops.iter().count() as u64),
        ] {
            if n > 0 {
                add(&name(tier), what, n);
            }
        }
    }
    for decline in &report.declines {
        let what = format!("declines: {}", decline.reason);
        add(&name(decline.tier), &what, decline.count);
    }
}

fn add(ledger: &mut Ledger, name: &str, what: &str, n: u64) {
    let account = ledger.entry(name.to_owned()).or_default();
    *account.entry(what.to_owned()).or_default() += n;
}

/// The ledger that is kept.
///
/// # Errors
/// What is wrong with the file.
pub fn kept() -> Result<Ledger, String> {
    serde_json::from_str(include_str!("../ledger.json"))
        .map_err(|error| format!("conformance/ledger.json: {error}"))
}

/// What is kept instead, once these counts are accepted. Code for other targets is forgotten
/// with the engine that made it; where nothing differs, this target is one more.
pub fn accepted(kept: &Ledger, found: &Ledger) -> Ledger {
    let is_same = differences(kept, found).is_empty();
    let others = kept
        .iter()
        .filter(|(name, _)| is_same && name.starts_with(CODE_FOR));
    let all = others.chain(found);
    all.map(|(name, account)| (name.clone(), account.clone()))
        .collect()
}

/// Each count that is another one, in words; the code for a target is compared where both
/// ledgers are about it.
pub fn differences(kept: &Ledger, found: &Ledger) -> Vec<String> {
    let none = Account::new();
    let is_code_of_one = |name: &&String| {
        let in_both = kept.contains_key(*name) && found.contains_key(*name);
        name.starts_with(CODE_FOR) && !in_both
    };
    let mut names: Vec<_> = kept.keys().chain(found.keys()).collect();
    names.retain(|name| !is_code_of_one(name));
    names.sort_unstable();
    names.dedup();
    let mut all = Vec::new();
    for name in names {
        let of = |ledger: &'_ Ledger| ledger.get(name).unwrap_or(&none).clone();
        let (kept, found) = (of(kept), of(found));
        let mut whats: Vec<_> = kept.keys().chain(found.keys()).collect();
        whats.sort_unstable();
        whats.dedup();
        for what in whats {
            let n = |account: &Account| account.get(what).copied().unwrap_or(0);
            let (kept, found) = (n(&kept), n(&found));
            if kept != found {
                all.push(format!("{name}: {what} {found} instead of {kept}"));
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use fusevm::{Chunk, Op};

    #[test]
    fn every_count_is_compared() {
        let of = |entries: &[(&str, &str, u64)]| {
            let mut ledger = Ledger::new();
            for (name, what, n) in entries {
                add(&mut ledger, name, what, *n);
            }
            ledger
        };
        let kept = of(&[
            ("block", "compiles", 2),
            ("block", "entries", 3),
            ("trace", "guards", 1),
        ]);
        assert_eq!(differences(&kept, &kept), [""; 0]);
        let found = of(&[
            ("block", "compiles", 2),
            ("block", "entries", 4),
            ("auto", "guards", 1),
        ]);
        assert_eq!(
            differences(&kept, &found),
            [
                "auto: guards 1 instead of 0",
                "block: entries 4 instead of 3",
                "trace: guards 0 instead of 1"
            ]
        );
    }

    #[test]
    fn code_is_compared_with_code_for_the_same_target() {
        let of = |entries: &[(&str, u64)]| -> Ledger {
            let account = |n| Account::from([("block".to_owned(), n)]);
            let entries = entries.iter();
            entries
                .map(|(target, n)| (format!("{CODE_FOR}{target}"), account(*n)))
                .collect()
        };
        let kept = of(&[("this", 100), ("that", 90)]);
        assert_eq!(differences(&kept, &of(&[("this", 100)])), [""; 0]);
        assert_eq!(differences(&kept, &of(&[("another", 1)])), [""; 0]);
        let found = of(&[("this", 101)]);
        assert_eq!(
            differences(&kept, &found),
            ["bytes of code for this: block 101 instead of 100"]
        );
        assert_eq!(accepted(&kept, &found), found);
        let found = of(&[("another", 1)]);
        assert_eq!(
            accepted(&kept, &found),
            of(&[("this", 100), ("that", 90), ("another", 1)])
        );
    }

    #[test]
    fn a_case_is_entered_with_all_that_native_code_did() {
        let ops = vec![
            Op::LoadInt(1),
            Op::SetSlot(1),
            Op::SlotIncLtIntJumpBack(0, 9, 0),
        ];
        let case = Case::new(Chunk {
            ops,
            ..Chunk::default()
        });
        let mut ledger = Ledger::new();
        enter(&mut ledger, &case);
        assert_eq!(ledger["block"]["native cases"], 1);
        assert_eq!(ledger["block"]["compiles"], 1);
        assert_eq!(ledger["linear"]["declined: NotStraight"], 1);
        let finished = ledger["ops finished in block"]["SlotIncLtIntJumpBack"];
        assert_eq!(finished, 9);
        assert!(ledger.contains_key("auto, block"), "{ledger:?}");
        assert!(ledger[&code_account()]["block"] > 0, "{ledger:?}");
    }

    #[test]
    fn what_is_kept_can_be_read_and_is_about_every_tier() {
        let kept = kept().expect("it is checked in");
        for tier in TierName::ALL {
            let finished = &kept[&format!("ops finished in {tier}")];
            assert!(finished.len() > 50, "{tier}: {} ops", finished.len());
        }
    }
}
