//! Values as text: how reports show them and directives write them.
//!
//! The text is what `Debug` would print, with hash entries in ascending order of their
//! keys: `Int(1)`, `Float(-0.0)`, `Str("a\n")`, `Array([Undef])`, `Hash({"k": Bool(true)})`.
//! [`same`] is the equality of outcomes, which is stricter than `==` in one point (zeros)
//! and laxer in another (NaNs).

use fusevm::{Op, Value};
use std::collections::HashMap;
use std::fmt::Write as _;

/// Whether two values are the same outcome: the same kind, floats by their bits except that
/// all NaNs are one value, hashes as maps.
pub fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Float(a), Value::Float(b)) => {
            a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
        }
        (Value::Array(a), Value::Array(b)) => same_list(a, b),
        (Value::Hash(a), Value::Hash(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, value)| b.get(key).is_some_and(|other| same(value, other)))
        }
        (Value::Ref(a), Value::Ref(b)) => same(a, b),
        _ => left == right,
    }
}

/// Whether two lists have the same length and the [`same`] elements.
pub fn same_list(left: &[Value], right: &[Value]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(a, b)| same(a, b))
}

/// Whether two lists of ops are the same program: floats by their bits, NaNs too.
pub fn same_ops(left: &[Op], right: &[Op]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(a, b)| a.is_identical(b))
}

/// The text of a value; [`Reader::value`] reads it back.
pub fn render(value: &Value) -> String {
    let mut text = String::new();
    write_value(&mut text, value);
    text
}

/// The text of a list of values: `[Int(1), Undef]`.
pub fn render_list(values: &[Value]) -> String {
    let mut text = String::new();
    write_list(&mut text, values);
    text
}

fn write_value(out: &mut String, value: &Value) {
    // Writing to a string cannot fail.
    let _ = match value {
        Value::Array(elements) => {
            out.push_str("Array(");
            write_list(out, elements);
            out.write_char(')')
        }
        Value::Hash(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            out.push_str("Hash({");
            for (i, (key, value)) in entries.into_iter().enumerate() {
                let _ = write!(out, "{}{key:?}: ", if i > 0 { ", " } else { "" });
                write_value(out, value);
            }
            out.write_str("})")
        }
        Value::Ref(target) => {
            out.push_str("Ref(");
            write_value(out, target);
            out.write_char(')')
        }
        scalar => write!(out, "{scalar:?}"),
    };
}

fn write_list(out: &mut String, values: &[Value]) {
    out.push('[');
    for (i, value) in values.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        write_value(out, value);
    }
    out.push(']');
}

/// Collections inside collections that [`Reader::value`] accepts.
const MAX_NESTING: usize = 256;

/// Reads values, strings and words from the front of a text.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// A reader of `text`.
    pub fn new(text: &'a str) -> Reader<'a> {
        Reader { rest: text }
    }

    /// What has not been read, without leading blanks.
    pub fn rest(&self) -> &'a str {
        self.rest.trim_start()
    }

    /// Whether nothing but blanks is left.
    pub fn is_empty(&self) -> bool {
        self.rest().is_empty()
    }

    /// Takes `token` when the text goes on with it.
    pub fn eat(&mut self, token: &str) -> bool {
        match self.rest().strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes `token`, which must be next.
    ///
    /// # Errors
    /// What was found instead.
    pub fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.eat(token) {
            return Ok(());
        }
        Err(format!("expected `{token}`, found {}", self.found()))
    }

    /// Fails unless nothing but blanks is left.
    ///
    /// # Errors
    /// What was found instead.
    pub fn end(&self) -> Result<(), String> {
        if self.is_empty() {
            return Ok(());
        }
        Err(format!("expected nothing more, found {}", self.found()))
    }

    /// What comes next, for messages.
    pub fn found(&self) -> String {
        match self.rest() {
            "" => "the end of the line".to_owned(),
            rest => format!("`{}`", clip(rest, 30)),
        }
    }

    /// Takes the longest run of letters, digits and `_ - + .`; it may be empty.
    pub fn word(&mut self) -> &'a str {
        let rest = self.rest();
        let len = rest
            .find(|c: char| !(c.is_alphanumeric() || "_-+.".contains(c)))
            .unwrap_or(rest.len());
        self.rest = &rest[len..];
        &rest[..len]
    }

    /// Takes a word and parses it.
    ///
    /// # Errors
    /// What was found instead of `what`.
    pub fn parse<T: std::str::FromStr>(&mut self, what: &str) -> Result<T, String> {
        let before = *self;
        self.word()
            .parse()
            .map_err(|_| format!("expected {what}, found {}", before.found()))
    }

    /// Takes a string in double quotes with Rust's escapes.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn string(&mut self) -> Result<String, String> {
        let before = *self;
        self.expect("\"")?;
        let mut text = String::new();
        let mut chars = self.rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return Ok(text);
                }
                '\\' => text.push(escape(&mut chars)?),
                c => text.push(c),
            }
        }
        Err(format!(
            "string without its closing `\"`: {}",
            before.found()
        ))
    }

    /// Takes `[value, value, ..]`.
    ///
    /// # Errors
    /// What was found instead.
    pub fn list(&mut self) -> Result<Vec<Value>, String> {
        self.nested_list(0)
    }

    /// Takes one value.
    ///
    /// # Errors
    /// What was found instead.
    pub fn value(&mut self) -> Result<Value, String> {
        self.nested_value(0)
    }

    fn nested_value(&mut self, depth: usize) -> Result<Value, String> {
        if depth > MAX_NESTING {
            return Err(format!("more than {MAX_NESTING} values inside each other"));
        }
        let before = *self;
        let kind = self.word();
        if kind == "Undef" {
            return Ok(Value::Undef);
        }
        if ![
            "Bool", "Int", "Float", "Str", "Array", "Hash", "Status", "Ref", "NativeFn",
        ]
        .contains(&kind)
        {
            return Err(format!(
                "expected a value such as `Int(1)`, `Float(-0.0)`, `Str(\"a\")` or `Undef`, found {}",
                before.found()
            ));
        }
        self.expect("(")?;
        let value = match kind {
            "Bool" => Value::Bool(self.parse("true or false")?),
            "Int" => Value::Int(self.parse("a 64-bit integer")?),
            "Float" => Value::Float(self.parse("a number")?),
            "Str" => Value::str(self.string()?),
            "Array" => Value::Array(self.nested_list(depth + 1)?),
            "Hash" => Value::Hash(self.entries(depth + 1)?),
            "Status" => Value::Status(self.parse("a 32-bit integer")?),
            "Ref" => Value::Ref(Box::new(self.nested_value(depth + 1)?)),
            _ => Value::NativeFn(self.parse("the number of a builtin")?),
        };
        self.expect(")")?;
        Ok(value)
    }

    fn nested_list(&mut self, depth: usize) -> Result<Vec<Value>, String> {
        self.expect("[")?;
        let mut values = Vec::new();
        while !self.eat("]") {
            values.push(self.nested_value(depth)?);
            if !self.eat(",") {
                self.expect("]")?;
                break;
            }
        }
        Ok(values)
    }

    fn entries(&mut self, depth: usize) -> Result<HashMap<String, Value>, String> {
        self.expect("{")?;
        let mut map = HashMap::new();
        while !self.eat("}") {
            let key = self.string()?;
            self.expect(":")?;
            map.insert(key, self.nested_value(depth)?);
            if !self.eat(",") {
                self.expect("}")?;
                break;
            }
        }
        Ok(map)
    }
}

