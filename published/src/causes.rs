//! From samples to causes: what looks like the same defect becomes one entry.
//!
//! Differences that the specification of the project knows ([`KNOWN`]) are recognised by the
//! reduced program and how it differs, and get their number there. All others are grouped by
//! the ops of the reduced program, the field and how it differs, whichever tier shows them.

use crate::campaign::{Sample, Signature};
use crate::subjects::slots_named;
use fusevm::Value;
use fusevm::op::Role;
use std::collections::{BTreeMap, BTreeSet};

/// What looks like one defect.
#[derive(Debug)]
pub struct Cause {
    /// The number in the specification (`Q29`, `D4`), if it has one.
    pub id: Option<&'static str>,
    /// What it is, in a line.
    pub title: String,
    /// The subjects that show it.
    pub subjects: Vec<String>,
    /// The smallest sample.
    pub smallest: Sample,
    /// Divergences that look like it.
    pub times: u64,
    /// Samples that were reduced to it.
    pub samples: usize,
}

/// Where a known difference shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Interp,
    Tiers,
}

/// A difference that the specification knows.
struct Known {
    id: &'static str,
    title: &'static str,
    side: Side,
    /// Whether a sample shows it.
    shows: fn(&View) -> bool,
}

/// A sample, as the rules look at it.
struct View<'s> {
    sample: &'s Sample,
}

impl View<'_> {
    fn has(&self, ops: &[&str]) -> bool {
        let mut all = self.sample.case.chunk.ops.iter();
        all.any(|op| ops.contains(&op.name()))
    }

    fn is_in(&self, field: &str) -> bool {
        self.sample.found.field == field
    }

    fn shape(&self, text: &str) -> bool {
        self.sample.found.shape.contains(text)
    }

    fn left(&self, text: &str) -> bool {
        self.sample.found.left.contains(text)
    }

    fn right(&self, text: &str) -> bool {
        self.sample.found.right.contains(text)
    }

    /// Whether a value of the field was an `Int` in the end and something else before.
    fn became_int(&self) -> bool {
        self.shape("became Int") || self.shape("became another Int")
    }

    fn is_by(&self, subject: &str) -> bool {
        self.sample.signature.subject == subject
    }

    /// Whether there was no outcome at all.
    fn is_crash(&self) -> bool {
        self.is_in("process") || self.is_in("panic")
    }

    fn record(&self, text: &str) -> bool {
        self.sample.record.starts_with("error") && self.sample.record.contains(text)
    }

    /// Whether NaN may be among the values.
    fn may_have_nan(&self) -> bool {
        self.constant(is_nan) || self.sample.case.slots.iter().any(is_nan) || self.has(&NAN_MAKERS)
    }

    fn starts_with_a_stack(&self) -> bool {
        !self.sample.case.stack.is_empty()
    }

    /// Whether an op names a slot that the frame does not start with.
    fn names_missing_slots(&self) -> bool {
        let case = &self.sample.case;
        let named = case.chunk.ops.iter().map(slots_named).max();
        named.is_some_and(|named| named > case.slots.len())
    }

    /// Whether a slot starts with something else than a number.
    fn starts_with_other_kinds(&self) -> bool {
        let is_number = |slot: &Value| matches!(slot, Value::Int(_) | Value::Float(_));
        !self.sample.case.slots.iter().all(is_number)
    }

    /// Whether an op names a slot.
    fn names_slots(&self) -> bool {
        let mut ops = self.sample.case.chunk.ops.iter();
        ops.any(|op| {
            op.info()
                .operands
                .iter()
                .any(|operand| operand.role == Role::Slot)
        })
    }

    /// Whether some constant or literal is one of these values.
    fn constant(&self, is: fn(&Value) -> bool) -> bool {
        let literals = self.sample.case.chunk.ops.iter().filter_map(|op| match op {
            fusevm::Op::LoadFloat(x) => Some(Value::Float(*x)),
            fusevm::Op::LoadInt(n) => Some(Value::Int(*n)),
            fusevm::Op::LoadTrue => Some(Value::Bool(true)),
            fusevm::Op::LoadFalse => Some(Value::Bool(false)),
            _ => None,
        });
        literals.collect::<Vec<_>>().iter().any(is)
            || self.sample.case.chunk.constants.iter().any(is)
    }
}

