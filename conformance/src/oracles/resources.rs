//! What a run leaves behind that should be gone: in a VM that is used again, and in the memory
//! for native code.

use crate::outcome::{Difference, Field};
use fusevm::{JitCompiler, VM};

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
