//! The scripted handlers and hosts of the harness, for VMs of the published crate.
//!
//! The script is written once, for this project's VM and traits. A handler gets a VM of this
//! project in the state of the published one, and what it does to it is carried back; a host
//! gets its arguments converted.

use crate::convert;
use crate::theirs;
use fusevm_conformance::case::Case;
use fusevm_conformance::scripted::{self, awk::Awk, shell::Shell};

/// Installs what `case` asks for.
pub(crate) fn install(vm: &mut theirs::VM, case: &Case) {
    if case.handlers {
        for id in 0..scripted::BUILTINS.len() as u16 {
            vm.register_builtin(id, BUILTINS[usize::from(id)]);
        }
        vm.set_extension_handler(Box::new(|vm, id, arg| {
            on_our_vm(vm, |ours| scripted::extended_narrow(ours, id, arg));
        }));
        vm.set_extension_wide_handler(Box::new(|vm, id, payload| {
            on_our_vm(vm, |ours| scripted::extended_wide(ours, id, payload));
        }));
    }
    if case.has_shell_host() {
        vm.set_shell_host(Box::new(ScriptedShell));
    }
    if case.hosts.awk {
        vm.set_awk_host(Box::new(ScriptedAwk));
    }
    let hook: extern "C" fn(i64) -> f64 = scripted::awk::field_num;
    theirs::set_awk_field_num_hook(case.hosts.awk.then_some(hook));
}

/// Lets `call` see and change the published VM as one of this project.
fn on_our_vm<T>(vm: &mut theirs::VM, call: impl FnOnce(&mut fusevm::VM) -> T) -> T {
    let mut ours = fusevm::VM::new(fusevm::Chunk::new());
    ours.stack = convert::values_back(&vm.stack);
    ours.globals = convert::values_back(&vm.globals);
    ours.ip = vm.ip;
    ours.last_status = vm.last_status;
    ours.frames = vm
        .frames
        .iter()
        .map(|frame| fusevm::Frame {
            return_ip: frame.return_ip,
            stack_base: frame.stack_base,
            slots: convert::values_back(&frame.slots),
        })
        .collect();
    let result = call(&mut ours);
    if ours.is_halted() {
        vm.request_halt();
    }
    vm.stack = convert::values(&ours.stack);
    vm.globals = convert::values(&ours.globals);
    vm.ip = ours.ip;
    vm.last_status = ours.last_status;
    // No handler that a case may have here opens a frame.
    vm.frames.truncate(ours.frames.len());
    for (theirs, ours) in vm.frames.iter_mut().zip(&ours.frames) {
        theirs.return_ip = ours.return_ip;
        theirs.stack_base = ours.stack_base;
        theirs.slots = convert::values(&ours.slots);
    }
    result
}

type Builtin = fn(&mut theirs::VM, u8) -> theirs::Value;

/// A function pointer holds no number, so each number has a function.
const BUILTINS: [Builtin; scripted::BUILTINS.len()] = [
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

fn builtin<const ID: usize>(vm: &mut theirs::VM, argc: u8) -> theirs::Value {
    let result = on_our_vm(vm, |ours| scripted::BUILTIN_HANDLERS[ID](ours, argc));
    convert::value(&result)
}

/// Arguments and results of hosts, on their way to the script and back.
trait Carry {
    /// What it is on the other side.
    type To;
    fn carry(self) -> Self::To;
}

/// What a carried argument is as a parameter.
trait Lend {
    type Lent<'a>
    where
        Self: 'a;
    fn lend(&self) -> Self::Lent<'_>;
}

macro_rules! carried_as_it_is {
    ($($ty:ty),*) => {$(
        impl Carry for $ty {
            type To = $ty;
            fn carry(self) -> $ty {
                self
            }
        }
        impl Lend for $ty {
            type Lent<'a> = $ty where Self: 'a;
            fn lend(&self) -> $ty {
                self.clone()
            }
        }
    )*};
}

carried_as_it_is!(
    (),
    bool,
    u8,
    i32,
    i64,
    usize,
    String,
    Vec<String>,
    Option<i32>,
    Option<i64>
);
carried_as_it_is!(std::cmp::Ordering);

impl<'s> Carry for &'s str {
    type To = &'s str;
    fn carry(self) -> &'s str {
        self
    }
}

impl<'s> Lend for &'s str {
    type Lent<'a>
        = &'s str
    where
        Self: 'a;
    fn lend(&self) -> &'s str {
        self
    }
}