/// The ops that compare numbers, or give a truth value otherwise.
const TRUTHS: [&str; 9] = [
    "NumEq",
    "NumNe",
    "NumLt",
    "NumGt",
    "NumLe",
    "NumGe",
    "LogNot",
    "LoadTrue",
    "LoadFalse",
];
const ARITHMETIC: [&str; 9] = [
    "Add", "Sub", "Mul", "Div", "Mod", "Pow", "Negate", "Inc", "Dec",
];
const BLOCK_OPS: [&str; 5] = [
    "MapBlock",
    "GrepBlock",
    "SortBlock",
    "SortDefault",
    "ForEachBlock",
];
const FRAMES: [&str; 2] = ["PushFrame", "PopFrame"];
const AWK_BITS: [&str; 3] = ["AwkAnd", "AwkOr", "AwkXor"];

/// Ops that decide by the truth of a value.
const DECIDING: [&str; 5] = [
    "LogNot",
    "JumpIfTrue",
    "JumpIfFalse",
    "JumpIfTrueKeep",
    "JumpIfFalseKeep",
];
/// Ops that make NaN of other numbers.
const NAN_MAKERS: [&str; 10] = [
    "LogFloat",
    "Log2Float",
    "Log10Float",
    "SqrtFloat",
    "AsinFloat",
    "AcosFloat",
    "AwkSqrtJit",
    "AwkLogJit",
    "PowFloat",
    "Mod",
];

fn is_nan(value: &Value) -> bool {
    matches!(value, Value::Float(x) if x.is_nan())
}

fn is_float(value: &Value) -> bool {
    matches!(value, Value::Float(_))
}