/// The character that the escape behind a backslash stands for.
fn escape(chars: &mut std::str::CharIndices<'_>) -> Result<char, String> {
    match chars.next().map(|(_, c)| c) {
        Some('n') => Ok('\n'),
        Some('r') => Ok('\r'),
        Some('t') => Ok('\t'),
        Some('0') => Ok('\0'),
        Some(c @ ('"' | '\\' | '\'')) => Ok(c),
        Some('u') => {
            let digits: String = chars
                .by_ref()
                .map(|(_, c)| c)
                .skip_while(|c| *c == '{')
                .take_while(|c| *c != '}')
                .collect();
            u32::from_str_radix(&digits, 16)
                .ok()
                .and_then(char::from_u32)
                .ok_or_else(|| format!("`\\u{{{digits}}}` is not a character"))
        }
        Some(c) => Err(format!("unknown escape `\\{c}`")),
        None => Err("a backslash at the end".to_owned()),
    }
}

/// `text`, or its first `max` characters and an ellipsis.
pub fn clip(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn round_trip(text: &str) {
        let value = Reader::new(text).value().expect(text);
        assert_eq!(render(&value), text);
    }

    #[test]
    fn values_read_back() {
        for text in [
            "Undef",
            "Bool(true)",
            "Int(-9223372036854775808)",
            "Float(-0.0)",
            "Float(NaN)",
            "Float(-inf)",
            "Float(5e-324)",
            "Float(1e300)",
            "Str(\"a\\n\\\"\\\\\\u{7f}é\")",
            "Array([])",
            "Array([Int(1), Array([Undef])])",
            "Hash({\"a\": Int(1), \"b\": Hash({})})",
            "Status(-1)",
            "Ref(Ref(Int(1)))",
            "NativeFn(65535)",
        ] {
            round_trip(text);
        }
    }

    #[test]
    fn wrong_values_say_what_was_expected() {
        for (text, message) in [
            ("", "found the end of the line"),
            ("7", "expected a value such as"),
            ("Int(1.5)", "expected a 64-bit integer, found `1.5)`"),
            ("Int(1", "expected `)`"),
            ("Str(\"a", "without its closing"),
            ("Str(\"\\q\")", "unknown escape `\\q`"),
            ("Array([Int(1) Int(2)])", "expected `]`"),
        ] {
            let error = Reader::new(text).value().expect_err(text);
            assert!(error.contains(message), "{text}: {error}");
        }
    }

    #[test]
    fn floats_are_the_same_by_bits_but_nans_are_one() {
        let float = Value::Float;
        assert!(same(&float(f64::NAN), &float(-f64::NAN)));
        assert!(!same(&float(0.0), &float(-0.0)));
        assert!(same(&float(-0.0), &float(-0.0)));
        assert!(!same(&float(1.0), &Value::Int(1)));
        assert!(!same(&Value::Bool(true), &Value::Int(1)));
        assert!(!same(&Value::Status(0), &Value::Int(0)));
    }

    #[test]
    fn collections_are_the_same_by_their_elements() {
        let nan = || Value::Array(vec![Value::Float(f64::NAN)]);
        assert!(same(&nan(), &nan()));
        let hash = |n| Value::Hash(HashMap::from([("k".to_owned(), Value::Float(n))]));
        assert!(same(&hash(f64::NAN), &hash(f64::NAN)));
        assert!(!same(&hash(0.0), &hash(-0.0)));
        assert!(!same(&Value::Array(vec![]), &nan()));
    }
}
