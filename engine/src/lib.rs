//! A bytecode virtual machine for language frontends, with three native tiers.
//!
#![doc = include_str!("../TOUR.md")]

pub mod asm;
pub mod awk_builtins;
pub mod awk_host;
pub mod chunk;
mod error;
pub mod host;
pub mod jit;
mod limits;
pub mod op;
mod semantics;
pub mod shell_builtins;
pub mod value;
pub mod vm;

pub use awk_host::{AwkHost, AwkLvalue, DefaultAwkHost, set_awk_field_num_hook};
pub use chunk::{Chunk, ChunkBuilder, FuseReport, Fused, Unfused, UnfusedReason};
pub use chunk::{Verified, VerifyError, VerifyErrorKind};
pub use host::{DefaultHost, ShellHost};
pub use jit::{
    BlockNum, DeoptFrame, DeoptInfo, JitCompiler, JitExtension, NativeCode, SlotKind, TierPolicy,
    TierReport, TraceJitConfig, TraceLookup, TraceMetadata,
};
pub use limits::{InterruptHandle, Limits};
pub use op::Op;
pub use value::{Kind, Value};
pub use vm::{Frame, VM, VMPool, VMResult};

/// The examples of the README, compiled and run as documentation tests.
#[cfg(all(doctest, feature = "jit"))]
#[doc = include_str!("../../README.md")]
struct Readme;
