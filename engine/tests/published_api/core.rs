//! Values, chunks and the VM.

use fusevm::chunk::{Chunk, ChunkBuilder};
use fusevm::value::Value;
use fusevm::vm::{
    BuiltinHandler, ExtensionHandler, ExtensionWideHandler, Frame, VM, VMPool, VMResult,
};
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

fn is_serde<T: serde::Serialize + serde::de::DeserializeOwned>() {}

#[test]
fn items_are_at_the_crate_root_too() {
    let _: fusevm::Chunk = Chunk::new();
    let _: fusevm::ChunkBuilder = ChunkBuilder::new();
    let _: fusevm::Op = fusevm::op::Op::Nop;
    let _: fusevm::Value = Value::Undef;
    let _: fusevm::VMPool = VMPool::new();
    let _: fn(fusevm::VM) -> fusevm::VMResult = |mut vm: VM| -> VMResult { vm.run() };
    let _: fn(&fusevm::Frame) -> &Frame = |frame| frame;
}

#[test]
fn values_have_ten_kinds_in_binary_order() {
    let values: [Value; 10] = [
        Value::Undef,
        Value::Bool(true),
        Value::Int(1_i64),
        Value::Float(1.0_f64),
        Value::Str(Arc::new(String::new())),
        Value::Array(Vec::<Value>::new()),
        Value::Hash(HashMap::<String, Value>::new()),
        Value::Status(1_i32),
        Value::Ref(Box::new(Value::Undef)),
        Value::NativeFn(1_u16),
    ];
    for (tag, value) in values.iter().enumerate() {
        let bytes = bincode::serialize(value).expect("a value serializes");
        assert_eq!(bytes[..4], (tag as u32).to_le_bytes(), "{value:?}");
    }
    fn traits<T: Debug + Clone + PartialEq + Default + Hash>() {}
    traits::<Value>();
    is_serde::<Value>();
    assert!(size_of::<Value>() <= 64);
}

#[test]
fn methods_of_values() {
    let _: fn(i64) -> Value = Value::int;
    let _: fn(f64) -> Value = Value::float;
    let _: fn(bool) -> Value = Value::bool;
    let _: fn(i32) -> Value = Value::status;
    let _: fn(&'static str) -> Value = Value::str;
    let _: fn(String) -> Value = Value::str;
    let _: fn(Vec<Value>) -> Value = Value::array;
    let _: fn(HashMap<String, Value>) -> Value = Value::hash;
    let _: [fn(&Value) -> bool; 2] = [Value::is_truthy, Value::is_empty];
    let _: fn(&Value) -> i64 = Value::to_int;
    let _: fn(&Value) -> f64 = Value::to_float;
    let _: fn(&Value) -> String = Value::to_str;
    let _: for<'a> fn(&'a Value) -> Cow<'a, str> = Value::as_str_cow;
    let _: fn(&Value) -> usize = Value::len;
}

#[test]
fn a_chunk_has_public_fields_only() {
    let chunk = Chunk {
        ops: Vec::<fusevm::Op>::new(),
        constants: Vec::<Value>::new(),
        names: Vec::<String>::new(),
        lines: Vec::<u32>::new(),
        sub_entries: vec![(1_u16, 2_usize)],
        block_ranges: vec![(1_usize, 2_usize)],
        sub_chunks: Vec::<Chunk>::new(),
        source: String::new(),
        op_hash: 0_u64,
    };
    fn traits<T: Debug + Clone + Default>() {}
    traits::<Chunk>();
    is_serde::<Chunk>();
    let find_sub: fn(&Chunk, u16) -> Option<usize> = Chunk::find_sub;
    assert_eq!(find_sub(&chunk, 1), Some(2));
    let _: fn() -> Chunk = Chunk::new;
}

