//! The back end that emits Cranelift IR.
//!
//! One function per region: an entry that checks kinds and loads registers, one block per
//! block of the region with a parameter for every value that is in a register there, and
//! one cold block per exit that writes the state back.

use super::abs::{Abs, Place, SlotAbs, State};
use super::code::Code;
use super::decline::Decline;
use super::emit::{Cmp, Emit, ExitKind, FloatOp, FloatUnary, IntOp};
use super::extension;
use super::helpers::{Memory, Pure};
use super::isa;
use super::lower::Lower;
use super::native::{Ctx, Left};
use super::region::{EntryKinds, Region};
use super::report::OpCounts;
use super::unit::ExitInfo;
use crate::chunk::{Chunk, Verified};
use crate::op::Op;
use crate::value::{Kind, layout};
use cranelift_codegen::Context;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::types::{F64, I8, I32, I64};
use cranelift_codegen::ir::{
    AbiParam, Block, BlockArg, InstBuilder, MemFlagsData, SigRef, Signature, Type, UserFuncName,
    Value,
};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Variable};
use std::collections::HashMap;
use std::mem::offset_of;

/// A compiled function with its exits.
pub(super) struct Compiled {
    pub(super) code: Code,
    pub(super) exits: Vec<ExitInfo>,
}

/// What the code does besides what its ops mean.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extras {
    /// Back edges charge fuel and look for an interruption.
    pub(super) watch: bool,
    /// Guards are counted, and one of them is forced to fail.
    pub(super) guards: bool,
    /// Ops are counted.
    pub(super) ops: bool,
    /// An exit says how often the region's first block has been entered again.
    pub(super) count_turns: bool,
}

/// Compiles a region whose block heads have the given states.
pub(super) fn compile(
    chunk: &Chunk,
    verified: &Verified,
    region: &Region,
    entry: &EntryKinds,
    heads: &[Option<State<()>>],
    extras: Extras,
) -> Result<Compiled, Decline> {
    let mut context = Context::new();
    let exits = build(&mut context, chunk, verified, region, entry, heads, extras)?;
    let code = Code::new(&mut context)?;
    Ok(Compiled { code, exits })
}

/// The Cranelift IR of a region, and with `machine_code` what it becomes, as text.
pub(super) fn text(
    chunk: &Chunk,
    verified: &Verified,
    region: &Region,
    entry: &EntryKinds,
    heads: &[Option<State<()>>],
    extras: Extras,
    machine_code: bool,
) -> Result<(String, Option<String>), Decline> {
    let mut context = Context::new();
    build(&mut context, chunk, verified, region, entry, heads, extras)?;
    let clif = context.func.display().to_string();
    if !machine_code {
        return Ok((clif, None));
    }
    context.set_disasm(true);
    let isa = isa::host()?;
    context
        .compile(&*isa, &mut Default::default())
        .map_err(|error| Decline::Backend(format!("{:?}", error.inner)))?;
    let code = context.compiled_code().and_then(|code| code.vcode.clone());
    Ok((clif, code))
}

/// Emits a region into `context`.
fn build(
    context: &mut Context,
    chunk: &Chunk,
    verified: &Verified,
    region: &Region,
    entry: &EntryKinds,
    heads: &[Option<State<()>>],
    extras: Extras,
) -> Result<Vec<ExitInfo>, Decline> {
    let call_conv = isa::host()?.default_call_conv();
    context.func.name = UserFuncName::user(0, 0);
    context.func.signature = signature(call_conv, &[I64], &[I64]);
    let mut builder_context = FunctionBuilderContext::new();
    let mut builder = FunctionBuilder::new(&mut context.func, &mut builder_context);
    let entry_block = builder.create_block();
    builder.append_block_params_for_function_params(entry_block);
    let blocks = heads.iter().map(|_| builder.create_block()).collect();
    let mut clif = Clif {
        ctx: builder.block_params(entry_block)[0],
        b: builder,
        call_conv,
        region,
        heads,
        blocks,
        turns: None,
        signatures: HashMap::new(),
        exits: Vec::new(),
        extras,
        op: 0,
        has_foreign_code: false,
    };
    clif.b.switch_to_block(entry_block);
    clif.enter(entry);
    for (block, head) in heads.iter().enumerate() {
        if let Some(head) = head {
            let state = clif.block_head(block, head);
            Lower::new(&mut clif, chunk, verified, region, state).block(&region.blocks[block])?;
        }
    }
    let (exits, has_foreign_code) = (clif.exits, clif.has_foreign_code);
    clif.b.seal_all_blocks();
    clif.b.finalize(isa::host()?.frontend_config());
    if has_foreign_code {
        cranelift_codegen::verify_function(&context.func, &*isa::host()?)
            .map_err(|errors| Decline::Backend(errors.to_string()))?;
    }
    Ok(exits)
}

