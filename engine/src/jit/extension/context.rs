//! [`ExtJitCtx`]: what an extension may do while it emits the code of an op.
//!
//! Arguments are checked before they reach Cranelift, which panics on nonsense: misuse makes
//! the chunk decline.

use super::{claimant, helper};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{F64, I8, I64};
use cranelift_codegen::ir::{AbiParam, InstBuilder, Signature, Type, Value};
use cranelift_frontend::{FuncInstBuilder, FunctionBuilder};

/// A native value of the function that is being compiled.
pub type JitValue = Value;

/// Emits the code of one `Extended` op.
pub struct ExtJitCtx<'a, 'f> {
    b: &'a mut FunctionBuilder<'f>,
    /// The operands of the op as integers, the top of the stack first.
    operands: &'a [JitValue],
    n_taken: usize,
    pushed: Vec<JitValue>,
    /// More operands were asked for than there are.
    is_short: bool,
    /// An argument was wrong.
    is_misused: bool,
}

/// What an extension emitted for one op.
pub(in crate::jit) struct Emitted {
    /// How many operands it took.
    pub(in crate::jit) n_taken: usize,
    /// It asked for more operands than there were.
    pub(super) is_short: bool,
    /// What it left, bottom first; all of them integers.
    pub(in crate::jit) pushed: Vec<JitValue>,
}

/// Lets the extension that claims the op emit its code. `operands` are integers, the top of
/// the stack first. `None` when nobody compiles the op.
pub(in crate::jit) fn emit(
    b: &mut FunctionBuilder<'_>,
    ext_id: u16,
    arg: u8,
    operands: &[JitValue],
) -> Option<Emitted> {
    let extension = claimant(ext_id)?;
    let mut cx = ExtJitCtx {
        b,
        operands,
        n_taken: 0,
        pushed: Vec::new(),
        is_short: false,
        is_misused: false,
    };
    let done = extension.emit_extended(ext_id, arg, &mut cx);
    (done && !cx.is_misused && cx.is_open()).then_some(Emitted {
        n_taken: cx.n_taken,
        is_short: cx.is_short,
        pushed: cx.pushed,
    })
}

