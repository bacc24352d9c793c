//! Traces that a caller installs, looks up, leaves and exports: a walk of random calls over
//! the keys of a loop, and next to it what each call must answer.

mod keys;
mod looped;
mod model;
mod recorded;

use super::Judge;
use super::draw::Draw;
use super::forget_all;
use fusevm::jit::{
    DeoptInfo, STACK_KIND_BOOL, STACK_KIND_FLOAT, STACK_KIND_INT, SlotKind, TraceLookup,
    TraceMetadata,
};
use fusevm::{JitCompiler, TraceJitConfig, Value};
pub(super) use keys::ask as ask_keys;
use looped::{Left, Loop, Path};
use model::{Answer, Table};

/// Calls of a walk.
const STEPS: usize = 60;
/// Calls that are shown.
const SHOWN: usize = 4;

/// Walks.
pub(super) fn ask(judge: &mut Judge, draw: &mut Draw) {
    let looped = Loop::drawn(draw);
    forget_all();
    let mut walk = Walk::new(draw, &looped);
    for _ in 0..STEPS {
        walk.step(judge, draw);
        walk.ask_state(judge);
    }
    walk.flush(judge);
}

/// Runs a loop on a VM.
pub(super) fn ask_recorded(judge: &mut Judge, draw: &mut Draw) {
    let looped = Loop::drawn(draw);
    recorded::ask(judge, draw, &looped);
}

/// A loop, what the engine knows of it, and what it must know.
struct Walk<'l> {
    jit: JitCompiler,
    looped: &'l Loop,
    table: Table,
    config: TraceJitConfig,
    /// What was called so far.
    calls: Vec<String>,
}

