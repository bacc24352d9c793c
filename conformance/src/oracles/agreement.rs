//! Do the subjects agree with the interpreter?
//!
//! In: a case and subjects. Out: for each subject that it agreed, that it declined (which
//! is not agreement), or a [`Divergence`]. Nothing is excused silently: [`POISONED`] is the
//! only list of outcomes that are not compared, and reports print it.
//!
//! Start with [`check`].

use crate::case::Case;
use crate::outcome::{Difference, Ending, Field, Outcome};
use crate::panics;
use crate::subject::{Declined, Observed, Subject};
use crate::subjects::REFERENCE;
use fusevm::TierReport;
use fusevm::jit::TierName;
use std::fmt;
use std::time::Duration;

/// Error texts with which a run may end at a different point in different subjects, and why
/// that is no defect.
pub const POISONED: [(&str, &str); 1] = [(
    "limit exceeded: memory",
    "memory is measured from time to time, so the point at which the limit strikes is not defined",
)];

/// What one subject made of a case.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// The same outcome as the interpreter's, by the means that the subject is about.
    Agreed(Box<Observed>),
    /// The subject did not take the case.
    Declined(Declined),
    /// The outcome is on the list of those that are not compared.
    Poisoned(&'static str),
    /// Another outcome, or a panic.
    Diverged(Box<Divergence>),
}

impl Verdict {
    /// What the subject made observable, when its outcome is the reference's or was not
    /// compared yet.
    pub fn observed(&self) -> Option<&Observed> {
        match self {
            Verdict::Agreed(observed) => Some(observed),
            Verdict::Declined(declined) => declined.observed.as_deref(),
            Verdict::Poisoned(_) | Verdict::Diverged(_) => None,
        }
    }
}

/// Two subjects that both ran a case and whose outcomes differ.
#[derive(Debug, Clone)]
pub struct Divergence {
    /// The subject on the left, the reference.
    pub left_subject: &'static str,
    /// The subject that disagrees with it.
    pub right_subject: &'static str,
    /// The first differing field and both sides.
    pub difference: Difference,
    /// What the native tiers of the right subject did.
    pub tiers: TierReport,
}

impl Divergence {
    /// What makes two divergences look like the same defect: the subject and the kind of the
    /// first differing field.
    pub fn signature(&self) -> Signature {
        Signature {
            subject: self.right_subject,
            field: self.difference.kind,
        }
    }

    fn of_panic(right_subject: &'static str, left: String, message: &str) -> Divergence {
        Divergence {
            left_subject: REFERENCE.name(),
            right_subject,
            difference: Difference::new(Field::Panic, "panic", left, message),
            tiers: TierReport::default(),
        }
    }
}

/// The subject that disagrees, and the kind of the first differing field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Signature {
    /// The subject.
    pub subject: &'static str,
    /// The field.
    pub field: Field,
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} differs in {}", self.subject, self.field)
    }
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference {
            field, left, right, ..
        } = &self.difference;
        let (on_left, on_right) = (self.left_subject, self.right_subject);
        if self.difference.kind == Field::Panic {
            writeln!(f, "divergence   {on_right} panics")?;
        } else {
            writeln!(f, "divergence   {on_right} disagrees with {on_left}")?;
        }
        writeln!(f, "field        {field}")?;
        writeln!(f, "  {on_left:<10} {left}")?;
        writeln!(f, "  {on_right:<10} {right}")?;
        write!(f, "tiers        {}", tiers_in_words(&self.tiers))
    }
}

/// One line about what the native tiers did: `trace: 1 compile, 3 guards, 0 side exits`.
pub fn tiers_in_words(tiers: &TierReport) -> String {
    let used = |tier: &TierName| {
        let stats = tiers.tier(*tier);
        stats.compiles > 0 || stats.entries > 0
    };
    let counted = |n: u64, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let mut words: Vec<_> = TierName::ALL
        .into_iter()
        .filter(used)
        .map(|tier| {
            let stats = tiers.tier(tier);
            let entries = match stats.entries {
                1 => "1 entry".to_owned(),
                n => format!("{n} entries"),
            };
            format!(
                "{tier}: {}, {entries}, {}, {}",
                counted(stats.compiles, "compile"),
                counted(stats.guards, "guard"),
                counted(stats.side_exits, "side exit"),
            )
        })
        .collect();
    words.extend(
        tiers
            .declines
            .iter()
            .map(|d| format!("{} declined: {}", d.tier, d.reason)),
    );
    match words.is_empty() {
        true => "no native code".to_owned(),
        false => words.join("; "),
    }
}

/// A case on its way through the subjects: the reference has run.
#[derive(Debug)]
pub struct Checked {
    /// What the reference made of it, or its panic.
    pub reference: Result<Observed, Box<Divergence>>,
    /// The verdict on every other subject, in the order given.
    pub verdicts: Vec<(&'static str, Verdict)>,
}

impl Checked {
    /// The first divergence.
    pub fn divergence(&self) -> Option<&Divergence> {
        if let Err(divergence) = &self.reference {
            return Some(divergence);
        }
        self.verdicts.iter().find_map(|(_, verdict)| match verdict {
            Verdict::Diverged(divergence) => Some(&**divergence),
            _ => None,
        })
    }

