//! Erasing: what the law wants kept stays until its day, what it does not goes when the person asks, and the ledger is whole
//! afterwards.

use crate::support::{NOW, Zone, another_read, path, plain};
use ceb::Document;
use clearance::keys::Time;
use clearance::party::Role;
use clearance::sample::Trade;
use serde_json::{Value, json};
use server::accounts;
use server::retention::{carry_out, plan};
use store::{ChosenRead, Cursor, Duty, NewUser, Read, User, UserState};

const OFFICER: &str = "8620000001";

/// Everything that the rows say, decoded.
async fn everything(read: &ChosenRead) -> String {
    let mut text = String::new();
    read.scan(&Cursor::default(), &mut |_, row| {
        text.push_str(&format!("{row:?}"));
        true
    })
    .await
    .unwrap();
    text
}

fn persons_of(trade: &Trade) -> Vec<String> {
    let head = &trade.order.head;
    [
        &head.buyer_id_number,
        &head.buyer_name,
        &head.buyer_telephone,
        &head.consignee_address,
        &head.buyer_reg_no,
    ]
    .map(ToString::to_string)
    .to_vec()
}

pub async fn released(zone: &Zone, trade: &Trade) {
    zone.trade(trade).await;
    let arrival = Trade::arrival(1, &[trade], NOW).unwrap();
    zone.send(&arrival.head.operator_code.clone(), Document::Arrival(arrival)).await;
    for _ in 0..400 {
        if zone.shown(OFFICER, trade).await["attempt"]["state"] == 800 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("it is not released");
}

pub async fn fire(zone: &Zone) {
    let window = &zone.window;
    while server::worker::fire(&window.pipeline, &window.read, &window.clock).await > 0 {}
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_law_wants_kept_stays_and_the_rest_goes_when_asked_and_all_in_time() {
    let zone = Zone::new().await;
    let (declared, ordered) = (plain(&zone, 0), plain(&zone, 100));
    let other = plain(&zone, 300);
    let person = declared.order.head.buyer_id_number.to_string();
    released(&zone, &declared).await;
    // The same person ordered once more, and nobody declared it; another person did, too.
    let mut order = ordered.order.clone();
    order.head.buyer_id_number = person.as_str().into();
    zone.send(&order.head.ebp_code.clone(), Document::Order(order)).await;
    zone.send(&other.order.head.ebp_code, Document::Order(other.order.clone())).await;
    let window = &zone.window;
    assert_eq!(plan(&window.read, NOW, None).await.unwrap().rows(), 0, "no term is over");
    // On request: the order goes, the released trade stays until a day, by a law.
    fire(&zone).await;
    let asked = plan(&window.read, NOW, Some(&person)).await.unwrap();
    assert_eq!(asked.kept.len(), 1, "{asked:?}");
    assert_eq!(
        (asked.kept[0].until.to_string(), asked.kept[0].order.order_no.as_str()),
        ("20291123".to_owned(), declared.order.head.order_no.as_str())
    );
    assert!(asked.kept[0].law.contains("三年"));
    assert_eq!(asked.due.keys().collect::<Vec<_>>(), ["undeclared"]);
    assert_eq!(carry_out(window, &asked, "test").await.unwrap(), 2, "the order and its message");
    let left = everything(&window.read).await;
    for text in persons_of(&ordered).iter().skip(1) {
        assert!(!left.contains(text), "{text}");
    }
    for text in persons_of(&declared).iter().chain(&persons_of(&other)) {
        assert!(left.contains(text), "{text}");
    }
    // Asked again, there is nothing more to do.
    assert_eq!(plan(&window.read, NOW, Some(&person)).await.unwrap().rows(), 0);
    let before = zone.shown(OFFICER, &declared).await;
    let (_, feed) = zone.get(&declared.declaration.head.agent_code, "/v1/receipts?limit=5000").await;
    let (_, accounts) = zone.get(OFFICER, "/v1/accounts?kind=quota").await;

    // Three years and a day later.
    let day = |days: i64| Time(NOW.0 + days * 86_400_000);
    let later = day(1_097);
    zone.clock.set(later);
    fire(&zone).await;
    let due = plan(&window.read, later, None).await.unwrap();
    assert_eq!(due.due.keys().collect::<Vec<_>>(), ["undeclared"], "a timer is open still");
    // What was due waited for somebody to work: its last event is a week later, and its three years begin then.
    zone.clock.set(day(1_104));
    fire(&zone).await;
    let after_timers = zone.shown(OFFICER, &declared).await;
    let much_later = day(1_104 + 1_097);
    zone.clock.set(much_later);
    let due = plan(&window.read, much_later, None).await.unwrap();
    assert!(due.due.contains_key("declarations"), "{due:?} {}", after_timers["deadlines"]);
    let count = carry_out(window, &due, "test").await.unwrap();
    assert_eq!(count, due.rows());
    assert_eq!(plan(&window.read, much_later, None).await.unwrap().rows(), 0);
    let left = everything(&window.read).await;
    for text in [&declared, &ordered, &other].into_iter().flat_map(persons_of) {
        assert!(!left.contains(&text), "{text}");
    }
    let (_, erasures) = zone.get(OFFICER, "/v1/registers/erasures").await;
    assert_eq!(erasures["records"].as_array().unwrap().len(), 3, "{erasures}");

    // Another process sees the trade with its state, tax and receipts; it verifies, and is judged as it was.
    let Zone { window, router, folder, clock, tokens } = zone;
    drop((window, router));
    let (report, read) = another_read(folder.path()).await;
    assert_eq!(report.faults, [], "{report:?}");
    assert_eq!(report.erased as usize, count + 2);
    assert!(!everything(&read).await.contains(&person));
    let derived = server::derive::derive(&read, clearance::decide::decide, &mut |_| {}).await.unwrap();
    assert_eq!((derived.different, derived.faults.len()), (0, 0), "{derived:?}");
    assert!(derived.other_engines > 0);
    drop(read);
    let window = crate::support::open(&folder, &clock).await;
    let router = server::api::router(window.clone());
    let zone = Zone { window, router, folder, clock, tokens };
    let shown = zone.shown(OFFICER, &declared).await;
    for part in ["state", "invtNo", "assessment", "bill"] {
        assert_eq!(shown["attempt"][part], after_timers["attempt"][part], "{part}");
    }
    assert_eq!(shown["attempt"]["assessment"], before["attempt"]["assessment"]);
    let (_, again) = zone.get(&declared.declaration.head.agent_code, "/v1/receipts?limit=5000").await;
    let ours = feed["receipts"].as_array().unwrap();
    assert_eq!(&again["receipts"].as_array().unwrap()[..ours.len()], ours.as_slice());
    assert_eq!(zone.get(OFFICER, "/v1/accounts?kind=quota").await.1, accounts);
    // The message is known by its digest, and its bytes are gone.
    let position = shown["order"]["position"].as_u64().unwrap() - 1;
    let platform = declared.order.head.ebp_code.as_str();
    let (status, told) = zone.get(platform, &format!("/v1/messages/{position}/original")).await;
    assert_eq!(
        (status, told["type"].as_str().map(|kind| kind.ends_with("erased"))),
        (410, Some(true)),
        "{told}"
    );
    assert!(path(&declared).starts_with("/v1/"));
}

/// Whoever empties a payload, or puts another row in its place, without recording it, is found.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_erased_without_a_record_is_found() {
    let zone = Zone::new().await;
    let trade = plain(&zone, 0);
    zone.send(&trade.order.head.ebp_code, Document::Order(trade.order.clone())).await;
    let later = Time(NOW.0 + 400 * 86_400_000);
    let due = plan(&zone.window.read, later, None).await.unwrap();
    let position = due.due["undeclared"][0];
    // Its replacement is written, and the record is not.
    let stored = zone.window.read.event(position).await.unwrap();
    let row = match stored {
        Some(stored) => store::Row::Event(Box::new(stored.row)),
        None => store::Row::Message(zone.window.read.message(position).await.unwrap().unwrap()),
    };
    let redacted = store::redact::redacted(&row).unwrap();
    let sealed = zone.window.read.sealed(position, &redacted).unwrap();
    zone.window.read.erase(vec![sealed]).await.unwrap();
    let Zone { window, router, folder, .. } = zone;
    drop((window, router));
    let (report, _) = another_read(folder.path()).await;
    assert_eq!(report.faults.len(), 1, "{report:?}");
    assert!(
        report.faults[0].0 == position.number() && report.faults[0].1.contains("no record of an erasure")
    );
}

/// A person is looked up by his number, for a purpose, by offices of the whole zone; whose documents they were finds the
/// reading, in which the number does not stand.
#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_looked_up_for_a_purpose_and_it_is_recorded() {
    let zone = Zone::new().await;
    let (trade, other) = (plain(&zone, 0), plain(&zone, 100));
    zone.trade(&trade).await;
    zone.trade(&other).await;
    let number = trade.order.head.buyer_id_number.as_str();
    let ask = async |party: &str, body: Value| {
        let token = Some(zone.tokens[party].as_str());
        zone.request("POST", "/v1/persons/records", token, body.to_string().into_bytes()).await
    };
    for (wrong, path) in [
        (json!({"number": number, "purpose": ""}), "purpose"),
        (json!({"number": " ", "purpose": "样例核查"}), "number"),
    ] {
        let (status, told) = ask(OFFICER, wrong).await;
        assert_eq!((status, told["faults"][0]["path"].as_str()), (422, Some(path)), "{told}");
    }
    let (status, told) = ask(OFFICER, json!({"number": number, "purpose": "样例核查", "more": number})).await;
    assert!(status == 400 && !told.to_string().contains(number), "{told}");
    assert_eq!(
        ask(&trade.order.head.ebp_code, json!({"number": number, "purpose": "样例核查"})).await.0,
        403
    );
    let readings = async |party: &str| {
        let (_, listed) = zone.get(party, "/v1/registers/accesses").await;
        listed["records"].as_array().unwrap().clone()
    };
    assert_eq!(readings(&trade.order.head.ebp_code).await.len(), 0, "what was refused was no reading");
    let (status, found) = ask(OFFICER, json!({"number": number.to_lowercase(), "purpose": "样例核查"})).await;
    assert_eq!((status, &found["complete"]), (200, &json!(true)), "{found}");
    let records = found["records"].as_array().unwrap();
    let messages: Vec<&str> = records.iter().map(|one| one["message"].as_str().unwrap()).collect();
    assert_eq!(messages, ["CEB311Message", "CEB411Message", "CEB511Message", "CEB621Message"], "{found}");
    assert!(records.iter().all(|one| one["orderNo"] == trade.order.head.order_no.as_str()));
    assert_eq!(records[0]["fields"]["buyerIdNumber"], number);
    assert!(!found.to_string().contains(other.order.head.buyer_id_number.as_str()));
    // Its senders find the reading, with its purpose; the number is nowhere in it.
    let seen = readings(&trade.order.head.ebp_code).await;
    let id = seen[0]["id"].as_str().unwrap();
    let (_, reading) = zone.get(&trade.order.head.ebp_code, &format!("/v1/registers/accesses/{id}")).await;
    assert_eq!(
        (reading["body"]["kind"].as_str(), reading["body"]["purpose"].as_str()),
        (Some("person"), Some("样例核查"))
    );
    assert!(!reading.to_string().contains(number), "{reading}");
    // From where a page ended there is nothing more.
    let (_, more) =
        ask(OFFICER, json!({"number": number, "purpose": "样例核查", "after": found["after"]})).await;
    assert_eq!((&more["records"], &more["complete"]), (&json!([]), &json!(true)));
}

