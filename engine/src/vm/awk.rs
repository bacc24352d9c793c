//! AWK ops, typed and wide.
//!
//! Every numbered op is one row of [`VM::awk`], by the number of its wide form, and one of
//! three: it belongs to the host and does nothing much without one (`host_value`,
//! `host_effect`), it asks the host but has a rule of its own ([`VM::ask_or`]), or it never
//! asks. A host cannot see the VM: it is borrowed where it is, so that nothing is lost when it
//! panics.

use super::VM;
use crate::awk_builtins::{self, getline_source, *};
use crate::awk_host::{AwkHost, AwkLvalue, awk_field_num};
use crate::error::{Error, Limit};
use crate::semantics::arrays::UNDEF;
use crate::semantics::awk;
use crate::semantics::cost::{self, Cost};
use crate::semantics::strings::text;
use crate::value::Value;
use std::borrow::Cow;

/// What an op asks a host.
struct Query<'vm> {
    /// The payload of the wide form.
    operand: usize,
    /// The name with that index; empty when there is none.
    name: &'vm str,
    /// The operands in push order.
    args: Vec<Value>,
}

impl Query<'_> {
    fn text(&self, i: usize) -> Cow<'_, str> {
        self.args.get(i).map_or("".into(), Value::as_str_cow)
    }

    fn value_or(&self, i: usize, text: &str) -> Value {
        self.args
            .get(i)
            .cloned()
            .unwrap_or_else(|| Value::str(text))
    }

    /// What follows the format of `printf`.
    fn behind_format(&self) -> &[Value] {
        self.args.get(1..).unwrap_or_default()
    }

    /// What `sub` and `gsub` change.
    fn target(&self) -> AwkLvalue {
        match self.args.get(2) {
            Some(name) => AwkLvalue::Var(name.to_str()),
            None => AwkLvalue::Field(0),
        }
    }
}

