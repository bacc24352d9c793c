//! The interpreter can go on wherever native code is left.
#![no_main]

use fusevm_conformance::targets::{deopt_stress, input};
use libfuzzer_sys::{fuzz_crossover, fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|data: &[u8]| deopt_stress::check(data));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    input::mutate(
        deopt_stress::GROW,
        data,
        size,
        max_size,
        seed,
        fuzzer_mutate,
    )
});

fuzz_crossover!(|first: &[u8], second: &[u8], out: &mut [u8], seed: u32| {
    input::cross(deopt_stress::GROW, first, second, out, seed)
});
