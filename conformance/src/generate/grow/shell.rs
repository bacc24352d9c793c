//! Shell ops: what a frontend for a shell emits, and what it never would.

use super::super::kinds::{self, Want};
use super::super::tree::{Expr, Stmt};
use super::Grower;
use fusevm::op::{Gives, OpInfo, Section, TABLE, Touches, param_mod};
use fusevm::{Chunk, Op, Value};
use std::sync::LazyLock;

/// Ops of a shell that leave nothing.
static VOID_OPS: LazyLock<Vec<&'static OpInfo>> = LazyLock::new(|| {
    let rows = TABLE.iter().filter(|info| info.section == Section::Shell);
    rows.filter(|info| info.gives == Gives::Nothing).collect()
});

/// Ops of a shell that leave one value and stay in the function.
static VALUE_OPS: LazyLock<Vec<&'static OpInfo>> = LazyLock::new(|| {
    let rows = TABLE.iter().filter(|info| info.section == Section::Shell);
    // Commands may enter subs, and `ExpandParam` pops what its number says.
    rows.filter(|info| info.gives != Gives::Nothing && info.touches != Touches::Control)
        .filter(|info| info.name != "ExpandParam")
        .collect()
});

/// Modifiers of `ExpandParam` with the number of their arguments; the last one is unknown.
const MODIFIERS: [(u8, usize); 12] = [
    (param_mod::DEFAULT, 1),
    (param_mod::ASSIGN, 1),
    (param_mod::ERROR, 1),
    (param_mod::ALTERNATE, 1),
    (param_mod::LENGTH, 0),
    (param_mod::RSTRIP_LONG, 1),
    (param_mod::SUBST_FIRST, 2),
    (param_mod::UPPER, 0),
    (param_mod::LOWER_FIRST, 0),
    (param_mod::KEYS, 0),
    (param_mod::SLICE, 2),
    (183, 0),
];

impl Grower<'_, '_> {
    /// A number for an op that hands it to the host unread.
    pub(super) fn shell_number(&mut self) -> i64 {
        match self.e.chance(90) {
            true => self.e.range(0, 12),
            false => self.e.pick(&[255, 100]),
        }
    }

    /// The number of a sub-chunk; hardly ever one that there is not.
    pub(super) fn sub_chunk(&mut self) -> u16 {
        let n = self.program.sub_chunks.len();
        if self.e.chance(2) {
            return n as u16 + 3;
        }
        if n < 2 || self.e.chance(15) {
            let n_ops = self.e.range(0, 3) as usize;
            self.program.sub_chunks.push(Chunk {
                ops: vec![Op::LoadInt(1); n_ops],
                lines: vec![0; n_ops],
                ..Chunk::new()
            });
            return n as u16;
        }
        self.e.below(n) as u16
    }

    /// A path that is the same everywhere, or a text that hardly is one.
    pub(super) fn path(&mut self) -> Expr {
        if self.e.chance(30) {
            return self.expr(Want::Str, 1);
        }
        self.pay(1);
        let path = self
            .e
            .pick(&["/", "/dev/null", "/no/such/file", "", "/dev/null/x"]);
        Expr::op(self.load(Value::str(path)))
    }

    /// An op that tells the host something.
    pub(super) fn shell_stmt(&mut self) -> Stmt {
        let info = self.e.pick(&VOID_OPS);
        let op = self.op(info);
        self.pay(1);
        let operands = self.operands(&op, Want::Any, 2);
        Stmt::Do(operands, vec![op])
    }

