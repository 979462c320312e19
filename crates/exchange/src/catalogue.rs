//! The catalogue: datasets and their fields. Those of documents come from the tables of the messages themselves; what the
//! window adds stands here. A dataset's version grows when a field changes its meaning or goes; a new one may be added.

use crate::{domestic, exports, given, lists};
use ceb::Kind;
use ceb::Shape;
use clearance::identity::personal;
use clearance::party::Role;
use serde_json::{Map, Value, json};

/// A kind of record that can be shared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Dataset {
    /// Orders as accepted.
    Orders,
    /// Payments as accepted.
    Payments,
    /// Waybills as accepted.
    Waybills,
    /// Declaration lists as accepted.
    Declarations,
    /// Where each declaration stands, after each change.
    Clearances,
    /// Results of inspections: what one found counts for all.
    Inspections,
    /// Tax bills.
    TaxBills,
    /// Parcels that arrived at supervised sites.
    Arrivals,
    /// Parties as they are filed.
    Filings,
    /// Messages whole, as they were received: for another window that takes the same submission.
    Messages,
    /// Orders of exports as accepted.
    ExportOrders,
    /// Money received for exports, as accepted.
    ExportPayments,
    /// Waybills of exports as accepted.
    ExportWaybills,
    /// Declaration lists of exports as accepted.
    ExportDeclarations,
    /// Master lists of exports as accepted.
    ExportMasterBills,
    /// Export parcels that arrived at supervised sites.
    ExportArrivals,
    /// Export parcels that left the country.
    ExportDepartures,
    /// Applications to declare lists in summary, as accepted.
    SummaryApplications,
    /// Where each export trade stands, after each change.
    ExportClearances,
    /// Where each application to summarise stands, after each change, with the declarations that came of it.
    ExportSummaries,
    /// What tax offices decided on refunds of tax on exports.
    ExportRefunds,
    /// What became of receipts and payments of trades at banks and offices of foreign exchange.
    Settlements,
    /// Enterprises as market supervision has them.
    EnterpriseStatuses,
    /// What happened to parcels and loads on their way: post, railway, airport, carriers.
    TransportEvents,
    /// What police found of what they were told.
    PoliceResults,
    /// Goods of the country that entered a special zone, with the declaration by which they were exported into it.
    DomesticEntries,
    /// Lists of credit on which enterprises stand, each decision and what becomes of it.
    CreditLists,
}

/// What a field has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldKind {
    /// A text of a message's field.
    Message(Shape),
    /// A text.
    Text,
    /// A whole number.
    Whole,
    /// An amount in yuan, exact.
    Amount,
    /// A decimal number, exact; of an amount its currency stands beside it.
    Decimal,
    /// Whether.
    Truth,
    /// 17 digits yyyyMMddHHmmssSSS, China standard time.
    Time,
    /// Several texts.
    Texts,
    /// A day, yyyyMMdd.
    Day,
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// A field of a dataset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// Its name; of lines `lines.name`.
    pub name: String,
    /// What it has.
    pub kind: FieldKind,
    /// Whether every record has it.
    pub always: bool,
    /// Whether it tells of a natural person.
    pub personal: bool,
    /// What it means.
    pub meaning: &'static str,
}

/// Fields of messages that are held back with those that tell of a natural person: they lead to one, or could carry one.
const BESIDE: [&str; 5] = ["buyerIdType", "consigneeDistrict", "payerIdType", "payTransactionId", "note"];

/// Name, kind, whether it is always there, meaning.
pub(crate) type Own = (&'static str, FieldKind, bool, &'static str);

