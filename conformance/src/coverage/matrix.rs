//! The matrix: op x tier x kinds of operands x {completes, errors, guard fails}.
//!
//! [`Cells`] says which cells of one op were reached, [`required`] which ones the
//! specification says are reachable. What is required follows from the op table: every op
//! takes operands of every kind, and every op of a chunk that verifies can be part of native
//! code. [`NOT_NATIVE`] and `RAISES` are the only lists of ops by name.
//!
//! An op completes in a tier with the kinds with which the interpreter runs it in a case
//! whose native code contains it. It errors with the kinds with which it ends such a case.
//! A guard fails with the kinds at the place where native code was left because of it; if
//! the interpreter meets more than two pairs there, nobody knows which it was, and nothing
//! counts.

use crate::campaign::{Plan, Shape};
use crate::case::Case;
use crate::generate::single;
use crate::operands::{KindPair, KindPairs, Place, pair, pair_text, places};
use fusevm::jit::TierName;
use fusevm::op::{OpInfo, Role, Section};
use fusevm::{Kind, Op};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// What can happen to an op in native code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// It does what it does.
    Completes,
    /// It ends the run with an error.
    Errors,
    /// A guard before it fails, and the interpreter runs it.
    GuardFails,
}

impl Column {
    /// All columns.
    pub const ALL: [Column; 3] = [Column::Completes, Column::Errors, Column::GuardFails];

    /// The column's name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Column::Completes => "completes",
            Column::Errors => "errors",
            Column::GuardFails => "guard fails",
        }
    }
}

/// Which cells of one op were reached.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cells([[KindPairs; Column::ALL.len()]; TierName::ALL.len()]);

impl Cells {
    /// The pairs of kinds for which a tier has reached a column.
    pub fn get(&self, tier: TierName, column: Column) -> KindPairs {
        self.0[tier as usize][column as usize]
    }

    /// Adds pairs to a column of a tier.
    pub fn extend(&mut self, tier: TierName, column: Column, pairs: KindPairs) {
        self.0[tier as usize][column as usize].extend(pairs);
    }

    /// Adds what was reached elsewhere.
    pub fn add(&mut self, other: &Cells) {
        for (mine, theirs) in self.0.iter_mut().flatten().zip(other.0.iter().flatten()) {
            mine.extend(*theirs);
        }
    }
}

/// Cells that must be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Required {
    /// None: the specification rules them out.
    Nothing,
    /// One with any kinds: what happens does not depend on them.
    Any,
    /// All of these.
    Each(KindPairs),
}

impl Required {
    /// How many cells there are.
    pub fn count(self) -> u32 {
        match self {
            Required::Nothing => 0,
            Required::Any => 1,
            Required::Each(pairs) => pairs.len(),
        }
    }

    /// How many of them were reached.
    pub fn reached(self, pairs: KindPairs) -> u32 {
        match self {
            Required::Nothing => 0,
            Required::Any => u32::from(!pairs.is_empty()),
            Required::Each(required) => required.common(pairs).len(),
        }
    }

    /// The kinds of the cells that were not reached, in words.
    fn missing(self, pairs: KindPairs) -> Vec<String> {
        match self {
            Required::Any if pairs.is_empty() => vec!["any".to_owned()],
            Required::Nothing | Required::Any => Vec::new(),
            Required::Each(required) => required.without(pairs).iter().map(pair_text).collect(),
        }
    }
}

/// A reachable cell that is empty, or several that differ in their kinds only.
#[derive(Debug, Clone)]
pub struct Empty {
    /// The op.
    pub op: &'static str,
    /// The tier.
    pub tier: TierName,
    /// The column.
    pub column: Column,
    /// Pairs of kinds.
    pub kinds: Vec<String>,
}

impl fmt::Display for Empty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 6;
        let shown = &self.kinds[..self.kinds.len().min(SHOWN)];
        let (column, kinds) = (self.column.as_str(), shown.join("; "));
        write!(f, "{} in {}, {column}: {kinds}", self.op, self.tier)?;
        match self.kinds.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

/// Structured programs among the [`cases`].
const PROGRAMS: u64 = 200;

