//! Builtins, extension handlers, hosts and a clock that follow a script, and a log of the
//! calls.
//!
//! A native tier has to hand a VM to a handler as the interpreter would have left it, and to
//! notice whatever the handler does to it. So every handler here logs what it sees (its
//! arguments, `ip`, heights, the slots of the top frame), and each number does one thing to
//! the VM that is easy to forget. What they push is bounded in size: a loop around a handler
//! cannot exhaust memory.
//!
//! The numbers are listed at [`BUILTINS`], [`EXTENSIONS`] and [`extension::COMPILED`]. The log belongs to the thread:
//! [`start`] clears it, [`take_log`] takes it.
//!
//! A host sees no VM: what it logs is its arguments. `shell` and `awk` hold one host each;
//! what they answer is listed at [`shell::SHELL`] and [`awk::AWK`].

pub mod awk;
pub mod extension;
pub mod shell;

use crate::case::Case;
use crate::values::{clip, render_list};
use fusevm::vm::BuiltinHandler;
use fusevm::{Frame, Op, VM, Value, set_awk_field_num_hook};
use std::cell::RefCell;
use std::io::{self, Write};
use std::time::{Duration, SystemTime};

/// What each builtin does, by its number; numbers from here up are not registered.
///
/// Unless it says otherwise a builtin pops its `argc` arguments.
pub const BUILTINS: [&str; 18] = [
    "returns the sum of its arguments as an Int",
    "returns its arguments joined as a Str",
    "returns its arguments as an Array",
    "pops one value more than argc and returns argc",
    "pops nothing and returns the height of the stack",
    "pushes Int(5) besides returning true",
    "requests a halt and returns Status(6)",
    "stores its first argument in slot argc of the top frame and returns Undef",
    "stores its first argument in global argc, when it exists, and returns Undef",
    "makes the value below its arguments, if there is one, a Str and returns Undef",
    "skips the next op and returns Int(10)",
    "clears the stack and returns Int(11)",
    "returns a value of another kind at every call",
    "makes slot 0 of the top frame a Str and returns its argument",
    "sets the last status to argc and returns it",
    "removes the slots of the top frame and returns how many there were",
    "exchanges the program for one with the last bit of each LoadInt inverted and returns argc",
    "requests an interruption and returns argc",
];

/// The builtin that exchanges the program while it runs.
const EXCHANGES_PROGRAM: u16 = 16;

/// Whether a handler of this case may exchange the program.
pub fn exchanges_program(case: &Case) -> bool {
    calls(case, EXCHANGES_PROGRAM)
}

/// The builtin that requests an interruption.
const INTERRUPTS: u16 = 17;

/// Whether a handler of this case may request an interruption.
pub fn interrupts(case: &Case) -> bool {
    calls(case, INTERRUPTS)
}

/// Whether a case has an op that calls a builtin, and the builtin.
fn calls(case: &Case, builtin: u16) -> bool {
    let calls = |op: &Op| matches!(*op, Op::CallBuiltin(id, _) if id == builtin);
    case.handlers && case.chunk.ops.iter().any(calls)
}

/// What each extension op does, by its number modulo 10; `n` is its argument or payload.
pub const EXTENSIONS: [&str; 10] = [
    "nothing",
    "pushes Int(n)",
    "pops a value",
    "stores the popped value in slot n % 8 of the top frame",
    "adds n to the top of the stack as an Int",
    "skips the next op",
    "requests a halt",
    "opens a scope frame with one slot",
    "stores Float(n) in global n % 4, when it exists",
    "pushes the slots of the top frame as an Array",
];

/// Calls that the log shows; the others are only counted.
const MAX_LOG: usize = 2000;
/// Characters of one logged list of values.
const MAX_ENTRY: usize = 300;
/// Bytes of a text, and scalars of an array, that a builtin returns.
const MAX_RESULT: usize = 512;

#[derive(Default)]
struct Script {
    log: Vec<String>,
    calls: u64,
    clock_reads: u64,
    /// Whether an interruption was requested that nobody took.
    interrupted: bool,
}

