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
}

#[test]
fn numbers_and_floats() {
    let chunk = chunk(
        "LoadInt -9223372036854775808
         LoadInt 0xff
         LoadFloat 1
         LoadFloat -0.0
         LoadFloat 1e300
         LoadFloat -inf
         LoadFloat nan(0xfff8000000000001)
         LoadConst 5
         LoadConst 5.0
         LoadConst 1e9
         LoadConst -0x10
         ExtendedWide 7 18446744073709551615",
    );
    let float = |ip: usize| match chunk.ops[ip] {
        Op::LoadFloat(x) => x.to_bits(),
        _ => panic!("op {ip} is no LoadFloat"),
    };
    assert_eq!(chunk.ops[..2], [Op::LoadInt(i64::MIN), Op::LoadInt(255)]);
    assert_eq!(float(2), 1.0_f64.to_bits());
    assert_eq!(float(3), (-0.0_f64).to_bits());
    assert_eq!(float(4), 1e300_f64.to_bits());
    assert_eq!(float(5), f64::NEG_INFINITY.to_bits());
    assert_eq!(float(6), 0xfff8_0000_0000_0001);
    assert_eq!(
        chunk.constants,
        [
            Value::Int(5),
            Value::Float(5.0),
            Value::Float(1e9),
            Value::Int(-16)
        ]
    );
    assert_eq!(chunk.ops[11], Op::ExtendedWide(7, usize::MAX));
}

#[test]
fn mistakes_say_where_and_what_was_expected() {
    let table = [
        (
            "Nop\n  Loadint 5",
            "2:3: there is no op `Loadint`; did you mean `LoadInt`?",
        ),
        (
            "frobnicate",
            "1:1: there is no op `frobnicate`, and it is no declaration either",
        ),
        (
            "LoadInt",
            "1:8: expected the operand `n`, a number, found the end of the text",
        ),
        (
            "LoadInt 1 2",
            "1:11: expected the end of the line, found `2`",
        ),
        (
            "LoadInt 1.5",
            "1:9: expected the operand `n`, a number (a 64-bit integer), found `1.5`",
        ),
        (
            "LoadFloat x",
            "1:11: expected the operand `x`, a float, found `x`",
        ),
        (
            "GetSlot 65536",
            "1:9: expected the operand `slot`, the name or number of a slot (0 to 65535), found `65536`",
        ),
        (
            "GetSlot i",
            "1:9: there is no slot `i`; slots are named by `slots ..`",
        ),
        ("slots a a", "1:9: the slot `a` is declared twice"),
        (
            "Jump here",
            "1:6: there is no label `here`; it is declared by `name:`",
        ),
        (
            "Jump -1",
            "1:6: expected the operand `target`, a label (an unsigned 64-bit integer), found `-1`",
        ),
        ("a: Nop\na: Nop", "2:1: the label `a` is declared twice"),
        (
            "MapBlock b",
            "1:10: there is no block `b`; it is declared by `block name:`",
        ),
        ("block b: Nop", "1:7: the block `b` has no `end b`"),
        ("end b", "1:5: no block `b` is open here"),
        (
            "CmdSubst c",
            "1:10: there is no chunk `c`; it is declared by `chunk name {`",
        ),
        ("chunk c {", "1:1: this chunk has no closing `}`"),
        ("}", "1:1: no chunk is open here"),
        ("const 1 = 5", "1:7: the next constant has index 0, not 1"),
        (
            "LoadConst",
            "1:10: expected the operand `idx`, a value or # and an index, found the end of the text",
        ),
        ("LoadConst [1 2]", "1:14: expected `,` or `]`, found `2`"),
        ("LoadConst {1: 2}", "1:12: expected a quoted key, found `1`"),
        (
            "LoadConst {\"a\": 1, \"a\": 2}",
            "1:20: the key \"a\" appears twice",
        ),
        (
            "LoadConst 1x",
            "1:11: `1x` is neither a 64-bit integer nor a float (a float has a point)",
        ),
        (
            "LoadConst status(1x)",
            "1:18: expected an exit status (a 32-bit integer), found `1x`",
        ),
        ("LoadConst nan(5)", "1:14: expected the bits of a NaN"),
        (
            "LoadConst \"é\\x\"",
            "1:13: unknown escape; expected one of \\n \\r \\t \\0 \\\" \\' \\\\ and \\u{..}",
        ),
        (
            "LoadConst \"\\u{d800}\"",
            "1:12: expected `\\u{..}` with the hexadecimal number of a character",
        ),
        (
            "LoadConst \"a\nb\"",
            "1:11: text without a closing `\"` on the same line; a line feed is written `\\n`",
        ),
        (
            "Nop é",
            "1:5: unexpected character 'é'; names with such characters are quoted",
        ),
        (
            "5",
            "1:1: expected an op, a label or a declaration, found `5`",
        ),
        ("source x", "1:8: expected a quoted file name, found `x`"),
        ("line x", "1:6: expected a line number, found `x`"),
    ];
    for (text, expected) in table {
        assert_eq!(mistake(text), expected, "{text}");
    }
}

