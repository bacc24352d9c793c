//! The fused loops, in closed form.

use super::arith::add_int;

/// Iterations of `while k < limit { k += 1 }`.
pub(crate) fn iterations(k: i64, limit: i32) -> u64 {
    let limit = i64::from(limit);
    if k < limit { limit.abs_diff(k) } else { 0 }
}

/// `AccumSumLoop`: `sum` and `k` after `while k < limit { sum += k; k += 1 }`.
pub(crate) fn accum_sum_loop(sum: i64, k: i64, limit: i32) -> (i64, i64) {
    let n = iterations(k, limit);
    if n == 0 {
        return (sum, k);
    }
    // sum of k + 0, k + 1, .. k + (n - 1)  =  n * k + n * (n - 1) / 2, modulo 2^64
    let triangle = u128::from(n) * u128::from(n - 1) / 2;
    let growth = add_int((n as i64).wrapping_mul(k), triangle as i64);
    (add_int(sum, growth), i64::from(limit))
}
