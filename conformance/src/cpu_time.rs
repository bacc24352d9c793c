//! Time that a thread or process has really run: on a busy machine, unlike time that has
//! passed, it tells a case that does not end from one that has to wait.
//!
//! Linux says it in files; elsewhere every answer is `None`.

use std::fs;
use std::time::Duration;

/// What waits this many times longer than it may run does not end either.
pub const MOST_WAITING: u32 = 50;

/// Processor time of a thread of this process.
pub fn of_thread(thread: u64) -> Option<Duration> {
    let text = fs::read_to_string(format!("/proc/self/task/{thread}/schedstat")).ok()?;
    let nanos = text.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanos))
}

/// The calling thread's number for [`of_thread`].
pub fn this_thread() -> Option<u64> {
    let path = fs::read_link("/proc/thread-self").ok()?;
    path.file_name()?.to_str()?.parse().ok()
}

/// Processor time of all threads of a process.
pub fn of_process(process: u32) -> Option<Duration> {
    // The kernel counts in hundredths of a second for everybody who reads this file.
    const TICK: Duration = Duration::from_millis(10);
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field is the program's name in parentheses, which may contain anything.
    let (_, fields) = text.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11);
    let user: u32 = times.next()?.parse().ok()?;
    let system: u32 = times.next()?.parse().ok()?;
    Some(TICK * user.saturating_add(system))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_for_who_works() {
        let thread = this_thread().expect("Linux numbers threads");
        let process = std::process::id();
        let before = (of_thread(thread), of_process(process));
        let mut n = 0_u64;
        while of_thread(thread) < before.0.map(|time| time + Duration::from_millis(30)) {
            n = std::hint::black_box(n.wrapping_mul(3));
        }
        assert!(of_process(process) > before.1);
        assert_eq!(of_thread(u64::MAX), None);
    }
}
