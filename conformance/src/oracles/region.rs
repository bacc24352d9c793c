//! A part of a chunk that computes with numbers, run by itself through the direct entry points
//! of [`JitCompiler`]: native code and the interpreter give the same numbers.
//!
//! The numbers of slots come from the case; other values count as small integers. What a
//! result and a slot are as numbers is the contract of the entry points, written down here once
//! more.

use crate::case::Case;
use crate::operands::slot_room;
use crate::outcome::{Difference, Ending, Field, Outcome};
use crate::reference::coerce;
use crate::subjects::{self, eager, forget};
use crate::values::{render, same};
use fusevm::jit::{BlockNum, SlotKind};
use fusevm::{Chunk, JitCompiler, Op, TierPolicy, Value};

/// Fuel with which the interpreter runs a region: native code has none, and must end.
const FUEL: u64 = 20_000;
/// Times that a region is run natively: once compiled anew, once from the cache.
const RUNS: u32 = 2;
/// What is wrong with the region of a case, if anything is.
///
/// # Errors
/// Why no region was run.
pub fn check(case: &Case) -> Result<Option<Difference>, &'static str> {
    forget(case, eager());
    let jit = JitCompiler::new();
    let (start, end) = jit.find_jit_region(&case.chunk).ok_or("no region")?;
    let chunk = jit.extract_region(&case.chunk, start, end);
    if let Some(flaw) = wrong_extract(&case.chunk, start, &chunk) {
        return Ok(Some(flaw));
    }
    let numbers = Numbers::new(case, &chunk)?;
    let expected = numbers.interpret(&chunk)?;
    let name = |part: &str| format!("ops {start}..{end}, {part}");
    let mut flaw = None;
    for _ in 0..RUNS {
        let found = numbers
            .run_by(|slots, kinds| jit.try_run_block_eager_typed_kinded(&chunk, slots, kinds))
            .ok_or("the region was not taken")?;
        flaw = flaw.or_else(|| expected.difference(&found, &name));
    }
    Ok(flaw.or_else(|| numbers.check_linear(&jit, &chunk, &expected, &name)))
}

/// How the extracted ops differ from those of the chunk, but for their targets.
fn wrong_extract(chunk: &Chunk, start: usize, region: &Chunk) -> Option<Difference> {
    region.ops.iter().enumerate().find_map(|(ip, found)| {
        let op = chunk.ops.get(start + ip)?;
        let expected = op
            .target()
            .map_or(*op, |to| op.with_target(to.wrapping_sub(start)));
        let differ = expected != *found;
        let field = format!("op {ip} of the extracted region");
        let [left, right] = [expected, *found].map(|op| format!("{op:?}"));
        // An op with a NaN differs from itself; it prints the same.
        (differ && left != right).then(|| Difference::new(Field::Region, field, left, right))
    })
}

/// The slots of a region as numbers.
pub(super) struct Numbers {
    pub(super) slots: Vec<i64>,
    pub(super) kinds: Vec<SlotKind>,
}

/// What a region came to, as numbers.
#[derive(Clone)]
pub(super) struct Came {
    result: Value,
    slots: Vec<Value>,
    /// Whether it ended with an error of an AWK op.
    trapped: bool,
}

