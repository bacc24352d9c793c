//! Abstract values and the abstract state of one frame.
//!
//! An abstract value knows its kind, so a kind cannot get lost between two ops. Scalars of
//! a known kind live in native registers; everything else is [`Abs::Mem`]: a [`crate::Value`]
//! in the VM's own memory, at the place the interpreter would have it.

use crate::value::Kind;

/// A value as compiled code sees it; `V` is what a back end calls a native value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Abs<V> {
    Undef,
    /// One byte, 0 or 1.
    Bool(V),
    /// 64 bits.
    Int(V),
    /// 64 bits.
    Float(V),
    /// Any kind, in place: the entry's own position of the value stack, or the slot itself.
    Mem,
}

/// An abstract value without its native value: what the kind analysis computes with.
pub(super) type Shape = Abs<()>;

impl<V> Abs<V> {
    pub(super) fn shape(&self) -> Shape {
        match self {
            Abs::Undef => Abs::Undef,
            Abs::Bool(_) => Abs::Bool(()),
            Abs::Int(_) => Abs::Int(()),
            Abs::Float(_) => Abs::Float(()),
            Abs::Mem => Abs::Mem,
        }
    }

    pub(super) fn is_mem(&self) -> bool {
        matches!(self, Abs::Mem)
    }

    /// The kind, unless it is known only when the code runs.
    pub(super) fn kind(&self) -> Option<Kind> {
        match self {
            Abs::Undef => Some(Kind::Undef),
            Abs::Bool(_) => Some(Kind::Bool),
            Abs::Int(_) => Some(Kind::Int),
            Abs::Float(_) => Some(Kind::Float),
            Abs::Mem => None,
        }
    }
}

impl Shape {
    /// How a value of this kind is held where its kind is known.
    pub(super) fn of(kind: Kind) -> Shape {
        match kind {
            Kind::Undef => Abs::Undef,
            Kind::Bool => Abs::Bool(()),
            Kind::Int => Abs::Int(()),
            Kind::Float => Abs::Float(()),
            _ => Abs::Mem,
        }
    }

    /// What holds after two paths meet.
    fn join(self, other: Shape) -> Shape {
        if self == other { self } else { Abs::Mem }
    }
}

/// Where an abstract value lives in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The n-th value above the stack base of the compiled code.
    Stack(usize),
    /// A slot of the current frame.
    Slot(u16),
}

/// A slot that the compiled code names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SlotAbs<V> {
    pub(super) abs: Abs<V>,
    /// The slot's memory does not hold this value yet.
    pub(super) dirty: bool,
}

/// The abstract state of the current frame at one point.
///
/// Memory of a stack entry that is not [`Abs::Mem`] holds nothing that needs dropping, and
/// neither does that of a slot that is not [`Abs::Mem`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State<V> {
    /// The stack, bottom first, from the stack base of the compiled code.
    pub(super) stack: Vec<Abs<V>>,
    /// One per slot that the code names, in the order of the region's slot list.
    pub(super) slots: Vec<SlotAbs<V>>,
    /// The frame is known to have at least this many slots.
    pub(super) min_slots: usize,
}

impl State<()> {
    /// Makes this state true on one more path. Answers whether it changed.
    pub(super) fn join(&mut self, other: &State<()>) -> bool {
        debug_assert_eq!(self.stack.len(), other.stack.len(), "V-DEPTH");
        let before = self.clone();
        for (mine, theirs) in self.stack.iter_mut().zip(&other.stack) {
            *mine = mine.join(*theirs);
        }
        for (mine, theirs) in self.slots.iter_mut().zip(&other.slots) {
            mine.abs = mine.abs.join(theirs.abs);
            mine.dirty = !mine.abs.is_mem() && (mine.dirty || theirs.dirty);
        }
        self.min_slots = self.min_slots.min(other.min_slots);
        *self != before
    }
}

impl<V: Copy> State<V> {
    /// The state without native values.
    pub(super) fn shape(&self) -> State<()> {
        State {
            stack: self.stack.iter().map(Abs::shape).collect(),
            slots: self
                .slots
                .iter()
                .map(|slot| SlotAbs {
                    abs: slot.abs.shape(),
                    dirty: slot.dirty,
                })
                .collect(),
            min_slots: self.min_slots,
        }
    }
}
