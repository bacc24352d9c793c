//! AWK ops: what a frontend for AWK emits, typed or by number, and what it never would.

use super::super::kinds::{self, Want};
use super::super::tree::{Expr, Stmt};
use super::Grower;
use fusevm::awk_builtins::{AWK_OP_BASE, AWK_OR, wide_form};
use fusevm::op::{Gives, OpInfo, Section, TABLE};
use fusevm::{Op, Value};
use std::sync::LazyLock;

/// The ops that leave nothing, but for `AwkSignal`, which ends the run.
static VOID_OPS: LazyLock<Vec<&'static OpInfo>> = LazyLock::new(|| {
    let rows = TABLE.iter().filter(|info| info.section == Section::Awk);
    rows.filter(|info| info.gives == Gives::Nothing && info.name != "AwkSignal")
        .collect()
});

/// The ops that leave one value.
static VALUE_OPS: LazyLock<Vec<&'static OpInfo>> = LazyLock::new(|| {
    let rows = TABLE.iter().filter(|info| info.section == Section::Awk);
    rows.filter(|info| info.gives != Gives::Nothing).collect()
});

/// Formats of `strftime`: conversions, what is nearly one, and texts.
const FORMATS: [&str; 10] = [
    "%Y-%m-%d %H:%M:%S",
    "%s",
    "%c|%+|%Z%z",
    "%e %-d %_H %j %U %q",
    "%.3f %f",
    "%i%#z%5Y%",
    "%%",
    "",
    "\u{e9}%\u{e9}",
    "%A %B %p",
];

/// Times as `mktime` reads them, or does not.
const TIMES: [&str; 6] = [
    "2020 01 01 00 00 00",
    "1969 12 31 23 59 58",
    "2020 2 30 0 0 0",
    "2020 1 1",
    "-1 1 1 0 0 0 1",
    "9999999 1 1 0 0 0",
];

/// Numbers in notations that only `strtonum` reads.
const NUMERALS: [&str; 10] = [
    "2e+1x", "5e-1", "0x1F", "010", "089", "-0x10", "1e2x", "+inf", "1\u{e9}", " .5 ",
];

/// Texts in which `index` searches: positions in characters are not those in bytes.
const SEARCHED: [&str; 4] = ["\u{e9}t\u{e9}", "a\u{e9}\u{1f600}bc", "abcabc", ""];

/// Texts for which it searches.
const SOUGHT: [&str; 6] = ["t", "bc", "\u{e9}", "c", "", "x"];

/// What one operand of an AWK op is drawn from.
enum Source {
    Of(Want),
    OneOf(&'static [&'static str]),
    Small,
    Divisor,
    NotNegative,
    True,
}

impl Grower<'_, '_> {
    /// An op that leaves one value, with its operands.
    pub(super) fn awk_value(&mut self) -> Expr {
        if self.e.chance(5) {
            return self.awk_unassigned();
        }
        let info = self.e.pick(&VALUE_OPS);
        let op = self.awk_op(info);
        self.pay(1);
        let operands = self.awk_operands(&op);
        let op = self.typed_or_wide(op);
        Expr::Ops(operands, vec![op])
    }

    /// The value of an AWK op is kept.
    pub(super) fn awk_result(&mut self) -> Stmt {
        let value = self.awk_value();
        let sink = self.sink(Want::Any);
        Stmt::Do(vec![value], sink)
    }

    /// An op that tells the host something, or ends the run.
    pub(super) fn awk_stmt(&mut self) -> Stmt {
        self.pay(1);
        if self.e.chance(9) {
            return Stmt::op(Op::AwkSignal(self.e.pick(&[0, 1, 2, 255])));
        }
        let info = self.e.pick(&VOID_OPS);
        let op = self.awk_op(info);
        let operands = self.awk_operands(&op);
        let op = self.typed_or_wide(op);
        Stmt::Do(operands, vec![op])
    }

    /// The op of a row; dates get enough operands to say that they are in UTC.
    fn awk_op(&mut self, info: &OpInfo) -> Op {
        let utc = self.e.chance(85);
        match self.op(info) {
            Op::AwkStrftime(0..3) if utc => Op::AwkStrftime(3),
            Op::AwkMktime(0..2) if utc => Op::AwkMktime(2),
            op => op,
        }
    }

