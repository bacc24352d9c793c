//! What the verifier proves, and what it says when it cannot.

use fusevm::{Chunk, Op, Value, VerifyErrorKind};

fn chunk(ops: impl Into<Vec<Op>>) -> Chunk {
    Chunk {
        ops: ops.into(),
        ..Chunk::default()
    }
}

/// A chunk whose sub `n` starts at `entries[n]`.
fn with_subs(ops: impl Into<Vec<Op>>, entries: &[usize]) -> Chunk {
    let names = (0..entries.len()).map(|n| format!("f{n}")).collect();
    let sub_entries = entries
        .iter()
        .enumerate()
        .map(|(n, entry)| (n as u16, *entry));
    Chunk {
        sub_entries: sub_entries.collect(),
        names,
        ..chunk(ops)
    }
}

/// The depth at every op.
fn depths(chunk: &Chunk) -> Vec<Option<usize>> {
    let verified = chunk.verify().expect("the chunk verifies");
    (0..chunk.ops.len())
        .map(|ip| verified.depth_at(ip))
        .collect()
}

/// The mistakes with their ops.
fn mistakes(chunk: &Chunk) -> Vec<(usize, VerifyErrorKind)> {
    let errors = chunk.verify().expect_err("the chunk is wrong");
    errors
        .into_iter()
        .map(|error| (error.op_idx, error.kind))
        .collect()
}

#[test]
fn the_empty_chunk_verifies() {
    assert_eq!(chunk([]).verify().unwrap().max_depth(), 0);
}

#[test]
fn a_straight_line() {
    let chunk = chunk([
        Op::LoadInt(1),
        Op::Dup,
        Op::Dup2,
        Op::Add,
        Op::Return,
        Op::Pop,
    ]);
    assert_eq!(
        depths(&chunk),
        [Some(0), Some(1), Some(2), Some(4), Some(3), None]
    );
    assert_eq!(chunk.verify().unwrap().max_depth(), 4);
}

#[test]
fn a_missing_operand_is_reported_once() {
    let chunk = chunk([Op::LoadInt(1), Op::Add, Op::Pop, Op::Pop]);
    assert_eq!(
        mistakes(&chunk),
        [
            (1, VerifyErrorKind::Underflow { needs: 2, has: 1 }),
            (3, VerifyErrorKind::Underflow { needs: 1, has: 0 }),
        ]
    );
}

#[test]
fn jumps_that_keep_look_at_the_top() {
    let needs_one = VerifyErrorKind::Underflow { needs: 1, has: 0 };
    assert_eq!(mistakes(&chunk([Op::JumpIfTrueKeep(1)])), [(0, needs_one)]);
}

#[test]
fn targets_past_the_end_are_ends() {
    let chunk = chunk([Op::LoadTrue, Op::JumpIfTrue(usize::MAX), Op::Jump(3)]);
    assert_eq!(depths(&chunk), [Some(0), Some(1), Some(0)]);
}

#[test]
fn paths_must_agree_on_the_depth() {
    let grows = chunk([Op::LoadTrue, Op::Jump(0)]);
    assert_eq!(
        mistakes(&grows),
        [(0, VerifyErrorKind::DepthMismatch { first: 0, other: 1 })]
    );
}

#[test]
fn scopes_truncate_to_their_base() {
    let chunk = chunk([
        Op::LoadInt(1),
        Op::PushFrame,
        Op::LoadInt(2),
        Op::PushFrame,
        Op::LoadInt(3),
        Op::PopFrame,
        Op::PopFrame,
        Op::PopFrame,
        Op::Return,
    ]);
    assert_eq!(depths(&chunk), [0, 1, 1, 2, 2, 3, 2, 1, 1].map(Some));
    let verified = chunk.verify().unwrap();
    let scopes: Vec<usize> = (0..9).map(|ip| verified.scopes_at(ip)).collect();
    assert_eq!(scopes, [0, 0, 1, 1, 2, 2, 1, 0, 0]);
}

#[test]
fn a_scope_does_not_bring_back_what_was_popped_below_it() {
    let chunk = chunk([
        Op::LoadInt(1),
        Op::PushFrame,
        Op::Pop,
        Op::PopFrame,
        Op::Nop,
    ]);
    assert_eq!(depths(&chunk), [0, 1, 1, 0, 0].map(Some));
}

#[test]
fn equal_scopes_may_be_opened_by_different_ops() {
    let joins = chunk([
        Op::LoadTrue,
        Op::JumpIfTrue(4),
        Op::PushFrame,
        Op::Jump(5),
        Op::PushFrame,
        Op::PopFrame,
    ]);
    assert!(joins.verify().is_ok());
}

