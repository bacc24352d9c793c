//! The instruction set: [`Op`] and everything that is derived from its table.
//!
//! In: the rows of `op/table.rs`. Out: the enum, its hash, names, operands with their
//! roles, and stack effects. What an op does is elsewhere (`semantics`, the
//! dispatch loop); nothing here knows a value or a VM.
//!
//! Start with [`Op`] and [`OpInfo`].

mod effect;
mod operand;
pub(crate) mod table;

pub use effect::{Arity, Gives, Section, Touches};
pub use operand::{Operand, OperandError, OperandInfo, OperandType, Role};

use serde::{Deserialize, Serialize};
use std::hash::{Hash, Hasher};
use table::for_each_op;

macro_rules! define_op {
    ($( $(#[$doc:meta])* $name:ident $(( $( $field:ident : $role:ident < $ty:ty > ),+ ))?
        => $section:ident, pops $pops:tt, pushes $pushes:tt, gives $gives:ident, touches $touches:ident; )*) => {
        /// One instruction of a [`crate::Chunk`].
        ///
        /// The order of the variants is part of the binary serialized form. Equality is
        /// structural with IEEE float equality; hashing takes floats by their bits.
        #[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
        pub enum Op {
            $( $(#[$doc])* $name $(( $( $ty ),+ ))?, )*
        }

        /// The position of every op in the table.
        #[allow(clippy::enum_variant_names, reason = "one op is called `AwkIndex`")]
        #[repr(u8)]
        #[derive(Clone, Copy)]
        enum Index { $( $name, )* }

        /// Every op of the instruction set, by index.
        pub static TABLE: [OpInfo; N_OPS] = [ $( OpInfo {
            name: stringify!($name),
            index: Index::$name as u8,
            section: Section::$section,
            operands: &[ $( $( OperandInfo {
                name: stringify!($field),
                role: Role::$role,
                ty: <$ty as OperandType>::NAME,
            } ),+ )? ],
            gives: Gives::$gives,
            touches: Touches::$touches,
        }, )* ];

        /// Number of ops in the instruction set.
        pub const N_OPS: usize = [ $( Index::$name, )* ].len();

        impl Op {
            /// The op's position in the table, as binary formats write it.
            #[inline]
            pub const fn index(&self) -> usize {
                (match self { $( Op::$name { .. } => Index::$name, )* }) as usize
            }

            /// How many values the op pops and pushes when the stack is deep enough.
            #[allow(unused_variables, reason = "an arity names at most one operand")]
            pub fn stack_effect(&self) -> (Arity, Arity) {
                use effect::{arity, DYNAMIC};
                match *self {
                    $( Op::$name $(( $( $field ),+ ))? => (arity($pops), arity($pushes)), )*
                }
            }

            /// The op's operands in the order of declaration, for code that handles any op.
            pub fn operands(&self) -> Vec<Operand> {
                match *self {
                    $( Op::$name $(( $( $field ),+ ))? => vec![ $( $( $field.to_operand() ),+ )? ], )*
                }
            }

            /// Builds the op at `index` from its operands: the inverse of [`Op::index`] and
            /// [`Op::operands`].
            ///
            /// # Errors
            /// Names the operand that is missing, superfluous or outside its type's range, or
            /// says that there is no op with that index.
            #[allow(unused_assignments, unused_mut, unused_variables, reason = "ops without operands")]
            pub fn from_operands(index: usize, operands: &[Operand]) -> Result<Op, OperandError> {
                let info = TABLE.get(index).ok_or(OperandError::NoSuchOp(index))?;
                if operands.len() != info.operands.len() {
                    return Err(OperandError::Count {
                        op: info.name,
                        expected: info.operands.len(),
                        found: operands.len(),
                    });
                }
                $( if index == Index::$name as usize {
                    let mut at = 0;
                    return Ok(Op::$name $(( $( {
                        let value = <$ty as OperandType>::from_operand(operands[at])
                            .ok_or(OperandError::Range {
                                op: info.name,
                                operand: info.operands[at].name,
                                ty: info.operands[at].ty,
                                found: operands[at],
                            })?;
                        at += 1;
                        value
                    } ),+ ))?);
                } )*
                Err(OperandError::NoSuchOp(index))
            }
        }

        impl Hash for Op {
            fn hash<H: Hasher>(&self, state: &mut H) {
                (self.index() as u8).hash(state);
                match *self {
                    $( Op::$name $(( $( $field ),+ ))? => { $( $( $field.hash_operand(state); )+ )? } )*
                }
            }
        }
    };
}

for_each_op!(define_op);

/// What the table says of one op, whatever its operands are.
#[derive(Debug)]
pub struct OpInfo {
    /// The public variant name, which is also the mnemonic.
    pub name: &'static str,
    /// Position in the table.
    pub index: u8,
    /// The section of the instruction set that it belongs to.
    pub section: Section,
    /// Operands in order of declaration.
    pub operands: &'static [OperandInfo],
    /// The kind of the values that it pushes.
    pub gives: Gives,
    /// What it reads or writes besides the value stack.
    pub touches: Touches,
}

impl OpInfo {
    /// The op with this variant name.
    pub fn by_name(name: &str) -> Option<&'static OpInfo> {
        use std::collections::HashMap;
        use std::sync::LazyLock;
        static BY_NAME: LazyLock<HashMap<&'static str, &'static OpInfo>> =
            LazyLock::new(|| TABLE.iter().map(|info| (info.name, info)).collect());
        BY_NAME.get(name).copied()
    }
}

impl Op {
    /// The row of the table that the op belongs to.
    #[inline]
    pub fn info(&self) -> &'static OpInfo {
        &TABLE[self.index()]
    }

    /// The public variant name.
    #[inline]
    pub fn name(&self) -> &'static str {
        self.info().name
    }

    /// Whether two ops are the same bit for bit: as `==`, but NaN is itself and 0.0 is not
    /// -0.0.
    #[inline]
    pub fn is_identical(&self, other: &Op) -> bool {
        match (self, other) {
            (Op::LoadFloat(a), Op::LoadFloat(b)) => a.to_bits() == b.to_bits(),
            _ => self == other,
        }
    }

    /// The op's jump target, if it has one.
    #[inline]
    pub fn target(&self) -> Option<usize> {
        match *self {
            Op::Jump(target)
            | Op::JumpIfTrue(target)
            | Op::JumpIfFalse(target)
            | Op::JumpIfTrueKeep(target)
            | Op::JumpIfFalseKeep(target)
            | Op::SlotLtIntJumpIfFalse(_, _, target)
            | Op::SlotIncLtIntJumpBack(_, _, target) => Some(target),
            _ => None,
        }
    }

    /// The same op with every operand replaced by what `f` makes of it.
    ///
    /// # Errors
    /// As [`Op::from_operands`], when `f` returns something that the operand cannot hold.
    pub fn map_operands(
        &self,
        mut f: impl FnMut(Role, Operand) -> Operand,
    ) -> Result<Op, OperandError> {
        let operands: Vec<Operand> = self
            .operands()
            .into_iter()
            .zip(self.info().operands)
            .map(|(operand, info)| f(info.role, operand))
            .collect();
        Op::from_operands(self.index(), &operands)
    }

    /// The same op jumping to `target`; ops without a target are returned as they are.
    #[must_use]
    pub fn with_target(self, target: usize) -> Op {
        self.map_operands(|role, operand| match role {
            Role::Target => Operand::Int(target as i64),
            _ => operand,
        })
        .unwrap_or(self)
    }
}

