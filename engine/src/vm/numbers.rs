//! Ops on one or two stack values, in place.
//!
//! Two `Int`s or two `Float`s are computed right here; every other pair of kinds goes
//! through the function on values, out of line. Nothing here unwinds: conversions to
//! numbers and drops of values do not.

use super::access::{Access, Flow, Machine, Watch};
use crate::op::Op;
use crate::semantics::arith::div_float;
use crate::value::Value;
use crate::value::layout::{self, TAG_FLOAT, TAG_INT};

/// What an op on two values is on values of any kind.
type Binary = fn(&Value, &Value) -> Value;
/// What an op on one value is on a value of any kind.
type Unary = fn(&Value) -> Value;

impl<A: Access, W: Watch> Machine<'_, A, W> {
    /// `Add`, `Sub`, `Mul`, `Mod`, `Spaceship`: no effect with fewer than two values.
    #[inline(always)]
    pub(super) fn arith<F: Number>(
        &mut self,
        ints: impl FnOnce(i64, i64) -> i64,
        floats: impl FnOnce(f64, f64) -> F,
        any: Binary,
    ) -> Flow {
        if !self.holds(2) {
            return Ok(());
        }
        // SAFETY: V-DEPTH or the test above: there are two values, initialised by A-STACK,
        // and numbers own nothing.
        unsafe {
            let b = self.sp.sub(1);
            let a = b.sub(1);
            match (layout::tag(&*a), layout::tag(&*b)) {
                (TAG_INT, TAG_INT) => {
                    layout::write_int(a, ints(layout::read_int(a), layout::read_int(b)));
                }
                (TAG_FLOAT, TAG_FLOAT) => {
                    floats(layout::read_float(a), layout::read_float(b)).write(a);
                }
                _ => combine(a, any),
            }
            self.sp = b;
        }
        Ok(())
    }

    /// The numeric comparisons: no effect with fewer than two values. A conditional jump
    /// right behind is taken along, unless it has to be paid for.
    #[inline(always)]
    pub(super) fn compare(
        &mut self,
        ints: impl FnOnce(&i64, &i64) -> bool,
        floats: impl FnOnce(&f64, &f64) -> bool,
        any: Binary,
    ) -> Flow {
        if !self.holds(2) {
            return Ok(());
        }
        // SAFETY: V-DEPTH or the test above: there are two values, initialised by A-STACK,
        // and numbers own nothing.
        unsafe {
            let b = self.sp.sub(1);
            let a = b.sub(1);
            let result = match (layout::tag(&*a), layout::tag(&*b)) {
                (TAG_INT, TAG_INT) => ints(&layout::read_int(a), &layout::read_int(b)),
                (TAG_FLOAT, TAG_FLOAT) => floats(&layout::read_float(a), &layout::read_float(b)),
                _ => {
                    combine(a, any);
                    self.sp = b;
                    return Ok(());
                }
            };
            match self.peek() {
                Some(Op::JumpIfFalse(target)) if !self.watched => {
                    return self.decide(a, !result, target);
                }
                Some(Op::JumpIfTrue(target)) if !self.watched => {
                    return self.decide(a, result, target);
                }
                _ => {}
            }
            layout::write_bool(a, result);
            self.sp = b;
        }
        Ok(())
    }

    /// Ends a comparison together with the conditional jump behind it.
    ///
    /// # Safety
    /// The two top values are numbers, the lower one at `sp`, and the next op is a
    /// conditional jump.
    #[inline(always)]
    unsafe fn decide(&mut self, sp: *mut Value, taken: bool, target: usize) -> Flow {
        self.sp = sp;
        // SAFETY: A-OPS and the caller: there is an op to skip.
        self.ip = unsafe { self.ip.add(1) };
        if taken {
            return self.jump(target);
        }
        Ok(())
    }

    /// `Div`
    #[inline(always)]
    pub(super) fn div(&mut self, any: Binary) -> Flow {
        if !self.holds(2) {
            return self.on_stack(move |vm| vm.binary(any));
        }
        // SAFETY: as in `arith`.
        unsafe {
            let b = self.sp.sub(1);
            let a = b.sub(1);
            match (layout::tag(&*a), layout::tag(&*b)) {
                (TAG_FLOAT, TAG_FLOAT) => {
                    match div_float(layout::read_float(a), layout::read_float(b)) {
                        Some(quotient) => layout::write_float(a, quotient),
                        None => layout::write_undef(a),
                    }
                }
                _ => combine(a, any),
            }
            self.sp = b;
        }
        Ok(())
    }

    /// An op on the integers of two values, `Undef` where they are missing.
    #[inline(always)]
    pub(super) fn bitwise(&mut self, ints: impl FnOnce(i64, i64) -> i64, any: Binary) -> Flow {
        if !self.holds(2) {
            return self.on_stack(move |vm| vm.binary(any));
        }
        // SAFETY: as in `arith`.
        unsafe {
            let b = self.sp.sub(1);
            let a = b.sub(1);
            match (layout::tag(&*a), layout::tag(&*b)) {
                (TAG_INT, TAG_INT) => {
                    layout::write_int(a, ints(layout::read_int(a), layout::read_int(b)));
                }
                _ => combine(a, any),
            }
            self.sp = b;
        }
        Ok(())
    }

    /// An op on two values of any kind, `Undef` where they are missing.
    #[inline(always)]
    pub(super) fn binary(&mut self, any: Binary) -> Flow {
        if !self.holds(2) {
            return self.on_stack(move |vm| vm.binary(any));
        }
        // SAFETY: as in `arith`.
        unsafe {
            self.sp = self.sp.sub(1);
            combine(self.sp.sub(1), any);
        }
        Ok(())
    }

    /// An op on an `Int`, and on a value of any other kind; `Undef` when it is missing.
    #[inline(always)]
    pub(super) fn unary_int(&mut self, int: impl FnOnce(i64) -> i64, any: Unary) -> Flow {
        if !self.holds(1) {
            return self.on_stack(move |vm| vm.unary(any));
        }
        // SAFETY: V-DEPTH or the test above: there is a value, initialised by A-STACK.
        unsafe {
            let a = self.sp.sub(1);
            match layout::tag(&*a) {
                TAG_INT => layout::write_int(a, int(layout::read_int(a))),
                _ => replace(a, any),
            }
        }
        Ok(())
    }

    /// An op on a value of any kind; `Undef` when it is missing.
    #[inline(always)]
    pub(super) fn unary(&mut self, any: Unary) -> Flow {
        if !self.holds(1) {
            return self.on_stack(move |vm| vm.unary(any));
        }
        // SAFETY: V-DEPTH or the test above: there is a value, initialised by A-STACK.
        unsafe { replace(self.sp.sub(1), any) }
        Ok(())
    }
}

