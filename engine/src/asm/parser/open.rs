//! A chunk while its lines are read: names are collected, references filled in at its end.

use super::super::error::{AsmError, Position};
use crate::chunk::Chunk;
use crate::op::{Op, Operand, Role};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// A kind of thing that has a name and may be used before it is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Named {
    Label,
    Block,
    Chunk,
}

impl Named {
    fn text(self) -> &'static str {
        match self {
            Named::Label => "label",
            Named::Block => "block",
            Named::Chunk => "chunk",
        }
    }

    fn declaration(self) -> &'static str {
        match self {
            Named::Label => "`name:`",
            Named::Block => "`block name:`",
            Named::Chunk => "`chunk name {`",
        }
    }
}

/// Where a name is used, and to be replaced by its number.
#[derive(Clone, Copy)]
pub(super) enum Use {
    /// The op's operand with this role.
    Operand(usize, Role),
    /// The entry of a sub.
    Entry(usize),
    RangeStart(usize),
    RangeEnd(usize),
}

struct Reference<'t> {
    named: Named,
    name: &'t str,
    at: Position,
    used: Use,
}

/// A block whose end was not seen yet.
struct OpenBlock {
    index: usize,
    at: Position,
}

/// A chunk whose end was not seen yet.
#[derive(Default)]
pub(super) struct OpenChunk<'t> {
    pub(super) chunk: Chunk,
    /// Where it is declared; nothing for the whole text.
    pub(super) declared_at: Option<Position>,
    /// The source line of the ops that follow.
    pub(super) line: u32,
    /// What `lines` says, if it says anything.
    pub(super) lines: Option<Vec<u32>>,
    pub(super) slots: HashMap<&'t str, u16>,
    name_index: HashMap<String, usize>,
    numbers: HashMap<(Named, &'t str), usize>,
    open_blocks: HashMap<&'t str, OpenBlock>,
    references: Vec<Reference<'t>>,
}

impl<'t> OpenChunk<'t> {
    /// A sub-chunk that is declared there.
    pub(super) fn sub_chunk(at: Position) -> OpenChunk<'t> {
        OpenChunk {
            declared_at: Some(at),
            ..OpenChunk::default()
        }
    }

    /// The index of a name in the pool, which grows when it is new.
    pub(super) fn name(&mut self, name: &str, at: Position) -> Result<u16, AsmError> {
        let index = match self.name_index.get(name) {
            Some(index) => *index,
            None => self.append_name(name.to_owned()),
        };
        pool_index(index, "name", at)
    }

    /// Appends to the name pool; of equal names the first one is meant by its text.
    pub(super) fn append_name(&mut self, name: String) -> usize {
        let index = self.chunk.names.len();
        self.name_index.entry(name.clone()).or_insert(index);
        self.chunk.names.push(name);
        index
    }

    /// Gives a name to a number.
    pub(super) fn declare(
        &mut self,
        named: Named,
        name: &'t str,
        number: usize,
        at: Position,
    ) -> Result<(), AsmError> {
        match self.numbers.entry((named, name)) {
            Entry::Vacant(entry) => {
                entry.insert(number);
                Ok(())
            }
            Entry::Occupied(_) => {
                Err(at.error(format!("the {} `{name}` is declared twice", named.text())))
            }
        }
    }

    /// Notes that a name stands for a number that may not be known yet.
    pub(super) fn refer(&mut self, named: Named, name: &'t str, at: Position, used: Use) {
        self.references.push(Reference {
            named,
            name,
            at,
            used,
        });
    }

    pub(super) fn open_block(&mut self, name: &'t str, at: Position) -> Result<(), AsmError> {
        let index = self.chunk.block_ranges.len();
        self.declare(Named::Block, name, index, at)?;
        let here = self.chunk.ops.len();
        self.chunk.block_ranges.push((here, here));
        self.open_blocks.insert(name, OpenBlock { index, at });
        Ok(())
    }

    pub(super) fn close_block(&mut self, name: &'t str, at: Position) -> Result<(), AsmError> {
        let Some(block) = self.open_blocks.remove(name) else {
            return Err(at.error(format!("no block `{name}` is open here")));
        };
        self.chunk.block_ranges[block.index].1 = self.chunk.ops.len();
        Ok(())
    }

    /// The finished chunk.
    pub(super) fn finish(mut self) -> Result<Chunk, AsmError> {
        // Of several open blocks the first is reported, not the one that hashing puts first.
        if let Some((name, block)) = self.open_blocks.iter().min_by_key(|(_, block)| block.index) {
            return Err(block
                .at
                .error(format!("the block `{name}` has no `end {name}`")));
        }
        for reference in std::mem::take(&mut self.references) {
            self.resolve(&reference)?;
        }
        if let Some(lines) = self.lines {
            self.chunk.lines = lines;
        }
        self.chunk.op_hash = self.chunk.compute_op_hash();
        Ok(self.chunk)
    }

    fn resolve(&mut self, reference: &Reference<'t>) -> Result<(), AsmError> {
        let Reference {
            named,
            name,
            at,
            used,
        } = *reference;
        let Some(&number) = self.numbers.get(&(named, name)) else {
            return Err(at.error(format!(
                "there is no {} `{name}`; it is declared by {}",
                named.text(),
                named.declaration()
            )));
        };
        match used {
            Use::Operand(ip, role) => {
                if role != Role::Target {
                    pool_index(number, named.text(), at)?;
                }
                self.chunk.ops[ip] = with_operand(self.chunk.ops[ip], role, number);
            }
            Use::Entry(index) => self.chunk.sub_entries[index].1 = number,
            Use::RangeStart(index) => self.chunk.block_ranges[index].0 = number,
            Use::RangeEnd(index) => self.chunk.block_ranges[index].1 = number,
        }
        Ok(())
    }
}

/// The op with the operand of this role, of which it has one, replaced.
fn with_operand(op: Op, role: Role, number: usize) -> Op {
    op.map_operands(|this, operand| match this == role {
        true => Operand::Int(number as i64),
        false => operand,
    })
    .unwrap_or(op)
}

/// An index as ops can hold it.
pub(super) fn pool_index(index: usize, pool: &str, at: Position) -> Result<u16, AsmError> {
    u16::try_from(index)
        .map_err(|_| at.error(format!("too many: an op cannot refer to {pool} {index}")))
}
