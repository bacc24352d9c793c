//! The published crate's interpreter and tiers as subjects of the harness.
//!
//! A subject runs a case as far as the published crate can be asked to. What it lacks is a
//! decline with a reason; what it does not show ([`NOT_COMPARED`]) is taken from the semantics
//! of record, so that it cannot differ.

use crate::compare;
use crate::theirs::{self, VM};
use crate::{convert, hosts, streams};
use fusevm::op::{Operand, Role};
use fusevm::{Frame, Op, TierReport, Value};
use fusevm_conformance::case::Case;
use fusevm_conformance::outcome::{Ending, FrameOutcome, Outcome};
use fusevm_conformance::scripted;
use fusevm_conformance::subject::{Declined, Observed, Subject};
use fusevm_conformance::subjects::REFERENCE;

/// What a run makes observable here and the published crate does not show, and why.
pub const NOT_COMPARED: [(&str, &str); 5] = [
    ("fuel", "it has none"),
    ("halted", "the flag is private"),
    (
        "return ip of a scope frame",
        "it stores the ip behind the op that opened the scope, this project a mark",
    ),
    (
        "warnings",
        "it writes them to standard error, which holds messages of the process as well",
    ),
    (
        "everything but the result, for `published-linear`",
        "its entry point takes numbers and returns one value",
    ),
];

/// A part of the published crate that runs cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// `VM::run` with every tier off.
    Interp,
    /// `JitCompiler::try_run_linear`, for chunks whose slots are integers.
    Linear,
    /// `VM::run` with the block tier compiling at the first run, and no traces.
    Block,
    /// As `Block`, for a chunk that was deserialized, behind another one that was too.
    Deserialized,
    /// `VM::run` with loops traced at once, and the block tier out of the way.
    Trace,
    /// `VM::run` with default thresholds, often enough to cross them.
    Auto,
}

/// Every subject, the interpreter first.
pub const ALL: [Published; 6] = [
    Published::Interp,
    Published::Linear,
    Published::Block,
    Published::Deserialized,
    Published::Trace,
    Published::Auto,
];

/// How a run ends that needs fuel to end.
const OUT_OF_FUEL: &str = "limit exceeded: fuel";

/// Runs of `published-trace`: one that records, one that enters what it left.
const TRACE_RUNS: u32 = 2;
/// Runs of `published-auto` that cross the threshold of the block tier.
const AUTO_RUNS: u32 = 3;
/// Runs of `published-auto` that make a loop hot that is entered once per run.
const AUTO_LOOP_RUNS: u32 = 53;

impl Subject for Published {
    fn name(&self) -> &'static str {
        match self {
            Published::Interp => "published-interp",
            Published::Linear => "published-linear",
            Published::Block => "published-block",
            Published::Deserialized => "published-deserialized",
            Published::Trace => "published-trace",
            Published::Auto => "published-auto",
        }
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        let (case, record) = self.prepared(case)?;
        let mut result = self.observe(&case, record.outcome.clone());
        let observed = match &mut result {
            Ok(observed) => Some(observed),
            Err(declined) => declined.observed.as_deref_mut(),
        };
        if let Some(observed) = observed {
            hide_what_is_not_compared(&record.outcome, &mut observed.outcome);
        }
        result
    }
}

impl Published {
    /// The subject with this name.
    pub fn by_name(name: &str) -> Option<Published> {
        ALL.into_iter().find(|subject| subject.name() == name)
    }

    /// Whether it is one of the tiers.
    pub fn is_tier(self) -> bool {
        self != Published::Interp
    }

    /// The subject that it is compared with; the semantics of record for `None`.
    pub fn against(self) -> Option<Published> {
        match self {
            Published::Interp => None,
            Published::Deserialized => Some(Published::Block),
            _ => Some(Published::Interp),
        }
    }

