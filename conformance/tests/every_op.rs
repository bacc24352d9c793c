//! Every op has cases of its own.

use fusevm::op::TABLE;
use fusevm_conformance::{coverage, filetest};
use std::path::Path;

/// An op that stands in fewer programs than this is not tested well.
const FEWEST: usize = 5;

#[test]
fn every_op_stands_in_enough_case_programs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut programs = vec![0; TABLE.len()];
    for file in filetest::files(&folder).expect("the cases can be listed") {
        let text = filetest::read(&file).expect("a case file can be read");
        let found = filetest::programs(&text);
        for program in found.unwrap_or_else(|error| panic!("{}: {error}", file.display())) {
            for op in coverage::contained(&program.case.chunk).iter() {
                programs[op] += 1;
            }
        }
    }
    let few: Vec<String> = TABLE
        .iter()
        .zip(programs)
        .filter(|(_, n)| *n < FEWEST)
        .map(|(op, n)| format!("{} ({n})", op.name))
        .collect();
    assert!(
        few.is_empty(),
        "fewer than {FEWEST} programs: {}",
        few.join(", ")
    );
}
