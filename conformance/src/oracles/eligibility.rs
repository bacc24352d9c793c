//! What [`fusevm::JitCompiler`] says of itself: which chunks its direct entry points take, which parts
//! of a chunk are a region, which recordings may become a trace, what a lookup answers.
//!
//! Everything is written down here once more, from the contract of the entry points alone, and
//! asked about the ops of a case, about parts of them, and about small programs that are drawn
//! for the question: most chunks that a generator makes are outside the numeric subset, so that
//! they would never hear a yes. The schedule of a case decides what is drawn.
//!
//! Start with [`check`].

mod draw;
mod emitted;
mod line;
mod lists;
mod parts;
mod questions;
mod recording;
mod runs;
mod settings;
mod traces;

use crate::campaign::SplitMix;
use crate::case::Case;
use crate::outcome::{Difference, Field};
use crate::scripted::extension;
use crate::subjects::{eager, forget};
use draw::Draw;
use std::collections::BTreeMap;
use std::fmt::Debug;

/// What is wrong with the answers about a case, if anything is.
pub fn check(case: &Case) -> Option<Difference> {
    ask(case).flaw
}

/// Asks everything, and keeps the first wrong answer.
fn ask(case: &Case) -> Judge {
    // All of it before the first question, as a registration makes effects unknown.
    extension::register();
    emitted::register();
    forget(case, eager());
    let mut judge = Judge::default();
    let draw = |part| Draw(SplitMix::new(u64::from(case.schedule)).branch(part));
    questions::ask(&mut judge, &mut draw(0), &case.chunk);
    // What runs native code takes turns: compiling is what takes time.
    let turns = [
        runs::ask,
        traces::ask,
        traces::ask_recorded,
        settings::ask,
        emitted::ask,
    ];
    let turn = draw(1).pick(&turns);
    turn(&mut judge, &mut draw(2));
    forget(case, eager());
    judge
}

/// Drops all code; what comes next is compiled quickly.
fn forget_all() {
    let case = Case {
        schedule: 1,
        ..Case::default()
    };
    forget(&case, eager());
}

/// Compares answers with what they must be.
#[derive(Debug, Default)]
struct Judge {
    /// The first answer that was wrong.
    flaw: Option<Difference>,
    /// How often the right answer to a question was no, and yes.
    asked: BTreeMap<&'static str, [u64; 2]>,
}

impl Judge {
    /// A question that is answered by yes or no, and what it is about.
    fn says(
        &mut self,
        question: &'static str,
        expected: bool,
        found: bool,
        about: &dyn Fn() -> String,
    ) {
        self.asked.entry(question).or_default()[usize::from(expected)] += 1;
        self.same(question, &expected, &found, about);
    }

    /// A question that was answered wrongly, if it was.
    fn flawed(&mut self, flaw: Option<Difference>) {
        self.flaw = self.flaw.take().or(flaw);
    }

    /// A question with any answer.
    fn same<T: PartialEq + Debug>(
        &mut self,
        question: &str,
        expected: &T,
        found: &T,
        about: &dyn Fn() -> String,
    ) {
        if self.flaw.is_none() && expected != found {
            let field = format!("{question} of {}", about());
            let [left, right] = [expected, found].map(|answer| format!("{answer:?}"));
            self.flaw = Some(Difference::new(Field::Answer, field, left, right));
        }
    }
}

#[cfg(test)]
mod tests;
