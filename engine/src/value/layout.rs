//! The layout of a [`Value`] in memory, as compiled code reads and writes it.
//!
//! `#[repr(u8)]` on the enum defines it: the tag is the first byte, and each payload lies
//! at the offset that a `repr(C)` struct of the tag and the payload would give it. Every
//! fact used by compiled code is a constant here, pinned by an assertion below.

use super::Value;

/// Bytes from one value to the next in a slice.
pub(crate) const SIZE: usize = size_of::<Value>();
/// Where the payload of `Int` and `Float` is.
pub(crate) const OFFSET_NUM: usize = 8;
/// Where the payload of `Bool` is: one byte, 0 or 1.
pub(crate) const OFFSET_BOOL: usize = 1;

pub(crate) const TAG_UNDEF: u8 = 0;
pub(crate) const TAG_BOOL: u8 = 1;
pub(crate) const TAG_INT: u8 = 2;
pub(crate) const TAG_FLOAT: u8 = 3;

/// The tag byte of a value.
#[inline(always)]
pub(crate) fn tag(value: &Value) -> u8 {
    // SAFETY: a `repr(u8)` enum is a union of `repr(C)` structs that all start with the
    // `u8` discriminant, so its first byte is initialised and is the tag.
    unsafe { *std::ptr::from_ref(value).cast::<u8>() }
}

/// Whether the value owns nothing on the heap: it may be copied bitwise and forgotten.
#[inline(always)]
pub(crate) fn is_plain(value: &Value) -> bool {
    PLAIN_TAGS >> tag(value) & 1 != 0
}

/// One bit per tag of a kind that owns nothing: `Undef Bool Int Float Status NativeFn`.
pub(crate) const PLAIN_TAGS: u32 = 0b10_1000_1111;

const _: () = assert!(SIZE <= 64, "the published limit for the size of a value");
const _: () = assert!(align_of::<Value>() == 8);

#[cfg(test)]
mod tests {
    use super::*;

    /// Byte `offset` of a value.
    fn byte(value: &Value, offset: usize) -> u8 {
        assert!(offset < SIZE);
        // SAFETY: in bounds, and the callers ask for payload bytes that are initialised.
        unsafe { *std::ptr::from_ref(value).cast::<u8>().add(offset) }
    }

    #[test]
    fn payloads_are_where_compiled_code_expects_them() {
        let int = Value::Int(0x0123_4567_89ab_cdef);
        let expected = 0x0123_4567_89ab_cdef_i64.to_ne_bytes();
        for (i, b) in expected.into_iter().enumerate() {
            assert_eq!(byte(&int, OFFSET_NUM + i), b);
        }
        let float = Value::Float(-1.5);
        for (i, b) in (-1.5_f64).to_ne_bytes().into_iter().enumerate() {
            assert_eq!(byte(&float, OFFSET_NUM + i), b);
        }
        assert_eq!(byte(&Value::Bool(true), OFFSET_BOOL), 1);
        assert_eq!(byte(&Value::Bool(false), OFFSET_BOOL), 0);
    }

    #[test]
    fn tags_follow_the_order_of_the_kinds() {
        let values = [
            Value::Undef,
            Value::Bool(true),
            Value::Int(1),
            Value::Float(1.0),
            Value::str("x"),
            Value::array(vec![]),
            Value::hash(Default::default()),
            Value::Status(1),
            Value::Ref(Box::new(Value::Undef)),
            Value::NativeFn(1),
        ];
        for (i, value) in values.iter().enumerate() {
            assert_eq!(usize::from(tag(value)), i);
            assert_eq!(value.kind() as usize, i);
            let owns_nothing = !matches!(i, 4 | 5 | 6 | 8);
            assert_eq!(is_plain(value), owns_nothing);
        }
        assert_eq!(
            [TAG_UNDEF, TAG_BOOL, TAG_INT, TAG_FLOAT],
            [0, 1, 2, 3],
            "the tags that compiled code tests"
        );
    }
}
