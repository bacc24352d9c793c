//! [`TraceTable`]: lookups, guards and exits of the traces of one chunk.

use super::TracePath;
use crate::chunk::Chunk;
use crate::jit::decline::Decline;
use crate::jit::plain::SlotKind;
use crate::jit::unit::Unit;
use std::collections::HashMap;
use std::rc::Rc;

/// Most keys that a chunk may have.
const MAX_KEYS: usize = 4096;
/// Guard misses in a row that blacklist a trace, until the kinds have settled.
const MAX_MISSES: u32 = 5;

/// What is known of the traces of one chunk, by the op at which they are looked up.
#[derive(Debug, Default)]
pub(in crate::jit) struct TraceTable {
    states: HashMap<usize, TraceState>,
}

#[derive(Debug, Default)]
struct TraceState {
    /// Lookups while there was no trace.
    lookups: u32,
    path: Option<Rc<TracePath>>,
    /// The code of `path`.
    unit: Option<Rc<Unit>>,
    end: Option<End>,
    side_exits: u32,
    guard: Guard,
}

/// Why a trace is skipped for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Aborted,
    Blacklisted,
}

/// Whether the kinds of the slots are those that the trace was made for.
#[derive(Debug, Default)]
struct Guard {
    misses: u32,
    in_a_row: u32,
    /// While the trace is blacklisted for misses: the kinds of the last lookup, and how often
    /// they were the same.
    settling: Option<(Vec<SlotKind>, u32)>,
}

/// What a lookup found.
pub(super) enum Answer {
    Cold,
    Hot,
    Mismatch,
    Ended,
    /// The trace runs; without a unit it has to be compiled.
    Fits(Rc<TracePath>, Option<Rc<Unit>>),
}

impl TraceTable {
    /// Looks the trace at `key` up for slots of these kinds. `threshold` lookups make a loop
    /// hot.
    pub(super) fn look_up(
        &mut self,
        chunk: &Chunk,
        key: usize,
        (slots, kinds): (&[i64], &[SlotKind]),
        threshold: u32,
    ) -> Answer {
        if !self.has_room(key) || (key >= chunk.ops.len() && !self.states.contains_key(&key)) {
            return Answer::Cold;
        }
        let state = self.states.entry(key).or_default();
        if state.end.is_some() {
            return Answer::Ended;
        }
        let Some(path) = &mut state.path else {
            state.lookups = state.lookups.saturating_add(1);
            return match state.lookups >= threshold {
                true => Answer::Hot,
                false => Answer::Cold,
            };
        };
        let found = (slots.len() >= path.slot_room).then(|| path.named_kinds(kinds));
        let fits = found.as_ref() == Some(&path.named_kinds(&path.slot_kinds));
        match state.guard.pass(fits, found, threshold) {
            Pass::Fits => {}
            Pass::Settled => {
                // Native again, for the kinds that the slots have now.
                *path = Rc::new(TracePath {
                    slot_kinds: kinds[..kinds.len().min(path.slot_room)].to_vec(),
                    ..TracePath::clone(path)
                });
                state.unit = None;
            }
            Pass::Mismatch => return Answer::Mismatch,
            Pass::Blocked => return Answer::Ended,
        }
        Answer::Fits(Rc::clone(path), state.unit.clone())
    }

    fn has_room(&self, key: usize) -> bool {
        self.states.len() < MAX_KEYS || self.states.contains_key(&key)
    }

    /// Makes `path` the trace at `key`, whatever was there.
    pub(super) fn install(&mut self, key: usize, path: Rc<TracePath>) -> Result<(), Decline> {
        if !self.has_room(key) {
            return Err(Decline::TooLarge(self.states.len()));
        }
        let state = TraceState {
            path: Some(path),
            ..TraceState::default()
        };
        self.states.insert(key, state);
        Ok(())
    }

    /// Keeps the code of `path`, unless there is another trace meanwhile.
    pub(super) fn set_unit(&mut self, key: usize, path: &Rc<TracePath>, unit: &Rc<Unit>) {
        if let Some(state) = self.states.get_mut(&key)
            && state.path.as_ref().is_some_and(|own| Rc::ptr_eq(own, path))
        {
            state.unit = Some(Rc::clone(unit));
        }
    }

    /// Ends what is at `key`, if there is anything.
    pub(super) fn end(&mut self, key: usize, end: End) {
        if let Some(state) = self.states.get_mut(&key) {
            state.end = Some(end);
            state.unit = None;
        }
    }

    /// Counts a side exit; answers how many there were, if there is anything at `key`.
    pub(super) fn count_side_exit(&mut self, key: usize) -> Option<u32> {
        let state = self.states.get_mut(&key)?;
        state.side_exits = state.side_exits.saturating_add(1);
        Some(state.side_exits)
    }

    /// Whether there is a trace that is not skipped.
    pub(super) fn is_live(&self, key: usize) -> bool {
        self.path(key).is_some() && self.states[&key].guard.settling.is_none()
    }

    pub(super) fn is_blacklisted(&self, key: usize) -> bool {
        self.states.get(&key).is_some_and(|state| {
            state.end == Some(End::Blacklisted) || state.guard.settling.is_some()
        })
    }

    pub(super) fn misses(&self, key: usize) -> u32 {
        self.states.get(&key).map_or(0, |state| state.guard.misses)
    }

    pub(super) fn side_exits(&self, key: usize) -> u32 {
        self.states.get(&key).map_or(0, |state| state.side_exits)
    }

    /// The trace at `key`, unless it has ended.
    pub(super) fn path(&self, key: usize) -> Option<Rc<TracePath>> {
        let state = self.states.get(&key)?;
        state.path.clone().filter(|_| state.end.is_none())
    }

    /// All traces that have not ended.
    pub(super) fn paths(&self) -> Vec<Rc<TracePath>> {
        self.states
            .keys()
            .filter_map(|key| self.path(*key))
            .collect()
    }
}

enum Pass {
    Fits,
    /// After many misses the kinds have become stable, and are others than before.
    Settled,
    Mismatch,
    Blocked,
}

impl Guard {
    /// Decides about a lookup whose named slots have the kinds `found`; `None` when some of
    /// them do not exist.
    fn pass(&mut self, fits: bool, found: Option<Vec<SlotKind>>, threshold: u32) -> Pass {
        if let Some((kinds, times)) = &mut self.settling {
            let Some(found) = found else {
                *times = 0;
                return Pass::Blocked;
            };
            *times = if *kinds == found {
                times.saturating_add(1)
            } else {
                1
            };
            *kinds = found;
            if *times < threshold {
                return Pass::Blocked;
            }
            self.settling = None;
            self.in_a_row = 0;
            return Pass::Settled;
        }
        if fits {
            self.in_a_row = 0;
            return Pass::Fits;
        }
        self.misses = self.misses.saturating_add(1);
        self.in_a_row += 1;
        if self.in_a_row >= MAX_MISSES {
            self.settling = Some((found.unwrap_or_default(), 0));
        }
        Pass::Mismatch
    }
}
