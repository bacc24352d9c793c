//! `Chunk::fuse`: what is fused, what is not, and where everything is afterwards.

use fusevm::asm::assemble;
use fusevm::op::{Operand, TABLE};
use fusevm::{Chunk, Fused, Kind, Op, Unfused, UnfusedReason, VM, VMResult, Value};
use serde::Deserialize;
use std::collections::HashMap;

#[derive(Deserialize)]
struct Spec {
    op: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    index: usize,
    operands: Vec<String>,
    fused_from: String,
}

/// The chunk of a program whose lines are separated by `/`.
fn chunk(text: &str) -> Chunk {
    let lines = text.replace(" / ", "\n");
    assemble(&lines).unwrap_or_else(|error| panic!("{error}\n{lines}"))
}

/// The ops of a program after fusing, and what was not fused.
fn fused(text: &str) -> (Vec<Op>, Vec<Unfused>) {
    let mut chunk = chunk(text);
    let hash = chunk.op_hash;
    let before = chunk.ops.clone();
    let report = chunk.fuse();
    assert_eq!(chunk.op_hash, chunk.compute_op_hash());
    assert_eq!(chunk.op_hash == hash, chunk.ops == before);
    assert_eq!(chunk.lines.len(), chunk.ops.len());
    (chunk.ops, report.unfused)
}

/// Checks what programs are after fusing, as programs.
#[track_caller]
fn check(table: &[(&str, &str)]) {
    for (before, after) in table {
        let expected = chunk(after).ops;
        let (found, unfused) = fused(before);
        assert_eq!(found, expected, "{before}\n{unfused:?}");
    }
}

/// Checks that a program stays as it is, and why.
#[track_caller]
fn check_unfused(text: &str, op: &str, reason: UnfusedReason) {
    let (ops, unfused) = fused(text);
    assert_eq!(ops, chunk(text).ops, "{text}");
    let found: Vec<_> = unfused.iter().map(|it| (it.op, it.reason)).collect();
    assert!(found.contains(&(op, reason)), "{text}: {unfused:?}");
}

/// The ops of an expansion as the list of ops writes it, and operands by name.
fn expansion(text: &str, operands: &HashMap<&str, i64>) -> Vec<Op> {
    let mut labels = HashMap::new();
    let mut steps = Vec::new();
    for step in text.split("; ") {
        let step = match step.split_once(": ") {
            // A condition: the op that makes it hold.
            Some((_, op)) if step.starts_with('{') => op.trim_end_matches('}'),
            Some((label, op)) => {
                labels.insert(label, steps.len() as i64);
                op
            }
            None => step,
        };
        steps.push(step);
    }
    let op = |step: &&str| {
        let (name, operand) = step.split_once('(').unwrap_or((step, ""));
        let info = TABLE.iter().find(|info| info.name == name).expect(step);
        let operand = operand.trim_end_matches(')');
        let n = labels.get(operand).or_else(|| operands.get(operand));
        let operands: Vec<Operand> = n.map(|n| Operand::Int(*n)).into_iter().collect();
        Op::from_operands(usize::from(info.index), &operands).expect(step)
    };
    steps.iter().map(op).collect()
}