fn signature(call_conv: CallConv, params: &[Type], returns: &[Type]) -> Signature {
    let mut signature = Signature::new(call_conv);
    signature
        .params
        .extend(params.iter().map(|ty| AbiParam::new(*ty)));
    signature
        .returns
        .extend(returns.iter().map(|ty| AbiParam::new(*ty)));
    signature
}

struct Clif<'a> {
    b: FunctionBuilder<'a>,
    ctx: Value,
    call_conv: CallConv,
    region: &'a Region,
    heads: &'a [Option<State<()>>],
    blocks: Vec<Block>,
    /// How often the region's first block has been entered again, if that is counted.
    turns: Option<Variable>,
    signatures: HashMap<(Vec<Type>, Vec<Type>), SigRef>,
    exits: Vec<ExitInfo>,
    extras: Extras,
    /// The index in the table of the op that is being lowered.
    op: usize,
    /// An extension emitted some of the code.
    has_foreign_code: bool,
}

/// The native value of a register value.
fn register(value: Abs<Value>) -> Option<Value> {
    match value {
        Abs::Bool(v) | Abs::Int(v) | Abs::Float(v) => Some(v),
        Abs::Undef | Abs::Mem => None,
    }
}

impl Clif<'_> {
    /// Checks the kinds at the entry, loads registers and goes to the first block.
    fn enter(&mut self, entry: &EntryKinds) {
        if self.extras.count_turns {
            let turns = self.b.declare_var(I64);
            let none = self.b.ins().iconst(I64, 0);
            self.b.def_var(turns, none);
            self.turns = Some(turns);
        }
        let miss = self.b.create_block();
        self.b.set_cold_block(miss);
        let mut state = State {
            stack: vec![Abs::Mem; entry.stack.len()],
            slots: vec![
                SlotAbs {
                    abs: Abs::Mem,
                    dirty: false
                };
                entry.slots.len()
            ],
            min_slots: entry.min_slots,
        };
        if entry.min_slots > 0 {
            let n_slots = self.load_ctx(I64, offset_of!(Ctx, n_slots));
            let limit = entry.min_slots as i64;
            let short = self
                .b
                .ins()
                .icmp_imm_s(IntCC::UnsignedLessThan, n_slots, limit);
            self.leave_if(short, miss);
        }
        for (at, kind) in entry.stack.iter().enumerate() {
            if let Some(kind) = kind {
                state.stack[at] = self.checked_load(Place::Stack(at), *kind, miss);
            }
        }
        for (index, kind) in entry.slots.iter().enumerate() {
            if let Some(kind) = kind {
                let place = Place::Slot(self.region.slots[index]);
                state.slots[index].abs = self.checked_load(place, *kind, miss);
            }
        }
        self.goto(0, &state);
        self.b.switch_to_block(miss);
        let left = self.b.ins().iconst(I64, Left::Miss as i64);
        self.b.ins().return_(&[left]);
    }

    fn checked_load(&mut self, place: Place, kind: Kind, miss: Block) -> Abs<Value> {
        let same = self.is_kind(place, kind);
        let other = self.bool_not(same);
        self.leave_if(other, miss);
        self.load(place, kind)
    }

    /// Goes to `target` when `cond` holds, and on otherwise.
    fn leave_if(&mut self, cond: Value, target: Block) {
        let stay = self.b.create_block();
        self.b.ins().brif(cond, target, &[], stay, &[]);
        self.b.switch_to_block(stay);
    }

    /// Starts a block of the region: a parameter for every register of its head.
    fn block_head(&mut self, index: usize, head: &State<()>) -> State<Value> {
        let block = self.blocks[index];
        self.b.switch_to_block(block);
        let mut param = |value: &Abs<()>| match value {
            Abs::Undef => Abs::Undef,
            Abs::Mem => Abs::Mem,
            Abs::Bool(()) => Abs::Bool(self.b.append_block_param(block, I8)),
            Abs::Int(()) => Abs::Int(self.b.append_block_param(block, I64)),
            Abs::Float(()) => Abs::Float(self.b.append_block_param(block, F64)),
        };
        let stack = head.stack.iter().map(&mut param).collect();
        let slots = head
            .slots
            .iter()
            .map(|slot| SlotAbs {
                abs: param(&slot.abs),
                dirty: slot.dirty,
            })
            .collect();
        State {
            stack,
            slots,
            min_slots: head.min_slots,
        }
    }

    fn load_ctx(&mut self, ty: Type, offset: usize) -> Value {
        self.b
            .ins()
            .load(ty, MemFlagsData::trusted(), self.ctx, offset as i32)
    }

    fn store_ctx(&mut self, value: Value, offset: usize) {
        self.b
            .ins()
            .store(MemFlagsData::trusted(), value, self.ctx, offset as i32);
    }

    /// Base address and offset of a place.
    fn address(&mut self, place: Place) -> (Value, i32) {
        match place {
            Place::Stack(at) => {
                let base = self.load_ctx(I64, offset_of!(Ctx, stack));
                (base, (at * layout::SIZE) as i32)
            }
            Place::Slot(slot) => {
                let base = self.load_ctx(I64, offset_of!(Ctx, slots));
                (base, (usize::from(slot) * layout::SIZE) as i32)
            }
        }
    }

    /// The address of a place as one value.
    fn pointer(&mut self, place: Place) -> Value {
        let (base, offset) = self.address(place);
        self.b.ins().iadd_imm_s(base, i64::from(offset))
    }

    fn tag(&mut self, place: Place) -> Value {
        let (base, offset) = self.address(place);
        self.b.ins().load(I8, MemFlagsData::trusted(), base, offset)
    }

    /// Whether the value at `place` owns something on the heap.
    fn owns_heap(&mut self, place: Place) -> Value {
        let tag = self.tag(place);
        let tag = self.b.ins().uextend(I32, tag);
        let plain = self.b.ins().iconst(I32, i64::from(layout::PLAIN_TAGS));
        let bits = self.b.ins().ushr(plain, tag);
        let is_plain = self.b.ins().band_imm_s(bits, 1);
        self.b.ins().icmp_imm_s(IntCC::Equal, is_plain, 0)
    }

    fn call_address(
        &mut self,
        address: usize,
        params: &[Type],
        result: &[Type],
        args: &[Value],
    ) -> Option<Value> {
        let key = (params.to_vec(), result.to_vec());
        let signature = match self.signatures.get(&key) {
            Some(signature) => *signature,
            None => {
                let imported = self
                    .b
                    .import_signature(signature(self.call_conv, params, result));
                self.signatures.insert(key, imported);
                imported
            }
        };
        let callee = self.b.ins().iconst(I64, address as i64);
        let call = self.b.ins().call_indirect(signature, callee, args);
        self.b.inst_results(call).first().copied()
    }

    fn call_memory(&mut self, helper: Memory, result: &[Type], args: &[Value]) -> Option<Value> {
        let params = vec![I64; args.len()];
        self.call_address(helper.address(), &params, result, args)
    }

    /// Counts the op that is being lowered in one of the lists of [`OpCounts`], if ops are
    /// counted.
    fn count_op(&mut self, list: usize) {
        if !self.extras.ops {
            return;
        }
        let counts = self.load_ctx(I64, offset_of!(Ctx, counts));
        let offset = (list + self.op * size_of::<u64>()) as i32;
        let n = self
            .b
            .ins()
            .load(I64, MemFlagsData::trusted(), counts, offset);
        let n = self.b.ins().iadd_imm_s(n, 1);
        self.b
            .ins()
            .store(MemFlagsData::trusted(), n, counts, offset);
    }

    /// Leaves before the op at `ip` when the run is interrupted or has no fuel, and charges
    /// one unit otherwise.
    fn charge(&mut self, ip: usize, before: &State<Value>) {
        let flag = self.load_ctx(I64, offset_of!(Ctx, interrupt));
        let flag = self.b.ins().load(I8, MemFlagsData::trusted(), flag, 0);
        let interrupted = self.b.ins().icmp_imm_s(IntCC::NotEqual, flag, 0);
        let fuel = self.load_ctx(I64, offset_of!(Ctx, fuel));
        let empty = self.b.ins().icmp_imm_s(IntCC::Equal, fuel, 0);
        let stop = self.b.ins().bor(interrupted, empty);
        let (leave, stay) = (self.b.create_block(), self.b.create_block());
        self.b.ins().brif(stop, leave, &[], stay, &[]);
        self.b.switch_to_block(leave);
        self.exit(ExitKind::Watch, ip, ip, before);
        self.b.switch_to_block(stay);
        let rest = self.b.ins().iadd_imm_s(fuel, -1);
        self.store_ctx(rest, offset_of!(Ctx, fuel));
    }

    /// Writes every slot back whose memory is out of date.
    fn write_slots(&mut self, state: &State<Value>) {
        for (index, slot) in state.slots.iter().enumerate() {
            if slot.dirty && !slot.abs.is_mem() {
                self.store(Place::Slot(self.region.slots[index]), slot.abs);
            }
        }
    }
}

