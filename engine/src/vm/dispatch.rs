//! The match over ops.
//!
//! One loop serves every way to run: [`Access`] says how far the stack is trusted, [`Watch`]
//! what else ends the loop. An arm says what an op does; how is in a method of [`Machine`]
//! for ops that are worth registers, in one of [`VM`] for the others.

use super::VM;
use super::access::{Access, Checked, Flow, Machine, Plain, Watch};
use super::higher_order::HigherOrder;
use super::run::Session;
use crate::awk_builtins::{is_awk_op, wide_form};
use crate::op::Op;
use crate::semantics::{arith, awk, bits, compare, logic, math};
use crate::value::Value;
use std::collections::HashMap;

/// Runs from `vm.ip` until something has to be decided.
#[inline(never)]
pub(super) fn run_loop<A: Access, W: Watch>(vm: &mut VM, session: &mut Session) {
    let mut machine = Machine::<A, W>::new(vm, session);
    loop {
        if !machine.is_inside() {
            if machine.leave_window().is_err() {
                return;
            }
            continue;
        }
        let op = machine.ip;
        // SAFETY: A-OPS: behind an op there is another one, or the end.
        machine.ip = unsafe { op.add(1) };
        // SAFETY: A-OPS: the op is inside the ops.
        if unsafe { machine.execute(op) }.is_err() {
            return;
        }
    }
}

/// Runs one op, with `vm.ip` behind it already.
pub(super) fn run_op(vm: &mut VM, session: &mut Session, op: &Op) -> Flow {
    let op = *op;
    let mut machine = Machine::<Checked, Plain>::new(vm, session);
    // Most ops that look at the one behind them would run it as well; `Concat` only looks.
    if !matches!(op, Op::Concat) {
        machine.session.at.end = std::ptr::null();
    }
    // SAFETY: the op is on the native stack.
    unsafe { machine.execute(&raw const op)? };
    machine.sync();
    Ok(())
}

