//! Logic on truth values. Operands are evaluated already; nothing short-circuits.

use crate::value::Value;

/// `LogNot`: false for NaN, which is truthy.
pub(crate) fn log_not(a: &Value) -> Value {
    Value::Bool(!a.is_truthy())
}

/// `LogAnd`: both are truthy.
pub(crate) fn log_and(a: &Value, b: &Value) -> Value {
    Value::Bool(a.is_truthy() && b.is_truthy())
}

/// `LogOr`: at least one is truthy.
pub(crate) fn log_or(a: &Value, b: &Value) -> Value {
    Value::Bool(a.is_truthy() || b.is_truthy())
}
