//! Every field is compared, strictly, and the first one in the fixed order is named.

use super::*;

fn outcome() -> Outcome {
    Outcome {
        ending: Ending::Value(Value::Int(1)),
        stack: vec![Value::Int(1)],
        frames: vec![FrameOutcome {
            return_ip: 0,
            stack_base: 0,
            slots: vec![Value::Undef],
        }],
        globals: vec![Value::Bool(true)],
        ip: 3,
        halted: false,
        last_status: 0,
        signal: None,
        output: b"ab".to_vec(),
        log: vec!["builtin 0".to_owned()],
        fuel: Some(10),
        flaw: None,
    }
}

/// The difference after `change`, as `field: left | right`; it must mirror.
fn after(change: impl FnOnce(&mut Outcome)) -> String {
    let left = outcome();
    let mut right = outcome();
    change(&mut right);
    let difference = left.difference(&right).expect("they differ");
    let mirrored = right.difference(&left).expect("they differ");
    assert_eq!(mirrored.left, difference.right);
    assert_eq!(mirrored.kind, difference.kind);
    format!(
        "{}: {} | {}",
        difference.field, difference.left, difference.right
    )
}

#[test]
fn equal_outcomes_do_not_differ() {
    assert_eq!(outcome().difference(&outcome()), None);
}

#[test]
fn every_field_is_compared() {
    let cases = [
        (
            after(|o| o.ending = Ending::Halted),
            "result: Int(1) | halted",
        ),
        (
            after(|o| o.ending = Ending::Error("e".into())),
            "result: Int(1) | error \"e\"",
        ),
        (
            after(|o| o.output = b"ac".to_vec()),
            "output from byte 1: \"b\" | \"c\"",
        ),
        (
            after(|o| o.log.clear()),
            "call 0 of a handler: builtin 0 | no such call",
        ),
        (
            after(|o| o.stack[0] = Value::Float(1.0)),
            "stack 0: Int(1) | Float(1.0)",
        ),
        (
            after(|o| o.stack.push(Value::Undef)),
            "stack count: 1: [Int(1)] | 2: [Int(1), Undef]",
        ),
        (
            after(|o| o.globals[0] = Value::Int(1)),
            "global 0: Bool(true) | Int(1)",
        ),
        (
            after(|o| o.frames.push(o.frames[0].clone())),
            "frame count: 1 | 2",
        ),
        (
            after(|o| o.frames[0].slots.push(Value::Undef)),
            "frame 0, slot count: 1: [Undef] | 2: [Undef, Undef]",
        ),
        (
            after(|o| o.frames[0].return_ip = 9),
            "frame 0, return ip: 0 | 9",
        ),
        (
            after(|o| o.frames[0].stack_base = 9),
            "frame 0, stack base: 0 | 9",
        ),
        (after(|o| o.ip = 4), "ip: 3 | 4"),
        (after(|o| o.halted = true), "halted: false | true"),
        (after(|o| o.last_status = 1), "last status: 0 | 1"),
        (after(|o| o.signal = Some(2)), "signal: none | 2"),
        (after(|o| o.fuel = None), "fuel: 10 | none"),
    ];
    for (found, expected) in cases {
        assert_eq!(found, expected);
    }
}

#[test]
fn the_first_field_in_order_is_named() {
    let text = after(|o| {
        o.fuel = None;
        o.ip = 0;
        o.frames[0].slots[0] = Value::Int(0);
    });
    assert_eq!(text, "frame 0, slot 0: Undef | Int(0)");
}

#[test]
fn a_run_that_differs_from_the_first_differs_from_everything() {
    let text = after(|o| {
        o.flaw = Some(Difference::new(Field::Ip, "ip", 1, 2).of_run(3));
    });
    assert_eq!(text, "run 3 against run 1, ip: 1 | 2");
}
