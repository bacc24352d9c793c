//! Directives are read, and what is wrong with them is said with its line.

use super::directives;
use crate::values::render_list;

const FULL: &str = r#"; Words about it: with a colon.
; More words.
;
; subjects: interp, trace
; init slots: [Int(1), Undef]
; init globals: a = Int(1), "b c" = Str("x")
; stdin: "line\n"
; handlers: on
; host: shell awk
; limits: value_stack = 10
; fuel: 100 -> 3
; result: error "limit exceeded: fuel"
; output: ""
; stack: []
; log: ["builtin 0"]
; native: trace
; counts: trace.guards = 1, auto.block.entries >= 2
; declines: block too large, linear control flow

Nop ; result: not a directive
"#;

#[test]
fn every_directive_is_read() {
    let read = directives::parse(FULL).expect("it is right");
    assert_eq!(
        read.description,
        "Words about it: with a colon. More words."
    );
    assert_eq!(read.subjects.len(), 2);
    let result = read.expected.result.as_ref().map(ToString::to_string);
    assert_eq!(result.as_deref(), Some("error \"limit exceeded: fuel\""));
    assert_eq!(read.expected.fuel, Some(3));
    assert_eq!(read.counts.len(), 2);
    assert_eq!(read.counts[1].subject.name(), "auto");
    assert_eq!(read.declines[0].1, "too large");
    let mut chunk = fusevm::Chunk::new();
    chunk.names = vec!["b c".into(), "a".into()];
    let case = read.setup.case(chunk).expect("the names are known");
    assert_eq!(render_list(&case.globals), "[Str(\"x\"), Int(1)]");
    assert_eq!(case.limits.value_stack, 10);
    assert_eq!(case.fuel, Some(100));
    assert!(case.handlers);
    assert!(case.hosts.shell && case.hosts.awk && !case.hosts.system);
}

#[test]
fn mistakes_are_named_with_their_line() {
    for (text, message) in [
        ("Nop\n", "line 1: a case file begins with a comment"),
        ("; Words.\n", "nothing is expected of this case"),
        (
            "; Words.\n;\n; reslut: Int(1)\n",
            "line 3: `reslut: Int(1)` is no directive",
        ),
        ("; Words.\n;\n; result: 1\n", "line 3: `result` takes value"),
        ("; Words.\n; result: Int(1) 2\n", "line 2: `result` takes"),
        ("; Words.\n; subjects: tarce\n", "no subject `tarce`"),
        (
            "; Words.\n; counts: trace.gards = 1\n",
            "no counter `gards`",
        ),
        (
            "; Words.\n; limits: stack = 1\n",
            "no limit `stack`; there are: value_stack",
        ),
        ("; Words.\n; handlers: off\n", "expected `on`"),
        (
            "; Words.\n; host: shel\n",
            "no host `shel`; there are: shell, awk, system",
        ),
        ("; Words.\n; each: LoadInt {a}\n", "has no rows"),
        (
            "; Words.\n;\n;   1 -> Int(1)\n; each: LoadInt {a}\n",
            "is no directive",
        ),
    ] {
        let error = directives::parse(text)
            .and_then(|read| read.complete())
            .expect_err(text);
        assert!(error.contains(message), "{text}: {error}");
    }
}

#[test]
fn names_of_directives_are_unique() {
    let mut names: Vec<_> = directives::DIRECTIVES.iter().map(|d| d.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), directives::DIRECTIVES.len());
}
