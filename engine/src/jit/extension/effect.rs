//! How many values the code of an `Extended` op takes and leaves.
//!
//! An extension does not say, so the code is emitted once into a function that never runs,
//! with more operands than any op needs.

use super::{emit, generation};
use crate::jit::isa;
use cranelift_codegen::ir::types::I64;
use cranelift_codegen::ir::{AbiParam, Function, Signature};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use std::cell::RefCell;
use std::collections::HashMap;

/// Operands that an op may take at most.
const MAX_OPERANDS: usize = 64;
/// Effects that are remembered at most.
const MAX_KNOWN: usize = 1024;

/// What the code of an op does to the stack; everything that it leaves is an `Int`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::jit) struct Effect {
    pub(in crate::jit) pops: usize,
    pub(in crate::jit) pushes: usize,
}

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::default();
}

#[derive(Default)]
struct Known {
    generation: u64,
    effects: HashMap<(u16, u8), Option<Effect>>,
}

/// The effect of an op; `None` when no extension compiles it.
pub(in crate::jit) fn effect_of(ext_id: u16, arg: u8) -> Option<Effect> {
    let generation = generation();
    let known = KNOWN.with_borrow_mut(|known| {
        if known.generation != generation || known.effects.len() > MAX_KNOWN {
            *known = Known {
                generation,
                effects: HashMap::new(),
            };
        }
        known.effects.get(&(ext_id, arg)).copied()
    });
    if let Some(effect) = known {
        return effect;
    }
    // Not borrowed meanwhile: the extension may ask the compiler anything.
    let effect = probe(ext_id, arg);
    KNOWN.with_borrow_mut(|known| {
        if known.generation == generation {
            known.effects.insert((ext_id, arg), effect);
        }
    });
    effect
}

/// Emits the op to see what it does.
fn probe(ext_id: u16, arg: u8) -> Option<Effect> {
    let mut function = Function::new();
    function.signature = Signature::new(isa::host().ok()?.default_call_conv());
    function.signature.params = vec![AbiParam::new(I64); 1 + MAX_OPERANDS];
    let mut context = FunctionBuilderContext::new();
    let mut b = FunctionBuilder::new(&mut function, &mut context);
    let entry = b.create_block();
    b.append_block_params_for_function_params(entry);
    b.switch_to_block(entry);
    let params = b.block_params(entry).to_vec();
    let emitted = emit(&mut b, ext_id, arg, &params[1..])?;
    // One that takes whatever is there has no effect that could be known.
    (!emitted.is_short).then_some(Effect {
        pops: emitted.n_taken,
        pushes: emitted.pushed.len(),
    })
}
