//! Ways to run a workload: set up, proved to do what they say, and only then timed.

use crate::workload::{Native, Program, Timed, Workload};
use fusevm::jit::TierName;
use fusevm::{
    Chunk, JitCompiler, TierPolicy, TierReport, TraceJitConfig, VM, VMPool, VMResult, Value,
};
use std::fmt;
use std::time::{Duration, Instant};

/// One way to run a workload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The interpreter alone.
    Interp,
    /// The linear tier, which takes straight-line code only.
    Linear,
    /// The block tier, which compiles the chunk on its first run.
    Block,
    /// The trace tier without the block tier.
    Trace,
    /// Block and trace tier with default thresholds.
    Auto,
    /// The twin in native Rust.
    Native,
}

impl Mode {
    /// All modes, slowest first as far as one can say.
    pub const ALL: [Mode; 6] = [
        Mode::Interp,
        Mode::Linear,
        Mode::Block,
        Mode::Trace,
        Mode::Auto,
        Mode::Native,
    ];

    /// The name in benchmark groups and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Mode::Interp => "interp",
            Mode::Linear => "linear",
            Mode::Block => "block",
            Mode::Trace => "trace",
            Mode::Auto => "auto",
            Mode::Native => "native",
        }
    }

    /// The modes that can make sense for a workload.
    pub fn of(workload: &Workload) -> Vec<Mode> {
        let makes_sense = |mode: &Mode| match mode {
            Mode::Interp | Mode::Auto => true,
            Mode::Linear => workload.straight,
            Mode::Trace => !workload.straight,
            Mode::Block => workload.timed == Timed::Run,
            Mode::Native => workload.twin().is_some(),
        };
        Mode::ALL.into_iter().filter(makes_sense).collect()
    }

    /// The tiers that may run, and of which at least one must.
    fn tiers(self) -> &'static [TierName] {
        match self {
            Mode::Interp | Mode::Native => &[],
            Mode::Linear => &[TierName::Linear],
            Mode::Block => &[TierName::Block],
            Mode::Trace => &[TierName::Trace],
            Mode::Auto => &[TierName::Block, TierName::Trace],
        }
    }

    fn policy(self) -> TierPolicy {
        let may = |tier| self.tiers().contains(&tier);
        TierPolicy {
            linear: may(TierName::Linear),
            block: may(TierName::Block),
            trace: may(TierName::Trace),
        }
    }

    fn config(self) -> TraceJitConfig {
        let defaults = TraceJitConfig::defaults();
        TraceJitConfig {
            block_threshold: match self {
                Mode::Block => 0,
                _ => defaults.block_threshold,
            },
            ..defaults
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a workload cannot be timed in a mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is no native twin.
    NoTwin,
    /// The tier did not run; its reasons.
    Declined(String),
    /// The answer is wrong.
    WrongAnswer(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NoTwin => f.write_str("no native twin"),
            Refusal::Declined(reasons) => write!(f, "declined: {reasons}"),
            Refusal::WrongAnswer(found) => write!(f, "wrong answer: {found}"),
        }
    }
}

/// A workload that stands ready in a mode.
pub struct Runner {
    mode: Mode,
    timed: Timed,
    iterations: u64,
    program: Program,
    answer: Value,
    native: Option<Native>,
    vm: VM,
    pool: VMPool,
}

/// Runs after which a tier that has not run yet never will.
const WARM_UP_RUNS: usize = 8;

impl Runner {
    /// Sets `workload` up in `mode` and warms it up.
    ///
    /// # Errors
    /// When it gives another answer than the workload states, or the mode's tier does not run.
    pub fn new(workload: &Workload, mode: Mode) -> Result<Runner, Refusal> {
        let native = match mode {
            Mode::Native => Some(workload.twin().ok_or(Refusal::NoTwin)?),
            _ => None,
        };
        let mut runner = Runner {
            mode,
            timed: workload.timed,
            iterations: workload.iterations_per_run() as u64,
            program: workload.program(),
            answer: workload.answer(),
            native,
            vm: VM::new(Chunk::new()),
            pool: VMPool::new(),
        };
        runner.warm_up()?;
        Ok(runner)
    }

    /// The mode.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// How many iterations one run makes.
    pub fn iterations(&self) -> u64 {
        self.iterations
    }

