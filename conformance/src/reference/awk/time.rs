//! Times: the rules of `AwkSystime`, `AwkStrftime` and `AwkMktime`.
//!
//! What a conversion writes is defined by the date library that the specification names, so
//! one valid conversion at a time is left to it. Which ones are valid is decided here.

use super::super::coerce::float;
use super::super::state::{Machine, Step};
use crate::scripted;
use chrono::{DateTime, Local, NaiveDate, NaiveDateTime, TimeZone, Utc};
use fusevm::{Op, Value};
use std::fmt::Display;
use std::time::{Duration, SystemTime};

/// The format when none is given.
const DEFAULT_FORMAT: &str = "%a %b %e %H:%M:%S %Z %Y";
/// Conversions to numbers of one letter, whose padding `-`, `_` and `0` change.
const NUMBERS: &str = "YCyGgmdejuwUWVqHkIlMSfs";
/// The other conversions of one letter.
const NAMES: &str = "bhBaApPDxFvTXRrZzc+nt%";
/// The longer conversions.
const LONGER: [&str; 10] = [
    ".f", ".3f", ".6f", ".9f", "3f", "6f", "9f", ":z", "::z", ":::z",
];

impl Machine {
    pub(super) fn awk_time(&mut self, op: Op, n: usize) -> Step {
        match op {
            Op::AwkSystime => {
                self.awk_value(0, |host, _| host.systime(), |_, _| Ok(Value::Float(now())))
            }
            Op::AwkStrftime(_) => self.awk_value(
                n,
                |host, a| host.strftime(a),
                |machine, a| {
                    let format = match n {
                        0 => DEFAULT_FORMAT.to_owned(),
                        n => machine.text(n - 1, n)?,
                    };
                    let seconds = a.get(1).map_or_else(now, float);
                    let is_utc = a.get(2).is_some_and(|utc| float(utc) != 0.0);
                    machine.awk_made(n, formatted(&format, seconds, is_utc))
                },
            ),
            _ => self.awk_value(
                n,
                |host, a| host.mktime(a),
                |machine, a| {
                    let date = match n {
                        0 => return Ok(Value::Float(-1.0)),
                        n => machine.text(n - 1, n)?,
                    };
                    let is_utc = a.get(1).is_some_and(|utc| float(utc) != 0.0);
                    let seconds = seconds_of(&date, is_utc);
                    Ok(Value::Float(seconds.map_or(-1.0, |n| n as f64)))
                },
            ),
        }
    }
}

/// Seconds since the epoch with their fraction (Q81); 0 before it.
fn now() -> f64 {
    let since = scripted::clock().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0.0, |since: Duration| since.as_secs_f64())
}

/// A time as text; empty for one that the calendar does not have.
fn formatted(format: &str, time: f64, is_utc: bool) -> String {
    let seconds = time.floor();
    // Both casts saturate, and make NaN 0.
    let nanoseconds = ((time - seconds) * 1e9).round() as u32;
    let time = DateTime::from_timestamp(seconds as i64, nanoseconds.min(999_999_999));
    match time {
        None => String::new(),
        Some(time) if is_utc => written(format, &time),
        Some(time) => written(format, &time.with_timezone(&Local)),
    }
}

/// Every conversion of `format` written; what is none is copied (Q77).
fn written<Tz: TimeZone<Offset: Display>>(format: &str, time: &DateTime<Tz>) -> String {
    let mut text = String::new();
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        text.push_str(&rest[..at]);
        let (conversion, is_valid) = first_conversion(&rest[at..]);
        match is_valid {
            true => text.push_str(&time.format(conversion).to_string()),
            false => text.push_str(conversion),
        }
        rest = &rest[at + conversion.len()..];
    }
    text + rest
}

/// The conversion with which `text` begins, and whether it is a valid one.
fn first_conversion(text: &str) -> (&str, bool) {
    let behind = &text[1..];
    if let Some(longer) = LONGER.iter().find(|longer| behind.starts_with(**longer)) {
        return (&text[..1 + longer.len()], true);
    }
    let plain = behind.strip_prefix(['-', '_', '0']);
    let Some(letter) = plain.unwrap_or(behind).chars().next() else {
        return (text, false);
    };
    let n_flags = usize::from(plain.is_some());
    let is_valid = NUMBERS.contains(letter) || (n_flags == 0 && NAMES.contains(letter));
    (&text[..1 + n_flags + letter.len_utf8()], is_valid)
}

/// Seconds since the epoch at a date and time: year, month, day, hour, minute, second, and
/// whatever else. Nothing is normalised, and a local time must exist once.
fn seconds_of(date: &str, is_utc: bool) -> Option<i64> {
    let mut fields = date.split_whitespace();
    let year: &str = fields.next()?;
    let others: Vec<&str> = fields.take(5).collect();
    let [month, day, hour, minute, second] = others[..] else {
        return None;
    };
    let number = |field: &str| field.parse::<u32>().ok();
    let day = NaiveDate::from_ymd_opt(year.parse().ok()?, number(month)?, number(day)?)?;
    let time: NaiveDateTime = day.and_hms_opt(number(hour)?, number(minute)?, number(second)?)?;
    match is_utc {
        true => Some(Utc.from_utc_datetime(&time).timestamp()),
        false => Some(Local.from_local_datetime(&time).single()?.timestamp()),
    }
}
