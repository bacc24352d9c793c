//! What a superinstruction stands for: the rules, and how one is matched.
//!
//! For each superinstruction the first rule is its expansion as the op is defined. The others
//! are what frontends emit for the same thing: they need something proved, or build on ops that
//! were fused already.

use super::kinds::Kinds;
use super::report::UnfusedReason;
use crate::op::{Op, Operand};
use crate::value::Kind;

/// Ops and the one that may take their place.
pub(super) struct Rule {
    /// The fused op; its operands are the variables, by number.
    pub(super) fused: Op,
    steps: &'static [Step],
    needs: &'static [Need],
}

/// One step of what is replaced.
enum Step {
    /// An op with this name and these operands.
    Op(Op, &'static [Arg]),
    /// `TruncInt`, or nothing where the top of the stack is an `Int`.
    Int,
    /// `Inc`, or the addition of 1 to an `Int`.
    Inc,
    /// `Dec`, or the subtraction of 1 from an `Int`.
    Dec,
}

/// An operand of a step.
enum Arg {
    /// The variable with this number.
    Var(usize),
    /// The op at which the step with this number starts.
    Step(usize),
    /// Behind the last step.
    End,
}

/// What has to hold where the rule starts.
enum Need {
    /// The slot in this variable holds this kind.
    Slot(usize, Kind),
    /// The global in this variable is an array.
    Array(usize),
    /// Two variables are different slots.
    Differ(usize, usize),
}

/// Ops that a rule replaces.
#[derive(Debug)]
pub(super) struct Match {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) op: Op,
}

/// A rule as it is written below: the fused op, its steps, and what it needs.
macro_rules! rules {
    ($( $fused:ident $operands:tt = [$( $step:expr ),* $(,)?] $(if $( $need:expr ),+)?; )*) => {
        /// Every rule, longer ones before those that match a part of the same ops.
        pub(super) static RULES: &[Rule] = &[$( Rule {
            fused: Op::$fused $operands,
            steps: &[$( $step ),*],
            needs: &[$( $( $need ),+ )?],
        } ),*];
    };
}

const fn get(slot: &'static [Arg]) -> Step {
    Step::Op(Op::GetSlot(0), slot)
}

const fn set(slot: &'static [Arg]) -> Step {
    Step::Op(Op::SetSlot(0), slot)
}

const fn limit(n: &'static [Arg]) -> Step {
    Step::Op(Op::LoadInt(0), n)
}

const fn op(op: Op) -> Step {
    Step::Op(op, &[])
}

const A: &[Arg] = &[Arg::Var(0)];
const B: &[Arg] = &[Arg::Var(1)];
const C: &[Arg] = &[Arg::Var(2)];
const D: &[Arg] = &[Arg::Var(3)];

