//! Where exports stand: what the states of trades and of applications to summarise give to their datasets. What their
//! documents give is `project::of_document`, as of imports.

use crate::Shared;
use crate::catalogue::{FieldKind, Own};
use crate::project::object;
use ceb::Document;
use clearance::export::{ExportState, ExportSummary, ExportTrade};
use clearance::outcome::Outcome;
use serde_json::{Value, json};

pub(crate) const CLEARANCES: [Own; 30] = [
    ("merchant", FieldKind::Text, true, "merchant code"),
    ("orderNo", FieldKind::Text, true, "order number of the platform"),
    ("version", FieldKind::Whole, true, "version of the trade: the newest counts"),
    ("attempt", FieldKind::Whole, true, "number of the attempt to declare"),
    ("state", FieldKind::Whole, true, "state of the list: 2, 100, 300, 399, 800, 899, …"),
    ("stateWord", FieldKind::Text, true, "the same in a word"),
    ("time", FieldKind::Time, true, "when it became so"),
    ("preNo", FieldKind::Text, false, "pre-entry number"),
    ("invtNo", FieldKind::Text, false, "declaration number"),
    ("customsCode", FieldKind::Text, true, "district where declared"),
    ("portCode", FieldKind::Text, true, "district of exit"),
    ("tradeMode", FieldKind::Text, true, "supervision mode"),
    ("statisticsFlag", FieldKind::Text, true, "A simplified declaration, B summary later"),
    ("platform", FieldKind::Text, true, "platform code; 无 for a foreign platform without one"),
    ("agent", FieldKind::Text, true, "declaring unit code"),
    ("owner", FieldKind::Text, true, "producing or selling unit code; NO where it is not registered"),
    ("logistics", FieldKind::Text, true, "logistics firm code"),
    ("logisticsNo", FieldKind::Text, true, "waybill number"),
    ("country", FieldKind::Text, true, "country of destination"),
    ("billNo", FieldKind::Text, false, "master bill that the parcel goes under"),
    ("arrived", FieldKind::Truth, true, "whether the parcel arrived at the site"),
    ("leftOn", FieldKind::Day, false, "day on which the parcel left the country"),
    (
        "closedOn",
        FieldKind::Day,
        false,
        "day on which the list was closed: its month is the one whose summary it belongs to",
    ),
    ("lines", FieldKind::Whole, true, "number of lines"),
    ("goodsValue", FieldKind::Decimal, false, "value of goods of the order"),
    ("goodsCurrency", FieldKind::Text, false, "its currency"),
    ("received", FieldKind::Decimal, false, "money received for the order"),
    ("receivedCurrency", FieldKind::Text, false, "its currency"),
    ("payCode", FieldKind::Text, false, "payment firm code, of a domestic one"),
    ("payNo", FieldKind::Text, false, "payment number"),
];

pub(crate) const SUMMARIES: [Own; 16] = [
    ("agent", FieldKind::Text, true, "declaring unit code"),
    ("copNo", FieldKind::Text, true, "enterprise's number of the application"),
    ("version", FieldKind::Whole, true, "version of the application: the newest counts"),
    (
        "state",
        FieldKind::Whole,
        true,
        "1 staged, 100 a part was rejected, 120 parts are awaited, 399 concluded, 0 deleted",
    ),
    ("time", FieldKind::Time, true, "when it became so"),
    ("preNo", FieldKind::Text, true, "pre-entry number"),
    ("sumNo", FieldKind::Text, false, "number of the summary, once it is concluded"),
    ("customsCode", FieldKind::Text, false, "district where declared"),
    ("merchant", FieldKind::Text, false, "merchant code"),
    ("declAgent", FieldKind::Text, false, "code of the unit that files the customs declaration"),
    ("periodFrom", FieldKind::Text, false, "begin of the period that is summarised, yyyyMMddHHmmss"),
    ("periodTo", FieldKind::Text, false, "its end, yyyyMMddHHmmss"),
    ("lists", FieldKind::Whole, true, "number of lists that it has"),
    ("invtNos", FieldKind::Texts, true, "their declaration numbers"),
    ("declarations", FieldKind::Texts, true, "unified numbers of the customs declarations that came of it"),
    ("grossWeight", FieldKind::Decimal, false, "gross weight of these in kilograms"),
];

/// The trades that an event changed.
pub(crate) fn trades(outcome: &Outcome) -> impl Iterator<Item = &ExportTrade> {
    outcome.export.states.iter().filter_map(|state| state.trade().map(|trade| &**trade))
}

