//! [`Case`]: everything that one execution needs.

use fusevm::{Chunk, Limits, Value};
use serde::{Deserialize, Serialize};

/// Everything one execution needs, and nothing that depends on who executes it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Case {
    /// The program.
    pub chunk: Chunk,
    /// Slots of the root frame before the run.
    pub slots: Vec<Value>,
    /// The first globals before the run; the others start as `Undef`.
    pub globals: Vec<Value>,
    /// Values pushed before the run, bottom first.
    pub stack: Vec<Value>,
    /// Standard input.
    pub stdin: String,
    /// Whether the scripted builtins and extension handlers of `scripted.rs` are installed.
    pub handlers: bool,
    /// Fuel; `None` runs without counting it.
    pub fuel: Option<u64>,
    /// The limits of the run.
    #[serde(skip)]
    pub limits: Limits,
    /// How often `VM::run` is called on a fresh VM, 0 as 1. Thresholds count runs.
    pub runs: u32,
}

impl Case {
    /// A case that runs `chunk` as it is.
    pub fn new(chunk: Chunk) -> Case {
        Case {
            chunk,
            ..Case::default()
        }
    }

    /// Whether an op of the chunk jumps to itself or backward.
    pub fn has_loop(&self) -> bool {
        let ops = &self.chunk.ops;
        ops.iter()
            .enumerate()
            .any(|(ip, op)| op.target().is_some_and(|target| target <= ip))
    }
}
