//! G3: programs are changed where they have parts, instead of where they have bytes.
//!
//! In: a program and entropy. Out: the program with a few of [`MUTATIONS`] made to it, or with
//! parts of another one. A mutation is a small function that answers whether it changed
//! anything; what it breaks, `repair` mends. Whatever is left of a loop's counting, nothing
//! promises that a mutant ends: it is run with fuel.
//!
//! Chunks without a tree are changed op by op (`chunk`), and what surrounds a program has
//! mutations of its own (`setting`). Start with [`mutate`] and [`cross`].

pub(super) mod chunk;

mod cross;
mod exprs;
mod ops;
mod outline;
mod repair;
mod retype;
mod setting;
mod stmts;
mod wrap;

use super::entropy::Entropy;
use super::tree::Program;
use super::walk::{Node, walk};
use super::{emit, scene};
use crate::case::Case;

pub(super) use repair::repair;

/// Most ops of a program that still grows.
const MAX_OPS: usize = 500;
/// Mutations that are tried where the first ones find nothing to change.
const TRIES: usize = 6;

/// A way to change a program; answers whether it did.
type Mutation = fn(&mut Program, &mut Entropy) -> bool;

/// Every mutation of a program, and how often it is drawn.
const MUTATIONS: [(u32, Mutation); 20] = [
    (16, ops::perturb_constant),
    (14, ops::change),
    (10, ops::change_operand),
    (10, retype::change_kind),
    (8, retype::change_kind_late),
    (10, cross::insert),
    (8, stmts::delete),
    (8, stmts::duplicate),
    (6, stmts::swap),
    (8, stmts::splice),
    (10, exprs::splice),
    (6, exprs::swap_operands),
    (5, exprs::delete_operation),
    (10, wrap::wrap_in_loop),
    (6, wrap::wrap_in_branch),
    (3, wrap::wrap_in_scope),
    (4, wrap::keep_value),
    (6, wrap::change_form),
    (5, outline::outline_expr),
    (5, outline::outline_stmt),
];

/// Changes a program once or a few times.
pub(super) fn mutate(program: &mut Program, e: &mut Entropy) {
    let n = e.weighted(&[(50, 1), (25, 2), (15, 3), (10, 6)]);
    for _ in 0..n {
        let changed = (0..TRIES).any(|_| {
            let mutation = e.weighted(&MUTATIONS);
            try_change(program, |program| mutation(program, e))
        });
        if !changed {
            return;
        }
    }
}

/// Gives a program a loop, unless it has one, and kinds that change while loops run.
pub(super) fn unsettle(program: &mut Program, e: &mut Entropy) {
    let mut loops = 0;
    walk(program, &mut |node, _| {
        loops += usize::from(matches!(node, Node::Loop(_)));
    });
    if loops == 0 {
        try_change(program, |program| wrap::wrap_in_loop(program, e));
    }
    for _ in 0..e.range(2, 5) {
        let changes: [(u32, Mutation); 3] = [
            (60, retype::change_kind_late),
            (20, retype::change_kind),
            (20, wrap::wrap_in_branch),
        ];
        let change = e.weighted(&changes);
        try_change(program, |program| change(program, e));
    }
}

/// Changes `program` by a part of `other`.
pub(super) fn cross(program: &mut Program, other: &Program, e: &mut Entropy) {
    (0..TRIES).any(|_| try_change(program, |program| cross::cross(program, other, e)));
}

/// Keeps the change that `change` makes and answers with, unless the program becomes too
/// large.
fn try_change(program: &mut Program, change: impl FnOnce(&mut Program) -> bool) -> bool {
    let mut candidate = program.clone();
    if !change(&mut candidate) || n_ops(&mut candidate) > MAX_OPS {
        return false;
    }
    repair(&mut candidate);
    *program = candidate;
    true
}

/// Ops in the tree, without the jumps that emitting adds.
fn n_ops(program: &mut Program) -> usize {
    let mut n = 0;
    walk(program, &mut |node, _| {
        if let Node::Ops(ops) = node {
            n += ops.len();
        }
    });
    n
}

/// Changes a case: its program mostly, or what surrounds it. `tree` is what the chunk was
/// emitted from; without one, ops are changed.
pub(super) fn mutate_case(case: &mut Case, tree: Option<&mut Program>, e: &mut Entropy) {
    if e.chance(15) {
        setting::change(case, e);
    } else if let Some(tree) = tree {
        mutate(tree, e);
        case.chunk = emit::chunk(tree);
    } else {
        for _ in 0..e.range(1, 3) {
            chunk::mutate(&mut case.chunk, e);
        }
    }
    scene::confine(case);
}

/// Changes a case by a part of another one.
pub(super) fn cross_case(
    (case, tree): (&mut Case, Option<&mut Program>),
    (other, other_tree): (&Case, Option<&Program>),
    e: &mut Entropy,
) {
    match (tree, other_tree) {
        (Some(tree), Some(other_tree)) => {
            cross(tree, other_tree, e);
            case.chunk = emit::chunk(tree);
        }
        _ => chunk::cross(&mut case.chunk, &other.chunk, e),
    }
    case.handlers |= other.handlers;
    case.hosts.shell |= other.hosts.shell;
    case.hosts.awk |= other.hosts.awk;
    if e.chance(30) {
        case.slots.clone_from(&other.slots);
    }
    scene::confine(case);
}

#[cfg(test)]
mod tests;
