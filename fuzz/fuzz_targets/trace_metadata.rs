//! Hostile trace metadata is rejected or harmless.
#![no_main]

use fusevm_conformance::targets::{input, trace_metadata};
use libfuzzer_sys::{fuzz_crossover, fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|data: &[u8]| trace_metadata::check(data));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    trace_metadata::mutate(data, size, max_size, seed, fuzzer_mutate)
});

fuzz_crossover!(|first: &[u8], second: &[u8], out: &mut [u8], seed: u32| {
    input::cross(trace_metadata::GROW, first, second, out, seed)
});