/// What the specification knows, the most particular first. Q: behaviour of its interpreter
/// that the rules overrule. R5: a chunk that brings the process down. D: tiers that disagree
/// with their own interpreter.
const KNOWN: [Known; 42] = [
    Known {
        id: "Q46",
        title: "higher-order ops do nothing",
        side: Side::Interp,
        shows: |v| v.has(&BLOCK_OPS),
    },
    Known {
        id: "Q43",
        title: "`HashKeys` and `HashValues` follow the random order of the map",
        side: Side::Interp,
        shows: |v| v.has(&["HashKeys", "HashValues"]),
    },
    Known {
        id: "Q29",
        title: "`i64::MIN % -1` panics",
        side: Side::Interp,
        shows: |v| v.is_in("panic") && v.right("remainder with overflow"),
    },
    Known {
        id: "Q38",
        title: "a negative index of a write panics",
        side: Side::Interp,
        shows: |v| v.has(&["ArraySet", "SlotArraySet"]) && v.is_crash() && !v.right("capacity"),
    },
    Known {
        id: "Q45",
        title: "a large count exhausts memory or takes for ever",
        side: Side::Interp,
        shows: |v| {
            v.has(&[
                "StringRepeat",
                "ConcatConstLoop",
                "PushIntRangeLoop",
                "ArraySet",
                "SlotArraySet",
            ]) && v.is_crash()
        },
    },
    Known {
        id: "Q44",
        title: "`Range` and `RangeStep` overflow, or exhaust memory",
        side: Side::Interp,
        shows: |v| v.has(&["Range", "RangeStep"]) && (v.is_crash() || v.shape("Array")),
    },
    Known {
        id: "Q76",
        title: "`AwkStrtonum` panics inside a character",
        side: Side::Interp,
        shows: |v| v.has(&["AwkStrtonum", "ExtendedWide"]) && v.is_crash() && v.right("char"),
    },
    Known {
        id: "Q77",
        title: "`AwkStrftime` panics on an invalid directive",
        side: Side::Interp,
        shows: |v| v.has(&["AwkStrftime", "ExtendedWide"]) && v.is_crash() && v.right("Display"),
    },
    Known {
        id: "Q78",
        title: "`AwkIntdiv` and `AwkIntdiv0` panic for `i64::MIN / -1`",
        side: Side::Interp,
        shows: |v| {
            v.has(&["AwkIntdiv", "AwkIntdiv0", "ExtendedWide"])
                && v.is_crash()
                && v.right("overflow")
        },
    },
    Known {
        id: "Q70",
        title: "the operand count of an AWK op through `ExtendedWide` is unbounded",
        side: Side::Interp,
        shows: |v| v.record("awk argument count") || (v.has(&["ExtendedWide"]) && v.is_crash()),
    },
    Known {
        id: "Q69",
        title: "an unassigned AWK number of `ExtendedWide` pushes nothing without a host",
        side: Side::Interp,
        shows: |v| v.has(&["ExtendedWide"]),
    },
    Known {
        id: "Q1",
        title: "`Return` and `ReturnValue` at the root frame run the chunk a second time",
        side: Side::Interp,
        shows: |v| v.has(&["Return", "ReturnValue"]) && !v.has(&["PushFrame", "PopFrame"]),
    },
    Known {
        id: "Q3",
        title: "`Return` inside an open scope does not leave the function",
        side: Side::Interp,
        shows: |v| v.has(&["Return", "ReturnValue"]) && v.has(&["PushFrame"]),
    },
    Known {
        id: "Q2",
        title: "`PopFrame` pops call frames and the root frame",
        side: Side::Interp,
        shows: |v| v.has(&["PopFrame"]),
    },
    Known {
        id: "Q5",
        title: "`Call` with more arguments than values has a stack base out of range",
        side: Side::Interp,
        shows: |v| v.has(&["Call"]) && (v.is_in("frames") || v.is_crash()),
    },
    Known {
        id: "Q35",
        title: "increments and fused ops panic where they overflow",
        side: Side::Interp,
        shows: |v| v.is_in("panic") && v.right("overflow") && v.names_slots(),
    },
    Known {
        id: "Q79",
        title: "`AwkSubstr` panics where start and length overflow",
        side: Side::Interp,
        shows: |v| v.is_in("panic") && v.right("overflow") && v.has(&["AwkSubstr", "ExtendedWide"]),
    },
    Known {
        id: "R5",
        title: "a limit that does not exist: the process dies or never ends",
        side: Side::Interp,
        shows: |v| v.is_crash(),
    },
    Known {
        id: "D23",
        title: "chunks that were deserialized share compiled code (Q49)",
        side: Side::Tiers,
        shows: |v| v.is_by("published-deserialized"),
    },
    Known {
        id: "D10",
        title: "an empty stack at the end gives `Int(0)` instead of `Halted`",
        side: Side::Tiers,
        shows: |v| v.is_in("result") && v.left("halted") && v.right("Int(0)"),
    },
    Known {
        id: "D24",
        title: "`ip` and the values below the result are not what a run leaves, those of the caller are not seen",
        side: Side::Tiers,
        shows: |v| {
            v.is_in("ip")
                || (v.is_in("stack") && v.shape("another count"))
                || v.starts_with_a_stack()
        },
    },
    Known {
        id: "D14",
        title: "slots that the frame does not have are read and written out of bounds",
        side: Side::Tiers,
        shows: |v| {
            let corrupts = v.is_in("process") && (v.right("SIGSEGV") || v.right("SIGABRT"));
            (corrupts && v.names_slots()) || (v.is_in("slots") && v.shape("count"))
        },
    },
    Known {
        id: "D5",
        title: "`Mod` of two integers by zero traps",
        side: Side::Tiers,
        shows: |v| v.has(&["Mod"]) && v.is_crash(),
    },
    Known {
        id: "D4",
        title: "`Div` of two integers truncates, and traps for zero",
        side: Side::Tiers,
        shows: |v| v.has(&["Div"]),
    },
    Known {
        id: "D6",
        title: "`Pow` of two integers wraps instead of giving a `Float`",
        side: Side::Tiers,
        shows: |v| v.has(&["Pow"]),
    },
    Known {
        id: "D7",
        title: "a `Float` out of range, or NaN, that becomes an integer traps",
        side: Side::Tiers,
        shows: |v| v.is_crash() && v.right("SIGILL"),
    },
    Known {
        id: "D8",
        title: "NaN is falsy as a condition and in `LogNot`",
        side: Side::Tiers,
        shows: |v| v.may_have_nan() && v.has(&DECIDING),
    },
    Known {
        id: "D11",
        title: "`PushFrame` and `PopFrame` open and close no scope",
        side: Side::Tiers,
        shows: |v| v.has(&FRAMES),
    },
    Known {
        id: "D16",
        title: "`AwkInt` does not go through f64: a `Float` stays one, an `Int` keeps all bits",
        side: Side::Tiers,
        shows: |v| v.has(&["AwkInt"]),
    },
    Known {
        id: "D17",
        title: "`AwkAnd`, `AwkOr` and `AwkXor` of integers above 2^53 are exact",
        side: Side::Tiers,
        shows: |v| v.has(&AWK_BITS) && !v.is_in("log"),
    },
    Known {
        id: "D19",
        title: "shift counts from 2^32 up are taken modulo 64",
        side: Side::Tiers,
        shows: |v| {
            v.has(&["AwkLshiftJit", "AwkRshiftJit"]) && v.shape("another") && !v.record("error")
        },
    },
    Known {
        id: "D20",
        title: "`GcdInt` that reaches 2^63 gives `i64::MAX`",
        side: Side::Tiers,
        shows: |v| v.has(&["GcdInt"]),
    },
    Known {
        id: "D21",
        title: "slot writes before an AWK error are discarded",
        side: Side::Tiers,
        shows: |v| v.record("error") && v.is_in("slots"),
    },
    Known {
        id: "D18",
        title: "AWK ops bypass a host that answers them",
        side: Side::Tiers,
        shows: |v| v.is_in("log") && v.left("awk "),
    },
    Known {
        id: "D15",
        title: "frames rebuilt after a trace exit have wrong slots or stack bases",
        side: Side::Tiers,
        shows: |v| v.has(&["Call"]) && (v.is_in("frames") || v.is_in("slots")),
    },
    Known {
        id: "D2",
        title: "arithmetic on a `Bool` gives an `Int`",
        side: Side::Tiers,
        shows: |v| v.has(&TRUTHS) && v.has(&ARITHMETIC) && v.became_int(),
    },
    Known {
        id: "D1",
        title: "a comparison, `LogNot`, `LoadTrue` and `LoadFalse` give an `Int`",
        side: Side::Tiers,
        shows: |v| v.shape("Bool became") && v.became_int(),
    },
    Known {
        id: "D12",
        title: "a number stored in a slot takes the kind that the slot had: a `Float` is truncated",
        side: Side::Tiers,
        shows: |v| v.is_in("slots") && (v.shape("Float became") || v.shape("became Float")),
    },
    Known {
        id: "D13",
        title: "slots of other kinds are read as integers and overwritten",
        side: Side::Tiers,
        shows: |v| {
            let seen_by_handler = v.is_in("log") && v.left("Undef") && v.right("Int(0)");
            seen_by_handler || (v.is_in("slots") && (v.became_int() || v.starts_with_other_kinds()))
        },
    },
    Known {
        id: "D9",
        title: "the result of a chunk that ran as a whole is always an `Int`",
        side: Side::Tiers,
        shows: |v| v.is_in("result") && v.became_int() && !v.is_by("published-linear"),
    },
    Known {
        id: "D3",
        title: "an integral `LoadFloat` becomes an `Int`",
        side: Side::Tiers,
        shows: |v| v.constant(is_float) && (v.became_int() || v.left("Float(-0.0)")),
    },
    Known {
        id: "D14",
        title: "slots that the frame does not have are read and written out of bounds",
        side: Side::Tiers,
        shows: |v| v.names_missing_slots() && !v.is_by("published-trace"),
    },
];

