//! The AWK ops: 6.21, and their numbers in the range of `ExtendedWide`: 7.3.
//!
//! Three kinds of ops, by who answers: the host and without one nobody (records, fields,
//! arrays, output), the host and without one the built-in rule of 7.2, and never the host.
//! `text`, `numbers` and `time` have the rules, `forms` the numbers.
//!
//! An op with a count takes as many operands as it says; missing ones are `Undef` and come
//! first (Q71). What the host says is pushed as it is, and costs nothing.

mod forms;
mod numbers;
mod text;
mod time;

use super::coerce::{float, int, truth};
use super::state::{Machine, Step, Stop};
use forms::{by_number, counts};
use fusevm::{AwkHost, AwkLvalue, Op, Value};

pub(super) use forms::operand;

impl Machine {
    /// Executes an AWK op. `n` is its operand, which may be greater in the wide form than
    /// the typed one can say.
    pub(super) fn awk(&mut self, op: Op, n: usize) -> Step {
        if counts(op) && n > 255 {
            let text = "awk argument count out of range";
            return Err(Stop::Error(text.to_owned()));
        }
        match op {
            // Only the host
            Op::AwkFieldGet => {
                self.awk_asks(1, |host, a| host.field_get(int(&a[0])), Value::str(""))?
            }
            Op::AwkFieldSet => {
                self.awk_tells(2, |host, a| host.field_set(int(&a[1]), a[0].clone()))
            }
            Op::AwkNf => self.awk_asks(0, |host, _| Value::Int(host.nf()), Value::Int(0))?,
            Op::AwkSetRecord => self.awk_tells(1, |host, a| host.set_record(a[0].clone())),
            Op::AwkSpecialGet(_) => {
                let name = self.name(n);
                self.awk_asks(0, |host, _| host.special_get(&name), Value::Undef)?;
            }
            Op::AwkSpecialSet(_) => {
                let name = self.name(n);
                self.awk_tells(1, |host, a| host.special_set(&name, a[0].clone()));
            }
            Op::AwkPrint(_) => self.awk_tells(n, |host, args| host.print(args)),
            Op::AwkPrintf(_) => {
                let format = self.awk_operand_text(0, n)?;
                self.awk_tells(n, |host, a| host.printf(&format, a.get(1..).unwrap_or(&[])));
            }
            Op::AwkSprintf(_) => {
                let format = self.awk_operand_text(0, n)?;
                let ask = |host: &mut dyn AwkHost, a: &[Value]| {
                    host.sprintf(&format, a.get(1..).unwrap_or(&[]))
                };
                self.awk_asks(n, ask, Value::str(""))?;
            }
            Op::AwkGetline(_) => self.awk_getline(n)?,
            Op::AwkSplit(_) => self.awk_split(n)?,
            Op::AwkSub(_) => self.awk_substitute(n, |host, a, target| {
                host.sub(&text_at(a, 0), &text_at(a, 1), target)
            })?,
            Op::AwkGsub(_) => self.awk_substitute(n, |host, a, target| {
                host.gsub(&text_at(a, 0), &text_at(a, 1), target)
            })?,
            Op::AwkMatch => self.awk_asks(
                2,
                |host, a| Value::Int(host.match_re(&a[0], &a[1])),
                Value::Int(0),
            )?,
            Op::AwkGensub(_) => {
                let ask = |host: &mut dyn AwkHost, a: &[Value]| {
                    let how = a.get(2).cloned().unwrap_or_else(|| Value::str("g"));
                    host.gensub(&text_at(a, 0), &text_at(a, 1), &how, a.get(3))
                };
                self.awk_asks(n, ask, Value::str(""))?;
            }
            Op::AwkArrayGet(_)
            | Op::AwkArraySet(_)
            | Op::AwkArrayExists(_)
            | Op::AwkArrayDelete(_)
            | Op::AwkArrayClear(_)
            | Op::AwkArrayLen(_) => self.awk_array(op, n)?,
            // Never the host
            Op::AwkRand | Op::AwkSrand(_) => self.awk_random(op, n)?,
            Op::AwkDiv
            | Op::AwkMod
            | Op::AwkDivJit
            | Op::AwkModJit
            | Op::AwkSqrtJit
            | Op::AwkLogJit
            | Op::AwkLshiftJit
            | Op::AwkRshiftJit
            | Op::AwkComplJit => self.awk_checked(op)?,
            Op::AwkGetFieldNum(field) => self.awk_field_num(field)?,
            Op::AwkSignal(code) => {
                self.signal = Some(code);
                self.vm.request_halt();
            }
            // The host, or the built-in rule
            _ => return self.awk_function(op, n),
        }
        Ok(())
    }

