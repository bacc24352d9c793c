//! Stand-in: random ops without operands.

use crate::case::Case;
use arbitrary::{Result, Unstructured};
use fusevm::Op;
use fusevm::op::{N_OPS, Operand, TABLE};

/// A case.
///
/// # Errors
/// None.
pub fn case(u: &mut Unstructured<'_>) -> Result<Case> {
    raw_case(u)
}

/// A raw case.
///
/// # Errors
/// None.
pub fn raw_case(u: &mut Unstructured<'_>) -> Result<Case> {
    let mut case = Case {
        fuel: Some(1000),
        handlers: true,
        ..Case::default()
    };
    for _ in 0..u.int_in_range(0..=20)? {
        let index = u.int_in_range(0..=N_OPS - 1).unwrap_or(0);
        let operands: Vec<_> = TABLE[index]
            .operands
            .iter()
            .map(|_| Operand::Int(u.int_in_range(0..=10).unwrap_or(0)))
            .collect();
        case.chunk
            .ops
            .push(Op::from_operands(index, &operands).unwrap_or(Op::Nop));
    }
    Ok(case)
}
