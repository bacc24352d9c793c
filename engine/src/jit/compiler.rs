//! [`JitCompiler`]: the direct way into the native tiers, and questions about them.
//!
//! Everything here is thin: the work is in `jit/subset.rs` (what is eligible) and
//! `jit/direct.rs` (running it). A build without the feature `jit` has the same methods,
//! which find nothing eligible and run nothing.

#[cfg(not(feature = "jit"))]
mod absent;
mod disk;
#[cfg(feature = "jit")]
mod runs;
#[cfg(feature = "jit")]
mod traces;

use super::extension::JitExtension;
use super::{ExplainParts, InUse, door, subset};
use crate::chunk::Chunk;
use crate::op::Op;

/// The native tiers of the calling thread: configuration, caches, counters, and entry points
/// for callers that have numbers instead of a [`crate::VM`].
///
/// The predicates and entry points speak of a *numeric subset*: chunks whose ops compute with
/// integers and floats in slots and on the stack. [`crate::VM::run`] may compile far more.
/// They answer for the calling thread; a compiler itself holds only the extensions that were
/// given to it.
#[derive(Default)]
pub struct JitCompiler {
    extensions: Vec<Box<dyn JitExtension>>,
}

impl std::fmt::Debug for JitCompiler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.extensions.iter().map(|ext| ext.name()).collect();
        f.debug_struct("JitCompiler")
            .field("extensions", &names)
            .finish()
    }
}

impl JitCompiler {
    /// A compiler without extensions.
    pub fn new() -> JitCompiler {
        JitCompiler::default()
    }

    /// Drops the calling thread's compiled code, counters and memoised decisions.
    pub fn flush(&self) {
        door::flush();
    }

    /// What the calling thread keeps of the chunks that it has run: to be watched by who
    /// embeds the VM in a process that runs for long.
    pub fn in_use(&self) -> InUse {
        door::in_use()
    }

    /// What native code is generated for: the architecture of this machine and the features
    /// of it that code may use, such as `x86_64 has_sse3 has_avx`. Two machines of the same
    /// target get the same code. `None` where there is no native code.
    pub fn target(&self) -> Option<String> {
        door::target()
    }

    /// The names of all reasons for which a tier may decline.
    pub fn decline_reasons(&self) -> &'static [&'static str] {
        door::decline_reasons()
    }

    /// What the calling thread has compiled for `chunk`, as text.
    pub fn explain(&self, chunk: &Chunk, parts: ExplainParts) -> String {
        door::explain(chunk, parts)
    }

    /// Makes [`JitCompiler::is_eligible`] of this compiler accept the ops of an extension. It
    /// has no other effect: the tiers ask [`super::register_global_extension`].
    pub fn register_extension(&mut self, ext: Box<dyn JitExtension>) {
        self.extensions.push(ext);
    }

    /// Whether every op is in a fixed list of ops that some tier may compile, or is claimed by
    /// an extension of this compiler. Nothing is compiled.
    pub fn is_eligible(&self, chunk: &Chunk) -> bool {
        let claimed = |id| self.extensions.iter().any(|ext| ext.can_jit(id));
        chunk.ops.iter().all(|op| match *op {
            Op::Extended(id, _) | Op::ExtendedWide(id, _) => claimed(id),
            _ => subset::is_static(op),
        })
    }
}
