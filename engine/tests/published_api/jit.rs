//! The module `jit`, with and without native tiers.

use fusevm::jit::{
    BlockNum, DeoptFrame, DeoptInfo, JitCompiler, JitExtension, NativeCode, SlotKind,
    TraceJitConfig, TraceLookup, TraceMetadata, jit_helper_id, register_global_extension,
    register_jit_helper,
};
use fusevm::jit::{
    MAX_DEOPT_FRAMES, MAX_DEOPT_SLOTS_PER_FRAME, MAX_DEOPT_STACK, STACK_KIND_FLOAT, STACK_KIND_INT,
};
use fusevm::{Chunk, Op, Value};
use std::fmt::Debug;
use std::mem::offset_of;
use std::path::PathBuf;
use std::sync::Arc;

#[test]
fn items_are_at_the_crate_root_too() {
    let _: fusevm::BlockNum = BlockNum::Int(1_i64);
    let _: fusevm::DeoptFrame = DeoptFrame::zeroed();
    let _: fusevm::DeoptInfo = DeoptInfo::zeroed();
    let _: fusevm::JitCompiler = JitCompiler::new();
    let _: Option<&dyn fusevm::JitExtension> = None::<&dyn JitExtension>;
    let _: Option<fusevm::NativeCode> = None::<NativeCode>;
    let _: fusevm::SlotKind = SlotKind::Int;
    let _: fusevm::TraceJitConfig = TraceJitConfig::default();
    let _: fusevm::TraceLookup = TraceLookup::Skip;
    let _: Option<fusevm::TraceMetadata> = None::<TraceMetadata>;
}

#[test]
fn constants() {
    let limits: [usize; 3] = [MAX_DEOPT_FRAMES, MAX_DEOPT_SLOTS_PER_FRAME, MAX_DEOPT_STACK];
    assert_eq!(limits, [4, 16, 32]);
    let kinds: [u8; 2] = [STACK_KIND_INT, STACK_KIND_FLOAT];
    assert_eq!(kinds, [0, 1]);
}

#[test]
fn plain_types() {
    fn kind<T>()
    where
        T: Clone + Copy + Debug + PartialEq + Eq + serde::Serialize + serde::de::DeserializeOwned,
    {
    }
    kind::<SlotKind>();
    assert_ne!(SlotKind::Int, SlotKind::Float);
    fn number<T: Clone + Copy + Debug + PartialEq>() {}
    number::<BlockNum>();
    assert_ne!(BlockNum::Int(1), BlockNum::Float(1.0_f64));
    for lookup in [
        TraceLookup::NotHot,
        TraceLookup::StartRecording,
        TraceLookup::Ran { resume_ip: 1_usize },
        TraceLookup::GuardMismatch,
        TraceLookup::Skip,
    ] {
        assert!(!format!("{lookup:?}").is_empty());
    }
    fn metadata<T: Clone + Debug + serde::Serialize + serde::de::DeserializeOwned>(_: &T) {}
    metadata(&TraceMetadata {
        chunk_op_hash: 1_u64,
        anchor_ip: 1_usize,
        fallthrough_ip: 1_usize,
        ops: Vec::<Op>::new(),
        recorded_ips: Vec::<usize>::new(),
        slot_kinds_at_anchor: Vec::<SlotKind>::new(),
    });
}

#[test]
fn the_configuration() {
    const DEFAULTS: TraceJitConfig = TraceJitConfig::defaults();
    let config = TraceJitConfig {
        trace_threshold: 50_u32,
        block_threshold: 1_u32,
        max_side_exits: 50_u32,
        max_inline_recursion: 4_usize,
        max_trace_chain: 4_usize,
        max_trace_len: 256_usize,
    };
    fn traits<T: Clone + Copy + Debug + Default>() {}
    traits::<TraceJitConfig>();
    assert_eq!(format!("{config:?}"), format!("{DEFAULTS:?}"));
    assert_eq!(
        format!("{config:?}"),
        format!("{:?}", TraceJitConfig::default())
    );
}

