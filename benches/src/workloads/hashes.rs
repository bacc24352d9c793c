//! Hashes.

use crate::code::Code;
use crate::twins;
use crate::workload::{Program, Workload};
use fusevm::{Op, Value};
use std::collections::HashMap;

const WORDS: usize = 64;

/// `count{word} += 1` for words read from an array round and round.
pub fn count_words() -> Workload {
    fn program(n: i64) -> Program {
        let mut code = Code::new();
        let counts = code.global("counts", Value::hash(HashMap::new()));
        let words = code.input(Value::array(some_words().map(Value::str).collect()));
        let (i, n) = (code.int(0), code.input(Value::Int(n)));
        let word = code.input(Value::Undef);
        code.while_less(i, n, |code| {
            code.ops(&[Op::GetSlot(i), Op::LoadInt(WORDS as i64), Op::Mod]);
            code.ops(&[Op::SlotArrayGet(words), Op::SetSlot(word)]);
            code.ops(&[Op::GetSlot(word), Op::HashGet(counts), Op::Inc]);
            code.ops(&[Op::GetSlot(word), Op::HashSet(counts)]);
        });
        let last = code.constant(Value::str(some_words().last().unwrap_or_default()));
        code.ops(&[Op::LoadConst(last), Op::HashGet(counts)]);
        code.finish()
    }
    Workload::new("hashes/count_words", program, |n| {
        Value::Int(n / WORDS as i64)
    })
    .sizes(100_000, 640)
    .native(|n| {
        let words: Vec<String> = some_words().collect();
        Box::new(move || Value::Int(twins::count_words(n, &words)))
    })
}

fn some_words() -> impl Iterator<Item = String> {
    (0..WORDS).map(|k| format!("word{}", k * k))
}
