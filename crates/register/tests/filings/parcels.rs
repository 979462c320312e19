//! Parcels of post and express: who gives them, everything that is wrong at once, versions that say what they change, tax with its
//! arithmetic, what a person settles, windows that are raised once, and tables of parcels.

use super::{Office, office, paths};
use clearance::event::Person;
use clearance::facts::{CountKey, CountKind};
use clearance::party::Role;
use clearance::record::{Actor, RecordKey};
use clearance::sample::Trade;
use clearance::windows::{self, Linked, Measure, Span, WindowFact, consignor};
use register::parcel::{Body, Parcel, awaits_review, key_of, table};
use register::view::View;
use register::{By, Change, Command, Refusal};
use serde_json::{Value, json};

const EXPRESS: &str = "5301960402";
const PLATFORM: &str = "5301960101";
const CUSTOMS: &str = "8620000001";

fn act(
    office: &mut Office,
    key: RecordKey,
    by: &str,
    action: &str,
    body: Option<Value>,
) -> Result<Change, Refusal> {
    let version = office.facts.records.get(&key).map_or(0, |record| record.version);
    let (role, reviews) = if by == CUSTOMS { (Role::Officer, true) } else { (Role::Express, false) };
    let actor = Actor { party: by.into(), name: "经办人".into() };
    let by = By { actor, codes: vec![by.into()], role, applies: true, reviews, window: false };
    let body = body.map(|body| body.to_string());
    office.one(Command { key, version, action: action.into(), by, note: "样例".into(), body })
}

fn give(office: &mut Office, tracking: &str, body: Value) -> Result<Change, Refusal> {
    act(office, key_of(EXPRESS, tracking), EXPRESS, "give", Some(body))
}

fn parcel(value: &str) -> Value {
    json!({
        "channel": "express", "form": "express-manifest", "category": "gift",
        "sender": {"name": "Examplora Trading", "countryCode": "502", "firm": true},
        "consignee": {"name": "样一", "telephone": "10000000000", "address": "样例路1号"},
        "contents": [{"description": "样例咖啡", "heading": "01", "quantity": "1", "value": value, "currency": "142"}],
        "site": "CNKMG860001", "arrivedAt": "20261127100000",
        "keys": {"identity": "i1", "telephone": "t1", "address": "a1", "consignor": "c1"},
    })
}

fn with(mut parcel: Value, pointer: &str, value: Value) -> Value {
    *parcel.pointer_mut(pointer).unwrap() = value;
    parcel
}

fn body(change: &Change) -> Body {
    Body::of(&change.record)
}

fn raises(change: &Change) -> Vec<String> {
    Linked::of_value(&body(change).linked).raises.iter().map(ToString::to_string).collect()
}

