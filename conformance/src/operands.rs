//! Where ops find their operands, and with which pairs of kinds they meet.
//!
//! In: an op. Out: the [`Place`]s of what it reads or replaces. The generator of single ops
//! fills them, coverage looks at the kinds that are in them; both mean the same by "operand".

use crate::scripted::extension;
use fusevm::awk_builtins::typed_form;
use fusevm::op::{Operand, Role};
use fusevm::{Kind, Op, VM, Value};

/// Where an op finds an operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a slot of the top frame.
    Slot(u16),
    /// In a global.
    Global(u16),
    /// On the stack, this far below the top.
    Stack(usize),
}

impl Place {
    /// What is there.
    fn value(self, vm: &VM) -> Option<&Value> {
        match self {
            Place::Slot(slot) => Some(
                vm.frames
                    .last()
                    .and_then(|frame| frame.slots.get(usize::from(slot)))
                    .unwrap_or(&Value::Undef),
            ),
            Place::Global(global) => {
                Some(vm.globals.get(usize::from(global)).unwrap_or(&Value::Undef))
            }
            Place::Stack(depth) => vm.stack.iter().nth_back(depth),
        }
    }
}

/// The slots that an op names.
pub fn slots_named(op: &Op) -> impl Iterator<Item = u16> {
    let operands = op.info().operands.iter().zip(op.operands());
    operands.filter_map(|(info, operand)| match operand {
        Operand::Int(slot) if info.role == Role::Slot => Some(slot as u16),
        _ => None,
    })
}

/// How many slots ops need to have, to find all that they name.
pub fn slot_room(ops: &[Op]) -> usize {
    let named = ops.iter().flat_map(slots_named);
    named.map(|slot| usize::from(slot) + 1).max().unwrap_or(0)
}

/// The operands of an op: slots and globals that it names, then what it takes from the
/// stack, the deepest first. What it replaces counts too, as its kind matters to whoever
/// has to drop it.
pub fn places(op: &Op) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for (operand, info) in op.operands().into_iter().zip(op.info().operands) {
        let place = match (info.role, operand) {
            (Role::Slot, Operand::Int(slot)) => Place::Slot(slot as u16),
            (Role::Name, Operand::Int(global)) => Place::Global(global as u16),
            _ => continue,
        };
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places.extend((0..stack_operands(op)).rev().map(Place::Stack));
    places
}

/// How many values an op takes from the stack, or looks at there.
fn stack_operands(op: &Op) -> usize {
    const FILE: u8 = 2;
    const CMD_VAR: u8 = 5;
    match *op {
        Op::JumpIfTrueKeep(_) | Op::JumpIfFalseKeep(_) => 1,
        Op::ReturnValue | Op::ForEachBlock(_) => 1,
        Op::CallBuiltin(_, argc) => argc.into(),
        Op::AwkSrand(argc) | Op::AwkLength(argc) => argc.min(1).into(),
        Op::AwkGetline(source) => usize::from((FILE..=CMD_VAR).contains(&source)),
        Op::ExpandParam(modifier) => match modifier {
            0..=3 | 5..=8 => 2,
            9 | 10 | 17 => 3,
            _ => 1,
        },
        Op::ExtendedWide(id, payload) => {
            typed_form(id, payload).map_or(0, |op| stack_operands(&op))
        }
        Op::Extended(id, _) => extension::op_of(id).map_or(0, extension::n_operands),
        // Frames and handlers decide about the others.
        _ => op.stack_effect().0.fixed().unwrap_or(0),
    }
}

/// Which two of an op's operands are judged as a pair, by their indices: the first that is
/// named and the last, or the two on top of the stack.
pub fn pair(places: &[Place]) -> Option<(usize, usize)> {
    let last = places.len().checked_sub(1)?;
    match places[0] {
        Place::Stack(_) => Some((last.saturating_sub(1), last)),
        Place::Slot(_) | Place::Global(_) => Some((0, last)),
    }
}

/// Two kinds of operands, in the order of the op's places; `None` where it has none.
pub type KindPair = (Option<Kind>, Option<Kind>);

/// The kinds of the two operands that are judged, in the state before the op runs.
pub fn kinds(places: &[Place], vm: &VM) -> KindPair {
    let kind = |at: usize| places[at].value(vm).map(Value::kind);
    match pair(places) {
        None => (None, None),
        Some((first, second)) if first == second => (None, kind(second)),
        Some((first, second)) => (kind(first), kind(second)),
    }
}

/// A set of [`KindPair`]s.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KindPairs(u128);

/// Kinds, and one more number for an operand that is not there.
const N_KINDS: usize = Kind::ALL.len() + 1;

impl KindPairs {
    /// Adds a pair.
    pub fn insert(&mut self, pair: KindPair) {
        self.0 |= KindPairs::bit(pair);
    }

    /// Whether a pair is in the set.
    pub fn contains(self, pair: KindPair) -> bool {
        self.0 & KindPairs::bit(pair) != 0
    }

