//! What a thread knows of the chunks that it has run: proofs, counters and compiled code.
//!
//! An entry is found by a hash and then compared with the chunk in everything that compiled
//! code depends on, so two chunks never share code, whatever their hashes are. The number of
//! entries is bounded; the one that was used longest ago goes first, with all its code.

mod bytes;

use super::block::BlockState;
use super::decline::Decline;
use super::direct::{Facts, TraceTable};
use super::extension;
use super::trace::LoopState;
use crate::chunk::{Chunk, StableHasher, Verified};
use crate::op::Op;
use crate::value::Value;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The most chunks that a thread knows at a time.
pub(super) const MAX_ENTRIES: usize = 1024;

/// What a thread knows of one chunk.
#[derive(Debug)]
pub(super) struct ChunkEntry {
    id: u64,
    identity: Identity,
    verified: Result<Verified, Decline>,
    pub(super) block: RefCell<BlockState>,
    pub(super) linear: RefCell<BlockState>,
    pub(super) loops: RefCell<LoopMap>,
    /// What the direct entry points ask of the chunk.
    pub(super) facts: OnceCell<Facts>,
    /// Traces as the direct entry points see them.
    pub(super) traces: RefCell<TraceTable>,
}

/// Everything that compiled code and proofs depend on.
#[derive(Debug)]
struct Identity {
    ops: Vec<Op>,
    constants: Vec<Value>,
    sub_entries: Vec<(u16, usize)>,
    block_ranges: Vec<(usize, usize)>,
    n_names: usize,
    n_sub_chunks: usize,
    /// Generation of the extensions, if one of a later generation may compile an op that none
    /// compiles now. What is compiled stays the same: the first extension that claims an op
    /// keeps it, and so does the first function its name.
    extensions: Option<u64>,
}

impl ChunkEntry {
    fn new(chunk: &Chunk) -> ChunkEntry {
        static NEXT_ID: AtomicU64 = AtomicU64::new(1);
        let generation = extension::generation();
        let is_open = chunk.ops.iter().any(|op| match *op {
            Op::Extended(id, arg) => extension::effect_of(id, arg).is_none(),
            _ => false,
        });
        let verified = chunk.verify_with(&|id, arg| {
            let effect = extension::effect_of(id, arg)?;
            Some((effect.pops as u32, effect.pushes as u32))
        });
        ChunkEntry {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            identity: Identity {
                ops: chunk.ops.clone(),
                constants: chunk.constants.clone(),
                sub_entries: chunk.sub_entries.clone(),
                block_ranges: chunk.block_ranges.clone(),
                n_names: chunk.names.len(),
                n_sub_chunks: chunk.sub_chunks.len(),
                extensions: is_open.then_some(generation),
            },
            verified: verified.map_err(|errors| {
                let first = errors.first().map_or_else(String::new, ToString::to_string);
                Decline::Unverified(first)
            }),
            block: RefCell::default(),
            linear: RefCell::default(),
            loops: RefCell::default(),
            facts: OnceCell::new(),
            traces: RefCell::default(),
        }
    }

    /// The number of the entry, unique in the process.
    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// The proof, or why there is none.
    pub(super) fn verified(&self) -> Result<&Verified, Decline> {
        self.verified.as_ref().map_err(Clone::clone)
    }

    /// Whether the entry is about this very program.
    pub(super) fn matches(&self, chunk: &Chunk) -> bool {
        let mine = &self.identity;
        mine.n_names == chunk.names.len()
            && mine.n_sub_chunks == chunk.sub_chunks.len()
            && mine
                .extensions
                .is_none_or(|known| known == extension::generation())
            && mine.sub_entries == chunk.sub_entries
            && mine.block_ranges == chunk.block_ranges
            && (bytes::equal(&mine.ops, &chunk.ops) || identical_ops(&mine.ops, &chunk.ops))
            && mine.constants.len() == chunk.constants.len()
            && mine
                .constants
                .iter()
                .zip(&chunk.constants)
                .all(|(a, b)| a.is_identical(b))
    }
}

/// Whether two lists of ops are the same.
fn identical_ops(a: &[Op], b: &[Op]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_identical(b))
}

/// Loops by their headers.
pub(super) type LoopMap = HashMap<usize, LoopState, BuildHasherDefault<StableHasher>>;

type Map<V> = HashMap<u64, V, BuildHasherDefault<StableHasher>>;