#[test]
fn a_version_says_what_it_changes_and_what_is_due_with_its_arithmetic() {
    let mut office = office();
    let first = give(&mut office, "EX0000001", parcel("380.00")).unwrap();
    let told = body(&first);
    assert_eq!(
        (told.tax.outcome.as_str(), told.tax.tax.as_str(), told.tax.due.as_str()),
        ("exempt", "49.4", "0")
    );
    assert_eq!(told.tax.day, "20261127");
    assert!(told.changes.is_empty());
    let key = key_of(EXPRESS, "EX0000001");
    let more = with(parcel("385.00"), "/category", json!("mixed"));
    let second = act(&mut office, key.clone(), EXPRESS, "correct", Some(more)).unwrap();
    let told = body(&second);
    assert_eq!(told.changes, ["category", "contents[1].value"]);
    assert_eq!(told.tax.arithmetic, ["1: 385.00 × 13% = 50.05", "Σ 385.00 ≤ 1000.00", "Σ 50.05 > 50.00"]);
    assert_eq!((second.record.version, told.tax.due.as_str()), (2, "50.05"));
    // Another content is named as a whole.
    let mut longer = parcel("385.00");
    let one = longer["contents"][0].clone();
    longer["contents"].as_array_mut().unwrap().push(one);
    let third = act(&mut office, key.clone(), EXPRESS, "correct", Some(longer)).unwrap();
    assert_eq!(body(&third).changes, ["category", "contents[2]"]);
    let withdrawn = act(&mut office, key.clone(), EXPRESS, "withdraw", None).unwrap();
    assert_eq!(
        (withdrawn.record.state.as_str(), withdrawn.record.parties.as_slice()),
        ("withdrawn", &[EXPRESS.into()][..])
    );
    // Others learn nothing of it.
    assert_eq!(act(&mut office, key, PLATFORM, "correct", Some(parcel("1.00"))), Err(Refusal::Absent));
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let mut office = office();
    let mut wrong = parcel("-1");
    for (pointer, value) in [
        ("/channel", json!("pigeon")),
        ("/sender/countryCode", json!("XX")),
        ("/consignee/name", json!(" ")),
        ("/contents/0/quantity", json!("0")),
        ("/contents/0/heading", json!("99")),
        ("/contents/0/currency", json!("EUR")),
        ("/arrivedAt", json!("20270101000000")),
    ] {
        wrong = with(wrong, pointer, value);
    }
    wrong["consignee"]["identity"] = json!("990101199001010010");
    wrong["contents"][0]["hsCode"] = json!("12");
    wrong["contents"][0]["catalogue"] = json!("gold-bar");
    wrong["indivisible"] = json!(true);
    let refused = give(&mut office, "EX0000002", wrong).unwrap_err();
    assert_eq!(
        paths(&refused),
        [
            "channel",
            "sender.countryCode",
            "consignee.name",
            "consignee.identity",
            "contents[1].hsCode",
            "contents[1].heading",
            "contents[1].catalogue",
            "contents[1].quantity",
            "contents[1].value",
            "contents[1].currency",
            "indivisible",
            "arrivedAt",
        ]
    );
    let mut sum = parcel("380.00");
    sum["declaredValue"] = json!("381.00");
    assert_eq!(paths(&give(&mut office, "EX0000002", sum).unwrap_err()), ["declaredValue"]);
    for (tracking, post) in [("EX1", false), ("ex0000002", false), ("RR473124828XX", true)] {
        let channel = if post { "post" } else { "express" };
        let told = give(&mut office, tracking, with(parcel("1.00"), "/channel", json!(channel)));
        assert_eq!(paths(&told.unwrap_err()), ["id"], "{tracking}");
    }
    // By his other code it would be another parcel.
    let filing = office.reference.parties.find(EXPRESS, office.now.day()).unwrap();
    let other = filing.other_code.clone().unwrap();
    let key = key_of(&other, "EX0000002");
    let told = act(&mut office, key, &other, "give", Some(parcel("1.00")));
    assert_eq!(paths(&told.unwrap_err()), ["id"]);
    // A platform carries nothing.
    let key = key_of(PLATFORM, "EX0000002");
    let told = act(&mut office, key, PLATFORM, "give", Some(parcel("1.00")));
    assert_eq!(paths(&told.unwrap_err()), ["id"]);
}

#[test]
fn what_cannot_be_reckoned_waits_for_a_person_who_settles_it() {
    let mut office = office();
    let unknown = with(parcel("60.00"), "/contents/0/currency", json!("502"));
    let given = give(&mut office, "EX0000003", unknown).unwrap();
    assert!(awaits_review(&given.record));
    assert_eq!(body(&given).tax.lines[0].reviews, ["no-rate"]);
    let key = key_of(EXPRESS, "EX0000003");
    let settle = |line: u32, yuan: &str| Some(json!({"settled": [{"line": line, "yuan": yuan}]}));
    let told = act(&mut office, key.clone(), CUSTOMS, "determine", settle(2, "x"));
    assert_eq!(paths(&told.unwrap_err()), ["settled[1].line", "settled[1].yuan"]);
    // Reckoned again with the same tables, it waits still.
    let again = act(&mut office, key.clone(), CUSTOMS, "determine", Some(json!({"settled": []}))).unwrap();
    assert_eq!(again.record.state, "assessed");
    assert!(awaits_review(&again.record));
    let states = register::waiting(again.record.key.register, register::moves::Who::Reviewer);
    assert!(states.contains(&again.record.state.as_str()));
    // Whoever gives it does not settle it.
    let own = act(&mut office, key.clone(), EXPRESS, "determine", settle(1, "1.00"));
    assert!(matches!(own, Err(Refusal::NotYours(_))), "{own:?}");
    let settled = act(&mut office, key, CUSTOMS, "determine", settle(1, "427.50")).unwrap();
    let told = body(&settled);
    assert_eq!((settled.record.state.as_str(), told.tax.due.as_str()), ("assessed", "55.58"));
    assert!(!awaits_review(&settled.record) && raises(&settled).is_empty());
}

