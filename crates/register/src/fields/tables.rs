//! The fields of each form, and the names that records keep besides. In the order in which people fill them in.

use super::Kind::{
    Amount, Area, Attachment, Certificate, Choice, Code, Date, File, Flag, Group, Instant, Map, Number, Text,
};
use super::filings::{APPLICATION, CONTACT, GOODS, GRANTED};
pub(super) use super::reports::DATASETS;
use super::{
    Field, Kind, books, cases, centralised_tax, consolidations, exchanges, markets, parcels, parks, refunds,
    reports, trace, transit,
};
use clearance::record::Register;

/// Register, its moves, the fields of their body, and where they stand in the record.
type Row = (Register, &'static [&'static str], &'static [Field], Option<&'static str>);

const fn may(name: &'static str, kind: Kind) -> Field {
    Field::may(name, kind)
}

const fn must(name: &'static str, kind: Kind) -> Field {
    Field::must(name, kind)
}

const SHARE: &[Field] = &[
    must("giver", Code),
    must("dataset", Choice(DATASETS)),
    must("schema", Number),
    must("fields", Code).many(),
    may("filter", Map),
    must("purpose", Text),
    must("legalBasis", Text),
    must("validFrom", Date),
    may("validTo", Date),
    may("suspends", Flag(false)),
    may("queries", Choice(crate::share::QUERIES)),
];

const ATTACHMENT: &[Field] = &[must("name", Text), must("mediaType", Text), must("content", File)];

const WEBHOOK: &[Field] = &[
    must("url", Text),
    must("source", Text),
    may("batch", Number),
    may("after", Text),
    may("form", Choice(&["events", "dxp"])),
    may("neutral", Flag(false)),
    may("answers", Flag(false)),
    may("confirmations", Flag(true)),
    may("counterpart", Choice(crate::webhook::COUNTERPARTS)),
];

const AGAIN: &[Field] = &[may("after", Text), may("setAside", Flag(false))];

const ASK: &[Field] = &[must("orderNo", Text)];

const CERTIFICATE: &[Field] = &[
    must("pem", Certificate),
    must("purposes", Choice(&["documents", "requests"])).many(),
    must("holder", Text),
];

const REVOKING: &[Field] = &[may("from", Instant), may("compromisedSince", Instant)];

const DISPUTED: &[Field] = &[
    must("platform", Code),
    must("orderNo", Text),
    must("amount", Amount),
    must("usedOn", Date),
    must("text", Area),
    must("answerDue", Date),
    must("decideDue", Date),
];

const DISPUTE_ANSWER: &[Field] = &[must("text", Area), must("granted", Flag(false))];

const NOTICES: &[Field] = &[must("notices", Flag(false))];

const OBSERVED: &[Field] = &[
    must("subject", Code),
    must("indicator", Code),
    must("day", Date),
    may("part", Number),
    may("whole", Number),
    may("value", Text),
    must("grounds", Area),
];

const LIST_NOTICE: &[Field] = &[
    must("list", Choice(&clearance::standing::LISTS)),
    must("facts", Area),
    must("legalBasis", Text),
    must("hearUntil", Date),
    may("attachments", Attachment).many(),
    may("responsible", Text).many(),
];

const RESPONSIBLE: &[Field] = &[
    must("name", Text),
    must("number", Text),
    must("capacity", Choice(crate::credit::responsible::CAPACITIES)),
    must("validFrom", Date),
    may("validTo", Date),
    may("telephone", Text),
];

const RESPONSIBLE_PERSONS: &[Field] = &[must("persons", Group(RESPONSIBLE)).many()];

const LIST_DECISION: &[Field] = &[
    must("validFrom", Date),
    must("validTo", Date),
    must("repairFrom", Date),
    may("published", Flag(false)),
    may("spared", Text).many(),
];

const SPOKEN: &[Field] = &[must("text", Area)];

const STATEMENT: &[Field] = &[must("text", Area), may("attachments", Attachment).many()];

