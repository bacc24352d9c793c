//! The op table against the list of ops that the instruction set is specified by.

use fusevm::Op;
use fusevm::op::{Arity, N_OPS, OpInfo, Operand, Role, Section, TABLE, Touches};
use serde::Deserialize;

#[derive(Deserialize)]
struct Spec {
    variants: usize,
    op: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    index: usize,
    section: String,
    operands: Vec<String>,
    pops: Count,
    pushes: Count,
    jumps: bool,
    host: String,
}

/// A number of values, `"n"` for the count operand or `"var"`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Count {
    Fixed(usize),
    Word(String),
}

impl Count {
    /// What it is for an op with this count operand.
    fn with_n(&self, n: usize) -> Arity {
        match self {
            Count::Fixed(fixed) => Arity::Fixed(*fixed),
            Count::Word(word) if word == "n" => Arity::Fixed(n),
            Count::Word(word) => {
                assert_eq!(word, "var");
                Arity::Dynamic
            }
        }
    }
}

fn spec() -> Spec {
    toml::from_str(include_str!("data/ops.toml")).expect("the list of ops is TOML")
}

/// The rows of the list beside those of the table.
fn rows() -> impl Iterator<Item = (Row, &'static OpInfo)> {
    spec().op.into_iter().zip(&TABLE)
}

/// The op with every operand set to `n`.
fn op_with(info: &OpInfo, n: i64) -> Op {
    let operands = vec![Operand::Int(n); info.operands.len()];
    Op::from_operands(usize::from(info.index), &operands).expect("small numbers fit")
}

/// The sections of the list are named by what they were split from.
fn section_name(section: Section) -> &'static str {
    match section {
        Section::Constants => "constants",
        Section::Stack => "stack",
        Section::Variables => "variables",
        Section::Arrays => "arrays",
        Section::Hashes => "hashes",
        Section::Arithmetic => "arithmetic",
        Section::Strings => "string",
        Section::NumericCompare => "numeric_compare",
        Section::StringCompare => "string_compare",
        Section::Logic => "logical_bitwise",
        Section::ControlFlow => "control_flow",
        Section::Functions => "functions",
        Section::Scope => "scope",
        Section::Io => "io",
        Section::Ranges => "collections",
        Section::HigherOrder => "higher_order",
        Section::Fused => "fused",
        Section::Builtins => "builtins",
        Section::Extension => "extension",
        Section::Shell => "shell",
        Section::Awk => "awk",
        Section::Numeric => "float",
    }
}

#[test]
fn the_table_is_the_list() {
    let spec = spec();
    assert_eq!(spec.variants, N_OPS);
    assert_eq!(spec.op.len(), N_OPS);
    for (row, info) in rows() {
        assert_eq!(info.name, row.name);
        assert_eq!(usize::from(info.index), row.index, "{}", row.name);
        assert_eq!(section_name(info.section), row.section, "{}", row.name);
        assert_eq!(
            OpInfo::by_name(&row.name).map(|info| info.index),
            Some(info.index)
        );
    }
}

#[test]
fn operands_have_the_names_and_types_of_the_list() {
    for (row, info) in rows() {
        let operands: Vec<String> = info
            .operands
            .iter()
            .map(|operand| {
                // Two names of the list are words of the language.
                let name = match operand.name {
                    "konst" => "const",
                    "modifier" => "mod",
                    name => name,
                };
                format!("{name}:{}", operand.ty)
            })
            .collect();
        assert_eq!(operands, row.operands, "{}", row.name);
    }
}

#[test]
fn stack_effects_are_those_of_the_list() {
    for (row, info) in rows() {
        for n in [0, 3, 7] {
            let expected = (row.pops.with_n(n), row.pushes.with_n(n));
            assert_eq!(
                op_with(info, n as i64).stack_effect(),
                expected,
                "{} with n = {n}",
                row.name
            );
        }
    }
}

#[test]
fn jumps_are_targets_and_frames() {
    for (row, info) in rows() {
        let has_target = info
            .operands
            .iter()
            .any(|operand| operand.role == Role::Target);
        assert_eq!(
            op_with(info, 5).target(),
            has_target.then_some(5),
            "{}",
            row.name
        );
        assert_eq!(
            has_target || info.touches == Touches::Control,
            row.jumps,
            "{}",
            row.name
        );
    }
}

#[test]
fn hosts_are_touched_by_the_ops_that_the_list_routes_to_them() {
    for (row, info) in rows() {
        // Commands may be subs of the chunk, and only then touch more than the host.
        let host = match (info.section, info.touches) {
            (Section::Shell, Touches::Host | Touches::Control) => "shell",
            (Section::Awk, Touches::Host) => "awk",
            (_, Touches::Host) => "unknown",
            _ => "",
        };
        assert_eq!(host, row.host, "{}", row.name);
    }
}

#[test]
fn operands_are_numbers_of_the_types_that_their_roles_have() {
    for info in &TABLE {
        for operand in info.operands {
            let types: &[&str] = match operand.role {
                Role::Slot | Role::Name | Role::Sub | Role::Str => &["u16"],
                Role::Const | Role::Block | Role::SubChunk | Role::Id => &["u16"],
                Role::Target | Role::Payload => &["usize"],
                Role::Limit => &["i32"],
                Role::Count | Role::Arg => &["u8", "u16"],
                Role::Imm => &["i64", "f64"],
            };
            assert!(
                types.contains(&operand.ty),
                "{}: {}",
                info.name,
                operand.name
            );
        }
    }
}

#[test]
fn ops_are_made_of_their_operands() {
    for info in &TABLE {
        let op = op_with(info, 7);
        assert_eq!(Op::from_operands(op.index(), &op.operands()), Ok(op));
        let short = &op.operands()[..info.operands.len().saturating_sub(1)];
        assert_eq!(
            Op::from_operands(op.index(), short).is_ok(),
            info.operands.is_empty()
        );
    }
    assert!(Op::from_operands(N_OPS, &[]).is_err());
    let slot = OpInfo::by_name("GetSlot").expect("it exists").index;
    for wrong in [Operand::Int(65536), Operand::Int(-1), Operand::Float(1.0)] {
        let error = Op::from_operands(usize::from(slot), &[wrong]).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("GetSlot: operand `slot` is a u16, found {wrong}")
        );
    }
}