rules! {
    AccumSumLoop(0, 0, 0) = [
        get(A), Step::Int, get(B), Step::Int,
        op(Op::Dup), limit(C), op(Op::NumLt), Step::Op(Op::JumpIfFalse(0), &[Arg::Step(14)]),
        op(Op::Dup), op(Op::Rot), op(Op::Add), op(Op::Swap), Step::Inc,
        Step::Op(Op::Jump(0), &[Arg::Step(4)]),
        op(Op::Swap), set(A), set(B),
    ];
    AccumSumLoop(0, 0, 0) = [
        Step::Op(Op::SlotLtIntJumpIfFalse(0, 0, 0), &[Arg::Var(1), Arg::Var(2), Arg::End]),
        Step::Op(Op::AddAssignSlotVoid(0, 0), &[Arg::Var(0), Arg::Var(1)]),
        Step::Op(Op::PreIncSlotVoid(0), B),
        Step::Op(Op::Jump(0), &[Arg::Step(0)]),
    ] if Need::Differ(0, 1), Need::Slot(0, Kind::Int), Need::Slot(1, Kind::Int);
    AccumSumLoop(0, 0, 0) = [
        Step::Op(Op::SlotLtIntJumpIfFalse(0, 0, 0), &[Arg::Var(1), Arg::Var(2), Arg::End]),
        Step::Op(Op::AddAssignSlotVoid(0, 0), &[Arg::Var(0), Arg::Var(1)]),
        Step::Op(Op::SlotIncLtIntJumpBack(0, 0, 0), &[Arg::Var(1), Arg::Var(2), Arg::Step(1)]),
    ] if Need::Differ(0, 1), Need::Slot(0, Kind::Int), Need::Slot(1, Kind::Int);

    ConcatConstLoop(0, 0, 0, 0) = [
        get(B), op(Op::LoadUndef), op(Op::Concat), get(C), Step::Int,
        op(Op::Dup), limit(D), op(Op::NumLt), Step::Op(Op::JumpIfFalse(0), &[Arg::Step(15)]),
        op(Op::Swap), Step::Op(Op::LoadConst(0), A), op(Op::Concat), op(Op::Swap), Step::Inc,
        Step::Op(Op::Jump(0), &[Arg::Step(5)]),
        op(Op::Swap), set(B), set(C),
    ];
    ConcatConstLoop(0, 0, 0, 0) = [
        Step::Op(Op::SlotLtIntJumpIfFalse(0, 0, 0), &[Arg::Var(2), Arg::Var(3), Arg::End]),
        get(B), Step::Op(Op::LoadConst(0), A), op(Op::Concat), set(B),
        Step::Op(Op::PreIncSlotVoid(0), C),
        Step::Op(Op::Jump(0), &[Arg::Step(0)]),
    ] if Need::Differ(1, 2), Need::Slot(1, Kind::Str), Need::Slot(2, Kind::Int);
    ConcatConstLoop(0, 0, 0, 0) = [
        Step::Op(Op::SlotLtIntJumpIfFalse(0, 0, 0), &[Arg::Var(2), Arg::Var(3), Arg::End]),
        get(B), Step::Op(Op::LoadConst(0), A), op(Op::Concat), set(B),
        Step::Op(Op::SlotIncLtIntJumpBack(0, 0, 0), &[Arg::Var(2), Arg::Var(3), Arg::Step(1)]),
    ] if Need::Differ(1, 2), Need::Slot(1, Kind::Str), Need::Slot(2, Kind::Int);

    PushIntRangeLoop(0, 0, 0) = [
        get(B), Step::Int,
        op(Op::Dup), limit(C), op(Op::NumLt), Step::Op(Op::JumpIfFalse(0), &[Arg::Step(10)]),
        op(Op::Dup), Step::Op(Op::ArrayPush(0), A), Step::Inc,
        Step::Op(Op::Jump(0), &[Arg::Step(2)]),
        set(B),
    ] if Need::Array(0);
    PushIntRangeLoop(0, 0, 0) = [
        Step::Op(Op::SlotLtIntJumpIfFalse(0, 0, 0), &[Arg::Var(1), Arg::Var(2), Arg::End]),
        get(B), Step::Op(Op::ArrayPush(0), A),
        Step::Op(Op::PreIncSlotVoid(0), B),
        Step::Op(Op::Jump(0), &[Arg::Step(0)]),
    ] if Need::Array(0), Need::Slot(1, Kind::Int);
    PushIntRangeLoop(0, 0, 0) = [
        Step::Op(Op::SlotLtIntJumpIfFalse(0, 0, 0), &[Arg::Var(1), Arg::Var(2), Arg::End]),
        get(B), Step::Op(Op::ArrayPush(0), A),
        Step::Op(Op::SlotIncLtIntJumpBack(0, 0, 0), &[Arg::Var(1), Arg::Var(2), Arg::Step(1)]),
    ] if Need::Array(0), Need::Slot(1, Kind::Int);

    SlotIncLtIntJumpBack(0, 0, 0) = [
        get(A), Step::Inc, op(Op::Dup), set(A),
        limit(B), op(Op::NumLt), Step::Op(Op::JumpIfTrue(0), C),
    ];
    SlotIncLtIntJumpBack(0, 0, 0) = [
        Step::Op(Op::PreIncSlot(0), A), limit(B), op(Op::NumLt), Step::Op(Op::JumpIfTrue(0), C),
    ];
    SlotIncLtIntJumpBack(0, 0, 0) = [
        Step::Op(Op::PreIncSlotVoid(0), A), get(A), Step::Int,
        limit(B), op(Op::NumLt), Step::Op(Op::JumpIfTrue(0), C),
    ];

    AddAssignSlotVoid(0, 0) = [get(A), Step::Int, get(B), Step::Int, op(Op::Add), set(A)];
    AddAssignSlotVoid(0, 0) = [get(B), Step::Int, get(A), Step::Int, op(Op::Add), set(A)];

    SlotLtIntJumpIfFalse(0, 0, 0) = [
        get(A), Step::Int, limit(B), op(Op::NumLt), Step::Op(Op::JumpIfFalse(0), C),
    ];

    PostIncSlot(0) = [get(A), Step::Int, op(Op::Dup), Step::Inc, set(A)];
    PostDecSlot(0) = [get(A), Step::Int, op(Op::Dup), Step::Dec, set(A)];
    PreIncSlot(0) = [get(A), Step::Inc, op(Op::Dup), set(A)];
    PreDecSlot(0) = [get(A), Step::Dec, op(Op::Dup), set(A)];
    PreIncSlotVoid(0) = [get(A), Step::Inc, set(A)];
    PreIncSlotVoid(0) = [Step::Op(Op::PreIncSlot(0), A), op(Op::Pop)];
    PreIncSlotVoid(0) = [Step::Op(Op::PostIncSlot(0), A), op(Op::Pop)];
}

