//! Who may do what: every route asked by every kind of caller for his own, for another's and for what is not there. The
//! table is the expectation; a route without a row fails. What belongs to others is answered as what is not there. How
//! people sign in, and how their rights end, is in `people.rs`.

mod records;
mod table;

use crate::consumer;
use crate::support::people::{self, sign_in};
use crate::support::{NOW, Zone, path, plain};
use axum::body::Body;
use axum::http::Request;
use ceb::{Document, Style};
use clearance::keys::{OrderKey, Time};
use clearance::party::Role;
use clearance::record::Register;
use clearance::sample::{self, Export, Trade};
use counterpart::Messages;
use http_body_util::BodyExt;
pub(crate) use records::Records;
use serde_json::{Value, json};
use server::api::access::access;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use store::{Assignment, Duty, NewToken, Read, RecordSearch};
use table::TABLE;
use tower::ServiceExt;

pub(crate) const OFFICE: &str = "8620000001";

/// The callers, in the order of the columns: machines by role, then people by duty.
pub(crate) const CALLERS: [&str; 32] = [
    "nobody",
    "agent",
    "scoped",
    "bank",
    "officer",
    "elsewhere",
    "zone",
    "platform",
    "merchant",
    "payment",
    "logistics",
    "site-operator",
    "guarantor",
    "agency",
    "express", // machines
    "admin",
    "operator",
    "reader",
    "auditor", // people of the agent
    "receiver",
    "applicant", // of an agency, and somebody who registered himself
    "keeper",    // of the operator of a site
    "decider",
    "inspector",
    "reviewer",
    "zone-admin",
    "zone-auditor",
    "rulemaker",
    "seed-holder", // people of offices
    "must-change",
    "must-enrol", // people who have to do something first
    "consumer",   // whose trade the agent's own is
];

/// The roles of machines.
const MACHINES: [(&str, Role); 14] = [
    ("agent", Role::Agent),
    ("scoped", Role::Agent),
    ("bank", Role::Bank),
    ("officer", Role::Officer),
    ("elsewhere", Role::Officer),
    ("zone", Role::ZoneOperator),
    ("platform", Role::Platform),
    ("merchant", Role::Merchant),
    ("payment", Role::Payment),
    ("logistics", Role::Logistics),
    ("site-operator", Role::SiteOperator),
    ("guarantor", Role::Guarantor),
    ("agency", Role::Agency),
    ("express", Role::Express),
];

/// The roles and duties of people. Who registered himself and the consumer come in by ways of their own.
const PEOPLE: [(&str, Role, &[Duty]); 15] = [
    ("admin", Role::Agent, &[Duty::Admin]),
    ("operator", Role::Agent, &[Duty::Operator]),
    ("reader", Role::Agent, &[Duty::Reader]),
    ("auditor", Role::Agent, &[Duty::Auditor]),
    ("must-change", Role::Agent, &Duty::ALL),
    ("receiver", Role::Agency, &[Duty::Operator]),
    ("keeper", Role::SiteOperator, &[Duty::Keeper]),
    ("decider", Role::Officer, &[Duty::Decider]),
    ("inspector", Role::Officer, &[Duty::Inspector]),
    ("reviewer", Role::Officer, &[Duty::Reviewer]),
    ("rulemaker", Role::Officer, &[Duty::Rulemaker]),
    ("seed-holder", Role::Officer, &[Duty::SeedHolder]),
    ("zone-admin", Role::ZoneOperator, &[Duty::Admin]),
    ("zone-auditor", Role::ZoneOperator, &[Duty::Auditor]),
    ("must-enrol", Role::Officer, &Duty::ALL),
];
const SELF_MADE: [(&str, Role, Duty); 2] =
    [("applicant", Role::Platform, Duty::Applicant), ("consumer", Role::Consumer, Duty::Consumer)];

/// Callers who see every party: for them another's is their own.
pub(crate) const WHOLE_ZONE: [&str; 9] = [
    "officer",
    "zone",
    "decider",
    "inspector",
    "reviewer",
    "zone-admin",
    "zone-auditor",
    "rulemaker",
    "seed-holder",
];

/// Registers that agencies read whole: what is filed, goods, documents that are attached, credit.
pub(crate) fn is_read_by_agencies(caller: &str, route: &str) -> bool {
    ["agency", "receiver"].contains(&caller)
        && ["/registers/{register}", "/v1/credit/{party}", "/attachments/{id}/content", "/parks/{id}"]
            .iter()
            .any(|read| route.contains(read))
}

/// Routes that name what is nobody's own: it is there or not.
pub(crate) fn is_of_nobody(route: &str) -> bool {
    const NAMED: [&str; 8] = [
        "{kind}",
        "{dataset}",
        "/v1/statistics/{table}",
        "/v1/indicators/{table}",
        "{provider}",
        "{period}",
        "{name}",
        "{gtin}",
    ];
    NAMED.iter().any(|named| route.contains(named))
}