/// A fixed set of cases that reaches every reachable cell: those that are made for it, and a
/// few structured programs.
pub fn cases() -> impl Iterator<Item = (Shape, Case)> {
    let plan = Plan {
        seed: 1,
        raw_per_mille: 0,
        single_per_mille: 0,
        ..Plan::default()
    };
    let single = single::of_every_kind().map(|case| (Shape::Single, case));
    single.chain((0..PROGRAMS).map(move |index| plan.case(index)))
}

/// The part that one op has in the matrix.
#[derive(Debug, Serialize)]
pub struct OpCells {
    /// The op.
    pub op: &'static str,
    /// Its cells, by tier and column.
    pub tiers: BTreeMap<&'static str, BTreeMap<&'static str, KindCells>>,
}

/// Cells that differ in the kinds of operands only.
#[derive(Debug, Serialize)]
pub struct KindCells {
    /// Kinds of operands of the cells that were reached.
    pub reached: Vec<String>,
    /// Kinds of operands of those that are reachable and were not.
    pub empty: Vec<String>,
}

/// The whole matrix, from the cells of every op by index.
pub fn matrix<'a>(cells: impl IntoIterator<Item = &'a Cells>) -> Vec<OpCells> {
    let of_tier = |op: &Op, cells: &Cells, tier| {
        let columns = Column::ALL.into_iter().map(|column| {
            let reached = cells.get(tier, column);
            let kinds = KindCells {
                reached: reached.iter().map(pair_text).collect(),
                empty: required(op, tier, column).missing(reached),
            };
            (column.as_str(), kinds)
        });
        (tier.as_str(), columns.collect())
    };
    let ops = single::plain_ops().into_iter().zip(cells);
    ops.map(|(op, cells)| OpCells {
        op: op.name(),
        tiers: TierName::ALL
            .into_iter()
            .map(|tier| of_tier(&op, cells, tier))
            .collect(),
    })
    .collect()
}

/// The cells of an op that are reachable and were not reached.
pub fn empty(op: &Op, cells: &Cells) -> Vec<Empty> {
    let mut found = Vec::new();
    for tier in TierName::ALL {
        for column in Column::ALL {
            let kinds = required(op, tier, column).missing(cells.get(tier, column));
            if !kinds.is_empty() {
                found.push(Empty {
                    op: op.name(),
                    tier,
                    column,
                    kinds,
                });
            }
        }
    }
    found
}

/// The cells of all ops, by index, that are reachable and were not reached.
pub fn all_empty<'a>(cells: impl IntoIterator<Item = &'a Cells>) -> Vec<Empty> {
    let ops = single::plain_ops().into_iter().zip(cells);
    ops.flat_map(|(op, cells)| empty(&op, cells)).collect()
}

/// The cells of one column that the specification says are reachable for an op with these
/// immediates.
pub fn required(op: &Op, tier: TierName, column: Column) -> Required {
    if !is_native(op.info(), tier) {
        return Required::Nothing;
    }
    match column {
        Column::Completes => completes(op),
        Column::Errors => errors(op),
        Column::GuardFails => guard_fails(op, tier),
    }
}

/// Ops that native code of some tiers cannot contain, though any other op can be part of it.
pub const NOT_NATIVE: [(&str, &[TierName], &str); 6] = [
    ("Call", &TierName::ALL, "calls run in the interpreter"),
    (
        "ForEachBlock",
        &TierName::ALL,
        "what it takes depends on a kind, so no chunk with it verifies",
    ),
    (
        "Extended",
        &[TierName::Linear, TierName::Trace],
        "extensions compile whole chunks with branches",
    ),
    (
        "Return",
        &[TierName::Trace],
        "a loop that is left by a return is not recorded",
    ),
    (
        "ReturnValue",
        &[TierName::Trace],
        "a loop that is left by a return is not recorded",
    ),
    (
        "AwkSignal",
        &[TierName::Trace],
        "the run ends with it, before its loop is recorded",
    ),
];

/// Whether native code of a tier can contain an op.
fn is_native(info: &OpInfo, tier: TierName) -> bool {
    let jumps = info
        .operands
        .iter()
        .any(|operand| operand.role == Role::Target);
    let is_listed = NOT_NATIVE
        .iter()
        .any(|(name, tiers, _)| *name == info.name && tiers.contains(&tier));
    let bends_a_line = tier == TierName::Linear && jumps;
    !(is_listed || bends_a_line)
}