    /// An op that asks the host, or without one follows a rule of 7.2.
    fn awk_function(&mut self, op: Op, n: usize) -> Step {
        match op {
            Op::AwkLength(_)
            | Op::AwkSubstr(_)
            | Op::AwkIndex
            | Op::AwkToLower
            | Op::AwkToUpper
            | Op::AwkStrtonum
            | Op::AwkOrd
            | Op::AwkChr => self.awk_text(op, n),
            Op::AwkSystime | Op::AwkStrftime(_) | Op::AwkMktime(_) => self.awk_time(op, n),
            Op::AwkInt => self.awk_rule(1, |host, a| host.int(&a[0]), |a| numbers::int(f(a, 0))),
            Op::AwkSqrt => self.awk_float(|host, x| host.sqrt(x), f64::sqrt),
            Op::AwkSin => self.awk_float(|host, x| host.sin(x), f64::sin),
            Op::AwkCos => self.awk_float(|host, x| host.cos(x), f64::cos),
            Op::AwkExp => self.awk_float(|host, x| host.exp(x), f64::exp),
            Op::AwkLog => self.awk_float(|host, x| host.log(x), f64::ln),
            Op::AwkAtan2 => self.awk_rule(
                2,
                |host, a| host.atan2(&a[0], &a[1]),
                |a| Value::Float(f(a, 0).atan2(f(a, 1))),
            ),
            Op::AwkAnd(_) => {
                self.awk_rule(n, |host, a| host.and(a), |a| numbers::fold(a, |x, y| x & y))
            }
            Op::AwkOr(_) => {
                self.awk_rule(n, |host, a| host.or(a), |a| numbers::fold(a, |x, y| x | y))
            }
            Op::AwkXor(_) => {
                self.awk_rule(n, |host, a| host.xor(a), |a| numbers::fold(a, |x, y| x ^ y))
            }
            Op::AwkCompl => self.awk_rule(
                1,
                |host, a| host.compl(&a[0]),
                |a| Value::Int(!numbers::bits(&a[0])),
            ),
            Op::AwkLshift => self.awk_rule(
                2,
                |host, a| host.lshift(&a[0], &a[1]),
                |a| Value::Int(numbers::bits(&a[0]) << (numbers::bits(&a[1]) & 63)),
            ),
            Op::AwkRshift => self.awk_rule(
                2,
                |host, a| host.rshift(&a[0], &a[1]),
                |a| {
                    let unsigned = numbers::bits(&a[0]) as u64;
                    Value::Int((unsigned >> (numbers::bits(&a[1]) & 63)) as i64)
                },
            ),
            Op::AwkMkbool => self.awk_rule(
                1,
                |host, a| host.mkbool(&a[0]),
                |a| Value::Float(if truth(&a[0]) { 1.0 } else { 0.0 }),
            ),
            Op::AwkIntdiv => self.awk_rule(
                2,
                |host, a| host.intdiv(&a[0], &a[1]),
                |a| numbers::quotient(f(a, 0), f(a, 1)).map_or(Value::Undef, Value::Float),
            ),
            Op::AwkIntdiv0 => self.awk_rule(
                2,
                |host, a| host.intdiv0(&a[0], &a[1]),
                |a| Value::Float(numbers::quotient(f(a, 0), f(a, 1)).unwrap_or(0.0)),
            ),
            _ => self.not_covered(op, "unknown op"),
        }
    }

    /// 7.3: the AWK op with a number; an unassigned number gives `Undef` (Q69).
    pub(super) fn awk_by_number(&mut self, number: u16, payload: usize) -> Step {
        match by_number(number) {
            Some(op) => self.awk(op, payload),
            None => self.give(0, Value::Undef),
        }
    }

    // Who answers.

    /// The operands of an op that takes `n`, the deepest first.
    fn awk_operands(&self, n: usize) -> Vec<Value> {
        (0..n).rev().map(|depth| self.top(depth).clone()).collect()
    }

    /// Consumes `n` operands and pushes what the host makes of them, or what `alone` does.
    fn awk_value(
        &mut self,
        n: usize,
        ask: impl FnOnce(&mut dyn AwkHost, &[Value]) -> Value,
        alone: impl FnOnce(&mut Machine, &[Value]) -> Step<Value>,
    ) -> Step {
        self.room(n, 1)?;
        let operands = self.awk_operands(n);
        let value = match self.vm.awk_host.as_deref_mut() {
            Some(host) => ask(host, &operands),
            None => alone(self, &operands)?,
        };
        self.give(n, value)
    }

    /// An op to which only the host has an answer.
    fn awk_asks(
        &mut self,
        n: usize,
        ask: impl FnOnce(&mut dyn AwkHost, &[Value]) -> Value,
        alone: Value,
    ) -> Step {
        self.awk_value(n, ask, |_, _| Ok(alone))
    }

