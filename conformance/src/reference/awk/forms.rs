//! The two forms of an AWK op: typed, with a small operand, and by its number, with a payload
//! of any size.

use fusevm::Op;

/// Whether the operand of an op counts what it takes from the stack (Q70).
pub(super) fn counts(op: Op) -> bool {
    matches!(
        op,
        Op::AwkPrint(_)
            | Op::AwkPrintf(_)
            | Op::AwkSprintf(_)
            | Op::AwkLength(_)
            | Op::AwkSubstr(_)
            | Op::AwkSplit(_)
            | Op::AwkSub(_)
            | Op::AwkGsub(_)
            | Op::AwkAnd(_)
            | Op::AwkOr(_)
            | Op::AwkXor(_)
            | Op::AwkSrand(_)
            | Op::AwkStrftime(_)
            | Op::AwkMktime(_)
            | Op::AwkGensub(_)
    )
}

/// The operand of a typed AWK op; 0 for an op that has none.
pub(in crate::reference) fn operand(op: Op) -> usize {
    match op {
        Op::AwkSpecialGet(name)
        | Op::AwkSpecialSet(name)
        | Op::AwkArrayGet(name)
        | Op::AwkArraySet(name)
        | Op::AwkArrayExists(name)
        | Op::AwkArrayDelete(name)
        | Op::AwkArrayClear(name)
        | Op::AwkArrayLen(name) => name.into(),
        Op::AwkGetline(source) => source.into(),
        Op::AwkPrint(argc)
        | Op::AwkPrintf(argc)
        | Op::AwkSprintf(argc)
        | Op::AwkLength(argc)
        | Op::AwkSubstr(argc)
        | Op::AwkSplit(argc)
        | Op::AwkSub(argc)
        | Op::AwkGsub(argc)
        | Op::AwkAnd(argc)
        | Op::AwkOr(argc)
        | Op::AwkXor(argc)
        | Op::AwkSrand(argc)
        | Op::AwkStrftime(argc)
        | Op::AwkMktime(argc)
        | Op::AwkGensub(argc) => argc.into(),
        _ => 0,
    }
}

/// The op with a number, without its operand.
pub(super) fn by_number(number: u16) -> Option<Op> {
    Some(match number.checked_sub(40_000)? {
        0 => Op::AwkFieldGet,
        1 => Op::AwkFieldSet,
        2 => Op::AwkNf,
        3 => Op::AwkSetRecord,
        4 => Op::AwkSpecialGet(0),
        5 => Op::AwkSpecialSet(0),
        16 => Op::AwkPrint(0),
        17 => Op::AwkPrintf(0),
        18 => Op::AwkSprintf(0),
        24 => Op::AwkGetline(0),
        32 => Op::AwkLength(0),
        33 => Op::AwkSubstr(0),
        34 => Op::AwkIndex,
        35 => Op::AwkSplit(0),
        36 => Op::AwkSub(0),
        37 => Op::AwkGsub(0),
        38 => Op::AwkMatch,
        39 => Op::AwkToLower,
        40 => Op::AwkToUpper,
        41 => Op::AwkInt,
        42 => Op::AwkSqrt,
        43 => Op::AwkSin,
        44 => Op::AwkCos,
        45 => Op::AwkExp,
        46 => Op::AwkLog,
        47 => Op::AwkAtan2,
        48 => Op::AwkArrayGet(0),
        49 => Op::AwkArraySet(0),
        50 => Op::AwkArrayExists(0),
        51 => Op::AwkArrayDelete(0),
        52 => Op::AwkArrayClear(0),
        53 => Op::AwkArrayLen(0),
        54 => Op::AwkAnd(0),
        55 => Op::AwkOr(0),
        56 => Op::AwkXor(0),
        57 => Op::AwkCompl,
        58 => Op::AwkLshift,
        59 => Op::AwkRshift,
        60 => Op::AwkStrtonum,
        61 => Op::AwkSystime,
        62 => Op::AwkRand,
        63 => Op::AwkSrand(0),
        64 => Op::AwkStrftime(0),
        65 => Op::AwkMktime(0),
        66 => Op::AwkOrd,
        67 => Op::AwkChr,
        68 => Op::AwkMkbool,
        69 => Op::AwkIntdiv,
        70 => Op::AwkIntdiv0,
        71 => Op::AwkGensub(0),
        _ => return None,
    })
}
