//! Exchanges: a return is replaced once, by an order of its buyer on the same platform, as whoever may speak for both trades says;
//! what stands against it is told with its field and value, and a link that is withdrawn leaves nothing.

use super::{NOW, Office, office, paths};
use ceb::{Decimal, Document};
use clearance::Text;
use clearance::consignment::{Attempt, Consignment, Filed, ReturnFile, ReturnState, ReturnedLine, State};
use clearance::keys::{OrderKey, Position, Time};
use clearance::party::Role;
use clearance::record::{Actor, RecordKey, Register};
use clearance::sample::{self, Trade};
use register::replacement::{Linked, Of, Standing, key};
use register::{By, Change, Command, Refusal};
use serde_json::{Value, json};
use std::sync::Arc;

const PLATFORM: &str = "5301960101";
const OTHER: &str = "5301960102";
const MERCHANT: &str = "5301960201";
const AGENT: &str = "5301980501";
const OTHER_AGENT: &str = "5301980502";

fn filed(document: Document, at: Time, status: u16) -> Filed {
    Filed {
        document: Arc::new(document),
        position: Position { writer: 0, sequence: 1 },
        fingerprint: [0; 16],
        app_time: sample::stamp(at),
        sender: PLATFORM.into(),
        recipient: Text::default(),
        copies: Vec::new(),
        status,
    }
}

/// The order of a buyer on a platform, sent at a time.
fn ordered(office: &mut Office, platform: &str, number: u64, at: Time) -> (OrderKey, Trade) {
    let mut trade = Trade::new(3, number, NOW, 1);
    trade.order.head.ebp_code = platform.into();
    let key = OrderKey::new(platform, &trade.order.head.order_no);
    let mut consignment = Consignment::new(key.clone());
    consignment.order = Some(filed(Document::Order(trade.order.clone()), at, 120));
    office.facts.consignments.insert(key.clone(), Arc::new(consignment));
    (key, trade)
}

fn change(office: &mut Office, order: &OrderKey, change: impl FnOnce(&mut Consignment)) {
    change(Arc::make_mut(office.facts.consignments.get_mut(order).unwrap()));
}

/// The list of a trade, declared by an agent.
fn declared(office: &mut Office, order: &OrderKey, trade: &Trade, agent: &str) {
    let mut declaration = trade.declaration.clone();
    declaration.head.agent_code = agent.into();
    let attempt = Attempt {
        number: 1,
        declaration: filed(Document::Declaration(declaration), NOW, 120),
        state: State::Released,
        pre_no: Text::default(),
        invt_no: None,
        business_date: NOW.day(),
        rulebook: 1,
        person: Text::default(),
        counts: Vec::new(),
        credit: None,
        quota: None,
        guarantee: None,
        assessment: None,
        lane: None,
        needs_arrival: false,
        findings: Vec::new(),
        hits: Vec::new(),
        bill: None,
        remarks: Vec::new(),
        joint: None,
        taken: None,
    };
    change(office, order, |consignment| consignment.attempt = Some(attempt));
}

/// Returns of a trade, with these states; of a status 1 is kept and not applied for.
fn returned(office: &mut Office, order: &OrderKey, trade: &Trade, states: &[(ReturnState, u16)]) {
    let application = trade.return_goods("86202026I000000001", &[(0, Decimal::ONE)], NOW);
    let document = |status: u16| filed(Document::Return(application.clone()), NOW, status);
    let files = states.iter().zip(1..).map(|((state, status), number)| ReturnFile {
        number,
        filed: document(*status),
        pre_no: Text::default(),
        state: *state,
        lines: vec![ReturnedLine { gnum: 1, qty: Decimal::ONE }],
        tax_given_back: 0,
        quota_given_back: 0,
        decide_by: None,
    });
    let files = files.collect();
    change(office, order, |consignment| consignment.returns = files);
}

/// A trade with returns applied for, received, refused, lapsed and kept, and three later orders of its buyer on its platform.
fn zone() -> (Office, OrderKey, [OrderKey; 3]) {
    let mut office = office();
    let (old, trade) = ordered(&mut office, PLATFORM, 1, NOW);
    declared(&mut office, &old, &trade, AGENT);
    let states = [
        (ReturnState::Applied, 120),
        (ReturnState::Received, 399),
        (ReturnState::Refused, 100),
        (ReturnState::Lapsed, 399),
        (ReturnState::Applied, 1),
    ];
    returned(&mut office, &old, &trade, &states);
    let later = Time(NOW.0 + 60_000);
    let new = [2, 3, 4].map(|number| ordered(&mut office, PLATFORM, number, later).0);
    (office, old, new)
}

