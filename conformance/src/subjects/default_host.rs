//! `default-host`: an AWK host that leaves everything to the defaults.

use super::{execute, execute_until};
use crate::case::Case;
use crate::oracles::metamorphic::ended_at_limit;
use crate::outcome::{Difference, Field};
use crate::subject::{Declined, Observed, Subject};
use fusevm::awk_builtins::typed_form;
use fusevm::awk_host::{AwkHost, awk_systime};
use fusevm::op::Section;
use fusevm::{Chunk, Op, TierPolicy, TraceJitConfig};
use std::time::SystemTime;

/// The interpreter with a host whose every answer is the default one, which is what an AWK op
/// does without a host.
#[derive(Debug)]
pub struct DefaultHost;

struct Defaults;

impl AwkHost for Defaults {}

impl Subject for DefaultHost {
    fn name(&self) -> &'static str {
        "default-host"
    }

    fn run(&self, case: &Case) -> Result<Observed, Declined> {
        let decline = |reason: &str, detail: &str| {
            Err(Declined {
                reason: reason.to_owned(),
                detail: detail.to_owned(),
                observed: None,
            })
        };
        if case.hosts.awk {
            return decline("host", "the case has a host of its own");
        }
        if !has(&case.chunk, asks_host) {
            return decline("no AWK", "no op asks a host");
        }
        if has(&case.chunk, knows_vm) {
            return decline(
                "VM",
                "a host does not know the clock or the warnings of the VM",
            );
        }
        let own = execute(case, TierPolicy::NONE, TraceJitConfig::defaults());
        if ended_at_limit(&own.outcome) {
            return decline("limit", "a host does not know the limits of the VM");
        }
        let arm = |vm: &mut fusevm::VM| {
            vm.set_tier_policy(TierPolicy::NONE);
            vm.set_awk_host(Box::new(Defaults));
        };
        let mut observed = execute_until(case, &arm, |_, _, _| true);
        // What a host does costs none.
        observed.outcome.fuel = own.outcome.fuel;
        observed.outcome.flaw = observed.outcome.flaw.or_else(wrong_time);
        Ok(observed)
    }
}

/// Whether an op of the chunk, or of one in it, is such an op.
fn has(chunk: &Chunk, is_such: fn(&Op) -> bool) -> bool {
    chunk.ops.iter().map(typed).any(|op| is_such(&op))
        || chunk.sub_chunks.iter().any(|sub| has(sub, is_such))
}

/// The op that a frontend's number stands for, or the op itself.
fn typed(op: &Op) -> Op {
    match *op {
        Op::ExtendedWide(id, payload) => typed_form(id, payload).unwrap_or(*op),
        op => op,
    }
}

fn asks_host(op: &Op) -> bool {
    op.info().section == Section::Awk
}

/// Whether the op does more without a host than a host can do.
fn knows_vm(op: &Op) -> bool {
    matches!(
        op,
        Op::AwkSystime | Op::AwkStrftime(0 | 1) | Op::AwkSqrt | Op::AwkLog
    )
}

/// The clock of the system, as the default host tells it, where that is not the time.
fn wrong_time() -> Option<Difference> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.ok()?.as_secs_f64();
    let found = awk_systime();
    let is_now = (now - 60.0..=now + 60.0).contains(&found);
    let field = "seconds of `awk_systime`";
    (!is_now).then(|| Difference::new(Field::Answer, field, now, found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracles::agreement::{self, Verdict};
    use crate::subjects::Interp;
    use fusevm::Value;
    use fusevm::asm::assemble;

    fn verdict(text: &str, hosted: bool) -> Verdict {
        let chunk = assemble(text).unwrap_or_else(|error| panic!("{error}"));
        let mut case = Case::new(chunk);
        case.hosts.awk = hosted;
        let checked = agreement::check(&case, &[&Interp, &DefaultHost]);
        checked.verdicts.into_iter().next().expect("a verdict").1
    }

    #[test]
    fn every_default_is_what_no_host_gives() {
        for op in [
            "AwkXor 2",
            "AwkIndex",
            "AwkToLower",
            "AwkAtan2",
            "AwkStrtonum",
            "AwkMktime 1",
        ] {
            let found = verdict(&format!("LoadInt 6\nLoadFloat 2.5\n{op}"), false);
            assert!(matches!(found, Verdict::Agreed(_)), "{op}");
        }
    }

    #[test]
    fn what_a_host_cannot_know_is_declined() {
        for text in ["LoadInt 1", "AwkSystime", "LoadInt -1\nAwkSqrt"] {
            let found = verdict(text, false);
            assert!(matches!(found, Verdict::Declined(_)), "{text}");
        }
        assert!(matches!(verdict("AwkNf", true), Verdict::Declined(_)));
    }

    #[test]
    fn the_clock_tells_the_time() {
        assert!(wrong_time().is_none());
        let mut case = Case::new(assemble("AwkNf").expect("a program"));
        case.slots = vec![Value::Int(1)];
        let observed = DefaultHost.run(&case).expect("an op that asks a host");
        assert!(observed.outcome.flaw.is_none());
    }
}