/// Every pair of kinds that the operands of an op can have.
fn all_kinds(op: &Op) -> KindPairs {
    let kinds = || Kind::ALL.into_iter().map(Some);
    match pair(&places(op)) {
        None => [(None, None)].into_iter().collect(),
        Some((first, second)) if first == second => kinds().map(|kind| (None, kind)).collect(),
        Some(_) => kinds()
            .flat_map(|first| kinds().map(move |second| (first, second)))
            .collect(),
    }
}

/// On which operands an op raises an error.
#[derive(Debug, Clone, Copy)]
enum Raises {
    /// A zero divisor, which every kind can be.
    ZeroDivisor,
    /// An operand below zero, which few kinds can be.
    Negative,
    /// A limit is met, whatever the kinds are.
    Limit,
}

/// The ops that raise errors of their own in native code. An op that only pushes can meet
/// the limit of the value stack, but then native code is not entered; one that enters a
/// frame meets the limit of frames at its first turn, so that no loop around it is recorded.
const RAISES: [(&str, Raises); 23] = [
    ("AwkDiv", Raises::ZeroDivisor),
    ("AwkMod", Raises::ZeroDivisor),
    ("AwkDivJit", Raises::ZeroDivisor),
    ("AwkModJit", Raises::ZeroDivisor),
    ("AwkLshiftJit", Raises::Negative),
    ("AwkRshiftJit", Raises::Negative),
    ("AwkComplJit", Raises::Negative),
    ("Concat", Raises::Limit),
    ("StringRepeat", Raises::Limit),
    ("ConcatConstLoop", Raises::Limit),
    ("Range", Raises::Limit),
    ("RangeStep", Raises::Limit),
    ("ArrayPush", Raises::Limit),
    ("ArraySet", Raises::Limit),
    ("SlotArraySet", Raises::Limit),
    ("HashSet", Raises::Limit),
    ("PushIntRangeLoop", Raises::Limit),
    ("MakeArray", Raises::Limit),
    ("MakeHash", Raises::Limit),
    ("MapBlock", Raises::Limit),
    ("GrepBlock", Raises::Limit),
    ("SortBlock", Raises::Limit),
    ("AccumSumLoop", Raises::Limit),
];

fn raises(op: &Op) -> Option<Raises> {
    let row = RAISES.iter().find(|(name, _)| *name == op.name());
    row.map(|(_, raises)| *raises)
}

/// Every pair of kinds; a divisor must be able to be another number than zero.
fn completes(op: &Op) -> Required {
    let can_divide = |kind: Option<Kind>| {
        matches!(
            kind,
            Some(Kind::Bool | Kind::Int | Kind::Float | Kind::Str | Kind::Status)
        )
    };
    Required::Each(match raises(op) {
        Some(Raises::ZeroDivisor) => {
            let pairs = all_kinds(op).iter();
            pairs.filter(|(_, divisor)| can_divide(*divisor)).collect()
        }
        _ => all_kinds(op),
    })
}

fn errors(op: &Op) -> Required {
    let negative = |kind: Option<Kind>| {
        matches!(
            kind,
            Some(Kind::Int | Kind::Float | Kind::Str | Kind::Status)
        )
    };
    match raises(op) {
        None => Required::Nothing,
        Some(Raises::Limit) => Required::Any,
        Some(Raises::ZeroDivisor) => Required::Each(all_kinds(op)),
        Some(Raises::Negative) => {
            let pairs = all_kinds(op).iter();
            let pairs = pairs.filter(|(first, second)| negative(*first) || negative(*second));
            Required::Each(pairs.collect())
        }
    }
}

/// Whether recorded kinds of the op's operands are guarded: of what it takes from the stack,
/// in the sections that work on registers, and of the slot that `GetSlot` reads.
pub fn is_guarded(op: &Op) -> bool {
    let takes = op.stack_effect().0.fixed().unwrap_or(0);
    matches!(op, Op::GetSlot(_))
        || takes > 0
            && matches!(
                op.info().section,
                Section::Stack
                    | Section::Variables
                    | Section::Arithmetic
                    | Section::NumericCompare
                    | Section::Logic
                    | Section::ControlFlow
                    | Section::Numeric
            )
}

