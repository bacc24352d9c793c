//! Points in time: their names, and what they are called by.

use crate::error::{Error, Limit};
use crate::limits::Limits;
use crate::value::Value;
use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, FixedOffset, Local, NaiveDate, NaiveDateTime, Offset, TimeZone, Utc};
use std::fmt::{Display, Write};
use std::time::{SystemTime, UNIX_EPOCH};

/// `systime()`: seconds since the Unix epoch with their fraction; 0.0 before it.
pub fn awk_systime() -> f64 {
    systime(SystemTime::now())
}

/// As [`awk_systime`], of any time.
pub(crate) fn systime(now: SystemTime) -> f64 {
    now.duration_since(UNIX_EPOCH)
        .map_or(0.0, |d| d.as_secs_f64())
}

/// The format of `strftime()` without arguments.
const DEFAULT_FORMAT: &str = "%a %b %e %H:%M:%S %Z %Y";

/// `strftime(format, seconds, utc)`: a time as text, by default the system's, in local time.
///
/// The conversions are those of the crate `chrono`; one that it does not know is copied as it
/// is. A time outside its calendar, or a text longer than strings may be by default, gives the
/// empty text.
pub fn awk_strftime(args: &[Value]) -> Value {
    let arg = |i| args.get(i);
    strftime(
        [arg(0), arg(1), arg(2)],
        SystemTime::now,
        &Limits::default(),
    )
    .unwrap_or_else(|_| Value::str(""))
}

/// As [`awk_strftime`], with limits given and a clock, which is asked when no time is given.
pub(crate) fn strftime(
    [format, seconds, utc]: [Option<&Value>; 3],
    clock: fn() -> SystemTime,
    limits: &Limits,
) -> Result<Value, Error> {
    let format = format.map_or(DEFAULT_FORMAT.into(), Value::as_str_cow);
    let seconds = seconds.map_or_else(|| systime(clock()), Value::to_float);
    let Some(time) = time_at(seconds) else {
        return Ok(Value::str(""));
    };
    let max = limits.string_size;
    let text = if is_true(utc) {
        format_time(&time, &format, max)?
    } else {
        match to_local(&time) {
            Some(time) => format_time(&time, &format, max)?,
            None => String::new(),
        }
    };
    Ok(Value::str(text))
}

/// Whether the flag that asks for UTC is there and not 0.
fn is_true(flag: Option<&Value>) -> bool {
    flag.is_some_and(|flag| flag.to_float() != 0.0)
}

/// The time so many seconds after the epoch; `None` outside the calendar.
fn time_at(seconds: f64) -> Option<DateTime<Utc>> {
    let whole = seconds.floor() as i64;
    let nanos = ((seconds - whole as f64) * 1e9).round();
    DateTime::from_timestamp(whole, nanos.clamp(0.0, 999_999_999.0) as u32)
}

/// The same time with the offset of local time; `None` when that leaves the calendar.
fn to_local(time: &DateTime<Utc>) -> Option<DateTime<FixedOffset>> {
    let utc = time.naive_utc();
    let offset = Local.offset_from_utc_datetime(&utc).fix();
    utc.checked_add_offset(offset)?;
    Some(DateTime::from_naive_utc_and_offset(utc, offset))
}

/// The time as `format` says; an error when that takes more than `max` bytes.
fn format_time<Tz>(time: &DateTime<Tz>, format: &str, max: usize) -> Result<String, Error>
where
    Tz: TimeZone<Offset: Display>,
{
    // It can be read but not written: asking chrono to write it ends in a panic.
    let unwritable = StrftimeItems::new(UNWRITABLE).next();
    let mut text = String::new();
    let mut items = StrftimeItems::new_lenient(format);
    while let Some(item) = items.next() {
        let written = match item {
            Item::Literal(copied) | Item::Space(copied) => {
                for _ in 0..n_left_behind(copied) {
                    items.next();
                }
                text.write_str(copied)
            }
            ref item if Some(item) == unwritable.as_ref() => text.write_str(UNWRITABLE),
            item => write!(text, "{}", time.format_with_items(std::iter::once(item))),
        };
        debug_assert!(
            written.is_ok(),
            "a known conversion of a time can be written"
        );
        if text.len() > max {
            return Err(Limit::StringSize.into());
        }
    }
    Ok(text)
}

