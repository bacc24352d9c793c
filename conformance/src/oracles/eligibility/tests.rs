//! Every question is asked with both answers, and a wrong answer is noticed.

use super::*;
use crate::campaign::Plan;
use fusevm::asm::assemble;
use fusevm::{Chunk, Op};

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
    assert!(flaws.is_empty(), "{flaws:#?}");
    assert!(asked.len() > 15, "{asked:#?}");
    assert!(asked.values().flatten().all(|n| *n > 5), "{asked:#?}");
}

#[test]
fn a_wrong_answer_is_a_flaw_and_the_first_one_is_kept() {
    let mut judge = Judge::default();
    let about = || "[Nop]".to_owned();
    judge.says("is_block_eligible", true, true, &about);
    assert_eq!(judge.flaw, None);
    judge.says("is_block_eligible", false, true, &about);
    judge.same("trace_max_slot", &64, &63, &about);
    let flaw = judge.flaw.expect("a wrong answer");
    assert_eq!(flaw.kind, Field::Answer);
    assert_eq!(flaw.field, "is_block_eligible of [Nop]");
    assert_eq!((&*flaw.left, &*flaw.right), ("false", "true"));
    assert_eq!(judge.asked["is_block_eligible"], [1, 1]);
}

fn ops(text: &str) -> Chunk {
    assemble(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[test]
fn lines_are_taken_whose_divisions_are_certain() {
    for (text, expected) in [
        ("LoadInt 6\nLoadInt 3\nDiv", true),
        ("LoadInt 7\nLoadInt 3\nDiv", false),
        ("LoadFloat 6.0\nLoadInt 3\nMul\nLoadInt 9\nDiv", true),
        ("GetSlot 0\nLoadInt 3\nMod", true),
        ("GetSlot 0\nLoadInt 64\nPow", false),
        ("LoadFloat 2.5\nBitNot", false),
        ("LoadInt 1\nLoadInt 2", false),
        ("LoadInt 1\nAdd", false),
        ("Nop\nLoadInt 1", false),
    ] {
        assert_eq!(line::is_eligible(&ops(text)), expected, "{text}");
    }
}

#[test]
fn recordings_return_from_their_calls_and_close_once() {
    for (text, expected) in [
        ("Call f 0\nReturn\nJump 7", true),
        ("Call f 0\nJump 7", false),
        ("Return\nCall f 0\nJump 7", false),
        ("JumpIfTrue 7\nJump 7", false),
        ("Call f 0\nJumpIfTrue 7\nReturn\nJump 7", true),
        ("GetSlot 63\nJumpIfTrue 7", true),
        ("GetSlot 64\nJumpIfTrue 7", false),
        ("PushFrame\nJump 7", false),
        ("Jump 8", false),
    ] {
        let ops = ops(text).ops;
        assert_eq!(recording::is_eligible(&ops, 7, 9), expected, "{text}");
        assert!(!recording::is_eligible(&ops, 7, ops.len() - 1), "{text}");
    }
}

#[test]
fn the_longest_part_is_the_region_unless_a_jump_leaves_it() {
    let part = |text: &str| parts::region(&ops(text));
    assert_eq!(
        part("Nop\nNop\nNop\nConcat\nNop\nNop\nNop\nNop"),
        Some((4, 8))
    );
    assert_eq!(part("Nop\nNop\nNop\nJump 0\nConcat\nNop"), Some((0, 4)));
    assert_eq!(part("Nop\nNop\nNop\nJump 4\nConcat\nNop"), None);
    assert_eq!(part("Nop\nNop\nNop"), None);
    let chunk = ops("Nop\nJump 2\nJump 0\nNop");
    let extracted = parts::extracted(&chunk, 1, 9);
    assert_eq!(extracted.ops, [Op::Jump(1), Op::Jump(3), Op::Nop]);
}
