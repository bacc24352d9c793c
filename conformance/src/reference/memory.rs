//! The limit of memory, which is declined and not judged.
//!
//! The specification lets every engine choose the points at which it measures, so there is
//! no right answer. The evaluator declines in time: when half of the limit may be in use.

use super::blocks::Activation;
use super::state::{Machine, Step, Stop};
use fusevm::Value;

/// Bytes that an element or a byte of text is taken for.
const UNIT: u64 = size_of::<Value>() as u64;

/// What was built since the memory was measured.
pub(super) struct Memory {
    /// Bytes that may be in use before a case is declined.
    most: u64,
    /// Bytes that may be built before the next measurement.
    unmeasured: u64,
}

impl Memory {
    pub(super) fn new(limit: usize) -> Memory {
        let most = limit as u64 / 2;
        Memory {
            most,
            unmeasured: most,
        }
    }
}

impl Machine {
    /// Declines when `size` more elements or bytes may come too near to the limit.
    pub(super) fn memory_for(&mut self, size: u64) -> Step {
        let bytes = size.saturating_mul(UNIT);
        if let Some(left) = self.memory.unmeasured.checked_sub(bytes) {
            self.memory.unmeasured = left;
            return Ok(());
        }
        let in_use = self.in_use().saturating_add(bytes);
        match self.memory.most.checked_sub(in_use) {
            Some(left) if left >= self.memory.most / 4 => {
                self.memory.unmeasured = left;
                Ok(())
            }
            _ => {
                let detail = format!("op {} may use half of the memory limit", self.at);
                Err(Stop::Declined("memory limit", detail))
            }
        }
    }

    /// Bytes reachable from the VM; a text counts as often as it is referred to.
    fn in_use(&self) -> u64 {
        let frames = self.vm.frames.iter().map(|frame| bytes(&frame.slots));
        bytes(&self.vm.stack)
            + bytes(&self.vm.globals)
            + frames.sum::<u64>()
            + self
                .blocks
                .iter()
                .flat_map(Activation::held)
                .map(bytes)
                .sum::<u64>()
    }
}

fn bytes(values: &[Value]) -> u64 {
    values.iter().map(|value| UNIT + behind(value)).sum()
}

fn behind(value: &Value) -> u64 {
    match value {
        Value::Str(text) => text.len() as u64,
        Value::Array(elements) => bytes(elements),
        Value::Hash(entries) => entries
            .iter()
            .map(|(key, value)| 2 * UNIT + key.len() as u64 + behind(value))
            .sum(),
        Value::Ref(target) => UNIT + behind(target),
        _ => 0,
    }
}
