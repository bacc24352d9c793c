//! The text form of a chunk: [`assemble`] and [`disassemble`].

use crate::chunk::Chunk;
use std::fmt;

/// Where and why a text is not a chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsmError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong and what was expected.
    pub message: String,
}

impl fmt::Display for AsmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for AsmError {}

/// The chunk that a text denotes.
///
/// # Errors
/// The first mistake, with line and column.
pub fn assemble(text: &str) -> Result<Chunk, AsmError> {
    let _ = text;
    Err(AsmError {
        line: 1,
        column: 1,
        message: "not implemented".to_owned(),
    })
}

/// The text of a chunk; [`assemble`] reads it back.
pub fn disassemble(chunk: &Chunk) -> String {
    format!("{:?}", chunk.ops)
}
