//! [`Unit`]: one compiled region.

use super::abs::State;
use super::clif::{self, Extras};
use super::code::Code;
use super::decline::Decline;
use super::emit::ExitKind;
use super::kinds::{self, Analysis};
use super::native::Watch;
use super::region::{EntryKinds, Region};
use super::report::{OpSet, TierName};
use crate::chunk::{Chunk, Verified};
use std::time::Instant;

/// The most values that all block heads of a region may have together: Cranelift's time
/// grows with it.
const MAX_HEAD_VALUES: usize = 1 << 16;

/// Where and why native code may be left.
#[derive(Debug, Clone, Copy)]
pub(super) struct ExitInfo {
    pub(super) kind: ExitKind,
    /// The op that leaves.
    pub(super) from: usize,
    /// The op that the interpreter runs next.
    pub(super) ip: usize,
}

/// One compiled region, with everything that is needed to enter it and to explain it.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) tier: TierName,
    pub(super) entry_ip: usize,
    pub(super) entry: EntryKinds,
    pub(super) watch: Watch,
    pub(super) extras: Extras,
    pub(super) region: Region,
    pub(super) exits: Vec<ExitInfo>,
    pub(super) code: Code,
    /// The ops that the region contains.
    pub(super) ops: OpSet,
    pub(super) compile_nanos: u64,
}

impl Unit {
    /// Compiles a region for the kinds at its entry.
    pub(super) fn compile(
        tier: TierName,
        chunk: &Chunk,
        verified: &Verified,
        region: Region,
        entry: EntryKinds,
        watch: Watch,
    ) -> Result<Unit, Decline> {
        let started = Instant::now();
        let Analysis { heads, guarded } = kinds::analyse(chunk, verified, &region, &entry)?;
        let n_values: usize = heads
            .iter()
            .flatten()
            .map(|head| head.stack.len() + head.slots.len())
            .sum();
        if n_values > MAX_HEAD_VALUES {
            return Err(Decline::TooLarge(n_values));
        }
        // Only traces are judged by the turns that they make between exits, and one without
        // guards leaves where the loop ends or where it has not been recorded yet.
        let extras = Extras {
            watch: watch.back_edges(),
            guards: watch.guards(),
            ops: watch.ops(),
            count_turns: tier == TierName::Trace && guarded,
        };
        let compiled = clif::compile(chunk, verified, &region, &entry, &heads, extras)?;
        let mut ops = OpSet::default();
        for ip in reached_ops(&region, &heads) {
            ops.insert(chunk.ops[ip].index());
        }
        Ok(Unit {
            tier,
            entry_ip: region.blocks[0].start,
            entry,
            watch,
            extras,
            region,
            exits: compiled.exits,
            code: compiled.code,
            ops,
            compile_nanos: started.elapsed().as_nanos() as u64,
        })
    }

    /// Guards in the code: exits because of a kind or a special case.
    pub(super) fn n_guards(&self) -> usize {
        self.exits
            .iter()
            .filter(|exit| exit.kind == ExitKind::Guard)
            .count()
    }
}

/// The ops of the blocks that control reaches.
fn reached_ops<'a>(
    region: &'a Region,
    heads: &'a [Option<State<()>>],
) -> impl Iterator<Item = usize> + 'a {
    region
        .blocks
        .iter()
        .zip(heads)
        .filter(|(_, head)| head.is_some())
        .flat_map(|(block, _)| block.start..block.end)
}
