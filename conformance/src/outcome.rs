//! [`Outcome`]: everything that a run makes observable, and the first difference of two.

use fusevm::Value;

/// How a run ended.
#[derive(Debug, Clone)]
pub enum Ending {
    /// With a value.
    Value(Value),
    /// Without a value.
    Halted,
    /// With an error text.
    Error(String),
}

/// One frame as it was left.
#[derive(Debug, Clone)]
pub struct FrameOutcome {
    /// Where it returns to.
    pub return_ip: usize,
    /// Where its part of the stack begins.
    pub stack_base: usize,
    /// Its slots.
    pub slots: Vec<Value>,
}

/// All that a run makes observable.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// How it ended.
    pub ending: Ending,
    /// The value stack, bottom first.
    pub stack: Vec<Value>,
    /// Every frame, root first.
    pub frames: Vec<FrameOutcome>,
    /// Every global.
    pub globals: Vec<Value>,
    /// Where a further run would continue.
    pub ip: usize,
    /// Whether a halt was requested.
    pub halted: bool,
    /// The status of the last command.
    pub last_status: i32,
    /// Bytes written.
    pub output: Vec<u8>,
    /// Calls of builtins and handlers, with their arguments, in order.
    pub log: Vec<String>,
    /// Fuel left.
    pub fuel: Option<u64>,
}

/// The first field in which two outcomes differ, with both sides as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The field, with its index: ``frame 0, slot 3``.
    pub field: String,
    /// The left side.
    pub left: String,
    /// The right side.
    pub right: String,
}
