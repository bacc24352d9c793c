//! Statements: ops with their operands, labels and declarations.

use super::super::error::{AsmError, Position};
use super::super::lexer::TokenKind;
use super::super::value;
use super::Tokens;
use super::open::{Named, OpenChunk, Use, pool_index};
use crate::chunk::{Chunk, MAX_NESTED_CHUNKS};
use crate::op::{Op, OpInfo, Operand, OperandInfo, Role, TABLE};
use std::fmt;

/// The words that start a declaration.
const DECLARATIONS: [&str; 13] = [
    "slots", "globals", "names", "const", "sub", "entry", "block", "end", "range", "chunk",
    "source", "line", "lines",
];

pub(super) struct Parser<'t> {
    tokens: Tokens<'t>,
    /// The chunk that lines belong to.
    chunk: OpenChunk<'t>,
    /// The chunks around it, outermost first.
    around: Vec<OpenChunk<'t>>,
}

impl<'t> Parser<'t> {
    pub(super) fn new(tokens: Tokens<'t>) -> Parser<'t> {
        Parser {
            tokens,
            chunk: OpenChunk::default(),
            around: Vec::new(),
        }
    }

    /// Reads everything.
    pub(super) fn text(mut self) -> Result<Chunk, AsmError> {
        loop {
            let token = self.tokens.next()?;
            match token.kind {
                TokenKind::EndOfLine => {}
                TokenKind::EndOfText => return self.finish(),
                TokenKind::Mark('}') => self.close_chunk(token.at)?,
                TokenKind::Word(word) => self.statement(word, token.at)?,
                found => {
                    return Err(token.at.error(format!(
                        "expected an op, a label or a declaration, found {found}"
                    )));
                }
            }
        }
    }

    fn finish(self) -> Result<Chunk, AsmError> {
        match self.chunk.declared_at {
            Some(at) => Err(at.error("this chunk has no closing `}`")),
            None => self.chunk.finish(),
        }
    }

    /// Reads the statement that starts with `word`. Behind a label, or anything else that ends
    /// with a colon, the next statement may follow on the same line.
    fn statement(&mut self, word: &'t str, at: Position) -> Result<(), AsmError> {
        if self.tokens.take_mark(':')? {
            let here = self.chunk.chunk.ops.len();
            return self.chunk.declare(Named::Label, word, here, at);
        }
        match word {
            "sub" => return self.sub(),
            "block" => return self.block(),
            "chunk" => return self.open_chunk(at),
            "slots" => self.slots()?,
            "globals" => self.names(false)?,
            "names" => self.names(true)?,
            "const" => self.constant()?,
            "entry" => self.entry()?,
            "end" => {
                let (name, at) = self.tokens.word(&"the name of the block that ends here")?;
                self.chunk.close_block(name, at)?;
            }
            "range" => self.range()?,
            "source" => self.source()?,
            "line" => self.chunk.line = self.tokens.integer(&"a line number")?,
            "lines" => self.lines()?,
            _ => self.op(word, at)?,
        }
        self.tokens.expect_end()
    }

    fn sub(&mut self) -> Result<(), AsmError> {
        let name = self.name(&"the name of a sub")?;
        self.tokens.expect_mark(':')?;
        let here = self.chunk.chunk.ops.len();
        self.chunk.chunk.sub_entries.push((name, here));
        Ok(())
    }

    fn block(&mut self) -> Result<(), AsmError> {
        let (name, at) = self.tokens.word(&"the name of a block")?;
        self.tokens.expect_mark(':')?;
        self.chunk.open_block(name, at)
    }

    fn open_chunk(&mut self, at: Position) -> Result<(), AsmError> {
        if let TokenKind::Word(name) = *self.tokens.peek() {
            let index = self.chunk.chunk.sub_chunks.len();
            let at = self.tokens.next()?.at;
            self.chunk.declare(Named::Chunk, name, index, at)?;
        }
        self.tokens.expect_mark('{')?;
        if self.around.len() == MAX_NESTED_CHUNKS {
            return Err(at.error(format!("chunks may be nested {MAX_NESTED_CHUNKS} deep")));
        }
        let inner = OpenChunk::sub_chunk(at);
        self.around.push(std::mem::replace(&mut self.chunk, inner));
        Ok(())
    }

    fn close_chunk(&mut self, at: Position) -> Result<(), AsmError> {
        let Some(around) = self.around.pop() else {
            return Err(at.error("no chunk is open here"));
        };
        let inner = std::mem::replace(&mut self.chunk, around).finish()?;
        self.chunk.chunk.sub_chunks.push(inner);
        self.tokens.expect_end()
    }

    fn slots(&mut self) -> Result<(), AsmError> {
        self.chunk.slots.clear();
        let mut slot = 0;
        while !self.tokens.ends_statement() {
            let (name, at) = self.tokens.word(&"the name of a slot")?;
            let number = pool_index(slot, "slot", at)?;
            if name != "_" && self.chunk.slots.insert(name, number).is_some() {
                return Err(at.error(format!("the slot `{name}` is declared twice")));
            }
            slot += 1;
        }
        Ok(())
    }

    fn names(&mut self, even_known: bool) -> Result<(), AsmError> {
        while !self.tokens.ends_statement() {
            let token = self.tokens.next()?;
            let name = match token.kind {
                TokenKind::Word(word) => word.to_owned(),
                TokenKind::Text(text) => text,
                found => return Err(token.at.error(format!("expected a name, found {found}"))),
            };
            if even_known {
                self.chunk.append_name(name);
            } else {
                self.chunk.name(&name, token.at)?;
            }
        }
        Ok(())
    }

    fn constant(&mut self) -> Result<(), AsmError> {
        let at = self.tokens.position();
        let index: usize = self.tokens.integer(&"the index of a constant")?;
        let next = self.chunk.chunk.constants.len();
        if index != next {
            return Err(at.error(format!("the next constant has index {next}, not {index}")));
        }
        self.tokens.expect_mark('=')?;
        let value = value::parse(&mut self.tokens)?;
        self.chunk.chunk.constants.push(value);
        Ok(())
    }

    fn entry(&mut self) -> Result<(), AsmError> {
        let name = self.name(&"the name of a sub")?;
        let used = Use::Entry(self.chunk.chunk.sub_entries.len());
        let ip = self.target(&"where the sub starts", used)?;
        self.chunk.chunk.sub_entries.push((name, ip));
        Ok(())
    }

    fn range(&mut self) -> Result<(), AsmError> {
        let index = self.chunk.chunk.block_ranges.len();
        let start = self.target(&"where the block starts", Use::RangeStart(index))?;
        let end = self.target(&"where the block ends", Use::RangeEnd(index))?;
        self.chunk.chunk.block_ranges.push((start, end));
        Ok(())
    }

    fn source(&mut self) -> Result<(), AsmError> {
        let token = self.tokens.next()?;
        let TokenKind::Text(source) = token.kind else {
            let found = token.kind;
            return Err(token
                .at
                .error(format!("expected a quoted file name, found {found}")));
        };
        self.chunk.chunk.source = source;
        Ok(())
    }

    fn lines(&mut self) -> Result<(), AsmError> {
        let lines = self.chunk.lines.get_or_insert_default();
        while !self.tokens.ends_statement() {
            lines.push(self.tokens.integer(&"a line number")?);
        }
        Ok(())
    }

    fn op(&mut self, word: &'t str, at: Position) -> Result<(), AsmError> {
        let Some(info) = OpInfo::by_name(word) else {
            return Err(at.error(unknown(word)));
        };
        let mut operands = [Operand::Int(0); MAX_OPERANDS];
        for (operand, info) in operands.iter_mut().zip(info.operands) {
            *operand = self.operand(info)?;
        }
        let operands = &operands[..info.operands.len()];
        let op = Op::from_operands(usize::from(info.index), operands)
            .map_err(|error| at.error(error.to_string()))?;
        self.chunk.chunk.ops.push(op);
        self.chunk.chunk.lines.push(self.chunk.line);
        Ok(())
    }

    fn operand(&mut self, info: &OperandInfo) -> Result<Operand, AsmError> {
        let what: &dyn fmt::Display = &What(info);
        let used = Use::Operand(self.chunk.chunk.ops.len(), info.role);
        Ok(Operand::Int(match info.role {
            Role::Slot => i64::from(self.slot(what)?),
            Role::Name | Role::Sub | Role::Str => i64::from(self.name(what)?),
            Role::Const => i64::from(self.constant_operand(what)?),
            Role::Block => i64::from(self.named::<u16>(Named::Block, what, used)?),
            Role::SubChunk => i64::from(self.named::<u16>(Named::Chunk, what, used)?),
            Role::Target => self.target(what, used)? as i64,
            Role::Limit | Role::Count | Role::Imm | Role::Id | Role::Arg | Role::Payload => {
                return self.number(info.ty, &what);
            }
        }))
    }

    fn number(&mut self, ty: &str, what: &dyn fmt::Display) -> Result<Operand, AsmError> {
        Ok(match ty {
            "u8" => Operand::Int(self.tokens.integer::<u8>(what)?.into()),
            "u16" => Operand::Int(self.tokens.integer::<u16>(what)?.into()),
            "i32" => Operand::Int(self.tokens.integer::<i32>(what)?.into()),
            "i64" => Operand::Int(self.tokens.integer(what)?),
            "usize" => Operand::Int(self.tokens.integer::<usize>(what)? as i64),
            _ => Operand::Float(self.tokens.float(what)?),
        })
    }

    fn slot(&mut self, what: &dyn fmt::Display) -> Result<u16, AsmError> {
        let TokenKind::Word(name) = *self.tokens.peek() else {
            return self.tokens.integer(what);
        };
        let at = self.tokens.next()?.at;
        self.chunk.slots.get(name).copied().ok_or_else(|| {
            at.error(format!(
                "there is no slot `{name}`; slots are named by `slots ..`"
            ))
        })
    }

    /// Takes a name, quoted or not, or its index.
    fn name(&mut self, what: &dyn fmt::Display) -> Result<u16, AsmError> {
        match self.tokens.peek() {
            TokenKind::Word(_) | TokenKind::Text(_) => {}
            _ => return self.tokens.integer(what),
        }
        let token = self.tokens.next()?;
        match token.kind {
            TokenKind::Text(name) => self.chunk.name(&name, token.at),
            TokenKind::Word(name) => self.chunk.name(name, token.at),
            _ => Err(self.tokens.expected(what)),
        }
    }

    fn constant_operand(&mut self, what: &dyn fmt::Display) -> Result<u16, AsmError> {
        if self.tokens.take_mark('#')? {
            return self.tokens.integer(&"the index of a constant");
        }
        if self.tokens.ends_statement() {
            return Err(self.tokens.expected(what));
        }
        let at = self.tokens.position();
        let value = value::parse(&mut self.tokens)?;
        self.chunk.chunk.constants.push(value);
        pool_index(self.chunk.chunk.constants.len() - 1, "constant", at)
    }

    fn target(&mut self, what: &dyn fmt::Display, used: Use) -> Result<usize, AsmError> {
        self.named(Named::Label, what, used)
    }

    /// Takes a number, or the name of one, which is filled in later.
    fn named<T: TryFrom<i128> + Default>(
        &mut self,
        named: Named,
        what: &dyn fmt::Display,
        used: Use,
    ) -> Result<T, AsmError> {
        let TokenKind::Word(name) = *self.tokens.peek() else {
            return self.tokens.integer(what);
        };
        let at = self.tokens.next()?.at;
        self.chunk.refer(named, name, at, used);
        Ok(T::default())
    }
}

/// The largest number of operands of an op.
const MAX_OPERANDS: usize = {
    let mut max = 0;
    let mut index = 0;
    while index < TABLE.len() {
        if TABLE[index].operands.len() > max {
            max = TABLE[index].operands.len();
        }
        index += 1;
    }
    max
};

/// An operand and what it may be, for messages.
struct What<'i>(&'i OperandInfo);

