//! The faults that are kept: each must still be one change of one file of this project.
//!
//! Whether the harness notices them is measured by `cargo difftest faults`, which takes an
//! hour; this keeps them ready for it.

use fusevm_conformance::faults::{self, CLASSES, Fault};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Fewer would say little about the harness.
const FEWEST: usize = 60;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("faults")
}

fn patches() -> Vec<Fault> {
    faults::patches(&folder()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_patch_applies() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let broken: Vec<String> = patches()
        .iter()
        .filter_map(|fault| {
            let text = match std::fs::read_to_string(root.join(&fault.file)) {
                Ok(text) => text,
                Err(error) => return Some(format!("{}: {}: {error}", fault.id, fault.file)),
            };
            match fault.apply(&text) {
                Ok(changed) if changed == text => Some(format!("{}: changes nothing", fault.id)),
                Ok(_) => None,
                Err(error) => Some(error),
            }
        })
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn there_are_enough_patches_of_every_class() {
    let patches = patches();
    assert!(patches.len() >= FEWEST, "{} patches", patches.len());
    let known: BTreeSet<_> = CLASSES.iter().map(|(class, _)| *class).collect();
    let found: BTreeSet<_> = patches.iter().map(|fault| fault.class.as_str()).collect();
    assert_eq!(found, known);
}

#[test]
fn every_patch_says_what_it_models_in_a_sentence() {
    for Fault { id, models, .. } in patches() {
        assert!(
            models.len() > 20 && models.ends_with('.') && !models.contains('\n'),
            "{id}: {models}"
        );
    }
}

#[test]
fn no_two_patches_make_the_same_change() {
    let patches = patches();
    let changes: BTreeSet<_> = patches.iter().map(|fault| &fault.diff).collect();
    assert_eq!(changes.len(), patches.len());
}

#[test]
fn survivors_are_known_faults_with_reasons() {
    let ids: BTreeSet<String> = patches().into_iter().map(|fault| fault.id).collect();
    let survivors = faults::survivors(&folder().join("survivors.toml"))
        .unwrap_or_else(|error| panic!("{error}"));
    let mut seen = BTreeSet::new();
    for survivor in survivors {
        // The id of a mutant begins with its file.
        let is_mutant = survivor.fault.starts_with("engine/src/");
        assert!(
            is_mutant || ids.contains(&survivor.fault),
            "no fault `{}`",
            survivor.fault
        );
        assert!(survivor.reason.len() > 20, "{}", survivor.fault);
        assert!(seen.insert(survivor.fault.clone()), "{}", survivor.fault);
    }
}