#[test]
fn what_nobody_would_write_is_said_explicitly() {
    let text = r#"source "a.awk"
names x x "a b" never
const 0 = 1
const 1 = "unused"
entry 1 3
entry x 0
range 2 1
range 0 9
lines 7 8 9
    GetVar x
    GetVar 1
    LoadConst #0 ; 1
    LoadConst #0 ; 1
"#;
    let chunk = chunk(text);
    assert_eq!(chunk.names, ["x", "x", "a b", "never"]);
    assert_eq!(chunk.sub_entries, [(1, 3), (0, 0)]);
    assert_eq!(chunk.block_ranges, [(2, 1), (0, 9)]);
    assert_eq!(chunk.lines, [7, 8, 9]);
    assert_eq!(disassemble(&chunk), text);
}

#[test]
fn what_a_person_writes_comes_back() {
    let text = r#"block b0:
block b1:
    Dup
end b1
block b2:
end b2
    Mul
end b0
sub f:
L2:
    line 3
    LoadConst [1, {"k": ref(nativefn(7))}]
    line 4
    JumpIfFalse L2
    Jump L7
    Call f 0
    GetVar "odd name"
L7:
chunk c0 {
    source "inner"
    chunk c0 {
            LoadConst "deep"
    }
}
chunk c1 {
}
"#;
    assert_eq!(disassemble(&chunk(text)), text);
}

#[test]
fn hostile_texts_are_mistakes() {
    let deep = |open: &str, close: &str, n: usize| {
        mistake(&format!("LoadConst {}1{}", open.repeat(n), close.repeat(n)))
    };
    assert!(
        assemble(&format!(
            "LoadConst {}1{}",
            "[".repeat(1024),
            "]".repeat(1024)
        ))
        .is_ok()
    );
    assert!(deep("[", "]", 1025).contains("nested 1024 deep"));
    assert!(deep("ref(", ")", 1_000_000).contains("nested 1024 deep"));
    assert!(deep("{\"\": ", "}", 1_000_000).contains("nested 1024 deep"));
    assert!(mistake(&"chunk {\n".repeat(1_000_000)).contains("nested 256 deep"));
    assert!(mistake(&"x".repeat(1 << 24)).contains("there is no op"));
    assert!(mistake(&format!("LoadConst {}", "9".repeat(1 << 20))).contains("neither"));
    assert!(
        mistake(&format!(
            "slots {}",
            (0..65537).map(|n| format!(" s{n}")).collect::<String>()
        ))
        .contains("too many")
    );
    let names: String = (0..65537).map(|n| format!("GetVar v{n}\n")).collect();
    assert!(mistake(&names).starts_with("65537:8: too many"));
    // Long texts take time in proportion to their length.
    let labels: String = (0..200_000)
        .map(|n| format!("l{n}: Jump l{}\n", 199_999 - n))
        .collect();
    assert_eq!(chunk(&labels).ops.len(), 200_000);
}

#[test]
fn a_deep_value_or_chunk_is_printed_without_recursion() {
    let mut value = Value::Undef;
    let mut inner = Chunk::default();
    for _ in 0..20_000 {
        value = Value::Array(vec![value]);
    }
    for _ in 0..20_000 {
        inner = Chunk {
            sub_chunks: vec![inner],
            ..Chunk::default()
        };
    }
    let chunk = Chunk {
        constants: vec![value],
        sub_chunks: vec![inner],
        ..Chunk::default()
    };
    assert!(disassemble(&chunk).len() > 40_000);
    // Dropping it would be recursive.
    std::mem::forget(chunk);
}
