//! What the methods of a shell host do by default, with real programs and real files.

#![cfg(unix)]

use fusevm::asm::assemble;
use fusevm::{Chunk, DefaultHost, ShellHost, VM, VMResult, Value};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// An empty `impl`, which is a host.
struct Empty;

impl ShellHost for Empty {}

/// A directory of its own for a test, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("fusevm-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a temporary directory");
        Folder(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().expect("UTF-8").to_owned()
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.path(name);
        fs::write(&path, content).expect("a temporary file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn args(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn shell(script: &str) -> Vec<String> {
    args(&["/bin/sh", "-c", script])
}

fn both() -> [Box<dyn ShellHost>; 2] {
    [Box::new(DefaultHost), Box::new(Empty)]
}

#[test]
fn what_needs_a_shell_does_nothing() {
    let sub = Chunk::new();
    for mut host in both() {
        assert_eq!(host.tilde_expand("~/x"), "~/x");
        assert_eq!(host.brace_expand("{a,b}"), ["{a,b}"]);
        assert_eq!(host.expand_param("v", 0, &[Value::Int(1)]), Value::str(""));
        assert_eq!(host.array_index("a", &Value::Int(0)), Value::Undef);
        assert_eq!(host.cmd_subst(&sub), "");
        assert_eq!(host.process_sub_in(&sub), "");
        assert_eq!(host.process_sub_out(&sub), "");
        host.redirect(1, 0, "/nowhere");
        host.heredoc("text");
        host.herestring("text");
        host.pipeline_stage();
        host.pipeline_begin(2);
        assert_eq!(host.pipeline_end(), 0);
        host.subshell_begin();
        assert_eq!(host.subshell_end(), None);
        host.trap_set("INT", &sub);
        host.trap_check();
        host.with_redirects_end();
        host.with_redirects_begin(1);
        assert_eq!(host.call_function("f", args(&["x"])), None);
        assert!(host.str_match("a*", "a*") && !host.str_match("ab", "a*"));
        assert!(!host.regex_match("a", "a"));
    }
}

#[test]
fn words_end_at_white_space_of_any_script() {
    for mut host in both() {
        let text = " a\tb\n\nc\u{a0}d\u{3000}e\u{200b}f ";
        assert_eq!(host.word_split(text), ["a", "b", "c", "d", "e\u{200b}f"]);
        assert!(host.word_split(" \t").is_empty() && host.word_split("").is_empty());
    }
}

#[test]
fn programs_are_run_and_waited_for() {
    for mut host in both() {
        assert_eq!(host.exec(vec![]), 0);
        assert_eq!(host.exec(shell("exit 0")), 0);
        assert_eq!(host.exec(shell("exit 42")), 42);
        assert_eq!(host.exec(shell("kill -9 $$")), 1);
        assert_eq!(host.exec(args(&["sh", "-c", "exit 7"])), 7, "by PATH");
        assert_eq!(host.exec(args(&["/no/such/program"])), 127);
        assert_eq!(host.exec(args(&[""])), 127);
        assert_eq!(host.exec(args(&["a\0b"])), 127);
        let mut with_args = shell("test \"$0:$1:$#\" = 'a b::2'");
        with_args.extend(args(&["a b", "", "c"]));
        assert_eq!(host.exec(with_args), 0);
    }
}

#[test]
fn programs_in_the_background_are_not_waited_for() {
    let folder = Folder::new("background");
    for (n, mut host) in both().into_iter().enumerate() {
        assert_eq!(host.exec_bg(vec![]), 0);
        assert_eq!(host.exec_bg(args(&["/no/such/program"])), 0);
        let done = folder.path(&format!("done{n}"));
        let started = Instant::now();
        let pid = host.exec_bg(shell(&format!("sleep 0.3; echo unseen; : > '{done}'")));
        assert!(pid > 0);
        assert!(started.elapsed() < Duration::from_millis(290));
        while fs::metadata(&done).is_err() {
            assert!(started.elapsed() < Duration::from_secs(20), "it never ran");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
fn paths_are_those_of_the_file_system() {
    let folder = Folder::new("glob");
    for name in ["b.txt", "a.txt", ".hidden.txt", "[x].txt", "c.md"] {
        folder.file(name, "");
    }
    fs::create_dir_all(folder.path("sub/deeper")).expect("directories");
    folder.file("sub/d.txt", "");
    folder.file("sub/deeper/e.txt", "");
    for mut host in both() {
        for recursive in [false, true] {
            let mut found = |pattern: &str| -> Vec<String> {
                let paths = host.glob(&folder.path(pattern), recursive);
                let prefix = folder.path("");
                let names = paths.iter().map(|path| path.strip_prefix(&prefix));
                names
                    .map(|name| name.expect("in the folder").to_owned())
                    .collect()
            };
            assert_eq!(found("?.txt"), ["a.txt", "b.txt"]);
            assert_eq!(found("*.txt"), [".hidden.txt", "[x].txt", "a.txt", "b.txt"]);
            assert_eq!(found("[!a-b].m[d]"), ["c.md"]);
            assert_eq!(found("[[]x].txt"), ["[x].txt"]);
            assert_eq!(found("**/e.txt"), ["sub/deeper/e.txt"]);
            assert_eq!(found("sub/*.txt"), ["sub/d.txt"]);
            for none in ["nothing*", "{a,b}.txt", "[a", "a**", "***"] {
                assert!(found(none).is_empty(), "{none}");
            }
        }
    }
}

/// The result of an op on a path, without a host.
fn alone(op: &str, path: &str) -> Value {
    let chunk = assemble(&format!("LoadConst {path:?}\n{op}")).expect("a program");
    match VM::new(chunk).run() {
        VMResult::Ok(value) => value,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_vm_finds_paths_without_a_host() {
    let folder = Folder::new("glob-vm");
    let one = folder.file("one", "");
    let two = folder.file("two", "");
    let both = Value::Array(vec![Value::str(one.as_str()), Value::str(two.as_str())]);
    assert_eq!(alone("Glob", &folder.path("*")), both);
    assert_eq!(alone("GlobRecursive", &folder.path("*")), both);
    assert_eq!(alone("Glob", &folder.path("[")), Value::Array(vec![]));
    let pattern = folder.path("*");
    let chunk = assemble(&format!("LoadConst {pattern:?}\nGlob")).expect("a program");
    let mut vm = VM::new(chunk);
    let mut limits = vm.limits();
    limits.collection_size = 1;
    vm.set_limits(limits);
    assert!(matches!(vm.run(), VMResult::Error(text) if text == "limit exceeded: collection size"));
}

#[test]
fn the_vm_runs_programs_without_a_host() {
    let run = |text: &str| {
        let mut vm = VM::new(assemble(text).expect("a program"));
        let result = vm.run();
        (format!("{result:?}"), vm.last_status)
    };
    let script = "LoadConst \"sh\"\nLoadConst [\"-c\", \"exit 9\"]\n";
    assert_eq!(run(&format!("{script}Exec 2")), ("Ok(Status(9))".into(), 0));
    assert_eq!(
        run(&format!(
            "{script}Pop\nPop\nLoadConst \"-c\"\nLoadConst \"exit 8\"\nCallFunction sh 2"
        )),
        ("Ok(Status(8))".into(), 8)
    );
    assert_eq!(
        run("CallFunction \"/no/such/program\" 0"),
        ("Ok(Status(127))".into(), 127)
    );
    assert_eq!(
        run(&format!("{script}ExecBg 2")),
        ("Ok(Status(0))".into(), 0)
    );
    assert_eq!(
        run("LoadConst \"/no/such/program\"\nExecBg 1"),
        ("Ok(Status(0))".into(), 0)
    );
}

#[test]
fn properties_of_files() {
    let folder = Folder::new("tests");
    let empty = folder.file("empty", "");
    let full = folder.file("full", "text");
    fs::set_permissions(&full, fs::Permissions::from_mode(0o010)).expect("a mode");
    let dir = folder.path("");
    let (link, dangling) = (folder.path("link"), folder.path("dangling"));
    symlink(&full, &link).expect("a link");
    symlink(folder.path("nothing"), &dangling).expect("a link");
    let socket = folder.path("socket");
    let _listener = UnixListener::bind(&socket).expect("a socket");
    let to_socket = folder.path("to_socket");
    symlink(&socket, &to_socket).expect("a link");
    let fifo = folder.path("fifo");
    assert_eq!(DefaultHost.exec(args(&["mkfifo", &fifo])), 0);
    let null = "/dev/null".to_owned();
    // The numbers of the properties that a path has.
    let cases: [(&str, &[u8]); 12] = [
        (&empty, &[0, 2, 3, 5]),
        (&full, &[0, 2, 3, 4, 5, 6]),
        (&link, &[0, 2, 3, 4, 5, 6, 7]),
        (&dangling, &[7]),
        (&null, &[2, 3, 5, 11]),
        (&fifo, &[2, 3, 5, 9]),
        (&folder.path("nothing"), &[]),
        ("", &[]),
        ("a\0b", &[]),
        ("/dev/null/below", &[]),
        (&to_socket, &[2, 3, 5, 7]),
        (&socket, &[2, 3, 5, 8]),
    ];
    for (path, expected) in cases {
        // A socket may be executable, depending on the mask of this process.
        let is_socket = path.ends_with("socket");
        for property in (0..=255).filter(|property| !is_socket || *property != 4) {
            let escaped = path.replace('\0', "\\0");
            let chunk = Chunk {
                constants: vec![Value::str(path)],
                ops: vec![fusevm::Op::LoadConst(0), fusevm::Op::TestFile(property)],
                ..Chunk::new()
            };
            let VMResult::Ok(found) = VM::new(chunk).run() else {
                panic!("{escaped}");
            };
            let expected = Value::Bool(expected.contains(&property));
            assert_eq!(found, expected, "property {property} of {escaped}");
        }
    }
    for property in [1, 2, 3, 4, 5] {
        assert_eq!(
            alone(&format!("TestFile {property}"), &dir),
            Value::Bool(true)
        );
    }
}