impl<'s> Carry for Option<&'s str> {
    type To = Option<&'s str>;
    fn carry(self) -> Option<&'s str> {
        self
    }
}

impl<'s> Lend for Option<&'s str> {
    type Lent<'a>
        = Option<&'s str>
    where
        Self: 'a;
    fn lend(&self) -> Option<&'s str> {
        *self
    }
}

/// An argument that the script takes by reference.
struct ByRef<T>(T);

impl<T> Lend for ByRef<T> {
    type Lent<'a>
        = &'a T
    where
        Self: 'a;
    fn lend(&self) -> &T {
        &self.0
    }
}

/// A list of arguments.
struct List(Vec<fusevm::Value>);

impl Lend for List {
    type Lent<'a> = &'a [fusevm::Value];
    fn lend(&self) -> &[fusevm::Value] {
        &self.0
    }
}

/// An argument that may be missing.
struct Optional(Option<fusevm::Value>);

impl Lend for Optional {
    type Lent<'a> = Option<&'a fusevm::Value>;
    fn lend(&self) -> Option<&fusevm::Value> {
        self.0.as_ref()
    }
}

/// An argument that the script takes as its own.
struct Owned(fusevm::Value);

impl Lend for Owned {
    type Lent<'a> = fusevm::Value;
    fn lend(&self) -> fusevm::Value {
        self.0.clone()
    }
}

impl Carry for &theirs::Value {
    type To = ByRef<fusevm::Value>;
    fn carry(self) -> Self::To {
        ByRef(convert::value_back(self))
    }
}

impl Carry for theirs::Value {
    type To = Owned;
    fn carry(self) -> Owned {
        Owned(convert::value_back(&self))
    }
}

impl Carry for &[theirs::Value] {
    type To = List;
    fn carry(self) -> List {
        List(convert::values_back(self))
    }
}

impl Carry for Option<&theirs::Value> {
    type To = Optional;
    fn carry(self) -> Optional {
        Optional(self.map(convert::value_back))
    }
}

impl Carry for &theirs::Chunk {
    type To = ByRef<fusevm::Chunk>;
    fn carry(self) -> Self::To {
        ByRef(convert::chunk_back(self))
    }
}

impl Carry for &theirs::awk_host::AwkLvalue {
    type To = ByRef<fusevm::awk_host::AwkLvalue>;
    fn carry(self) -> Self::To {
        use fusevm::awk_host::AwkLvalue as Ours;
        use theirs::awk_host::AwkLvalue as Theirs;
        ByRef(match self {
            Theirs::Var(name) => Ours::Var(name.clone()),
            Theirs::Field(number) => Ours::Field(*number),
            Theirs::ArrayElem(array, key) => Ours::ArrayElem(array.clone(), key.clone()),
        })
    }
}

impl Carry for fusevm::Value {
    type To = theirs::Value;
    fn carry(self) -> theirs::Value {
        convert::value(&self)
    }
}

/// The methods of a host of the published crate: each carries its arguments to the scripted
/// host, and the answer back.
macro_rules! methods {
    ($trait:path, $script:expr; $(fn $name:ident($($arg:ident: $ty:ty),*) $(-> $result:ty)?;)*) => {$(
        fn $name(&mut self, $($arg: $ty),*) $(-> $result)? {
            $(let $arg = $arg.carry();)*
            <_ as $trait>::$name(&mut $script, $($arg.lend()),*).carry()
        }
    )*};
}

struct ScriptedShell;

impl theirs::ShellHost for ScriptedShell {
    methods! { fusevm::ShellHost, Shell;
        fn glob(pattern: &str, recursive: bool) -> Vec<String>;
        fn tilde_expand(s: &str) -> String;
        fn brace_expand(s: &str) -> Vec<String>;
        fn word_split(s: &str) -> Vec<String>;
        fn expand_param(name: &str, modifier: u8, args: &[theirs::Value]) -> theirs::Value;
        fn array_index(name: &str, index: &theirs::Value) -> theirs::Value;
        fn cmd_subst(sub: &theirs::Chunk) -> String;
        fn process_sub_in(sub: &theirs::Chunk) -> String;
        fn process_sub_out(sub: &theirs::Chunk) -> String;
        fn redirect(fd: u8, op: u8, target: &str);
        fn heredoc(content: &str);
        fn herestring(content: &str);
        fn pipeline_begin(n: u8);
        fn pipeline_stage();
        fn pipeline_end() -> i32;
        fn subshell_begin();
        fn subshell_end() -> Option<i32>;
        fn trap_set(sig: &str, handler: &theirs::Chunk);
        fn trap_check();
        fn with_redirects_begin(count: u8);
        fn with_redirects_end();
        fn call_function(name: &str, args: Vec<String>) -> Option<i32>;
        fn exec(args: Vec<String>) -> i32;
        fn exec_bg(args: Vec<String>) -> i32;
        fn str_match(s: &str, pat: &str) -> bool;
        fn regex_match(s: &str, regex: &str) -> bool;
    }
}

