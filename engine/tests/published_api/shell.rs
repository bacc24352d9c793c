//! The shell: host, default host, numbers and names of builtins.

use fusevm::host::{DefaultHost, ShellHost};
use fusevm::shell_builtins::{self as shell, builtin_id, is_builtin};
use fusevm::{Chunk, VM, Value};

/// Every builtin: number, constant, and the names that stand for it.
const BUILTINS: [(u16, u16, &[&str]); 139] = [
    (0, shell::BUILTIN_CD, &["cd", "chdir"]),
    (1, shell::BUILTIN_PWD, &["pwd"]),
    (2, shell::BUILTIN_ECHO, &["echo"]),
    (3, shell::BUILTIN_PRINT, &["print"]),
    (4, shell::BUILTIN_PRINTF, &["printf"]),
    (5, shell::BUILTIN_EXPORT, &["export"]),
    (6, shell::BUILTIN_UNSET, &["unset"]),
    (7, shell::BUILTIN_SOURCE, &["source", "."]),
    (8, shell::BUILTIN_EXIT, &["exit", "bye", "logout"]),
    (9, shell::BUILTIN_RETURN, &["return"]),
    (10, shell::BUILTIN_TRUE, &["true"]),
    (11, shell::BUILTIN_FALSE, &["false"]),
    (12, shell::BUILTIN_TEST, &["test", "["]),
    (13, shell::BUILTIN_COLON, &[":"]),
    (14, shell::BUILTIN_DOT, &[]),
    (20, shell::BUILTIN_LOCAL, &["local"]),
    (21, shell::BUILTIN_DECLARE, &[]),
    (22, shell::BUILTIN_TYPESET, &["declare", "typeset"]),
    (23, shell::BUILTIN_READONLY, &["readonly"]),
    (24, shell::BUILTIN_INTEGER, &["integer"]),
    (25, shell::BUILTIN_FLOAT, &["float"]),
    (30, shell::BUILTIN_READ, &["read"]),
    (31, shell::BUILTIN_MAPFILE, &["mapfile", "readarray"]),
    (40, shell::BUILTIN_BREAK, &["break"]),
    (41, shell::BUILTIN_CONTINUE, &["continue"]),
    (42, shell::BUILTIN_SHIFT, &["shift"]),
    (43, shell::BUILTIN_EVAL, &["eval"]),
    (44, shell::BUILTIN_EXEC, &["exec"]),
    (45, shell::BUILTIN_COMMAND, &["command"]),
    (46, shell::BUILTIN_BUILTIN, &["builtin"]),
    (47, shell::BUILTIN_LET, &["let"]),
    (50, shell::BUILTIN_JOBS, &["jobs"]),
    (51, shell::BUILTIN_FG, &["fg"]),
    (52, shell::BUILTIN_BG, &["bg"]),
    (53, shell::BUILTIN_KILL, &["kill"]),
    (54, shell::BUILTIN_DISOWN, &["disown"]),
    (55, shell::BUILTIN_WAIT, &["wait"]),
    (56, shell::BUILTIN_SUSPEND, &["suspend"]),
    (60, shell::BUILTIN_HISTORY, &["history"]),
    (61, shell::BUILTIN_FC, &["fc"]),
    (62, shell::BUILTIN_R, &["r"]),
    (70, shell::BUILTIN_ALIAS, &["alias"]),
    (71, shell::BUILTIN_UNALIAS, &["unalias"]),
    (80, shell::BUILTIN_SET, &["set"]),
    (81, shell::BUILTIN_SETOPT, &["setopt"]),
    (82, shell::BUILTIN_UNSETOPT, &["unsetopt"]),
    (83, shell::BUILTIN_SHOPT, &["shopt"]),
    (84, shell::BUILTIN_EMULATE, &["emulate"]),
    (85, shell::BUILTIN_GETOPTS, &["getopts"]),
    (90, shell::BUILTIN_AUTOLOAD, &["autoload"]),
    (91, shell::BUILTIN_FUNCTIONS, &["functions"]),
    (92, shell::BUILTIN_UNFUNCTION, &["unfunction"]),
    (100, shell::BUILTIN_TRAP, &["trap"]),
    (110, shell::BUILTIN_PUSHD, &["pushd"]),
    (111, shell::BUILTIN_POPD, &["popd"]),
    (112, shell::BUILTIN_DIRS, &["dirs"]),
    (120, shell::BUILTIN_TYPE, &["type"]),
    (121, shell::BUILTIN_WHENCE, &["whence"]),
    (122, shell::BUILTIN_WHERE, &["where"]),
    (123, shell::BUILTIN_WHICH, &["which"]),
    (124, shell::BUILTIN_HASH, &["hash"]),
    (125, shell::BUILTIN_REHASH, &["rehash"]),
    (126, shell::BUILTIN_UNHASH, &["unhash"]),
    (130, shell::BUILTIN_COMPGEN, &["compgen"]),
    (131, shell::BUILTIN_COMPLETE, &["complete"]),
    (132, shell::BUILTIN_COMPOPT, &["compopt"]),
    (133, shell::BUILTIN_COMPADD, &["compadd"]),
    (134, shell::BUILTIN_COMPSET, &["compset"]),
    (135, shell::BUILTIN_COMPDEF, &["compdef"]),
    (136, shell::BUILTIN_COMPINIT, &["compinit"]),
    (137, shell::BUILTIN_CDREPLAY, &["cdreplay"]),
    (140, shell::BUILTIN_ZSTYLE, &["zstyle"]),
    (141, shell::BUILTIN_ZMODLOAD, &["zmodload"]),
    (142, shell::BUILTIN_BINDKEY, &["bindkey", "bind"]),
    (143, shell::BUILTIN_ZLE, &["zle"]),
    (144, shell::BUILTIN_VARED, &["vared"]),
    (145, shell::BUILTIN_ZCOMPILE, &["zcompile"]),
    (146, shell::BUILTIN_ZFORMAT, &["zformat"]),
    (147, shell::BUILTIN_ZPARSEOPTS, &["zparseopts"]),
    (148, shell::BUILTIN_ZREGEXPARSE, &["zregexparse"]),
    (150, shell::BUILTIN_ULIMIT, &["ulimit"]),
    (151, shell::BUILTIN_LIMIT, &["limit"]),
    (152, shell::BUILTIN_UNLIMIT, &["unlimit"]),
    (153, shell::BUILTIN_UMASK, &["umask"]),
    (160, shell::BUILTIN_TIMES, &["times"]),
    (161, shell::BUILTIN_CALLER, &["caller"]),
    (162, shell::BUILTIN_HELP, &["help"]),
    (163, shell::BUILTIN_ENABLE, &["enable"]),
    (164, shell::BUILTIN_DISABLE, &["disable"]),
    (165, shell::BUILTIN_NOGLOB, &["noglob"]),
    (166, shell::BUILTIN_TTYCTL, &["ttyctl"]),
    (167, shell::BUILTIN_SYNC, &["sync"]),
    (168, shell::BUILTIN_MKDIR, &["mkdir"]),
    (169, shell::BUILTIN_STRFTIME, &["strftime"]),
    (170, shell::BUILTIN_ZSLEEP, &["zsleep"]),
    (171, shell::BUILTIN_ZSYSTEM, &["zsystem"]),
    (180, shell::BUILTIN_PCRE_COMPILE, &["pcre_compile"]),
    (181, shell::BUILTIN_PCRE_MATCH, &["pcre_match"]),
    (182, shell::BUILTIN_PCRE_STUDY, &["pcre_study"]),
    (190, shell::BUILTIN_ZTIE, &["ztie"]),
    (191, shell::BUILTIN_ZUNTIE, &["zuntie"]),
    (192, shell::BUILTIN_ZGDBMPATH, &["zgdbmpath"]),
    (200, shell::BUILTIN_PROMPTINIT, &["promptinit"]),
    (201, shell::BUILTIN_PROMPT, &["prompt"]),
    (210, shell::BUILTIN_ASYNC, &["async"]),
    (211, shell::BUILTIN_AWAIT, &["await"]),
    (212, shell::BUILTIN_PMAP, &["pmap"]),
    (213, shell::BUILTIN_PGREP, &["pgrep"]),
    (214, shell::BUILTIN_PEACH, &["peach"]),
    (215, shell::BUILTIN_BARRIER, &["barrier"]),
    (220, shell::BUILTIN_INTERCEPT, &["intercept"]),
    (
        221,
        shell::BUILTIN_INTERCEPT_PROCEED,
        &["intercept_proceed"],
    ),
    (230, shell::BUILTIN_DOCTOR, &["doctor"]),
    (231, shell::BUILTIN_DBVIEW, &["dbview"]),
    (232, shell::BUILTIN_PROFILE, &["profile"]),
    (233, shell::BUILTIN_ZPROF, &["zprof"]),
    (240, shell::BUILTIN_CAT, &["cat"]),
    (241, shell::BUILTIN_HEAD, &["head"]),
    (242, shell::BUILTIN_TAIL, &["tail"]),
    (243, shell::BUILTIN_WC, &["wc"]),
    (244, shell::BUILTIN_BASENAME, &["basename"]),
    (245, shell::BUILTIN_DIRNAME, &["dirname"]),
    (246, shell::BUILTIN_TOUCH, &["touch"]),
    (247, shell::BUILTIN_REALPATH, &["realpath"]),
    (248, shell::BUILTIN_SORT, &["sort"]),
    (249, shell::BUILTIN_FIND, &["find"]),
    (250, shell::BUILTIN_UNIQ, &["uniq"]),
    (251, shell::BUILTIN_CUT, &["cut"]),
    (252, shell::BUILTIN_TR, &["tr"]),
    (253, shell::BUILTIN_SEQ, &["seq"]),
    (254, shell::BUILTIN_REV, &["rev"]),
    (255, shell::BUILTIN_TEE, &["tee"]),
    (256, shell::BUILTIN_SLEEP, &["sleep"]),
    (257, shell::BUILTIN_WHOAMI, &["whoami"]),
    (258, shell::BUILTIN_ID, &["id"]),
    (259, shell::BUILTIN_HOSTNAME, &["hostname"]),
    (260, shell::BUILTIN_UNAME, &["uname"]),
    (261, shell::BUILTIN_DATE, &["date"]),
    (262, shell::BUILTIN_MKTEMP, &["mktemp"]),
];

