//! Traceability: GS1 Digital Links as the standard has them; codes that are issued for a lot of a book; a recall that stops the lot in
//! the commit in which it is opened, and lets it go when it is lifted.

use super::{Office, office, paths};
use clearance::party::Role;
use clearance::record::{Actor, Record, RecordKey, Register};
use register::bonded::accepted;
use register::bonded::form::{LotForm, StockForm};
use register::trace::link::{DigitalLink, decoded, encoded, gtin};
use register::trace::{Code, Issue, Name, Pointer, serial, serial_of};
use register::{By, Change, Command, Refusal};
use serde_json::{Value, json};

const HOLDER: &str = "5301960601";
const CUSTOMS: &str = "8620000001";
const BOOK: &str = "5301960601:T8620W000001";
const GTIN: &str = "09506000134352";

#[test]
fn a_link_is_read_and_written_as_the_standard_has_it() {
    // What is read, and how it is written again; none = the path of what is wrong.
    let cases: &[(&str, Result<&str, &str>)] = &[
        ("https://id.example/01/09506000134352", Ok("/01/09506000134352")),
        ("https://id.example/01/9506000134352/10/ABC", Ok("/01/09506000134352/10/ABC")),
        ("HTTP://id.example:8620/01/09506000134352/21/1?linkType=all#x", Ok("/01/09506000134352/21/1")),
        ("https://id.example/some/stem/01/09506000134352/10/A/21/B/", Ok("/01/09506000134352/10/A/21/B")),
        ("/01/09506000134352/22/V1/10/A/21/B", Ok("/01/09506000134352/10/A/21/B")),
        // Values that look like keys.
        ("/01/09506000134352/10/01/21/01", Ok("/01/09506000134352/10/01/21/01")),
        ("/01/09506000134352/10/10/21/21", Ok("/01/09506000134352/10/10/21/21")),
        // Signs: reserved ones in percent, others may be; a slash within a value is no end of it.
        ("/01/09506000134352/10/A%2FB%2f1", Ok("/01/09506000134352/10/A%2FB%2F1")),
        ("/01/09506000134352/10/A+B", Ok("/01/09506000134352/10/A%2BB")),
        ("/01/09506000134352/10/A-B_C.D", Ok("/01/09506000134352/10/A-B_C.D")),
        ("/01/09506000134352/10/%25", Ok("/01/09506000134352/10/%25")),
        // Lengths of goods: 8, 12, 13, 14.
        ("/01/95060006", Err("gtin")),
        ("/01/95060002", Ok("/01/00000095060002")),
        ("/01/614141123452", Ok("/01/00614141123452")),
        ("/01/0950600013435", Err("gtin")),
        // Check digit, letters, lengths.
        ("/01/09506000134351", Err("gtin")),
        ("/01/0950600013435A", Err("gtin")),
        ("/01/109506000134352", Err("gtin")),
        ("/01/09506000134352/10/123456789012345678901", Err("lot")),
        ("/01/09506000134352/10/A/21/123456789012345678901", Err("serial")),
        ("/01/09506000134352/10/A%20B", Err("lot")),
        ("/01/09506000134352/10/%E6%A0%B7", Err("lot")),
        ("/01/09506000134352/10/A~B", Err("lot")),
        // What is no link.
        ("/01/09506000134352/10/A%2", Err("link")),
        ("/01/09506000134352/10/%ZZ", Err("link")),
        ("/01/09506000134352/10/%FF", Err("link")),
        ("/01/09506000134352/10", Err("link")),
        ("/01/09506000134352/10//21/B", Err("link")),
        ("/01/09506000134352/21/B/10/A", Err("link")),
        ("/01/09506000134352/10/A/10/B", Err("link")),
        ("/01/09506000134352/17/261231", Err("link")),
        ("/gtin/09506000134352", Err("link")),
        ("https:///01/09506000134352", Err("link")),
        ("id.example/01/09506000134352", Err("link")),
        ("/", Err("link")),
        ("", Err("link")),
    ];
    for (text, expected) in cases {
        let read = DigitalLink::parse(text);
        match (read, expected) {
            (Ok(link), Ok(path)) => {
                assert_eq!(link.path(), *path, "{text}");
                assert_eq!(DigitalLink::parse(&link.address("https://id.example/")), Ok(link), "{text}");
            }
            (Err(faults), Err(path)) => assert_eq!(faults[0].path, *path, "{text}"),
            (read, _) => panic!("{text}: {read:?}, not {expected:?}"),
        }
    }
    // Everything that is wrong is told at once, and the digit that it would be.
    let faults = DigitalLink::new("09506000134350", &"x".repeat(21), "样").unwrap_err();
    assert_eq!(faults.iter().map(|fault| fault.path.as_str()).collect::<Vec<_>>(), ["gtin", "lot", "serial"]);
    assert!(faults[0].expected.en().contains("would be 2"), "{}", faults[0].expected.en());
}

