//! Rewritten programs mean the same, really are other programs, and a wrong one is noticed.

use super::fused::taken_apart;
use super::*;
use crate::oracles::agreement::{self, Verdict};
use crate::subject::{Declined, Observed, Subject};
use crate::subjects::{Metamorphic, REFERENCE};
use fusevm::Value;
use fusevm::asm::assemble;

fn case(text: &str) -> Case {
    Case::new(assemble(text).unwrap_or_else(|error| panic!("{error}\n{text}")))
}

fn outcome(run: Result<Observed, Declined>) -> Outcome {
    run.unwrap_or_else(|declined| panic!("{}", declined.detail))
        .outcome
}

/// Programs with everything that a transformation has to move along.
const PROGRAMS: [&str; 6] = [
    // A loop, and branches over each other.
    "slots i sum\n\
     top: GetSlot i\nLoadInt 3\nMod\nJumpIfTrue odd\n\
     GetSlot sum\nLoadFloat 0.5\nAdd\nSetSlot sum\nJump next\n\
     odd: GetSlot sum\nGetSlot i\nAdd\nSetSlot sum\n\
     next: SlotIncLtIntJumpBack i 70 top\nGetSlot sum",
    // Subs, one of which is recursive, and a frame that is left open.
    "LoadInt 9\nCall down 1\nGetSlot 0\nInc\nSetSlot 0\nPushFrame\nLoadTrue\nSetSlot 1\nJump end\n\
     sub down: Dup\nJumpIfFalse done\nDec\nCall down 1\ndone: ReturnValue\nend: LoadUndef",
    // Blocks of higher-order ops, one inside the other, with a jump to the end of one.
    "LoadConst [1, 2, 3]\nMapBlock outer\nSetSlot 0\nJump end\n\
     block outer: PushFrame\nSetSlot 2\nGetSlot 2\nJumpIfFalse out\n\
     LoadConst [4, 5]\nMapBlock inner\nSwap\nPop\nout: PopFrame\nend outer\n\
     block inner: LoadInt 2\nMul\nDup\nLoadInt 8\nNumEq\nJumpIfTrue last\nInc\nlast: Nop\nend inner\n\
     end: GetSlot 0",
    // An error in the middle, with frames.
    "Call broken 0\nLoadInt 1\nrange 1 36\nsub broken: LoadInt 5\nSetSlot 0\nPushFrame\nAwkDivJit\nReturn",
    // Ends far behind the end.
    "GetSlot 0\nInc\nSetSlot 0\nLoadTrue\nJumpIfTrue 900\nLoadInt 1",
    // Superinstructions and constants of all kinds.
    "LoadConst 7\nSetSlot 1\nLoadConst 2.5\nAccumSumLoop 1 0 9\nConcatConstLoop #0 2 3 4\n\
     LoadConst true\nLoadConst undef\nLoadConst {\"k\": -0.0}\nPushIntRangeLoop a 5 3\nGetVar a",
];

#[test]
fn the_meaning_stays_the_same() {
    for (i, text) in PROGRAMS.iter().enumerate() {
        for (fuel, schedule) in [(None, 0), (Some(5_000), 0), (None, 3), (Some(5_000), 4)] {
            let case = Case {
                fuel,
                schedule,
                ..case(text)
            };
            let expected = outcome(REFERENCE.run(&case));
            for transformation in TRANSFORMATIONS {
                let Ok(rewritten) = transformation.apply(&case) else {
                    continue;
                };
                let mut found = outcome(REFERENCE.run(&rewritten.case));
                rewritten.translate(&mut found, Some(&expected));
                let name = transformation.name;
                assert_eq!(expected.difference(&found), None, "{name}, program {i}");
            }
        }
    }
}

#[test]
fn every_transformation_makes_another_program() {
    for transformation in [&FUSED, &PADDED, &LITERALS, &PERMUTED] {
        let changed = PROGRAMS.iter().filter(|text| {
            let case = case(text);
            let rewritten = transformation.apply(&case);
            rewritten.is_ok_and(|rewritten| rewritten.case.chunk.ops != case.chunk.ops)
        });
        assert!(changed.count() >= 3, "{}", transformation.name);
    }
}

