//! What is in the numeric subset.

use super::{chunk, compiler};
use fusevm::op::{OpInfo, Operand};
use fusevm::{Chunk, JitCompiler, Op, Value};

#[test]
fn blocks_are_lists_of_allowed_ops() {
    let compiler = JitCompiler::new();
    let eligible = |text: &str| compiler.is_block_eligible(&chunk(text));
    assert!(eligible(
        "Nop\n LoadInt 1\n Jump end\n end: PushFrame\n PopFrame"
    ));
    assert!(eligible("AccumSumLoop 0 1 5\n GetSlot 0"));
    assert!(!eligible(""));
    assert!(!eligible("LoadInt 1\n Print 1"));
    assert!(!eligible("Extended 60000 0"));
    assert!(!eligible("LoadInt 1\n JumpIfTrueKeep end\n end: Pop"));
    assert!(!eligible("LoadUndef"));
}

#[test]
fn the_static_list_contains_more() {
    let compiler = JitCompiler::new();
    let eligible = |text: &str| compiler.is_eligible(&chunk(text));
    assert!(eligible(""));
    assert!(eligible(
        "LoadUndef\n Dup2\n Concat\n JumpIfTrueKeep end\n end: Return"
    ));
    assert!(eligible("LoadInt 1\n LoadInt 2\n StrLt\n PushFrame"));
    for text in [
        "PreDecSlot 0",
        "PostIncSlot 0",
        "PostDecSlot 0",
        "AwkInt",
        "Extended 1 0",
        "LoadInt 1\n Print 1",
    ] {
        assert!(!eligible(text), "{text}");
    }
}

#[test]
fn a_region_is_the_longest_run_of_block_ops() {
    let compiler = JitCompiler::new();
    let region = |text: &str| compiler.find_jit_region(&chunk(text));
    let text = "LoadInt 1\n LoadInt 2\n Add\n Print 1\n LoadInt 3\n LoadInt 4\n Mul\n Negate\n Print 1\n Nop";
    assert_eq!(region(text), Some((4, 8)));
    assert_eq!(region("LoadInt 1\n Dup\n Add"), None);
    assert_eq!(
        region("Nop\n Nop\n Nop\n Nop\n Print 0\n Nop\n Nop\n Nop\n Nop"),
        Some((0, 4))
    );
    assert_eq!(region("Nop\n Nop\n Nop\n Jump end\n end: Print 0"), None);
    assert_eq!(
        region("top: Nop\n Nop\n Nop\n Jump top\n Print 0"),
        Some((0, 4))
    );
}

#[test]
fn an_extracted_region_is_a_chunk_of_its_own() {
    let compiler = JitCompiler::new();
    let whole = chunk("Print 0\n top: LoadInt 1\n JumpIfTrue top\n Jump end\n Nop\n end: Print 0");
    let region = compiler.extract_region(&whole, 1, 4);
    assert_eq!(region.ops, [Op::LoadInt(1), Op::JumpIfTrue(0), Op::Jump(3)]);
    assert_eq!(region.lines.len(), 3);
    assert_eq!(region.op_hash, region.compute_op_hash());
    assert!(region.sub_entries.is_empty());
}

#[test]
fn extraction_takes_any_range() {
    let compiler = JitCompiler::new();
    let bare = Chunk {
        ops: vec![Op::Nop; 3],
        ..Chunk::default()
    };
    assert_eq!(compiler.extract_region(&bare, 1, usize::MAX).lines, [0, 0]);
    for (start, end) in [(3, 1), (9, 9), (usize::MAX, usize::MAX), (5, 2)] {
        assert!(compiler.extract_region(&bare, start, end).ops.is_empty());
    }
}

const TURN: [Op; 5] = [
    Op::PreIncSlotVoid(0),
    Op::GetSlot(0),
    Op::LoadInt(10),
    Op::NumLt,
    Op::JumpIfTrue(0),
];

/// The turn of a loop with `op` in it.
fn with(op: Op) -> Vec<Op> {
    let mut ops = vec![op];
    ops.extend(TURN);
    ops
}

#[test]
fn traces_close_with_a_branch_to_their_anchor() {
    let compiler = compiler(1, 50);
    assert!(compiler.is_trace_eligible(&TURN, 0));
    assert!(!compiler.is_trace_eligible(&TURN, 1));
    assert!(!compiler.is_trace_eligible(&TURN[..4], 0));
    assert!(!compiler.is_trace_eligible(&[], 0));
    assert!(compiler.is_trace_eligible(&[Op::Jump(7)], 7));
}

