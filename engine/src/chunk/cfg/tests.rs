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

/// Jumps to anywhere, from anywhere.
fn tangle(seed: u64) -> Vec<Op> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut below = |n: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % n
    };
    let n_ops = 1 + below(16);
    let op = |_| match below(6) {
        0 => Op::Jump(below(n_ops + 2)),
        1 | 2 => Op::JumpIfTrue(below(n_ops + 2)),
        3 => Op::Return,
        _ => Op::Nop,
    };
    (0..n_ops).map(op).collect()
}

/// What is reached, the obvious way.
fn reached(ops: &[Op], entry: usize) -> Vec<bool> {
    let mut reached = vec![false; ops.len()];
    let mut work = vec![entry];
    while let Some(ip) = work.pop() {
        if ip >= ops.len() || std::mem::replace(&mut reached[ip], true) {
            continue;
        }
        match flow(&ops[ip]) {
            Flow::Next => work.push(ip + 1),
            Flow::Jump(target) => work.push(target),
            Flow::Branch(target) => work.extend([target, ip + 1]),
            Flow::Return => {}
        }
    }
    reached
}

#[test]
fn blocks_hold_what_is_reached_and_are_entered_at_their_start() {
    for seed in 0..5_000 {
        let ops = tangle(seed);
        let cfg = Cfg::new(&ops, 0);
        let reached = reached(&ops, 0);
        for (ip, reached) in reached.into_iter().enumerate() {
            let holding = cfg.blocks.iter().filter(|b| (b.start..b.end).contains(&ip));
            assert_eq!(holding.count(), usize::from(reached), "op {ip} of {ops:?}");
            assert_eq!(cfg.block_of(ip).is_some(), reached, "op {ip} of {ops:?}");
        }
        for block in &cfg.blocks {
            let inside = block.start..block.end - 1;
            assert!(inside.into_iter().all(|ip| flow(&ops[ip]) == Flow::Next));
            for edge in block.successors.iter() {
                match *edge {
                    Edge::Block(to) => assert!(to < cfg.blocks.len()),
                    Edge::Exit(ip) => assert!(ip >= ops.len()),
                }
            }
        }
    }
}