/// Routes that name a record in their query or their body.
const NAMES_IN_QUERY: [(&str, &str); 6] = [
    ("get", "/v1/messages"),
    ("get", "/v1/evidence/proof"),
    ("get", "/v1/search"),
    ("get", "/v1/consignments"),
    ("post", "/v1/actions"),
    ("post", "/v1/assignments"),
];

/// Of what other stories have records, and this zone has none: who signs in by a provider (`providers`), what a keeper does at a
/// site (`keeper`), pictures of exports (`export_looks`).
pub(crate) fn is_told_elsewhere(route: &str) -> bool {
    let elsewhere = ["{provider}", "/sites/{code}/scans", "/sites/{code}/records", "/sites/{code}/bags"];
    elsewhere.iter().any(|named| route.contains(named))
        || route.contains("/exports/{merchant}/{order_no}/photographs/")
        || route == "/desk/sites/{code}"
        // The page of a register, and the form that makes a record, have none in their address.
        || (route.starts_with("/desk/registers/{register}") && !route.contains("{id}"))
}

/// Of what another's record is reached by no caller at all: he alone does, or whoever was given it.
const REACHED_BY_NOBODY_ELSE: [(&str, &str); 7] = [
    ("delete", "/v1/sessions/{id}"),
    ("delete", "/v1/assignments/{platform}/{order_no}"),
    ("get", "/v1/shares/{id}/records"),
    ("get", "/v1/consumer/trades/{platform}/{order_no}"),
    ("post", "/v1/consumer/disputes/{seller}/withdrawal"),
    ("get", "/v1/sites/{code}/passes"),
    ("get", "/v1/sites/{code}/stock"),
];

/// What is asked for: of the agent, of another agent.
pub(crate) struct Things {
    pub(crate) agent: String,
    pub(crate) message: Value,
    pub(crate) path: String,
    /// Path of an export.
    pub(crate) export: String,
    entry: String,
    pub(crate) user: i64,
    pub(crate) records: Records,
}

pub(crate) struct World {
    pub(crate) zone: Zone,
    pub(crate) texts: BTreeMap<&'static str, String>,
    users: BTreeMap<&'static str, i64>,
    own: Things,
    another: Things,
}

/// Trades that name no party in common.
fn two_trades(zone: &Zone) -> [Trade; 2] {
    let of = |wanted: [&str; 5]| {
        let is_of = |trade: &Trade| {
            let (order, list) = (&trade.order.head, &trade.declaration.head);
            let named = [
                &order.ebp_code,
                &order.ebc_code,
                &trade.payment.pay_code,
                &list.logistics_code,
                &list.agent_code,
            ];
            named.into_iter().eq(wanted)
        };
        // The first that the draw leaves alone.
        (0..).step_by(10).map(|from| plain(zone, from)).find(is_of).unwrap()
    };
    [
        of(["5301960101", "5301960201", "5301960301", "5301960402", "5301980501"]),
        of(["5301960102", "5301960202", "5301960302", "5301960401", "5301980502"]),
    ]
}

/// An export of the parties of a trade.
fn export_of(trade: &Trade) -> Export {
    let (order, list) = (&trade.order.head, &trade.declaration.head);
    let is_of = |export: &Export| {
        let head = &export.declaration.head;
        (&head.agent_code, &head.logistics_code) == (&list.agent_code, &list.logistics_code)
    };
    let mut export = (0..).map(|number| Export::new(3, number, NOW)).find(is_of).unwrap();
    let platform = (order.ebp_code.clone(), order.ebp_name.clone());
    let merchant = (order.ebc_code.clone(), order.ebc_name.clone());
    let (ordered, declared) = (&mut export.order.head, &mut export.declaration.head);
    (ordered.ebp_code, ordered.ebp_name) = platform.clone();
    (ordered.ebc_code, ordered.ebc_name) = merchant.clone();
    (declared.ebp_code, declared.ebp_name) = platform;
    (declared.owner_code, declared.owner_name) = merchant.clone();
    (declared.ebc_code, declared.ebc_name) = merchant.clone();
    (export.waybill.ebc_code, export.waybill.ebc_name) = (Some(merchant.0), Some(merchant.1));
    export
}

