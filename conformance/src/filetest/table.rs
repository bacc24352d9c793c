//! Many programs from one: the directive `each` and its rows.
//!
//! ```text
//! ; each: LoadConst {a}; LoadConst {b}; Add
//! ;   1    2    -> Int(3)
//! ;   0.5  "2"  -> Float(2.5)
//! ```
//!
//! A row fills the placeholders from left to right. Cells are separated by blanks outside of
//! quotes and brackets; what stands behind `->` is how the run must end. Each row is a
//! program of its own.

use super::directives::ending;
use super::{Directives, Program, assemble};
use crate::outcome::Ending;
use crate::values::Reader;

/// A program with placeholders, and its rows.
#[derive(Debug)]
pub(super) struct Table {
    template: String,
    placeholders: Vec<String>,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    line: usize,
    cells: Vec<String>,
    result: Ending,
}

impl Table {
    /// A table without rows; ops of the template are separated by `;`.
    pub(super) fn new(template: &str) -> Result<Table, String> {
        let ops = split(template, |c| c == ';')?;
        let template = ops.join("\n");
        let placeholders = placeholders(&template);
        if placeholders.is_empty() {
            return Err("the program has no placeholder such as `{a}`".to_owned());
        }
        Ok(Table {
            template,
            placeholders,
            rows: Vec::new(),
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds a row: `cell cell -> result`.
    pub(super) fn add_row(&mut self, line: usize, text: &str) -> Result<(), String> {
        let parts = split(text, char::is_whitespace)?;
        let arrow = parts
            .iter()
            .rposition(|part| *part == "->")
            .ok_or("a row is `cell cell -> result`")?;
        let (cells, result) = (&parts[..arrow], parts[arrow + 1..].join(" "));
        let expected = self.placeholders.len();
        if cells.len() != expected {
            return Err(format!(
                "the program has {expected} placeholder(s), this row fills {}",
                cells.len()
            ));
        }
        let mut reader = Reader::new(&result);
        let result = ending(&mut reader)?;
        reader.end()?;
        self.rows.push(Row {
            line,
            cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
            result,
        });
        Ok(())
    }

    /// One program per row; `text` is the whole file, which has no program besides.
    pub(super) fn programs(
        &self,
        text: &str,
        directives: &Directives,
    ) -> Result<Vec<Program>, String> {
        let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with(';');
        if let Some(line) = text.lines().find(is_code) {
            return Err(format!(
                "a file with `each` has no other program, found `{}`",
                line.trim()
            ));
        }
        let program = |(i, row): (usize, &Row)| {
            let mut source = self.template.clone();
            for (placeholder, cell) in self.placeholders.iter().zip(&row.cells) {
                source = source.replace(&format!("{{{placeholder}}}"), cell);
            }
            let name = format!("row {} (line {})", i + 1, row.line);
            let case = assemble(&source, directives)
                .map_err(|error| format!("{name}, as a program of its own, {error}\n{source}"))?;
            let mut expected = directives.expected.clone();
            expected.result = Some(row.result.clone());
            Ok(Program {
                name: Some(name),
                case,
                expected,
            })
        };
        self.rows.iter().enumerate().map(program).collect()
    }
}

/// The names in `{name}`, each once, in order of their first appearance.
fn placeholders(template: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in template.split('{').skip(1) {
        let name = part.split_once('}').map_or("", |(name, _)| name);
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if is_name && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// The parts of a text between separators that are not inside quotes or brackets.
fn split(text: &str, is_separator: impl Fn(char) -> bool) -> Result<Vec<&str>, String> {
    let mut parts = Vec::new();
    let mut start = 0;
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '[' | '(' => depth += 1,
            ']' | ')' => depth = depth.saturating_sub(1),
            c if depth == 0 && is_separator(c) => {
                parts.push(text[start..at].trim());
                start = at + c.len_utf8();
            }
            _ => {}
        }
    }
    if quoted || depth > 0 {
        return Err("a quote or bracket is not closed".to_owned());
    }
    parts.push(text[start..].trim());
    parts.retain(|part| !part.is_empty());
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_fills_the_placeholders() {
        let mut table = Table::new("LoadConst {a}; LoadConst {b}; Concat; Dup {a}").expect("table");
        assert_eq!(table.placeholders, ["a", "b"]);
        table
            .add_row(3, "  \"a ; b\"  [1 2] -> Str(\"a -> b\")")
            .expect("row");
        let row = &table.rows[0];
        assert_eq!(row.cells, ["\"a ; b\"", "[1 2]"]);
        assert_eq!(row.result.to_string(), "Str(\"a -> b\")");
    }

    #[test]
    fn wrong_rows_are_explained() {
        let mut table = Table::new("LoadConst {a}").expect("table");
        for (row, message) in [
            ("1 2 -> Int(1)", "has 1 placeholder(s), this row fills 2"),
            ("1 -> 1", "expected a value such as"),
            ("1 -> Int(1) Int(2)", "expected nothing more"),
            ("\"1 -> Int(1)", "not closed"),
        ] {
            let error = table.add_row(1, row).expect_err(row);
            assert!(error.contains(message), "{row}: {error}");
        }
        assert!(Table::new("LoadInt 1").is_err());
    }
}
