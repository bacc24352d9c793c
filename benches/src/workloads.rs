//! The list of workloads, one module per family.

pub mod arrays;
pub mod branches;
pub mod calls;
pub mod cold_start;
pub mod float_loops;
pub mod hashes;
pub mod int_loops;
pub mod straight;
pub mod strings;

use crate::workload::Workload;

/// Every workload, in the order in which tables show them.
pub fn all() -> Vec<Workload> {
    vec![
        int_loops::sum_top_tested(),
        int_loops::sum_bottom_tested(),
        int_loops::sum_fused(),
        int_loops::nested(),
        int_loops::fib_iterative(),
        branches::alternating(),
        branches::random(),
        float_loops::leibniz(),
        float_loops::logistic(),
        calls::fib_recursive(),
        calls::leaf(),
        straight::horner(),
        strings::append(),
        arrays::sum_global(),
        arrays::sum_slot(),
        arrays::sieve(),
        hashes::count_words(),
        cold_start::fresh(),
        cold_start::pooled(),
    ]
}
