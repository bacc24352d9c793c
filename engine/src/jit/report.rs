//! What the tiers did: counters, and the reasons why they did not.

use crate::op::N_OPS;
use std::collections::BTreeSet;
use std::fmt;

/// A native tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names of the tiers")]
pub enum TierName {
    Linear,
    Block,
    Trace,
}

impl TierName {
    /// All tiers.
    pub const ALL: [TierName; 3] = [TierName::Linear, TierName::Block, TierName::Trace];

    /// The tier's name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            TierName::Linear => "linear",
            TierName::Block => "block",
            TierName::Trace => "trace",
        }
    }
}

impl fmt::Display for TierName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What one tier did for one VM.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TierStats {
    /// Pieces of code compiled.
    pub compiles: u64,
    /// Times native code was entered.
    pub entries: u64,
    /// Guards in the code that was compiled.
    pub guards: u64,
    /// Times native code was left at a guard or at a branch that it does not contain.
    pub side_exits: u64,
    /// Times an entry guard found another kind than the code was compiled for.
    pub entry_misses: u64,
    /// Side traces compiled.
    pub side_traces: u64,
    /// Bytes of machine code compiled, with those that are left before a function so that its
    /// loops lie in few lines of the instruction cache.
    pub code_bytes: u64,
    /// Time spent compiling, in nanoseconds.
    pub compile_nanos: u64,
    /// Ops that are part of native code that was entered.
    pub ops: OpSet,
    /// The ops, by their places in the chunk, before which native code was left at a guard.
    pub guard_exits: BTreeSet<usize>,
    /// How often each op ran natively; `None` unless `VM::set_op_counts` asked for it.
    pub counts: Option<Box<OpCounts>>,
}

/// How often each op ran natively, by its index in the table of ops.
#[derive(Debug, Clone, PartialEq, Eq)]
#[repr(C)]
pub struct OpCounts {
    /// Compiled code adds to these lists.
    pub(crate) begun: [u64; N_OPS],
    pub(crate) left: [u64; N_OPS],
    pub(crate) guards_failed: [u64; N_OPS],
}

impl OpCounts {
    /// Times the op with this index was finished in native code, by code of its own or by
    /// the interpreter on behalf of it.
    pub fn finished(&self, index: usize) -> u64 {
        self.begun[index] - self.left[index]
    }

    /// Times the op with this index was given back to the interpreter, because a guard found
    /// another kind of value or another special case than the code was compiled for.
    pub fn guards_failed(&self, index: usize) -> u64 {
        self.guards_failed[index]
    }

    /// Adds what was counted elsewhere.
    pub fn add(&mut self, more: &OpCounts) {
        let lists = [
            (&mut self.begun, &more.begun),
            (&mut self.left, &more.left),
            (&mut self.guards_failed, &more.guards_failed),
        ];
        for (list, more) in lists {
            list.iter_mut().zip(more).for_each(|(n, more)| *n += more);
        }
    }
}

impl Default for OpCounts {
    fn default() -> OpCounts {
        OpCounts {
            begun: [0; N_OPS],
            left: [0; N_OPS],
            guards_failed: [0; N_OPS],
        }
    }
}

/// How often a tier declined for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclineCount {
    /// The tier that declined.
    pub tier: TierName,
    /// The reason's name, without its details.
    pub reason: &'static str,
    /// The first occurrence as a sentence.
    pub example: String,
    /// How often.
    pub count: u64,
}

/// What the tiers did for one VM since it was made or reset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TierReport {
    /// The linear tier.
    pub linear: TierStats,
    /// The block tier.
    pub block: TierStats,
    /// The trace tier.
    pub trace: TierStats,
    /// Why tiers declined.
    pub declines: Vec<DeclineCount>,
    /// Guards that the last run went through in native code; counted only while one is
    /// forced to fail (`VM::set_forced_guard`).
    pub guards_met: u64,
}

impl TierReport {
    /// The counters of one tier.
    pub fn tier(&self, tier: TierName) -> &TierStats {
        match tier {
            TierName::Linear => &self.linear,
            TierName::Block => &self.block,
            TierName::Trace => &self.trace,
        }
    }

    /// The counters of one tier, to count with.
    #[cfg(feature = "jit")]
    pub(crate) fn tier_mut(&mut self, tier: TierName) -> &mut TierStats {
        match tier {
            TierName::Linear => &mut self.linear,
            TierName::Block => &mut self.block,
            TierName::Trace => &mut self.trace,
        }
    }
}

/// What a thread keeps of the chunks that it has run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InUse {
    /// Chunks that are known: proofs, counters and code.
    pub chunks: usize,
    /// The most that are known at a time; the one that was used longest ago goes first.
    pub most_chunks: usize,
    /// Compiled functions whose memory is not freed.
    pub functions: usize,
    /// Bytes of their machine code, as in [`TierStats::code_bytes`].
    pub code_bytes: usize,
}

/// A set of ops of the instruction set, by index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OpSet([u64; N_OPS.div_ceil(64)]);

impl OpSet {
    /// Adds the op with this index.
    pub fn insert(&mut self, index: usize) {
        self.0[index / 64] |= 1 << (index % 64);
    }

    /// Whether the op with this index is in the set.
    pub fn contains(&self, index: usize) -> bool {
        self.0[index / 64] >> (index % 64) & 1 != 0
    }

    /// Adds every op of another set.
    pub fn extend(&mut self, other: &OpSet) {
        for (word, more) in self.0.iter_mut().zip(other.0) {
            *word |= more;
        }
    }

    /// The indices in the set, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        let set = *self;
        (0..N_OPS).filter(move |index| set.contains(*index))
    }
}
