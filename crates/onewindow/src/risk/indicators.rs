//! Which rules are for which sort of planted fraud: by this each indicator is measured by itself. Rules do not know of it, and neither
//! do those who plant.

/// Sort of fraud, and the rules that are for it.
const INDICATORS: [(&str, &[&str]); 21] = [
    (
        "order-splitting",
        &[
            "splitting-below-limit",
            "splitting-goods",
            "address-identities",
            "just-below-limit",
            "address-burst",
            "telephone-identities",
        ],
    ),
    ("borrowed-quota", &["identity-telephones", "identity-addresses", "identities-of-telephone"]),
    ("stolen-identity", &["first-use-burst", "identity-burst"]),
    ("child", &["buyer-child"]),
    ("other-payer", &["payer-differs"]),
    ("undervaluation", &["price-under-market", "price-under-own", "low-milk-price", "low-perfume-price"]),
    ("weight", &["weight-against-piece"]),
    ("misclassification", &["name-against-hs"]),
    ("brushing", &["same-weight", "weight-against-piece"]),
    ("second-sale", &["bulk-to-address"]),
    ("brand", &["brand-unauthorised", "brand-under-floor"]),
    (
        "forbidden",
        &["prohibited-list", "prohibited-words", "restricted-list", "medicine-words", "quarantine-goods"],
    ),
    ("recall", &["recalled"]),
    ("borrowed-device", &["device-many-identities"]),
    ("export-overvaluation", &["export-price-over-market", "export-price-over-own"]),
    ("export-waybill-twice", &["export-waybill-again"]),
    ("export-round-trip", &["export-goods-come-back"]),
    ("export-new-merchant", &["export-new-burst"]),
    ("export-misclassification", &["export-name-against-hs"]),
    ("export-brand", &["export-brand-unauthorised"]),
    ("export-forbidden", &["export-prohibited", "export-relics"]),
];

/// The rules that are for a sort of fraud.
pub(super) fn rules(sort: &str) -> &'static [&'static str] {
    INDICATORS.into_iter().find(|(own, _)| *own == sort).map_or(&[], |(_, rules)| rules)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::{export_fraud, fraud};
    use clearance::Rulebook;

    #[test]
    fn every_sort_has_rules_and_every_rule_is_one() {
        let book = Rulebook::builtin();
        let sorts: Vec<&str> = fraud::sorts().chain(export_fraud::sorts()).collect();
        assert_eq!(sorts, INDICATORS.map(|(sort, _)| sort));
        for (sort, rules) in INDICATORS {
            assert!(!rules.is_empty(), "{sort}");
            let unknown = rules.iter().find(|rule| !book.risk.has_rule(rule));
            assert_eq!(unknown, None, "{sort}");
        }
    }
}
