//! How subs return: with a value, without one, or never.
//!
//! The kinds of returns that an op can reach within its call frame are those of the ops that
//! may run next, so they spread backwards along the edges that the exploration found. The
//! kinds at the entry of a sub are the kinds of the sub. Every op changes at most twice, so
//! spreading is linear in the number of edges.

/// Which returns can be reached: a set of [`Kinds::NOTHING`] and [`Kinds::VALUE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kinds(u8);

impl Kinds {
    /// None: no return was reached yet.
    pub(super) const NONE: Kinds = Kinds(0);
    /// `Return`.
    pub(super) const NOTHING: Kinds = Kinds(1);
    /// `ReturnValue`.
    pub(super) const VALUE: Kinds = Kinds(2);
    /// Both.
    pub(super) const MIXED: Kinds = Kinds(3);

    /// How many values a caller finds; a sub of both kinds counts as returning one.
    pub(super) fn pushes(self) -> u32 {
        u32::from(self.0 & Kinds::VALUE.0 != 0)
    }
}

/// The end of a list of op indices.
const END: u32 = u32::MAX;

/// What is known of one op.
#[derive(Clone, Copy)]
struct Node {
    /// First of the ops that jump here; the list goes on in their `next`.
    jumps_here: u32,
    /// First of the calls that wait for this entry's kinds; the list goes on in their `next`.
    waiting: u32,
    /// The rest of the list that this op, a jump or a call, is in.
    next: u32,
    kinds: Kinds,
    /// Whether control passes from here to the next op.
    falls_through: bool,
    /// The number of arguments when this is the entry of a sub that is called.
    argc: Option<u8>,
}

/// The returns of a chunk that has subs.
pub(super) struct Returns {
    nodes: Vec<Node>,
    changed: Vec<u32>,
}

impl Returns {
    pub(super) fn new(n_ops: usize) -> Returns {
        let node = Node {
            jumps_here: END,
            waiting: END,
            next: END,
            kinds: Kinds::NONE,
            falls_through: false,
            argc: None,
        };
        Returns {
            nodes: vec![node; n_ops],
            changed: Vec::new(),
        }
    }

    /// The op at `ip` returns.
    pub(super) fn add(&mut self, ip: u32, kinds: Kinds) {
        let node = &mut self.nodes[ip as usize];
        let all = Kinds(node.kinds.0 | kinds.0);
        if all != node.kinds {
            node.kinds = all;
            self.changed.push(ip);
        }
    }

    /// Control passes from the op at `from` to the next one.
    pub(super) fn falls_through(&mut self, from: u32) {
        self.nodes[from as usize].falls_through = true;
        if let Some(next) = self.nodes.get(from as usize + 1) {
            self.add(from, next.kinds);
        }
    }

    /// The op at `from` jumps to `target`.
    pub(super) fn jumps(&mut self, from: u32, target: u32) {
        self.nodes[from as usize].next = self.nodes[target as usize].jumps_here;
        self.nodes[target as usize].jumps_here = from;
        self.add(from, self.nodes[target as usize].kinds);
    }

    /// The op at `from` calls the sub at `entry`: what is known of its returns, or nothing,
    /// and then the call is in the list of those that wait.
    pub(super) fn calls(&mut self, from: u32, entry: u32) -> Kinds {
        let kinds = self.nodes[entry as usize].kinds;
        if kinds == Kinds::NONE {
            self.nodes[from as usize].next = self.nodes[entry as usize].waiting;
            self.nodes[entry as usize].waiting = from;
        }
        kinds
    }

    /// The number of arguments of the first call of the sub at `entry`, which this is when
    /// there was none before.
    pub(super) fn first_argc(&mut self, entry: u32, argc: u8) -> u8 {
        *self.nodes[entry as usize].argc.get_or_insert(argc)
    }

    /// Spreads what changed until it tells something new about a sub: its entry and kinds.
    pub(super) fn next_known(&mut self) -> Option<(u32, Kinds)> {
        while let Some(ip) = self.changed.pop() {
            let Node {
                kinds,
                jumps_here,
                argc,
                ..
            } = self.nodes[ip as usize];
            if let Some(before) = ip.checked_sub(1)
                && self.nodes[before as usize].falls_through
            {
                self.add(before, kinds);
            }
            let mut jump = jumps_here;
            while jump != END {
                self.add(jump, kinds);
                jump = self.nodes[jump as usize].next;
            }
            if argc.is_some() {
                return Some((ip, kinds));
            }
        }
        None
    }

    /// Takes one of the calls that wait for the kinds of the sub at `entry`.
    pub(super) fn take_waiting(&mut self, entry: u32) -> Option<u32> {
        let call = self.nodes[entry as usize].waiting;
        if call == END {
            return None;
        }
        self.nodes[entry as usize].waiting = self.nodes[call as usize].next;
        Some(call)
    }
}
