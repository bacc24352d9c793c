//! `Exec`, `ExecBg` and `CallFunction`: a sub of the chunk, a command of the VM, the host's or
//! a program.
//!
//! The operands become texts, one per element where an operand is an array. That copies them:
//! it is paid for and limited before it is done.

use super::ask_any;
use crate::error::Error;
use crate::semantics::arrays::check_size;
use crate::semantics::cost::Cost;
use crate::semantics::strings::text;
use crate::value::Value;
use crate::vm::VM;

/// The arguments that operands give: the elements of arrays, one level deep, and the rest.
fn arguments(operands: &[Value]) -> impl Iterator<Item = &Value> {
    operands.iter().flat_map(|operand| match operand {
        Value::Array(elements) => elements.as_slice(),
        other => std::slice::from_ref(other),
    })
}

impl VM {
    /// `Exec`
    pub(in crate::vm) fn exec(&mut self, argc: u8) -> Result<(), Error> {
        let n = self.n_operands(argc);
        if let Some(entry) = self.sub_of_command(n) {
            return self.enter_command(entry, n, 1);
        }
        let args = self.take_arguments(n)?;
        let status = match args.first().map(String::as_str) {
            None | Some("true" | "test" | "[") => 0,
            Some("false") => 1,
            Some("echo") => self.echo(&args[1..]),
            Some(_) => ask_any(&mut self.host, |host| host.exec(args)),
        };
        self.try_push(Value::Status(status))
    }

    /// `ExecBg`
    pub(in crate::vm) fn exec_bg(&mut self, argc: u8) -> Result<(), Error> {
        let n = self.n_operands(argc);
        let args = self.take_arguments(n)?;
        if !args.is_empty() {
            ask_any(&mut self.host, |host| host.exec_bg(args));
        }
        self.try_push(Value::Status(0))
    }

    /// `CallFunction`
    pub(in crate::vm) fn call_function(&mut self, name: u16, argc: u8) -> Result<(), Error> {
        let n = self.n_operands(argc);
        if self.host.is_none()
            && let Some(entry) = self.chunk.find_sub(name)
        {
            return self.enter_command(entry, n, 0);
        }
        let args = self.take_arguments(n)?;
        let name = self.chunk.names.get(usize::from(name));
        let name = name.map_or("", String::as_str);
        self.last_status = ask_any(&mut self.host, |host| {
            host.call_function(name, args.clone()).unwrap_or_else(|| {
                let name = std::iter::once(name.to_owned());
                host.exec(name.chain(args).collect())
            })
        });
        self.try_push(Value::Status(self.last_status))
    }

    /// How many operands a command takes that asks for `argc`.
    fn n_operands(&self, argc: u8) -> usize {
        usize::from(argc).min(self.stack.len())
    }

    /// The entry of the sub whose name is the first argument.
    fn sub_of_command(&self, n: usize) -> Option<usize> {
        if self.chunk.sub_entries.is_empty() {
            return None;
        }
        let command = arguments(self.operands(n)).next()?;
        let command = text(command, &self.limits).ok()?;
        let name = self.chunk.names.iter().position(|name| *name == command)?;
        self.chunk.find_sub(u16::try_from(name).ok()?)
    }

    /// How many arguments `n` operands give, and what copying them costs.
    fn measure_arguments(&self, n: usize) -> Result<(usize, Cost), Error> {
        let (mut count, mut bytes) = (0, 0_usize);
        for argument in arguments(self.operands(n)) {
            count += 1;
            bytes = bytes.saturating_add(text(argument, &self.limits)?.len());
        }
        check_size(count, &self.limits)?;
        Ok((count, Cost::elements(count).and(Cost::bytes(bytes))))
    }

    /// Replaces `n` operands by nothing, and returns their arguments. There is room for a
    /// status afterwards.
    fn take_arguments(&mut self, n: usize) -> Result<Vec<String>, Error> {
        let measured = self.measure_arguments(n).and_then(|measured| {
            self.check_room_after(n, 1)?;
            Ok(measured)
        });
        self.settle(n, measured)?;
        let args = arguments(self.operands(n)).map(Value::to_str).collect();
        self.consume(n);
        Ok(args)
    }

    /// Enters the sub at `entry` with the arguments of `n` operands, but for the first `skip`.
    fn enter_command(&mut self, entry: usize, n: usize, skip: usize) -> Result<(), Error> {
        let measured = self.measure_arguments(n).and_then(|(count, cost)| {
            self.check_frames()?;
            self.check_room_after(n, count - skip)?;
            Ok(cost)
        });
        let cost = self.settle(n, measured.map(|cost| (cost, Cost::NONE)))?;
        self.check_interrupt()?;
        self.pay_steps(1, cost)?;
        let args = arguments(self.operands(n)).skip(skip);
        let args: Vec<Value> = args.map(|arg| Value::str(arg.as_str_cow())).collect();
        self.consume(n);
        let base = self.stack.len();
        self.stack.extend(args);
        self.push_frame(self.ip, base);
        self.ip = entry;
        Ok(())
    }

    /// Writes what the command `echo` does; its status.
    fn echo(&mut self, args: &[String]) -> i32 {
        for (i, arg) in args.iter().enumerate() {
            if i > 0 {
                self.output.write(" ");
            }
            self.output.write(arg);
        }
        self.output.write("\n");
        0
    }
}
