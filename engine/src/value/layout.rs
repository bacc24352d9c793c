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
pub(crate) const TAG_STR: u8 = 4;

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

/// Writes an `Int`, dropping nothing.
///
/// Tag and payload are written as two whole words, here and in its siblings: a reader that
/// copies a word right afterwards must find it in one store, or it waits for the cache.
///
/// # Safety
/// `at` is valid for writing a value.
#[inline(always)]
pub(crate) unsafe fn write_int(at: *mut Value, n: i64) {
    // SAFETY: in bounds by the caller; the words cover tag, padding and payload of `Int`.
    unsafe {
        at.cast::<u64>().write(u64::from(TAG_INT).to_le());
        at.cast::<i64>().add(1).write(n);
    }
}

/// Writes a `Float`, dropping nothing.
///
/// # Safety
/// `at` is valid for writing a value.
#[inline(always)]
pub(crate) unsafe fn write_float(at: *mut Value, x: f64) {
    // SAFETY: in bounds by the caller; the words cover tag, padding and payload of `Float`.
    unsafe {
        at.cast::<u64>().write(u64::from(TAG_FLOAT).to_le());
        at.cast::<f64>().add(1).write(x);
    }
}

/// Writes a `Bool`, dropping nothing.
///
/// # Safety
/// `at` is valid for writing a value.
#[inline(always)]
pub(crate) unsafe fn write_bool(at: *mut Value, b: bool) {
    let word = u64::from(TAG_BOOL) | u64::from(b) << (8 * OFFSET_BOOL);
    // SAFETY: in bounds by the caller; the word holds the tag and, behind it, the payload.
    unsafe { at.cast::<u64>().write(word.to_le()) }
}

/// Writes `Undef`, dropping nothing.
///
/// # Safety
/// `at` is valid for writing a value.
#[inline(always)]
pub(crate) unsafe fn write_undef(at: *mut Value) {
    // SAFETY: in bounds by the caller.
    unsafe { at.cast::<u64>().write(u64::from(TAG_UNDEF)) }
}

/// Copies an `Int` or `Float`, dropping nothing.
///
/// # Safety
/// `from` holds an `Int` or a `Float` with this tag, and `to` is valid for writing a value.
#[inline(always)]
pub(crate) unsafe fn copy_number(from: *const Value, tag: u8, to: *mut Value) {
    // SAFETY: by the caller; the second word is the payload of either kind.
    unsafe {
        to.cast::<u64>().write(u64::from(tag).to_le());
        let payload = from.cast::<u64>().add(1).read();
        to.cast::<u64>().add(1).write(payload);
    }
}

/// Moves a value to a place that holds none. Numbers take their own way, because a copy of
/// the whole value would wait for the two stores that wrote them.
///
/// # Safety
/// `from` is initialised and not afterwards, `to` is valid for writing and another place.
#[inline(always)]
pub(crate) unsafe fn move_value(from: *const Value, to: *mut Value) {
    // SAFETY: by the caller.
    unsafe {
        let tag = tag(&*from);
        if is_number(tag) {
            copy_number(from, tag, to);
        } else {
            to.copy_from_nonoverlapping(from, 1);
        }
    }
}

/// The payload of an `Int`.
///
/// # Safety
/// `at` holds an `Int`.
#[inline(always)]
pub(crate) unsafe fn read_int(at: *const Value) -> i64 {
    // SAFETY: by the caller.
    unsafe { at.cast::<i64>().add(1).read() }
}

/// The payload of a `Float`.
///
/// # Safety
/// `at` holds a `Float`.
#[inline(always)]
pub(crate) unsafe fn read_float(at: *const Value) -> f64 {
    // SAFETY: by the caller.
    unsafe { at.cast::<f64>().add(1).read() }
}

/// The payload of a `Bool`.
///
/// # Safety
/// `at` holds a `Bool`.
#[inline(always)]
pub(crate) unsafe fn read_bool(at: *const Value) -> bool {
    // SAFETY: by the caller; the byte is 0 or 1.
    unsafe { at.cast::<bool>().add(OFFSET_BOOL).read() }
}

/// Whether a tag is that of `Int` or `Float`.
#[inline(always)]
pub(crate) fn is_number(tag: u8) -> bool {
    tag & !1 == TAG_INT
}

/// Whether a clone of a value with this tag costs nothing: everything but collections and
/// references.
#[inline(always)]
pub(crate) fn is_free_to_clone(tag: u8) -> bool {
    (PLAIN_TAGS | 1 << TAG_STR) >> tag & 1 != 0
}

/// One bit per tag of a kind that owns nothing: `Undef Bool Int Float Status NativeFn`.
pub(crate) const PLAIN_TAGS: u32 = 0b10_1000_1111;

const _: () = assert!(SIZE <= 64, "the published limit for the size of a value");
const _: () = assert!(align_of::<Value>() == 8);
const _: () = assert!(
    OFFSET_NUM == 8 && OFFSET_BOOL == 1,
    "written as words above"
);

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
            [TAG_UNDEF, TAG_BOOL, TAG_INT, TAG_FLOAT, TAG_STR],
            [0, 1, 2, 3, 4],
            "the tags that compiled code tests"
        );
    }
}
