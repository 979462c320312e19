//! Market procurement, rule by rule: what a row that is sure refuses and one that is not makes a doubt, which a person decides on with a
//! reason; values in other currencies; summaries; and what is looked at before it is released.

use super::{Office, office};
use ceb::Day;
use clearance::Rulebook;
use clearance::party::{CreditGrade, Entry, Role};
use clearance::record::{Actor, RecordKey, Register};
use register::market::{Body, slip, slips_of};
use register::{By, Change, Command, Refusal};
use serde_json::{Value, json};
use std::sync::Arc;

const CUSTOMS: &str = "8620000001";
const OPERATOR: &str = "5301960601";
const MARKET: &str = "5301960601:M1";
const STALL: &str = "5301960201";
const AGENT: &str = "5301980501";

fn by(party: &str, role: Role, reviews: bool) -> By {
    let actor = Actor { party: party.into(), name: "样例".into() };
    By { actor, codes: vec![party.into()], role, applies: true, reviews, window: false }
}

fn customs() -> By {
    by(CUSTOMS, Role::Officer, true)
}

fn act(
    office: &mut Office,
    key: RecordKey,
    by: By,
    (action, note): (&str, &str),
    body: Value,
) -> Result<Change, Refusal> {
    let version = office.facts.records.get(&key).map_or(0, |record| record.version);
    let body = (!body.is_null()).then(|| body.to_string());
    office.one(Command { key, version, action: action.into(), by, note: note.into(), body })
}

fn slip_key(name: &str) -> RecordKey {
    RecordKey::new(Register::MarketSlip, &format!("{STALL}:{name}"))
}

fn declaration(name: &str) -> RecordKey {
    RecordKey::new(Register::MarketDeclaration, &format!("{AGENT}:{name}"))
}

