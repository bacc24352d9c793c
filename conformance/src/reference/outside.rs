//! Ops that reach outside of the machine: input, output, handlers, the clock and the status
//! (6.14, 6.18, 6.19, `TimeInt`, `SetStatus` and `GetStatus`).

use super::coerce::int;
use super::state::{Machine, Step, Stop};
use crate::scripted;
use fusevm::{Op, Value};
use std::time::SystemTime;

impl Machine {
    /// Writes the `n` top values, or as many as there are, and `end`.
    pub(super) fn print(&mut self, n: u8, end: &str) -> Step {
        let n = usize::from(n).min(self.height());
        let mut line = String::new();
        for depth in (0..n).rev() {
            line.push_str(&self.text(depth, n)?);
        }
        self.consume(n);
        self.output.extend(line.as_bytes());
        self.output.extend(end.as_bytes());
        Ok(())
    }

    /// Reads up to and without the next line feed; the empty text when nothing is left.
    pub(super) fn read_line(&mut self) -> Step {
        self.room(0, 1)?;
        let end = self.input.iter().position(|byte| *byte == b'\n');
        let line: Vec<u8> = match end {
            Some(end) => self.input.drain(..=end).take(end).collect(),
            None => std::mem::take(&mut self.input),
        };
        self.string(0, line.len() as u128)?;
        self.pay(line.len() as u64)?;
        let line = String::from_utf8(line).unwrap_or_default();
        self.give(0, Value::str(line))
    }

    pub(super) fn call_builtin(&mut self, id: u16, argc: u8) -> Step {
        let builtin = scripted::BUILTIN_HANDLERS.get(usize::from(id));
        let Some(builtin) = builtin.filter(|_| self.handlers) else {
            return Ok(());
        };
        let result = builtin(&mut self.vm, argc);
        self.give(0, result)
    }

    pub(super) fn extended(&mut self, id: u16, arg: u8) {
        if self.handlers {
            scripted::extended_narrow(&mut self.vm, id, arg);
        } else {
            scripted::extended_compiled(&mut self.vm, id, arg);
        }
    }

    pub(super) fn extended_wide(&mut self, id: u16, payload: usize) -> Step {
        if (40_000..41_000).contains(&id) {
            return self.awk_by_number(id, payload);
        }
        if self.handlers {
            scripted::extended_wide(&mut self.vm, id, payload);
        }
        Ok(())
    }

    pub(super) fn time(&mut self) -> Step {
        self.room(0, 1)?;
        let since = scripted::clock().duration_since(SystemTime::UNIX_EPOCH);
        self.give(
            0,
            Value::Int(since.map_or(0, |since| since.as_secs() as i64)),
        )
    }

    pub(super) fn set_status(&mut self) {
        self.vm.last_status = int(self.top(0)) as i32;
        self.consume(1);
    }

    /// An op that only a host can answer.
    pub(super) fn not_covered(&self, op: Op, what: &'static str) -> Step {
        let detail = format!("{op:?} at op {}", self.at);
        Err(Stop::Declined(what, detail))
    }
}
