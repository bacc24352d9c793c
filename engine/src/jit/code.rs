//! Executable memory.
//!
//! - **M-LIVE**: code is called only through a [`Code`] that the caller keeps alive, so it
//!   is mapped for as long as it runs.
//! - **M-ABI**: every compiled function has the signature [`EntryFn`].
//! - **M-WX**: Cranelift's memory manager maps code writable, then executable and not
//!   writable; nobody writes to it afterwards.

mod placement;

use super::decline::Decline;
use super::isa;
use super::native::Ctx;
use cranelift_codegen::Context;
use cranelift_jit::{JITBuilder, JITModule};
use cranelift_module::Module;
use std::cell::Cell;

thread_local! {
    /// Functions that are mapped, and the bytes of their code. A function stays on its thread.
    static IN_USE: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

/// How many functions of the calling thread are mapped, and how many bytes their code has.
pub(super) fn in_use() -> (usize, usize) {
    IN_USE.get()
}

/// A compiled function: runs on the state that the context describes; the result is a
/// [`super::native::Left`] as a number.
pub(super) type EntryFn = unsafe extern "C" fn(*mut Ctx) -> u64;

/// One compiled function and the memory that it is in.
pub(super) struct Code {
    module: Option<JITModule>,
    entry: EntryFn,
    /// Bytes of machine code.
    pub(super) size: usize,
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes of code", self.size)
    }
}

fn backend(error: impl std::fmt::Display) -> Decline {
    Decline::Backend(error.to_string())
}

impl Code {
    /// Compiles the function in `context` and maps it.
    pub(super) fn new(context: &mut Context) -> Result<Code, Decline> {
        let builder = JITBuilder::with_isa(isa::host()?, cranelift_module::default_libcall_names());
        let mut module = JITModule::new(builder);
        let id = module
            .declare_anonymous_function(&context.func.signature)
            .map_err(backend)?;
        let isa = isa::host()?;
        let compiled = context
            .compile(&*isa, &mut Default::default())
            .map_err(|error| Decline::Backend(format!("{:?}", error.inner)))?;
        if !compiled.buffer.relocs().is_empty() {
            return Err(Decline::Backend("code that has to be relocated".into()));
        }
        let code = compiled.code_buffer();
        let step = u64::from(
            isa.function_alignment()
                .minimum
                .max(compiled.buffer.alignment),
        );
        let lead = placement::lead(&placement::loops(compiled), step as usize);
        let mut bytes = vec![0; lead];
        bytes.extend_from_slice(code);
        let size = bytes.len();
        module
            .define_function_bytes(id, step.max(placement::LINE as u64), &bytes, &[])
            .map_err(backend)?;
        module.finalize_definitions().map_err(backend)?;
        let start = module.get_finalized_function(id);
        // SAFETY: the function was defined with `lead` bytes and at least one more.
        let address = unsafe { start.add(lead) };
        // SAFETY: M-ABI: `clif.rs` gives every function the signature of `EntryFn`, and the
        // module has just put it at this address.
        let entry = unsafe { std::mem::transmute::<*const u8, EntryFn>(address) };
        let (functions, total) = IN_USE.get();
        IN_USE.set((functions + 1, total + size));
        Ok(Code {
            module: Some(module),
            entry,
            size,
        })
    }

    /// Runs the code.
    ///
    /// # Safety
    /// `ctx` must describe a VM as `native.rs` (N-...) demands it.
    pub(super) unsafe fn call(&self, ctx: *mut Ctx) -> u64 {
        // SAFETY: M-LIVE through `&self`; the context is the caller's obligation.
        unsafe { (self.entry)(ctx) }
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        if let Some(module) = self.module.take() {
            // SAFETY: M-LIVE: nobody is inside the code, because a call borrows `self`.
            unsafe { module.free_memory() };
            let (functions, bytes) = IN_USE.get();
            IN_USE.set((functions - 1, bytes - self.size));
        }
    }
}
