//! Configuration, and traces: lookups by an interpreter of the caller's, installing what it has recorded, and
//! traces as data.

use super::JitCompiler;
use crate::chunk::Chunk;
use crate::jit::deopt::DeoptInfo;
use crate::jit::plain::{SlotKind, TraceLookup, TraceMetadata};
use crate::jit::{OptLevel, TraceJitConfig, config, direct, subset};
use crate::op::Op;

/// Traces of the numeric subset, each known by the op at which it is looked up.
///
/// A loop that [`crate::VM::run`] has traced is one of them, if it is in the subset.
impl JitCompiler {
    /// Replaces the calling thread's configuration; compiled code stays.
    pub fn set_config(&self, cfg: TraceJitConfig) {
        config::set(cfg);
    }

    /// The calling thread's configuration.
    pub fn get_config(&self) -> TraceJitConfig {
        config::get()
    }

    /// How much work the calling thread puts into code that it compiles from now on.
    pub fn set_opt_level(&self, level: OptLevel) {
        config::set_opt_level(level);
    }

    /// How much work the calling thread puts into code.
    pub fn opt_level(&self) -> OptLevel {
        config::opt_level()
    }

    /// Whether these ops, recorded from a loop whose header is at `anchor_ip`, may become a
    /// trace. Compiling may decline all the same, for one because of a call.
    pub fn is_trace_eligible(&self, ops: &[Op], anchor_ip: usize) -> bool {
        subset::is_trace_eligible(ops, anchor_ip)
    }

    /// What an interpreter does at the loop header `anchor_ip`; runs the trace if there is one
    /// and every slot that it names has its kind.
    ///
    /// A loop becomes hot by its lookups; so many headers of one chunk are known at once, 4,096,
    /// that those after them stay cold.
    ///
    /// After [`TraceLookup::Ran`] the slots are current, each converted to its kind, and
    /// `deopt_info` has the operands above those that were there before.
    pub fn trace_lookup(
        &self,
        chunk: &Chunk,
        anchor_ip: usize,
        slots: &mut [i64],
        slot_kinds_at_anchor: &[SlotKind],
        deopt_info: &mut DeoptInfo,
    ) -> TraceLookup {
        direct::lookup(chunk, anchor_ip, slots, slot_kinds_at_anchor, deopt_info)
    }

    /// Compiles a recording of one turn of the loop at `anchor_ip`, replacing what was there.
    /// `false`, with nothing changed, when it is not a path of this chunk, not eligible, or
    /// cannot be compiled.
    ///
    /// The fall-through is the op behind the closing branch, whatever `fallthrough_ip` says.
    pub fn trace_install(
        &self,
        chunk: &Chunk,
        anchor_ip: usize,
        fallthrough_ip: usize,
        ops: &[Op],
        recorded_ips: &[usize],
        slot_kinds_at_anchor: &[SlotKind],
    ) -> bool {
        self.trace_install_with_kind(
            chunk,
            anchor_ip,
            anchor_ip,
            fallthrough_ip,
            ops,
            recorded_ips,
            slot_kinds_at_anchor,
        )
    }

    /// As [`JitCompiler::trace_install`]; where the two anchors differ it is a side trace,
    /// looked up at the first one and leading to the second one.
    #[allow(clippy::too_many_arguments, reason = "a published signature")]
    pub fn trace_install_with_kind(
        &self,
        chunk: &Chunk,
        record_anchor_ip: usize,
        close_anchor_ip: usize,
        fallthrough_ip: usize,
        ops: &[Op],
        recorded_ips: &[usize],
        slot_kinds_at_anchor: &[SlotKind],
    ) -> bool {
        let _ = fallthrough_ip;
        direct::install(
            chunk,
            record_anchor_ip,
            close_anchor_ip,
            ops,
            recorded_ips,
            slot_kinds_at_anchor,
        )
    }

    /// Makes a trace, or a header that was looked up, be skipped from now on.
    pub fn trace_abort(&self, chunk: &Chunk, anchor_ip: usize) {
        direct::abort(chunk, anchor_ip);
    }

    /// Whether there is a trace that is not skipped.
    pub fn trace_is_compiled(&self, chunk: &Chunk, anchor_ip: usize) -> bool {
        direct::is_compiled(chunk, anchor_ip)
    }

    /// Whether the trace is skipped because it was left, or its guards failed, too often.
    pub fn trace_is_blacklisted(&self, chunk: &Chunk, anchor_ip: usize) -> bool {
        direct::is_blacklisted(chunk, anchor_ip)
    }

    /// How often a slot had another kind at a lookup than the trace was made for.
    pub fn trace_deopt_count(&self, chunk: &Chunk, anchor_ip: usize) -> u32 {
        direct::deopt_count(chunk, anchor_ip)
    }

    /// How often the trace was left before its loop ended: exits that
    /// [`JitCompiler::trace_bump_side_exit`] and [`crate::VM::run`] have counted.
    pub fn trace_side_exit_count(&self, chunk: &Chunk, anchor_ip: usize) -> u32 {
        direct::side_exit_count(chunk, anchor_ip)
    }

    /// Counts one exit; the trace is blacklisted when there were `max_side_exits`.
    pub fn trace_bump_side_exit(&self, chunk: &Chunk, anchor_ip: usize) {
        direct::bump_side_exit(chunk, anchor_ip);
    }

    /// Where the trace closes, and the op behind its closing branch.
    pub fn trace_loop_anchors(&self, chunk: &Chunk, anchor_ip: usize) -> Option<(usize, usize)> {
        direct::loop_anchors(chunk, anchor_ip)
    }

    /// The trace at `anchor_ip` as data.
    pub fn trace_export(&self, chunk: &Chunk, anchor_ip: usize) -> Option<TraceMetadata> {
        direct::export(chunk, anchor_ip)
    }

    /// All traces of the chunk as data, in no particular order.
    pub fn trace_export_all(&self, chunk: &Chunk) -> Vec<TraceMetadata> {
        direct::export_all(chunk)
    }

    /// Compiles a trace that was exported elsewhere, without recording anything. `false`, with
    /// nothing changed, unless all that it says is true of this chunk.
    pub fn trace_import(&self, chunk: &Chunk, meta: &TraceMetadata) -> bool {
        direct::import(chunk, meta)
    }

    /// Imports each; answers how many were accepted.
    pub fn trace_import_all(&self, chunk: &Chunk, metas: &[TraceMetadata]) -> usize {
        metas
            .iter()
            .filter(|meta| self.trace_import(chunk, meta))
            .count()
    }

    /// The most ops that a recording may have.
    pub fn trace_max_len(&self) -> usize {
        config::get().max_trace_len
    }

    /// Slots that a trace names are below this.
    pub fn trace_max_slot(&self) -> u16 {
        subset::MAX_TRACE_SLOTS
    }
}
