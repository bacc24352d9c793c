//! [`VM`]: the state of a program that runs, and the public way to it.
//!
//! Running is in `vm/run.rs`, the match over ops in `vm/dispatch.rs`. The native tiers are
//! reached through `jit/door.rs` and nothing else.

mod access;
mod awk;
mod calls;
mod collections;
mod control;
mod dispatch;
mod elements;
mod fused;
mod handlers;
mod higher_order;
mod io;
mod meter;
mod numbers;
mod operands;
mod pool;
mod quick;
mod run;
mod shell;
mod slots;
mod texts;
mod variables;

pub use io::{Input, Output};
pub use pool::VMPool;

use crate::awk_host::AwkHost;
use crate::chunk::Chunk;
use crate::error::Error;
use crate::host::ShellHost;
use crate::jit::door::VmTiers;
use crate::limits::{InterruptHandle, Limits};
use crate::value::Value;
use std::time::SystemTime;

/// Runs an extension op: the VM, the op's number and its argument.
pub type ExtensionHandler = Box<dyn FnMut(&mut VM, u16, u8) + Send>;
/// Runs a wide extension op: the VM, the op's number and its payload.
pub type ExtensionWideHandler = Box<dyn FnMut(&mut VM, u16, usize) + Send>;
/// A builtin: the VM and the number of arguments, which it pops itself.
pub type BuiltinHandler = fn(&mut VM, u8) -> Value;

/// How a run ended.
#[derive(Debug)]
pub enum VMResult {
    /// With a value: the top of the stack, or what `ReturnValue` returned from the root.
    Ok(Value),
    /// Without a value on the stack.
    Halted,
    /// With an error; `ip` is behind the op that raised it.
    Error(String),
}

/// An activation: of the root, of a sub, or of a scope.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Where `Return` continues; [`Frame::SCOPE`] in the frame of a scope.
    pub return_ip: usize,
    /// Height of the value stack below the frame's own values.
    pub stack_base: usize,
    /// Local variables; a slot past the end reads as `Undef`.
    pub slots: Vec<Value>,
}

impl Frame {
    /// The `return_ip` of a scope frame. A frame with any other `return_ip` above the
    /// bottom of the frame stack is a call frame.
    pub const SCOPE: usize = usize::MAX;

    pub(crate) fn new(return_ip: usize, stack_base: usize) -> Frame {
        Frame {
            return_ip,
            stack_base,
            slots: Vec::new(),
        }
    }
}

/// Why the dispatch loop was left.
#[derive(Debug)]
pub(crate) enum Exit {
    /// Past the last op, or halted: the result is the top of the stack.
    Finished,
    /// `ReturnValue` at the root frame.
    Returned(Value),
    /// An op raised an error.
    Failed(Error),
}

impl From<Error> for Exit {
    #[cold]
    fn from(error: Error) -> Exit {
        Exit::Failed(error)
    }
}

/// The seed of `AwkRand` in a VM that is new or was reset.
const FIRST_AWK_SEED: u64 = 1;

/// A virtual machine: one chunk, its stack, frames and globals, and what surrounds it.
pub struct VM {
    /// Value stack.
    pub stack: Vec<Value>,
    /// Frame stack; the root frame is at the bottom.
    pub frames: Vec<Frame>,
    /// Global variables, by name index.
    pub globals: Vec<Value>,
    /// Index of the next op.
    pub ip: usize,
    /// The program.
    pub chunk: Chunk,
    /// Status of the last command.
    pub last_status: i32,
    /// Answers the shell ops; without one, some of them start programs ([`crate::host`]).
    pub host: Option<Box<dyn ShellHost>>,
    /// Answers the AWK ops.
    pub awk_host: Option<Box<dyn AwkHost>>,
    pub(crate) halted: bool,
    /// The seed of `AwkRand`.
    awk_seed: u64,
    awk_signal: Option<u8>,
    pub(crate) extension: Option<ExtensionHandler>,
    pub(crate) extension_wide: Option<ExtensionWideHandler>,
    pub(crate) builtins: handlers::Builtins,
    pub(crate) limits: Limits,
    pub(crate) fuel: Option<u64>,
    pub(crate) interrupt: Option<InterruptHandle>,
    pub(crate) output: Output,
    pub(crate) input: Input,
    warnings: io::Warnings,
    pub(crate) clock: fn() -> SystemTime,
    pub(crate) blocks: Vec<higher_order::Activation>,
    pub(crate) tiers: VmTiers,
    /// A handler ran since the run started: nothing that was known of the VM still holds.
    pub(crate) touched: bool,
    /// How often the VM was reset.
    resets: u64,
    /// Runs use checked dispatch only.
    always_checked: bool,
    meter: meter::Meter,
    /// Slot vectors of frames that are gone, empty.
    spare_slots: Vec<Vec<Value>>,
}

impl VM {
    /// A VM that is about to run `chunk` from its first op.
    pub fn new(chunk: Chunk) -> VM {
        let mut globals = Vec::new();
        globals.resize_with(chunk.names.len(), Value::default);
        VM {
            stack: Vec::new(),
            frames: vec![Frame::new(0, 0)],
            globals,
            ip: 0,
            chunk,
            last_status: 0,
            host: None,
            awk_host: None,
            halted: false,
            awk_seed: FIRST_AWK_SEED,
            awk_signal: None,
            extension: None,
            extension_wide: None,
            builtins: handlers::Builtins::default(),
            limits: Limits::default(),
            fuel: None,
            interrupt: None,
            output: Output::default(),
            input: Input::default(),
            warnings: io::Warnings::default(),
            clock: SystemTime::now,
            blocks: Vec::new(),
            tiers: VmTiers::default(),
            touched: false,
            resets: 0,
            always_checked: false,
            meter: meter::Meter::default(),
            spare_slots: Vec::new(),
        }
    }

