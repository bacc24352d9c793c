//! The configuration of a thread.

use fusevm::{JitCompiler, TraceJitConfig};
use std::process::Command;

/// What a process with these variables prints as its thresholds.
fn thresholds_with(variables: &[(&str, &str)]) -> String {
    let program = std::env::current_exe().expect("the path of this program");
    let output = Command::new(program)
        .args(["--exact", "config::thresholds_are_printed", "--nocapture"])
        .envs(variables.iter().copied())
        .output()
        .expect("this program runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find(|line| line.contains("thresholds:"));
    line.unwrap_or_else(|| panic!("no thresholds in {text}"))
        .to_owned()
}

#[test]
fn thresholds_are_printed() {
    let config = JitCompiler::new().get_config();
    println!(
        "thresholds: block {} trace {}",
        config.block_threshold, config.trace_threshold
    );
}

#[test]
fn the_environment_changes_the_thresholds() {
    let (block, trace) = ("FUSEVM_JIT_BLOCK_THRESHOLD", "FUSEVM_JIT_TRACE_THRESHOLD");
    for (variables, expected) in [
        (&[(block, "0"), (trace, " 7\n")][..], "block 0 trace 7"),
        (&[(block, "12"), (trace, "many")], "block 12 trace 50"),
        (&[(block, "-1"), (trace, "4294967296")], "block 1 trace 50"),
    ] {
        let found = thresholds_with(variables);
        assert!(found.ends_with(expected), "{found}, not {expected}");
    }
}

#[test]
fn a_configuration_belongs_to_its_thread_and_keeps_code() {
    let compiler = super::compiler(0, 3);
    let chunk = super::chunk("LoadInt 5");
    assert_eq!(compiler.try_run_block(&chunk, &mut []), Some(5));
    compiler.set_config(TraceJitConfig {
        max_trace_len: 9,
        ..TraceJitConfig::defaults()
    });
    assert_eq!(compiler.trace_max_len(), 9);
    assert!(compiler.block_jit_is_compiled(&chunk));
    let elsewhere = std::thread::spawn(|| JitCompiler::new().trace_max_len());
    assert_eq!(elsewhere.join().expect("it answers"), 256);
}