/// Numbers of [`Op::TestFile`]: which property of a path is tested.
pub mod file_test {
    /// Regular file, links followed.
    pub const IS_FILE: u8 = 0;
    /// Directory, links followed.
    pub const IS_DIR: u8 = 1;
    /// Exists, links followed; permissions are not looked at.
    pub const IS_READABLE: u8 = 2;
    /// Exists, links followed; permissions are not looked at.
    pub const IS_WRITABLE: u8 = 3;
    /// Any execute bit set, links followed.
    pub const IS_EXECUTABLE: u8 = 4;
    /// Exists, links followed.
    pub const EXISTS: u8 = 5;
    /// Larger than zero bytes, links followed.
    pub const IS_NONEMPTY: u8 = 6;
    /// The path itself is a symbolic link.
    pub const IS_SYMLINK: u8 = 7;
    /// The path itself is a socket.
    pub const IS_SOCKET: u8 = 8;
    /// The path itself is a FIFO.
    pub const IS_FIFO: u8 = 9;
    /// The path itself is a block device.
    pub const IS_BLOCK_DEV: u8 = 10;
    /// The path itself is a character device.
    pub const IS_CHAR_DEV: u8 = 11;
}

/// Numbers of the second operand of [`Op::Redirect`].
pub mod redirect_op {
    /// `fd> file`
    pub const WRITE: u8 = 0;
    /// `fd>> file`
    pub const APPEND: u8 = 1;
    /// `fd< file`
    pub const READ: u8 = 2;
    /// `fd<> file`
    pub const READ_WRITE: u8 = 3;
    /// `fd>| file`
    pub const CLOBBER: u8 = 4;
    /// `fd<& n`
    pub const DUP_READ: u8 = 5;
    /// `fd>& n`
    pub const DUP_WRITE: u8 = 6;
    /// `&> file`
    pub const WRITE_BOTH: u8 = 7;
    /// `&>> file`
    pub const APPEND_BOTH: u8 = 8;
}