impl fmt::Display for What<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let may_be = match self.0.role {
            Role::Slot => "the name or number of a slot",
            Role::Name | Role::Sub | Role::Str => "a name",
            Role::Const => "a value or # and an index",
            Role::Block => "the name of a block",
            Role::SubChunk => "the name of a chunk",
            Role::Target => "a label",
            Role::Imm if self.0.ty == "f64" => "a float",
            _ => "a number",
        };
        write!(f, "the operand `{}`, {may_be}", self.0.name)
    }
}

/// What to say of a word that is neither an op nor a declaration.
#[cold]
fn unknown(word: &str) -> String {
    let nearest = TABLE
        .iter()
        .map(|info| info.name)
        .chain(DECLARATIONS)
        .map(|known| (distance(word, known), known))
        .min();
    match nearest {
        Some((distance, known)) if distance <= 2 && distance < word.len() => {
            format!("there is no op `{word}`; did you mean `{known}`?")
        }
        _ => format!("there is no op `{word}`, and it is no declaration either"),
    }
}

/// How many letters have to be changed, added or left out to get from one word to the other,
/// upper and lower case being the same.
fn distance(a: &str, b: &str) -> usize {
    const LONGEST: usize = 32;
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() > LONGEST || b.len() > LONGEST {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(!x.eq_ignore_ascii_case(y));
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
