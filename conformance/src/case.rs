//! [`Case`]: everything that one execution needs.

use fusevm::{Chunk, Limits, Op, Value};
use serde::{Deserialize, Serialize};

/// Everything one execution needs, and nothing that depends on who executes it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Case {
    /// The program.
    pub chunk: Chunk,
    /// Slots of the root frame before the run.
    pub slots: Vec<Value>,
    /// The first globals before the run; the others start as `Undef`.
    pub globals: Vec<Value>,
    /// Values pushed before the run, bottom first.
    pub stack: Vec<Value>,
    /// Standard input.
    pub stdin: String,
    /// Whether the scripted builtins and extension handlers of `scripted.rs` are installed.
    pub handlers: bool,
    /// The hosts that are installed.
    #[serde(default)]
    pub hosts: Hosts,
    /// Fuel; `None` runs without counting it.
    pub fuel: Option<u64>,
    /// The limits of the run.
    #[serde(skip)]
    pub limits: Limits,
    /// How often `VM::run` is called on a fresh VM, 0 as 1. Thresholds count runs.
    pub runs: u32,
    /// From which the subject `schedule` draws when what is compiled. For all subjects, code is
    /// optimised in one schedule of four only.
    #[serde(default)]
    pub schedule: u32,
}

/// The hosts that a VM gets besides its chunk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hosts {
    /// The scripted host answers the shell ops.
    pub shell: bool,
    /// The scripted host answers the AWK ops.
    pub awk: bool,
    /// Nobody answers the shell ops, not even those that then start programs or read
    /// directories. Only the author of a case file can say so: generated cases, replayed ones
    /// and what is read back as data never have it.
    #[serde(skip)]
    pub system: bool,
}

impl Hosts {
    /// Every host by its name in case files, with whether it is installed.
    pub fn by_name(&mut self) -> [(&'static str, &mut bool); 3] {
        [
            ("shell", &mut self.shell),
            ("awk", &mut self.awk),
            ("system", &mut self.system),
        ]
    }
}

impl Case {
    /// A case that runs `chunk` as it is.
    pub fn new(chunk: Chunk) -> Case {
        Case {
            chunk,
            ..Case::default()
        }
    }

    /// Whether the scripted host answers the shell ops: when the case wants it, and whenever
    /// the VM by itself could start a program or read a directory.
    pub fn has_shell_host(&self) -> bool {
        let chunk = &self.chunk;
        let leaves_process = |op: &Op| match op {
            Op::Exec(_) | Op::ExecBg(_) | Op::Glob | Op::GlobRecursive => true,
            Op::CallFunction(name, _) => chunk.find_sub(*name).is_none(),
            _ => false,
        };
        self.hosts.shell || (!self.hosts.system && chunk.ops.iter().any(leaves_process))
    }

    /// Whether an op of the chunk jumps to itself or backward.
    pub fn has_loop(&self) -> bool {
        let ops = &self.chunk.ops;
        ops.iter()
            .enumerate()
            .any(|(ip, op)| op.target().is_some_and(|target| target <= ip))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(op: Op) -> Case {
        Case::new(Chunk {
            ops: vec![Op::Nop, op],
            names: vec!["f".to_owned(), "g".to_owned()],
            sub_entries: vec![(1, 0)],
            ..Chunk::new()
        })
    }

    #[test]
    fn what_could_leave_the_process_has_a_host() {
        let leaving = [
            Op::Exec(0),
            Op::ExecBg(1),
            Op::Glob,
            Op::GlobRecursive,
            Op::CallFunction(0, 0),
            Op::CallFunction(7, 0),
        ];
        for op in leaving {
            let mut case = with(op);
            assert!(case.has_shell_host(), "{op:?}");
            case.hosts.system = true;
            assert!(!case.has_shell_host(), "{op:?}");
            let json = serde_json::to_string(&case).expect("a case has a JSON form");
            let read: Case = serde_json::from_str(&json).expect("its own form");
            assert!(read.has_shell_host(), "{op:?}");
        }
        for op in [Op::WordSplit, Op::TestFile(0), Op::CallFunction(1, 0)] {
            let mut case = with(op);
            assert!(!case.has_shell_host(), "{op:?}");
            case.hosts.shell = true;
            assert!(case.has_shell_host(), "{op:?}");
        }
    }
}