impl Emit for Clif<'_> {
    type V = Value;
    type Label = Block;

    fn begin(&mut self, op: &Op) {
        self.op = op.index();
        self.count_op(offset_of!(OpCounts, begun));
    }

    fn int(&mut self, n: i64) -> Value {
        self.b.ins().iconst(I64, n)
    }

    fn float(&mut self, x: f64) -> Value {
        self.b.ins().f64const(x)
    }

    fn bool(&mut self, b: bool) -> Value {
        self.b.ins().iconst(I8, i64::from(b))
    }

    fn int_op(&mut self, op: IntOp, a: Value, b: Value) -> Value {
        let ins = self.b.ins();
        match op {
            IntOp::Add => ins.iadd(a, b),
            IntOp::Sub => ins.isub(a, b),
            IntOp::Mul => ins.imul(a, b),
            IntOp::And => ins.band(a, b),
            IntOp::Or => ins.bor(a, b),
            IntOp::Xor => ins.bxor(a, b),
            IntOp::Shl => ins.ishl(a, b),
            IntOp::Shr => ins.sshr(a, b),
            IntOp::Rem => ins.srem(a, b),
        }
    }

    fn int_abs(&mut self, a: Value) -> Value {
        self.b.ins().iabs(a)
    }

    fn float_op(&mut self, op: FloatOp, a: Value, b: Value) -> Value {
        let ins = self.b.ins();
        match op {
            FloatOp::Add => ins.fadd(a, b),
            FloatOp::Sub => ins.fsub(a, b),
            FloatOp::Mul => ins.fmul(a, b),
            FloatOp::Div => ins.fdiv(a, b),
        }
    }

    fn float_unary(&mut self, op: FloatUnary, a: Value) -> Value {
        let rounding = match op {
            FloatUnary::Neg => return self.b.ins().fneg(a),
            FloatUnary::Abs => return self.b.ins().fabs(a),
            FloatUnary::Sqrt => return self.b.ins().sqrt(a),
            FloatUnary::Ceil => Pure::Ceil,
            FloatUnary::Floor => Pure::Floor,
            FloatUnary::Trunc => Pure::Trunc,
            FloatUnary::Nearest => Pure::Nearest,
        };
        if !isa::has_rounding() {
            return self.call(rounding, &[a]);
        }
        let ins = self.b.ins();
        match op {
            FloatUnary::Ceil => ins.ceil(a),
            FloatUnary::Floor => ins.floor(a),
            FloatUnary::Trunc => ins.trunc(a),
            _ => ins.nearest(a),
        }
    }

    fn int_cmp(&mut self, cmp: Cmp, a: Value, b: Value) -> Value {
        let cc = match cmp {
            Cmp::Eq => IntCC::Equal,
            Cmp::Ne => IntCC::NotEqual,
            Cmp::Lt => IntCC::SignedLessThan,
            Cmp::Le => IntCC::SignedLessThanOrEqual,
            Cmp::Gt => IntCC::SignedGreaterThan,
            Cmp::Ge => IntCC::SignedGreaterThanOrEqual,
        };
        self.b.ins().icmp(cc, a, b)
    }

    fn float_cmp(&mut self, cmp: Cmp, a: Value, b: Value) -> Value {
        let cc = match cmp {
            Cmp::Eq => FloatCC::Equal,
            Cmp::Ne => FloatCC::NotEqual,
            Cmp::Lt => FloatCC::LessThan,
            Cmp::Le => FloatCC::LessThanOrEqual,
            Cmp::Gt => FloatCC::GreaterThan,
            Cmp::Ge => FloatCC::GreaterThanOrEqual,
        };
        self.b.ins().fcmp(cc, a, b)
    }

    fn bool_and(&mut self, a: Value, b: Value) -> Value {
        self.b.ins().band(a, b)
    }

    fn bool_or(&mut self, a: Value, b: Value) -> Value {
        self.b.ins().bor(a, b)
    }

    /// Cranelift turns this form into the opposite comparison.
    fn bool_not(&mut self, a: Value) -> Value {
        self.b.ins().icmp_imm_s(IntCC::Equal, a, 0)
    }

    fn select(&mut self, cond: Value, a: Value, b: Value) -> Value {
        self.b.ins().select(cond, a, b)
    }

    fn bool_to_int(&mut self, a: Value) -> Value {
        self.b.ins().uextend(I64, a)
    }

    fn int_to_float(&mut self, a: Value) -> Value {
        self.b.ins().fcvt_from_sint(F64, a)
    }

    fn float_to_int(&mut self, a: Value) -> Value {
        self.b.ins().fcvt_to_sint_sat(I64, a)
    }

    fn call(&mut self, function: Pure, args: &[Value]) -> Value {
        let ty = |name: &str| if name == "f64" { F64 } else { I64 };
        let (params, result) = function.types();
        let params: Vec<Type> = params.iter().map(|name| ty(name)).collect();
        self.call_address(function.address(), &params, &[ty(result)], args)
            .expect("a pure function returns a value")
    }

    fn is_kind(&mut self, place: Place, kind: Kind) -> Value {
        let tag = self.tag(place);
        self.b.ins().icmp_imm_s(IntCC::Equal, tag, kind as i64)
    }

    fn load(&mut self, place: Place, kind: Kind) -> Abs<Value> {
        let (ty, at) = match kind {
            Kind::Undef => return Abs::Undef,
            Kind::Bool => (I8, layout::OFFSET_BOOL),
            Kind::Int => (I64, layout::OFFSET_NUM),
            Kind::Float => (F64, layout::OFFSET_NUM),
            _ => return Abs::Mem,
        };
        let (base, offset) = self.address(place);
        let value = self
            .b
            .ins()
            .load(ty, MemFlagsData::trusted(), base, offset + at as i32);
        match kind {
            Kind::Bool => Abs::Bool(value),
            Kind::Int => Abs::Int(value),
            _ => Abs::Float(value),
        }
    }

    fn store(&mut self, place: Place, value: Abs<Value>) {
        let (tag, at) = match value {
            Abs::Undef => (layout::TAG_UNDEF, 0),
            Abs::Bool(_) => (layout::TAG_BOOL, layout::OFFSET_BOOL),
            Abs::Int(_) => (layout::TAG_INT, layout::OFFSET_NUM),
            Abs::Float(_) => (layout::TAG_FLOAT, layout::OFFSET_NUM),
            Abs::Mem => return,
        };
        let (base, offset) = self.address(place);
        let tag = self.b.ins().iconst(I8, i64::from(tag));
        self.b
            .ins()
            .store(MemFlagsData::trusted(), tag, base, offset);
        if let Some(payload) = register(value) {
            self.b
                .ins()
                .store(MemFlagsData::trusted(), payload, base, offset + at as i32);
        }
    }

    fn mem_to_int(&mut self, place: Place) -> Value {
        let pointer = self.pointer(place);
        self.call_memory(Memory::ToInt, &[I64], &[pointer])
            .expect("it returns a value")
    }

    fn mem_to_float(&mut self, place: Place) -> Value {
        let pointer = self.pointer(place);
        self.call_memory(Memory::ToFloat, &[F64], &[pointer])
            .expect("it returns a value")
    }

    fn mem_truth(&mut self, place: Place) -> Value {
        let pointer = self.pointer(place);
        let truth = self.call_memory(Memory::Truth, &[I64], &[pointer]);
        self.b.ins().ireduce(I8, truth.expect("it returns a value"))
    }

    fn drop_mem(&mut self, place: Place) {
        let owns = self.owns_heap(place);
        let (drop, done) = (self.b.create_block(), self.b.create_block());
        self.b.ins().brif(owns, drop, &[], done, &[]);
        self.b.switch_to_block(drop);
        let pointer = self.pointer(place);
        self.call_memory(Memory::Drop, &[], &[pointer]);
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(done);
    }

    fn move_mem(&mut self, moves: &[(Place, Place)]) {
        let mut words = Vec::new();
        for (from, to) in moves {
            let (base, offset) = self.address(*from);
            for word in 0..layout::SIZE / 8 {
                let at = offset + (word * 8) as i32;
                let value = self.b.ins().load(I64, MemFlagsData::trusted(), base, at);
                words.push((*to, word, value));
            }
        }
        for (to, word, value) in words {
            let (base, offset) = self.address(to);
            let at = offset + (word * 8) as i32;
            self.b.ins().store(MemFlagsData::trusted(), value, base, at);
        }
    }

    fn clone_mem(&mut self, from: Place, to: Place) -> Value {
        let owns = self.owns_heap(from);
        let (clone, copy) = (self.b.create_block(), self.b.create_block());
        let done = self.b.create_block();
        let refused = self.b.append_block_param(done, I8);
        self.b.ins().brif(owns, clone, &[], copy, &[]);
        self.b.switch_to_block(clone);
        let (source, target) = (self.pointer(from), self.pointer(to));
        let status = self.call_memory(Memory::Clone, &[I64], &[source, target]);
        let status = self
            .b
            .ins()
            .ireduce(I8, status.expect("it returns a value"));
        self.b.ins().jump(done, &[BlockArg::Value(status)]);
        self.b.switch_to_block(copy);
        // A plain value fits into two words: the tag with a small payload, and a number.
        let (source, from_offset) = self.address(from);
        let (target, to_offset) = self.address(to);
        for word in [0, 8] {
            let value = self
                .b
                .ins()
                .load(I64, MemFlagsData::trusted(), source, from_offset + word);
            self.b
                .ins()
                .store(MemFlagsData::trusted(), value, target, to_offset + word);
        }
        let copied = self.b.ins().iconst(I8, 0);
        self.b.ins().jump(done, &[BlockArg::Value(copied)]);
        self.b.switch_to_block(done);
        refused
    }

    fn grow_slots(&mut self, n: usize) {
        let n_slots = self.load_ctx(I64, offset_of!(Ctx, n_slots));
        let needed = self.b.ins().iconst(I64, n as i64);
        let longer = self.b.ins().umax(n_slots, needed);
        self.store_ctx(longer, offset_of!(Ctx, n_slots));
    }

    fn step(&mut self, ip: usize, depth: usize, after: usize, state: &State<Value>) {
        let args = [
            self.ctx,
            self.b.ins().iconst(I64, ip as i64),
            self.b.ins().iconst(I64, depth as i64),
            self.b.ins().iconst(I64, after as i64),
        ];
        let left = self
            .call_memory(Memory::Step, &[I64], &args)
            .expect("it returns a value");
        let (leave, stay) = (self.b.create_block(), self.b.create_block());
        self.b.set_cold_block(leave);
        self.b.ins().brif(left, leave, &[], stay, &[]);
        self.b.switch_to_block(leave);
        self.write_slots(state);
        self.b.ins().return_(&[left]);
        self.b.switch_to_block(stay);
    }

    fn extended(&mut self, id: u16, arg: u8, operands: &[Value]) -> Option<Vec<Value>> {
        self.has_foreign_code = true;
        let emitted = extension::emit(&mut self.b, id, arg, operands)?;
        (emitted.n_taken == operands.len()).then_some(emitted.pushed)
    }

    fn branch(&mut self, cond: Value) -> (Block, Block) {
        let (yes, no) = (self.b.create_block(), self.b.create_block());
        self.b.ins().brif(cond, yes, &[], no, &[]);
        (yes, no)
    }

    /// Cranelift places the `else` side next: a turn of a loop then takes one jump, not two.
    fn branch_back(&mut self, cond: Value) -> (Block, Block) {
        let (yes, no) = (self.b.create_block(), self.b.create_block());
        let done = self.bool_not(cond);
        self.b.ins().brif(done, no, &[], yes, &[]);
        (yes, no)
    }

    fn forced(&mut self, cond: Value) -> Value {
        if !self.extras.guards {
            return cond;
        }
        let left = self.load_ctx(I64, offset_of!(Ctx, guards_left));
        let now = self.b.ins().icmp_imm_s(IntCC::Equal, left, 0);
        let rest = self.b.ins().iadd_imm_s(left, -1);
        self.store_ctx(rest, offset_of!(Ctx, guards_left));
        self.b.ins().bor(cond, now)
    }

    fn start(&mut self, label: Block) {
        self.b.switch_to_block(label);
    }

    fn join(&mut self, label: Block) {
        self.b.ins().jump(label, &[]);
        self.b.switch_to_block(label);
    }

    fn goto(&mut self, block: usize, state: &State<Value>) {
        let heads = self.heads;
        let head = heads[block]
            .as_ref()
            .expect("the analysis reached every edge that is emitted");
        let mut args = Vec::new();
        for (at, (value, target)) in state.stack.iter().zip(&head.stack).enumerate() {
            if target.is_mem() {
                self.store(Place::Stack(at), *value);
            } else {
                args.extend(register(*value).map(BlockArg::Value));
            }
        }
        for (index, (slot, target)) in state.slots.iter().zip(&head.slots).enumerate() {
            if !target.abs.is_mem() {
                args.extend(register(slot.abs).map(BlockArg::Value));
            } else if slot.dirty {
                self.store(Place::Slot(self.region.slots[index]), slot.abs);
            }
        }
        let target = self.blocks[block];
        self.b.ins().jump(target, &args);
    }

    fn exit(&mut self, kind: ExitKind, from: usize, ip: usize, state: &State<Value>) {
        if let Some(block) = self.b.current_block()
            && kind != ExitKind::Done
        {
            self.b.set_cold_block(block);
        }
        if kind == ExitKind::Guard {
            self.count_op(offset_of!(OpCounts, guards_failed));
        }
        if ip == from {
            self.count_op(offset_of!(OpCounts, left));
        }
        let index = self.exits.len();
        self.exits.push(ExitInfo { kind, from, ip });
        for (at, value) in state.stack.iter().enumerate() {
            self.store(Place::Stack(at), *value);
        }
        self.write_slots(state);
        let depth = self.b.ins().iconst(I64, state.stack.len() as i64);
        self.store_ctx(depth, offset_of!(Ctx, depth));
        let exit = self.b.ins().iconst(I64, index as i64);
        self.store_ctx(exit, offset_of!(Ctx, exit));
        if let Some(turns) = self.turns {
            let turns = self.b.use_var(turns);
            self.store_ctx(turns, offset_of!(Ctx, turns));
        }
        let left = self.b.ins().iconst(I64, Left::Exit as i64);
        self.b.ins().return_(&[left]);
    }

    fn back_edge(&mut self, ip: usize, to_entry: bool, before: &State<Value>) {
        if self.extras.watch {
            self.charge(ip, before);
        }
        if let Some(turns) = self.turns.filter(|_| to_entry) {
            let n = self.b.use_var(turns);
            let n = self.b.ins().iadd_imm_s(n, 1);
            self.b.def_var(turns, n);
        }
    }
}
