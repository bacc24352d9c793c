//! What the calling thread is told and tells: its configuration, what it keeps, the cache on
//! disk that does not exist.

use super::Judge;
use super::draw::Draw;
use super::traces;
use crate::case::Case;
use crate::scripted::extension;
use crate::subjects;
use fusevm::asm::assemble;
use fusevm::jit::{ExplainParts, JitExtension, OptLevel, TierName, TraceJitConfig};
use fusevm::{Chunk, JitCompiler, Op, TierPolicy, Value};
use std::path::PathBuf;

/// Slots that a trace names are below this.
const MAX_TRACE_SLOT: u16 = super::recording::MOST_SLOTS;

/// Sets everything that can be set, and asks for it.
pub(super) fn ask(judge: &mut Judge, draw: &mut Draw) {
    ask_configuration(judge, draw);
    ask_disk(judge);
    ask_in_use(judge);
    ask_names(judge);
    ask_emissions(judge);
    traces::ask_keys(judge, draw);
    ask_leaving(judge);
}

/// `x` is a number when native code is made for it, and a text from the second turn on.
const LEAVING: &str = r#"
names x y
      LoadInt 0
      SetSlot 0
turn: GetVar x
      LoadInt 1
      Add
      SetVar y
      LoadConst "text"
      SetVar x
      SlotIncLtIntJumpBack 0 2 turn
"#;

/// A chunk whose code is left at a guard every time is given up, and not sooner.
fn ask_leaving(judge: &mut Judge) {
    const MOST_EXITS: u64 = 65;
    let case = Case {
        globals: vec![Value::Float(1.5)],
        runs: 70,
        ..Case::new(assemble(LEAVING).expect("the program is well formed"))
    };
    let block = TierPolicy {
        linear: false,
        block: true,
        trace: false,
    };
    let observed = subjects::execute(&case, block, subjects::eager());
    let stats = observed.tiers.tier(TierName::Block);
    let about = || format!("{} runs of{LEAVING}", case.runs);
    judge.same("entries of a chunk", &MOST_EXITS, &stats.entries, &about);
    judge.same("exits of a chunk", &MOST_EXITS, &stats.side_exits, &about);
}

fn ask_configuration(judge: &mut Judge, draw: &mut Draw) {
    let jit = JitCompiler::new();
    let config = TraceJitConfig {
        trace_threshold: draw.below(100) as u32,
        block_threshold: draw.below(100) as u32,
        max_side_exits: draw.below(100) as u32,
        max_inline_recursion: draw.below(100),
        max_trace_chain: draw.below(100),
        max_trace_len: draw.below(100),
    };
    jit.set_config(config);
    let level = draw.pick(&[OptLevel::None, OptLevel::Speed]);
    jit.set_opt_level(level);
    let about = || "the configuration that was set".to_owned();
    let text = |config| format!("{config:?}");
    judge.same("get_config", &text(config), &text(jit.get_config()), &about);
    judge.same("opt_level", &level, &jit.opt_level(), &about);
    judge.same(
        "trace_max_len",
        &config.max_trace_len,
        &jit.trace_max_len(),
        &about,
    );
    judge.same(
        "trace_max_slot",
        &MAX_TRACE_SLOT,
        &jit.trace_max_slot(),
        &about,
    );
    jit.set_config(subjects::eager());
}

/// Nothing is kept on disk, whatever is set.
fn ask_disk(judge: &mut Judge) {
    let jit = JitCompiler::new();
    jit.set_jit_cache_dir(Some(PathBuf::from("nowhere")));
    jit.set_jit_cache_max_bytes(Some(1));
    let about = || "the cache on disk".to_owned();
    judge.same("jit_cache_dir", &None, &jit.jit_cache_dir(), &about);
    judge.same(
        "jit_cache_size_bytes",
        &None,
        &jit.jit_cache_size_bytes(),
        &about,
    );
    judge.same("prune_jit_cache", &0, &jit.prune_jit_cache(), &about);
    judge.same("clear_jit_cache", &0, &jit.clear_jit_cache(), &about);
    jit.set_jit_cache_dir(None);
    jit.set_jit_cache_max_bytes(None);
}