impl Numbers {
    /// The numbers in the slots that the region names.
    fn new(case: &Case, region: &Chunk) -> Result<Numbers, &'static str> {
        // The last two write warnings, which the entry points give nobody a say in.
        let asks_host = |op: &Op| {
            matches!(
                op,
                Op::AwkGetFieldNum(_)
                    | Op::Extended(..)
                    | Op::TimeInt
                    | Op::AwkSqrtJit
                    | Op::AwkLogJit
            )
        };
        if region.ops.iter().any(asks_host) {
            return Err("the region asks a host");
        }
        let number = |slot: usize| match case.slots.get(slot) {
            Some(Value::Int(n)) => (*n, SlotKind::Int),
            Some(Value::Float(x)) => (x.to_bits() as i64, SlotKind::Float),
            _ => (slot as i64 % 3, SlotKind::Int),
        };
        let (slots, kinds) = (0..slot_room(&region.ops)).map(number).unzip();
        Ok(Numbers { slots, kinds })
    }

    fn value(&self, slot: usize, bits: i64) -> Value {
        match self.kinds[slot] {
            SlotKind::Int => Value::Int(bits),
            SlotKind::Float => Value::Float(f64::from_bits(bits as u64)),
        }
    }

    /// What a slot's value becomes when it is written back.
    fn written_back(&self, slot: usize, value: &Value) -> Value {
        match self.kinds[slot] {
            SlotKind::Int => Value::Int(coerce::int(value)),
            SlotKind::Float => Value::Float(coerce::float(value)),
        }
    }

    /// What the region comes to in the interpreter.
    ///
    /// # Errors
    /// Why it has no end that can be compared.
    pub(super) fn interpret(&self, region: &Chunk) -> Result<Came, &'static str> {
        let slots = self.slots.iter().enumerate();
        let mut case = Case {
            slots: slots.map(|(slot, bits)| self.value(slot, *bits)).collect(),
            fuel: Some(FUEL),
            ..Case::new(region.clone())
        };
        // The slots are those of a scope that is opened at the start.
        if let Some(first) = case.chunk.ops.first_mut()
            && matches!(first, Op::PushFrame)
        {
            *first = Op::Nop;
        }
        let config = fusevm::TraceJitConfig::defaults();
        let outcome: Outcome = subjects::execute(&case, TierPolicy::NONE, config).outcome;
        let result = match &outcome.ending {
            Ending::Error(text) if text.starts_with("limit exceeded") => {
                return Err("the region meets a limit");
            }
            Ending::Value(Value::Float(x)) => Value::Float(*x),
            Ending::Value(value) => Value::Int(coerce::int(value)),
            Ending::Halted | Ending::Error(_) => Value::Int(0),
        };
        let left = outcome.frames.last().map_or(&[][..], |frame| &frame.slots);
        let written = |slot| match left.get(slot) {
            Some(value) => self.written_back(slot, value),
            None => self.value(slot, self.slots[slot]),
        };
        Ok(Came {
            result,
            slots: (0..self.slots.len()).map(written).collect(),
            trapped: matches!(outcome.ending, Ending::Error(_)),
        })
    }

    /// What it comes to natively, by an entry point for blocks; `None` when that declines.
    pub(super) fn run_by(
        &self,
        entry_point: impl FnOnce(&mut [i64], &[SlotKind]) -> Option<BlockNum>,
    ) -> Option<Came> {
        let mut slots = self.slots.clone();
        let result = entry_point(&mut slots, &self.kinds)?;
        let slots = slots.into_iter().enumerate();
        Some(Came {
            result: match result {
                BlockNum::Int(n) => Value::Int(n),
                BlockNum::Float(x) => Value::Float(x),
            },
            slots: slots.map(|(slot, bits)| self.value(slot, bits)).collect(),
            trapped: JitCompiler::new().take_awk_div_trap(),
        })
    }

    /// What is wrong with the result of straight-line code, which takes integers only.
    fn check_linear(
        &self,
        jit: &JitCompiler,
        region: &Chunk,
        expected: &Came,
        name: &dyn Fn(&str) -> String,
    ) -> Option<Difference> {
        if self.kinds.iter().any(|kind| *kind != SlotKind::Int) {
            return None;
        }
        let found = jit.try_run_linear(region, &self.slots)?;
        // A straight line gives the value itself, and a block its number.
        let number = match &found {
            Value::Float(x) => Value::Float(*x),
            value => Value::Int(coerce::int(value)),
        };
        differ(name("result of the line"), &expected.result, &number)
    }
}

impl Came {
    /// The same with the result as an integer.
    pub(super) fn with_integer(&self) -> Came {
        Came {
            result: Value::Int(coerce::int(&self.result)),
            ..self.clone()
        }
    }