/// Asks a host.
type Ask<T> = fn(&mut dyn AwkHost, Query<'_>) -> T;

impl VM {
    /// The AWK op with this number: `ExtendedWide`, and the typed forms of the same ops.
    pub(super) fn awk(&mut self, id: u16, k: usize) -> Result<(), Error> {
        if awk_builtins::is_argc_out_of_range(id, k) {
            return Err(Error::AwkArgumentCount);
        }
        let empty = || Value::str("");
        match id {
            // The record, its fields, special variables
            AWK_FIELD_GET => self.host_value(k, 1, empty, |h, q| h.field_get(q.args[0].to_int())),
            AWK_FIELD_SET => self.host_effect(k, 2, |h, mut q| {
                let i = q.args[1].to_int();
                h.field_set(i, q.args.swap_remove(0));
            }),
            AWK_NF => self.host_int(k, 0, |h, _| h.nf()),
            AWK_SET_RECORD => self.host_effect(k, 1, |h, mut q| h.set_record(q.args.remove(0))),
            AWK_SPECIAL_GET => self.host_value(k, 0, || Value::Undef, |h, q| h.special_get(q.name)),
            AWK_SPECIAL_SET => {
                self.host_effect(k, 1, |h, mut q| h.special_set(q.name, q.args.remove(0)))
            }
            // Output and input
            AWK_PRINT => self.host_effect(k, k, |h, q| h.print(&q.args)),
            AWK_PRINTF => {
                self.check_host_text(k, 0)?;
                self.host_effect(k, k, |h, q| h.printf(&q.text(0), q.behind_format()))
            }
            AWK_SPRINTF => {
                self.check_host_text(k, 0)?;
                self.host_value(k, k, empty, |h, q| h.sprintf(&q.text(0), q.behind_format()))
            }
            AWK_GETLINE => self.awk_getline(k),
            // Texts and patterns
            AWK_LENGTH => self.awk_length(k),
            AWK_SUBSTR => self.awk_substr(k),
            AWK_INDEX => {
                self.check_texts(2, 2)?;
                self.ask_or(
                    k,
                    2,
                    |h, q| Value::Int(h.index(&q.args[0], &q.args[1])),
                    |vm| Ok(Value::Int(awk::awk_index(vm.operand(1), vm.operand(0)))),
                )
            }
            AWK_SPLIT => {
                self.check_host_text(k, 1)?;
                self.host_int(k, k, |h, q| {
                    h.split(&q.value_or(0, ""), &q.text(1), q.args.get(2))
                })
            }
            AWK_SUB => {
                self.check_host_text(k, 2)?;
                self.host_int(k, k, |h, q| {
                    h.sub(&q.value_or(0, ""), &q.value_or(1, ""), &q.target())
                })
            }
            AWK_GSUB => {
                self.check_host_text(k, 2)?;
                self.host_int(k, k, |h, q| {
                    h.gsub(&q.value_or(0, ""), &q.value_or(1, ""), &q.target())
                })
            }
            AWK_MATCH => self.host_int(k, 2, |h, q| h.match_re(&q.args[0], &q.args[1])),
            AWK_GENSUB => self.host_value(k, k, empty, |h, q| {
                let (re, repl, how) = (q.value_or(0, ""), q.value_or(1, ""), q.value_or(2, "g"));
                h.gensub(&re, &repl, &how, q.args.get(3))
            }),
            AWK_TOLOWER => self.ask_or_text(
                k,
                |h, q| h.tolower(&q.args[0]),
                |vm| or_too_long(awk::tolower(vm.operand(0), vm.limits.string_size)),
            ),
            AWK_TOUPPER => self.ask_or_text(
                k,
                |h, q| h.toupper(&q.args[0]),
                |vm| or_too_long(awk::toupper(vm.operand(0), vm.limits.string_size)),
            ),
            AWK_STRTONUM => self.ask_or_text(
                k,
                |h, q| h.strtonum(&q.args[0]),
                |vm| Ok(Value::Float(awk::awk_strtonum(&vm.operand(0).as_str_cow()))),
            ),
            AWK_ORD => self.ask_or_text(
                k,
                |h, q| h.ord(&q.args[0]),
                |vm| Ok(awk::awk_ord(vm.operand(0))),
            ),
            AWK_CHR => self.ask_or_unary(k, |h, q| h.chr(&q.args[0]), awk::awk_chr),
            // Numbers
            AWK_INT => self.ask_or_unary(k, |h, q| h.int(&q.args[0]), awk::awk_int),
            AWK_SQRT => self.ask_or_unary(k, |h, q| h.sqrt(&q.args[0]), awk::sqrt),
            AWK_SIN => self.ask_or_unary(k, |h, q| h.sin(&q.args[0]), awk::sin),
            AWK_COS => self.ask_or_unary(k, |h, q| h.cos(&q.args[0]), awk::cos),
            AWK_EXP => self.ask_or_unary(k, |h, q| h.exp(&q.args[0]), awk::exp),
            AWK_LOG => self.ask_or_unary(k, |h, q| h.log(&q.args[0]), awk::log),
            AWK_ATAN2 => self.ask_or_binary(k, |h, q| h.atan2(&q.args[0], &q.args[1]), awk::atan2),
            AWK_INTDIV => {
                self.ask_or_binary(k, |h, q| h.intdiv(&q.args[0], &q.args[1]), awk::awk_intdiv)
            }
            AWK_INTDIV0 => self.ask_or_binary(
                k,
                |h, q| h.intdiv0(&q.args[0], &q.args[1]),
                awk::awk_intdiv0,
            ),
            AWK_MKBOOL => self.ask_or_unary(k, |h, q| h.mkbool(&q.args[0]), awk::awk_mkbool),
            // Bits
            AWK_AND => self.ask_or(
                k,
                k,
                |h, q| h.and(&q.args),
                move |vm| Ok(Value::Int(awk::and(vm.padded(k)))),
            ),
            AWK_OR => self.ask_or(
                k,
                k,
                |h, q| h.or(&q.args),
                move |vm| Ok(Value::Int(awk::or(vm.padded(k)))),
            ),
            AWK_XOR => self.ask_or(
                k,
                k,
                |h, q| h.xor(&q.args),
                move |vm| Ok(Value::Int(awk::xor(vm.padded(k)))),
            ),
            AWK_COMPL => self.ask_or_unary(
                k,
                |h, q| h.compl(&q.args[0]),
                |v| Value::Int(awk::awk_compl(v)),
            ),
            AWK_LSHIFT => self.ask_or_binary(
                k,
                |h, q| h.lshift(&q.args[0], &q.args[1]),
                |v, n| Value::Int(awk::awk_lshift(v, n)),
            ),
            AWK_RSHIFT => self.ask_or_binary(
                k,
                |h, q| h.rshift(&q.args[0], &q.args[1]),
                |v, n| Value::Int(awk::awk_rshift(v, n)),
            ),
            // Arrays of the host
            AWK_ARRAY_GET => self.host_value(k, 1, empty, |h, q| h.array_get(q.name, &q.args[0])),
            AWK_ARRAY_SET => self.host_effect(k, 2, |h, mut q| {
                let v = q.args.swap_remove(0);
                h.array_set(q.name, &q.args[0], v);
            }),
            AWK_ARRAY_EXISTS => self.host_value(
                k,
                1,
                || Value::Bool(false),
                |h, q| Value::Bool(h.array_exists(q.name, &q.args[0])),
            ),
            AWK_ARRAY_DELETE => self.host_effect(k, 1, |h, q| h.array_delete(q.name, &q.args[0])),
            AWK_ARRAY_CLEAR => self.host_effect(k, 0, |h, q| h.array_clear(q.name)),
            AWK_ARRAY_LEN => self.host_int(k, 0, |h, q| h.array_len(q.name)),
            // Time and chance
            AWK_SYSTIME => self.ask_or(
                k,
                0,
                |h, _| h.systime(),
                |vm| Ok(Value::Float(awk::systime((vm.clock)()))),
            ),
            AWK_STRFTIME => self.awk_strftime(k),
            AWK_MKTIME => self.awk_mktime(k),
            AWK_RAND => self.awk_rand(),
            AWK_SRAND => self.awk_srand(k),
            _ => self.try_push(Value::Undef),
        }
    }

    fn awk_getline(&mut self, source: usize) -> Result<(), Error> {
        let n = usize::from(getline_source::takes_operand(source));
        self.check_host_text(n, 0)?;
        self.host_int(source, n, |h, q| match q.args.first() {
            Some(operand) => h.getline(q.operand, Some(&operand.as_str_cow()), None),
            None => h.getline(q.operand, None, None),
        })
    }

    /// Takes one operand at most, however many it is told.
    fn awk_length(&mut self, k: usize) -> Result<(), Error> {
        let n = k.min(1);
        self.check_texts(n, n)?;
        self.ask_or(
            k,
            n,
            |h, q| Value::Int(h.length(q.args.first())),
            move |vm| Ok(Value::Int(awk::awk_length(vm.arg(n, 0)))),
        )
    }

    fn awk_substr(&mut self, k: usize) -> Result<(), Error> {
        self.check_texts(k, 1)?;
        self.ask_or(
            k,
            k,
            |h, q| {
                let m = q.args.get(1).map_or(1, Value::to_int);
                h.substr(&q.value_or(0, ""), m, q.args.get(2).map(Value::to_int))
            },
            move |vm| {
                let m = vm.arg(k, 1).map_or(1, Value::to_int);
                let s = vm.arg(k, 0).unwrap_or(&UNDEF);
                Ok(awk::awk_substr(s, m, vm.arg(k, 2).map(Value::to_int)))
            },
        )
    }

    fn awk_strftime(&mut self, k: usize) -> Result<(), Error> {
        self.check_texts(k, 1)?;
        self.ask_or(
            k,
            k,
            |h, q| h.strftime(&q.args),
            move |vm| {
                let args = [vm.arg(k, 0), vm.arg(k, 1), vm.arg(k, 2)];
                awk::strftime(args, vm.clock, &vm.limits)
            },
        )
    }

    fn awk_mktime(&mut self, k: usize) -> Result<(), Error> {
        self.check_texts(k, 1)?;
        self.ask_or(
            k,
            k,
            |h, q| h.mktime(&q.args),
            move |vm| Ok(awk::mktime([vm.arg(k, 0), vm.arg(k, 1)])),
        )
    }

    /// `AwkRand`: the generator is the VM's, whatever the host.
    fn awk_rand(&mut self) -> Result<(), Error> {
        self.check_room(1)?;
        let random = awk::awk_rand(&mut self.awk_seed);
        self.try_push(Value::Float(random))
    }

    /// `AwkSrand`: takes one operand at most, however many it is told.
    fn awk_srand(&mut self, k: usize) -> Result<(), Error> {
        let new = if k == 0 {
            self.check_room(1)?;
            awk::seed_from((self.clock)())
        } else {
            u64::from(self.pop().to_float() as u32)
        };
        let old = awk::awk_srand(&mut self.awk_seed, Some(new));
        self.try_push(Value::Float(old))
    }

    /// `AwkGetFieldNum`: the thread's hook, whatever the host.
    pub(super) fn awk_get_field_num(&mut self, field: u16) -> Result<(), Error> {
        self.check_room(1)?;
        self.try_push(Value::Float(awk_field_num(field)))
    }

    /// `AwkSignal`
    pub(super) fn awk_raise_signal(&mut self, code: u8) -> Result<(), Error> {
        self.awk_signal = Some(code);
        self.halted = true;
        Ok(())
    }

    /// The ops that refuse bad operands.
    pub(super) fn awk_checked(
        &mut self,
        f: fn(&Value, &Value) -> Result<Value, Error>,
    ) -> Result<(), Error> {
        let result = f(self.operand(1), self.operand(0));
        self.give(2, result, |_| Cost::NONE)
    }

    /// `AwkComplJit`
    pub(super) fn awk_compl_checked(&mut self) -> Result<(), Error> {
        let result = awk::compl_checked(self.operand(0));
        self.give(1, result, |_| Cost::NONE)
    }

    /// `AwkSqrtJit`, `AwkLogJit`
    pub(super) fn awk_warned(&mut self, f: fn(&Value) -> awk::Warned) -> Result<(), Error> {
        self.check_room_for_answer(1)?;
        let awk::Warned { result, of } = f(self.operand(0));
        if let Some((name, x)) = of {
            self.warnings.line(&format!(
                "awk: warning: {name}: received negative argument {x}"
            ));
        }
        self.consume(1);
        self.try_push(result)
    }

    /// An op that belongs to the host and changes something there: drops its `n` operands.
    fn host_effect(&mut self, k: usize, n: usize, ask: Ask<()>) -> Result<(), Error> {
        if self.ask(k, n, ask).is_none() {
            self.consume(n);
        }
        Ok(())
    }

    /// An op that belongs to the host: replaces its `n` operands.
    fn host_value(
        &mut self,
        k: usize,
        n: usize,
        without: fn() -> Value,
        ask: Ask<Value>,
    ) -> Result<(), Error> {
        self.check_room_for_answer(n)?;
        match self.ask(k, n, ask) {
            Some(answer) => self.push_answer(answer),
            None => {
                self.consume(n);
                self.try_push(without())
            }
        }
    }

    /// As [`VM::host_value`], for an integer that is 0 without a host.
    fn host_int(&mut self, k: usize, n: usize, ask: Ask<i64>) -> Result<(), Error> {
        self.check_room_for_answer(n)?;
        let answer = self.ask(k, n, ask);
        if answer.is_none() {
            self.consume(n);
        }
        self.try_push(Value::Int(answer.unwrap_or(0)))
    }

    /// An op that asks the host, and without one has a rule: replaces its `n` operands.
    fn ask_or(
        &mut self,
        k: usize,
        n: usize,
        ask: Ask<Value>,
        rule: impl FnOnce(&VM) -> Result<Value, Error>,
    ) -> Result<(), Error> {
        self.check_room_for_answer(n)?;
        match self.ask(k, n, ask) {
            Some(answer) => self.push_answer(answer),
            None => {
                let result = rule(self);
                self.give(n, result, cost::built)
            }
        }
    }

    /// As [`VM::ask_or`], for a rule of one value.
    fn ask_or_unary(
        &mut self,
        k: usize,
        ask: Ask<Value>,
        rule: fn(&Value) -> Value,
    ) -> Result<(), Error> {
        self.ask_or(k, 1, ask, move |vm| Ok(rule(vm.operand(0))))
    }

    /// As [`VM::ask_or`], for a rule of two values.
    fn ask_or_binary(
        &mut self,
        k: usize,
        ask: Ask<Value>,
        rule: fn(&Value, &Value) -> Value,
    ) -> Result<(), Error> {
        self.ask_or(k, 2, ask, move |vm| Ok(rule(vm.operand(1), vm.operand(0))))
    }

    /// As [`VM::ask_or`], for a rule of one text.
    fn ask_or_text(
        &mut self,
        k: usize,
        ask: Ask<Value>,
        rule: fn(&VM) -> Result<Value, Error>,
    ) -> Result<(), Error> {
        self.check_texts(1, 1)?;
        self.ask_or(k, 1, ask, rule)
    }

    /// Asks the host, which gets the `n` top values; `None` without one.
    fn ask<T>(&mut self, k: usize, n: usize, ask: Ask<T>) -> Option<T> {
        let host = self.awk_host.as_deref_mut()?;
        let height = self.stack.len();
        let mut args = vec![Value::Undef; n.saturating_sub(height)];
        args.extend(self.stack.drain(height.saturating_sub(n)..));
        let name = self.chunk.names.get(k).map_or("", String::as_str);
        let operand = k;
        Some(ask(
            host,
            Query {
                operand,
                name,
                args,
            },
        ))
    }

    /// Pushes what a host answered: it is taken as it is, but counts as memory.
    fn push_answer(&mut self, answer: Value) -> Result<(), Error> {
        self.pay_memory(Cost::bytes(cost::footprint(&answer)))?;
        self.try_push(answer)
    }

    /// Of `n` operands, the one with index `i` in push order; `None` beyond them.
    fn arg(&self, n: usize, i: usize) -> Option<&Value> {
        (i < n).then(|| self.operand(n - 1 - i))
    }

    /// The `n` top values, and `Undef` below them for those that are missing.
    fn padded(&self, n: usize) -> impl Iterator<Item = &Value> {
        (0..n).rev().map(|i| self.operand(i))
    }

    /// Of `n` operands, the first `n_texts` are taken as texts: an error, with the operands
    /// consumed, when one is too long.
    fn check_texts(&mut self, n: usize, n_texts: usize) -> Result<(), Error> {
        (0..n_texts).try_for_each(|i| self.check_arg_text(n, i))
    }

    /// Of `n` operands, the one with index `i` is taken as a text when there is a host.
    fn check_host_text(&mut self, n: usize, i: usize) -> Result<(), Error> {
        if self.awk_host.is_none() {
            return Ok(());
        }
        self.check_arg_text(n, i)
    }

    fn check_arg_text(&mut self, n: usize, i: usize) -> Result<(), Error> {
        let checked = match self.arg(n, i) {
            Some(arg) => text(arg, &self.limits).map(drop),
            None => Ok(()),
        };
        if checked.is_err() {
            self.consume(n);
        }
        checked
    }
}

/// A text that is there, or the error that it would be too long.
fn or_too_long(text: Option<Value>) -> Result<Value, Error> {
    text.ok_or(Error::Limit(Limit::StringSize))
}
