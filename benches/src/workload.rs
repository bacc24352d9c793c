//! [`Workload`]: a program, its answer, and the same algorithm in native Rust.

use fusevm::{Chunk, Value};

/// A chunk with its inputs. Everything it computes with comes through slots and globals, so
/// that no tier can fold it away.
#[derive(Debug, Clone)]
pub struct Program {
    /// The ops.
    pub chunk: Chunk,
    /// Slots of the root frame before the run.
    pub slots: Vec<Value>,
    /// Globals before the run.
    pub globals: Vec<Value>,
}

/// What of a VM's life is timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timed {
    /// One `VM::run` of a VM that stands ready.
    Run,
    /// `size` times making a VM, running it and dropping it.
    FreshVms,
    /// `size` times taking a VM from a pool, running it and giving it back.
    PooledVms,
}

/// A native twin that stands ready; every call computes the answer anew.
pub type Native = Box<dyn FnMut() -> Value>;

/// One shape of program at an adjustable size.
///
/// The size is what the program scales with; the number of iterations, by which times are
/// divided, is the size unless [`Workload::iterations`] says otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Workload {
    /// `family/workload`.
    pub name: &'static str,
    /// How large it is when it is timed.
    pub size: i64,
    /// How large it is when only its answer is checked.
    pub test_size: i64,
    /// What is timed.
    pub timed: Timed,
    /// Whether it is straight-line code, which is all that the linear tier takes.
    pub straight: bool,
    program: fn(i64) -> Program,
    answer: fn(i64) -> Value,
    native: Option<fn(i64) -> Native>,
    iterations: fn(i64) -> i64,
}

impl Workload {
    /// A workload named `family/workload` that runs `program` and must give `answer`.
    pub fn new(
        name: &'static str,
        program: fn(i64) -> Program,
        answer: fn(i64) -> Value,
    ) -> Workload {
        Workload {
            name,
            size: 1_000_000,
            test_size: 1000,
            timed: Timed::Run,
            straight: false,
            program,
            answer,
            native: None,
            iterations: |n| n,
        }
    }

    /// The same with other sizes: when it is timed, and when only its answer is checked.
    pub fn sizes(self, size: i64, test_size: i64) -> Workload {
        Workload {
            size,
            test_size,
            ..self
        }
    }

    /// The same with a native twin.
    pub fn native(self, native: fn(i64) -> Native) -> Workload {
        Workload {
            native: Some(native),
            ..self
        }
    }

    /// The same with another number of iterations for a size.
    pub fn iterations(self, iterations: fn(i64) -> i64) -> Workload {
        Workload { iterations, ..self }
    }

    /// The same with another part of a VM's life timed.
    pub fn timed(self, timed: Timed) -> Workload {
        Workload { timed, ..self }
    }

    /// The same, declared as straight-line code.
    pub fn straight(self) -> Workload {
        Workload {
            straight: true,
            ..self
        }
    }

    /// The same at the size at which only its answer is checked.
    pub fn for_test(self) -> Workload {
        Workload {
            size: self.test_size,
            ..self
        }
    }

    /// The chunk and its inputs, at this size.
    pub fn program(&self) -> Program {
        (self.program)(self.size)
    }

    /// What the program must leave on the stack, at this size.
    pub fn answer(&self) -> Value {
        (self.answer)(self.size)
    }

    /// The native twin, if there is one.
    pub fn twin(&self) -> Option<Native> {
        self.native.map(|native| native(self.size))
    }

    /// How many iterations one run makes: times are given per iteration.
    pub fn iterations_per_run(&self) -> i64 {
        (self.iterations)(self.size)
    }

    /// The part of the name before the slash.
    pub fn family(&self) -> &'static str {
        self.name.split('/').next().unwrap_or(self.name)
    }
}
