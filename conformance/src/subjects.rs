//! The list of subjects, and the one function that runs a case on this engine.
//!
//! A subject of this engine is a choice of tiers and a configuration; each is a file in
//! `subjects/`. Command-line names, directives and reports come from [`all`].

mod auto;
mod decoy;
mod default_host;
mod deopt;
mod eligibility;
mod interp;
mod metamorphic;
mod pooled;
mod proof;
mod reference;
mod region;
mod schedule;
mod speed;
mod tier;
mod trace_import;

use crate::campaign::SplitMix;
use crate::case::Case;
use crate::oracles::entries;
use crate::oracles::metamorphic::{BINCODE, FUSED, JSON, LITERALS, PADDED, PERMUTED, TEXT};
use crate::outcome::Outcome;
use crate::panics;
use crate::scripted;
use crate::subject::{Declined, Observed, Subject, add_report};
use fusevm::jit::{OptLevel, TierName};
use fusevm::{JitCompiler, TierPolicy, TierReport, TraceJitConfig, VM, Value};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

pub use auto::Auto;
pub use default_host::DefaultHost;
pub use deopt::{Deopt, DeoptEvery};
pub use eligibility::Eligibility;
pub use interp::{Checked, Interp};
pub use metamorphic::Metamorphic;
pub use pooled::Pooled;
pub use proof::Proof;
pub use reference::Reference;
pub use region::Region;
pub use schedule::Schedule;
pub use speed::Speed;
pub use tier::{Block, Linear, Trace};
pub use trace_import::{TraceHostile, TraceImport};
pub(crate) use trace_import::{record_traces, run_imported};

/// The semantics of record: every other subject is compared with it, the independent
/// evaluator [`Reference`] too.
pub const REFERENCE: &dyn Subject = &Interp;

/// The subjects that run every case of a campaign, [`REFERENCE`] first.
pub const EVERY_CASE: &[&dyn Subject] = &[&Interp, &Checked, &Reference, &Linear, &Block, &Trace];

/// Whether a subject compiles nothing: it costs a fraction of any other.
pub fn is_evaluator(subject: &dyn Subject) -> bool {
    let evaluators: [&dyn Subject; 3] = [&Interp, &Checked, &Reference];
    evaluators
        .iter()
        .any(|other| other.name() == subject.name())
}

/// The subjects that take turns in a campaign, as each of them runs or compiles a case several
/// times. A case is run by one of each list.
pub const IN_TURN: &[&[&dyn Subject]] = &[
    &[&Auto, &Deopt, &Pooled, &Schedule],
    &[&TraceImport, &TraceHostile, &Region, &Eligibility, &Proof],
    &[
        &Metamorphic(&FUSED),
        &Metamorphic(&PADDED),
        &Metamorphic(&LITERALS),
        &Metamorphic(&PERMUTED),
    ],
    &[
        &Metamorphic(&JSON),
        &Metamorphic(&BINCODE),
        &Metamorphic(&TEXT),
        &DefaultHost,
    ],
];

/// Subjects that run only where they are named: they take long, or need more than the case to
/// judge it.
pub const ON_REQUEST: &[&dyn Subject] = &[&DeoptEvery, &Speed(1)];

/// The subjects of every case, and of each list of [`IN_TURN`] the one that `number` chooses.
pub fn drawn(number: u64) -> Vec<&'static dyn Subject> {
    let mut random = SplitMix::new(number);
    let mut turn = |list: &[&'static dyn Subject]| list[random.below(list.len() as u64) as usize];
    let mut drawn = EVERY_CASE.to_vec();
    drawn.extend(IN_TURN.iter().map(|list| turn(list)));
    drawn
}

/// [`IN_TURN`] as a campaign plans it.
pub fn turns() -> Vec<Vec<&'static dyn Subject>> {
    IN_TURN.iter().map(|list| list.to_vec()).collect()
}

/// Every subject but those of [`ON_REQUEST`], [`REFERENCE`] first.
pub fn all() -> Vec<&'static dyn Subject> {
    let mut all = EVERY_CASE.to_vec();
    all.extend(IN_TURN.iter().copied().flatten());
    all
}

/// The subject with this name.
pub fn by_name(name: &str) -> Option<&'static dyn Subject> {
    let mut known = all().into_iter().chain(ON_REQUEST.iter().copied());
    known.find(|subject| subject.name() == name)
}

