//! The shell ops: 6.20, by the tables of 4.4 and 4.5.
//!
//! Hosts are asked through their published trait. What the VM would do without one: starting
//! a program is declined.

use super::coerce::{self, entry_weight};
use super::files;
use super::state::{Machine, STRING_SIZE, Step};
use fusevm::host::ShellHost;
use fusevm::{Chunk, Frame, Op, Value};

/// What a host says to a text.
type Answer<T> = fn(&mut dyn ShellHost, &str) -> T;

impl Machine {
    /// Executes a shell op.
    pub(super) fn shell(&mut self, op: Op) -> Step {
        let is_alone = self.vm.host.is_none();
        match op {
            // Nobody reads the text, so none is made.
            Op::Redirect(..) | Op::HereString | Op::TrapSet(_) if is_alone => self.consume(1),
            Op::HereDoc(_) if is_alone => {}
            Op::Exec(argc) => self.exec(op, argc)?,
            Op::ExecBg(argc) => self.exec_bg(op, argc)?,
            Op::CallFunction(name, argc) => self.call_function(op, name, argc)?,
            Op::PipelineBegin(n) => self.tell(|host| host.pipeline_begin(n)),
            Op::PipelineStage => self.tell(|host| host.pipeline_stage()),
            Op::PipelineEnd => {
                self.room(0, 1)?;
                let status = self.ask(|host| host.pipeline_end());
                self.vm.last_status = status.unwrap_or(self.vm.last_status);
                self.give(0, Value::Status(self.vm.last_status))?;
            }
            Op::SubshellBegin => self.tell(|host| host.subshell_begin()),
            Op::SubshellEnd => {
                let status = self.ask(|host| host.subshell_end()).flatten();
                self.vm.last_status = status.unwrap_or(self.vm.last_status);
            }
            Op::Redirect(fd, kind) => {
                let target = self.text(0, 1)?;
                self.consume(1);
                self.tell(|host| host.redirect(fd, kind, &target));
            }
            Op::HereDoc(index) => {
                let content = coerce::text(self.constant(index), self.limits.string_size);
                self.limit(0, content.is_some(), STRING_SIZE)?;
                self.tell(|host| host.heredoc(&content.unwrap_or_default()));
            }
            Op::HereString => {
                let content = self.text(0, 1)?;
                self.consume(1);
                self.tell(|host| host.herestring(&content));
            }
            Op::CmdSubst(sub) => self.substitute(sub, |host, sub| host.cmd_subst(sub))?,
            Op::ProcessSubIn(sub) => self.substitute(sub, |host, sub| host.process_sub_in(sub))?,
            Op::ProcessSubOut(sub) => {
                self.substitute(sub, |host, sub| host.process_sub_out(sub))?
            }
            Op::Glob => self.split(|host, text| host.glob(text, false), files::paths)?,
            Op::GlobRecursive => self.split(|host, text| host.glob(text, true), files::paths)?,
            Op::TestFile(kind) => self.test_file(kind)?,
            Op::SetStatus => self.set_status(),
            Op::GetStatus => self.give(0, Value::Status(self.vm.last_status))?,
            Op::TrapSet(sub) => match self.sub_chunk(sub) {
                None => self.consume(1),
                Some(sub) => {
                    let signal = self.text(0, 1)?;
                    self.consume(1);
                    self.tell(|host| host.trap_set(&signal, &sub));
                }
            },
            Op::TrapCheck => self.tell(|host| host.trap_check()),
            Op::ExpandParam(modifier) => self.expand_param(modifier)?,
            Op::WordSplit => self.split(
                |host, text| host.word_split(text),
                |text| text.split_whitespace().map(str::to_owned).collect(),
            )?,
            Op::BraceExpand => self.split(
                |host, text| host.brace_expand(text),
                |text| vec![text.to_owned()],
            )?,
            Op::TildeExpand => self.tilde_expand()?,
            Op::StrMatch => {
                self.matches(|host, s, pat| host.str_match(s, pat), |s, pat| s == pat)?
            }
            Op::RegexMatch => self.matches(|host, s, re| host.regex_match(s, re), |_, _| false)?,
            Op::WithRedirectsBegin(n) => self.tell(|host| host.with_redirects_begin(n)),
            Op::WithRedirectsEnd => self.tell(|host| host.with_redirects_end()),
            _ => return self.not_covered(op, "unknown op"),
        }
        Ok(())
    }

