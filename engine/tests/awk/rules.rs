//! The free functions of `awk_host`.

use fusevm::Value;
use fusevm::awk_host::*;

fn float(v: Value) -> f64 {
    match v {
        Value::Float(x) => x,
        other => panic!("{other:?} is no Float"),
    }
}

#[test]
fn length_counts_characters() {
    assert_eq!(awk_length(None), 0);
    for (s, expected) in [("", 0), ("hello", 5), ("héé", 3), ("\u{1F600}", 1)] {
        assert_eq!(awk_length(Some(&Value::str(s))), expected, "{s}");
    }
    assert_eq!(awk_length(Some(&Value::Int(-120))), 4);
    assert_eq!(awk_length(Some(&Value::Undef)), 0);
    let array = Value::array(vec![Value::Int(1), Value::str("é")]);
    assert_eq!(awk_length(Some(&array)), 3);
}

#[test]
fn substr_clips_to_the_text() {
    for (m, n, expected) in [
        (1, None, "hello"),
        (0, Some(3), "he"),
        (-1, Some(3), "h"),
        (2, Some(-1), ""),
        (2, Some(0), ""),
        (2, Some(3), "ell"),
        (5, None, "o"),
        (6, None, ""),
        (-4, None, "hello"),
        (4, Some(100), "lo"),
        // The sum saturates (Q79).
        (2, Some(i64::MAX), "ello"),
        (i64::MAX, Some(i64::MAX), ""),
        (i64::MIN, Some(i64::MIN), ""),
        (i64::MIN, Some(i64::MAX), ""),
        (i64::MAX, None, ""),
        (i64::MIN, None, "hello"),
    ] {
        let found = awk_substr(&Value::str("hello"), m, n);
        assert_eq!(found, Value::str(expected), "{m} {n:?}");
    }
    assert_eq!(
        awk_substr(&Value::str("aéßz"), 2, Some(2)),
        Value::str("éß")
    );
    assert_eq!(awk_substr(&Value::Int(1234), 2, Some(2)), Value::str("23"));
    assert_eq!(awk_substr(&Value::str(""), 1, None), Value::str(""));
}

#[test]
fn index_is_a_position_in_characters() {
    for (s, t, expected) in [
        ("hello", "l", 3),
        ("hello", "lo", 4),
        ("hello", "x", 0),
        ("ééx", "x", 3),
        ("", "x", 0),
        // Q75
        ("hello", "", 1),
        ("", "", 1),
    ] {
        let found = awk_index(&Value::str(s), &Value::str(t));
        assert_eq!(found, expected, "{s:?} {t:?}");
    }
}

#[test]
fn cases_are_those_of_unicode() {
    assert_eq!(
        awk_toupper(&Value::str("straße 1")),
        Value::str("STRASSE 1")
    );
    assert_eq!(awk_tolower(&Value::str("ÉΑΣ")), Value::str("éας"));
    assert_eq!(awk_toupper(&Value::Undef), Value::str(""));
    assert_eq!(awk_tolower(&Value::Bool(true)), Value::str("1"));
}

#[test]
fn int_truncates_where_that_fits() {
    const TWO_63: f64 = 9_223_372_036_854_775_808.0;
    for (x, expected) in [
        (Value::Float(3.9), Value::Int(3)),
        (Value::Float(-3.9), Value::Int(-3)),
        (Value::Float(-0.5), Value::Int(0)),
        (Value::str("2.5"), Value::Int(2)),
        (Value::str("2x"), Value::Int(0)),
        (Value::Undef, Value::Int(0)),
        // Through a float (Q74).
        (Value::Int((1 << 53) + 1), Value::Int(1 << 53)),
        (Value::Int(i64::MAX), Value::Int(i64::MAX)),
        (Value::Float(TWO_63), Value::Int(i64::MAX)),
        (Value::Float(-TWO_63), Value::Int(i64::MIN)),
        (Value::Float(1e19), Value::Float(1e19)),
        (Value::Float(-1e19), Value::Float(-1e19)),
        (Value::Float(f64::INFINITY), Value::Float(f64::INFINITY)),
    ] {
        assert_eq!(awk_int(&x), expected, "{x:?}");
    }
    assert!(float(awk_int(&Value::Float(f64::NAN))).is_nan());
}

#[test]
fn nan_becomes_positive() {
    for nan in [f64::NAN, -f64::NAN, f64::from_bits(0xfff0_0000_0000_0001)] {
        assert_eq!(awk_canon_nan(nan).to_bits(), f64::NAN.to_bits());
    }
    assert_eq!(awk_canon_nan(-0.0).to_bits(), (-0.0f64).to_bits());
}