#[test]
fn nops_stand_everywhere_in_schedule_0() {
    let padded = PADDED
        .apply(&case("a: Jump b\nb: JumpIfTrue a"))
        .expect("it applies");
    let expected = [Op::Nop, Op::Jump(2), Op::Nop, Op::JumpIfTrue(0), Op::Nop];
    assert_eq!(padded.case.chunk.ops, expected);
    let back: Vec<usize> = (0..=7).map(|place| padded.places.back(place)).collect();
    assert_eq!(back, [0, 0, 1, 1, 2, 2, 3, 4]);
}

#[test]
fn blocks_change_their_order() {
    let permuted = PERMUTED
        .apply(&case("LoadTrue\nJumpIfFalse end\nLoadInt 1\nend: Pop"))
        .expect("it applies");
    // From the last piece to the first one, each with a jump to what followed it.
    let expected = [
        Op::Jump(5),
        Op::Pop,
        Op::Jump(8),
        Op::LoadInt(1),
        Op::Jump(1),
        Op::LoadTrue,
        Op::JumpIfFalse(1),
        Op::Jump(3),
    ];
    assert_eq!(permuted.case.chunk.ops, expected);
    let back: Vec<usize> = (0..=9).map(|place| permuted.places.back(place)).collect();
    assert_eq!(back, [0, 3, 4, 2, 3, 0, 1, 2, 4, 5]);
}

#[test]
fn blocks_that_end_behind_the_program_do_not_matter() {
    let case = case("range 1 36\nInc\nJumpIfFalse end\nInc\nend:");
    assert_eq!(case.chunk.valid_block(0), None);
    let permuted = PERMUTED.apply(&case).expect("it applies").case.chunk;
    assert_eq!(permuted.ops.len(), 1 + 3 + 3, "three blocks of one op");
    assert_eq!(permuted.valid_block(0), None);
}

#[test]
fn literals_and_constants_trade_places() {
    let moved = LITERALS
        .apply(&case(
            "LoadInt 4\nLoadConst 5\nLoadConst \"text\"\nLoadTrue",
        ))
        .expect("it applies");
    let chunk = &moved.case.chunk;
    let expected = [
        Op::LoadConst(2),
        Op::LoadInt(5),
        Op::LoadConst(1),
        Op::LoadConst(3),
    ];
    assert_eq!(chunk.ops, expected);
    assert_eq!(chunk.constants[2..], [Value::Int(4), Value::Bool(true)]);
    let missing = case("LoadInt 1\nLoadConst #0");
    assert!(LITERALS.apply(&missing).is_err());
}

#[test]
fn superinstructions_are_what_they_are_defined_as() {
    for text in [
        "loop: PreIncSlot 0\nPop\nSlotIncLtIntJumpBack 1 40 loop\nGetSlot 0",
        "LoadFloat 2.5\nSetSlot 1\nAccumSumLoop 1 0 9\nGetSlot 1",
        "AccumSumLoop 0 0 9\nGetSlot 0",
        "LoadConst 7\nSetSlot 1\nConcatConstLoop #1 1 0 3\nGetSlot 1",
        "PostIncSlot 3\nPostDecSlot 3\nPreDecSlot 3\nMakeArray 3",
        "LoadConst \"4\"\nSetSlot 0\nAddAssignSlotVoid 0 0\nSlotLtIntJumpIfFalse 0 8 900\nNop",
        "globals a\nLoadInt 2\nSetSlot 3\nPushIntRangeLoop a 3 6\nPushIntRangeLoop a 3 8",
        "globals a\nDeclareArray a\nLoadTrue\nArrayPush a\nPushIntRangeLoop a 0 2",
        "globals a\nDeclareHash a\nPushIntRangeLoop a 0 -5\nPushIntRangeLoop 3 0 2",
    ] {
        let case = case(text);
        let (apart, starts) = taken_apart(&case.chunk);
        assert!(apart.ops.len() > case.chunk.ops.len(), "{text}");
        assert_eq!(starts.len(), case.chunk.ops.len() + 1);
        let mut expected = outcome(REFERENCE.run(&case));
        let found = outcome(REFERENCE.run(&Case::new(apart)));
        expected.ip = found.ip;
        assert_eq!(expected.difference(&found), None, "{text}");
    }
}

