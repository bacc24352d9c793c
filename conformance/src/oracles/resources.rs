//! What a run leaves behind that should be gone: in a VM that is used again, and in the memory
//! for native code. And what it may not take: memory beyond its limit.

use crate::campaign::SplitMix;
use crate::outcome::{Difference, Field};
use fusevm::{Chunk, JitCompiler, Limits, Op, VM, VMResult, Value};

/// What a VM still has that was reset for an empty chunk, if it has anything.
pub fn left_in(vm: &VM) -> Option<Difference> {
    let slots = vm.frames.first().map_or(0, |root| root.slots.len());
    let counts = [
        ("frames", 1, vm.frames.len()),
        ("values on the stack", 0, vm.stack.len()),
        ("slots", 0, slots),
        ("globals", 0, vm.globals.len()),
    ];
    counts
        .into_iter()
        .find(|(_, expected, found)| expected != found)
        .map(|(what, expected, found)| {
            Difference::new(
                Field::Resources,
                format!("{what} of a VM that was reset"),
                expected,
                found,
            )
        })
}

/// What the calling thread keeps beyond its bound. After everything was dropped (`flushed`)
/// that is anything at all.
pub fn kept(flushed: bool) -> Option<Difference> {
    let in_use = JitCompiler::new().in_use();
    let most_chunks = if flushed { 0 } else { in_use.most_chunks };
    let differ = |what, expected: usize, found: usize| {
        let when = if flushed { " after a flush" } else { "" };
        Difference::new(Field::Resources, format!("{what}{when}"), expected, found)
    };
    if in_use.chunks > most_chunks {
        return Some(differ("chunks that are known", most_chunks, in_use.chunks));
    }
    (in_use.chunks == 0 && in_use.functions > 0).then(|| {
        let found = in_use.functions;
        differ("compiled functions of no chunk", 0, found)
    })
}

/// How far the memory that a VM counts may be from what its values hold, as a factor. It is
/// measured "about", so campaigns do not compare when a run ends for it; that it does must
/// hold all the same.
const ABOUT: usize = 8;

/// Whether a VM that holds a drawn value runs out of memory when its limit is much lower than
/// what that takes, and only then.
pub fn memory_is_bounded(schedule: u32) -> Option<Difference> {
    let mut random = SplitMix::new(u64::from(schedule));
    let (shape, value) = drawn_large(&mut random);
    let held = held_by(&value);
    let place = match random.below(3) {
        0 => Place::Global,
        1 => Place::Slot,
        _ => Place::Stack,
    };
    [(held / ABOUT, true), (held * ABOUT, false)]
        .into_iter()
        .find_map(|(limit, expected)| {
            let found = runs_out(&value, place, limit);
            (found != expected).then(|| {
                let what = format!(
                    "whether {held} bytes in a {place:?}, {shape}, exceed a limit of {limit}"
                );
                Difference::new(Field::Resources, what, expected, found)
            })
        })
}

/// Where a value is held.
#[derive(Debug, Clone, Copy)]
enum Place {
    Global,
    Slot,
    Stack,
}

/// Whether a run ends for the limit of memory that asks for a little more than `value`.
fn runs_out(value: &Value, place: Place, limit: usize) -> bool {
    let mut chunk = Chunk {
        names: vec!["held".to_owned()],
        constants: vec![Value::str("x")],
        ..Chunk::new()
    };
    if let Place::Stack = place {
        chunk.ops = vec![Op::GetVar(0), Op::LoadUndef, Op::SetVar(0)];
    }
    chunk
        .ops
        .extend([Op::LoadConst(0), Op::LoadInt(2), Op::StringRepeat]);
    chunk.lines = vec![0; chunk.ops.len()];
    let mut vm = VM::new(chunk);
    let mut limits = Limits::default();
    limits.memory = limit;
    vm.set_limits(limits);
    match place {
        Place::Slot => vm.set_slot(0, value.clone()),
        Place::Global | Place::Stack => vm.globals = vec![value.clone()],
    }
    match vm.run() {
        VMResult::Error(text) => text == "limit exceeded: memory",
        _ => false,
    }
}