#[test]
fn expansions_of_the_list_are_fused() {
    let spec: Spec = toml::from_str(include_str!("data/ops.toml")).expect("it is TOML");
    let rows: Vec<_> = spec
        .op
        .iter()
        .filter(|row| !row.fused_from.is_empty())
        .collect();
    assert_eq!(rows.len(), 11);
    for row in rows {
        let names: Vec<&str> = row
            .operands
            .iter()
            .map(|it| it.split(':').next().unwrap())
            .collect();
        let numbers = names.iter().enumerate().map(|(at, name)| match *name {
            "limit" => -40,
            "target" => 77,
            "const" => 0,
            _ => 3 + at as i64,
        });
        let numbers: Vec<i64> = numbers.collect();
        let operands = names.into_iter().zip(numbers.iter().copied()).collect();
        let ops = expansion(&row.fused_from, &operands);
        let n_ops = ops.len();
        let mut chunk = Chunk {
            ops,
            constants: vec![Value::str("x")],
            ..Chunk::new()
        };
        let report = chunk.fuse();
        let operands: Vec<Operand> = numbers.into_iter().map(Operand::Int).collect();
        let op = Op::from_operands(row.index, &operands).expect("they fit");
        // A target beyond the ops stays as far beyond them.
        let op = op.with_target(77 + 1 - n_ops);
        assert_eq!(chunk.ops.last(), Some(&op), "{}", row.name);
        let has_condition = row.fused_from.starts_with('{');
        assert_eq!(
            chunk.ops.len(),
            1 + usize::from(has_condition),
            "{}",
            row.name
        );
        assert_eq!(
            report.fused,
            [Fused {
                ip: chunk.ops.len() - 1,
                op,
                from: usize::from(has_condition)..n_ops
            }]
        );
    }
}

#[test]
fn what_frontends_emit() {
    check(&[
        (
            "LoadInt 5 / SetSlot 0 / GetSlot 0 / LoadInt 1 / Add / SetSlot 0",
            "LoadInt 5 / SetSlot 0 / PreIncSlotVoid 0",
        ),
        (
            "LoadInt 5 / SetSlot 0 / GetSlot 0 / LoadInt 1 / Add / Dup / SetSlot 0",
            "LoadInt 5 / SetSlot 0 / PreIncSlot 0",
        ),
        (
            "LoadInt 5 / SetSlot 0 / GetSlot 0 / LoadInt 1 / Sub / Dup / SetSlot 0",
            "LoadInt 5 / SetSlot 0 / PreDecSlot 0",
        ),
        (
            "LoadInt 5 / SetSlot 0 / GetSlot 0 / Dup / LoadInt 1 / Add / SetSlot 0",
            "LoadInt 5 / SetSlot 0 / PostIncSlot 0",
        ),
        (
            "LoadInt 5 / SetSlot 0 / GetSlot 0 / Dup / LoadInt -1 / Add / SetSlot 0",
            "LoadInt 5 / SetSlot 0 / PostDecSlot 0",
        ),
        (
            "LoadInt 5 / Dup / SetSlot 0 / SetSlot 1 / GetSlot 1 / GetSlot 0 / Add / SetSlot 0",
            "LoadInt 5 / Dup / SetSlot 0 / SetSlot 1 / AddAssignSlotVoid 0 1",
        ),
        (
            "LoadTrue / SetSlot 0 / GetSlot 0 / Inc / SetSlot 0 / GetSlot 0 / LoadInt 9 / NumLt / JumpIfFalse 2",
            "LoadTrue / SetSlot 0 / PreIncSlotVoid 0 / SlotLtIntJumpIfFalse 0 9 2",
        ),
        // An increment is exact for any kind, and so is what is built on it.
        ("PreIncSlot 4 / Pop", "PreIncSlotVoid 4"),
        (
            "l: GetSlot 0 / Inc / Dup / SetSlot 0 / Pop / GetSlot 0 / LoadInt 7 / NumLt / JumpIfTrue l",
            "SlotIncLtIntJumpBack 0 7 0",
        ),
    ]);
}

