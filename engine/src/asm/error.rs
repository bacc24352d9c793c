//! [`AsmError`]: the first mistake in a text.

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

/// A place in a text: line and column, both from 1.
#[derive(Debug, Clone, Copy)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Position {
    /// The error that something is wrong here.
    #[cold]
    pub(super) fn error(self, message: impl Into<String>) -> AsmError {
        AsmError {
            line: self.line,
            column: self.column,
            message: message.into(),
        }
    }
}