/// A thread keeps what it has compiled until it is flushed.
fn ask_in_use(judge: &mut Judge) {
    let jit = JitCompiler::new();
    let chunk = Chunk {
        ops: vec![Op::LoadInt(1), Op::Inc],
        ..Chunk::default()
    };
    let parts = ExplainParts {
        trace: true,
        clif: false,
        asm: false,
    };
    let about = || "the thread".to_owned();
    jit.flush();
    let fresh = jit.in_use();
    judge.same("chunks in use", &0, &fresh.chunks, &about);
    judge.same("functions in use", &0, &fresh.functions, &about);
    let before = jit.explain(&chunk, parts);
    jit.try_run_linear(&chunk, &[]);
    let used = jit.in_use();
    judge.same("chunks in use", &1, &used.chunks, &about);
    judge.same(
        "whether code is in use",
        &true,
        &(used.functions > 0),
        &about,
    );
    judge.same(
        "whether bytes of code are in use",
        &true,
        &(used.code_bytes > 0),
        &about,
    );
    judge.same(
        "whether one chunk more has room",
        &true,
        &(used.most_chunks > 1),
        &about,
    );
    let after = jit.explain(&chunk, parts);
    let is_explained = before.is_empty() && after.contains("linear at op 0");
    judge.same("explain", &true, &is_explained, &|| {
        format!("{before:?}, compiled {after:?}")
    });
    ask_parts(judge, &jit, &chunk);
    jit.flush();
    judge.same("chunks in use", &0, &jit.in_use().chunks, &about);
}

/// Each part of an explanation is there when it is asked for, and only then.
fn ask_parts(judge: &mut Judge, jit: &JitCompiler, chunk: &Chunk) {
    for n in 0..8 {
        let parts = ExplainParts {
            trace: n & 1 != 0,
            clif: n & 2 != 0,
            asm: n & 4 != 0,
        };
        let text = jit.explain(chunk, parts);
        let begins = |with: &str| text.lines().any(|line| line.starts_with(with));
        let returns = |line: &str| matches!(line.trim(), "ret" | "retq");
        let found = ExplainParts {
            trace: begins("linear at op 0"),
            clif: begins("function "),
            asm: text.lines().any(returns),
        };
        judge.same("parts of explain", &parts, &found, &|| text.clone());
    }
}

/// Ops that nobody compiles.
struct Unknown;

impl JitExtension for Unknown {
    fn can_jit(&self, _: u16) -> bool {
        false
    }

    fn op_count(&self) -> usize {
        0
    }

    fn name(&self) -> &str {
        "an extension"
    }
}

/// Reasons have different names, and extensions show.
fn ask_names(judge: &mut Judge) {
    let mut jit = JitCompiler::new();
    jit.register_extension(Box::new(Unknown));
    let about = || "the compiler".to_owned();
    let shows = format!("{jit:?}").contains("an extension");
    judge.same(
        "whether the extension shows in `Debug`",
        &true,
        &shows,
        &about,
    );
    let reasons = jit.decline_reasons();
    let is_one = |name: &&str| reasons.iter().filter(|other| other == &name).count() == 1;
    let are_names = reasons.len() > 1 && reasons.iter().all(is_one);
    judge.same("decline_reasons", &true, &are_names, &about);
}

/// What an extended op does to the stack is asked once: code that contains a known one is
/// emitted once.
fn ask_emissions(judge: &mut Judge) {
    let jit = JitCompiler::new();
    let emissions = |n| {
        let chunk = Chunk {
            ops: vec![
                Op::LoadInt(n),
                Op::LoadInt(2),
                Op::Extended(extension::FIRST, 3),
            ],
            ..Chunk::default()
        };
        let before = extension::emissions();
        let result = jit.try_run_block_eager(&chunk, &mut []);
        (result, extension::emissions() - before)
    };
    let about = || "a chunk with an extended op".to_owned();
    let (result, _) = emissions(1);
    judge.same("result", &Some(1 - 2 * 3), &result, &about);
    judge.same(
        "emissions of an op that is known",
        &(Some(2 - 2 * 3), 1),
        &emissions(2),
        &about,
    );
}
