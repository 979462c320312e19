//! Units of consolidated exports: who may be in one by the state of its trade, that a parcel is in one unit whatever is sent at once,
//! that a bag leaves as it was put in, and that a number that is used again is of another parcel.

use super::{NOW, Office, office, paths};
use ceb::{Decimal, Document};
use clearance::Text;
use clearance::consignment::{Filed, State};
use clearance::export::{
    CancellationOfExport, ExportAttempt, ExportKey, ExportState, ExportTrade, ExportTradeKey,
    ExportWaybillRecord,
};
use clearance::keys::{Position, WaybillKey};
use clearance::party::Role;
use clearance::passage::{Passage, passage};
use clearance::record::{Actor, Record, RecordKey, Register};
use clearance::sample::{self, Export};
use register::consolidation::{Body, Mark, key};
use register::park::bag;
use register::{By, Change, Command, Refusal};
use serde_json::{Value, json};
use std::sync::Arc;

const CARRIER: &str = "5301960401";
const OTHER: &str = "5301960402";
const OPERATOR: &str = "5301960601";
const SITE: &str = "5301960601:CNKMG860001";
const UNIT: &str = "5301960401:U1";

fn filed(document: Document, status: u16) -> Filed {
    Filed {
        document: Arc::new(document),
        position: Position { writer: 0, sequence: 1 },
        fingerprint: [0; 16],
        app_time: sample::stamp(NOW),
        sender: CARRIER.into(),
        recipient: Text::default(),
        copies: Vec::new(),
        status,
    }
}

fn record(key: RecordKey, state: &str, body: &Value) -> Arc<Record> {
    Arc::new(Record {
        key,
        version: 1,
        state: state.into(),
        parties: Vec::new(),
        created: NOW,
        changed: NOW,
        first: Position::default(),
        last: Position::default(),
        previous: None,
        actor: Actor::default(),
        action: Text::default(),
        note: String::new(),
        format: 1,
        body: body.to_string(),
        charges: Vec::new(),
    })
}

fn put(office: &mut Office, key: RecordKey, state: &str, body: &Value) {
    office.facts.records.insert(key.clone(), record(key, state, body));
}

/// A zone with a site through which parcels of two carriers come.
fn zone() -> Office {
    let mut office = office();
    let applied = json!({"park": "5301960601:P1", "name": "样例", "kind": "gate", "district": "8620", "carriers": [CARRIER, OTHER]});
    let body = json!({"applied": applied, "inForce": applied});
    put(&mut office, RecordKey::new(Register::Site, SITE), "open", &body);
    office
}

fn parcel(carrier: &str, number: u64) -> WaybillKey {
    WaybillKey::new(carrier, &format!("EY{number}"))
}

/// An export of an order whose list names a parcel and weighs so many kilogrammes.
fn export(
    office: &mut Office,
    waybill: &WaybillKey,
    order: u64,
    (state, weight): (State, i64),
) -> ExportTradeKey {
    let sample = Export::new(7, order, NOW);
    let mut list = sample.declaration.clone();
    list.head.gross_weight = Decimal::from_whole(weight);
    let key = sample.key();
    let attempt = ExportAttempt {
        number: 1,
        declaration: filed(Document::ExportDeclaration(list), 120),
        state,
        pre_no: Text::default(),
        invt_no: None,
        business_date: NOW.day(),
        rulebook: 1,
        lane: None,
        findings: Vec::new(),
        remarks: Vec::new(),
        closed_on: None,
    };
    let trade = ExportTrade { attempt: Some(attempt), ..ExportTrade::new(key.clone()) };
    let claimed_by = Some((key.clone(), 1));
    let carried = ExportWaybillRecord { claimed_by, ..ExportWaybillRecord::new(waybill.clone(), NOW.day()) };
    let exports = &mut office.facts.exports;
    exports.insert(ExportKey::Trade(key.clone()), ExportState::Trade(Arc::new(trade)));
    exports.insert(ExportKey::Waybill(waybill.clone()), ExportState::Waybill(Arc::new(carried)));
    key
}

fn change(office: &mut Office, key: &ExportTradeKey, change: impl FnOnce(&mut ExportTrade)) {
    let Some(ExportState::Trade(trade)) = office.facts.exports.get_mut(&ExportKey::Trade(key.clone())) else {
        panic!("no trade {key:?}")
    };
    change(Arc::make_mut(trade));
}

fn by(party: &str) -> By {
    let role = if party == OPERATOR { Role::SiteOperator } else { Role::Logistics };
    let actor = Actor { party: party.into(), name: "样例".into() };
    By { actor, codes: vec![party.into()], role, applies: true, reviews: false, window: false }
}

