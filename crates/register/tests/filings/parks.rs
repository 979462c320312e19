//! Parks, sites, scans and holds: who decides on what, and that no scan of a held parcel passes, whatever is sent.

use super::{Office, office, paths};
use clearance::keys::WaybillKey;
use clearance::party::Role;
use clearance::record::{Actor, RecordKey, Register};
use register::park::{bag, happening, hold, scan, stock};
use register::{By, Change, Command, Refusal};
use serde_json::{Value, json};

const OPERATOR: &str = "5301960601";
const CUSTOMS: &str = "8620000001";
const PARK: &str = "5301960601:P1";
const SITE: &str = "5301960601:CNKMG860001";

fn by(party: &str, role: Role, (reviews, window): (bool, bool)) -> By {
    let actor = Actor { party: party.into(), name: "样例".into() };
    By { actor, codes: vec![party.into()], role, applies: !window, reviews, window }
}

fn act(
    office: &mut Office,
    key: RecordKey,
    by: By,
    action: &str,
    body: Option<Value>,
) -> Result<Change, Refusal> {
    let version = office.facts.records.get(&key).map_or(0, |record| record.version);
    let body = body.map(|body| body.to_string());
    office.one(Command { key, version, action: action.into(), by, note: "因为".into(), body })
}

fn park(office: &mut Office, by: By, action: &str, body: Option<Value>) -> Result<Change, Refusal> {
    act(office, RecordKey::new(Register::Park, PARK), by, action, body)
}

fn site(office: &mut Office, by: By, action: &str, body: Option<Value>) -> Result<Change, Refusal> {
    act(office, RecordKey::new(Register::Site, SITE), by, action, body)
}

fn operator() -> By {
    by(OPERATOR, Role::SiteOperator, (false, false))
}

fn officer() -> By {
    by(CUSTOMS, Role::Officer, (true, false))
}

fn window() -> By {
    by(OPERATOR, Role::SiteOperator, (false, true))
}

fn applied() -> Value {
    json!({"name": "样例园区", "kind": "core", "city": "昆明", "functions": ["sorting"], "legalBasis": "样例方案"})
}

fn of_site(carriers: &[&str]) -> Value {
    json!({"park": PARK, "name": "样例卡口", "kind": "gate", "district": "8620", "carriers": carriers})
}

#[test]
fn the_agency_and_the_operator_of_the_zone_decide_on_parks_and_nobody_on_his_own() {
    let mut office = office();
    let made = park(&mut office, operator(), "apply", Some(applied())).unwrap();
    assert_eq!(made.record.state, "submitted");
    assert!(matches!(park(&mut office, operator(), "approve", None), Err(Refusal::NotYours(_))));
    // An agency without that duty has no part in it; the operator of the zone has, where he may apply.
    let agency = by("5301000901", Role::Agency, (false, false));
    assert_eq!(park(&mut office, agency, "approve", None), Err(Refusal::Absent));
    let reader = By { applies: false, ..by("8620000002", Role::ZoneOperator, (false, false)) };
    assert_eq!(park(&mut office, reader, "approve", None), Err(Refusal::Absent));
    let zone = by("8620000002", Role::ZoneOperator, (false, false));
    assert_eq!(park(&mut office, zone.clone(), "approve", None).unwrap().record.state, "open");
    // On goods he decides as little as before.
    let goods = RecordKey::new(Register::Goods, "5301960201:1");
    assert_eq!(act(&mut office, goods, zone, "approve", None), Err(Refusal::Absent));
}

