//! `Extended` ops, whose code extensions emit.

use super::{Abs, Decline, Emit, Lower};
use crate::jit::extension::effect_of;

impl<E: Emit> Lower<'_, E> {
    pub(super) fn extended(&mut self, id: u16, arg: u8) -> Result<(), Decline> {
        let refused = Decline::Extension(self.ip);
        let Some(effect) = effect_of(id, arg) else {
            return Err(refused);
        };
        let operands: Vec<E::V> = (0..effect.pops).map(|n| self.int_entry(n)).collect();
        let results = match self.e.extended(id, arg, &operands) {
            Some(results) if results.len() == effect.pushes => results,
            _ => return Err(refused),
        };
        self.drop_top(effect.pops);
        for result in results {
            self.push(Abs::Int(result));
        }
        Ok(())
    }
}
