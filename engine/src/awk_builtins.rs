//! Numbers of the AWK ops: those of `ExtendedWide`, of the sources of `AwkGetline` and of
//! `AwkSignal`.
//!
//! `Op::AwkX(k)` and `Op::ExtendedWide(AWK_X, k as usize)` do the same thing. The rows below
//! are the only place that knows which number is which op.

use crate::op::{Op, Role};

/// The first number that `ExtendedWide` reserves for AWK ops.
pub const AWK_OP_BASE: u16 = 40_000;

/// One past the last number that `ExtendedWide` reserves for AWK ops.
pub const AWK_OP_END: u16 = 41_000;

/// Whether `ExtendedWide` takes `id` for an AWK op, assigned or not.
#[inline]
pub fn is_awk_op(id: u16) -> bool {
    (AWK_OP_BASE..AWK_OP_END).contains(&id)
}

/// The largest number of operands that the wide form of an op may ask for: what the operand
/// of the typed form can say.
pub(crate) const MAX_ARGC: usize = u8::MAX as usize;

macro_rules! awk_numbers {
    ($( $name:ident = $offset:literal, $op:ident $(($operand:ident))?; )*) => {
        $(
            #[doc = concat!("Number of [`Op::", stringify!($op), "`].")]
            pub const $name: u16 = AWK_OP_BASE + $offset;
        )*

        /// Number and payload of the wide form of `op`; `None` for an op without one.
        pub fn wide_form(op: &Op) -> Option<(u16, usize)> {
            match *op {
                $( Op::$op $(($operand))? => Some(($name, 0 $( + usize::from($operand) )?)), )*
                _ => None,
            }
        }

        /// The typed form of a number; `None` for an unassigned one. A payload that does not
        /// fit is replaced by one that is out of range as well.
        pub fn typed_form(id: u16, payload: usize) -> Option<Op> {
            match id {
                $( $name => Some(Op::$op $(({
                    let $operand = payload.try_into().unwrap_or(u8::MAX.into());
                    $operand
                }))?), )*
                _ => None,
            }
        }
    };
}

awk_numbers! {
    AWK_FIELD_GET = 0, AwkFieldGet;
    AWK_FIELD_SET = 1, AwkFieldSet;
    AWK_NF = 2, AwkNf;
    AWK_SET_RECORD = 3, AwkSetRecord;
    AWK_SPECIAL_GET = 4, AwkSpecialGet(name);
    AWK_SPECIAL_SET = 5, AwkSpecialSet(name);
    AWK_PRINT = 16, AwkPrint(argc);
    AWK_PRINTF = 17, AwkPrintf(argc);
    AWK_SPRINTF = 18, AwkSprintf(argc);
    AWK_GETLINE = 24, AwkGetline(source);
    AWK_LENGTH = 32, AwkLength(argc);
    AWK_SUBSTR = 33, AwkSubstr(argc);
    AWK_INDEX = 34, AwkIndex;
    AWK_SPLIT = 35, AwkSplit(argc);
    AWK_SUB = 36, AwkSub(argc);
    AWK_GSUB = 37, AwkGsub(argc);
    AWK_MATCH = 38, AwkMatch;
    AWK_TOLOWER = 39, AwkToLower;
    AWK_TOUPPER = 40, AwkToUpper;
    AWK_INT = 41, AwkInt;
    AWK_SQRT = 42, AwkSqrt;
    AWK_SIN = 43, AwkSin;
    AWK_COS = 44, AwkCos;
    AWK_EXP = 45, AwkExp;
    AWK_LOG = 46, AwkLog;
    AWK_ATAN2 = 47, AwkAtan2;
    AWK_ARRAY_GET = 48, AwkArrayGet(name);
    AWK_ARRAY_SET = 49, AwkArraySet(name);
    AWK_ARRAY_EXISTS = 50, AwkArrayExists(name);
    AWK_ARRAY_DELETE = 51, AwkArrayDelete(name);
    AWK_ARRAY_CLEAR = 52, AwkArrayClear(name);
    AWK_ARRAY_LEN = 53, AwkArrayLen(name);
    AWK_AND = 54, AwkAnd(argc);
    AWK_OR = 55, AwkOr(argc);
    AWK_XOR = 56, AwkXor(argc);
    AWK_COMPL = 57, AwkCompl;
    AWK_LSHIFT = 58, AwkLshift;
    AWK_RSHIFT = 59, AwkRshift;
    AWK_STRTONUM = 60, AwkStrtonum;
    AWK_SYSTIME = 61, AwkSystime;
    AWK_RAND = 62, AwkRand;
    AWK_SRAND = 63, AwkSrand(argc);
    AWK_STRFTIME = 64, AwkStrftime(argc);
    AWK_MKTIME = 65, AwkMktime(argc);
    AWK_ORD = 66, AwkOrd;
    AWK_CHR = 67, AwkChr;
    AWK_MKBOOL = 68, AwkMkbool;
    AWK_INTDIV = 69, AwkIntdiv;
    AWK_INTDIV0 = 70, AwkIntdiv0;
    AWK_GENSUB = 71, AwkGensub(argc);
}

