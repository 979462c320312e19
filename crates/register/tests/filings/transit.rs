//! Transfers between districts by themselves: whose gate lets them leave, and what stands beside them of parcels and lists, also where
//! a list is under another transfer by now.

use super::{NOW, Office, by, office, paths};
use clearance::Text;
use clearance::export::ExportTradeKey;
use clearance::keys::{Position, WaybillKey};
use clearance::party::Role;
use clearance::record::{Actor, Record, RecordKey, Register};
use clearance::sample;
use clearance::transit::{HELD, WRITTEN_OFF, key, key_of_list};
use register::transit::{Happened, Standing};
use register::{By, Change, Command, Refusal};
use serde_json::{Value, json};
use std::sync::Arc;

const AGENT: &str = "5301980501";
const BEFORE: &str = "5301960601";
const OPERATOR: &str = "5301960602";
const TRANSFER: &str = "5301980501:ZG1";
const LIST: &str = "86202026E000000001";

fn put(office: &mut Office, key: RecordKey, state: &str, body: &Value) {
    let record = Record {
        key: key.clone(),
        version: 1,
        state: state.into(),
        parties: [AGENT, BEFORE, OPERATOR].map(Text::from).to_vec(),
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
    };
    office.facts.records.insert(key, Arc::new(record));
}

fn listed() -> Value {
    json!({"invtNo": LIST, "merchant": "5301960201", "orderNo": "A-1", "logisticsCode": "5301960401", "logisticsNo": "EY1"})
}

/// A transfer of lists that leaves from the site of one operator, and was applied for from that of another before.
fn transfer(office: &mut Office, state: &str, trades: &[Value], held: &[&str]) {
    let body = json!({
        "applied": {
            "departure": "8620", "exit": "8613", "site": format!("{OPERATOR}:S2"), "transport": {"mode": "4", "number": "云A00001"},
            "pieces": trades.len(), "grossWeight": "1", "lists": [LIST],
        },
        "trades": trades, "sealed": {"seals": ["KM001"], "office": "8620000001", "officer": "another"}, "held": held,
    });
    put(office, RecordKey::new(Register::TransitTransfer, TRANSFER), state, &body);
}

fn act(office: &mut Office, by: By, action: &str, body: &Value) -> Result<Change, Refusal> {
    let key = RecordKey::new(Register::TransitTransfer, TRANSFER);
    let version = office.facts.records.get(&key).map_or(0, |record| record.version);
    let (note, body) = ("因为".to_owned(), Some(body.to_string()));
    office.one(Command { key, version, action: action.into(), by, note, body })
}

fn states(change: &Change) -> Vec<(&str, &str)> {
    change.beside.iter().map(|record| (record.key.id.as_str(), record.state.as_str())).collect()
}

#[test]
fn goods_leave_by_the_gate_of_the_site_that_is_applied_for_now() {
    let mut office = office();
    transfer(&mut office, "approved", &[], &[]);
    let gate = |party: &str| By { role: Role::SiteOperator, ..by(party, "gate", false) };
    let passed = json!({"at": "20261128000000", "seals": ["KM001"], "trades": []});
    let refused = act(&mut office, gate(BEFORE), "depart", &passed).unwrap_err();
    assert_eq!(paths(&refused), ["action"]);
    let early = json!({"at": "20261127235800", "seals": ["KM001"], "trades": []});
    assert_eq!(paths(&act(&mut office, gate(OPERATOR), "depart", &early).unwrap_err()), ["at"]);
    assert_eq!(act(&mut office, gate(OPERATOR), "depart", &passed).unwrap().record.state, "under-way");
}

#[test]
fn a_list_whose_goods_are_lost_is_let_go_and_another_transfer_keeps_what_it_has() {
    let mut office = office();
    let (parcel, list) = (WaybillKey::new("5301960401", "EY1"), ExportTradeKey::new("5301960201", "A-1"));
    let (of_parcel, of_list) = (key(&parcel), key_of_list(&list));
    let under = |transfer: &str| json!({"events": [{"transfer": transfer, "what": "lost", "time": 1}]});
    transfer(&mut office, "lost", &[listed()], &[LIST]);
    put(&mut office, of_parcel.clone(), HELD, &under(TRANSFER));
    put(&mut office, of_list.clone(), HELD, &under(TRANSFER));
    let officer = || by("8620000001", "officer", true);
    let lost = json!({"lost": [LIST], "trades": [listed()]});
    let made = act(&mut office, officer(), "resolve", &lost).unwrap();
    assert_eq!(states(&made), [(of_parcel.id.as_str(), HELD), (of_list.id.as_str(), WRITTEN_OFF)]);
    let places: Vec<u64> = made.beside.iter().map(|record| record.last.sequence).collect();
    assert_eq!(
        places,
        [made.record.last.sequence + 1, made.record.last.sequence + 2],
        "each at its own place"
    );
    let told = Standing::of(&made.beside[0]).events;
    assert!(told.last().unwrap().is_of(&list) && told.len() == 2);

    // Declared anew with another parcel the list is under another transfer: what is found of this one frees the parcel alone.
    put(&mut office, of_list.clone(), HELD, &under("5301980501:ZG2"));
    let found = json!({"trades": [listed()]});
    let made = act(&mut office, officer(), "resolve", &found).unwrap();
    assert_eq!(states(&made), [(of_parcel.id.as_str(), "freed")]);
    assert_eq!(office.facts.records[&of_list].state, HELD);
}

#[test]
fn what_a_parcel_went_through_is_told_to_the_trade_whose_it_was() {
    let of = |merchant: &str, order_no: &str| Happened {
        transfer: TRANSFER.into(),
        what: "arrived".into(),
        time: 1,
        merchant: merchant.into(),
        order_no: order_no.into(),
    };
    let trade = ExportTradeKey::new("5301960201", "A-1");
    assert!(of("5301960201", "A-1").is_of(&trade));
    assert!(!of("5301960201", "A-2").is_of(&trade) && !of("5301960202", "A-1").is_of(&trade));
    assert!(of("", "").is_of(&trade), "before the trade stood there");
}

#[test]
fn a_site_under_another_code_of_the_applicant_is_his_own() {
    let mut office = office();
    let his = sample::filings().into_iter().find(|filing| filing.code == AGENT).unwrap();
    let other = his.other_code.unwrap();
    for (operator, wrong) in [(other.as_str(), vec!["site", "lists"]), (OPERATOR, vec!["lists"])] {
        let applied = json!({"park": "5301960601:P1", "name": "样例", "kind": "gate", "district": "8620", "carriers": []});
        let site = RecordKey::new(Register::Site, &format!("{operator}:S2"));
        put(&mut office, site, "open", &json!({"applied": applied, "inForce": applied}));
        let body = json!({
            "departure": "8620", "exit": "8613", "site": format!("{operator}:S2"), "transport": {"mode": "4", "number": "云A00001"},
            "pieces": 0, "grossWeight": "0", "lists": [],
        });
        let agent = By { role: Role::Agent, ..by(AGENT, "agent", false) };
        assert_eq!(paths(&act(&mut office, agent, "apply", &body).unwrap_err()), wrong, "{operator}");
    }
}
