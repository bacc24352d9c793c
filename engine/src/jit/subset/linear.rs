//! Which straight-line chunks the linear entry point takes: those that an abstract execution
//! gets through.
//!
//! It follows what is an integer, what is a float and which integers are known, because a
//! division of integers is taken only when its outcome is certain to be an integer.

use super::is_linear;
use crate::chunk::Chunk;
use crate::op::{Arity, Gives, Op};
use crate::semantics::{arith, bits};
use crate::value::Value;

/// Most values that the abstract stack may have.
const MAX_STACK: usize = 256;

/// An abstract value; truth values count as integers.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Num {
    Known(i64),
    Int,
    Float,
}

/// Whether the linear entry point takes the chunk.
pub(in crate::jit) fn is_linear_eligible(chunk: &Chunk) -> bool {
    let mut stack = Vec::new();
    for op in &chunk.ops {
        if !is_linear(op) || execute(chunk, op, &mut stack).is_none() || stack.len() > MAX_STACK {
            return false;
        }
    }
    stack.len() == 1
}

/// Executes an op; `None` when it cannot be.
fn execute(chunk: &Chunk, op: &Op, stack: &mut Vec<Num>) -> Option<()> {
    let result = match *op {
        Op::LoadInt(n) => Num::Known(n),
        Op::LoadFloat(x) => float_constant(x)?,
        Op::LoadConst(index) => match chunk.constants.get(usize::from(index))? {
            Value::Int(n) => Num::Known(*n),
            Value::Float(x) => float_constant(*x)?,
            _ => return None,
        },
        Op::Dup => *stack.last()?,
        Op::Swap | Op::Rot => {
            let width = if matches!(op, Op::Swap) { 2 } else { 3 };
            let at = stack.len().checked_sub(width)?;
            stack[at..].rotate_left(1);
            return Some(());
        }
        Op::Add => two(stack, arith::add)?,
        Op::Sub => two(stack, arith::sub)?,
        Op::Mul => two(stack, arith::mul)?,
        Op::Div => match pop_two(stack)? {
            (Num::Float, _) | (_, Num::Float) => Num::Float,
            (Num::Known(a), Num::Known(b)) if a.checked_rem(b) == Some(0) => Num::Known(a / b),
            _ => return None,
        },
        Op::Mod => match pop_two(stack)? {
            (Num::Float, _) | (_, Num::Float) => Num::Float,
            (Num::Known(a), Num::Known(b)) if b != 0 => known(arith::modulo, a, b),
            (_, Num::Known(b)) if b != 0 => Num::Int,
            _ => return None,
        },
        Op::Pow => match pop_two(stack)? {
            (Num::Float, _) | (_, Num::Float) => Num::Float,
            (_, Num::Known(0..=63)) => Num::Int,
            _ => return None,
        },
        Op::Negate => one(stack, arith::negate)?,
        Op::Inc => whole(one(stack, arith::inc)?),
        Op::Dec => whole(one(stack, arith::dec)?),
        Op::BitAnd => two_ints(stack, bits::bit_and)?,
        Op::BitOr => two_ints(stack, bits::bit_or)?,
        Op::BitXor => two_ints(stack, bits::bit_xor)?,
        Op::Shl => two_ints(stack, bits::shl)?,
        Op::Shr => two_ints(stack, bits::shr)?,
        Op::BitNot => match one(stack, bits::bit_not)? {
            Num::Float => return None,
            result => result,
        },
        _ => return by_effect(op, stack),
    };
    stack.push(result);
    Some(())
}

/// Executes an op whose row in the table says all that matters here.
fn by_effect(op: &Op, stack: &mut Vec<Num>) -> Option<()> {
    let (Arity::Fixed(pops), Arity::Fixed(pushes)) = op.stack_effect() else {
        return None;
    };
    let kept = stack.len().checked_sub(pops)?;
    stack.truncate(kept);
    let result = match (op, op.info().gives) {
        (Op::AwkMkbool, _) | (_, Gives::Float) => Num::Float,
        _ => Num::Int,
    };
    stack.extend(std::iter::repeat_n(result, pushes));
    Some(())
}

/// A finite float constant; one that is an integer counts as that.
fn float_constant(x: f64) -> Option<Num> {
    const LIMIT: f64 = (1_u64 << 63) as f64;
    let is_integer = x.trunc() == x && (-LIMIT..LIMIT).contains(&x);
    x.is_finite().then_some(match is_integer {
        true => Num::Known(x as i64),
        false => Num::Float,
    })
}

fn pop_two(stack: &mut Vec<Num>) -> Option<(Num, Num)> {
    let b = stack.pop()?;
    Some((stack.pop()?, b))
}

