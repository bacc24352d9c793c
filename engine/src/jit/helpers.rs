//! The runtime functions that compiled code calls: one table of pure functions, and a few
//! that work on values in the VM's memory.
//!
//! Every function wraps the interpreter's meaning of something and has none of its own.

use crate::semantics::{arith, math};
use crate::value::{Value, layout};

macro_rules! pure {
    ($( $name:ident = fn($($arg:ident : $ty:ident),+) -> $result:ident => $body:expr; )*) => {
        /// A function of numbers that depends on nothing but its arguments.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Pure { $( $name, )* }

        impl Pure {
            /// Its address.
            pub(super) fn address(self) -> usize {
                match self {
                    $( Pure::$name => {
                        extern "C" fn helper($($arg: $ty),+) -> $result { $body }
                        helper as *const () as usize
                    } )*
                }
            }

            /// Types of the arguments, then of the result, each `i64` or `f64`.
            pub(super) fn types(self) -> (&'static [&'static str], &'static str) {
                match self {
                    $( Pure::$name => (&[$(stringify!($ty)),+], stringify!($result)), )*
                }
            }
        }
    };
}

pure! {
    ModFloat = fn(a: f64, b: f64) -> f64 => arith::mod_float(a, b);
    Pow = fn(a: f64, b: f64) -> f64 => math::pow_float_scalar(a, b);
    Sin = fn(x: f64) -> f64 => math::sin_float_scalar(x);
    Cos = fn(x: f64) -> f64 => math::cos_float_scalar(x);
    Tan = fn(x: f64) -> f64 => math::tan_float_scalar(x);
    Asin = fn(x: f64) -> f64 => math::asin_float_scalar(x);
    Acos = fn(x: f64) -> f64 => math::acos_float_scalar(x);
    Atan = fn(x: f64) -> f64 => math::atan_float_scalar(x);
    Sinh = fn(x: f64) -> f64 => math::sinh_float_scalar(x);
    Cosh = fn(x: f64) -> f64 => math::cosh_float_scalar(x);
    Tanh = fn(x: f64) -> f64 => math::tanh_float_scalar(x);
    Exp = fn(x: f64) -> f64 => math::exp_float_scalar(x);
    Log = fn(x: f64) -> f64 => math::log_float_scalar(x);
    Log2 = fn(x: f64) -> f64 => math::log2_float_scalar(x);
    Log10 = fn(x: f64) -> f64 => math::log10_float_scalar(x);
    Atan2 = fn(y: f64, x: f64) -> f64 => math::atan2_float_scalar(y, x);
    Ceil = fn(x: f64) -> f64 => math::ceil_float_scalar(x);
    Floor = fn(x: f64) -> f64 => math::floor_float_scalar(x);
    Trunc = fn(x: f64) -> f64 => math::trunc_float_scalar(x);
    Nearest = fn(x: f64) -> f64 => math::round_float_scalar(x);
    Gcd = fn(a: i64, b: i64) -> i64 => math::gcd_int_scalar(a, b);
    Lcm = fn(a: i64, b: i64) -> i64 => math::lcm_int_scalar(a, b);
}

/// Functions that work on values in the VM's memory.
///
/// Each takes pointers that compiled code computed from its context: N-PLACE (`native.rs`)
/// makes them valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Memory {
    ToInt,
    ToFloat,
    Truth,
    Drop,
    Clone,
    Step,
}

impl Memory {
    pub(super) fn address(self) -> usize {
        match self {
            Memory::ToInt => to_int as *const () as usize,
            Memory::ToFloat => to_float as *const () as usize,
            Memory::Truth => truth as *const () as usize,
            Memory::Drop => drop_value as *const () as usize,
            Memory::Clone => clone_value as *const () as usize,
            Memory::Step => super::native::step as *const () as usize,
        }
    }
}

/// `to_int` of a value.
unsafe extern "C" fn to_int(value: *const Value) -> i64 {
    // SAFETY: N-PLACE.
    unsafe { &*value }.to_int()
}

/// `to_float` of a value.
unsafe extern "C" fn to_float(value: *const Value) -> f64 {
    // SAFETY: N-PLACE.
    unsafe { &*value }.to_float()
}

/// Truth of a value, as 0 or 1.
unsafe extern "C" fn truth(value: *const Value) -> i64 {
    // SAFETY: N-PLACE.
    i64::from(unsafe { &*value }.is_truthy())
}

/// Drops a value; `Undef` stays in its place.
unsafe extern "C" fn drop_value(value: *mut Value) {
    // SAFETY: N-PLACE; the place is initialised again before anybody can see it.
    unsafe {
        std::ptr::drop_in_place(value);
        value.write(Value::Undef);
    }
}

/// Clones a value to a place that needs no dropping. Answers 1, with nothing done, for a
/// collection: copying one is paid for, which needs the interpreter.
unsafe extern "C" fn clone_value(from: *const Value, to: *mut Value) -> i64 {
    // SAFETY: N-PLACE; `from` and `to` are different places.
    unsafe {
        let value = &*from;
        if !layout::is_plain(value) && !matches!(value, Value::Str(_)) {
            return 1;
        }
        to.write(value.clone());
    }
    0
}
