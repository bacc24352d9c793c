//! The comments of a case file: what it needs, and what it must do.
//!
//! The comment lines at the top of a file are its header. The first paragraph says in words
//! why the file exists. Every later line is a directive, `; name: value`, or a row of the
//! table that the directive `each` began. [`DIRECTIVES`] is the only list of directives;
//! whatever is not on it is an error, so that a mistyped expectation cannot pass unnoticed.

use super::table::Table;
use crate::case::{Case, Hosts};
use crate::outcome::Ending;
use crate::subject::Subject;
use crate::subjects;
use crate::values::Reader;
use fusevm::jit::TierName;
use fusevm::{Chunk, Limits, Value};
use std::fmt;

/// One directive: how it is written, what it means and how it is read.
#[derive(Debug)]
pub struct Directive {
    /// Its name, in front of the colon.
    pub name: &'static str,
    /// What its value looks like.
    pub form: &'static str,
    /// What it means.
    pub meaning: &'static str,
    read: fn(&mut Directives, &mut Reader<'_>) -> Result<(), String>,
}

macro_rules! directives {
    ($($name:literal, $form:literal, $meaning:literal, $read:expr;)*) => {
        /// Every directive there is.
        pub const DIRECTIVES: &[Directive] = &[$( Directive {
            name: $name,
            form: $form,
            meaning: $meaning,
            read: $read,
        } ),*];
    };
}

directives! {
    "subjects", "all, or names", "the subjects that run it besides `interp`; all when absent",
        |d, r| { d.subjects = subject_list(r)?; Ok(()) };
    "init slots", "[value, ..]", "slots of the root frame before the run",
        |d, r| { d.setup.slots = r.list()?; Ok(()) };
    "init stack", "[value, ..]", "values on the stack before the run, bottom first",
        |d, r| { d.setup.stack = r.list()?; Ok(()) };
    "init globals", "[value, ..] or name = value, ..", "globals before the run",
        |d, r| { d.setup.globals = globals(r)?; Ok(()) };
    "stdin", "\"text\"", "what `ReadLine` reads",
        |d, r| { d.setup.stdin = r.string()?; Ok(()) };
    "input", "\"text\"", "another word for `stdin`",
        |d, r| { d.setup.stdin = r.string()?; Ok(()) };
    "handlers", "on", "installs the scripted builtins and extension handlers",
        |d, r| { d.setup.handlers = true; r.expect("on") };
    "host", "shell awk, or system", "installs scripted hosts, or lets the shell ops do as without one",
        |d, r| hosts(&mut d.setup.hosts, r);
    "limits", "name = number, ..", "limits of the run",
        |d, r| limits(&mut d.setup.limits, r);
    "runs", "number", "how often it is run, each time on a fresh VM",
        |d, r| { d.setup.runs = r.parse("a number of runs")?; Ok(()) };
    "schedule", "number", "from which the subject `schedule` draws; code is optimised in one of four",
        |d, r| { d.setup.schedule = r.parse("the number of a schedule")?; Ok(()) };
    "fuel", "number, or number -> number", "fuel before the run, and what must be left of it",
        fuel;
    "result", "value, `halted` or `error \"text\"`", "how the run must end",
        |d, r| { d.expected.result = Some(ending(r)?); Ok(()) };
    "output", "\"text\"", "what it must write, completely",
        |d, r| { d.expected.output = Some(r.string()?); Ok(()) };
    "stack", "[value, ..]", "what must be left on the stack, bottom first",
        |d, r| { d.expected.stack = Some(r.list()?); Ok(()) };
    "slots", "[value, ..]", "the slots that the root frame must be left with",
        |d, r| { d.expected.slots = Some(r.list()?); Ok(()) };
    "globals", "[value, ..] or name = value, ..", "all globals that must be left, or some",
        |d, r| { d.expected.globals = Some(globals(r)?); Ok(()) };
    "status", "number", "the last status that must be left",
        |d, r| { d.expected.status = Some(r.parse("a 32-bit status")?); Ok(()) };
    "signal", "number", "the code of the `AwkSignal` that must have ended the run",
        |d, r| { d.expected.signal = Some(r.parse("a code from 0 to 255")?); Ok(()) };
    "log", "[\"text\", ..]", "calls of handlers: how each entry of the log must begin",
        |d, r| { d.expected.log = Some(strings(r)?); Ok(()) };
    "native", "subjects", "subjects that must not decline: their native code must have run",
        |d, r| { d.native = subject_list(r)?; Ok(()) };
    "declines", "subject reason, ..", "subjects that must decline, each for this reason",
        declines;
    "counts", "tier.counter = number, ..", "what tiers must have counted; also <= and >=",
        counts;
    "snapshot", "subjects", "what these subjects compiled, as text to review",
        |d, r| { d.snapshots = subject_list(r)?; Ok(()) };
    "each", "op {a}; op {b}; ..", "one program per row below: `cell cell -> result`",
        |d, r| { d.each = Some(Table::new(r.rest())?); *r = Reader::new(""); Ok(()) };
}

/// What the comments of a case file say.
#[derive(Debug)]
pub struct Directives {
    /// Why the file exists.
    pub description: String,
    /// Who runs it, besides the reference.
    pub subjects: Vec<&'static dyn Subject>,
    /// Subjects that must not decline.
    pub native: Vec<&'static dyn Subject>,
    /// Subjects that must decline, and why.
    pub declines: Vec<(&'static dyn Subject, String)>,
    /// What tiers must have counted.
    pub counts: Vec<Count>,
    /// Subjects whose compiled code is to be reviewed.
    pub snapshots: Vec<&'static dyn Subject>,
    /// What must come out.
    pub expected: Expected,
    pub(super) setup: Setup,
    pub(super) each: Option<Table>,
}

impl Directives {
    /// Fails unless the file says why it exists and what it expects.
    pub(super) fn complete(&self) -> Result<(), String> {
        if self.description.is_empty() {
            return Err("line 1: a case file begins with a comment that says why it exists".into());
        }
        match &self.each {
            Some(table) if table.is_empty() => Err(
                "the table of `each` has no rows; write them below it as `;   cell cell -> result`"
                    .to_owned(),
            ),
            None if self.expected.is_empty() => Err(
                "nothing is expected of this case; say at least `; result: ..` in its header"
                    .to_owned(),
            ),
            _ => Ok(()),
        }
    }
}

/// The state in which a program starts.
#[derive(Debug, Clone, Default)]
pub(super) struct Setup {
    slots: Vec<Value>,
    stack: Vec<Value>,
    globals: Globals,
    stdin: String,
    handlers: bool,
    hosts: Hosts,
    limits: Limits,
    fuel: Option<u64>,
    runs: u32,
    schedule: u32,
}

/// Globals by position or by name.
#[derive(Debug, Clone)]
pub enum Globals {
    /// All of them, by position.
    All(Vec<Value>),
    /// Some of them, by name.
    Named(Vec<(String, Value)>),
}

impl Default for Globals {
    fn default() -> Globals {
        Globals::Named(Vec::new())
    }
}

/// What a program must do; a field that is absent may be anything.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// How the run ends.
    pub result: Option<Ending>,
    /// What is written.
    pub output: Option<String>,
    /// What is left on the stack.
    pub stack: Option<Vec<Value>>,
    /// What is left in the slots of the root frame.
    pub slots: Option<Vec<Value>>,
    /// What is left in globals.
    pub globals: Option<Globals>,
    /// The status of the last command.
    pub status: Option<i32>,
    /// The code of the last `AwkSignal`.
    pub signal: Option<u8>,
    /// How the entries of the log begin.
    pub log: Option<Vec<String>>,
    /// Fuel left.
    pub fuel: Option<u64>,
}

impl Expected {
    fn is_empty(&self) -> bool {
        matches!(
            self,
            Expected {
                result: None,
                output: None,
                stack: None,
                slots: None,
                globals: None,
                status: None,
                signal: None,
                log: None,
                fuel: None,
            }
        )
    }
}

/// A counter of a tier and what it must say.
#[derive(Debug, Clone)]
pub struct Count {
    /// The subject that runs.
    pub subject: &'static dyn Subject,
    /// The tier that counts.
    pub tier: TierName,
    /// The counter's name.
    pub counter: String,
    /// How it must compare with `number`.
    pub relation: Relation,
    /// The number.
    pub number: u64,
}

/// How a counter must compare with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Relation {
    Equal,
    AtMost,
    AtLeast,
}

