//! One line per op: what it does, in the order of the specification.

use super::arith::{gcd, lcm, remainder, shift_left, shift_right};
use super::arrays::Place::{Global, Slot};
use super::awk;
use super::blocks::HigherOrder;
use super::state::{Machine, Step};
use fusevm::op::Section;
use fusevm::{Op, Value};
use std::cmp::Ordering::{Equal, Greater, Less};

impl Machine {
    /// Executes one op; `ip` is behind it already.
    pub(super) fn step(&mut self, op: Op) -> Step {
        match op {
            // 6.1 Constants
            Op::Nop => {}
            Op::LoadInt(n) => self.give(0, Value::Int(n))?,
            Op::LoadFloat(x) => self.give(0, Value::Float(x))?,
            Op::LoadConst(index) => self.give_copy(0, self.constant(index).clone())?,
            Op::LoadTrue => self.give(0, Value::Bool(true))?,
            Op::LoadFalse => self.give(0, Value::Bool(false))?,
            Op::LoadUndef => self.give(0, Value::Undef)?,
            // 6.2 Stack
            Op::Pop => self.consume(1),
            Op::Dup => self.dup()?,
            Op::Dup2 => self.dup2()?,
            Op::Swap => self.swap(),
            Op::Rot => self.rot(),
            // 6.3 Variables and slots
            Op::GetVar(name) | Op::GetArray(name) | Op::GetHash(name) => self.load_global(name)?,
            Op::SetVar(name) | Op::DeclareVar(name) => self.pop_into_global(name),
            Op::SetArray(name) | Op::SetHash(name) => self.pop_into_global(name),
            Op::GetSlot(slot) => self.load_slot(slot)?,
            Op::SetSlot(slot) => self.pop_into_slot(slot)?,
            Op::SlotArrayGet(slot) => self.array_get(Slot(slot))?,
            Op::SlotArraySet(slot) => self.array_set(Slot(slot))?,
            // 6.4 Arrays
            Op::DeclareArray(name) => self.declare_array(name),
            Op::ArrayGet(name) => self.array_get(Global(name))?,
            Op::ArraySet(name) => self.array_set(Global(name))?,
            Op::ArrayPush(name) => self.array_push(name)?,
            Op::ArrayPop(name) => self.array_remove(name, false)?,
            Op::ArrayShift(name) => self.array_remove(name, true)?,
            Op::ArrayLen(name) => self.array_len(name)?,
            Op::MakeArray(n) => self.make_array(n)?,
            // 6.5 Hashes
            Op::DeclareHash(name) => self.declare_hash(name),
            Op::HashGet(name) => self.hash_get(name)?,
            Op::HashSet(name) => self.hash_set(name)?,
            Op::HashDelete(name) => self.hash_delete(name)?,
            Op::HashExists(name) => self.hash_exists(name)?,
            Op::HashKeys(name) => self.hash_keys(name)?,
            Op::HashValues(name) => self.hash_values(name)?,
            Op::MakeHash(n) => self.make_hash(n)?,
            // 6.6 Arithmetic
            Op::Add => self.arithmetic(i64::wrapping_add, |a, b| a + b)?,
            Op::Sub => self.arithmetic(i64::wrapping_sub, |a, b| a - b)?,
            Op::Mul => self.arithmetic(i64::wrapping_mul, |a, b| a * b)?,
            Op::Div => self.div()?,
            Op::Mod => self.arithmetic(remainder, |a, b| a % b)?,
            Op::Pow | Op::PowFloat => self.float_binary(f64::powf)?,
            Op::Negate => self.negate()?,
            Op::Inc => self.int_unary(|n| n.wrapping_add(1))?,
            Op::Dec => self.int_unary(|n| n.wrapping_sub(1))?,
            // 6.7 Strings
            Op::Concat => self.concat()?,
            Op::StringRepeat => self.repeat()?,
            Op::StringLen => self.string_len()?,
            // 6.8 Numeric comparison; without an order (NaN) only `NumNe` holds
            Op::NumEq => self.compare(|order| order == Some(Equal))?,
            Op::NumNe => self.compare(|order| order != Some(Equal))?,
            Op::NumLt => self.compare(|order| order == Some(Less))?,
            Op::NumGt => self.compare(|order| order == Some(Greater))?,
            Op::NumLe => self.compare(|order| matches!(order, Some(Less | Equal)))?,
            Op::NumGe => self.compare(|order| matches!(order, Some(Greater | Equal)))?,
            Op::Spaceship => self.spaceship()?,
            // 6.9 String comparison
            Op::StrEq => self.compare_text(|order| order == Equal)?,
            Op::StrNe => self.compare_text(|order| order != Equal)?,
            Op::StrLt => self.compare_text(|order| order == Less)?,
            Op::StrGt => self.compare_text(|order| order == Greater)?,
            Op::StrLe => self.compare_text(|order| order != Greater)?,
            Op::StrGe => self.compare_text(|order| order != Less)?,
            Op::StrCmp => self.str_cmp()?,
            // 6.10 Logical and bitwise
            Op::LogNot => self.not()?,
            Op::LogAnd => self.logic(|a, b| a && b)?,
            Op::LogOr => self.logic(|a, b| a || b)?,
            Op::BitAnd => self.int_binary(|a, b| a & b)?,
            Op::BitOr => self.int_binary(|a, b| a | b)?,
            Op::BitXor => self.int_binary(|a, b| a ^ b)?,
            Op::BitNot => self.int_unary(|n| !n)?,
            Op::Shl => self.int_binary(shift_left)?,
            Op::Shr => self.int_binary(shift_right)?,
            // 6.11 Control flow
            Op::Jump(target) => self.branch(target)?,
            Op::JumpIfTrue(target) => self.branch_if(true, false, target)?,
            Op::JumpIfFalse(target) => self.branch_if(false, false, target)?,
            Op::JumpIfTrueKeep(target) => self.branch_if(true, true, target)?,
            Op::JumpIfFalseKeep(target) => self.branch_if(false, true, target)?,
            // 6.12 Functions
            Op::Call(name, argc) => self.call(name, argc)?,
            Op::Return => self.leave(None)?,
            Op::ReturnValue => self.return_value()?,
            // 6.13 Scope
            Op::PushFrame => self.push_frame()?,
            Op::PopFrame => self.pop_frame(),
            // 6.14 Input and output
            Op::Print(n) => self.print(n, "")?,
            Op::PrintLn(n) => self.print(n, "\n")?,
            Op::ReadLine => self.read_line()?,
            // 6.15 Ranges
            Op::Range => self.range()?,
            Op::RangeStep => self.range_step()?,
            // 6.16 Higher-order
            Op::MapBlock(block) => self.higher_order(HigherOrder::Map, block)?,
            Op::GrepBlock(block) => self.higher_order(HigherOrder::Grep, block)?,
            Op::SortBlock(block) => self.higher_order(HigherOrder::Sort, block)?,
            Op::SortDefault => self.sort_default()?,
            Op::ForEachBlock(block) => self.higher_order(HigherOrder::ForEach, block)?,
            // 6.17 Fused superinstructions
            Op::PreIncSlot(slot) => self.count_slot(slot, 1, |_, new| Some(new))?,
            Op::SlotLtIntJumpIfFalse(slot, limit, to) => self.jump_unless_less(slot, limit, to)?,
            Op::SlotIncLtIntJumpBack(slot, limit, to) => self.count_and_jump(slot, limit, to)?,
            Op::AccumSumLoop(sum, i, limit) => self.accum_sum(sum, i, limit)?,
            Op::ConcatConstLoop(text, s, i, limit) => self.concat_const(text, s, i, limit)?,
            Op::PushIntRangeLoop(name, i, limit) => self.push_int_range(name, i, limit)?,
            Op::AddAssignSlotVoid(a, b) => self.add_assign(a, b)?,
            Op::PreIncSlotVoid(slot) => self.count_slot(slot, 1, |_, _| None)?,
            Op::PreDecSlot(slot) => self.count_slot(slot, -1, |_, new| Some(new))?,
            Op::PostIncSlot(slot) => self.count_slot(slot, 1, |old, _| Some(old))?,
            Op::PostDecSlot(slot) => self.count_slot(slot, -1, |old, _| Some(old))?,
            // 6.18 Builtins, 6.19 Extension point
            Op::CallBuiltin(id, argc) => self.call_builtin(id, argc)?,
            Op::Extended(id, arg) => self.extended(id, arg),
            Op::ExtendedWide(id, payload) => self.extended_wide(id, payload)?,
            // 6.22 Float and native-friendly numeric
            Op::SqrtFloat => self.float_unary(f64::sqrt)?,
            Op::SinFloat => self.float_unary(f64::sin)?,
            Op::CosFloat => self.float_unary(f64::cos)?,
            Op::ExpFloat => self.float_unary(f64::exp)?,
            Op::Atan2Float => self.float_binary(f64::atan2)?,
            Op::LogFloat => self.float_unary(f64::ln)?,
            Op::AbsFloat => self.float_unary(f64::abs)?,
            Op::TruncInt => self.int_unary(|n| n)?,
            Op::CeilFloat => self.float_unary(f64::ceil)?,
            Op::FloorFloat => self.float_unary(f64::floor)?,
            Op::TruncFloat => self.float_unary(f64::trunc)?,
            Op::RoundFloat => self.float_unary(f64::round_ties_even)?,
            Op::TanFloat => self.float_unary(f64::tan)?,
            Op::AsinFloat => self.float_unary(f64::asin)?,
            Op::AcosFloat => self.float_unary(f64::acos)?,
            Op::AtanFloat => self.float_unary(f64::atan)?,
            Op::SinhFloat => self.float_unary(f64::sinh)?,
            Op::CoshFloat => self.float_unary(f64::cosh)?,
            Op::TanhFloat => self.float_unary(f64::tanh)?,
            Op::Log2Float => self.float_unary(f64::log2)?,
            Op::Log10Float => self.float_unary(f64::log10)?,
            Op::AbsInt => self.int_unary(i64::wrapping_abs)?,
            Op::GcdInt => self.int_binary(gcd)?,
            Op::LcmInt => self.int_binary(lcm)?,
            Op::TimeInt => self.time()?,
            // 6.20 Shell, 6.21 AWK
            _ => match op.info().section {
                Section::Shell => self.shell(op)?,
                Section::Awk => self.awk(op, awk::operand(op))?,
                _ => return self.not_covered(op, "unknown op"),
            },
        }
        Ok(())
    }
}
