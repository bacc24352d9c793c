//! Numbers in texts: integers in decimal or hexadecimal, floats to the bit.

/// The integer that `text` denotes: an optional sign, then decimal digits or `0x` and
/// hexadecimal ones.
pub(super) fn integer(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (digits, radix) = match digits.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None => (digits, 10),
    };
    // The standard parser would take another sign.
    if !digits.starts_with(|c: char| c.is_digit(radix)) {
        return None;
    }
    let magnitude = i128::from(u64::from_str_radix(digits, radix).ok()?);
    Some(if negative { -magnitude } else { magnitude })
}

/// The float that `text` denotes, which is a decimal number or an infinity. (`nan` is a word.)
pub(super) fn float(text: &str) -> Option<f64> {
    let magnitude = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = magnitude.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    (is_number || magnitude == "inf").then(|| text.parse().ok())?
}

/// Whether a number is written as a float: with a point, an exponent or without digits.
pub(super) fn is_float(text: &str) -> bool {
    let magnitude = text.strip_prefix(['+', '-']).unwrap_or(text);
    !magnitude.starts_with("0x") && magnitude.contains(['.', 'e', 'E', 'i'])
}

/// The bits of the NaN that is written without its bits.
const PLAIN_NAN: u64 = 0x7ff8_0000_0000_0000;

/// The NaN with these bits.
pub(super) fn nan(bits: Option<u64>) -> Option<f64> {
    let x = f64::from_bits(bits.unwrap_or(PLAIN_NAN));
    x.is_nan().then_some(x)
}

/// The text of a float, which reads back to the same bits.
pub(super) fn float_text(x: f64) -> String {
    match x.to_bits() {
        PLAIN_NAN => "nan".to_owned(),
        bits if x.is_nan() => format!("nan(0x{bits:016x})"),
        _ => format!("{x:?}"),
    }
}
