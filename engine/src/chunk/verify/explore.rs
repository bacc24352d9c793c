//! The walk over everything that can be reached, with one state per op.

use super::returns::{Kinds, Returns};
use super::{ExtendedEffect, UNREACHABLE, Verified, VerifyErrorKind, effects, pools};
use crate::chunk::Chunk;
use crate::chunk::cfg::{Flow, flow};
use crate::op::Op;
use std::collections::HashMap;

/// The largest depth that is tracked: no run may have more values on its stack anyway.
const MAX_DEPTH: u32 = 1 << 20;

/// The largest number of nested scopes that is tracked, for the same reason.
const MAX_SCOPES: u32 = u16::MAX as u32;

/// Verifies `chunk`; in case of mistakes, returns all of them in no particular order.
pub(super) fn explore(
    chunk: &Chunk,
    extended: &ExtendedEffect<'_>,
) -> Result<Verified, Vec<(usize, VerifyErrorKind)>> {
    if chunk.ops.len() >= u32::MAX as usize {
        return Err(vec![(0, VerifyErrorKind::TooDeep)]);
    }
    let mut explorer = Explorer::new(chunk, extended);
    explorer.run();
    explorer.finish()
}

/// What holds when an op runs, relative to its call frame.
#[derive(Clone, Copy)]
struct State {
    depth: u32,
    scope: ScopeId,
}

struct Explorer<'c> {
    chunk: &'c Chunk,
    extended: &'c ExtendedEffect<'c>,
    depth: Vec<u32>,
    scopes: Scopes,
    /// Ops that have a state but were not visited.
    work: Vec<u32>,
    /// `None` while there are no subs to return from.
    returns: Option<Returns>,
    subs: Subs,
    found: Vec<(usize, VerifyErrorKind)>,
    max_depth: u32,
}