impl Rule {
    /// Whether the ops from `start` on are what the rule replaces: `None` when they are not, an
    /// error when they only look like it.
    pub(super) fn match_at(
        &self,
        ops: &[Op],
        start: usize,
        kinds: &Kinds,
        references: &[u32],
    ) -> Option<Result<Match, UnfusedReason>> {
        let mut matcher = Matcher {
            ops,
            kinds,
            at: start,
            vars: [None; 4],
            starts: Vec::new(),
            jumps: Vec::new(),
            doubt: None,
        };
        for step in self.steps {
            matcher.starts.push(matcher.at);
            matcher.step(step)?;
        }
        let Matcher {
            at: end,
            vars,
            starts,
            jumps,
            doubt,
            ..
        } = matcher;
        let jumps_match = jumps.iter().all(|(target, arg)| match arg {
            Arg::Step(step) => *target == starts[*step],
            _ => *target == end,
        });
        if !jumps_match {
            return None;
        }
        let doubt = doubt.or_else(|| self.missing(start, &vars, kinds));
        let inside = (start + 1..end).find(|ip| {
            let own = jumps.iter().filter(|(target, _)| target == ip).count();
            references[*ip] as usize != own
        });
        Some(match (doubt, inside) {
            (_, Some(ip)) => Err(UnfusedReason::JumpInto(ip)),
            (Some(doubt), None) => Err(doubt),
            (None, None) => self.build(&vars).map(|op| Match { start, end, op }),
        })
    }

    /// The first need that is not known to be met at `start`.
    fn missing(
        &self,
        start: usize,
        vars: &[Option<i64>; 4],
        kinds: &Kinds,
    ) -> Option<UnfusedReason> {
        let var = |number: usize| vars[number].unwrap_or(0) as u16;
        self.needs.iter().find_map(|need| match *need {
            Need::Slot(slot, kind) => (kinds.slot(start, var(slot)) != Some(kind))
                .then(|| UnfusedReason::SlotKind(var(slot), kind)),
            Need::Array(name) => (kinds.global(start, var(name)) != Some(Kind::Array))
                .then(|| UnfusedReason::GlobalKind(var(name))),
            Need::Differ(a, b) => (var(a) == var(b)).then(|| UnfusedReason::SameSlot(var(a))),
        })
    }

    fn build(&self, vars: &[Option<i64>; 4]) -> Result<Op, UnfusedReason> {
        let operands: Vec<Operand> = vars.iter().flatten().map(|n| Operand::Int(*n)).collect();
        Op::from_operands(self.fused.index(), &operands).map_err(|_| {
            // Slots, names and targets come from such operands; only a limit may be too large.
            let fits = |n: &&i64| i32::try_from(**n).is_ok();
            let limit = vars.iter().flatten().find(|n| !fits(n));
            UnfusedReason::OperandRange(limit.copied().unwrap_or(0))
        })
    }
}

/// A rule on its way through ops.
struct Matcher<'a> {
    ops: &'a [Op],
    kinds: &'a Kinds,
    at: usize,
    vars: [Option<i64>; 4],
    /// Where the steps start.
    starts: Vec<usize>,
    /// Jumps between steps, and where they should lead.
    jumps: Vec<(usize, &'static Arg)>,
    /// The first thing that was not proved.
    doubt: Option<UnfusedReason>,
}

impl Matcher<'_> {
    fn step(&mut self, step: &'static Step) -> Option<()> {
        match step {
            Step::Op(wanted, args) => self.op(wanted, args),
            Step::Int => {
                match self.ops.get(self.at) {
                    Some(Op::TruncInt) => self.at += 1,
                    _ => self.need_int(),
                }
                Some(())
            }
            Step::Inc => match self.ops.get(self.at..)? {
                [Op::Inc, ..] => self.skip(1),
                [Op::LoadInt(1), Op::Add, ..] => {
                    self.need_int();
                    self.skip(2)
                }
                _ => None,
            },
            Step::Dec => match self.ops.get(self.at..)? {
                [Op::Dec, ..] => self.skip(1),
                [Op::LoadInt(1), Op::Sub, ..] | [Op::LoadInt(-1), Op::Add, ..] => {
                    self.need_int();
                    self.skip(2)
                }
                _ => None,
            },
        }
    }

    fn skip(&mut self, n: usize) -> Option<()> {
        self.at += n;
        Some(())
    }

    /// Notes that the top of the stack has to be an `Int` here.
    fn need_int(&mut self) {
        if self.kinds.top(self.at) != Some(Kind::Int) {
            self.doubt
                .get_or_insert(UnfusedReason::OperandKind(self.at));
        }
    }

    fn op(&mut self, wanted: &Op, args: &'static [Arg]) -> Option<()> {
        let op = self.ops.get(self.at)?;
        if op.index() != wanted.index() {
            return None;
        }
        if !args.is_empty() {
            for (operand, arg) in op.operands().iter().zip(args) {
                let Operand::Int(n) = *operand else {
                    return None;
                };
                match arg {
                    Arg::Var(number) => {
                        if *self.vars[*number].get_or_insert(n) != n {
                            return None;
                        }
                    }
                    label => self.jumps.push((n as usize, label)),
                }
            }
        }
        self.skip(1)
    }
}
