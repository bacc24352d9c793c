//! Every knob of the native tiers, once: default and meaning.

#[cfg(feature = "jit")]
use std::cell::Cell;

/// When the tiers compile, and when they give up. One per thread.
#[derive(Debug, Clone, Copy)]
pub struct TraceJitConfig {
    /// Lookups at a loop header that make it hot; lookup number `max(threshold, 1)` arms
    /// recording.
    pub trace_threshold: u32,
    /// Runs of a chunk that stay uncompiled: run number threshold + 1 compiles.
    pub block_threshold: u32,
    /// Side exits that blacklist a trace.
    pub max_side_exits: u32,
    /// Open inlined activations of one entry point; a further call aborts the recording.
    pub max_inline_recursion: usize,
    /// Side traces tried per exit of a main trace.
    pub max_trace_chain: usize,
    /// Most ops of a recording, closing branch included.
    pub max_trace_len: usize,
}

impl TraceJitConfig {
    /// The configuration of a thread that changed nothing.
    pub const fn defaults() -> TraceJitConfig {
        TraceJitConfig {
            trace_threshold: 50,
            block_threshold: 1,
            max_side_exits: 50,
            max_inline_recursion: 4,
            max_trace_chain: 4,
            max_trace_len: 256,
        }
    }
}

impl Default for TraceJitConfig {
    fn default() -> TraceJitConfig {
        TraceJitConfig::defaults()
    }
}

/// How much work goes into making native code fast. One per thread.
///
/// It decides about the speed of code and of its compilation, never about what the code does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OptLevel {
    /// No optimisation, and Cranelift's allocator of registers that goes over the code once:
    /// for programs that compile much and run it briefly, tests among them.
    None,
    /// Cranelift's `opt_level=speed`.
    #[default]
    Speed,
}

/// Which tiers a VM may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TierPolicy {
    /// Straight-line chunks, compiled on their first run.
    pub linear: bool,
    /// Whole chunks, compiled after `block_threshold` runs.
    pub block: bool,
    /// Hot loops, compiled after `trace_threshold` back edges.
    pub trace: bool,
}

impl TierPolicy {
    /// The interpreter alone.
    pub const NONE: TierPolicy = TierPolicy {
        linear: false,
        block: false,
        trace: false,
    };
}

#[cfg(feature = "jit")]
thread_local! {
    static CONFIG: Cell<TraceJitConfig> = Cell::new(with_environment());
    static OPT_LEVEL: Cell<OptLevel> = const { Cell::new(OptLevel::Speed) };
}

/// The defaults with `FUSEVM_JIT_BLOCK_THRESHOLD` and `FUSEVM_JIT_TRACE_THRESHOLD` applied.
#[cfg(feature = "jit")]
fn with_environment() -> TraceJitConfig {
    let read = |name: &str| std::env::var(name).ok()?.trim().parse().ok();
    let mut config = TraceJitConfig::defaults();
    if let Some(n) = read("FUSEVM_JIT_BLOCK_THRESHOLD") {
        config.block_threshold = n;
    }
    if let Some(n) = read("FUSEVM_JIT_TRACE_THRESHOLD") {
        config.trace_threshold = n;
    }
    config
}

#[cfg(feature = "jit")]
pub(crate) fn set(config: TraceJitConfig) {
    CONFIG.set(config);
}

#[cfg(feature = "jit")]
pub(crate) fn get() -> TraceJitConfig {
    CONFIG.get()
}

#[cfg(feature = "jit")]
pub(crate) fn set_opt_level(level: OptLevel) {
    OPT_LEVEL.set(level);
}

#[cfg(feature = "jit")]
pub(crate) fn opt_level() -> OptLevel {
    OPT_LEVEL.get()
}
