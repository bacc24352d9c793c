//! Inputs of the targets that run programs: what bytes mean, and how they are changed.
//!
//! Any bytes are an input. Those that do not begin with [`MAGIC`], and those behind it that
//! make no sense, are the entropy of a generator. What begins with it is a *record*: a case
//! file as `difftest run` takes it, which ends with what it was made from,
//!
//! ```text
//! ; fuzz input
//! ; fuel: 4000
//! LoadInt 1
//! ; entropy 0badcafe        or        ; tree 010203..
//! ```
//!
//! A record means its program, whatever the generator would make of its entropy or tree by
//! now: a corpus stays useful when the generator changes. Mutations work on the entropy or the
//! tree, and on the ops of a record that has neither. Every mutant is a record again.

use crate::campaign::{REDUCTION_FUEL, SplitMix, fuelled, schedule_from};
use crate::case::Case;
use crate::filetest;
use crate::generate::Specimen;
use crate::outcome::Ending;
use crate::panics;
use crate::subjects::REFERENCE;
use arbitrary::Unstructured;
use std::fmt::Write as _;

/// The first line of a record.
pub const MAGIC: &str = "; fuzz input\n";
/// Its text without the sign of a comment.
const DESCRIPTION: &str = "fuzz input";
/// What stands before the entropy or the tree on the last line.
const ENTROPY: &str = "; entropy ";
const TREE: &str = "; tree ";

/// Most bytes that mutated entropy grows to.
const MAX_ENTROPY: usize = 2048;
/// Bytes from which one mutation is drawn.
const MUTATION_BYTES: usize = 256;
/// Mutants that are tried until one fits.
const TRIES: usize = 4;

/// A generator of cases: what a target makes of entropy.
pub type Grow = fn(&mut Unstructured) -> Specimen;

/// LibFuzzer's own mutation: changes the first bytes of a buffer, as many as the first number
/// says, and answers how many there are then, at most the second number.
pub type Bytewise = fn(&mut [u8], usize, usize) -> usize;

/// What an input means.
#[derive(Debug)]
pub struct Input {
    specimen: Specimen,
    /// The entropy that it was made from, unless that was a tree.
    entropy: Option<Vec<u8>>,
}

impl Input {
    /// What `data` means to a target that grows its cases with `grow`.
    pub fn read(grow: Grow, data: &[u8]) -> Input {
        read_record(data).unwrap_or_else(|| Input::grown(grow, data))
    }

    fn grown(grow: Grow, entropy: &[u8]) -> Input {
        let mut specimen = grow(&mut Unstructured::new(entropy));
        if specimen.case.schedule == 0 {
            specimen.case.schedule = schedule_from(entropy);
        }
        Input {
            specimen,
            entropy: Some(entropy.to_vec()),
        }
    }

    /// The case to run. One that does not end by itself has fuel.
    pub fn case(self) -> Case {
        ending(self.specimen.case)
    }

    /// The input that its entropy or tree means by now, if it has any.
    pub fn remade(self, grow: Grow) -> Option<Input> {
        match self.entropy {
            Some(entropy) => Some(Input::grown(grow, &entropy)),
            None if self.specimen.tree_bytes().is_some() => Some(Input {
                specimen: self.specimen.emitted(),
                entropy: None,
            }),
            None => None,
        }
    }

    /// The record of this input.
    pub fn record(&self) -> String {
        let mut text = filetest::print_file(DESCRIPTION, &self.specimen.case, None, &[]);
        match (&self.entropy, self.specimen.tree_bytes()) {
            (Some(entropy), _) => write_line(&mut text, ENTROPY, entropy),
            (None, Some(tree)) => write_line(&mut text, TREE, &tree),
            (None, None) => {}
        }
        text
    }

    /// Another input, made by changing this one as a program.
    fn mutated(&self, grow: Grow, random: &mut SplitMix) -> Input {
        let mut specimen = self.parent(grow);
        let bytes = random.bytes(MUTATION_BYTES);
        specimen.mutate(&mut Unstructured::new(&bytes));
        Input {
            specimen,
            entropy: None,
        }
    }

    /// What mutations work on: the tree, or the program that the entropy means by now.
    fn parent(&self, grow: Grow) -> Specimen {
        match &self.entropy {
            Some(entropy) if self.specimen.tree_bytes().is_none() => {
                Input::grown(grow, entropy).specimen
            }
            _ => self.specimen.clone(),
        }
    }

