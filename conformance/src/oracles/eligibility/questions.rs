//! The predicates, and the parts of a chunk: asked about ops, without running any.

use super::draw::Draw;
use super::{Judge, line, lists, parts, recording};
use crate::values::same_ops;
use fusevm::jit::{JitExtension, TraceJitConfig};
use fusevm::{Chunk, JitCompiler, Op};

/// Parts of a chunk that are asked about.
const SLICES: usize = 6;
/// Most ops of such a part.
const SLICE_OPS: usize = 12;
/// Loops of a chunk that are asked about.
const LOOPS: usize = 4;
/// Chunks and recordings that are drawn.
const DRAWN: usize = 6;

/// Asks about a chunk, about parts of it, and about what is drawn.
pub(super) fn ask(judge: &mut Judge, draw: &mut Draw, chunk: &Chunk) {
    let compilers = Compilers::new();
    let longest = draw.pick(&[0, 1, 5, 9, 20, 256]);
    compilers.plain.set_config(TraceJitConfig {
        max_trace_len: longest,
        ..TraceJitConfig::defaults()
    });
    let recordings = Recordings { longest };
    compilers.ask(judge, draw, chunk);
    for part in slices(draw, chunk) {
        recordings.ask(judge, draw, &part.ops);
        compilers.ask(judge, draw, &part);
    }
    for (anchor, body) in loops(chunk).take(LOOPS) {
        recordings.ask_about(judge, body, anchor);
    }
    for _ in 0..DRAWN {
        let line = draw.line();
        compilers.ask(judge, draw, &line);
        let patchwork = draw.patchwork();
        compilers.ask(judge, draw, &patchwork);
        let single = super::draw::with_constants(vec![draw.op(3)]);
        recordings.ask(judge, draw, &single.ops);
        compilers.ask(judge, draw, &single);
        let (ops, anchor) = draw.recording(longest);
        recordings.ask_about(judge, &ops, anchor);
    }
    let tall = draw.tall_line();
    compilers.ask(judge, draw, &tall);
    compilers.ask(judge, draw, &Chunk::default());
}

/// Contiguous parts of a chunk.
fn slices(draw: &mut Draw, chunk: &Chunk) -> Vec<Chunk> {
    let slice = |_| {
        let start = draw.below(chunk.ops.len().max(1));
        let end = start + 1 + draw.below(SLICE_OPS);
        parts::extracted(chunk, start, end)
    };
    (0..SLICES).map(slice).collect()
}

/// The ops from the target of each backward branch to the branch, with the target.
fn loops(chunk: &Chunk) -> impl Iterator<Item = (usize, &[Op])> {
    chunk.ops.iter().enumerate().filter_map(|(ip, op)| {
        let anchor = op.target().filter(|to| *to <= ip)?;
        Some((anchor, &chunk.ops[anchor..=ip]))
    })
}

/// Claims every other op.
struct Claims;

impl JitExtension for Claims {
    fn can_jit(&self, ext_id: u16) -> bool {
        ext_id % 2 == 1
    }

    fn op_count(&self) -> usize {
        1 << 15
    }

    fn name(&self) -> &str {
        "odd ops"
    }
}

/// A compiler without an extension of its own, and one with.
struct Compilers {
    plain: JitCompiler,
    claiming: JitCompiler,
}

impl Compilers {
    fn new() -> Compilers {
        let mut claiming = JitCompiler::new();
        claiming.register_extension(Box::new(Claims));
        Compilers {
            plain: JitCompiler::new(),
            claiming,
        }
    }

    fn ask(&self, judge: &mut Judge, draw: &mut Draw, chunk: &Chunk) {
        let about = || format!("{:?} with {:?}", chunk.ops, chunk.constants);
        let ops = &chunk.ops;
        let is_listed = ops.iter().all(|op| lists::is_listed(op, |_| false));
        let found = self.plain.is_eligible(chunk);
        judge.says("is_eligible", is_listed, found, &about);
        let is_listed = ops
            .iter()
            .all(|op| lists::is_listed(op, |id| Claims.can_jit(id)));
        let found = self.claiming.is_eligible(chunk);
        judge.says("is_eligible with an extension", is_listed, found, &about);
        let is_line = line::is_eligible(chunk);
        let found = self.plain.is_linear_eligible(chunk);
        judge.says("is_linear_eligible", is_line, found, &about);
        let is_block = !ops.is_empty() && ops.iter().all(lists::is_of_blocks);
        let found = self.plain.is_block_eligible(chunk);
        judge.says("is_block_eligible", is_block, found, &about);
        let region = parts::region(chunk);
        let found = self.plain.find_jit_region(chunk);
        judge.says(
            "whether there is a region",
            region.is_some(),
            found.is_some(),
            &about,
        );
        judge.same("find_jit_region", &region, &found, &about);
        self.ask_for_part(judge, draw, chunk);
    }

    fn ask_for_part(&self, judge: &mut Judge, draw: &mut Draw, chunk: &Chunk) {
        let start = draw.below(chunk.ops.len() + 2);
        let end = draw.below(chunk.ops.len() + 3);
        let expected = parts::extracted(chunk, start, end);
        let found = self.plain.extract_region(chunk, start, end);
        let about = || format!("ops {start}..{end} of {:?}", chunk.ops);
        let ops = same_ops(&expected.ops, &found.ops);
        let differ = format!("{:?}", found.ops);
        judge.same("extract_region", &ops, &true, &|| {
            format!("{}: {differ}", about())
        });
        judge.same(
            "lines of extract_region",
            &expected.lines,
            &found.lines,
            &about,
        );
        judge.same(
            "names of extract_region",
            &expected.names,
            &found.names,
            &about,
        );
        judge.same(
            "source of extract_region",
            &expected.source,
            &found.source,
            &about,
        );
        let sizes = |chunk: &Chunk| {
            let tables = [chunk.sub_entries.len(), chunk.block_ranges.len()];
            (chunk.constants.len(), tables, chunk.sub_chunks.len())
        };
        judge.same(
            "tables of extract_region",
            &sizes(&expected),
            &sizes(&found),
            &about,
        );
        let hash = (expected.op_hash, found.op_hash);
        judge.same("op_hash of extract_region", &hash.0, &hash.1, &about);
    }
}

/// Asks about recordings of at most so many ops.
struct Recordings {
    longest: usize,
}

impl Recordings {
    /// Asks about ops as they are, and with a branch that closes them.
    fn ask(&self, judge: &mut Judge, draw: &mut Draw, ops: &[Op]) {
        let anchor = ops.last().and_then(Op::target).unwrap_or(100);
        self.ask_about(judge, ops, anchor);
        let mut closed = ops.to_vec();
        closed.push(draw.pick(&[Op::Jump(100), Op::JumpIfTrue(100), Op::JumpIfFalse(100)]));
        self.ask_about(judge, &closed, 100);
    }

    fn ask_about(&self, judge: &mut Judge, ops: &[Op], anchor: usize) {
        let expected = recording::is_eligible(ops, anchor, self.longest);
        let found = JitCompiler::new().is_trace_eligible(ops, anchor);
        let longest = self.longest;
        judge.says("is_trace_eligible", expected, found, &|| {
            format!("{ops:?} at {anchor}, with at most {longest} ops")
        });
    }
}