impl<'l> Walk<'l> {
    fn new(draw: &mut Draw, looped: &'l Loop) -> Walk<'l> {
        let config = TraceJitConfig {
            trace_threshold: draw.below(4) as u32,
            max_side_exits: 1 + draw.below(4) as u32,
            max_trace_len: match draw.chance(10) {
                true => looped.main().ips.len() - 1 + draw.below(2),
                false => 256,
            },
            ..TraceJitConfig::defaults()
        };
        let jit = JitCompiler::new();
        jit.set_config(config);
        Walk {
            jit,
            looped,
            table: Table::default(),
            config,
            calls: Vec::new(),
        }
    }

    fn about(&self) -> String {
        let first = self.calls.len().saturating_sub(SHOWN);
        let calls = self.calls[first..].join(", ");
        let ops = &self.looped.chunk.ops;
        format!(
            "{ops:?}, {:?}, after {first} calls and {calls}",
            self.config
        )
    }

    /// One call, of which the answer is compared.
    fn step(&mut self, judge: &mut Judge, draw: &mut Draw) {
        let keys = self.looped.keys();
        let key = draw.pick(&keys);
        let path = match key == self.looped.rare() {
            true => self.looped.side(),
            false => self.looped.main(),
        };
        match draw.below(20) {
            0 | 1 => self.install(judge, draw, path),
            2 => self.install_spoilt(judge, draw, path),
            3 => self.import(judge, draw, path),
            4 => self.import_spoilt(judge, draw, path),
            5 if draw.chance(40) => {
                self.calls.push(format!("trace_abort {key}"));
                self.jit.trace_abort(&self.looped.chunk, key);
                self.table.abort(key);
            }
            6 => {
                self.calls.push(format!("trace_bump_side_exit {key}"));
                self.jit.trace_bump_side_exit(&self.looped.chunk, key);
                self.table.bump(key, self.config.max_side_exits);
            }
            7 => self.export(judge),
            8 => {
                // Often enough in a row for misses to matter, and for kinds to settle.
                let kinds = draw_kinds(draw, self.looped);
                (0..8).for_each(|_| self.look_up(judge, draw, key, kinds.clone()));
            }
            _ => {
                let live = self.table.live().find(|trace| trace.key == key);
                let kinds = match live.filter(|_| draw.chance(70)) {
                    Some(trace) => trace.kinds.clone(),
                    None => draw_kinds(draw, self.looped),
                };
                self.look_up(judge, draw, key, kinds);
            }
        }
    }

    /// Whether the entry point takes a path that is as it was recorded.
    fn is_taken(&self, path: &Path) -> bool {
        path.ips.len() <= self.config.max_trace_len && self.looped.is_taken(path)
    }

    fn install(&mut self, judge: &mut Judge, draw: &mut Draw, path: Path) {
        let key = path.key();
        let kinds = draw_kinds(draw, self.looped);
        let chunk = &self.looped.chunk;
        // A side trace may have any key outside of the chunk.
        let (key, is_main) = match key == path.close {
            true if draw.chance(10) => (chunk.ops.len() + 5, false),
            is_main => (key, is_main),
        };
        self.calls.push(format!("install {key} {kinds:?}"));
        let found = match is_main && draw.chance(50) {
            true => self
                .jit
                .trace_install(chunk, key, 9, &path.ops, &path.ips, &kinds),
            false => self
                .jit
                .trace_install_with_kind(chunk, key, path.close, 9, &path.ops, &path.ips, &kinds),
        };
        let expected = self.is_taken(&path);
        judge.says("trace_install", expected, found, &|| self.about());
        if expected {
            self.table.install(key, path, kinds);
        }
    }

    /// A path of which something is not true.
    fn install_spoilt(&mut self, judge: &mut Judge, draw: &mut Draw, path: Path) {
        let (key, spoilt) = (path.key(), path.spoilt(draw));
        self.calls.push(format!("install {key} of {spoilt:?}"));
        let found = self.jit.trace_install_with_kind(
            &self.looped.chunk,
            key,
            spoilt.close,
            spoilt.fallthrough(),
            &spoilt.ops,
            &spoilt.ips,
            &[],
        );
        judge.says("trace_install", false, found, &|| self.about());
    }

    fn import(&mut self, judge: &mut Judge, draw: &mut Draw, path: Path) {
        let kinds = draw_kinds(draw, self.looped);
        let key = path.key();
        self.calls.push(format!("import {key} {kinds:?}"));
        let metadata = path.metadata(&self.looped.chunk, &kinds);
        let expected = self.is_taken(&path);
        let found = match draw.chance(50) {
            true => self.jit.trace_import(&self.looped.chunk, &metadata),
            false => {
                let twice = [metadata.clone(), metadata];
                let n_taken = self.jit.trace_import_all(&self.looped.chunk, &twice);
                judge.same(
                    "trace_import_all",
                    &(2 * usize::from(expected)),
                    &n_taken,
                    &|| self.about(),
                );
                n_taken > 0
            }
        };
        judge.says("trace_import", expected, found, &|| self.about());
        if expected {
            self.table.install(key, path, kinds);
        }
    }

    fn import_spoilt(&mut self, judge: &mut Judge, draw: &mut Draw, path: Path) {
        let chunk = &self.looped.chunk;
        let metadata = match draw.below(4) {
            0 => TraceMetadata {
                chunk_op_hash: chunk.compute_op_hash() ^ 1,
                ..path.metadata(chunk, &[])
            },
            1 => TraceMetadata {
                fallthrough_ip: path.fallthrough() + 1,
                ..path.metadata(chunk, &[])
            },
            2 => TraceMetadata {
                ops: Vec::new(),
                recorded_ips: Vec::new(),
                ..path.metadata(chunk, &[])
            },
            _ => path.spoilt_inside(draw).metadata(chunk, &[]),
        };
        self.calls.push(format!("import of {metadata:?}"));
        let found = self.jit.trace_import(chunk, &metadata);
        judge.says("trace_import", false, found, &|| self.about());
    }

    /// All traces as data, sorted.
    fn export(&mut self, judge: &mut Judge) {
        let text = |all: Vec<TraceMetadata>| {
            let mut all: Vec<String> = all.iter().map(|one| format!("{one:?}")).collect();
            all.sort();
            all
        };
        let expected = self.table.live().map(|trace| {
            let kinds = &trace.kinds;
            trace.path.metadata(&self.looped.chunk, kinds)
        });
        let expected = text(expected.collect());
        let found = text(self.jit.trace_export_all(&self.looped.chunk));
        judge.same("trace_export_all", &expected, &found, &|| self.about());
    }

    fn look_up(&mut self, judge: &mut Judge, draw: &mut Draw, key: usize, kinds: Vec<SlotKind>) {
        let room = self.looped.room();
        let slots = self.looped.slots(draw, room + 1);
        let len = match draw.below(12) {
            0 => room - 1,
            1 => room + 1,
            _ => room,
        };
        let mut found_slots = slots[..len].to_vec();
        let mut deopt = garbage();
        self.calls
            .push(format!("look up {key} {found_slots:?} {kinds:?}"));
        let threshold = self.config.trace_threshold.max(1);
        let answer = self.table.look_up(self.looped, key, len, &kinds, threshold);
        let chunk = &self.looped.chunk;
        let found = self
            .jit
            .trace_lookup(chunk, key, &mut found_slots, &kinds, &mut deopt);
        let mut expected_slots = slots[..len].to_vec();
        let expected = match answer {
            Answer::NotHot => TraceLookup::NotHot,
            Answer::StartRecording => TraceLookup::StartRecording,
            Answer::GuardMismatch => TraceLookup::GuardMismatch,
            Answer::Skip => TraceLookup::Skip,
            Answer::Runs { kinds, .. } if !self.looped.keeps_kinds(&kinds) => {
                let found = matches!(found, TraceLookup::Ran { .. });
                judge.says("whether trace_lookup runs", true, found, &|| self.about());
                return;
            }
            Answer::Runs { path, kinds } => {
                let left = self.looped.run(&path, &mut expected_slots, &kinds);
                judge.same(
                    "deopt of trace_lookup",
                    &operands(&left),
                    &told(&deopt),
                    &|| self.about(),
                );
                TraceLookup::Ran { resume_ip: left.ip }
            }
        };
        self.judge_answer(judge, &expected, &found);
        judge.same(
            "slots of trace_lookup",
            &expected_slots,
            &found_slots,
            &|| self.about(),
        );
    }

    fn judge_answer(&self, judge: &mut Judge, expected: &TraceLookup, found: &TraceLookup) {
        let ran = |answer: &TraceLookup| matches!(answer, TraceLookup::Ran { .. });
        let about = || self.about();
        judge.says(
            "whether trace_lookup runs",
            ran(expected),
            ran(found),
            &about,
        );
        let [expected, found] = [expected, found].map(|answer| format!("{answer:?}"));
        judge.same("trace_lookup", &expected, &found, &about);
    }

    /// Everything that can be asked about each key.
    fn ask_state(&self, judge: &mut Judge) {
        let (jit, chunk) = (&self.jit, &self.looped.chunk);
        for key in self.looped.keys() {
            let about = || format!("{key} in {}", self.about());
            let state = self.table.state(key);
            let found = jit.trace_is_compiled(chunk, key);
            judge.says("trace_is_compiled", state.is_compiled(), found, &about);
            let found = jit.trace_is_blacklisted(chunk, key);
            judge.says(
                "trace_is_blacklisted",
                state.is_blacklisted(),
                found,
                &about,
            );
            let found = jit.trace_deopt_count(chunk, key);
            judge.same("trace_deopt_count", &state.misses, &found, &about);
            let found = jit.trace_side_exit_count(chunk, key);
            judge.same("trace_side_exit_count", &state.side_exits, &found, &about);
            let live = state.live();
            let anchors = live.map(|trace| (trace.path.close, trace.path.fallthrough()));
            let found = jit.trace_loop_anchors(chunk, key);
            judge.same("trace_loop_anchors", &anchors, &found, &about);
            let metadata = live.map(|trace| trace.path.metadata(chunk, &trace.kinds));
            let found = jit.trace_export(chunk, key);
            let [expected, found] = [metadata, found].map(|data| format!("{data:?}"));
            judge.same("trace_export", &expected, &found, &about);
        }
    }

    /// Nothing is known after a flush.
    fn flush(&mut self, judge: &mut Judge) {
        self.jit.flush();
        self.calls.push("flush".to_owned());
        self.table = Table::default();
        self.ask_state(judge);
        self.export(judge);
    }
}

/// Kinds of the slots of the loop, as a caller would tell them.
fn draw_kinds(draw: &mut Draw, looped: &Loop) -> Vec<SlotKind> {
    let mut kinds = vec![SlotKind::Int; looped.room()];
    if draw.chance(30) {
        kinds[looped.sum] = SlotKind::Float;
    }
    if draw.chance(10) {
        let last_float = kinds.iter().rposition(|kind| *kind == SlotKind::Float);
        kinds.truncate(last_float.map_or(0, |slot| slot + 1));
    }
    kinds
}

/// What an earlier exit may have left behind.
fn garbage() -> DeoptInfo {
    DeoptInfo {
        resume_ip: 999,
        frame_count: 3,
        stack_count: 17,
        stack_buf: [-1; 32],
        stack_kinds: [9; 32],
        ..DeoptInfo::zeroed()
    }
}

/// Where and with which operands a trace was left, as a caller is told.
type Told = (usize, usize, Vec<(i64, u8)>);

fn told(deopt: &DeoptInfo) -> Told {
    let operands = deopt.stack_buf.iter().zip(&deopt.stack_kinds);
    let operands = operands.map(|(bits, kind)| (*bits, *kind));
    (
        deopt.resume_ip,
        deopt.frame_count,
        operands.take(deopt.stack_count).collect(),
    )
}

fn operands(left: &Left) -> Told {
    let operand = |value: &Value| match value {
        Value::Float(x) => (x.to_bits() as i64, STACK_KIND_FLOAT),
        Value::Bool(b) => (i64::from(*b), STACK_KIND_BOOL),
        value => (crate::reference::coerce::int(value), STACK_KIND_INT),
    };
    (left.ip, 0, left.operands.iter().map(operand).collect())
}
