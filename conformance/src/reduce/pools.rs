//! Drops entries of the pools and tables that nothing refers to, and moves the others up.

use super::Search;
use crate::case::Case;
use fusevm::Chunk;
use fusevm::op::{Operand, Role};

pub(super) fn run(search: &mut Search) {
    constants(search);
    blocks(search);
    subs(search);
    names(search);
}

/// Whether an op uses entry `index` in one of the roles.
fn is_used(chunk: &Chunk, roles: &[Role], index: usize) -> bool {
    chunk.ops.iter().any(|op| {
        let mut operands = op.info().operands.iter().zip(op.operands());
        operands.any(|(info, operand)| {
            roles.contains(&info.role) && operand == Operand::Int(index as i64)
        })
    })
}

/// Moves references in one of the roles to entries behind `index` one entry up.
fn close_gap(chunk: &mut Chunk, roles: &[Role], index: usize) {
    for op in &mut chunk.ops {
        let moved = op.map_operands(|role, operand| match operand {
            Operand::Int(n) if roles.contains(&role) && n > index as i64 => Operand::Int(n - 1),
            other => other,
        });
        *op = moved.unwrap_or(*op);
    }
}

fn constants(search: &mut Search) {
    const ROLES: &[Role] = &[Role::Const];
    for index in (0..search.best.chunk.constants.len()).rev() {
        if !is_used(&search.best.chunk, ROLES, index) {
            search.try_change(|case| {
                case.chunk.constants.remove(index);
                close_gap(&mut case.chunk, ROLES, index);
            });
        }
    }
}

fn blocks(search: &mut Search) {
    const ROLES: &[Role] = &[Role::Block];
    for index in (0..search.best.chunk.block_ranges.len()).rev() {
        if !is_used(&search.best.chunk, ROLES, index) {
            search.try_change(|case| {
                case.chunk.block_ranges.remove(index);
                close_gap(&mut case.chunk, ROLES, index);
            });
        }
    }
}

fn subs(search: &mut Search) {
    for index in (0..search.best.chunk.sub_entries.len()).rev() {
        search.try_change(|case| {
            case.chunk.sub_entries.remove(index);
        });
    }
}

/// Names of globals and subs; the values that globals start with move along.
fn names(search: &mut Search) {
    const ROLES: &[Role] = &[Role::Name, Role::Sub, Role::Str];
    for index in (0..search.best.chunk.names.len()).rev() {
        let chunk = &search.best.chunk;
        let entered = chunk
            .sub_entries
            .iter()
            .any(|(name, _)| usize::from(*name) == index);
        if entered || is_used(chunk, ROLES, index) {
            continue;
        }
        let dropped = search.try_change(|case| drop_name(case, index, true));
        if !dropped {
            search.try_change(|case| drop_name(case, index, false));
        }
    }
}

fn drop_name(case: &mut Case, index: usize, with_global: bool) {
    const ROLES: &[Role] = &[Role::Name, Role::Sub, Role::Str];
    case.chunk.names.remove(index);
    if with_global && index < case.globals.len() {
        case.globals.remove(index);
    }
    for (name, _) in &mut case.chunk.sub_entries {
        if usize::from(*name) > index {
            *name -= 1;
        }
    }
    close_gap(&mut case.chunk, ROLES, index);
}
