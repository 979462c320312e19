//! Check digits and masking.
