//! Sections, stack effects and side effects: the columns of the op table.

/// The sections of the instruction set, in table order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it; each op documents itself")]
pub enum Section {
    Constants,
    Stack,
    Variables,
    Arrays,
    Hashes,
    Arithmetic,
    Strings,
    NumericCompare,
    StringCompare,
    Logic,
    ControlFlow,
    Functions,
    Scope,
    Io,
    Ranges,
    HigherOrder,
    Fused,
    Builtins,
    Extension,
    Shell,
    Awk,
    Numeric,
}

/// The kind of the values that an op pushes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the variants are the kinds of `Value`")]
pub enum Gives {
    /// It pushes nothing.
    Nothing,
    /// The kind depends on operands or state.
    Any,
    Undef,
    Bool,
    Int,
    Float,
    Str,
    Array,
    Hash,
    Status,
}

/// What an op reads or writes besides the value stack and the pools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touches {
    /// Only the stack.
    Nothing,
    /// Slots of the current frame that its operands name.
    Frame,
    /// Globals, and slots that its operands name.
    Globals,
    /// Input, output, the file system or the clock.
    Io,
    /// `last_status`.
    Status,
    /// A host, which cannot see the VM.
    Host,
    /// The instruction pointer and the frame stack.
    Control,
    /// Anything a VM has.
    Vm,
}

impl Touches {
    /// Whether it may be any part of a VM: what was known of frames and `ip` must be looked at
    /// anew.
    pub fn anything(self) -> bool {
        matches!(self, Touches::Vm | Touches::Control)
    }
}

/// A number of stack values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arity {
    /// Exactly this many.
    Fixed(usize),
    /// It depends on operands, kinds, frames or handlers.
    Dynamic,
}

impl Arity {
    /// The number, when it is fixed.
    pub fn fixed(self) -> Option<usize> {
        match self {
            Arity::Fixed(n) => Some(n),
            Arity::Dynamic => None,
        }
    }
}

/// The word that rows use for [`Arity::Dynamic`].
pub(super) const DYNAMIC: Arity = Arity::Dynamic;

/// What a row may write as a number of values: a literal, a count operand or `DYNAMIC`.
pub(super) trait IntoArity {
    fn into_arity(self) -> Arity;
}

impl IntoArity for Arity {
    fn into_arity(self) -> Arity {
        self
    }
}

macro_rules! count_into_arity {
    ($($ty:ty)+) => { $(
        impl IntoArity for $ty {
            fn into_arity(self) -> Arity {
                Arity::Fixed(self as usize)
            }
        }
    )+ };
}

count_into_arity!(i32 u8 u16);

pub(super) fn arity(n: impl IntoArity) -> Arity {
    n.into_arity()
}
