//! What was compiled, as text for people and snapshots.
//!
//! The listing is in the engine's own vocabulary: values are numbered in order of
//! appearance, and there are no addresses, hashes, registers or times in it, so it changes
//! only when the shape of the code does. It is made by the lowering itself, with a back end
//! that prints.

use super::abs::{Abs, Place, SlotAbs, State};
use super::cache::{self, ChunkEntry};
use super::decline::Decline;
use super::emit::{Cmp, Emit, ExitKind, FloatOp, FloatUnary, IntOp};
use super::extension;
use super::helpers::Pure;
use super::lower::Lower;
use super::unit::Unit;
use super::{ExplainParts, clif, kinds};
use crate::chunk::{Chunk, Verified};
use crate::value::Kind;
use std::fmt::Write as _;
use std::rc::Rc;

/// Everything that the calling thread has compiled for `chunk`, as text.
pub(super) fn explain(chunk: &Chunk, parts: ExplainParts) -> String {
    let mut text = String::new();
    for entry in cache::known(chunk) {
        for unit in units_of(&entry) {
            if let Err(declined) = explain_unit(&mut text, chunk, &entry, &unit, parts) {
                let _ = writeln!(text, "cannot explain: {declined}");
            }
        }
    }
    text
}

/// Units of all tiers, whole chunks first, then loops in order of their headers.
fn units_of(entry: &ChunkEntry) -> Vec<Rc<Unit>> {
    let mut units = entry.linear.borrow().units().to_vec();
    units.extend(entry.block.borrow().units().iter().cloned());
    let loops = entry.loops.borrow();
    let mut headers: Vec<_> = loops.keys().copied().collect();
    headers.sort_unstable();
    for header in headers {
        units.extend(loops[&header].units().iter().cloned());
    }
    units
}

fn explain_unit(
    text: &mut String,
    chunk: &Chunk,
    entry: &ChunkEntry,
    unit: &Unit,
    parts: ExplainParts,
) -> Result<(), Decline> {
    let verified = entry.verified()?;
    let heads = kinds::analyse(chunk, verified, &unit.region, &unit.entry)?.heads;
    if parts.trace {
        listing(text, chunk, verified, unit, &heads)?;
    }
    if parts.clif || parts.asm {
        let (ir, machine) = clif::text(
            chunk,
            verified,
            &unit.region,
            &unit.entry,
            &heads,
            unit.extras,
            parts.asm,
        )?;
        if parts.clif {
            let _ = writeln!(text, "{ir}");
        }
        if let Some(machine) = machine {
            let _ = writeln!(text, "{machine}");
        }
    }
    Ok(())
}

/// Prints one unit.
fn listing(
    text: &mut String,
    chunk: &Chunk,
    verified: &Verified,
    unit: &Unit,
    heads: &[Option<State<()>>],
) -> Result<(), Decline> {
    let n_ops = unit.region.op_ips().count();
    let _ = writeln!(
        text,
        "{} at op {}  {} ops, {} guards, {} exits",
        unit.tier,
        unit.entry_ip,
        n_ops,
        unit.n_guards(),
        unit.exits.len(),
    );
    let mut print = Print {
        text: String::new(),
        slots: unit.region.slots.clone(),
        heads,
        n_values: 0,
        n_labels: 0,
        n_exits: 0,
        watch: unit.extras.watch,
    };
    let entry = unit.entry.state();
    let _ = writeln!(text, "entry  {}", print.shape(&entry));
    for (block, head) in heads.iter().enumerate() {
        let Some(head) = head else { continue };
        let range = &unit.region.blocks[block];
        let state = print.head(head);
        let _ = writeln!(
            print.text,
            "block {block}  ops {}..{}  {}",
            range.start,
            range.end,
            print.state(&state),
        );
        Lower::new(&mut print, chunk, verified, &unit.region, state).block(range)?;
    }
    text.push_str(&print.text);
    Ok(())
}

/// The back end that prints.
struct Print<'a> {
    text: String,
    slots: Vec<u16>,
    heads: &'a [Option<State<()>>],
    n_values: usize,
    n_labels: usize,
    n_exits: usize,
    watch: bool,
}

/// A numbered value.
#[derive(Debug, Clone, Copy)]
struct Num(usize);

impl std::fmt::Display for Num {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "v{}", self.0)
    }
}

fn value(abs: &Abs<Num>) -> String {
    match abs {
        Abs::Undef => "Undef".to_owned(),
        Abs::Bool(v) => format!("Bool {v}"),
        Abs::Int(v) => format!("Int {v}"),
        Abs::Float(v) => format!("Float {v}"),
        Abs::Mem => "in memory".to_owned(),
    }
}

