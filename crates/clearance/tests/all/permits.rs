//! What a filing permits: services that documents rest on, and the modes of pilot enterprises.

use crate::support::{NOW, Window, trade};
use ceb::{Day, Decimal, Document};
use clearance::Rulebook;
use clearance::party::{Filing, Service};
use clearance::reason::Reason;
use std::sync::Arc;

fn day(number: u32) -> Day {
    Day::from_number(number).unwrap()
}

fn service(word: &str) -> Service {
    Service { service: word.into(), valid_from: day(20_200_101), ..Service::default() }
}

/// Files a party anew with a change.
pub(crate) fn refile(window: &mut Window, code: &str, change: impl FnOnce(&mut Filing)) {
    let mut parties = (*window.reference.parties).clone();
    let mut filing = parties.find(code, NOW.day()).unwrap().clone();
    change(&mut filing);
    filing.version = parties.version + 1;
    parties.file(filing);
    window.reference.parties = Arc::new(parties);
}

#[test]
fn a_payment_rests_on_a_service_of_its_firm() {
    let trade = trade(1);
    let paid = trade.payment.amount_paid;
    let limit = |more: i64| paid.fen_half_up().map(|(fen, _)| fen + more);
    // (whether it is looked at, services of the firm, whether the payment is taken).
    let cases: Vec<(bool, Vec<Service>, bool)> = vec![
        (false, vec![], true),
        (true, vec![], false),
        (true, vec![service("internet-payment")], true),
        (true, vec![service("bank-payment")], true),
        (true, vec![service("foreign-exchange-payment"), service("tax-guarantee")], false),
        (true, vec![Service { valid_to: Some(day(20_261_122)), ..service("internet-payment") }], false),
        (true, vec![Service { valid_from: day(20_261_124), ..service("internet-payment") }], false),
        (true, vec![Service { currencies: vec!["502".into()], ..service("internet-payment") }], false),
        (
            true,
            vec![Service { currencies: vec!["502".into(), "142".into()], ..service("internet-payment") }],
            true,
        ),
        (true, vec![Service { transaction_limit: limit(-1), ..service("internet-payment") }], false),
        (true, vec![Service { transaction_limit: limit(0), ..service("internet-payment") }], true),
    ];
    for (looked_at, services, taken) in cases {
        let mut window = Window::without_draws();
        if looked_at {
            window.parameter("permitted_services,0", "permitted_services,1");
        }
        refile(&mut window, &trade.payment.pay_code, |filing| filing.services.clone_from(&services));
        let outcome = window.send(Document::Payment(trade.payment.clone()));
        let rules: Vec<Reason> = outcome.answer.findings.iter().map(|one| one.reason).collect();
        let expected = if taken { vec![] } else { vec![Reason::ServiceNotPermitted] };
        assert_eq!(rules, expected, "{looked_at} {services:?}");
        assert_eq!(outcome.answer.status, if taken { 2 } else { -10101 });
        if let Some(finding) = outcome.answer.findings.first() {
            let value =
                |path: &str| finding.fields.iter().find(|one| one.path == path).unwrap().value.to_string();
            assert_eq!(value("PaymentHead.payCode"), trade.payment.pay_code);
            assert_eq!(value("one of"), "internet-payment bank-payment");
            assert_eq!(Decimal::parse(&value("amount")), Some(paid));
        }
        // Rows that are not sure ask nothing of waybill and list.
        assert_eq!(window.send(Document::Waybill(trade.waybill.clone())).answer.status, 2);
    }
}

#[test]
fn a_pilot_enterprise_uses_the_modes_that_it_is_designated_for() {
    let trade = trade(1);
    let head = &trade.declaration.head;
    let (platform, merchant, agent) = (&head.ebp_code, &head.ebc_code, &head.agent_code);
    // (whose modes, which, whether those of enterprises are looked at, whether the list is taken).
    let cases = [
        (platform, vec!["9610", "1210"], 1, true),
        (platform, vec!["1210"], 1, false),
        (merchant, vec!["1210"], 1, false),
        (merchant, vec![], 1, true),
        (merchant, vec!["1210"], 0, true),
        (agent, vec!["1210"], 0, false),
    ];
    for (code, modes, looked_at, taken) in cases {
        let mut window = Window::without_draws();
        if looked_at == 0 {
            window.parameter("modes_of_enterprises,1", "modes_of_enterprises,0");
        }
        refile(&mut window, code, |filing| filing.modes = modes.iter().map(|&mode| mode.into()).collect());
        let outcome = window.send(Document::Declaration(trade.declaration.clone()));
        let found: Vec<_> =
            outcome.answer.findings.iter().map(|one| (one.reason, one.fields[0].path.as_str())).collect();
        let expected =
            if taken { vec![] } else { vec![(Reason::FieldNotAllowed, "InventoryHead.tradeMode")] };
        assert_eq!(found, expected, "{code} {modes:?} {looked_at}");
    }
}

/// What a space published before there were these tables goes on under the same digest; what is not in it asks nothing.
#[test]
fn an_older_rulebook_loads_without_the_tables_that_came_later() {
    let all = Rulebook::built_in_tables();
    let later = |name: &str| name == "signature_algorithms.csv" || Rulebook::ADDED.contains(&name);
    let mut old: Vec<(String, String)> = all.iter().filter(|(name, _)| !later(name)).cloned().collect();
    for (name, text) in &mut old {
        if name == "parameters.csv" {
            let new = ["goods_filing_", "permitted_services,", "modes_of_enterprises,"];
            let kept = text.lines().filter(|line| !new.iter().any(|begin| line.starts_with(begin)));
            *text = kept.map(|line| format!("{line}\n")).collect();
        }
    }
    let book = Rulebook::load(7, &old).unwrap();
    let mut hashed = Vec::new();
    for (name, text) in &old {
        hashed.extend([name.as_bytes(), &[0], text.as_bytes(), &[0]].concat());
    }
    assert_eq!(book.digest, ring::digest::digest(&ring::digest::SHA256, &hashed).as_ref());
    let law = book.parameters.on(NOW.day());
    assert_eq!((law.goods_filing("9610"), law.permitted_services, law.modes_of_enterprises), (0, 0, 0));
    assert!(!book.requirements.of(clearance::party::Role::Platform, NOW.day()).is_empty());
    // With one of them it is another rulebook.
    let added = all.iter().find(|(name, _)| name == "services.csv").unwrap().clone();
    assert_ne!(Rulebook::load(8, &[old, vec![added]].concat()).unwrap().digest, book.digest);
}
