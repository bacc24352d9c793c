//! [`Grower`]: a program tree grows from entropy.
//!
//! In: entropy. Out: a [`Program`] and what must be in slots and globals when it starts.
//! What is grown ends by construction: loop counters are written by their loop only, the
//! turns of nested loops multiply to a bounded number, and recursion counts an argument
//! down. What a program would execute is estimated while it grows, and growth stops at a
//! budget.
//!
//! Start with [`Grower::program`]; expressions, statements, loops, subs and blocks have a
//! file each.

mod awk;
mod blocks;
mod conditions;
mod drill;
mod expr;
mod loops;
mod operands;
mod shell;
mod stmt;
mod subs;

use super::entropy::Entropy;
use super::kinds::{self, FAR_SLOTS, Want};
use super::tree::{Expr, Layout, Program, Stmt};
use super::weights::Profile;
use fusevm::{Op, Value};

/// The most turns that the loops around a statement multiply to.
const MAX_TURNS: i64 = 2_000;

/// A grown program and the state that it starts in.
pub(super) struct Grown {
    pub(super) program: Program,
    pub(super) slots: Vec<Value>,
    pub(super) globals: Vec<Value>,
    /// Whether builtins or extension ops are called.
    pub(super) calls_handlers: bool,
    /// Whether the shell host is asked.
    pub(super) asks_shell: bool,
    /// Whether the AWK host is asked.
    pub(super) asks_awk: bool,
    /// Whether input is read.
    pub(super) reads_input: bool,
}

/// A slot that the code of the current frame knows.
#[derive(Debug, Clone, Copy)]
struct Local {
    slot: u16,
    want: Want,
    /// Written only by its loop: a counter, or a number that a loop depends on.
    fixed: bool,
    /// A counter of a loop that encloses the current place.
    active: bool,
}

/// A loop around the current place.
#[derive(Debug, Clone, Copy)]
struct Around {
    counter: Option<u16>,
    turns: i64,
    /// Whether it also ends when its counter is counted once too often.
    may_skip: bool,
    /// Whether the next turn may begin from here.
    may_continue: bool,
}

/// What the topmost value that a statement may see on the stack is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Top {
    /// Nothing that it may change.
    Nothing,
    /// A value that is kept across statements.
    Kept(Want),
}

/// What a `return` at the current place returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Returns {
    /// The end of the run, with or without a value.
    Root,
    Nothing,
    Value(Want),
    /// The end of one invocation of a block.
    Block,
}

/// What is known at the current place.
#[derive(Debug, Clone)]
struct Place {
    locals: Vec<Local>,
    loops: Vec<Around>,
    top: Top,
    returns: Returns,
    /// Blocks around the current place.
    blocks: u32,
    /// Scopes around it.
    scopes: u32,
}

/// What callers need to know of a sub.
#[derive(Debug, Clone, Copy)]
struct Signature {
    argc: usize,
    /// The kind of the result, for subs that have one.
    gives: Option<Want>,
    /// Ops that a call executes, by estimate.
    cost: i64,
    /// The first argument counts the recursion down: an `Int` from 0 to this.
    depth: Option<i64>,
}

/// A global variable.
#[derive(Debug, Clone, Copy)]
struct Global {
    want: Want,
    fixed: bool,
}

/// A program that is growing.
pub(super) struct Grower<'e, 'd> {
    e: Entropy<'e, 'd>,
    profile: Profile,
    program: Program,
    signatures: Vec<Signature>,
    globals: Vec<Global>,
    global_values: Vec<Value>,
    slots: Vec<Value>,
    place: Place,
    /// Ops that may still be added.
    nodes: i32,
    /// Turns of the loops around the current place, multiplied.
    turns: i64,
    /// Ops executed so far, by estimate.
    spent: i64,
    /// What the body of the next loop is to be.
    planned: Option<Vec<Stmt>>,
    calls_handlers: bool,
    asks_shell: bool,
    asks_awk: bool,
    reads_input: bool,
}

/// A frame without anything in it.
fn frame(returns: Returns) -> Place {
    Place {
        locals: Vec::new(),
        loops: Vec::new(),
        top: Top::Nothing,
        returns,
        blocks: 0,
        scopes: 0,
    }
}

impl<'e, 'd> Grower<'e, 'd> {
    pub(super) fn new(mut e: Entropy<'e, 'd>) -> Grower<'e, 'd> {
        let profile = Profile::draw(&mut e);
        Grower {
            e,
            profile,
            program: Program::default(),
            signatures: Vec::new(),
            globals: Vec::new(),
            global_values: Vec::new(),
            slots: Vec::new(),
            place: frame(Returns::Root),
            nodes: profile.nodes,
            turns: 1,
            spent: 0,
            planned: None,
            calls_handlers: false,
            asks_shell: profile.shell > 0,
            asks_awk: profile.awk > 0,
            reads_input: false,
        }
    }

