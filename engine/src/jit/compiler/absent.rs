//! The methods of [`JitCompiler`] in a build without native tiers: nothing is eligible, nothing
//! runs, and there are no traces.

use super::JitCompiler;
use crate::chunk::Chunk;
use crate::jit::deopt::DeoptInfo;
use crate::jit::plain::{SlotKind, TraceLookup, TraceMetadata};
use crate::jit::{OptLevel, TraceJitConfig, subset};
use crate::op::Op;
use crate::value::Value;

/// This build has no native tiers: nothing is eligible and nothing runs natively.
#[allow(clippy::too_many_arguments, reason = "published signatures")]
impl JitCompiler {
    /// Has no effect.
    pub fn set_config(&self, _: TraceJitConfig) {}

    /// The defaults.
    pub fn get_config(&self) -> TraceJitConfig {
        TraceJitConfig::defaults()
    }

    /// Has no effect.
    pub fn set_opt_level(&self, _: OptLevel) {}

    /// The default.
    pub fn opt_level(&self) -> OptLevel {
        OptLevel::default()
    }

    /// Whether [`JitCompiler::try_run_linear`] takes the chunk: never.
    pub fn is_linear_eligible(&self, _: &Chunk) -> bool {
        false
    }

    /// `None`: nothing is run.
    pub fn try_run_linear(&self, _: &Chunk, _: &[i64]) -> Option<Value> {
        None
    }

    /// Whether a block entry point takes the chunk: never.
    pub fn is_block_eligible(&self, _: &Chunk) -> bool {
        false
    }

    /// Whether the chunk was compiled: never.
    pub fn block_jit_is_compiled(&self, _: &Chunk) -> bool {
        false
    }

    /// `None`: nothing is run.
    pub fn try_run_block(&self, _: &Chunk, _: &mut [i64]) -> Option<i64> {
        None
    }

    /// `None`: nothing is run.
    pub fn try_run_block_eager(&self, _: &Chunk, _: &mut [i64]) -> Option<i64> {
        None
    }

    /// `None`: nothing can be compiled.
    pub fn find_jit_region(&self, _: &Chunk) -> Option<(usize, usize)> {
        None
    }

    /// The chunk as it is.
    pub fn extract_region(&self, chunk: &Chunk, _: usize, _: usize) -> Chunk {
        chunk.clone()
    }

    /// Whether a recording may become a trace: never.
    pub fn is_trace_eligible(&self, _: &[Op], _: usize) -> bool {
        false
    }

    /// [`TraceLookup::Skip`]: there are no traces.
    pub fn trace_lookup(
        &self,
        _: &Chunk,
        _: usize,
        _: &mut [i64],
        _: &[SlotKind],
        _: &mut DeoptInfo,
    ) -> TraceLookup {
        TraceLookup::Skip
    }

    /// `false`: nothing is installed.
    pub fn trace_install(
        &self,
        _: &Chunk,
        _: usize,
        _: usize,
        _: &[Op],
        _: &[usize],
        _: &[SlotKind],
    ) -> bool {
        false
    }

    /// `false`: nothing is installed.
    pub fn trace_install_with_kind(
        &self,
        _: &Chunk,
        _: usize,
        _: usize,
        _: usize,
        _: &[Op],
        _: &[usize],
        _: &[SlotKind],
    ) -> bool {
        false
    }

    /// Has no effect.
    pub fn trace_abort(&self, _: &Chunk, _: usize) {}

    /// Whether there is a trace: never.
    pub fn trace_is_compiled(&self, _: &Chunk, _: usize) -> bool {
        false
    }

    /// Whether a trace is skipped: never.
    pub fn trace_is_blacklisted(&self, _: &Chunk, _: usize) -> bool {
        false
    }

    /// 0: there are no traces.
    pub fn trace_deopt_count(&self, _: &Chunk, _: usize) -> u32 {
        0
    }

    /// 0: there are no traces.
    pub fn trace_side_exit_count(&self, _: &Chunk, _: usize) -> u32 {
        0
    }

    /// Has no effect.
    pub fn trace_bump_side_exit(&self, _: &Chunk, _: usize) {}

    /// `None`: there are no traces.
    pub fn trace_loop_anchors(&self, _: &Chunk, _: usize) -> Option<(usize, usize)> {
        None
    }

    /// `None`: there are no traces.
    pub fn trace_export(&self, _: &Chunk, _: usize) -> Option<TraceMetadata> {
        None
    }

    /// Nothing: there are no traces.
    pub fn trace_export_all(&self, _: &Chunk) -> Vec<TraceMetadata> {
        Vec::new()
    }

    /// `false`: nothing is imported.
    pub fn trace_import(&self, _: &Chunk, _: &TraceMetadata) -> bool {
        false
    }

    /// 0: nothing is imported.
    pub fn trace_import_all(&self, _: &Chunk, _: &[TraceMetadata]) -> usize {
        0
    }

    /// The most ops that a recording may have by default.
    pub fn trace_max_len(&self) -> usize {
        TraceJitConfig::defaults().max_trace_len
    }

    /// Slots that a trace names are below this.
    pub fn trace_max_slot(&self) -> u16 {
        subset::MAX_TRACE_SLOTS
    }
}
