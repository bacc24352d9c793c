//! What ops do to values: pure functions, by family.
