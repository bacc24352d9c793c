//! What only the host knows: records, fields, special variables, arrays, input and output,
//! and what needs regular expressions. Without a host the operands are dropped.

use super::super::coerce::int;
use super::super::state::{Machine, Step};
use super::text_at;
use fusevm::{AwkHost, AwkLvalue, Op, Value};

impl Machine {
    pub(super) fn awk_hosted(&mut self, op: Op, n: usize) -> Step {
        match op {
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
            _ => return self.not_covered(op, "unknown op"),
        }
        Ok(())
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
