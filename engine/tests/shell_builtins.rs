//! The numbers of the shell's builtins.

use fusevm::shell_builtins::*;

#[test]
fn numbers_are_those_of_the_convention() {
    let first_and_last_of_bands = [
        (BUILTIN_CD, 0),
        (BUILTIN_DOT, 14),
        (BUILTIN_LOCAL, 20),
        (BUILTIN_DECLARE, 21),
        (BUILTIN_TYPESET, 22),
        (BUILTIN_FLOAT, 25),
        (BUILTIN_READ, 30),
        (BUILTIN_MAPFILE, 31),
        (BUILTIN_BREAK, 40),
        (BUILTIN_LET, 47),
        (BUILTIN_JOBS, 50),
        (BUILTIN_SUSPEND, 56),
        (BUILTIN_HISTORY, 60),
        (BUILTIN_R, 62),
        (BUILTIN_ALIAS, 70),
        (BUILTIN_UNALIAS, 71),
        (BUILTIN_SET, 80),
        (BUILTIN_GETOPTS, 85),
        (BUILTIN_AUTOLOAD, 90),
        (BUILTIN_UNFUNCTION, 92),
        (BUILTIN_TRAP, 100),
        (BUILTIN_PUSHD, 110),
        (BUILTIN_DIRS, 112),
        (BUILTIN_TYPE, 120),
        (BUILTIN_UNHASH, 126),
        (BUILTIN_COMPGEN, 130),
        (BUILTIN_CDREPLAY, 137),
        (BUILTIN_ZSTYLE, 140),
        (BUILTIN_ZREGEXPARSE, 148),
        (BUILTIN_ULIMIT, 150),
        (BUILTIN_UMASK, 153),
        (BUILTIN_TIMES, 160),
        (BUILTIN_ZSYSTEM, 171),
        (BUILTIN_PCRE_COMPILE, 180),
        (BUILTIN_PCRE_STUDY, 182),
        (BUILTIN_ZTIE, 190),
        (BUILTIN_ZGDBMPATH, 192),
        (BUILTIN_PROMPTINIT, 200),
        (BUILTIN_PROMPT, 201),
        (BUILTIN_ASYNC, 210),
        (BUILTIN_BARRIER, 215),
        (BUILTIN_INTERCEPT, 220),
        (BUILTIN_INTERCEPT_PROCEED, 221),
        (BUILTIN_DOCTOR, 230),
        (BUILTIN_ZPROF, 233),
        (BUILTIN_CAT, 240),
        (BUILTIN_MKTEMP, 262),
        (BUILTIN_MAX, 280),
    ];
    for (found, expected) in first_and_last_of_bands {
        assert_eq!(found, expected);
    }
}

#[test]
fn names_that_mean_the_same_share_a_number() {
    let groups: [&[&str]; 7] = [
        &["cd", "chdir"],
        &["source", "."],
        &["exit", "bye", "logout"],
        &["test", "["],
        &["declare", "typeset"],
        &["mapfile", "readarray"],
        &["bindkey", "bind"],
    ];
    for names in groups {
        let numbers: Vec<_> = names.iter().map(|name| builtin_id(name)).collect();
        assert!(numbers[0].is_some(), "{names:?}");
        assert!(
            numbers.windows(2).all(|pair| pair[0] == pair[1]),
            "{names:?}"
        );
    }
    assert_eq!(builtin_id("declare"), Some(BUILTIN_TYPESET));
    assert_eq!(builtin_id("."), Some(BUILTIN_SOURCE));
}

#[test]
fn names_match_exactly() {
    for unknown in ["", "CD", " cd", "cd ", "[[", "]", "echoo", "éch"] {
        assert_eq!(builtin_id(unknown), None, "{unknown:?}");
        assert!(!is_builtin(unknown), "{unknown:?}");
    }
    assert!(is_builtin("echo") && is_builtin(":") && is_builtin("intercept_proceed"));
}
