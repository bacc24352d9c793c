//! Every op with the immediates at which it changes what it does.

use super::super::kinds::{EDGE_FLOATS, EDGE_INTS};
use super::program::pools;
use crate::operands::{Place, places};
use crate::scripted::{BUILTINS, extension};
use fusevm::Op;
use fusevm::awk_builtins::{AWK_OP_BASE, AWK_OP_END};
use fusevm::op::{N_OPS, OpInfo, Operand, OperandInfo, Role, Section, TABLE};
use std::sync::LazyLock;

/// An op with its immediates, and whether hosts and handlers are there to answer it.
#[derive(Debug, Clone)]
pub(super) struct Specimen {
    pub(super) op: Op,
    pub(super) places: Vec<Place>,
    pub(super) hosted: bool,
}

/// Every op with plain immediates: they name what exists, and counts are 2.
pub(super) static PLAIN: LazyLock<Vec<Specimen>> = LazyLock::new(|| {
    (0..N_OPS)
        .flat_map(|index| specimens(plain(index)))
        .collect()
});

/// Every op with every combination of immediates that are worth trying.
pub(super) static VARIANTS: LazyLock<Vec<Specimen>> = LazyLock::new(|| {
    TABLE
        .iter()
        .filter(|info| !info.operands.is_empty())
        .flat_map(variants)
        .flat_map(specimens)
        .collect()
});

/// The op at `index` of the table, with plain immediates.
pub(super) fn plain(index: usize) -> Op {
    let operands: Vec<Operand> = choices_of(&TABLE[index]).iter().map(|c| c[0]).collect();
    op(index, &operands).unwrap_or(Op::Nop)
}

impl Specimen {
    /// Whether the run ends with this op, at the latest.
    pub(super) fn ends_the_run(&self) -> bool {
        matches!(self.op, Op::Return | Op::ReturnValue | Op::AwkSignal(_))
    }

    /// Whether everybody who could answer the op is there.
    pub(super) fn is_answered(&self) -> bool {
        self.hosted || !asks(&self.op)
    }

    /// Whether it depends on a builtin or an extension handler.
    pub(super) fn calls_handlers(&self) -> bool {
        let section = self.op.info().section;
        matches!(section, Section::Builtins | Section::Extension)
    }
}

/// The op with and without somebody who answers it, if it asks.
pub(super) fn specimens(op: Op) -> Vec<Specimen> {
    let hosted: &[bool] = if asks(&op) { &[false, true] } else { &[false] };
    let specimen = |hosted: &bool| Specimen {
        op,
        places: places(&op),
        hosted: *hosted,
    };
    hosted.iter().map(specimen).collect()
}

/// Whether an op asks a host or a handler.
fn asks(op: &Op) -> bool {
    matches!(
        op.info().section,
        Section::Shell | Section::Awk | Section::Builtins | Section::Extension
    )
}

/// Combinations of immediates up to which all of them are tried.
const MANY: usize = 800;

/// An op with all combinations of its immediates, or with one after the other away from the
/// plain one.
fn variants(info: &'static OpInfo) -> Vec<Op> {
    let index = usize::from(info.index);
    let choices = choices_of(info);
    let n: usize = choices.iter().map(Vec::len).product();
    let mut found = Vec::new();
    if n <= MANY {
        for mut number in 0..n {
            let operands: Vec<Operand> = choices
                .iter()
                .map(|choice| {
                    let operand = choice[number % choice.len()];
                    number /= choice.len();
                    operand
                })
                .collect();
            found.extend(op(index, &operands));
        }
        return found;
    }
    for (varied, choice) in choices.iter().enumerate() {
        for operand in choice {
            let mut operands: Vec<Operand> = choices.iter().map(|choice| choice[0]).collect();
            operands[varied] = *operand;
            found.extend(op(index, &operands));
        }
    }
    found
}

/// The op with these operands, if they fit.
fn op(index: usize, operands: &[Operand]) -> Option<Op> {
    Op::from_operands(index, operands).ok()
}

