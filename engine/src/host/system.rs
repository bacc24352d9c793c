//! What hosts do to the system by default: start programs and read directories.

use std::process::{Command, Stdio};

/// The status of a command that could not be started.
const NOT_STARTED: i32 = 127;
/// The status of a command that a signal ended.
const KILLED: i32 = 1;

/// The paths that match a pattern: none when it is invalid, without entries that cannot be
/// read.
pub(crate) fn glob_paths(pattern: &str) -> impl Iterator<Item = String> {
    let paths = glob::glob(pattern).into_iter().flatten().flatten();
    paths.map(|path| path.to_string_lossy().into_owned())
}

/// Runs a program on the standard streams of this process; its status.
pub(super) fn exec(args: &[String]) -> i32 {
    let Some((program, args)) = args.split_first() else {
        return 0;
    };
    match Command::new(program).args(args).status() {
        Ok(status) => status.code().unwrap_or(KILLED),
        Err(_) => NOT_STARTED,
    }
}

/// Starts a program whose output is discarded; its process number, 0 without one.
pub(super) fn exec_bg(args: &[String]) -> i32 {
    let Some((program, args)) = args.split_first() else {
        return 0;
    };
    let child = Command::new(program)
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    child.map_or(0, |child| child.id() as i32)
}