#[test]
fn a_site_lies_in_an_open_park_and_names_carriers_that_are_filed() {
    let mut office = office();
    let refused = site(&mut office, operator(), "apply", Some(of_site(&["5301960401"]))).unwrap_err();
    assert_eq!(paths(&refused), ["park"], "there is no such park yet");
    park(&mut office, operator(), "apply", Some(applied())).unwrap();
    let refused = site(&mut office, operator(), "apply", Some(of_site(&["5301960401"]))).unwrap_err();
    assert_eq!(paths(&refused), ["park"], "nobody approved it yet");
    park(&mut office, officer(), "approve", None).unwrap();
    let refused = site(&mut office, operator(), "apply", Some(of_site(&["5301960101"]))).unwrap_err();
    assert_eq!(paths(&refused), ["carriers[1]"]);
    let refused = site(&mut office, operator(), "apply", Some(of_site(&[]))).unwrap_err();
    assert_eq!(paths(&refused), ["carriers"]);
    site(&mut office, operator(), "apply", Some(of_site(&["5301960401"]))).unwrap();
    site(&mut office, officer(), "approve", None).unwrap();
    let made = site(&mut office, operator(), "appoint", Some(json!({"keepers": [" men.wei "]}))).unwrap();
    let body = register::park::site::Body::of(&made.record);
    assert_eq!(
        (body.keepers, body.in_force.map(|one| one.kind)),
        (vec!["men.wei".to_owned()], Some("gate".to_owned()))
    );
    let refused = site(&mut office, operator(), "appoint", Some(json!({"keepers": [" "]}))).unwrap_err();
    assert_eq!(paths(&refused), ["keepers[1]"]);
}

fn scanned(office: &mut Office, number: &str, action: &str, body: Value) -> Result<Change, Refusal> {
    act(office, scan::key(SITE, number), window(), action, Some(body))
}

fn of_scan(answer: &str, offline: &str) -> Value {
    json!({
        "parcel": "1", "direction": "out", "offline": offline, "logisticsCode": "5301960401", "logisticsNo": "1",
        "answer": answer, "why": "released",
    })
}

#[test]
fn no_scan_of_a_held_parcel_passes() {
    let mut office = office();
    scanned(&mut office, "1", "pass", of_scan("pass", "")).unwrap();
    let parcel = WaybillKey::new("5301960401", "1");
    let body = json!({"logisticsCode": "5301960401", "logisticsNo": "1"});
    act(&mut office, hold::key(&parcel), window(), "hold", Some(body.clone())).unwrap();
    assert_eq!(paths(&scanned(&mut office, "2", "pass", of_scan("pass", "")).unwrap_err()), ["answer"]);
    assert_eq!(paths(&scanned(&mut office, "2", "pass", of_scan("pass", "pass")).unwrap_err()), ["answer"]);
    // What passed without network and is held is an alarm, and cannot be recorded as anything else.
    let refused = scanned(&mut office, "2", "hold", of_scan("hold", "pass")).unwrap_err();
    assert_eq!(paths(&refused), ["action"]);
    let made = scanned(&mut office, "2", "alarm", of_scan("hold", "pass")).unwrap();
    assert_eq!(made.record.state, "alarmed");
    // A number is used once; a parcel that nobody knows never passes; a hold names its parcel.
    assert!(scanned(&mut office, "2", "hold", of_scan("hold", "")).is_err());
    let unknown = json!({"parcel": "9", "direction": "out", "answer": "pass", "why": "released"});
    assert_eq!(paths(&scanned(&mut office, "3", "pass", unknown).unwrap_err()), ["answer"]);
    let other = RecordKey::new(Register::ParcelHold, "5301960401/2");
    assert_eq!(
        paths(&act(&mut office, other, window(), "hold", Some(body.clone())).unwrap_err()),
        ["logisticsNo"]
    );
    act(&mut office, hold::key(&parcel), window(), "lift", Some(body)).unwrap();
    scanned(&mut office, "4", "pass", of_scan("pass", "")).unwrap();
    // The window writes them, for whom its routes let: nobody else.
    let by_operator = act(&mut office, scan::key(SITE, "5"), operator(), "pass", Some(of_scan("pass", "")));
    assert!(matches!(by_operator, Err(Refusal::NotYours(_))));
}

