//! The scripted shell host: no program starts, no file is read.
//!
//! What each method answers is listed at [`SHELL`]. Answers follow from the arguments, so that
//! a case file can say what comes out, but for the statuses of pipelines and subshells, which
//! take turns by the number of logged calls before them. They are short: a loop around a host
//! cannot exhaust memory.

use super::{MAX_ENTRY, MAX_RESULT, record};
use crate::values::{clip, render, render_list};
use fusevm::{Chunk, ShellHost, Value};

/// What each method of the scripted shell host answers.
pub const SHELL: [(&str, &str); 14] = [
    (
        "glob",
        "as many paths as the pattern has bytes modulo 4: `PATTERN.0`, `PATTERN.1`, ..; `**` in front if recursive",
    ),
    (
        "tilde_expand",
        "the text with a leading `~` replaced by `/home`",
    ),
    (
        "brace_expand",
        "the pieces between commas; none of an empty text",
    ),
    (
        "word_split",
        "the pieces between colons; none of an empty text",
    ),
    (
        "expand_param",
        "by the modifier modulo 8: the first argument or Undef, the arguments as an Array, the length of the name as an Int, whether there is a name as a Bool, -0.5, Status(-1), Undef, the name",
    ),
    ("cmd_subst", "`N ops`; empty for a chunk without ops"),
    ("process_sub_in", "`/in/N`, N being the number of ops"),
    ("process_sub_out", "`/out/N`"),
    ("pipeline_end", "the number of the call modulo 5, less 2"),
    (
        "subshell_end",
        "by the number of the call modulo 3: None, Some(0), Some(-7)",
    ),
    (
        "call_function",
        "for names that begin with `v`, Some of the number of arguments less 1; None for others",
    ),
    ("exec", "the number of bytes of the command, less 3"),
    ("str_match", "whether the subject begins with the pattern"),
    ("regex_match", "whether the subject contains the expression"),
];

/// Answers by [`SHELL`], and logs every call.
#[derive(Debug, Default)]
pub struct Shell;

/// Logs a call; returns its number, from 0.
fn log(call: impl FnOnce() -> String) -> u64 {
    record(|| clip(&format!("shell {}", call()), MAX_ENTRY))
}

/// The beginning of a text, so that answers made of answers do not grow.
pub(super) fn short(text: &str) -> &str {
    let end = (0..=text.len().min(60)).rev();
    &text[..end
        .into_iter()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)]
}

/// The pieces of a text; none of an empty one.
fn pieces(text: &str, separator: char) -> Vec<String> {
    let pieces = text.split(separator).take(MAX_RESULT);
    match text.is_empty() {
        true => Vec::new(),
        false => pieces.map(str::to_owned).collect(),
    }
}

/// A value without the collections in it, which would nest deeper with every answer.
pub(super) fn flat(value: &Value) -> Value {
    match value {
        Value::Array(_) | Value::Hash(_) | Value::Ref(_) => Value::str("(collection)"),
        scalar => scalar.clone(),
    }
}

impl ShellHost for Shell {
    fn glob(&mut self, pattern: &str, recursive: bool) -> Vec<String> {
        log(|| format!("glob({pattern:?}, {recursive})"));
        let front = if recursive { "**" } else { "" };
        let path = |n| format!("{front}{}.{n}", short(pattern));
        (0..pattern.len() % 4).map(path).collect()
    }

    fn tilde_expand(&mut self, s: &str) -> String {
        log(|| format!("tilde_expand({s:?})"));
        match s.strip_prefix('~') {
            Some(rest) => format!("/home{}", short(rest)),
            None => s.to_owned(),
        }
    }

    fn brace_expand(&mut self, s: &str) -> Vec<String> {
        log(|| format!("brace_expand({s:?})"));
        pieces(s, ',')
    }

    fn word_split(&mut self, s: &str) -> Vec<String> {
        log(|| format!("word_split({s:?})"));
        pieces(s, ':')
    }

    fn expand_param(&mut self, name: &str, modifier: u8, args: &[Value]) -> Value {
        log(|| format!("expand_param({name:?}, {modifier}, {})", render_list(args)));
        match modifier % 8 {
            0 => args.first().map_or(Value::Undef, flat),
            1 => Value::Array(args.iter().map(flat).collect()),
            2 => Value::Int(name.len() as i64),
            3 => Value::Bool(!name.is_empty()),
            4 => Value::Float(-0.5),
            5 => Value::Status(-1),
            6 => Value::Undef,
            _ => Value::str(short(name)),
        }
    }

    fn array_index(&mut self, name: &str, index: &Value) -> Value {
        log(|| format!("array_index({name:?}, {})", render(index)));
        Value::Undef
    }