#[test]
fn places_are_taken_back() {
    let case = case(
        "Jump main\nsub f: PreIncSlotVoid 0\nPushFrame\nJump 900\n\
         main: GetSlot 1\nInc\nSetSlot 1\nCall f 0\nNop",
    );
    let expected = outcome(REFERENCE.run(&case));
    assert_eq!((expected.ip, expected.frames[1].return_ip), (900, 8));
    let rewritten = FUSED.apply(&case).expect("there is something to fuse");
    let other = outcome(REFERENCE.run(&rewritten.case));
    assert_eq!((other.ip, other.frames[1].return_ip), (898, 6));
    let found = outcome(Metamorphic(&FUSED).run(&case));
    assert_eq!(expected.difference(&found), None);
}

#[test]
fn what_cannot_be_compared_is_declined() {
    let declined = |transformation, case: &Case| {
        let run = Metamorphic(transformation).run(case);
        run.map(|_| ()).map_err(|declined| declined.reason)
    };
    let mut plain = case("LoadInt 1");
    assert_eq!(declined(&FUSED, &plain), Err("nothing is fused".to_owned()));
    plain = case("GetSlot 0\nInc\nSetSlot 0\nCallBuiltin 10 0\nNop");
    assert_eq!(declined(&FUSED, &plain), Ok(()));
    plain.handlers = true;
    let seen = Err("handlers see the places of ops".to_owned());
    assert_eq!(declined(&FUSED, &plain), seen);
    assert_eq!(declined(&PADDED, &plain), seen);
    let mut endless = case("loop: GetSlot 0\nInc\nSetSlot 0\nJump loop");
    endless.fuel = Some(10);
    assert_eq!(declined(&FUSED, &endless), Err("limit".to_owned()));
    assert_eq!(
        declined(&PADDED, &endless),
        Ok(()),
        "it needs no other fuel"
    );
    let nan = case("LoadFloat nan");
    assert!(declined(&JSON, &nan).is_err());
    assert_eq!(declined(&BINCODE, &nan), Ok(()));
}

/// A transformation that changes the meaning.
const WRONG: Transformation = Transformation {
    name: "wrong",
    about: "adds 1 to every literal",
    apply: |case, _| {
        let mut case = case.clone();
        for op in &mut case.chunk.ops {
            if let Op::LoadInt(n) = op {
                *n += 1;
            }
        }
        Ok(Rewritten::in_place(case))
    },
};

#[test]
fn another_meaning_is_a_divergence_under_the_name_of_the_transformation() {
    let checked = agreement::check(&case("LoadInt 1"), &[&Metamorphic(&WRONG)]);
    // Schedule 0 goes through every transformation, whatever is on the list.
    let Verdict::Diverged(divergence) = &checked.verdicts[0].1 else {
        panic!("{:?}", checked.verdicts);
    };
    assert_eq!(
        divergence.signature().to_string(),
        "wrong differs in result"
    );
    let sides = (&divergence.difference.left, &divergence.difference.right);
    assert_eq!(sides, (&"Int(1)".to_owned(), &"Int(2)".to_owned()));
}

#[test]
fn a_chunk_that_changed_on_the_way_is_a_flaw() {
    let chunk = case("LoadFloat 0.0").chunk;
    let other = case("LoadFloat -0.0").chunk;
    assert_eq!(first_difference(&chunk, &chunk), None);
    assert_eq!(
        first_difference(&chunk, &other),
        Some("an op or a constant")
    );
    let mut renamed = chunk.clone();
    renamed.sub_chunks.push(other);
    assert_eq!(
        first_difference(&chunk, &renamed),
        Some("the number of sub-chunks")
    );
}
