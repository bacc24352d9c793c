//! Blocks and edges of small programs.

use super::*;

/// The blocks as text: `start..end -> successors`.
fn blocks(ops: &[Op], entry: usize) -> Vec<String> {
    let cfg = Cfg::new(ops, entry);
    cfg.blocks
        .iter()
        .map(|block| {
            let to: Vec<String> = block
                .successors
                .iter()
                .map(|edge| match edge {
                    Edge::Block(index) => format!("b{index}"),
                    Edge::Exit(ip) => format!("exit {ip}"),
                })
                .collect();
            format!("{}..{} -> {}", block.start, block.end, to.join(", "))
        })
        .collect()
}

#[test]
fn no_ops_no_blocks() {
    assert!(blocks(&[], 0).is_empty());
    assert!(blocks(&[Op::Nop], 1).is_empty());
    assert!(blocks(&[Op::Nop], usize::MAX).is_empty());
}

#[test]
fn straight_line_runs_off_the_end() {
    assert_eq!(blocks(&[Op::LoadTrue, Op::Pop], 0), ["0..2 -> exit 2"]);
}

#[test]
fn a_counted_loop() {
    let ops = [
        Op::LoadInt(0),
        Op::SetSlot(0),
        Op::SlotLtIntJumpIfFalse(0, 10, 5),
        Op::PreIncSlotVoid(0),
        Op::Jump(2),
        Op::Return,
        Op::Nop,
    ];
    assert_eq!(
        blocks(&ops, 0),
        ["0..2 -> b1", "2..3 -> b2, b3", "3..5 -> b1", "5..6 -> "]
    );
    assert_eq!(Cfg::new(&ops, 0).loop_headers(), [1]);
    assert_eq!(blocks(&ops, 5), ["5..6 -> "]);
}

#[test]
fn a_jump_into_the_middle_splits_a_block() {
    let ops = [
        Op::Nop,
        Op::Nop,
        Op::LoadTrue,
        Op::JumpIfTrue(1),
        Op::Jump(99),
    ];
    assert_eq!(
        blocks(&ops, 0),
        ["0..1 -> b1", "1..4 -> b2, b1", "4..5 -> exit 99"]
    );
}

#[test]
fn a_call_does_not_end_a_block() {
    let ops = [Op::LoadInt(1), Op::Call(0, 1), Op::Pop, Op::ReturnValue];
    assert_eq!(blocks(&ops, 0), ["0..4 -> "]);
}

#[test]
fn an_op_that_jumps_to_itself_is_a_loop() {
    let ops = [Op::Jump(0)];
    assert_eq!(blocks(&ops, 0), ["0..1 -> b0"]);
    assert_eq!(Cfg::new(&ops, 0).loop_headers(), [0]);
}

#[test]
fn unreached_code_neither_appears_nor_splits() {
    let ops = [
        Op::Jump(3),
        Op::LoadTrue,
        Op::JumpIfTrue(4),
        Op::Nop,
        Op::Nop,
    ];
    assert_eq!(blocks(&ops, 0), ["0..1 -> b1", "3..5 -> exit 5"]);
    let cfg = Cfg::new(&ops, 0);
    assert_eq!(cfg.block_of(4), Some(1));
    assert_eq!(cfg.block_of(1), None);
    assert_eq!(cfg.block_at(4), None);
}