impl<A: Access, W: Watch> Machine<'_, A, W> {
    /// Runs the op that was just fetched.
    ///
    /// # Safety
    /// `op` points to an op. It need not do so any more when a handler has run: operands
    /// are copied before anything else happens.
    #[inline(always)]
    unsafe fn execute(&mut self, op: *const Op) -> Flow {
        // SAFETY: by the caller.
        let op = unsafe { &*op };
        match *op {
            // Constants
            Op::Nop => Ok(()),
            Op::LoadInt(n) => self.push_int(n),
            Op::LoadFloat(x) => self.push_float(x),
            Op::LoadConst(idx) => self.load_const(idx),
            Op::LoadTrue => self.push_bool(true),
            Op::LoadFalse => self.push_bool(false),
            Op::LoadUndef => self.push_undef(),
            // Stack
            Op::Pop => self.always(Self::pop),
            Op::Dup => self.dup(),
            Op::Dup2 => self.on_stack(VM::dup2),
            Op::Swap => self.always(Self::swap),
            Op::Rot => self.always(Self::rot),
            // Variables
            Op::GetVar(name) => self.get_var(name),
            Op::SetVar(name) => self.set_var(name),
            Op::DeclareVar(name) => self.set_var(name),
            Op::GetSlot(slot) => self.get_slot(slot),
            Op::SetSlot(slot) => self.set_slot(slot),
            Op::SlotArrayGet(slot) => self.slot_array_get(slot),
            Op::SlotArraySet(slot) => self.slot_array_set(slot),
            // Arrays
            Op::GetArray(name) => self.get_var(name),
            Op::SetArray(name) => self.set_var(name),
            Op::DeclareArray(name) => {
                self.on_stack(move |vm| vm.declare(name, Value::Array(vec![])))
            }
            Op::ArrayGet(name) => self.array_get(name),
            Op::ArraySet(name) => self.array_set(name),
            Op::ArrayPush(name) => self.on_stack(move |vm| vm.array_push(name)),
            Op::ArrayPop(name) => self.on_stack(move |vm| vm.array_pop(name)),
            Op::ArrayShift(name) => self.on_stack(move |vm| vm.array_shift(name)),
            Op::ArrayLen(name) => self.on_stack(move |vm| vm.array_len(name)),
            Op::MakeArray(n) => self.on_stack(move |vm| vm.make_array(n)),
            // Hashes
            Op::GetHash(name) => self.get_var(name),
            Op::SetHash(name) => self.set_var(name),
            Op::DeclareHash(name) => {
                self.on_stack(move |vm| vm.declare(name, Value::Hash(HashMap::new())))
            }
            Op::HashGet(name) => self.on_stack(move |vm| vm.hash_get(name)),
            Op::HashSet(name) => self.on_stack(move |vm| vm.hash_set(name)),
            Op::HashDelete(name) => self.on_stack(move |vm| vm.hash_delete(name)),
            Op::HashExists(name) => self.on_stack(move |vm| vm.hash_exists(name)),
            Op::HashKeys(name) => self.on_stack(move |vm| vm.hash_keys(name)),
            Op::HashValues(name) => self.on_stack(move |vm| vm.hash_values(name)),
            Op::MakeHash(n) => self.on_stack(move |vm| vm.make_hash(n)),
            // Arithmetic
            Op::Add => self.arith(arith::add_int, arith::add_float, arith::add),
            Op::Sub => self.arith(arith::sub_int, arith::sub_float, arith::sub),
            Op::Mul => self.arith(arith::mul_int, arith::mul_float, arith::mul),
            Op::Div => self.div(arith::div),
            Op::Mod => self.arith(arith::mod_int, arith::mod_float, arith::modulo),
            Op::Pow => self.binary(arith::pow),
            Op::Negate => self.unary_int(arith::negate_int, arith::negate),
            Op::Inc => self.unary_int(arith::inc_int, arith::inc),
            Op::Dec => self.unary_int(arith::dec_int, arith::dec),
            // Strings
            Op::Concat => self.concat(),
            Op::StringRepeat => self.on_stack(VM::string_repeat),
            Op::StringLen => self.on_stack(VM::string_len),
            // Numeric comparison
            Op::NumEq => self.compare(i64::eq, f64::eq, compare::num_eq),
            Op::NumNe => self.compare(i64::ne, f64::ne, compare::num_ne),
            Op::NumLt => self.compare(i64::lt, f64::lt, compare::num_lt),
            Op::NumGt => self.compare(i64::gt, f64::gt, compare::num_gt),
            Op::NumLe => self.compare(i64::le, f64::le, compare::num_le),
            Op::NumGe => self.compare(i64::ge, f64::ge, compare::num_ge),
            Op::Spaceship => self.arith(
                compare::spaceship_int,
                compare::spaceship_float,
                compare::spaceship,
            ),
            // String comparison
            Op::StrEq => self.on_stack(move |vm| vm.compare_texts(compare::str_eq)),
            Op::StrNe => self.on_stack(move |vm| vm.compare_texts(compare::str_ne)),
            Op::StrLt => self.on_stack(move |vm| vm.compare_texts(compare::str_lt)),
            Op::StrGt => self.on_stack(move |vm| vm.compare_texts(compare::str_gt)),
            Op::StrLe => self.on_stack(move |vm| vm.compare_texts(compare::str_le)),
            Op::StrGe => self.on_stack(move |vm| vm.compare_texts(compare::str_ge)),
            Op::StrCmp => self.on_stack(move |vm| vm.compare_texts(compare::str_cmp)),
            // Logic
            Op::LogNot => self.unary(logic::log_not),
            Op::LogAnd => self.binary(logic::log_and),
            Op::LogOr => self.binary(logic::log_or),
            Op::BitAnd => self.bitwise(|a, b| a & b, bits::bit_and),
            Op::BitOr => self.bitwise(|a, b| a | b, bits::bit_or),
            Op::BitXor => self.bitwise(|a, b| a ^ b, bits::bit_xor),
            Op::BitNot => self.unary_int(|a| !a, bits::bit_not),
            Op::Shl => self.bitwise(bits::shl_int, bits::shl),
            Op::Shr => self.bitwise(bits::shr_int, bits::shr),
            // Control flow
            Op::Jump(target) => self.jump_always(target),
            Op::JumpIfTrue(target) => self.jump_if(true, target),
            Op::JumpIfFalse(target) => self.jump_if(false, target),
            Op::JumpIfTrueKeep(target) => self.jump_if_keep(true, target),
            Op::JumpIfFalseKeep(target) => self.jump_if_keep(false, target),
            // Functions
            Op::Call(name, argc) => self.call(name, argc),
            Op::Return => self.return_none(),
            Op::ReturnValue => self.return_value(),
            // Scope
            Op::PushFrame => self.on_vm(VM::push_scope),
            Op::PopFrame => self.on_vm(VM::pop_scope),
            // Input and output
            Op::Print(n) => self.on_stack(move |vm| vm.print(n, "")),
            Op::PrintLn(n) => self.on_stack(move |vm| vm.print(n, "\n")),
            Op::ReadLine => self.on_stack(VM::read_line),
            // Ranges
            Op::Range => self.on_stack(VM::range),
            Op::RangeStep => self.on_stack(VM::range_step),
            // Higher order
            Op::MapBlock(block) => self.on_vm(move |vm| vm.begin_block(HigherOrder::Map, block)),
            Op::GrepBlock(block) => self.on_vm(move |vm| vm.begin_block(HigherOrder::Grep, block)),
            Op::SortBlock(block) => self.on_vm(move |vm| vm.begin_block(HigherOrder::Sort, block)),
            Op::SortDefault => self.on_stack(VM::sort_default),
            Op::ForEachBlock(block) => {
                self.on_vm(move |vm| vm.begin_block(HigherOrder::ForEach, block))
            }
            // Fused
            Op::PreIncSlot(slot) => self.pre_add_slot(slot, 1),
            Op::SlotLtIntJumpIfFalse(slot, limit, target) => {
                self.slot_lt_int_jump_if_false(slot, limit, target)
            }
            Op::SlotIncLtIntJumpBack(slot, limit, target) => {
                self.slot_inc_lt_int_jump_back(slot, limit, target)
            }
            Op::AccumSumLoop(sum, i, limit) => {
                self.on_frame(move |vm| vm.accum_sum_loop(sum, i, limit))
            }
            Op::ConcatConstLoop(konst, s, i, limit) => {
                self.on_frame(move |vm| vm.concat_const_loop(konst, s, i, limit))
            }
            Op::PushIntRangeLoop(arr, i, limit) => {
                self.on_frame(move |vm| vm.push_int_range_loop(arr, i, limit))
            }
            Op::AddAssignSlotVoid(a, b) => self.add_assign_slot_void(a, b),
            Op::PreIncSlotVoid(slot) => self.pre_inc_slot_void(slot),
            Op::PreDecSlot(slot) => self.pre_add_slot(slot, -1),
            Op::PostIncSlot(slot) => self.post_add_slot(slot, 1),
            Op::PostDecSlot(slot) => self.post_add_slot(slot, -1),
            // Builtins
            Op::CallBuiltin(id, argc) => self.handler(move |vm| vm.call_builtin(id, argc)),
            // Extension
            Op::Extended(id, arg) => self.handler(move |vm| vm.extended(id, arg)),
            Op::ExtendedWide(id, payload) if is_awk_op(id) => {
                self.on_host(move |vm| vm.awk(id, payload))
            }
            Op::ExtendedWide(id, payload) => self.handler(move |vm| vm.extended_wide(id, payload)),
            // Numeric
            Op::PowFloat => self.binary(math::pow_float),
            Op::SqrtFloat => self.unary(math::sqrt_float),
            Op::SinFloat => self.unary(math::sin_float),
            Op::CosFloat => self.unary(math::cos_float),
            Op::ExpFloat => self.unary(math::exp_float),
            Op::Atan2Float => self.binary(math::atan2_float),
            Op::LogFloat => self.unary(math::log_float),
            Op::AbsFloat => self.unary(math::abs_float),
            Op::TruncInt => self.unary_int(|a| a, math::trunc_int),
            Op::CeilFloat => self.unary(math::ceil_float),
            Op::FloorFloat => self.unary(math::floor_float),
            Op::TruncFloat => self.unary(math::trunc_float),
            Op::RoundFloat => self.unary(math::round_float),
            Op::TanFloat => self.unary(math::tan_float),
            Op::AsinFloat => self.unary(math::asin_float),
            Op::AcosFloat => self.unary(math::acos_float),
            Op::AtanFloat => self.unary(math::atan_float),
            Op::SinhFloat => self.unary(math::sinh_float),
            Op::CoshFloat => self.unary(math::cosh_float),
            Op::TanhFloat => self.unary(math::tanh_float),
            Op::Log2Float => self.unary(math::log2_float),
            Op::Log10Float => self.unary(math::log10_float),
            Op::AbsInt => self.unary_int(math::abs_int_scalar, math::abs_int),
            Op::GcdInt => self.bitwise(math::gcd_int_scalar, math::gcd_int),
            Op::LcmInt => self.bitwise(math::lcm_int_scalar, math::lcm_int),
            Op::TimeInt => self.on_stack(VM::time_int),
            // Shell
            Op::Exec(argc) => self.handler(move |vm| vm.exec(argc)),
            Op::ExecBg(argc) => self.on_host(move |vm| vm.exec_bg(argc)),
            Op::PipelineBegin(n) => {
                self.on_host(move |vm| vm.tell_host(|host| host.pipeline_begin(n)))
            }
            Op::PipelineStage => self.on_host(|vm| vm.tell_host(|host| host.pipeline_stage())),
            Op::PipelineEnd => self.on_host(VM::pipeline_end),
            Op::Redirect(fd, op) => {
                self.on_host(move |vm| vm.give_host(|host, to| host.redirect(fd, op, to)))
            }
            Op::HereDoc(constant) => self.on_host(move |vm| vm.here_doc(constant)),
            Op::HereString => self.on_host(|vm| vm.give_host(|host, text| host.herestring(text))),
            Op::CmdSubst(sub) => {
                self.on_host(move |vm| vm.substitute(sub, |host, sub| host.cmd_subst(sub)))
            }
            Op::SubshellBegin => self.on_host(|vm| vm.tell_host(|host| host.subshell_begin())),
            Op::SubshellEnd => self.on_host(VM::subshell_end),
            Op::ProcessSubIn(sub) => {
                self.on_host(move |vm| vm.substitute(sub, |host, sub| host.process_sub_in(sub)))
            }
            Op::ProcessSubOut(sub) => {
                self.on_host(move |vm| vm.substitute(sub, |host, sub| host.process_sub_out(sub)))
            }
            Op::Glob => self.on_host(|vm| vm.glob(false)),
            Op::GlobRecursive => self.on_host(|vm| vm.glob(true)),
            Op::TestFile(property) => self.on_stack(move |vm| vm.test_file(property)),
            Op::SetStatus => self.on_stack(VM::set_status),
            Op::GetStatus => self.on_stack(VM::get_status),
            Op::TrapSet(sub) => self.on_host(move |vm| vm.trap_set(sub)),
            Op::TrapCheck => self.on_host(|vm| vm.tell_host(|host| host.trap_check())),
            Op::ExpandParam(modifier) => self.on_host(move |vm| vm.expand_param(modifier)),
            Op::WordSplit => self.on_host(VM::word_split),
            Op::BraceExpand => self.on_host(VM::brace_expand),
            Op::TildeExpand => self.on_host(VM::tilde_expand),
            Op::CallFunction(name, argc) => self.handler(move |vm| vm.call_function(name, argc)),
            Op::StrMatch => self.on_host(|vm| vm.host_match(|host, s, p| host.str_match(s, p))),
            Op::RegexMatch => self.on_host(|vm| vm.host_match(|host, s, p| host.regex_match(s, p))),
            Op::WithRedirectsBegin(n) => {
                self.on_host(move |vm| vm.tell_host(|host| host.with_redirects_begin(n)))
            }
            Op::WithRedirectsEnd => {
                self.on_host(|vm| vm.tell_host(|host| host.with_redirects_end()))
            }
            // AWK
            Op::AwkDiv | Op::AwkDivJit => self.on_stack(move |vm| vm.awk_checked(awk::div)),
            Op::AwkMod | Op::AwkModJit => self.on_stack(move |vm| vm.awk_checked(awk::modulo)),
            Op::AwkSqrtJit => self.on_stack(move |vm| vm.awk_warned(awk::sqrt_warned)),
            Op::AwkLogJit => self.on_stack(move |vm| vm.awk_warned(awk::log_warned)),
            Op::AwkLshiftJit => self.on_stack(move |vm| vm.awk_checked(awk::lshift_checked)),
            Op::AwkRshiftJit => self.on_stack(move |vm| vm.awk_checked(awk::rshift_checked)),
            Op::AwkComplJit => self.on_stack(VM::awk_compl_checked),
            Op::AwkGetFieldNum(field) => self.on_host(move |vm| vm.awk_get_field_num(field)),
            Op::AwkSignal(code) => self.on_vm(move |vm| vm.awk_raise_signal(code)),
            Op::AwkFieldGet
            | Op::AwkFieldSet
            | Op::AwkNf
            | Op::AwkSetRecord
            | Op::AwkSpecialGet(..)
            | Op::AwkSpecialSet(..)
            | Op::AwkPrint(..)
            | Op::AwkPrintf(..)
            | Op::AwkSprintf(..)
            | Op::AwkGetline(..)
            | Op::AwkLength(..)
            | Op::AwkSubstr(..)
            | Op::AwkIndex
            | Op::AwkSplit(..)
            | Op::AwkSub(..)
            | Op::AwkGsub(..)
            | Op::AwkMatch
            | Op::AwkToLower
            | Op::AwkToUpper
            | Op::AwkInt
            | Op::AwkSqrt
            | Op::AwkSin
            | Op::AwkCos
            | Op::AwkExp
            | Op::AwkLog
            | Op::AwkAtan2
            | Op::AwkArrayGet(..)
            | Op::AwkArraySet(..)
            | Op::AwkArrayExists(..)
            | Op::AwkArrayDelete(..)
            | Op::AwkArrayClear(..)
            | Op::AwkArrayLen(..)
            | Op::AwkAnd(..)
            | Op::AwkOr(..)
            | Op::AwkXor(..)
            | Op::AwkCompl
            | Op::AwkLshift
            | Op::AwkRshift
            | Op::AwkStrtonum
            | Op::AwkSystime
            | Op::AwkRand
            | Op::AwkSrand(..)
            | Op::AwkStrftime(..)
            | Op::AwkMktime(..)
            | Op::AwkOrd
            | Op::AwkChr
            | Op::AwkMkbool
            | Op::AwkIntdiv
            | Op::AwkIntdiv0
            | Op::AwkGensub(..) => self.awk(*op),
        }
    }

    /// Runs what cannot fail.
    #[inline(always)]
    fn always(&mut self, f: impl FnOnce(&mut Self)) -> Flow {
        f(self);
        Ok(())
    }

    /// An AWK op that has a number.
    #[inline(always)]
    fn awk(&mut self, op: Op) -> Flow {
        self.on_host(move |vm| match wide_form(&op) {
            Some((id, payload)) => vm.awk(id, payload),
            None => Ok(()),
        })
    }
}
