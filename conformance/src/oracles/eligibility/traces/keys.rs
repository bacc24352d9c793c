//! How many loops of one chunk lookups know at once.

use super::super::{Draw, Judge, forget_all};
use fusevm::jit::{DeoptInfo, TraceLookup};
use fusevm::{Chunk, JitCompiler, Op, TraceJitConfig};

/// Keys of one chunk that become hot, by the contract of `trace_lookup`.
const MOST_KEYS: usize = 4096;
/// One walk in so many asks: it takes thousands of lookups.
const SELDOM: usize = 16;

/// Looks up more loops than there is room for; those that are known stay known.
pub(in super::super) fn ask(judge: &mut Judge, draw: &mut Draw) {
    if draw.below(SELDOM) > 0 {
        return;
    }
    let chunk = Chunk {
        ops: vec![Op::Nop; MOST_KEYS + 2],
        ..Chunk::default()
    };
    forget_all();
    let jit = JitCompiler::new();
    jit.set_config(TraceJitConfig {
        trace_threshold: 1,
        ..TraceJitConfig::defaults()
    });
    let look_up = |key| jit.trace_lookup(&chunk, key, &mut [], &[], &mut DeoptInfo::zeroed());
    let becomes_hot = |key| matches!(look_up(key), TraceLookup::StartRecording);
    let n_hot = (0..chunk.ops.len()).filter(|key| becomes_hot(*key)).count();
    let about = || format!("{} `Nop`s", chunk.ops.len());
    judge.same("hot loops of one chunk", &MOST_KEYS, &n_hot, &about);
    let known = [0, MOST_KEYS - 1, MOST_KEYS].map(becomes_hot);
    judge.same("loops that stay hot", &[true, true, false], &known, &about);
    forget_all();
}