    /// A whole program. The entropy that is left can be used for what surrounds it.
    pub(super) fn program(mut self) -> (Grown, Entropy<'e, 'd>) {
        if self.e.chance(self.profile.calls * 2) {
            self.subs();
        }
        let main = match self.profile.is_drill {
            true => self.drill(),
            false => self.main(),
        };
        let declares = self.declarations();
        self.program.main = declares.into_iter().chain(main).collect();
        self.program.layout = Layout {
            subs_first: self.e.chance(35),
            blocks_inline: self.e.chance(60),
        };
        let grown = Grown {
            program: self.program,
            slots: self.slots,
            globals: self.global_values,
            calls_handlers: self.calls_handlers,
            asks_shell: self.asks_shell,
            asks_awk: self.asks_awk,
            reads_input: self.reads_input,
        };
        (grown, self.e)
    }

    fn main(&mut self) -> Vec<Stmt> {
        let mut main = self.root_locals();
        if self.e.chance(55) {
            self.loop_stmt(&mut main);
        }
        main.extend(self.body(self.nodes.max(4)));
        main.extend(self.ending());
        main
    }

    /// The variables of the root frame. They are set when the run starts, or by the
    /// program, or not at all.
    fn root_locals(&mut self) -> Vec<Stmt> {
        let n = self
            .e
            .weighted(&[(20, 1), (30, 2), (30, 3), (20, 4), (8, 5)]);
        let by_entry = self.e.chance(45);
        let mut stmts = Vec::new();
        for _ in 0..n {
            let want = self.local_want();
            let local = self.local(want, false);
            let any_kind = self.any_kind();
            let want = if any_kind { Want::Any } else { want };
            match (self.e.chance(8), by_entry && local < 70) {
                (true, _) => {}
                (_, true) => {
                    let value = kinds::value(&mut self.e, want);
                    self.set_at_entry(local, value);
                }
                _ => {
                    let value = self.literal(want);
                    self.pay(1);
                    stmts.push(Stmt::Do(vec![value], vec![Op::SetSlot(local)]));
                }
            }
        }
        stmts
    }

    /// `DeclareArray` and `DeclareHash` of globals that start unset.
    fn declarations(&mut self) -> Vec<Stmt> {
        let unset: Vec<(usize, Want)> = self
            .globals
            .iter()
            .zip(&self.global_values)
            .enumerate()
            .filter(|(_, (_, value))| matches!(value, Value::Undef))
            .map(|(name, (global, _))| (name, global.want))
            .collect();
        unset
            .into_iter()
            .filter_map(|(name, want)| {
                let op = match want {
                    Want::Array => Op::DeclareArray(name as u16),
                    Want::Hash => Op::DeclareHash(name as u16),
                    _ => return None,
                };
                self.e.chance(80).then(|| Stmt::op(op))
            })
            .collect()
    }

    /// What the program ends with, so that its results are on the stack too.
    fn ending(&mut self) -> Vec<Stmt> {
        match self
            .e
            .weighted(&[(60, 0), (15, 1), (10, 2), (10, 3), (5, 4)])
        {
            0 => {
                let want = self.local_want();
                vec![Stmt::Do(vec![self.expr(want, 1)], Vec::new())]
            }
            1 => Vec::new(),
            2 => {
                let n = self.e.range(2, 4);
                let values = (0..n).map(|_| self.variable(Want::Any)).collect();
                vec![Stmt::Do(values, Vec::new())]
            }
            3 => {
                let want = self.local_want();
                vec![Stmt::Return(Some(self.expr(want, 2)))]
            }
            _ => vec![Stmt::Return(None)],
        }
    }

    /// Records `n` more ops at the current place.
    fn pay(&mut self, n: i32) {
        self.nodes -= n;
        self.spent = self.spent.saturating_add(self.turns * i64::from(n));
    }

    /// Whether nothing but the simplest may be added.
    fn is_done(&self) -> bool {
        self.nodes <= 0 || self.spent > self.profile.budget || self.e.is_exhausted()
    }

    /// Whether this once another kind is used than the place asks for.
    fn any_kind(&mut self) -> bool {
        let percent = self.profile.any_kind;
        percent > 0 && self.e.chance(percent)
    }

    /// A kind for a new local.
    fn local_want(&mut self) -> Want {
        let p = self.profile;
        self.e.weighted(&[
            (100, Want::Int),
            (if p.floats { 80 } else { 6 }, Want::Float),
            (4, Want::Bool),
            (p.strings * 2, Want::Str),
            (p.collections + p.blocks * 2, Want::Array),
            (p.collections / 3, Want::Hash),
            (p.any_kind, Want::Any),
        ])
    }