    /// Makes the VM as new for `chunk`, but keeps hosts, handlers, builtins, limits, input,
    /// output and the choice of tiers. Fuel is kept as it is.
    pub fn reset(&mut self, chunk: Chunk) {
        self.stack.clear();
        self.frames.truncate(1);
        match self.frames.first_mut() {
            Some(root) => {
                root.slots.clear();
                (root.return_ip, root.stack_base) = (0, 0);
            }
            None => self.frames.push(Frame::new(0, 0)),
        }
        self.globals.clear();
        self.globals.resize(chunk.names.len(), Value::Undef);
        self.ip = 0;
        self.chunk = chunk;
        self.last_status = 0;
        self.halted = false;
        self.awk_seed = FIRST_AWK_SEED;
        self.awk_signal = None;
        self.blocks.clear();
        if let Some(handle) = &self.interrupt {
            // It was meant for a run of the previous program.
            handle.take();
        }
        self.resets += 1;
        self.tiers.reset();
    }

    /// Pushes a value.
    pub fn push(&mut self, val: Value) {
        self.stack.push(val);
    }

    /// Pops a value; `Undef` when the stack is empty.
    pub fn pop(&mut self) -> Value {
        self.stack.pop().unwrap_or_default()
    }

    /// The top of the stack; `Undef` when it is empty.
    pub fn peek(&self) -> &Value {
        self.stack.last().unwrap_or(&Value::Undef)
    }

    /// A clone of a slot of the top frame; `Undef` when it is not there.
    pub fn get_slot(&self, slot: u16) -> Value {
        self.frames
            .last()
            .and_then(|frame| frame.slots.get(usize::from(slot)))
            .cloned()
            .unwrap_or_default()
    }

    /// Stores into a slot of the top frame, which grows with `Undef`; without a frame the
    /// value is dropped.
    pub fn set_slot(&mut self, slot: u16, val: Value) {
        if let Some(frame) = self.frames.last_mut() {
            let slot = usize::from(slot);
            if frame.slots.len() <= slot {
                frame.slots.resize(slot + 1, Value::Undef);
            }
            frame.slots[slot] = val;
        }
    }

    /// Installs the host of the shell ops, in place of the one before. [`VM::reset`] keeps it.
    pub fn set_shell_host(&mut self, host: Box<dyn ShellHost>) {
        self.host = Some(host);
    }

    /// Installs the host of the AWK ops.
    pub fn set_awk_host(&mut self, host: Box<dyn AwkHost>) {
        self.awk_host = Some(host);
    }

    /// Installs the handler of `Extended` ops. While it runs, the VM holds none.
    pub fn set_extension_handler(&mut self, h: ExtensionHandler) {
        self.extension = Some(h);
    }

    /// Installs the handler of `ExtendedWide` ops. While it runs, the VM holds none.
    pub fn set_extension_wide_handler(&mut self, h: ExtensionWideHandler) {
        self.extension_wide = Some(h);
    }

    /// Installs the builtin with number `id`.
    pub fn register_builtin(&mut self, id: u16, h: BuiltinHandler) {
        self.builtins.insert(id, h);
    }

    /// Ends the run before the next op. The flag stays set until [`VM::reset`].
    pub fn request_halt(&mut self) {
        self.halted = true;
    }

    /// Whether a halt was requested, by [`VM::request_halt`] or a `Return` at the root.
    pub fn is_halted(&self) -> bool {
        self.halted
    }

    /// The code of the last `AwkSignal` since the last run started; see
    /// [`crate::awk_builtins::signal`]. [`VM::reset`] forgets it.
    pub fn awk_signal(&self) -> Option<u8> {
        self.awk_signal
    }

    /// What a run may use.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Sets what a run may use.
    pub fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// The fuel that is left; `None` when it is not counted.
    pub fn fuel(&self) -> Option<u64> {
        self.fuel
    }

    /// Gives the VM fuel, or with `None` stops counting it. A backward branch that is
    /// taken, a call, an invocation of a block and an iteration of a fused loop cost 1
    /// each; building or copying collections and strings costs 1 per 64 elements or bytes.
    /// An op that cannot pay ends the run with `limit exceeded: fuel`.
    pub fn set_fuel(&mut self, fuel: Option<u64>) {
        self.fuel = fuel;
    }

    /// A handle that ends a run of this VM from anywhere, also the next run if there is none.
    /// It stays valid after [`VM::reset`], which forgets an interruption that is pending.
    pub fn interrupt_handle(&mut self) -> InterruptHandle {
        self.interrupt.get_or_insert_default().clone()
    }

    /// Lets ops that ask for the time ask `clock` instead of the system.
    pub fn set_clock(&mut self, clock: fn() -> SystemTime) {
        self.clock = clock;
    }

    /// Keeps runs from using what is proved of a chunk: slower, same outcomes.
    #[doc(hidden)]
    pub fn set_checked_dispatch(&mut self, on: bool) {
        self.always_checked = on;
    }

    /// Sends what `Print` and `PrintLn` write to `output` instead of standard output.
    pub fn set_output(&mut self, output: Box<dyn std::io::Write + Send>) {
        self.output = Output::to(output);
    }

    /// Sends the warnings of `AwkSqrtJit` and `AwkLogJit`, a line each, to `output` instead of
    /// standard error.
    pub fn set_warnings(&mut self, output: Box<dyn std::io::Write + Send>) {
        self.warnings = io::Warnings::to(output);
    }

    /// Lets `ReadLine` read from `input` instead of standard input.
    pub fn set_input(&mut self, input: Box<dyn std::io::BufRead + Send>) {
        self.input = Input::from(input);
    }
}