    /// Statements between the ops that begin and end something for the host.
    pub(super) fn shell_construct(&mut self, out: &mut Vec<Stmt>) {
        let n = self.e.range(0, 3) as u8;
        let (begin, stage, end) = self.e.pick(&[
            (
                Op::PipelineBegin(n),
                Some(Op::PipelineStage),
                Op::PipelineEnd,
            ),
            (Op::SubshellBegin, None, Op::SubshellEnd),
            (Op::WithRedirectsBegin(n), None, Op::WithRedirectsEnd),
        ]);
        out.push(Stmt::op(begin));
        let share = (self.nodes / 3).clamp(2, 8);
        out.extend(self.body(share));
        if let Some(stage) = stage {
            out.push(Stmt::op(stage));
            out.extend(self.body(share));
        }
        let mut ops = vec![end];
        if end == Op::PipelineEnd {
            ops.extend(self.sink(Want::Any));
        }
        self.pay(3);
        out.push(Stmt::Do(Vec::new(), ops));
    }

    /// A command whose status is kept.
    pub(super) fn command_stmt(&mut self) -> Stmt {
        let command = self.command();
        let sink = match self.e.chance(30) {
            true => vec![Op::SetStatus],
            false => self.sink(Want::Any),
        };
        self.pay(1);
        Stmt::Do(vec![command], sink)
    }

    /// A command, a function or an expansion: what leaves one value, unless a sub without a
    /// result takes its place.
    pub(super) fn command(&mut self) -> Expr {
        self.pay(2);
        let programs = self.profile.programs;
        match self.e.below(8) {
            0 => self.parameter(),
            2 if programs => match self.callee_of_command() {
                Some((sub, args)) => self.exec(&format!("f{sub}"), args),
                None => self.program_of_vm(),
            },
            3 if programs => self.program_of_vm(),
            1..=3 => match self.callee_of_command() {
                Some((sub, args)) => Expr::Function(sub, args),
                None if programs => self.function(),
                None => self.parameter(),
            },
            _ => {
                let info = self.e.pick(&VALUE_OPS);
                match self.op(info) {
                    Op::ExecBg(_) | Op::Glob | Op::GlobRecursive if !programs => self.parameter(),
                    op => self.apply(op, Want::Any, 2),
                }
            }
        }
    }

    /// A sub that a command may enter, with arguments; seldom without a result.
    fn callee_of_command(&mut self) -> Option<(usize, Vec<Expr>)> {
        let any = self.e.chance(10);
        let (sub, signature) = self.callee(|signature| any || signature.gives.is_some())?;
        Some((sub, self.arguments(signature)))
    }

    /// `CallFunction` of a name that is no sub's.
    fn function(&mut self) -> Expr {
        let name = self.any_global();
        let args = self.words();
        let op = Op::CallFunction(name, args.len() as u8);
        Expr::Ops(args, vec![op])
    }

    /// `Exec` of a command that the VM knows, or that only a host does.
    fn program_of_vm(&mut self) -> Expr {
        let commands = ["echo", "true", "false", "test", "[", "ls", "", "xyzzy"];
        let command = self.e.pick(&commands);
        let args = self.words();
        self.exec(command, args)
    }

    fn exec(&mut self, command: &str, args: Vec<Expr>) -> Expr {
        let command = Expr::op(self.load(Value::str(command)));
        let operands: Vec<Expr> = [command].into_iter().chain(args).collect();
        let op = Op::Exec(operands.len() as u8);
        Expr::Ops(operands, vec![op])
    }

    /// A few arguments; arrays are several.
    fn words(&mut self) -> Vec<Expr> {
        let n = self.e.range(0, 3);
        (0..n)
            .map(|_| {
                let want = self.e.pick(&[Want::Str, Want::Str, Want::Array, Want::Any]);
                self.expr(want, 1)
            })
            .collect()
    }

    /// `ExpandParam` with its name and arguments.
    fn parameter(&mut self) -> Expr {
        let (modifier, n_args) = self.e.pick(&MODIFIERS);
        let name = kinds::key(&mut self.e);
        let mut operands = vec![Expr::op(self.load(Value::str(name)))];
        for _ in 0..n_args {
            operands.push(self.expr(Want::Any, 1));
        }
        Expr::Ops(operands, vec![Op::ExpandParam(modifier)])
    }
}
