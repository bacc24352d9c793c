//! Code generation by frontends: who compiles `Extended` ops, and the host functions that
//! such code calls.
//!
//! Both lists belong to the process and only grow. Their generation is part of what compiled
//! code depends on, so a chunk is judged anew after a registration.

#[cfg(feature = "jit")]
mod context;
#[cfg(feature = "jit")]
mod effect;

#[cfg(feature = "jit")]
pub(super) use context::emit;
#[cfg(feature = "jit")]
pub use context::{ExtJitCtx, JitValue};
#[cfg(feature = "jit")]
pub(super) use effect::effect_of;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// Compiles `Extended` ops of a frontend.
///
/// The block tier asks the extensions that [`register_global_extension`] knows. Code that an
/// extension makes takes the place of the VM's extension handler, so it has to do the same.
pub trait JitExtension: Send + Sync {
    /// Whether this extension compiles the `Extended` op with this number.
    fn can_jit(&self, ext_id: u16) -> bool;

    /// How many ops it compiles; for people.
    fn op_count(&self) -> usize;

    /// The extension's name, which identifies it in the registry.
    fn name(&self) -> &str;

    /// Emits the code of an op. `false` makes the whole chunk decline, and so does misuse of
    /// `cx`.
    ///
    /// Called several times for one op, and always has to emit the same code: how many
    /// operands it takes and gives is found out by emitting into a function that never runs.
    #[cfg(feature = "jit")]
    fn emit_extended(&self, ext_id: u16, arg: u8, cx: &mut ExtJitCtx<'_, '_>) -> bool {
        let _ = (ext_id, arg, cx);
        false
    }
}

/// A host function that compiled code may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Helper {
    name: &'static str,
    address: usize,
    n_args: u8,
    ret_float: bool,
}

struct Registry {
    /// By name, in order of registration.
    extensions: Vec<(String, Arc<dyn JitExtension>)>,
    helpers: BTreeMap<u32, Helper>,
}

static REGISTRY: RwLock<Registry> = RwLock::new(Registry {
    extensions: Vec::new(),
    helpers: BTreeMap::new(),
});

static GENERATION: AtomicU64 = AtomicU64::new(1);

/// Changes the registry, if `change` says that it did.
fn update(change: impl FnOnce(&mut Registry) -> bool) {
    // Every change is one push or insert: a panic cannot leave it half done.
    let mut registry = REGISTRY.write().unwrap_or_else(PoisonError::into_inner);
    if change(&mut registry) {
        GENERATION.fetch_add(1, Ordering::Release);
    }
}

/// Lets `ext` compile `Extended` ops in the whole process, from the next run of a chunk on.
///
/// An extension whose name is registered already is ignored. The first extension that claims
/// an op compiles it.
pub fn register_global_extension(ext: Arc<dyn JitExtension>) {
    let name = ext.name().to_owned();
    update(|registry| {
        let is_new = registry.extensions.iter().all(|(known, _)| *known != name);
        if is_new {
            registry.extensions.push((name, ext));
        }
        is_new
    });
}

/// Lets code of extensions call a function, in the whole process, and returns its id:
/// [`jit_helper_id`] of its name.
///
/// Registering the same function again changes nothing. A name that stands for another
/// function already, or whose id does, is refused with a warning: the result is then 0,
/// which is the id of no function.
///
/// # Safety
/// `ptr` must be an `extern "C"` function of `n_args` arguments of type `i64` that returns an
/// `f64` if `ret_float`, else an `i64`, and stays callable as long as the process runs.
pub unsafe fn register_jit_helper(
    name: &'static str,
    ptr: *const u8,
    n_args: u8,
    ret_float: bool,
) -> u32 {
    let id = jit_helper_id(name);
    let helper = Helper {
        name,
        address: ptr.addr(),
        n_args,
        ret_float,
    };
    let mut known = None;
    update(|registry| {
        known = registry.helpers.get(&id).copied();
        if known.is_none() {
            registry.helpers.insert(id, helper);
        }
        known.is_none()
    });
    match known {
        Some(known) if known != helper => {
            tracing::warn!(
                name,
                known = known.name,
                "helper not registered: its id stands for another function"
            );
            0
        }
        _ => id,
    }
}

/// The id of the helper with this name: 32-bit FNV-1a with the highest bit set.
pub fn jit_helper_id(name: &str) -> u32 {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    0x8000_0000 | hash
}

/// Changes whenever something is registered.
#[cfg(feature = "jit")]
pub(super) fn generation() -> u64 {
    GENERATION.load(Ordering::Acquire)
}

/// The extension that compiles the `Extended` op with this number.
#[cfg(feature = "jit")]
fn claimant(ext_id: u16) -> Option<Arc<dyn JitExtension>> {
    // Extensions are asked without the lock: they may register others.
    let registered = REGISTRY.read().unwrap_or_else(PoisonError::into_inner);
    let extensions: Vec<_> = registered
        .extensions
        .iter()
        .map(|(_, ext)| Arc::clone(ext))
        .collect();
    drop(registered);
    extensions.into_iter().find(|ext| ext.can_jit(ext_id))
}

/// Whether an extension compiles the `Extended` op with this number.
#[cfg(feature = "jit")]
pub(super) fn is_claimed(ext_id: u16) -> bool {
    claimant(ext_id).is_some()
}

#[cfg(feature = "jit")]
fn helper(id: u32) -> Option<Helper> {
    let registry = REGISTRY.read().unwrap_or_else(PoisonError::into_inner);
    registry.helpers.get(&id).copied()
}
