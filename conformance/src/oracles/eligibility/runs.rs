//! Whether the entry points take what they must take and nothing else, and what they give.

use super::draw::Draw;
use super::forget_all;
use super::{Judge, line};
use crate::case::Case;
use crate::operands::slot_room;
use crate::oracles::region::{Came, Numbers};
use crate::outcome::Ending;
use crate::subjects::{self, eager};
use crate::values::render;
use fusevm::jit::{BlockNum, SlotKind};
use fusevm::{Chunk, JitCompiler, Op, TierPolicy, TraceJitConfig, Value};

/// Lines that are drawn in search of one that is taken.
const TRIES: usize = 12;

/// Runs what is drawn.
pub(super) fn ask(judge: &mut Judge, draw: &mut Draw) {
    let line = draw.line();
    ask_line(judge, draw, &line);
    let mut drawn = (0..TRIES).map(|_| draw.line());
    let taken = drawn.find(line::is_eligible);
    if let Some(line) = taken {
        ask_line(judge, draw, &line);
    }
    ask_block(judge, draw);
    ask_trap(judge);
}

/// A straight line, on slots that suffice and on slots of which one is missing.
fn ask_line(judge: &mut Judge, draw: &mut Draw, chunk: &Chunk) {
    if reads_clock(chunk) {
        return;
    }
    let jit = JitCompiler::new();
    let about = || format!("{:?}", chunk.ops);
    let slots: Vec<i64> = (0..slot_room(&chunk.ops)).map(|_| draw.slot().0).collect();
    let expected = line::is_eligible(chunk).then(|| interpreted(chunk, &slots));
    let text = |value: Option<Value>| value.as_ref().map(render);
    for _ in 0..2 {
        let found = jit.try_run_linear(chunk, &slots);
        judge.says(
            "try_run_linear",
            expected.is_some(),
            found.is_some(),
            &about,
        );
        judge.same("result of try_run_linear", &expected, &text(found), &about);
    }
    let mut more = slots.clone();
    more.push(0);
    let found = jit.try_run_linear(chunk, &more);
    judge.same(
        "try_run_linear with a slot too many",
        &expected,
        &text(found),
        &about,
    );
    if let Some((_, fewer)) = slots.split_last() {
        let found = jit.try_run_linear(chunk, fewer);
        judge.same(
            "try_run_linear with a slot too few",
            &None,
            &text(found),
            &about,
        );
    }
}

/// Whether runs may differ: the entry points read the clock of the system.
fn reads_clock(chunk: &Chunk) -> bool {
    chunk.ops.contains(&Op::TimeInt)
}

/// The value that a line gives in the interpreter.
fn interpreted(chunk: &Chunk, slots: &[i64]) -> String {
    let case = Case {
        slots: slots.iter().map(|n| Value::Int(*n)).collect(),
        ..Case::new(chunk.clone())
    };
    let observed = subjects::execute(&case, TierPolicy::NONE, eager());
    match observed.outcome.ending {
        Ending::Value(value) => render(&value),
        ending => ending.to_string(),
    }
}

/// A block: cold until it has been tried often enough, then native by all entry points.
fn ask_block(judge: &mut Judge, draw: &mut Draw) {
    let chunk = draw.block();
    if reads_clock(&chunk) {
        return;
    }
    let (slots, kinds) = (0..slot_room(&chunk.ops)).map(|_| draw.slot()).unzip();
    let numbers = Numbers { slots, kinds };
    let integers = Numbers {
        slots: numbers.slots.clone(),
        kinds: vec![SlotKind::Int; numbers.kinds.len()],
    };
    let (Ok(expected), Ok(of_integers)) = (numbers.interpret(&chunk), integers.interpret(&chunk))
    else {
        return;
    };
    let threshold = draw.below(4) as u32;
    forget_all();
    let jit = JitCompiler::new();
    jit.set_config(TraceJitConfig {
        block_threshold: threshold,
        ..TraceJitConfig::defaults()
    });
    let block = Block {
        jit: &jit,
        chunk: &chunk,
        is_taken: !leaves_scope(&chunk),
    };
    block.ask_cold(judge, &numbers, threshold);
    block.ask_hot(judge, &numbers, &expected);
    block.ask_hot_integers(judge, &integers, &of_integers);
    block.ask_without_room(judge, &numbers);
    let is_compiled = jit.block_jit_is_compiled(&chunk);
    judge.says(
        "block_jit_is_compiled",
        block.is_taken,
        is_compiled,
        &|| block.name(""),
    );
    jit.flush();
    let is_compiled = jit.block_jit_is_compiled(&chunk);
    judge.says("block_jit_is_compiled", false, is_compiled, &|| {
        block.name(" after a flush")
    });
}

/// Whether scopes are used otherwise than by opening one at the start.
fn leaves_scope(chunk: &Chunk) -> bool {
    let is_of_scopes = |op: &Op| matches!(op, Op::PushFrame | Op::PopFrame);
    chunk.ops.iter().skip(1).any(is_of_scopes) || chunk.ops.first() == Some(&Op::PopFrame)
}

/// The native side of a block.
struct Block<'c> {
    jit: &'c JitCompiler,
    chunk: &'c Chunk,
    is_taken: bool,
}