/// Whether the kind of one operand is guessed from the other one, and guarded, where nothing
/// was recorded.
pub fn is_guessed(op: &Op) -> bool {
    op.stack_effect().0.fixed() == Some(2)
        && matches!(
            op.info().section,
            Section::Arithmetic | Section::NumericCompare
        )
}

/// A guard looks at the kind of one operand. The other one has no part in it, so it is
/// required to be a number and not of every kind.
fn guard_fails(op: &Op, tier: TierName) -> Required {
    let is_number = |kind: Option<Kind>| matches!(kind, Some(Kind::Int | Kind::Float));
    let places = places(op);
    let pairs = all_kinds(op).iter();
    let fails = |(first, second): &KindPair| match places.as_slice() {
        // The kind before a store, or of a collection, is not guarded.
        [Place::Slot(_) | Place::Global(_), _, ..] => is_number(*first),
        [_] => true,
        _ => is_number(*first) || is_number(*second),
    };
    match tier {
        TierName::Trace if is_guarded(op) => Required::Each(pairs.filter(fails).collect()),
        TierName::Linear | TierName::Block if is_guessed(op) => {
            // What was guessed is the kind of the other operand.
            let wrong = |pair: &KindPair| fails(pair) && pair.0 != pair.1;
            Required::Each(pairs.filter(wrong).collect())
        }
        _ => Required::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use single::plain_ops;

    #[test]
    fn the_lists_name_ops() {
        let named = NOT_NATIVE.iter().map(|(name, ..)| *name);
        for name in named.chain(RAISES.iter().map(|(name, _)| *name)) {
            assert!(OpInfo::by_name(name).is_some(), "{name}");
        }
    }

    #[test]
    fn what_is_required_follows_from_operands() {
        let count = |op, tier, column| required(&op, tier, column).count();
        use Column::{Completes, Errors, GuardFails};
        use TierName::{Block, Linear, Trace};
        assert_eq!(count(Op::Nop, Linear, Completes), 1);
        assert_eq!(count(Op::Negate, Trace, Completes), 10);
        assert_eq!(count(Op::Add, Block, Completes), 100);
        assert_eq!(count(Op::Jump(0), Linear, Completes), 0);
        assert_eq!(count(Op::Jump(0), Block, Completes), 1);
        assert_eq!(count(Op::Call(0, 2), Block, Completes), 0);
        assert_eq!(count(Op::AwkDivJit, Block, Errors), 100);
        assert_eq!(count(Op::AwkDivJit, Block, Completes), 50);
        assert_eq!(count(Op::AwkComplJit, Block, Errors), 4);
        assert_eq!(count(Op::Range, Trace, Errors), 1);
        assert_eq!(count(Op::Add, Trace, Errors), 0);
        assert_eq!(count(Op::Add, Trace, GuardFails), 36);
        assert_eq!(count(Op::Add, Block, GuardFails), 34);
        assert_eq!(count(Op::SetSlot(0), Trace, GuardFails), 20);
        assert_eq!(count(Op::Concat, Trace, GuardFails), 0);
    }

    #[test]
    fn an_empty_cell_is_named() {
        let mut cells = Cells::default();
        assert_eq!(empty(&Op::Negate, &cells).len(), 4);
        for tier in TierName::ALL {
            cells.extend(tier, Column::Completes, all_kinds(&Op::Negate));
        }
        let mut guards = all_kinds(&Op::Negate);
        guards = guards.without([(None, Some(Kind::Str))].into_iter().collect());
        cells.extend(TierName::Trace, Column::GuardFails, guards);
        let found: Vec<_> = empty(&Op::Negate, &cells)
            .iter()
            .map(Empty::to_string)
            .collect();
        assert_eq!(found, ["Negate in trace, guard fails: Str"]);
    }

    #[test]
    fn most_ops_can_be_native_everywhere() {
        let somewhere = |op: &&Op| {
            TierName::ALL
                .iter()
                .all(|tier| required(op, *tier, Column::Completes) != Required::Nothing)
        };
        let ops = plain_ops();
        let n = ops.iter().filter(somewhere).count();
        assert!(n > 200, "{n} of {}", ops.len());
    }
}