impl World {
    pub(crate) async fn new() -> Self {
        let zone = records::zone().await;
        let (mut things, mut of_records) = (Vec::new(), Vec::new());
        for trade in two_trades(&zone) {
            zone.trade(&trade).await;
            let agent = trade.declaration.head.agent_code.to_string();
            let list = sample::message(&agent, vec![Document::Declaration(trade.declaration.clone())]);
            let body = ceb::write(&list, Style::Prefixed);
            let sent = zone.request("POST", "/v1/messages", Some(&zone.tokens[&agent]), body).await;
            let export = export_of(&trade);
            for (sender, document) in export.documents() {
                zone.send(&sender, document).await;
            }
            let application = json!({
                "name": "样例", "roles": ["agent"], "validFrom": "20260101", "address": "样例路1号",
                "contact": {"name": "样一", "telephone": "10000000000"},
                "licences": [{"kind": "business-licence", "number": "样例1", "issuer": "样例局", "validFrom": "20200101"}],
            });
            let action = json!({"action": "apply", "body": application}).to_string().into_bytes();
            let path_of = format!("/v1/registers/filings/{agent}/actions");
            let (status, told) = zone.request("POST", &path_of, Some(&zone.tokens[&agent]), action).await;
            assert_eq!(status, 200, "{told}");
            let user = people::add(&zone, &format!("user.{agent}"), &agent, Role::Agent, &[]).await.0;
            things.push(Things {
                agent,
                message: sent.1["message"].clone(),
                path: path(&trade),
                export: format!("/v1/exports/{}/{}", export.order.head.ebc_code, export.order.head.order_no),
                entry: String::new(),
                user,
                records: Records::default(),
            });
            of_records.push((trade, export));
        }
        let (another, own) = (things.pop().unwrap(), things.pop().unwrap());
        let mut world = Self { zone, texts: BTreeMap::new(), users: BTreeMap::new(), own, another };
        world.add_machines(&of_records[0].0).await;
        world.add_people().await;
        let messages = consumer::provider(&world.zone).await;
        world.add_consumer(&messages).await;
        for (index, (trade, export)) in of_records.into_iter().enumerate() {
            let mut records = Records::of(&world, &trade, &export, index).await;
            records.seller = records::dispute(&world, &messages, &trade, index).await;
            let shown = world.zone.shown(trade.declaration.head.agent_code.as_str(), &trade).await;
            let things = if index == 0 { &mut world.own } else { &mut world.another };
            things.entry = shown["attempt"]["invtNo"].as_str().unwrap().to_owned();
            things.records = records;
        }
        world.zone.until_listed().await;
        world
    }

    async fn add_machines(&mut self, trade: &Trade) {
        let (far, narrow): ([clearance::Text; 1], [clearance::Text; 1]) =
            (["5301".into()], ["receipts:read".into()]);
        for (name, role) in MACHINES {
            let party = match name {
                "bank" => "5301969999",
                "officer" | "elsewhere" | "zone" => OFFICE,
                "platform" => trade.order.head.ebp_code.as_str(),
                "merchant" => trade.order.head.ebc_code.as_str(),
                "payment" => trade.payment.pay_code.as_str(),
                "logistics" | "express" => trade.waybill.logistics_code.as_str(),
                "site-operator" => records::HOLDERS[0],
                "agency" => records::RECEIVERS[0],
                // Who declares it guarantees it too.
                _ => trade.declaration.head.agent_code.as_str(),
            };
            let new = NewToken {
                party,
                role,
                name: "machine",
                districts: if name == "elsewhere" { &far } else { &[] },
                expires: None,
                scopes: (name == "scoped").then_some(&narrow[..]),
                bound_to: None,
            };
            let text = self.zone.window.control.issue_for(&new, NOW).await.unwrap().1;
            self.texts.insert(name, text);
        }
    }

    async fn add_people(&mut self) {
        let agent = self.own.agent.clone();
        for (name, role, duties) in PEOPLE {
            let party = match role {
                Role::Agent => agent.as_str(),
                Role::Agency => records::RECEIVERS[0],
                Role::SiteOperator => records::HOLDERS[0],
                _ => OFFICE,
            };
            self.add_person(name, party, role, duties).await;
        }
        let body =
            json!({"code": "5301960104", "role": "platform", "name": "样一", "password": people::PASSWORD});
        let (status, told) =
            self.zone.request("POST", "/v1/registrations", None, body.to_string().into_bytes()).await;
        assert_eq!(status, 201, "{told}");
        let login = told["login"].as_str().unwrap();
        let (status, session, told) = sign_in(&self.zone, login, people::PASSWORD, None).await;
        assert_eq!(status, 201, "{told}");
        self.came_in("applicant", session).await;
    }

    /// He whose trade the agent's own is, by a code to his telephone.
    async fn add_consumer(&mut self, messages: &Messages) {
        let number = self.own.path.rsplit('/').next().unwrap().to_owned();
        let session = consumer::come_in(&self.zone, messages, &number).await;
        self.came_in("consumer", session).await;
    }

