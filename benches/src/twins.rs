//! The workloads' algorithms in native Rust: what the tiers are measured against.
//!
//! `_scalar` in a name means that LLVM may keep values in registers but may neither
//! vectorise the loop nor replace it by a formula: in every iteration a loop-carried value
//! passes through `opaque` or `opaque_float`, which emit no instruction. `_vectorised`
//! means that nothing holds LLVM back. Names without either do no arithmetic worth it.

use fusevm::Value;
use std::collections::HashMap;
use std::hint::black_box;
use std::sync::Arc;

/// `n`, of which the optimiser knows nothing; it stays in a register.
#[inline(always)]
fn opaque(mut n: i64) -> i64 {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    // SAFETY: the text is a comment, so no instruction is emitted and no state changes.
    unsafe {
        std::arch::asm!("/* {0} */", inout(reg) n, options(pure, nomem, nostack, preserves_flags));
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let n = black_box(n);
    n
}

/// `x`, of which the optimiser knows nothing; it stays in a register.
#[inline(always)]
fn opaque_float(mut x: f64) -> f64 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the text is a comment, so no instruction is emitted and no state changes.
    unsafe {
        std::arch::asm!("/* {0} */", inout(xmm_reg) x, options(pure, nomem, nostack, preserves_flags));
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: the text is a comment, so no instruction is emitted and no state changes.
    unsafe {
        std::arch::asm!("/* {0:d} */", inout(vreg) x, options(pure, nomem, nostack, preserves_flags));
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let x = black_box(x);
    x
}

/// `0 + 1 + .. + (n - 1)`.
pub fn sum_scalar(n: i64) -> i64 {
    let (mut i, mut sum) = (0, 0i64);
    while i < n {
        sum = opaque(sum.wrapping_add(i));
        i += 1;
    }
    sum
}

/// Adds even numbers below `n` and subtracts odd ones.
pub fn alternating_scalar(n: i64) -> i64 {
    let (mut i, mut sum) = (0, 0i64);
    while i < n {
        if opaque(i & 1) == 0 {
            sum = opaque(sum.wrapping_add(i));
        } else {
            sum = opaque(sum.wrapping_sub(i));
        }
        i += 1;
    }
    sum
}

/// The factor of Knuth's MMIX linear congruential generator.
pub const LCG_FACTOR: i64 = 6_364_136_223_846_793_005;
/// Its summand.
pub const LCG_SUMMAND: i64 = 1_442_695_040_888_963_407;

/// Counts up or down by a bit of a pseudo-random sequence that no predictor can learn.
pub fn random_branch_scalar(n: i64) -> i64 {
    let (mut i, mut state, mut count) = (0, 1i64, 0i64);
    while i < n {
        state = state.wrapping_mul(LCG_FACTOR).wrapping_add(LCG_SUMMAND);
        if opaque((state >> 33) & 1) == 0 {
            count = opaque(count + 3);
        } else {
            count = opaque(count - 1);
        }
        i += 1;
    }
    count
}

/// `n` terms of Leibniz' series for pi / 4.
pub fn leibniz_scalar(n: i64) -> f64 {
    let (mut i, mut sum, mut sign, mut denominator) = (0, 0.0, 1.0, 1.0);
    while i < n {
        sum = opaque_float(sum + sign / denominator);
        sign = -sign;
        denominator += 2.0;
        i += 1;
    }
    sum
}

/// `n` steps of the logistic map from 0.5.
pub fn logistic_scalar(n: i64, rate: f64) -> f64 {
    let (mut i, mut x) = (0, 0.5);
    while i < n {
        x = opaque_float(rate * x * (1.0 - x));
        i += 1;
    }
    x
}

/// Adds `i ^ j` for all `i` and `j` below `n`.
pub fn nested_scalar(n: i64) -> i64 {
    let (mut i, mut sum) = (0, 0i64);
    while i < n {
        let mut j = 0;
        while j < n {
            sum = opaque(sum.wrapping_add(i ^ j));
            j += 1;
        }
        i += 1;
    }
    sum
}

/// The `n`th Fibonacci number modulo 2^64, by addition.
pub fn fib_iterative_scalar(n: i64) -> i64 {
    let (mut i, mut a, mut b) = (0, 0i64, 1i64);
    while i < n {
        (a, b) = (opaque(b), a.wrapping_add(b));
        i += 1;
    }
    a
}

/// The `n`th Fibonacci number, by the definition; both calls are really made.
#[inline(never)]
pub fn fib_recursive_scalar(n: i64) -> i64 {
    if n < 2 {
        return n;
    }
    opaque(fib_recursive_scalar(n - 1).wrapping_add(fib_recursive_scalar(n - 2)))
}

/// Calls made by [`fib_recursive_scalar`].
pub fn fib_calls(n: i64) -> i64 {
    2 * fib_iterative_scalar(n + 1) - 1
}

#[inline(never)]
fn step(x: i64, i: i64) -> i64 {
    opaque(x.wrapping_mul(31)) ^ i
}

/// Folds the numbers below `n` through a small function that is really called.
pub fn leaf_call_scalar(n: i64) -> i64 {
    let (mut i, mut x) = (0, 1i64);
    while i < n {
        x = step(x, i);
        i += 1;
    }
    x
}

/// A polynomial with these coefficients, highest first, by Horner's rule modulo 2^64.
pub fn horner_scalar(x: i64, coefficients: impl Iterator<Item = i64>) -> i64 {
    coefficients.fold(0, |sum, c| opaque(sum.wrapping_mul(x).wrapping_add(c)))
}

/// `piece` appended `n` times.
pub fn append(n: i64, piece: &str) -> Value {
    let mut text = String::new();
    for _ in 0..n {
        text.push_str(black_box(piece));
    }
    Value::Str(Arc::new(text))
}

/// The sum of the elements, one after the other.
pub fn array_sum_scalar(elements: &[i64]) -> i64 {
    elements
        .iter()
        .fold(0i64, |sum, x| opaque(sum.wrapping_add(*x)))
}

/// The sum of the elements, in whatever order LLVM likes.
pub fn array_sum_vectorised(elements: &[i64]) -> i64 {
    elements.iter().fold(0i64, |sum, x| sum.wrapping_add(*x))
}

/// The number of primes below `sieve.len()`, by Eratosthenes' sieve.
pub fn sieve_scalar(sieve: &mut [i64]) -> i64 {
    sieve.fill(0);
    let (mut i, mut primes) = (2, 0);
    while i < sieve.len() {
        if sieve[i] == 0 {
            primes = opaque(primes + 1);
            let mut j = i + i;
            while j < sieve.len() {
                sieve[opaque(j as i64) as usize] = 1;
                j += i;
            }
        }
        i += 1;
    }
    primes
}

/// How often the last word occurs when the words are read round and round, `n` in all;
/// every occurrence is counted in a map.
pub fn count_words(n: i64, words: &[String]) -> i64 {
    let mut counts: HashMap<String, i64> = HashMap::new();
    for i in 0..n {
        let word = &words[i as usize % words.len()];
        match counts.get_mut(black_box(word)) {
            Some(count) => *count += 1,
            None => {
                counts.insert(word.clone(), 1);
            }
        }
    }
    words
        .last()
        .and_then(|word| counts.get(word))
        .copied()
        .unwrap_or(0)
}