#[test]
fn a_parcel_is_held_while_one_reason_is_left() {
    let mut office = office();
    let key = hold::key(&WaybillKey::new("5301960401", "1"));
    let mut put = |action: &str, site: &str, reasons: &[&str]| {
        let body =
            json!({"logisticsCode": "5301960401", "logisticsNo": "1", "site": site, "reasons": reasons});
        act(&mut office, key.clone(), window(), action, Some(body)).map(|made| made.record)
    };
    let recall = hold::of_recall("5301960601:ZH1");
    put("hold", "", &["样例线索"]).unwrap();
    put("hold", "", &[&recall]).unwrap();
    let made = put("hold", SITE, &["X-ray 1", &recall]).unwrap();
    assert_eq!(hold::reasons(Some(&made)), ["样例线索", recall.as_str(), "X-ray 1"], "each once");
    // The last is not lifted as one of several, nor one of several as the last.
    assert_eq!(paths(&put("lift", "", &[&recall]).unwrap_err()), ["reasons"]);
    let made = put("lift-reason", "", &["X-ray 1"]).unwrap();
    assert_eq!((made.state.as_str(), hold::Hold::of(&made).site.as_str()), ("held", SITE));
    // An officer lifts what is no recall's; what is a recall's alone he lifts seeing it.
    let made = put("lift-reason", "", &[]).unwrap();
    assert_eq!(hold::reasons(Some(&made)), [recall.as_str()]);
    assert_eq!(paths(&put("lift-reason", "", &[]).unwrap_err()), ["reasons"]);
    let made = put("lift", "", &[]).unwrap();
    assert_eq!((made.state.as_str(), hold::reasons(Some(&made)).len()), ("lifted", 0));
    // Held anew, it has nothing of what was lifted.
    let made = put("hold", "", &["样例线索"]).unwrap();
    assert_eq!(hold::reasons(Some(&made)), ["样例线索"]);
    assert_eq!(hold::Hold::of(&made).site, "");
    // One of before has its reason in its note.
    let body = r#"{"logisticsCode":"5301960401","logisticsNo":"1","site":""}"#.to_owned();
    let before = clearance::record::Record { body, note: recall.clone(), ..(*made).clone() };
    assert_eq!(hold::reasons(Some(&before)), [recall]);
}

#[test]
fn what_happened_is_typed_by_kind() {
    let mut office = office();
    let mut record = |number: &str, body: Value| {
        let key = RecordKey::new(Register::SiteRecord, &format!("{SITE}:{number}"));
        act(&mut office, key, window(), "record", Some(body))
            .map(|_| ())
            .map_err(|refusal| paths(&refusal).join(" "))
    };
    let parcels = json!(["5301960401/1"]);
    assert_eq!(record("1", json!({"kind": "x-ray", "parcels": parcels, "result": "clear"})), Ok(()));
    assert_eq!(record("2", json!({"kind": "weight", "parcels": parcels, "weight": "1.25"})), Ok(()));
    assert_eq!(
        record("3", json!({"kind": "label", "parcels": parcels, "label": "清单86202026I000000001"})),
        Ok(())
    );
    assert_eq!(record("4", json!({"kind": "bag", "parcels": parcels, "bag": "B", "seal": "S"})), Ok(()));
    let list = json!({"kind": "gate-list", "parcels": parcels, "vehicle": "云A00001", "direction": "out"});
    assert_eq!(record("5", list), Ok(()));
    let counted = json!([{"item": "1", "quantity": "12.5"}]);
    assert_eq!(record("6", json!({"kind": "stocktake", "counted": counted})), Ok(()));
    for (body, wrong) in [
        (json!({"kind": "flood"}), "kind"),
        (json!({"kind": "x-ray", "parcels": parcels, "result": "red"}), "result"),
        (json!({"kind": "x-ray", "parcels": [], "result": "clear"}), "parcels"),
        (json!({"kind": "stocktake", "counted": counted, "vehicle": "云A00001"}), "vehicle"),
        (json!({"kind": "stocktake"}), "counted"),
        (
            json!({"kind": "x-ray", "parcels": ["5301960401/1", "5301960401/1"], "result": "clear"}),
            "parcels[2]",
        ),
        (json!({"kind": "bag", "parcels": parcels, "bag": "B 2", "seal": "S\n2"}), "bag seal"),
        (json!({"kind": "unseal", "bag": "B"}), "text"),
        (json!({"kind": "gate-list", "vehicle": "云A00001", "direction": "out"}), "parcels"),
        (
            json!({"kind": "gate-list", "vehicle": "云A00001", "direction": "in", "parcels": parcels, "offline": "pass"}),
            "offline",
        ),
        (
            json!({"kind": "stocktake", "counted": [{"item": "", "quantity": "-1"}]}),
            "counted[1].item counted[1].quantity",
        ),
        (json!({"kind": "bag", "parcels": parcels, "bag": "C"}), "seal"),
        (json!({"kind": "label", "parcels": parcels, "label": "x", "at": "today"}), "at"),
    ] {
        assert_eq!(record("9", body), Err(wrong.to_owned()));
    }
}

