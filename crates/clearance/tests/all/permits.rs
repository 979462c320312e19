//! What a filing permits: services that documents rest on, and the modes of pilot enterprises.

use crate::support::{NOW, Window, trade};
use ceb::{Day, Decimal, Document};
use clearance::outcome::Outcome;
use clearance::party::{Entrusted, Filing, Service};
use clearance::reason::Reason;
use clearance::sample::Export;
use clearance::{Finding, Rulebook};
use std::sync::Arc;

fn day(number: u32) -> Day {
    Day::from_number(number).unwrap()
}

pub(crate) fn service(word: &str) -> Service {
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

/// The row by which platform and merchant are looked at, as if it were known for sure.
const UNSURE: &str = "modes that it is designated for,unsure,";
const SURE: &str = "modes that it is designated for,known,";

/// The finding that says which modes, or services, are permitted.
fn told<'a>(outcome: &'a Outcome, what: &str) -> Option<&'a Finding> {
    let says = |finding: &&Finding| finding.fields.iter().any(|field| field.path == what);
    outcome.answer.findings.iter().find(says)
}

#[test]
fn a_pilot_enterprise_uses_the_modes_that_it_is_designated_for() {
    let trade = trade(1);
    let head = &trade.declaration.head;
    let (platform, merchant, agent) = (&head.ebp_code, &head.ebc_code, &head.agent_code);
    // (whose modes, which, whether those of enterprises are looked at, whether that is sure, what is found, the state).
    let cases = [
        (platform, vec!["9610", "1210"], 1, false, None, 120),
        (platform, vec!["1210"], 1, false, Some(Reason::UncertainRow), 300),
        (platform, vec!["1210"], 1, true, Some(Reason::ModeNotPermitted), 100),
        (merchant, vec!["1210"], 1, false, Some(Reason::UncertainRow), 300),
        (merchant, vec!["1210"], 1, true, Some(Reason::ModeNotPermitted), 100),
        (merchant, vec![], 1, true, None, 120),
        (merchant, vec!["1210"], 0, true, None, 120),
        (agent, vec!["1210"], 0, false, Some(Reason::ModeNotPermitted), 100),
        (agent, vec!["9610"], 0, false, None, 120),
    ];
    for (code, modes, looked_at, sure, expected, state) in cases {
        let case = format!("{code} {modes:?} {looked_at} {sure}");
        let mut window = Window::without_draws();
        if looked_at == 0 {
            window.parameter("modes_of_enterprises,1", "modes_of_enterprises,0");
        }
        if sure {
            window.parameter(UNSURE, SURE);
        }
        refile(&mut window, code, |filing| filing.modes = modes.iter().map(|&mode| mode.into()).collect());
        let outcome = window.trade(&trade);
        let finding = told(&outcome, "permitted modes");
        assert_eq!(finding.map(|one| one.reason), expected, "{case}");
        assert_eq!(window.state(&trade), state, "{case}");
        let Some(finding) = finding else { continue };
        let value =
            |path: &str| finding.fields.iter().find(|one| one.path == path).map(|one| one.value.as_str());
        assert_eq!(value("InventoryHead.tradeMode"), Some("9610"), "{case}");
        assert_eq!(value("permitted modes"), Some("1210"), "{case}");
        assert!(finding.fields.iter().any(|one| one.value == *code), "{case}");
        assert_eq!(finding.uncertain, value("table").is_some(), "{case}");
    }
    // What is only staged may be declared in another mode yet.
    let mut window = Window::without_draws();
    refile(&mut window, agent, |filing| filing.modes = vec!["1210".into()]);
    let mut staged = trade.declaration.clone();
    staged.head.app_status = "1".into();
    let outcome = window.send(Document::Declaration(staged));
    assert_eq!((outcome.answer.status, told(&outcome, "permitted modes")), (1, None));
}

/// Sends an export, with the money received first or last; the answer that has the verdict on the list, or on the money.
fn exported(window: &mut Window, export: &Export, first: bool) -> Outcome {
    let mut documents = export.documents().to_vec();
    let at = if first { 0 } else { documents.len() };
    documents.insert(at, export.received());
    let mut last = None;
    for (sender, document) in documents {
        last = Some(window.send_as(&sender, document));
    }
    last.unwrap()
}

#[test]
fn exports_are_held_to_the_modes_of_their_enterprises_too() {
    let export = Export::new(1, 5, NOW);
    let agent = export.declaration.head.agent_code.clone();
    for (mode, expected) in [("9610", None), ("9710", Some(Reason::ModeNotPermitted))] {
        let mut window = Window::without_draws();
        refile(&mut window, &agent, |filing| filing.modes = vec![mode.into()]);
        let outcome = exported(&mut window, &export, true);
        assert_eq!(told(&outcome, "permitted modes").map(|one| one.reason), expected);
        assert_eq!(outcome.answer.status == 100, expected.is_some(), "{}", outcome.answer.info);
    }
}

