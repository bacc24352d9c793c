//! G2: any bytes become a chunk.
//!
//! Nothing about it needs to make sense: jump targets, pool indices, block ranges and sub
//! entries may point anywhere, stacks underflow. It is always run with fuel and with small
//! limits.

use super::entropy::Entropy;
use super::kinds::{self, FAR_SLOTS, Want};
use super::scene;
use crate::case::{Case, Hosts};
use fusevm::awk_builtins::AWK_OP_BASE;
use fusevm::op::{OpInfo, Operand, OperandInfo, Role, Section, TABLE};
use fusevm::{Chunk, Op, Value};

/// Fuel of raw cases; enough for every threshold.
const MAX_FUEL: i64 = 2_000;

/// A case out of nonsense.
pub(super) fn case(e: &mut Entropy) -> Case {
    let n_ops = match e.weighted(&[(50, 0), (40, 1), (10, 2)]) {
        0 => e.range(0, 12),
        1 => e.range(8, 40),
        _ => e.range(30, 200),
    } as usize;
    let ops: Vec<Op> = (0..n_ops).map(|_| op(e, n_ops)).collect();
    let mut chunk = Chunk {
        constants: (0..e.range(0, 3)).map(|_| constant(e)).collect(),
        sub_chunks: (0..e.range(0, 2)).map(|_| Chunk::new()).collect(),
        names: (0..e.range(0, 4)).map(|n| format!("n{n}")).collect(),
        lines: vec![0; n_ops],
        sub_entries: (0..e.range(0, 3))
            .map(|name| (name as u16, place(e, n_ops)))
            .collect(),
        block_ranges: (0..e.range(0, 3))
            .map(|_| (place(e, n_ops), place(e, n_ops)))
            .collect(),
        ops,
        ..Chunk::default()
    };
    chunk.op_hash = match e.chance(80) {
        true => chunk.compute_op_hash(),
        false => e.pick(&[0, 1]),
    };
    Case {
        slots: (0..e.range(0, 3))
            .map(|_| kinds::value(e, Want::Any))
            .collect(),
        globals: (0..e.range(0, 3))
            .map(|_| kinds::value(e, Want::Any))
            .collect(),
        stack: (0..e.range(0, 3))
            .map(|_| kinds::value(e, Want::Any))
            .collect(),
        stdin: if e.chance(10) {
            "1\n2".to_owned()
        } else {
            String::new()
        },
        handlers: e.chance(20),
        hosts: Hosts {
            shell: e.chance(40),
            awk: e.chance(40),
            ..Hosts::default()
        },
        fuel: Some(e.range(0, MAX_FUEL) as u64),
        limits: scene::small_limits(),
        runs: e.weighted(&[(70, 1), (30, 2)]),
        schedule: e.range(0, scene::MAX_SCHEDULE) as u32,
        chunk,
    }
}

/// A constant; sometimes the name of a command, which may be a sub.
fn constant(e: &mut Entropy) -> Value {
    match e.chance(20) {
        true => Value::str(e.pick(&["n0", "n1", "echo", "false"])),
        false => kinds::value(e, Want::Any),
    }
}

/// Any op. (What could reach outside of the process asks the scripted host:
/// `Case::has_shell_host`.)
pub(super) fn op(e: &mut Entropy, n_ops: usize) -> Op {
    let common = e.chance(50);
    let info = match common {
        // Loops, branches and slots would be rare among so many ops.
        true => {
            let section = e.pick(&[
                Section::Constants,
                Section::Stack,
                Section::Variables,
                Section::Arithmetic,
                Section::NumericCompare,
                Section::ControlFlow,
                Section::ControlFlow,
                Section::Fused,
                Section::Functions,
                Section::Scope,
            ]);
            let rows: Vec<_> = TABLE
                .iter()
                .filter(|info| info.section == section)
                .collect();
            rows[e.below(rows.len())]
        }
        false => &TABLE[e.below(TABLE.len())],
    };
    with_operands(e, info, n_ops).unwrap_or(Op::Nop)
}

/// The op of a row of the table, with operands for a chunk of `n_ops` ops.
pub(super) fn with_operands(e: &mut Entropy, info: &OpInfo, n_ops: usize) -> Option<Op> {
    let operands: Vec<Operand> = info
        .operands
        .iter()
        .map(|operand| self::operand(e, operand, n_ops))
        .collect();
    Op::from_operands(usize::from(info.index), &operands).ok()
}

fn operand(e: &mut Entropy, info: &OperandInfo, n_ops: usize) -> Operand {
    if info.ty == "f64" {
        return Operand::Float(kinds::float(e));
    }
    let n = match info.role {
        Role::Slot if e.chance(5) => e.pick(&FAR_SLOTS).into(),
        Role::Slot | Role::Name | Role::Sub | Role::Str | Role::Const | Role::Block => {
            e.range(0, 4)
        }
        Role::SubChunk | Role::Arg => e.range(0, 9),
        Role::Target => place(e, n_ops) as i64,
        Role::Limit => match e.chance(85) {
            true => e.range(-2, 60),
            false => e.pick(&[i32::MIN, i32::MAX, -1]).into(),
        },
        Role::Count => match e.chance(92) {
            true => e.range(0, 4),
            false => e.pick(&[5, 40, 255]),
        },
        Role::Imm => kinds::int(e),
        Role::Id => match e.chance(85) {
            true => e.range(0, 20),
            false => e.range(AWK_OP_BASE.into(), i64::from(AWK_OP_BASE) + 75),
        },
        Role::Payload => match e.chance(95) {
            true => e.range(0, 70),
            false => e.pick(&[255, 256, -1]),
        },
    };
    Operand::Int(n)
}

/// An op index, mostly one that exists.
pub(super) fn place(e: &mut Entropy, n_ops: usize) -> usize {
    match e.weighted(&[(90, 0), (8, 1), (2, 2)]) {
        0 => e.below(n_ops + 1),
        1 => n_ops + e.below(4),
        _ => e.pick(&[usize::MAX, 1 << 40, usize::MAX / 2, 65_536]),
    }
}
