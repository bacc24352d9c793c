//! Times: the rules of `AwkSystime`, `AwkStrftime` and `AwkMktime`.
//!
//! What a conversion writes is defined by the date library that the specification names, so
//! one valid conversion at a time is left to it. Which ones are valid is decided here.

use super::super::coerce::float;
use super::super::state::{Machine, Step};
use crate::scripted;
use chrono::{DateTime, Local, NaiveDate, NaiveDateTime, Offset, TimeZone, Utc};
use fusevm::{Op, Value};
use std::fmt::Display;
use std::time::{Duration, SystemTime};

/// The format when none is given.
const DEFAULT_FORMAT: &str = "%a %b %e %H:%M:%S %Z %Y";
/// Conversions to numbers of one letter, whose padding `-`, `_` and `0` change.
const NUMBERS: &str = "YCyGgmdejuwUWVqHkIlMSfs";
/// The other conversions of one letter.
const NAMES: &str = "bhBaApPDxFvTXRrZzc+nt%";
/// Fractions of a second.
const FRACTIONS: [&str; 7] = [".f", ".3f", ".6f", ".9f", "3f", "6f", "9f"];
/// Offsets from UTC, with colons.
const OFFSETS: [&str; 3] = [":z", "::z", ":::z"];

impl Machine {
    pub(super) fn awk_time(&mut self, op: Op, n: usize) -> Step {
        match op {
            Op::AwkSystime => {
                self.awk_value(0, |host, _| host.systime(), |_, _| Ok(Value::Float(now())))
            }
            Op::AwkStrftime(_) => self.awk_strftime(n),
            _ => {
                let date = self.awk_first_text(n)?;
                let is_utc = n > 1 && float(self.top(n - 2)) != 0.0;
                let seconds = date.and_then(|date| seconds_of(&date, is_utc));
                let seconds = seconds.map_or(-1.0, |seconds| seconds as f64);
                self.awk_asks(n, |host, a| host.mktime(a), Value::Float(seconds))
            }
        }
    }

    fn awk_strftime(&mut self, n: usize) -> Step {
        let format = self.awk_first_text(n)?;
        let format = format.as_deref().unwrap_or(DEFAULT_FORMAT);
        self.awk_value(
            n,
            |host, a| host.strftime(a),
            |machine, a| {
                let seconds = a.get(1).map_or_else(now, float);
                let is_utc = a.get(2).is_some_and(|utc| float(utc) != 0.0);
                machine.awk_written(n, formatted(format, seconds, is_utc))
            },
        )
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
        Some(time) => {
            let local = time.with_timezone(&Local);
            let offset = local.offset().fix();
            match time.naive_utc().checked_add_offset(offset) {
                Some(_) => written(format, &local),
                None => String::new(),
            }
        }
    }
}

/// Every conversion of `format` written; what is none is copied (Q77).
fn written<Tz: TimeZone<Offset: Display>>(format: &str, time: &DateTime<Tz>) -> String {
    let mut text = String::new();
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        text.push_str(&rest[..at]);
        let conversion = first_conversion(&rest[at..]);
        match is_valid(&conversion[1..]) {
            true => text.push_str(&time.format(conversion).to_string()),
            false => text.push_str(conversion),
        }
        rest = &rest[at + conversion.len()..];
    }
    text + rest
}

/// The conversion with which `text` begins, valid or not: a percent sign, perhaps a flag, a
/// point and a number of digits, and any character.
fn first_conversion(text: &str) -> &str {
    if let Some(offset) = OFFSETS
        .iter()
        .find(|offset| text[1..].starts_with(**offset))
    {
        return &text[..1 + offset.len()];
    }
    let optional: &[&[char]] = match text.starts_with("%#") {
        true => &[&['#']],
        false => &[&['-', '_', '0'], &['.'], &['3', '6', '9']],
    };
    let mut end = 1;
    for optional in optional {
        end += usize::from(text[end..].starts_with(*optional));
    }
    end += text[end..].chars().next().map_or(0, char::len_utf8);
    &text[..end]
}

/// Whether a conversion, without its percent sign, is one: only numbers have flags.
fn is_valid(conversion: &str) -> bool {
    let is_among =
        |letters: &str, letter: &str| letter.chars().count() == 1 && letters.contains(letter);
    match conversion.strip_prefix(['-', '_', '0']) {
        Some(number) => is_among(NUMBERS, number),
        None => {
            is_among(NUMBERS, conversion)
                || is_among(NAMES, conversion)
                || FRACTIONS.contains(&conversion)
                || OFFSETS.contains(&conversion)
        }
    }
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
