//! A program tree becomes a chunk.
//!
//! In: a [`Program`]. Out: a [`Chunk`] with every label resolved. What a statement keeps
//! open (values on the stack, scopes, loops) is tracked, so that `break` and `continue`
//! close it on their way out.

use super::tree::{Block, Expr, Form, HigherOrder, Loop, Program, Stmt, Sub, Test};
use fusevm::{Chunk, ChunkBuilder, Op};

/// The chunk of a program.
pub(crate) fn chunk(program: &Program) -> Chunk {
    let mut emitter = Emitter::new(program);
    emitter.program();
    emitter.finish()
}

/// A position in the chunk that is not known yet.
type Label = usize;

/// What an enclosing statement has opened and a jump out of it must close.
enum Open<'p> {
    Kept(&'p [Op]),
    Scope,
    Loop { exit: Label, next: Label },
}

struct Emitter<'p> {
    program: &'p Program,
    ops: Vec<Op>,
    /// Positions of labels.
    labels: Vec<usize>,
    /// Ops whose target is a label.
    jumps: Vec<(usize, Label)>,
    /// Entries of subs.
    entries: Vec<Label>,
    /// Start and end of every block.
    blocks: Vec<(Label, Label)>,
    /// Blocks that are still to be emitted, with their number.
    pending: Vec<(usize, &'p Block)>,
    open: Vec<Open<'p>>,
}