#[test]
fn methods_of_builders() {
    fn traits<T: Default>() {}
    traits::<ChunkBuilder>();
    let _: fn() -> ChunkBuilder = ChunkBuilder::new;
    let _: fn(&mut ChunkBuilder, fusevm::Op, u32) -> usize = ChunkBuilder::emit;
    let _: fn(&mut ChunkBuilder, Value) -> u16 = ChunkBuilder::add_constant;
    let _: fn(&mut ChunkBuilder, &str) -> u16 = ChunkBuilder::add_name;
    let _: fn(&ChunkBuilder) -> usize = ChunkBuilder::current_pos;
    let _: fn(&mut ChunkBuilder, usize, usize) = ChunkBuilder::patch_jump;
    let _: fn(&mut ChunkBuilder, u16, usize) = ChunkBuilder::add_sub_entry;
    let _: fn(&mut ChunkBuilder, usize, usize) -> u16 = ChunkBuilder::add_block_range;
    let _: fn(&mut ChunkBuilder, Chunk) -> u16 = ChunkBuilder::add_sub_chunk;
    let _: fn(&mut ChunkBuilder, &'static str) = ChunkBuilder::set_source;
    let _: fn(ChunkBuilder) -> Chunk = ChunkBuilder::build;
}

#[test]
fn state_and_methods_of_a_vm() {
    fn is_send<T: Send>() {}
    is_send::<VM>();
    let mut vm: VM = VM::new(Chunk::new());
    let _: &mut Vec<Value> = &mut vm.stack;
    let _: &mut Vec<Frame> = &mut vm.frames;
    let _: &mut Vec<Value> = &mut vm.globals;
    let _: &mut usize = &mut vm.ip;
    let _: &mut Chunk = &mut vm.chunk;
    let _: &mut i32 = &mut vm.last_status;
    assert!(vm.host.is_none() && vm.awk_host.is_none());
    let _: fn(&mut VM) -> VMResult = VM::run;
    let _: fn(&mut VM, Chunk) = VM::reset;
    let _: fn(&mut VM, Value) = VM::push;
    let _: fn(&mut VM) -> Value = VM::pop;
    let _: for<'a> fn(&'a VM) -> &'a Value = VM::peek;
    let _: fn(&VM, u16) -> Value = VM::get_slot;
    let _: fn(&mut VM, u16, Value) = VM::set_slot;
    let _: fn(&mut VM, ExtensionHandler) = VM::set_extension_handler;
    let _: fn(&mut VM, ExtensionWideHandler) = VM::set_extension_wide_handler;
    let _: fn(&mut VM, u16, BuiltinHandler) = VM::register_builtin;
    let _: fn(&mut VM) = VM::request_halt;
}

#[test]
fn handlers_are_closures_and_builtins_functions() {
    let narrow: Box<dyn FnMut(&mut VM, u16, u8) + Send> = Box::new(|_, _, _| {});
    let _: ExtensionHandler = narrow;
    let wide: Box<dyn FnMut(&mut VM, u16, usize) + Send> = Box::new(|_, _, _| {});
    let _: ExtensionWideHandler = wide;
    let builtin: fn(&mut VM, u8) -> Value = |_, _| Value::Undef;
    let _: BuiltinHandler = builtin;
}

#[test]
fn frames_and_results() {
    let frame = Frame {
        return_ip: 0_usize,
        stack_base: 0_usize,
        slots: Vec::<Value>::new(),
    };
    fn traits<T: Debug + Clone>(_: &T) {}
    traits(&frame);
    for result in [
        VMResult::Ok(Value::Undef),
        VMResult::Halted,
        VMResult::Error(String::new()),
    ] {
        match &result {
            VMResult::Ok(_) | VMResult::Halted | VMResult::Error(_) => {}
        }
        assert!(!format!("{result:?}").is_empty());
    }
}

#[test]
fn methods_of_pools() {
    fn traits<T: Default>() {}
    traits::<VMPool>();
    let _: fn() -> VMPool = VMPool::new;
    let _: fn(usize) -> VMPool = VMPool::with_capacity;
    let _: fn(&mut VMPool, Chunk) -> VM = VMPool::acquire;
    let _: fn(&mut VMPool, VM) = VMPool::release;
    let _: fn(&VMPool) -> usize = VMPool::len;
    let _: fn(&VMPool) -> bool = VMPool::is_empty;
    let height: usize = VMPool::new().with(Chunk::new(), |vm: &mut VM| vm.stack.len());
    assert_eq!(height, 0);
}