thread_local! {
    static SCRIPT: RefCell<Script> = RefCell::default();
}

/// Starts the script of this thread anew.
pub fn start() {
    SCRIPT.take();
}

/// Whether a handler has requested an interruption; takes it. For evaluators that do not ask
/// the handle of a VM.
pub fn take_interruption() -> bool {
    SCRIPT.with_borrow_mut(|script| std::mem::take(&mut script.interrupted))
}

/// The log since [`start`].
pub fn take_log() -> Vec<String> {
    let mut script = SCRIPT.take();
    let unseen = script.calls.saturating_sub(script.log.len() as u64);
    if unseen > 0 {
        script.log.push(format!("and {unseen} more calls"));
    }
    script.log
}

/// A clock that goes on by a second whenever it is read, so that readings are repeatable
/// and a reading too many shows.
pub(crate) fn clock() -> SystemTime {
    const START: Duration = Duration::from_secs(1_000_000_000);
    let reads = SCRIPT.with_borrow_mut(|script| {
        script.clock_reads += 1;
        script.clock_reads
    });
    SystemTime::UNIX_EPOCH + START + Duration::from_secs(reads)
}

/// Installs the handlers and hosts that `case` asks for.
pub(crate) fn install(vm: &mut VM, case: &Case) {
    if case.handlers {
        install_handlers(vm);
    } else if extension::is_in(&case.chunk) {
        vm.set_extension_handler(Box::new(extended_compiled));
    }
    extension::register();
    if case.has_shell_host() {
        vm.set_shell_host(Box::new(shell::Shell));
    }
    if case.hosts.awk {
        vm.set_awk_host(Box::new(awk::Awk));
    }
    let field_hook: extern "C" fn(i64) -> f64 = awk::field_num;
    set_awk_field_num_hook(case.hosts.awk.then_some(field_hook));
    vm.set_warnings(Box::new(Warnings::default()));
}

/// Logs every line that is written to it.
#[derive(Default)]
struct Warnings(Vec<u8>);

