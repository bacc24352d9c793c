//! Ops on operands that mean something to them and to few others: formats and times,
//! numerals, characters, shifts, steps.
//!
//! [`super::values::ALL`] is what every op is tried on, so it holds few formats of `strftime`.
//! Here an op meets every combination of what is written down for each of its operands.

use super::super::kinds::{EDGE_FLOATS, EDGE_INTS, TEXTS};
use super::numbered::{Numbered, walk};
use super::program::{Source, pools};
use super::specimen::{Specimen, specimens};
use super::tuples::{Tuple, filler, in_a_loop, packable, straight};
use crate::campaign::SplitMix;
use crate::case::Case;
use fusevm::{Op, Value};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Ops, and what is tried for each of their operands.
struct Domain {
    ops: Vec<Op>,
    columns: Vec<Vec<Value>>,
}

/// Tuples of one straight line, and of one loop.
const IN_A_LINE: usize = 12;
const IN_A_LOOP: usize = 60;

/// An op of a domain, and how its operands reach it: from a source in a straight line, or out
/// of arrays in a loop.
type Item = (Specimen, &'static [Vec<Value>], Option<Source>);

pub(super) static CASES: LazyLock<Numbered<Item>> = LazyLock::new(|| {
    static DOMAINS: LazyLock<Vec<Domain>> = LazyLock::new(domains);
    let forms = Source::ALL.map(Some).into_iter().chain([None]);
    let ops = DOMAINS.iter().flat_map(|domain| {
        let ops = domain.ops.iter().copied().flat_map(specimens);
        ops.map(|specimen| (specimen, &domain.columns[..]))
    });
    let items = ops.flat_map(move |(specimen, columns)| {
        let n_tuples = count(&specimen, columns);
        forms.clone().map(move |form| {
            let n_cases = n_tuples.div_ceil(length(form));
            (n_cases as u64, (specimen.clone(), columns, form))
        })
    });
    Numbered::new(items)
});

fn length(form: Option<Source>) -> usize {
    match form {
        Some(_) => IN_A_LINE,
        None => IN_A_LOOP,
    }
}

/// How many tuples an op has. It may have fewer operands than there are columns.
fn count(specimen: &Specimen, columns: &[Vec<Value>]) -> usize {
    let used = columns.iter().take(specimen.places.len());
    used.map(Vec::len).product()
}

/// A case: an even sample of an op's tuples.
pub(super) fn case(number: u64) -> Case {
    let ((specimen, columns, form), part) = CASES.at(number);
    let n_tuples = count(specimen, columns);
    let first = part as usize * length(*form);
    let numbers = first..(first + length(*form)).min(n_tuples);
    let tuples = numbers
        .map(|n| {
            let at = walk(n_tuples as u64, n as u64, &mut SplitMix::new(0));
            nth(specimen, columns, at as usize)
        })
        .collect();
    let tuples = packable(specimen, tuples);
    match form {
        Some(source) => straight(specimen, *source, &tuples, number),
        None => in_a_loop(specimen, &tuples, number),
    }
}

/// The tuple with a number below [`count`].
fn nth(specimen: &Specimen, columns: &[Vec<Value>], mut number: usize) -> Tuple {
    (0..specimen.places.len())
        .map(|place| match columns.get(place) {
            Some(column) => {
                let value = column[number % column.len()].clone();
                number /= column.len();
                value
            }
            None => filler(number, place).clone(),
        })
        .collect()
}

fn ints(ints: &[i64]) -> Vec<Value> {
    ints.iter().copied().map(Value::Int).collect()
}

fn floats(floats: &[f64]) -> Vec<Value> {
    floats.iter().copied().map(Value::Float).collect()
}

fn texts(texts: &[&str]) -> Vec<Value> {
    texts.iter().copied().map(Value::str).collect()
}

fn list(elements: &[Value]) -> Value {
    Value::Array(elements.to_vec())
}

const GLOBAL: u16 = pools::GLOBAL as u16;

fn domains() -> Vec<Domain> {
    vec![
        Domain {
            ops: [3, 2, 1].map(Op::AwkStrftime).to_vec(),
            columns: vec![texts(&FORMATS), seconds(), ints(&[1, 0])],
        },
        Domain {
            ops: [2, 1].map(Op::AwkMktime).to_vec(),
            columns: vec![texts(&TIMES), ints(&[1, 0])],
        },
        Domain {
            ops: vec![Op::AwkStrtonum],
            columns: vec![numerals()],
        },
        Domain {
            ops: vec![
                Op::AwkInt,
                Op::Negate,
                Op::TruncInt,
                Op::AbsFloat,
                Op::BitNot,
                Op::LogNot,
            ],
            columns: vec![numerals()],
        },
        Domain {
            ops: vec![Op::Add, Op::BitOr, Op::NumEq, Op::Spaceship, Op::AwkMod],
            columns: vec![numerals(), texts(&["1", " 2.5", "0x10", "-0"])],
        },
        Domain {
            ops: vec![Op::Concat, Op::StrCmp, Op::StrEq, Op::AwkIndex],
            columns: vec![written(), written()],
        },
        Domain {
            ops: [3, 2].map(Op::AwkSubstr).to_vec(),
            columns: vec![texts(&SEARCHED), positions(), positions()],
        },
        Domain {
            ops: vec![Op::AwkIndex, Op::StrCmp, Op::StrLt, Op::StrGe, Op::StrMatch],
            columns: vec![texts(&SEARCHED), texts(&SOUGHT)],
        },
        Domain {
            ops: vec![
                Op::AwkToUpper,
                Op::AwkToLower,
                Op::AwkLength(1),
                Op::AwkOrd,
                Op::StringLen,
                Op::WordSplit,
            ],
            columns: vec![texts(&LETTERS)],
        },
        Domain {
            ops: vec![Op::AwkChr],
            columns: vec![characters()],
        },
        Domain {
            ops: vec![Op::AwkAnd(2), Op::AwkOr(2), Op::AwkXor(2)],
            columns: vec![words(), words()],
        },
        Domain {
            ops: vec![Op::AwkAnd(3), Op::AwkOr(3), Op::AwkXor(3)],
            columns: vec![words(), ints(&[6, -1]), ints(&[3, 1 << 40])],
        },
        Domain {
            ops: vec![Op::AwkCompl, Op::AwkComplJit, Op::BitNot],
            columns: vec![words()],
        },
        Domain {
            ops: vec![
                Op::AwkLshift,
                Op::AwkRshift,
                Op::AwkLshiftJit,
                Op::AwkRshiftJit,
                Op::Shl,
                Op::Shr,
            ],
            columns: vec![words(), shifts()],
        },
        Domain {
            ops: vec![
                Op::Div,
                Op::Mod,
                Op::AwkDiv,
                Op::AwkMod,
                Op::AwkDivJit,
                Op::AwkModJit,
                Op::AwkIntdiv,
                Op::AwkIntdiv0,
            ],
            columns: vec![dividends(), divisors()],
        },
        Domain {
            ops: vec![Op::Pow, Op::PowFloat],
            columns: vec![bases(), exponents()],
        },
        Domain {
            ops: vec![Op::GcdInt, Op::LcmInt],
            columns: vec![factors(), factors()],
        },
        Domain {
            ops: vec![
                Op::RoundFloat,
                Op::FloorFloat,
                Op::CeilFloat,
                Op::TruncFloat,
                Op::TruncInt,
                Op::AwkInt,
            ],
            columns: vec![halves()],
        },
        Domain {
            ops: vec![Op::RangeStep],
            columns: vec![ends(), ends(), steps()],
        },
        Domain {
            ops: vec![Op::Range],
            columns: vec![ends(), ends()],
        },
        Domain {
            ops: vec![Op::StringRepeat],
            columns: vec![texts(&LETTERS), ints(&[0, 1, 2, 3, 7, -1])],
        },
        Domain {
            ops: vec![Op::ArrayGet(GLOBAL), Op::SlotArrayGet(0)],
            columns: vec![lists(), indices()],
        },
        Domain {
            ops: vec![Op::ArraySet(GLOBAL), Op::SlotArraySet(0)],
            columns: vec![lists(), ints(&[7]), indices()],
        },
        Domain {
            ops: vec![
                Op::HashGet(GLOBAL),
                Op::HashExists(GLOBAL),
                Op::HashDelete(GLOBAL),
            ],
            columns: vec![vec![table()], keys()],
        },
        Domain {
            ops: vec![Op::HashSet(GLOBAL)],
            columns: vec![vec![table()], ints(&[7]), keys()],
        },
        Domain {
            ops: vec![Op::SortDefault],
            columns: vec![unsorted()],
        },
    ]
}

/// Every documented conversion of `strftime`, what is nearly one, and texts.
const FORMATS: [&str; 24] = [
    "%Y-%m-%d %H:%M:%S",
    "%C %y %G %g %b %h %B",
    "%e %j %a %A %u %w",
    "%U %W %V",
    "%k %I %l %P %p",
    "%f %.f",
    "%.3f %.6f %.9f",
    "%3f %6f %9f",
    "%D %x %F %v",
    "%T %X %R %r",
    "%Z %z %:z",
    "%::z %:::z",
    "%c|%+",
    "%s %q",
    "%n%t%%",
    "%-d %_d %0e",
    "%-D%_T%0c",
    "%i%#z%5Y%E%O",
    "%",
    "%-",
    "",
    "plain",
    "\u{e9}%\u{e9}%Y",
    "%Y%Y%Y%Y",
];

/// Seconds since the epoch: fractions, leap days, ends of years and of the calendar.
fn seconds() -> Vec<Value> {
    let mut all = ints(&[
        0,
        -1,
        59,
        86_399,
        86_400,
        951_782_399,
        951_868_800,
        1_230_767_999,
        4_102_444_800,
        -62_135_596_800,
        -62_167_219_201,
        253_402_300_800,
        8_210_266_876_799,
        8_210_266_876_800,
        -8_334_601_228_800,
        -8_334_601_228_801,
        i64::MAX,
    ]);
    all.extend(floats(&[
        0.25,
        -0.5,
        1.000_000_001,
        0.999_999_999_9,
        1_234_567_890.125,
        f64::NAN,
        f64::INFINITY,
        1e300,
    ]));
    all.extend(texts(&["60", "x"]));
    all
}

/// Times as `mktime` reads them, or does not.
const TIMES: [&str; 26] = [
    "2020 01 01 00 00 00",
    "1970 1 1 0 0 0",
    "1969 12 31 23 59 58",
    "2020 2 29 23 59 59",
    "2021 2 29 0 0 0",
    "2020 2 30 0 0 0",
    "2020 12 31 12 30 15",
    "2020 13 1 0 0 0",
    "2020 0 1 0 0 0",
    "2020 1 0 0 0 0",
    "2020 1 32 0 0 0",
    "2020 1 1 24 0 0",
    "2020 1 1 23 60 0",
    "2020 1 1 23 59 60",
    "2020 1 1",
    "2020 1 1 1 1",
    "  2020\t6 15 1\n2 3 ",
    "2020 1 1 0 0 0 1",
    "2020 1 1 0 0 0 x",
    "2020 1 1 0 0 x",
    "-1 1 1 0 0 0 1",
    "+2020 1 1 0 0 0",
    "2020 -1 1 0 0 0",
    "9999999 1 1 0 0 0",
    "262142 12 31 23 59 59",
    "",
];

/// Numbers in every notation that some op reads: signs, digits, and what stands behind them.
fn numerals() -> Vec<Value> {
    let signs = ["", "-", "+", " "];
    let digits = [
        "12", "1", ".5", "5.", ".", "3.75", "0x1F", "0X", "0xg", "017", "089", "0", "00.5", "1_0",
        "inf", "nan", "Infinity", "\u{e9}",
    ];
    let ends = ["", "e3", "E+2", "e-1", "e", "e+", "x", " ", "e1.5", "e400"];
    let mut all = Vec::new();
    for sign in signs {
        for digits in digits {
            let numeral = |end: &&str| Value::str(format!("{sign}{digits}{end}"));
            all.extend(ends.iter().map(numeral));
        }
    }
    all
}

/// Numbers that are written in different ways when they become texts.
fn written() -> Vec<Value> {
    let mut all = floats(&[
        0.0,
        -0.0,
        1.0,
        -2.5,
        0.1,
        1e15,
        1e16,
        123_456_789_012_345_680.0,
        1e21,
        1e22,
        1e-4,
        1e-5,
        1.5e-7,
        5e-324,
        f64::MAX,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ]);
    all.extend(ints(&[0, -7, i64::MIN, i64::MAX]));
    all.extend([
        Value::Undef,
        Value::Bool(true),
        Value::Bool(false),
        Value::Status(-3),
        Value::NativeFn(7),
        Value::Ref(Box::new(Value::Int(1))),
        list(&ints(&[1, 2])),
        table(),
    ]);
    all.extend(texts(&["", "1", "ab", "Undef"]));
    all
}

/// Texts in which is searched: positions in characters are not those in bytes.
const SEARCHED: [&str; 9] = [
    "abcabc",
    "\u{e9}t\u{e9}",
    "a\u{e9}\u{1f600}bc",
    "",
    "b",
    "aab",
    "B",
    "12345",
    "ab*",
];

/// Texts for which is searched.
const SOUGHT: [&str; 12] = [
    "bc",
    "b",
    "c",
    "\u{e9}",
    "\u{1f600}b",
    "",
    "x",
    "ab",
    "B",
    "ab*",
    "12345",
    "abcabcd",
];

/// Positions in a text, in characters, and how many of them.
fn positions() -> Vec<Value> {
    let mut all = ints(&[1, 2, 3, 0, 4, 6, 7, -1, i64::MAX, i64::MIN]);
    all.extend(floats(&[0.5, 1.5, 2.5, 0.4, -0.5, f64::NAN, f64::INFINITY]));
    all.extend(texts(&["2", "x"]));
    all
}

/// Texts whose letters have several cases, widths and gaps between them.
const LETTERS: [&str; 16] = [
    "abc",
    "ABC xyz",
    "\u{e9}\u{c9}",
    "\u{df}",
    "\u{149}x",
    "\u{130}",
    "\u{1c5}",
    "\u{39f}\u{3a3} \u{39f}\u{3a3}",
    "\u{1f600}",
    "a\u{301}",
    "",
    " ",
    "  a\t b\n",
    "a\u{a0}b\u{2003}c",
    "one two  three",
    "\0x",
];

/// Code points at the ends of what characters are.
fn characters() -> Vec<Value> {
    let mut all = ints(&[
        0,
        65,
        127,
        128,
        255,
        256,
        0x7ff,
        0x800,
        0xd7ff,
        0xd800,
        0xdfff,
        0xe000,
        0xffff,
        0x1_0000,
        0x10_ffff,
        0x11_0000,
        -1,
        1 << 32,
        4_294_967_361,
        i64::MIN,
    ]);
    all.extend(floats(&[65.9, -0.5, f64::NAN, f64::INFINITY, 1e300]));
    all.extend(texts(&["66", "B", ""]));
    all
}

/// Numbers as bits: AWK has floats only, which are truncated and saturated.
fn words() -> Vec<Value> {
    let mut all = ints(&[
        0,
        1,
        -1,
        6,
        0xff00,
        (1 << 53) - 1,
        (1 << 53) + 1,
        i64::MAX,
        i64::MIN,
        -8,
        0x5555_5555_5555_5555,
    ]);
    all.extend(floats(&[
        1.9,
        -1.9,
        0.99,
        2f64.powi(63),
        2f64.powi(64),
        -2f64.powi(63),
        f64::NAN,
        f64::INFINITY,
    ]));
    all.extend(texts(&["12", "0x10"]));
    all.push(Value::Undef);
    all
}

/// Distances of shifts.
fn shifts() -> Vec<Value> {
    let mut all = ints(&[
        0,
        1,
        4,
        31,
        32,
        33,
        52,
        62,
        63,
        64,
        65,
        127,
        -1,
        -64,
        1 << 32,
        (1 << 32) + 3,
        i64::MAX,
        i64::MIN,
    ]);
    all.extend(floats(&[1.9, 0.5, f64::NAN, f64::INFINITY]));
    all.extend(texts(&["3"]));
    all
}

fn dividends() -> Vec<Value> {
    let mut all = ints(&[7, -7, 0, 1, 6, i64::MIN, i64::MAX, (1 << 53) + 1]);
    all.extend(floats(&[
        7.9,
        -7.9,
        -0.0,
        5.5,
        1e300,
        f64::NAN,
        f64::INFINITY,
    ]));
    all.extend(texts(&["17", "x"]));
    all
}

fn divisors() -> Vec<Value> {
    let mut all = ints(&[2, -2, 3, -3, 1, -1, 7, i64::MIN, i64::MAX]);
    all.extend(floats(&[
        2.5,
        -2.5,
        0.5,
        1e-300,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ]));
    all.extend(texts(&["4"]));
    all.extend([Value::Bool(true), Value::Int(0), Value::Float(-0.0)]);
    all
}

fn bases() -> Vec<Value> {
    let mut all = ints(&[0, 1, -1, 2, -2, 3, -3, 10, 46_341, i64::MAX, i64::MIN]);
    all.extend(floats(&[
        0.5,
        -0.5,
        -0.0,
        1.0,
        -8.0,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ]));
    all
}

fn exponents() -> Vec<Value> {
    let mut all = ints(&[
        0,
        1,
        2,
        3,
        4,
        -1,
        -2,
        -3,
        31,
        32,
        62,
        63,
        64,
        65,
        1 << 32,
        (1 << 32) + 1,
        i64::MAX,
        i64::MIN,
    ]);
    all.extend(floats(&[
        0.5,
        -0.5,
        2.0,
        3.0,
        1.0 / 3.0,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ]));
    all
}

fn factors() -> Vec<Value> {
    ints(&[
        0,
        1,
        -1,
        12,
        -18,
        35,
        1 << 32,
        3_037_000_500,
        -3_037_000_499,
        i64::MAX,
        i64::MIN,
        i64::MIN + 1,
        1 << 62,
        6,
    ])
}

/// Floats at which roundings differ.
fn halves() -> Vec<Value> {
    let mut all: Vec<Value> = (-10..=10)
        .map(|n| Value::Float(f64::from(n) / 4.0))
        .collect();
    all.extend(floats(&[
        -0.0,
        0.499_999_999_999_999_94,
        -0.499_999_999_999_999_94,
        4_503_599_627_370_495.5,
        4_503_599_627_370_497.5,
        9_007_199_254_740_991.0,
    ]));
    all.extend(EDGE_FLOATS.map(Value::Float));
    all
}

/// Ends of ranges.
fn ends() -> Vec<Value> {
    let mut all = ints(&[
        0,
        1,
        -2,
        5,
        6,
        10,
        i64::MAX,
        i64::MAX - 1,
        i64::MIN,
        i64::MIN + 2,
    ]);
    all.extend(floats(&[2.9, -2.9]));
    all
}

fn steps() -> Vec<Value> {
    ints(&[1, 2, 3, -1, -2, -3, 0, 7, i64::MAX, i64::MIN, i64::MIN + 1])
}

fn lists() -> Vec<Value> {
    vec![
        list(&ints(&[10, 20, 30])),
        list(&texts(&["a"])),
        list(&[]),
        Value::Int(5),
        Value::Undef,
    ]
}

fn indices() -> Vec<Value> {
    let mut all = ints(&[
        0,
        1,
        2,
        3,
        4,
        -1,
        -2,
        -3,
        -4,
        9,
        i64::MIN,
        i64::MAX,
        1 << 32,
    ]);
    all.extend(floats(&[1.9, -0.5, -1.5, f64::NAN]));
    all.extend(texts(&["1", "x"]));
    all.extend([Value::Bool(true), Value::Undef]);
    all
}

fn table() -> Value {
    let entries = [
        ("10", Value::Int(1)),
        ("2.5", Value::str("x")),
        ("", Value::Float(0.5)),
        ("true", Value::Undef),
        ("-0", Value::Int(4)),
        ("1e21", Value::Int(5)),
        ("NaN", Value::Int(6)),
    ];
    let entries = entries.map(|(key, value)| (key.to_owned(), value));
    Value::Hash(HashMap::from(entries))
}

fn keys() -> Vec<Value> {
    let mut all = written();
    all.extend(ints(&[10, 1, 5]));
    all.extend(floats(&[10.0, 2.5]));
    all.extend(texts(&["10", "2.5", "NaN", "missing"]));
    all
}

/// Arrays whose elements compare as texts otherwise than as numbers.
fn unsorted() -> Vec<Value> {
    let text = texts(&["b", "a", "", "\u{e9}", "B", "10", "9", "a"]);
    vec![
        list(&ints(&[10, 9, 100, 1, -1])),
        list(&text),
        list(&floats(&[2.5, -0.0, 0.0, f64::NAN, 10.0])),
        list(&written()),
        list(&EDGE_INTS.map(Value::Int)),
        list(&TEXTS.map(Value::str)),
        list(&[]),
        list(&ints(&[3])),
        Value::str("cab"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Ending;
    use crate::subjects::REFERENCE;
    use std::collections::HashSet;

    #[test]
    fn there_is_a_column_for_every_operand() {
        for domain in domains() {
            for op in domain.ops {
                let places = crate::operands::places(&op);
                assert!(places.len() <= domain.columns.len(), "{op:?}: {places:?}");
            }
        }
    }

    #[test]
    fn all_tuples_of_an_op_are_met() {
        let is_judged = |item: &Item| item.0.op == Op::Range && item.2 == Some(Source::Slot);
        let mut met = HashSet::new();
        for number in 0..CASES.count() {
            let (item, part) = CASES.at(number);
            if is_judged(item) {
                let first = part as usize * IN_A_LINE;
                let n_tuples = count(&item.0, item.1);
                let numbers = first..(first + IN_A_LINE).min(n_tuples);
                met.extend(numbers.map(|n| walk(n_tuples as u64, n as u64, &mut SplitMix::new(0))));
            }
        }
        assert_eq!(met.len(), ends().len().pow(2));
    }

    #[test]
    fn formats_are_asked_for_fractions_of_seconds() {
        let asked = |number: &u64| {
            let (item, _) = CASES.at(*number);
            item.0.op == Op::AwkStrftime(3) && item.2 == Some(Source::Slot)
        };
        let mut stacks = String::new();
        for number in (0..CASES.count()).filter(asked) {
            let observed = REFERENCE
                .run(&case(number))
                .expect("the reference takes any case");
            let outcome = observed.outcome;
            assert!(!matches!(outcome.ending, Ending::Error(_)), "{number}");
            stacks += &format!("{:?} {:?}\n", outcome.ending, outcome.stack);
        }
        assert!(stacks.contains("125000000"), "{stacks}");
    }
}
