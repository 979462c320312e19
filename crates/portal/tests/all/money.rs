//! Bills with guarantees, and the box for everything, for the gallery.

use crate::gallery::{both, frame};
use portal::Language;
use portal::answers::bills::{BillDays, Billed, Bills, Guarantee};
use portal::answers::search::{Found, Goods, Party};
use portal::answers::{Line, Rule};
use portal::pages::{bills, search};

fn a_line() -> Line {
    Line {
        platform: "5301960101".into(),
        order_no: "样例/1?".into(),
        state: 800,
        state_word: Some("released".into()),
        invt_no: Some("86202026I000000001".into()),
        changed: "20261123100000123".into(),
        ..Line::default()
    }
}

fn some_bills() -> Bills {
    let bill = |paid: bool, overdue: bool| BillDays {
        tax_no: "T1<b>".into(),
        ent_duty_no: overdue.then(|| "N1".into()),
        owed: if paid { "0".into() } else { "1109.25".into() },
        released_on: "20261123".into(),
        paid,
        overdue,
        settled_by: (!paid).then(|| "20261224000000000".into()),
        pay_by: (!paid).then(|| "20270108000000000".into()),
    };
    let billed = |bill| Billed { line: a_line(), bill };
    let guarantee = |left: &str| Guarantee {
        guarantor: "5301980501".into(),
        limit: "1000000".into(),
        used: "1109.25".into(),
        held: "20".into(),
        left: left.into(),
    };
    Bills {
        bills: vec![billed(bill(false, false)), billed(bill(false, true)), billed(bill(true, false))],
        next: Some("9".into()),
        guarantees: vec![guarantee("998870.75"), guarantee("-1")],
        payable: Some("1109.25".into()),
    }
}

fn some_hits() -> Found {
    Found {
        trades: vec![a_line()],
        parties: vec![Party {
            party: "5301980501".into(),
            name: "样例 <b>".into(),
            suspended: true,
            roles: vec!["agent".into()],
        }],
        rules: vec![Rule { rule: "buyer-name-differs".into(), why: both("why", "因"), ..Rule::default() }],
        goods: vec![Goods { code: "33049900".into(), name: "面霜".into() }],
        most: 1,
    }
}

/// The pages, by name.
pub fn pages(language: Language) -> Vec<(&'static str, String)> {
    let frame = frame(language, true);
    let bills = |told: Bills, which: &str| {
        let view = bills::View { told, which: which.into(), after: "3".into() };
        bills::page(&frame, &view).shown(&frame)
    };
    let none = Bills { payable: Some("0".into()), ..Bills::default() };
    let none_here = Bills { next: Some("9".into()), ..Bills::default() };
    let search = |found: Option<Found>, fault: &str| {
        let view =
            search::View { text: "样例<b>".into(), fault: fault.into(), office: found.is_some(), found };
        search::page(&frame, &view).shown(&frame)
    };
    vec![
        ("bills", bills(some_bills(), "owed")),
        ("bills-none", bills(none, "")),
        ("bills-none-here", bills(none_here, "overdue")),
        ("search", search(Some(some_hits()), "")),
        ("search-nothing", search(Some(Found { most: 20, ..Found::default() }), "")),
        ("search-wrong", search(None, "text: <b>")),
    ]
}
