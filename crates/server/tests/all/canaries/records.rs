//! Canaries in what is filed, asked and told beside the trades: in every text of the forms of these registers that takes one, and in
//! records of agencies. Who may read each is said with the record: whom it names, whether customs does, whether every agency does.

use super::{AGENT, CARRIER, EXCHANGE, MERCHANT, OFFICE, SITE, TAX};
use crate::support::Zone;
use clearance::record::Register;
use register::fields::{self, Field, Kind};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A carrier that no trade of the story names, which brings parcels of its own.
const EXPRESS: &str = "5301960402";
/// Stands in a body where a text of its own goes.
const HERE: &str = "金丝雀";
/// Texts of forms in which only what is a number, a word or a key is taken.
const LEFT: [&str; 17] = [
    "scope",
    "licence",
    "factor1",
    "factor2",
    "key",
    "mediaType",
    "order",
    "quantity",
    "weight",
    "temperatureFrom",
    "temperatureTo",
    "identity",
    "netWeight",
    "value",
    "declaredValue",
    "grossWeight",
    "postage",
];

/// A record as it is made, and who may read it.
struct Made {
    register: Register,
    id: String,
    action: &'static str,
    version: u32,
    by: &'static str,
    body: Value,
    /// Parties that it names.
    readers: &'static [&'static str],
    office: bool,
    /// Every agency.
    agencies: bool,
}

/// Where a canary stands.
#[derive(Clone, Debug)]
pub struct Filed {
    pub register: Register,
    pub by: &'static str,
    /// The place in the body.
    pub at: String,
    readers: Vec<&'static str>,
    pub office: bool,
    pub agencies: bool,
}

impl Filed {
    /// Whether it is told to an enterprise.
    pub fn is_for(&self, code: &str) -> bool {
        self.readers.contains(&code)
    }
}

/// How whoever asks or offers is reached.
fn contact() -> Value {
    json!({"name": HERE, "telephone": HERE, "email": HERE})
}

/// What is made, in this order.
fn all() -> Vec<Made> {
    let between = |register, id: &str, action, by, body, readers| Made {
        register,
        id: id.to_owned(),
        action,
        version: 0,
        by,
        body,
        readers,
        office: false,
        agencies: false,
    };
    let known = |register, id: &str, action, by, body, readers| Made {
        office: true,
        agencies: true,
        ..between(register, id, action, by, body, readers)
    };
    let document = format!("{MERCHANT}:canary");
    let content = json!({"name": HERE, "mediaType": "application/pdf", "content": "JVBERi0xLjcgc2FtcGxl"});
    let filing = json!({
        "name": HERE, "roles": ["site-operator"], "validFrom": "20260101", "address": HERE, "contact": contact(),
        "licences": [{"kind": "site-registration", "number": HERE, "issuer": HERE, "validFrom": "20200101"}],
        "gates": [{"number": HERE, "direction": "both", "place": HERE}],
        "video": {"cameras": 2, "keptDays": 30, "access": HERE}, "warehouseSystem": HERE,
    });
    let goods = json!({
        "name": HERE, "hsCode": "4202210000", "specification": HERE, "origin": "142", "unit": "011", "brand": HERE,
        "brandAuthorisation": document, "barcode": HERE, "label": HERE, "labels": [{"language": HERE, "text": HERE}],
    });
    let rule = json!({"giver": OFFICE, "dataset": "orders", "schema": 1, "fields": ["orderNo"], "purpose": HERE,
        "legalBasis": HERE, "validFrom": "20261101"});
    let asked = json!({"to": TAX, "kind": "question", "subject": HERE, "about": HERE, "text": HERE, "purpose": HERE,
        "legalBasis": HERE, "due": "20261231"});
    let refund = json!({"effective": "20261121", "record": {"enterprise": MERCHANT, "period": "202611",
        "result": "suspended", "decidedOn": "20261120", "refunded": "0.00", "decision": HERE, "reason": HERE}});
    let report = json!({"to": OFFICE, "subject": MERCHANT, "items": ["SKU-1"], "method": "laboratory",
        "found": [{"result": "conforming"}], "day": "20261120", "validTo": "20301231", "number": HERE, "legalBasis": HERE,
        "text": HERE});
    let demand = json!({"kind": "transport", "goods": HERE, "from": HERE, "to": HERE, "quantity": "1", "unit": "035",
        "neededBy": "20261210", "text": HERE, "contact": contact()});
    let parcel = json!({
        "channel": "express", "form": "express-manifest", "category": "gift",
        "sender": {"name": HERE, "countryCode": "502", "address": HERE},
        "consignee": {"name": HERE, "telephone": HERE, "address": HERE},
        "contents": [{"description": HERE, "heading": "01", "quantity": "1", "value": "30.00", "currency": "142"}],
        "manifest": HERE, "site": "CNKMG860001", "arrivedAt": "20261123090000",
    });
    let request = format!("{EXCHANGE}:canary");
    vec![
        known(Register::Attachment, &document, "attach", MERCHANT, content, &[MERCHANT]),
        known(Register::Filing, SITE, "apply", SITE, filing, &[SITE]),
        known(Register::Goods, &document, "apply", MERCHANT, goods, &[MERCHANT]),
        Made {
            office: true,
            ..between(Register::Share, &format!("{EXCHANGE}:canary"), "propose", EXCHANGE, rule, &[EXCHANGE])
        },
        between(Register::Request, &request, "ask", EXCHANGE, asked, &[EXCHANGE, TAX]),
        Made {
            version: 1,
            ..between(Register::Request, &request, "answer", TAX, json!({"text": HERE}), &[EXCHANGE, TAX])
        },
        between(Register::AgencyRecord, &format!("{TAX}:export-refunds:canary"), "give", TAX, refund, &[TAX]),
        Made {
            office: true,
            ..between(
                Register::InspectionReport,
                &format!("{TAX}:canary"),
                "report-result",
                TAX,
                report,
                &[TAX],
            )
        },
        // Of an enterprise that asks, whoever is asked learns what, and not whom he would ring.
        between(Register::ServiceRequest, "canary-one", "ask", MERCHANT, demand, &[MERCHANT, CARRIER]),
        Made {
            office: true,
            ..between(Register::Parcel, &format!("{EXPRESS}:CANARY0001"), "give", EXPRESS, parcel, &[EXPRESS])
        },
    ]
}

