//! The words that libFuzzer may put into inputs, from the op table and the forms themselves.

use super::{REMAKE, fuzz_folder};
use fusevm::jit::{SlotKind, TraceMetadata};
use fusevm::op::TABLE;
use fusevm::{Chunk, Value};
use serde::Serialize;
use std::fmt::Write as _;
use std::fs;

/// The dictionaries by the names of their targets.
fn all() -> [(&'static str, String); 2] {
    [("decode", decode()), ("trace_metadata", trace_metadata())]
}

/// Writes them where libFuzzer is told to look.
pub(super) fn write() {
    let folder = fuzz_folder().join("dictionaries");
    fs::create_dir_all(&folder).expect("a writable folder");
    for (target, text) in all() {
        fs::write(folder.join(format!("{target}.dict")), text).expect("a writable file");
    }
}

#[test]
fn dictionaries_are_what_the_tables_say() {
    for (target, text) in all() {
        let file = fuzz_folder()
            .join("dictionaries")
            .join(format!("{target}.dict"));
        let stored = fs::read_to_string(&file)
            .unwrap_or_else(|error| panic!("{}: {error}; {REMAKE}", file.display()));
        assert_eq!(stored, text, "{}: {REMAKE}", file.display());
    }
}

/// Words of the text form, and keys of the JSON form.
fn decode() -> String {
    let words = "slots globals names const entry range lines line source sub block end chunk \
                 undef true false inf nan status( ref( nativefn( { } [ ] # ; :";
    let chunk = Chunk {
        ops: Vec::new(),
        constants: vec![Value::Int(0), Value::Float(0.5), Value::str("")],
        ..Chunk::default()
    };
    let mut text = String::from("# Words of the text form of chunks, and keys of the JSON form.\n");
    for word in ops().chain(words.split_whitespace()) {
        write_word(&mut text, word);
    }
    write_keys(&mut text, &chunk);
    text
}

/// Keys of exported traces, and ops as their JSON form writes them.
fn trace_metadata() -> String {
    let trace = TraceMetadata {
        chunk_op_hash: 0,
        anchor_ip: 0,
        fallthrough_ip: 0,
        ops: Vec::new(),
        recorded_ips: Vec::new(),
        slot_kinds_at_anchor: vec![SlotKind::Int, SlotKind::Float],
    };
    let mut text = String::from("# Keys and values of exported traces in JSON.\n");
    for op in ops() {
        write_word(&mut text, &format!("\"{op}\""));
    }
    write_keys(&mut text, &trace);
    for word in [
        "\"Int\"",
        "\"Float\"",
        "18446744073709551615",
        "-1",
        "[]",
        "null",
    ] {
        write_word(&mut text, word);
    }
    text
}

fn ops() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|info| info.name)
}

fn write_word(text: &mut String, word: &str) {
    let word = word.replace('\\', "\\\\").replace('"', "\\\"");
    // Writing to a string cannot fail.
    let _ = writeln!(text, "\"{word}\"");
}

/// The keys of the JSON form of `data`.
fn write_keys(text: &mut String, data: &impl Serialize) {
    let json = serde_json::to_value(data).expect("plain data");
    let keys = json
        .as_object()
        .into_iter()
        .flat_map(|object| object.keys());
    for key in keys {
        write_word(text, &format!("\"{key}\":"));
    }
}
