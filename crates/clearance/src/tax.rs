//! Assessment of retail import tax.