    /// The case that it is really given, and what the semantics of record make of that.
    ///
    /// # Errors
    /// Why it cannot take the case.
    pub fn prepared(self, case: &Case) -> Result<(Case, Observed), Declined> {
        if let Some(op) = case.chunk.ops.iter().find(|op| reads_clock(op)) {
            return Err(declined(
                "clock",
                format!("{op:?} reads the system's clock"),
            ));
        }
        if let Some(op) = case.chunk.ops.iter().find(|op| opens_scope(op))
            && case.handlers
        {
            let detail = format!("{op:?} opens a frame that its VM cannot be told is a scope");
            return Err(declined("handler", detail));
        }
        if scripted::extension::is_in(&case.chunk) {
            let detail = "ops of the chunk are compiled by a scripted extension";
            return Err(declined("extension", detail));
        }
        let mut case = case.clone();
        // Runs are this subject's own business.
        case.runs = 1;
        if self == Published::Linear {
            case = with_integer_slots(case)?;
        }
        let record = REFERENCE.run(&case)?;
        if let Ending::Error(text) = &record.outcome.ending
            && text == OUT_OF_FUEL
        {
            return Err(declined(
                "fuel",
                "it has none, and the case needs it to end",
            ));
        }
        Ok((case, record))
    }

    /// Runs a prepared case. `record` stands where the published crate shows nothing.
    fn observe(self, case: &Case, record: Outcome) -> Result<Observed, Declined> {
        let mut chunk = convert(case)?;
        let jit = theirs::JitCompiler::new();
        let defaults = theirs::TraceJitConfig::defaults();
        let runs = match self {
            Published::Interp => return run_vm(case, &chunk, false, &record).map(observed),
            Published::Linear => return run_linear(case, &chunk, record).map(observed),
            Published::Block | Published::Deserialized => {
                jit.set_config(theirs::TraceJitConfig {
                    block_threshold: 0,
                    trace_threshold: u32::MAX,
                    ..defaults
                });
                1
            }
            Published::Trace => {
                jit.set_config(theirs::TraceJitConfig {
                    block_threshold: u32::MAX,
                    trace_threshold: 1,
                    ..defaults
                });
                TRACE_RUNS
            }
            Published::Auto if case.has_loop() => AUTO_LOOP_RUNS,
            Published::Auto => AUTO_RUNS,
        };
        if self == Published::Deserialized {
            // What deserializing leaves of it.
            chunk.op_hash = 0;
            let earlier = other_literals(case)?;
            let mut earlier_chunk = convert(&earlier)?;
            earlier_chunk.op_hash = 0;
            run_vm(&earlier, &earlier_chunk, true, &record)?;
        }
        let mut last = record.clone();
        for _ in 0..runs {
            last = run_vm(case, &chunk, true, &record)?;
            let differences = compare::differences(&record, &last);
            if differences.iter().any(|found| found.is_another_value()) {
                break;
            }
        }
        let is_native =
            jit.block_jit_is_compiled(&chunk) || !jit.trace_export_all(&chunk).is_empty();
        match is_native {
            true => Ok(observed(last)),
            false => Err(Declined {
                reason: "nothing became native".to_owned(),
                detail: "no code of the chunk was compiled".to_owned(),
                observed: Some(Box::new(observed(last))),
            }),
        }
    }
}

fn convert(case: &Case) -> Result<theirs::Chunk, Declined> {
    convert::chunk(&case.chunk).map_err(|error| declined("not the same op or chunk", error))
}

/// The case with other literals, which ends as well.
fn other_literals(case: &Case) -> Result<Case, Declined> {
    let mut other = case.clone();
    for op in &mut other.chunk.ops {
        *op = match *op {
            Op::LoadInt(n) => Op::LoadInt(n.wrapping_add(1)),
            Op::LoadFloat(x) => Op::LoadFloat(-1.0 - x),
            Op::LoadTrue => Op::LoadFalse,
            Op::LoadFalse => Op::LoadTrue,
            same => same,
        };
    }
    if other.chunk.ops == case.chunk.ops {
        return Err(declined("no literals", "no other chunk is like this one"));
    }
    match REFERENCE.run(&other)?.outcome.ending {
        Ending::Error(text) if text.starts_with("limit exceeded") => Err(declined("limit", text)),
        _ => Ok(other),
    }
}

/// An outcome without a report of tiers: the published crate has none.
fn observed(outcome: Outcome) -> Observed {
    Observed {
        outcome,
        tiers: TierReport::default(),
    }
}

fn declined(reason: &str, detail: impl Into<String>) -> Declined {
    Declined {
        reason: reason.to_owned(),
        detail: detail.into(),
        observed: None,
    }
}

/// Whether an op may read the clock, which the published crate takes from the system.
fn reads_clock(op: &Op) -> bool {
    match op {
        Op::TimeInt | Op::AwkSystime | Op::AwkSrand(0) | Op::AwkStrftime(0 | 1) => true,
        // Seed, clock and format, by their numbers; with a time there is no need for a clock.
        Op::ExtendedWide(40_061, _) | Op::ExtendedWide(40_063, 0) => true,
        Op::ExtendedWide(40_064, payload) => *payload < 2,
        _ => false,
    }
}