const ASKED_FOR: &[Field] = &[
    must("kind", Choice(crate::demand::KINDS)),
    must("goods", Text),
    may("from", Text),
    may("to", Text),
    may("quantity", Text),
    may("unit", Code),
    may("readyFrom", Date),
    must("neededBy", Date),
    may("temperatureFrom", Text),
    may("temperatureTo", Text),
    may("dangerClass", Choice(crate::demand::DANGER_CLASSES)),
    may("text", Area),
    may("until", Date),
    must("contact", Group(CONTACT)),
];

const ACCEPTING: &[Field] = &[must("offer", Code), must("offerVersion", Number)];

const OFFERED: &[Field] = &[
    must("price", Text),
    must("currency", Code),
    must("term", Text),
    may("conditions", Area),
    must("validUntil", Date),
    must("contact", Group(CONTACT)),
];

/// Every form.
pub(super) const FORMS: &[Row] = &[
    (Register::Filing, &["apply", "correct", "change"], APPLICATION, Some("/applied")),
    (Register::Filing, &["approve", "amend"], GRANTED, Some("/granted")),
    (Register::Goods, &["apply", "correct", "change"], GOODS, Some("")),
    (Register::Share, &["propose", "correct"], SHARE, Some("")),
    (Register::Request, &["ask"], reports::ASKED, Some("/asked")),
    (Register::Request, &["answer"], reports::ANSWER, None),
    (Register::Attachment, &["attach"], ATTACHMENT, None),
    (Register::Webhook, &["register", "change"], WEBHOOK, Some("")),
    (Register::Webhook, &["redeliver"], AGAIN, None),
    (Register::PaymentData, &["ask", "try"], ASK, None),
    (Register::Certificate, &["register"], CERTIFICATE, Some("")),
    (Register::Certificate, &["revoke"], REVOKING, None),
    (Register::Consumer, &["set-notices"], NOTICES, None),
    (Register::Dispute, &["open"], DISPUTED, None),
    (Register::Dispute, &["answer"], DISPUTE_ANSWER, None),
    (Register::CreditObservation, &["record", "correct"], OBSERVED, Some("/observed")),
    (Register::CreditList, &["notice"], LIST_NOTICE, None),
    (Register::CreditList, &["list"], LIST_DECISION, None),
    (Register::CreditList, &["speak"], SPOKEN, None),
    (Register::CreditList, &["state", "appeal", "ask-repair"], STATEMENT, None),
    (Register::ServiceRequest, &["ask"], ASKED_FOR, None),
    (Register::ServiceRequest, &["accept"], ACCEPTING, None),
    (Register::ServiceOffer, &["offer", "change"], OFFERED, Some("/offered")),
    (Register::RiskCase, &["open"], cases::CASE, None),
    (Register::RiskCase, &["invite"], cases::INVITED, None),
    (Register::RiskCase, &["add-evidence"], cases::EVIDENCE, None),
    (Register::RiskCase, &["give-opinion", "decide"], cases::JUDGED, None),
    (Register::RiskCase, &["set-task"], cases::TASK, None),
    (Register::RiskCase, &["report"], cases::TASK_REPORT, None),
    (Register::RiskCase, &["close"], cases::CLOSING, None),
    (Register::InspectionReport, &["report-result", "correct"], reports::REPORTED, Some("/reported")),
    (Register::InspectionReport, &["recognise"], reports::RECOGNITION, None),
    (Register::Park, &["apply", "change"], parks::PARK, Some("/applied")),
    (Register::Park, &["set-tenants"], parks::TENANTS, Some("")),
    (Register::Site, &["apply", "change"], parks::SITE, Some("/applied")),
    (Register::Site, &["appoint"], parks::KEEPERS, Some("")),
    (Register::AgencyRecord, &["give", "correct"], reports::AGENCY_RECORD, Some("")),
    (Register::BondedBook, &["apply", "add-items"], books::ITEMS, None),
    (Register::BondedDocument, &["file", "enter", "enter-first"], books::LINES, Some("")),
    (Register::Parcel, &["give", "correct"], parcels::PARCEL, Some("/parcel")),
    (Register::Parcel, &["determine"], parcels::ASSESSING, None),
    (Register::TraceCode, &["issue"], trace::ISSUE, Some("")),
    (Register::Recall, &["open"], trace::RECALL, Some("/opened")),
    (Register::Recall, &["retrieve"], trace::RETRIEVED, Some("/retrieved")),
    (Register::Recall, &["close"], trace::CLOSING, None),
    (Register::BondedBill, &["settle"], books::PAYMENT, None),
    (Register::Exchange, &["link"], exchanges::LINK, Some("")),
    (Register::EntryRefund, &["apply"], refunds::APPLICATION, Some("/applied")),
    (Register::EntryRefund, &["approve"], refunds::GRANTING, None),
    (Register::EntryRefund, &["pay", "repay"], refunds::PAYMENT, None),
    (Register::EntryRefund, &["claim-back"], refunds::CLAIM, None),
    (Register::Consolidation, &["open-unit"], consolidations::OPEN, None),
    (Register::Consolidation, &["load"], consolidations::LOAD, None),
    (Register::Consolidation, &["take-out"], consolidations::TAKE_OUT, None),
    (Register::Consolidation, &["close-unit"], consolidations::CLOSE, None),
    (Register::Consolidation, &["depart"], consolidations::DEPART, None),
    (Register::CentralisedTax, &["apply"], centralised_tax::APPLIED, Some("/applied")),
    (Register::CentralisedTax, &["settle-statement"], centralised_tax::SETTLING, None),
    (Register::TransitTransfer, &["apply"], transit::APPLIED, Some("/applied")),
    (Register::TransitTransfer, &["approve"], transit::SEALING, None),
    (Register::TransitTransfer, &["depart", "confirm-arrival"], transit::PASSED, None),
    (Register::TransitTransfer, &["report-variance"], transit::VARIANCE, None),
    (Register::TransitTransfer, &["resolve"], transit::RESOLVING, None),
    (Register::MarketSlip, &["record"], markets::SLIP, Some("/applied")),
    (Register::MarketDeclaration, &["declare-group"], markets::DECLARATION, Some("/applied")),
    (Register::MarketDeclaration, &["accept"], markets::ACCEPTING, None),
    (Register::MarketDeclaration, &["record-inspection"], markets::INSPECTED, None),
    (Register::MarketDeclaration, &["confirm-exit"], markets::EXITED, None),
    (Register::MarketDeclaration, &["receive"], markets::RECEIPT, None),
    (Register::ResponsiblePersons, &["record"], RESPONSIBLE_PERSONS, None),
];