    /// A new slot of the current frame.
    fn local(&mut self, want: Want, fixed: bool) -> u16 {
        let taken = |slot: u16, locals: &[Local]| locals.iter().any(|local| local.slot == slot);
        let far = self.profile.far_slots && self.e.chance(50);
        let slot = match far {
            true => self.e.pick(&FAR_SLOTS),
            false => 0,
        };
        let slot = (slot..=u16::MAX)
            .find(|slot| !taken(*slot, &self.place.locals))
            .unwrap_or(0);
        self.place.locals.push(Local {
            slot,
            want,
            fixed,
            active: false,
        });
        slot
    }

    /// Makes `slot` of the root frame hold `value` when the run starts.
    fn set_at_entry(&mut self, slot: u16, value: Value) {
        let slot = usize::from(slot);
        if self.slots.len() <= slot {
            self.slots.resize(slot + 1, Value::Undef);
        }
        self.slots[slot] = value;
    }

    /// The slots that may be written.
    fn writable(&self) -> Vec<u16> {
        let writable = self.place.locals.iter().filter(|local| !local.fixed);
        writable.map(|local| local.slot).collect()
    }

    /// A slot that may be written, of the wanted kind when there is one.
    fn target(&mut self, want: Want) -> u16 {
        let fits = |local: &&Local| !local.fixed && (want == Want::Any || local.want == want);
        let slots: Vec<u16> = self
            .place
            .locals
            .iter()
            .filter(fits)
            .map(|l| l.slot)
            .collect();
        if slots.is_empty() {
            return self.local(want, false);
        }
        self.e.pick(&slots)
    }

    /// A slot to read, of the wanted kind when there is one.
    fn source(&mut self, want: Want) -> Option<u16> {
        let fits = |local: &&Local| want == Want::Any || local.want == want;
        let slots: Vec<u16> = self
            .place
            .locals
            .iter()
            .filter(fits)
            .map(|l| l.slot)
            .collect();
        (!slots.is_empty()).then(|| self.e.pick(&slots))
    }

    /// A global of the wanted kind, which may be written.
    fn global(&mut self, want: Want) -> u16 {
        let fits: Vec<usize> = (0..self.globals.len())
            .filter(|&name| !self.globals[name].fixed)
            .filter(|&name| want == Want::Any || self.globals[name].want == want)
            .collect();
        if fits.is_empty() || (self.globals.len() < 4 && self.e.chance(20)) {
            let value = match self.e.chance(60) {
                true => kinds::value(&mut self.e, want),
                false => Value::Undef,
            };
            return self.new_global(want, value, false);
        }
        self.e.pick(&fits) as u16
    }

    fn new_global(&mut self, want: Want, value: Value, fixed: bool) -> u16 {
        let name = self.globals.len();
        let letter = match want {
            Want::Array => 'a',
            Want::Hash => 'h',
            _ => 'v',
        };
        self.program.globals.push(format!("{letter}{name}"));
        self.globals.push(Global { want, fixed });
        self.global_values.push(value);
        name as u16
    }

    /// A global whatever its kind, sometimes one that does not exist.
    fn any_global(&mut self) -> u16 {
        if self.e.chance(3) && self.profile.any_kind > 0 {
            return self.e.pick(&[40, 7]);
        }
        self.global(Want::Any)
    }

    fn constant(&mut self, value: Value) -> u16 {
        self.program.constants.push(value);
        (self.program.constants.len() - 1) as u16
    }

    /// An op that loads a value.
    fn load(&mut self, value: Value) -> Op {
        match value {
            Value::Int(n) if !self.e.chance(6) => Op::LoadInt(n),
            Value::Float(x) if !self.e.chance(6) => Op::LoadFloat(x),
            Value::Bool(true) => Op::LoadTrue,
            Value::Bool(false) => Op::LoadFalse,
            Value::Undef => Op::LoadUndef,
            value => Op::LoadConst(self.constant(value)),
        }
    }

    /// A literal of the wanted kind.
    fn literal(&mut self, want: Want) -> Expr {
        let value = kinds::value(&mut self.e, want);
        Expr::op(self.load(value))
    }

    /// Runs `grow` as if what it grows were executed `turns` times as often.
    fn repeated<T>(&mut self, turns: i64, grow: impl FnOnce(&mut Self) -> T) -> T {
        let outside = self.turns;
        self.turns = outside.saturating_mul(turns.max(1));
        let grown = grow(self);
        self.turns = outside;
        grown
    }

    /// Runs `grow` with at most `share` of the ops that are left.
    fn within<T>(&mut self, share: i32, grow: impl FnOnce(&mut Self) -> T) -> T {
        let reserve = (self.nodes - share).max(0);
        self.nodes -= reserve;
        let grown = grow(self);
        self.nodes += reserve;
        grown
    }
}