    /// Adds all pairs of another set.
    pub fn extend(&mut self, other: KindPairs) {
        self.0 |= other.0;
    }

    /// The pairs that are not in another set.
    #[must_use]
    pub fn without(self, other: KindPairs) -> KindPairs {
        KindPairs(self.0 & !other.0)
    }

    /// The pairs that are in both sets.
    #[must_use]
    pub fn common(self, other: KindPairs) -> KindPairs {
        KindPairs(self.0 & other.0)
    }

    /// How many different pairs there are.
    pub fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether the set has no pair.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The pairs in the set, in the order of their kinds.
    pub fn iter(self) -> impl Iterator<Item = KindPair> {
        let kind = |n: usize| Kind::ALL.get(n).copied();
        (0..N_KINDS * N_KINDS)
            .filter(move |bit| self.0 >> bit & 1 != 0)
            .map(move |bit| (kind(bit / N_KINDS), kind(bit % N_KINDS)))
    }

    fn bit((first, second): KindPair) -> u128 {
        let number = |kind: Option<Kind>| kind.map_or(N_KINDS - 1, |kind| kind as usize);
        1 << (number(first) * N_KINDS + number(second))
    }
}

impl FromIterator<KindPair> for KindPairs {
    fn from_iter<I: IntoIterator<Item = KindPair>>(pairs: I) -> KindPairs {
        let mut set = KindPairs::default();
        pairs.into_iter().for_each(|pair| set.insert(pair));
        set
    }
}

/// A pair as reports write it: `Int, Str`, `Int` for an op with one operand, `-` for none.
pub fn pair_text(pair: KindPair) -> String {
    match pair {
        (None, None) => "-".to_owned(),
        (None, Some(kind)) | (Some(kind), None) => kind.name().to_owned(),
        (Some(first), Some(second)) => format!("{}, {}", first.name(), second.name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fusevm::Chunk;

    #[test]
    fn named_places_come_before_those_on_the_stack() {
        use Place::{Global, Slot, Stack};
        let expected: [(Op, &[Place]); 8] = [
            (Op::Nop, &[]),
            (Op::Negate, &[Stack(0)]),
            (Op::Add, &[Stack(1), Stack(0)]),
            (Op::GetSlot(7), &[Slot(7)]),
            (Op::SlotArraySet(7), &[Slot(7), Stack(1), Stack(0)]),
            (Op::ConcatConstLoop(0, 1, 1, 5), &[Slot(1)]),
            (Op::PushIntRangeLoop(3, 4, 5), &[Global(3), Slot(4)]),
            (Op::JumpIfTrueKeep(0), &[Stack(0)]),
        ];
        for (op, places_of_op) in expected {
            assert_eq!(places(&op), places_of_op, "{op:?}");
        }
    }

    #[test]
    fn operands_on_the_stack_are_what_the_verifier_asks_for() {
        for info in &fusevm::op::TABLE {
            let operands = vec![Operand::Int(2); info.operands.len()];
            let op = Op::from_operands(usize::from(info.index), &operands).expect("2 fits");
            let n = stack_operands(&op);
            let verifies = |n: usize| {
                let mut chunk = Chunk::new();
                chunk.ops = vec![Op::LoadUndef; n];
                chunk.ops.push(op);
                chunk.ops.push(Op::Nop);
                chunk.names = vec![String::new(); 3];
                chunk.constants = vec![Value::Undef; 3];
                chunk.sub_chunks = vec![Chunk::new(); 3];
                chunk.block_ranges = vec![(0, 0); 3];
                chunk.sub_entries = vec![(2, chunk.ops.len())];
                chunk.ops.push(Op::Return);
                chunk.verify().is_ok()
            };
            // The others have no fixed effect.
            if verifies(n) && n > 0 && info.name != "Call" {
                assert!(!verifies(n - 1), "{op:?} needs fewer than {n}");
            }
            assert!(
                verifies(n) || !verifies(n + 1),
                "{op:?} needs more than {n}"
            );
        }
    }

    #[test]
    fn a_pair_is_the_named_place_and_the_top() {
        let pair_of = |op| pair(&places(&op));
        assert_eq!(pair_of(Op::Nop), None);
        assert_eq!(pair_of(Op::Negate), Some((0, 0)));
        assert_eq!(pair_of(Op::RangeStep), Some((1, 2)));
        assert_eq!(pair_of(Op::SlotArraySet(0)), Some((0, 2)));
    }

    #[test]
    fn pairs_of_kinds_are_a_set() {
        let mut pairs = KindPairs::default();
        assert!(pairs.is_empty());
        pairs.insert((None, None));
        pairs.insert((None, Some(Kind::NativeFn)));
        pairs.insert((None, Some(Kind::NativeFn)));
        pairs.insert((Some(Kind::NativeFn), None));
        assert_eq!(pairs.len(), 3);
        assert_eq!(pairs.iter().collect::<KindPairs>(), pairs);
        let rest = pairs.without(KindPairs::from_iter([(None, None)]));
        assert!(rest.len() == 2 && !rest.contains((None, None)));
    }
}