impl Write for Warnings {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        if let Some(line) = self.0.strip_suffix(b"\n") {
            warn(&String::from_utf8_lossy(line));
            self.0.clear();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Logs a warning, a line without its end.
pub(crate) fn warn(line: &str) {
    record(|| format!("warning {line}"));
}

/// What the hook of `AwkGetFieldNum` answers, which is installed together with the AWK host.
pub(crate) fn field_num(field: i64) -> f64 {
    awk::field_num(field)
}

/// Registers every builtin and both extension handlers.
fn install_handlers(vm: &mut VM) {
    for (id, handler) in (0..).zip(BUILTIN_HANDLERS) {
        vm.register_builtin(id, handler);
    }
    vm.set_extension_handler(Box::new(extended_narrow));
    vm.set_extension_wide_handler(Box::new(extended_wide));
}

/// The builtins, by their numbers: [`BUILTINS`] says what they do.
pub const BUILTIN_HANDLERS: [BuiltinHandler; BUILTINS.len()] = [
    builtin::<0>,
    builtin::<1>,
    builtin::<2>,
    builtin::<3>,
    builtin::<4>,
    builtin::<5>,
    builtin::<6>,
    builtin::<7>,
    builtin::<8>,
    builtin::<9>,
    builtin::<10>,
    builtin::<11>,
    builtin::<12>,
    builtin::<13>,
    builtin::<14>,
    builtin::<15>,
    builtin::<16>,
    builtin::<17>,
];

/// The handler of extension ops.
pub fn extended_narrow(vm: &mut VM, id: u16, arg: u8) {
    match extension::op_of(id) {
        Some(op) => extension::run(vm, op, arg),
        None => extended(vm, "extended", id, u64::from(arg)),
    }
}

/// The handler of a case without handlers: the ops that are compiled work all the same.
pub(crate) fn extended_compiled(vm: &mut VM, id: u16, arg: u8) {
    if let Some(op) = extension::op_of(id) {
        extension::run(vm, op, arg);
    }
}

/// The handler of wide extension ops.
pub fn extended_wide(vm: &mut VM, id: u16, payload: usize) {
    extended(vm, "extended wide", id, payload as u64);
}

/// Logs a call of a handler and what it sees; returns its number, from 0.
fn log(vm: &VM, call: impl FnOnce() -> String) -> u64 {
    record(|| {
        let slots = vm.frames.last().map_or(&[][..], |frame| &frame.slots);
        format!(
            "{} at ip {}, stack {}, frames {}, slots {}",
            call(),
            vm.ip,
            vm.stack.len(),
            vm.frames.len(),
            clip(&render_list(slots), MAX_ENTRY)
        )
    })
}

/// Logs a call; returns its number, from 0.
fn record(call: impl FnOnce() -> String) -> u64 {
    let number = SCRIPT.with_borrow(|script| script.calls);
    let entry = (number < MAX_LOG as u64).then(call);
    SCRIPT.with_borrow_mut(|script| {
        script.calls += 1;
        script.log.extend(entry);
    });
    number
}

fn builtin<const ID: u16>(vm: &mut VM, argc: u8) -> Value {
    let height = vm.stack.len();
    let argc = usize::from(argc);
    let n_args = argc.min(height);
    let call = log(vm, || {
        let args = render_list(&vm.stack[height - n_args..]);
        format!("builtin {ID}(argc={argc}, args={})", clip(&args, MAX_ENTRY))
    });
    if ID == 4 {
        return Value::Int(height as i64);
    }
    let args = vm.stack.split_off(height - n_args);
    let first = args.first().cloned().unwrap_or_default();
    match ID {
        0 => Value::Int(
            args.iter()
                .fold(0, |sum: i64, arg| sum.wrapping_add(arg.to_int())),
        ),
        1 => joined(&args),
        2 if args.iter().map(size).sum::<usize>() <= MAX_RESULT => Value::Array(args),
        3 => {
            vm.pop();
            Value::Int(argc as i64)
        }
        5 => {
            vm.push(Value::Int(5));
            Value::Bool(true)
        }
        6 => {
            vm.request_halt();
            Value::Status(6)
        }
        7 => {
            vm.set_slot(argc as u16, first);
            Value::Undef
        }
        8 => {
            if let Some(global) = vm.globals.get_mut(argc) {
                *global = first;
            }
            Value::Undef
        }
        9 => {
            if let Some(below) = vm.stack.last_mut() {
                *below = Value::str("below");
            }
            Value::Undef
        }
        10 => {
            vm.ip += 1;
            Value::Int(10)
        }
        11 => {
            vm.stack.clear();
            Value::Int(11)
        }
        12 => value_of_changing_kind(call),
        13 => {
            vm.set_slot(0, Value::str("slot"));
            first
        }
        14 => {
            vm.last_status = argc as i32;
            Value::Status(argc as i32)
        }
        15 => {
            let slots = vm
                .frames
                .last_mut()
                .map(|frame| std::mem::take(&mut frame.slots));
            Value::Int(slots.map_or(-1, |slots| slots.len() as i64))
        }
        EXCHANGES_PROGRAM => {
            let mut program = vm.chunk.clone();
            for op in &mut program.ops {
                if let Op::LoadInt(n) = op {
                    *n ^= 1;
                }
            }
            vm.chunk = program;
            Value::Int(argc as i64)
        }
        INTERRUPTS => {
            vm.interrupt_handle().interrupt();
            SCRIPT.with_borrow_mut(|script| script.interrupted = true);
            Value::Int(argc as i64)
        }
        _ => Value::Undef,
    }
}

/// The texts of the arguments behind each other, up to [`MAX_RESULT`] bytes.
fn joined(args: &[Value]) -> Value {
    let mut text = String::new();
    for arg in args {
        match arg {
            Value::Array(_) | Value::Hash(_) => text.push_str("(collection)"),
            scalar => text.push_str(&scalar.as_str_cow()),
        }
        if text.len() > MAX_RESULT {
            let end = (0..=MAX_RESULT).rev().find(|at| text.is_char_boundary(*at));
            text.truncate(end.unwrap_or(0));
        }
    }
    Value::str(text)
}

/// Scalars and bytes that a value holds, collections inside it included.
fn size(value: &Value) -> usize {
    match value {
        Value::Str(text) => 1 + text.len(),
        Value::Array(elements) => elements.iter().fold(1, |sum, v| sum + size(v)),
        Value::Hash(map) => map.iter().fold(1, |sum, (k, v)| sum + k.len() + size(v)),
        Value::Ref(target) => 1 + size(target),
        _ => 1,
    }
}

fn value_of_changing_kind(call: u64) -> Value {
    match call % 6 {
        0 => Value::Int(call as i64),
        1 => Value::Float(-0.0),
        2 => Value::Bool(true),
        3 => Value::str(call.to_string()),
        4 => Value::Undef,
        _ => Value::Float(f64::NAN),
    }
}

fn extended(vm: &mut VM, name: &str, id: u16, n: u64) {
    log(vm, || format!("{name} {id}({n})"));
    match id % 10 {
        1 => vm.push(Value::Int(n as i64)),
        2 => {
            vm.pop();
        }
        3 => {
            let value = vm.pop();
            vm.set_slot((n % 8) as u16, value);
        }
        4 => {
            let sum = vm.pop().to_int().wrapping_add(n as i64);
            vm.push(Value::Int(sum));
        }
        5 => vm.ip += 1,
        6 => vm.request_halt(),
        7 => vm.frames.push(Frame {
            return_ip: Frame::SCOPE,
            stack_base: vm.stack.len(),
            slots: vec![Value::Int(n as i64)],
        }),
        8 => {
            if let Some(global) = vm.globals.get_mut((n % 4) as usize) {
                *global = Value::Float(n as f64);
            }
        }
        9 => {
            let slots = vm
                .frames
                .last()
                .map(|frame| frame.slots.clone())
                .unwrap_or_default();
            if slots.iter().map(size).sum::<usize>() <= MAX_RESULT {
                vm.push(Value::Array(slots));
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fusevm::Chunk;

    fn vm(stack: Vec<Value>) -> VM {
        start();
        let mut vm = VM::new(Chunk::new());
        vm.stack = stack;
        vm
    }

    #[test]
    fn builtins_log_what_they_see() {
        let mut vm = vm(vec![Value::Int(1), Value::Int(2), Value::Float(3.5)]);
        vm.set_slot(0, Value::Bool(true));
        assert_eq!(builtin::<0>(&mut vm, 2), Value::Int(5));
        assert_eq!(
            take_log(),
            [
                "builtin 0(argc=2, args=[Int(2), Float(3.5)]) at ip 0, stack 3, frames 1, slots [Bool(true)]"
            ]
        );
        assert_eq!(vm.stack, [Value::Int(1)]);
    }

    #[test]
    fn builtins_take_what_there_is() {
        let mut vm = vm(vec![Value::Int(1)]);
        assert_eq!(builtin::<3>(&mut vm, 200), Value::Int(200));
        assert!(vm.stack.is_empty());
    }

    #[test]
    fn results_stay_small() {
        let mut value = Value::str("a");
        let mut vm = vm(vec![]);
        for _ in 0..40 {
            vm.push(value.clone());
            vm.push(value);
            value = builtin::<1>(&mut vm, 2);
            assert!(size(&value) <= MAX_RESULT + 1);
        }
        for _ in 0..40 {
            vm.push(value.clone());
            vm.push(value);
            value = builtin::<2>(&mut vm, 2);
            assert!(size(&value) <= 2 * MAX_RESULT);
        }
    }

    #[test]
    fn the_log_is_bounded() {
        let mut vm = vm(vec![]);
        for _ in 0..MAX_LOG + 7 {
            builtin::<9>(&mut vm, 0);
        }
        let log = take_log();
        assert_eq!(log.len(), MAX_LOG + 1);
        assert_eq!(log[MAX_LOG], "and 7 more calls");
    }
}
