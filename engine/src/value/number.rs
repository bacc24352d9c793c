//! Numbers from and to text, as every op does it.

/// The integer that the whole text denotes: an optional sign and decimal digits within the
/// `i64` range; anything else is 0.
pub(crate) fn int_from_text(text: &str) -> i64 {
    text.parse().unwrap_or(0)
}

/// The float that the whole text denotes: an optional sign, then digits with an optional
/// point and exponent, or `inf`, `infinity`, `nan` in any case; anything else is 0.0.
pub(crate) fn float_from_text(text: &str) -> f64 {
    text.parse().unwrap_or(0.0)
}

/// The shortest decimal digits that read back to the same float, never an exponent.
pub(crate) fn float_to_text(x: f64) -> String {
    x.to_string()
}

/// Float to integer: truncates, saturates, NaN is 0.
#[inline(always)]
pub(crate) fn float_to_int(x: f64) -> i64 {
    x as i64
}
