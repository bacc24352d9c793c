//! Whether two lists of ops are the same, byte for byte: much faster than op by op.

use crate::op::Op;

/// Whether the bytes of two lists are equal. Then the ops are; when they are not, the ops may
/// be the same all the same, because an op leaves some of its bytes undefined. Copies of a
/// list have its bytes.
#[cfg(target_arch = "x86_64")]
pub(super) fn equal(a: &[Op], b: &[Op]) -> bool {
    const LINE: usize = 16;
    const { assert!(size_of::<Op>() == LINE, "an op is one vector register") };
    if a.len() != b.len() {
        return false;
    }
    let bytes = size_of_val(a);
    let mut at = 0_usize;
    // SAFETY: the loop reads the `bytes` bytes, a multiple of 16, of each list, which two
    // shared slices of the same length keep alive and unchanged. Some of them are padding, so
    // no Rust code may read them; machine code reads what is there. It writes no memory, and
    // SSE2 is part of x86-64.
    unsafe {
        std::arch::asm!(
            "2:",
            "cmp {at}, {bytes}",
            "jae 3f",
            "movdqu {x}, [{a} + {at}]",
            "movdqu {y}, [{b} + {at}]",
            "pcmpeqb {x}, {y}",
            "pmovmskb {mask:e}, {x}",
            "add {at}, 16",
            "cmp {mask:e}, 0xffff",
            "je 2b",
            "mov {at}, -1",
            "3:",
            at = inout(reg) at,
            bytes = in(reg) bytes,
            a = in(reg) a.as_ptr(),
            b = in(reg) b.as_ptr(),
            mask = out(reg) _,
            x = out(xmm_reg) _,
            y = out(xmm_reg) _,
            options(readonly, nostack),
        );
    }
    at == bytes
}

/// Elsewhere nobody knows.
#[cfg(not(target_arch = "x86_64"))]
pub(super) fn equal(_: &[Op], _: &[Op]) -> bool {
    false
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;

    #[test]
    fn copies_are_equal_and_changed_ones_are_not() {
        let ops: Vec<Op> = (0..100).map(Op::LoadInt).collect();
        assert!(equal(&ops, &ops.clone()));
        assert!(equal(&[], &[]));
        assert!(!equal(&ops, &ops[1..]));
        for at in [0, 50, 99] {
            let mut other = ops.clone();
            other[at] = Op::LoadInt(-1);
            assert!(!equal(&ops, &other), "{at}");
            other[at] = Op::Nop;
            assert!(!equal(&ops, &other), "{at}");
        }
    }
}