#[test]
fn the_money_of_an_export_is_received_by_who_may_collect_it() {
    let export = Export::new(1, 5, NOW);
    let payer = export.payment.pay_code.clone().unwrap();
    let fen = export.payment.charge.fen_half_up().map(|(fen, _)| fen).unwrap();
    let collects = || service("cross-border-collection");
    // (services of the firm, whether it may).
    let cases: Vec<(Vec<Service>, bool)> = vec![
        (vec![], true),
        (vec![service("internet-payment")], false),
        (vec![service("internet-payment"), collects()], true),
        (vec![Service { valid_to: Some(day(20_261_122)), ..collects() }], false),
        (vec![Service { currencies: vec!["502".into()], ..collects() }], false),
        (vec![Service { transaction_limit: Some(fen - 1), ..collects() }], false),
        (vec![Service { transaction_limit: Some(fen), ..collects() }], true),
    ];
    let row = |certainty: &str| format!("collection across the border,20190429,,Huifa 2019-13,{certainty}");
    for (services, may) in cases {
        for (sure, first) in [(true, true), (true, false), (false, true), (false, false)] {
            let case = format!("{services:?} {sure} {first}");
            let mut window = Window::without_draws();
            if !sure {
                window.table("services.csv", |text| text.replace(&row("known"), &row("unsure")));
            }
            refile(&mut window, &payer, |filing| filing.services.clone_from(&services));
            let outcome = exported(&mut window, &export, first);
            let found = told(&outcome, "permitted services").map(|one| one.reason);
            let expected = match (may, sure) {
                (true, _) => None,
                (false, true) => Some(Reason::CollectionNotPermitted),
                (false, false) => Some(Reason::UncertainRow),
            };
            assert_eq!(found, expected, "{case}");
            // The list, or the money that came when the list was concluded; where it is not sure a person looks at the list.
            let status = match (expected, first) {
                (None, true) => 399,
                (Some(Reason::UncertainRow), true) => 300,
                (Some(Reason::CollectionNotPermitted), _) => 100,
                _ => 120,
            };
            assert_eq!(outcome.answer.status, status, "{case}: {}", outcome.answer.info);
        }
    }
    // A row that does not hold that day asks nothing.
    let mut window = Window::without_draws();
    window.table("services.csv", |text| text.replace("border,20190429,", "border,20270101,"));
    refile(&mut window, &payer, |filing| filing.services = vec![service("internet-payment")]);
    assert_eq!(exported(&mut window, &export, true).answer.status, 399);
}

#[test]
fn a_declaring_unit_that_filed_its_principals_declares_for_those_alone() {
    let trade = trade(1);
    let head = &trade.declaration.head;
    let (merchant, agent) = (&head.ebc_code, &head.agent_code);
    let parties = Window::new().reference.parties;
    let other_code = parties.find(merchant, NOW.day()).unwrap().other_code.clone().unwrap();
    let power = |code: &str, from: u32, to: Option<u32>| Entrusted {
        code: code.into(),
        valid_from: day(from),
        valid_to: to.map(day),
    };
    let stranger = || power("5301960299", 20_260_101, None);
    // (how far it is looked at, principals of the agent, agent of the merchant, the power that is told; none = nothing is found).
    let cases = [
        (1, vec![], None, None),
        (1, vec![power(merchant, 20_260_101, None)], None, None),
        (1, vec![stranger(), power(&other_code, 20_260_101, Some(20_261_123))], None, None),
        (1, vec![stranger()], None, Some("")),
        (1, vec![power(merchant, 20_260_101, Some(20_261_122))], None, Some("20260101–20261122")),
        (1, vec![power(merchant, 20_261_124, None)], None, Some("20261124–")),
        (1, vec![stranger()], Some(power(agent, 20_260_101, None)), None),
        (1, vec![stranger()], Some(power(agent, 20_260_101, Some(20_261_122))), Some("")),
        (0, vec![stranger()], None, None),
        (2, vec![], None, Some("")),
        (2, vec![], Some(power(agent, 20_260_101, None)), None),
    ];
    for (level, principals, domestic, expected) in cases {
        let case = format!("{level} {principals:?} {domestic:?}");
        let mut window = Window::without_draws();
        if level != 1 {
            window.parameter("powers_of_attorney,1", &format!("powers_of_attorney,{level}"));
        }
        refile(&mut window, agent, |filing| filing.principals = principals);
        refile(&mut window, merchant, |filing| filing.domestic_agent = domestic);
        let outcome = window.trade(&trade);
        let finding = outcome.answer.findings.iter().find(|one| one.reason == Reason::PrincipalNotNamed);
        assert_eq!(finding.is_some(), expected.is_some(), "{case}");
        assert_eq!(window.state(&trade), if expected.is_some() { 300 } else { 120 }, "{case}");
        let Some(finding) = finding else { continue };
        let fields: Vec<_> =
            finding.fields.iter().map(|field| (field.path.as_str(), field.value.as_str())).collect();
        let told = [
            ("InventoryHead.agentCode", agent.as_str()),
            ("InventoryHead.ebcCode", merchant.as_str()),
            ("power of attorney", expected.unwrap()),
            ("table", "parameters.csv powers_of_attorney"),
        ];
        // For whom else it acts is told to nobody.
        assert_eq!(fields, told, "{case}");
    }
    // Of exports the same; a person decides.
    let export = Export::new(1, 5, NOW);
    let mut window = Window::without_draws();
    refile(&mut window, &export.declaration.head.agent_code, |filing| filing.principals = vec![stranger()]);
    let outcome = exported(&mut window, &export, true);
    assert!(outcome.answer.findings.iter().any(|one| one.reason == Reason::PrincipalNotNamed));
    assert_eq!(outcome.answer.status, 300, "{}", outcome.answer.info);
}