    /// Somebody who came in by a way of his own.
    async fn came_in(&mut self, name: &'static str, session: String) {
        let (_, me) = self.zone.request("GET", "/v1/users/me", Some(&session), Vec::new()).await;
        self.users.insert(name, me["user"]["id"].as_i64().unwrap());
        self.texts.insert(name, session);
    }

    async fn add_person(&mut self, name: &'static str, party: &str, role: Role, duties: &[Duty]) {
        let (id, one_time) = people::add(&self.zone, name, party, role, duties).await;
        let text = match name {
            "must-change" => sign_in(&self.zone, name, &one_time, None).await.1,
            "must-enrol" => people::settle(&self.zone, name, &one_time, false).await,
            _ => people::settle(&self.zone, name, &one_time, server::rights::is_office(role)).await,
        };
        self.users.insert(name, id);
        self.texts.insert(name, text);
    }

    /// A writer of rows.
    fn writer(&self) -> u16 {
        let position = self.own.message["position"].as_u64().unwrap();
        clearance::keys::Position::of_number(position).unwrap().writer
    }

    pub(crate) fn things(&self, whose: &str) -> Option<&Things> {
        match whose {
            "own" => Some(&self.own),
            "another" => Some(&self.another),
            _ => None,
        }
    }

    /// A session to be ended: another one of the caller, or one of somebody else.
    async fn a_session(&self, caller: &str, whose: &str) -> String {
        let user = match whose {
            "own" => self.users.get(caller).copied().unwrap_or(self.own.user),
            "another" => self.another.user,
            _ => return "999999".to_owned(),
        };
        let user = self.zone.window.control.user(user).await.unwrap().unwrap();
        self.zone.window.control.open_session(&user, ("", false), NOW, NOW).await.unwrap().0.to_string()
    }

    async fn a_token(&self, whose: &str) -> String {
        let Some(things) = self.things(whose) else { return "999999".to_owned() };
        let new = NewToken {
            party: &things.agent,
            role: Role::Agent,
            name: "to be revoked",
            districts: &[],
            expires: None,
            scopes: None,
            bound_to: None,
        };
        self.zone.window.control.issue_for(&new, NOW).await.unwrap().0.to_string()
    }

    /// Who works on a trade, as it is asked for: the caller himself where it shall be his, somebody else, nobody.
    async fn assign(&self, caller: &str, whose: &str) {
        let (now, control) = (self.zone.window.clock.now(), &self.zone.window.control);
        for one in control.assignments(now).await.unwrap() {
            control.give_up(&one.order, &one.party, &one.officer).await.unwrap();
        }
        let officer = match (whose, caller) {
            ("own", "officer") => "machine",
            ("own", "decider" | "inspector") => caller,
            ("another", _) => "somebody",
            _ => return,
        };
        let Some(things) = self.things(whose) else { return };
        let (platform, order_no) = things.order();
        let order = OrderKey::new(platform, order_no);
        let until = Time(now.0 + 3_600_000);
        let taken = Assignment { order, party: OFFICE.into(), officer: officer.into(), until };
        control.assign(&taken, now).await.unwrap().unwrap();
    }

