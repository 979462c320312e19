//! The descriptions are what the parsers take: no field more, none less, and needed where the parser needs it.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use super::{Field, Kind, filings, form, summary, tables};
use crate::moves::Who;
use crate::{
    agency_record, attachment, attributes, bonded, centralised_tax, certificate, consolidation, consumer,
    credit, demand, dispute, entry_refund, filing, form, goods, inspection_report, market, moves_of, offer,
    parcel, park, payment_data, replacement, request, risk_case, share, trace, transit, webhook,
};
use clearance::party::Role;
use clearance::record::Register;
use serde::de::{DeserializeOwned, Deserializer, Error, Visitor};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Takes down the names of the fields that a type asks for, and gives it nothing.
struct Names<'a>(&'a mut Vec<&'static str>);

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = serde::de::value::Error;
    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(Error::custom("no struct"))
    }
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Self::Error> {
        self.0.extend(fields);
        Err(Error::custom("seen"))
    }
    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct
        seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// A value that the parser of a kind takes.
fn sample(field: &Field) -> Value {
    let one = match field.kind {
        Kind::Number => json!(1),
        Kind::Flag(_) | Kind::Maybe => json!(true),
        Kind::Choice(words) => json!(words[0]),
        Kind::Group(fields) | Kind::WordOrGroup(fields) => whole(fields),
        Kind::Map => json!({"a": ["b"]}),
        Kind::Record => json!({"a": "b"}),
        _ => json!("x"),
    };
    if field.many { json!([one]) } else { one }
}

fn whole(fields: &[Field]) -> Value {
    Value::Object(fields.iter().map(|field| (field.name.to_owned(), sample(field))).collect::<Map<_, _>>())
}

/// A description against the type that reads it; `never` is what nobody sends, though the type has it.
fn is_described<T: DeserializeOwned>(what: &str, fields: &'static [Field], never: &[&str]) {
    let mut asked = Vec::new();
    assert!(T::deserialize(Names(&mut asked)).is_err());
    let asked: BTreeSet<&str> = asked.into_iter().filter(|name| !never.contains(name)).collect();
    let described: BTreeSet<&str> = fields.iter().map(|field| field.name).collect();
    assert_eq!(asked, described, "{what}");
    let full = whole(fields);
    let parsed = |value: &Value| serde_json::from_value::<T>(value.clone());
    assert!(parsed(&full).is_ok(), "{what}: {:?}", parsed(&full).err());
    for field in fields {
        let mut less = full.clone();
        less.as_object_mut().unwrap().remove(field.name);
        assert_eq!(parsed(&less).is_err(), field.required, "{what}.{}", field.name);
        if field.many {
            let mut single = full.clone();
            single[field.name] = sample(&Field { many: false, ..*field });
            assert!(parsed(&single).is_err(), "{what}.{} is no list", field.name);
        }
    }
}

fn described(register: Register, action: &str) -> &'static [Field] {
    form(register, action).unwrap().fields
}