/// Numbers of [`Op::ExpandParam`]: which modifier is applied to a parameter.
pub mod param_mod {
    /// Use a default when unset; one argument.
    pub const DEFAULT: u8 = 0;
    /// Assign a default when unset; one argument.
    pub const ASSIGN: u8 = 1;
    /// Fail with a message when unset; one argument.
    pub const ERROR: u8 = 2;
    /// Use an alternate when set; one argument.
    pub const ALTERNATE: u8 = 3;
    /// Length in characters.
    pub const LENGTH: u8 = 4;
    /// Remove the shortest matching prefix; one argument.
    pub const STRIP_SHORT: u8 = 5;
    /// Remove the longest matching prefix; one argument.
    pub const STRIP_LONG: u8 = 6;
    /// Remove the shortest matching suffix; one argument.
    pub const RSTRIP_SHORT: u8 = 7;
    /// Remove the longest matching suffix; one argument.
    pub const RSTRIP_LONG: u8 = 8;
    /// Replace the first match; two arguments.
    pub const SUBST_FIRST: u8 = 9;
    /// Replace every match; two arguments.
    pub const SUBST_ALL: u8 = 10;
    /// Upper case.
    pub const UPPER: u8 = 11;
    /// Lower case.
    pub const LOWER: u8 = 12;
    /// First character to upper case.
    pub const UPPER_FIRST: u8 = 13;
    /// First character to lower case.
    pub const LOWER_FIRST: u8 = 14;
    /// Use the value as the name of another parameter.
    pub const INDIRECT: u8 = 15;
    /// The keys of an array.
    pub const KEYS: u8 = 16;
    /// Offset and length; two arguments.
    pub const SLICE: u8 = 17;

    /// How many arguments a modifier takes besides the name; unknown ones take none.
    pub(crate) fn n_args(modifier: u8) -> u8 {
        match modifier {
            DEFAULT | ASSIGN | ERROR | ALTERNATE => 1,
            STRIP_SHORT | STRIP_LONG | RSTRIP_SHORT | RSTRIP_LONG => 1,
            SUBST_FIRST | SUBST_ALL | SLICE => 2,
            _ => 0,
        }
    }
}
