//! What a structured program is before it becomes a chunk.
//!
//! The tree knows loops, branches, calls and blocks, and no jump target: whatever is cut
//! out of it or moved in it, the rest still is a program. Operands of ops (slots, globals,
//! constants) are final; `emit.rs` adds targets, blocks and subs.
//!
//! A tree has a binary form, in which fuzz inputs keep it. Reading it may fail and has no
//! other way to go wrong, whatever the bytes are; `mutate/repair.rs` mends what no grower
//! makes, such as a `break` outside of a loop.

mod nested;

use bincode::Options;
use fusevm::{Chunk, Op, Value};
use serde::{Deserialize, Serialize};

/// A program.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Program {
    /// What the root frame does.
    pub(crate) main: Vec<Stmt>,
    /// The subs, in the order of their numbers.
    pub(crate) subs: Vec<Sub>,
    /// The constant pool.
    pub(crate) constants: Vec<Value>,
    /// The sub-chunks, which only a host sees.
    pub(crate) sub_chunks: Vec<Chunk>,
    /// Names of the globals; the names of the subs follow them in the pool.
    pub(crate) globals: Vec<String>,
    /// Where things are put.
    pub(crate) layout: Layout,
}

/// Where `emit.rs` puts what is not straight-line code.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Layout {
    /// Subs come first and the root jumps over them, instead of after the root.
    pub(crate) subs_first: bool,
    /// Blocks stand where they are used, instead of behind everything else.
    pub(crate) blocks_inline: bool,
}

/// A sub: its arguments are on the value stack when `body` starts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Sub {
    /// What it does with them; it must end by returning.
    pub(crate) body: Vec<Stmt>,
}

/// Something that leaves one value on the stack.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub(crate) enum Expr {
    /// The operands, then the ops, which together leave one value.
    Ops(Vec<Expr>, Vec<Op>),
    /// A call of the sub with this number, which returns a value.
    Call(usize, Vec<Expr>),
    /// `CallFunction` of the name of the sub with this number.
    Function(usize, Vec<Expr>),
    /// `left && right`, or with `or` `left || right`: the operand evaluated last stays.
    Short {
        or: bool,
        left: Box<Expr>,
        right: Box<Expr>,
    },
    /// `if test { yes } else { no }` as a value.
    Choose {
        test: Box<Test>,
        yes: Box<Expr>,
        no: Box<Expr>,
    },
    /// A higher-order op over an array.
    Block(HigherOrder, Box<Expr>, Box<Block>),
}

/// The higher-order ops that take a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum HigherOrder {
    Map,
    Grep,
    Sort,
    ForEach,
}

/// The code of a block: its arguments are on the stack when it starts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Block {
    /// What it does first.
    pub(crate) body: Vec<Stmt>,
    /// Its result, which may use up the arguments; nothing leaves an empty block as it is.
    pub(crate) result: Option<Expr>,
}

/// Something that leaves the stack as high as it was.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub(crate) enum Stmt {
    /// The operands, then the ops.
    Do(Vec<Expr>, Vec<Op>),
    /// A branch.
    If {
        test: Test,
        yes: Vec<Stmt>,
        no: Vec<Stmt>,
    },
    /// A loop.
    Loop(Box<Loop>),
    /// A value that stays on the stack while `body` runs, and the ops that take it away.
    Keep {
        value: Expr,
        body: Vec<Stmt>,
        sink: Vec<Op>,
    },
    /// A scope with slots of its own.
    Scope(Vec<Stmt>),
    /// A call of a sub that returns nothing.
    Call(usize, Vec<Expr>),
    /// `ForEachBlock` over an array.
    ForEach(Expr, Box<Block>),
    /// Leaves this many loops, 0 for the innermost one.
    Break(usize),
    /// Goes on with the next iteration of the innermost loop.
    Continue,
    /// Leaves the sub, or ends the run.
    Return(Option<Expr>),
}

/// A condition and how it is tested.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Test {
    /// By a jump that pops the value. It holds when the value is `sense`.
    Value { value: Expr, sense: bool },
    /// By a jump that keeps the value on the stack; it is popped on both sides.
    Keep { value: Expr, sense: bool },
    /// By the fused test of a slot.
    SlotLt(u16, i32),
}

/// A loop. It ends because of what `step` does to the value that `form` tests.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Loop {
    /// Where it is tested and how it is closed.
    pub(crate) form: Form,
    /// What is done in every turn.
    pub(crate) body: Vec<Stmt>,
    /// What brings the loop closer to its end; `continue` goes here. A fused closing branch
    /// does it itself.
    pub(crate) step: Vec<Op>,
}

/// Where a loop is tested and how it is closed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Form {
    /// `top: body; step; SlotIncLtIntJumpBack(slot, limit, top)`
    Fused(u16, i32),
    /// The same behind one `SlotLtIntJumpIfFalse(slot, limit, exit)`.
    FusedGuarded(u16, i32),
    /// `top: unless test jump exit; body; step; jump top`
    Top(Test),
    /// `top: body; step; if test jump top`
    Bottom(Test),
    /// `jump check; top: body; step; check: if test jump top`
    Rotated(Test),
    /// `top: first; unless test jump exit; body; step; jump top`
    Middle(Vec<Stmt>, Test),
}

/// Longest binary form of a program, and so most of what its lengths may ask for.
const MAX_BYTES: u64 = 1 << 16;

impl Program {
    /// The binary form; `None` for a program that is too large or nested too deep for it.
    pub(crate) fn to_bytes(&self) -> Option<Vec<u8>> {
        binary().serialize(self).ok()
    }

    /// The program of a binary form; `None` when the bytes are none.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Program> {
        binary().deserialize(bytes).ok()
    }
}

fn binary() -> impl Options {
    bincode::options().with_limit(MAX_BYTES)
}

impl Expr {
    /// A single op without operands on the stack.
    pub(crate) fn op(op: Op) -> Expr {
        Expr::Ops(Vec::new(), vec![op])
    }
}

impl Stmt {
    /// A single op without operands on the stack.
    pub(crate) fn op(op: Op) -> Stmt {
        Stmt::Do(Vec::new(), vec![op])
    }
}