    /// Asks the host, if there is one.
    fn ask<T>(&mut self, question: impl FnOnce(&mut dyn ShellHost) -> T) -> Option<T> {
        let host = self.vm.host.as_deref_mut()?;
        Some(question(host))
    }

    fn tell(&mut self, message: impl FnOnce(&mut dyn ShellHost)) {
        self.ask(message);
    }

    fn sub_chunk(&self, sub: u16) -> Option<Chunk> {
        self.vm.chunk.sub_chunks.get(usize::from(sub)).cloned()
    }

    /// Pushes a text that was made for it.
    fn give_text(&mut self, operands: usize, text: String) -> Step {
        self.room(operands, 1)?;
        self.give(operands, Value::str(text))
    }

    fn substitute(&mut self, sub: u16, answer: fn(&mut dyn ShellHost, &Chunk) -> String) -> Step {
        self.room(0, 1)?;
        let sub = self.sub_chunk(sub);
        let text = sub.and_then(|sub| self.ask(|host| answer(host, &sub)));
        self.give_text(0, text.unwrap_or_default())
    }

    /// Replaces a text by an array of texts: as the host says, or without it by what costs
    /// like the keys of a hash.
    fn split(&mut self, answer: Answer<Vec<String>>, alone: fn(&str) -> Vec<String>) -> Step {
        self.room(1, 1)?;
        let text = self.text(0, 1)?;
        let words = match self.ask(|host| answer(host, &text)) {
            Some(words) => words,
            None => {
                let words = alone(&text);
                self.collection(1, words.len())?;
                self.pay(words.iter().map(|word| entry_weight(word)).sum())?;
                words
            }
        };
        self.give(1, Value::Array(words.into_iter().map(Value::str).collect()))
    }

    /// Without a host S of the operand: a text stays where it is.
    fn tilde_expand(&mut self) -> Step {
        if self.vm.host.is_none() && matches!(self.top(0), Value::Str(_)) {
            return Ok(());
        }
        self.room(1, 1)?;
        let text = self.text(0, 1)?;
        let expanded = match self.ask(|host| host.tilde_expand(&text)) {
            Some(expanded) => expanded,
            None => {
                self.pay(text.len() as u64)?;
                text
            }
        };
        self.give_text(1, expanded)
    }

    fn matches(
        &mut self,
        answer: fn(&mut dyn ShellHost, &str, &str) -> bool,
        alone: fn(&str, &str) -> bool,
    ) -> Step {
        self.room(2, 1)?;
        let (text, pattern) = (self.text(1, 2)?, self.text(0, 2)?);
        let matches = self.ask(|host| answer(host, &text, &pattern));
        let matches = matches.unwrap_or_else(|| alone(&text, &pattern));
        self.give(2, Value::Bool(matches))
    }

    /// The name is below the arguments; how many these are depends on the modifier.
    fn expand_param(&mut self, modifier: u8) -> Step {
        let n_args = match modifier {
            0..=3 | 5..=8 => 1,
            9 | 10 | 17 => 2,
            _ => 0,
        };
        self.room(n_args + 1, 1)?;
        // Nobody reads the name without a host, so no text is made of it.
        let name = match self.vm.host {
            Some(_) => self.text(n_args, n_args + 1)?,
            None => String::new(),
        };
        let args: Vec<Value> = (0..n_args)
            .rev()
            .map(|depth| self.top(depth).clone())
            .collect();
        let value = self.ask(|host| host.expand_param(&name, modifier, &args));
        self.give(n_args + 1, value.unwrap_or_else(|| Value::str("")))
    }

    // Commands.