impl Relation {
    /// Whether `left` and `right` are related like this.
    pub fn holds(self, left: u64, right: u64) -> bool {
        match self {
            Relation::Equal => left == right,
            Relation::AtMost => left <= right,
            Relation::AtLeast => left >= right,
        }
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Relation::Equal => "=",
            Relation::AtMost => "<=",
            Relation::AtLeast => ">=",
        })
    }
}

impl Setup {
    /// The case that runs `chunk` in this state.
    pub(super) fn case(&self, chunk: Chunk) -> Result<Case, String> {
        Ok(Case {
            globals: self.globals.by_position(&chunk)?,
            chunk,
            slots: self.slots.clone(),
            stack: self.stack.clone(),
            stdin: self.stdin.clone(),
            handlers: self.handlers,
            hosts: self.hosts,
            fuel: self.fuel,
            limits: self.limits,
            runs: self.runs,
            schedule: self.schedule,
        })
    }
}

impl Globals {
    fn by_position(&self, chunk: &Chunk) -> Result<Vec<Value>, String> {
        match self {
            Globals::All(values) => Ok(values.clone()),
            Globals::Named(entries) => {
                let mut values = Vec::new();
                for (name, value) in entries {
                    let position = global_position(chunk, name)?;
                    if values.len() <= position {
                        values.resize(position + 1, Value::Undef);
                    }
                    values[position] = value.clone();
                }
                Ok(values)
            }
        }
    }
}

