//! Jumps, and what happens at those that go backward.

use super::access::{Access, Flow, Leave, Machine, Watch, out_of_line};
use super::{Exit, Frame, VM};
use crate::error::{Error, Limit};
use crate::op::Op;
use crate::value::Value;
use crate::value::layout::{self, TAG_BOOL};

impl<A: Access, W: Watch> Machine<'_, A, W> {
    /// `Jump`
    #[inline(always)]
    pub(super) fn jump_always(&mut self, target: usize) -> Flow {
        self.branch(target)
    }

    /// `JumpIfTrue`, `JumpIfFalse`
    #[inline(always)]
    pub(super) fn jump_if(&mut self, wanted: bool, target: usize) -> Flow {
        if self.top_is_true() != wanted {
            self.pop();
            return Ok(());
        }
        let branch = self.pay_for(target)?;
        self.pop();
        self.take(branch)
    }

    /// `JumpIfTrueKeep`, `JumpIfFalseKeep`
    #[inline(always)]
    pub(super) fn jump_if_keep(&mut self, wanted: bool, target: usize) -> Flow {
        if self.top_is_true() != wanted {
            return Ok(());
        }
        self.branch(target)
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

    /// Takes a branch of an op that does nothing else.
    #[inline(always)]
    pub(super) fn branch(&mut self, target: usize) -> Flow {
        let branch = self.pay_for(target)?;
        self.take(branch)
    }

    /// Pays for a branch of the op that was just fetched, before that has any effect.
    #[inline(always)]
    pub(super) fn pay_for(&mut self, target: usize) -> Flow<Branch> {
        // The jump of A-END, which is no op of the program, is not backward.
        let watched = self.watched && target < self.next_idx() && target < self.session.at.n_ops;
        if watched {
            self.on_stack(VM::pay_branch)?;
        }
        Ok(Branch { target, watched })
    }

    /// Takes a branch that is paid for.
    #[inline(always)]
    pub(super) fn take(&mut self, branch: Branch) -> Flow {
        let from = self.ip;
        self.jump(branch.target)?;
        if branch.watched {
            return self.back_edge(from);
        }
        Ok(())
    }

    /// Called after a backward branch was taken by the op before `behind`.
    #[inline(always)]
    fn back_edge(&mut self, behind: *const Op) -> Flow {
        let from = self.idx(behind) - 1;
        self.sync();
        let state = |vm: &VM| (vm.ip, vm.frames.len(), vm.stack.len(), vm.touched);
        let before = state(self.vm);
        if let Err(leave) = self.session.at_back_edge(self.vm, from) {
            return Err(self.session.stop(leave));
        }
        // Native code may have run the chunk any distance. What was proved still holds where
        // the heights are the same, because only ops of the chunk ran.
        if !A::CHECKED && state(self.vm) != before {
            return Err(self.session.stop(Leave::Switch));
        }
        self.resume()
    }

    /// Called where the next op is not inside: decides what ends there.
    #[inline(always)]
    pub(super) fn leave_window(&mut self) -> Flow {
        if W::BLOCKS {
            return self.on_vm(VM::leave_window);
        }
        self.sync();
        Err(self.session.stop(Leave::Switch))
    }

    /// `Call`
    #[inline(always)]
    pub(super) fn call(&mut self, name: u16, argc: u8) -> Flow {
        if !A::CHECKED {
            return self.call_verified(name, argc);
        }
        if !self.watched
            && let Some(entry) = self.vm.chunk.find_sub(name)
            && self.quick_call(entry, argc)?
        {
            return Ok(());
        }
        self.sync();
        out_of_line(self.vm, self.session, move |vm| vm.call(name, argc))?;
        if self.session.tick() {
            return Err(self.session.stop(Leave::Switch));
        }
        self.resume_in_frame()
    }

    /// `Call` with room for all that the callee may push.
    #[inline(always)]
    fn call_verified(&mut self, name: u16, argc: u8) -> Flow {
        let Some(entry) = self.session.entry_of(name) else {
            return self.needs_checked();
        };
        if !self.has_room_for_frame(argc, self.session.frame_bytes()) {
            let max_depth = self.session.max_depth();
            self.sync();
            let reserve = move |vm: &mut VM| vm.reserve_callee(argc, max_depth);
            if out_of_line(self.vm, self.session, reserve).is_err() {
                return self.needs_checked();
            }
            self.load_stack();
        }
        if self.quick_call(entry, argc)? {
            return Ok(());
        }
        self.sync();
        out_of_line(self.vm, self.session, move |vm| vm.enter(entry, argc))?;
        self.resume_in_frame()
    }

    /// `Return`
    #[inline(always)]
    pub(super) fn return_none(&mut self) -> Flow {
        if self.quick_return(0)? {
            return Ok(());
        }
        self.leave_function(VM::return_none)
    }

    /// `ReturnValue`
    #[inline(always)]
    pub(super) fn return_value(&mut self) -> Flow {
        if self.quick_return(1)? {
            return Ok(());
        }
        self.leave_function(VM::return_value)
    }

    /// A return that is not quick.
    #[inline(always)]
    fn leave_function(&mut self, f: fn(&mut VM) -> Result<(), Exit>) -> Flow {
        self.sync();
        let floor = self.session.floor();
        out_of_line(self.vm, self.session, move |vm| {
            if !A::CHECKED && !vm.returns_above(floor) {
                vm.ip -= 1;
                return Err(Leave::NeedsChecked);
            }
            f(vm).map_err(Leave::from)
        })?;
        self.resume_in_frame()
    }

    /// Ops that run a handler, which ends every proof, or a command, which may enter a sub
    /// that no proof speaks of.
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

/// A branch that is paid for.
#[derive(Clone, Copy)]
pub(super) struct Branch {
    target: usize,
    /// It goes backward, and somebody wants to know.
    watched: bool,
}

impl VM {
    /// Makes room for a callee that never has more than `max_depth` values; fails when the
    /// limit might be hit in it.
    #[cold]
    fn reserve_callee(&mut self, argc: u8, max_depth: usize) -> Result<(), Error> {
        let base = self.stack.len().saturating_sub(usize::from(argc));
        match self.reserve_height(base.saturating_add(max_depth)) {
            true => Ok(()),
            false => Err(Limit::ValueStack.into()),
        }
    }

    /// Makes room for a stack of `height` values; false when the limit does not allow it.
    pub(super) fn reserve_height(&mut self, height: usize) -> bool {
        if height > self.limits.value_stack {
            return false;
        }
        let missing = height.saturating_sub(self.stack.len());
        self.stack.reserve(missing);
        true
    }

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
