//! Ops from rows of the table, and the operands that suit them.
//!
//! Nothing here lists ops by name unless it knows something about one: a row that is new in
//! the table is generated from the day on which it is there.

use super::super::kinds::{self, Want};
use super::super::tree::Expr;
use super::Grower;
use fusevm::Op;
use fusevm::op::{Gives, OpInfo, Operand, Role, Section, TABLE, Touches};
use std::sync::LazyLock;

/// Ops that leave one value and stay in the function.
static VALUE_OPS: LazyLock<Vec<&'static OpInfo>> = LazyLock::new(|| {
    let rows = TABLE.iter().filter(|info| info.gives != Gives::Nothing);
    rows.filter(|info| match info.section {
        Section::HigherOrder => info.name == "SortDefault",
        Section::Constants | Section::Stack | Section::ControlFlow | Section::Functions => false,
        Section::Scope | Section::Builtins | Section::Extension => false,
        // Those are picked by `shell.rs` and `awk.rs`.
        Section::Shell | Section::Awk => false,
        _ => true,
    })
    .collect()
});

/// Ops of numbers and texts that give one value whatever their operands are.
pub(super) static DRILLED: LazyLock<Vec<&'static OpInfo>> = LazyLock::new(|| {
    let rows = VALUE_OPS.iter().copied();
    rows.filter(|info| match info.section {
        Section::Strings => info.name != "StringRepeat",
        Section::Arithmetic | Section::NumericCompare | Section::StringCompare => true,
        Section::Logic | Section::Fused | Section::Numeric => true,
        _ => false,
    })
    .chain(TABLE.iter().filter(|info| is_awk_function(info)))
    .collect()
});

/// Whether an op is a function of AWK whose result follows from its operands.
fn is_awk_function(info: &OpInfo) -> bool {
    let raises = info.name.ends_with("Jit") || matches!(info.name, "AwkDiv" | "AwkMod");
    info.section == Section::Awk
        && info.operands.is_empty()
        && info.gives != Gives::Nothing
        && !raises
        && !matches!(
            info.name,
            "AwkRand" | "AwkSystime" | "AwkNf" | "AwkFieldGet"
        )
}

/// Ops of the sections of globals and collections that leave nothing.
static VOID_OPS: LazyLock<Vec<&'static OpInfo>> = LazyLock::new(|| {
    let rows = TABLE.iter().filter(|info| info.gives == Gives::Nothing);
    rows.filter(|info| {
        matches!(
            info.section,
            Section::Variables | Section::Arrays | Section::Hashes
        )
    })
    .collect()
});

/// What an operand on the stack is drawn from.
enum Source {
    Of(Want),
    Small,
    Key,
    Path,
}

impl Grower<'_, '_> {
    /// Any op of the table that gives the wanted kind, as often as the profile has its section.
    pub(super) fn op_giving(&mut self, want: Want) -> Op {
        let fitting = VALUE_OPS.iter().filter(|info| gives(info, want));
        let weighted: Vec<(u32, &OpInfo)> = fitting
            .map(|info| (self.profile.weight(info, want), *info))
            .collect();
        if weighted.iter().all(|(weight, _)| *weight == 0) {
            return Op::Add;
        }
        let info = self.e.weighted(&weighted);
        self.op(info)
    }

    /// A store into a global or a collection.
    pub(super) fn void_op(&mut self) -> Op {
        let info = self.e.pick(&VOID_OPS);
        self.op(info)
    }

    /// The op of a row, with operands for the current place.
    pub(super) fn op(&mut self, info: &OpInfo) -> Op {
        let operands: Vec<Operand> = info
            .operands
            .iter()
            .map(|operand| Operand::Int(self.operand(info, operand.role)))
            .collect();
        self.reads_input |= info.name == "ReadLine";
        Op::from_operands(usize::from(info.index), &operands).unwrap_or(Op::LoadUndef)
    }

    fn operand(&mut self, info: &OpInfo, role: Role) -> i64 {
        match role {
            Role::Slot if info.name.starts_with("SlotArray") => self.target(Want::Array).into(),
            Role::Slot if info.name == "GetSlot" => self.source(Want::Any).unwrap_or(0).into(),
            Role::Slot if info.touches == Touches::Frame => self.target(Want::Int).into(),
            Role::Slot => self.target(Want::Any).into(),
            Role::Name if self.any_kind() => self.any_global().into(),
            Role::Name => {
                let want = match info.section {
                    Section::Arrays => Want::Array,
                    Section::Hashes => Want::Hash,
                    _ => Want::Int,
                };
                self.global(want).into()
            }
            Role::Count => self.e.range(0, 4),
            Role::SubChunk => self.sub_chunk().into(),
            Role::Arg if info.section == Section::Shell => self.shell_number(),
            Role::Arg if info.section == Section::Awk => self.e.range(0, 7),
            Role::Str => self.any_global().into(),
            Role::Const => {
                let value = kinds::value(&mut self.e, Want::Any);
                self.constant(value).into()
            }
            _ => kinds::int(&mut self.e),
        }
    }