/// Whether the scripted handler of an op opens a scope.
fn opens_scope(op: &Op) -> bool {
    matches!(op, Op::Extended(id, _) | Op::ExtendedWide(id, _) if id % 10 == 7)
}

/// The case for an entry point that takes its slots as integers: they must be integers, and
/// those that are missing start as 0.
fn with_integer_slots(mut case: Case) -> Result<Case, Declined> {
    if case.slots.iter().any(|slot| !matches!(slot, Value::Int(_))) {
        return Err(declined("slots", "a slot does not start as an integer"));
    }
    if !case.stack.is_empty() {
        return Err(declined("stack", "the stack does not start empty"));
    }
    let n_slots = case.chunk.ops.iter().map(slots_named).max().unwrap_or(0);
    if n_slots > case.slots.len() {
        case.slots.resize(n_slots, Value::Int(0));
    }
    Ok(case)
}

/// How many slots there must be for every slot that an op names to exist.
pub(crate) fn slots_named(op: &Op) -> usize {
    let roles = op.info().operands.iter().map(|operand| operand.role);
    let slots = roles.zip(op.operands()).filter_map(|pair| match pair {
        (Role::Slot, Operand::Int(slot)) => usize::try_from(slot + 1).ok(),
        _ => None,
    });
    slots.max().unwrap_or(0)
}

fn run_linear(case: &Case, chunk: &theirs::Chunk, record: Outcome) -> Result<Outcome, Declined> {
    let slots: Vec<i64> = case.slots.iter().map(Value::to_int).collect();
    match theirs::JitCompiler::new().try_run_linear(chunk, &slots) {
        Some(value) => Ok(Outcome {
            ending: Ending::Value(convert::value_back(&value)),
            ..record
        }),
        None => Err(declined("not compiled", "the linear tier gives no reason")),
    }
}

/// One run of a fresh VM.
fn run_vm(
    case: &Case,
    chunk: &theirs::Chunk,
    tiers: bool,
    record: &Outcome,
) -> Result<Outcome, Declined> {
    scripted::start();
    let mut vm = VM::new(chunk.clone());
    if tiers {
        vm.enable_tracing_jit();
    }
    vm.stack = convert::values(&case.stack);
    if let Some(root) = vm.frames.first_mut() {
        root.slots = convert::values(&case.slots);
    }
    for (at, global) in case.globals.iter().enumerate() {
        match vm.globals.get_mut(at) {
            Some(known) => *known = convert::value(global),
            None => vm.globals.push(convert::value(global)),
        }
    }
    hosts::install(&mut vm, case);
    let (result, output) = streams::with(&case.stdin, || vm.run())
        .map_err(|error| declined("streams", error.to_string()))?;
    let ending = match result {
        theirs::VMResult::Ok(value) => Ending::Value(convert::value_back(&value)),
        theirs::VMResult::Halted => Ending::Halted,
        theirs::VMResult::Error(text) => Ending::Error(text),
    };
    let frames = vm.frames.iter().map(|frame| FrameOutcome {
        return_ip: frame.return_ip,
        stack_base: frame.stack_base,
        slots: convert::values_back(&frame.slots),
    });
    Ok(Outcome {
        ending,
        stack: convert::values_back(&vm.stack),
        frames: frames.collect(),
        globals: convert::values_back(&vm.globals),
        ip: vm.ip,
        halted: record.halted,
        last_status: vm.last_status,
        signal: vm.awk_signal(),
        output,
        log: scripted::take_log(),
        fuel: record.fuel,
        flaw: None,
    })
}

/// Puts what the semantics of record say where the published crate shows something else or
/// nothing.
fn hide_what_is_not_compared(record: &Outcome, observed: &mut Outcome) {
    for (ours, theirs) in record.frames.iter().zip(&mut observed.frames) {
        if ours.return_ip == Frame::SCOPE {
            theirs.return_ip = Frame::SCOPE;
        }
    }
    let warnings = |entry: &String| entry.starts_with("warning ");
    if record.log.iter().any(warnings) {
        let silent: Vec<_> = record.log.iter().filter(|entry| !warnings(entry)).collect();
        if observed.log.iter().eq(silent) {
            observed.log.clone_from(&record.log);
        }
    }
}