    /// Another input, made by changing the entropy of this one.
    fn bytewise(&self, grow: Grow, bytewise: Bytewise) -> Option<Input> {
        let mut buffer = self.entropy.clone()?;
        let size = buffer.len();
        let most = size.max(MAX_ENTROPY);
        buffer.resize(most, 0);
        let size = bytewise(&mut buffer, size, most).min(most);
        Some(Input::grown(grow, &buffer[..size]))
    }
}

/// Replaces the input in `data[..size]` by another one of at most `max_size` bytes, and answers
/// how many: the body of a custom mutator of libFuzzer.
pub fn mutate(
    grow: Grow,
    data: &mut [u8],
    size: usize,
    max_size: usize,
    seed: u32,
    bytewise: Bytewise,
) -> usize {
    let input = Input::read(grow, &data[..size]);
    let mut random = SplitMix::new(seed.into());
    for _ in 0..TRIES {
        let by_bytes = random.below(3) == 0;
        let mutant = match by_bytes {
            true => input.bytewise(grow, bytewise),
            false => None,
        };
        let record = mutant
            .unwrap_or_else(|| input.mutated(grow, &mut random))
            .record();
        if record.len() <= max_size {
            data[..record.len()].copy_from_slice(record.as_bytes());
            return record.len();
        }
    }
    bytewise(data, size, max_size)
}

/// Puts an input that is made of parts of two others into `out`, and answers how many bytes it
/// has; 0 when it does not fit: the body of a custom crossover of libFuzzer.
pub fn cross(grow: Grow, first: &[u8], second: &[u8], out: &mut [u8], seed: u32) -> usize {
    let parent = |data| Input::read(grow, data).parent(grow);
    let (first, second) = (parent(first), parent(second));
    let mut random = SplitMix::new(seed.into());
    for _ in 0..TRIES {
        let mut specimen = first.clone();
        let bytes = random.bytes(MUTATION_BYTES);
        specimen.cross(&second, &mut Unstructured::new(&bytes));
        let child = Input {
            specimen,
            entropy: None,
        };
        let record = child.record();
        if let Some(room) = out.get_mut(..record.len()) {
            room.copy_from_slice(record.as_bytes());
            return record.len();
        }
    }
    0
}

/// A record, if the bytes are one.
fn read_record(data: &[u8]) -> Option<Input> {
    let text = std::str::from_utf8(data).ok()?;
    let case = case_of(text)?;
    let (_, last) = text.trim_end().rsplit_once('\n')?;
    let tree = last.strip_prefix(TREE).and_then(from_hex);
    let with_tree = tree.and_then(|tree| Specimen::with_tree(case.clone(), &tree));
    Some(Input {
        specimen: with_tree.unwrap_or_else(|| Specimen::of_case(case)),
        entropy: last.strip_prefix(ENTROPY).and_then(from_hex),
    })
}

/// The case of a record.
fn case_of(text: &str) -> Option<Case> {
    text.strip_prefix(MAGIC)?;
    let mut programs = filetest::programs(text).ok()?;
    (programs.len() == 1).then(|| programs.remove(0).case)
}

/// The case, with fuel unless it ends without, and never with so much that it takes long.
fn ending(mut case: Case) -> Case {
    if let Some(fuel) = &mut case.fuel {
        *fuel = (*fuel).min(REDUCTION_FUEL);
        return case;
    }
    let fuelled = fuelled(&case);
    let is_over = panics::catch(|| REFERENCE.run(&fuelled));
    match is_over {
        Ok(Ok(observed)) if !ran_out(&observed.outcome.ending) => case,
        _ => fuelled,
    }
}

fn ran_out(ending: &Ending) -> bool {
    matches!(ending, Ending::Error(text) if text == "limit exceeded: fuel")
}

