//! Tiers agree on chunks in which nothing needs to make sense.
#![no_main]

use fusevm_conformance::targets::diff_raw;

libfuzzer_sys::fuzz_target!(|data: &[u8]| diff_raw::check(data));