/// What an op on two floats may give.
pub(super) trait Number {
    /// Writes the value, dropping nothing.
    ///
    /// # Safety
    /// `at` is valid for writing a value.
    unsafe fn write(self, at: *mut Value);
}

impl Number for f64 {
    #[inline(always)]
    unsafe fn write(self, at: *mut Value) {
        // SAFETY: by the caller.
        unsafe { layout::write_float(at, self) }
    }
}

impl Number for i64 {
    #[inline(always)]
    unsafe fn write(self, at: *mut Value) {
        // SAFETY: by the caller.
        unsafe { layout::write_int(at, self) }
    }
}

/// Replaces the value at `a` and the one behind it by one value at `a`.
///
/// # Safety
/// Both are initialised; the second is not afterwards.
#[inline(never)]
unsafe fn combine(a: *mut Value, f: Binary) {
    // SAFETY: by the caller; both values are dropped before the result takes their place.
    unsafe {
        let b = a.add(1);
        let result = f(&*a, &*b);
        a.drop_in_place();
        b.drop_in_place();
        a.write(result);
    }
}

/// Replaces the value at `a`.
///
/// # Safety
/// It is initialised.
#[inline(never)]
unsafe fn replace(a: *mut Value, f: Unary) {
    // SAFETY: by the caller.
    unsafe { *a = f(&*a) }
}
