//! The window of another country as this one meets it: the documents of its own platform, payment firm and carrier come from it in the
//! neutral form, without its knowing CEB, and documents go to it in the same. What it would check in its books is simulated; the
//! trades are invented. Leaves to others: the form (`exchange::neutral`), and who may send what.

use ceb::Document;
use clearance::party::Filing;
use clearance::sample::Trade;
use exchange::neutral;
use serde_json::{Value, json};

/// Country of departure of its trades, in the codes of customs: Laos.
const COUNTRY: &str = "119";
/// They come by rail.
const RAIL: &str = "3";

/// An invented trade as one through this window: on its platform, paid and carried by its firms, by rail from its country.
#[must_use]
pub fn through(mut trade: Trade, window: &Filing) -> Trade {
    let (code, name) = (&window.code, &window.name);
    let order = &mut trade.order.head;
    (order.ebp_code, order.ebp_name) = (code.clone(), name.clone());
    (order.pay_code, order.pay_name) = (Some(code.clone()), Some(name.clone()));
    trade.order.lines.iter_mut().for_each(|line| line.country = COUNTRY.into());
    let payment = &mut trade.payment;
    (payment.ebp_code, payment.ebp_name) = (code.clone(), name.clone());
    (payment.pay_code, payment.pay_name) = (code.clone(), name.clone());
    let waybill = &mut trade.waybill;
    (waybill.logistics_code, waybill.logistics_name) = (code.clone(), name.clone());
    let head = &mut trade.declaration.head;
    (head.ebp_code, head.ebp_name) = (code.clone(), name.clone());
    (head.logistics_code, head.logistics_name) = (code.clone(), name.clone());
    (head.traf_mode, head.country) = (RAIL.into(), COUNTRY.into());
    head.traf_no = Some("样例中老班列".into());
    for line in &mut trade.declaration.lines {
        (line.country, line.trade_country) = (COUNTRY.into(), Some(COUNTRY.into()));
    }
    trade
}

/// The parcel's arrival at the site, by rail.
pub fn arrival(mut arrival: ceb::Arrival) -> ceb::Arrival {
    arrival.head.traf_mode = RAIL.into();
    arrival
}

/// Order, payment and waybill of a trade as this window sends them: one message each, in the neutral form.
pub fn messages(trade: &Trade, window: &Filing) -> Vec<Value> {
    let transfer = json!({
        "copCode": window.code.as_str(), "copName": window.name.as_str(), "dxpMode": "DXP",
        "dxpId": window.exchange_ids.first().map_or("", |id| id.as_str()),
    });
    let of = |(_, document): (_, Document)| {
        let record = neutral::record(&document);
        neutral::message(&document.guid(), document.kind(), &[record], Some(&transfer))
    };
    // Of the list there is no such form: it is the agent's here.
    trade.documents().into_iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clearance::keys::Time;
    use clearance::sample;

    #[test]
    fn its_documents_are_read_here_as_what_they_were() {
        let partners = sample::partners();
        let window = partners.iter().find(|filing| filing.code == sample::ABROAD_CODE).unwrap();
        let trade = through(Trade::new(7, 1, Time(1_795_399_200_000), 1_000), window);
        let sent = messages(&trade, window);
        assert_eq!(sent.len(), 3);
        for (message, (sender, document)) in sent.iter().zip(trade.documents()) {
            assert_eq!(sender, window.code, "{document:?}");
            let read = neutral::parse(message.to_string().as_bytes()).unwrap();
            let ceb = neutral::to_ceb(&read).unwrap().to_string();
            let parsed = ceb::parse_json(ceb.as_bytes(), &ceb::Limits::default());
            assert_eq!(parsed.defects, [], "{message}");
            let back = parsed.message.unwrap();
            assert_eq!((&back.entries[0].document, back.entries.len()), (&document, 1));
            assert_eq!(back.transfer.unwrap().dxp_id, window.exchange_ids[0]);
        }
        let text = sent[0].to_string();
        assert!(
            text.contains("\"CountryCode\":\"LA\"") && text.contains("\"CNY\"") && !text.contains("ebpCode"),
            "{text}"
        );
    }
}