#[test]
fn bits_fold_from_the_left() {
    let args = [Value::Int(12), Value::Float(10.9), Value::str("9")];
    for n in 0..=3 {
        let args = &args[..n];
        assert_eq!(awk_fold_and(args), [0, 12, 8, 8][n]);
        assert_eq!(awk_fold_or(args), [0, 12, 14, 15][n]);
        assert_eq!(awk_fold_xor(args), [0, 12, 6, 15][n]);
    }
    let extreme = [Value::Float(1e300), Value::Float(f64::NAN), Value::Int(-1)];
    assert_eq!(awk_fold_or(&extreme[..2]), i64::MAX);
    assert_eq!(awk_fold_and(&extreme), 0);
    assert_eq!(awk_fold_xor(&extreme[2..]), -1);
}

#[test]
fn complement_and_shifts() {
    assert_eq!(awk_compl(&Value::Int(0)), -1);
    assert_eq!(awk_compl(&Value::Float(-1.5)), 0);
    let shifts = [
        (1, 0, 1, 1),
        (1, 4, 16, 0),
        (1, 64, 1, 1),
        (1, -1, i64::MIN, 0),
        (-1, 1, -2, i64::MAX),
        (-1, 63, i64::MIN, 1),
        (5, 65, 10, 2),
    ];
    for (v, n, left, right) in shifts {
        let (v, n) = (Value::Int(v), Value::Int(n));
        assert_eq!(awk_lshift(&v, &n), left, "{v:?} << {n:?}");
        assert_eq!(awk_rshift(&v, &n), right, "{v:?} >> {n:?}");
    }
}

#[test]
fn strtonum_reads_a_prefix() {
    let inf = f64::INFINITY;
    for (s, expected) in [
        ("0x10", 16.0),
        ("0Xff", 255.0),
        ("0x+ff", 255.0),
        ("0x", 0.0),
        ("0xzz", 0.0),
        ("0x10zz", 0.0),
        ("0x-1", 0.0),
        ("0xffffffffffffffff", 18_446_744_073_709_551_616.0),
        ("0xfffffffffffffffff", 0.0),
        ("010", 8.0),
        ("089", 0.0),
        ("08", 0.0),
        ("010abc", 0.0),
        ("0 1", 0.0),
        ("0777777777777777777777", 9_223_372_036_854_775_807.0),
        ("01777777777777777777777", 0.0),
        ("00", 0.0),
        ("0e5", 0.0),
        ("01.5", 1.5),
        ("01e1", 10.0),
        (".", 0.0),
        ("", 0.0),
        (" \t\u{a0} ", 0.0),
        ("42abc", 42.0),
        (" 42 ", 42.0),
        ("1e", 1.0),
        ("1e+", 1.0),
        ("1e-x", 1.0),
        ("1e+2x", 100.0),
        ("1_000", 1.0),
        ("1.", 1.0),
        ("1.e2", 100.0),
        ("1..5", 1.0),
        (".5", 0.5),
        (".e5", 0.0),
        ("-.5e1x", -5.0),
        ("+.x", 0.0),
        ("+", 0.0),
        ("--1", 0.0),
        ("+inf", inf),
        ("-INF", -inf),
        ("+inf x", inf),
        ("+inf.", inf),
        ("1e400", inf),
        ("+infx", 0.0),
        ("+inf1", 0.0),
        ("+infinity", 0.0),
        ("inf", 0.0),
        ("nan", 0.0),
        ("infinity", 0.0),
        ("abc", 0.0),
        ("-010", -10.0),
        ("+0x10", 0.0),
        // Cut at the boundaries of characters (Q76).
        ("1é", 1.0),
        ("+é", 0.0),
        ("0é", 0.0),
        ("1e2é", 100.0),
        ("+infé", inf),
        ("é1", 0.0),
    ] {
        assert_eq!(awk_strtonum(s), expected, "{s:?}");
    }
    assert_eq!(awk_strtonum("-0x10").to_bits(), (-0.0f64).to_bits());
    let nan = awk_strtonum("-nan");
    assert!(nan.is_nan() && nan.is_sign_negative());
    assert!(awk_strtonum("+NaN").is_nan());
}

#[test]
fn long_texts_of_digits_take_no_time() {
    let digits = "1".repeat(1 << 20);
    assert_eq!(awk_strtonum(&format!("{digits}x")), f64::INFINITY);
    assert_eq!(awk_strtonum(&format!("-{digits}")), f64::NEG_INFINITY);
}

