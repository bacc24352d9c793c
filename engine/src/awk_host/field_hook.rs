//! The hook of `AwkGetFieldNum`: a number for a field, without a host.

use std::cell::Cell;

type Hook = extern "C" fn(i64) -> f64;

thread_local! {
    static HOOK: Cell<Option<Hook>> = const { Cell::new(None) };
}

/// Sets what gives `AwkGetFieldNum` the number of a field, for the calling thread; `None`, as
/// at first, gives 0.0 for every field. The hook must not unwind.
pub fn set_awk_field_num_hook(hook: Option<extern "C" fn(i64) -> f64>) {
    HOOK.set(hook);
}

/// The number of a field, by the hook of the calling thread.
pub(crate) fn awk_field_num(field: u16) -> f64 {
    HOOK.get().map_or(0.0, |hook| hook(i64::from(field)))
}
