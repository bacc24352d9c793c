//! A panic of a subject is a finding, not the end of the harness.
//!
//! [`catch`] runs something that must not panic and returns the message when it does. The
//! message is kept from standard error, where a campaign draws its progress.

use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static CATCHING: Cell<bool> = const { Cell::new(false) };
    static MESSAGE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// The result of `run`, or the message and place of its panic.
///
/// After a panic the native tiers of the thread may be in any state: what is run on the
/// same thread afterwards proves nothing. [`fresh`] is for that.
///
/// # Errors
/// The panic, as `message, at file:line`.
pub fn catch<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    install_hook();
    CATCHING.set(true);
    // Nothing that `run` has broken is looked at again: see above.
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    CATCHING.set(false);
    result.map_err(|_| MESSAGE.take().unwrap_or_else(|| "panic".to_owned()))
}

/// The result of `run` on a new thread, which has its own native tiers.
pub fn fresh<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| match scope.spawn(run).join() {
        Ok(value) => value,
        Err(panic) => panic::resume_unwind(panic),
    })
}

fn install_hook() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let default = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !CATCHING.get() {
                return default(info);
            }
            let message = info
                .payload_as_str()
                .unwrap_or("panic with a message that is no text");
            let place = info
                .location()
                .map(|at| format!(", at {}:{}", at.file(), at.line()));
            MESSAGE.set(Some(format!("{message}{}", place.unwrap_or_default())));
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_message() {
        assert_eq!(catch(|| 7), Ok(7));
        let message = catch(|| panic!("broken {}", 1)).expect_err("it panics");
        assert!(message.starts_with("broken 1, at "), "{message}");
        assert!(message.contains("panics.rs:"), "{message}");
    }

    #[test]
    fn a_new_thread_returns_its_result() {
        assert_eq!(fresh(|| 7), 7);
    }
}
