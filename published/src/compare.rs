//! All fields in which two outcomes differ.
//!
//! One defect must not hide another: a tier that always leaves a wrong `ip` may still compute
//! a wrong value. So every field is compared by itself, not only the first that differs, and a
//! value of the wrong kind is another difference than a wrong value.

use fusevm::Value;
use fusevm_conformance::outcome::{Difference, Outcome};
use fusevm_conformance::values::Reader;
use serde::{Deserialize, Serialize};

/// A field in which two outcomes differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The kind of the field: `result`, `slots`, `ip`.
    pub field: String,
    /// The field with its index: `frame 0, slot 3`.
    pub place: String,
    /// The left side.
    pub left: String,
    /// The right side.
    pub right: String,
    /// The difference without its numbers: `Bool became Int`, `another Float`.
    pub shape: String,
}

/// How a field goes from one outcome into another.
type Take = fn(&mut Outcome, &Outcome);

/// Every field that is compared by itself.
const FIELDS: [Take; 9] = [
    |to, from| to.ending = from.ending.clone(),
    |to, from| to.output.clone_from(&from.output),
    |to, from| to.log.clone_from(&from.log),
    |to, from| to.stack.clone_from(&from.stack),
    |to, from| to.globals.clone_from(&from.globals),
    |to, from| to.frames.clone_from(&from.frames),
    |to, from| to.ip = from.ip,
    |to, from| to.last_status = from.last_status,
    |to, from| to.signal = from.signal,
];

/// Every field in which two outcomes differ, in the order of comparison.
pub fn differences(left: &Outcome, right: &Outcome) -> Vec<Found> {
    if left.difference(right).is_none() {
        return Vec::new();
    }
    FIELDS
        .iter()
        .filter_map(|take| {
            let mut changed = left.clone();
            take(&mut changed, right);
            left.difference(&changed).map(Found::new)
        })
        .collect()
}

impl Found {
    fn new(difference: Difference) -> Found {
        let shape = shape(&difference.left, &difference.right);
        Found {
            field: difference.kind.as_str().to_owned(),
            place: difference.field,
            left: difference.left,
            right: difference.right,
            shape,
        }
    }

    /// How the whole process ended, in the place of an outcome.
    pub fn of_process(left: String, fate: &str) -> Found {
        Found {
            field: "process".to_owned(),
            place: "the process".to_owned(),
            left,
            right: fate.to_owned(),
            shape: fate.to_owned(),
        }
    }

    /// A panic with its message, in the place of an outcome.
    pub fn of_panic(left: String, message: &str) -> Found {
        Found {
            field: "panic".to_owned(),
            place: "panic".to_owned(),
            left,
            right: message.to_owned(),
            shape: without_numbers(message),
        }
    }

    /// Whether the values themselves differ, and not only their kinds or where a further run
    /// would go on.
    pub fn is_another_value(&self) -> bool {
        self.field != "ip" && !self.shape.ends_with("of the same number")
    }
}

/// A difference of two texts without what is accidental about it.
fn shape(left: &str, right: &str) -> String {
    let (Some(a), Some(b)) = (read(left), read(right)) else {
        return match (kind_of_text(left), kind_of_text(right)) {
            (a, b) if a == b => format!("another {a}"),
            (a, b) => format!("{a} became {b}"),
        };
    };
    let (kind_a, kind_b) = (kind(&a), kind(&b));
    if kind_a == kind_b {
        return format!("another {kind_a}");
    }
    let same_number = match (number(&a), number(&b)) {
        (Some(a), Some(b)) => a == b || (a.is_nan() && b.is_nan()),
        _ => false,
    };
    match same_number {
        true => format!("{kind_a} became {kind_b} of the same number"),
        false => format!("{kind_a} became another {kind_b}"),
    }
}

