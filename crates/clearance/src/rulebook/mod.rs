//! Law as data.