#[test]
fn paths_must_agree_on_scopes() {
    let opens = chunk([Op::PushFrame, Op::Jump(0)]);
    assert_eq!(mistakes(&opens), [(0, VerifyErrorKind::ScopeMismatch)]);
    let other_base = chunk([
        Op::LoadTrue,
        Op::LoadTrue,
        Op::JumpIfTrue(5),
        Op::PushFrame,
        Op::Jump(7),
        Op::Pop,
        Op::PushFrame,
        Op::LoadTrue,
        Op::PopFrame,
    ]);
    assert_eq!(
        mistakes(&other_base),
        [
            (7, VerifyErrorKind::DepthMismatch { first: 1, other: 0 }),
            (7, VerifyErrorKind::ScopeMismatch)
        ]
    );
}

#[test]
fn what_a_call_leaves_is_what_the_sub_returns() {
    let value = with_subs(
        [
            Op::LoadInt(1),
            Op::LoadInt(2),
            Op::Call(0, 2),
            Op::Return,
            Op::Add,
            Op::ReturnValue,
        ],
        &[4],
    );
    assert_eq!(depths(&value), [0, 1, 2, 1, 2, 1].map(Some));
    let nothing = with_subs(
        [
            Op::LoadInt(1),
            Op::LoadInt(2),
            Op::Call(0, 2),
            Op::Return,
            Op::Return,
        ],
        &[4],
    );
    assert_eq!(depths(&nothing), [0, 1, 2, 0, 2].map(Some));
}

#[test]
fn behind_a_sub_that_never_returns_nothing_runs() {
    let chunk = with_subs([Op::Call(0, 0), Op::Pop, Op::Jump(2)], &[2]);
    assert_eq!(depths(&chunk), [Some(0), None, Some(0)]);
    let past_the_end = with_subs([Op::Call(0, 0), Op::Pop], &[2]);
    assert_eq!(depths(&past_the_end), [Some(0), None]);
}

#[test]
fn recursion_returns_as_its_base_case_does() {
    // fib: if n < 2 return n; return fib(n - 1) + fib(n - 2)
    let chunk = with_subs(
        [
            Op::LoadInt(9),
            Op::Call(0, 1),
            Op::Return,
            Op::SetSlot(0),
            Op::SlotLtIntJumpIfFalse(0, 2, 7),
            Op::GetSlot(0),
            Op::ReturnValue,
            Op::GetSlot(0),
            Op::Dec,
            Op::Call(0, 1),
            Op::GetSlot(0),
            Op::LoadInt(2),
            Op::Sub,
            Op::Call(0, 1),
            Op::Add,
            Op::ReturnValue,
        ],
        &[3],
    );
    assert_eq!(depths(&chunk)[14], Some(2));
}

#[test]
fn mutual_recursion_returns_through_the_other_sub() {
    let chunk = with_subs(
        [
            Op::Call(0, 0),
            Op::Pop,
            Op::Return,
            // f0: f1()
            Op::Call(1, 0),
            Op::ReturnValue,
            // f1: either f0() or a value
            Op::LoadTrue,
            Op::JumpIfTrue(9),
            Op::Call(0, 0),
            Op::ReturnValue,
            Op::LoadInt(1),
            Op::ReturnValue,
        ],
        &[3, 5],
    );
    assert_eq!(depths(&chunk)[1], Some(1));
    assert_eq!(depths(&chunk)[4], Some(1));
}

#[test]
fn subs_may_share_code_with_each_other_and_with_the_root() {
    let chunk = with_subs(
        [
            Op::LoadInt(1),
            Op::Call(0, 1),
            Op::LoadInt(1),
            Op::Call(1, 1),
            Op::Add,
            Op::Jump(7),
            Op::Nop, // f0
            Op::Nop, // f1, and where the root ends
            Op::ReturnValue,
        ],
        &[6, 7],
    );
    assert_eq!(depths(&chunk), [0, 1, 1, 2, 2, 1, 1, 1, 1].map(Some));
}

#[test]
fn a_sub_returns_in_one_way() {
    let chunk = with_subs(
        [
            Op::Call(0, 0),
            Op::Return,
            Op::LoadTrue,
            Op::JumpIfTrue(5),
            Op::Return,
            Op::LoadInt(1),
            Op::ReturnValue,
        ],
        &[2],
    );
    assert_eq!(mistakes(&chunk), [(2, VerifyErrorKind::MixedReturns)]);
}

#[test]
fn a_sub_takes_one_number_of_arguments() {
    let chunk = with_subs(
        [
            Op::LoadInt(1),
            Op::Call(0, 1),
            Op::Call(0, 0),
            Op::Return,
            Op::Return,
        ],
        &[4],
    );
    assert_eq!(mistakes(&chunk), [(2, VerifyErrorKind::MixedArgc)]);
}

#[test]
fn the_first_entry_of_a_name_counts() {
    let mut chunk = with_subs([Op::Call(0, 0), Op::Return, Op::Return, Op::Add], &[2]);
    chunk.sub_entries.extend([(0, 3); 20]);
    assert!(chunk.verify().is_ok());
}

