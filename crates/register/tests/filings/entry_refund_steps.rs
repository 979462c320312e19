//! Refunds on entering a zone against those who would have more of them: what others claim of an invoice, goods divided over lines,
//! another lot than the one that was named, and whatever may be done in whichever order.

use super::Office;
use super::entry_refunds::{
    BOOK, INVOICE, KNOWN, accepted, act, application, applied, apply, body, by, exporter, fault, leaves,
    paid, state, tax, told, zone,
};
use clearance::party::Role;
use clearance::record::{RecordKey, Register};
use clearance::sample;
use register::entry_refund::{Standing, invoice_key, lot_key};
use register::view::View;
use serde_json::{Value, json};

const OTHER: &str = "5301960202";

/// A second checklist, of ten tins that another exported.
fn anothers(office: &mut Office) -> (RecordKey, Value) {
    let line = json!({"operation": "enter-domestic", "item": "1", "lot": "L2", "origin": "142", "quantity": "10",
        "quantity1": "9", "rebate": {"exporter": OTHER, "declaration": "862020261234567891", "declarationLine": 1,
        "exportDay": "20261120"}});
    accepted(office, "entry-checklist:H2", json!({"lines": [line]})).unwrap();
    let mut body = applied("10", "1500");
    body["checklist"] = format!("{BOOK}:entry-checklist:H2").into();
    body["lines"][0]["lot"] = "L2".into();
    (RecordKey::new(Register::EntryRefund, &format!("{OTHER}:1")), body)
}

#[test]
fn nobody_learns_what_others_claim_of_an_invoice_nor_is_kept_out_by_it() {
    let mut office = zone(KNOWN);
    let (key, mut body) = anothers(&mut office);
    // He names an invoice of which others claim all, with another amount: he is answered as if nobody had.
    apply(&mut office, "1", applied("6", "2000")).unwrap();
    body["invoices"][0]["amount"] = "1600".into();
    act(&mut office, key.clone(), by(OTHER, Role::Merchant, false), ("apply", ""), body).unwrap();
    let record = office.facts.records[&key].clone();
    let seen = |code: &str| View::of(&record, &[code.into()]).body()["claimedByOthers"].clone();
    assert_eq!((seen(OTHER), seen(sample::TAX_OFFICE)), (Value::Null, json!([INVOICE])));
    // Whoever was first is held against what he said himself, and nothing else.
    let again = told(apply(&mut office, "2", applied("1", "10")));
    assert_eq!(again, fault("invoices[1].amount", "refund-invoice-left"));
    // A person says what is granted, and why.
    let mut approve = |note: &str, granted: Value| {
        act(&mut office, key.clone(), tax(), ("approve", note), json!({"granted": granted}))
    };
    assert_eq!(told(approve("因为", json!([]))), fault("granted", "refund-in-doubt"));
    let whole = json!([{"line": 1, "amount": "195"}]);
    assert_eq!(told(approve("", whole.clone())), fault("note", "explained"));
    approve("已核对原发票", whole).unwrap();
}

#[test]
fn goods_divided_over_lines_come_to_no_more() {
    let mut office = zone(KNOWN);
    let mut divided = applied("1", "0.04");
    let line = divided["lines"][0].clone();
    divided["lines"] = vec![line; 10].into();
    apply(&mut office, "1", divided).unwrap();
    // Each by itself were 0.52 fen, and one fen when rounded.
    let told: Vec<i64> = body(&office, "1").reckoned.iter().filter_map(|one| one.tax).collect();
    assert_eq!((told.iter().sum::<i64>(), told.len()), (5, 10), "{told:?}");
    act(&mut office, application("1"), tax(), ("approve", ""), Value::Null).unwrap();
    act(&mut office, application("1"), tax(), ("pay", ""), paid("0.05")).unwrap();
    for name in ["G1", "G2", "G3"] {
        leaves(&mut office, name, "3").unwrap();
    }
    leaves(&mut office, "G4", "1").unwrap();
    assert_eq!(body(&office, "1").owed, 5);
}

#[test]
fn what_goes_back_out_of_another_lot_than_the_window_named_is_looked_at_again() {
    let mut office = zone(KNOWN);
    apply(&mut office, "1", applied("6", "1000")).unwrap();
    let lot = lot_key(BOOK, "1", "L9");
    let sent = json!({"lines": [{"operation": "general-trade", "item": "1", "lot": "L1", "quantity": "1"}],
        "beside": {"undeclared": [], "guarantors": [], "refunds": [lot.id.as_str()]}});
    let told = told(accepted(&mut office, "customs-declaration:G1", sent));
    assert_eq!(told, fault("version", "bonded-changed"));
    assert!(body(&office, "1").findings.is_empty());
}

/// Numbers that look drawn, the same each time.
struct Drawn(u64);

