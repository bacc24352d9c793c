//! Every question is asked with both answers, and a wrong answer is noticed.

use super::*;
use crate::campaign::Plan;

/// Asked of this many cases.
const CASES: u64 = 400;

#[test]
fn answers_are_right_and_every_question_has_both() {
    let plan = Plan::default();
    let mut asked: BTreeMap<&str, [u64; 2]> = BTreeMap::new();
    let mut flaws = BTreeMap::new();
    for index in 0..CASES {
        let (_, case) = plan.case(index);
        let judge = ask(&case);
        for (question, answers) in judge.asked {
            let sum = asked.entry(question).or_default();
            sum[0] += answers[0];
            sum[1] += answers[1];
        }
        if let Some(flaw) = judge.flaw {
            let key = flaw.field.split(" of ").next().unwrap_or("").to_owned();
            let entry = flaws.entry(key).or_insert((0, flaw));
            entry.0 += 1;
        }
    }
    println!("{asked:#?}");
    println!("{flaws:#?}");
}