    /// Path and body of a request.
    pub(crate) async fn asked(
        &self,
        caller: &str,
        method: &str,
        route: &str,
        whose: &str,
    ) -> (String, Vec<u8>) {
        let things = self.things(whose);
        let records = things.map(|things| &things.records);
        let shown = things.map_or("/v1/consignments/5301999999/ABSENT-1", |things| &things.path);
        let exported = things.map_or("/v1/exports/5301999999/ABSENT-1", |things| &things.export);
        let order_no = shown.rsplit('/').next().unwrap();
        let party = things.map_or("5301999999", |things| &things.agent);
        let record = |of: fn(&Records) -> &String, absent: &str| {
            records.map_or(absent.to_owned(), |records| of(records).clone())
        };
        let is_there = whose == "own";
        if route.starts_with("/v1/assignments") && method != "get" {
            let is_taken = method == "delete";
            self.assign(if is_taken { caller } else { "nobody" }, if is_taken { whose } else { "absent" })
                .await;
        }
        let path = match route {
            "/v1/messages" if method == "get" => {
                let known = things.map(|things| things.message["sha256"].as_str().unwrap().to_owned());
                format!("/v1/messages?sha256={}", known.unwrap_or("0".repeat(64)))
            }
            "/v1/messages/{position}/original" => {
                let known = things.map(|things| things.message["position"].to_string());
                format!("/v1/messages/{}/original", known.unwrap_or("99999999".to_owned()))
            }
            "/v1/documents/{position}" => {
                let known = things.map(|things| things.message["position"].as_u64().unwrap() + 1);
                format!("/v1/documents/{}", known.unwrap_or(99_999_999))
            }
            "/v1/search" => format!("/v1/search?text={order_no}"),
            "/v1/consignments" => format!("/v1/consignments?number={order_no}"),
            "/v1/definitions/{kind}" => route.replace("{kind}", if is_there { "621" } else { "622" }),
            "/v1/persons/{id}" => {
                route.replace("{id}", &record(|one| &one.person, &"0".repeat(32))) + "?purpose=test"
            }
            "/v1/addresses/{id}" => {
                route.replace("{id}", &record(|one| &one.address, &"0".repeat(32))) + "?purpose=test"
            }
            "/v1/draws/{period}/line" => {
                let period = if is_there { records::PERIOD } else { "20990101" };
                route.replace("{period}", period) + "?platform=5301960101&orderNo=A&salt=" + &"0".repeat(32)
            }
            draws if draws.starts_with("/v1/draws/") => {
                draws.replace("{period}", if is_there { records::PERIOD } else { "20990101" })
            }
            "/v1/consignments/{platform}/{order_no}/photographs/{sha256}" => {
                format!("{shown}/photographs/{}", record(|one| &one.photograph, &"0".repeat(64)))
            }
            trade if trade.starts_with("/v1/consignments/{platform}/{order_no}") => {
                trade.replace("/v1/consignments/{platform}/{order_no}", shown)
            }
            summary if summary.starts_with("/v1/exports/summaries/") => {
                format!("/v1/exports/summaries/{}", record(|one| &one.summary, "5301999999/ABSENT-1"))
            }
            "/v1/exports/{merchant}/{order_no}/photographs/{sha256}" => {
                format!("{exported}/photographs/{}", "0".repeat(64))
            }
            export if export.starts_with("/v1/exports/{merchant}/{order_no}") => {
                export.replace("/v1/exports/{merchant}/{order_no}", exported)
            }
            "/v1/assignments/{platform}/{order_no}" => shown.replace("consignments", "assignments"),
            "/v1/consumer/trades/{platform}/{order_no}" => shown.replace("consignments", "consumer/trades"),
            "/v1/consumer/disputes/{seller}/withdrawal" => {
                route.replace("{seller}", &record(|one| &one.seller, "5301999999"))
            }
            "/v1/declarations/{invt_no}" => {
                format!("/v1/declarations/{}", things.map_or("86202026I999999999", |things| &things.entry))
            }
            "/v1/accounts" => "/v1/accounts?kind=quota".to_owned(),
            "/v1/rulebooks/differences" => "/v1/rulebooks/differences?from=1&to=1".to_owned(),
            "/v1/evidence/proof" => {
                let known = things.map(|things| things.message["position"].to_string());
                format!("{route}?position={}", known.unwrap_or("99999999".to_owned()))
            }
            "/v1/evidence/consistency" => format!("{route}?writer={}&from=1", self.writer()),
            "/v1/registers/{register}" => format!("/v1/registers/filings?party={party}"),
            register if register.starts_with("/v1/registers/{register}/{id}") => {
                register.replace("{register}", "filings").replace("{id}", party)
            }
            "/v1/credit/{party}" | "/v1/credit/{party}/report.pdf" | "/v1/enterprises/{party}" => {
                route.replace("{party}", party)
            }
            "/v1/datasets/{dataset}" => {
                route.replace("{dataset}", if is_there { "orders" } else { "nothing" })
            }
            "/v1/statistics/{table}" | "/v1/indicators/{table}" => {
                route.replace("{table}", if is_there { "flow" } else { "nothing" })
            }
            "/v1/shares/{id}/records" => {
                route.replace("{id}", &record(|one| &one.share, "5301999999:orders"))
            }
            book if book.starts_with("/v1/books/{id}") => {
                book.replace("{id}", &record(|one| &one.book, "5301999999:T8620W000009"))
            }
            draft if draft.starts_with("/v1/rulebooks/drafts/{id}") => draft
                .replace("{id}", &record(|one| &one.draft, "00000000-0000-4000-A000-000000000000"))
                .replace("{table}", "risk_rules.csv"),
            "/v1/payment-data/{id}/compare" => route.replace(
                "{id}",
                &record(|one| &one.payment_data, "5301999999:00000000-0000-4000-A000-000000000000"),
            ),
            "/v1/sessions/{id}" => format!("/v1/sessions/{}", self.a_session(caller, whose).await),
            "/v1/users/{id}" => format!("/v1/users/{}", things.map_or(999_999, |things| things.user)),
            "/v1/tokens/{id}" => format!("/v1/tokens/{}", self.a_token(whose).await),
            "/v1/parks/{id}/figures" => route.replace("{id}", &record(|one| &one.park, "5301999999:P1")),
            site if site.starts_with("/v1/sites/{code}") => {
                site.replace("{code}", &record(|one| &one.site, "CNKMG869999"))
            }
            "/v1/trace/{gtin}/{lot}/{serial}" => {
                format!("/v1/trace/{}", record(|one| &one.code, "09506000134352/L1/000001"))
            }
            codes if codes.starts_with("/v1/trace/codes/{id}") => {
                codes.replace("{id}", &record(|one| &one.codes, "5301999999:09506000134352%2FL1"))
            }
            recall if recall.starts_with("/v1/recalls/{id}") => {
                let purpose = if recall.ends_with("/buyers") { "?purpose=test" } else { "" };
                recall.replace("{id}", &record(|one| &one.recall, "5301999999:ZH1")) + purpose
            }
            other => other.to_owned(),
        };
        let (platform, _) = order_of(shown);
        let body = match (method, route) {
            ("post", "/v1/messages" | "/v1/preview") => b"<a".to_vec(),
            ("post", "/v1/assignments") => {
                json!({"platform": platform, "orderNo": order_no}).to_string().into_bytes()
            }
            ("post", "/v1/actions") => {
                let items = json!([{"platform": platform, "orderNo": order_no, "version": 99}]);
                let id = format!("many {caller} {whose}");
                json!({"id": id, "action": "inspect", "text": "样例", "items": items})
                    .to_string()
                    .into_bytes()
            }
            (
                "post",
                "/v1/consignments/{platform}/{order_no}/actions"
                | "/v1/exports/{merchant}/{order_no}/actions",
            ) => json!({"id": "x", "version": 99, "action": "inspect"}).to_string().into_bytes(),
            (
                "post",
                "/v1/consignments/{platform}/{order_no}/inspections"
                | "/v1/exports/{merchant}/{order_no}/inspections",
            ) => {
                let found = json!([{"result": "conforming"}]);
                json!({"id": "y", "version": 99, "found": found, "measure": "release"})
                    .to_string()
                    .into_bytes()
            }
            ("post", "/v1/registers/{register}/{id}/actions") => {
                json!({"action": "please", "version": 1}).to_string().into_bytes()
            }
            ("post", "/v1/rulebooks/drafts/{id}/actions") => {
                json!({"action": "withdraw", "version": 99}).to_string().into_bytes()
            }
            ("post", "/v1/draws/{period}/commitments") => json!({"commitment": "x"}).to_string().into_bytes(),
            ("post", "/v1/draws/{period}/secrets") => {
                json!({"salt": "x", "secret": "x"}).to_string().into_bytes()
            }
            ("post", "/v1/books/{id}/gate-releases") => {
                let parcels = json!([{"platform": "5301999999", "orderNo": "ABSENT-1"}]);
                json!({"number": "HF1", "vehicle": "云A00001", "tare": "1000", "gross": "1900", "parcels": parcels})
                    .to_string()
                    .into_bytes()
            }
            ("post" | "patch", _) => b"{}".to_vec(),
            _ => Vec::new(),
        };
        (path, body)
    }

