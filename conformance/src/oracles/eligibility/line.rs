//! Which chunks are straight lines that the linear entry point takes.

use super::lists;
use fusevm::{Chunk, Op, Value};

/// Most values that are on the stack at a time.
pub(super) const MOST_VALUES: usize = 256;

/// What is known of a value before the line runs. A truth value is an integer that is not
/// known.
#[derive(Debug, Clone, Copy)]
enum Number {
    /// This integer, or a float that is equal to it.
    Exactly(i64),
    Int,
    Float,
}

use Number::{Exactly, Float, Int};

/// Whether the chunk can be executed with no more known of its slots than that they are
/// integers, and leaves one value.
pub(super) fn is_eligible(chunk: &Chunk) -> bool {
    let mut stack = Vec::new();
    for op in &chunk.ops {
        if !lists::is_of_lines(op) || step(op, &chunk.constants, &mut stack).is_none() {
            return false;
        }
        if stack.len() > MOST_VALUES {
            return false;
        }
    }
    stack.len() == 1
}

/// What an op makes of the values; `None` where it lacks one, or may not be taken.
fn step(op: &Op, constants: &[Value], stack: &mut Vec<Number>) -> Option<()> {
    let result = match op {
        Op::Pop | Op::SetSlot(_) => {
            stack.pop()?;
            return Some(());
        }
        Op::PreIncSlotVoid(_) | Op::AddAssignSlotVoid(..) => return Some(()),
        Op::Swap | Op::Rot => {
            let depth = if matches!(op, Op::Swap) { 2 } else { 3 };
            let at = stack.len().checked_sub(depth)?;
            stack.remove(at)
        }
        Op::Dup => *stack.last()?,
        Op::LoadInt(_) | Op::LoadFloat(_) | Op::LoadConst(_) => constant(op, constants)?,
        _ if takes_two(op) => {
            let b = stack.pop()?;
            of_two(op, stack.pop()?, b)?
        }
        _ if takes_none(op) => Int,
        _ => of_one(op, stack.pop()?)?,
    };
    stack.push(result);
    Some(())
}

fn constant(op: &Op, constants: &[Value]) -> Option<Number> {
    let float = |x: f64| {
        // The upper end is not an integer: it is 1 more than the greatest.
        let fits = (i64::MIN as f64..-(i64::MIN as f64)).contains(&x);
        match x {
            _ if !x.is_finite() => None,
            _ if fits && x.fract() == 0.0 => Some(Exactly(x as i64)),
            _ => Some(Float),
        }
    };
    match op {
        Op::LoadInt(n) => Some(Exactly(*n)),
        Op::LoadFloat(x) => float(*x),
        Op::LoadConst(index) => match constants.get(usize::from(*index))? {
            Value::Int(n) => Some(Exactly(*n)),
            Value::Float(x) => float(*x),
            _ => None,
        },
        _ => None,
    }
}

fn takes_none(op: &Op) -> bool {
    use Op::*;
    matches!(
        op,
        LoadTrue
            | LoadFalse
            | GetSlot(_)
            | TimeInt
            | PreIncSlot(_)
            | PreDecSlot(_)
            | PostIncSlot(_)
            | PostDecSlot(_)
    )
}

fn takes_two(op: &Op) -> bool {
    use Op::*;
    matches!(
        op,
        Add | Sub
            | Mul
            | Div
            | Mod
            | Pow
            | BitAnd
            | BitOr
            | BitXor
            | Shl
            | Shr
            | NumEq
            | NumNe
            | NumLt
            | NumGt
            | NumLe
            | NumGe
            | Spaceship
            | PowFloat
            | Atan2Float
            | GcdInt
            | LcmInt
    )
}

fn of_one(op: &Op, a: Number) -> Option<Number> {
    Some(match (op, a) {
        (Op::Negate, Exactly(n)) => Exactly(n.wrapping_neg()),
        (Op::Inc, Exactly(n)) => Exactly(n.wrapping_add(1)),
        (Op::Dec, Exactly(n)) => Exactly(n.wrapping_sub(1)),
        (Op::BitNot, Exactly(n)) => Exactly(!n),
        (Op::BitNot, Float) => return None,
        (Op::Negate, kind) => kind,
        (Op::Inc | Op::Dec | Op::BitNot | Op::LogNot, _) => Int,
        (Op::TruncInt | Op::AbsInt | Op::AwkInt, _) => Int,
        _ => Float,
    })
}

fn of_two(op: &Op, a: Number, b: Number) -> Option<Number> {
    use Op::*;
    let has_float = matches!(a, Float) || matches!(b, Float);
    match op {
        NumEq | NumNe | NumLt | NumGt | NumLe | NumGe | Spaceship | GcdInt | LcmInt => Some(Int),
        PowFloat | Atan2Float => Some(Float),
        BitAnd | BitOr | BitXor | Shl | Shr if has_float => None,
        _ if has_float => Some(Float),
        _ => of_integers(op, a, b),
    }
}

/// The result of an arithmetic op on integers.
fn of_integers(op: &Op, a: Number, b: Number) -> Option<Number> {
    match (op, a, b) {
        (Op::Div, Exactly(_), Exactly(0)) => None,
        (Op::Div, Exactly(i64::MIN), Exactly(-1)) => None,
        (Op::Div, Exactly(a), Exactly(b)) => (a % b == 0).then(|| Exactly(a / b)),
        (Op::Div, ..) => None,
        (Op::Mod, _, Exactly(0)) => None,
        (Op::Mod, Exactly(a), Exactly(b)) => Some(Exactly(a.wrapping_rem(b))),
        (Op::Mod, _, Exactly(_)) => Some(Int),
        (Op::Mod, ..) => None,
        (Op::Pow, _, Exactly(n)) => (0..64).contains(&n).then_some(Int),
        (Op::Pow, ..) => None,
        (_, Exactly(a), Exactly(b)) => Some(Exactly(match op {
            Op::Add => a.wrapping_add(b),
            Op::Sub => a.wrapping_sub(b),
            Op::Mul => a.wrapping_mul(b),
            Op::BitAnd => a & b,
            Op::BitOr => a | b,
            Op::BitXor => a ^ b,
            Op::Shl => a.wrapping_shl(b as u32 & 63),
            _ => a.wrapping_shr(b as u32 & 63),
        })),
        _ => Some(Int),
    }
}