/// What a space published before there were these tables goes on under the same digest; what is not in it asks nothing.
#[test]
fn an_older_rulebook_loads_without_the_tables_that_came_later() {
    let all = Rulebook::built_in_tables();
    let later = |name: &str| name == "signature_algorithms.csv" || Rulebook::ADDED.contains(&name);
    let mut old: Vec<(String, String)> = all.iter().filter(|(name, _)| !later(name)).cloned().collect();
    for (name, text) in &mut old {
        if name == "parameters.csv" {
            let new =
                ["goods_filing_", "permitted_services,", "modes_of_enterprises,", "powers_of_attorney,"];
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

/// A supervision code whose site lies in a park of these modes.
pub(crate) fn placed(window: &mut Window, code: &str, modes: &[&str], works: bool) {
    let place = clearance::place::Place {
        version: 2,
        position: clearance::keys::Position { writer: 0, sequence: 1 },
        site: format!("5301960601:{code}").into(),
        park: "5301960601:P1".into(),
        park_name: "样例园区".into(),
        modes: modes.iter().map(|&mode| mode.into()).collect(),
        works,
    };
    window.facts.places.insert(clearance::place::key(code), place);
}

#[test]
fn a_park_does_the_modes_that_it_is_permitted() {
    const CODE: &str = "KMG8620001";
    // (modes of the park, whether it works, whether the law looks at it, what is found)
    for (modes, works, looks, found) in [
        (vec!["1210"], true, true, true),
        (vec!["1210", "9610"], true, true, false),
        (vec![], true, true, false),
        (vec!["1210"], false, true, false),
        (vec!["1210"], true, false, false),
    ] {
        let case = format!("{modes:?} {works} {looks}");
        let mut window = Window::without_draws();
        if !looks {
            window.parameter("modes_of_parks,1", "modes_of_parks,0");
        }
        placed(&mut window, CODE, &modes, works);
        let mut trade = crate::support::trade(1);
        trade.declaration.head.loct_no = Some(CODE.into());
        let outcome = window.trade(&trade);
        let finding = outcome.answer.findings.iter().find(|one| one.reason == Reason::ModeNotOfPark);
        assert_eq!(finding.is_some(), found, "{case}: {:?}", outcome.answer);
        assert_eq!(window.state(&trade) == 300, found, "{case}: a person decides");
        let mut export = Export::new(1, 1, NOW);
        export.declaration.head.loct_no = Some(CODE.into());
        for (sender, document) in export.documents() {
            window.send_as(&sender, document);
        }
        let state = &window.facts.exports[&clearance::export::ExportKey::Trade(export.key())];
        let attempt = state.trade().unwrap().attempt.as_ref().unwrap();
        assert_eq!(attempt.findings.iter().any(|one| one.reason == Reason::ModeNotOfPark), found, "{case}");
        let Some(finding) = finding else { continue };
        let value = |path: &str| finding.fields.iter().find(|one| one.path == path).unwrap().value.clone();
        assert_eq!(
            (value("InventoryHead.tradeMode"), value("InventoryHead.loctNo")),
            ("9610".into(), CODE.into())
        );
        assert_eq!(value("modes of the park"), "1210");
        assert_eq!(outcome.read.records.last().unwrap().key, clearance::place::key(CODE));
    }
    // A code that nobody has limits nobody.
    let mut window = Window::without_draws();
    let mut trade = crate::support::trade(1);
    trade.declaration.head.loct_no = Some(CODE.into());
    assert!(!window.trade(&trade).answer.findings.iter().any(|one| one.reason == Reason::ModeNotOfPark));
}
