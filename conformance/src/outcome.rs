//! [`Outcome`]: everything that a run makes observable, and the first difference of two.
//!
//! Capturing is in [`Outcome::capture`], comparing in [`Outcome::difference`]. The order of
//! comparison is fixed: what a user would notice first comes first, and the cause of most
//! differences (a wrong value) comes before its consequences (another `ip`, other fuel).

use crate::values::{clip, render, render_list, same};
use fusevm::{Frame, VM, VMResult, Value};
use std::fmt;

/// How a run ended.
#[derive(Debug, Clone)]
pub enum Ending {
    /// With a value.
    Value(Value),
    /// Without a value.
    Halted,
    /// With an error text.
    Error(String),
}

impl Ending {
    /// Whether two runs ended the same way.
    pub fn same(&self, other: &Ending) -> bool {
        match (self, other) {
            (Ending::Value(a), Ending::Value(b)) => same(a, b),
            (Ending::Halted, Ending::Halted) => true,
            (Ending::Error(a), Ending::Error(b)) => a == b,
            _ => false,
        }
    }
}

impl From<VMResult> for Ending {
    fn from(result: VMResult) -> Ending {
        match result {
            VMResult::Ok(value) => Ending::Value(value),
            VMResult::Halted => Ending::Halted,
            VMResult::Error(text) => Ending::Error(text),
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ending::Value(value) => f.write_str(&render(value)),
            Ending::Halted => f.write_str("halted"),
            Ending::Error(text) => write!(f, "error {text:?}"),
        }
    }
}

/// One frame as it was left.
#[derive(Debug, Clone)]
pub struct FrameOutcome {
    /// Where it returns to.
    pub return_ip: usize,
    /// Where its part of the stack begins.
    pub stack_base: usize,
    /// Its slots.
    pub slots: Vec<Value>,
}

impl From<&Frame> for FrameOutcome {
    fn from(frame: &Frame) -> FrameOutcome {
        FrameOutcome {
            return_ip: frame.return_ip,
            stack_base: frame.stack_base,
            slots: frame.slots.clone(),
        }
    }
}

/// All that a run makes observable.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// How it ended.
    pub ending: Ending,
    /// The value stack, bottom first.
    pub stack: Vec<Value>,
    /// Every frame, root first.
    pub frames: Vec<FrameOutcome>,
    /// Every global.
    pub globals: Vec<Value>,
    /// Where a further run would continue.
    pub ip: usize,
    /// Whether a halt was requested.
    pub halted: bool,
    /// The status of the last command.
    pub last_status: i32,
    /// The code of the last `AwkSignal`.
    pub signal: Option<u8>,
    /// Bytes written.
    pub output: Vec<u8>,
    /// Calls of builtins and handlers, with their arguments, in order.
    pub log: Vec<String>,
    /// Fuel left.
    pub fuel: Option<u64>,
    /// What is wrong with the run by itself, whatever another one came to.
    pub flaw: Option<Difference>,
}

/// A field of an [`Outcome`], in the order of comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the fields of `Outcome`")]
pub enum Field {
    /// A flaw: a run of a series ended otherwise than the first one.
    Runs,
    /// A flaw: a chunk did not survive being written and read again.
    Form,
    /// A flaw: a part of the chunk, run by itself, gave other numbers in native code.
    Region,
    /// A flaw: code did not fit the state that it was compiled for.
    Entries,
    /// A flaw: a wrong answer to a question about the chunk.
    Answer,
    /// A flaw: something was left behind that should be gone.
    Resources,
    /// A flaw: native code took many times as long as the interpreter.
    Speed,
    Ending,
    Output,
    Log,
    Stack,
    Globals,
    Frames,
    Slots,
    Ip,
    Halted,
    LastStatus,
    Signal,
    Fuel,
    /// No outcome at all: a panic.
    Panic,
}

impl Field {
    /// The field's name in reports, by which divergences are grouped.
    pub const fn as_str(self) -> &'static str {
        match self {
            Field::Runs => "runs",
            Field::Form => "form",
            Field::Region => "region",
            Field::Entries => "entries",
            Field::Answer => "answer",
            Field::Resources => "resources",
            Field::Speed => "speed",
            Field::Ending => "result",
            Field::Output => "output",
            Field::Log => "log",
            Field::Stack => "stack",
            Field::Globals => "globals",
            Field::Frames => "frames",
            Field::Slots => "slots",
            Field::Ip => "ip",
            Field::Halted => "halted",
            Field::LastStatus => "last status",
            Field::Signal => "signal",
            Field::Fuel => "fuel",
            Field::Panic => "panic",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A difference of two numbers, either of which may be missing.
fn optional<T: PartialEq + ToString>(
    kind: Field,
    left: Option<T>,
    right: Option<T>,
) -> Option<Difference> {
    let differ = left != right;
    let text = |n: Option<T>| n.map_or("none".to_owned(), |n| n.to_string());
    differ.then(|| Difference::new(kind, kind.as_str(), text(left), text(right)))
}

/// The first field in which two outcomes differ, with both sides as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The kind of the field, without its index.
    pub kind: Field,
    /// The field, with its index: `frame 0, slot 3`.
    pub field: String,
    /// The left side.
    pub left: String,
    /// The right side.
    pub right: String,
}

/// Characters of one side of a difference that a report shows.
const MAX_SHOWN: usize = 400;

impl Difference {
    /// A difference between two sides as they print.
    pub fn new(
        kind: Field,
        field: impl Into<String>,
        left: impl fmt::Display,
        right: impl fmt::Display,
    ) -> Difference {
        Difference {
            kind,
            field: field.into(),
            left: clip(&left.to_string(), MAX_SHOWN),
            right: clip(&right.to_string(), MAX_SHOWN),
        }
    }