impl<'f> ExtJitCtx<'_, 'f> {
    /// Takes the top operand as an integer: floats are truncated and saturate, NaN is 0, any
    /// other kind is converted as `to_int` does. `None` when there is none.
    pub fn pop_i64(&mut self) -> Option<JitValue> {
        if let Some(value) = self.pushed.pop() {
            return Some(value);
        }
        match self.operands.get(self.n_taken) {
            Some(value) => {
                self.n_taken += 1;
                Some(*value)
            }
            None => {
                self.is_short = true;
                None
            }
        }
    }

    /// Pushes an integer, or a truth value as 1 or 0.
    pub fn push_i64(&mut self, v: JitValue) {
        if let Some(v) = self.integer(v) {
            self.pushed.push(v);
        }
    }

    /// Calls a registered helper; `None` when there is none with this id, or the arguments
    /// are not what it takes.
    pub fn call_host(&mut self, helper_id: u32, args: &[JitValue]) -> Option<JitValue> {
        let helper = helper(helper_id)?;
        if args.len() != usize::from(helper.n_args) || !self.is_open() {
            self.is_misused = true;
            return None;
        }
        if !args.iter().all(|arg| self.check(*arg, I64)) {
            return None;
        }
        let mut signature = Signature::new(self.b.func.signature.call_conv);
        signature.params = vec![AbiParam::new(I64); args.len()];
        signature.returns = vec![AbiParam::new(if helper.ret_float { F64 } else { I64 })];
        let signature = self.b.import_signature(signature);
        let address = self.b.ins().iconst(I64, helper.address as i64);
        let call = self.b.ins().call_indirect(signature, address, args);
        self.b.inst_results(call).first().copied()
    }

    /// Cranelift's builder, for whatever has no method here. It couples the caller to the
    /// version of Cranelift that this crate uses.
    pub fn builder(&mut self) -> &mut FunctionBuilder<'f> {
        self.b
    }

    /// The constant `n`.
    pub fn iconst(&mut self, n: i64) -> JitValue {
        match self.is_open() {
            true => self.b.ins().iconst(I64, n),
            false => self.misuse(),
        }
    }

    /// a + b, wrapping.
    pub fn iadd(&mut self, a: JitValue, b: JitValue) -> JitValue {
        self.two(a, b, |ins, a, b| ins.iadd(a, b))
    }

    /// a - b, wrapping.
    pub fn isub(&mut self, a: JitValue, b: JitValue) -> JitValue {
        self.two(a, b, |ins, a, b| ins.isub(a, b))
    }

    /// a * b, wrapping.
    pub fn imul(&mut self, a: JitValue, b: JitValue) -> JitValue {
        self.two(a, b, |ins, a, b| ins.imul(a, b))
    }

    /// a / b. The machine traps when b is 0, and for the smallest integer divided by -1: the
    /// caller excludes both.
    pub fn sdiv(&mut self, a: JitValue, b: JitValue) -> JitValue {
        self.two(a, b, |ins, a, b| ins.sdiv(a, b))
    }

    /// The remainder of a / b, under the same conditions as [`ExtJitCtx::sdiv`].
    pub fn srem(&mut self, a: JitValue, b: JitValue) -> JitValue {
        self.two(a, b, |ins, a, b| ins.srem(a, b))
    }

    /// Bitwise and, of integers or of truth values.
    pub fn band(&mut self, a: JitValue, b: JitValue) -> JitValue {
        self.bits(a, b, |ins, a, b| ins.band(a, b))
    }

    /// Bitwise or, of integers or of truth values.
    pub fn bor(&mut self, a: JitValue, b: JitValue) -> JitValue {
        self.bits(a, b, |ins, a, b| ins.bor(a, b))
    }

    /// Bitwise exclusive or, of integers or of truth values.
    pub fn bxor(&mut self, a: JitValue, b: JitValue) -> JitValue {
        self.bits(a, b, |ins, a, b| ins.bxor(a, b))
    }

    /// Whether a = b, for [`ExtJitCtx::select`].
    pub fn icmp_eq(&mut self, a: JitValue, b: JitValue) -> JitValue {
        self.two(a, b, |ins, a, b| ins.icmp(IntCC::Equal, a, b))
    }

    /// Whether a differs from b, for [`ExtJitCtx::select`].
    pub fn icmp_ne(&mut self, a: JitValue, b: JitValue) -> JitValue {
        self.two(a, b, |ins, a, b| ins.icmp(IntCC::NotEqual, a, b))
    }

    /// Whether a < b, signed, for [`ExtJitCtx::select`].
    pub fn icmp_slt(&mut self, a: JitValue, b: JitValue) -> JitValue {
        self.two(a, b, |ins, a, b| ins.icmp(IntCC::SignedLessThan, a, b))
    }

    /// Whether a > b, signed, for [`ExtJitCtx::select`].
    pub fn icmp_sgt(&mut self, a: JitValue, b: JitValue) -> JitValue {
        self.two(a, b, |ins, a, b| ins.icmp(IntCC::SignedGreaterThan, a, b))
    }

    /// `a` where `cond` is not 0, else `b`, which has the same type.
    pub fn select(&mut self, cond: JitValue, a: JitValue, b: JitValue) -> JitValue {
        let fits = match (self.type_of(cond), self.type_of(a), self.type_of(b)) {
            (Some(cond), Some(a), Some(b)) => cond.is_int() && a == b,
            _ => false,
        };
        match fits && self.is_open() {
            true => self.b.ins().select(cond, a, b),
            false => self.misuse(),
        }
    }

    /// An instruction on two integers.
    fn two(
        &mut self,
        a: JitValue,
        b: JitValue,
        emit: impl FnOnce(FuncInstBuilder<'_, 'f>, JitValue, JitValue) -> JitValue,
    ) -> JitValue {
        match (self.integer(a), self.integer(b)) {
            (Some(a), Some(b)) => emit(self.b.ins(), a, b),
            _ => self.misuse(),
        }
    }

    /// An instruction on the bits of two integers, or of two truth values.
    fn bits(
        &mut self,
        a: JitValue,
        b: JitValue,
        emit: impl FnOnce(FuncInstBuilder<'_, 'f>, JitValue, JitValue) -> JitValue,
    ) -> JitValue {
        let truths = self.type_of(a) == Some(I8) && self.type_of(b) == Some(I8);
        match truths && self.is_open() {
            true => emit(self.b.ins(), a, b),
            false => self.two(a, b, emit),
        }
    }

    /// The value as an integer: a truth value is 1 or 0, anything else misuse.
    fn integer(&mut self, value: JitValue) -> Option<JitValue> {
        if self.is_open() {
            match self.type_of(value) {
                Some(I64) => return Some(value),
                Some(I8) => return Some(self.b.ins().uextend(I64, value)),
                _ => {}
            }
        }
        self.is_misused = true;
        None
    }

    /// Notes that the code is of no use; what it computes from the result never runs.
    fn misuse(&mut self) -> JitValue {
        self.is_misused = true;
        // Every function takes a context, which is its first value.
        JitValue::from_u32(0)
    }

    fn type_of(&self, value: JitValue) -> Option<Type> {
        let dfg = &self.b.func.dfg;
        dfg.value_is_valid(value).then(|| dfg.value_type(value))
    }

    /// Whether a value is of this type; misuse if not.
    fn check(&mut self, value: JitValue, ty: Type) -> bool {
        let fits = self.type_of(value) == Some(ty);
        self.is_misused |= !fits;
        fits
    }

    /// Whether an instruction may be added at the current point.
    fn is_open(&self) -> bool {
        let func = &self.b.func;
        self.b.current_block().is_some_and(|block| {
            func.layout
                .last_inst(block)
                .is_none_or(|last| !func.dfg.insts[last].opcode().is_terminator())
        })
    }
}
