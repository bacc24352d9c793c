//! From a chunk to text: what a person would write where that says everything, and explicit
//! pools and tables where it does not.

mod plan;

use super::lexer::is_word;
use super::number;
use super::value::{self, quote};
use crate::chunk::Chunk;
use crate::op::{Op, Operand, OperandInfo, Role};
use crate::value::Value;
use plan::{Mark, Plan};
use std::fmt::{self, Write};

/// How far nested chunks are indented; further ones stay there.
const MAX_INDENT: usize = 32;

/// How many items of a list stand on a line.
const ROW: usize = 8;

/// What is printed next.
enum Task<'c> {
    /// The lines of a chunk and, behind them, its sub-chunks.
    Chunk { chunk: &'c Chunk, depth: usize },
    /// The head of a sub-chunk.
    Open { index: usize, depth: usize },
    /// The end of a sub-chunk.
    Close { depth: usize },
}

/// The text of a chunk. Sub-chunks are data of any depth, so they are not printed recursively.
pub(super) fn print(chunk: &Chunk) -> String {
    let mut out = String::new();
    let mut tasks = vec![Task::Chunk { chunk, depth: 0 }];
    while let Some(task) = tasks.pop() {
        match task {
            Task::Open { index, depth } => {
                Printer::new(&mut out, depth).line(format_args!("chunk c{index} {{"))
            }
            Task::Close { depth } => Printer::new(&mut out, depth).line(format_args!("}}")),
            Task::Chunk { chunk, depth } => {
                print_chunk(&mut Printer::new(&mut out, depth), chunk);
                for (index, sub) in chunk.sub_chunks.iter().enumerate().rev() {
                    tasks.push(Task::Close { depth });
                    tasks.push(Task::Chunk {
                        chunk: sub,
                        depth: depth + 1,
                    });
                    tasks.push(Task::Open { index, depth });
                }
            }
        }
    }
    out
}

/// Text, and how far its lines are indented.
struct Printer<'o> {
    out: &'o mut String,
    indent: usize,
}

