//! Is what the verifier proves true?
//!
//! In: a case. Its program, programs that differ from it in one place, and small ones that are
//! drawn are verified; where there is a proof, walks that take branches at random must find
//! every op as it was proved. A walk executes nothing: it knows a height and frames.

use crate::campaign::SplitMix;
use crate::case::Case;
use crate::outcome::{Difference, Field};
use fusevm::{Chunk, Op, Verified};

/// Programs that differ from the case's, and small ones.
const CHANGED: usize = 24;
const SMALL: usize = 160;
/// Walks through a program, and ops of each.
const WALKS: usize = 3;
const STEPS: usize = 100;

/// A proof that a walk contradicts, if there is one.
pub fn check(case: &Case) -> Option<Difference> {
    let seed = case.chunk.compute_op_hash() ^ u64::from(case.schedule);
    let mut random = SplitMix::new(seed);
    if let Some(contradiction) = contradiction(&case.chunk, &mut random) {
        return Some(contradiction);
    }
    (0..CHANGED + SMALL).find_map(|nth| {
        let chunk = match nth < CHANGED {
            true => changed(&case.chunk, &mut random)?,
            false => small(&mut random),
        };
        contradiction(&chunk, &mut random)
    })
}

/// The first op that a walk finds otherwise than it was proved to be.
fn contradiction(chunk: &Chunk, random: &mut SplitMix) -> Option<Difference> {
    let proof = chunk.verify().ok()?;
    (0..WALKS).find_map(|_| Walk::new(chunk, &proof).contradiction(random))
}

/// A frame of a walk; the root frame is not on the list.
#[derive(Debug, Clone, Copy)]
struct Frame {
    base: usize,
    /// Where a call returns to; a scope does not.
    return_ip: Option<usize>,
}

struct Walk<'c> {
    chunk: &'c Chunk,
    proof: &'c Verified,
    ip: usize,
    height: usize,
    frames: Vec<Frame>,
}

impl<'c> Walk<'c> {
    fn new(chunk: &'c Chunk, proof: &'c Verified) -> Walk<'c> {
        Walk {
            chunk,
            proof,
            ip: 0,
            height: 0,
            frames: Vec::new(),
        }
    }

    fn contradiction(&mut self, random: &mut SplitMix) -> Option<Difference> {
        for _ in 0..STEPS {
            let op = *self.chunk.ops.get(self.ip)?;
            if let Some((proved, found)) = self.untrue(&op) {
                let field = format!("proof for op {} of {:?}", self.ip, self.chunk.ops);
                return Some(Difference::new(Field::Form, field, proved, found));
            }
            self.step(op, random)?;
        }
        None
    }

    /// What was proved of the op and is not so, and what is.
    fn untrue(&self, op: &Op) -> Option<(String, String)> {
        let depth = self.height.checked_sub(self.base());
        let proved = self.proof.depth_at(self.ip);
        if depth != proved {
            return Some((format!("depth {proved:?}"), format!("depth {depth:?}")));
        }
        let (scopes, proved) = (self.scopes(), self.proof.scopes_at(self.ip));
        if scopes != proved {
            return Some((format!("{proved} scopes"), format!("{scopes} scopes")));
        }
        let (depth, most) = (depth.unwrap_or(0), self.proof.max_depth());
        let pops = match op {
            Op::Return | Op::PushFrame | Op::PopFrame => 0,
            Op::ReturnValue => 1,
            Op::Call(_, argc) => usize::from(*argc),
            _ => op.stack_effect().0.fixed().unwrap_or(0),
        };
        (depth > most || pops > depth).then(|| {
            let proved = format!("at most {most} values, and all that are popped");
            (
                proved,
                format!("{depth} values, of which {pops} are popped"),
            )
        })
    }

    /// The base of the call frame.
    fn base(&self) -> usize {
        let mut calls = self.frames.iter().rev();
        calls
            .find(|frame| frame.return_ip.is_some())
            .map_or(0, |frame| frame.base)
    }

    /// Open scopes above the call frame.
    fn scopes(&self) -> usize {
        let frames = self.frames.iter().rev();
        frames.take_while(|frame| frame.return_ip.is_none()).count()
    }

    /// Goes on behind the op, unless the run ends or only its values say how.
    fn step(&mut self, op: Op, random: &mut SplitMix) -> Option<()> {
        self.ip += 1;
        match op {
            Op::Call(name, argc) => {
                let base = self.height.checked_sub(usize::from(argc))?;
                self.frames.push(Frame {
                    base,
                    return_ip: Some(self.ip),
                });
                self.ip = self.chunk.find_sub(name)?;
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
                self.height = self.height.checked_sub(pops.fixed()?)?;
                self.height += pushes.fixed()?;
                if let Some(target) = op.target()
                    && (matches!(op, Op::Jump(_)) || random.below(2) == 0)
                {
                    self.ip = target;
                }
            }
        }
        Some(())
    }

    /// Leaves the call frame with so many values, unless it is the root.
    fn leave(&mut self, pushes: usize) -> Option<()> {
        loop {
            let frame = self.frames.pop()?;
            if let Some(ip) = frame.return_ip {
                self.height = self.height.min(frame.base) + pushes;
                self.ip = ip;
                return Some(());
            }
        }
    }
}