const CLEARANCES: [Own; 24] = [
    ("platform", FieldKind::Text, true, "platform code"),
    ("orderNo", FieldKind::Text, true, "order number of the platform"),
    ("version", FieldKind::Whole, true, "version of the consignment: the newest counts"),
    ("attempt", FieldKind::Whole, true, "number of the attempt to declare"),
    ("state", FieldKind::Whole, true, "state of the declaration: 100, 120, 300, 500, 800, …"),
    ("stateWord", FieldKind::Text, true, "the same in a word"),
    ("time", FieldKind::Time, true, "when it became so"),
    ("preNo", FieldKind::Text, false, "pre-entry number"),
    ("invtNo", FieldKind::Text, false, "declaration number"),
    ("customsCode", FieldKind::Text, true, "district where declared"),
    ("portCode", FieldKind::Text, true, "district of entry"),
    ("tradeMode", FieldKind::Text, true, "supervision mode"),
    ("merchant", FieldKind::Text, true, "merchant code"),
    ("agent", FieldKind::Text, true, "declaring unit code"),
    ("logistics", FieldKind::Text, true, "logistics firm code"),
    ("logisticsNo", FieldKind::Text, true, "waybill number"),
    ("guarantor", FieldKind::Text, true, "guarantor code"),
    ("arrived", FieldKind::Truth, true, "whether the parcel arrived at the site"),
    ("lines", FieldKind::Whole, true, "number of lines"),
    ("dutiableValue", FieldKind::Amount, false, "dutiable value, yuan"),
    ("duty", FieldKind::Amount, false, "duty, yuan"),
    ("consumptionTax", FieldKind::Amount, false, "consumption tax, yuan"),
    ("valueAddedTax", FieldKind::Amount, false, "value added tax, yuan"),
    ("taxTotal", FieldKind::Amount, false, "all tax, yuan"),
];

const INSPECTIONS: [Own; 10] = [
    ("platform", FieldKind::Text, true, "platform code"),
    ("orderNo", FieldKind::Text, true, "order number of the platform"),
    ("invtNo", FieldKind::Text, false, "declaration number"),
    (
        "passed",
        FieldKind::Truth,
        true,
        "whether goods and list agree, or what differs stood in the way of nothing",
    ),
    (
        "results",
        FieldKind::Texts,
        false,
        "what was found, words of inspection_results.csv; those recorded before them have none",
    ),
    ("agency", FieldKind::Text, true, "code of the agency that inspected"),
    ("officer", FieldKind::Text, true, "who inspected"),
    ("finding", FieldKind::Text, true, "what was found"),
    ("state", FieldKind::Whole, true, "state of the declaration afterwards"),
    ("time", FieldKind::Time, true, "when it was entered"),
];

const FILINGS: [Own; 11] = [
    ("code", FieldKind::Text, true, "code of the party"),
    ("otherCode", FieldKind::Text, false, "the other code of the same enterprise"),
    ("name", FieldKind::Text, true, "registered name"),
    ("roles", FieldKind::Texts, true, "roles"),
    ("validFrom", FieldKind::Text, true, "first day, yyyyMMdd"),
    ("validTo", FieldKind::Text, false, "last day, yyyyMMdd"),
    ("suspended", FieldKind::Truth, true, "whether it may not act at present"),
    ("creditGrade", FieldKind::Text, true, "credit grade"),
    ("modes", FieldKind::Texts, true, "modes it may use; none = all"),
    ("guaranteeLimit", FieldKind::Amount, true, "guarantee, yuan"),
    ("version", FieldKind::Whole, true, "number of the filing: the newest counts"),
];

const MESSAGES: [Own; 8] = [
    ("message", FieldKind::Text, true, "root of the message, CEB311Message"),
    ("guid", FieldKind::Text, true, "guid of the message"),
    ("sender", FieldKind::Text, true, "code of the party that sent it"),
    ("exchangeId", FieldKind::Text, true, "exchange id that its receipts go to"),
    ("documents", FieldKind::Whole, true, "number of documents"),
    ("sha256", FieldKind::Text, true, "SHA-256 of what was received, hexadecimal"),
    ("received", FieldKind::Time, true, "when it was committed"),
    ("original", FieldKind::Text, true, "the message as received and signed, base64; its envelope is opened"),
];

/// Fields of ours that tell of a natural person, or may.
const PERSONAL: [&str; 6] = ["officer", "finding", "original", "person", "legalRepresentative", "statement"];

fn own_field((name, kind, always, meaning): &Own) -> Field {
    Field {
        name: (*name).to_owned(),
        kind: *kind,
        always: *always,
        personal: PERSONAL.contains(name),
        meaning,
    }
}