#[test]
fn builtins_have_their_numbers_and_names() {
    let lookup: fn(&str) -> Option<u16> = builtin_id;
    let is_known: fn(&str) -> bool = is_builtin;
    let mut n_names = 0;
    for (number, constant, names) in BUILTINS {
        assert_eq!(number, constant, "{names:?}");
        for name in names {
            assert_eq!(lookup(name), Some(number), "{name}");
            assert!(is_known(name));
            n_names += 1;
        }
    }
    assert_eq!(n_names, 145);
    assert_eq!(shell::BUILTIN_MAX, 280_u16);
    for name in ["", "[[", "]", "CD", " cd"] {
        assert_eq!(lookup(name), None, "{name}");
    }
}

/// A host that overrides nothing.
struct Empty;

impl ShellHost for Empty {}

#[test]
fn every_method_of_a_host_has_its_signature_and_default() {
    let hosts: [Box<dyn ShellHost>; 2] = [Box::new(DefaultHost), Box::new(Empty)];
    for mut host in hosts {
        let chunk = Chunk::new();
        let text = String::from("a b");
        let globbed: Vec<String> = host.glob("[", false);
        assert!(globbed.is_empty());
        assert_eq!(host.tilde_expand("~"), String::from("~"));
        assert_eq!(host.brace_expand("{a,b}"), vec![String::from("{a,b}")]);
        assert_eq!(
            host.word_split(&text),
            vec![String::from("a"), String::from("b")]
        );
        let args: &[Value] = &[Value::Undef];
        assert_eq!(host.expand_param("x", 255_u8, args), Value::str(""));
        assert_eq!(host.array_index("x", &Value::Int(0)), Value::Undef);
        assert_eq!(host.cmd_subst(&chunk), String::new());
        assert_eq!(host.process_sub_in(&chunk), String::new());
        assert_eq!(host.process_sub_out(&chunk), String::new());
        let () = host.redirect(1_u8, 0_u8, "file");
        let () = host.heredoc("text");
        let () = host.herestring("text");
        let () = host.pipeline_begin(2_u8);
        let () = host.pipeline_stage();
        assert_eq!(host.pipeline_end(), 0_i32);
        let () = host.subshell_begin();
        assert_eq!(host.subshell_end(), None::<i32>);
        let () = host.trap_set("INT", &chunk);
        let () = host.trap_check();
        let () = host.with_redirects_begin(1_u8);
        let () = host.with_redirects_end();
        assert_eq!(host.call_function("f", vec![text.clone()]), None::<i32>);
        assert_eq!(host.exec(Vec::<String>::new()), 0_i32);
        assert_eq!(host.exec_bg(Vec::<String>::new()), 0_i32);
        assert!(host.str_match("a", "a"));
        assert!(!host.regex_match("a", "a"));
    }
}

#[test]
fn a_vm_takes_a_host() {
    let set: fn(&mut VM, Box<dyn ShellHost>) = VM::set_shell_host;
    let mut vm = VM::new(Chunk::new());
    assert!(vm.host.is_none());
    set(&mut vm, Box::new(DefaultHost));
    vm.reset(Chunk::new());
    let host: &mut Option<Box<dyn ShellHost>> = &mut vm.host;
    assert!(host.is_some());
    let _: fusevm::DefaultHost = DefaultHost;
    let _: Option<&dyn fusevm::ShellHost> = None;
}