fn one(stack: &mut Vec<Num>, fold: fn(&Value) -> Value) -> Option<Num> {
    Some(match stack.pop()? {
        Num::Known(n) => Num::Known(fold(&Value::Int(n)).to_int()),
        other => other,
    })
}

/// The result of an op that makes an integer of a float too.
fn whole(result: Num) -> Num {
    match result {
        Num::Float => Num::Int,
        known => known,
    }
}

/// An op on two numbers that is computed as floats when one of them is a float.
fn two(stack: &mut Vec<Num>, fold: Fold) -> Option<Num> {
    Some(match pop_two(stack)? {
        (Num::Float, _) | (_, Num::Float) => Num::Float,
        (Num::Known(a), Num::Known(b)) => known(fold, a, b),
        _ => Num::Int,
    })
}

/// An op on two integers.
fn two_ints(stack: &mut Vec<Num>, fold: Fold) -> Option<Num> {
    match pop_two(stack)? {
        (Num::Float, _) | (_, Num::Float) => None,
        (Num::Known(a), Num::Known(b)) => Some(known(fold, a, b)),
        _ => Some(Num::Int),
    }
}

/// What an op does to two values.
type Fold = fn(&Value, &Value) -> Value;

/// The result of an op that makes an integer of two.
fn known(fold: Fold, a: i64, b: i64) -> Num {
    Num::Known(fold(&Value::Int(a), &Value::Int(b)).to_int())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asm::assemble;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        let chunk = assemble(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(is_linear_eligible(&chunk), expected, "{text}");
    }

    #[test]
    fn exactly_one_value_is_left() {
        check("LoadInt 1", true);
        check("LoadInt 1\n LoadInt 2", false);
        check("LoadInt 1\n Pop", false);
        check("", false);
    }

    #[test]
    fn an_op_needs_its_operands() {
        check("LoadInt 1\n Add", false);
        check("LoadInt 1\n Swap", false);
        check("LoadInt 1\n SetSlot 0\n GetSlot 0", true);
    }

    #[test]
    fn the_stack_may_have_256_values() {
        let pushes = |n: usize| "LoadInt 1\n".repeat(n) + &"Add\n".repeat(n - 1);
        check(&pushes(256), true);
        check(&pushes(257), false);
    }

    #[test]
    fn integers_are_divided_only_where_the_outcome_is_an_integer() {
        check("LoadInt 6\n LoadInt 3\n Div", true);
        check("LoadInt 7\n LoadInt 3\n Div", false);
        check("LoadInt 7\n LoadInt 0\n Div", false);
        check("GetSlot 0\n LoadInt 3\n Div", false);
        check("GetSlot 0\n LoadFloat 3.5\n Div", true);
        check("GetSlot 0\n LoadFloat 3\n Div", false);
    }

    #[test]
    fn remainders_need_a_known_divisor() {
        check("GetSlot 0\n LoadInt 3\n Mod", true);
        check("GetSlot 0\n LoadInt 0\n Mod", false);
        check("LoadInt 3\n GetSlot 0\n Mod", false);
        check("LoadInt 3\n GetSlot 0\n SqrtFloat\n Mod", true);
    }

    #[test]
    fn powers_need_a_small_known_exponent() {
        check("GetSlot 0\n LoadInt 63\n Pow", true);
        check("GetSlot 0\n LoadInt 64\n Pow", false);
        check("GetSlot 0\n LoadInt -1\n Pow", false);
        check("LoadInt 2\n GetSlot 0\n Pow", false);
        check("LoadInt 2\n LoadFloat 0.5\n Pow", true);
    }

    #[test]
    fn floats_have_no_bits() {
        check("GetSlot 0\n LoadInt 3\n BitAnd", true);
        check("GetSlot 0\n LoadFloat 3.5\n BitAnd", false);
        check("LoadFloat 0.5\n BitNot", false);
    }

    #[test]
    fn counting_makes_an_integer_of_a_float() {
        check("LoadFloat 2.5\n Inc\n LoadInt 3\n BitAnd", true);
        check("LoadFloat 2.5\n Dec\n LoadInt 3\n Div", false);
        check("LoadFloat 2.5\n Negate\n LoadInt 3\n BitAnd", false);
    }

    #[test]
    fn ops_outside_of_the_list_are_refused() {
        for op in [
            "Nop",
            "Concat",
            "LoadUndef",
            "PushFrame",
            "AccumSumLoop 0 1 5",
        ] {
            check(&format!("LoadInt 1\n LoadInt 2\n {op}\n Pop"), false);
        }
        check("LoadFloat inf", false);
    }
}
