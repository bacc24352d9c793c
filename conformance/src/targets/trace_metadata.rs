//! Hostile trace metadata is rejected or harmless.
//!
//! In: a program, and in a line `; metadata [..]` of its record what is imported as its traces,
//! in JSON. Without that line the traces are real ones, recorded by a run, in which something
//! was changed: the schedule's number says what. Whatever is imported, the program must do the
//! same as in the interpreter, and what is exported afterwards must be accepted again.

mod hostile;

use super::agree::REDUCTION;
use super::input::{self, Bytewise, Grow, Input};
use crate::campaign::SplitMix;
use crate::case::Case;
use crate::filetest;
use crate::generate::Specimen;
use crate::panics;
use crate::reduce;
use crate::subjects::{REFERENCE, record_traces, run_imported};
use fusevm::JitCompiler;
use fusevm::jit::TraceMetadata;

/// Characters of metadata that a report shows.
const MOST_SHOWN: usize = 4_000;

/// What entropy means: programs with loops.
pub const GROW: Grow = Specimen::unsteady;

/// What stands before the metadata in a record.
const METADATA: &str = "; metadata ";
/// Sets of changed metadata that are tried with one program.
const VARIANTS: u64 = 6;

/// Panics with the reduced program, the metadata and what went wrong when they do harm.
pub fn check(data: &[u8]) {
    let case = Input::read(GROW, data).case();
    if let Some(json) = metadata_of(data) {
        // JSON that is no metadata is rejected right here.
        if let Ok(traces) = serde_json::from_str::<Vec<TraceMetadata>>(json) {
            check_case(&case, &|case| harm_of(case, traces.clone()));
        }
        return;
    }
    for variant in 0..VARIANTS {
        check_case(&case, &|case| harm_of(case, changed(case, variant)));
    }
}

/// Traces of the case's chunk in which something is not true; the schedule says what, and
/// `variant` which of many ways.
pub(crate) fn changed(case: &Case, variant: u64) -> Vec<TraceMetadata> {
    let seed = SplitMix::new(case.schedule.into());
    hostile::change(&real(case), &mut seed.branch(variant))
}

/// Traces that are true of the case's chunk.
fn real(case: &Case) -> Vec<TraceMetadata> {
    let (_, _, recorded) = record_traces(case);
    hostile::or_straight(&case.chunk, recorded)
}

/// The same as text.
fn real_json(case: &Case) -> String {
    serde_json::to_string(&real(case)).unwrap_or_default()
}

/// The record that brings real metadata along, for seeds.
#[cfg(test)]
pub(super) fn with_real_metadata(record: &str) -> String {
    let case = Input::read(GROW, record.as_bytes()).case();
    with_metadata(record, &real_json(&case))
}

/// What goes wrong, and with which metadata.
struct Harm {
    what: String,
    traces: Vec<TraceMetadata>,
}

/// Panics with the smallest program that `harm` finds something in, if it does in `case`.
fn check_case(case: &Case, harm: &(dyn Fn(&Case) -> Option<Harm> + Sync)) {
    let Some(mut found) = harm(case) else {
        return;
    };
    let mut still_harms = |candidate: &Case| {
        panics::fresh(|| harm(candidate)).is_some_and(|other| {
            found = other;
            true
        })
    };
    let case = reduce::reduce(case.clone(), &mut still_harms, REDUCTION);
    let text = filetest::print_file("Imported traces do harm.", &case, None, &[]);
    let json = serde_json::to_string(&found.traces).unwrap_or_default();
    let json: String = json.chars().take(MOST_SHOWN).collect();
    panic!("\n{}\nmetadata     {json}\n\n{text}", found.what);
}

/// What goes wrong when `traces` are imported before `case` runs.
fn harm_of(case: &Case, traces: Vec<TraceMetadata>) -> Option<Harm> {
    let what = match panics::catch(|| complaint(case, &traces)) {
        Ok(complaint) => complaint?,
        Err(panic) => format!("panic        {panic}"),
    };
    Some(Harm { what, traces })
}

/// Another outcome than the interpreter's, or an exported trace that is not accepted again.
fn complaint(case: &Case, traces: &[TraceMetadata]) -> Option<String> {
    let reference = REFERENCE.run(case).ok()?.outcome;
    let (accepted, outcome, _) = run_imported(case, traces);
    if let Some(difference) = reference.difference(&outcome) {
        let field = difference.field;
        let (left, right) = (difference.left, difference.right);
        return Some(format!(
            "divergence   with {accepted} imported traces\nfield        {field}\n  \
             interp     {left}\n  imported   {right}"
        ));
    }
    let jit = JitCompiler::new();
    let exported = jit.trace_export_all(&case.chunk);
    jit.flush();
    let again = jit.trace_import_all(&case.chunk, &exported);
    let n = exported.len();
    (again != n).then(|| {
        format!(
            "rejected     {} of {n} traces that were exported",
            n - again
        )
    })
}

