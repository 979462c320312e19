//! Placeholder until the signature code arrives.