/// Where the global with this name is.
pub(super) fn global_position(chunk: &Chunk, name: &str) -> Result<usize, String> {
    chunk
        .names
        .iter()
        .position(|known| known == name)
        .ok_or_else(|| {
            format!(
                "no global `{name}`; the program names: {}",
                chunk.names.join(", ")
            )
        })
}

/// Reads the header of a case file.
///
/// # Errors
/// The first mistake, with its line.
pub(super) fn parse(text: &str) -> Result<Directives, String> {
    let mut directives = Directives {
        description: String::new(),
        subjects: subjects::all(),
        native: Vec::new(),
        declines: Vec::new(),
        counts: Vec::new(),
        snapshots: Vec::new(),
        expected: Expected::default(),
        setup: Setup::default(),
        each: None,
    };
    let header: Vec<(usize, &str)> = text
        .lines()
        .zip(1..)
        .map_while(|(line, number)| Some((number, line.strip_prefix(';')?)))
        .collect();
    let n_described = header
        .iter()
        .position(|(_, line)| line.trim().is_empty() || directive_of(line).is_some())
        .unwrap_or(header.len());
    let (described, directed) = header.split_at(n_described);
    let words: Vec<_> = described.iter().map(|(_, line)| line.trim()).collect();
    directives.description = words.join(" ");
    for (number, line) in directed {
        read_line(&mut directives, *number, line)
            .map_err(|error| format!("line {number}: {error}"))?;
    }
    Ok(directives)
}

/// Reads a line behind the description.
fn read_line(directives: &mut Directives, number: usize, line: &str) -> Result<(), String> {
    if line.trim().is_empty() {
        return Ok(());
    }
    if let Some((directive, value)) = directive_of(line) {
        let mut reader = Reader::new(value);
        return (directive.read)(directives, &mut reader)
            .and_then(|()| reader.end())
            .map_err(|error| format!("`{}` takes {}: {error}", directive.name, directive.form));
    }
    match &mut directives.each {
        Some(table) if line.contains("->") => table.add_row(number, line),
        _ => {
            let names: Vec<_> = DIRECTIVES.iter().map(|d| d.name).collect();
            Err(format!(
                "`{}` is no directive; there are: {}. Words about the case belong in its first \
                 paragraph",
                line.trim(),
                names.join(", ")
            ))
        }
    }
}

/// The directive that a line of the header is, with its value.
fn directive_of(line: &str) -> Option<(&'static Directive, &str)> {
    let (name, value) = line.split_once(':')?;
    let directive = DIRECTIVES.iter().find(|d| d.name == name.trim())?;
    Some((directive, value))
}

/// How a run ended: a value, `halted` or `error "text"`.
pub(super) fn ending(reader: &mut Reader<'_>) -> Result<Ending, String> {
    if reader.eat("halted") {
        return Ok(Ending::Halted);
    }
    if reader.eat("error") {
        return Ok(Ending::Error(reader.string()?));
    }
    reader.value().map(Ending::Value)
}

