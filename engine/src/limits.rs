//! [`Limits`]: what one run may use, and the handle that ends it from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What one run of a chunk may use; exceeding a limit ends the run with an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Values on the stack.
    pub value_stack: usize,
    /// Frames, plus active blocks of higher-order ops.
    pub call_frames: usize,
    /// Elements of one array or hash.
    pub collection_size: usize,
    /// Bytes of one string.
    pub string_size: usize,
    /// Depth of collections within collections; a scalar has depth 0.
    pub value_nesting: usize,
    /// Bytes reachable from the VM, measured from time to time by ops that allocate, so
    /// about.
    pub memory: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            value_stack: 1 << 20,
            call_frames: 1 << 16,
            collection_size: 1 << 24,
            string_size: 1 << 28,
            value_nesting: 1024,
            memory: 1 << 30,
        }
    }
}

/// Ends a run from another thread, or from a callback.
#[derive(Debug, Clone, Default)]
pub struct InterruptHandle(Arc<AtomicBool>);

impl InterruptHandle {
    /// Makes the run end with the error `interrupted` at the next backward branch or call.
    pub fn interrupt(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether an interruption is pending; takes it.
    pub(crate) fn take(&self) -> bool {
        self.0.load(Ordering::Relaxed) && self.0.swap(false, Ordering::Relaxed)
    }

    /// The flag that native code polls.
    #[cfg_attr(
        not(feature = "jit"),
        expect(dead_code, reason = "only native code polls it")
    )]
    pub(crate) fn flag(&self) -> &AtomicBool {
        &self.0
    }
}