/// What each operand may be; the plain one first.
fn choices_of(info: &'static OpInfo) -> Vec<Vec<Operand>> {
    let mut n_slots = 0;
    let mut choices = |operand: &OperandInfo| {
        let mut choices = choices(info, operand);
        if operand.role == Role::Slot {
            // Several slots are different ones, as long as nobody asks for the same.
            choices.rotate_left(n_slots);
            n_slots += 1;
        }
        choices
    };
    info.operands.iter().map(&mut choices).collect()
}

fn choices(info: &OpInfo, operand: &OperandInfo) -> Vec<Operand> {
    let ints = |ints: &[i64]| ints.iter().copied().map(Operand::Int).collect();
    const BEYOND: i64 = u16::MAX as i64;
    match operand.role {
        Role::Slot => ints(&[0, 1, 63, 64, 300, BEYOND]),
        Role::Name => ints(&[pools::GLOBAL, pools::GLOBAL + 1, pools::UNNAMED, BEYOND]),
        Role::Sub => ints(&[pools::SUB, pools::NO_SUB, BEYOND]),
        Role::Str => ints(&[pools::TEXT, pools::SUB, BEYOND]),
        Role::Const => {
            let mut all: Vec<i64> = (0..pools::constants().len() as i64).collect();
            all.push(BEYOND);
            ints(&all)
        }
        Role::Block => ints(&[0, 1, 2, 3, BEYOND]),
        Role::SubChunk => ints(&[0, BEYOND]),
        // A target of 0 is replaced by the place behind the op.
        Role::Target => ints(&[0, i64::MAX]),
        Role::Limit => ints(&[5, 0, 1, -1, i32::MAX.into(), i32::MIN.into()]),
        Role::Count => ints(&[2, 0, 1, 3, 4, 255]),
        Role::Imm if operand.ty == "f64" => {
            let floats = EDGE_FLOATS.into_iter().chain([0.0, 1.0]);
            floats.map(Operand::Float).collect()
        }
        Role::Imm => ints(&[&EDGE_INTS[..], &[0, 1]].concat()),
        Role::Id if info.name == "ExtendedWide" => {
            let awk = i64::from(AWK_OP_BASE);
            // `AwkLength` first: the others have no effect that can be proved.
            let numbers = [awk + 32].into_iter().chain(awk..=awk + 72);
            let numbers = numbers.chain([i64::from(AWK_OP_END) - 1]).chain(0..=10);
            numbers.map(Operand::Int).collect()
        }
        Role::Id if info.name == "Extended" => {
            // Those that the tiers compile first, then what the handler does.
            let first = i64::from(extension::FIRST);
            let compiled = first..=first + extension::COMPILED.len() as i64;
            compiled.chain(0..=10).map(Operand::Int).collect()
        }
        // One more than there are.
        Role::Id => (0..=BUILTINS.len() as i64).map(Operand::Int).collect(),
        Role::Arg => ints(&[
            2, 0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 255, BEYOND,
        ]),
        Role::Payload => ints(&[2, 0, 1, 3, 4, 255, 256, -1]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_op_is_there() {
        let ops: HashSet<_> = PLAIN.iter().map(|specimen| specimen.op.index()).collect();
        assert_eq!(ops.len(), N_OPS);
        let with_immediates = TABLE.iter().filter(|info| !info.operands.is_empty());
        let varied: HashSet<_> = VARIANTS.iter().map(|s| s.op.index()).collect();
        assert_eq!(varied.len(), with_immediates.count());
    }

    #[test]
    fn immediates_reach_the_ends_of_their_ranges() {
        let is_there = |op: Op| VARIANTS.iter().any(|specimen| specimen.op == op);
        for op in [
            Op::LoadInt(i64::MIN),
            Op::LoadFloat(f64::INFINITY),
            Op::GetSlot(u16::MAX),
            Op::AccumSumLoop(0, 0, i32::MIN),
            Op::AccumSumLoop(1, 0, i32::MAX),
            Op::MakeArray(255),
            Op::CallBuiltin(BUILTINS.len() as u16, 0),
            Op::ExtendedWide(AWK_OP_BASE + 32, 256),
            Op::Jump(i64::MAX as usize),
        ] {
            assert!(is_there(op), "{op:?}");
        }
    }
}