impl Block<'_> {
    fn name(&self, part: &str) -> String {
        format!("{:?}{part}", self.chunk.ops)
    }

    /// The calls before the one that compiles.
    fn ask_cold(&self, judge: &mut Judge, numbers: &Numbers, threshold: u32) {
        for call in 0..threshold {
            let mut slots = numbers.slots.clone();
            let found = self
                .jit
                .try_run_block_typed_kinded(self.chunk, &mut slots, &numbers.kinds);
            let about = || self.name(&format!(", call {call} of {threshold} that are cold"));
            judge.says("try_run_block_typed_kinded", false, found.is_some(), &about);
            judge.same("slots of a cold block", &numbers.slots, &slots, &about);
            let is_compiled = self.jit.block_jit_is_compiled(self.chunk);
            judge.says("block_jit_is_compiled", false, is_compiled, &about);
        }
    }

    /// The entry points that are told kinds.
    fn ask_hot(&self, judge: &mut Judge, numbers: &Numbers, expected: &Came) {
        let (jit, chunk) = (self.jit, self.chunk);
        let int = BlockNum::Int;
        let found = numbers.run_by(|s, k| jit.try_run_block_typed_kinded(chunk, s, k));
        self.judge(judge, "try_run_block_typed_kinded", expected, found);
        let found = numbers.run_by(|s, k| jit.try_run_block_eager_typed_kinded(chunk, s, k));
        self.judge(judge, "try_run_block_eager_typed_kinded", expected, found);
        let expected = &expected.with_integer();
        let found = numbers.run_by(|s, k| jit.try_run_block_kinded(chunk, s, k).map(int));
        self.judge(judge, "try_run_block_kinded", expected, found);
        let found = numbers.run_by(|s, k| jit.try_run_block_eager_kinded(chunk, s, k).map(int));
        self.judge(judge, "try_run_block_eager_kinded", expected, found);
    }

    /// Those that take integers, and one that is told no kinds.
    fn ask_hot_integers(&self, judge: &mut Judge, numbers: &Numbers, expected: &Came) {
        let (jit, chunk) = (self.jit, self.chunk);
        let found = numbers.run_by(|s, _| jit.try_run_block_typed_kinded(chunk, s, &[]));
        self.judge(
            judge,
            "try_run_block_typed_kinded without kinds",
            expected,
            found,
        );
        let expected = &expected.with_integer();
        let found = numbers.run_by(|s, _| jit.try_run_block(chunk, s).map(BlockNum::Int));
        self.judge(judge, "try_run_block", expected, found);
        let found = numbers.run_by(|s, _| jit.try_run_block_eager(chunk, s).map(BlockNum::Int));
        self.judge(judge, "try_run_block_eager", expected, found);
    }

    /// Nothing is run where a slot is missing; one too many is left alone.
    fn ask_without_room(&self, judge: &mut Judge, numbers: &Numbers) {
        let run = |slots: &mut [i64]| self.jit.try_run_block_eager(self.chunk, slots).is_some();
        let mut more = numbers.slots.clone();
        more.push(77);
        let is_run = run(&mut more);
        let about = || self.name(" with a slot too many");
        judge.says("try_run_block_eager", self.is_taken, is_run, &about);
        judge.same("last slot", &Some(&77), &more.last(), &about);
        if let Some((_, fewer)) = numbers.slots.split_last() {
            let is_run = run(&mut fewer.to_vec());
            let about = || self.name(" with a slot too few");
            judge.says("try_run_block_eager", false, is_run, &about);
        }
    }

    fn judge(
        &self,
        judge: &mut Judge,
        entry_point: &'static str,
        expected: &Came,
        found: Option<Came>,
    ) {
        judge.says(entry_point, self.is_taken, found.is_some(), &|| {
            self.name("")
        });
        let name = |part: &str| format!("{part} of {entry_point} of {}", self.name(""));
        judge.flawed(found.and_then(|found| expected.difference(&found, &name)));
    }
}

/// An error of an AWK op: the result is 0, what was stored before it is there, and who asks
/// learns of it once, unless something else has run since.
fn ask_trap(judge: &mut Judge) {
    let jit = JitCompiler::new();
    let chunk_of = |ops: &[Op]| Chunk {
        ops: ops.to_vec(),
        ..Chunk::default()
    };
    let traps = chunk_of(&[
        Op::LoadInt(5),
        Op::SetSlot(0),
        Op::LoadInt(1),
        Op::LoadInt(0),
        Op::AwkDivJit,
    ]);
    let declines = chunk_of(&[Op::LoadInt(1), Op::LoadInt(2), Op::Concat]);
    let about = || format!("{:?}", traps.ops);
    let asks = |judge: &mut Judge, expected, when: &str| {
        let found = jit.take_awk_div_trap();
        judge.says("take_awk_div_trap", expected, found, &|| {
            format!("{} {when}", about())
        });
    };
    let trap = |judge: &mut Judge| {
        let mut slots = [1];
        let found = jit.try_run_block_eager_typed_kinded(&traps, &mut slots, &[]);
        judge.same("result", &Some(BlockNum::Int(0)), &found, &about);
        judge.same("slots", &[5], &slots, &about);
    };
    trap(judge);
    asks(judge, true, "that has just trapped");
    asks(judge, false, "that was asked about");
    trap(judge);
    let found = jit.try_run_block_eager(&declines, &mut []);
    judge.same("result", &None, &found, &|| format!("{:?}", declines.ops));
    asks(judge, true, "before another chunk was declined");
    trap(judge);
    jit.try_run_linear(&chunk_of(&[Op::LoadInt(1)]), &[]);
    asks(judge, false, "before a line has run");
    trap(judge);
    fusevm::VM::new(chunk_of(&[Op::Nop])).run();
    asks(judge, false, "before a VM has run");
}