    /// The number of operands, and the arguments that they make: an array gives a text for
    /// each of its elements.
    fn arguments(&mut self, argc: u8) -> Step<(usize, Vec<String>)> {
        let n = usize::from(argc).min(self.height());
        let mut texts = Vec::new();
        for depth in (0..n).rev() {
            let limit = self.limits.string_size;
            match self.top(depth) {
                Value::Array(elements) => {
                    texts.extend(elements.iter().map(|e| coerce::text(e, limit)))
                }
                other => texts.push(coerce::text(other, limit)),
            }
        }
        let texts: Option<Vec<String>> = texts.into_iter().collect();
        self.limit(n, texts.is_some(), STRING_SIZE)?;
        let texts = texts.unwrap_or_default();
        self.collection(n, texts.len())?;
        Ok((n, texts))
    }

    /// Enters a sub of the chunk with texts as its arguments.
    fn enter(&mut self, operands: usize, entry: usize, args: &[String], price: u64) -> Step {
        self.frame(operands)?;
        self.room(operands, args.len())?;
        self.charge_turn(price)?;
        self.consume(operands);
        self.vm.frames.push(Frame {
            return_ip: self.vm.ip,
            stack_base: self.height(),
            slots: Vec::new(),
        });
        self.vm
            .stack
            .extend(args.iter().map(|arg| Value::str(arg.as_str())));
        self.vm.ip = entry;
        Ok(())
    }

    /// Where the sub with this name begins.
    fn sub_entry(&self, name: usize) -> Option<usize> {
        let subs = &self.vm.chunk.sub_entries;
        let sub = subs.iter().find(|(sub, _)| usize::from(*sub) == name);
        sub.map(|(_, entry)| *entry)
    }

    fn exec(&mut self, op: Op, argc: u8) -> Step {
        let (n, args) = self.arguments(argc)?;
        let Some((command, rest)) = args.split_first() else {
            return self.give(n, Value::Status(0));
        };
        let name = self.vm.chunk.names.iter().position(|name| name == command);
        if let Some(entry) = name.and_then(|name| self.sub_entry(name)) {
            return self.enter(n, entry, rest, price(&args));
        }
        self.room(n, 1)?;
        self.charge(price(&args))?;
        let status = match command.as_str() {
            "true" | "test" | "[" => 0,
            "false" => 1,
            "echo" => {
                self.output.extend(rest.join(" ").as_bytes());
                self.output.push(b'\n');
                0
            }
            _ => match self.ask(|host| host.exec(args.clone())) {
                Some(status) => status,
                None => return self.not_covered(op, "process"),
            },
        };
        self.give(n, Value::Status(status))
    }

    fn exec_bg(&mut self, op: Op, argc: u8) -> Step {
        let (n, args) = self.arguments(argc)?;
        self.room(n, 1)?;
        self.charge(price(&args))?;
        if !args.is_empty() && self.ask(|host| host.exec_bg(args)).is_none() {
            return self.not_covered(op, "process");
        }
        self.give(n, Value::Status(0))
    }

    fn call_function(&mut self, op: Op, name: u16, argc: u8) -> Step {
        let (n, args) = self.arguments(argc)?;
        let sub = usize::from(name);
        if self.vm.host.is_none() {
            return match self.sub_entry(sub) {
                Some(entry) => self.enter(n, entry, &args, price(&args)),
                None => self.not_covered(op, "process"),
            };
        }
        self.room(n, 1)?;
        self.charge(price(&args))?;
        let name = self.vm.chunk.names.get(sub).cloned().unwrap_or_default();
        let status = self.ask(|host| match host.call_function(&name, args.clone()) {
            Some(status) => status,
            None => host.exec([vec![name], args].concat()),
        });
        self.vm.last_status = status.unwrap_or_default();
        self.give(n, Value::Status(self.vm.last_status))
    }
}

/// What building a list of arguments costs: texts and their bytes.
fn price(args: &[String]) -> u64 {
    args.iter().map(|arg| entry_weight(arg)).sum::<u64>() / 64
}