    /// What is asked of whom, as it stands in addresses, forms and answers.
    pub(crate) fn names(&self, whose: &str, path: &str) -> Vec<String> {
        let of_trade = self.things(whose).map_or("5301999999/ABSENT-1", |things| &things.path);
        let pieces = path.split(['/', '?', '&', '=']).chain(of_trade.split('/'));
        let mut names: Vec<String> = pieces
            .filter(|piece| piece.len() > 4 && piece.bytes().any(|byte| byte.is_ascii_digit()))
            .map(str::to_owned)
            .collect();
        // The longest first: one may stand in another.
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        names
    }
}

/// Platform and number of a trade's address.
fn order_of(path: &str) -> (&str, &str) {
    let (before, order_no) = path.rsplit_once('/').unwrap();
    (before.rsplit('/').next().unwrap(), order_no)
}

impl Things {
    fn order(&self) -> (&str, &str) {
        order_of(&self.path)
    }
}

/// A text without what was asked for, as it is and as it stands in an address.
pub(crate) fn without(names: &[String], text: &str) -> String {
    names.iter().fold(text.to_owned(), |text, name| {
        let name = name.replace("%3A", ":");
        let (once, twice) = (name.replace(':', "%3A"), name.replace(':', "%253A"));
        text.replace(&twice, "…").replace(&once, "…").replace(&name, "…")
    })
}

/// An answer to the letter, without what was asked for: status, headers, body.
type Answered = (u16, Vec<String>, String);

