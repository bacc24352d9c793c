//! What generated cases contain.

use crate::case::Case;
use fusevm::op::{N_OPS, TABLE};
use std::fmt;

/// What a series of cases contains.
#[derive(Debug, Clone)]
pub struct Statistics {
    /// Cases seen.
    pub cases: u64,
    /// Cases whose chunk verifies.
    pub verified: u64,
    /// Cases that have a loop.
    pub with_loop: u64,
    /// Per op, the number of cases that contain it.
    pub generated: [u64; N_OPS],
    /// Per op, the number of cases that contain it inside a loop.
    pub in_loop: [u64; N_OPS],
    /// The numbers of ops of the cases.
    pub lengths: Vec<usize>,
}

impl Default for Statistics {
    fn default() -> Statistics {
        Statistics {
            cases: 0,
            verified: 0,
            with_loop: 0,
            generated: [0; N_OPS],
            in_loop: [0; N_OPS],
            lengths: Vec::new(),
        }
    }
}

impl Statistics {
    /// Adds a case.
    pub fn add(&mut self, case: &Case) {
        let ops = &case.chunk.ops;
        self.cases += 1;
        self.verified += u64::from(case.chunk.verify().is_ok());
        self.with_loop += u64::from(case.has_loop());
        self.lengths.push(ops.len());
        let mut seen = [false; N_OPS];
        let mut looped = [false; N_OPS];
        let inside = in_loops(case);
        for (op, inside) in ops.iter().zip(inside) {
            seen[op.index()] = true;
            looped[op.index()] |= inside;
        }
        for index in 0..N_OPS {
            self.generated[index] += u64::from(seen[index]);
            self.in_loop[index] += u64::from(looped[index]);
        }
    }

    /// The length that `percent` of 100 cases do not exceed.
    pub fn length_at(&self, percent: usize) -> usize {
        let mut lengths = self.lengths.clone();
        lengths.sort_unstable();
        let at = lengths.len().saturating_sub(1) * percent / 100;
        lengths.get(at).copied().unwrap_or(0)
    }
}

/// For every op, whether it lies between a backward jump and its target.
fn in_loops(case: &Case) -> Vec<bool> {
    let ops = &case.chunk.ops;
    let mut inside = vec![false; ops.len()];
    for (ip, op) in ops.iter().enumerate() {
        if let Some(target) = op.target().filter(|target| *target <= ip) {
            inside[target..=ip].fill(true);
        }
    }
    inside
}

impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |n: u64| n as f64 * 100.0 / self.cases.max(1) as f64;
        writeln!(
            f,
            "{} cases, {:.1} % verify, {:.1} % have a loop, ops per case: median {}, 90 % {}, most {}",
            self.cases,
            percent(self.verified),
            percent(self.with_loop),
            self.length_at(50),
            self.length_at(90),
            self.length_at(100),
        )?;
        writeln!(f, "{:<24}{:>10}{:>10}", "op", "cases %", "in loop %")?;
        for info in &TABLE {
            let (cases, looped) = (
                percent(self.generated[usize::from(info.index)]),
                percent(self.in_loop[usize::from(info.index)]),
            );
            writeln!(f, "{:<24}{cases:>10.2}{looped:>10.2}", info.name)?;
        }
        Ok(())
    }
}