    /// The first number that `found` has otherwise; `name` is given the part of the region.
    pub(super) fn difference(
        &self,
        found: &Came,
        name: &dyn Fn(&str) -> String,
    ) -> Option<Difference> {
        let trapped = |came: &Came| Value::Bool(came.trapped);
        let slots = self.slots.iter().zip(&found.slots).enumerate();
        differ(name("result"), &self.result, &found.result)
            .or_else(|| differ(name("trap"), &trapped(self), &trapped(found)))
            .or_else(|| {
                let mut slots = slots;
                slots.find_map(|(slot, (left, right))| {
                    differ(name(&format!("slot {slot}")), left, right)
                })
            })
    }
}

fn differ(field: String, left: &Value, right: &Value) -> Option<Difference> {
    (!same(left, right)).then(|| Difference::new(Field::Region, field, render(left), render(right)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use fusevm::asm::assemble;

    fn of(text: &str, slots: Vec<Value>) -> (Case, Numbers, Chunk) {
        let case = Case {
            slots,
            ..Case::new(assemble(text).expect("a program"))
        };
        let region = case.chunk.clone();
        let numbers = Numbers::new(&case, &region).expect("no host");
        (case, numbers, region)
    }

    #[test]
    fn regions_give_the_numbers_of_the_interpreter() {
        for text in [
            "LoadConst \"x\"\nGetSlot 0\nGetSlot 1\nMul\nSetSlot 2\nGetSlot 2",
            "Concat\nl: GetSlot 0\nGetSlot 1\nAdd\nSetSlot 1\nSlotIncLtIntJumpBack 0 90 l\nGetSlot 1",
            "PushFrame\nGetSlot 0\nInc\nSetSlot 0\nLoadFloat 2.5\nGetSlot 0\nPow",
            "LoadInt 1\nLoadInt 0\nSetSlot 1\nGetSlot 1\nAwkDivJit\nLoadInt 3",
        ] {
            let slots = vec![Value::Int(4), Value::Float(1.5)];
            let (case, ..) = of(text, slots);
            assert_eq!(check(&case), Ok(None), "{text}");
        }
    }

    #[test]
    fn what_has_no_region_or_does_not_end_is_not_run() {
        let (short, ..) = of("LoadInt 1\nLoadInt 2\nAdd", Vec::new());
        assert_eq!(check(&short), Err("no region"));
        let (endless, ..) = of("l: GetSlot 0\nPop\nNop\nJump l", Vec::new());
        assert_eq!(check(&endless), Err("the region meets a limit"));
    }

    #[test]
    fn another_number_is_a_difference() {
        let text = "GetSlot 0\nGetSlot 1\nAdd\nSetSlot 1\nGetSlot 0";
        let (_, numbers, region) = of(text, vec![Value::Int(4), Value::Float(1.5)]);
        let expected = numbers.interpret(&region).expect("it ends");
        let with = |change: &dyn Fn(&mut Came)| {
            let mut found = numbers.interpret(&region).expect("it ends");
            change(&mut found);
            let difference = expected.difference(&found, &|part| part.to_owned())?;
            Some(format!(
                "{}: {} | {}",
                difference.field, difference.left, difference.right
            ))
        };
        assert_eq!(with(&|_| {}), None);
        let result = with(&|came| came.result = Value::Float(4.0));
        assert_eq!(result.as_deref(), Some("result: Int(4) | Float(4.0)"));
        let slot = with(&|came| came.slots[1] = Value::Float(5.0));
        assert_eq!(slot.as_deref(), Some("slot 1: Float(5.5) | Float(5.0)"));
        let trap = with(&|came| came.trapped = true);
        assert_eq!(trap.as_deref(), Some("trap: Bool(false) | Bool(true)"));
    }

    #[test]
    fn a_wrong_extract_is_a_difference() {
        let (case, ..) = of("Nop\nl: Nop\nJump l\nNop", Vec::new());
        let mut region = JitCompiler::new().extract_region(&case.chunk, 1, 3);
        assert_eq!(wrong_extract(&case.chunk, 1, &region), None);
        region.ops[1] = Op::Jump(1);
        assert!(wrong_extract(&case.chunk, 1, &region).is_some());
    }
}