/// Whether the payload of an AWK number is a number of operands beyond [`MAX_ARGC`].
pub(crate) fn is_argc_out_of_range(id: u16, payload: usize) -> bool {
    let is_count = |op: Op| matches!(op.info().operands, [operand] if operand.role == Role::Count);
    payload > MAX_ARGC && typed_form(id, 0).is_some_and(is_count)
}

/// Numbers of `AwkGetline`: where a record is read from, and whether a variable takes it.
pub mod getline_source {
    /// `getline`: the main input; sets the record.
    pub const MAIN: usize = 0;
    /// `getline var`: the main input; sets a variable.
    pub const MAIN_VAR: usize = 1;
    /// `getline < file`; takes the file's name as an operand.
    pub const FILE: usize = 2;
    /// `getline var < file`; takes the file's name as an operand.
    pub const FILE_VAR: usize = 3;
    /// `cmd | getline`; takes the command as an operand.
    pub const CMD: usize = 4;
    /// `cmd | getline var`; takes the command as an operand.
    pub const CMD_VAR: usize = 5;

    /// Whether a source takes an operand.
    pub(crate) fn takes_operand(source: usize) -> bool {
        (FILE..=CMD_VAR).contains(&source)
    }
}

/// Numbers of `AwkSignal`, as [`crate::VM::awk_signal`] gives them back.
pub mod signal {
    /// `next`: go on with the next record.
    pub const NEXT: u8 = 0;
    /// `nextfile`: go on with the next file.
    pub const NEXTFILE: u8 = 1;
    /// `exit`: end the program.
    pub const EXIT: u8 = 2;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::{Operand, Section, TABLE};

    #[test]
    fn bounds() {
        for (id, expected) in [
            (39_999, false),
            (40_000, true),
            (40_999, true),
            (41_000, false),
            (0, false),
            (u16::MAX, false),
        ] {
            assert_eq!(is_awk_op(id), expected, "{id}");
        }
    }

    #[test]
    fn every_awk_op_but_eleven_has_a_number() {
        let mut without = Vec::new();
        for (index, info) in TABLE.iter().enumerate() {
            let operands = vec![Operand::Int(3); info.operands.len()];
            let op = Op::from_operands(index, &operands).expect("small numbers fit");
            match wide_form(&op) {
                Some((id, payload)) => {
                    assert_eq!(info.section, Section::Awk);
                    assert!(is_awk_op(id));
                    assert_eq!(typed_form(id, payload), Some(op));
                }
                None if info.section == Section::Awk => without.push(info.name),
                None => {}
            }
        }
        assert_eq!(
            without,
            [
                "AwkDiv",
                "AwkMod",
                "AwkDivJit",
                "AwkModJit",
                "AwkSqrtJit",
                "AwkLogJit",
                "AwkLshiftJit",
                "AwkRshiftJit",
                "AwkComplJit",
                "AwkGetFieldNum",
                "AwkSignal"
            ]
        );
        let assigned = (AWK_OP_BASE..AWK_OP_END).filter(|id| typed_form(*id, 0).is_some());
        assert_eq!(assigned.count(), 50);
    }

    #[test]
    fn only_counts_have_a_bound() {
        assert!(is_argc_out_of_range(AWK_PRINT, 256));
        assert!(is_argc_out_of_range(AWK_LENGTH, usize::MAX));
        assert!(!is_argc_out_of_range(AWK_PRINT, 255));
        assert!(!is_argc_out_of_range(AWK_GETLINE, 256));
        assert!(!is_argc_out_of_range(AWK_ARRAY_GET, 70_000));
        assert!(!is_argc_out_of_range(AWK_INT, 70_000));
        assert!(!is_argc_out_of_range(40_999, 70_000));
    }
}