/// Names that records keep besides what forms ask for.
pub(super) const KEPT: &[(Register, &[&str])] = &[
    (
        Register::Filing,
        &["applied", "granted", "inForce", "endorsed", "authority", "party", "sender", "suspendedFor"],
    ),
    (Register::Goods, &["inForce"]),
    (Register::Request, &["asked", "answer", "records", "share"]),
    (Register::Access, &["kind", "id", "role", "purpose", "ground", "range", "owners", "query", "count"]),
    (Register::Attachment, &["sha256"]),
    (Register::Webhook, &["again", "number"]),
    (
        Register::Delivery,
        &[
            "holder",
            "until",
            "cursor",
            "complete",
            "again",
            "failures",
            "since",
            "next",
            "confirmed",
            "kept",
            "error",
            "setAside",
            "after",
            "upto",
            "records",
            "unanswered",
            "refusals",
        ],
    ),
    (
        Register::PaymentData,
        &[
            "test",
            "askedBy",
            "due",
            "called",
            "answered",
            "upload",
            "original",
            "signed",
            "certificate",
            "serial",
            "subject",
            "algorithm",
            "comparison",
            "outcome",
            "differences",
            "missing",
            "path",
            "value",
            "otherPath",
            "otherValue",
            "textZh",
            "textEn",
        ],
    ),
    (
        Register::Consumer,
        &["telephones", "telephone", "platform", "orderNo", "notices", "lockedBy", "erasureAsked"],
    ),
    (Register::Dispute, &["disputed", "openedBy", "answer", "quota"]),
    (Register::CreditObservation, &["observed", "decideDue", "decided"]),
    (
        Register::CreditList,
        &[
            "notice",
            "noticedBy",
            "persons",
            "statement",
            "heard",
            "person",
            "name",
            "decision",
            "decidedBy",
            "appeal",
            "repair",
            "decideDue",
        ],
    ),
    (
        Register::CreditAssessment,
        &["day", "score", "grade", "byScore", "known", "rulebook", "reasons", "vetoes"],
    ),
    (Register::Notice, &["platform", "orderNo", "seller", "amount", "telephone", "byWayOf", "recall"]),
    (
        Register::RiskCase,
        &[
            "opened",
            "evidence",
            "shown",
            "number",
            "by",
            "at",
            "opinions",
            "decided",
            "decision",
            "dissent",
            "missing",
            "objectionsUntil",
            "objected",
            "tasks",
            "report",
            "closing",
        ],
    ),
    (Register::InspectionReport, &["reported", "recognition"]),
    (Register::Park, &["applied", "inForce"]),
    (Register::Site, &["applied", "inForce"]),
    (Register::SiteRecord, parks::HAPPENING),
    (Register::SiteScan, parks::SCAN),
    (Register::ParcelHold, &["logisticsCode", "logisticsNo", "site", "reasons"]),
    (Register::SiteCode, &["site", "park", "parkName", "modes", "works"]),
    (Register::BondedBook, &["proposed", "counting"]),
    (
        Register::BondedItem,
        &[
            "item",
            "lots",
            "moved",
            "dayBefore",
            "number",
            "gcode",
            "goodsNo",
            "name",
            "unit",
            "unit1",
            "factor1",
            "unit2",
            "factor2",
            "tolerance",
            "stopSaleDays",
            "origin",
            "expiry",
            "entered",
            "balances",
            "stopped",
            "by",
            "of",
            "kind",
            "issuer",
            "line",
            "lot",
            "from",
            "to",
            "quantities",
        ],
    ),
    (
        Register::BondedDocument,
        &[
            "at",
            "moved",
            "line",
            "form",
            "open",
            "by",
            "of",
            "kind",
            "issuer",
            "number",
            "from",
            "quantities",
            "gate",
            "vehicle",
            "tare",
            "gross",
            "declared",
            "tolerance",
            "parcels",
            "clock",
            "due",
            "warning",
            "warned",
            "extended",
            "guarantee",
            "held",
            "called",
            "forfeited",
            "guaranteed",
            "dutiable",
            "tax",
            "sales",
            "standing",
            "payment",
            "day",
        ],
    ),
    (
        Register::BondedBill,
        &[
            "due",
            "taxes",
            "application",
            "by",
            "kind",
            "issuer",
            "number",
            "line",
            "tax",
            "standing",
            "total",
        ],
    ),
    (Register::RulebookDraft, &["asked", "authors", "trial", "watched", "number"]),
    (Register::ListNotice, crate::credit::told::KEPT),
    (Register::ResponsiblePersons, &["keys", "telephones", "reached", "list", "party", "person"]),
    (Register::Parcel, parcels::KEPT),
    (Register::TransitTransfer, transit::KEPT),
    (Register::CentralisedTax, centralised_tax::KEPT),
    (Register::MarketSlip, markets::KEPT_SLIPS),
    (Register::MarketDeclaration, markets::KEPT),
    (Register::Photograph, &["platform", "orderNo", "sha256", "mediaType", "content"]),
    (Register::Answer, &["event", "source", "outcome", "reference", "text", "giver"]),
    (Register::ServiceRequest, &["asked", "deadline", "asker", "routed", "beyond", "chosen"]),
    (Register::ServiceOffer, &["offered", "demand", "goods", "asker", "askerContact"]),
    (Register::SignIn, crate::sign_in::KEPT),
    (Register::Erasure, &["recordType", "ground", "law", "first", "last", "rows"]),
    (Register::Certificate, super::filings::KEPT_OF_CERTIFICATES),
    (Register::TraceCode, trace::KEPT_CODES),
    (Register::Recall, trace::KEPT_RECALLS),
    (Register::EntryRefund, refunds::KEPT),
    (Register::SiteBag, &["site", "seal", "parcels"]),
    (Register::SiteStock, &["parcel", "by"]),
    (Register::Consolidation, consolidations::KEPT),
];