#[test]
fn loops_that_frontends_emit() {
    check(&[
        (
            "slots i sum / LoadInt 0 / SetSlot i / LoadInt 3 / SetSlot sum \
             / l: GetSlot i / LoadInt 9 / NumLt / JumpIfFalse e \
             / GetSlot sum / GetSlot i / Add / SetSlot sum \
             / GetSlot i / LoadInt 1 / Add / SetSlot i / Jump l / e: GetSlot sum",
            "LoadInt 0 / SetSlot 0 / LoadInt 3 / SetSlot 1 / AccumSumLoop 1 0 9 / GetSlot 1",
        ),
        (
            "slots i sum / LoadInt 0 / SetSlot i / LoadInt 3 / SetSlot sum \
             / GetSlot i / LoadInt 9 / NumLt / JumpIfFalse e \
             / l: GetSlot sum / GetSlot i / Add / SetSlot sum \
             / GetSlot i / Inc / SetSlot i / GetSlot i / LoadInt 9 / NumLt / JumpIfTrue l / e: Nop",
            "LoadInt 0 / SetSlot 0 / LoadInt 3 / SetSlot 1 / AccumSumLoop 1 0 9 / Nop",
        ),
        (
            "slots i s / LoadInt 0 / SetSlot i / LoadConst \"\" / SetSlot s \
             / l: GetSlot i / LoadInt 9 / NumLt / JumpIfFalse e \
             / GetSlot s / LoadConst \"x\" / Concat / SetSlot s \
             / GetSlot i / Inc / SetSlot i / Jump l / e: Nop",
            "LoadInt 0 / SetSlot 0 / LoadConst \"\" / SetSlot 1 / ConcatConstLoop #1 1 0 9 / Nop",
        ),
        (
            "slots i / DeclareArray a / LoadInt 0 / SetSlot i \
             / l: GetSlot i / LoadInt 9 / NumLt / JumpIfFalse e \
             / GetSlot i / ArrayPush a / GetSlot i / Inc / SetSlot i / Jump l / e: Nop",
            "DeclareArray a / LoadInt 0 / SetSlot 0 / PushIntRangeLoop a 0 9 / Nop",
        ),
        // A loop inside a loop: what the inner one was fused from is gone.
        (
            "slots i j sum / LoadInt 0 / SetSlot sum / LoadInt 0 / SetSlot i \
             / o: LoadInt 0 / SetSlot j \
             / l: GetSlot j / LoadInt 9 / NumLt / JumpIfFalse e \
             / GetSlot sum / GetSlot j / Add / SetSlot sum / GetSlot j / Inc / SetSlot j / Jump l \
             / e: GetSlot i / Inc / SetSlot i / GetSlot i / LoadInt 5 / NumLt / JumpIfTrue o",
            "LoadInt 0 / SetSlot 2 / LoadInt 0 / SetSlot 0 / o: LoadInt 0 / SetSlot 1 \
             / AccumSumLoop 2 1 9 / SlotIncLtIntJumpBack 0 5 o",
        ),
    ]);
}

#[test]
fn nothing_is_fused_without_a_proof() {
    let add = |before: &str| format!("{before} / GetSlot 0 / LoadInt 1 / Add / SetSlot 0");
    let unknown = |ip| UnfusedReason::OperandKind(ip);
    // Nobody knows what is in a slot when the run starts.
    check_unfused(&add("Nop"), "PreIncSlotVoid", unknown(2));
    check_unfused(
        &add("LoadFloat 1 / SetSlot 0"),
        "PreIncSlotVoid",
        unknown(3),
    );
    check_unfused(&add("LoadTrue / SetSlot 0"), "PreIncSlotVoid", unknown(3));
    // A handler, a scope and another path may change it.
    for between in [
        "CallBuiltin 1 0",
        "Extended 1 0",
        "PushFrame",
        "PopFrame",
        "MapBlock 0",
    ] {
        let text = add(&format!("LoadInt 0 / SetSlot 0 / {between}"));
        check_unfused(&text, "PreIncSlotVoid", unknown(4));
    }
    let joined =
        "LoadInt 0 / SetSlot 0 / LoadTrue / JumpIfTrue j / LoadConst \"a\" / SetSlot 0 / j: Nop";
    check_unfused(&add(joined), "PreIncSlotVoid", unknown(8));
    // A call leaves the slots of its caller alone, unless a handler may be run in it.
    let call = |body: &str| {
        let code = add("LoadInt 0 / SetSlot 0 / Call f 0");
        format!("{code} / Return / sub f: {body} / Return")
    };
    let (ops, _) = fused(&call("LoadFloat 2 / SetSlot 0"));
    assert_eq!(ops[3], Op::PreIncSlotVoid(0));
    check_unfused(&call("CallBuiltin 1 0"), "PreIncSlotVoid", unknown(4));
    // The sum of an Int and what may not be there.
    check_unfused(
        "LoadInt 1 / Add / SetSlot 0 / GetSlot 0 / LoadInt 1 / Add / SetSlot 0",
        "PreIncSlotVoid",
        unknown(4),
    );
}

