//! The model as it is trained unless somebody says otherwise: features and parameters, chosen on the tuning months of the public
//! data set and by a rolling split inside its first twelve months. docs/risk-model.md has what each brings. Of exports there is no
//! public set: their features are those of imports with the fields that exports have, and the price against the merchant's own.

use crate::declaration::{Date, Trade};
use crate::features::Plan;
use crate::learn::Settings;
use crate::model::Training;

/// Forests that are averaged.
pub const MEMBERS: u8 = 1;

/// Names of the features of imports by family: the family's word for `without`, and its features.
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
    ("repeats", &REPEATS),
];

/// The same of exports, under the same words.
const EXPORT_FAMILIES: [(&str, &[&str]); 7] = [
    ("own", &["log-price", "log-mass", "log-unit-price", "log-to-median"]),
    (
        "codes",
        &[
            "share(office)",
            "share(exit)",
            "share(process)",
            "share(statistics)",
            "share(transport)",
            "share(platform)",
            "share(courier)",
            "share(site)",
            "share(hs6)",
            "share(hs4)",
            "share(destination)",
            "share(currency)",
        ],
    ),
    (
        "identities",
        &[
            "share(declarant)",
            "share(merchant)",
            "share(producer)",
            "recent-share(merchant)",
            "recent-share(producer)",
            "recent-share(hs6)",
        ],
    ),
    (
        "counts",
        &[
            "inspected(declarant)",
            "inspected(merchant)",
            "inspected(producer)",
            "inspected(hs6)",
            "seen(merchant)",
            "since(merchant)",
            "since(producer)",
        ],
    ),
    (
        "prices",
        &[
            "price-ratio(hs6)",
            "price-ratio(merchant)",
            "price-ratio(merchant+hs6)",
            "price-ratio(hs6+destination)",
        ],
    ),
    (
        "pairs",
        &[
            "share(merchant+hs6)",
            "share(producer+hs6)",
            "share(declarant+hs6)",
            "share(merchant+destination)",
            "share(hs6+destination)",
        ],
    ),
    ("repeats", &REPEATS),
];

/// Values and masses that come again.
const REPEATS: [&str; 14] = [
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
];

/// The families of a trade: the same words of both.
pub fn families(trade: Trade) -> &'static [(&'static str, &'static [&'static str])] {
    match trade {
        Trade::Import => &FAMILIES,
        Trade::Export => &EXPORT_FAMILIES,
    }
}

/// What a model of a trade looks at, without some families.
pub fn plan(trade: Trade, without: &[&str]) -> Plan {
    let mut plan = Plan { smoothing: 3.0, ..Plan::empty() };
    let families = families(trade).iter().filter(|(family, _)| !without.contains(family));
    for name in families.flat_map(|(_, names)| names.iter()) {
        let added = plan.add(name);
        debug_assert!(added, "{name}");
    }
    plan
}

/// How a model of a trade is trained up to a day and tuned up to a later one.
pub fn training(trade: Trade, train_until: Date, tune_until: Date, seed: u64) -> Training {
    Training {
        trade,
        plan: plan(trade, &[]),
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