/// The subjects with these names, or all of them for `all`.
///
/// # Errors
/// The name that is no subject's, with the names there are.
pub fn by_names<'a>(
    names: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<&'static dyn Subject>, String> {
    let mut chosen: Vec<&'static dyn Subject> = Vec::new();
    for name in names {
        if name == "all" {
            chosen.extend(all());
            continue;
        }
        chosen.push(by_name(name).ok_or_else(|| {
            let known = all().into_iter().chain(ON_REQUEST.iter().copied());
            let known: Vec<_> = known.map(Subject::name).collect();
            format!("no subject `{name}`; there are: {}, all", known.join(", "))
        })?);
    }
    Ok(chosen)
}

/// A configuration that compiles whatever it can at the first opportunity.
pub fn eager() -> TraceJitConfig {
    TraceJitConfig {
        trace_threshold: 1,
        block_threshold: 0,
        ..TraceJitConfig::defaults()
    }
}

/// Runs a case on a fresh VM as often as it says, after dropping all compiled code of the
/// calling thread, so that no case sees what another one left behind, but for its decoy.
pub fn execute(case: &Case, policy: TierPolicy, config: TraceJitConfig) -> Observed {
    forget(case, config);
    let arm = |vm: &mut VM| vm.set_tier_policy(policy);
    if policy == TierPolicy::NONE {
        return execute_until(case, &arm, |run, _, _| run >= case.runs.max(1));
    }
    let before = decoy::of(case).map(|decoy| execute_once(&decoy, &arm).1);
    let mut unused = None;
    let mut observed = execute_until(case, &arm, |run, _, tiers| {
        if run == 1 {
            unused = entries::unused(before.as_ref().unwrap_or(&TierReport::default()), tiers);
        }
        run >= case.runs.max(1)
    });
    observed.outcome.flaw = observed.outcome.flaw.or(unused);
    observed
}

/// Drops the calling thread's compiled code and configures it for a case.
pub(crate) fn forget(case: &Case, config: TraceJitConfig) {
    configure(config, opt_level(case));
}

fn configure(config: TraceJitConfig, opt_level: OptLevel) {
    let jit = JitCompiler::new();
    jit.set_config(config);
    jit.set_opt_level(opt_level);
    jit.flush();
}

/// How the code of a case is compiled. Most of the time of a campaign is Cranelift's, and what
/// is under test comes before its optimisations, so they are spared in three of four schedules.
fn opt_level(case: &Case) -> OptLevel {
    match case.schedule % 4 {
        0 => OptLevel::Speed,
        _ => OptLevel::None,
    }
}

/// Runs a case on fresh VMs, which `arm` gives their tiers, until `enough` says so of the
/// number of runs and what the last one came to, or a run ends otherwise than the first one.
fn execute_until(
    case: &Case,
    arm: &dyn Fn(&mut VM),
    mut enough: impl FnMut(u32, &Outcome, &TierReport) -> bool,
) -> Observed {
    let (first, mut tiers) = execute_once(case, arm);
    let mut last = None;
    let mut run = 1;
    let mut latest = tiers.clone();
    while !enough(run, last.as_ref().unwrap_or(&first), &latest) {
        run += 1;
        let (mut outcome, report) = execute_once(case, arm);
        add_report(&mut tiers, &report);
        latest = report;
        if let Some(difference) = first.difference(&outcome) {
            outcome.flaw = Some(difference.of_run(run));
            return Observed { outcome, tiers };
        }
        last = Some(outcome);
    }
    Observed {
        outcome: last.unwrap_or(first),
        tiers,
    }
}

/// The tiers that `VM::enable_tracing_jit` gives a run.
pub const TRACING: TierPolicy = TierPolicy {
    linear: false,
    block: true,
    trace: true,
};

/// What these tiers do in one run of a case when they compile at the first opportunity, with
/// the ops counted that run natively.
pub fn counted(case: &Case, policy: TierPolicy) -> TierReport {
    forget(case, eager());
    let arm = |vm: &mut VM| {
        vm.set_tier_policy(policy);
        vm.set_op_counts(true);
    };
    execute_once(case, &arm).1
}

