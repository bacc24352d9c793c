use fusevm::asm::assemble;
use fusevm::jit::*;
use fusevm::*;
fn main() {
    let chunk = assemble(&std::fs::read_to_string("/tmp/ex/a.fvm").unwrap()).unwrap();
    let c = JitCompiler::new();
    c.set_config(TraceJitConfig {
        block_threshold: 0,
        trace_threshold: 2,
        ..TraceJitConfig::defaults()
    });
    let n = 300;
    let t = std::time::Instant::now();
    let mut ns = 0;
    for _ in 0..n {
        c.flush();
        let mut vm = VM::new(chunk.clone());
        vm.set_tier_policy(TierPolicy {
            linear: false,
            block: true,
            trace: false,
        });
        vm.run();
        ns += vm.tier_report().block.compile_nanos;
    }
    println!(
        "total {:?} compile {} us",
        t.elapsed() / n,
        ns / 1000 / n as u64
    );
}
