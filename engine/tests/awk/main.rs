//! The AWK ops and their host, seen from outside.

mod defaults;
mod hosts;
mod ops;
mod rules;
mod state;
#[cfg(feature = "jit")]
mod tiers;

use fusevm::asm::assemble;
use fusevm::{Chunk, VM, VMResult};

/// The chunk of a program whose lines are separated by `/`.
fn chunk(text: &str) -> Chunk {
    let lines = text.replace(" / ", "\n");
    assemble(&lines).unwrap_or_else(|error| panic!("{error}\n{lines}"))
}

/// A VM that is about to run a program.
fn vm(text: &str) -> VM {
    VM::new(chunk(text))
}

/// The result of a run, and what is left on the stack.
fn outcome(vm: &mut VM) -> String {
    let result = match vm.run() {
        VMResult::Ok(value) => format!("{value:?}"),
        VMResult::Halted => "halted".to_owned(),
        VMResult::Error(text) => format!("error: {text}"),
    };
    let rest: Vec<String> = vm.stack.iter().map(|v| format!("{v:?}")).collect();
    if rest.is_empty() {
        result
    } else {
        format!("{result} [{}]", rest.join(" "))
    }
}

/// Checks programs and how they end, without a host.
#[track_caller]
fn check(table: &[(&str, &str)]) {
    for (text, expected) in table {
        assert_eq!(outcome(&mut vm(text)), *expected, "{text}");
    }
}
