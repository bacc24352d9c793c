//! Native code on disk: there is none, and these methods say so.

use super::JitCompiler;
use std::path::PathBuf;

/// Native code is not kept on disk yet.
impl JitCompiler {
    /// Has no effect.
    pub fn set_jit_cache_dir(&self, dir: Option<PathBuf>) {
        let _ = dir;
    }

    /// `None`: nothing is kept.
    pub fn jit_cache_dir(&self) -> Option<PathBuf> {
        None
    }

    /// `None`: nothing is kept.
    pub fn jit_cache_size_bytes(&self) -> Option<u64> {
        None
    }

    /// Has no effect.
    pub fn set_jit_cache_max_bytes(&self, limit: Option<u64>) {
        let _ = limit;
    }

    /// 0: there is nothing to free.
    pub fn prune_jit_cache(&self) -> u64 {
        0
    }

    /// 0: there is nothing to remove.
    pub fn clear_jit_cache(&self) -> usize {
        0
    }
}