#[test]
fn the_generator() {
    let mut seed = 1;
    let drawn: Vec<f64> = (0..6).map(|_| awk_rand(&mut seed)).collect();
    assert_eq!(
        drawn,
        [
            0.51385498046875,
            0.17572021484375,
            0.308624267578125,
            0.534515380859375,
            0.947601318359375,
            0.171722412109375
        ]
    );
    assert_eq!(seed, 9_366_438_228_929_508_483);
    let mut seed = 1;
    awk_rand(&mut seed);
    assert_eq!(awk_srand(&mut seed, Some(42)), 1_103_527_590.0);
    assert_eq!(seed, 42);
    assert_eq!(awk_rand(&mut seed), 0.582305908203125);
    let mut seed = u64::MAX;
    assert_eq!(awk_srand(&mut seed, None), 4_294_967_295.0);
    assert_ne!(seed, u64::MAX);
}

#[test]
fn the_time_has_a_fraction() {
    let (before, found) = (std::time::SystemTime::now(), awk_systime());
    let before = before
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs_f64();
    assert!((before..before + 60.0).contains(&found));
}

/// A time as text in UTC.
fn utc(format: &str, seconds: f64) -> String {
    let args = [Value::str(format), Value::Float(seconds), Value::Int(1)];
    awk_strftime(&args).to_str()
}

#[test]
fn conversions_of_strftime() {
    // 2009-02-13 23:31:30.5
    for (format, expected) in [
        ("%Y %C %y %G %g", "2009 20 09 2009 09"),
        ("%m %b %h %B", "02 Feb Feb February"),
        ("%d %e %j", "13 13 044"),
        ("%a %A %u %w", "Fri Friday 5 5"),
        ("%U %W %V %q", "06 06 07 1"),
        ("%H %k %I %l %P %p", "23 23 11 11 pm PM"),
        ("%M %S %f", "31 30 500000000"),
        ("%.f %.3f %.6f %.9f", ".500 .500 .500000 .500000000"),
        ("%3f %6f %9f", "500 500000 500000000"),
        ("%D|%x|%F|%v", "02/13/09|02/13/09|2009-02-13|13-Feb-2009"),
        ("%T|%X|%R|%r", "23:31:30|23:31:30|23:31|11:31:30 PM"),
        ("%Z %z %:z %::z %:::z", "UTC +0000 +00:00 +00:00:00 +00"),
        ("%c", "Fri Feb 13 23:31:30 2009"),
        ("%+", "2009-02-13T23:31:30.500+00:00"),
        ("%s%n%t%%", "1234567890\n\t%"),
        ("%-m %_m %0e %-H", "2  2 13 23"),
        ("é %Y", "é 2009"),
        ("", ""),
        // What is no conversion is copied (Q77).
        ("%Ey %Od %5Y %i", "%Ey %Od %5Y %i"),
        ("%J %L %N %Q", "%J %L %N %Q"),
        ("%#z %%#z %#Y", "%#z %#z %#Y"),
        ("%-a %_b", "%-a %_b"),
        ("%.5f %: %.", "%.5f %: %."),
        ("%é%", "%é%"),
    ] {
        assert_eq!(utc(format, 1_234_567_890.5), expected, "{format}");
    }
}

#[test]
fn times_of_strftime() {
    for (seconds, expected) in [
        (0.0, "1970-01-01 00:00:00.000000000"),
        (-1.0, "1969-12-31 23:59:59.000000000"),
        (-0.25, "1969-12-31 23:59:59.750000000"),
        (1.999_999_999_9, "1970-01-01 00:00:01.999999999"),
        (f64::NAN, "1970-01-01 00:00:00.000000000"),
        (253_402_300_800.0, "+10000-01-01 00:00:00.000000000"),
        (-62_198_755_200.0, "-0001-01-01 00:00:00.000000000"),
        (1e13, ""),
        (f64::INFINITY, ""),
    ] {
        assert_eq!(utc("%Y-%m-%d %T%.9f", seconds), expected, "{seconds}");
    }
    let flags = [Value::str("1"), Value::Float(f64::NAN), Value::Int(-1)];
    for flag in flags {
        let args = [Value::str("%Z"), Value::Int(0), flag, Value::Undef];
        assert_eq!(awk_strftime(&args), Value::str("UTC"));
    }
    let local = [Value::str("%Z"), Value::Int(0), Value::str("no")];
    assert_ne!(awk_strftime(&local), Value::str("UTC"));
    assert_ne!(awk_strftime(&[]), Value::str(""));
    assert_eq!(awk_strftime(&[Value::str("x%%")]), Value::str("x%"));
}

