//! Any bytes read as text, JSON or binary give a chunk or an error, and a chunk that was read
//! survives being written and read again.

use crate::oracles::metamorphic::first_difference;
use bincode::Options;
use fusevm::{Chunk, asm};

/// Longest binary form that is read, and so most of what its lengths may ask for.
const MOST_BYTES: u64 = 1 << 16;

/// Panics when reading panics, or when writing and reading changes a chunk.
pub fn check(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        check_text(text);
    }
    if let Ok(chunk) = serde_json::from_slice::<Chunk>(data) {
        check_chunk(&chunk);
    }
    if let Ok(chunk) = binary().deserialize::<Chunk>(data) {
        check_chunk(&chunk);
    }
}

/// The binary form, for seeds.
#[cfg(test)]
pub(super) fn binary_form(chunk: &Chunk) -> Option<Vec<u8>> {
    binary().serialize(chunk).ok()
}

fn binary() -> impl Options {
    bincode::options().with_limit(MOST_BYTES)
}

fn check_text(text: &str) {
    match asm::assemble(text) {
        Ok(chunk) => check_chunk(&chunk),
        Err(error) => {
            let n_lines = text.lines().count().max(1) + 1;
            assert!(
                (1..=n_lines).contains(&error.line) && error.column > 0,
                "the error is at no place of the text: {error}"
            );
        }
    }
}

/// What holds for every chunk, however it came to be.
fn check_chunk(chunk: &Chunk) {
    let _ = chunk.verify();
    let text = asm::disassemble(chunk);
    let read = asm::assemble(&text)
        .unwrap_or_else(|error| panic!("the disassembled text is refused: {error}\n{text}"));
    assert_same(chunk, &read, &text);
    if let Ok(bytes) = binary().serialize(chunk) {
        let read: Chunk = binary()
            .deserialize(&bytes)
            .unwrap_or_else(|error| panic!("the binary form is refused: {error}\n{text}"));
        assert_same(chunk, &read, &text);
    }
}

fn assert_same(left: &Chunk, right: &Chunk, text: &str) {
    let difference = first_difference(left, right);
    assert!(
        difference.is_none(),
        "{} changed on the way\n{text}",
        difference.unwrap_or("nothing")
    );
}
