//! What lowering may ask of a back end.
//!
//! Lowering is written once, against [`Emit`]. Three back ends implement it: `kinds.rs`
//! only follows the kinds, `clif.rs` emits Cranelift IR, and `explain.rs` prints.

use super::abs::{Abs, Place, State};
use super::helpers::Pure;
use crate::op::Op;
use crate::value::Kind;

/// Two-operand instructions on 64-bit integers; shifts use the count's low 6 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IntOp {
    Add,
    Sub,
    Mul,
    And,
    Or,
    Xor,
    Shl,
    Shr,
    /// Remainder with the sign of the dividend; the divisor is neither 0 nor -1.
    Rem,
}

/// Two-operand instructions on floats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FloatOp {
    Add,
    Sub,
    Mul,
    Div,
}

/// One-operand instructions on floats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FloatUnary {
    Neg,
    Abs,
    Sqrt,
    Ceil,
    Floor,
    Trunc,
    /// To the nearest integer, ties to even.
    Nearest,
}

/// Comparisons: signed for integers, IEEE for floats (NaN is only ever unequal).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cmp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// Why native code is left at an exit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum ExitKind {
    /// The code ends here: the end of the chunk, or an op that only the interpreter runs.
    Done,
    /// A branch went where the code does not go.
    Branch,
    /// A value has another kind, or is another special case, than the code was made for.
    Guard,
    /// The interpreter has to charge fuel or take an interruption.
    Watch,
}

/// A back end.
pub(super) trait Emit {
    /// A native value.
    type V: Copy + std::fmt::Debug;
    /// A place in the code that can be continued at.
    type Label: Copy;

    /// The next op begins here.
    fn begin(&mut self, op: &Op) {
        let _ = op;
    }

    fn int(&mut self, n: i64) -> Self::V;
    fn float(&mut self, x: f64) -> Self::V;
    fn bool(&mut self, b: bool) -> Self::V;
    fn int_op(&mut self, op: IntOp, a: Self::V, b: Self::V) -> Self::V;
    fn int_abs(&mut self, a: Self::V) -> Self::V;
    fn float_op(&mut self, op: FloatOp, a: Self::V, b: Self::V) -> Self::V;
    fn float_unary(&mut self, op: FloatUnary, a: Self::V) -> Self::V;
    fn int_cmp(&mut self, cmp: Cmp, a: Self::V, b: Self::V) -> Self::V;
    fn float_cmp(&mut self, cmp: Cmp, a: Self::V, b: Self::V) -> Self::V;
    fn bool_and(&mut self, a: Self::V, b: Self::V) -> Self::V;
    fn bool_or(&mut self, a: Self::V, b: Self::V) -> Self::V;
    fn bool_not(&mut self, a: Self::V) -> Self::V;
    /// `a` when the truth value `cond` is 1, else `b`; both of one type.
    fn select(&mut self, cond: Self::V, a: Self::V, b: Self::V) -> Self::V;
    fn bool_to_int(&mut self, a: Self::V) -> Self::V;
    fn int_to_float(&mut self, a: Self::V) -> Self::V;
    /// Truncates, saturates, NaN is 0.
    fn float_to_int(&mut self, a: Self::V) -> Self::V;
    /// Calls a function that depends on nothing but its arguments.
    fn call(&mut self, function: Pure, args: &[Self::V]) -> Self::V;

    /// Whether the value at `place` is of `kind`.
    fn is_kind(&mut self, place: Place, kind: Kind) -> Self::V;
    /// The value at `place`, which is known to be of `kind`, in a register; a kind that has
    /// no register form stays in memory.
    fn load(&mut self, place: Place, kind: Kind) -> Abs<Self::V>;
    /// Writes a register value to `place`, whose old content needs no dropping.
    fn store(&mut self, place: Place, value: Abs<Self::V>);
    /// `to_int` of the value at `place`.
    fn mem_to_int(&mut self, place: Place) -> Self::V;
    /// `to_float` of the value at `place`.
    fn mem_to_float(&mut self, place: Place) -> Self::V;
    /// Truth of the value at `place`.
    fn mem_truth(&mut self, place: Place) -> Self::V;
    /// Drops the value at `place`, which needs no dropping afterwards.
    fn drop_mem(&mut self, place: Place);
    /// Moves values bit by bit, all at once: every source is read before a target is written.
    fn move_mem(&mut self, moves: &[(Place, Place)]);
    /// Clones the value at `from` to `to`; the result is true when that was refused, as it
    /// is for collections.
    fn clone_mem(&mut self, from: Place, to: Place) -> Self::V;
    /// Makes the frame have at least `n` slots.
    fn grow_slots(&mut self, n: usize);

    /// Runs the op at `ip` through the interpreter on the VM's own state, with `depth`
    /// values on the stack before it. Leaves native code when the interpreter does not
    /// simply go on behind the op with `after` values on the stack; the slots of `state`
    /// are written back first.
    fn step(&mut self, ip: usize, depth: usize, after: usize, state: &State<Self::V>);

    /// The code of an `Extended` op over its operands as integers, the top of the stack first.
    /// Answers what it leaves, bottom first; `None` when no extension emits it.
    fn extended(&mut self, id: u16, arg: u8, operands: &[Self::V]) -> Option<Vec<Self::V>>;

    /// Splits the code on a truth value: where to go on when it is true, and when not.
    fn branch(&mut self, cond: Self::V) -> (Self::Label, Self::Label);
    /// As [`Emit::branch`], where being true goes around a loop.
    fn branch_back(&mut self, cond: Self::V) -> (Self::Label, Self::Label) {
        self.branch(cond)
    }
    /// Continues emitting at a label that [`Emit::branch`] made.
    fn start(&mut self, label: Self::Label);
    /// Goes on at a label that [`Emit::branch`] made, here as well as from there.
    fn join(&mut self, label: Self::Label);
    /// Goes to a block of the region. Nothing may be emitted behind it before `start`.
    fn goto(&mut self, block: usize, state: &State<Self::V>);
    /// Leaves native code at the op at `from`; the interpreter goes on at `ip`. Otherwise as
    /// `goto`.
    fn exit(&mut self, kind: ExitKind, from: usize, ip: usize, state: &State<Self::V>);
    /// The condition of a guard exit, which may be forced to hold.
    fn forced(&mut self, cond: Self::V) -> Self::V {
        cond
    }
    /// Charges and counts a taken backward branch, to the region's entry or elsewhere;
    /// `before` is the state before the op at `ip`.
    fn back_edge(&mut self, ip: usize, to_entry: bool, before: &State<Self::V>);
}