impl<'o> Printer<'o> {
    fn new(out: &'o mut String, depth: usize) -> Printer<'o> {
        Printer {
            out,
            indent: 4 * depth.min(MAX_INDENT),
        }
    }

    fn start(&mut self) {
        let indent = self.indent;
        self.push(format_args!("{:indent$}", ""));
    }

    fn push(&mut self, text: fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = self.out.write_fmt(text);
    }

    fn line(&mut self, text: fmt::Arguments<'_>) {
        self.start();
        self.push(text);
        self.out.push('\n');
    }
}

fn print_chunk(to: &mut Printer<'_>, chunk: &Chunk) {
    let plan = Plan::new(chunk);
    print_tables(to, chunk, &plan);
    let mut line = 0;
    for (ip, op) in chunk.ops.iter().enumerate() {
        print_marks(to, chunk, &plan, ip);
        if !plan.explicit_lines && chunk.lines[ip] != line {
            line = chunk.lines[ip];
            to.line(format_args!("    line {line}"));
        }
        print_op(to, chunk, &plan, op);
    }
    print_marks(to, chunk, &plan, chunk.ops.len());
}

/// What stands above the ops.
fn print_tables(to: &mut Printer<'_>, chunk: &Chunk, plan: &Plan<'_>) {
    if !chunk.source.is_empty() {
        to.start();
        to.out.push_str("source ");
        quote(to.out, &chunk.source);
        to.out.push('\n');
    }
    if plan.names.is_explicit() {
        print_rows(to, "names", &chunk.names, |out, name| print_text(out, name));
    }
    if plan.explicit_constants {
        for (index, constant) in chunk.constants.iter().enumerate() {
            to.start();
            to.push(format_args!("const {index} = "));
            value::print(to.out, constant);
            to.out.push('\n');
        }
    }
    if plan.explicit_entries {
        for &(name, entry) in &chunk.sub_entries {
            to.start();
            to.out.push_str("entry");
            print_name(to.out, chunk, plan, name);
            to.push(format_args!(" {entry}\n"));
        }
    }
    if plan.explicit_ranges {
        for (start, end) in &chunk.block_ranges {
            to.line(format_args!("range {start} {end}"));
        }
    }
    if plan.explicit_lines {
        print_rows(to, "lines", &chunk.lines, |out, line| {
            let _ = write!(out, "{line}");
        });
    }
}

/// A list that may be continued, and is there even when it is empty.
fn print_rows<T>(to: &mut Printer<'_>, word: &str, items: &[T], print: impl Fn(&mut String, &T)) {
    if items.is_empty() {
        return to.line(format_args!("{word}"));
    }
    for row in items.chunks(ROW) {
        to.start();
        to.out.push_str(word);
        for item in row {
            to.out.push(' ');
            print(to.out, item);
        }
        to.out.push('\n');
    }
}

/// What stands before the op at `ip`, or at the end: blocks and subs that start or end here,
/// and its label.
fn print_marks(to: &mut Printer<'_>, chunk: &Chunk, plan: &Plan<'_>, ip: usize) {
    for mark in plan.marks_at(ip) {
        to.start();
        match mark {
            Mark::BlockEnd(index) => to.push(format_args!("end b{index}")),
            Mark::BlockStart(index) => to.push(format_args!("block b{index}:")),
            Mark::Sub(name) => {
                to.out.push_str("sub");
                print_name(to.out, chunk, plan, *name);
                to.out.push(':');
            }
        }
        to.out.push('\n');
    }
    if plan.is_target(ip) {
        to.line(format_args!("L{ip}:"));
    }
}

fn print_op(to: &mut Printer<'_>, chunk: &Chunk, plan: &Plan<'_>, op: &Op) {
    to.start();
    to.push(format_args!("    {}", op.name()));
    let info = op.info().operands;
    let operands = op.operands();
    for (info, operand) in info.iter().zip(&operands) {
        print_operand(to, chunk, plan, info, *operand);
    }
    if plan.explicit_constants {
        print_constants_meant(to, chunk, info, &operands);
    }
    to.out.push('\n');
}

fn print_operand(
    to: &mut Printer<'_>,
    chunk: &Chunk,
    plan: &Plan<'_>,
    info: &OperandInfo,
    operand: Operand,
) {
    let number = match operand {
        Operand::Float(x) => return to.push(format_args!(" {}", number::float_text(x))),
        Operand::Int(n) if info.ty == "usize" => return print_usize(to, plan, info, n as usize),
        Operand::Int(n) => n,
    };
    // Only 16-bit operands index pools.
    let index = number as u16;
    match info.role {
        Role::Name | Role::Sub | Role::Str => print_name(to.out, chunk, plan, index),
        Role::Const => match chunk.constants.get(usize::from(index)) {
            Some(constant) if !plan.explicit_constants => {
                to.out.push(' ');
                value::print(to.out, constant);
            }
            _ => to.push(format_args!(" #{index}")),
        },
        Role::Block if !plan.explicit_ranges && usize::from(index) < chunk.block_ranges.len() => {
            to.push(format_args!(" b{index}"));
        }
        Role::SubChunk if usize::from(index) < chunk.sub_chunks.len() => {
            to.push(format_args!(" c{index}"));
        }
        _ => to.push(format_args!(" {number}")),
    }
}

fn print_usize(to: &mut Printer<'_>, plan: &Plan<'_>, info: &OperandInfo, number: usize) {
    match info.role == Role::Target && plan.is_target(number) {
        true => to.push(format_args!(" L{number}")),
        false => to.push(format_args!(" {number}")),
    }
}

/// Appends a blank and a name of the pool, or its index if its text would mean another one.
fn print_name(out: &mut String, chunk: &Chunk, plan: &Plan<'_>, index: u16) {
    out.push(' ');
    match chunk.names.get(usize::from(index)) {
        Some(name) if plan.names.says(name, index) => print_text(out, name),
        _ => {
            let _ = write!(out, "{index}");
        }
    }
}

fn print_text(out: &mut String, name: &str) {
    match is_word(name) {
        true => out.push_str(name),
        false => quote(out, name),
    }
}

/// A comment that shows the constants that an op refers to by index, when they are short.
fn print_constants_meant(
    to: &mut Printer<'_>,
    chunk: &Chunk,
    info: &[OperandInfo],
    operands: &[Operand],
) {
    const SHORT: usize = 40;
    for (info, operand) in info.iter().zip(operands) {
        let (Role::Const, Operand::Int(index)) = (info.role, *operand) else {
            continue;
        };
        match chunk.constants.get(index as usize) {
            Some(Value::Str(text)) if text.len() > SHORT => {}
            Some(Value::Array(_) | Value::Hash(_) | Value::Ref(_)) | None => {}
            Some(scalar) => {
                to.out.push_str(" ; ");
                value::print(to.out, scalar);
            }
        }
    }
}