#[test]
fn every_sign_of_the_standard_comes_back_as_it_was() {
    let signs: String = (0x21u8..0x7f).map(char::from).collect();
    for sign in signs.chars() {
        let text = format!("a{sign}b");
        assert_eq!(decoded(&encoded(&text)), Some(text.clone()), "{sign}");
        let link = DigitalLink::new(GTIN, &text, "");
        let allowed = sign.is_ascii_alphanumeric() || "!\"%&'()*+,-./:;<=>?_".contains(sign);
        assert_eq!(link.is_ok(), allowed, "{sign}");
        if let Ok(link) = link {
            assert_eq!(DigitalLink::parse(&link.path()).unwrap().lot, text);
        }
    }
    // The check digit of known numbers.
    for known in ["09506000134352", "4006381333931", "614141123452", "96385074"] {
        assert_eq!(gtin(known).unwrap().len(), 14, "{known}");
    }
}

#[test]
fn a_serial_number_names_holder_and_place_and_ends_in_what_nobody_guesses() {
    let hash = "0123456789abcdef0123456789abcdef";
    let one = serial(3, 70_000, hash);
    assert_eq!((one.len(), serial_of(&one)), (16, Some((3, 70_000))));
    assert!(register::trace::link::qualifier(&one).is_ok());
    assert_ne!(serial(3, 70_000, "1123456789abcdef0123456789abcdef")[6..], one[6..]);
    for none in ["", "S1", "3000000000000000000", "30001I0000000000", "样000000000000"] {
        assert_eq!(serial_of(none), None, "{none}");
    }
    let name = Name::of("5301960601:09506000134352/A%2FB").unwrap();
    assert_eq!((name.lot.as_str(), name.issue().id.as_str()), ("A/B", "5301960601:09506000134352/A%2FB"));
    assert_eq!(name.pointer().id, "09506000134352/A%2FB");
    for none in
        ["5301960601:9506000134352/A", "5301960601:09506000134351/A", "x", "5301960601:09506000134352/A B"]
    {
        assert_eq!(Name::of(none), None, "{none}");
    }
}

fn by(party: &str, role: Role, (reviews, window): (bool, bool)) -> By {
    let actor = Actor { party: party.into(), name: "样例".into() };
    By { actor, codes: vec![party.into()], role, applies: !window, reviews, window }
}

fn holder() -> By {
    by(HOLDER, Role::SiteOperator, (false, false))
}

fn officer() -> By {
    by(CUSTOMS, Role::Officer, (true, false))
}

fn window() -> By {
    by(HOLDER, Role::SiteOperator, (false, true))
}

fn act(
    office: &mut Office,
    (register, id): (Register, &str),
    by: By,
    action: &str,
    body: Option<String>,
) -> Result<Change, Refusal> {
    let key = RecordKey::new(register, id);
    let version = office.facts.records.get(&key).map_or(0, |record| record.version);
    office.one(Command { key, version, action: action.into(), by, note: "因为".into(), body })
}

