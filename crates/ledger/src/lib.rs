//! Placeholder until its first real code arrives.
