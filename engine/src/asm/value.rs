//! Values as text, in both directions and without recursion: their nesting is data.

use super::error::AsmError;
use super::lexer::{Token, TokenKind};
use super::number;
use super::parser::Tokens;
use crate::limits::Limits;
use crate::value::Value;
use std::collections::HashMap;
use std::fmt::Write;

/// A collection or reference whose end was not seen yet.
enum Open {
    Array(Vec<Value>),
    Hash {
        entries: HashMap<String, Value>,
        key: String,
    },
    Ref,
}

/// What the reader of values does next.
enum Step {
    /// Read a value.
    Value,
    /// Put a finished value where it belongs.
    Done(Value),
}

/// Reads one value.
pub(super) fn parse(tokens: &mut Tokens<'_>) -> Result<Value, AsmError> {
    let limit = Limits::default().value_nesting;
    let mut open: Vec<Open> = Vec::new();
    let mut step = Step::Value;
    loop {
        step = match step {
            Step::Value => {
                let token = tokens.next()?;
                let at = token.at;
                let step = start(tokens, token, &mut open)?;
                if open.len() > limit {
                    return Err(at.error(format!("values may be nested {limit} deep")));
                }
                step
            }
            Step::Done(value) => match open.pop() {
                None => return Ok(value),
                Some(inner) => put(tokens, inner, value, &mut open)?,
            },
        };
    }
}

/// Reads a scalar, or the start of anything else up to where a value follows.
fn start(
    tokens: &mut Tokens<'_>,
    token: Token<'_>,
    open: &mut Vec<Open>,
) -> Result<Step, AsmError> {
    let value = match token.kind {
        TokenKind::Text(text) => Value::str(text),
        TokenKind::Number(text) => return scalar_number(&token, text).map(Step::Done),
        TokenKind::Word(word) => match word {
            "undef" => Value::Undef,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "inf" => Value::Float(f64::INFINITY),
            "nan" => Value::Float(tokens.nan()?),
            "status" => Value::Status(tokens.in_parentheses(&"an exit status")?),
            "nativefn" => Value::NativeFn(tokens.in_parentheses(&"the number of a builtin")?),
            "ref" => {
                tokens.expect_mark('(')?;
                open.push(Open::Ref);
                return Ok(Step::Value);
            }
            _ => return Err(not_a_value(&token)),
        },
        TokenKind::Mark('[') => {
            tokens.skip_line_ends()?;
            if !tokens.take_mark(']')? {
                open.push(Open::Array(Vec::new()));
                return Ok(Step::Value);
            }
            Value::Array(Vec::new())
        }
        TokenKind::Mark('{') => {
            tokens.skip_line_ends()?;
            if !tokens.take_mark('}')? {
                let key = key(tokens)?;
                let entries = HashMap::new();
                open.push(Open::Hash { entries, key });
                return Ok(Step::Value);
            }
            Value::Hash(HashMap::new())
        }
        _ => return Err(not_a_value(&token)),
    };
    Ok(Step::Done(value))
}

/// Puts `value` into what is open around it, and goes on there.
fn put(
    tokens: &mut Tokens<'_>,
    around: Open,
    value: Value,
    open: &mut Vec<Open>,
) -> Result<Step, AsmError> {
    match around {
        Open::Ref => {
            tokens.expect_mark(')')?;
            Ok(Step::Done(Value::Ref(Box::new(value))))
        }
        Open::Array(mut elements) => {
            elements.push(value);
            if next_element(tokens, ']')? {
                open.push(Open::Array(elements));
                return Ok(Step::Value);
            }
            Ok(Step::Done(Value::Array(elements)))
        }
        Open::Hash {
            mut entries,
            key: this,
        } => {
            entries.insert(this, value);
            if next_element(tokens, '}')? {
                let at = tokens.position();
                let key = key(tokens)?;
                if entries.contains_key(&key) {
                    return Err(at.error(format!("the key {key:?} appears twice")));
                }
                open.push(Open::Hash { entries, key });
                return Ok(Step::Value);
            }
            Ok(Step::Done(Value::Hash(entries)))
        }
    }
}

