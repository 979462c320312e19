//! The model as it is trained unless somebody says otherwise: features and parameters, chosen on the tuning months of the public
//! data set and by a rolling split inside its first twelve months. docs/risk-model.md has what each brings.

use crate::declaration::Date;
use crate::features::Plan;
use crate::learn::Settings;
use crate::model::Training;

/// Forests that are averaged.
pub const MEMBERS: u8 = 1;

/// Names of the features by family: the family's word for `without`, and its features.
pub const FAMILIES: [(&str, &[&str]); 7] = [
    ("own", &["log-price", "log-mass", "log-unit-price", "tax-rate", "log-duty", "other-origin"]),
    (
        "codes",
        &[
            "share(office)",
            "share(import-type)",
            "share(payment)",
            "share(courier)",
            "share(hs6)",
            "share(hs4)",
            "share(departure)",
            "share(origin)",
            "share(tax-type)",
            "share(origin-mark)",
        ],
    ),
    (
        "identities",
        &[
            "share(declarant)",
            "share(importer)",
            "share(seller)",
            "recent-share(importer)",
            "recent-share(seller)",
            "recent-share(hs6)",
        ],
    ),
    (
        "counts",
        &[
            "inspected(declarant)",
            "inspected(importer)",
            "inspected(seller)",
            "inspected(hs6)",
            "since(importer)",
            "since(seller)",
        ],
    ),
    ("prices", &["price-ratio(hs6)", "price-ratio(importer)", "price-ratio(hs6+origin)"]),
    (
        "pairs",
        &[
            "share(importer+hs6)",
            "share(seller+hs6)",
            "share(declarant+hs6)",
            "share(hs6+origin)",
            "share(hs4+origin)",
        ],
    ),
    (
        "repeats",
        &[
            "share(price)",
            "inspected(price)",
            "share(mass)",
            "inspected(mass)",
            "share(near-price)",
            "share(near-unit-price)",
            "inspected(near-unit-price)",
            "share(price+hs6)",
            "inspected(price+hs6)",
            "share(mass+hs6)",
            "inspected(mass+hs6)",
            "share(price+mass)",
            "share(hs4+mass)",
            "share(hs4+price)",
        ],
    ),
];

/// What a model looks at, without some families.
pub fn plan(without: &[&str]) -> Plan {
    let mut plan = Plan { smoothing: 3.0, ..Plan::empty() };
    let families = FAMILIES.iter().filter(|(family, _)| !without.contains(family));
    for name in families.flat_map(|(_, names)| names.iter()) {
        let added = plan.add(name);
        debug_assert!(added, "{name}");
    }
    plan
}

/// How a model is trained up to a day and tuned up to a later one.
pub fn training(train_until: Date, tune_until: Date, seed: u64) -> Training {
    Training {
        plan: plan(&[]),
        settings: Settings {
            trees: 400,
            leaves: 15,
            learning_rate: 0.1,
            l2: 2.0,
            child_weight: 5.0,
            column_share: 0.3,
            ..Settings::default()
        },
        members: usize::from(MEMBERS),
        seed,
        train_until,
        tune_until,
        again: true,
    }
}
