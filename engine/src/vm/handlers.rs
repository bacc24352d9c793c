//! Ops that call the embedder: builtins and extensions.
//!
//! A handler may do anything with the VM, run it again included. Whoever calls one of these
//! must look at the whole VM afterwards as if for the first time.

use super::{BuiltinHandler, VM};
use crate::error::Error;

/// Numbers of wide extension ops that are AWK ops.
const AWK_IDS: std::ops::Range<u16> = 40000..41000;

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
        if let Some(mut handler) = self.extension.take() {
            handler(self, id, arg);
            self.extension = Some(handler);
            self.touched = true;
        }
        Ok(())
    }

    /// `ExtendedWide`: calls the handler, which is not installed while it runs.
    pub(super) fn extended_wide(&mut self, id: u16, payload: usize) -> Result<(), Error> {
        if AWK_IDS.contains(&id) {
            return Err(Error::Unsupported("ExtendedWide"));
        }
        if let Some(mut handler) = self.extension_wide.take() {
            handler(self, id, payload);
            self.extension_wide = Some(handler);
            self.touched = true;
        }
        Ok(())
    }
}