fn place(place: Place) -> String {
    match place {
        Place::Stack(at) => format!("stack[{at}]"),
        Place::Slot(slot) => format!("slot {slot}"),
    }
}

fn kind_of(abs: &Abs<()>) -> &'static str {
    abs.kind().map_or("any", Kind::name)
}

impl Print<'_> {
    fn define(&mut self, what: std::fmt::Arguments<'_>) -> Num {
        let v = Num(self.n_values);
        self.n_values += 1;
        let _ = writeln!(self.text, "  {v} = {what}");
        v
    }

    fn line(&mut self, what: std::fmt::Arguments<'_>) {
        let _ = writeln!(self.text, "  {what}");
    }

    /// A state with fresh values.
    fn head(&mut self, head: &State<()>) -> State<Num> {
        let mut fresh = |abs: &Abs<()>| {
            let mut next = || {
                let v = Num(self.n_values);
                self.n_values += 1;
                v
            };
            match abs {
                Abs::Undef => Abs::Undef,
                Abs::Mem => Abs::Mem,
                Abs::Bool(()) => Abs::Bool(next()),
                Abs::Int(()) => Abs::Int(next()),
                Abs::Float(()) => Abs::Float(next()),
            }
        };
        let stack = head.stack.iter().map(&mut fresh).collect();
        let slots = head
            .slots
            .iter()
            .map(|slot| SlotAbs {
                abs: fresh(&slot.abs),
                dirty: slot.dirty,
            })
            .collect();
        State {
            stack,
            slots,
            min_slots: head.min_slots,
        }
    }

    fn shape(&self, state: &State<()>) -> String {
        let stack: Vec<_> = state.stack.iter().map(kind_of).collect();
        let slots: Vec<_> = state
            .slots
            .iter()
            .zip(&self.slots)
            .map(|(slot, number)| format!("slot {number}: {}", kind_of(&slot.abs)))
            .collect();
        format!("stack [{}]  {}", stack.join(", "), slots.join(", "))
    }

    fn state(&self, state: &State<Num>) -> String {
        let stack: Vec<_> = state.stack.iter().map(value).collect();
        let slots: Vec<_> = state
            .slots
            .iter()
            .zip(&self.slots)
            .map(|(slot, number)| {
                let dirty = if slot.dirty { "*" } else { "" };
                format!("slot {number} = {}{dirty}", value(&slot.abs))
            })
            .collect();
        format!("stack [{}]  {}", stack.join(", "), slots.join(", "))
    }
}

