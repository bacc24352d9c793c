//! The text form of a chunk: [`assemble`] and [`disassemble`].
//!
//! # The language
//!
//! One op per line, by its variant name, then its operands, separated by blanks. A `;` starts
//! a comment. What an operand may be is decided by what it means (see [`crate::op::Role`]).
//! A number stands for itself, whether or not such a slot, name or op exists.
//!
//! | operand | written as |
//! |---|---|
//! | jump target | a label, declared as `label:` on its own line or before an op; or an op index |
//! | slot | a name that was declared by `slots`, or a number |
//! | global, sub, text | a name or `"text"`, added to the name pool when it is new; or an index |
//! | constant | a value, appended to the constant pool; or `#` and an index |
//! | block | the name of a `block`, or an index |
//! | sub-chunk | the name of a `chunk`, or an index |
//! | anything else | a number; floats may be `inf`, `-inf`, `nan` and `nan(0x7ff8000000000001)` |
//!
//! A value is `undef`, `true`, `false`, an integer such as `5` or `0xff`, a float such as `5.0`
//! or `1e9`, `"text"`, `[1, "two"]`, `{"key": 3}`, `status(1)`, `ref(5)` or `nativefn(7)`. Text
//! has the escapes `\n`, `\r`, `\t`, `\0`, `\"`, `\'`, `\\` and `\u{1f600}`. A name without
//! quotes consists of letters, digits, `_` and `.` and does not start with a digit or a point.
//!
//! | declaration | meaning |
//! |---|---|
//! | `slots a b c` | names slots 0, 1, 2 for the lines below, in place of earlier names; `_` skips one |
//! | `globals x y` | adds names to the name pool unless they are there already |
//! | `sub name:` | a sub starts here |
//! | `block name:`, `end name` | the ops between them are a block of the higher-order ops |
//! | `chunk name {`, `}` | the lines between them are a sub-chunk, a program of its own; the name may be left out |
//! | `source "file"` | the source file name |
//! | `line 12` | the source line of the ops below, 0 if nothing is said |
//!
//! The rest says what these cannot; [`disassemble`] uses it for chunks that nobody would write:
//!
//! | declaration | meaning |
//! |---|---|
//! | `names x x y` | appends to the name pool, whatever is there already |
//! | `const 3 = value` | appends to the constant pool; the number is the index and has to fit |
//! | `entry name target` | as `sub name:` at the target, which may lie anywhere |
//! | `range start end` | as a block without a name, between two targets |
//! | `lines 1 1 2` | all source lines, in place of what `line` says; continued by further ones |
//!
//! # Example
//!
//! ```
//! use fusevm::asm::{assemble, disassemble};
//!
//! let chunk = assemble(
//!     r#"
//!     ; The squares of a list, and a sub that prints its argument.
//!     slots list
//!         LoadConst [1, 2, 3]
//!         MapBlock square
//!         SetSlot list
//!         GetSlot list
//!         Call show 1
//!         Return
//!     block square:
//!         Dup
//!         Mul
//!     end square
//!     sub show:
//!         PrintLn 1
//!         Return
//!     "#,
//! )?;
//! assert_eq!(chunk.names, ["show"]);
//! assert_eq!(chunk.block_ranges, [(6, 8)]);
//! assert_eq!(chunk.sub_entries, [(0, 8)]);
//! assert!(chunk.verify().is_ok());
//!
//! let again = assemble(&disassemble(&chunk))?;
//! assert_eq!(again.op_hash, chunk.op_hash);
//! # Ok::<(), fusevm::asm::AsmError>(())
//! ```

mod error;
mod lexer;
mod number;
mod parser;
mod printer;
mod value;

pub use error::AsmError;

use crate::chunk::Chunk;

/// The chunk that a text denotes, with its `op_hash`.
///
/// # Errors
/// The first mistake, with line and column.
pub fn assemble(text: &str) -> Result<Chunk, AsmError> {
    parser::parse(text)
}

/// The text of a chunk; [`assemble`] reads it back.
pub fn disassemble(chunk: &Chunk) -> String {
    printer::print(chunk)
}