struct ScriptedAwk;

impl theirs::awk_host::AwkHost for ScriptedAwk {
    methods! { fusevm::awk_host::AwkHost, Awk;
        fn field_get(i: i64) -> theirs::Value;
        fn field_set(i: i64, v: theirs::Value);
        fn nf() -> i64;
        fn set_record(v: theirs::Value);
        fn special_get(name: &str) -> theirs::Value;
        fn special_set(name: &str, v: theirs::Value);
        fn print(args: &[theirs::Value]);
        fn printf(fmt: &str, args: &[theirs::Value]);
        fn sprintf(fmt: &str, args: &[theirs::Value]) -> theirs::Value;
        fn getline(source: usize, operand: Option<&str>, var_name: Option<&str>) -> i64;
        fn length(s: Option<&theirs::Value>) -> i64;
        fn substr(s: &theirs::Value, m: i64, n: Option<i64>) -> theirs::Value;
        fn index(s: &theirs::Value, t: &theirs::Value) -> i64;
        fn split(s: &theirs::Value, arr_name: &str, fs: Option<&theirs::Value>) -> i64;
        fn sub(re: &theirs::Value, repl: &theirs::Value, target_ref: &theirs::awk_host::AwkLvalue) -> i64;
        fn gsub(re: &theirs::Value, repl: &theirs::Value, target_ref: &theirs::awk_host::AwkLvalue) -> i64;
        fn match_re(s: &theirs::Value, re: &theirs::Value) -> i64;
        fn gensub(re: &theirs::Value, repl: &theirs::Value, how: &theirs::Value, target: Option<&theirs::Value>) -> theirs::Value;
        fn tolower(s: &theirs::Value) -> theirs::Value;
        fn toupper(s: &theirs::Value) -> theirs::Value;
        fn int(x: &theirs::Value) -> theirs::Value;
        fn sqrt(x: &theirs::Value) -> theirs::Value;
        fn sin(x: &theirs::Value) -> theirs::Value;
        fn cos(x: &theirs::Value) -> theirs::Value;
        fn exp(x: &theirs::Value) -> theirs::Value;
        fn log(x: &theirs::Value) -> theirs::Value;
        fn atan2(y: &theirs::Value, x: &theirs::Value) -> theirs::Value;
        fn and(args: &[theirs::Value]) -> theirs::Value;
        fn or(args: &[theirs::Value]) -> theirs::Value;
        fn xor(args: &[theirs::Value]) -> theirs::Value;
        fn compl(v: &theirs::Value) -> theirs::Value;
        fn lshift(v: &theirs::Value, n: &theirs::Value) -> theirs::Value;
        fn rshift(v: &theirs::Value, n: &theirs::Value) -> theirs::Value;
        fn strtonum(s: &theirs::Value) -> theirs::Value;
        fn systime() -> theirs::Value;
        fn strftime(args: &[theirs::Value]) -> theirs::Value;
        fn mktime(args: &[theirs::Value]) -> theirs::Value;
        fn ord(arg: &theirs::Value) -> theirs::Value;
        fn chr(arg: &theirs::Value) -> theirs::Value;
        fn mkbool(arg: &theirs::Value) -> theirs::Value;
        fn intdiv(a: &theirs::Value, b: &theirs::Value) -> theirs::Value;
        fn intdiv0(a: &theirs::Value, b: &theirs::Value) -> theirs::Value;
        fn array_get(arr_name: &str, key: &theirs::Value) -> theirs::Value;
        fn array_set(arr_name: &str, key: &theirs::Value, v: theirs::Value);
        fn array_exists(arr_name: &str, key: &theirs::Value) -> bool;
        fn array_delete(arr_name: &str, key: &theirs::Value);
        fn array_clear(arr_name: &str);
        fn array_len(arr_name: &str) -> i64;
    }
}
