//! What ops do to the stack, for the verifier: fixed numbers of values wherever an op and its
//! operands tell.

use super::VerifyErrorKind;
use crate::awk_builtins::{self, getline_source, is_awk_op};
use crate::op::table::for_each_op;
use crate::op::{Arity, N_OPS, Op, TABLE, param_mod};

/// What an op that stays in its call frame pops and pushes, or looks at and leaves.
///
/// # Errors
/// When only running it tells, or when it has no effect that anybody could mean.
pub(crate) fn stack_effect(op: &Op) -> Result<(u32, u32), VerifyErrorKind> {
    Ok(match *op {
        Op::JumpIfTrueKeep(_) | Op::JumpIfFalseKeep(_) => (1, 1),
        Op::CallBuiltin(_, argc) => (u32::from(argc), 1),
        Op::AwkSrand(argc) | Op::AwkLength(argc) => (u32::from(argc.min(1)), 1),
        Op::AwkGetline(source) => {
            let takes_operand = getline_source::takes_operand(usize::from(source));
            (u32::from(takes_operand), 1)
        }
        Op::ExtendedWide(id, payload) if is_awk_op(id) => {
            if awk_builtins::is_argc_out_of_range(id, payload) {
                return Err(VerifyErrorKind::AwkArgumentCount(payload));
            }
            let typed = awk_builtins::typed_form(id, payload);
            return stack_effect(&typed.ok_or(VerifyErrorKind::NoSuchAwkOp(id))?);
        }
        Op::ExpandParam(modifier) => (1 + u32::from(param_mod::n_args(modifier)), 1),
        Op::Exec(argc) | Op::CallFunction(_, argc) => (u32::from(argc), 1),
        _ => match op.stack_effect() {
            (Arity::Fixed(pops), Arity::Fixed(pushes)) => (pops as u32, pushes as u32),
            _ => return Err(VerifyErrorKind::DynamicEffect),
        },
    })
}

/// What a plain op pops and pushes. An op is plain when that does not depend on its operands,
/// control goes to the next op, and it refers to no pool: most ops of most chunks.
#[derive(Clone, Copy)]
pub(super) struct Plain {
    pub(super) pops: u8,
    pub(super) pushes: u8,
}

/// The effect of the op if it is plain.
#[inline(always)]
pub(super) fn plain(op: &Op) -> Option<Plain> {
    PLAIN[op.index()]
}

/// A number of values that a row writes as a literal.
macro_rules! literal {
    ($n:literal) => {
        Some($n)
    };
    ($other:tt) => {
        None
    };
}

macro_rules! define_literal_effects {
    ($( $(#[$doc:meta])* $name:ident $(( $( $field:ident : $role:ident < $ty:ty > ),+ ))?
        => $section:ident, pops $pops:tt, pushes $pushes:tt, gives $gives:ident, touches $touches:ident; )*) => {
        const LITERAL_EFFECTS: [(Option<u8>, Option<u8>); N_OPS] =
            [ $( (literal!($pops), literal!($pushes)) ),* ];
    };
}

for_each_op!(define_literal_effects);

static PLAIN: [Option<Plain>; N_OPS] = {
    let mut all = [None; N_OPS];
    let mut index = 0;
    while index < N_OPS {
        if let (Some(pops), Some(pushes)) = LITERAL_EFFECTS[index]
            && is_plain(index)
        {
            all[index] = Some(Plain { pops, pushes });
        }
        index += 1;
    }
    all
};

/// Whether the op at `index` changes neither frames nor control and refers to no pool.
const fn is_plain(index: usize) -> bool {
    use crate::op::{Role, Section, Touches};
    if matches!(TABLE[index].touches, Touches::Control)
        || matches!(TABLE[index].section, Section::Scope)
    {
        return false;
    }
    let operands = TABLE[index].operands;
    let mut at = 0;
    while at < operands.len() {
        if !matches!(
            operands[at].role,
            Role::Slot | Role::Name | Role::Limit | Role::Count | Role::Imm | Role::Id | Role::Arg
        ) {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk::Chunk;
    use crate::chunk::cfg::{Flow, flow};
    use crate::chunk::verify::pools;
    use crate::op::Operand;

    #[test]
    fn plain_ops_are_what_the_long_way_says() {
        for (index, info) in TABLE.iter().enumerate() {
            let operands = vec![Operand::Int(3); info.operands.len()];
            let op = Op::from_operands(index, &operands).expect("small numbers fit");
            let Some(Plain { pops, pushes }) = plain(&op) else {
                continue;
            };
            let effect = (u32::from(pops), u32::from(pushes));
            assert_eq!(stack_effect(&op), Ok(effect), "{op:?}");
            assert_eq!(flow(&op), Flow::Next, "{op:?}");
            assert_eq!(pools::missing(&Chunk::default(), &op), None, "{op:?}");
        }
        assert!(plain(&Op::Add).is_some() && plain(&Op::PushFrame).is_none());
    }
}