/// Behind an element: whether another one follows, or else `end`, which is taken.
fn next_element(tokens: &mut Tokens<'_>, end: char) -> Result<bool, AsmError> {
    tokens.skip_line_ends()?;
    if tokens.take_mark(end)? {
        return Ok(false);
    }
    if !tokens.take_mark(',')? {
        return Err(tokens.expected(&format_args!("`,` or `{end}`")));
    }
    tokens.skip_line_ends()?;
    Ok(true)
}

/// Reads `"key":`.
fn key(tokens: &mut Tokens<'_>) -> Result<String, AsmError> {
    let token = tokens.next()?;
    let TokenKind::Text(key) = token.kind else {
        return Err(token
            .at
            .error(format!("expected a quoted key, found {}", token.kind)));
    };
    tokens.expect_mark(':')?;
    tokens.skip_line_ends()?;
    Ok(key)
}

fn scalar_number(token: &Token<'_>, text: &str) -> Result<Value, AsmError> {
    let value = match number::is_float(text) {
        true => number::float(text).map(Value::Float),
        false => number::integer(text)
            .and_then(|n| i64::try_from(n).ok())
            .map(Value::Int),
    };
    value.ok_or_else(|| {
        token.at.error(format!(
            "`{text}` is neither a 64-bit integer nor a float (a float has a point)"
        ))
    })
}

fn not_a_value(token: &Token<'_>) -> AsmError {
    token.at.error(format!(
        "expected a value (a number, \"text\", undef, true, false, [..], {{..}}, status(..), \
         ref(..) or nativefn(..)) or # and an index, found {}",
        token.kind
    ))
}

/// What the writer of values does next.
enum Piece<'v> {
    Value(&'v Value),
    Key(&'v str),
    Text(&'static str),
}

/// Appends the text of a value.
pub(super) fn print(out: &mut String, value: &Value) {
    let mut pieces = vec![Piece::Value(value)];
    while let Some(piece) = pieces.pop() {
        match piece {
            Piece::Value(value) => print_start(out, value, &mut pieces),
            Piece::Text(text) => out.push_str(text),
            Piece::Key(key) => {
                quote(out, key);
                out.push_str(": ");
            }
        }
    }
}

/// Appends a scalar or the start of anything else, and puts the rest on the pile.
fn print_start<'v>(out: &mut String, value: &'v Value, pieces: &mut Vec<Piece<'v>>) {
    match value {
        Value::Undef => out.push_str("undef"),
        Value::Bool(b) => push(out, format_args!("{b}")),
        Value::Int(n) => push(out, format_args!("{n}")),
        Value::Float(x) => out.push_str(&number::float_text(*x)),
        Value::Str(text) => quote(out, text),
        Value::Array(elements) => {
            out.push('[');
            pieces.push(Piece::Text("]"));
            for (n, element) in elements.iter().enumerate().rev() {
                pieces.push(Piece::Value(element));
                pieces.push(Piece::Text(if n == 0 { "" } else { ", " }));
            }
        }
        Value::Hash(entries) => {
            let mut entries: Vec<(&String, &Value)> = entries.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            out.push('{');
            pieces.push(Piece::Text("}"));
            for (n, (key, element)) in entries.into_iter().enumerate().rev() {
                pieces.push(Piece::Value(element));
                pieces.push(Piece::Key(key));
                pieces.push(Piece::Text(if n == 0 { "" } else { ", " }));
            }
        }
        Value::Status(code) => push(out, format_args!("status({code})")),
        Value::Ref(target) => {
            out.push_str("ref(");
            pieces.extend([Piece::Text(")"), Piece::Value(target)]);
        }
        Value::NativeFn(id) => push(out, format_args!("nativefn({id})")),
    }
}

/// Appends quoted text.
pub(super) fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '\'' => out.push(c),
            _ => out.extend(c.escape_debug()),
        }
    }
    out.push('"');
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = out.write_fmt(text);
}