impl Drawn {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

fn units(text: &str) -> i128 {
    ceb::Decimal::parse(text).unwrap_or_default().units()
}

/// What holds of all applications after every step.
fn checked(office: &Office, names: &[String], left: u64) {
    let lot = Standing::of(&office.facts.records[&lot_key(BOOK, "1", "L1")]);
    let gone = units(&lot.back) + lot.claims.iter().map(|claim| units(&claim.back)).sum::<i128>();
    assert_eq!(gone, units(&left.to_string()), "what went back is somebody's, or nobody's: {lot:?}");
    let claimed: i128 = lot.claims.iter().map(|claim| units(&claim.quantity)).sum();
    assert!(claimed + units(&lot.back) <= units("10"), "{lot:?}");
    let invoice = office.facts.records.get(&invoice_key(INVOICE));
    let of_invoice = invoice.map(|record| Standing::of(record).claims).unwrap_or_default();
    assert!(of_invoice.iter().map(|claim| claim.amount).sum::<i64>() <= 200_000, "{of_invoice:?}");
    let (mut net, mut stand) = (0, 0);
    for name in names {
        let (one, state) = (body(office, name), state(office, name));
        let decided: i64 = one.decided.iter().map(|line| line.tax).sum();
        let back: i64 = one.findings.iter().map(|finding| finding.tax).sum();
        let paid = one.paid.as_ref().map_or(0, |paid| paid.tax);
        let repaid: i64 = one.repaid.iter().map(|paid| paid.tax).sum();
        assert!(one.findings.iter().all(|finding| finding.tax >= 0), "{one:?}");
        let holds = !matches!(state.as_str(), "withdrawn" | "refused");
        assert!((0..=paid).contains(&repaid) && paid <= decided, "{one:?}");
        assert!(!holds || (0..=decided).contains(&back), "{one:?}");
        assert_eq!(one.owed, (paid - repaid - one.kept()).max(0), "{one:?}");
        assert_eq!(state == "owing", one.owed > 0, "{state} {one:?}");
        if paid > 0 {
            assert_eq!(
                paid - repaid - one.owed,
                one.kept(),
                "he has what he may keep and what he owes: {one:?}"
            );
        }
        let claim = lot.claims.iter().find(|claim| claim.application == application(name).id.as_str());
        assert_eq!(claim.is_some(), holds, "{state} {lot:?}");
        if let Some(claim) = claim.filter(|claim| claim.back == claim.quantity) {
            assert_eq!(one.kept(), 0, "all of it went back: {claim:?} {one:?}");
        }
        net += paid - repaid - one.owed;
        stand += i64::from(holds);
    }
    // The tax on the invoice, each application rounded by itself.
    assert!(net <= 26_000 + stand, "{net}");
}

#[test]
fn whatever_is_done_in_whichever_order_no_more_is_kept_than_is_allowed() {
    for seed in 1..=25 {
        let mut drawn = Drawn(seed);
        let mut office = zone(KNOWN);
        let (mut names, mut left): (Vec<String>, u64) = (Vec::new(), 0);
        for step in 0..60 {
            let yuan = |fen: u64| format!("{}.{:02}", fen / 100, fen % 100);
            let name = match names.len() as u64 {
                0 => None,
                count => Some(names[drawn.below(count) as usize].clone()),
            };
            match (drawn.below(8), name) {
                (0 | 1, _) | (_, None) => {
                    let name = step.to_string();
                    let quantity = (1 + drawn.below(5)).to_string();
                    if apply(&mut office, &name, applied(&quantity, &yuan(1 + drawn.below(90_000)))).is_ok() {
                        names.push(name);
                    }
                }
                (2, Some(name)) => {
                    let said = serde_json::to_value(&body(&office, &name).applied).unwrap();
                    let refused = drawn.below(2) == 0;
                    let (who, action) = if refused { (tax(), "refuse") } else { (exporter(), "withdraw") };
                    let _ = act(&mut office, application(&name), who, (action, "因为"), said);
                }
                (3, Some(name)) => {
                    let granted = match drawn.below(2) {
                        0 => json!([]),
                        _ => json!([{"line": 1, "amount": yuan(drawn.below(12_000))}]),
                    };
                    let body = json!({"granted": granted});
                    let _ = act(&mut office, application(&name), tax(), ("approve", "因为"), body);
                }
                (4, Some(name)) => {
                    let due = paid(&yuan(body(&office, &name).kept().unsigned_abs()));
                    let _ = act(&mut office, application(&name), tax(), ("pay", ""), due);
                }
                (5, Some(name)) => {
                    let due = paid(&yuan(body(&office, &name).owed.unsigned_abs()));
                    let _ = act(&mut office, application(&name), tax(), ("repay", ""), due);
                }
                (6, Some(name)) => {
                    let body = json!({"amount": yuan(1 + drawn.below(5_000))});
                    let _ = act(&mut office, application(&name), tax(), ("claim-back", "因为"), body);
                }
                (_, Some(_)) => {
                    let count = 1 + drawn.below(3);
                    left += match leaves(&mut office, &format!("G{step}"), &count.to_string()) {
                        Ok(_) => count,
                        Err(_) => 0,
                    };
                }
            }
            checked(&office, &names, left);
        }
        assert!(!names.is_empty());
    }
}