#[derive(Default)]
struct Cache {
    by_id: Map<Rc<ChunkEntry>>,
    /// Entries by the hash of their chunk, each with the time of its last use.
    by_hash: Map<Vec<(Rc<ChunkEntry>, u64)>>,
    clock: u64,
}

thread_local! {
    static CACHE: RefCell<Cache> = RefCell::default();
}

/// The entry with this number, if this thread still has it.
pub(super) fn by_id(id: u64) -> Option<Rc<ChunkEntry>> {
    CACHE.with_borrow(|cache| cache.by_id.get(&id).cloned())
}

/// The entry of a chunk, made when the thread has none.
pub(super) fn entry_of(chunk: &Chunk) -> Rc<ChunkEntry> {
    // The stored hash only chooses where to look; it may be stale.
    let hash = match chunk.op_hash {
        0 => chunk.compute_op_hash(),
        stored => stored,
    };
    let found = CACHE.with_borrow_mut(|cache| {
        cache.clock += 1;
        let bucket = cache.by_hash.get_mut(&hash)?;
        let (entry, used) = bucket.iter_mut().find(|(entry, _)| entry.matches(chunk))?;
        *used = cache.clock;
        Some(Rc::clone(entry))
    });
    if let Some(entry) = found {
        return entry;
    }
    // Not borrowed meanwhile: extensions are asked, and may ask back.
    let entry = Rc::new(ChunkEntry::new(chunk));
    CACHE.with_borrow_mut(|cache| {
        let now = cache.clock;
        if cache.by_id.len() >= MAX_ENTRIES {
            cache.evict();
        }
        cache.by_id.insert(entry.id, Rc::clone(&entry));
        cache
            .by_hash
            .entry(hash)
            .or_default()
            .push((Rc::clone(&entry), now));
        entry
    })
}

impl Cache {
    /// Forgets the half of the entries that was used longest ago.
    fn evict(&mut self) {
        let mut times: Vec<u64> = self
            .by_hash
            .values()
            .flatten()
            .map(|(_, used)| *used)
            .collect();
        times.sort_unstable();
        let keep_from = times[times.len() / 2];
        self.by_hash.retain(|_, bucket| {
            bucket.retain(|(_, used)| *used >= keep_from);
            !bucket.is_empty()
        });
        self.by_id = self
            .by_hash
            .values()
            .flatten()
            .map(|(entry, _)| (entry.id, Rc::clone(entry)))
            .collect();
    }
}

/// Forgets everything. Code that is running stays until it is left.
pub(super) fn flush() {
    CACHE.with_borrow_mut(|cache| *cache = Cache::default());
}

/// How many chunks the thread knows.
pub(super) fn len() -> usize {
    CACHE.with_borrow(|cache| cache.by_id.len())
}

/// Every entry that is about this program.
pub(super) fn known(chunk: &Chunk) -> Vec<Rc<ChunkEntry>> {
    CACHE.with_borrow(|cache| {
        cache
            .by_id
            .values()
            .filter(|entry| entry.matches(chunk))
            .cloned()
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(x: f64) -> Chunk {
        Chunk {
            ops: vec![Op::LoadFloat(x)],
            ..Chunk::default()
        }
    }

    #[test]
    fn chunks_that_compare_equal_but_differ_have_entries_of_their_own() {
        flush();
        let (plus, minus) = (entry_of(&chunk(0.0)), entry_of(&chunk(-0.0)));
        assert_ne!(plus.id(), minus.id());
        let nan = entry_of(&chunk(f64::NAN));
        assert_eq!(nan.id(), entry_of(&chunk(f64::NAN)).id());
    }

    #[test]
    fn a_stale_hash_does_not_find_another_program() {
        flush();
        let one = Chunk {
            op_hash: 7,
            ..chunk(1.0)
        };
        let two = Chunk {
            op_hash: 7,
            ..chunk(2.0)
        };
        assert_ne!(entry_of(&one).id(), entry_of(&two).id());
    }

    #[test]
    fn the_number_of_entries_is_bounded() {
        flush();
        for n in 0..3 * MAX_ENTRIES {
            entry_of(&chunk(n as f64));
        }
        assert!(CACHE.with_borrow(|cache| cache.by_id.len()) <= MAX_ENTRIES);
        let newest = chunk((3 * MAX_ENTRIES - 1) as f64);
        assert_eq!(known(&newest).len(), 1);
    }
}
