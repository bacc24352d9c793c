//! Control flow, functions and scopes: 6.11 to 6.13.
//!
//! Three kinds of frames lie on each other: the root frame at the bottom, the frames of
//! calls, and those of scopes, which are marked by their return address.

use super::coerce::truth;
use super::state::{Machine, Step, Stop};
use fusevm::{Frame, Value};

impl Machine {
    /// Continues at `target`, which costs 1 when it does not lie behind the op.
    pub(super) fn branch(&mut self, target: usize) -> Step {
        if target <= self.at {
            self.charge_turn(0)?;
        }
        self.vm.ip = target;
        Ok(())
    }

    /// Continues at `target` when T(top) is `wanted`; consumes the condition unless `keep`.
    pub(super) fn branch_if(&mut self, wanted: bool, keep: bool, target: usize) -> Step {
        if truth(self.top(0)) == wanted {
            self.branch(target)?;
        }
        if !keep {
            self.consume(1);
        }
        Ok(())
    }

    pub(super) fn call(&mut self, name: u16, argc: u8) -> Step {
        let chunk = &self.vm.chunk;
        let entry = chunk.sub_entries.iter().find(|(sub, _)| *sub == name);
        let Some(&(_, entry)) = entry else {
            let name = chunk.names.get(usize::from(name));
            let name = name.map_or("?", String::as_str);
            return Err(Stop::Error(format!("undefined function: {name}")));
        };
        self.frame(0)?;
        self.charge_turn(0)?;
        self.vm.frames.push(Frame {
            return_ip: self.vm.ip,
            stack_base: self.height().saturating_sub(usize::from(argc)),
            slots: Vec::new(),
        });
        self.vm.ip = entry;
        Ok(())
    }

    /// The frames that may not be closed: the root, or those that were there when the
    /// innermost active block was invoked.
    fn fixed_frames(&self) -> usize {
        self.blocks.last().map_or(1, |block| block.n_frames)
    }

    fn in_scope(&self) -> bool {
        let top = self.vm.frames.last();
        self.vm.frames.len() > self.fixed_frames()
            && top.is_some_and(|frame| frame.return_ip == Frame::SCOPE)
    }

    /// `Return`, or `ReturnValue` with its value.
    pub(super) fn leave(&mut self, value: Option<Value>) -> Step {
        while self.in_scope() {
            self.vm.frames.pop();
        }
        if self.vm.frames.len() > self.fixed_frames() {
            if let Some(frame) = self.vm.frames.pop() {
                self.vm.stack.truncate(frame.stack_base);
                self.vm.ip = frame.return_ip;
            }
            self.vm.stack.extend(value);
            return Ok(());
        }
        if !self.blocks.is_empty() {
            return self.end_invocation(value.unwrap_or_default());
        }
        self.vm.request_halt();
        match value {
            Some(value) => Err(Stop::Returned(value)),
            None => Ok(()),
        }
    }

    /// Whether `Return` would leave a function.
    fn in_call(&self) -> bool {
        let mut above = self.vm.frames.iter().skip(self.fixed_frames());
        above.any(|frame| frame.return_ip != Frame::SCOPE)
    }

    /// The value was on the stack, so it needs no room there unless it is missing.
    pub(super) fn return_value(&mut self) -> Step {
        if self.height() == 0 && self.in_call() {
            self.room(0, 1)?;
        }
        let value = self.take_top();
        self.leave(Some(value))
    }

    pub(super) fn push_frame(&mut self) -> Step {
        self.frame(0)?;
        self.vm.frames.push(Frame {
            return_ip: Frame::SCOPE,
            stack_base: self.height(),
            slots: Vec::new(),
        });
        Ok(())
    }

    pub(super) fn pop_frame(&mut self) {
        if self.in_scope()
            && let Some(frame) = self.vm.frames.pop()
        {
            self.vm.stack.truncate(frame.stack_base);
        }
    }
}