    /// The operands that `op` pops, when its result is to be of the wanted kind.
    pub(super) fn operands(&mut self, op: &Op, want: Want, depth: u32) -> Vec<Expr> {
        let n = op.stack_effect().0.fixed().unwrap_or(0);
        (0..n)
            .map(|at| match self.stack_operand(op, at, n, want) {
                Source::Of(want) => self.expr(want, depth.saturating_sub(1)),
                Source::Small => self.small(),
                Source::Key => self.key(),
                Source::Path => self.path(),
            })
            .collect()
    }

    /// What operand `at` of the `n` operands of `op` is drawn from.
    fn stack_operand(&mut self, op: &Op, at: usize, n: usize, want: Want) -> Source {
        use Source::{Key, Of, Path, Small};
        let is_last = at + 1 == n;
        match op {
            Op::Add | Op::Sub | Op::Mul | Op::Mod | Op::Negate if want == Want::Int => {
                Of(Want::Int)
            }
            Op::Add | Op::Sub | Op::Mul | Op::Mod | Op::Negate if at == 0 => Of(Want::Float),
            Op::Shl | Op::Shr if is_last && !self.e.chance(25) => Small,
            Op::Concat => Of(self.e.pick(&[Want::Str, Want::Str, Want::Int, Want::Any])),
            Op::StringRepeat if !is_last => Of(Want::Str),
            Op::StringRepeat | Op::Range | Op::RangeStep => Small,
            Op::StringLen => Of(self.e.pick(&[Want::Str, Want::Str, Want::Any])),
            Op::MakeHash(_) if at.is_multiple_of(2) => Key,
            Op::HashGet(_) | Op::HashDelete(_) | Op::HashExists(_) => Key,
            Op::HashSet(_) if is_last => Key,
            Op::ArrayGet(_) | Op::SlotArrayGet(_) => Small,
            Op::ArraySet(_) | Op::SlotArraySet(_) if is_last => Small,
            Op::SetArray(_) => Of(Want::Array),
            Op::SetHash(_) => Of(Want::Hash),
            Op::SortDefault => Of(Want::Array),
            Op::TestFile(_) => Path,
            Op::LogNot | Op::LogAnd | Op::LogOr => Of(self.e.pick(&[Want::Bool, Want::Int])),
            Op::TruncInt => Of(self.e.pick(&[Want::Float, Want::Int])),
            _ => Of(self.want_of_section(op.info().section)),
        }
    }

    fn want_of_section(&mut self, section: Section) -> Want {
        let number = self.number();
        match section {
            Section::Logic => Want::Int,
            Section::NumericCompare | Section::Arithmetic | Section::Numeric => number,
            Section::StringCompare => self.e.pick(&[Want::Str, Want::Str, number]),
            Section::Shell => self.e.pick(&[Want::Str, Want::Str, Want::Any]),
            _ => self.e.pick(&[number, number, Want::Str, Want::Any]),
        }
    }

    /// `Int` or `Float`, as the profile has it.
    pub(super) fn number(&mut self) -> Want {
        match self.profile.floats && self.e.chance(40) {
            true => Want::Float,
            false => Want::Int,
        }
    }
}

/// Whether the op of a row may give the wanted kind.
fn gives(info: &OpInfo, want: Want) -> bool {
    match (info.gives, want) {
        (_, Want::Any) => true,
        (Gives::Int, Want::Int)
        | (Gives::Float, Want::Float)
        | (Gives::Bool, Want::Bool)
        | (Gives::Str, Want::Str)
        | (Gives::Array, Want::Array)
        | (Gives::Hash, Want::Hash) => true,
        (Gives::Any, Want::Array) => matches!(info.name, "GetArray" | "SortDefault"),
        (Gives::Any, Want::Hash) => info.name == "GetHash",
        (Gives::Any, Want::Int) => {
            matches!(
                info.section,
                Section::Arrays | Section::Variables | Section::Hashes
            ) && !matches!(info.name, "GetArray" | "GetHash")
        }
        _ => false,
    }
}
