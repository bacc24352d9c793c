//! [`VMPool`]: VMs that are used again.

use super::VM;
use crate::chunk::Chunk;

/// Keeps VMs, with their allocations, for the next chunk.
///
/// A VM keeps hosts, handlers, builtins and the choice of tiers of its previous user.
#[derive(Default)]
pub struct VMPool {
    #[expect(
        clippy::vec_box,
        reason = "a VM is large, and `with` uses it where it is"
    )]
    vms: Vec<Box<VM>>,
}

impl VMPool {
    /// An empty pool.
    pub fn new() -> VMPool {
        VMPool::default()
    }

    /// An empty pool with room for `cap` VMs.
    pub fn with_capacity(cap: usize) -> VMPool {
        VMPool {
            vms: Vec::with_capacity(cap),
        }
    }

    /// The VM that was released last, reset for `chunk`, or a new one.
    pub fn acquire(&mut self, chunk: Chunk) -> VM {
        *self.take(chunk)
    }

    fn take(&mut self, chunk: Chunk) -> Box<VM> {
        match self.vms.pop() {
            Some(mut vm) => {
                vm.reset(chunk);
                vm
            }
            None => Box::new(VM::new(chunk)),
        }
    }

    /// Stores a VM as it is.
    pub fn release(&mut self, vm: VM) {
        self.vms.push(Box::new(vm));
    }

    /// Runs `f` on an acquired VM, which is released afterwards.
    pub fn with<F: FnOnce(&mut VM) -> T, T>(&mut self, chunk: Chunk, f: F) -> T {
        let mut vm = self.take(chunk);
        let result = f(&mut vm);
        self.vms.push(vm);
        result
    }

    /// Number of stored VMs.
    pub fn len(&self) -> usize {
        self.vms.len()
    }

    /// Whether no VM is stored.
    pub fn is_empty(&self) -> bool {
        self.vms.is_empty()
    }
}
