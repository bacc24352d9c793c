//! Tiers agree on chunks in which nothing needs to make sense.
#![no_main]

use fusevm_conformance::targets::{diff_raw, input};
use libfuzzer_sys::{fuzz_crossover, fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|data: &[u8]| diff_raw::check(data));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    input::mutate(diff_raw::GROW, data, size, max_size, seed, fuzzer_mutate)
});

fuzz_crossover!(|first: &[u8], second: &[u8], out: &mut [u8], seed: u32| {
    input::cross(diff_raw::GROW, first, second, out, seed)
});
