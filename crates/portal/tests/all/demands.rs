//! The pages of demands and offers, for the gallery.

use crate::gallery::frame;
use portal::Language;
use portal::answers::Both;
use portal::answers::registers::{Fault, Record};
use portal::pages::demands::{DEMANDS, Demands, OFFERS, Offers, page};
use portal::pages::record;
use serde_json::{Value, json};

fn a_line(register: &str, id: &str, state: &str, yours: bool, summary: Value) -> Record {
    Record {
        register: register.into(),
        id: id.into(),
        version: 1,
        state: state.into(),
        created: "20261123100000000".into(),
        changed: "20261123100000000".into(),
        summary: summary.as_object().unwrap().clone(),
        yours,
        ..Record::default()
    }
}

fn a_demand(state: &str, yours: bool) -> Record {
    let summary = json!({"kind": "transport", "goods": "样例<b>", "from": "样例港", "to": "样例城", "deadline": "20261207"});
    a_line(DEMANDS, "abcde-fghij", state, yours, summary)
}

fn an_offer(state: &str, yours: bool) -> Record {
    let summary =
        json!({"goods": "样例<b>", "price": "1234.56", "currency": "142", "validUntil": "20261205"});
    let mut offer = a_line(OFFERS, "5301960401:abcde-fghij", state, yours, summary);
    offer.body = json!({"offered": {"price": "1234.56", "currency": "142", "term": "5<b>", "conditions": "样例<b>", "validUntil": "20261205"}});
    offer
}

pub fn pages(language: Language) -> Vec<(&'static str, String)> {
    let inside = frame(language, true);
    let full = Demands {
        waiting: vec![a_demand("open", false)],
        mine: vec![a_demand("open", true), a_demand("accepted", true)],
        offers: vec![an_offer("offered", true), an_offer("not-chosen", true)],
        standing: vec!["abcde-fghij".into()],
        more: true,
        applies: true,
    };
    let fault = Fault {
        path: "offerVersion".into(),
        value: "1".into(),
        expected: Both { zh: "别的".into(), en: "something else".into() },
    };
    let own = record::View {
        record: Record { body: json!({"routed": 2}), ..a_demand("open", true) },
        offers: Some(Offers {
            offers: vec![an_offer("offered", false), an_offer("withdrawn", false)],
            ..Offers::default()
        }),
        sent: Some(record::Sent { action: "accept".into(), faults: vec![fault], ..record::Sent::default() }),
        ..record::View::default()
    };
    let asked = record::View {
        record: a_demand("open", false),
        offers: Some(Offers { may_offer: true, ..Offers::default() }),
        ..record::View::default()
    };
    let unanswered = record::View {
        record: Record { body: json!({"routed": 2}), ..a_demand("open", true) },
        offers: Some(Offers::default()),
        ..record::View::default()
    };
    vec![
        ("demands", page(&inside, &full).shown(&inside)),
        ("demands-none", page(&inside, &Demands::default()).shown(&inside)),
        ("demand", record::page(&inside, &own).shown(&inside)),
        ("demand-asked", record::page(&inside, &asked).shown(&inside)),
        ("demand-unanswered", record::page(&inside, &unanswered).shown(&inside)),
    ]
}