fn named(parcel: &WaybillKey) -> String {
    format!("{}/{}", parcel.logistics, parcel.logistics_no)
}

fn command(office: &Office, id: &str, action: &str, body: Value) -> Command {
    let key = RecordKey::new(Register::Consolidation, id);
    let version = office.facts.records.get(&key).map_or(0, |record| record.version);
    let party = id.split(':').next().unwrap();
    let (by, body) = (by(party), Some(body.to_string()));
    Command { key, version, action: action.into(), by, note: "因为".into(), body }
}

fn act(office: &mut Office, id: &str, action: &str, body: Value) -> Result<Change, Refusal> {
    let command = command(office, id, action, body);
    office.one(command)
}

/// A body with the parcels that a command touches, as the window names them.
fn with(mut body: Value, touched: &[&WaybillKey]) -> Value {
    body["found"] = touched.iter().map(|parcel| json!({"parcel": named(parcel)})).collect();
    body
}

fn open(office: &mut Office, id: &str) {
    let opening = json!({"site": SITE, "kind": "truck", "unit": "云A00001"});
    assert_eq!(act(office, id, "open-unit", opening).unwrap().record.state, "loading");
}

fn load(office: &mut Office, id: &str, parcels: &[&WaybillKey]) -> Result<Change, Refusal> {
    let names: Vec<String> = parcels.iter().map(|parcel| named(parcel)).collect();
    act(office, id, "load", with(json!({"parcels": names}), parcels))
}

fn close(office: &mut Office, gross: &str, inside: &[&WaybillKey]) -> Result<Change, Refusal> {
    act(office, UNIT, "close-unit", with(json!({"seal": "S1", "tare": "1000", "gross": gross}), inside))
}

/// Why a parcel was refused.
fn why(refused: Result<Change, Refusal>) -> String {
    let Err(Refusal::Invalid(faults)) = refused else { panic!("{refused:?}") };
    let said = &faults[0].expected;
    assert_eq!((faults.len(), said.code()), (1, "unit-parcel"), "{faults:?}");
    said.parameters().iter().find(|(name, _)| *name == "why").unwrap().1.clone()
}

fn states(change: &Change) -> Vec<&str> {
    change.beside.iter().map(|record| record.state.as_str()).collect()
}

#[test]
fn a_parcel_goes_in_when_its_trade_is_released_and_stands_in_no_other_state() {
    let mut office = zone();
    open(&mut office, UNIT);
    let one = parcel(CARRIER, 1);
    assert_eq!(why(load(&mut office, UNIT, &[&one])), "unknown");
    for state in State::ALL.into_iter().filter(|state| *state != State::Released) {
        export(&mut office, &one, 1, (state, 10));
        assert_eq!(why(load(&mut office, UNIT, &[&one])), state.word());
    }
    let trade = export(&mut office, &one, 1, (State::Released, 10));
    let state = office.facts.exports[&ExportKey::Trade(trade.clone())].clone();
    let list = state.trade().and_then(|trade| trade.attempt.clone()).unwrap();
    let cancelling = |attempt, status| CancellationOfExport {
        filed: Filed { status, ..list.declaration.clone() },
        pre_no: Text::default(),
        attempt,
    };
    change(&mut office, &trade, |trade| trade.cancellation = Some(cancelling(1, 2)));
    assert_eq!(why(load(&mut office, UNIT, &[&one])), "cancelling");
    // One that was refused, or is of an earlier list, stops nothing; a list that the number left names it no more.
    change(&mut office, &trade, |trade| trade.cancellation = Some(cancelling(1, 100)));
    change(&mut office, &trade, |trade| trade.attempt.as_mut().unwrap().number = 2);
    assert_eq!(why(load(&mut office, UNIT, &[&one])), "unknown");
    change(&mut office, &trade, |trade| trade.attempt.as_mut().unwrap().number = 1);
    // What went to another district is not here; what is only to go there is, and goes in its unit.
    let moving = |what: &str| json!({"events": [{"transfer": "5301980501:ZG1", "what": what, "time": 1}]});
    put(&mut office, clearance::transit::key(&one), "held", &moving("under-way"));
    assert_eq!(why(load(&mut office, UNIT, &[&one])), "in-transfer");
    put(&mut office, clearance::transit::key(&one), "held", &moving("approved"));
    let made = load(&mut office, UNIT, &[&one]).unwrap();
    put(&mut office, clearance::transit::key(&one), "held", &moving("under-way"));
    assert_eq!(states(&made), ["put-in"]);
    let mark = &made.beside[0];
    assert_eq!((mark.key.clone(), mark.parties.len(), Mark::of(mark).trade()), (key(&one), 0, trade.clone()));

    // In the unit it may be told gone; what else became of it keeps the unit here.
    for state in State::ALL {
        change(&mut office, &trade, |trade| trade.attempt.as_mut().unwrap().state = state);
        if passage(Some(state)) != Passage::Pass {
            assert_eq!(why(close(&mut office, "1010", &[&one])), state.word());
        }
    }
    change(&mut office, &trade, |trade| trade.attempt.as_mut().unwrap().state = State::Closed);
    assert_eq!(close(&mut office, "1010", &[&one]).unwrap().record.state, "sealed");
}

