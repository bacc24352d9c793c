//! The direct entry points: native code on an array of numbers.
#![cfg(feature = "jit")]

mod agree;
mod blocks;
mod config;
mod extensions;
mod linear;
mod predicates;
mod traces;

use fusevm::asm::assemble;
use fusevm::{Chunk, JitCompiler, TraceJitConfig};

#[track_caller]
fn chunk(text: &str) -> Chunk {
    assemble(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A compiler with nothing compiled on this thread.
fn compiler(block_threshold: u32, trace_threshold: u32) -> JitCompiler {
    let compiler = JitCompiler::new();
    compiler.flush();
    compiler.set_config(TraceJitConfig {
        block_threshold,
        trace_threshold,
        ..TraceJitConfig::defaults()
    });
    compiler
}

/// A float as a slot holds it.
fn bits(x: f64) -> i64 {
    x.to_bits() as i64
}