/// The applications to summarise that an event changed.
pub(crate) fn summaries(outcome: &Outcome) -> impl Iterator<Item = &ExportSummary> {
    outcome.export.states.iter().filter_map(|state| match state {
        ExportState::Summary(summary) => Some(&**summary),
        _ => None,
    })
}

/// Where an export trade stands; its documents have to be there. None = nothing is declared yet.
pub fn clearance(trade: &ExportTrade) -> Option<Shared> {
    let attempt = trade.attempt.as_ref()?;
    let declaration = trade.declaration()?;
    let (head, carriage) = (&declaration.head, trade.carriage.as_ref());
    let mut values = json!({
        "merchant": trade.key.merchant.as_str(),
        "orderNo": trade.key.order_no.as_str(),
        "version": trade.version,
        "attempt": attempt.number,
        "state": attempt.state.number(),
        "stateWord": attempt.state.word(),
        "time": trade.last_time.stamp_millis().to_string(),
        "customsCode": head.customs_code.as_str(),
        "portCode": head.port_code.as_str(),
        "tradeMode": head.trade_mode.as_str(),
        "statisticsFlag": head.statistics_flag.as_str(),
        "platform": head.ebp_code.trim(),
        "agent": head.agent_code.trim(),
        "owner": head.owner_code.trim(),
        "logistics": head.logistics_code.trim(),
        "logisticsNo": head.logistics_no.trim(),
        "country": head.country.as_str(),
        "arrived": carriage.is_some_and(|carriage| carriage.arrived.is_some()),
        "lines": declaration.lines.len(),
    });
    let mut more = |name: &str, text: Option<String>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            values[name] = Value::String(text);
        }
    };
    more("preNo", Some(attempt.pre_no.to_string()));
    more("invtNo", attempt.invt_no.as_ref().map(ToString::to_string));
    let bill = carriage.and_then(|carriage| carriage.bill.as_ref());
    more("billNo", bill.map(|bill| bill.bill_no.to_string()));
    let departed = carriage.and_then(|carriage| carriage.departed.as_ref());
    more("leftOn", departed.map(|mark| mark.left_on.to_string()));
    more("closedOn", attempt.closed_on.map(|day| day.to_string()));
    if let Some(Document::ExportOrder(order)) = trade.order.as_ref().map(|filed| &*filed.document) {
        more("goodsValue", Some(order.head.goods_value.to_string()));
        more("goodsCurrency", Some(order.head.currency.to_string()));
    }
    if let Some(Document::ExportPayment(payment)) = trade.payment.as_ref().map(|filed| &*filed.document) {
        more("received", Some(payment.charge.to_string()));
        more("receivedCurrency", Some(payment.currency.to_string()));
        more("payCode", payment.pay_code.as_ref().map(ToString::to_string));
        more("payNo", payment.pay_no.as_ref().map(ToString::to_string));
    }
    let subject = format!("{}/{}", trade.key.merchant, trade.key.order_no);
    Some(Shared { subject, parties: trade.parties(), values: object(values) })
}