#[test]
fn a_fused_loop_needs_more_than_its_ops() {
    let sum = |before: &str, sum: u16| {
        format!(
            "{before} / l: SlotLtIntJumpIfFalse 0 9 e / AddAssignSlotVoid {sum} 0 \
             / PreIncSlotVoid 0 / Jump l / e: Nop"
        )
    };
    let int = UnfusedReason::SlotKind(1, Kind::Int);
    check_unfused(&sum("LoadInt 0 / SetSlot 0", 1), "AccumSumLoop", int);
    check_unfused(
        &sum("LoadInt 0 / SetSlot 0", 0),
        "AccumSumLoop",
        UnfusedReason::SameSlot(0),
    );
    let push = "LoadInt 0 / SetSlot 0 / l: SlotLtIntJumpIfFalse 0 9 e / GetSlot 0 / ArrayPush a \
                / PreIncSlotVoid 0 / Jump l / e: Nop";
    check_unfused(push, "PushIntRangeLoop", UnfusedReason::GlobalKind(0));
    let concat = "LoadInt 0 / SetSlot 0 / LoadInt 1 / SetSlot 1 / l: SlotLtIntJumpIfFalse 0 9 e \
                  / GetSlot 1 / LoadConst \"x\" / Concat / SetSlot 1 / PreIncSlotVoid 0 / Jump l / e: Nop";
    let text = UnfusedReason::SlotKind(1, Kind::Str);
    check_unfused(concat, "ConcatConstLoop", text);
}

#[test]
fn limits_have_32_bits() {
    check_unfused(
        "PreIncSlotVoid 0 / GetSlot 0 / LoadInt 2147483648 / NumLt / JumpIfFalse 9",
        "SlotLtIntJumpIfFalse",
        UnfusedReason::OperandRange(2_147_483_648),
    );
}

#[test]
fn nothing_leads_into_a_fused_op() {
    let into = UnfusedReason::JumpInto(2);
    let op = "PreIncSlotVoid";
    check_unfused(
        "Nop / GetSlot 0 / l: Inc / SetSlot 0 / JumpIfTrue l",
        op,
        into,
    );
    check_unfused("Nop / GetSlot 0 / sub f: Inc / SetSlot 0", op, into);
    check_unfused(
        "Nop / GetSlot 0 / block b: Inc / SetSlot 0 / end b",
        op,
        into,
    );
    check_unfused(
        "block b: Nop / GetSlot 0 / end b / Inc / SetSlot 0",
        op,
        into,
    );
    // To its beginning and end everything may lead.
    check(&[(
        "block b: l: GetSlot 0 / Inc / SetSlot 0 / end b / JumpIfTrue l",
        "PreIncSlotVoid 0 / JumpIfTrue 0",
    )]);
    // The jumps of a loop are its own, and no others.
    let sum = "LoadInt 0 / Dup / SetSlot 0 / SetSlot 1 / JumpIfTrue x / SlotLtIntJumpIfFalse 0 9 e \
               / x: l: AddAssignSlotVoid 1 0 / SlotIncLtIntJumpBack 0 9 l / e: Nop";
    check_unfused(sum, "AccumSumLoop", UnfusedReason::JumpInto(6));
}