/// An office with a book of which each of two items has a lot of ten.
fn with_lot() -> Office {
    let mut office = office();
    let book = (Register::BondedBook, BOOK);
    let items = json!({"items": [{"number": "1", "gcode": "1901101000", "goodsNo": "LH1", "name": "样例奶粉", "unit": "122",
        "unit1": "035", "factor1": "0.9", "tolerance": 50, "stopSaleDays": 30}, {"number": "2", "gcode": "1901101000",
        "goodsNo": "LH2", "name": "样例奶粉二段", "unit": "122", "unit1": "035", "factor1": "0.9", "tolerance": 50,
        "stopSaleDays": 30}]});
    let made = act(&mut office, book, holder(), "apply", Some(items.to_string())).unwrap();
    let body = accepted(&made.record, "approve");
    act(&mut office, book, officer(), "approve", body).unwrap();
    let id = format!("{BOOK}:entry-checklist:H1");
    let document = (Register::BondedDocument, id.as_str());
    let lines = json!({"lines": [{"operation": "enter", "item": "1", "lot": "L1", "origin": "116", "expiry": "20301231",
        "quantity": "10", "quantity1": "9", "quantity2": "0"}, {"operation": "enter", "item": "2", "lot": "L1", "origin": "110",
        "expiry": "20301231", "quantity": "10", "quantity1": "9", "quantity2": "0"}]});
    let made = act(&mut office, document, holder(), "file", Some(lines.to_string())).unwrap();
    let body = accepted(&made.record, "accept");
    act(&mut office, document, officer(), "accept", body).unwrap();
    office
}

fn record<'a>(office: &'a Office, register: Register, id: &str) -> &'a Record {
    &office.facts.records[&RecordKey::new(register, id)]
}

/// Numbers of the recalls that stop the lot.
fn stopped(office: &Office) -> Vec<String> {
    let stock = StockForm::of(record(office, Register::BondedItem, &format!("{BOOK}:1")));
    stock.lots[0].recalls().map(str::to_owned).collect()
}

fn asked(count: u32) -> Option<String> {
    Some(json!({"book": BOOK, "item": "1", "count": count}).to_string())
}

#[test]
fn codes_are_a_range_and_whoever_has_them_is_pointed_to() {
    let mut office = with_lot();
    let id = format!("{HOLDER}:{GTIN}/L1");
    let codes = (Register::TraceCode, id.as_str());
    let made = act(&mut office, codes, holder(), "issue", asked(100_000)).unwrap();
    assert_eq!((Issue::of(&made.record).issued, made.beside.len()), (100_000, 1));
    assert_eq!(Pointer::of(&made.beside[0]).holders, [HOLDER]);
    // The pointer stands behind its record, and knows the holder already when more are issued.
    assert_eq!(made.beside[0].last.sequence, made.record.last.sequence + 1);
    let made = act(&mut office, codes, holder(), "issue", asked(1)).unwrap();
    assert_eq!((Issue::of(&made.record).ranges[1].from, made.beside.len()), (100_001, 0));
    let refused = act(&mut office, codes, holder(), "issue", asked(100_001)).unwrap_err();
    assert_eq!(paths(&refused), ["count"]);
    // What was issued is told by its item: another with a lot of the same number is another origin.
    let items = json!({"book": BOOK, "item": "2", "count": 1}).to_string();
    let refused = act(&mut office, codes, holder(), "issue", Some(items)).unwrap_err();
    assert_eq!(paths(&refused), ["item"]);
    // A code is bound once; scans are added to it before and after.
    let code = format!("{id}/0000010000000000");
    let code = (Register::TraceCode, code.as_str());
    let scans =
        |count: u64| Some(json!({"scans": count, "first": 5, "last": 9, "places": ["aaaa"]}).to_string());
    act(&mut office, code, window(), "count-scans", scans(3)).unwrap();
    let parcel =
        |number: &str| Some(json!({"logisticsCode": "5301960401", "logisticsNo": number}).to_string());
    let made = act(&mut office, code, window(), "bind", parcel("P1")).unwrap();
    assert_eq!(made.record.state, "bound");
    assert!(matches!(act(&mut office, code, window(), "bind", parcel("P2")), Err(Refusal::State(..))));
    let made = act(&mut office, code, window(), "count-scans", scans(4)).unwrap();
    let kept = Code::of(&made.record);
    assert_eq!((kept.scans, kept.first, kept.parcel.unwrap().logistics_no.as_str()), (7, 5, "P1"));
    // Nobody else writes them.
    assert!(matches!(
        act(&mut office, code, holder(), "bind", parcel("P2")),
        Err(Refusal::State(..) | Refusal::NotYours(_))
    ));
    let other = format!("{HOLDER}:{GTIN}/L%31");
    let refused = act(&mut office, (Register::TraceCode, &other), holder(), "issue", asked(1)).unwrap_err();
    assert_eq!(paths(&refused), ["id"], "one lot has one name");
}