impl<'c> Explorer<'c> {
    fn new(chunk: &'c Chunk, extended: &'c ExtendedEffect<'c>) -> Explorer<'c> {
        let n_ops = chunk.ops.len();
        Explorer {
            chunk,
            extended,
            depth: vec![UNREACHABLE; n_ops],
            scopes: Scopes::default(),
            work: Vec::new(),
            returns: (!chunk.sub_entries.is_empty()).then(|| Returns::new(n_ops)),
            subs: Subs::default(),
            found: Vec::new(),
            max_depth: 0,
        }
    }

    fn run(&mut self) {
        let (depth, scope) = (0, ScopeId::NONE);
        if self.enter(0, State { depth, scope }) {
            self.visit_from(0);
        }
        loop {
            while let Some(ip) = self.work.pop() {
                self.visit_from(ip);
            }
            let Some((entry, kinds)) = self.returns.as_mut().and_then(Returns::next_known) else {
                return;
            };
            self.returns_known(entry, kinds);
        }
    }

    fn finish(self) -> Result<Verified, Vec<(usize, VerifyErrorKind)>> {
        if !self.found.is_empty() {
            return Err(self.found);
        }
        Ok(Verified {
            depth: self.depth,
            scopes: self.scopes.counts(),
            max_depth: self.max_depth,
        })
    }

    fn error(&mut self, ip: u32, kind: VerifyErrorKind) {
        self.found.push((ip as usize, kind));
    }

    /// Notes that `ip` runs with `state`, and that it has to be visited if that is new.
    fn reach(&mut self, ip: usize, state: State) {
        if self.enter(ip, state) {
            self.work.push(ip as u32);
        }
    }

    /// Notes that `ip` runs with `state`, which has to be the only one; whether it is new.
    #[inline]
    fn enter(&mut self, ip: usize, state: State) -> bool {
        let Some(depth) = self.depth.get_mut(ip) else {
            return false;
        };
        if *depth == UNREACHABLE {
            *depth = state.depth;
            self.scopes.set(ip, state.scope, self.chunk.ops.len());
            return true;
        }
        if *depth != state.depth || self.scopes.at(ip) != state.scope {
            self.mismatch(ip, state);
        }
        false
    }

    #[cold]
    fn mismatch(&mut self, ip: usize, state: State) {
        let first = self.state_at(ip);
        if first.depth != state.depth {
            let (first, other) = (first.depth as usize, state.depth as usize);
            self.error(ip as u32, VerifyErrorKind::DepthMismatch { first, other });
        }
        if first.scope != state.scope {
            self.error(ip as u32, VerifyErrorKind::ScopeMismatch);
        }
    }

    /// The state of an op that was reached.
    fn state_at(&self, ip: usize) -> State {
        State {
            depth: self.depth[ip],
            scope: self.scopes.at(ip),
        }
    }

    /// Visits the op and, while they are plain, the ones behind it.
    fn visit_from(&mut self, mut ip: u32) {
        let mut state = self.state_at(ip as usize);
        while let Some(plain) = effects::plain(&self.chunk.ops[ip as usize]) {
            let after = self.after(ip, state, plain.pops.into(), plain.pushes.into());
            let Some(after) = after else {
                return;
            };
            if let Some(returns) = &mut self.returns {
                returns.falls_through(ip);
            }
            ip += 1;
            state = after;
            if !self.enter(ip as usize, state) {
                return;
            }
        }
        self.visit(ip, state);
    }

    fn visit(&mut self, ip: u32, before: State) {
        let op = self.chunk.ops[ip as usize];
        if let Some(missing) = pools::missing(self.chunk, &op) {
            self.error(ip, missing);
        }
        match op {
            Op::Call(name, argc) => self.call(ip, before, name, argc),
            Op::Return => self.note_return(ip, Kinds::NOTHING),
            Op::ReturnValue => {
                self.after(ip, before, 1, 0);
                self.note_return(ip, Kinds::VALUE);
            }
            _ => {
                if let Some(after) = self.state_behind(ip, &op, before) {
                    self.go_on(ip, &op, after);
                }
            }
        }
    }

    /// The state behind an op that stays in its call frame; `None` when it cannot be known.
    fn state_behind(&mut self, ip: u32, op: &Op, before: State) -> Option<State> {
        match op {
            Op::PushFrame => match self.scopes.open(before) {
                Some(scope) => Some(State { scope, ..before }),
                None => {
                    self.error(ip, VerifyErrorKind::TooDeep);
                    None
                }
            },
            Op::PopFrame => Some(self.scopes.close(before)),
            _ => match self.effect(op) {
                Ok((pops, pushes)) => self.after(ip, before, pops, pushes),
                Err(unknown) => {
                    self.error(ip, unknown);
                    None
                }
            },
        }
    }

    /// What an op pops and pushes.
    fn effect(&self, op: &Op) -> Result<(u32, u32), VerifyErrorKind> {
        match *op {
            Op::Extended(id, arg) => (self.extended)(id, arg).ok_or(VerifyErrorKind::DynamicEffect),
            _ => effects::stack_effect(op),
        }
    }

    /// The state behind an op that pops and pushes so much. When there is too little it is the
    /// state as if the missing values had been there, so that one mistake is reported once.
    #[inline]
    fn after(&mut self, ip: u32, before: State, pops: u32, pushes: u32) -> Option<State> {
        if before.depth < pops {
            let (needs, has) = (pops as usize, before.depth as usize);
            self.error(ip, VerifyErrorKind::Underflow { needs, has });
        }
        let depth = before.depth.saturating_sub(pops) + pushes;
        if depth > MAX_DEPTH {
            self.error(ip, VerifyErrorKind::TooDeep);
            return None;
        }
        self.max_depth = self.max_depth.max(depth);
        Some(State { depth, ..before })
    }

    fn go_on(&mut self, ip: u32, op: &Op, after: State) {
        match flow(op) {
            Flow::Next => self.fall_through(ip, after),
            Flow::Jump(target) => self.jump(ip, target, after),
            Flow::Branch(target) => {
                self.jump(ip, target, after);
                self.fall_through(ip, after);
            }
            Flow::Return => {}
        }
    }

    fn fall_through(&mut self, ip: u32, after: State) {
        self.reach(ip as usize + 1, after);
        if let Some(returns) = &mut self.returns {
            returns.falls_through(ip);
        }
    }

    fn jump(&mut self, ip: u32, target: usize, after: State) {
        self.reach(target, after);
        if let Some(returns) = &mut self.returns
            && target < self.chunk.ops.len()
        {
            returns.jumps(ip, target as u32);
        }
    }

    fn note_return(&mut self, ip: u32, kinds: Kinds) {
        if let Some(returns) = &mut self.returns {
            returns.add(ip, kinds);
        }
    }

    /// Enters the sub, and goes on behind the call if it is known how the sub returns.
    fn call(&mut self, ip: u32, before: State, name: u16, argc: u8) {
        let entry = self.subs.find(self.chunk, name);
        let (Some(entry), Some(returns)) = (entry, &mut self.returns) else {
            return self.error(ip, VerifyErrorKind::NoSuchSub(name));
        };
        if entry >= self.chunk.ops.len() {
            // The run ends there, with the arguments on the stack.
            self.after(ip, before, u32::from(argc), 0);
            return;
        }
        let entry = entry as u32;
        let kinds = returns.calls(ip, entry);
        let depth = u32::from(argc);
        if returns.first_argc(entry, argc) != argc {
            self.error(ip, VerifyErrorKind::MixedArgc);
        } else {
            let scope = ScopeId::NONE;
            self.max_depth = self.max_depth.max(depth);
            self.reach(entry as usize, State { depth, scope });
        }
        self.after(ip, before, depth, 0);
        if kinds != Kinds::NONE {
            self.check_returns(entry, kinds);
            self.behind_call(ip, argc, kinds);
        }
    }

    fn check_returns(&mut self, entry: u32, kinds: Kinds) {
        if kinds == Kinds::MIXED {
            self.error(entry, VerifyErrorKind::MixedReturns);
        }
    }

    /// Goes on behind a call of a sub that returns so.
    fn behind_call(&mut self, ip: u32, argc: u8, kinds: Kinds) {
        let before = self.state_at(ip as usize);
        if let Some(after) = self.after(ip, before, u32::from(argc), kinds.pushes()) {
            self.fall_through(ip, after);
        }
    }

    /// Goes on behind the calls that waited for the kinds of the sub at `entry`.
    fn returns_known(&mut self, entry: u32, kinds: Kinds) {
        self.check_returns(entry, kinds);
        while let Some(call) = self.returns.as_mut().and_then(|r| r.take_waiting(entry)) {
            if let Op::Call(_, argc) = self.chunk.ops[call as usize] {
                self.behind_call(call, argc, kinds);
            }
        }
    }
}

/// A list of open scopes: equal lists have equal numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct ScopeId(u32);

impl ScopeId {
    const NONE: ScopeId = ScopeId(0);
}

/// The lists of open scopes, and which one belongs to which op.
#[derive(Default)]
struct Scopes {
    /// Empty until a scope is opened.
    at: Vec<ScopeId>,
    /// The list with number n is `lists[n - 1]`.
    lists: Vec<ScopeList>,
    known: HashMap<(ScopeId, u32), ScopeId>,
}

#[derive(Clone, Copy)]
struct ScopeList {
    outer: ScopeId,
    /// Depth of the stack when the innermost scope was opened.
    base: u32,
    len: u32,
}

impl Scopes {
    fn at(&self, ip: usize) -> ScopeId {
        self.at.get(ip).copied().unwrap_or(ScopeId::NONE)
    }