/// The samples by cause: known ones in the order of their numbers, then the others, what is
/// seen most often in front.
pub fn group(samples: &[Sample]) -> Vec<Cause> {
    let mut known: BTreeMap<usize, Vec<&Sample>> = BTreeMap::new();
    let mut unknown: Vec<Likeness> = Vec::new();
    // The smallest first, so that larger programs with the same difference join them.
    let mut samples: Vec<_> = samples.iter().collect();
    samples.sort_by_key(|sample| size(sample));
    for sample in samples {
        let side = side(sample);
        let view = View { sample };
        let rule = KNOWN
            .iter()
            .position(|known| known.side == side && (known.shows)(&view));
        if let Some(rule) = rule {
            // Several rules may tell of one difference.
            let first = KNOWN.iter().position(|known| known.id == KNOWN[rule].id);
            known.entry(first.unwrap_or(rule)).or_default().push(sample);
            continue;
        }
        match unknown.iter_mut().find(|likeness| likeness.holds(sample)) {
            Some(likeness) => likeness.samples.push(sample),
            None => unknown.push(Likeness::of(sample)),
        }
    }
    let known = known
        .into_iter()
        .filter_map(|(rule, samples)| cause(Some(&KNOWN[rule]), &samples));
    let unknown = unknown
        .iter()
        .filter_map(|likeness| cause(None, &likeness.samples));
    let mut causes: Vec<_> = known.chain(unknown).collect();
    causes.sort_by_key(|cause| {
        let is_new = cause.id.is_none();
        (is_new, cause.id.map(number), u64::MAX - cause.times)
    });
    causes
}

/// Whose defect a sample shows.
fn side(sample: &Sample) -> Side {
    match sample.signature.subject.as_str() {
        "published-interp" => Side::Interp,
        _ => Side::Tiers,
    }
}

/// Samples that the specification does not know and that look alike: by programs that contain
/// the ops of the smallest one, and with the same difference.
struct Likeness<'s> {
    side: Side,
    difference: String,
    ops: BTreeSet<&'static str>,
    samples: Vec<&'s Sample>,
}

