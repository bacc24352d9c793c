//! Operand roles, and operands as data for code that handles any op.
//!
//! A role says what a number in an op means (a slot, a jump target, a pool index): the
//! verifier, assembler, generators and reducers ask for roles instead of matching on ops.

use std::fmt;
use std::hash::{Hash, Hasher};

/// What an operand means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// A slot of the current frame.
    Slot,
    /// A global variable, by its index in the name pool.
    Name,
    /// A sub of the chunk, by the name-pool index of its name.
    Sub,
    /// An entry of the name pool that is used as text only.
    Str,
    /// An entry of the constant pool.
    Const,
    /// An entry of the block table.
    Block,
    /// An entry of the sub-chunk table.
    SubChunk,
    /// An op index; at or past the end means the end.
    Target,
    /// The exclusive upper bound of a fused loop.
    Limit,
    /// A number of stack values.
    Count,
    /// A literal.
    Imm,
    /// The number of a builtin or extension op.
    Id,
    /// A small number that selects a variant of the op.
    Arg,
    /// The operand of a wide extension op.
    Payload,
}

/// One operand's name, role and type.
#[derive(Debug)]
pub struct OperandInfo {
    /// The name in the table.
    pub name: &'static str,
    /// What it means.
    pub role: Role,
    /// The Rust type that holds it.
    pub ty: &'static str,
}

/// An operand of any type.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Operand {
    /// Every integer operand; a `usize` above `i64::MAX` is carried by its bits.
    Int(i64),
    /// The operand of `LoadFloat`.
    Float(f64),
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operand::Int(n) => write!(f, "{n}"),
            Operand::Float(x) => write!(f, "{x:?}"),
        }
    }
}

/// Why operands do not make an op.
#[derive(Debug, Clone, PartialEq)]
pub enum OperandError {
    /// There is no op with that index.
    NoSuchOp(usize),
    /// The op takes another number of operands.
    Count {
        /// The op's name.
        op: &'static str,
        /// How many it takes.
        expected: usize,
        /// How many there were.
        found: usize,
    },
    /// The operand does not fit its type.
    Range {
        /// The op's name.
        op: &'static str,
        /// The operand's name.
        operand: &'static str,
        /// Its type.
        ty: &'static str,
        /// What was given.
        found: Operand,
    },
}

impl fmt::Display for OperandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OperandError::NoSuchOp(index) => write!(f, "there is no op with index {index}"),
            OperandError::Count {
                op,
                expected,
                found,
            } => {
                write!(f, "{op} takes {expected} operand(s), found {found}")
            }
            OperandError::Range {
                op,
                operand,
                ty,
                found,
            } => {
                write!(f, "{op}: operand `{operand}` is a {ty}, found {found}")
            }
        }
    }
}

impl std::error::Error for OperandError {}

/// A Rust type that an operand may have.
pub trait OperandType: Copy {
    /// The type's name.
    const NAME: &'static str;
    /// The operand as data.
    fn to_operand(self) -> Operand;
    /// The operand from data; `None` when it does not fit.
    fn from_operand(operand: Operand) -> Option<Self>;
    /// Feeds the operand to a hasher, floats by bits.
    fn hash_operand<H: Hasher>(self, state: &mut H);
}

macro_rules! integer_operand {
    ($($ty:ident)+) => { $(
        impl OperandType for $ty {
            const NAME: &'static str = stringify!($ty);
            fn to_operand(self) -> Operand {
                Operand::Int(self as i64)
            }
            fn from_operand(operand: Operand) -> Option<Self> {
                match operand {
                    Operand::Int(n) => $ty::try_from(n).ok(),
                    Operand::Float(_) => None,
                }
            }
            fn hash_operand<H: Hasher>(self, state: &mut H) {
                self.hash(state);
            }
        }
    )+ };
}

integer_operand!(u8 u16 i32 i64);

impl OperandType for usize {
    const NAME: &'static str = "usize";
    fn to_operand(self) -> Operand {
        Operand::Int(self as i64)
    }
    fn from_operand(operand: Operand) -> Option<Self> {
        match operand {
            Operand::Int(n) => Some(n as usize),
            Operand::Float(_) => None,
        }
    }
    fn hash_operand<H: Hasher>(self, state: &mut H) {
        (self as u64).hash(state);
    }
}

impl OperandType for f64 {
    const NAME: &'static str = "f64";
    fn to_operand(self) -> Operand {
        Operand::Float(self)
    }
    fn from_operand(operand: Operand) -> Option<Self> {
        match operand {
            Operand::Float(x) => Some(x),
            Operand::Int(n) => Some(n as f64),
        }
    }
    fn hash_operand<H: Hasher>(self, state: &mut H) {
        self.to_bits().hash(state);
    }
}
