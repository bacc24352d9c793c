//! [`ShellHost`]: what the shell ops ask of the program that embeds the VM.
//!
//! Variables, functions, redirection, job control and expansion belong to a shell and not to
//! the VM. An op of the shell section takes its operands from the stack, calls one method
//! here, and pushes the answer.
//!
//! # What a host may rely on
//!
//! An op makes exactly one call (`CallFunction` one or two), on the thread of
//! [`VM::run`](crate::VM::run), in order of execution. The VM calls nothing on its own and
//! checks no pairing: a begin without an end, an end without a begin and a stage outside of a
//! pipeline all happen, `with_redirects_end` is not called for a body that returns early, and
//! no call follows the end of a run. While a method runs, the host is borrowed where it is: it
//! cannot see the VM, and a panic leaves it installed. Sub-chunks are programs with pools of
//! their own; a host that keeps one clones it.
//!
//! What a host returns is taken as it is: limits on the size of collections and strings apply
//! when an op next builds on it, the memory limit at once. It costs no fuel.
//!
//! # Without a host
//!
//! The ops do what the methods do by default, but for `PipelineEnd`, which keeps the last
//! status, and `CallFunction`, which enters a sub of the chunk if there is one of that name.
//! **So `Exec`, `ExecBg` and `CallFunction` start programs, and `Glob` reads directories.** Who
//! runs programs of strangers installs a host.

mod system;

pub(crate) use system::glob_paths;

use crate::chunk::Chunk;
use crate::value::Value;

/// Answers the shell ops. Every method has a default, so an empty `impl` is a host.
///
/// `text` below means what [`Value::to_str`] makes of an operand, `args` the operands of a
/// command, of which arrays gave one argument per element.
#[allow(
    unused_variables,
    reason = "names of parameters are part of the documentation"
)]
pub trait ShellHost: Send {
    /// The paths that match `pattern`; `recursive` for `GlobRecursive`.
    ///
    /// By default those that [`glob::glob`] finds with its default options, whatever
    /// `recursive` is: none for an invalid pattern, ascending, without entries that could not
    /// be read, and with names that are not UTF-8 converted lossily.
    fn glob(&mut self, pattern: &str, recursive: bool) -> Vec<String> {
        glob_paths(pattern).collect()
    }

    /// `s` with a leading `~` expanded. By default `s`.
    fn tilde_expand(&mut self, s: &str) -> String {
        s.to_owned()
    }

    /// What the braces in `s` expand to. By default `s` alone.
    fn brace_expand(&mut self, s: &str) -> Vec<String> {
        vec![s.to_owned()]
    }

    /// The words of `s`. By default the pieces between runs of Unicode white space.
    fn word_split(&mut self, s: &str) -> Vec<String> {
        s.split_whitespace().map(str::to_owned).collect()
    }

    /// The parameter `name` with a modifier of [`op::param_mod`](crate::op::param_mod), or any
    /// other number, and its arguments in the order of the source. By default an empty text.
    fn expand_param(&mut self, name: &str, modifier: u8, args: &[Value]) -> Value {
        Value::str("")
    }

    /// An element of the array `name`. By default `Undef`. No op calls it.
    fn array_index(&mut self, name: &str, index: &Value) -> Value {
        Value::Undef
    }

    /// Runs `sub` and returns what it writes. By default an empty text, `sub` is not run.
    fn cmd_subst(&mut self, sub: &Chunk) -> String {
        String::new()
    }

    /// The name of a file from which the output of `sub` can be read. By default empty.
    fn process_sub_in(&mut self, sub: &Chunk) -> String {
        String::new()
    }

    /// The name of a file that feeds the input of `sub`. By default empty.
    fn process_sub_out(&mut self, sub: &Chunk) -> String {
        String::new()
    }

    /// Redirects `fd` for the next command; `op` is a number of
    /// [`op::redirect_op`](crate::op::redirect_op), or any other. By default nothing.
    fn redirect(&mut self, fd: u8, op: u8, target: &str) {}

    /// Makes `content` the input of the next command. By default nothing.
    fn heredoc(&mut self, content: &str) {}

    /// Makes `content` the input of the next command. By default nothing.
    fn herestring(&mut self, content: &str) {}

    /// Begins a pipeline of `n` stages, and its first stage. By default nothing.
    fn pipeline_begin(&mut self, n: u8) {}

    /// Begins the next stage of the pipeline. By default nothing.
    fn pipeline_stage(&mut self) {}

    /// Waits for the pipeline; its status. By default 0.
    fn pipeline_end(&mut self) -> i32 {
        0
    }

    /// Begins a subshell. By default nothing.
    fn subshell_begin(&mut self) {}

    /// Ends a subshell; the status that it was left with by a deferred `exit`, if it was. By
    /// default `None`.
    fn subshell_end(&mut self) -> Option<i32> {
        None
    }

    /// Runs `handler` whenever the signal `sig` comes. By default nothing.
    fn trap_set(&mut self, sig: &str, handler: &Chunk) {}

    /// Runs the handlers of signals that came. By default nothing.
    fn trap_check(&mut self) {}

    /// Makes the `count` redirections that were announced last a scope. By default nothing.
    fn with_redirects_begin(&mut self, count: u8) {}

    /// Ends the innermost scope of redirections. By default nothing.
    fn with_redirects_end(&mut self) {}

    /// Calls the shell function `name`; its status, or `None` when there is none, and then
    /// [`ShellHost::exec`] is asked. By default `None`.
    fn call_function(&mut self, name: &str, args: Vec<String>) -> Option<i32> {
        None
    }

    /// Runs the command `args`; its status.
    ///
    /// By default 0 without arguments. Else the program `args[0]` is started with the standard
    /// streams of this process and waited for: its exit code, 1 when a signal ended it, 127
    /// when it could not be started.
    fn exec(&mut self, args: Vec<String>) -> i32 {
        system::exec(&args)
    }

    /// Starts the command `args` without waiting; a number for it.
    ///
    /// By default 0 without arguments. Else the program `args[0]` is started with the standard
    /// input of this process and its output discarded, and never waited for: its process
    /// number, 0 when it could not be started.
    fn exec_bg(&mut self, args: Vec<String>) -> i32 {
        system::exec_bg(&args)
    }

    /// Whether `s` matches the pattern `pat`. By default whether they are equal.
    fn str_match(&mut self, s: &str, pat: &str) -> bool {
        s == pat
    }

    /// Whether `s` matches the regular expression `regex`. By default false.
    fn regex_match(&mut self, s: &str, regex: &str) -> bool {
        false
    }
}

/// The host that overrides nothing.
pub struct DefaultHost;

impl ShellHost for DefaultHost {}