async fn told(
    world: &World,
    token: Option<&str>,
    (method, path, body): (&str, &str, Vec<u8>),
    names: &[String],
) -> Answered {
    let mut request = Request::builder().method(method.to_uppercase().as_str()).uri(path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    if matches!(method, "post" | "patch") {
        request = request.header("content-type", "application/json");
    }
    let request = request.body(Body::from(body)).unwrap();
    let response = world.zone.router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let headers = parts.headers.iter().filter(|(name, _)| *name != "content-length");
    let headers =
        headers.map(|(name, value)| without(names, &format!("{name}: {}", value.to_str().unwrap())));
    let told = without(names, &String::from_utf8_lossy(&bytes));
    (parts.status.as_u16(), headers.collect(), without_place(&told))
}

/// A list without the place up to which it is whole: that moves by what others do meanwhile.
fn without_place(text: &str) -> String {
    const PLACE: &str = "\"position\":\"";
    let Some((before, rest)) = text.split_once(PLACE) else { return text.to_owned() };
    let rest = rest.split_once('"').map_or("", |(_, rest)| rest);
    format!("{before}{PLACE}…\"{rest}")
}

async fn answered(
    world: &World,
    (caller, token): (&str, Option<&str>),
    (method, route, whose): (&str, &str, &str),
) -> Answered {
    let (path, body) = world.asked(caller, method, route, whose).await;
    let names = world.names(whose, &path);
    told(world, token, (method, &path, body), &names).await
}

/// How many rows of the table a route has: one for what names no record, two for what is nobody's own, three for what is.
pub(crate) fn expected_rows(method: &str, route: &str, in_query: &[(&str, &str)]) -> usize {
    match route.contains('{') || in_query.contains(&(method, route)) {
        true if is_of_nobody(route) => 2,
        true => 3,
        false => 1,
    }
}

#[test]
fn every_role_and_every_duty_calls() {
    for role in Role::ALL {
        let is_machine = MACHINES.iter().any(|(_, known)| *known == role);
        // A consumer is a person.
        assert!(is_machine != (role == Role::Consumer), "{role:?} calls nothing");
    }
    for duty in Duty::ALL {
        let is_person = PEOPLE.iter().any(|(.., duties)| **duties == [duty]);
        assert!(is_person || SELF_MADE.iter().any(|(.., known)| *known == duty), "{duty:?} calls nothing");
    }
    let named = MACHINES.iter().map(|one| one.0).chain(PEOPLE.iter().map(|one| one.0));
    let named: BTreeSet<&str> = named.chain(SELF_MADE.iter().map(|one| one.0)).chain(["nobody"]).collect();
    assert_eq!(named, BTreeSet::from(CALLERS));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_every_caller_as_the_table_says() {
    let world = World::new().await;
    for (method, route) in server::api::ROUTES {
        assert!(access(method, route).is_some(), "{method} {route}: nobody said who may");
        let rows = TABLE.iter().filter(|row| (row.0, row.1) == (*method, *route)).count();
        assert_eq!(rows, expected_rows(method, route, &NAMES_IN_QUERY), "{method} {route} has not its rows");
    }
    let mut faults = Vec::new();
    let mut all: BTreeMap<(&str, &str, &str), BTreeMap<&str, Answered>> = BTreeMap::new();
    for &(method, route, whose, expected) in TABLE {
        let expected = expected.split([' ', '|']).filter(|status| !status.is_empty());
        let expected: Vec<u16> = expected.map(|status| status.parse().unwrap()).collect();
        assert_eq!(expected.len(), CALLERS.len(), "{method} {route} {whose}");
        for (caller, expected) in CALLERS.into_iter().zip(expected) {
            let token = world.texts.get(caller).map(String::as_str);
            let answer = answered(&world, (caller, token), (method, route, whose)).await;
            if answer.0 != expected {
                faults.push(format!(
                    "{method} {route} of {whose} by {caller}: {}, not {expected}: {}",
                    answer.0, answer.2
                ));
            }
            all.entry((method, route, caller)).or_default().insert(whose, answer);
        }
    }
    // To the letter, but for what was asked for.
    for ((method, route, caller), answers) in &all {
        let (Some(another), Some(absent)) = (answers.get("another"), answers.get("absent")) else { continue };
        let is_known = is_read_by_agencies(caller, route);
        if another != absent && !WHOLE_ZONE.contains(caller) && !is_known {
            faults.push(format!("{method} {route} by {caller}: {another:?} tells from {absent:?}"));
        }
    }
    // What is asked for is there: somebody is answered otherwise than of what is not.
    let other = world.zone.tokens[&world.another.agent].clone();
    for &(method, route) in server::api::ROUTES {
        if expected_rows(method, route, &NAMES_IN_QUERY) == 1 || is_told_elsewhere(route) {
            continue;
        }
        let differs = |whose: &str| {
            let answers = || all.iter().filter(|((of, at, _), _)| (*of, *at) == (method, route));
            answers().any(|(_, answers)| answers.get(whose).is_some_and(|one| *one != answers["absent"]))
        };
        if !differs("own") {
            faults.push(format!("{method} {route}: nothing is there"));
        }
        if is_of_nobody(route) || REACHED_BY_NOBODY_ELSE.contains(&(method, route)) || differs("another") {
            continue;
        }
        let of =
            async |whose| answered(&world, ("other", Some(other.as_str())), (method, route, whose)).await;
        if of("another").await == of("absent").await {
            faults.push(format!("{method} {route}: nothing of another's is there"));
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn in_every_register_what_is_anothers_is_answered_as_what_is_not_there() {
    let world = World::new().await;
    let callers = [("agent", world.own.agent.as_str()), ("payment", "5301960301"), ("bank", "5301969999")];
    let (mut looked, mut faults) = (BTreeSet::new(), Vec::new());
    for register in Register::ALL {
        let search = RecordSearch { register, parties: None, states: Vec::new() };
        let (records, _) = world.zone.window.read.records(&search, None, 200).await.unwrap();
        for (caller, code) in callers {
            let token = world.texts.get(caller).map(String::as_str);
            for record in records.iter().filter(|record| record.parties.iter().all(|party| party != code)) {
                looked.insert(register);
                for (method, what) in [("get", ""), ("get", "/history"), ("post", "/actions")] {
                    let body = match method {
                        "post" => json!({"action": "please", "version": 1}).to_string().into_bytes(),
                        _ => Vec::new(),
                    };
                    let ask = async |id: &str| {
                        let escaped: String = form_urlencoded::byte_serialize(id.as_bytes()).collect();
                        let path = format!("/v1/registers/{}/{escaped}{what}", register.word());
                        told(&world, token, (method, &path, body.clone()), &[id.to_owned(), escaped]).await
                    };
                    let (another, absent) = (ask(&record.key.id).await, ask("5301999999:ABSENT-1").await);
                    if another != absent || another.0 == 200 {
                        let at = format!("{method} {}{what} by {caller}", register.word());
                        faults.push(format!("{at}: {another:?} tells from {absent:?}"));
                    }
                }
            }
        }
    }
    assert!(looked.len() > 9, "{looked:?}");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_asks_for_the_duty_that_it_is_of() {
    let world = World::new().await;
    let act = async |caller: &str, action: &str| {
        let body =
            json!({"id": action, "version": 99, "action": action, "passed": true}).to_string().into_bytes();
        let path = format!("{}/actions", world.own.path);
        world.zone.request("POST", &path, Some(&world.texts[caller]), body).await.0
    };
    // Under a table of results an inspection says which it found; passed or failed is not enough.
    let of_each = [
        ("release", 409, 403, 409),
        ("reject", 409, 403, 409),
        ("inspect", 409, 409, 409),
        ("inspection-result", 403, 400, 400),
    ];
    for (action, decider, inspector, without_scopes) in of_each {
        assert_eq!(act("decider", action).await, decider, "{action}");
        assert_eq!(act("inspector", action).await, inspector, "{action}");
        assert_eq!(
            act("officer", action).await,
            without_scopes,
            "{action}: a token without scopes does what its role does"
        );
    }
}

/// All source texts below a folder, one after the other.
fn sources(folder: PathBuf) -> String {
    let mut all = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.push_str(&sources(path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
    all
}

#[test]
fn the_page_of_threats_names_tests_that_are_there() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../");
    let page = std::fs::read_to_string(format!("{root}docs/threats.md")).unwrap();
    let code = sources(Path::new(root).join("crates"));
    let mut rows = 0;
    let covered = page.split("## Not covered").next().unwrap();
    for row in covered.lines().filter(|line| line.ends_with("` |")) {
        let name = row.trim_end_matches("` |").rsplit('`').next().unwrap();
        assert!(code.contains(&format!("fn {name}(")), "no test {name}: {row}");
        rows += 1;
    }
    assert!(rows > 25, "{rows}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_that_a_route_has_not_and_a_route_that_is_none() {
    let zone = Zone::new().await;
    let token = Some(zone.tokens[OFFICE].as_str());
    let (status, problem) = zone.request("DELETE", "/v1/receipts", token, Vec::new()).await;
    assert_eq!((status, problem["detail"].as_str().unwrap()), (405, "it has GET,HEAD"));
    assert_eq!(zone.request("OPTIONS", "/v1/users", None, Vec::new()).await.0, 405);
    assert_eq!(zone.request("GET", "/v1/nothing", None, Vec::new()).await.0, 404);
    assert_eq!(zone.request("HEAD", "/v1/reasons", None, Vec::new()).await.0, 401);
    assert_eq!(zone.request("HEAD", "/v1/reasons", token, Vec::new()).await.0, 200);
}