/// One run on a fresh VM.
fn execute_once(case: &Case, arm: &dyn Fn(&mut VM)) -> (Outcome, TierReport) {
    scripted::start();
    let output = Shared::default();
    let mut vm = prepare(case);
    arm(&mut vm);
    vm.set_output(Box::new(output.clone()));
    let result = vm.run();
    let report = vm.tier_report();
    let outcome = Outcome::capture(&vm, result, output.take(), scripted::take_log());
    (outcome, report)
}

/// A fresh VM in the state in which `case` starts.
pub(crate) fn prepare(case: &Case) -> VM {
    let mut vm = VM::new(case.chunk.clone());
    fill(&mut vm, case);
    vm
}

/// Gives a VM that is about to run the chunk of `case` everything else of the case.
fn fill(vm: &mut VM, case: &Case) {
    vm.stack.clone_from(&case.stack);
    if let Some(root) = vm.frames.first_mut() {
        root.slots.clone_from(&case.slots);
    }
    let n_globals = vm.globals.len().max(case.globals.len());
    vm.globals.clone_from(&case.globals);
    vm.globals.resize(n_globals, Value::Undef);
    vm.set_input(Box::new(io::Cursor::new(case.stdin.clone().into_bytes())));
    vm.set_clock(scripted::clock);
    vm.set_limits(case.limits);
    vm.set_fuel(case.fuel);
    if scripted::interrupts(case) && case.schedule.is_multiple_of(2) {
        // From the first op on native code looks for interruptions, and not only when a handler
        // first asks for the handle.
        vm.interrupt_handle();
    }
    scripted::install(vm, case);
}

/// Whether the tier that a subject is about, if it is about one, runs a case natively.
pub fn tier_entered(subject: &dyn Subject, case: &Case) -> bool {
    let observed = panics::catch(|| subject.run(case))
        .ok()
        .and_then(Result::ok);
    let entries = |tier| observed.map_or(0, |observed| observed.tiers.tier(tier).entries);
    subject.tier().is_some_and(|tier| entries(tier) > 0)
}

/// `observed`, unless none of its runs entered `tier` (or, for `None`, any tier).
fn if_native(observed: Observed, tier: Option<TierName>) -> Result<Observed, Declined> {
    let entered = TierName::ALL
        .into_iter()
        .filter(|name| tier.is_none_or(|tier| tier == *name))
        .any(|name| observed.tiers.tier(name).entries > 0);
    if entered {
        return Ok(observed);
    }
    // The last reason is the one that remained when every earlier one had passed.
    let why = observed
        .tiers
        .declines
        .iter()
        .rfind(|decline| tier.is_none_or(|tier| tier == decline.tier));
    let (reason, detail) = match why {
        Some(decline) => (decline.reason.to_owned(), decline.example.clone()),
        None => (
            "never hot".to_owned(),
            "no native code was entered and no tier said why".to_owned(),
        ),
    };
    Err(Declined {
        reason,
        detail,
        observed: Some(Box::new(observed)),
    })
}

/// Runs of one case, each on a fresh VM, that share what the calling thread has compiled.
pub(crate) struct Repeated<'c> {
    case: &'c Case,
    policy: TierPolicy,
}

impl<'c> Repeated<'c> {
    /// No run yet, and nothing compiled.
    pub(crate) fn new(case: &'c Case, policy: TierPolicy) -> Repeated<'c> {
        configure(eager(), OptLevel::Speed);
        Repeated { case, policy }
    }

    /// One more run, and what the tiers did in it.
    pub(crate) fn run(&self) -> (Outcome, TierReport) {
        execute_once(self.case, &|vm| vm.set_tier_policy(self.policy))
    }
}

/// Output that the harness reads back after the VM is gone.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_wrong_ones_are_explained() {
        assert_eq!(by_names(["all"]).map(|s| s.len()), Ok(all().len()));
        let names = |names: Vec<&'static dyn Subject>| -> Vec<_> {
            names.iter().map(|subject| subject.name()).collect()
        };
        assert_eq!(
            by_names(["trace", "interp"]).map(names),
            Ok(vec!["trace", "interp"])
        );
        let error = by_names(["tarce"])
            .map(|_| ())
            .expect_err("no such subject");
        assert!(error.starts_with("no subject `tarce`; there are: interp, "));
    }

    #[test]
    fn the_reference_is_the_first_of_all() {
        assert_eq!(all()[0].name(), REFERENCE.name());
    }
}