    fn cmd_subst(&mut self, sub: &Chunk) -> String {
        let n_ops = sub.ops.len();
        log(|| format!("cmd_subst({n_ops} ops)"));
        match n_ops {
            0 => String::new(),
            _ => format!("{n_ops} ops"),
        }
    }

    fn process_sub_in(&mut self, sub: &Chunk) -> String {
        log(|| format!("process_sub_in({} ops)", sub.ops.len()));
        format!("/in/{}", sub.ops.len())
    }

    fn process_sub_out(&mut self, sub: &Chunk) -> String {
        log(|| format!("process_sub_out({} ops)", sub.ops.len()));
        format!("/out/{}", sub.ops.len())
    }

    fn redirect(&mut self, fd: u8, op: u8, target: &str) {
        log(|| format!("redirect({fd}, {op}, {target:?})"));
    }

    fn heredoc(&mut self, content: &str) {
        log(|| format!("heredoc({content:?})"));
    }

    fn herestring(&mut self, content: &str) {
        log(|| format!("herestring({content:?})"));
    }

    fn pipeline_begin(&mut self, n: u8) {
        log(|| format!("pipeline_begin({n})"));
    }

    fn pipeline_stage(&mut self) {
        log(|| "pipeline_stage()".to_owned());
    }

    fn pipeline_end(&mut self) -> i32 {
        let number = log(|| "pipeline_end()".to_owned());
        (number % 5) as i32 - 2
    }

    fn subshell_begin(&mut self) {
        log(|| "subshell_begin()".to_owned());
    }

    fn subshell_end(&mut self) -> Option<i32> {
        let number = log(|| "subshell_end()".to_owned());
        [None, Some(0), Some(-7)][(number % 3) as usize]
    }

    fn trap_set(&mut self, sig: &str, handler: &Chunk) {
        log(|| format!("trap_set({sig:?}, {} ops)", handler.ops.len()));
    }

    fn trap_check(&mut self) {
        log(|| "trap_check()".to_owned());
    }

    fn with_redirects_begin(&mut self, count: u8) {
        log(|| format!("with_redirects_begin({count})"));
    }

    fn with_redirects_end(&mut self) {
        log(|| "with_redirects_end()".to_owned());
    }

    fn call_function(&mut self, name: &str, args: Vec<String>) -> Option<i32> {
        log(|| format!("call_function({name:?}, {args:?})"));
        name.starts_with('v').then(|| args.len() as i32 - 1)
    }

    fn exec(&mut self, args: Vec<String>) -> i32 {
        log(|| format!("exec({args:?})"));
        args.first().map_or(0, |command| command.len() as i32 - 3)
    }

    fn exec_bg(&mut self, args: Vec<String>) -> i32 {
        log(|| format!("exec_bg({args:?})"));
        4321
    }

    fn str_match(&mut self, s: &str, pat: &str) -> bool {
        log(|| format!("str_match({s:?}, {pat:?})"));
        s.starts_with(pat)
    }

    fn regex_match(&mut self, s: &str, regex: &str) -> bool {
        log(|| format!("regex_match({s:?}, {regex:?})"));
        s.contains(regex)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::{start, take_log};

    #[test]
    fn answers_have_every_shape() {
        start();
        let mut host = Shell;
        assert_eq!(host.glob("abcd", false), Vec::<String>::new());
        assert_eq!(host.glob("ab", true), ["**ab.0", "**ab.1"]);
        assert_eq!(host.word_split(":a"), ["", "a"]);
        assert_eq!(host.brace_expand(""), Vec::<String>::new());
        let statuses: Vec<i32> = (0..5).map(|_| host.pipeline_end()).collect();
        assert_eq!(statuses, [2, -2, -1, 0, 1]);
        let ends: Vec<_> = (0..3).map(|_| host.subshell_end()).collect();
        assert_eq!(ends, [None, Some(0), Some(-7)]);
        assert_eq!(host.call_function("v1", vec![]), Some(-1));
        assert_eq!(host.call_function("w", vec![]), None);
        assert_eq!(take_log()[1], "shell glob(\"ab\", true)");
    }

    #[test]
    fn answers_made_of_answers_do_not_grow() {
        start();
        let mut host = Shell;
        let (mut path, mut value) = ("~/abc".to_owned(), Value::Int(0));
        for _ in 0..200 {
            path = host.tilde_expand(&path) + ".";
            path = host.glob(&path, true).pop().unwrap_or(path);
            value = host.expand_param(&path, 1, &[value]);
        }
        assert!(path.len() < 300, "{path}");
        assert_eq!(render(&value), "Array([Str(\"(collection)\")])");
    }
}
