//! The way of somebody who has a file and a suspicion: `run`, `reduce`, `explain`, `promote`.

use fusevm_conformance::filetest;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn difftest(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_difftest"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = difftest(arguments).output().expect("difftest starts");
    let text = |bytes| String::from_utf8(bytes).expect("output is text");
    (status.code(), text(stdout), text(stderr))
}

/// A folder for one test, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    folder
}

const PROGRAM: &str =
    "; Counts.\n; init slots: [Int(1)]\n\nl: SlotIncLtIntJumpBack 0 9 l\nGetSlot 0\n";

#[test]
fn a_program_is_promoted_once() {
    let folder = folder("promote");
    let file = folder.join("my-file.fvm");
    std::fs::write(&file, PROGRAM).expect("a file");
    let file = file.display().to_string();
    let into = folder.join("kept").display().to_string();
    let promote = ["promote", &file, "--into", &into];
    let (status, stdout, stderr) = run(&promote);
    assert_eq!(status, Some(0), "{stdout}{stderr}");
    let kept = folder.join("kept/my_file.fvm");
    let text = std::fs::read_to_string(&kept).expect("the case was written");
    for line in [
        "; Counts.",
        "; init slots: [Int(1)]",
        "; result: Int(9)",
        "; slots: [Int(9)]",
        "; native: block, trace",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    filetest::check_file(&kept).expect("the case passes");
    assert!(stdout.contains("next "), "{stdout}");
    let (status, _, stderr) = run(&promote);
    assert_eq!(status, Some(2));
    assert!(stderr.contains("exists already"), "{stderr}");
}

#[test]
fn a_case_without_words_or_name_is_not_kept() {
    let folder = folder("promote_refused");
    let into = folder.display().to_string();
    let file = folder.join("Strange name.fvm");
    std::fs::write(&file, "LoadInt 1\n").expect("a file");
    let file = file.display().to_string();
    let (status, _, stderr) = run(&["promote", &file, "--into", &into]);
    assert_eq!((status, stderr.contains("--why")), (Some(2), true));
    let (status, _, stderr) = run(&["promote", &file, "--into", &into, "--why", "It was 2."]);
    assert_eq!((status, stderr.contains("--name")), (Some(2), true));
}

#[test]
fn what_agrees_has_nothing_to_reduce() {
    let folder = folder("reduce");
    let file = folder.join("agrees.fvm");
    std::fs::write(&file, PROGRAM).expect("a file");
    let file = file.display().to_string();
    let (status, stdout, _) = run(&["reduce", &file, "--subjects", "block"]);
    assert_eq!(status, Some(0));
    assert!(stdout.contains("nothing to reduce"), "{stdout}");
    let (status, stdout, _) = run(&["explain", &file, "--subjects", "block", "--brief"]);
    assert_eq!(status, Some(0));
    assert!(stdout.contains("block: 1 compile"), "{stdout}");
    assert!(!stdout.contains("next "), "{stdout}");
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let folder = folder("reader");
    let file = folder.join("agrees.fvm");
    std::fs::write(&file, PROGRAM).expect("a file");
    let file = file.display().to_string();
    let mut child = difftest(&["explain", &file])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("difftest starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("difftest ends");
    assert_eq!(output.status.code(), Some(141), "as after SIGPIPE");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