fn within(fields: &'static [Field], name: &str) -> &'static [Field] {
    fields.iter().find(|field| field.name == name).unwrap().kind.fields()
}

#[test]
fn every_description_is_what_the_parser_takes() {
    let application = described(Register::Filing, "apply");
    is_described::<filing::Application>("application", application, &[]);
    is_described::<filing::Contact>("contact", within(application, "contact"), &[]);
    is_described::<filing::Licence>("licence", within(application, "licences"), &[]);
    is_described::<form::BoundedService>("service", within(application, "services"), &[]);
    is_described::<attributes::Power>("agent abroad", within(application, "domesticAgent"), &[]);
    is_described::<attributes::Power>("principal", within(application, "principals"), &[]);
    is_described::<attributes::Guarantee>("guarantee", within(application, "guarantees"), &[]);
    is_described::<attributes::Gate>("gate", within(application, "gates"), &[]);
    is_described::<attributes::Video>("video", within(application, "video"), &[]);
    let granted = described(Register::Filing, "approve");
    is_described::<filing::Granted>("granted", granted, &[]);
    is_described::<form::BoundedService>("granted service", within(granted, "services"), &[]);
    is_described::<goods::Goods>("goods", described(Register::Goods, "apply"), &["inForce"]);
    is_described::<goods::Label>("label", within(described(Register::Goods, "apply"), "labels"), &[]);
    is_described::<share::Share>("share", described(Register::Share, "propose"), &[]);
    is_described::<inspection_report::Reported>(
        "report",
        described(Register::InspectionReport, "report-result"),
        &[],
    );
    is_described::<inspection_report::Recognition>(
        "recognition",
        described(Register::InspectionReport, "recognise"),
        &[],
    );
    is_described::<request::Asked>("asked", described(Register::Request, "ask"), &[]);
    let answer = described(Register::Request, "answer");
    is_described::<request::Answer>("answer", answer, &["records", "share"]);
    let asked = within(described(Register::Request, "ask"), "query");
    is_described::<request::Query>("query", asked, &[]);
    let given = described(Register::AgencyRecord, "give");
    is_described::<agency_record::AgencyRecord>("record of an agency", given, &[]);
    is_described::<attachment::Attachment>(
        "attachment",
        described(Register::Attachment, "attach"),
        &["sha256"],
    );
    is_described::<webhook::Webhook>("webhook", described(Register::Webhook, "register"), &["again"]);
    is_described::<webhook::Again>("again", described(Register::Webhook, "redeliver"), &["number"]);
    is_described::<payment_data::Ask>("ask", described(Register::PaymentData, "ask"), &[]);
    is_described::<certificate::Application>("register", described(Register::Certificate, "register"), &[]);
    is_described::<certificate::Revoking>("revoke", described(Register::Certificate, "revoke"), &[]);
    is_described::<consumer::Notices>("notices", described(Register::Consumer, "set-notices"), &[]);
    is_described::<dispute::Disputed>("disputed", described(Register::Dispute, "open"), &[]);
    is_described::<dispute::Answer>("answer of a dispute", described(Register::Dispute, "answer"), &[]);
    let observed = described(Register::CreditObservation, "record");
    is_described::<credit::observation::Observed>("observed", observed, &[]);
    let responsible = described(Register::ResponsiblePersons, "record");
    is_described::<credit::responsible::Recorded>(
        "responsible persons",
        responsible,
        &["keys", "telephones"],
    );
    is_described::<credit::responsible::Person>("responsible person", within(responsible, "persons"), &[]);
    is_described::<credit::listing::Notice>("notice", described(Register::CreditList, "notice"), &[]);
    is_described::<credit::listing::Decision>("decision", described(Register::CreditList, "list"), &[]);
    is_described::<credit::listing::Spoken>("spoken", described(Register::CreditList, "speak"), &[]);
    is_described::<credit::listing::Statement>("statement", described(Register::CreditList, "appeal"), &[]);
    is_described::<demand::Asked>("demand", described(Register::ServiceRequest, "ask"), &[]);
    is_described::<demand::Accepting>("accepting", described(Register::ServiceRequest, "accept"), &[]);
    is_described::<offer::Offered>("offer", described(Register::ServiceOffer, "offer"), &[]);
    is_described::<park::Applied>("park", described(Register::Park, "apply"), &[]);
    let tenants = described(Register::Park, "set-tenants");
    is_described::<park::Tenants>("tenants", tenants, &[]);
    is_described::<park::Tenant>("tenant", within(tenants, "tenants"), &[]);
    is_described::<park::site::Applied>("site", described(Register::Site, "apply"), &[]);
    is_described::<park::site::Keepers>("keepers", described(Register::Site, "appoint"), &[]);
    is_described::<replacement::Linked>("exchange", described(Register::Exchange, "link"), &[]);
    let refund = described(Register::EntryRefund, "apply");
    is_described::<entry_refund::Applied>("refund", refund, &[]);
    is_described::<entry_refund::Passage>("passage", within(refund, "gate"), &[]);
    is_described::<entry_refund::Invoice>("invoice", within(refund, "invoices"), &[]);
    is_described::<entry_refund::Line>("line of a refund", within(refund, "lines"), &[]);
    let granting = described(Register::EntryRefund, "approve");
    is_described::<entry_refund::Granting>("granting", granting, &[]);
    is_described::<entry_refund::Granted>("granted", within(granting, "granted"), &[]);
    is_described::<entry_refund::Paying>("refund's payment", described(Register::EntryRefund, "pay"), &[]);
    is_described::<entry_refund::Claiming>("claim", described(Register::EntryRefund, "claim-back"), &[]);
    let unit = |action| described(Register::Consolidation, action);
    is_described::<consolidation::Opened>("unit", unit("open-unit"), &[]);
    is_described::<consolidation::Loaded>("load", unit("load"), &["site", "found"]);
    is_described::<park::bag::Listed>("bag of a load", within(unit("load"), "bags"), &["parcels"]);
    is_described::<consolidation::TakenOut>("taken out", unit("take-out"), &["found"]);
    is_described::<consolidation::Closing>("closing a unit", unit("close-unit"), &["found"]);
    is_described::<consolidation::Departing>("departing", unit("depart"), &["found"]);
    let leave = described(Register::CentralisedTax, "apply");
    is_described::<centralised_tax::Applied>("leave to pay together", leave, &[]);
    let settling = described(Register::CentralisedTax, "settle-statement");
    is_described::<centralised_tax::statement::Settling>("its payment", settling, &["bills"]);
    let applied = described(Register::TransitTransfer, "apply");
    is_described::<transit::Applied>("transfer between districts", applied, &["trades"]);
    is_described::<transit::Transport>("its transport", within(applied, "transport"), &[]);
    let sealing = described(Register::TransitTransfer, "approve");
    is_described::<transit::Sealing>("its seals", sealing, &["trades"]);
    let passed = described(Register::TransitTransfer, "depart");
    is_described::<transit::Passed>("its departure and arrival", passed, &["trades"]);
    let variance = described(Register::TransitTransfer, "report-variance");
    is_described::<transit::Variance>("its variance", variance, &["trades"]);
    let slip = described(Register::MarketSlip, "record");
    is_described::<market::slip::Slip>("slip of a market", slip, &[]);
    is_described::<market::slip::Line>("line of a slip", within(slip, "lines"), &[]);
    let of = |action| described(Register::MarketDeclaration, action);
    is_described::<market::Applied>("declaration of slips", of("declare-group"), &[]);
    is_described::<market::Accepting>("its acceptance", of("accept"), &[]);
    is_described::<market::Inspected>("its inspection", of("record-inspection"), &[]);
    is_described::<market::Exited>("its exit", of("confirm-exit"), &["slips"]);
    is_described::<market::Receipt>("its receipt", of("receive"), &[]);
    let resolving = described(Register::TransitTransfer, "resolve");
    is_described::<transit::Resolving>("its end", resolving, &["trades"]);
    is_described::<trace::Asked>("codes", described(Register::TraceCode, "issue"), &[]);
    let recall = described(Register::Recall, "open");
    is_described::<trace::recall::Opened>("recall", recall, &["stocks"]);
    let retrieved = described(Register::Recall, "retrieve");
    is_described::<trace::recall::Retrieved>("retrieved", retrieved, &[]);
    let closing = described(Register::Recall, "close");
    is_described::<trace::recall::Closing>("recall's closing", closing, &["stocks"]);
    let items = described(Register::BondedBook, "apply");
    is_described::<bonded::Applied>("bonded items", items, &[]);
    is_described::<bonded::form::ItemForm>("bonded item", within(items, "items"), &[]);
    let lines = described(Register::BondedDocument, "file");
    is_described::<bonded::document::Lines>("bonded lines", lines, &["beside"]);
    let rebate = within(within(lines, "lines"), "rebate");
    is_described::<bonded::rebate::RebateForm>("rebate", rebate, &[]);
    is_described::<bonded::form::EntryForm>("entry", within(lines, "entry"), &[]);
    is_described::<bonded::form::ExhibitionForm>("exhibition", within(lines, "exhibition"), &[]);
    let paying = described(Register::BondedBill, "settle");
    is_described::<bonded::bill::Paying>("payment", paying, &["applications", "guarantors"]);
    is_described::<bonded::form::LineForm>("bonded line", within(lines, "lines"), &[]);
    is_described::<risk_case::Opened>("case", described(Register::RiskCase, "open"), &[]);
    is_described::<risk_case::Invited>("invited", described(Register::RiskCase, "invite"), &[]);
    is_described::<risk_case::Evidence>(
        "evidence",
        described(Register::RiskCase, "add-evidence"),
        &["shown"],
    );
    is_described::<risk_case::Opinion>("opinion", described(Register::RiskCase, "give-opinion"), &[]);
    is_described::<risk_case::Decision>("case's decision", described(Register::RiskCase, "decide"), &[]);
    is_described::<risk_case::Task>("task", described(Register::RiskCase, "set-task"), &[]);
    is_described::<risk_case::Report>("report", described(Register::RiskCase, "report"), &[]);
    let closing = described(Register::RiskCase, "close");
    is_described::<risk_case::Closing>("closing", closing, &[]);
    is_described::<risk_case::RuleVerdict>("rule's verdict", within(closing, "rules"), &[]);
    let given = described(Register::Parcel, "give");
    is_described::<parcel::Parcel>("parcel", given, &["keys"]);
    is_described::<parcel::Sender>("sender of a parcel", within(given, "sender"), &[]);
    is_described::<parcel::Consignee>("consignee of a parcel", within(given, "consignee"), &[]);
    is_described::<parcel::Content>("content of a parcel", within(given, "contents"), &[]);
    let assessing = described(Register::Parcel, "determine");
    is_described::<parcel::Assessing>("assessing a parcel", assessing, &[]);
    is_described::<parcel::Settled>("settled line", within(assessing, "settled"), &[]);
}

#[test]
fn every_form_is_of_a_move_that_people_make_and_every_choice_is_the_parsers() {
    for (register, actions, _, _) in tables::FORMS {
        for action in *actions {
            let moves = moves_of(*register).iter().filter(|step| step.action == *action);
            assert!(moves.clone().count() > 0, "{register:?} {action}");
            assert!(moves.clone().all(|step| step.who != Who::Window), "{register:?} {action}");
        }
    }
    let appointed = [Role::Officer, Role::ZoneOperator, Role::Consumer];
    let roles: BTreeSet<&str> =
        Role::ALL.iter().filter(|role| !appointed.contains(role)).map(|role| role.word()).collect();
    assert_eq!(filings::ROLES.iter().copied().collect::<BTreeSet<_>>(), roles);
    assert_eq!(filings::ALGORITHMS, ceb::signature::Algorithm::ALL.map(|one| one.name()));
    assert_eq!(tables::DATASETS, exchange::Dataset::ALL.map(|one| one.word()));
    for register in Register::ALL {
        // What a list tells is something that the register has.
        for pointer in summary(register) {
            let last = pointer.rsplit('/').next().unwrap();
            assert!(super::names(register).contains(&last), "{register:?} {pointer}");
        }
    }
}
