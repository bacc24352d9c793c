//! What generated cases contain: ops, and the shapes of [`SHAPES`].

use crate::case::Case;
use fusevm::awk_builtins::is_awk_op;
use fusevm::op::{N_OPS, Role, Section, TABLE};
use fusevm::{Op, Value};
use std::fmt;

/// A shape that programs can have.
pub struct Shape {
    /// Its name.
    pub name: &'static str,
    /// Whether a case has it.
    pub is_in: fn(&Case) -> bool,
}

/// The shapes that are counted.
pub static SHAPES: [Shape; 30] = [
    Shape {
        name: "loop closed by Jump",
        is_in: |case| closed_by(case, |op| matches!(op, Op::Jump(_))),
    },
    Shape {
        name: "loop closed by JumpIfTrue",
        is_in: |case| closed_by(case, |op| matches!(op, Op::JumpIfTrue(_))),
    },
    Shape {
        name: "loop closed by JumpIfFalse",
        is_in: |case| closed_by(case, |op| matches!(op, Op::JumpIfFalse(_))),
    },
    Shape {
        name: "loop closed by a keeping jump",
        is_in: |case| {
            closed_by(case, |op| {
                matches!(op, Op::JumpIfTrueKeep(_) | Op::JumpIfFalseKeep(_))
            })
        },
    },
    Shape {
        name: "loop closed by SlotIncLtIntJumpBack",
        is_in: |case| closed_by(case, |op| matches!(op, Op::SlotIncLtIntJumpBack(..))),
    },
    Shape {
        name: "loop header at op 0",
        is_in: |case| loops(case).any(|(target, _)| target == 0),
    },
    Shape {
        name: "loops 2 deep",
        is_in: |case| depth_of_loops(case) >= 2,
    },
    Shape {
        name: "loops 3 deep",
        is_in: |case| depth_of_loops(case) >= 3,
    },
    Shape {
        name: "branch in a loop",
        is_in: |case| {
            in_loop(case, |op| {
                matches!(
                    op,
                    Op::JumpIfTrue(_) | Op::JumpIfFalse(_) | Op::SlotLtIntJumpIfFalse(..)
                )
            })
        },
    },
    Shape {
        name: "loop with several exits",
        is_in: |case| loops(case).any(|range| exits(case, range) > 1),
    },
    Shape {
        name: "call in a loop",
        is_in: |case| in_loop(case, |op| matches!(op, Op::Call(..))),
    },
    Shape {
        name: "return in a loop",
        is_in: |case| in_loop(case, |op| matches!(op, Op::Return | Op::ReturnValue)),
    },
    Shape {
        name: "scope in a loop",
        is_in: |case| in_loop(case, |op| matches!(op, Op::PushFrame)),
    },
    Shape {
        name: "block in a loop",
        is_in: |case| in_loop(case, |op| op.info().section == Section::HigherOrder),
    },
    Shape {
        name: "recursion",
        is_in: recursive,
    },
    Shape {
        name: "value on the stack across a backward branch",
        is_in: |case| deepest_branch(case) >= 1,
    },
    Shape {
        name: "33 values on the stack across a backward branch",
        is_in: |case| deepest_branch(case) >= 33,
    },
    Shape {
        name: "slot 64 or above",
        is_in: |case| highest_slot(case) >= 64,
    },
    Shape {
        name: "loop of more than 256 ops",
        is_in: |case| loops(case).any(|(target, ip)| ip - target > 256),
    },
    Shape {
        name: "slots set at entry",
        is_in: |case| !case.slots.is_empty(),
    },
    Shape {
        name: "slot of a rare kind at entry",
        is_in: |case| {
            case.slots
                .iter()
                .any(|value| !matches!(value, Value::Int(_) | Value::Float(_) | Value::Undef))
        },
    },
    Shape {
        name: "shell op with a host",
        is_in: |case| in_case(case, Section::Shell) && case.has_shell_host(),
    },
    Shape {
        name: "shell op without a host",
        is_in: |case| in_case(case, Section::Shell) && !case.has_shell_host(),
    },
    Shape {
        name: "Exec in a chunk with subs",
        is_in: |case| {
            let ops = &case.chunk.ops;
            !case.chunk.sub_entries.is_empty() && ops.iter().any(|op| matches!(op, Op::Exec(_)))
        },
    },
    Shape {
        name: "CallFunction that enters a sub",
        is_in: |case| {
            let enters = |op: &Op| match op {
                Op::CallFunction(name, _) => case.chunk.find_sub(*name).is_some(),
                _ => false,
            };
            !case.has_shell_host() && case.chunk.ops.iter().any(enters)
        },
    },
    Shape {
        name: "AWK op with a host",
        is_in: |case| in_case(case, Section::Awk) && case.hosts.awk,
    },
    Shape {
        name: "AWK op without a host",
        is_in: |case| in_case(case, Section::Awk) && !case.hosts.awk,
    },
    Shape {
        name: "AWK op by its number",
        is_in: |case| {
            let by_number = |op: &Op| matches!(op, Op::ExtendedWide(id, _) if is_awk_op(*id));
            case.chunk.ops.iter().any(by_number)
        },
    },
    Shape {
        name: "AWK op that is refused",
        is_in: |case| {
            let refused = |op: &Op| match *op {
                Op::ExtendedWide(id, n) => is_awk_op(id) && n > 255,
                _ => false,
            };
            case.chunk.ops.iter().any(refused)
        },
    },
    Shape {
        name: "fuel",
        is_in: |case| case.fuel.is_some(),
    },
];

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
    pub shapes: [u64; SHAPES.len()],
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
            shapes: [0; SHAPES.len()],
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
        for (count, shape) in self.shapes.iter_mut().zip(&SHAPES) {
            *count += u64::from((shape.is_in)(case));
        }
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

