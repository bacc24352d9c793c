//! Kinds of values as a generator wants them, and the literals that are worth trying.

use super::entropy::Entropy;
use fusevm::Value;

/// What kind of value an expression is to have. A wish: every op takes every kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    Int,
    Float,
    Bool,
    Str,
    Array,
    Hash,
    Any,
}

impl Want {
    /// Kinds that arithmetic can keep unboxed.
    pub(super) fn is_number(self) -> bool {
        matches!(self, Want::Int | Want::Float)
    }
}

/// Integers at which something changes: wrapping, sign, exactness as a float.
pub(super) const EDGE_INTS: [i64; 22] = [
    -1,
    i64::MAX,
    i64::MIN,
    i64::MAX - 1,
    i64::MIN + 1,
    1 << 31,
    (1 << 31) - 1,
    -(1 << 31),
    -(1 << 31) - 1,
    1 << 32,
    (1 << 53) - 1,
    1 << 53,
    (1 << 53) + 1,
    -(1 << 53),
    -(1 << 53) - 1,
    1 << 62,
    63,
    64,
    65,
    -64,
    3_037_000_500,
    0x5555_5555_5555_5555,
];

/// Floats at which something changes.
pub(super) const EDGE_FLOATS: [f64; 24] = [
    -0.0,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    5e-324,
    -5e-324,
    f64::MIN_POSITIVE,
    f64::MAX,
    f64::MIN,
    9_223_372_036_854_775_808.0,
    -9_223_372_036_854_775_808.0,
    9_223_372_036_854_774_784.0,
    -9_223_372_036_854_777_856.0,
    9_007_199_254_740_992.0,
    9_007_199_254_740_993.5,
    2_147_483_648.0,
    -2_147_483_649.0,
    0.1,
    -0.5,
    2.5,
    -1.0,
    1e-9,
    709.79,
    -745.2,
];

/// Texts that are numbers, nearly numbers, or not numbers.
pub(super) const TEXTS: [&str; 22] = [
    "a",
    "",
    "0",
    "1",
    "abc",
    "10",
    "-7",
    "3.9",
    " 42",
    "1e3",
    "inf",
    "nan",
    "0.0",
    "00",
    "9223372036854775807",
    "9223372036854775808",
    "-0",
    "+5",
    "\u{e9}t\u{e9}",
    "b\n",
    "2e+1x",
    "%d %.1f",
];

/// A small integer, mostly.
pub(super) fn int(e: &mut Entropy) -> i64 {
    match e.weighted(&[(60, 0), (12, 1), (16, 2), (6, 3), (2, 4)]) {
        0 => e.range(0, 10),
        1 => e.range(-10, 300),
        2 => e.pick(&EDGE_INTS),
        3 => {
            let power = 1i64.wrapping_shl(e.range(0, 63) as u32);
            power.wrapping_add(e.range(-1, 1))
        }
        _ => e.bits() as i64,
    }
}

/// An integer between -2 and 8, for indices and counts.
pub(super) fn small_int(e: &mut Entropy) -> i64 {
    e.range(0, 10).min(8) - if e.chance(10) { 2 } else { 0 }
}

/// A simple float, mostly; integral ones as often as others.
pub(super) fn float(e: &mut Entropy) -> f64 {
    match e.weighted(&[(35, 0), (25, 1), (30, 2), (4, 3), (2, 4)]) {
        0 => e.range(0, 10) as f64,
        1 => e.range(-40, 400) as f64 / 8.0,
        2 => e.pick(&EDGE_FLOATS),
        3 => int(e) as f64,
        _ => f64::from_bits(e.bits()),
    }
}

/// A short text.
pub(super) fn text(e: &mut Entropy) -> String {
    e.pick(&TEXTS).to_owned()
}

/// A value at which some op changes what it does.
pub(super) fn edge(e: &mut Entropy) -> Value {
    match e.weighted(&[(34, 0), (12, 1), (32, 2), (6, 3), (8, 4), (8, 5)]) {
        0 => Value::Int(e.pick(&EDGE_INTS)),
        1 => Value::Int(e.range(-2, 3)),
        2 => Value::Float(e.pick(&EDGE_FLOATS)),
        3 => Value::Float(float(e)),
        4 => Value::str(text(e)),
        _ => any(e),
    }
}

/// A value of a wanted kind; `Any` is a value of any kind.
pub(super) fn value(e: &mut Entropy, want: Want) -> Value {
    match want {
        Want::Int => Value::Int(int(e)),
        Want::Float => Value::Float(float(e)),
        Want::Bool => Value::Bool(e.chance(50)),
        Want::Str => Value::str(text(e)),
        Want::Array => array(e),
        Want::Hash => hash(e),
        Want::Any => any(e),
    }
}

/// A value that is neither a collection nor of a rare kind.
pub(super) fn scalar(e: &mut Entropy) -> Value {
    let want = e.weighted(&[
        (50, Want::Int),
        (30, Want::Float),
        (10, Want::Bool),
        (10, Want::Str),
    ]);
    value(e, want)
}

fn any(e: &mut Entropy) -> Value {
    match e.weighted(&[
        (40, 0),
        (14, 1),
        (10, 2),
        (12, 3),
        (6, 4),
        (6, 5),
        (2, 6),
        (2, 7),
    ]) {
        0 => scalar(e),
        1 => Value::Undef,
        2 => Value::Bool(e.chance(50)),
        3 => array(e),
        4 => hash(e),
        5 => Value::Status(e.range(-1, 2) as i32),
        6 => Value::Ref(Box::new(scalar(e))),
        _ => Value::NativeFn(e.range(0, 9) as u16),
    }
}

/// An array of a few scalars, mostly of one kind.
fn array(e: &mut Entropy) -> Value {
    let n = e.range(0, 5);
    let want = e.pick(&[Want::Int, Want::Int, Want::Float, Want::Str]);
    let one_kind = !e.chance(30);
    Value::Array(
        (0..n)
            .map(|_| match one_kind {
                true => value(e, want),
                false => scalar(e),
            })
            .collect(),
    )
}

/// A hash with keys that [`key`] gives too.
fn hash(e: &mut Entropy) -> Value {
    let n = e.range(0, 3);
    Value::hash((0..n).map(|_| (key(e), scalar(e))).collect())
}

/// A key out of few, so that programs meet the keys that they have stored.
pub(super) fn key(e: &mut Entropy) -> String {
    e.pick(&["1", "a", "2", "0", "", "b", "3.5", "10"])
        .to_owned()
}

/// Slots beyond what any tier keeps in registers or finds without growing a frame.
pub(super) const FAR_SLOTS: [u16; 7] = [15, 16, 63, 64, 65, 255, 300];

/// A number of turns around the thresholds of the tiers.
pub(super) fn turns(e: &mut Entropy) -> i64 {
    match e.weighted(&[(7, 0), (24, 1), (28, 2), (26, 3), (5, 4)]) {
        0 => e.range(0, 2),
        1 => e.range(3, 9),
        2 => e.range(10, 40),
        3 => e.range(48, 62),
        _ => e.range(63, 120),
    }
}