fn opened(lot: &str, stocks: &[&str]) -> Option<String> {
    let body: Value = json!({"goodsNo": "LH1", "lot": lot, "reason": "unsafe", "measure": "send-back", "advice": "样例",
        "stocks": stocks});
    Some(body.to_string())
}

#[test]
fn a_recall_stops_the_lot_in_its_own_commit_and_only_it_lets_it_go() {
    let mut office = with_lot();
    let item = format!("{BOOK}:1");
    let recall = (Register::Recall, "5301960601:ZH1");
    let refused = act(&mut office, recall, holder(), "open", opened("L9", &[&item])).unwrap_err();
    assert_eq!(paths(&refused), ["lot"]);
    let refused = act(&mut office, recall, holder(), "open", opened("L1", &["5301960202:X:1"])).unwrap_err();
    assert_eq!(paths(&refused), ["stocks", "lot"]);
    assert_eq!(stopped(&office), [""; 0]);
    let made = act(&mut office, recall, holder(), "open", opened("L1", &[&item])).unwrap();
    assert_eq!((made.record.state.as_str(), made.beside.len()), ("opened", 1));
    assert_eq!(stopped(&office), ["5301960601:ZH1"]);
    // More that comes in of the lot is stopped as well, and it is destroyed, not sent to another book.
    let document = format!("{BOOK}:exit-checklist:Z1");
    let lines =
        json!({"lines": [{"operation": "re-export", "item": "1", "quantity": "1", "lot": "L1"}]}).to_string();
    let made = act(&mut office, (Register::BondedDocument, &document), holder(), "file", Some(lines));
    assert!(made.is_ok(), "{made:?}");
    let document = format!("{BOOK}:customs-declaration:G1");
    let lines = json!({"lines": [{"operation": "general-trade", "item": "1", "quantity": "1", "lot": "L1"}]})
        .to_string();
    let refused =
        act(&mut office, (Register::BondedDocument, &document), holder(), "file", Some(lines)).unwrap_err();
    assert_eq!(paths(&refused), ["lines[1].lot"]);
    // No code is issued for it either.
    let id = format!("{HOLDER}:{GTIN}/L1");
    let refused = act(&mut office, (Register::TraceCode, &id), holder(), "issue", asked(1)).unwrap_err();
    assert_eq!(paths(&refused), ["id"]);
    // Another recall of the same goods stops it beside this one; who closes lifts his own.
    let found = json!({"found": {"stock": [], "parcels": 0, "held": 0, "left": 0, "buyers": 0, "told": 0, "complete": true, "at": 0},
        "stocks": [item]})
    .to_string();
    let second = (Register::Recall, "5301960601:ZH2");
    act(&mut office, second, holder(), "open", opened("", &[&item])).unwrap();
    let window = By::of_window("recalls");
    act(&mut office, second, window.clone(), "find", Some(found.clone())).unwrap();
    let lifted = json!({"result": "lifted", "stocks": [item]}).to_string();
    assert_eq!(stopped(&office), ["5301960601:ZH1", "5301960601:ZH2"]);
    act(&mut office, second, officer(), "close", Some(lifted.clone())).unwrap();
    assert_eq!(stopped(&office), ["5301960601:ZH1"]);
    act(&mut office, recall, window, "find", Some(found)).unwrap();
    assert!(matches!(
        act(&mut office, recall, holder(), "close", Some(lifted.clone())),
        Err(Refusal::NotYours(_))
    ));
    let less = json!({"result": "lifted", "stocks": []}).to_string();
    assert_eq!(paths(&act(&mut office, recall, officer(), "close", Some(less)).unwrap_err()), ["version"]);
    let made = act(&mut office, recall, officer(), "close", Some(lifted)).unwrap();
    assert_eq!((made.record.state.as_str(), stopped(&office)), ("closed", Vec::new()));
}

