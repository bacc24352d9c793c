//! Numbers for the builtins of a shell, for frontends that call them by
//! [`CallBuiltin`](crate::Op::CallBuiltin).
//!
//! A convention and nothing more: no builtin is registered under these numbers
//! ([`VM::register_builtin`](crate::VM::register_builtin) does that), and a frontend may give
//! any number to any builtin of its own.

/// Larger than every number here: the size of a table that is indexed by them.
pub const BUILTIN_MAX: u16 = 280;

/// Rows: the number, its constant, and the names that a shell knows it by.
macro_rules! define_builtins {
    ($( $id:literal $constant:ident: $($name:literal)*; )*) => {
        $(
            #[doc = concat!("Number ", $id, $(", `", $name, "`",)* ".")]
            pub const $constant: u16 = $id;
        )*

        /// The number of the builtin with this name, which must match exactly. Names that mean
        /// the same have the same number.
        pub fn builtin_id(name: &str) -> Option<u16> {
            match name {
                $( $( $name => Some($constant), )* )*
                _ => None,
            }
        }
    };
}

define_builtins! {
    0 BUILTIN_CD: "cd" "chdir";
    1 BUILTIN_PWD: "pwd";
    2 BUILTIN_ECHO: "echo";
    3 BUILTIN_PRINT: "print";
    4 BUILTIN_PRINTF: "printf";
    5 BUILTIN_EXPORT: "export";
    6 BUILTIN_UNSET: "unset";
    7 BUILTIN_SOURCE: "source" ".";
    8 BUILTIN_EXIT: "exit" "bye" "logout";
    9 BUILTIN_RETURN: "return";
    10 BUILTIN_TRUE: "true";
    11 BUILTIN_FALSE: "false";
    12 BUILTIN_TEST: "test" "[";
    13 BUILTIN_COLON: ":";
    14 BUILTIN_DOT:;
    20 BUILTIN_LOCAL: "local";
    21 BUILTIN_DECLARE:;
    22 BUILTIN_TYPESET: "declare" "typeset";
    23 BUILTIN_READONLY: "readonly";
    24 BUILTIN_INTEGER: "integer";
    25 BUILTIN_FLOAT: "float";
    30 BUILTIN_READ: "read";
    31 BUILTIN_MAPFILE: "mapfile" "readarray";
    40 BUILTIN_BREAK: "break";
    41 BUILTIN_CONTINUE: "continue";
    42 BUILTIN_SHIFT: "shift";
    43 BUILTIN_EVAL: "eval";
    44 BUILTIN_EXEC: "exec";
    45 BUILTIN_COMMAND: "command";
    46 BUILTIN_BUILTIN: "builtin";
    47 BUILTIN_LET: "let";
    50 BUILTIN_JOBS: "jobs";
    51 BUILTIN_FG: "fg";
    52 BUILTIN_BG: "bg";
    53 BUILTIN_KILL: "kill";
    54 BUILTIN_DISOWN: "disown";
    55 BUILTIN_WAIT: "wait";
    56 BUILTIN_SUSPEND: "suspend";
    60 BUILTIN_HISTORY: "history";
    61 BUILTIN_FC: "fc";
    62 BUILTIN_R: "r";
    70 BUILTIN_ALIAS: "alias";
    71 BUILTIN_UNALIAS: "unalias";
    80 BUILTIN_SET: "set";
    81 BUILTIN_SETOPT: "setopt";
    82 BUILTIN_UNSETOPT: "unsetopt";
    83 BUILTIN_SHOPT: "shopt";
    84 BUILTIN_EMULATE: "emulate";
    85 BUILTIN_GETOPTS: "getopts";
    90 BUILTIN_AUTOLOAD: "autoload";
    91 BUILTIN_FUNCTIONS: "functions";
    92 BUILTIN_UNFUNCTION: "unfunction";
    100 BUILTIN_TRAP: "trap";
    110 BUILTIN_PUSHD: "pushd";
    111 BUILTIN_POPD: "popd";
    112 BUILTIN_DIRS: "dirs";
    120 BUILTIN_TYPE: "type";
    121 BUILTIN_WHENCE: "whence";
    122 BUILTIN_WHERE: "where";
    123 BUILTIN_WHICH: "which";
    124 BUILTIN_HASH: "hash";
    125 BUILTIN_REHASH: "rehash";
    126 BUILTIN_UNHASH: "unhash";
    130 BUILTIN_COMPGEN: "compgen";
    131 BUILTIN_COMPLETE: "complete";
    132 BUILTIN_COMPOPT: "compopt";
    133 BUILTIN_COMPADD: "compadd";
    134 BUILTIN_COMPSET: "compset";
    135 BUILTIN_COMPDEF: "compdef";
    136 BUILTIN_COMPINIT: "compinit";
    137 BUILTIN_CDREPLAY: "cdreplay";
    140 BUILTIN_ZSTYLE: "zstyle";
    141 BUILTIN_ZMODLOAD: "zmodload";
    142 BUILTIN_BINDKEY: "bindkey" "bind";
    143 BUILTIN_ZLE: "zle";
    144 BUILTIN_VARED: "vared";
    145 BUILTIN_ZCOMPILE: "zcompile";
    146 BUILTIN_ZFORMAT: "zformat";
    147 BUILTIN_ZPARSEOPTS: "zparseopts";
    148 BUILTIN_ZREGEXPARSE: "zregexparse";
    150 BUILTIN_ULIMIT: "ulimit";
    151 BUILTIN_LIMIT: "limit";
    152 BUILTIN_UNLIMIT: "unlimit";
    153 BUILTIN_UMASK: "umask";
    160 BUILTIN_TIMES: "times";
    161 BUILTIN_CALLER: "caller";
    162 BUILTIN_HELP: "help";
    163 BUILTIN_ENABLE: "enable";
    164 BUILTIN_DISABLE: "disable";
    165 BUILTIN_NOGLOB: "noglob";
    166 BUILTIN_TTYCTL: "ttyctl";
    167 BUILTIN_SYNC: "sync";
    168 BUILTIN_MKDIR: "mkdir";
    169 BUILTIN_STRFTIME: "strftime";
    170 BUILTIN_ZSLEEP: "zsleep";
    171 BUILTIN_ZSYSTEM: "zsystem";
    180 BUILTIN_PCRE_COMPILE: "pcre_compile";
    181 BUILTIN_PCRE_MATCH: "pcre_match";
    182 BUILTIN_PCRE_STUDY: "pcre_study";
    190 BUILTIN_ZTIE: "ztie";
    191 BUILTIN_ZUNTIE: "zuntie";
    192 BUILTIN_ZGDBMPATH: "zgdbmpath";
    200 BUILTIN_PROMPTINIT: "promptinit";
    201 BUILTIN_PROMPT: "prompt";
    210 BUILTIN_ASYNC: "async";
    211 BUILTIN_AWAIT: "await";
    212 BUILTIN_PMAP: "pmap";
    213 BUILTIN_PGREP: "pgrep";
    214 BUILTIN_PEACH: "peach";
    215 BUILTIN_BARRIER: "barrier";
    220 BUILTIN_INTERCEPT: "intercept";
    221 BUILTIN_INTERCEPT_PROCEED: "intercept_proceed";
    230 BUILTIN_DOCTOR: "doctor";
    231 BUILTIN_DBVIEW: "dbview";
    232 BUILTIN_PROFILE: "profile";
    233 BUILTIN_ZPROF: "zprof";
    240 BUILTIN_CAT: "cat";
    241 BUILTIN_HEAD: "head";
    242 BUILTIN_TAIL: "tail";
    243 BUILTIN_WC: "wc";
    244 BUILTIN_BASENAME: "basename";
    245 BUILTIN_DIRNAME: "dirname";
    246 BUILTIN_TOUCH: "touch";
    247 BUILTIN_REALPATH: "realpath";
    248 BUILTIN_SORT: "sort";
    249 BUILTIN_FIND: "find";
    250 BUILTIN_UNIQ: "uniq";
    251 BUILTIN_CUT: "cut";
    252 BUILTIN_TR: "tr";
    253 BUILTIN_SEQ: "seq";
    254 BUILTIN_REV: "rev";
    255 BUILTIN_TEE: "tee";
    256 BUILTIN_SLEEP: "sleep";
    257 BUILTIN_WHOAMI: "whoami";
    258 BUILTIN_ID: "id";
    259 BUILTIN_HOSTNAME: "hostname";
    260 BUILTIN_UNAME: "uname";
    261 BUILTIN_DATE: "date";
    262 BUILTIN_MKTEMP: "mktemp";
}

/// Whether [`builtin_id`] knows the name.
pub fn is_builtin(name: &str) -> bool {
    builtin_id(name).is_some()
}
