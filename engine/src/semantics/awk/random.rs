//! The generator of `rand`. Its seed belongs to the VM.

use std::time::{SystemTime, UNIX_EPOCH};

/// `rand()`: advances the seed; one of 32768 values from 0 up to but not including 1.
pub fn awk_rand(seed: &mut u64) -> f64 {
    *seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
    ((*seed >> 16) & 0x7fff) as f64 / 32_768.0
}

/// `srand(n)`: sets the seed, without `n` from the system's clock; gives the low 32 bits of
/// the old one.
pub fn awk_srand(seed: &mut u64, n: Option<u64>) -> f64 {
    let new = n.unwrap_or_else(|| seed_from(SystemTime::now()));
    f64::from(std::mem::replace(seed, new) as u32)
}

/// The seed that a time gives: seconds since the Unix epoch, xor nanoseconds; 1 before it.
pub(crate) fn seed_from(now: SystemTime) -> u64 {
    now.duration_since(UNIX_EPOCH)
        .map_or(1, |d| d.as_secs() ^ u64::from(d.subsec_nanos()))
}
