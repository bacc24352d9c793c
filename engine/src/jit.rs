//! Native tiers: configuration, reports and the public types around them.
//!
//! The VM asks `jit/door.rs`; everything else here is for people and programs that look at
//! what the tiers did.

mod compiler;
mod config;
mod deopt;
mod extension;
mod plain;
mod report;
mod subset;

// The tiers. Without the feature `jit` the door leads nowhere.
#[cfg(feature = "jit")]
mod abs;
#[cfg(feature = "jit")]
mod block;
#[cfg(feature = "jit")]
mod cache;
#[cfg(feature = "jit")]
mod clif;
#[cfg(feature = "jit")]
mod code;
#[cfg(feature = "jit")]
mod decline;
#[cfg(feature = "jit")]
mod direct;
#[cfg(feature = "jit")]
pub(crate) mod door;
#[cfg(feature = "jit")]
mod emit;
#[cfg(feature = "jit")]
mod explain;
#[cfg(feature = "jit")]
mod helpers;
#[cfg(feature = "jit")]
mod isa;
#[cfg(feature = "jit")]
mod kinds;
#[cfg(feature = "jit")]
mod lower;
#[cfg(feature = "jit")]
mod native;
#[cfg(feature = "jit")]
mod region;
#[cfg(feature = "jit")]
mod trace;
#[cfg(feature = "jit")]
mod unit;

#[cfg(not(feature = "jit"))]
#[path = "jit/absent.rs"]
pub(crate) mod door;

pub use crate::awk_host::set_awk_field_num_hook;
pub use compiler::JitCompiler;
pub use config::{OptLevel, TierPolicy, TraceJitConfig};
pub use deopt::{
    DeoptFrame, DeoptInfo, MAX_DEOPT_FRAMES, MAX_DEOPT_SLOTS_PER_FRAME, MAX_DEOPT_STACK,
    STACK_KIND_BOOL, STACK_KIND_FLOAT, STACK_KIND_INT, STACK_KIND_UNDEF,
};
#[cfg(feature = "jit")]
pub use extension::{ExtJitCtx, JitValue};
pub use extension::{JitExtension, jit_helper_id, register_global_extension, register_jit_helper};
pub use plain::{BlockNum, NativeCode, SlotKind, TraceLookup, TraceMetadata};
pub use report::{DeclineCount, InUse, OpCounts, OpSet, TierName, TierReport, TierStats};

use crate::vm::VM;

/// Which parts [`JitCompiler::explain`] prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExplainParts {
    /// Recorded traces and compiled units in the engine's own words.
    pub trace: bool,
    /// Cranelift IR.
    pub clif: bool,
    /// Machine code as disassembled text.
    pub asm: bool,
}

impl VM {
    /// Lets [`VM::run`] use the block and the trace tier. Results do not change.
    #[cfg(feature = "jit")]
    pub fn enable_tracing_jit(&mut self) {
        self.tiers.policy = TierPolicy {
            linear: false,
            block: true,
            trace: true,
        };
    }

    /// Stops [`VM::run`] from using native tiers; compiled code stays.
    #[cfg(feature = "jit")]
    pub fn disable_tracing_jit(&mut self) {
        self.tiers.policy = TierPolicy::NONE;
    }

    /// Chooses the tiers that [`VM::run`] may use, one by one.
    pub fn set_tier_policy(&mut self, policy: TierPolicy) {
        self.tiers.policy = policy;
    }

    /// For tests of the tiers: of the guards that native code goes through in a run, the one
    /// with this number, from 0, fails whatever it finds, and the interpreter goes on from
    /// there. Results must not change. [`TierReport::guards_met`] says how many there were.
    /// `None`, the default, forces nothing and costs nothing.
    pub fn set_forced_guard(&mut self, guard: Option<u64>) {
        self.tiers.forced_guard = guard;
    }

    /// Lets native code count each op that it runs, for [`TierStats::counts`]. Such code is
    /// compiled apart and slower; results do not change. Off by default, and costs nothing
    /// then.
    pub fn set_op_counts(&mut self, on: bool) {
        self.tiers.counts_ops = on;
    }

    /// What the tiers did for this VM since it was made or reset.
    pub fn tier_report(&self) -> TierReport {
        self.tiers.report.clone()
    }
}
