//! What the engine has to know of each key.

use super::looped::{Loop, Path};
use fusevm::jit::SlotKind;
use std::collections::BTreeMap;

/// Lookups in a row with other kinds, after which a trace is blacklisted until the kinds have
/// settled.
const MOST_MISSES: u32 = 5;

/// What a lookup answers.
pub(super) enum Answer {
    NotHot,
    StartRecording,
    GuardMismatch,
    Skip,
    /// The path runs, on slots of these kinds.
    Runs {
        path: Path,
        kinds: Vec<SlotKind>,
    },
}

/// What was installed at a key.
#[derive(Debug, Clone)]
pub(super) struct Trace {
    pub(super) key: usize,
    pub(super) path: Path,
    pub(super) kinds: Vec<SlotKind>,
}

/// What became of a key.
#[derive(Debug, Clone, Default)]
pub(super) struct State {
    trace: Option<Trace>,
    lookups: u32,
    pub(super) misses: u32,
    pub(super) side_exits: u32,
    misses_in_a_row: u32,
    /// While misses keep the trace from running: the kind at the last lookup, and how often
    /// in a row it was the same. There is no kind where slots were missing.
    settling: Option<(Option<SlotKind>, u32)>,
    is_aborted: bool,
    has_too_many_exits: bool,
}

impl State {
    /// The trace, unless it is skipped for good.
    pub(super) fn live(&self) -> Option<&Trace> {
        let has_ended = self.is_aborted || self.has_too_many_exits;
        self.trace.as_ref().filter(|_| !has_ended)
    }

    pub(super) fn is_compiled(&self) -> bool {
        self.live().is_some() && self.settling.is_none()
    }

    pub(super) fn is_blacklisted(&self) -> bool {
        self.has_too_many_exits || self.settling.is_some()
    }
}

/// The keys of a chunk that are known.
#[derive(Debug, Default)]
pub(super) struct Table(BTreeMap<usize, State>);

impl Table {
    pub(super) fn state(&self, key: usize) -> State {
        self.0.get(&key).cloned().unwrap_or_default()
    }

    /// Every trace that is not skipped for good.
    pub(super) fn live(&self) -> impl Iterator<Item = &Trace> {
        self.0.values().filter_map(State::live)
    }

    /// A trace replaces what was there.
    pub(super) fn install(&mut self, key: usize, path: Path, kinds: Vec<SlotKind>) {
        let trace = Some(Trace { key, path, kinds });
        let state = State {
            trace,
            ..State::default()
        };
        self.0.insert(key, state);
    }

    pub(super) fn abort(&mut self, key: usize) {
        if let Some(state) = self.0.get_mut(&key) {
            state.is_aborted = true;
            state.has_too_many_exits = false;
        }
    }

    pub(super) fn bump(&mut self, key: usize, most: u32) {
        if let Some(state) = self.0.get_mut(&key) {
            state.side_exits += 1;
            if state.side_exits >= most {
                state.has_too_many_exits = true;
                state.is_aborted = false;
            }
        }
    }

    /// A lookup with so many slots of these kinds; `threshold` lookups make a loop hot.
    pub(super) fn look_up(
        &mut self,
        looped: &Loop,
        key: usize,
        len: usize,
        kinds: &[SlotKind],
        threshold: u32,
    ) -> Answer {
        if key >= looped.chunk.ops.len() && !self.0.contains_key(&key) {
            return Answer::NotHot;
        }
        let state = self.0.entry(key).or_default();
        if state.is_aborted || state.has_too_many_exits {
            return Answer::Skip;
        }
        let Some(trace) = &mut state.trace else {
            state.lookups += 1;
            return match state.lookups >= threshold {
                true => Answer::StartRecording,
                false => Answer::NotHot,
            };
        };
        // The counter is an integer always.
        let slot = looped.guarded(&trace.path);
        let room = looped.room_of(&trace.path);
        let kind = |kinds: &[SlotKind]| kinds.get(slot).copied().unwrap_or(SlotKind::Int);
        let found = (len >= room).then(|| kind(kinds));
        if let Some((last, times)) = &mut state.settling {
            *times = match found {
                None => 0,
                Some(_) if *last == found => *times + 1,
                Some(_) => 1,
            };
            *last = found.or(*last);
            if found.is_none() || *times < threshold {
                return Answer::Skip;
            }
            state.settling = None;
            state.misses_in_a_row = 0;
            trace.kinds = kinds[..kinds.len().min(room)].to_vec();
        } else if found != Some(kind(&trace.kinds)) {
            state.misses += 1;
            state.misses_in_a_row += 1;
            if state.misses_in_a_row == MOST_MISSES {
                state.settling = Some((found, 0));
            }
            return Answer::GuardMismatch;
        }
        state.misses_in_a_row = 0;
        Answer::Runs {
            path: trace.path.clone(),
            kinds: trace.kinds.clone(),
        }
    }
}