    fn set(&mut self, ip: usize, scope: ScopeId, n_ops: usize) {
        if scope != ScopeId::NONE && self.at.is_empty() {
            self.at = vec![ScopeId::NONE; n_ops];
        }
        if let Some(at) = self.at.get_mut(ip) {
            *at = scope;
        }
    }

    fn list(&self, scope: ScopeId) -> Option<ScopeList> {
        let index = scope.0.checked_sub(1)?;
        Some(self.lists[index as usize])
    }

    fn len(&self, scope: ScopeId) -> u32 {
        self.list(scope).map_or(0, |list| list.len)
    }

    /// The scopes behind a `PushFrame`; `None` when there are too many.
    fn open(&mut self, State { depth, scope }: State) -> Option<ScopeId> {
        let len = self.len(scope) + 1;
        if len > MAX_SCOPES {
            return None;
        }
        Some(*self.known.entry((scope, depth)).or_insert_with(|| {
            self.lists.push(ScopeList {
                outer: scope,
                base: depth,
                len,
            });
            ScopeId(self.lists.len() as u32)
        }))
    }

    /// The state behind a `PopFrame`: without an open scope it has no effect.
    fn close(&self, before: State) -> State {
        match self.list(before.scope) {
            Some(list) => State {
                depth: before.depth.min(list.base),
                scope: list.outer,
            },
            None => before,
        }
    }

    /// The number of open scopes per op; empty when there never is one.
    fn counts(&self) -> Vec<u16> {
        self.at
            .iter()
            .map(|scope| self.len(*scope) as u16)
            .collect()
    }
}

/// From the name of a sub to its entry.
#[derive(Default)]
struct Subs {
    /// Filled when it is first needed, and not at all for a few subs.
    entries: HashMap<u16, usize>,
}

impl Subs {
    fn find(&mut self, chunk: &Chunk, name: u16) -> Option<usize> {
        const FEW: usize = 8;
        if chunk.sub_entries.len() <= FEW {
            return chunk.find_sub(name);
        }
        if self.entries.is_empty() {
            for &(name, entry) in &chunk.sub_entries {
                self.entries.entry(name).or_insert(entry);
            }
        }
        self.entries.get(&name).copied()
    }
}
