//! From text to tokens.

use super::error::{AsmError, Position};
use std::fmt;

/// A token and where it starts.
#[derive(Debug, Clone)]
pub(super) struct Token<'t> {
    pub(super) kind: TokenKind<'t>,
    pub(super) at: Position,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind<'t> {
    /// A name: letters, digits, `_` and `.`, not starting with a digit or a point.
    Word(&'t str),
    /// Anything that starts with a digit, a sign or a point.
    Number(&'t str),
    /// Quoted text, without its quotes and escapes.
    Text(String),
    /// One of `: # = , ( ) [ ] { }`.
    Mark(char),
    EndOfLine,
    EndOfText,
}

impl fmt::Display for TokenKind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TokenKind::Word(word) | TokenKind::Number(word) => write!(f, "`{word}`"),
            TokenKind::Text(_) => f.write_str("quoted text"),
            TokenKind::Mark(mark) => write!(f, "`{mark}`"),
            TokenKind::EndOfLine => f.write_str("the end of the line"),
            TokenKind::EndOfText => f.write_str("the end of the text"),
        }
    }
}

/// Whether a name may be written without quotes.
pub(super) fn is_word(name: &str) -> bool {
    name.starts_with(starts_word) && name.chars().all(continues_word)
}

fn starts_word(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn continues_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '.'
}

fn starts_number(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '+' | '-' | '.')
}

/// The rest of a text, and where it starts.
pub(super) struct Lexer<'t> {
    rest: &'t str,
    at: Position,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Lexer<'t> {
        Lexer {
            rest: text,
            at: Position { line: 1, column: 1 },
        }
    }

    /// Takes the next token; at the end it is `EndOfText` again and again.
    pub(super) fn next(&mut self) -> Result<Token<'t>, AsmError> {
        self.skip_blanks();
        let at = self.at;
        let Some(first) = self.rest.chars().next() else {
            return Ok(Token {
                kind: TokenKind::EndOfText,
                at,
            });
        };
        let kind = match first {
            '\n' => {
                self.take_char();
                TokenKind::EndOfLine
            }
            '"' => TokenKind::Text(self.text(at)?),
            ':' | '#' | '=' | ',' | '(' | ')' | '[' | ']' | '{' | '}' => {
                self.take_char();
                TokenKind::Mark(first)
            }
            _ if starts_word(first) => TokenKind::Word(self.take_while(continues_word)),
            _ if starts_number(first) => {
                TokenKind::Number(self.take_while(|c| continues_word(c) || starts_number(c)))
            }
            _ => {
                return Err(at.error(format!(
                    "unexpected character {first:?}; names with such characters are quoted"
                )));
            }
        };
        Ok(Token { kind, at })
    }

    fn take_char(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        if c == '\n' {
            self.at.line += 1;
            self.at.column = 1;
        } else {
            self.at.column += 1;
        }
        Some(c)
    }

    /// Takes ASCII characters while they are wanted.
    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let len = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(len);
        self.rest = rest;
        self.at.column += len;
        taken
    }

    fn skip_blanks(&mut self) {
        while let Some(c) = self.rest.chars().next() {
            match c {
                ';' => {
                    // The line feed ends the statement, so it stays.
                    let len = self.rest.find('\n').unwrap_or(self.rest.len());
                    self.at.column += self.rest[..len].chars().count();
                    self.rest = &self.rest[len..];
                }
                ' ' | '\t' | '\r' => {
                    self.take_char();
                }
                _ => return,
            }
        }
    }

    /// Takes quoted text, which starts here.
    fn text(&mut self, start: Position) -> Result<String, AsmError> {
        self.take_char();
        let mut text = String::new();
        loop {
            let at = self.at;
            match self.take_char() {
                Some('"') => return Ok(text),
                Some('\\') => text.push(self.escape(at)?),
                Some('\n') | None => {
                    return Err(start.error(
                        "text without a closing `\"` on the same line; a line feed is written `\\n`",
                    ));
                }
                Some(c) => text.push(c),
            }
        }
    }

    /// Takes the rest of an escape, the backslash of which is at `at`.
    fn escape(&mut self, at: Position) -> Result<char, AsmError> {
        match self.take_char() {
            Some('n') => Ok('\n'),
            Some('r') => Ok('\r'),
            Some('t') => Ok('\t'),
            Some('0') => Ok('\0'),
            Some(c @ ('"' | '\'' | '\\')) => Ok(c),
            Some('u') => self.unicode_escape().ok_or_else(|| {
                at.error("expected `\\u{..}` with the hexadecimal number of a character")
            }),
            _ => Err(at.error(
                "unknown escape; expected one of \\n \\r \\t \\0 \\\" \\' \\\\ and \\u{..}",
            )),
        }
    }

    fn unicode_escape(&mut self) -> Option<char> {
        if self.take_char()? != '{' {
            return None;
        }
        let digits = self.take_while(|c| c.is_ascii_hexdigit());
        if self.take_char()? != '}' {
            return None;
        }
        char::from_u32(u32::from_str_radix(digits, 16).ok()?)
    }
}