#[test]
fn a_second_branch_to_the_anchor_is_not_a_trace() {
    let compiler = compiler(1, 50);
    assert!(!compiler.is_trace_eligible(&with(Op::Jump(0)), 0));
    assert!(compiler.is_trace_eligible(&with(Op::Jump(1)), 0));
}

#[test]
fn ops_and_slots_that_traces_do_not_have() {
    let compiler = compiler(1, 50);
    for op in [
        Op::CallBuiltin(1, 0),
        Op::JumpIfTrueKeep(3),
        Op::JumpIfFalseKeep(3),
        Op::PushFrame,
        Op::PreDecSlot(0),
        Op::PostIncSlot(0),
        Op::AccumSumLoop(0, 1, 5),
        Op::GetSlot(64),
        Op::AddAssignSlotVoid(0, 64),
    ] {
        assert!(!compiler.is_trace_eligible(&with(op), 0), "{op:?}");
    }
    assert!(compiler.is_trace_eligible(&with(Op::GetSlot(63)), 0));
}

#[test]
fn calls_are_balanced_and_branches_not_too_deep() {
    let compiler = compiler(1, 50);
    let nested = |n_calls: usize, n_returns: usize| {
        let mut ops = vec![Op::Call(0, 0); n_calls];
        ops.push(Op::JumpIfTrue(99));
        ops.extend(vec![Op::Return; n_returns]);
        ops.extend(TURN);
        compiler.is_trace_eligible(&ops, 0)
    };
    assert!(nested(1, 1));
    assert!(nested(4, 4));
    assert!(!nested(5, 5));
    assert!(!nested(1, 0));
    assert!(!nested(0, 1));
    // Inside a call a jump to the anchor's number is another jump.
    let inner = [Op::Call(0, 0), Op::Jump(0), Op::ReturnValue];
    assert!(compiler.is_trace_eligible(&[&inner[..], &TURN].concat(), 0));
}

#[test]
fn the_length_is_configured() {
    let compiler = compiler(1, 50);
    let long = |n: usize| [vec![Op::Nop; n], TURN.to_vec()].concat();
    assert!(compiler.is_trace_eligible(&long(251), 0));
    assert!(!compiler.is_trace_eligible(&long(252), 0));
    assert_eq!(compiler.trace_max_len(), 256);
    assert_eq!(compiler.trace_max_slot(), 64);
}

/// One row of the list of ops that the instruction set is specified by.
#[derive(serde::Deserialize)]
struct Row {
    name: String,
    published_tiers: String,
}

#[derive(serde::Deserialize)]
struct Rows {
    op: Vec<Row>,
}

/// The op of a row, with zeros as operands.
fn op_of(row: &Row) -> Op {
    let info = OpInfo::by_name(&row.name).expect("an op of the table");
    let zeros: Vec<Operand> = info
        .operands
        .iter()
        .map(|operand| match operand.ty {
            "f64" => Operand::Float(0.0),
            _ => Operand::Int(0),
        })
        .collect();
    Op::from_operands(info.index.into(), &zeros).expect("zeros fit")
}

/// Straight-line code around an op that leaves one value.
fn straight(op: Op) -> Chunk {
    let (pops, pushes) = op.stack_effect();
    let (pops, pushes) = (pops.fixed().unwrap_or(0), pushes.fixed().unwrap_or(0));
    let mut ops = vec![Op::LoadInt(1); pops];
    ops.push(op);
    match pushes {
        0 => ops.push(Op::LoadInt(1)),
        n => ops.extend(vec![Op::Pop; n - 1]),
    }
    Chunk {
        ops,
        constants: vec![Value::Int(1)],
        ..Chunk::default()
    }
}

#[test]
fn every_op_is_in_the_subsets_that_the_instruction_set_lists() {
    let rows: Rows = toml::from_str(include_str!("../data/ops.toml")).expect("a list of ops");
    let compiler = compiler(1, 50);
    for row in rows.op.iter().filter(|row| row.name != "Extended") {
        let op = op_of(row);
        let listed = |tier: char| row.published_tiers.contains(tier);
        let alone = Chunk {
            ops: vec![op],
            ..Chunk::default()
        };
        assert_eq!(
            compiler.is_block_eligible(&alone),
            listed('B'),
            "block {op:?}"
        );
        let found = compiler.is_linear_eligible(&straight(op));
        assert_eq!(found, listed('L'), "linear {op:?}");
        let mut turn = vec![Op::Call(0, 0), op, Op::Return];
        match op {
            Op::Call(..) => turn.push(Op::Return),
            Op::Return | Op::ReturnValue => drop(turn.pop()),
            _ => {}
        }
        turn.push(Op::Jump(9));
        assert!(
            !listed('T') || compiler.is_trace_eligible(&turn, 9),
            "trace {op:?}"
        );
    }
}
