//! Shell ops: operands become texts, the host is asked, its answer is pushed.
//!
//! A host cannot see the VM and is borrowed where it is. What it answers is taken as it is and
//! counts as memory; without a host the VM builds the answer itself, and that is limited and
//! paid for like anything that an op builds. Commands, which may enter subs, are in `command`.

mod command;
mod file_test;

use super::VM;
use crate::chunk::Chunk;
use crate::error::Error;
use crate::host::{DefaultHost, ShellHost, glob_paths};
use crate::op::param_mod;
use crate::semantics::arrays::{UNDEF, check_size};
use crate::semantics::cost::{self, Cost};
use crate::semantics::strings::text;
use crate::value::Value;

/// The value `i` below the top, without borrowing the whole VM.
fn operand(stack: &[Value], i: usize) -> &Value {
    stack.iter().nth_back(i).unwrap_or(&UNDEF)
}

/// Asks the host, or one that does what is done without.
fn ask_any<R>(
    host: &mut Option<Box<dyn ShellHost>>,
    ask: impl FnOnce(&mut dyn ShellHost) -> R,
) -> R {
    match host {
        Some(host) => ask(host.as_mut()),
        None => ask(&mut DefaultHost),
    }
}

/// Texts as an array.
fn array(texts: impl IntoIterator<Item = String>) -> Value {
    Value::Array(texts.into_iter().map(Value::str).collect())
}

impl VM {
    /// The ops that only tell the host something; no effect without one.
    pub(super) fn tell_host(&mut self, tell: impl FnOnce(&mut dyn ShellHost)) -> Result<(), Error> {
        if let Some(host) = &mut self.host {
            tell(host.as_mut());
        }
        Ok(())
    }

    /// `Redirect`, `HereString`: hands the text of the top value to the host and drops it.
    pub(super) fn give_host(
        &mut self,
        give: impl FnOnce(&mut dyn ShellHost, &str),
    ) -> Result<(), Error> {
        let given = match &mut self.host {
            Some(host) => {
                let content = text(operand(&self.stack, 0), &self.limits);
                content.map(|content| give(host.as_mut(), &content))
            }
            None => Ok(()),
        };
        self.consume(1);
        given
    }

    /// `HereDoc`: hands the text of a constant to the host.
    pub(super) fn here_doc(&mut self, constant: u16) -> Result<(), Error> {
        if let Some(host) = &mut self.host {
            let content = self.chunk.constants.get(usize::from(constant));
            let content = text(content.unwrap_or(&UNDEF), &self.limits)?;
            host.heredoc(&content);
        }
        Ok(())
    }

    /// `TrapSet`: hands the text of the top value and a sub-chunk to the host; drops the value.
    pub(super) fn trap_set(&mut self, sub: u16) -> Result<(), Error> {
        let set = match (&mut self.host, self.chunk.sub_chunks.get(usize::from(sub))) {
            (Some(host), Some(sub)) => text(operand(&self.stack, 0), &self.limits)
                .map(|signal| host.trap_set(&signal, sub)),
            _ => Ok(()),
        };
        self.consume(1);
        set
    }

    /// `PipelineEnd`: the host's status becomes the last one, which is pushed.
    pub(super) fn pipeline_end(&mut self) -> Result<(), Error> {
        self.check_room(1)?;
        if let Some(host) = &mut self.host {
            self.last_status = host.pipeline_end();
        }
        self.try_push(Value::Status(self.last_status))
    }

    /// `SubshellEnd`: a status of the host's becomes the last one.
    pub(super) fn subshell_end(&mut self) -> Result<(), Error> {
        if let Some(host) = &mut self.host
            && let Some(status) = host.subshell_end()
        {
            self.last_status = status;
        }
        Ok(())
    }

    /// `CmdSubst`, `ProcessSubIn`, `ProcessSubOut`: the host's text for a sub-chunk.
    pub(super) fn substitute(
        &mut self,
        sub: u16,
        ask: fn(&mut dyn ShellHost, &Chunk) -> String,
    ) -> Result<(), Error> {
        self.check_room(1)?;
        let sub = self.chunk.sub_chunks.get(usize::from(sub));
        let answer = match (&mut self.host, sub) {
            (Some(host), Some(sub)) => ask(host.as_mut(), sub),
            _ => String::new(),
        };
        self.take_answer(0, Ok(Value::str(answer)))
    }

    /// Ends an op that took `n` operands with what a host answered.
    fn take_answer(&mut self, n: usize, answer: Result<Value, Error>) -> Result<(), Error> {
        self.consume(n);
        let answer = answer?;
        self.pay_memory(Cost::bytes(cost::footprint(&answer)))?;
        self.try_push(answer)
    }