#[test]
fn what_an_officer_settled_holds_until_its_contents_are_said_anew() {
    let mut office = office();
    give(&mut office, "EX0000005", parcel("100.00")).unwrap();
    let key = key_of(EXPRESS, "EX0000005");
    let settled = json!({"settled": [{"line": 1, "yuan": "900.00"}]});
    act(&mut office, key.clone(), CUSTOMS, "determine", Some(settled.clone())).unwrap();
    // Sent again with another manifest, it is what the officer said.
    let mut other = parcel("100.00");
    other["manifest"] = json!("M2");
    let made = act(&mut office, key.clone(), EXPRESS, "correct", Some(other)).unwrap();
    assert_eq!((body(&made).tax.outcome.as_str(), body(&made).tax.due.as_str()), ("due", "117"));
    assert!(!awaits_review(&made.record));
    // Other contents are looked at again, however often they are said, and not exempt until then unseen.
    for value in ["90.00", "95.00"] {
        let made = act(&mut office, key.clone(), EXPRESS, "correct", Some(parcel(value))).unwrap();
        assert!(body(&made).settled.is_empty() && awaits_review(&made.record), "{value}");
    }
    let made = act(&mut office, key, CUSTOMS, "determine", Some(settled)).unwrap();
    assert!(!awaits_review(&made.record));
}

#[test]
fn what_a_person_valued_has_the_heading_of_its_entry_of_the_catalogue() {
    let mut office = office();
    let mut wine = with(parcel("60.00"), "/contents/0/currency", json!("502"));
    wine = with(wine, "/contents/0/heading", json!(""));
    wine["contents"][0]["catalogue"] = json!("wine-bottle");
    let given = give(&mut office, "EX0000004", wine).unwrap();
    assert_eq!(body(&given).tax.lines[0].reviews, ["no-rate"]);
    let settled = Some(json!({"settled": [{"line": 1, "yuan": "300"}]}));
    let told =
        body(&act(&mut office, key_of(EXPRESS, "EX0000004"), CUSTOMS, "determine", settled).unwrap()).tax;
    assert_eq!((told.lines[0].heading.as_str(), told.lines[0].reviews.len()), ("02", 0));
    assert_eq!(told.due, "150", "300 at 50%");
}

#[test]
fn a_parcel_is_counted_once_and_the_next_of_the_same_batch_sees_it() {
    let mut office = office();
    let stands = |change: &Change, fact: &str| {
        body(change).known.iter().find(|known| known.fact == fact).map(|known| known.stands)
    };
    let first = give(&mut office, "EX0000011", parcel("100.00")).unwrap();
    assert_eq!(raises(&first), ["identity", "telephone", "address", "consignor"]);
    let second = give(&mut office, "EX0000012", parcel("200.00")).unwrap();
    assert_eq!(stands(&second, "parcel_identity_count_30"), Some(2));
    assert_eq!(stands(&second, "linked_identity_fen_365"), Some(30_000));
    assert_eq!(stands(&second, "parcel_address_identities_90"), Some(1));
    let key = key_of(EXPRESS, "EX0000012");
    let third = act(&mut office, key, EXPRESS, "correct", Some(parcel("250.00"))).unwrap();
    assert!(raises(&third).is_empty(), "it was counted");
    assert_eq!(stands(&third, "parcel_identity_count_30"), Some(2));
    let window = &office.facts.counts[&CountKey { kind: CountKind::ParcelConsignor, owner: "c1".into() }];
    assert_eq!(window.read(Measure::Count, Span::Days(1), office.now), Some(2));
}

/// Something of a person and a firm, each known by a number, comes by a channel: what is asked for stands at this with it.
fn come(office: &mut Office, channel: &str, nth: usize, who: u8, asked: &[WindowFact]) -> Vec<i64> {
    const HALF_LIFE: i64 = 30;
    let firm = format!("Examplora Trading {who}");
    let key = |letter: char| format!("{letter}{who}");
    if matches!(channel, "9610" | "1210") {
        let mut declaration = Trade::new(1, nth as u64, office.now, 1_000).declaration;
        declaration.head.trade_mode = channel.into();
        declaration.head.ebc_name = firm.as_str().into();
        let person =
            Person { identity: key('i').into(), telephone: key('t').into(), address: key('a').into() };
        let raised = windows::raised(&person, &declaration, None, |_| true);
        windows::raise(&raised, &mut office.facts.counts, &[], &[], office.now);
        let named = (&person, &declaration);
        let read = windows::linked(named, &office.facts.counts, asked, &[], office.now, HALF_LIFE);
        return read.iter().flat_map(|read| read.values.iter().map(|value| value.value)).collect();
    }
    let (tracking, form) = match channel {
        "post" => (["RR473124829XX", "RR473124832XX", "RR473124846XX"][nth], "cn22"),
        _ => (["EX0000051", "EX0000052", "EX0000053"][nth], "express-manifest"),
    };
    let keys = json!({"identity": key('i'), "telephone": key('t'), "address": key('a'),
        "consignor": consignor(&firm).as_str()});
    let mut sent = parcel("100.00");
    (sent["channel"], sent["form"], sent["keys"]) = (json!(channel), json!(form), keys);
    let given = give(office, tracking, sent).unwrap();
    let linked = Linked::of_value(&body(&given).linked);
    let facts = linked.facts(&office.facts.counts, asked, office.now, HALF_LIFE);
    facts.into_iter().map(|(_, value)| value).collect()
}

