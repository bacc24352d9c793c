//! What generated cases contain: ops, and the shapes of [`SHAPES`].
//!
//! A case is looked at twice: at its code, and at what happens when the interpreter runs it.
//! A shape that no case has is a hole in the generator, whatever its coverage of ops.

mod look;
mod shapes;

pub use shapes::{SHAPES, Shape};

use crate::case::Case;
use crate::coverage::{self, Coverage};
use fusevm::op::{N_OPS, TABLE};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// A case, and what happened when it ran.
pub struct Sample<'a> {
    case: &'a Case,
    coverage: &'a Coverage,
}

/// Fuel for any program whose loops are bounded.
const ENOUGH_FUEL: u64 = 1_000_000;

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
    /// Per shape, the number of cases that have it.
    pub shapes: Vec<u64>,
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
            shapes: vec![0; SHAPES.len()],
            lengths: Vec::new(),
        }
    }
}

impl Statistics {
    /// Adds a case, which is run once.
    pub fn add(&mut self, case: &Case) {
        // Every case ends in a campaign; here nobody would stop one that does not.
        let bounded = Case {
            fuel: case.fuel.or(Some(ENOUGH_FUEL)),
            ..case.clone()
        };
        let coverage = coverage::of(&bounded);
        let sample = Sample {
            case,
            coverage: &coverage,
        };
        let ops = &case.chunk.ops;
        self.cases += 1;
        self.verified += u64::from(case.chunk.verify().is_ok());
        self.with_loop += u64::from(case.has_loop());
        self.lengths.push(ops.len());
        for (count, shape) in self.shapes.iter_mut().zip(SHAPES) {
            *count += u64::from((shape.is_in)(&sample));
        }
        let mut seen = [false; N_OPS];
        let mut looped = [false; N_OPS];
        let inside = sample.in_loops();
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

    /// The shares of everything, in percent of the cases.
    pub fn shares(&self) -> Shares {
        let percent = |n: u64| n as f64 * 100.0 / self.cases.max(1) as f64;
        let by_op = |counts: &[u64; N_OPS]| {
            let rows = TABLE.iter().zip(counts);
            rows.map(|(info, n)| (info.name, percent(*n))).collect()
        };
        Shares {
            cases: self.cases,
            verified: percent(self.verified),
            with_loop: percent(self.with_loop),
            ops_per_case: [50, 90, 100].map(|at| self.length_at(at)),
            shapes: SHAPES
                .iter()
                .zip(&self.shapes)
                .map(|(shape, n)| (shape.name, percent(*n)))
                .collect(),
            ops: by_op(&self.generated),
            ops_in_loops: by_op(&self.in_loop),
        }
    }

    /// The shapes that no case has.
    pub fn missing_shapes(&self) -> Vec<&'static str> {
        let shapes = SHAPES.iter().zip(&self.shapes);
        shapes
            .filter(|(_, n)| **n == 0)
            .map(|(shape, _)| shape.name)
            .collect()
    }
}

/// What a series of cases contains, in percent of the cases.
#[derive(Debug, Serialize)]
pub struct Shares {
    /// Cases seen.
    pub cases: u64,
    /// Cases whose chunk verifies.
    pub verified: f64,
    /// Cases that have a loop.
    pub with_loop: f64,
    /// Ops of a case: of the median, the longest but a tenth, and the longest.
    pub ops_per_case: [usize; 3],
    /// Every shape, by name.
    pub shapes: BTreeMap<&'static str, f64>,
    /// Every op, by name.
    pub ops: BTreeMap<&'static str, f64>,
    /// Every op inside a loop, by name.
    pub ops_in_loops: BTreeMap<&'static str, f64>,
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
        for (shape, n) in SHAPES.iter().zip(&self.shapes) {
            writeln!(f, "{:<50}{:>8.2} %", shape.name, percent(*n))?;
        }
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
