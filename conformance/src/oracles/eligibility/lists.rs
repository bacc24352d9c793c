//! The ops that each tier takes from callers who have numbers: the lists of the contract.

use crate::scripted::extension;
use fusevm::Op;

/// Ops of straight lines.
pub(super) fn is_of_lines(op: &Op) -> bool {
    use Op::*;
    match op {
        LoadInt(_) | LoadFloat(_) | LoadConst(_) | LoadTrue | LoadFalse => true,
        Pop | Dup | Swap | Rot => true,
        Add | Sub | Mul | Div | Mod | Pow | Negate | Inc | Dec => true,
        NumEq | NumNe | NumLt | NumGt | NumLe | NumGe | Spaceship => true,
        BitAnd | BitOr | BitXor | BitNot | Shl | Shr | LogNot => true,
        GetSlot(_) | SetSlot(_) | PreIncSlot(_) | PreIncSlotVoid(_) => true,
        PreDecSlot(_) | PostIncSlot(_) | PostDecSlot(_) | AddAssignSlotVoid(..) => true,
        AwkInt | AwkMkbool => true,
        op => is_numeric(op),
    }
}

/// The ops of the section about floats and numbers.
fn is_numeric(op: &Op) -> bool {
    use Op::*;
    matches!(
        op,
        PowFloat
            | SqrtFloat
            | SinFloat
            | CosFloat
            | ExpFloat
            | Atan2Float
            | LogFloat
            | AbsFloat
            | TruncInt
            | CeilFloat
            | FloorFloat
            | TruncFloat
            | RoundFloat
            | TanFloat
            | AsinFloat
            | AcosFloat
            | AtanFloat
            | SinhFloat
            | CoshFloat
            | TanhFloat
            | Log2Float
            | Log10Float
            | AbsInt
            | GcdInt
            | LcmInt
            | TimeInt
    )
}

/// Ops of blocks.
pub(super) fn is_of_blocks(op: &Op) -> bool {
    use Op::*;
    match op {
        Nop | Jump(_) | JumpIfTrue(_) | JumpIfFalse(_) | PushFrame | PopFrame => true,
        SlotLtIntJumpIfFalse(..) | SlotIncLtIntJumpBack(..) | AccumSumLoop(..) => true,
        AwkSin | AwkCos | AwkExp | AwkAtan2 | AwkAnd(_) | AwkOr(_) | AwkXor(_) => true,
        AwkDivJit | AwkModJit | AwkSqrtJit | AwkLogJit | AwkLshiftJit | AwkRshiftJit => true,
        AwkComplJit | AwkGetFieldNum(_) => true,
        Extended(id, _) => extension::op_of(*id).is_some(),
        op => is_of_lines(op),
    }
}

/// Ops of recorded loops.
pub(super) fn is_of_traces(op: &Op) -> bool {
    use Op::*;
    match op {
        Call(..) | Return | ReturnValue => true,
        PushFrame | PopFrame => false,
        SlotLtIntJumpIfFalse(..) | SlotIncLtIntJumpBack(..) | AccumSumLoop(..) => false,
        PreDecSlot(_) | PostIncSlot(_) | PostDecSlot(_) => false,
        op => is_of_blocks(op),
    }
}

/// Ops of the list that is not about a tier. `claims` says which extended ops an extension of
/// the compiler claims.
pub(super) fn is_listed(op: &Op, claims: impl Fn(u16) -> bool) -> bool {
    use Op::*;
    match op {
        Extended(id, _) | ExtendedWide(id, _) => claims(*id),
        PreDecSlot(_) | PostIncSlot(_) | PostDecSlot(_) => false,
        LoadUndef | Dup2 | GetVar(_) | SetVar(_) | DeclareVar(_) => true,
        Concat | StringRepeat | StringLen => true,
        StrEq | StrNe | StrLt | StrGt | StrLe | StrGe | StrCmp => true,
        LogAnd | LogOr | JumpIfTrueKeep(_) | JumpIfFalseKeep(_) => true,
        Call(..) | Return | ReturnValue | SetStatus | GetStatus => true,
        op => is_of_blocks(op) && !op.name().starts_with("Awk"),
    }
}