#[test]
fn what_is_not_his_to_load_is_told_as_nothing_at_all() {
    let mut office = zone();
    open(&mut office, UNIT);
    let theirs = parcel(OTHER, 1);
    export(&mut office, &theirs, 1, (State::Released, 10));
    assert_eq!(why(load(&mut office, UNIT, &[&theirs])), "unknown");
    let sealed = json!({"site": SITE, "seal": "S1", "parcels": [named(&theirs)]});
    put(&mut office, bag::key(OPERATOR, "B1"), "sealed", &sealed);
    let bagged = with(json!({"bags": [{"bag": "B1", "seal": "S1"}]}), &[&theirs]);
    assert_eq!(paths(&act(&mut office, UNIT, "load", bagged.clone()).unwrap_err()), ["bags[1]"]);
    // At his own site the operator loads it.
    let own = format!("{OPERATOR}:U1");
    open(&mut office, &own);
    let made = act(&mut office, &own, "load", bagged).unwrap();
    assert_eq!(made.record.parties, [Text::from(OPERATOR)]);
    // Parcels that the window did not name with the command are in no unit by it.
    let mine = parcel(CARRIER, 2);
    export(&mut office, &mine, 2, (State::Released, 10));
    let unnamed = act(&mut office, UNIT, "load", json!({"parcels": [named(&mine)], "found": []}));
    assert_eq!(why(unnamed), "unknown");
    // Neither a site that does not work nor one where he has no place.
    put(
        &mut office,
        RecordKey::new(Register::Site, SITE),
        "closed",
        &json!({"applied": {}, "inForce": null}),
    );
    let opening = json!({"site": SITE, "kind": "ship", "unit": " "});
    let refused = act(&mut office, "5301960401:U 2", "open-unit", opening).unwrap_err();
    assert_eq!(paths(&refused), ["id", "site", "kind", "unit"]);
    // Where a parcel is, nobody writes but the window behind a unit.
    let entering =
        Command { by: by(CARRIER), ..command(&office, "/5301960401/EY9", "enter-unit", json!({})) };
    assert_eq!(office.one(entering), Err(Refusal::Absent));
}

#[test]
fn a_parcel_is_in_one_unit_also_of_two_commands_at_once() {
    let mut office = zone();
    let second = format!("{CARRIER}:U2");
    for id in [UNIT, second.as_str()] {
        open(&mut office, id);
    }
    let (one, two) = (parcel(CARRIER, 1), parcel(CARRIER, 2));
    export(&mut office, &one, 1, (State::Released, 10));
    export(&mut office, &two, 2, (State::Released, 20));
    let names = json!({"parcels": ["EY1", named(&two)]});
    let both =
        [UNIT, second.as_str()].map(|id| command(&office, id, "load", with(names.clone(), &[&one, &two])));
    let told = office.run(&both);
    assert_eq!(states(told[0].as_ref().unwrap()), ["put-in", "put-in"]);
    assert_eq!(paths(told[1].as_ref().unwrap_err()), ["parcels[1]", "parcels[2]"]);
    // Twice in one command it is once.
    let third = parcel(CARRIER, 3);
    export(&mut office, &third, 3, (State::Released, 30));
    assert_eq!(paths(&load(&mut office, &second, &[&third, &third]).unwrap_err()), ["parcels[2]"]);

    // The load is held against the lists to the last gram; an empty unit is not closed.
    let inside = [&one, &two];
    assert_eq!(paths(&close(&mut office, "1031.50001", &inside).unwrap_err()), ["gross"]);
    assert_eq!(paths(&close(&mut office, "heavy", &inside).unwrap_err()), ["gross"]);
    let made = close(&mut office, "1031.5", &inside).unwrap();
    let manifest = Body::of(&made.record).manifest.unwrap();
    assert_eq!((manifest.count, manifest.weight.as_str(), manifest.lines.len()), (2, "30", 2));
    let empty = json!({"seal": "S1", "tare": "1", "gross": "1"});
    assert_eq!(paths(&act(&mut office, &second, "close-unit", empty).unwrap_err()), ["parcels"]);

    // It leaves in its unit, and is in no other; a parcel that has the number later is another.
    let departing = with(json!({"vehicle": "云A00001", "at": "20261128000000"}), &inside);
    let made = act(&mut office, UNIT, "depart", departing).unwrap();
    assert_eq!(states(&made), ["gone", "gone"]);
    assert_eq!(paths(&load(&mut office, &second, &[&one]).unwrap_err()), ["parcels[1]"]);
    export(&mut office, &one, 9, (State::Released, 10));
    assert_eq!(states(&load(&mut office, &second, &[&one]).unwrap()), ["put-in"]);
    // And so is one that came back: its list was cancelled, and declared anew.
    let again = export(&mut office, &two, 2, (State::Released, 20));
    assert_eq!(paths(&load(&mut office, &second, &[&two]).unwrap_err()), ["parcels[1]"]);
    change(&mut office, &again, |trade| trade.attempt.as_mut().unwrap().number = 2);
    let waybill = ExportWaybillRecord {
        claimed_by: Some((again, 2)),
        ..ExportWaybillRecord::new(two.clone(), NOW.day())
    };
    office.facts.exports.insert(ExportKey::Waybill(two.clone()), ExportState::Waybill(Arc::new(waybill)));
    assert_eq!(states(&load(&mut office, &second, &[&two]).unwrap()), ["put-in"]);
}

