//! What filings permit, as far as a judgement on a list looks at it: modes for which pilot enterprises are designated, and the
//! service of collection across the border of the payment firm that received the money of an export. A filing that says nothing
//! of modes, or of services, limits nobody. What other documents rest on is `validate`'s.

use crate::Text;
use crate::finding::Finding;
use crate::party::Parties;
use crate::reason::Reason;
use crate::rulebook::{Confidence, Law, Rulebook};
use ceb::{Day, Decimal, ExportPayment};

/// The service of whoever receives the money of an export (`services.csv`).
const COLLECTION: &str = "cross-border-collection";
/// The parameter by which platform and merchant are looked at beside the declaring unit.
const ENTERPRISES: &str = "modes_of_enterprises";

/// Whether a row that is so sure may reject; otherwise a person decides.
fn is_sure(confidence: Confidence) -> bool {
    matches!(confidence, Confidence::Seen | Confidence::Known)
}

/// A finding of its own, or that a row which is not sure decided.
fn finding(reason: Reason, confidence: Confidence, table: &str, told: &str) -> Finding {
    if is_sure(confidence) {
        Finding::new(reason).argument(told)
    } else {
        Finding::new(Reason::UncertainRow).uncertain().field("table", table)
    }
}

/// Of the declaring unit, the platform and the merchant of a list those whose filing limits them to other modes than the list's.
pub(crate) fn modes(
    mode: &Text,
    [agent, platform, merchant]: [&Text; 3],
    parties: &Parties,
    law: &Law,
    book: &Rulebook,
) -> Vec<Finding> {
    let day = law.day;
    let row = book.parameters.confidence(ENTERPRISES, day);
    // Of the declaring unit it is the filing alone that says so.
    let agent = ("申报单位", "InventoryHead.agentCode", agent, Confidence::Known);
    let enterprises = [
        ("电商平台", "InventoryHead.ebpCode", platform, row),
        ("电商企业", "InventoryHead.ebcCode", merchant, row),
    ];
    let enterprises = enterprises.into_iter().filter(|_| law.modes_of_enterprises == 1);
    let mut found = Vec::new();
    for (who, path, code, confidence) in std::iter::once(agent).chain(enterprises) {
        let filing = parties.find(code.trim(), day);
        let modes = filing.map_or(&[] as &[Text], |filing| filing.modes.as_slice());
        if modes.is_empty() || modes.contains(mode) {
            continue;
        }
        let modes: Vec<&str> = modes.iter().map(Text::as_str).collect();
        let told = format!("：{who}{}获准的监管方式为{}", code.trim(), modes.join("/"));
        let table = format!("parameters.csv {ENTERPRISES}");
        found.push(
            finding(Reason::ModeNotPermitted, confidence, &table, &told)
                .field("InventoryHead.tradeMode", mode)
                .field(path, code.trim())
                .field("permitted modes", modes.join(" ")),
        );
    }
    found
}

/// That the payment firm which received the money of an export may not collect it across the border: its services are filed, and none
/// of them is that one, on that day, in that currency and amount. A limit is held against the amount in CNY where there is a rate.
pub(crate) fn collection(
    payment: &ExportPayment,
    parties: &Parties,
    book: &Rulebook,
    day: Day,
) -> Option<Finding> {
    let row = book.services.find(COLLECTION, day)?;
    let code = payment.pay_code.as_deref().map(str::trim).filter(|code| !code.is_empty())?;
    let services = &parties.find(code, day)?.services;
    let amount = book.rates.in_cny(&payment.currency, payment.charge, day).unwrap_or(Decimal::ZERO);
    let transaction = Some((payment.currency.as_str(), amount));
    let may = services.iter().any(|one| one.service == row.service && one.covers(day, transaction));
    if services.is_empty() || may {
        return None;
    }
    let held: Vec<&str> =
        services.iter().filter(|one| one.holds_on(day)).map(|one| one.service.as_str()).collect();
    let table = format!("services.csv {COLLECTION}");
    let told = format!("：{code}未获准{}", row.name_zh);
    Some(
        finding(Reason::CollectionNotPermitted, row.confidence, &table, &told)
            .field("Receipts.payCode", code)
            .field("Receipts.currency", &payment.currency)
            .field("Receipts.charge", payment.charge)
            .field("permitted services", held.join(" "))
            .field("needed", COLLECTION),
    )
}