fn write_line(text: &mut String, name: &str, bytes: &[u8]) {
    text.push_str(name);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text.push('\n');
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let pairs = digits.as_bytes().chunks_exact(2);
    pairs
        .map(|pair| {
            let pair = std::str::from_utf8(pair).ok()?;
            u8::from_str_radix(pair, 16).ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fusevm::{Op, asm};

    const GROW: Grow = Specimen::structured;

    fn entropy(seed: u64) -> Vec<u8> {
        SplitMix::new(seed).bytes(300)
    }

    /// Adds a byte, as libFuzzer might.
    fn append(data: &mut [u8], size: usize, max_size: usize) -> usize {
        if size < max_size {
            data[size] = 0xa5;
            return size + 1;
        }
        size
    }

    fn mutant_of(data: &[u8], seed: u32) -> Vec<u8> {
        let mut buffer = data.to_vec();
        buffer.resize(1 << 16, 0);
        let size = mutate(GROW, &mut buffer, data.len(), 1 << 16, seed, append);
        buffer[..size].to_vec()
    }

    #[test]
    fn a_record_means_the_case_that_it_was_made_of() {
        for grow in [GROW, Specimen::raw, Specimen::mutated] {
            for seed in 0..60 {
                let input = Input::read(grow, &entropy(seed));
                let record = input.record();
                let read = Input::read(grow, record.as_bytes());
                assert_eq!(read.entropy, input.entropy, "{record}");
                assert_eq!(read.record(), record);
            }
        }
    }

    #[test]
    fn a_record_keeps_its_program_when_the_generator_changes() {
        let record = Input::read(GROW, &entropy(1)).record();
        // A generator that makes other programs of the same bytes.
        let other: Grow = |_| Specimen::of_case(Case::default());
        let case = Input::read(other, record.as_bytes()).case();
        let before = Input::read(GROW, &entropy(1)).case();
        assert_eq!(
            asm::disassemble(&case.chunk),
            asm::disassemble(&before.chunk)
        );
        let remade = Input::read(other, record.as_bytes()).remade(other);
        assert!(remade.expect("it has entropy").case().chunk.ops.is_empty());
    }

    #[test]
    fn mutants_are_records_of_other_programs_with_a_tree_or_entropy() {
        let (mut trees, mut entropies, mut different) = (0, 0, 0);
        let mut data = entropy(5);
        for seed in 0..60 {
            let mutant = mutant_of(&data, seed);
            let text = String::from_utf8(mutant.clone()).expect("a record is text");
            assert!(text.starts_with(MAGIC));
            trees += usize::from(text.contains(TREE));
            entropies += usize::from(text.contains(ENTROPY));
            let program = |data: &[u8]| asm::disassemble(&Input::read(GROW, data).case().chunk);
            different += usize::from(program(&mutant) != program(&data));
            // The second half are mutants of mutants.
            if seed > 30 {
                data = mutant;
            }
        }
        assert!(trees > 20 && different > 40, "{trees} {different}");
        assert!(entropies > 0, "{entropies}");
    }

    #[test]
    fn a_mutant_fits_or_the_bytes_are_changed_where_they_are() {
        let mut data = entropy(5);
        let size = mutate(GROW, &mut data, 20, 21, 1, append);
        assert_eq!(size, 21);
        assert_eq!(data[..20], entropy(5)[..20]);
        assert_eq!(cross(GROW, &entropy(1), &entropy(2), &mut [0; 10], 1), 0);
    }

    #[test]
    fn crossing_makes_a_record() {
        let mut out = vec![0; 1 << 16];
        let size = cross(GROW, &entropy(1), &entropy(2), &mut out, 3);
        assert!(out[..size].starts_with(MAGIC.as_bytes()));
        assert!(read_record(&out[..size]).is_some());
    }

    #[test]
    fn nonsense_behind_the_magic_is_entropy() {
        let nonsense: [&[u8]; 5] = [
            b"; fuzz input\n",
            b"; fuzz input\nLoadInt\n",
            b"; fuzz input\n; runs: many\nNop\n",
            b"; fuzz input\n\xff\xfe",
            b"; fuzz input\n; each: {a}\n;   1 -> 1\n;   2 -> 2\nNop\n",
        ];
        for data in nonsense {
            let input = Input::read(GROW, data);
            assert_eq!(input.entropy.as_deref(), Some(data), "{data:?}");
        }
        // What it was made from is nonsense: it still is a program.
        for line in ["; tree 0", "; tree zz", "; tree ff00", "; entropy 1"] {
            let text = format!("{MAGIC}\nLoadInt 7\n{line}\n");
            let input = Input::read(GROW, text.as_bytes());
            assert!(input.entropy.is_none(), "{line}");
            assert_eq!(input.specimen.tree_bytes(), None, "{line}");
            assert_eq!(input.case().chunk.ops, [Op::LoadInt(7)]);
        }
    }

    #[test]
    fn records_that_ask_for_harm_are_run_without_it() {
        let text = format!(
            "{MAGIC}; host: system\n; runs: 4000000000\n; limits: string_size = 18446744073709551615\n\
             Jump 0\nConcat\n"
        );
        let case = Input::read(GROW, text.as_bytes()).case();
        assert!(!case.hosts.system);
        assert!(case.runs <= 5 && case.limits.string_size <= 2_000);
        assert!(case.fuel.is_some(), "it never ends");
    }
}
