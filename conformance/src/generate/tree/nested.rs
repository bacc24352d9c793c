//! The serde forms of [`Expr`] and [`Stmt`], which fail instead of overflowing the native
//! stack when a tree is nested too deep: serde recurses, and so does whatever walks a tree.

use super::{Expr, Stmt};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use std::cell::Cell;

/// How deep expressions and statements may be nested in each other; growers stay far below.
pub(super) const MAX_NESTED: usize = 100;

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// One level of nesting, for as long as it lives.
struct Level;

impl Level {
    fn enter() -> Result<Level, String> {
        if DEPTH.get() >= MAX_NESTED {
            return Err(format!("trees may be nested {MAX_NESTED} deep"));
        }
        DEPTH.set(DEPTH.get() + 1);
        Ok(Level)
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// The traits for a type whose derived forms are functions of its own (`remote = "Self"`).
macro_rules! nested {
    ($part:ty) => {
        impl Serialize for $part {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let _level = Level::enter().map_err(ser::Error::custom)?;
                Self::serialize(self, serializer)
            }
        }

        impl<'de> Deserialize<'de> for $part {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let _level = Level::enter().map_err(de::Error::custom)?;
                Self::deserialize(deserializer)
            }
        }
    };
}

nested!(Expr);
nested!(Stmt);

#[cfg(test)]
mod tests {
    use super::super::Program;
    use super::*;
    use fusevm::Op;

    fn nested(depth: usize) -> Program {
        let leaf = Expr::op(Op::LoadFloat(f64::NAN));
        let value = (1..depth).fold(leaf, |value, _| Expr::Ops(vec![value], vec![Op::Negate]));
        Program {
            main: vec![Stmt::Do(vec![value], Vec::new())],
            ..Program::default()
        }
    }

    #[test]
    fn a_tree_survives_its_binary_form() {
        let program = nested(7);
        let bytes = program.to_bytes().expect("a small tree");
        let read = Program::from_bytes(&bytes).expect("its own form");
        assert_eq!(format!("{program:?}"), format!("{read:?}"));
        assert!(Program::from_bytes(&bytes[1..]).is_none());
    }

    #[test]
    fn deep_trees_are_refused_both_ways() {
        assert!(nested(MAX_NESTED - 1).to_bytes().is_some());
        assert!(nested(MAX_NESTED).to_bytes().is_none());
        // Operands of operands of operands, in two bytes each, behind one statement.
        let deep = [vec![1, 0, 1], [0, 1].repeat(20_000)].concat();
        assert!(Program::from_bytes(&deep).is_none());
        assert_eq!(DEPTH.get(), 0, "every level is left again");
    }
}
