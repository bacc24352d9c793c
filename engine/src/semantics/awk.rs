//! The built-in rules of the AWK ops.
//!
//! What is `pub` here is published by [`crate::awk_host`]: the defaults of the host trait, the
//! ops without a host and frontends all call the same functions. Texts of arrays are joined
//! without a limit; an op looks at their size before it calls.

mod bits;
mod checked;
mod number;
mod random;
mod text;
mod time;

pub(crate) use bits::{and, or, xor};
pub use bits::{awk_compl, awk_fold_and, awk_fold_or, awk_fold_xor, awk_lshift, awk_rshift};
pub(crate) use checked::{Warned, compl_checked, div, log_warned, lshift_checked, modulo};
pub(crate) use checked::{rshift_checked, sqrt_warned};
pub(crate) use number::{atan2, cos, exp, log, sin, sqrt};
pub use number::{awk_canon_nan, awk_int, awk_intdiv, awk_intdiv0, awk_mkbool, awk_strtonum};
pub(crate) use random::seed_from;
pub use random::{awk_rand, awk_srand};
pub use text::{awk_chr, awk_index, awk_length, awk_ord, awk_substr, awk_tolower, awk_toupper};
pub(crate) use text::{tolower, toupper};
pub use time::{awk_mktime, awk_strftime, awk_systime};
pub(crate) use time::{mktime, strftime, systime};