    /// A number that belongs to no op, or more operands than there may be.
    fn awk_unassigned(&mut self) -> Expr {
        self.pay(1);
        if self.e.chance(50) {
            return Expr::op(Op::ExtendedWide(AWK_OR, 256));
        }
        let offset = self.e.pick(&[6, 19, 72, 999]);
        Expr::op(Op::ExtendedWide(AWK_OP_BASE + offset, 3))
    }

    /// The op, or the same by its number.
    fn typed_or_wide(&mut self, op: Op) -> Op {
        match wide_form(&op) {
            Some((id, payload)) if self.e.chance(25) => Op::ExtendedWide(id, payload),
            _ => op,
        }
    }

    /// The operands that an AWK op pops.
    fn awk_operands(&mut self, op: &Op) -> Vec<Expr> {
        let n = match *op {
            Op::AwkLength(argc) | Op::AwkSrand(argc) => usize::from(argc.min(1)),
            Op::AwkGetline(source) => usize::from((2..=5).contains(&source)),
            _ => op.stack_effect().0.fixed().unwrap_or(0),
        };
        (0..n)
            .map(|at| match self.awk_operand(op, at) {
                Source::Of(want) => self.expr(want, 1),
                Source::Small => self.small(),
                Source::OneOf(texts) => {
                    let text = self.e.pick(texts);
                    self.pay(1);
                    Expr::op(self.load(Value::str(text)))
                }
                Source::Divisor => self.divisor(),
                Source::NotNegative => {
                    let number = self.number();
                    let number = self.expr(number, 1);
                    self.pay(1);
                    Expr::Ops(vec![number], vec![Op::AbsFloat])
                }
                Source::True => Expr::op(Op::LoadInt(1)),
            })
            .collect()
    }

    /// What operand `at` of an AWK op is drawn from.
    fn awk_operand(&mut self, op: &Op, at: usize) -> Source {
        use Source::{Divisor, NotNegative, Of, OneOf, Small, True};
        if self.e.chance(10) && !matches!(op, Op::AwkStrftime(_) | Op::AwkMktime(_)) {
            return Of(Want::Any);
        }
        let number = Of(self.number());
        match (op, at) {
            (Op::AwkDiv | Op::AwkMod | Op::AwkDivJit | Op::AwkModJit, 1) => Divisor,
            (Op::AwkIntdiv | Op::AwkIntdiv0, 1) => Divisor,
            (Op::AwkLshiftJit | Op::AwkRshiftJit | Op::AwkComplJit, _) => {
                if self.e.chance(94) {
                    NotNegative
                } else {
                    number
                }
            }
            (Op::AwkLshift | Op::AwkRshift, 1) | (Op::AwkSubstr(_), 1..) => Small,
            (Op::AwkFieldGet, _) | (Op::AwkFieldSet, 1) => Small,
            (Op::AwkChr, _) => match self.e.chance(50) {
                true => Small,
                false => number,
            },
            (Op::AwkStrftime(_), 0) => OneOf(&FORMATS),
            (Op::AwkStrftime(_), 2) | (Op::AwkMktime(_), 1) => True,
            (Op::AwkMktime(_), 0) => OneOf(&TIMES),
            (Op::AwkIndex, 0) => OneOf(&SEARCHED),
            (Op::AwkIndex, _) => OneOf(&SOUGHT),
            (Op::AwkStrtonum, _) if self.e.chance(60) => OneOf(&NUMERALS),
            (Op::AwkLength(_) | Op::AwkSubstr(_) | Op::AwkToLower | Op::AwkToUpper, _) => {
                Of(Want::Str)
            }
            (Op::AwkStrtonum | Op::AwkOrd | Op::AwkGetline(_), _) => Of(Want::Str),
            (Op::AwkSplit(_) | Op::AwkSub(_) | Op::AwkGsub(_) | Op::AwkGensub(_), _) => {
                Of(Want::Str)
            }
            (Op::AwkMatch | Op::AwkSprintf(_) | Op::AwkPrintf(_), _) => Of(Want::Str),
            _ => number,
        }
    }

    /// A number that is hardly ever 0.
    fn divisor(&mut self) -> Expr {
        self.pay(1);
        let value = match self.e.weighted(&[(50, 0), (30, 1), (14, 2), (6, 3)]) {
            0 => Value::Int(self.e.range(1, 9)),
            1 => Value::Float(self.e.pick(&[0.5, -2.5, 3.0, -1.0, 1e300])),
            2 => Value::Int(self.e.pick(&[-1, i64::MIN, i64::MAX, -7])),
            _ => kinds::edge(&mut self.e),
        };
        Expr::op(self.load(value))
    }
}
