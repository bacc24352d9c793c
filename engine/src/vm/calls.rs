//! Frames: calls, returns and scopes.

use super::{Exit, Frame, VM};
use crate::error::{Error, Limit};
use crate::value::Value;

/// Most slot vectors that are kept for later frames.
const MAX_SPARE: usize = 256;
/// Largest slot vector that is kept.
const MAX_SPARE_SLOTS: usize = 64;

impl VM {
    /// An error when there is no room for another frame or block.
    #[inline]
    pub(super) fn check_frames(&self) -> Result<(), Error> {
        if self.frames.len() + self.blocks.len() >= self.limits.call_frames {
            return Err(Limit::CallFrames.into());
        }
        Ok(())
    }

    #[inline]
    pub(super) fn push_frame(&mut self, return_ip: usize, stack_base: usize) {
        self.frames.push(Frame {
            return_ip,
            stack_base,
            slots: self.spare_slots.pop().unwrap_or_default(),
        });
    }

    /// Removes the top frame and keeps its slot vector for the next one.
    #[inline]
    fn pop_frame(&mut self) -> Option<Frame> {
        let mut frame = self.frames.pop()?;
        let slots = std::mem::take(&mut frame.slots);
        self.recycle(slots);
        Some(frame)
    }

    /// Keeps a slot vector for later frames, if it is worth it.
    #[inline]
    pub(super) fn recycle(&mut self, mut slots: Vec<Value>) {
        let worth_it = slots.capacity() > 0 && slots.capacity() <= MAX_SPARE_SLOTS;
        if worth_it && self.spare_slots.len() < MAX_SPARE {
            slots.clear();
            self.spare_slots.push(slots);
        }
    }

    /// `Call`: a new frame above the arguments, which stay on the stack.
    pub(super) fn call(&mut self, name: u16, argc: u8) -> Result<(), Error> {
        let Some(entry) = self.chunk.find_sub(name) else {
            return Err(self.undefined_function(name));
        };
        self.enter(entry, argc)
    }

    /// `Call` of the sub at `entry`.
    #[inline]
    pub(super) fn enter(&mut self, entry: usize, argc: u8) -> Result<(), Error> {
        self.check_frames()?;
        self.pay_branch()?;
        let base = self.stack.len().saturating_sub(usize::from(argc));
        self.push_frame(self.ip, base);
        self.ip = entry;
        Ok(())
    }

    #[cold]
    fn undefined_function(&self, name: u16) -> Error {
        let name = self.chunk.names.get(usize::from(name));
        Error::UndefinedFunction(name.map_or("?", String::as_str).to_owned())
    }

    /// Frames that `Return` and `PopFrame` leave alone: those below the active block, and
    /// the root.
    #[inline]
    pub(super) fn kept_frames(&self) -> usize {
        self.blocks.last().map_or(1, |block| block.frames)
    }

    /// Whether the top frame is an open scope that the code around it opened.
    #[inline]
    fn in_scope(&self) -> bool {
        self.frames.len() > self.kept_frames()
            && self
                .frames
                .last()
                .is_some_and(|frame| frame.return_ip == Frame::SCOPE)
    }

    /// `Return`: leaves the function and its scopes; pushes nothing. In a block it ends the
    /// invocation, at the root the run.
    pub(super) fn return_none(&mut self) -> Result<(), Exit> {
        match self.leave_function() {
            Left::Function => Ok(()),
            Left::Block => Ok(self.end_invocation(Value::Undef)?),
            Left::Root => {
                self.halted = true;
                Err(Exit::Finished)
            }
        }
    }

    /// `ReturnValue`: as `Return`, with the value that was on top.
    pub(super) fn return_value(&mut self) -> Result<(), Exit> {
        // Only a value that was not there makes the stack higher.
        if self.stack.is_empty() && self.in_function() {
            self.check_room(1)?;
        }
        let value = self.pop();
        match self.leave_function() {
            Left::Function => Ok(self.try_push(value)?),
            Left::Block => Ok(self.end_invocation(value)?),
            Left::Root => {
                self.halted = true;
                Err(Exit::Returned(value))
            }
        }
    }

    /// Whether a return leaves a function, and not a block or the program.
    fn in_function(&self) -> bool {
        let frames = self.frames.iter().skip(self.kept_frames());
        frames.rev().any(|frame| frame.return_ip != Frame::SCOPE)
    }

    fn leave_function(&mut self) -> Left {
        while self.in_scope() {
            self.pop_frame();
        }
        if self.frames.len() > self.kept_frames()
            && let Some(frame) = self.pop_frame()
        {
            self.stack.truncate(frame.stack_base);
            self.ip = frame.return_ip;
            return Left::Function;
        }
        match self.blocks.is_empty() {
            true => Left::Root,
            false => Left::Block,
        }
    }

    /// `PushFrame`: a scope with slots of its own.
    pub(super) fn push_scope(&mut self) -> Result<(), Error> {
        self.check_frames()?;
        self.push_frame(Frame::SCOPE, self.stack.len());
        Ok(())
    }

    /// `PopFrame`: closes a scope; no effect on the frame of a call or the root.
    pub(super) fn pop_scope(&mut self) -> Result<(), Error> {
        if self.in_scope()
            && let Some(frame) = self.pop_frame()
        {
            self.stack.truncate(frame.stack_base);
        }
        Ok(())
    }
}

/// What a `Return` left.
enum Left {
    Function,
    Block,
    Root,
}
