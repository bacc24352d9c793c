//! Native code that is far slower than the interpreter, after it has warmed up.
//!
//! Clocks lie on a busy machine, so this is careful: one slow measurement only starts others,
//! which count the processor time of the thread, and every one of them must agree. What takes
//! less than a few milliseconds is never slow: entering native code costs something.

use crate::campaign::SplitMix;
use crate::case::Case;
use crate::cpu_time;
use crate::outcome::{Difference, Ending, Field, Outcome};
use crate::subjects::Repeated;
use fusevm::TierPolicy;
use std::time::{Duration, Instant};

/// Times as long as the interpreter that native code takes when it is slow.
const FACTOR: u32 = 10;
/// What a native run takes at least when it is slow.
const LEAST: Duration = Duration::from_millis(3);
/// What a run in the interpreter takes at most: measuring longer ones would hold up a campaign.
const MOST: Duration = Duration::from_millis(100);
/// Runs before native code is measured, unless it compiles nothing any more before.
const WARM_UP: u32 = 30;
/// Measurements that must all agree after the first one.
const CONFIRMATIONS: u32 = 3;
/// Runs of a measurement.
const RUNS: u32 = 3;
/// How long a confirmation runs: far more than the grain of the clock of processor time.
const CONFIRMATION: Duration = Duration::from_millis(60);

/// Whether a case is measured, when one in `share` is.
pub fn is_drawn(case: &Case, share: u64) -> bool {
    let mut random = SplitMix::new(u64::from(case.schedule)).branch(3);
    share <= 1 || random.below(share) == 0
}

/// What is wrong with the speed of a case, if anything is, and its outcome in the interpreter.
///
/// # Errors
/// Why it was not measured.
pub fn check(case: &Case) -> Result<(Outcome, Option<Difference>), &'static str> {
    let interpreted = Repeated::new(case, TierPolicy::NONE);
    let outcome = interpreted.run().0;
    if matches!(&outcome.ending, Ending::Error(text) if text.starts_with("limit exceeded")) {
        return Err("the case ends at a limit");
    }
    if fastest(&interpreted) > MOST {
        return Err("the case runs for too long to be measured");
    }
    let slow = measured(case, fastest);
    let confirmed = |_| measured(case, cpu_time_of_run);
    let flaw = slow.and_then(|_| (0..CONFIRMATIONS).map(confirmed).min().flatten());
    Ok((outcome, flaw.map(difference)))
}

/// The time of a run in the interpreter and natively.
type Times = (Duration, Duration);

/// The times of a case when its native code is slow by this clock.
fn measured(case: &Case, clock: fn(&Repeated) -> Duration) -> Option<Times> {
    let interpreted = clock(&Repeated::new(case, TierPolicy::NONE));
    let native = Repeated::new(
        case,
        TierPolicy {
            linear: true,
            block: true,
            trace: true,
        },
    );
    let is_warm = |_: &u32| {
        let (_, tiers) = native.run();
        let stats = [&tiers.linear, &tiers.block, &tiers.trace];
        stats.iter().all(|stats| stats.compiles == 0)
    };
    (0..WARM_UP).find(is_warm);
    let native = clock(&native);
    is_slow(interpreted, native).then_some((interpreted, native))
}

fn is_slow(interpreted: Duration, native: Duration) -> bool {
    native >= LEAST && native >= interpreted * FACTOR
}

fn difference((interpreted, native): Times) -> Difference {
    let words = |time: Duration| format!("{:.1} ms a run", time.as_secs_f64() * 1e3);
    let field = "speed after warming up";
    Difference::new(Field::Speed, field, words(interpreted), words(native))
}

/// The time of the fastest of a few runs: the one that was disturbed least.
fn fastest(runs: &Repeated) -> Duration {
    let time = |_| {
        let started = Instant::now();
        runs.run();
        started.elapsed()
    };
    (0..RUNS).map(time).min().unwrap_or_default()
}

/// The processor time of a run, over as many as fit into [`CONFIRMATION`].
fn cpu_time_of_run(runs: &Repeated) -> Duration {
    let thread = cpu_time::this_thread().unwrap_or(0);
    let started = Instant::now();
    let before = cpu_time::of_thread(thread);
    let mut n_runs = 0;
    while n_runs < RUNS || started.elapsed() < CONFIRMATION {
        runs.run();
        n_runs += 1;
    }
    let worked = match (before, cpu_time::of_thread(thread)) {
        (Some(before), Some(after)) => after.saturating_sub(before),
        _ => started.elapsed(),
    };
    worked / n_runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_is_many_times_as_long_and_long_enough_to_matter() {
        let ms = Duration::from_millis;
        assert!(is_slow(ms(1), ms(10)));
        assert!(!is_slow(ms(2), ms(10)));
        assert!(!is_slow(Duration::from_micros(10), ms(2)));
        let difference = difference((ms(1), ms(25)));
        assert_eq!(difference.kind, Field::Speed);
        let sides = [&*difference.left, &*difference.right];
        assert_eq!(sides, ["1.0 ms a run", "25.0 ms a run"]);
    }

    #[test]
    fn a_share_of_the_cases_is_drawn() {
        let drawn = |share| {
            let case = |schedule| Case {
                schedule,
                ..Case::default()
            };
            (0..1000).filter(|n| is_drawn(&case(*n), share)).count()
        };
        assert_eq!(drawn(1), 1000);
        assert!((10..60).contains(&drawn(32)), "{}", drawn(32));
    }

    #[test]
    fn the_time_of_the_thread_is_measured() {
        let case = Case::new(fusevm::asm::assemble("LoadInt 1").expect("a program"));
        let (outcome, _) = check(&case).expect("it is measured");
        assert!(matches!(outcome.ending, Ending::Value(_)));
        let endless = Case {
            fuel: Some(10),
            ..Case::new(fusevm::asm::assemble("l: Jump l").expect("a program"))
        };
        assert!(check(&endless).is_err());
    }
}