#[test]
fn a_lot_that_two_recalls_stop_stays_stopped_in_the_commit_in_which_the_first_lets_it_go() {
    let mut office = with_lot();
    let item = format!("{BOOK}:1");
    let (first, second) = ((Register::Recall, "5301960601:ZH1"), (Register::Recall, "5301960601:ZH2"));
    let found = json!({"found": {"stock": [], "parcels": 0, "held": 0, "left": 0, "buyers": 0, "told": 0, "complete": true, "at": 0},
        "stocks": [item]})
    .to_string();
    let window = By::of_window("recalls");
    for recall in [first, second] {
        act(&mut office, recall, holder(), "open", opened("L1", &[&item])).unwrap();
        act(&mut office, recall, window.clone(), "find", Some(found.clone())).unwrap();
    }
    let lifted = Some(json!({"result": "lifted", "stocks": [item]}).to_string());
    act(&mut office, first, officer(), "close", lifted.clone()).unwrap();
    assert_eq!(stopped(&office), ["5301960601:ZH2"], "nobody need look again for it");
    // One that was carried out holds as well, whatever becomes of the others.
    let third = (Register::Recall, "5301960601:ZH3");
    act(&mut office, third, holder(), "open", opened("", &[&item])).unwrap();
    act(&mut office, third, window, "find", Some(found)).unwrap();
    let carried_out = Some(json!({"result": "carried-out", "stocks": [item]}).to_string());
    act(&mut office, third, officer(), "close", carried_out).unwrap();
    act(&mut office, second, officer(), "close", lifted).unwrap();
    assert_eq!(stopped(&office), ["5301960601:ZH3"]);
}

#[test]
fn a_lot_that_was_written_with_one_recall_is_read_with_it() {
    let mut form = json!({"number": "L1", "origin": "116", "entered": 20_261_123_100_000_000_u64, "balances": {},
        "stopped": "5301960601:ZH1"});
    let recalls = |form: &Value| -> Vec<String> {
        let lot: LotForm = serde_json::from_value(form.clone()).unwrap();
        assert_eq!(serde_json::to_value(&lot).unwrap(), *form, "it is written as it was read");
        lot.recalls().map(str::to_owned).collect()
    };
    assert_eq!(recalls(&form), ["5301960601:ZH1"]);
    form["stoppedToo"] = json!(["5301960601:ZH2"]);
    assert_eq!(recalls(&form), ["5301960601:ZH1", "5301960601:ZH2"]);
}

#[test]
fn a_recall_by_the_other_code_of_the_holder_stops_his_lot_as_well() {
    let mut office = with_lot();
    let filing = office.reference.parties.find(HOLDER, office.now.day()).unwrap();
    let other = filing.other_code.clone().unwrap();
    let by_other = By { codes: vec![HOLDER.into(), other.clone()], ..holder() };
    let id = format!("{other}:ZH1");
    let item = format!("{BOOK}:1");
    act(&mut office, (Register::Recall, &id), by_other, "open", opened("L1", &[&item])).unwrap();
    assert_eq!(stopped(&office), [id]);
}
