//! The VM behind the direct entry points, and how slots get in and out of it.

use super::run_extended;
use crate::chunk::Chunk;
use crate::jit::cache::ChunkEntry;
use crate::jit::plain::SlotKind;
use crate::value::Value;
use crate::vm::VM;
use std::cell::RefCell;

/// A VM that runs nothing now, and the number of the cache entry of its chunk.
struct Spare {
    vm: VM,
    entry_id: u64,
}

thread_local! {
    static SPARE: RefCell<Option<Spare>> = const { RefCell::new(None) };
}

/// Lends a VM that is about to run `chunk`, which `entry` is about. Whoever asks while it is
/// in use, from a helper or a hook, gets another one.
pub(super) fn with_vm<T>(chunk: &Chunk, entry: &ChunkEntry, f: impl FnOnce(&mut VM) -> T) -> T {
    let mut vm = match SPARE.take() {
        Some(Spare { mut vm, entry_id }) => {
            // No op of the numeric subset can change the chunk.
            let chunk = match entry_id == entry.id() {
                true => std::mem::take(&mut vm.chunk),
                false => chunk.clone(),
            };
            vm.reset(chunk);
            vm
        }
        None => {
            let mut vm = VM::new(chunk.clone());
            vm.set_extension_handler(Box::new(run_extended));
            vm
        }
    };
    let result = f(&mut vm);
    SPARE.set(Some(Spare {
        vm,
        entry_id: entry.id(),
    }));
    result
}

/// The kind that a slot is kept as: `Int` where nothing is said.
pub(super) fn kind_of(kinds: &[SlotKind], slot: usize) -> SlotKind {
    kinds.get(slot).copied().unwrap_or(SlotKind::Int)
}

/// Makes the numbers the slots of the root frame.
pub(super) fn load_slots(vm: &mut VM, slots: &[i64], kinds: &[SlotKind]) {
    let value = |(slot, bits): (usize, &i64)| match kind_of(kinds, slot) {
        SlotKind::Int => Value::Int(*bits),
        SlotKind::Float => Value::Float(f64::from_bits(*bits as u64)),
    };
    vm.frames[0].slots.clear();
    vm.frames[0]
        .slots
        .extend(slots.iter().enumerate().map(value));
}

/// Converts the slots of the root frame to numbers again. One that was not written keeps its
/// bits.
pub(super) fn store_slots(vm: &VM, slots: &mut [i64], kinds: &[SlotKind]) {
    let values = vm.frames.first().map_or(&[][..], |frame| &frame.slots);
    for (slot, (bits, value)) in slots.iter_mut().zip(values).enumerate() {
        *bits = match kind_of(kinds, slot) {
            SlotKind::Int => value.to_int(),
            SlotKind::Float => value.to_float().to_bits() as i64,
        };
    }
}
