//! The adapter works: what must agree does, what differs is seen, and what kills a process is
//! told of by the next one.

use fusevm::asm;
use fusevm_conformance::case::{Case, Hosts};
use fusevm_published::judge::Judgement;
use fusevm_published::subjects::Published;
use fusevm_published::worker::Worker;
use std::path::Path;
use std::time::Duration;

fn worker() -> Worker {
    let program = Path::new(env!("CARGO_BIN_EXE_published"));
    Worker::new(program, Duration::from_secs(20)).expect("a folder for temporary files")
}

fn case(program: &str) -> Case {
    Case::new(asm::assemble(program).expect("the program is well formed"))
}

fn judge(worker: &mut Worker, case: &Case, subject: Published) -> Judgement {
    worker.judge(case, subject).expect("a worker answers")
}

#[track_caller]
fn agrees(case: &Case) {
    assert_eq!(
        judge(&mut worker(), case, Published::Interp),
        Judgement::Agreed
    );
}

#[test]
fn simple_programs_agree() {
    agrees(&case("LoadInt 2\nLoadInt 3\nAdd"));
    agrees(&case(
        "LoadConst \"a\"\nLoadConst \"b\"\nConcat\nSetSlot 3\nGetSlot 3",
    ));
    agrees(&case("names f\nLoadInt 1\nSetVar f\nGetVar f\nGetVar f"));
}

#[test]
fn output_and_input_are_those_of_the_case() {
    let mut echo = case("ReadLine\nPrint 1\nReadLine\nPrintLn 1\nReadLine");
    echo.stdin = "one\ntwo\nthree\n".to_owned();
    let mut worker = worker();
    // Twice: what a run leaves of its input is not the next one's.
    for _ in 0..2 {
        assert_eq!(
            judge(&mut worker, &echo, Published::Interp),
            Judgement::Agreed
        );
        let silent = case("ReadLine");
        assert_eq!(
            judge(&mut worker, &silent, Published::Interp),
            Judgement::Agreed
        );
    }
}

#[test]
fn handlers_and_hosts_follow_the_script() {
    let mut handlers =
        case("LoadInt 4\nLoadInt 5\nCallBuiltin 0 2\nExtended 1 7\nExtendedWide 4 9");
    handlers.handlers = true;
    agrees(&handlers);
    let mut hosts = case(
        "LoadConst \"~/x\"\nTildeExpand\nLoadConst \"ls\"\nExec 1\nLoadInt 2\nAwkFieldGet\nAwkNf",
    );
    hosts.hosts = Hosts {
        shell: true,
        awk: true,
        ..Hosts::default()
    };
    agrees(&hosts);
}

#[test]
fn what_it_lacks_is_declined_with_a_reason() {
    let reason = |case: &Case, subject| match judge(&mut worker(), case, subject) {
        Judgement::Declined(reason, _) => reason,
        other => panic!("expected a decline, found {other:?}"),
    };
    assert_eq!(reason(&case("TimeInt"), Published::Interp), "clock");
    assert_eq!(reason(&case("top: Jump top"), Published::Interp), "fuel");
    assert_eq!(
        reason(&case("LoadConst \"a\""), Published::Linear),
        "not compiled"
    );
    assert_eq!(
        reason(&case("LoadConst \"a\""), Published::Block),
        "nothing became native"
    );
}

#[test]
fn tiers_run_natively_and_their_differences_are_seen() {
    let mut worker = worker();
    let sum = case("LoadInt 2\nLoadInt 3\nAdd");
    assert_eq!(
        judge(&mut worker, &sum, Published::Linear),
        Judgement::Agreed
    );
    let truth = case("LoadInt 2\nLoadInt 3\nNumLt");
    let judgement = judge(&mut worker, &truth, Published::Linear);
    let shapes: Vec<_> = judgement
        .found()
        .iter()
        .map(|found| found.shape.as_str())
        .collect();
    let expected: &[&str] = match cfg!(feature = "newest") {
        true => &[],
        false => &["Bool became Int of the same number"],
    };
    assert_eq!(shapes, expected);
}

#[test]
fn panics_are_findings_and_the_worker_goes_on() {
    let mut worker = worker();
    let panics = case("LoadInt -9223372036854775808\nLoadInt -1\nMod");
    let found = judge(&mut worker, &panics, Published::Interp);
    let fields: Vec<_> = found
        .found()
        .iter()
        .map(|found| found.field.as_str())
        .collect();
    let expected: &[&str] = match cfg!(feature = "newest") {
        true => &[],
        false => &["panic"],
    };
    assert_eq!(fields, expected);
    let sum = case("LoadInt 2\nLoadInt 3\nAdd");
    assert_eq!(
        judge(&mut worker, &sum, Published::Interp),
        Judgement::Agreed
    );
}

#[test]
fn what_kills_the_process_is_known_by_its_case() {
    let mut worker = worker();
    // The frame has no such slot, which native code of 0.14.0 does not notice.
    let kills = case("LoadInt 0\nSetSlot 5");
    let judgement = judge(&mut worker, &kills, Published::Block);
    let died = judgement
        .found()
        .iter()
        .any(|found| found.field == "process");
    assert_eq!(died, !cfg!(feature = "newest"), "{judgement:?}");
    let sum = case("LoadInt 2\nLoadInt 3\nAdd");
    assert_eq!(
        judge(&mut worker, &sum, Published::Interp),
        Judgement::Agreed
    );
}

#[test]
fn deserialized_chunks_do_not_hide_each_other() {
    let mut worker = worker();
    let judgement = judge(&mut worker, &case("LoadInt 7"), Published::Deserialized);
    let found = judgement.found().first();
    let right = found.map(|found| found.right.as_str());
    let expected = (!cfg!(feature = "newest")).then_some("Int(8)");
    assert_eq!(right, expected, "{judgement:?}");
}