/// Reads `item, item, ..` up to the end of the line.
fn separated<T>(
    reader: &mut Reader<'_>,
    mut item: impl FnMut(&mut Reader<'_>) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    let mut items = vec![item(reader)?];
    while reader.eat(",") {
        items.push(item(reader)?);
    }
    Ok(items)
}

fn subject_list(reader: &mut Reader<'_>) -> Result<Vec<&'static dyn Subject>, String> {
    let names = separated(reader, |reader| Ok(reader.word().to_owned()))?;
    subjects::by_names(names.iter().map(String::as_str))
}

fn strings(reader: &mut Reader<'_>) -> Result<Vec<String>, String> {
    reader.expect("[")?;
    if reader.eat("]") {
        return Ok(Vec::new());
    }
    let texts = separated(reader, |reader| reader.string())?;
    reader.expect("]")?;
    Ok(texts)
}

fn globals(reader: &mut Reader<'_>) -> Result<Globals, String> {
    if reader.rest().starts_with('[') {
        return reader.list().map(Globals::All);
    }
    let entry = |reader: &mut Reader<'_>| {
        let name = match reader.rest().starts_with('"') {
            true => reader.string()?,
            false => reader.word().to_owned(),
        };
        reader.expect("=")?;
        Ok((name, reader.value()?))
    };
    separated(reader, entry).map(Globals::Named)
}

fn fuel(directives: &mut Directives, reader: &mut Reader<'_>) -> Result<(), String> {
    directives.setup.fuel = Some(reader.parse("a number")?);
    if reader.eat("->") {
        directives.expected.fuel = Some(reader.parse("a number")?);
    }
    Ok(())
}

fn hosts(hosts: &mut Hosts, reader: &mut Reader<'_>) -> Result<(), String> {
    loop {
        let name = reader.word();
        let mut known = hosts.by_name();
        match known.iter_mut().find(|(host, _)| *host == name) {
            Some((_, installed)) => **installed = true,
            None => {
                let known = known.map(|(host, _)| host);
                return Err(format!("no host `{name}`; there are: {}", known.join(", ")));
            }
        }
        if reader.is_empty() {
            return Ok(());
        }
    }
}

fn limits(limits: &mut Limits, reader: &mut Reader<'_>) -> Result<(), String> {
    separated(reader, |reader| {
        let name = reader.word();
        let known: Vec<_> = limit_fields(limits).iter().map(|(name, _)| *name).collect();
        reader.expect("=")?;
        let number = reader.parse("a number")?;
        limit_fields(limits)
            .into_iter()
            .find(|(field, _)| *field == name)
            .map(|(_, limit)| *limit = number)
            .ok_or_else(|| format!("no limit `{name}`; there are: {}", known.join(", ")))
    })
    .map(|_| ())
}

/// The limits of a run, by the names of their fields.
pub(super) fn limit_fields(limits: &mut Limits) -> Vec<(&'static str, &mut usize)> {
    vec![
        ("value_stack", &mut limits.value_stack),
        ("call_frames", &mut limits.call_frames),
        ("collection_size", &mut limits.collection_size),
        ("string_size", &mut limits.string_size),
        ("value_nesting", &mut limits.value_nesting),
        ("memory", &mut limits.memory),
    ]
}

fn declines(directives: &mut Directives, reader: &mut Reader<'_>) -> Result<(), String> {
    for part in reader.rest().split(',') {
        let (name, reason) = part
            .trim()
            .split_once(' ')
            .ok_or_else(|| format!("`{}` gives no reason", part.trim()))?;
        let subject = subjects::by_names([name])?.remove(0);
        directives
            .declines
            .push((subject, reason.trim().to_owned()));
    }
    *reader = Reader::new("");
    Ok(())
}

fn counts(directives: &mut Directives, reader: &mut Reader<'_>) -> Result<(), String> {
    directives.counts = separated(reader, |reader| {
        let path = reader.word();
        let parts: Vec<_> = path.split('.').collect();
        let (subject, tier, counter) = match parts[..] {
            [tier, counter] => (tier, tier, counter),
            [subject, tier, counter] => (subject, tier, counter),
            _ => {
                return Err(format!(
                    "`{path}` is not `tier.counter` or `auto.tier.counter`"
                ));
            }
        };
        let tier = TierName::ALL
            .into_iter()
            .find(|name| name.as_str() == tier)
            .ok_or_else(|| format!("no tier `{tier}`; there are: linear, block, trace"))?;
        let relation = match () {
            () if reader.eat("<=") => Relation::AtMost,
            () if reader.eat(">=") => Relation::AtLeast,
            () => reader.expect("=").map(|()| Relation::Equal)?,
        };
        Ok(Count {
            subject: subjects::by_names([subject])?.remove(0),
            tier,
            counter: known_counter(counter)?,
            relation,
            number: reader.parse("a number")?,
        })
    })?;
    Ok(())
}

fn known_counter(name: &str) -> Result<String, String> {
    let stats = fusevm::jit::TierStats::default();
    match crate::subject::counters(&stats)
        .iter()
        .any(|(known, _)| *known == name)
    {
        true => Ok(name.to_owned()),
        false => {
            let known: Vec<_> = crate::subject::counters(&stats)
                .iter()
                .map(|(name, _)| *name)
                .collect();
            Err(format!(
                "no counter `{name}`; there are: {}",
                known.join(", ")
            ))
        }
    }
}