/// A value of many bytes, and what it is called.
fn drawn_large(random: &mut SplitMix) -> (&'static str, Value) {
    let text = |len: usize| Value::str("x".repeat(len));
    let list =
        |n: usize, element: &dyn Fn(usize) -> Value| Value::array((0..n).map(element).collect());
    let table = |n: usize, key: usize, value: &dyn Fn(usize) -> Value| {
        let entry = |at| (format!("{at:0key$}"), value(at));
        Value::hash((0..n).map(entry).collect())
    };
    let int = |n: usize| Value::Int(n as i64);
    match random.below(9) {
        0 => ("a text", text(100_000)),
        1 => ("numbers in an array", list(6_000, &int)),
        2 => ("short texts in an array", list(3_000, &|n| text(1 + n % 9))),
        3 => ("long texts in an array", list(20, &|_| text(5_000))),
        4 => ("short keys of a hash", table(1_500, 4, &int)),
        5 => ("long keys of a hash", table(20, 5_000, &int)),
        6 => ("long texts in a hash", table(20, 2, &|_| text(5_000))),
        7 => (
            "arrays in arrays",
            list(20, &|_| list(20, &|_| list(20, &int))),
        ),
        _ => (
            "references in an array",
            list(20, &|_| Value::Ref(Box::new(text(5_000)))),
        ),
    }
}

/// Bytes that a value needs at least, wherever it is kept.
fn held_by(value: &Value) -> usize {
    let inner = match value {
        Value::Str(text) => text.len(),
        Value::Array(elements) => elements.iter().map(held_by).sum(),
        Value::Hash(entries) => entries
            .iter()
            .map(|(key, value)| key.len() + held_by(value))
            .sum(),
        Value::Ref(target) => held_by(target),
        _ => 0,
    };
    size_of::<Value>() + inner
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Case;
    use crate::subjects::{eager, execute};
    use fusevm::asm::assemble;
    use fusevm::{Chunk, Op, TierPolicy, Value};

    #[test]
    fn what_is_left_in_a_vm_is_named() {
        let mut vm = VM::new(Chunk::new());
        assert_eq!(left_in(&vm), None);
        vm.stack.push(Value::Undef);
        let left = left_in(&vm).expect("a value");
        assert_eq!(left.field, "values on the stack of a VM that was reset");
        vm.frames.clear();
        let left = left_in(&vm).expect("no frame");
        assert_eq!((left.left, left.right), ("1".to_owned(), "0".to_owned()));
    }

    #[test]
    fn memory_is_bounded_whatever_holds_it() {
        for schedule in 0..200 {
            assert_eq!(memory_is_bounded(schedule), None, "{schedule}");
        }
    }

    #[test]
    fn code_is_freed_when_it_is_dropped() {
        let chunk = assemble("l: SlotIncLtIntJumpBack 0 50 l").expect("a program");
        let all = TierPolicy {
            linear: true,
            block: true,
            trace: true,
        };
        execute(&Case::new(chunk), all, eager());
        let jit = JitCompiler::new();
        let in_use = jit.in_use();
        assert!(in_use.chunks > 0 && in_use.functions > 0 && in_use.code_bytes > 0);
        assert_eq!(kept(false), None);
        let kept_after = kept(true).expect("nothing was dropped yet");
        assert_eq!(kept_after.field, "chunks that are known after a flush");
        jit.flush();
        assert_eq!(kept(true), None);
        let nothing = fusevm::jit::InUse {
            most_chunks: in_use.most_chunks,
            ..Default::default()
        };
        assert_eq!(jit.in_use(), nothing);
    }

    #[test]
    fn the_code_of_many_chunks_is_bounded() {
        let jit = JitCompiler::new();
        jit.set_config(eager());
        jit.flush();
        let most = jit.in_use().most_chunks;
        let mut peak = 0;
        for n in 0..most + 50 {
            let mut vm = VM::new(Chunk {
                ops: vec![Op::LoadInt(n as i64)],
                ..Chunk::new()
            });
            vm.enable_tracing_jit();
            vm.run();
            peak = peak.max(jit.in_use().functions);
            assert_eq!(kept(false), None);
        }
        assert!((1..=most).contains(&peak), "{peak} functions");
        assert!(jit.in_use().functions < peak, "some of them were freed");
    }
}