fn by(party: &str, role: Role) -> By {
    let actor = Actor { party: party.into(), name: "样例".into() };
    By { actor, codes: vec![party.into()], role, applies: true, reviews: false, window: false }
}

fn body(old: &OrderKey, number: u32, new: &OrderKey) -> Value {
    json!({
        "platform": old.platform.as_str(), "orderNo": format!(" {} ", old.order_no),
        "returnNumber": number, "newOrderNo": new.order_no.as_str(),
    })
}

fn act(
    office: &mut Office,
    id: &str,
    by: By,
    (action, note): (&str, &str),
    body: Option<Value>,
) -> Result<Change, Refusal> {
    let key = RecordKey::new(Register::Exchange, id);
    let version = office.facts.records.get(&key).map_or(0, |record| record.version);
    let body = body.map(|body| body.to_string());
    office.one(Command { key, version, action: action.into(), by, note: note.into(), body })
}

fn link(office: &mut Office, party: &str, name: &str, body: Value) -> Result<Change, Refusal> {
    act(office, &format!("{party}:{name}"), by(party, Role::Platform), ("link", ""), Some(body))
}

/// What was refused: where, with which value, by which code.
fn told(refused: Result<Change, Refusal>) -> Vec<(String, String, &'static str)> {
    let Err(Refusal::Invalid(faults)) = &refused else { panic!("{refused:?}") };
    let one = |fault: &register::Fault| (fault.path.clone(), fault.value.clone(), fault.expected.code());
    faults.iter().map(one).collect()
}

fn fault(path: &str, value: &str, code: &'static str) -> Vec<(String, String, &'static str)> {
    vec![(path.to_owned(), value.to_owned(), code)]
}

fn stands(office: &Office, order: &OrderKey) -> Standing {
    office.facts.records.get(&key(order)).map(|record| Standing::of(record)).unwrap_or_default()
}

#[test]
fn a_return_is_replaced_once_and_both_orders_say_so() {
    let (mut office, old, new) = zone();
    let made = link(&mut office, PLATFORM, "1", body(&old, 1, &new[0])).unwrap();
    assert_eq!(made.record.state, "linked");
    assert_eq!(made.record.parties, [Text::from(PLATFORM)]);
    assert_eq!(Linked::of(&made.record).order_no, old.order_no.as_str(), "trimmed");
    // No account moves; what both orders have of it stands in the rows behind, and is in nobody's lists.
    assert!(made.record.charges.is_empty() && made.rows() == 3);
    let places: Vec<u64> = made.beside.iter().map(|record| record.last.sequence).collect();
    assert_eq!(places, [made.record.last.sequence + 1, made.record.last.sequence + 2]);
    assert!(made.beside.iter().all(|record| record.parties.is_empty() && record.charges.is_empty()));
    let of = |order: &OrderKey, return_number| Of { order_no: order.order_no.to_string(), return_number };
    assert_eq!(stands(&office, &old), Standing { replaces: None, exchanged_for: vec![of(&new[0], 1)] });
    assert_eq!(stands(&office, &new[0]), Standing { replaces: Some(of(&old, 1)), exchanged_for: Vec::new() });

    // Neither the return nor the order a second time; of two in one commit the second finds the first.
    let again = link(&mut office, PLATFORM, "2", body(&old, 1, &new[1]));
    assert_eq!(told(again), fault("returnNumber", "1", "return-exchanged"));
    let again = link(&mut office, PLATFORM, "2", body(&old, 2, &new[0]));
    assert_eq!(told(again), fault("newOrderNo", &new[0].order_no, "order-replaces"));
    let command = |name: &str, number, new: &OrderKey| Command {
        key: RecordKey::new(Register::Exchange, &format!("{PLATFORM}:{name}")),
        version: 0,
        action: "link".into(),
        by: by(PLATFORM, Role::Platform),
        note: String::new(),
        body: Some(body(&old, number, new).to_string()),
    };
    let both = office.run(&[command("3", 2, &new[1]), command("4", 2, &new[2])]);
    assert!(both[0].is_ok());
    assert_eq!(paths(both[1].as_ref().unwrap_err()), ["returnNumber"]);
    assert_eq!(stands(&office, &old).exchanged_for, [of(&new[0], 1), of(&new[1], 2)]);
}