impl<'p> Emitter<'p> {
    fn new(program: &'p Program) -> Emitter<'p> {
        let mut emitter = Emitter {
            program,
            ops: Vec::new(),
            labels: Vec::new(),
            jumps: Vec::new(),
            entries: Vec::new(),
            blocks: Vec::new(),
            pending: Vec::new(),
            open: Vec::new(),
        };
        emitter.entries = program.subs.iter().map(|_| emitter.label()).collect();
        emitter
    }

    fn program(&mut self) {
        let program = self.program;
        let end = self.label();
        if program.layout.subs_first && !program.subs.is_empty() {
            let main = self.label();
            self.jump(Op::Jump(0), main);
            self.subs(&program.subs);
            self.place(main);
            self.stmts(&program.main);
            if !self.pending.is_empty() {
                self.jump(Op::Jump(0), end);
            }
        } else {
            self.stmts(&program.main);
            if !program.subs.is_empty() || !self.pending.is_empty() {
                self.jump(Op::Jump(0), end);
            }
            self.subs(&program.subs);
        }
        self.pending_blocks();
        self.place(end);
    }

    fn subs(&mut self, subs: &'p [Sub]) {
        for (number, sub) in subs.iter().enumerate() {
            self.place(self.entries[number]);
            self.stmts(&sub.body);
        }
    }

    /// Emits the blocks that were put off, and those inside them.
    fn pending_blocks(&mut self) {
        while let Some((number, block)) = self.pending.pop() {
            self.block_body(number, block);
            // The end of a block is an op of its own: what follows is another block.
            self.ops.push(Op::Nop);
        }
    }

    fn finish(self) -> Chunk {
        let mut ops = self.ops;
        for (at, label) in self.jumps {
            ops[at] = ops[at].with_target(self.labels[label]);
        }
        let mut builder = ChunkBuilder::new();
        for constant in &self.program.constants {
            builder.add_constant(constant.clone());
        }
        for sub_chunk in &self.program.sub_chunks {
            builder.add_sub_chunk(sub_chunk.clone());
        }
        for name in &self.program.globals {
            builder.add_name(name);
        }
        for (number, entry) in self.entries.iter().enumerate() {
            let name = builder.add_name(&format!("f{number}"));
            builder.add_sub_entry(name, self.labels[*entry]);
        }
        for (start, end) in self.blocks {
            builder.add_block_range(self.labels[start], self.labels[end]);
        }
        for op in ops {
            builder.emit(op, 0);
        }
        builder.build()
    }

    fn label(&mut self) -> Label {
        self.labels.push(usize::MAX);
        self.labels.len() - 1
    }

    fn place(&mut self, label: Label) {
        self.labels[label] = self.ops.len();
    }

    fn here(&mut self) -> Label {
        let label = self.label();
        self.place(label);
        label
    }

    fn jump(&mut self, op: Op, label: Label) {
        self.jumps.push((self.ops.len(), label));
        self.ops.push(op);
    }

    fn stmts(&mut self, stmts: &'p [Stmt]) {
        for stmt in stmts {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &'p Stmt) {
        match stmt {
            Stmt::Do(operands, ops) => {
                self.exprs(operands);
                self.ops.extend(ops);
            }
            Stmt::If { test, yes, no } => self.branch(test, yes, no),
            Stmt::Loop(it) => self.repeat(it),
            Stmt::Keep { value, body, sink } => {
                self.expr(value);
                self.open.push(Open::Kept(sink));
                self.stmts(body);
                self.open.pop();
                self.ops.extend(sink);
            }
            Stmt::Scope(body) => {
                self.ops.push(Op::PushFrame);
                self.open.push(Open::Scope);
                self.stmts(body);
                self.open.pop();
                self.ops.push(Op::PopFrame);
            }
            Stmt::Call(sub, args) => self.call(Op::Call, *sub, args),
            Stmt::ForEach(array, block) => self.higher_order(HigherOrder::ForEach, array, block),
            Stmt::Break(levels) => self.leave(*levels, |exit, _| exit),
            Stmt::Continue => self.leave(0, |_, next| next),
            Stmt::Return(None) => self.ops.push(Op::Return),
            Stmt::Return(Some(value)) => {
                self.expr(value);
                self.ops.push(Op::ReturnValue);
            }
        }
    }

    /// Jumps to a label of an enclosing loop, closing what was opened inside of it.
    fn leave(&mut self, levels: usize, label: fn(Label, Label) -> Label) {
        let mut loops = 0;
        for open in self.open.iter().rev() {
            match open {
                Open::Kept(sink) => self.ops.extend(*sink),
                Open::Scope => self.ops.push(Op::PopFrame),
                Open::Loop { exit, next } if loops == levels => {
                    let label = label(*exit, *next);
                    self.jump(Op::Jump(0), label);
                    return;
                }
                Open::Loop { .. } => loops += 1,
            }
        }
    }

    fn branch(&mut self, test: &'p Test, yes: &'p [Stmt], no: &'p [Stmt]) {
        let keep = matches!(test, Test::Keep { .. });
        let otherwise = self.label();
        self.unless(test, otherwise);
        if keep {
            self.ops.push(Op::Pop);
        }
        self.stmts(yes);
        if no.is_empty() && !keep {
            self.place(otherwise);
            return;
        }
        let end = self.label();
        self.jump(Op::Jump(0), end);
        self.place(otherwise);
        if keep {
            self.ops.push(Op::Pop);
        }
        self.stmts(no);
        self.place(end);
    }

    /// Goes to `label` when the test does not hold; a kept value stays on both sides.
    fn unless(&mut self, test: &'p Test, label: Label) {
        match test {
            Test::Value { value, sense } => {
                self.expr(value);
                self.jump(popping(!sense), label);
            }
            Test::Keep { value, sense } => {
                self.expr(value);
                self.jump(keeping(!sense), label);
            }
            Test::SlotLt(slot, limit) => {
                self.jump(Op::SlotLtIntJumpIfFalse(*slot, *limit, 0), label);
            }
        }
    }

    /// Goes to `label` when the test holds; a kept value stays on both sides.
    fn when(&mut self, test: &'p Test, label: Label) {
        match test {
            Test::Value { value, sense } => {
                self.expr(value);
                self.jump(popping(*sense), label);
            }
            Test::Keep { value, sense } => {
                self.expr(value);
                self.jump(keeping(*sense), label);
            }
            Test::SlotLt(..) => {
                let past = self.label();
                self.unless(test, past);
                self.jump(Op::Jump(0), label);
                self.place(past);
            }
        }
    }

    /// A loop. The value that a keeping jump tests is popped at the top of the next turn or
    /// behind the loop, so that a loop tested at its end starts with one to pop.
    fn repeat(&mut self, it: &'p Loop) {
        let exit = self.label();
        let keeps = it.form.keeps();
        // What leaves the loop early finds no tested value on the stack.
        let done = if keeps { self.label() } else { exit };
        let next = self.label();
        let check = self.label();
        self.before_loop(&it.form, exit, check);
        let top = self.here();
        if keeps && it.form.is_tested_at_the_end() {
            self.ops.push(Op::Pop);
        }
        self.open.push(Open::Loop { exit: done, next });
        self.test_inside(&it.form, exit);
        self.stmts(&it.body);
        self.place(next);
        self.ops.extend(&it.step);
        self.close_loop(&it.form, top, check);
        self.open.pop();
        self.place(exit);
        if keeps {
            self.ops.push(Op::Pop);
            self.place(done);
        }
    }

    fn before_loop(&mut self, form: &'p Form, exit: Label, check: Label) {
        if form.keeps() && form.is_tested_at_the_end() {
            self.ops.push(Op::LoadUndef);
        }
        match form {
            Form::FusedGuarded(slot, limit) => {
                self.jump(Op::SlotLtIntJumpIfFalse(*slot, *limit, 0), exit);
            }
            Form::Rotated(_) => self.jump(Op::Jump(0), check),
            _ => {}
        }
    }

    /// The test of a loop that is tested before its end, and what it does before that.
    fn test_inside(&mut self, form: &'p Form, exit: Label) {
        if let Form::Middle(first, _) = form {
            self.stmts(first);
        }
        if let Form::Top(test) | Form::Middle(_, test) = form {
            self.unless(test, exit);
            if form.keeps() {
                self.ops.push(Op::Pop);
            }
        }
    }

    /// The branch back to `top`.
    fn close_loop(&mut self, form: &'p Form, top: Label, check: Label) {
        match form {
            Form::Fused(slot, limit) | Form::FusedGuarded(slot, limit) => {
                self.jump(Op::SlotIncLtIntJumpBack(*slot, *limit, 0), top);
            }
            Form::Top(_) | Form::Middle(..) => self.jump(Op::Jump(0), top),
            Form::Bottom(test) => self.when(test, top),
            Form::Rotated(test) => {
                if form.keeps() {
                    self.ops.push(Op::LoadUndef);
                }
                self.place(check);
                if form.keeps() {
                    self.ops.push(Op::Pop);
                }
                self.when(test, top);
            }
        }
    }

    fn exprs(&mut self, exprs: &'p [Expr]) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    fn expr(&mut self, expr: &'p Expr) {
        match expr {
            Expr::Ops(operands, ops) => {
                self.exprs(operands);
                self.ops.extend(ops);
            }
            Expr::Call(sub, args) => self.call(Op::Call, *sub, args),
            Expr::Function(sub, args) => self.call(Op::CallFunction, *sub, args),
            Expr::Short { or, left, right } => {
                self.expr(left);
                let end = self.label();
                self.jump(keeping(*or), end);
                self.ops.push(Op::Pop);
                self.expr(right);
                self.place(end);
            }
            Expr::Choose { test, yes, no } => self.choose(test, yes, no),
            Expr::Block(op, array, block) => self.higher_order(*op, array, block),
        }
    }

    fn choose(&mut self, test: &'p Test, yes: &'p Expr, no: &'p Expr) {
        let keep = matches!(test, Test::Keep { .. });
        let (otherwise, end) = (self.label(), self.label());
        self.unless(test, otherwise);
        if keep {
            self.ops.push(Op::Pop);
        }
        self.expr(yes);
        self.jump(Op::Jump(0), end);
        self.place(otherwise);
        if keep {
            self.ops.push(Op::Pop);
        }
        self.expr(no);
        self.place(end);
    }

    fn call(&mut self, op: fn(u16, u8) -> Op, sub: usize, args: &'p [Expr]) {
        self.exprs(args);
        let name = self.program.globals.len() + sub;
        self.ops.push(op(name as u16, args.len() as u8));
    }

    fn higher_order(&mut self, op: HigherOrder, array: &'p Expr, block: &'p Block) {
        let number = self.blocks.len();
        let range = (self.label(), self.label());
        self.blocks.push(range);
        if self.program.layout.blocks_inline {
            let over = self.label();
            self.jump(Op::Jump(0), over);
            self.block_body(number, block);
            self.place(over);
        } else {
            self.pending.push((number, block));
        }
        self.expr(array);
        let number = number as u16;
        self.ops.push(match op {
            HigherOrder::Map => Op::MapBlock(number),
            HigherOrder::Grep => Op::GrepBlock(number),
            HigherOrder::Sort => Op::SortBlock(number),
            HigherOrder::ForEach => Op::ForEachBlock(number),
        });
    }

    fn block_body(&mut self, number: usize, block: &'p Block) {
        let (start, end) = self.blocks[number];
        let outside = std::mem::take(&mut self.open);
        self.place(start);
        self.stmts(&block.body);
        if let Some(result) = &block.result {
            self.expr(result);
        }
        self.place(end);
        self.open = outside;
    }
}

impl Form {
    fn keeps(&self) -> bool {
        match self {
            Form::Fused(..) | Form::FusedGuarded(..) => false,
            Form::Top(test) | Form::Bottom(test) | Form::Rotated(test) | Form::Middle(_, test) => {
                matches!(test, Test::Keep { .. })
            }
        }
    }

    fn is_tested_at_the_end(&self) -> bool {
        matches!(self, Form::Bottom(_) | Form::Rotated(_))
    }
}

fn popping(sense: bool) -> Op {
    if sense {
        Op::JumpIfTrue(0)
    } else {
        Op::JumpIfFalse(0)
    }
}

fn keeping(sense: bool) -> Op {
    if sense {
        Op::JumpIfTrueKeep(0)
    } else {
        Op::JumpIfFalseKeep(0)
    }
}