#[cfg(target_pointer_width = "64")]
#[test]
fn layout_of_deopts() {
    fn traits<T: Clone + Copy>() {}
    traits::<DeoptFrame>();
    traits::<DeoptInfo>();
    assert_eq!(
        (size_of::<DeoptFrame>(), size_of::<DeoptInfo>()),
        (144, 888)
    );
    assert_eq!(align_of::<DeoptInfo>(), 8);
    let frame = [
        offset_of!(DeoptFrame, return_ip),
        offset_of!(DeoptFrame, slot_count),
        offset_of!(DeoptFrame, slots),
    ];
    assert_eq!(frame, [0, 8, 16]);
    let info = [
        offset_of!(DeoptInfo, resume_ip),
        offset_of!(DeoptInfo, frame_count),
        offset_of!(DeoptInfo, stack_count),
        offset_of!(DeoptInfo, frames),
        offset_of!(DeoptInfo, stack_buf),
        offset_of!(DeoptInfo, stack_kinds),
    ];
    assert_eq!(info, [0, 8, 16, 24, 600, 856]);
    const ZERO: DeoptInfo = DeoptInfo::zeroed();
    let _: ([DeoptFrame; 4], [i64; 32], [u8; 32]) = (ZERO.frames, ZERO.stack_buf, ZERO.stack_kinds);
    const FRAME: DeoptFrame = DeoptFrame::zeroed();
    let _: [i64; 16] = FRAME.slots;
}