/// The metadata that a record brings along.
fn metadata_of(data: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(data).ok()?;
    let mut lines = text.strip_prefix(input::MAGIC)?.lines();
    lines.find_map(|line| line.strip_prefix(METADATA))
}

/// The record with metadata, in front of what it was made from.
fn with_metadata(record: &str, json: &str) -> String {
    let last = record.trim_end().rfind('\n').map_or(0, |at| at + 1);
    let (program, made_from) = record.split_at(last);
    format!("{program}{METADATA}{json}\n{made_from}")
}

/// The body of the target's custom mutator: changes the program, the metadata byte by byte,
/// or brings real metadata along. See [`input::mutate`].
pub fn mutate(
    data: &mut [u8],
    size: usize,
    max_size: usize,
    seed: u32,
    bytewise: Bytewise,
) -> usize {
    let mut random = SplitMix::new(seed.into());
    let json = metadata_of(&data[..size]).map(str::to_owned);
    let json = match (json, random.below(3)) {
        (_, 0) => return input::mutate(GROW, data, size, max_size, seed, bytewise),
        (Some(json), _) => changed_bytes(json, max_size, bytewise),
        (None, _) => real_json(&Input::read(GROW, &data[..size]).case()),
    };
    let record = Input::read(GROW, &data[..size]).record();
    let record = with_metadata(&record, &json);
    if record.len() > max_size {
        return bytewise(data, size, max_size);
    }
    data[..record.len()].copy_from_slice(record.as_bytes());
    record.len()
}

/// The text with bytes changed, on one line still.
fn changed_bytes(text: String, max_size: usize, bytewise: Bytewise) -> String {
    let size = text.len();
    let mut buffer = text.into_bytes();
    buffer.resize(size.max(max_size), 0);
    let most = buffer.len();
    let size = bytewise(&mut buffer, size, most).min(most);
    String::from_utf8_lossy(&buffer[..size]).replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use fusevm::Op;

    /// A record of a loop, with the traces that it really has.
    fn record() -> String {
        let program = "LoadInt 0; SetSlot 0; top: PreIncSlotVoid 1; PreIncSlot 0; LoadInt 9; NumLt; \
                       JumpIfTrue top; # tree 00";
        let lines = program.replace("; ", "\n").replace('#', ";");
        let text = format!("{}{lines}\n", input::MAGIC);
        let case = Input::read(GROW, text.as_bytes()).case();
        let (_, _, traces) = record_traces(&case);
        assert_eq!(traces.len(), 1);
        let json = serde_json::to_string(&traces).expect("plain data");
        with_metadata(&text, &json)
    }

    #[test]
    fn metadata_are_a_line_of_the_record() {
        let record = record();
        let json = metadata_of(record.as_bytes()).expect("it is there");
        assert!(json.starts_with("[{\"chunk_op_hash\":"), "{json}");
        let case = Input::read(GROW, record.as_bytes()).case();
        assert_eq!(case.chunk.ops.len(), 7);
        check(record.as_bytes());
    }

    #[test]
    fn real_metadata_are_accepted_and_changed_ones_do_no_harm() {
        let case = Input::read(GROW, record().as_bytes()).case();
        let (_, _, traces) = record_traces(&case);
        assert_eq!(run_imported(&case, &traces).0, 1);
        let mut rejected = 0;
        for seed in 0..60 {
            let changed = hostile::change(&traces, &mut SplitMix::new(seed));
            rejected += usize::from(run_imported(&case, &changed).0 < changed.len());
            assert_eq!(complaint(&case, &changed), None);
        }
        assert!(rejected > 30, "{rejected}");
    }

    #[test]
    fn harm_is_reported_with_the_reduced_program_and_the_metadata() {
        let case = Input::read(GROW, record().as_bytes()).case();
        let harm = |case: &Case| {
            let ticks = |op: &Op| matches!(op, Op::PreIncSlotVoid(_));
            case.chunk.ops.iter().any(ticks).then(|| Harm {
                what: "it ticks".to_owned(),
                traces: Vec::new(),
            })
        };
        let message = panics::catch(|| check_case(&case, &harm)).expect_err("there is harm");
        let (start, program) = message.split_once("\n\n").expect("a program");
        assert_eq!(start, "\nit ticks\nmetadata     []");
        assert!(program.contains("PreIncSlotVoid 0"), "{program}");
        assert!(!program.contains("JumpIfTrue"), "{program}");
    }

    #[test]
    fn mutants_keep_their_program_or_their_metadata() {
        let flip = |data: &mut [u8], size: usize, _: usize| {
            data[size - 2] ^= 1;
            size
        };
        let mut changed = 0;
        for seed in 0..30 {
            let before = record();
            let mut buffer = before.clone().into_bytes();
            buffer.resize(1 << 14, 0);
            let size = mutate(&mut buffer, before.len(), 1 << 14, seed, flip);
            let after = std::str::from_utf8(&buffer[..size]).expect("text");
            assert!(after.starts_with(input::MAGIC));
            changed += usize::from(after != before);
        }
        assert!(changed > 25, "{changed}");
    }
}