fn read(text: &str) -> Option<Value> {
    let mut reader = Reader::new(text);
    let value = reader.value().ok()?;
    reader.end().ok().map(|()| value)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Undef => "Undef",
        Value::Bool(_) => "Bool",
        Value::Int(_) => "Int",
        Value::Float(_) => "Float",
        Value::Str(_) => "Str",
        Value::Array(_) => "Array",
        Value::Hash(_) => "Hash",
        Value::Status(_) => "Status",
        Value::Ref(_) => "Ref",
        Value::NativeFn(_) => "NativeFn",
    }
}

/// The number that a value of a numeric kind is.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Bool(b) => Some(f64::from(u8::from(*b))),
        Value::Int(n) => Some(*n as f64),
        Value::Float(x) => Some(*x),
        Value::Undef => Some(0.0),
        _ => None,
    }
}

/// The shape of a side that is no single value.
fn kind_of_text(text: &str) -> String {
    if let Some(value) = read(text) {
        return kind(&value).to_owned();
    }
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number {
        return "number".to_owned();
    }
    if let Some((count, _)) = text.split_once(": [")
        && count.bytes().all(|byte| byte.is_ascii_digit())
    {
        return "count".to_owned();
    }
    match text.split_once(['(', ' ', '"']) {
        Some(("error", message)) => format!("error {}", without_numbers(message)),
        Some((word, _)) if !word.is_empty() => word.to_owned(),
        _ if text.starts_with('"') => "text".to_owned(),
        _ => without_numbers(text),
    }
}

/// A message with the names of source files only, wherever they were on this machine.
pub fn without_folders(message: &str) -> String {
    let words: Vec<_> = message.split(' ').map(without_folder).collect();
    words.join(" ")
}

fn without_folder(word: &str) -> &str {
    match word.contains(".rs:") {
        true => word.rsplit('/').next().unwrap_or(word),
        false => word,
    }
}

/// A message with `N` for every number in it, and without the folders of files.
pub fn without_numbers(message: &str) -> String {
    let mut text = String::new();
    for word in message.split(' ') {
        let word = without_folder(word);
        if !text.is_empty() {
            text.push(' ');
        }
        // A place in a file stays: it is what tells two panics apart.
        if word.contains(".rs:") {
            text.push_str(word);
            continue;
        }
        let mut in_number = false;
        for c in word.chars() {
            if !c.is_ascii_digit() {
                text.push(c);
            } else if !in_number {
                text.push('N');
            }
            in_number = c.is_ascii_digit();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use fusevm_conformance::outcome::Ending;
    use fusevm_conformance::subjects::REFERENCE;

    #[test]
    fn shapes_tell_kinds_from_values() {
        for (left, right, expected) in [
            ("Bool(true)", "Int(1)", "Bool became Int of the same number"),
            ("Float(2.5)", "Int(2)", "Float became another Int"),
            ("Int(1)", "Int(2)", "another Int"),
            ("halted", "Int(0)", "halted became Int"),
            ("3", "0", "another number"),
            (
                "error \"division by 3\"",
                "Int(0)",
                "error \"division by N\" became Int",
            ),
            ("1: [Int(1)]", "0: []", "another count"),
        ] {
            assert_eq!(shape(left, right), expected, "{left} and {right}");
        }
    }

    #[test]
    fn panics_keep_their_place_and_lose_their_numbers() {
        let message = "index 17 out of range, at /home/x/registry/vm.rs:31";
        assert_eq!(
            without_folders(message),
            "index 17 out of range, at vm.rs:31"
        );
        assert_eq!(
            without_numbers(message),
            "index N out of range, at vm.rs:31"
        );
    }

    #[test]
    fn every_field_is_found_by_itself() {
        let case = fusevm_conformance::case::Case::default();
        let left = REFERENCE.run(&case).expect("it never declines").outcome;
        assert!(differences(&left, &left).is_empty());
        let mut right = left.clone();
        right.ip += 1;
        right.ending = Ending::Value(Value::Int(0));
        right.stack.push(Value::Undef);
        let fields: Vec<_> = differences(&left, &right)
            .into_iter()
            .map(|d| d.field)
            .collect();
        assert_eq!(fields, ["result", "stack", "ip"]);
    }
}