#[test]
fn a_bag_leaves_as_it_was_put_in_and_comes_out_whole() {
    let mut office = zone();
    open(&mut office, UNIT);
    let (one, two) = (parcel(CARRIER, 1), parcel(CARRIER, 2));
    export(&mut office, &one, 1, (State::Released, 10));
    export(&mut office, &two, 2, (State::Released, 20));
    let sealed = |parcels: &[&WaybillKey], seal: &str| {
        let names: Vec<String> = parcels.iter().map(|parcel| named(parcel)).collect();
        json!({"site": SITE, "seal": seal, "parcels": names})
    };
    put(&mut office, bag::key(OPERATOR, "B1"), "sealed", &sealed(&[&one], "S1"));
    let bagged = with(json!({"bags": [{"bag": "B1", "seal": " S1 "}]}), &[&one]);
    let made = act(&mut office, UNIT, "load", bagged).unwrap();
    assert_eq!(Body::of(&made.record).bags[0].bag, format!("{OPERATOR}:B1"));
    load(&mut office, UNIT, &[&two]).unwrap();
    let inside = [&one, &two];
    // Opened, sealed anew, or with something else in it: it is taken out first.
    for (state, body) in [
        ("unsealed", sealed(&[&one], "")),
        ("sealed", sealed(&[&one], "S2")),
        ("sealed", sealed(&[&one, &two], "S1")),
    ] {
        put(&mut office, bag::key(OPERATOR, "B1"), state, &body);
        assert_eq!(paths(&close(&mut office, "1030", &inside).unwrap_err()), ["bags[1]"], "{body}");
    }
    put(&mut office, bag::key(OPERATOR, "B1"), "sealed", &sealed(&[&one], "S1"));
    close(&mut office, "1030", &inside).unwrap();
    let alone = with(json!({"parcels": [named(&one)]}), &[&one]);
    assert_eq!(paths(&act(&mut office, UNIT, "take-out", alone).unwrap_err()), ["parcels[1]"]);
    let twice = with(json!({"bags": ["B1", "5301960601:B1"]}), &[&one]);
    assert_eq!(paths(&act(&mut office, UNIT, "take-out", twice).unwrap_err()), ["bags[2]"]);
    let whole = with(json!({"bags": ["B1"]}), &[&one]);
    let made = act(&mut office, UNIT, "take-out", whole).unwrap();
    let body = Body::of(&made.record);
    assert_eq!((made.record.state.as_str(), states(&made)), ("loading", vec!["taken-out"]));
    assert!(body.bags.is_empty() && body.closed.is_none() && body.manifest.is_none());
    assert_eq!(Mark::of(&made.beside[0]).reason, "因为");
    // Given up, it holds nothing, and nothing is done with it any more.
    let made = act(&mut office, UNIT, "dissolve", with(json!({}), &[&two])).unwrap();
    assert_eq!((made.record.state.as_str(), states(&made)), ("dissolved", vec!["taken-out"]));
    assert!(matches!(load(&mut office, UNIT, &[&two]), Err(Refusal::State(..))));
}