    /// As a flaw of run number `run` of a series, which differs from run 1, on the left.
    #[must_use]
    pub fn of_run(self, run: u32) -> Difference {
        Difference {
            kind: Field::Runs,
            field: format!("run {run} against run 1, {}", self.field),
            ..self
        }
    }
}

impl Outcome {
    /// The outcome of a run of this VM that has just ended with `result`.
    pub fn capture(vm: &VM, result: VMResult, output: Vec<u8>, log: Vec<String>) -> Outcome {
        Outcome {
            ending: result.into(),
            ip: vm.ip,
            halted: vm.is_halted(),
            last_status: vm.last_status,
            signal: vm.awk_signal(),
            fuel: vm.fuel(),
            stack: vm.stack.clone(),
            frames: vm.frames.iter().map(FrameOutcome::from).collect(),
            globals: vm.globals.clone(),
            output,
            log,
            flaw: None,
        }
    }

    /// The first field in which `other` differs, with `self` as the left side.
    pub fn difference(&self, other: &Outcome) -> Option<Difference> {
        self.flaws(other)
            .or_else(|| {
                (!self.ending.same(&other.ending))
                    .then(|| Difference::new(Field::Ending, "result", &self.ending, &other.ending))
            })
            .or_else(|| self.output_difference(other))
            .or_else(|| self.log_difference(other))
            .or_else(|| values_differ(Field::Stack, "stack", &self.stack, &other.stack))
            .or_else(|| values_differ(Field::Globals, "global", &self.globals, &other.globals))
            .or_else(|| self.frame_difference(other))
            .or_else(|| scalar(Field::Ip, "ip", &self.ip, &other.ip))
            .or_else(|| scalar(Field::Halted, "halted", &self.halted, &other.halted))
            .or_else(|| {
                let (left, right) = (&self.last_status, &other.last_status);
                scalar(Field::LastStatus, "last status", left, right)
            })
            .or_else(|| optional(Field::Signal, self.signal, other.signal))
            .or_else(|| optional(Field::Fuel, self.fuel, other.fuel))
    }

    /// The flaw of one of the two; it is on the right side unless only `self` has one.
    fn flaws(&self, other: &Outcome) -> Option<Difference> {
        if let Some(flaw) = &other.flaw {
            return Some(flaw.clone());
        }
        let mut mirrored = self.flaw.clone()?;
        std::mem::swap(&mut mirrored.left, &mut mirrored.right);
        Some(mirrored)
    }

    fn output_difference(&self, other: &Outcome) -> Option<Difference> {
        if self.output == other.output {
            return None;
        }
        let common = self
            .output
            .iter()
            .zip(&other.output)
            .take_while(|(a, b)| a == b)
            .count();
        let text = |bytes: &[u8]| format!("{:?}", String::from_utf8_lossy(&bytes[common..]));
        Some(Difference::new(
            Field::Output,
            format!("output from byte {common}"),
            text(&self.output),
            text(&other.output),
        ))
    }

    fn log_difference(&self, other: &Outcome) -> Option<Difference> {
        if self.log == other.log {
            return None;
        }
        let at = self
            .log
            .iter()
            .zip(&other.log)
            .take_while(|(a, b)| a == b)
            .count();
        let text = |log: &[String]| log.get(at).map_or("no such call".into(), String::clone);
        Some(Difference::new(
            Field::Log,
            format!("call {at} of a handler"),
            text(&self.log),
            text(&other.log),
        ))
    }

    fn frame_difference(&self, other: &Outcome) -> Option<Difference> {
        let (left, right) = (self.frames.len(), other.frames.len());
        if left != right {
            return Some(Difference::new(Field::Frames, "frame count", left, right));
        }
        self.frames
            .iter()
            .zip(&other.frames)
            .enumerate()
            .find_map(|(i, (a, b))| {
                let field = |name: &str| format!("frame {i}, {name}");
                values_differ(Field::Slots, &field("slot"), &a.slots, &b.slots)
                    .or_else(|| {
                        scalar(
                            Field::Frames,
                            &field("return ip"),
                            &a.return_ip,
                            &b.return_ip,
                        )
                    })
                    .or_else(|| {
                        let name = field("stack base");
                        scalar(Field::Frames, &name, &a.stack_base, &b.stack_base)
                    })
            })
    }
}

fn scalar<T: PartialEq + fmt::Display>(
    kind: Field,
    field: &str,
    left: &T,
    right: &T,
) -> Option<Difference> {
    (left != right).then(|| Difference::new(kind, field, left, right))
}

/// The first element that differs, or the lengths when one list continues the other.
fn values_differ(kind: Field, field: &str, left: &[Value], right: &[Value]) -> Option<Difference> {
    if let Some(i) = left.iter().zip(right).position(|(a, b)| !same(a, b)) {
        let field = format!("{field} {i}");
        return Some(Difference::new(
            kind,
            field,
            render(&left[i]),
            render(&right[i]),
        ));
    }
    (left.len() != right.len()).then(|| {
        let text = |values: &[Value]| format!("{}: {}", values.len(), render_list(values));
        Difference::new(kind, format!("{field} count"), text(left), text(right))
    })
}

#[cfg(test)]
mod tests;