#[test]
fn what_stands_against_a_link_is_told_with_field_and_value() {
    let (mut office, old, new) = zone();
    let number = old.order_no.clone();
    assert_eq!(
        told(link(&mut office, PLATFORM, "1", body(&old, 1, &old))),
        fault("newOrderNo", &number, "another-order")
    );
    // Refused, lapsed, kept and never applied for.
    for absent in [3, 4, 5, 6] {
        let refused = link(&mut office, PLATFORM, "1", body(&old, absent, &new[0]));
        let Err(Refusal::Invalid(faults)) = &refused else { panic!("{refused:?}") };
        assert!(faults[0].expected.en().ends_with("lapsed: 1, 2"), "{:?}", faults[0]);
        assert_eq!(told(refused), fault("returnNumber", &absent.to_string(), "return-of-order"));
    }
    // A trade that came back nowhere has no return to name.
    let refused = link(&mut office, PLATFORM, "1", body(&new[0], 1, &new[1]));
    assert_eq!(told(refused), fault("returnNumber", "1", "return-of-order"));
    let absent = OrderKey::new(PLATFORM, "NONE");
    assert_eq!(
        told(link(&mut office, PLATFORM, "1", body(&old, 1, &absent))),
        fault("newOrderNo", "NONE", "exchange-order")
    );
    // Another buyer: neither identity is told. One that was ordered before.
    let (stranger, mut trade) = ordered(&mut office, PLATFORM, 5, NOW);
    trade.order.head.buyer_id_number = sample::Person::new(7).identity;
    let another = Document::Order(trade.order);
    change(&mut office, &stranger, |one| one.order = Some(filed(another, NOW, 120)));
    assert_eq!(
        told(link(&mut office, PLATFORM, "1", body(&old, 1, &stranger))),
        fault("newOrderNo", &stranger.order_no, "same-buyer")
    );
    let (earlier, _) = ordered(&mut office, PLATFORM, 6, Time(NOW.0 - 60_000));
    assert_eq!(
        told(link(&mut office, PLATFORM, "1", body(&old, 1, &earlier))),
        fault("newOrderNo", &earlier.order_no, "later-order")
    );
    // The id is his own, with a number; nothing was written meanwhile.
    assert_eq!(
        told(link(&mut office, PLATFORM, "", body(&old, 1, &new[0]))),
        fault("id", &format!("{PLATFORM}:"), "own-code-and-number")
    );
    let foreign = format!("{OTHER}:1");
    let of = by(PLATFORM, Role::Platform);
    let refused = act(&mut office, &foreign, of, ("link", ""), Some(body(&old, 1, &new[0])));
    assert_eq!(refused, Err(Refusal::Absent));
    assert!(office.facts.records.is_empty());
}

#[test]
fn who_may_not_speak_for_a_trade_is_answered_as_if_there_were_none() {
    let (mut office, old, new) = zone();
    let absent = OrderKey::new(PLATFORM, "NONE");
    for (party, first) in [(OTHER, None), (OTHER_AGENT, None), (MERCHANT, Some("id"))] {
        for order in [&old, &absent] {
            let refused = link(&mut office, party, "1", body(order, 1, &new[0])).unwrap_err();
            let expected: Vec<&str> = first.into_iter().chain(["orderNo", "newOrderNo"]).collect();
            assert_eq!(paths(&refused), expected, "{party}");
        }
    }
    // Who declared the first and not the second, then both.
    let refused = link(&mut office, AGENT, "1", body(&old, 1, &new[0]));
    assert_eq!(told(refused), fault("newOrderNo", &new[0].order_no, "exchange-order"));
    let trade = Trade::new(3, 2, NOW, 1);
    declared(&mut office, &new[0], &trade, AGENT);
    let made = link(&mut office, AGENT, "1", body(&old, 1, &new[0])).unwrap();
    assert_eq!(made.record.parties, [PLATFORM, AGENT].map(Text::from));
    // The two may withdraw it, with a reason; others learn nothing of it.
    let id = format!("{AGENT}:1");
    let said = serde_json::from_str::<Value>(&made.record.body).unwrap();
    let mut withdraw = |party: &str, note: &str, said: Value| {
        act(&mut office, &id, by(party, Role::Platform), ("withdraw", note), Some(said))
    };
    assert_eq!(withdraw(OTHER, "误", said.clone()), Err(Refusal::Absent));
    assert_eq!(paths(&withdraw(PLATFORM, "", said.clone()).unwrap_err()), ["note"]);
    assert_eq!(paths(&withdraw(PLATFORM, "误", body(&old, 2, &new[1])).unwrap_err()), ["body"]);
    assert_eq!(withdraw(PLATFORM, "误登记", said).unwrap().record.state, "withdrawn");
    for order in [&old, &new[0]] {
        assert_eq!(stands(&office, order), Standing::default());
    }
    // So it may be said anew, under the same number.
    let made = link(&mut office, AGENT, "1", body(&old, 2, &new[0])).unwrap();
    assert_eq!((made.record.version, stands(&office, &old).exchanged_for[0].return_number), (3, 2));
}
