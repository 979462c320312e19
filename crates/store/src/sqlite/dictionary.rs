//! Part of the embedded ledger files.