/// What stands at a place of a record, for those who may read the record: what tells of a person is for fewer.
fn narrowed(filed: Filed) -> Filed {
    match filed.register {
        Register::ServiceRequest if filed.at.starts_with("/contact/") => {
            Filed { readers: vec![filed.by], ..filed }
        }
        // Masked for all but its giver.
        Register::Parcel if filed.at.starts_with("/sender/") || filed.at.starts_with("/consignee/") => {
            Filed { office: false, ..filed }
        }
        _ => filed,
    }
}

/// The canaries of records.
#[derive(Default)]
pub struct Records {
    known: BTreeMap<String, Filed>,
}

impl Records {
    /// Makes every record, full of canaries.
    pub async fn file(&mut self, zone: &Zone) {
        for mut made in all() {
            let mut body = made.body.take();
            self.fill(&made, "", &mut body);
            let (path, told) = match made.register {
                Register::Parcel => {
                    let (_, number) = made.id.split_once(':').unwrap();
                    let one = json!({"trackingNumber": number, "parcel": body});
                    ("/v1/parcels".to_owned(), json!({"parcels": [one]}))
                }
                register => (
                    format!("/v1/registers/{}/{}/actions", register.word(), made.id),
                    json!({"action": made.action, "version": made.version, "body": body}),
                ),
            };
            let token = Some(zone.tokens[made.by].as_str());
            let (status, told) = zone.request("POST", &path, token, told.to_string().into_bytes()).await;
            assert_eq!(status, 200, "{path}: {told}");
            let outcome = &told["results"][0]["outcome"];
            assert!(made.register != Register::Parcel || outcome == "recorded", "{told}");
        }
    }

    fn fill(&mut self, made: &Made, at: &str, value: &mut Value) {
        match value {
            Value::String(text) if text.as_str() == HERE => {
                *text = format!("RKN{:04}Z", self.known.len() + 1);
                let filed = Filed {
                    register: made.register,
                    by: made.by,
                    at: at.to_owned(),
                    readers: made.readers.to_vec(),
                    office: made.office,
                    agencies: made.agencies,
                };
                self.known.insert(text.clone(), narrowed(filed));
            }
            Value::Object(members) => {
                members.iter_mut().for_each(|(name, value)| self.fill(made, &format!("{at}/{name}"), value));
            }
            Value::Array(items) => {
                let items = items.iter_mut().enumerate();
                items.for_each(|(index, value)| self.fill(made, &format!("{at}/{index}"), value));
            }
            _ => {}
        }
    }

    /// All of them, with where they stand.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Filed)> {
        self.known.iter().map(|(text, filed)| (text.as_str(), filed))
    }

    /// Those that a text has.
    pub fn found(&self, text: &str) -> BTreeMap<&str, &Filed> {
        let pieces = text.match_indices("RKN").filter_map(|(at, _)| text.get(at..at + 8));
        let known = pieces.filter_map(|piece| self.known.get_key_value(piece));
        known.map(|(text, filed)| (text.as_str(), filed)).collect()
    }
}

/// Names of the texts of a form.
fn texts(fields: &[Field], found: &mut BTreeSet<&'static str>) {
    for field in fields {
        if matches!(field.kind, Kind::Text | Kind::Area) {
            found.insert(field.name);
        }
        texts(field.kind.fields(), found);
    }
}

/// Names under which a body has a text of its own.
fn filled(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if value == HERE {
                    found.insert(name.clone());
                }
                filled(value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|value| filled(value, found)),
        _ => {}
    }
}

#[test]
fn every_text_of_a_form_has_a_canary_or_a_reason_why_not() {
    let (mut counted, mut left) = (0, BTreeSet::new());
    for made in all() {
        let (mut asked, mut has) = (BTreeSet::new(), BTreeSet::new());
        let form = fields::form(made.register, made.action).unwrap();
        texts(form.fields, &mut asked);
        filled(&made.body, &mut has);
        for name in asked {
            let is_left = LEFT.contains(&name);
            assert!(has.contains(name) != is_left, "{:?} {}: {name}", made.register, made.action);
            left.extend(is_left.then_some(name));
        }
        assert!(!has.is_empty(), "{:?}", made.register);
        counted += has.len();
    }
    assert_eq!(left, BTreeSet::from(LEFT), "nothing is left without need");
    assert!(counted > 40, "{counted}");
    // Whom every trade names reads none of what others file beside it.
    assert!(all().iter().all(|made| !made.readers.contains(&AGENT)));
}
