//! Tiers agree on structured programs.
#![no_main]

use fusevm_conformance::targets::diff_jit;

libfuzzer_sys::fuzz_target!(|data: &[u8]| diff_jit::check(data));