/// Where an application to summarise stands; its documents have to be there.
pub fn summary(summary: &ExportSummary) -> Shared {
    let (_, agent, cop_no) = summary.key.parts();
    let numbers: Vec<&str> = summary.members().map(|member| member.list.invt_no.as_str()).collect();
    let declarations: Vec<&str> = summary.declarations.iter().map(|one| one.number.as_str()).collect();
    let mut weights = summary.declarations.iter().map(|one| one.gross_weight);
    let gross = weights.try_fold(ceb::Decimal::ZERO, ceb::Decimal::checked_add);
    let mut values = json!({
        "agent": agent.as_str(),
        "copNo": cop_no,
        "version": summary.version,
        "state": summary.status(),
        "time": summary.last_time.stamp_millis().to_string(),
        "preNo": summary.pre_no.as_str(),
        "lists": numbers.len(),
        "invtNos": numbers,
        "declarations": declarations,
    });
    let mut more = |name: &str, text: Option<String>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            values[name] = Value::String(text);
        }
    };
    more("sumNo", summary.sum_no.as_ref().map(ToString::to_string));
    more("grossWeight", gross.filter(|_| !summary.declarations.is_empty()).map(|gross| gross.to_string()));
    if let Some(application) = summary.application() {
        let head = &application.head;
        more("customsCode", Some(head.customs_code.to_string()));
        more("merchant", Some(head.ebc_code.trim().to_owned()));
        more("declAgent", Some(head.decl_agent_code.trim().to_owned()));
        more("periodFrom", head.start_time.map(|time| time.to_string()));
        more("periodTo", head.end_time.map(|time| time.to_string()));
    }
    Shared { subject: format!("{agent}/{cop_no}"), parties: summary.parties(), values: object(values) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use super::*;
    use crate::{Dataset, Mask};
    use clearance::consignment::{Filed, State};
    use clearance::export::{DepartureMark, ExportAttempt, ExportCarriage, ExportTradeKey};
    use clearance::keys::{Position, Time, WaybillKey};
    use clearance::sample::Export;
    use std::collections::BTreeSet;
    use std::sync::Arc;

    /// 2026-11-23 10:00 in China.
    const NOW: Time = Time(1_795_399_200_000);

    fn filed(document: Document) -> Filed {
        Filed {
            document: Arc::new(document),
            position: Position::default(),
            fingerprint: [0; 16],
            app_time: clearance::sample::stamp(NOW),
            sender: "5301960201".into(),
            recipient: "DXPENT0000000001".into(),
            copies: Vec::new(),
            status: 2,
        }
    }

    fn trade(export: &Export) -> ExportTrade {
        let head = &export.declaration.head;
        let mut trade = ExportTrade::new(ExportTradeKey::new(&head.ebc_code, &head.order_no));
        trade.version = 4;
        trade.last_time = NOW;
        trade.order = Some(filed(Document::ExportOrder(export.order.clone())));
        trade.payment = Some(filed(Document::ExportPayment(export.payment.clone())));
        trade.carriage = Some(ExportCarriage {
            key: WaybillKey::new(&head.logistics_code, &head.logistics_no),
            waybill: None,
            bill: None,
            arrived: None,
            departed: Some(DepartureMark {
                position: Position::default(),
                bill_no: "".into(),
                left_on: ceb::Day::parse("20261124").unwrap(),
            }),
        });
        trade.attempt = Some(ExportAttempt {
            number: 1,
            declaration: filed(Document::ExportDeclaration(export.declaration.clone())),
            state: State::Closed,
            pre_no: "".into(),
            invt_no: Some("86202026E000000001".into()),
            business_date: ceb::Day::parse("20261123").unwrap(),
            rulebook: 1,
            lane: None,
            findings: Vec::new(),
            remarks: Vec::new(),
            closed_on: None,
        });
        trade
    }

    #[test]
    fn a_trade_says_what_tax_and_foreign_exchange_need() {
        let export = Export::new(7, 1, NOW);
        let mut trade = trade(&export);
        let shared = clearance(&trade).unwrap();
        let merchant = export.order.head.ebc_code.as_str();
        assert_eq!(shared.subject, format!("{merchant}/{}", export.order.head.order_no));
        let values = &shared.values;
        assert_eq!((values["state"].as_u64(), values["leftOn"].as_str()), (Some(899), Some("20261124")));
        assert_eq!(values["received"], export.payment.charge.to_string());
        assert_eq!(values["goodsCurrency"], "142");
        assert!(values.get("preNo").is_none() && values.get("billNo").is_none(), "{values:?}");
        let known: BTreeSet<String> =
            Dataset::ExportClearances.fields().into_iter().map(|field| field.name).collect();
        assert!(values.keys().all(|name| known.contains(name)), "{values:?}");
        assert!(shared.parties.iter().any(|code| code == merchant), "{:?}", shared.parties);
        trade.attempt = None;
        assert!(clearance(&trade).is_none());
    }

    #[test]
    fn documents_of_exports_are_named_by_their_own_keys() {
        let export = Export::new(7, 1, NOW);
        let all = Export::master_bill(&[&export], NOW).unwrap();
        let head = &export.declaration.head;
        let order = format!("{}/{}", head.ebc_code, head.order_no);
        for (document, subject) in [
            (Document::ExportOrder(export.order.clone()), order.clone()),
            (Document::ExportPayment(export.payment.clone()), order.clone()),
            (Document::ExportDeclaration(export.declaration.clone()), order),
            (
                Document::ExportWaybill(export.waybill.clone()),
                format!("{}/{}", head.logistics_code, head.logistics_no),
            ),
            (Document::MasterBill(all.clone()), format!("{}/{}", all.head.agent_code, all.head.cop_no)),
        ] {
            let shared = crate::project::of_document(&document, &Mask::default());
            assert_eq!(shared.subject, subject);
            assert!(
                !shared.parties.is_empty() && shared.parties.iter().all(|code| code.len() == 10),
                "{shared:?}"
            );
        }
    }
}