    /// An op that tells the host something and pushes nothing.
    fn awk_tells(&mut self, n: usize, tell: impl FnOnce(&mut dyn AwkHost, &[Value])) {
        let operands = self.awk_operands(n);
        self.consume(n);
        if let Some(host) = self.vm.awk_host.as_deref_mut() {
            tell(host, &operands);
        }
    }

    /// An op with a rule that needs no text.
    fn awk_rule(
        &mut self,
        n: usize,
        ask: fn(&mut dyn AwkHost, &[Value]) -> Value,
        rule: fn(&[Value]) -> Value,
    ) -> Step {
        self.awk_value(n, ask, |_, operands| Ok(rule(operands)))
    }

    /// An op from F of one value to a `Float`.
    fn awk_float(
        &mut self,
        ask: fn(&mut dyn AwkHost, &Value) -> Value,
        rule: fn(f64) -> f64,
    ) -> Step {
        let alone = |_: &mut Machine, a: &[Value]| Ok(Value::Float(rule(f(a, 0))));
        self.awk_value(1, |host, a| ask(host, &a[0]), alone)
    }

    /// S of operand `at` of `n`, the deepest being 0, for a host to read: the empty text
    /// when the op takes fewer operands, or when nobody reads it.
    fn awk_operand_text(&mut self, at: usize, n: usize) -> Step<String> {
        if at >= n || self.vm.awk_host.is_none() {
            return Ok(String::new());
        }
        self.text(n - 1 - at, n)
    }

    /// `names[index]`, or the empty name.
    fn name(&self, index: usize) -> String {
        let names = &self.vm.chunk.names;
        names.get(index).cloned().unwrap_or_default()
    }

    // Ops that only a host answers and that need more than a line.

    /// Sources 2 to 5 are read from a file or command that an operand names. There is never
    /// a variable (Q73).
    fn awk_getline(&mut self, source: usize) -> Step {
        let is_named = (2..=5).contains(&source);
        let n = usize::from(is_named);
        let operand = self.awk_operand_text(0, n)?;
        let operand = is_named.then_some(operand);
        let ask = |host: &mut dyn AwkHost, _: &[Value]| {
            Value::Int(host.getline(source, operand.as_deref(), None))
        };
        self.awk_asks(n, ask, Value::Int(0))
    }

    fn awk_split(&mut self, n: usize) -> Step {
        let name = self.awk_operand_text(1, n)?;
        let ask = |host: &mut dyn AwkHost, a: &[Value]| {
            Value::Int(host.split(&text_at(a, 0), &name, a.get(2)))
        };
        self.awk_asks(n, ask, Value::Int(0))
    }

    /// `AwkSub`, `AwkGsub`: the target is a variable, or without a third operand the record.
    fn awk_substitute(
        &mut self,
        n: usize,
        ask: fn(&mut dyn AwkHost, &[Value], &AwkLvalue) -> i64,
    ) -> Step {
        let name = self.awk_operand_text(2, n)?;
        let target = match n {
            0..3 => AwkLvalue::Field(0),
            _ => AwkLvalue::Var(name),
        };
        let ask = |host: &mut dyn AwkHost, a: &[Value]| Value::Int(ask(host, a, &target));
        self.awk_asks(n, ask, Value::Int(0))
    }

    fn awk_array(&mut self, op: Op, name: usize) -> Step {
        let name = self.name(name);
        match op {
            Op::AwkArrayGet(_) => {
                self.awk_asks(1, |host, a| host.array_get(&name, &a[0]), Value::str(""))
            }
            Op::AwkArrayExists(_) => self.awk_asks(
                1,
                |host, a| Value::Bool(host.array_exists(&name, &a[0])),
                Value::Bool(false),
            ),
            Op::AwkArrayLen(_) => self.awk_asks(
                0,
                |host, _| Value::Int(host.array_len(&name)),
                Value::Int(0),
            ),
            Op::AwkArraySet(_) => {
                self.awk_tells(2, |host, a| host.array_set(&name, &a[1], a[0].clone()));
                Ok(())
            }
            Op::AwkArrayDelete(_) => {
                self.awk_tells(1, |host, a| host.array_delete(&name, &a[0]));
                Ok(())
            }
            _ => {
                self.awk_tells(0, |host, _| host.array_clear(&name));
                Ok(())
            }
        }
    }
}

/// F of an operand.
fn f(operands: &[Value], at: usize) -> f64 {
    float(&operands[at])
}

/// An operand, or the empty text when the op does not take it.
fn text_at(operands: &[Value], at: usize) -> Value {
    operands.get(at).cloned().unwrap_or_else(|| Value::str(""))
}
