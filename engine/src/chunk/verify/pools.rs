//! **V-POOL**: what an op names exists.

use super::VerifyErrorKind;
use crate::chunk::Chunk;
use crate::op::Op;
use crate::op::table::for_each_op;

/// Whether operands of a role index a pool of the chunk.
macro_rules! pool_check {
    (Const, $chunk:ident, $index:ident) => {
        (usize::from($index) >= $chunk.constants.len())
            .then_some(VerifyErrorKind::NoSuchConstant($index))
    };
    (Block, $chunk:ident, $index:ident) => {
        $chunk
            .valid_block($index)
            .is_none()
            .then_some(VerifyErrorKind::NoSuchBlock($index))
    };
    (SubChunk, $chunk:ident, $index:ident) => {
        (usize::from($index) >= $chunk.sub_chunks.len())
            .then_some(VerifyErrorKind::NoSuchSubChunk($index))
    };
    (Str, $chunk:ident, $index:ident) => {
        (usize::from($index) >= $chunk.names.len()).then_some(VerifyErrorKind::NoSuchName($index))
    };
    ($role:ident, $chunk:ident, $index:ident) => {{
        let _ = $index;
        None
    }};
}

macro_rules! define_missing {
    ($( $(#[$doc:meta])* $name:ident $(( $( $field:ident : $role:ident < $ty:ty > ),+ ))?
        => $section:ident, pops $pops:tt, pushes $pushes:tt, gives $gives:ident, touches $touches:ident; )*) => {
        /// The first operand of `op` that is not in its pool. Subs are looked up by name, and
        /// therefore where calls are followed.
        pub(super) fn missing(chunk: &Chunk, op: &Op) -> Option<VerifyErrorKind> {
            match *op {
                $( Op::$name $(( $( $field ),+ ))? => {
                    let missing: Option<VerifyErrorKind> = None;
                    $( $( let missing = missing.or(pool_check!($role, chunk, $field)); )+ )?
                    missing
                } )*
            }
        }
    };
}

for_each_op!(define_missing);