/// The program with another op in one place, often a call; there is none without ops.
fn changed(chunk: &Chunk, random: &mut SplitMix) -> Option<Chunk> {
    let mut chunk = chunk.clone();
    let n_ops = chunk.ops.len();
    let is_call = |ip: &usize| matches!(chunk.ops[*ip], Op::Call(..));
    let calls: Vec<usize> = (0..n_ops).filter(is_call).collect();
    let at = match calls.get(below(random, calls.len() * 2)) {
        Some(call) => *call,
        None => below(random, n_ops),
    };
    let op = chunk.ops.get_mut(at)?;
    *op = match (*op, random.below(3)) {
        (Op::Call(name, argc), 0 | 1) => Op::Call(name, argc.wrapping_add(1) % 3),
        (Op::ReturnValue, 0 | 1) => Op::Return,
        (op, 0 | 1) if op.target().is_some() => op.with_target(below(random, n_ops + 1)),
        _ => small_op(random, n_ops),
    };
    Some(chunk)
}

/// A few ops that leave little unproved, and two subs somewhere.
fn small(random: &mut SplitMix) -> Chunk {
    let n_ops = 2 + below(random, 12);
    Chunk {
        ops: (0..n_ops).map(|_| small_op(random, n_ops)).collect(),
        sub_entries: (0..2)
            .map(|name| (name, below(random, n_ops + 1)))
            .collect(),
        ..Chunk::default()
    }
}

fn small_op(random: &mut SplitMix, n_ops: usize) -> Op {
    let target = below(random, n_ops + 1);
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

fn below(random: &mut SplitMix, n: usize) -> usize {
    random.below(n.max(1) as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_walk_finds_what_was_proved() {
        let mut random = SplitMix::new(9);
        let (mut n_proofs, mut n_calls) = (0, 0);
        for _ in 0..60_000 {
            let chunk = small(&mut random);
            let Ok(proof) = chunk.verify() else { continue };
            n_proofs += 1;
            let mut walk = Walk::new(&chunk, &proof);
            assert!(walk.contradiction(&mut random).is_none(), "{chunk:?}");
            n_calls += usize::from(walk.frames.iter().any(|frame| frame.return_ip.is_some()));
        }
        // The test is about something.
        assert!(n_proofs > 2_000 && n_calls > 20, "{n_proofs} {n_calls}");
    }

    #[test]
    fn a_false_proof_is_contradicted() {
        let of = |ops: &[Op]| Chunk {
            ops: ops.to_vec(),
            sub_entries: vec![(0, 3)],
            ..Chunk::default()
        };
        let call = [Op::LoadTrue, Op::Call(0, 1), Op::Jump(6), Op::ReturnValue];
        let proof = of(&call).verify().expect("a program without mistakes");
        let mut random = SplitMix::new(1);
        for (other, found) in [
            (
                [Op::LoadTrue, Op::Dup, Op::Jump(6), Op::Nop],
                "depth Some(2)",
            ),
            (
                [Op::PushFrame, Op::LoadTrue, Op::Jump(6), Op::Nop],
                "depth Some(0)",
            ),
        ] {
            let chunk = of(&other);
            let mut walk = Walk::new(&chunk, &proof);
            let flaw = walk
                .contradiction(&mut random)
                .expect("it is about another program");
            assert_eq!(flaw.right, found);
        }
    }
}
