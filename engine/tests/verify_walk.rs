//! The proofs of the verifier against runs: random small chunks are walked with nothing but
//! a height and frames, taking branches at random, and every op must find what was proved.

use fusevm::{Chunk, Op, Verified};

/// Xorshift, so that every run of the test is the same.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n
    }
}

fn random_op(random: &mut Random, n_ops: usize) -> Op {
    let target = random.below(n_ops + 1);
    match random.below(26) {
        0..6 => Op::LoadTrue,
        6..9 => Op::Pop,
        9 => Op::Dup,
        10 => Op::Swap,
        11..13 => Op::Add,
        13 => Op::MakeArray(random.below(3) as u16),
        14 => Op::Jump(target),
        15 => Op::JumpIfTrue(target),
        16 => Op::JumpIfFalseKeep(target),
        17 => Op::SlotIncLtIntJumpBack(0, 5, target),
        18..21 => Op::Call(random.below(2) as u16, random.below(3) as u8),
        21 => Op::Return,
        22..24 => Op::ReturnValue,
        24 => Op::PushFrame,
        _ => Op::PopFrame,
    }
}

/// Straight-line code with few surprises, and two subs somewhere.
fn random_chunk(random: &mut Random) -> Chunk {
    let n_ops = 2 + random.below(12);
    Chunk {
        ops: (0..n_ops).map(|_| random_op(random, n_ops)).collect(),
        sub_entries: (0..2).map(|name| (name, random.below(n_ops + 1))).collect(),
        ..Chunk::default()
    }
}

/// A frame of the walk; the root frame is not on the list.
#[derive(Clone, Copy)]
struct Frame {
    base: usize,
    /// Where a call returns to; a scope does not.
    return_ip: Option<usize>,
}

struct Walk {
    ip: usize,
    height: usize,
    frames: Vec<Frame>,
}

impl Walk {
    /// The base of the call frame.
    fn base(&self) -> usize {
        let calls = self.frames.iter().rev();
        calls
            .filter(|frame| frame.return_ip.is_some())
            .map(|frame| frame.base)
            .next()
            .unwrap_or(0)
    }

    /// Open scopes above the call frame.
    fn scopes(&self) -> usize {
        self.frames
            .iter()
            .rev()
            .take_while(|frame| frame.return_ip.is_none())
            .count()
    }

    fn check(&self, verified: &Verified, op: &Op) {
        let depth = verified.depth_at(self.ip).expect("it is reached");
        assert_eq!(
            self.height - self.base(),
            depth,
            "depth of {op:?} at {}",
            self.ip
        );
        assert_eq!(self.scopes(), verified.scopes_at(self.ip));
        assert!(depth <= verified.max_depth());
        let pops = match op {
            Op::Return | Op::PushFrame | Op::PopFrame => 0,
            Op::ReturnValue | Op::JumpIfFalseKeep(_) => 1,
            Op::Call(_, argc) => usize::from(*argc),
            _ => op.stack_effect().0.fixed().expect("it is fixed"),
        };
        assert!(
            pops <= depth,
            "{op:?} at {} pops {pops} of {depth}",
            self.ip
        );
    }

    /// Runs the op; false when that ends the run.
    fn step(&mut self, chunk: &Chunk, op: &Op, random: &mut Random) -> bool {
        self.ip += 1;
        match *op {
            Op::Call(name, argc) => {
                let base = self.height - usize::from(argc);
                self.frames.push(Frame {
                    base,
                    return_ip: Some(self.ip),
                });
                self.ip = chunk.find_sub(name).expect("it exists");
            }
            Op::Return => return self.leave(0),
            Op::ReturnValue => return self.leave(1),
            Op::PushFrame => self.frames.push(Frame {
                base: self.height,
                return_ip: None,
            }),
            Op::PopFrame => {
                if let Some(frame) = self.frames.pop_if(|frame| frame.return_ip.is_none()) {
                    self.height = self.height.min(frame.base);
                }
            }
            _ => {
                let (pops, pushes) = op.stack_effect();
                self.height -= pops.fixed().expect("it is fixed");
                self.height += pushes.fixed().expect("it is fixed");
                if let Some(target) = op.target()
                    && (matches!(op, Op::Jump(_)) || random.below(2) == 0)
                {
                    self.ip = target;
                }
            }
        }
        true
    }

    /// Leaves the call frame with so many values; false at the root.
    fn leave(&mut self, pushes: usize) -> bool {
        while let Some(frame) = self.frames.pop() {
            if let Some(ip) = frame.return_ip {
                self.height = self.height.min(frame.base) + pushes;
                self.ip = ip;
                return true;
            }
        }
        false
    }
}

#[test]
fn every_walk_finds_what_was_proved() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut verified_chunks, mut returns_from_subs) = (0, 0);
    for _ in 0..300_000 {
        let chunk = random_chunk(&mut random);
        let Ok(verified) = chunk.verify() else {
            continue;
        };
        verified_chunks += 1;
        for _ in 0..4 {
            let mut walk = Walk {
                ip: 0,
                height: 0,
                frames: Vec::new(),
            };
            for _ in 0..100 {
                let Some(op) = chunk.ops.get(walk.ip) else {
                    break;
                };
                walk.check(&verified, op);
                let depth = walk.frames.len();
                if !walk.step(&chunk, op, &mut random) {
                    break;
                }
                returns_from_subs += usize::from(walk.frames.len() < depth && *op != Op::PopFrame);
            }
        }
    }
    // The test is about something.
    assert!(verified_chunks > 10_000, "{verified_chunks}");
    assert!(returns_from_subs > 1_000, "{returns_from_subs}");
}
