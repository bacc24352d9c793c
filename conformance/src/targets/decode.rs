//! Any bytes read as text, JSON or binary give a chunk or an error, and a chunk that was read
//! survives being written and read again.

use super::agree::REDUCTION;
use crate::case::Case;
use crate::generate::Specimen;
use crate::oracles::metamorphic::first_difference;
use crate::panics;
use crate::reduce;
use bincode::Options;
use fusevm::{Chunk, asm};

/// Longest binary form that is read, and so most of what its lengths may ask for.
const MOST_BYTES: u64 = 1 << 16;

/// Panics when reading panics, or when writing and reading changes a chunk, with the smallest
/// text or chunk that shows it.
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

/// The chunk that `data` means in any of the forms.
#[cfg(test)]
pub(super) fn chunk_of(data: &[u8]) -> Option<Chunk> {
    let text = std::str::from_utf8(data).ok();
    text.and_then(|text| asm::assemble(text).ok())
        .or_else(|| serde_json::from_slice(data).ok())
        .or_else(|| binary().deserialize(data).ok())
}

fn binary() -> impl Options {
    bincode::options().with_limit(MOST_BYTES)
}

fn check_text(text: &str) {
    if text_complaint(text).is_none() {
        if let Ok(chunk) = asm::assemble(text) {
            check_chunk(&chunk);
        }
        return;
    }
    let small = shortest(text, &|text| text_complaint(text).is_some());
    let complaint = text_complaint(&small).unwrap_or_default();
    panic!("\n{complaint}\n\n{small}");
}

/// What is wrong with how a text is read, whether it means a chunk or not.
fn text_complaint(text: &str) -> Option<String> {
    match panics::catch(|| asm::assemble(text)) {
        Err(panic) => Some(format!("reading the text panics: {panic}")),
        Ok(Ok(_)) => None,
        Ok(Err(error)) => {
            let n_lines = text.lines().count().max(1) + 1;
            let is_somewhere = (1..=n_lines).contains(&error.line) && error.column > 0;
            (!is_somewhere).then(|| format!("the error is at no place of the text: {error}"))
        }
    }
}

/// The text without the lines that `still_fails` does not need.
fn shortest(text: &str, still_fails: &dyn Fn(&str) -> bool) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let mut at = lines.len();
    while at > 0 {
        at -= 1;
        let line = lines.remove(at);
        if !still_fails(&lines.join("\n")) {
            lines.insert(at, line);
        }
    }
    match lines.join("\n") {
        small if still_fails(&small) => small,
        // The ends of the lines matter.
        _ => text.to_owned(),
    }
}

fn check_chunk(chunk: &Chunk) {
    let Some(mut complaint) = chunk_complaint(chunk) else {
        return;
    };
    let mut still_fails = |candidate: &Case| {
        chunk_complaint(&candidate.chunk).is_some_and(|other| {
            complaint = other;
            true
        })
    };
    // Reducing runs what it makes of the chunk.
    let case = Specimen::of_case(Case::new(chunk.clone())).case;
    let case = reduce::reduce(case, &mut still_fails, REDUCTION);
    let text = panics::catch(|| asm::disassemble(&case.chunk));
    panic!("\n{complaint}\n\n{}", text.unwrap_or_default());
}

/// What is wrong with how a chunk is written and read again, however it came to be.
fn chunk_complaint(chunk: &Chunk) -> Option<String> {
    match panics::catch(|| changed_on_the_way(chunk)) {
        Ok(complaint) => complaint,
        Err(panic) => Some(format!("writing or reading the chunk panics: {panic}")),
    }
}

fn changed_on_the_way(chunk: &Chunk) -> Option<String> {
    let _ = chunk.verify();
    let changed = |form: &str, read: &Chunk| {
        let part = first_difference(chunk, read)?;
        Some(format!("{part} changed on the way through the {form} form"))
    };
    match asm::assemble(&asm::disassemble(chunk)) {
        Err(error) => return Some(format!("the disassembled text is refused: {error}")),
        Ok(read) => {
            if let Some(complaint) = changed("text", &read) {
                return Some(complaint);
            }
        }
    }
    // A chunk that is too large has no binary form.
    let bytes = binary().serialize(chunk).ok()?;
    match binary().deserialize::<Chunk>(&bytes) {
        Err(error) => Some(format!("the binary form is refused: {error}")),
        Ok(read) => changed("binary", &read),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fusevm::Op;

    #[test]
    fn texts_and_chunks_are_read_or_refused() {
        check(b"LoadInt 1\n");
        check(b"LoadInt\n\xff");
        check(b"what is this");
        let chunk = Chunk {
            ops: vec![Op::Jump(usize::MAX), Op::LoadFloat(f64::NAN)],
            ..Chunk::default()
        };
        check_chunk(&chunk);
    }

    #[test]
    fn a_failure_shows_the_lines_that_matter() {
        let text = "Nop\nPop\nNop\nDup\nNop";
        let needs = |text: &str| text.contains("Pop") && text.contains("Dup");
        assert_eq!(shortest(text, &needs), "Pop\nDup");
        let needs_end = |text: &str| text.ends_with('\n');
        assert_eq!(shortest("Nop\n", &needs_end), "Nop\n");
    }
}
