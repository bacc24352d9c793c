//! From tokens to a chunk.

mod open;
mod statement;

use super::error::{AsmError, Position};
use super::lexer::{Lexer, Token, TokenKind};
use super::number;
use crate::chunk::Chunk;
use std::fmt;

/// Reads a whole text.
pub(super) fn parse(text: &str) -> Result<Chunk, AsmError> {
    statement::Parser::new(Tokens::new(text)?).text()
}

/// Tokens with one token of lookahead.
pub(super) struct Tokens<'t> {
    lexer: Lexer<'t>,
    ahead: Token<'t>,
}

impl<'t> Tokens<'t> {
    fn new(text: &'t str) -> Result<Tokens<'t>, AsmError> {
        let mut lexer = Lexer::new(text);
        let ahead = lexer.next()?;
        Ok(Tokens { lexer, ahead })
    }

    /// Takes the next token.
    pub(super) fn next(&mut self) -> Result<Token<'t>, AsmError> {
        let ahead = self.lexer.next()?;
        Ok(std::mem::replace(&mut self.ahead, ahead))
    }

    /// The next token, which stays.
    fn peek(&self) -> &TokenKind<'t> {
        &self.ahead.kind
    }

    /// Where the next token starts.
    pub(super) fn position(&self) -> Position {
        self.ahead.at
    }

    /// The error that the next token is not what was expected.
    pub(super) fn expected(&self, what: &dyn fmt::Display) -> AsmError {
        let found = &self.ahead.kind;
        self.ahead
            .at
            .error(format!("expected {what}, found {found}"))
    }

    /// Takes the mark if it comes next.
    pub(super) fn take_mark(&mut self, mark: char) -> Result<bool, AsmError> {
        let found = self.ahead.kind == TokenKind::Mark(mark);
        if found {
            self.next()?;
        }
        Ok(found)
    }

    pub(super) fn expect_mark(&mut self, mark: char) -> Result<(), AsmError> {
        match self.take_mark(mark)? {
            true => Ok(()),
            false => Err(self.expected(&format_args!("`{mark}`"))),
        }
    }

    pub(super) fn skip_line_ends(&mut self) -> Result<(), AsmError> {
        while self.ahead.kind == TokenKind::EndOfLine {
            self.next()?;
        }
        Ok(())
    }

    fn ends_statement(&self) -> bool {
        matches!(
            self.ahead.kind,
            TokenKind::EndOfLine | TokenKind::EndOfText | TokenKind::Mark('}')
        )
    }

    /// The statement has to be over; its end stays.
    fn expect_end(&self) -> Result<(), AsmError> {
        match self.ends_statement() {
            true => Ok(()),
            false => Err(self.expected(&"the end of the line")),
        }
    }

    /// Takes a name without quotes.
    fn word(&mut self, what: &dyn fmt::Display) -> Result<(&'t str, Position), AsmError> {
        match self.ahead.kind {
            TokenKind::Word(word) => {
                let at = self.next()?.at;
                Ok((word, at))
            }
            _ => Err(self.expected(what)),
        }
    }

    /// Takes an integer of the given type.
    fn integer<T: TryFrom<i128>>(&mut self, what: &dyn fmt::Display) -> Result<T, AsmError> {
        let TokenKind::Number(text) = self.ahead.kind else {
            return Err(self.expected(what));
        };
        let n = number::integer(text).and_then(|n| T::try_from(n).ok());
        let at = self.next()?.at;
        n.ok_or_else(|| {
            at.error(format!(
                "expected {what} ({}), found `{text}`",
                range::<T>()
            ))
        })
    }

    /// Takes `(n)`.
    pub(super) fn in_parentheses<T: TryFrom<i128>>(
        &mut self,
        what: &dyn fmt::Display,
    ) -> Result<T, AsmError> {
        self.expect_mark('(')?;
        let n = self.integer(what)?;
        self.expect_mark(')')?;
        Ok(n)
    }

    /// Takes what follows the word `nan`: nothing, or its bits in parentheses.
    pub(super) fn nan(&mut self) -> Result<f64, AsmError> {
        let at = self.position();
        let bits = match self.peek() {
            TokenKind::Mark('(') => Some(self.in_parentheses(&"the bits of a NaN")?),
            _ => None,
        };
        number::nan(bits).ok_or_else(|| at.error("expected the bits of a NaN"))
    }

    /// Takes a float, or an integer that stands for one.
    fn float(&mut self, what: &dyn fmt::Display) -> Result<f64, AsmError> {
        match self.ahead.kind {
            TokenKind::Word("inf") => {
                self.next()?;
                Ok(f64::INFINITY)
            }
            TokenKind::Word("nan") => {
                self.next()?;
                self.nan()
            }
            TokenKind::Number(text) => {
                let at = self.next()?.at;
                number::float(text)
                    .ok_or_else(|| at.error(format!("expected {what} (a float), found `{text}`")))
            }
            _ => Err(self.expected(what)),
        }
    }
}

/// The range of an integer type, for messages.
fn range<T>() -> &'static str {
    match std::any::type_name::<T>() {
        "u8" => "0 to 255",
        "u16" => "0 to 65535",
        "u32" => "0 to 4294967295",
        "i32" => "a 32-bit integer",
        "i64" => "a 64-bit integer",
        _ => "an unsigned 64-bit integer",
    }
}