    /// Replaces the text on top by the host's answer, or by what `alone` makes of the value
    /// when there is no host.
    fn expand(
        &mut self,
        ask: impl FnOnce(&mut dyn ShellHost, &str) -> Value,
        alone: impl FnOnce(&mut VM) -> Result<Value, Error>,
    ) -> Result<(), Error> {
        self.check_room_for_answer(1)?;
        let Some(host) = &mut self.host else {
            let result = alone(self);
            return self.give(1, result, cost::built);
        };
        let text = text(operand(&self.stack, 0), &self.limits);
        let answer = text.map(|text| ask(host.as_mut(), &text));
        self.take_answer(1, answer)
    }

    /// `Glob`, `GlobRecursive`
    pub(super) fn glob(&mut self, recursive: bool) -> Result<(), Error> {
        self.expand(
            |host, pattern| array(host.glob(pattern, recursive)),
            VM::matching_paths,
        )
    }

    /// What the pattern on top matches, without a host. Nobody knows how much that is before
    /// it was found, so limits are checked on the way.
    fn matching_paths(&mut self) -> Result<Value, Error> {
        let pattern = text(operand(&self.stack, 0), &self.limits)?.into_owned();
        let mut paths = Vec::new();
        for path in glob_paths(&pattern) {
            check_size(paths.len() + 1, &self.limits)?;
            self.pay_memory(Cost::elements(1).and(Cost::bytes(path.len())))?;
            paths.push(Value::str(path));
        }
        Ok(Value::Array(paths))
    }

    /// `WordSplit`
    pub(super) fn word_split(&mut self) -> Result<(), Error> {
        self.expand(
            |host, s| array(host.word_split(s)),
            |vm| {
                let s = text(vm.operand(0), &vm.limits)?;
                let words = || s.split_whitespace();
                check_size(words().count(), &vm.limits)?;
                Ok(array(words().map(str::to_owned)))
            },
        )
    }

    /// `BraceExpand`
    pub(super) fn brace_expand(&mut self) -> Result<(), Error> {
        self.expand(
            |host, s| array(host.brace_expand(s)),
            |vm| {
                check_size(1, &vm.limits)?;
                Ok(array([text(vm.operand(0), &vm.limits)?.into_owned()]))
            },
        )
    }

    /// `TildeExpand`
    pub(super) fn tilde_expand(&mut self) -> Result<(), Error> {
        if self.host.is_none() && matches!(self.stack.last(), Some(Value::Str(_))) {
            return Ok(());
        }
        self.expand(
            |host, s| Value::str(host.tilde_expand(s)),
            |vm| Ok(Value::str(text(vm.operand(0), &vm.limits)?)),
        )
    }

    /// `StrMatch`, `RegexMatch`: the subject is below the pattern.
    pub(super) fn host_match(
        &mut self,
        ask: fn(&mut dyn ShellHost, &str, &str) -> bool,
    ) -> Result<(), Error> {
        self.check_room_for_answer(2)?;
        let matches = text(operand(&self.stack, 1), &self.limits).and_then(|subject| {
            let pattern = text(operand(&self.stack, 0), &self.limits)?;
            let matches = ask_any(&mut self.host, |host| ask(host, &subject, &pattern));
            Ok(Value::Bool(matches))
        });
        self.give(2, matches, |_| Cost::NONE)
    }

    /// `ExpandParam`: the name is below the arguments of the modifier.
    pub(super) fn expand_param(&mut self, modifier: u8) -> Result<(), Error> {
        let n_args = usize::from(param_mod::n_args(modifier));
        self.check_room_for_answer(n_args + 1)?;
        let from = self.stack.len().saturating_sub(n_args + 1);
        let mut args = self.stack.split_off(from);
        // What the stack does not hold is `Undef`, and deepest.
        while args.len() < n_args + 1 {
            args.insert(0, Value::Undef);
        }
        let name = args.remove(0);
        let answer = match &mut self.host {
            Some(host) => {
                text(&name, &self.limits).map(|name| host.expand_param(&name, modifier, &args))
            }
            None => Ok(Value::str("")),
        };
        self.take_answer(0, answer)
    }

    /// `TestFile`
    pub(super) fn test_file(&mut self, property: u8) -> Result<(), Error> {
        self.check_room_for_answer(1)?;
        let path = text(self.operand(0), &self.limits);
        let has = path.map(|path| Value::Bool(file_test::has(&path, property)));
        self.give(1, has, |_| Cost::NONE)
    }
}