#[test]
fn everything_moves_along() {
    let mut chunk = chunk(
        "line 1 / Jump main / line 2 / sub f: GetSlot 0 / line 3 / Inc / line 4 / SetSlot 0 \
         / line 5 / Return / line 6 / block b: GetSlot 1 / Inc / Dup / SetSlot 1 / end b \
         / line 7 / main: Call f 0 / JumpIfTrue 900 / JumpIfFalse 1",
    );
    let old = chunk.ops.len();
    let report = chunk.fuse();
    assert_eq!(
        chunk.ops,
        [
            Op::Jump(4),
            Op::PreIncSlotVoid(0),
            Op::Return,
            Op::PreIncSlot(1),
            Op::Call(0, 0),
            Op::JumpIfTrue(900 - 5),
            Op::JumpIfFalse(1),
        ]
    );
    assert_eq!(chunk.lines, [1, 2, 5, 6, 7, 7, 7]);
    assert_eq!(chunk.sub_entries, [(0, 1)]);
    assert_eq!(chunk.block_ranges, [(3, 4)]);
    let moved: Vec<usize> = (0..=old).map(|ip| report.moved(ip)).collect();
    assert_eq!(moved, [0, 1, 1, 1, 2, 3, 3, 3, 3, 4, 5, 6, 7]);
    assert_eq!(report.moved(usize::MAX), usize::MAX - 5);
    assert_eq!(
        report.to_string(),
        "op 1: PreIncSlotVoid(0) for ops 1 to 3\nop 3: PreIncSlot(1) for ops 5 to 8\n"
    );
    assert!(chunk.fuse().fused.is_empty(), "once is enough");
}

#[test]
fn lists_of_lines_of_another_length_keep_what_they_say() {
    for (lines, expected) in [
        (vec![], vec![]),
        (vec![4], vec![4]),
        (vec![4, 5, 6, 7, 8, 9], vec![4, 7, 8, 9]),
    ] {
        let mut chunk = chunk("GetSlot 0 / Inc / SetSlot 0 / Nop");
        chunk.lines = lines;
        chunk.fuse();
        assert_eq!(chunk.lines, expected);
    }
}

#[test]
fn a_sub_chunk_is_left_alone() {
    let mut chunk = chunk("CmdSubst c / chunk c { / GetSlot 0 / Inc / SetSlot 0 / }");
    chunk.fuse();
    assert_eq!(chunk.sub_chunks[0].ops.len(), 3);
}

#[test]
fn fused_programs_take_no_more_fuel() {
    let text = "slots i sum / LoadInt 0 / SetSlot i / LoadInt 0 / SetSlot sum \
                / l: GetSlot i / LoadInt 100 / NumLt / JumpIfFalse e \
                / GetSlot sum / GetSlot i / Add / SetSlot sum \
                / GetSlot i / Inc / SetSlot i / Jump l / e: GetSlot sum";
    let run = |chunk: Chunk| {
        let mut vm = VM::new(chunk);
        vm.set_fuel(Some(1000));
        let VMResult::Ok(value) = vm.run() else {
            panic!("it ends with a value");
        };
        (value, vm.fuel())
    };
    let mut fused = chunk(text);
    assert_eq!(fused.fuse().fused.len(), 1);
    assert_eq!(run(chunk(text)), (Value::Int(4950), Some(900)));
    assert_eq!(run(fused), (Value::Int(4950), Some(900)));
}

#[test]
fn large_chunks_are_no_trouble() {
    let mut ops = Vec::new();
    for n in 0..100_000_u32 {
        let slot = (n % 700) as u16;
        ops.extend([
            Op::GetSlot(slot),
            Op::LoadInt(1),
            Op::Add,
            Op::SetSlot(slot),
        ]);
        ops.push(Op::JumpIfTrue(ops.len() / 2));
    }
    let mut chunk = Chunk {
        ops,
        ..Chunk::new()
    };
    let report = chunk.fuse();
    assert!(report.fused.is_empty() && report.unfused.len() > 90_000);
}