impl Emit for Print<'_> {
    type V = Num;
    type Label = usize;

    fn int(&mut self, n: i64) -> Num {
        self.define(format_args!("{n}"))
    }
    fn float(&mut self, x: f64) -> Num {
        self.define(format_args!("{x:?}"))
    }
    fn bool(&mut self, b: bool) -> Num {
        self.define(format_args!("{b}"))
    }
    fn int_op(&mut self, op: IntOp, a: Num, b: Num) -> Num {
        self.define(format_args!("int {op:?} {a}, {b}"))
    }
    fn int_abs(&mut self, a: Num) -> Num {
        self.define(format_args!("int Abs {a}"))
    }
    fn float_op(&mut self, op: FloatOp, a: Num, b: Num) -> Num {
        self.define(format_args!("float {op:?} {a}, {b}"))
    }
    fn float_unary(&mut self, op: FloatUnary, a: Num) -> Num {
        self.define(format_args!("float {op:?} {a}"))
    }
    fn int_cmp(&mut self, cmp: Cmp, a: Num, b: Num) -> Num {
        self.define(format_args!("int {cmp:?} {a}, {b}"))
    }
    fn float_cmp(&mut self, cmp: Cmp, a: Num, b: Num) -> Num {
        self.define(format_args!("float {cmp:?} {a}, {b}"))
    }
    fn bool_and(&mut self, a: Num, b: Num) -> Num {
        self.define(format_args!("{a} and {b}"))
    }
    fn bool_or(&mut self, a: Num, b: Num) -> Num {
        self.define(format_args!("{a} or {b}"))
    }
    fn bool_not(&mut self, a: Num) -> Num {
        self.define(format_args!("not {a}"))
    }
    fn select(&mut self, cond: Num, a: Num, b: Num) -> Num {
        self.define(format_args!("if {cond} then {a} else {b}"))
    }
    fn bool_to_int(&mut self, a: Num) -> Num {
        self.define(format_args!("int of bool {a}"))
    }
    fn int_to_float(&mut self, a: Num) -> Num {
        self.define(format_args!("float of int {a}"))
    }
    fn float_to_int(&mut self, a: Num) -> Num {
        self.define(format_args!("int of float {a}"))
    }
    fn call(&mut self, function: Pure, args: &[Num]) -> Num {
        let args: Vec<_> = args.iter().map(Num::to_string).collect();
        self.define(format_args!("{function:?}({})", args.join(", ")))
    }
    fn is_kind(&mut self, at: Place, kind: Kind) -> Num {
        self.define(format_args!("{} is {}", place(at), kind.name()))
    }
    fn load(&mut self, at: Place, kind: Kind) -> Abs<Num> {
        match kind {
            Kind::Undef => Abs::Undef,
            Kind::Bool => Abs::Bool(self.define(format_args!("load Bool {}", place(at)))),
            Kind::Int => Abs::Int(self.define(format_args!("load Int {}", place(at)))),
            Kind::Float => Abs::Float(self.define(format_args!("load Float {}", place(at)))),
            _ => Abs::Mem,
        }
    }
    fn store(&mut self, at: Place, abs: Abs<Num>) {
        self.line(format_args!("{} := {}", place(at), value(&abs)));
    }
    fn mem_to_int(&mut self, at: Place) -> Num {
        self.define(format_args!("int of {}", place(at)))
    }
    fn mem_to_float(&mut self, at: Place) -> Num {
        self.define(format_args!("float of {}", place(at)))
    }
    fn mem_truth(&mut self, at: Place) -> Num {
        self.define(format_args!("truth of {}", place(at)))
    }
    fn drop_mem(&mut self, at: Place) {
        self.line(format_args!("drop {}", place(at)));
    }
    fn move_mem(&mut self, moves: &[(Place, Place)]) {
        for (from, to) in moves {
            self.line(format_args!("move {} to {}", place(*from), place(*to)));
        }
    }
    fn clone_mem(&mut self, from: Place, to: Place) -> Num {
        self.define(format_args!(
            "refused to clone {} to {}",
            place(from),
            place(to)
        ))
    }
    fn grow_slots(&mut self, n: usize) {
        self.line(format_args!("at least {n} slots"));
    }
    fn step(&mut self, ip: usize, depth: usize, after: usize, _: &State<Num>) {
        self.line(format_args!("interpret op {ip}, stack {depth} to {after}"));
    }
    fn extended(&mut self, id: u16, arg: u8, operands: &[Num]) -> Option<Vec<Num>> {
        let effect = extension::effect_of(id, arg)?;
        let operands: Vec<_> = operands.iter().map(ToString::to_string).collect();
        self.line(format_args!(
            "extended {id} {arg} ({})",
            operands.join(", ")
        ));
        let mut results = Vec::new();
        for at in 0..effect.pushes {
            results.push(self.define(format_args!("result {at}")));
        }
        Some(results)
    }

    fn branch(&mut self, cond: Num) -> (usize, usize) {
        let labels = (self.n_labels, self.n_labels + 1);
        self.n_labels += 2;
        self.line(format_args!(
            "if {cond} go to L{} else L{}",
            labels.0, labels.1
        ));
        labels
    }
    fn start(&mut self, label: usize) {
        let _ = writeln!(self.text, " L{label}:");
    }
    fn join(&mut self, label: usize) {
        self.line(format_args!("go to L{label}"));
        self.start(label);
    }
    fn goto(&mut self, block: usize, state: &State<Num>) {
        let to_memory = self.heads[block].as_ref().map_or(0, |head| {
            let stack = state.stack.iter().zip(&head.stack);
            stack
                .filter(|(from, to)| to.is_mem() && !from.is_mem())
                .count()
                + state
                    .slots
                    .iter()
                    .zip(&head.slots)
                    .filter(|(from, to)| to.abs.is_mem() && from.dirty)
                    .count()
        });
        let state = self.state(state);
        self.line(format_args!(
            "go to block {block}  {state}  ({to_memory} to memory)"
        ));
    }
    fn exit(&mut self, kind: ExitKind, _: usize, ip: usize, state: &State<Num>) {
        let state = self.state(state);
        let number = self.n_exits;
        self.n_exits += 1;
        self.line(format_args!(
            "exit {number} ({kind:?}), resume at op {ip}  {state}"
        ));
    }
    fn back_edge(&mut self, ip: usize, _: bool, before: &State<Num>) {
        if self.watch {
            let state = self.state(before);
            let number = self.n_exits;
            self.n_exits += 1;
            self.line(format_args!(
                "charge, or exit {number} (Watch), resume at op {ip}  {state}"
            ));
        }
    }
}
