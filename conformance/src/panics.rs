//! A panic of a subject is a finding, not the end of the harness.
//!
//! [`catch`] runs something that must not panic and returns the message when it does. The
//! message is kept from standard error, where a campaign draws its progress.

use crate::cpu_time;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Once};
use std::thread;
use std::time::{Duration, Instant};

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
    let outside = CATCHING.replace(true);
    // Nothing that `run` has broken is looked at again: see above.
    let result = panic::catch_unwind(AssertUnwindSafe(run));
    CATCHING.set(outside);
    result.map_err(|_| MESSAGE.take().unwrap_or_else(|| "panic".to_owned()))
}

/// The result of `run` on a new thread, which has its own native tiers.
pub fn fresh<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| match scope.spawn(run).join() {
        Ok(value) => value,
        Err(panic) => panic::resume_unwind(panic),
    })
}

/// The result of `run` on a new thread, if it needs no more than `patience` of processor
/// time. Otherwise the thread is left behind, running: ask this only a few times.
pub fn fresh_within<T: Send + 'static>(
    patience: Duration,
    run: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let thread_number = Arc::new(AtomicU64::new(0));
    let (sender, receiver) = mpsc::channel();
    let number = Arc::clone(&thread_number);
    let thread = thread::spawn(move || {
        number.store(cpu_time::this_thread().unwrap_or(0), Ordering::Release);
        // Nobody waits for the result any more when this fails.
        let _ = sender.send(run());
    });
    let started = Instant::now();
    loop {
        match receiver.recv_timeout(patience) {
            Ok(value) => return Some(value),
            Err(RecvTimeoutError::Disconnected) => match thread.join() {
                Err(panic) => panic::resume_unwind(panic),
                Ok(()) => unreachable!("the thread sends its result before it ends"),
            },
            Err(RecvTimeoutError::Timeout) => {
                let waited = started.elapsed();
                let number = thread_number.load(Ordering::Acquire);
                let worked = cpu_time::of_thread(number).unwrap_or(waited);
                if worked > patience || waited > patience * cpu_time::MOST_WAITING {
                    return None;
                }
            }
        }
    }
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
    fn catching_within_catching_keeps_the_outer_message() {
        let message = catch(|| {
            assert!(catch(|| panic!("inner")).is_err());
            panic!("outer");
        });
        let message = message.expect_err("it panics");
        assert!(message.starts_with("outer, at "), "{message}");
    }

    #[test]
    fn a_new_thread_returns_its_result() {
        assert_eq!(fresh(|| 7), 7);
        assert_eq!(fresh_within(Duration::from_secs(60), || 7), Some(7));
    }

    #[test]
    fn what_does_not_end_is_left_behind() {
        let stop = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&stop);
        let endless = move || while seen.load(Ordering::Relaxed) == 0 {};
        assert_eq!(fresh_within(Duration::from_millis(20), endless), None);
        stop.store(1, Ordering::Relaxed);
    }
}
