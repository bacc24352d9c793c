//! Every error text that a program can observe.

use std::fmt;

/// Why a run ended with [`crate::VMResult::Error`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Error {
    /// `Call` of a sub that does not exist; `?` for a bad name index.
    UndefinedFunction(String),
    /// A limit of [`crate::Limits`], or fuel.
    Limit(Limit),
    /// The interrupt handle was used.
    Interrupted,
    /// A block of a higher-order op was left by a jump.
    JumpOutOfBlock,
    /// `AwkDiv`, `AwkDivJit`
    DivisionByZero,
    /// `AwkMod`, `AwkModJit`
    ModuloByZero,
    /// `AwkLshiftJit`, `AwkRshiftJit`; the name of the function.
    NegativeShift(&'static str),
    /// `AwkComplJit`
    NegativeCompl,
    /// An AWK op of `ExtendedWide` asks for more operands than its typed form could.
    AwkArgumentCount,
}

/// What was exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    ValueStack,
    CallFrames,
    CollectionSize,
    StringSize,
    ValueNesting,
    Memory,
    Fuel,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::UndefinedFunction(name) => write!(f, "undefined function: {name}"),
            Error::Limit(limit) => write!(f, "limit exceeded: {limit}"),
            Error::Interrupted => f.write_str("interrupted"),
            Error::JumpOutOfBlock => f.write_str("jump out of block"),
            Error::DivisionByZero => f.write_str("division by zero attempted"),
            Error::ModuloByZero => f.write_str("division by zero attempted in `%'"),
            Error::NegativeShift(name) => write!(f, "{name}: negative values are not allowed"),
            Error::NegativeCompl => f.write_str("compl: negative value is not allowed"),
            Error::AwkArgumentCount => f.write_str("awk argument count out of range"),
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Limit::ValueStack => "value stack",
            Limit::CallFrames => "call frames",
            Limit::CollectionSize => "collection size",
            Limit::StringSize => "string size",
            Limit::ValueNesting => "value nesting",
            Limit::Memory => "memory",
            Limit::Fuel => "fuel",
        })
    }
}

impl From<Limit> for Error {
    #[cold]
    fn from(limit: Limit) -> Error {
        Error::Limit(limit)
    }
}
