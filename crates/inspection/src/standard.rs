//! The model as it is trained unless somebody says otherwise: features and parameters, chosen on the tuning months of the public
//! data set and by a rolling split inside its first twelve months. docs/risk-model.md has what each brings.

use crate::declaration::Date;
use crate::features::Plan;
use crate::learn::Settings;
use crate::model::Training;

/// Forests that are averaged.
pub const MEMBERS: u8 = 3;

/// Names of the features, by family.
pub const FEATURES: [(&str, &[&str]); 1] = [(
    "the declaration itself",
    &["log-price", "log-mass", "log-unit-price", "tax-rate", "log-duty", "other-origin"],
)];

/// What a model looks at.
pub fn plan() -> Plan {
    let mut plan = Plan::empty();
    for name in FEATURES.iter().flat_map(|(_, names)| names.iter()) {
        let added = plan.add(name);
        debug_assert!(added, "{name}");
    }
    plan
}

/// How a model is trained up to a day and tuned up to a later one.
pub fn training(train_until: Date, tune_until: Date, seed: u64) -> Training {
    Training {
        plan: plan(),
        settings: Settings::default(),
        members: usize::from(MEMBERS),
        seed,
        train_until,
        tune_until,
        again: true,
    }
}
