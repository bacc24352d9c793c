//! What every op does, seen from outside: small chunks, their results and their errors.

use fusevm::{Chunk, ChunkBuilder, Op, VM, VMResult, Value};

/// A chunk of these ops.
fn chunk(ops: &[Op]) -> Chunk {
    let mut builder = ChunkBuilder::new();
    for op in ops {
        builder.emit(*op, 1);
    }
    builder.build()
}

/// The result of a run as text.
fn show(result: VMResult) -> String {
    match result {
        VMResult::Ok(value) => format!("{value:?}"),
        VMResult::Halted => "halted".to_owned(),
        VMResult::Error(text) => format!("error: {text}"),
    }
}

fn run(ops: &[Op]) -> String {
    show(VM::new(chunk(ops)).run())
}

#[test]
fn loops() {
    use Op::*;
    let ops = [
        LoadInt(0),
        SetSlot(0),
        LoadInt(0),
        SetSlot(1),
        GetSlot(0),
        LoadInt(1000),
        NumLt,
        JumpIfFalse(17),
        GetSlot(1),
        GetSlot(0),
        Add,
        SetSlot(1),
        GetSlot(0),
        LoadInt(1),
        Add,
        SetSlot(0),
        Jump(4),
        GetSlot(1),
    ];
    assert_eq!(run(&ops), "Int(499500)");
}

#[test]
fn calls() {
    use Op::*;
    let mut b = ChunkBuilder::new();
    let fib = b.add_name("fib");
    for op in [
        LoadInt(15),
        Call(fib, 1),
        Jump(19),
        SetSlot(0),
        GetSlot(0),
        LoadInt(2),
        NumLt,
        JumpIfFalse(10),
        GetSlot(0),
        ReturnValue,
        GetSlot(0),
        Dec,
        Call(fib, 1),
        GetSlot(0),
        LoadInt(2),
        Sub,
        Call(fib, 1),
        Add,
        ReturnValue,
    ] {
        b.emit(op, 1);
    }
    b.add_sub_entry(fib, 3);
    assert_eq!(show(VM::new(b.build()).run()), "Int(610)");
}

#[test]
fn blocks() {
    use Op::*;
    let mut b = ChunkBuilder::new();
    for op in [
        LoadInt(1),
        LoadInt(5),
        Range,
        Jump(6),
        LoadInt(2),
        Mul,
        MapBlock(0),
        Jump(9),
        Spaceship,
        SortBlock(1),
        Jump(14),
        Negate,
        Swap,
        Spaceship,
        Nop,
    ] {
        b.emit(op, 1);
    }
    b.add_block_range(4, 6);
    b.add_block_range(12, 14);
    assert_eq!(
        show(VM::new(b.build()).run()),
        "Array([Int(10), Int(8), Int(6), Int(4), Int(2)])"
    );
}
