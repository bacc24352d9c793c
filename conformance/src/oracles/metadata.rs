//! May a tier accept these metadata of a trace?
//!
//! In: a chunk and metadata that claim to be a loop of it. Out: which rule they break. Whatever
//! breaks one must be rejected, even where running it would do no harm.

use fusevm::jit::TraceMetadata;
use fusevm::{Chunk, Op};

/// Why metadata must be rejected, if they must.
pub fn breach(chunk: &Chunk, meta: &TraceMetadata) -> Option<&'static str> {
    let ips = &meta.recorded_ips;
    let (Some(last), Some(last_op)) = (ips.last(), meta.ops.last()) else {
        return Some("it has no ops");
    };
    if ips.len() != meta.ops.len() {
        return Some("it has more or fewer places than ops");
    }
    if meta.chunk_op_hash != chunk.compute_op_hash() {
        return Some("it is about another chunk");
    }
    let is_there = |(ip, op): (&usize, &Op)| {
        let found = chunk.ops.get(*ip);
        found.is_some_and(|found| found.is_identical(op))
    };
    if !ips.iter().zip(&meta.ops).all(is_there) {
        return Some("an op is not the one at its place");
    }
    if !is_path(chunk, ips) {
        return Some("an op cannot lead to the next one");
    }
    if last_op.target() != Some(meta.anchor_ip) {
        return Some("its last op does not lead to its header");
    }
    if meta.fallthrough_ip != last + 1 {
        return Some("it goes on elsewhere than behind its last op");
    }
    None
}

/// Whether control can go through the ops at these places, one after the other.
fn is_path(chunk: &Chunk, ips: &[usize]) -> bool {
    let mut returns = Vec::new();
    ips.windows(2).all(|pair| {
        let (ip, next) = (pair[0], pair[1]);
        match chunk.ops[ip] {
            Op::Jump(target) => next == target,
            Op::Call(name, _) => {
                returns.push(ip + 1);
                let mut subs = chunk.sub_entries.iter();
                let sub = subs.find(|(declared, _)| *declared == name);
                sub.is_some_and(|(_, entry)| *entry == next)
            }
            Op::Return | Op::ReturnValue => returns.pop() == Some(next),
            op => next == ip + 1 || op.target() == Some(next),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use fusevm::asm::assemble;

    /// A loop with a call in it, and what a recorder would say of it.
    fn honest() -> (Chunk, TraceMetadata) {
        let text = "
            loop: Call f 0
                  Pop
                  Jump on
                  Nop
            on:   SlotIncLtIntJumpBack 0 9 loop
                  Return
            sub f: LoadInt 1
                  ReturnValue
        ";
        let chunk = assemble(text).expect("a program");
        let recorded_ips = vec![0, 6, 7, 1, 2, 4];
        let meta = TraceMetadata {
            chunk_op_hash: chunk.compute_op_hash(),
            anchor_ip: 0,
            fallthrough_ip: 5,
            ops: recorded_ips.iter().map(|ip| chunk.ops[*ip]).collect(),
            recorded_ips,
            slot_kinds_at_anchor: Vec::new(),
        };
        (chunk, meta)
    }

    #[test]
    fn what_was_recorded_breaks_no_rule() {
        let (chunk, meta) = honest();
        assert_eq!(breach(&chunk, &meta), None);
    }

    #[test]
    fn each_rule_is_checked() {
        type Change = fn(&mut TraceMetadata);
        let remove = |at: usize| {
            move |meta: &mut TraceMetadata| {
                meta.ops.remove(at);
                meta.recorded_ips.remove(at);
            }
        };
        let changes: [(Change, &str); 6] = [
            (|m| m.ops.clear(), "no ops"),
            (|m| m.recorded_ips.push(5), "more or fewer"),
            (|m| m.chunk_op_hash ^= 1, "another chunk"),
            (|m| m.ops[1] = Op::LoadInt(2), "not the one at its place"),
            (|m| m.anchor_ip = 1, "does not lead to its header"),
            (|m| m.fallthrough_ip = 6, "goes on elsewhere"),
        ];
        for (change, rule) in changes {
            let (chunk, mut meta) = honest();
            change(&mut meta);
            let found = breach(&chunk, &meta).expect(rule);
            assert!(found.contains(rule), "{found}");
        }
        // Without any one op there is no way from one to the next.
        for at in 1..5 {
            let (chunk, mut meta) = honest();
            remove(at)(&mut meta);
            let found = breach(&chunk, &meta);
            assert_eq!(found, Some("an op cannot lead to the next one"), "{at}");
        }
    }
}
