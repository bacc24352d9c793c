//! Ops that call the embedder: builtins and extensions.
//!
//! A handler may do anything with the VM, run it again included. Whoever calls one of these
//! must look at the whole VM afterwards as if for the first time.

use super::{BuiltinHandler, VM};
use crate::error::Error;

/// The registered builtins, by ascending number.
#[derive(Debug, Default)]
pub(crate) struct Builtins(Vec<(u16, BuiltinHandler)>);

impl Builtins {
    /// The builtin with this number.
    pub(crate) fn get(&self, id: u16) -> Option<BuiltinHandler> {
        let at = self.0.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        Some(self.0[at].1)
    }

    /// Registers a builtin, replacing one with the same number.
    pub(crate) fn insert(&mut self, id: u16, builtin: BuiltinHandler) {
        match self.0.binary_search_by_key(&id, |(id, _)| *id) {
            Ok(at) => self.0[at].1 = builtin,
            Err(at) => self.0.insert(at, (id, builtin)),
        }
    }
}

impl VM {
    /// `CallBuiltin`: calls the builtin and pushes its result; no effect without one.
    pub(super) fn call_builtin(&mut self, id: u16, argc: u8) -> Result<(), Error> {
        let Some(builtin) = self.builtins.get(id) else {
            return Ok(());
        };
        let result = builtin(self, argc);
        self.touched = true;
        self.try_push(result)
    }

    /// `Extended`: calls the handler, which is not installed while it runs.
    pub(super) fn extended(&mut self, id: u16, arg: u8) -> Result<(), Error> {
        lend(
            self,
            |vm| &mut vm.extension,
            |vm, handler| handler(vm, id, arg),
        );
        Ok(())
    }

    /// `ExtendedWide` with a number that is no AWK op: calls the handler, which is not
    /// installed while it runs.
    pub(super) fn extended_wide(&mut self, id: u16, payload: usize) -> Result<(), Error> {
        lend(
            self,
            |vm| &mut vm.extension_wide,
            |vm, handler| handler(vm, id, payload),
        );
        Ok(())
    }
}

/// A handler that was taken out of its place in the VM, and returns there even when it panics.
struct Lent<'vm, H> {
    vm: &'vm mut VM,
    place: fn(&mut VM) -> &mut Option<H>,
    handler: Option<H>,
}

impl<H> Drop for Lent<'_, H> {
    fn drop(&mut self) {
        *(self.place)(self.vm) = self.handler.take();
        self.vm.touched = true;
    }
}

/// Calls the handler in `place`, if there is one, while the VM holds none there.
fn lend<H>(vm: &mut VM, place: fn(&mut VM) -> &mut Option<H>, call: impl FnOnce(&mut VM, &mut H)) {
    let handler = place(vm).take();
    if handler.is_none() {
        return;
    }
    let mut lent = Lent { vm, place, handler };
    if let Some(handler) = &mut lent.handler {
        call(lent.vm, handler);
    }
}