/// The target and the index of every backward jump.
fn loops(case: &Case) -> impl Iterator<Item = (usize, usize)> {
    let jumps = case.chunk.ops.iter().enumerate();
    jumps.filter_map(|(ip, op)| {
        let target = op.target().filter(|target| *target <= ip)?;
        Some((target, ip))
    })
}

/// For every op, how many pairs of a backward jump and its target it lies between.
fn depths(case: &Case) -> Vec<usize> {
    let mut depths = vec![0; case.chunk.ops.len()];
    for (target, ip) in loops(case) {
        for depth in &mut depths[target..=ip] {
            *depth += 1;
        }
    }
    depths
}

/// For every op, whether it lies between a backward jump and its target.
fn in_loops(case: &Case) -> impl Iterator<Item = bool> {
    depths(case).into_iter().map(|depth| depth > 0)
}

fn depth_of_loops(case: &Case) -> usize {
    depths(case).into_iter().max().unwrap_or(0)
}

fn closed_by(case: &Case, closing: fn(&Op) -> bool) -> bool {
    loops(case).any(|(_, ip)| closing(&case.chunk.ops[ip]))
}

fn in_case(case: &Case, section: Section) -> bool {
    let ops = &case.chunk.ops;
    ops.iter().any(|op| op.info().section == section)
}

fn in_loop(case: &Case, wanted: impl Fn(&Op) -> bool) -> bool {
    let ops = case.chunk.ops.iter().zip(in_loops(case));
    ops.into_iter().any(|(op, inside)| inside && wanted(op))
}

/// Jumps out of the range of a loop, falling out at its end included.
fn exits(case: &Case, (top, closing): (usize, usize)) -> usize {
    let ops = &case.chunk.ops[top..=closing];
    let leaving = ops
        .iter()
        .filter_map(Op::target)
        .filter(|target| *target > closing || *target < top)
        .count();
    leaving + usize::from(!matches!(case.chunk.ops[closing], Op::Jump(_)))
}

/// Whether a sub calls itself, or one behind it that may call it back.
fn recursive(case: &Case) -> bool {
    let chunk = &case.chunk;
    chunk.ops.iter().enumerate().any(|(ip, op)| match op {
        Op::Call(name, _) => {
            let entry = chunk.find_sub(*name);
            let own = chunk.sub_entries.iter().map(|(_, entry)| *entry);
            entry.is_some() && own.filter(|own| *own <= ip).max() == entry
        }
        _ => false,
    })
}

/// The most values on the stack when a backward branch runs; 0 when that is not known.
fn deepest_branch(case: &Case) -> usize {
    let Ok(verified) = case.chunk.verify() else {
        return 0;
    };
    let depths = loops(case).filter_map(|(target, _)| verified.depth_at(target));
    depths.max().unwrap_or(0)
}

fn highest_slot(case: &Case) -> u16 {
    let slots = case.chunk.ops.iter().flat_map(|op| {
        let operands = op.info().operands.iter().zip(op.operands());
        operands.filter_map(|(info, operand)| match operand {
            fusevm::op::Operand::Int(n) if info.role == Role::Slot => u16::try_from(n).ok(),
            _ => None,
        })
    });
    slots.max().unwrap_or(0)
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
        for (shape, n) in SHAPES.iter().zip(self.shapes) {
            writeln!(f, "{:<50}{:>8.2} %", shape.name, percent(n))?;
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