/// Accounts that were disabled and sessions that ended: in the control store, by terms of the same table.
#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_keeps_its_login_alone_and_ended_sessions_go() {
    let zone = Zone::new().await;
    let control = &zone.window.control;
    let mut users = Vec::new();
    for login in ["stays", "leaves"] {
        let new = NewUser {
            login: login.into(),
            name: "样例某人".into(),
            party: OFFICER.into(),
            role: Role::Officer,
            duties: vec![Duty::Decider],
            districts: Vec::new(),
        };
        let id = control.add_user(&new, "$argon2id$", NOW).await.unwrap().unwrap();
        users.push(control.user(id).await.unwrap().unwrap());
    }
    let [stays, leaves] = &users[..] else { panic!() };
    for user in &users {
        control.begin_second_factor(user, &[7; 20]).await.unwrap();
        control.open_session(user, ("192.0.2.7", false), NOW, Time(0)).await.unwrap();
    }
    let disabled = User { state: UserState::Disabled, ..leaves.clone() };
    assert!(control.change_user(&disabled, true, NOW).await.unwrap());
    let at = |days: i64| Time(NOW.0 + days * 86_400_000);
    let due = async |days: i64| {
        let due = accounts::due(control, at(days)).await.unwrap();
        (due.accounts.iter().map(|user| user.login.to_string()).collect::<Vec<_>>(), due.sessions)
    };
    // For as long as a session lasts at most, and for the months of the term.
    assert_eq!(due(0).await, (vec![], 0));
    assert_eq!(due(360).await, (vec![], 2));
    assert_eq!(due(370).await, (vec!["leaves".to_owned()], 2));
    zone.clock.set(at(370));
    let found = accounts::due(control, at(370)).await.unwrap();
    assert_eq!(accounts::carry_out(&zone.window, &found, "test").await.unwrap(), 3);
    assert_eq!(due(370).await, (vec![], 0), "it is done");
    // The login is nobody else's: rows of the ledger say by it who did what.
    let (erased, credentials) = control.credentials("leaves").await.unwrap().unwrap();
    assert_eq!(
        (erased.name.as_str(), erased.state, erased.duties),
        ("", UserState::Disabled, vec![Duty::Decider])
    );
    assert!(credentials.password.is_empty() && credentials.pending.is_none());
    assert!(!server::password::is("", &credentials.password));
    assert!(control.sessions(leaves).await.unwrap().is_empty());
    let (kept, credentials) = control.credentials("stays").await.unwrap().unwrap();
    assert_eq!((kept.name.as_str(), kept.version), ("样例某人", stays.version));
    assert!(credentials.pending.is_some());
    // What was planned before he was enabled again does nothing.
    assert_eq!(accounts::carry_out(&zone.window, &found, "test").await.unwrap(), 0);
    // It is on record, here and in the ledger.
    let traces = control.traces(Some(OFFICER), i64::MAX, 10).await.unwrap();
    let told: Vec<(&str, &str)> =
        traces.iter().map(|trace| (trace.what.as_str(), trace.subject.as_str())).collect();
    assert_eq!(told, [("account-erased", "leaves")]);
    assert!(control.unrecorded(10).await.unwrap().is_empty());
    let rows = everything(&zone.window.read).await;
    assert!(rows.contains("account-erased") && !rows.contains("样例某人"));
}
