//! The AWK ops: 6.21, and their numbers in the range of `ExtendedWide`: 7.3.
//!
//! Three kinds of ops, by who answers: the host and without one nobody (records, fields,
//! arrays, output), the host and without one the built-in rule of 7.2, and never the host.
//! `text`, `numbers` and `time` have the rules.
//!
//! An op with a count takes as many operands as it says; missing ones are `Undef` and come
//! first (Q71). What the host says is pushed as it is, and costs nothing.

mod numbers;
mod text;
mod time;

use super::coerce::{float, int, truth};
use super::state::{Machine, Step, Stop};
use fusevm::{AwkHost, AwkLvalue, Op, Value};

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
                self.room(n, 1)?;
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
        self.room(n, 1)?;
        let operand = self.awk_operand_text(0, n)?;
        let operand = is_named.then_some(operand);
        let ask = |host: &mut dyn AwkHost, _: &[Value]| {
            Value::Int(host.getline(source, operand.as_deref(), None))
        };
        self.awk_asks(n, ask, Value::Int(0))
    }

    fn awk_split(&mut self, n: usize) -> Step {
        self.room(n, 1)?;
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
        self.room(n, 1)?;
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

/// Whether the operand of an op counts what it takes from the stack (Q70).
fn counts(op: Op) -> bool {
    matches!(
        op,
        Op::AwkPrint(_)
            | Op::AwkPrintf(_)
            | Op::AwkSprintf(_)
            | Op::AwkLength(_)
            | Op::AwkSubstr(_)
            | Op::AwkSplit(_)
            | Op::AwkSub(_)
            | Op::AwkGsub(_)
            | Op::AwkAnd(_)
            | Op::AwkOr(_)
            | Op::AwkXor(_)
            | Op::AwkSrand(_)
            | Op::AwkStrftime(_)
            | Op::AwkMktime(_)
            | Op::AwkGensub(_)
    )
}

/// The operand of a typed AWK op; 0 for an op that has none.
pub(super) fn operand(op: Op) -> usize {
    match op {
        Op::AwkSpecialGet(name)
        | Op::AwkSpecialSet(name)
        | Op::AwkArrayGet(name)
        | Op::AwkArraySet(name)
        | Op::AwkArrayExists(name)
        | Op::AwkArrayDelete(name)
        | Op::AwkArrayClear(name)
        | Op::AwkArrayLen(name) => name.into(),
        Op::AwkGetline(source) => source.into(),
        Op::AwkPrint(argc)
        | Op::AwkPrintf(argc)
        | Op::AwkSprintf(argc)
        | Op::AwkLength(argc)
        | Op::AwkSubstr(argc)
        | Op::AwkSplit(argc)
        | Op::AwkSub(argc)
        | Op::AwkGsub(argc)
        | Op::AwkAnd(argc)
        | Op::AwkOr(argc)
        | Op::AwkXor(argc)
        | Op::AwkSrand(argc)
        | Op::AwkStrftime(argc)
        | Op::AwkMktime(argc)
        | Op::AwkGensub(argc) => argc.into(),
        _ => 0,
    }
}

/// The op with a number, without its operand.
fn by_number(number: u16) -> Option<Op> {
    Some(match number.checked_sub(40_000)? {
        0 => Op::AwkFieldGet,
        1 => Op::AwkFieldSet,
        2 => Op::AwkNf,
        3 => Op::AwkSetRecord,
        4 => Op::AwkSpecialGet(0),
        5 => Op::AwkSpecialSet(0),
        16 => Op::AwkPrint(0),
        17 => Op::AwkPrintf(0),
        18 => Op::AwkSprintf(0),
        24 => Op::AwkGetline(0),
        32 => Op::AwkLength(0),
        33 => Op::AwkSubstr(0),
        34 => Op::AwkIndex,
        35 => Op::AwkSplit(0),
        36 => Op::AwkSub(0),
        37 => Op::AwkGsub(0),
        38 => Op::AwkMatch,
        39 => Op::AwkToLower,
        40 => Op::AwkToUpper,
        41 => Op::AwkInt,
        42 => Op::AwkSqrt,
        43 => Op::AwkSin,
        44 => Op::AwkCos,
        45 => Op::AwkExp,
        46 => Op::AwkLog,
        47 => Op::AwkAtan2,
        48 => Op::AwkArrayGet(0),
        49 => Op::AwkArraySet(0),
        50 => Op::AwkArrayExists(0),
        51 => Op::AwkArrayDelete(0),
        52 => Op::AwkArrayClear(0),
        53 => Op::AwkArrayLen(0),
        54 => Op::AwkAnd(0),
        55 => Op::AwkOr(0),
        56 => Op::AwkXor(0),
        57 => Op::AwkCompl,
        58 => Op::AwkLshift,
        59 => Op::AwkRshift,
        60 => Op::AwkStrtonum,
        61 => Op::AwkSystime,
        62 => Op::AwkRand,
        63 => Op::AwkSrand(0),
        64 => Op::AwkStrftime(0),
        65 => Op::AwkMktime(0),
        66 => Op::AwkOrd,
        67 => Op::AwkChr,
        68 => Op::AwkMkbool,
        69 => Op::AwkIntdiv,
        70 => Op::AwkIntdiv0,
        71 => Op::AwkGensub(0),
        _ => return None,
    })
}