/// How many items `chrono` goes on with behind a literal: when a flag makes one that stands
/// for several unknown (`%-D`), those after the first are still in its queue.
fn n_left_behind(literal: &str) -> usize {
    let flagged = ["%-", "%_", "%0"]
        .iter()
        .find_map(|f| literal.strip_prefix(f));
    let unflagged = flagged.map(|letter| format!("%{letter}"));
    unflagged.map_or(0, |known| {
        StrftimeItems::new(&known).count().saturating_sub(1)
    })
}

/// A conversion that `chrono` knows for reading only.
const UNWRITABLE: &str = "%#z";

/// `mktime(text, utc)`: the seconds since the Unix epoch of `year month day hour minute
/// second`, in local time unless the second argument is not 0. More fields are ignored. -1.0
/// for anything that is not exactly one existing time.
pub fn awk_mktime(args: &[Value]) -> Value {
    mktime([args.first(), args.get(1)])
}

/// As [`awk_mktime`].
pub(crate) fn mktime([text, utc]: [Option<&Value>; 2]) -> Value {
    let time = text.and_then(|text| parse_time(&text.as_str_cow()));
    let seconds = time.and_then(|time| {
        if is_true(utc) {
            Some(time.and_utc().timestamp())
        } else {
            let local = Local.from_local_datetime(&time).single()?;
            Some(local.timestamp())
        }
    });
    Value::Float(seconds.map_or(-1.0, |seconds| seconds as f64))
}

/// A date and time from their numbers.
fn parse_time(text: &str) -> Option<NaiveDateTime> {
    let mut fields = text.split_whitespace();
    let year = fields.next()?.parse().ok()?;
    let mut number = || fields.next()?.parse::<u32>().ok();
    let (month, day) = (number()?, number()?);
    let (hour, minute, second) = (number()?, number()?, number()?);
    NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(hour, minute, second)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(format: &str, seconds: f64) -> String {
        let args = [Value::str(format), Value::Float(seconds), Value::Int(1)];
        awk_strftime(&args).to_str()
    }

    /// Every conversion that is documented.
    const CONVERSIONS: &str = "%Y %C %y %G %g %m %b %h %B %d %e %j %a %A %u %w %U %W %V %q %H %k \
        %I %l %P %p %M %S %f %.f %.3f %.6f %.9f %3f %6f %9f %D %x %F %v %T %X %R %r %Z %z %:z \
        %::z %:::z %c %+ %s %n %t %% %-d %_d %0e %-H %-f %-s";

    #[test]
    fn no_time_of_the_calendar_is_too_far_away() {
        let ends = [NaiveDateTime::MIN, NaiveDateTime::MAX].map(|end| end.and_utc().timestamp());
        for seconds in [0, -1, 86_399, ends[0], ends[0] + 1, ends[1] - 1, ends[1]] {
            assert_ne!(utc(CONVERSIONS, seconds as f64), "", "{seconds}");
            for flag in [Value::Int(0), Value::Int(1)] {
                let args = [Value::str(CONVERSIONS), Value::Int(seconds), flag];
                awk_strftime(&args);
            }
        }
        for seconds in [
            ends[0] as f64 * 1.001,
            ends[1] as f64 * 1.001,
            1e300,
            -1e300,
        ] {
            assert_eq!(utc("%Y", seconds), "");
        }
        assert_eq!(utc("%Y", f64::INFINITY), "");
        assert_eq!(utc("%Y", f64::NEG_INFINITY), "");
        assert_eq!(utc("%s %f", f64::NAN), "0 000000000");
    }

    #[test]
    fn texts_are_bounded() {
        let format = Value::str("%Y%Y");
        let strftime = |max| {
            let limits = Limits {
                string_size: max,
                ..Limits::default()
            };
            strftime(
                [Some(&format), Some(&Value::Int(0)), Some(&Value::Int(1))],
                || UNIX_EPOCH,
                &limits,
            )
        };
        assert_eq!(strftime(8), Ok(Value::str("19701970")));
        assert_eq!(strftime(7), Err(Error::Limit(Limit::StringSize)));
    }

    #[test]
    fn local_times_at_the_ends_of_the_calendar() {
        for text in [
            "262142 12 31 23 59 59",
            "-262143 1 1 0 0 0",
            "262143 1 1 0 0 0",
            "2147483647 1 1 0 0 0",
            "-2147483648 1 1 0 0 0",
        ] {
            awk_mktime(&[Value::str(text)]);
            awk_mktime(&[Value::str(text), Value::Int(1)]);
        }
    }
}
