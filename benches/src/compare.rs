//! Interleaved timing: every contender once, then every contender again, so that a machine
//! that drifts drifts under all of them.

use crate::modes::Runner;
use std::time::Duration;

/// Something that can be timed.
pub trait Contender {
    /// How many iterations one run makes.
    fn iterations(&self) -> u64;

    /// The time that `runs` runs take.
    fn time(&mut self, runs: u64) -> Duration;
}

impl Contender for Runner {
    fn iterations(&self) -> u64 {
        Runner::iterations(self)
    }

    fn time(&mut self, runs: u64) -> Duration {
        Runner::time(self, runs)
    }
}

/// How long a comparison may take.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Times that every contender has its turn.
    pub rounds: usize,
    /// How long a turn lasts at least.
    pub turn: Duration,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan {
            rounds: 9,
            turn: Duration::from_millis(10),
        }
    }
}

/// Nanoseconds per iteration of every contender, one entry per round.
pub fn interleave(contenders: &mut [&mut dyn Contender], plan: Plan) -> Vec<Vec<f64>> {
    let runs: Vec<u64> = contenders
        .iter_mut()
        .map(|contender| runs_per_turn(*contender, plan.turn))
        .collect();
    let mut samples = vec![Vec::with_capacity(plan.rounds); contenders.len()];
    for _ in 0..plan.rounds {
        for ((contender, runs), samples) in contenders.iter_mut().zip(&runs).zip(&mut samples) {
            let iterations = (contender.iterations() * runs).max(1);
            let took = contender.time(*runs);
            samples.push(took.as_nanos() as f64 / iterations as f64);
        }
    }
    samples
}

/// Runs that fill a turn.
fn runs_per_turn(contender: &mut dyn Contender, turn: Duration) -> u64 {
    let mut runs = 1;
    loop {
        let took = contender.time(runs);
        if took * 2 >= turn {
            let ratio = turn.as_secs_f64() / took.as_secs_f64();
            return (runs as f64 * ratio).ceil().max(1.0) as u64;
        }
        runs *= 2;
    }
}

/// The median; NaN when there is nothing.
pub fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[n / 2],
        n => (sorted[n / 2 - 1] + sorted[n / 2]) / 2.0,
    }
}

/// The median over rounds of one contender's time over another's in the same round.
pub fn ratio(numerator: &[f64], denominator: &[f64]) -> f64 {
    let ratios: Vec<f64> = numerator
        .iter()
        .zip(denominator)
        .map(|(a, b)| a / b)
        .collect();
    median(&ratios)
}

/// The geometric mean; NaN when there is nothing.
pub fn geometric_mean(ratios: &[f64]) -> f64 {
    let sum: f64 = ratios.iter().map(|ratio| ratio.ln()).sum();
    (sum / ratios.len() as f64).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert!(median(&[]).is_nan());
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
    }

    #[test]
    fn ratios_are_paired_by_round() {
        assert_eq!(ratio(&[2.0, 20.0, 200.0], &[1.0, 10.0, 100.0]), 2.0);
        assert!((geometric_mean(&[2.0, 8.0]) - 4.0).abs() < 1e-12);
    }

    #[test]
    fn every_contender_has_every_turn() {
        struct Fixed(u64);
        impl Contender for Fixed {
            fn iterations(&self) -> u64 {
                10
            }
            fn time(&mut self, runs: u64) -> Duration {
                Duration::from_nanos(self.0 * runs)
            }
        }
        let plan = Plan {
            rounds: 3,
            turn: Duration::from_micros(1),
        };
        let (mut slow, mut fast) = (Fixed(200), Fixed(100));
        let samples = interleave(&mut [&mut slow, &mut fast], plan);
        assert_eq!(samples, [vec![20.0; 3], vec![10.0; 3]]);
    }
}
