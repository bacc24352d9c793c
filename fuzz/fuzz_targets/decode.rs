//! Any bytes give a chunk or a clear error.
#![no_main]

use fusevm_conformance::targets::decode;

libfuzzer_sys::fuzz_target!(|data: &[u8]| decode::check(data));