fn recorded(office: &mut Office, number: &str, action: &str, body: Value) -> Result<Change, Refusal> {
    act(office, happening::key(SITE, number), window(), action, Some(body))
}

fn states(change: &Change) -> Vec<(&str, &str)> {
    change.beside.iter().map(|record| (record.key.register.word(), record.state.as_str())).collect()
}

fn held(office: &mut Office, number: &str) {
    let parcel = WaybillKey::new("5301960401", number);
    let body = json!({"logisticsCode": "5301960401", "logisticsNo": number});
    act(office, hold::key(&parcel), window(), "hold", Some(body)).unwrap();
}

#[test]
fn a_bag_is_sealed_with_its_record_and_passes_as_long_as_nothing_in_it_is_held() {
    let mut office = office();
    let parcels = json!(["5301960401/1", "5301960401/2"]);
    let sealing = json!({"kind": "bag", "parcels": parcels, "bag": "B1", "seal": "S1"});
    let made = recorded(&mut office, "1", "record", sealing.clone()).unwrap();
    assert_eq!(states(&made), [("site-bags", "sealed")]);
    let sealed = &made.beside[0];
    assert_eq!(sealed.last.sequence, made.record.last.sequence + 1, "the row behind");
    assert_eq!((sealed.key.clone(), bag::Bag::of(sealed).seal.as_str()), (bag::key(OPERATOR, "B1"), "S1"));
    assert_eq!(paths(&recorded(&mut office, "2", "record", sealing.clone()).unwrap_err()), ["bag"]);
    // A scan of it says what is in it, and is held against the bag and against each hold.
    let of_bag = |parcels: &Value| {
        json!({
            "parcel": "B1", "direction": "out", "answer": "pass", "why": "released", "bag": format!("{OPERATOR}:B1"),
            "seal": "S1", "parcels": parcels,
        })
    };
    scanned(&mut office, "s1", "pass", of_bag(&parcels)).unwrap();
    let less = json!(["5301960401/1"]);
    assert_eq!(paths(&scanned(&mut office, "s2", "pass", of_bag(&less)).unwrap_err()), ["answer"]);
    held(&mut office, "2");
    assert_eq!(paths(&scanned(&mut office, "s2", "pass", of_bag(&parcels)).unwrap_err()), ["answer"]);
    // Opened it passes no more, and may be sealed again.
    let opening = json!({"kind": "unseal", "bag": "B1", "text": "样例：一件可疑"});
    let made = recorded(&mut office, "3", "record", opening.clone()).unwrap();
    assert_eq!(states(&made), [("site-bags", "unsealed")]);
    assert_eq!((made.beside[0].version, bag::Bag::of(&made.beside[0]).seal.as_str()), (2, ""));
    assert_eq!(paths(&recorded(&mut office, "4", "record", opening).unwrap_err()), ["bag"]);
    let again = json!({"kind": "bag", "parcels": ["5301960401/1"], "bag": "B1", "seal": "S2"});
    let made = recorded(&mut office, "5", "record", again).unwrap();
    assert_eq!((made.beside[0].version, made.beside[0].state.as_str()), (3, "sealed"));
    scanned(&mut office, "s3", "pass", of_bag(&json!(["5301960401/1"]))).unwrap();
    // Nobody writes a bag but the window behind such a record.
    let by_itself = act(&mut office, bag::key(OPERATOR, "B2"), window(), "seal", Some(json!({})));
    assert_eq!(paths(&by_itself.unwrap_err()), ["action"]);
}

