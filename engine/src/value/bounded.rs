//! Serde forms that fail, instead of overflowing the native stack, when values or chunks are
//! nested too deep: serde recurses.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use std::cell::Cell;
use std::thread::LocalKey;

/// How deep values may be nested where they are read or written as data.
pub(crate) const MAX_NESTED_VALUES: usize = 1024;

thread_local! {
    static VALUES: Cell<usize> = const { Cell::new(0) };
    static CHUNKS: Cell<usize> = const { Cell::new(0) };
}

/// One level of nesting, for as long as it lives.
struct Level(&'static LocalKey<Cell<usize>>);

impl Level {
    fn enter(
        depth: &'static LocalKey<Cell<usize>>,
        max: usize,
        what: &str,
    ) -> Result<Level, String> {
        if depth.get() >= max {
            return Err(format!("{what} may be nested {max} deep"));
        }
        depth.set(depth.get() + 1);
        Ok(Level(depth))
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

macro_rules! form {
    ($name:ident, $depth:ident, $max:expr, $what:literal) => {
        pub(crate) mod $name {
            use super::*;

            pub(crate) fn serialize<T: Serialize, S: Serializer>(
                inner: &T,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                let _level = Level::enter(&$depth, $max, $what).map_err(ser::Error::custom)?;
                inner.serialize(serializer)
            }

            pub(crate) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
                deserializer: D,
            ) -> Result<T, D::Error> {
                let _level = Level::enter(&$depth, $max, $what).map_err(de::Error::custom)?;
                T::deserialize(deserializer)
            }
        }
    };
}

form!(
    values,
    VALUES,
    crate::value::bounded::MAX_NESTED_VALUES,
    "values"
);
form!(chunks, CHUNKS, crate::chunk::MAX_NESTED_CHUNKS, "chunks");