#[test]
fn what_comes_by_one_channel_counts_for_what_comes_by_any_other() {
    const CHANNELS: [&str; 4] = ["9610", "1210", "express", "post"];
    let asked: Vec<WindowFact> = ["identity", "telephone", "address", "consignor"]
        .iter()
        .map(|key| WindowFact::parse(&format!("linked_{key}_count_30")).unwrap().unwrap())
        .collect();
    for first in CHANNELS {
        for second in CHANNELS {
            let mut office = office();
            assert_eq!(come(&mut office, first, 0, 1, &asked), [1; 4], "{first}");
            assert_eq!(come(&mut office, second, 1, 1, &asked), [2; 4], "{first}, then {second}");
            assert_eq!(come(&mut office, first, 2, 2, &asked), [1; 4], "another of {first}");
        }
    }
}

#[test]
fn others_read_a_parcel_masked_and_its_giver_learns_nothing_of_others() {
    let mut office = office();
    let given = give(&mut office, "EX0000021", parcel("100.00")).unwrap();
    let own = View::of(&given.record, &[EXPRESS.into()]);
    assert_eq!(own.body()["parcel"]["consignee"]["name"], "样一");
    assert!(own.body().get("linked").is_none() && own.body().get("known").is_none());
    let office = View::of(&given.record, &[CUSTOMS.into()]);
    assert_eq!(office.body()["parcel"]["consignee"]["name"], "样*");
    assert_eq!(office.body()["parcel"]["consignee"]["telephone"], "100******00");
    assert_eq!(office.body()["linked"]["identity"], "i1");
}

#[test]
fn an_erased_parcel_has_its_form_and_raises_nothing() {
    let mut office = office();
    let given = give(&mut office, "EX0000031", parcel("100.00")).unwrap();
    assert_eq!(clearance::windows::of_record(&given.record).len(), 4);
    let erased = register::retention::redacted(&given.record).unwrap();
    assert!(!erased.body.contains("样一") && !erased.body.contains("\"i1\""));
    let left = Linked::of_value(&Body::of(&erased).linked);
    assert_eq!(left, Linked { fen: 10_000, ..Linked::default() });
    assert!(clearance::windows::of_record(&erased).is_empty());
}

const HEADER: &str = "tracking_number,channel,form,category,sender_name,sender_country,sender_firm,consignee_name,consignee_address,site,arrived_at,description,quantity,value,currency,heading";

#[test]
fn a_table_has_a_line_for_each_content() {
    let text = format!(
        "{HEADER}\nex0000041,express,express-manifest,gift,Examplora,502,yes,样一,\"样例路1号, 2\",S1,20261127100000,咖啡,1,10.00,142,01\n,,,,,,,,,,,鞋,1,20.00,142,06\nEX0000042,post,cn22,gift,B,502,,样二,样例路2号,S1,20261127100000,书,1,30.00,142,20\n"
    );
    let rows = table::rows(&text, 10).unwrap();
    let told: Vec<(u64, &str, usize)> =
        rows.iter().map(|row| (row.line, row.tracking.as_str(), row.parcel.contents.len())).collect();
    assert_eq!(told, [(2, "EX0000041", 2), (4, "EX0000042", 1)]);
    assert!(rows.iter().all(|row| row.faults.is_empty()), "{rows:?}");
    let first: &Parcel = &rows[0].parcel;
    assert!(first.sender.firm && first.consignee.address == "样例路1号, 2" && !rows[1].parcel.sender.firm);
    assert!(table::rows(&text, 1).is_err(), "one too many");
}

#[test]
fn what_is_wrong_with_a_table_is_told_with_its_line() {
    let header = |text: &str| -> Vec<String> {
        table::rows(text, 10).unwrap_err().iter().map(|fault| fault.value.clone()).collect()
    };
    assert_eq!(header(&format!("{HEADER},colour,value\n")), ["colour", "value"]);
    assert_eq!(header(&HEADER.replace(",site", "")), ["site"]);
    assert_eq!(header(&format!("{HEADER}\n")), [""], "no parcel");
    let text = format!(
        "{HEADER}\nEX0000051,express,express-manifest,gift,A,502,maybe,样一,路,S1,20261127100000,咖啡,1,10.00,142,01\nEX0000051,post,,,,,,,,,,鞋,1,20.00,142\n"
    );
    let rows = table::rows(&text, 10).unwrap();
    let told: Vec<&str> = rows[0].faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(told, ["sender_firm", "line 3", "line 3.channel"]);
}
