//! A model that learns from inspections: what was found before tells what to look at now. Pure: declarations in, scores with
//! reasons out; reading files, the clock and the seed of a draw are others'. Floats are fine here and only here: nothing of
//! this is money or a judgement. Judgement is given a score in whole thousandths, and decides by dated rules what follows.

pub mod bins;
pub mod calibration;
pub mod choose;
pub mod declaration;
pub mod drift;
pub mod features;
pub mod forest;
pub mod form;
pub mod grow;
pub mod history;
pub mod learn;
pub mod measure;
pub mod model;
pub mod random;
pub mod reasons;
pub mod standard;
pub mod table;
