//! A wrapper that loses races and leaves commits unknown, seeded: so that no caller relies on a commit being done.