impl<'s> Likeness<'s> {
    fn of(sample: &'s Sample) -> Likeness<'s> {
        Likeness {
            side: side(sample),
            difference: difference(sample),
            ops: sample.ops(),
            samples: vec![sample],
        }
    }

    fn holds(&self, sample: &Sample) -> bool {
        let ops = sample.ops();
        if self.side != side(sample) || self.ops.is_empty() != ops.is_empty() {
            return false;
        }
        // An op that means something else in the interpreter differs in many ways.
        let is_the_op = self.side == Side::Interp && self.ops.len() == 1;
        self.ops.is_subset(&ops) && (is_the_op || self.difference == difference(sample))
    }
}

/// How a sample differs; where the wrong value was left is accidental.
fn difference(sample: &Sample) -> String {
    let Signature { field, shape, .. } = &sample.signature;
    match field.as_str() {
        "result" | "stack" | "globals" | "slots" | "output" => shape.clone(),
        field => format!("{field}, {shape}"),
    }
}

/// The order of `Q29` and `D4`.
fn number(id: &'static str) -> (char, u32) {
    let mut chars = id.chars();
    let letter = chars.next().unwrap_or(' ');
    (letter, chars.as_str().parse().unwrap_or(0))
}

fn cause(known: Option<&Known>, samples: &[&Sample]) -> Option<Cause> {
    let smallest = samples.iter().min_by_key(|sample| size(sample))?;
    let mut subjects: Vec<_> = samples
        .iter()
        .map(|sample| sample.signature.subject.clone())
        .collect();
    subjects.sort_unstable();
    subjects.dedup();
    Some(Cause {
        id: known.map(|known| known.id),
        title: known.map_or_else(|| title(smallest), |known| known.title.to_owned()),
        subjects,
        smallest: (*smallest).clone(),
        times: samples.iter().map(|sample| sample.times).sum(),
        samples: samples.len(),
    })
}

fn size(sample: &Sample) -> (usize, usize) {
    let case = &sample.case;
    (
        case.chunk.ops.len(),
        case.slots.len() + case.globals.len() + case.stack.len(),
    )
}

/// The title of a cause that the specification does not know: its ops, and what differs.
fn title(sample: &Sample) -> String {
    let ops: Vec<_> = sample
        .ops()
        .into_iter()
        .map(|op| format!("`{op}`"))
        .collect();
    let ops = match ops.is_empty() {
        true => "literals and moves".to_owned(),
        false => ops.join(", "),
    };
    let Signature { field, shape, .. } = &sample.signature;
    match field.as_str() {
        "process" => format!("{ops}: the process {shape}"),
        "panic" => format!("{ops}: {shape}"),
        _ => format!("{ops}: {field}, {shape}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Found;
    use fusevm::asm;
    use fusevm_conformance::case::Case;

    fn sample(subject: &str, field: &str, shape: &str, program: &str) -> Sample {
        let found = Found {
            field: field.to_owned(),
            place: field.to_owned(),
            left: String::new(),
            right: shape.to_owned(),
            shape: shape.to_owned(),
        };
        Sample {
            signature: Signature {
                subject: subject.to_owned(),
                field: field.to_owned(),
                shape: shape.to_owned(),
            },
            case: Case::new(asm::assemble(program).expect("the program is well formed")),
            found,
            record: String::new(),
            times: 2,
        }
    }

    #[test]
    fn known_differences_have_their_number_and_come_first() {
        let samples = [
            sample("published-interp", "result", "another Int", "StringLen"),
            sample(
                "published-interp",
                "panic",
                "remainder with overflow",
                "Mod",
            ),
            sample("published-block", "process", "SIGFPE", "LoadInt 0\nMod"),
        ];
        let causes = group(&samples);
        let ids: Vec<_> = causes.iter().map(|cause| cause.id).collect();
        assert_eq!(ids, [Some("D5"), Some("Q29"), None]);
        assert_eq!(causes[2].title, "`StringLen`: result, another Int");
    }

    #[test]
    fn what_looks_alike_is_one_cause_whichever_tier_shows_it() {
        let shape = "another Int";
        let samples = [
            sample("published-block", "slots", shape, "Inc"),
            sample("published-trace", "result", shape, "LoadInt 1\nInc\nBitNot"),
            sample(
                "published-trace",
                "result",
                "another Float",
                "LoadInt 1\nInc",
            ),
            sample("published-interp", "result", shape, "LoadInt 1\nInc"),
        ];
        let causes = group(&samples);
        assert_eq!(causes.len(), 3, "{causes:?}");
        let both = &causes.iter().find(|cause| cause.samples == 2);
        let both = both.expect("two samples of the same difference");
        assert_eq!(both.subjects, ["published-block", "published-trace"]);
        assert_eq!(both.times, 4);
        assert_eq!(both.smallest.case.chunk.ops.len(), 1);
    }
}