    /// The time that `runs` runs take, without what surrounds them.
    ///
    /// # Panics
    /// When a run gives a wrong answer.
    pub fn time(&mut self, runs: u64) -> Duration {
        JitCompiler::new().set_config(self.mode.config());
        (0..runs).map(|_| self.run_once()).sum()
    }

    /// Runs until the mode's tier has run; checks every answer on the way.
    fn warm_up(&mut self) -> Result<(), Refusal> {
        JitCompiler::new().set_config(self.mode.config());
        let mut report = TierReport::default();
        for _ in 0..WARM_UP_RUNS {
            let (answer, tiers) = self.observed_run();
            if answer.as_ref() != Ok(&self.answer) {
                return Err(Refusal::WrongAnswer(format!("{answer:?}")));
            }
            if self.mode.tiers().is_empty() || self.entries(&tiers) > 0 {
                return Ok(());
            }
            report = tiers;
        }
        Err(Refusal::Declined(reasons(&report)))
    }

    fn entries(&self, report: &TierReport) -> u64 {
        let entries = |tier: &TierName| report.tier(*tier).entries;
        self.mode.tiers().iter().map(entries).sum()
    }

    /// One run of one VM, with what its tiers did.
    fn observed_run(&mut self) -> (Result<Value, String>, TierReport) {
        if let Some(native) = &mut self.native {
            return (Ok(native()), TierReport::default());
        }
        self.prepare();
        let answer = outcome(self.vm.run());
        (answer, self.vm.tier_report())
    }

    /// Makes the VM ready for a run.
    fn prepare(&mut self) {
        self.vm.reset(self.program.chunk.clone());
        self.vm.set_tier_policy(self.mode.policy());
        self.vm.globals.clone_from(&self.program.globals);
        self.vm.frames[0].slots.clone_from(&self.program.slots);
    }

    fn run_once(&mut self) -> Duration {
        let (answer, took) = match (&mut self.native, self.timed) {
            (Some(native), _) => {
                let start = Instant::now();
                let answer = native();
                (answer, start.elapsed())
            }
            (None, Timed::Run) => {
                self.prepare();
                let start = Instant::now();
                let result = self.vm.run();
                let took = start.elapsed();
                (expect_answer(result), took)
            }
            (None, Timed::FreshVms) => self.run_fresh_vms(),
            (None, Timed::PooledVms) => self.run_pooled_vms(),
        };
        assert_eq!(answer, self.answer, "a timed run went wrong");
        took
    }

    fn run_fresh_vms(&self) -> (Value, Duration) {
        let chunks = vec![self.program.chunk.clone(); self.iterations as usize];
        let policy = self.mode.policy();
        let mut last = Value::Undef;
        let start = Instant::now();
        for chunk in chunks {
            let mut vm = VM::new(chunk);
            vm.set_tier_policy(policy);
            last = expect_answer(vm.run());
        }
        (last, start.elapsed())
    }

    fn run_pooled_vms(&mut self) -> (Value, Duration) {
        let chunks = vec![self.program.chunk.clone(); self.iterations as usize];
        let policy = self.mode.policy();
        let mut last = Value::Undef;
        let start = Instant::now();
        for chunk in chunks {
            last = self.pool.with(chunk, |vm| {
                vm.set_tier_policy(policy);
                expect_answer(vm.run())
            });
        }
        (last, start.elapsed())
    }
}

fn outcome(result: VMResult) -> Result<Value, String> {
    match result {
        VMResult::Ok(value) => Ok(value),
        VMResult::Halted => Err("halted without a value".to_owned()),
        VMResult::Error(text) => Err(text),
    }
}

fn expect_answer(result: VMResult) -> Value {
    outcome(result).unwrap_or_else(|error| panic!("a timed run failed: {error}"))
}

/// Why the tiers of a run did not enter native code, in their own words.
fn reasons(report: &TierReport) -> String {
    let reasons: Vec<String> = report
        .declines
        .iter()
        .map(|decline| format!("{}: {} ({})", decline.tier, decline.reason, decline.example))
        .collect();
    if reasons.is_empty() {
        "no reason given".to_owned()
    } else {
        reasons.join("; ")
    }
}
