//! The text form of chunks, read and written.

use fusevm::asm::{assemble, disassemble};
use fusevm::{Chunk, Op, Value};

fn chunk(text: &str) -> Chunk {
    assemble(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The mistake in a text, as `line:column: message`.
fn mistake(text: &str) -> String {
    assemble(text).expect_err(text).to_string()
}

#[test]
fn the_example_of_the_guide() {
    let chunk = chunk(
        "; Summing into an int slot.\n\
         slots i sum\n\
         \n\
         \x20     LoadInt 0\n\
         \x20     SetSlot i\n\
         \x20     LoadInt 0\n\
         \x20     SetSlot sum\n\
         loop: GetSlot sum\n\
         \x20     GetSlot i\n\
         \x20     Add\n\
         \x20     SetSlot sum\n\
         \x20     SlotIncLtIntJumpBack i 100 loop\n\
         \x20     GetSlot sum\n",
    );
    assert_eq!(chunk.ops[8], Op::SlotIncLtIntJumpBack(0, 100, 4));
    assert_eq!(chunk.ops.len(), 10);
    assert_eq!(chunk.op_hash, chunk.compute_op_hash());
    assert!(chunk.verify().is_ok());
    println!("{}", disassemble(&chunk));
}

#[test]
fn operands_by_name() {
    let chunk = chunk(
        r#"
        slots a _ c
        globals x "odd name"
            GetSlot c
            SetVar y
            GetVar "odd name"
            GetVar 7
            LoadConst "text" ; a comment
            LoadConst #9
            CmdSubst body
            MapBlock square
            Call f 1
            JumpIfTrue done
            Jump 99
        block square: Dup
            Mul
        end square
        sub f: Return
        chunk body {
            LoadConst {"k": [1, -2.5, "a;b\n\u{e9}", undef, true], "l": ref(status(-1))}
        }
        done:
        "#,
    );
    assert_eq!(chunk.names, ["x", "odd name", "y", "f"]);
    assert_eq!(
        chunk.ops[..4],
        [Op::GetSlot(2), Op::SetVar(2), Op::GetVar(1), Op::GetVar(7)]
    );
    assert_eq!(chunk.ops[5], Op::LoadConst(9));
    assert_eq!(chunk.ops[9..11], [Op::JumpIfTrue(14), Op::Jump(99)]);
    assert_eq!(chunk.block_ranges, [(11, 13)]);
    assert_eq!(chunk.sub_entries, [(3, 13)]);
    assert_eq!(chunk.sub_chunks[0].constants.len(), 1);
    assert_eq!(chunk.constants, [Value::str("text")]);
    println!("{}", disassemble(&chunk));
}
