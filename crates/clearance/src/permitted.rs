//! What filings permit, as far as a judgement on a list looks at it: modes for which pilot enterprises are designated, and the
//! service of collection across the border of the payment firm that received the money of an export, and for whom a declaring unit
//! acts. A filing that says nothing of modes, services or principals limits nobody. What other documents rest on is `validate`'s.

use crate::Text;
use crate::finding::Finding;
use crate::party::{Entrusted, Parties, Service, counterpart_of};
use crate::reason::Reason;
use crate::rulebook::{Confidence, Law, Rulebook};
use ceb::{Day, Decimal, ExportPayment};

/// The service of whoever receives the money of an export (`services.csv`).
const COLLECTION: &str = "cross-border-collection";
/// The parameter by which platform and merchant are looked at beside the declaring unit.
const ENTERPRISES: &str = "modes_of_enterprises";

/// A finding of its own, or that a row which is not sure decided.
fn finding(reason: Reason, confidence: Confidence, table: &str, told: &str) -> Finding {
    if confidence.is_sure() {
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
    // Which outside system an agency is says nothing of what it may collect.
    let services = parties.find(code, day)?.services.iter();
    let services: Vec<&Service> = services.filter(|one| counterpart_of(&one.service).is_none()).collect();
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

/// That the declaring unit of a list acts for its merchant by no power of attorney that is filed: it has filed its principals, and
/// the merchant is none of them that day; nor has the merchant named it as its domestic agent. Nobody needs one for himself.
pub(crate) fn represented([agent, merchant]: [&Text; 2], parties: &Parties, law: &Law) -> Option<Finding> {
    let day = law.day;
    let (agent, merchant) = (agent.trim(), merchant.trim());
    if law.powers_of_attorney == 0 || parties.same(agent, merchant, day) {
        return None;
    }
    let acts = parties.find(agent, day)?;
    let of = parties.find(merchant, day);
    let principals = acts.principals.as_slice();
    if principals.is_empty() && law.powers_of_attorney < 2 {
        return None;
    }
    let holds = |power: &&Entrusted| power.holds_on(day);
    let names =
        |power: &Entrusted| power.code == merchant || of.is_some_and(|filing| filing.is_called(&power.code));
    let entrusts = of.and_then(|filing| filing.domestic_agent.as_ref()).filter(holds);
    if principals.iter().filter(holds).any(names) || entrusts.is_some_and(|power| acts.is_called(&power.code))
    {
        return None;
    }
    // For whom else it acts is nobody's business; that a power for this merchant has ended is.
    let lapsed = principals.iter().rev().find(|power| names(power));
    let lapsed = lapsed.map_or_else(String::new, |power| {
        let last = power.valid_to.map(|last| last.to_string()).unwrap_or_default();
        format!("{}–{last}", power.valid_from)
    });
    Some(
        Finding::new(Reason::PrincipalNotNamed)
            .argument(format!("：申报单位{agent}，电商企业{merchant}"))
            .field("InventoryHead.agentCode", agent)
            .field("InventoryHead.ebcCode", merchant)
            .field("power of attorney", lapsed)
            .resting_on(law, "powers_of_attorney"),
    )
}
