//! Jumps, and what happens at those that go backward.

use super::access::{Access, Flow, Leave, Machine, Watch};
use super::{Exit, Frame, VM};
use crate::value::Value;
use crate::value::layout::{self, TAG_BOOL};

impl<A: Access, W: Watch> Machine<'_, A, W> {
    /// `Jump`
    #[inline(always)]
    pub(super) fn jump_always(&mut self, target: usize) -> Flow {
        self.branch(target, |_| {})
    }

    /// `JumpIfTrue`, `JumpIfFalse`
    #[inline(always)]
    pub(super) fn jump_if(&mut self, wanted: bool, target: usize) -> Flow {
        if self.top_is_true() != wanted {
            self.pop();
            return Ok(());
        }
        self.branch(target, Self::pop)
    }

    /// `JumpIfTrueKeep`, `JumpIfFalseKeep`
    #[inline(always)]
    pub(super) fn jump_if_keep(&mut self, wanted: bool, target: usize) -> Flow {
        if self.top_is_true() != wanted {
            return Ok(());
        }
        self.branch(target, |_| {})
    }

    /// Truth of the top value; false for an empty stack.
    #[inline(always)]
    fn top_is_true(&self) -> bool {
        if !self.holds(1) {
            return false;
        }
        // SAFETY: A-STACK, and V-DEPTH or the test above: there is a value.
        unsafe {
            let top = self.sp.sub(1);
            if layout::tag(&*top) == TAG_BOOL {
                layout::read_bool(top)
            } else {
                truth(&*top)
            }
        }
    }

    /// Takes a branch of the op that was just fetched; `effect` is what the op does besides.
    /// It happens only when the branch can be paid for.
    #[inline(always)]
    pub(super) fn branch(&mut self, target: usize, effect: impl FnOnce(&mut Self)) -> Flow {
        let from = self.next_idx().wrapping_sub(1);
        let watched = self.watched && target <= from;
        if watched && let Err(error) = self.vm.pay_branch() {
            self.sync_stack();
            return self.fail(error);
        }
        effect(self);
        self.jump(target)?;
        if watched {
            return self.back_edge(from);
        }
        Ok(())
    }

    /// Called after a backward branch was taken by the op at `from`.
    #[cold]
    #[inline(always)]
    fn back_edge(&mut self, from: usize) -> Flow {
        self.sync();
        let state = |vm: &VM| (vm.ip, vm.frames.len(), vm.stack.len(), vm.touched);
        let before = state(self.vm);
        self.session.at_back_edge(self.vm, from)?;
        // Native code may have run the chunk any distance. What was proved still holds where
        // the heights are the same, because only ops of the chunk ran.
        if !A::CHECKED && state(self.vm) != before {
            return Err(Leave::Switch);
        }
        self.resume()
    }

    /// `Call`
    #[inline(always)]
    pub(super) fn call(&mut self, name: u16, argc: u8) -> Flow {
        self.sync();
        if !A::CHECKED && !self.session.reserve_callee(self.vm, argc) {
            return self.needs_checked();
        }
        self.vm.call(name, argc)?;
        if A::CHECKED && self.session.tick() {
            return Err(Leave::Switch);
        }
        self.resume()
    }

    /// `Return`, `ReturnValue`
    #[inline(always)]
    pub(super) fn leave_function(&mut self, f: fn(&mut VM) -> Result<(), Exit>) -> Flow {
        self.sync();
        if !A::CHECKED && !self.session.may_return(self.vm) {
            return self.needs_checked();
        }
        f(self.vm)?;
        self.resume()
    }

    /// `CallBuiltin`, `Extended`, `ExtendedWide`: a handler ends every proof.
    #[inline(always)]
    pub(super) fn handler<E>(&mut self, f: impl FnOnce(&mut VM) -> Result<(), E>) -> Flow
    where
        Leave: From<E>,
    {
        if !A::CHECKED {
            return self.needs_checked();
        }
        self.on_vm(f)
    }
}

impl VM {
    /// Whether the call that `Return` would leave has at least `n` frames below it.
    #[inline]
    pub(super) fn returns_above(&self, n: usize) -> bool {
        let open_scopes = self.frames.iter().rev();
        let open_scopes = open_scopes.take_while(|frame| frame.return_ip == Frame::SCOPE);
        self.frames.len() > n + open_scopes.count()
    }
}

/// Truth of a value that is not a `Bool`.
#[inline(never)]
fn truth(v: &Value) -> bool {
    v.is_truthy()
}
