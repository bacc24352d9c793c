//! Gives slots and globals the smallest numbers, and lets one do the work of two.

use super::Search;
use crate::case::Case;
use fusevm::Value;
use fusevm::op::{Operand, Role};

pub(super) fn run(search: &mut Search) {
    for role in [Role::Slot, Role::Name] {
        for from in used(&search.best, role).into_iter().rev() {
            // A number already in use makes one variable of two.
            let _ = (0..from).any(|to| search.try_change(|case| rename(case, role, from, to)));
        }
    }
}

/// The numbers that ops use in a role, ascending.
fn used(case: &Case, role: Role) -> Vec<i64> {
    let mut numbers: Vec<i64> = Vec::new();
    for op in &case.chunk.ops {
        let operands = op.info().operands.iter().zip(op.operands());
        numbers.extend(operands.filter_map(|(info, operand)| match operand {
            Operand::Int(n) if info.role == role => Some(n),
            _ => None,
        }));
    }
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// Uses variable `to` wherever variable `from` was used, with the value that it starts with.
fn rename(case: &mut Case, role: Role, from: i64, to: i64) {
    let renamed = |operand: Operand| match operand {
        Operand::Int(n) if n == from => Operand::Int(to),
        other => other,
    };
    for op in &mut case.chunk.ops {
        let mapped = op.map_operands(|of, operand| match of == role {
            true => renamed(operand),
            false => operand,
        });
        *op = mapped.unwrap_or(*op);
    }
    let values = match role {
        Role::Slot => &mut case.slots,
        _ => &mut case.globals,
    };
    let (from, to) = (from as usize, to as usize);
    if from < values.len() {
        let value = std::mem::take(&mut values[from]);
        if matches!(values[to], Value::Undef) {
            values[to] = value;
        }
        while matches!(values.last(), Some(Value::Undef)) {
            values.pop();
        }
    }
}