/// Rows of parameters with others in their place, and rows put behind other tables.
fn book(parameters: &[(&str, &str, &str)], behind: &[(&str, &str)]) -> Rulebook {
    let tables: Vec<(String, String)> = Rulebook::built_in_tables()
        .into_iter()
        .map(|(file, mut text)| {
            if file == "parameters.csv" {
                let is_other =
                    |line: &&str| !parameters.iter().any(|(name, ..)| line.starts_with(&format!("{name},")));
                let mut lines: Vec<String> = text.lines().filter(is_other).map(str::to_owned).collect();
                lines.extend(parameters.iter().map(|(name, value, confidence)| {
                    format!("{name},{value},sample,20190101,,sample,{confidence},")
                }));
                text = lines.join("\n") + "\n";
            }
            for (_, rows) in behind.iter().filter(|(name, _)| *name == file) {
                text.push_str(rows);
            }
            (file, text)
        })
        .collect();
    Rulebook::load(2, &tables).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// A zone with an open market and a stallholder in it, under a rulebook.
fn zone(book: Rulebook) -> Office {
    let mut office = office();
    office.reference.books.push(Arc::new(book));
    let park = RecordKey::new(Register::Park, MARKET);
    let operator = || by(OPERATOR, Role::SiteOperator, false);
    let form = json!({"name": "样例市场", "kind": "export-park", "city": "昆明", "district": "8620",
        "functions": ["market-procurement"], "modes": ["1039"], "legalBasis": "样例方案"});
    act(&mut office, park.clone(), operator(), ("apply", ""), form).unwrap();
    act(&mut office, park.clone(), customs(), ("approve", ""), Value::Null).unwrap();
    let tenants = json!({"tenants": [{"party": STALL, "validFrom": "20260101"}]});
    act(&mut office, park, operator(), ("set-tenants", ""), tenants).unwrap();
    office
}

/// A confirmed slip in a currency with one line for each code, worth so much each.
fn slip_of(office: &mut Office, name: &str, currency: &str, codes: &[&str], amount: &str) {
    try_slip(office, name, currency, codes, amount).unwrap();
    act(office, slip_key(name), by(AGENT, Role::Agent, false), ("confirm", ""), Value::Null).unwrap();
}

fn try_slip(
    office: &mut Office,
    name: &str,
    currency: &str,
    codes: &[&str],
    amount: &str,
) -> Result<Change, Refusal> {
    let line = |code: &&str| json!({"name": "样例", "gcode": code, "unit": "007", "quantity": "1", "amount": amount, "netWeight": "1"});
    let lines: Vec<Value> = codes.iter().map(line).collect();
    let form = json!({"market": MARKET, "agent": AGENT, "buyer": "Sample", "country": "502", "day": "20261120",
        "currency": currency, "pieces": 1, "grossWeight": "100", "lines": lines});
    act(office, slip_key(name), by(STALL, Role::Merchant, false), ("record", ""), form)
}

/// A declaration of one slip.
fn declare(
    office: &mut Office,
    name: &str,
    total: &str,
    change: &[(&str, Value)],
) -> Result<Change, Refusal> {
    let stands = slip::Body::of(&office.facts.records[&slip_key(name)]);
    let mut form = json!({"market": MARKET, "district": "8620", "exit": "8620", "country": "502",
        "currency": stands.applied.currency, "total": total, "pieces": 1, "grossWeight": "100", "taxes": "exempt",
        "slips": [format!("{STALL}:{name}")]});
    for (field, value) in change {
        form[*field] = value.clone();
    }
    act(office, declaration(name), by(AGENT, Role::Agent, false), ("declare-group", ""), form)
}

fn body(office: &Office, name: &str) -> Body {
    Body::of(&office.facts.records[&declaration(name)])
}

fn told(refused: Result<Change, Refusal>) -> Vec<(String, &'static str)> {
    let Err(Refusal::Invalid(faults)) = refused else { panic!("{refused:?}") };
    faults.iter().map(|fault| (fault.path.clone(), fault.expected.code())).collect()
}

fn accept(office: &mut Office, name: &str, note: &str) -> Result<Change, Refusal> {
    let number = json!({"number": "862020261234567890"});
    act(office, declaration(name), customs(), ("accept", note), number)
}

/// Each rule under a row that is sure and under one that is not.
#[test]
fn what_is_sure_refuses_and_what_is_not_goes_to_a_person_who_says_why() {
    let code = "9503002100";
    for (parameter, value, total, change, path, rule) in [
        ("market_declaration_limit", "100", "100.00001", None, "total", "market-limit"),
        ("market_own_district", "1", "1", Some(("district", json!("8601"))), "district", "market-district"),
        ("market_tax_exempt", "1", "1", Some(("taxes", json!("refund"))), "taxes", "market-exempt"),
        (
            "market_summarised_kinds",
            "2",
            "1",
            Some(("summarised", json!(true))),
            "summarised",
            "market-kinds",
        ),
    ] {
        for sure in ["known", "memory"] {
            let mut office = zone(book(&[(parameter, value, sure), ("market_sampling", "0", "unsure")], &[]));
            slip_of(&mut office, "1", "502", &[code], total);
            let change: Vec<(&str, Value)> = change.clone().into_iter().collect();
            let made = declare(&mut office, "1", total, &change);
            if sure == "known" {
                assert_eq!(told(made), [(path.to_owned(), rule)]);
                continue;
            }
            made.unwrap();
            let doubts = body(&office, "1").doubts;
            let doubt = &doubts[0];
            assert_eq!((doubts.len(), doubt.path.as_str(), doubt.rule.as_str()), (1, path, rule));
            assert!(doubt.value != doubt.other_value && !doubt.text_zh.is_empty(), "{doubt:?}");
            assert_eq!(told(accept(&mut office, "1", "")), [("note".to_owned(), "explained")]);
            accept(&mut office, "1", "已核实").unwrap();
            assert!(body(&office, "1").look.is_empty());
        }
    }
    // Equality is inside.
    let mut office = zone(book(&[("market_declaration_limit", "100", "known")], &[]));
    slip_of(&mut office, "1", "502", &[code], "100");
    declare(&mut office, "1", "100", &[]).unwrap();
    assert!(body(&office, "1").doubts.is_empty());
    accept(&mut office, "1", "").unwrap();
}

#[test]
fn goods_that_the_mode_is_not_for_are_refused_on_the_slip_or_told_with_the_declaration() {
    let rows = "950300,20190101,,样例公告,known,\n420222,20190101,,样例公告,unsure,\n";
    let mut office = zone(book(&[], &[("market_exclusions.csv", rows)]));
    let refused = try_slip(&mut office, "1", "502", &["9503002100"], "1");
    assert_eq!(told(refused), [("lines[1].gcode".to_owned(), "market-excluded")]);
    slip_of(&mut office, "2", "502", &["6109100021", "4202220000"], "1");
    declare(&mut office, "2", "2", &[]).unwrap();
    let doubts = body(&office, "2").doubts;
    let told: Vec<(&str, &str, &str)> = doubts
        .iter()
        .map(|doubt| (doubt.path.as_str(), doubt.value.as_str(), doubt.other_value.as_str()))
        .collect();
    assert_eq!(told, [("slips[1].lines[2].gcode", "4202220000", "420222")]);
}

#[test]
fn a_value_in_another_currency_is_held_against_the_limit_by_the_rates_of_the_day() {
    let limit = ("market_declaration_limit", "100", "known");
    let mut office = zone(book(&[limit], &[]));
    slip_of(&mut office, "1", "142", &["9503002100"], "700.01");
    declare(&mut office, "1", "700.01", &[]).unwrap();
    assert_eq!(body(&office, "1").doubts[0].rule, "market-unconverted");
    // A hundred dollars are 700.
    let rates = "502,700,20261101,,sample,\n";
    for (amount, refused) in [("700", false), ("700.01", true)] {
        let mut office = zone(book(&[limit], &[("exchange_rates.csv", rates)]));
        slip_of(&mut office, "1", "142", &["9503002100"], amount);
        let made = declare(&mut office, "1", amount, &[]);
        if refused {
            assert_eq!(told(made), [("total".to_owned(), "market-limit")]);
        } else {
            made.unwrap();
            assert!(body(&office, "1").doubts.is_empty());
        }
    }
}

#[test]
fn a_summary_names_the_most_valuable_and_has_no_goods_that_bear_a_duty() {
    let parameters =
        [("market_summarised_kinds", "2", "known"), ("market_summarised_itemised", "1", "known")];
    let codes = ["9503002100", "6109100021", "6110300011"];
    let mut office = zone(book(&parameters, &[]));
    slip_of(&mut office, "1", "502", &codes, "1");
    declare(&mut office, "1", "3", &[("summarised", json!(true))]).unwrap();
    let kept = body(&office, "1");
    let lines: Vec<(&str, &str, u32)> =
        kept.lines.iter().map(|line| (line.gcode.as_str(), line.amount.as_str(), line.kinds)).collect();
    // Of one value: by code.
    assert_eq!(lines, [("6109100021", "1", 1), ("6110300011", "1", 1), ("9503002100", "1", 1)]);
    let duty = "6110,10,20190101,,sample,known,\n";
    let mut office = zone(book(&parameters, &[("export_duties.csv", duty)]));
    slip_of(&mut office, "1", "502", &codes, "1");
    let refused = declare(&mut office, "1", "3", &[("summarised", json!(true))]);
    assert_eq!(told(refused), [("slips[1].lines[3].gcode".to_owned(), "market-dutiable")]);
    declare(&mut office, "1", "3", &[]).unwrap();
}

#[test]
fn what_the_draw_or_the_grade_names_is_not_released_unseen() {
    let (nothing, drawn, low_grade): (&[&str], &[&str], &[&str]) = (&[], &["drawn"], &["grade-d"]);
    for (share, low, expected) in [("0", false, nothing), ("1000000", false, drawn), ("0", true, low_grade)] {
        let mut office = zone(book(&[("market_sampling", share, "unsure")], &[]));
        if low {
            let day = Day::from_number(20_261_128).unwrap();
            let mut filing = office.reference.parties.find(STALL, day).unwrap().clone();
            filing.grade = CreditGrade::D;
            let mut parties = (*office.reference.parties).clone();
            let next = parties.version + 1;
            parties.enter(Entry::Filing(filing).numbered(next));
            office.reference.parties = Arc::new(parties);
        }
        slip_of(&mut office, "1", "502", &["9503002100"], "10");
        declare(&mut office, "1", "10", &[]).unwrap();
        accept(&mut office, "1", "").unwrap();
        assert_eq!(body(&office, "1").look, expected);
        let release = |office: &mut Office| {
            act(office, declaration("1"), customs(), ("release-goods", ""), Value::Null)
        };
        if expected.is_empty() {
            release(&mut office).unwrap();
            continue;
        }
        assert_eq!(told(release(&mut office)), [("action".to_owned(), "market-look")]);
        let call = |office: &mut Office, note: &str| {
            act(office, declaration("1"), customs(), ("call-inspection", note), Value::Null)
        };
        assert_eq!(told(call(&mut office, "")), [("note".to_owned(), "explained")]);
        call(&mut office, "布控").unwrap();
        let found = json!({"at": "20261128000000", "sampled": [format!("{STALL}:1")], "result": "agrees"});
        act(&mut office, declaration("1"), customs(), ("record-inspection", ""), found).unwrap();
        release(&mut office).unwrap();
    }
}

#[test]
fn less_than_was_declared_is_closed_by_customs_with_a_reason() {
    let mut office = zone(book(&[("market_sampling", "0", "unsure")], &[]));
    slip_of(&mut office, "1", "502", &["9503002100"], "100");
    declare(&mut office, "1", "100", &[]).unwrap();
    accept(&mut office, "1", "").unwrap();
    act(&mut office, declaration("1"), customs(), ("release-goods", ""), Value::Null).unwrap();
    let slips = slips_of(&office.facts.records[&declaration("1")]).unwrap();
    assert_eq!(slips, [format!("{STALL}:1")]);
    // Nobody names other slips than its own.
    let exit = |slips: &[String]| json!({"at": "20261128000000", "vehicle": "样A1", "slips": slips});
    let refused = act(&mut office, declaration("1"), customs(), ("confirm-exit", ""), exit(&[]));
    assert_eq!(told(refused), [("slips".to_owned(), "window-writes-it")]);
    let made = act(&mut office, declaration("1"), customs(), ("confirm-exit", ""), exit(&slips)).unwrap();
    assert_eq!(made.beside.iter().map(|record| record.state.as_str()).collect::<Vec<_>>(), ["exported"]);
    let named = json!({"slips": slips});
    let agent = || by(AGENT, Role::Agent, false);
    let short = act(&mut office, declaration("1"), agent(), ("close", ""), named.clone());
    assert_eq!(told(short), [("receipts".to_owned(), "market-short")]);
    let unsaid = act(&mut office, declaration("1"), customs(), ("close-short", ""), named.clone());
    assert_eq!(told(unsaid), [("note".to_owned(), "explained")]);
    let made = act(&mut office, declaration("1"), customs(), ("close-short", "买方破产"), named).unwrap();
    assert_eq!((made.record.state.as_str(), made.beside[0].state.as_str()), ("closed", "settled"));
    assert_eq!(made.beside[0].key, slip_key("1"));
}
