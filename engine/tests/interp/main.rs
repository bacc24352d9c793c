//! What every op does, seen from outside: small programs, their results and their errors.

mod agree;
mod blocks;
mod calls;
mod fuel;
mod handlers;
mod limits;
mod ops;
mod shell;

use fusevm::asm::assemble;
use fusevm::{Chunk, VM, VMResult};
use std::io::Write;
use std::sync::{Arc, Mutex};

/// The chunk of a program whose lines are separated by `/`.
fn chunk(text: &str) -> Chunk {
    let lines = text.replace(" / ", "\n");
    assemble(&lines).unwrap_or_else(|error| panic!("{error}\n{lines}"))
}

/// A VM that is about to run a program.
fn vm(text: &str) -> VM {
    VM::new(chunk(text))
}

/// A result as text.
fn show(result: VMResult) -> String {
    match result {
        VMResult::Ok(value) => format!("{value:?}"),
        VMResult::Halted => "halted".to_owned(),
        VMResult::Error(text) => format!("error: {text}"),
    }
}

/// The result of a program.
fn run(text: &str) -> String {
    show(vm(text).run())
}

/// The result of a program, and what is left on the stack.
fn run_all(text: &str) -> String {
    let mut vm = vm(text);
    let result = show(vm.run());
    let rest: Vec<String> = vm.stack.iter().map(|v| format!("{v:?}")).collect();
    format!("{result} [{}]", rest.join(" "))
}

/// Checks a table of programs and their results.
#[track_caller]
fn check(table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_eq!(run(text), *expected, "{text}");
    }
}

/// Checks a table of programs, their results and what they leave on the stack.
#[track_caller]
fn check_all(table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_eq!(run_all(text), *expected, "{text}");
    }
}

/// Output that can be looked at.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