    /// Whether something panicked, after which this thread's tiers prove nothing.
    pub fn panicked(&self) -> bool {
        self.reference.is_err()
            || self.verdicts.iter().any(|(_, verdict)| {
                matches!(verdict, Verdict::Diverged(d) if d.difference.kind == Field::Panic)
            })
    }
}

/// Runs a case on the reference and on every other subject of the list, and compares.
pub fn check(case: &Case, subjects: &[&'static dyn Subject]) -> Checked {
    let reference = match panics::catch(|| REFERENCE.run(case)) {
        Ok(Ok(observed)) => observed,
        Ok(Err(declined)) => unreachable!("the reference declined: {}", declined.detail),
        Err(message) => {
            let left = "every case has an outcome".to_owned();
            return Checked {
                reference: Err(Box::new(Divergence::of_panic(
                    REFERENCE.name(),
                    left,
                    &message,
                ))),
                verdicts: Vec::new(),
            };
        }
    };
    let verdicts = subjects
        .iter()
        .filter(|subject| **subject != REFERENCE)
        .map(|subject| (subject.name(), judge(case, *subject, &reference.outcome)))
        .collect();
    Checked {
        reference: Ok(reference),
        verdicts,
    }
}

/// The verdict on one subject, given the outcome of the reference.
fn judge(case: &Case, subject: &'static dyn Subject, reference: &Outcome) -> Verdict {
    let verdict = match panics::catch(|| subject.run(case)) {
        Err(message) => {
            let left = format!("{} ended with {}", REFERENCE.name(), reference.ending);
            let divergence = Divergence::of_panic(subject.name(), left, &message);
            return Verdict::Diverged(Box::new(divergence));
        }
        Ok(Ok(observed)) => Verdict::Agreed(Box::new(observed)),
        Ok(Err(declined)) => Verdict::Declined(declined),
    };
    let Some(observed) = verdict.observed() else {
        return verdict;
    };
    if let Some(reason) = poisoned(reference).or_else(|| poisoned(&observed.outcome)) {
        return Verdict::Poisoned(reason);
    }
    match reference.difference(&observed.outcome) {
        None => verdict,
        Some(difference) => Verdict::Diverged(Box::new(Divergence {
            left_subject: REFERENCE.name(),
            right_subject: subject.name(),
            difference,
            tiers: observed.tiers.clone(),
        })),
    }
}

/// Why an outcome is not compared, if it is not.
fn poisoned(outcome: &Outcome) -> Option<&'static str> {
    let Ending::Error(text) = &outcome.ending else {
        return None;
    };
    POISONED
        .iter()
        .find(|(error, _)| error == text)
        .map(|(_, reason)| *reason)
}

/// The first divergence of a case, found on a new thread, so that neither a panic nor what
/// earlier cases left behind can influence it.
pub fn divergence(case: &Case, subjects: &[&'static dyn Subject]) -> Option<Divergence> {
    panics::fresh(|| check(case, subjects).divergence().cloned())
}

/// As [`divergence`], or `None` when the case needs more than `patience` of processor time.
/// A thread is then left behind.
pub fn divergence_within(
    case: &Case,
    subjects: &[&'static dyn Subject],
    patience: Duration,
) -> Option<Option<Divergence>> {
    let (case, subjects) = (case.clone(), subjects.to_vec());
    panics::fresh_within(patience, move || {
        check(&case, &subjects).divergence().cloned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use fusevm::Value;

    /// A subject that does to the reference's outcome what its function says.
    struct Wrong(fn(Observed) -> Result<Observed, Declined>);

    impl Subject for Wrong {
        fn name(&self) -> &'static str {
            "wrong"
        }
        fn run(&self, case: &Case) -> Result<Observed, Declined> {
            REFERENCE.run(case).and_then(self.0)
        }
    }

    fn verdict(subject: &'static Wrong) -> Verdict {
        let checked = check(&Case::default(), &[REFERENCE, subject]);
        assert_eq!(
            checked.verdicts.len(),
            1,
            "the reference is not compared with itself"
        );
        checked.verdicts.into_iter().next().expect("one verdict").1
    }

    #[test]
    fn a_difference_is_reported_with_both_sides() {
        let verdict = verdict(&Wrong(|mut observed| {
            observed.outcome.stack.push(Value::Float(-0.0));
            Ok(observed)
        }));
        let Verdict::Diverged(divergence) = verdict else {
            panic!("expected a divergence: {verdict:?}");
        };
        assert_eq!(
            divergence.to_string(),
            "divergence   wrong disagrees with interp\n\
             field        stack count\n  \
               interp     0: []\n  \
               wrong      1: [Float(-0.0)]\n\
             tiers        no native code"
        );
    }

    #[test]
    fn a_panic_is_a_divergence() {
        let verdict = verdict(&Wrong(|_| panic!("broken")));
        let Verdict::Diverged(divergence) = verdict else {
            panic!("expected a divergence: {verdict:?}");
        };
        assert!(
            divergence
                .to_string()
                .starts_with("divergence   wrong panics\n")
        );
        assert!(divergence.difference.right.starts_with("broken, at "));
    }

    #[test]
    fn declining_is_not_agreement_but_is_compared() {
        fn decline(observed: Observed) -> Result<Observed, Declined> {
            Err(Declined {
                reason: "r".into(),
                detail: "d".into(),
                observed: Some(Box::new(observed)),
            })
        }
        assert!(matches!(verdict(&Wrong(decline)), Verdict::Declined(_)));
        let changed = verdict(&Wrong(|mut observed| {
            observed.outcome.ip += 1;
            decline(observed)
        }));
        assert!(matches!(changed, Verdict::Diverged(_)));
    }

    #[test]
    fn nothing_but_the_memory_limit_is_set_aside() {
        assert_eq!(POISONED.map(|(error, _)| error), ["limit exceeded: memory"]);
        let verdict = verdict(&Wrong(|mut observed| {
            observed.outcome.ending = Ending::Error("limit exceeded: memory".into());
            Ok(observed)
        }));
        assert!(matches!(verdict, Verdict::Poisoned(_)));
    }
}
