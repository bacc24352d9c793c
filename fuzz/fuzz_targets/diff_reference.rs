//! The interpreter agrees with the reference evaluator.
#![no_main]

use fusevm_conformance::targets::diff_reference;

libfuzzer_sys::fuzz_target!(|data: &[u8]| diff_reference::check(data));
