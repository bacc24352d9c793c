//! The target that code is generated for: this machine, configured once for each [`OptLevel`].

use super::config::{self, OptLevel};
use super::decline::Decline;
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::settings::{self, Configurable};
use std::sync::OnceLock;

/// The host's instruction set with the settings of the calling thread.
pub(super) fn host() -> Result<OwnedTargetIsa, Decline> {
    static SPEED: OnceLock<Result<OwnedTargetIsa, String>> = OnceLock::new();
    static NONE: OnceLock<Result<OwnedTargetIsa, String>> = OnceLock::new();
    let (isa, opt_level, allocator) = match config::opt_level() {
        OptLevel::Speed => (&SPEED, "speed", "backtracking"),
        OptLevel::None => (&NONE, "none", "single_pass"),
    };
    isa.get_or_init(|| build(opt_level, allocator))
        .clone()
        .map_err(Decline::Backend)
}

fn build(opt_level: &str, allocator: &str) -> Result<OwnedTargetIsa, String> {
    let mut flags = settings::builder();
    let verifier = if cfg!(debug_assertions) {
        "true"
    } else {
        "false"
    };
    for (name, value) in [
        ("opt_level", opt_level),
        ("regalloc_algorithm", allocator),
        ("is_pic", "false"),
        ("enable_verifier", verifier),
        ("unwind_info", "false"),
        ("machine_code_cfg_info", "true"),
    ] {
        flags.set(name, value).map_err(|error| error.to_string())?;
    }
    cranelift_native::builder()?
        .finish(settings::Flags::new(flags))
        .map_err(|error| error.to_string())
}

/// The architecture of the host, and the features of it that code may use.
pub(super) fn target() -> Result<String, Decline> {
    let isa = host()?;
    let mut words = vec![isa.triple().architecture.to_string()];
    let flags = isa.isa_flags().into_iter();
    let enabled = flags.filter(|flag| flag.as_bool() == Some(true));
    words.extend(enabled.map(|flag| flag.name.to_owned()));
    Ok(words.join(" "))
}

/// Whether rounding is an instruction of the host.
pub(super) fn has_rounding() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("sse4.1");
    #[cfg(not(target_arch = "x86_64"))]
    return cfg!(target_arch = "aarch64");
}