#[test]
fn nothing_held_leaves_on_a_gate_list_and_what_left_without_network_is_an_alarm() {
    let mut office = office();
    let bagged = json!(["5301960401/2"]);
    let sealing = json!({"kind": "bag", "parcels": bagged, "bag": "B1", "seal": "S1"});
    recorded(&mut office, "1", "record", sealing).unwrap();
    let list = |seal: &str, direction: &str, more: Value| {
        let mut list = json!({
            "kind": "gate-list", "parcels": ["5301960401/1"], "vehicle": "云A00001", "direction": direction,
            "bags": [{"bag": "B1", "seal": seal, "parcels": bagged}],
        });
        list.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        list
    };
    let made = recorded(&mut office, "2", "record", list("S1", "in", json!({}))).unwrap();
    assert_eq!(states(&made), [("site-stocks", "inside"), ("site-stocks", "inside")]);
    assert_eq!(
        paths(&recorded(&mut office, "3", "record", list("S9", "out", json!({}))).unwrap_err()),
        ["bags[1]"]
    );
    held(&mut office, "2");
    let refused = recorded(&mut office, "3", "record", list("S1", "out", json!({}))).unwrap_err();
    assert_eq!(paths(&refused), ["bags[1].parcels[1]"]);
    // What does not pass is told; it leaves only where it has left already.
    let stopped = json!({"stopped": [{"bag": "B1", "parcel": "5301960401/2", "why": "parcel-held"}]});
    let refused = recorded(&mut office, "3", "alarm", list("S1", "out", stopped.clone())).unwrap_err();
    assert_eq!(paths(&refused), ["stopped"]);
    let mut left = list("S1", "out", stopped);
    left["offline"] = json!("pass");
    assert_eq!(paths(&recorded(&mut office, "3", "record", left.clone()).unwrap_err()), ["action"]);
    let made = recorded(&mut office, "3", "alarm", left).unwrap();
    assert_eq!(made.record.state, "alarmed");
    assert_eq!(states(&made), [("site-stocks", "left"), ("site-stocks", "left")]);
    // A bag that comes with another seal is recorded as what it is.
    let other = json!({"stopped": [{"bag": "B1", "why": "seal-differs"}]});
    assert_eq!(recorded(&mut office, "4", "alarm", list("S9", "in", other)).unwrap().record.state, "alarmed");
}

#[test]
fn scans_say_what_lies_at_a_site_and_a_stocktake_that_differs_says_so() {
    let mut office = office();
    let inside = |office: &Office| {
        let parcel = WaybillKey::new("5301960401", "1");
        stock::is_inside(office.facts.records.get(&stock::key(SITE, &parcel)).map(|stock| &**stock))
    };
    let scan_of = |direction: &str, answer: &str| {
        json!({
            "parcel": "1", "direction": direction, "logisticsCode": "5301960401", "logisticsNo": "1", "answer": answer,
            "why": "released",
        })
    };
    // What is held comes in and does not go out; within the site nothing moves.
    let made = scanned(&mut office, "1", "hold", scan_of("in", "hold")).unwrap();
    assert_eq!((states(&made), inside(&office)), (vec![("site-stocks", "inside")], true));
    for (number, direction, answer) in [("2", "in", "hold"), ("3", "out", "hold"), ("4", "within", "pass")] {
        let made = scanned(&mut office, number, answer, scan_of(direction, answer)).unwrap();
        assert_eq!((states(&made), inside(&office)), (Vec::new(), true), "{direction}");
    }
    let made = scanned(&mut office, "5", "pass", scan_of("out", "pass")).unwrap();
    assert_eq!((states(&made), inside(&office)), (vec![("site-stocks", "left")], false));
    assert_eq!(made.beside[0].version, 2);
    let counted = json!({
        "kind": "stocktake", "parcels": ["5301960401/1"], "differences": [{"parcel": "5301960401/1", "why": "surplus"}],
    });
    assert_eq!(paths(&recorded(&mut office, "6", "record", counted.clone()).unwrap_err()), ["action"]);
    assert_eq!(recorded(&mut office, "6", "differ", counted).unwrap().record.state, "differing");
}