#[test]
fn functions() {
    let _: fn(Arc<dyn JitExtension>) = register_global_extension;
    let _: unsafe fn(&'static str, *const u8, u8, bool) -> u32 = register_jit_helper;
    let id: fn(&str) -> u32 = jit_helper_id;
    assert_eq!(id(""), 0x811c_9dc5);
}

/// An extension as it compiled before: no code to emit.
struct Bare;

impl JitExtension for Bare {
    fn can_jit(&self, ext_id: u16) -> bool {
        ext_id == 61_000
    }

    fn op_count(&self) -> usize {
        1
    }

    fn name(&self) -> &str {
        "bare"
    }
}

#[test]
fn extensions_of_a_compiler() {
    fn traits<T: Default + Send + Sync>() {}
    traits::<JitCompiler>();
    let register: fn(&mut JitCompiler, Box<dyn JitExtension>) = JitCompiler::register_extension;
    let mut compiler = JitCompiler::default();
    register(&mut compiler, Box::new(Bare));
    let is_eligible: fn(&JitCompiler, &Chunk) -> bool = JitCompiler::is_eligible;
    let chunk = Chunk {
        ops: vec![Op::ExtendedWide(61_000, 0)],
        ..Chunk::default()
    };
    assert!(is_eligible(&compiler, &chunk));
    let ext: &dyn JitExtension = &Bare;
    assert_eq!((ext.op_count(), ext.name()), (1, "bare"));
}

type Predicate = fn(&JitCompiler, &Chunk) -> bool;
type RunBlock = fn(&JitCompiler, &Chunk, &mut [i64]) -> Option<i64>;

#[test]
fn entry_points_for_whole_chunks() {
    let _: [Predicate; 3] = [
        JitCompiler::is_linear_eligible,
        JitCompiler::is_block_eligible,
        JitCompiler::block_jit_is_compiled,
    ];
    let _: fn(&JitCompiler, &Chunk, &[i64]) -> Option<Value> = JitCompiler::try_run_linear;
    let _: [RunBlock; 2] = [JitCompiler::try_run_block, JitCompiler::try_run_block_eager];
    let _: fn(&JitCompiler, &Chunk) -> Option<(usize, usize)> = JitCompiler::find_jit_region;
    let _: fn(&JitCompiler, &Chunk, usize, usize) -> Chunk = JitCompiler::extract_region;
}

type TraceQuestion = fn(&JitCompiler, &Chunk, usize) -> bool;
type TraceCount = fn(&JitCompiler, &Chunk, usize) -> u32;
type TraceEffect = fn(&JitCompiler, &Chunk, usize);
type Lookup =
    fn(&JitCompiler, &Chunk, usize, &mut [i64], &[SlotKind], &mut DeoptInfo) -> TraceLookup;
type Install = fn(&JitCompiler, &Chunk, usize, usize, &[Op], &[usize], &[SlotKind]) -> bool;
type InstallWithKind =
    fn(&JitCompiler, &Chunk, usize, usize, usize, &[Op], &[usize], &[SlotKind]) -> bool;

#[test]
fn entry_points_for_traces() {
    let _: Lookup = JitCompiler::trace_lookup;
    let _: Install = JitCompiler::trace_install;
    let _: InstallWithKind = JitCompiler::trace_install_with_kind;
    let _: fn(&JitCompiler, &[Op], usize) -> bool = JitCompiler::is_trace_eligible;
    let _: [TraceEffect; 2] = [JitCompiler::trace_abort, JitCompiler::trace_bump_side_exit];
    let _: [TraceQuestion; 2] = [
        JitCompiler::trace_is_compiled,
        JitCompiler::trace_is_blacklisted,
    ];
    let _: [TraceCount; 2] = [
        JitCompiler::trace_deopt_count,
        JitCompiler::trace_side_exit_count,
    ];
    let _: fn(&JitCompiler, &Chunk, usize) -> Option<(usize, usize)> =
        JitCompiler::trace_loop_anchors;
    let _: fn(&JitCompiler, &Chunk, usize) -> Option<TraceMetadata> = JitCompiler::trace_export;
    let _: fn(&JitCompiler, &Chunk) -> Vec<TraceMetadata> = JitCompiler::trace_export_all;
    let _: fn(&JitCompiler, &Chunk, &TraceMetadata) -> bool = JitCompiler::trace_import;
    let _: fn(&JitCompiler, &Chunk, &[TraceMetadata]) -> usize = JitCompiler::trace_import_all;
    let _: fn(&JitCompiler) -> usize = JitCompiler::trace_max_len;
    let _: fn(&JitCompiler) -> u16 = JitCompiler::trace_max_slot;
}

#[test]
fn configuration_and_disk() {
    let _: fn(&JitCompiler, TraceJitConfig) = JitCompiler::set_config;
    let _: fn(&JitCompiler) -> TraceJitConfig = JitCompiler::get_config;
    let set_dir: fn(&JitCompiler, Option<PathBuf>) = JitCompiler::set_jit_cache_dir;
    let dir: fn(&JitCompiler) -> Option<PathBuf> = JitCompiler::jit_cache_dir;
    let size: fn(&JitCompiler) -> Option<u64> = JitCompiler::jit_cache_size_bytes;
    let set_max: fn(&JitCompiler, Option<u64>) = JitCompiler::set_jit_cache_max_bytes;
    let prune: fn(&JitCompiler) -> u64 = JitCompiler::prune_jit_cache;
    let clear: fn(&JitCompiler) -> usize = JitCompiler::clear_jit_cache;
    // Nothing is kept on disk, and everything says so.
    let compiler = JitCompiler::new();
    set_dir(&compiler, Some(PathBuf::from("unused")));
    set_max(&compiler, Some(1));
    assert_eq!((dir(&compiler), size(&compiler)), (None, None));
    assert_eq!((prune(&compiler), clear(&compiler)), (0, 0));
}

#[cfg(not(feature = "jit"))]
#[test]
fn without_native_tiers_nothing_runs() {
    let compiler = JitCompiler::new();
    let chunk = Chunk {
        ops: vec![Op::LoadInt(1); 5],
        ..Chunk::default()
    };
    compiler.set_config(TraceJitConfig {
        trace_threshold: 1,
        max_trace_len: 7,
        ..TraceJitConfig::defaults()
    });
    assert_eq!(compiler.get_config().trace_threshold, 50);
    assert_eq!(compiler.trace_max_len(), 256);
    assert_eq!(compiler.trace_max_slot(), 64);
    assert!(compiler.is_eligible(&chunk));
    assert!(!compiler.is_linear_eligible(&chunk) && !compiler.is_block_eligible(&chunk));
    assert_eq!(compiler.try_run_linear(&chunk, &[]), None);
    assert_eq!(compiler.try_run_block_eager(&chunk, &mut []), None);
    assert_eq!(compiler.find_jit_region(&chunk), None);
    assert_eq!(compiler.extract_region(&chunk, 1, 2).ops, chunk.ops);
    let found = compiler.trace_lookup(&chunk, 0, &mut [], &[], &mut DeoptInfo::zeroed());
    assert!(matches!(found, TraceLookup::Skip));
}

#[cfg(feature = "jit")]
mod native {
    use super::{Arc, BlockNum, Chunk, JitCompiler, JitExtension, SlotKind};
    use fusevm::VM;
    use fusevm::jit::{ExtJitCtx, JitValue};

    type RunKinded = fn(&JitCompiler, &Chunk, &mut [i64], &[SlotKind]) -> Option<i64>;
    type RunTyped = fn(&JitCompiler, &Chunk, &mut [i64], &[SlotKind]) -> Option<BlockNum>;

    #[test]
    fn methods_that_exist_with_native_tiers_only() {
        let _: [RunKinded; 2] = [
            JitCompiler::try_run_block_kinded,
            JitCompiler::try_run_block_eager_kinded,
        ];
        let _: [RunTyped; 2] = [
            JitCompiler::try_run_block_typed_kinded,
            JitCompiler::try_run_block_eager_typed_kinded,
        ];
        let _: fn(&JitCompiler) -> bool = JitCompiler::take_awk_div_trap;
        let _: [fn(&mut VM); 2] = [VM::enable_tracing_jit, VM::disable_tracing_jit];
    }

    /// Uses every method of the context.
    struct Everything;

    impl JitExtension for Everything {
        fn can_jit(&self, ext_id: u16) -> bool {
            ext_id == 61_001
        }

        fn op_count(&self) -> usize {
            1
        }

        fn name(&self) -> &str {
            "everything"
        }

        fn emit_extended(&self, _ext_id: u16, arg: u8, cx: &mut ExtJitCtx) -> bool {
            let Some(a) = cx.pop_i64() else {
                return false;
            };
            let b: JitValue = cx.iconst(i64::from(arg) + 1);
            let sums = [cx.iadd(a, b), cx.isub(a, b), cx.imul(a, b)];
            let quotients = [cx.sdiv(a, b), cx.srem(a, b)];
            let bits = [cx.band(a, b), cx.bor(a, b), cx.bxor(a, b)];
            let mut result = a;
            for part in sums.into_iter().chain(quotients).chain(bits) {
                result = cx.iadd(result, part);
            }
            let conditions = [
                cx.icmp_eq(a, b),
                cx.icmp_ne(a, b),
                cx.icmp_slt(a, b),
                cx.icmp_sgt(a, b),
            ];
            for condition in conditions {
                let one = cx.iconst(1);
                let zero = cx.iconst(0);
                let chosen = cx.select(condition, one, zero);
                result = cx.iadd(result, chosen);
            }
            let unknown: Option<JitValue> = cx.call_host(0, &[a]);
            assert!(cx.builder().current_block().is_some());
            cx.push_i64(result);
            unknown.is_none()
        }
    }

    #[test]
    fn an_extension_compiles() {
        fusevm::jit::register_global_extension(Arc::new(Everything));
        let chunk = fusevm::asm::assemble("LoadInt 7\n Extended 61001 1").expect("it assembles");
        // 7 + (9 + 5 + 14) + (3 + 1) + (2 + 7 + 5) + (0 + 1 + 0 + 1)
        let found = JitCompiler::new().try_run_block_eager(&chunk, &mut []);
        assert_eq!(found, Some(55));
    }
}