impl Dataset {
    /// All datasets.
    pub const ALL: [Self; 27] = [
        Self::Orders,
        Self::Payments,
        Self::Waybills,
        Self::Declarations,
        Self::Clearances,
        Self::Inspections,
        Self::TaxBills,
        Self::Arrivals,
        Self::Filings,
        Self::Messages,
        Self::ExportOrders,
        Self::ExportPayments,
        Self::ExportWaybills,
        Self::ExportDeclarations,
        Self::ExportMasterBills,
        Self::ExportArrivals,
        Self::ExportDepartures,
        Self::SummaryApplications,
        Self::ExportClearances,
        Self::ExportSummaries,
        Self::ExportRefunds,
        Self::Settlements,
        Self::EnterpriseStatuses,
        Self::TransportEvents,
        Self::PoliceResults,
        Self::DomesticEntries,
        Self::CreditLists,
    ];

    /// The word used in rules, routes and schemas.
    pub fn word(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Payments => "payments",
            Self::Waybills => "waybills",
            Self::Declarations => "declarations",
            Self::Clearances => "clearances",
            Self::Inspections => "inspections",
            Self::TaxBills => "tax-bills",
            Self::Arrivals => "arrivals",
            Self::Filings => "filings",
            Self::Messages => "messages",
            Self::ExportOrders => "export-orders",
            Self::ExportPayments => "export-payments",
            Self::ExportWaybills => "export-waybills",
            Self::ExportDeclarations => "export-declarations",
            Self::ExportMasterBills => "export-master-bills",
            Self::ExportArrivals => "export-arrivals",
            Self::ExportDepartures => "export-departures",
            Self::SummaryApplications => "summary-applications",
            Self::ExportClearances => "export-clearances",
            Self::ExportSummaries => "export-summaries",
            Self::ExportRefunds => "export-refunds",
            Self::Settlements => "settlements",
            Self::EnterpriseStatuses => "enterprise-statuses",
            Self::TransportEvents => "transport-events",
            Self::PoliceResults => "police-results",
            Self::DomesticEntries => "domestic-entries",
            Self::CreditLists => "credit-lists",
        }
    }

    /// The dataset of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dataset| dataset.word() == word)
    }

    /// Its version.
    pub fn version(self) -> u32 {
        1
    }

    /// The message whose fields it has.
    pub fn document(self) -> Option<Kind> {
        Some(match self {
            Self::Orders => Kind::Order,
            Self::Payments => Kind::Payment,
            Self::Waybills => Kind::Waybill,
            Self::Declarations => Kind::Declaration,
            Self::TaxBills => Kind::TaxBill,
            Self::Arrivals => Kind::Arrival,
            Self::ExportOrders => Kind::ExportOrder,
            Self::ExportPayments => Kind::ExportPayment,
            Self::ExportWaybills => Kind::ExportWaybill,
            Self::ExportDeclarations => Kind::ExportDeclaration,
            Self::ExportMasterBills => Kind::MasterBill,
            Self::ExportArrivals => Kind::ExportArrival,
            Self::ExportDepartures => Kind::Departure,
            Self::SummaryApplications => Kind::SummaryApplication,
            _ => return None,
        })
    }

    /// Whether agencies file its records themselves: it is no part of what customs has of trades.
    pub fn is_filed(self) -> bool {
        given::own(self).is_some()
    }

    /// What the key of its records is made of, for whoever asks by key; the subject of a record is its key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Orders | Self::Declarations | Self::Clearances | Self::Inspections => "platform/orderNo",
            Self::Payments => "payCode/payTransactionId",
            Self::Waybills | Self::ExportWaybills => "logisticsCode/logisticsNo",
            Self::TaxBills => "taxNo",
            Self::Arrivals | Self::ExportArrivals => "operatorCode/copNo",
            Self::Filings => "code",
            Self::Messages => "message/guid",
            Self::ExportOrders | Self::ExportPayments | Self::ExportDeclarations | Self::ExportClearances => {
                "merchant/orderNo"
            }
            Self::ExportMasterBills | Self::SummaryApplications | Self::ExportSummaries => "agentCode/copNo",
            Self::ExportDepartures => "logisticsCode/copNo",
            Self::DomesticEntries => "document/line",
            Self::CreditLists => "party",
            _ => "key",
        }
    }

    /// Roles whose parties give it: they answer for it before the law.
    pub fn givers(self) -> &'static [Role] {
        match self {
            Self::Filings => &[Role::Officer, Role::ZoneOperator, Role::Agency],
            Self::TransportEvents => &[Role::Agency, Role::Logistics, Role::Express, Role::SiteOperator],
            Self::Settlements => &[Role::Agency, Role::Bank],
            _ if self.is_filed() => &[Role::Agency],
            _ => &[Role::Officer, Role::ZoneOperator],
        }
    }

    /// Its fields, in order.
    pub fn fields(self) -> Vec<Field> {
        let own: &[Own] = match self {
            Self::Clearances => &CLEARANCES,
            Self::Inspections => &INSPECTIONS,
            Self::Filings => &FILINGS,
            Self::Messages => &MESSAGES,
            Self::ExportClearances => &exports::CLEARANCES,
            Self::ExportSummaries => &exports::SUMMARIES,
            Self::DomesticEntries => &domestic::ENTRIES,
            Self::CreditLists => &lists::CREDIT_LISTS,
            _ => &[],
        };
        let filed = given::own(self);
        let around = filed.map_or(&[][..], |_| &given::AROUND[..]);
        let own = around.iter().chain(own).chain(filed.unwrap_or_default()).map(own_field);
        let parts = self.document().map_or(&[][..], Kind::parts);
        let fields = parts.iter().enumerate().flat_map(|(part, table)| {
            table.fields.iter().map(move |rule| Field {
                name: if part == 0 { rule.name.to_owned() } else { format!("lines.{}", rule.name) },
                kind: FieldKind::Message(rule.shape),
                always: rule.mandatory,
                personal: personal(rule.name).is_some() || BESIDE.contains(&rule.name),
                meaning: rule.meaning,
            })
        });
        own.chain(fields).collect()
    }

    /// Of a dataset whose records agencies file, the fields that they file; none of others.
    pub fn filed_fields(self) -> Vec<Field> {
        given::own(self).unwrap_or_default().iter().map(own_field).collect()
    }

    /// The JSON Schema of its records, as they are without a mask.
    pub fn schema(self) -> Value {
        self.schema_of(self.fields(), "")
    }

    /// The JSON Schema of what an agency files; none where it files nothing of this.
    pub fn filed_schema(self) -> Option<Value> {
        let fields = self.filed_fields();
        let must: Vec<String> =
            fields.iter().filter(|field| field.always).map(|field| field.name.clone()).collect();
        self.is_filed().then(|| {
            let mut schema = self.schema_of(fields, ":filed");
            schema["required"] = must.into();
            schema
        })
    }

    fn schema_of(self, fields: Vec<Field>, of: &str) -> Value {
        let mut head: Map<String, Value> = Map::new();
        let mut lines: Map<String, Value> = Map::new();
        for field in fields {
            let mut schema = match field.kind {
                FieldKind::Message(shape) => {
                    json!({"type": "string", "description": format!("{}; {}", field.meaning, shape.words())})
                }
                FieldKind::Text => json!({"type": "string", "description": field.meaning}),
                FieldKind::Whole => json!({"type": "integer", "description": field.meaning}),
                FieldKind::Amount | FieldKind::Decimal => {
                    json!({"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$", "description": field.meaning})
                }
                FieldKind::Truth => json!({"type": "boolean", "description": field.meaning}),
                FieldKind::Time => {
                    json!({"type": "string", "pattern": "^[0-9]{17}$", "description": field.meaning})
                }
                FieldKind::Texts => {
                    json!({"type": "array", "items": {"type": "string"}, "description": field.meaning})
                }
                FieldKind::Day => {
                    json!({"type": "string", "pattern": "^[0-9]{8}$", "description": field.meaning})
                }
                FieldKind::Choice(words) => {
                    json!({"type": "string", "enum": words, "description": field.meaning})
                }
            };
            if field.personal {
                schema["x-personal"] = Value::Bool(true);
            }
            match field.name.strip_prefix("lines.") {
                Some(name) => lines.insert(name.to_owned(), schema),
                None => head.insert(field.name, schema),
            };
        }
        if !lines.is_empty() {
            let line = json!({"type": "object", "properties": lines, "additionalProperties": false});
            head.insert("lines".to_owned(), json!({"type": "array", "items": line}));
        }
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": format!("urn:onewindow:dataset:{}{of}:v{}", self.word(), self.version()),
            "title": format!("{} v{}", self.word(), self.version()),
            "type": "object", "properties": head, "additionalProperties": false,
        })
    }
}