#[test]
fn what_ops_name_must_exist() {
    let wrong = chunk([
        Op::LoadConst(0),
        Op::MapBlock(0),
        Op::CmdSubst(0),
        Op::AwkArrayClear(0),
        Op::GetVar(9),
        Op::Call(0, 0),
        Op::LoadConst(1),
    ]);
    assert_eq!(
        mistakes(&wrong),
        [
            (0, VerifyErrorKind::NoSuchConstant(0)),
            (1, VerifyErrorKind::NoSuchBlock(0)),
            (2, VerifyErrorKind::NoSuchSubChunk(0)),
            (3, VerifyErrorKind::NoSuchName(0)),
            (5, VerifyErrorKind::NoSuchSub(0)),
        ]
    );
    let right = Chunk {
        constants: vec![Value::Undef; 2],
        block_ranges: vec![(0, 6)],
        sub_chunks: vec![Chunk::default()],
        names: vec!["f".to_owned()],
        sub_entries: vec![(0, 6)],
        ..wrong
    };
    assert!(right.verify().is_ok());
}

#[test]
fn bodies_of_blocks_are_not_looked_at() {
    let map = Chunk {
        block_ranges: vec![(3, 4)],
        ..chunk([Op::MakeArray(0), Op::MapBlock(0), Op::Return, Op::Add])
    };
    assert_eq!(depths(&map), [Some(0), Some(1), Some(1), None]);
}

#[test]
fn some_effects_are_known_only_when_they_happen() {
    let dynamic = [
        Op::ForEachBlock(0),
        Op::Extended(0, 0),
        Op::ExtendedWide(0, 0),
    ];
    for op in dynamic {
        let chunk = Chunk {
            block_ranges: vec![(0, 0)],
            ..chunk([op, Op::Add])
        };
        assert_eq!(
            mistakes(&chunk),
            [(0, VerifyErrorKind::DynamicEffect)],
            "{op:?}"
        );
    }
}

#[test]
fn some_effects_follow_from_the_operands() {
    let pops = [
        (Op::AwkSrand(0), 0),
        (Op::AwkSrand(9), 1),
        (Op::AwkLength(0), 0),
        (Op::AwkLength(2), 1),
        (Op::AwkGetline(1), 0),
        (Op::AwkGetline(2), 1),
        (Op::AwkGetline(6), 0),
        (Op::ExpandParam(4), 1),
        (Op::ExpandParam(8), 2),
        (Op::ExpandParam(17), 3),
        (Op::ExpandParam(99), 1),
        (Op::CallBuiltin(0, 3), 3),
        (Op::Exec(3), 3),
        (Op::CallFunction(0, 2), 2),
    ];
    for (op, pops) in pops {
        let chunk = chunk([Op::LoadTrue, Op::Dup, Op::Dup2, op, Op::Nop]);
        assert_eq!(depths(&chunk)[4], Some(4 - pops + 1), "{op:?}");
    }
}

#[test]
fn errors_say_where_and_what_to_do() {
    let mut chunk = chunk([Op::Nop, Op::Pop]);
    let text = |chunk: &Chunk| chunk.verify().unwrap_err()[0].to_string();
    assert!(text(&chunk).starts_with("op 1: needs 1 value(s)"));
    chunk.lines = vec![1, 7];
    assert!(text(&chunk).starts_with("line 7: op 1: "));
    chunk.source = "a.awk".to_owned();
    assert!(text(&chunk).starts_with("a.awk:7: op 1: "));
}

#[test]
fn a_million_ops_verify_in_no_time() {
    const N: usize = 1_000_000;
    let mut ops: Vec<Op> = (0..N)
        .map(|ip| [Op::LoadTrue, Op::JumpIfTrue(ip + 1)][ip % 2])
        .collect();
    ops[N - 2] = Op::Nop;
    ops[N - 1] = Op::Return;
    assert!(chunk(ops).verify().is_ok());

    // A chain of subs, each calling the next: what the last one returns is known last.
    let n_subs = 60_000;
    let ops: Vec<Op> = (0..n_subs * 2)
        .map(|ip| [Op::Call((ip / 2 + 1) as u16, 0), Op::ReturnValue][ip % 2])
        .chain([Op::LoadTrue, Op::ReturnValue])
        .collect();
    let entries: Vec<usize> = (0..=n_subs).map(|n| n * 2).collect();
    assert!(with_subs(ops, &entries).verify().is_ok());

    // Many wrong ops, and a long file name in every message.
    let mut wrong = chunk(vec![Op::Pop; N]);
    wrong.source = "x".repeat(1 << 20);
    wrong.sub_entries = vec![(0, 0); N];
    assert_eq!(wrong.verify().unwrap_err().len(), N);

    let deep = chunk(vec![Op::LoadTrue; N + N]);
    assert_eq!(deep.verify().unwrap_err()[0].kind, VerifyErrorKind::TooDeep);
    assert_eq!(
        chunk(vec![Op::PushFrame; N]).verify().unwrap_err()[0].kind,
        VerifyErrorKind::TooDeep
    );
}