#[test]
fn mktime_is_strict() {
    for (text, expected) in [
        ("2020 01 01 00 00 00", 1_577_836_800.0),
        ("2020 01 01", -1.0),
        ("", -1.0),
        ("1970 1 1 0 0 0", 0.0),
        ("1969 12 31 23 59 58", -2.0),
        (" +2009\t+2 +13\n23 31 30 1 rest", 1_234_567_890.0),
        ("-1 1 1 0 0 0", -62_198_755_200.0),
        ("2020 2 29 0 0 0", 1_582_934_400.0),
        ("2019 2 29 0 0 0", -1.0),
        ("2020 13 1 0 0 0", -1.0),
        ("2020 0 1 0 0 0", -1.0),
        ("2020 1 1 24 0 0", -1.0),
        ("2020 1 1 0 60 0", -1.0),
        ("2020 1 1 0 0 60", -1.0),
        ("2020 1 1 0 0 -1", -1.0),
        ("2020 1 1 0 0 1.5", -1.0),
        ("3000000000 1 1 0 0 0", -1.0),
        ("2147483647 1 1 0 0 0", -1.0),
        ("x 1 1 0 0 0", -1.0),
    ] {
        let found = awk_mktime(&[Value::str(text), Value::Int(1)]);
        assert_eq!(found, Value::Float(expected), "{text:?}");
    }
    assert_eq!(awk_mktime(&[]), Value::Float(-1.0));
    assert_eq!(awk_mktime(&[Value::Int(2020)]), Value::Float(-1.0));
}

#[test]
fn local_time_is_its_own_inverse() {
    let text = [Value::str("%Y %m %d %H %M %S"), Value::Int(1_000_000_000)];
    let spec = awk_strftime(&text);
    assert_eq!(awk_mktime(std::slice::from_ref(&spec)), Value::Float(1e9));
    assert_eq!(awk_mktime(&[spec, Value::Int(0)]), Value::Float(1e9));
}

#[test]
fn characters_and_code_points() {
    assert_eq!(float(awk_ord(&Value::str("Ab"))), 65.0);
    assert_eq!(float(awk_ord(&Value::str("\u{1F600}"))), 128_512.0);
    assert_eq!(float(awk_ord(&Value::str(""))), 0.0);
    assert_eq!(float(awk_ord(&Value::Int(7))), 55.0);
    for (n, expected) in [
        (65.9, "A"),
        (233.0, "é"),
        (128_512.0, "\u{1F600}"),
        (55_296.0, ""),
        (57_343.0, ""),
        (1_114_111.0, "\u{10FFFF}"),
        (1_114_112.0, ""),
        (1e300, ""),
        // Q80
        (-1.0, "\0"),
        (f64::NAN, "\0"),
    ] {
        assert_eq!(awk_chr(&Value::Float(n)), Value::str(expected), "{n}");
    }
}

#[test]
fn truth_as_a_number() {
    for (v, expected) in [
        (Value::str("0.0"), 1.0),
        (Value::str("0"), 0.0),
        (Value::str(""), 0.0),
        (Value::Status(0), 1.0),
        (Value::Status(1), 0.0),
        (Value::Float(f64::NAN), 1.0),
        (Value::Float(-0.0), 0.0),
        (Value::Undef, 0.0),
        (Value::array(vec![Value::Undef]), 1.0),
    ] {
        assert_eq!(float(awk_mkbool(&v)), expected, "{v:?}");
    }
}

#[test]
fn integer_division() {
    for (a, b, expected) in [
        (7.0, 2.0, Some(3.0)),
        (-7.0, 2.0, Some(-3.0)),
        (7.9, 2.9, Some(3.0)),
        (1e300, 1.0, Some(9_223_372_036_854_775_807.0)),
        (f64::NAN, 5.0, Some(0.0)),
        (7.0, 0.0, None),
        (7.0, -0.0, None),
        (7.0, 0.9, None),
        (7.0, f64::NAN, None),
        // Q78
        (-1e300, -1.0, Some(9_223_372_036_854_775_808.0)),
        (
            -9_223_372_036_854_775_808.0,
            -1.5,
            Some(9_223_372_036_854_775_808.0),
        ),
    ] {
        let (x, y) = (Value::Float(a), Value::Float(b));
        let quotient = expected.map_or(Value::Undef, Value::Float);
        assert_eq!(awk_intdiv(&x, &y), quotient, "{a} {b}");
        assert_eq!(
            float(awk_intdiv0(&x, &y)),
            expected.unwrap_or(0.0),
            "{a} {b}"
        );
    }
}
