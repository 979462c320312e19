//! Records of registers: what people apply for and agencies decide beside the trades themselves. Each change of a record
//! is a row with the whole record after it. What a record means, and who may change it how, belongs to `register`.

use crate::Text;
use crate::keys::{Position, Time};
use ledger::Movement;

/// A register: records of one kind. The numbers are stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Register {
    /// Applications of parties to be filed, and what became of them.
    Filing = 1,
    /// Goods filed by a merchant.
    Goods = 2,
    /// Rules by which one agency gives records to another.
    Share = 3,
    /// Requests of one agency to another.
    Request = 4,
    /// Readings of somebody else's record.
    Access = 5,
    /// Documents attached to what is applied for.
    Attachment = 6,
    /// Where parties want to be sent what is there for them.
    Webhook = 7,
    /// What became of each webhook.
    Delivery = 8,
    /// What customs asks platforms of payments, and what they answer.
    PaymentData = 9,
    /// Answers of counterparts to what they were sent.
    Answer = 13,
    /// Who signed in and out, and what happened to users, tokens and providers of identities.
    SignIn = 10,
    /// Erasures of what rows told of persons.
    Erasure = 11,
    /// Certificates of parties, each by itself: what it is for, and that it was revoked.
    Certificate = 12,
    /// What persons decided on their own quota: locked or open, and who is told of its uses.
    Consumer = 14,
    /// Uses of a quota that its person says were not his.
    Dispute = 15,
    /// Notices to persons of uses of their quota.
    Notice = 16,
    /// What was observed of enterprises.
    CreditObservation = 20,
    /// Lists that enterprises stand on.
    CreditList = 21,
    /// Scores of enterprises.
    CreditAssessment = 22,
    /// Demands for a service or for goods, routed to those who may answer.
    ServiceRequest = 17,
    /// Offers to such demands, and what became of the one that was accepted.
    ServiceOffer = 18,
    /// Photographs of inspections.
    Photograph = 19,
    /// Drafts of the rulebook.
    RulebookDraft = 23,
    /// Cases that several agencies judge together.
    RiskCase = 26,
    /// Periods of the draw: who committed to what, and what the seed was made of.
    DrawPeriod = 24,
    /// Bonded books of enterprises in a zone.
    BondedBook = 27,
    /// Items of bonded books: what lies in the zone of each, lot by lot.
    BondedItem = 28,
    /// Documents that move goods of bonded books.
    BondedDocument = 29,
    /// Results of inspections that one agency reports to another, which may recognise them.
    InspectionReport = 30,
    /// Parks of the zone: who operates each, what it offers, whom it has.
    Park = 31,
    /// Sites within parks: warehouses, yards, gates, where goods go.
    Site = 32,
    /// Records that agencies file of their own, to give them to others.
    AgencyRecord = 33,
    /// What happened at a site: X-rays, weights, labels, bags and seals, gate lists, stocktakes.
    SiteRecord = 35,
    /// Parcels that were scanned at a site, and what was answered.
    SiteScan = 36,
    /// Parcels that no site lets pass.
    ParcelHold = 37,
    /// Parcels of post and express, as who carries them says what is in them.
    Parcel = 40,
    /// Codes by which goods of a lot are traced, and the parcel of each.
    TraceCode = 41,
    /// Recalls of lots.
    Recall = 42,
    /// Tax bills of holders of bonded books: what sales at exhibitions owe on a day.
    BondedBill = 43,
    /// What supervision codes of sites say: site, park, and the modes that the park may do.
    SiteCode = 44,
    /// Bags of parcels under a seal.
    SiteBag = 47,
    /// Parcels that lie at a site, as scans and gate lists say.
    SiteStock = 48,
    /// Natural persons who answer for enterprises, and lists of others that reach these through them.
    ResponsiblePersons = 52,
    /// What platforms are told of the lists that those stand on who sell over them.
    ListNotice = 61,
    /// Exchanges: which new order replaces what came back by which return.
    Exchange = 62,
    /// Refunds of tax on goods of the country that entered a special zone.
    EntryRefund = 64,
    /// Centralised tax: leave to pay the bills of a month together, and statements of the bills.
    CentralisedTax = 65,
    /// Units in which parcels of exports leave together, and in which each parcel is.
    Consolidation = 63,
    /// Transfers of released export goods between customs districts under one document.
    TransitTransfer = 66,
    /// Slips of market procurement: what a stallholder of a market sold to a buyer abroad.
    MarketSlip = 67,
    /// Declarations of market procurement: slips grouped for one country, and what becomes of them.
    MarketDeclaration = 68,
}

impl Register {
    /// All registers, in stored order.
    pub const ALL: [Self; 51] = [
        Self::Filing,
        Self::Goods,
        Self::Share,
        Self::Request,
        Self::Access,
        Self::Attachment,
        Self::Webhook,
        Self::Delivery,
        Self::PaymentData,
        Self::SignIn,
        Self::Erasure,
        Self::Certificate,
        Self::Answer,
        Self::Consumer,
        Self::Dispute,
        Self::Notice,
        Self::CreditObservation,
        Self::CreditList,
        Self::CreditAssessment,
        Self::ServiceRequest,
        Self::ServiceOffer,
        Self::Photograph,
        Self::RulebookDraft,
        Self::RiskCase,
        Self::DrawPeriod,
        Self::BondedBook,
        Self::BondedItem,
        Self::BondedDocument,
        Self::InspectionReport,
        Self::Park,
        Self::Site,
        Self::AgencyRecord,
        Self::SiteRecord,
        Self::SiteScan,
        Self::ParcelHold,
        Self::Parcel,
        Self::TraceCode,
        Self::Recall,
        Self::BondedBill,
        Self::SiteCode,
        Self::SiteBag,
        Self::SiteStock,
        Self::ResponsiblePersons,
        Self::ListNotice,
        Self::Exchange,
        Self::EntryRefund,
        Self::Consolidation,
        Self::CentralisedTax,
        Self::TransitTransfer,
        Self::MarketSlip,
        Self::MarketDeclaration,
    ];

    /// The register of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|register| *register as u8 == number)
    }

    /// The word used in routes and on pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Filing => "filings",
            Self::Goods => "goods",
            Self::Share => "shares",
            Self::Request => "requests",
            Self::Access => "accesses",
            Self::Attachment => "attachments",
            Self::Webhook => "webhooks",
            Self::Delivery => "deliveries",
            Self::PaymentData => "payment-data",
            Self::Answer => "answers",
            Self::SignIn => "sign-ins",
            Self::Erasure => "erasures",
            Self::Certificate => "certificates",
            Self::Consumer => "consumers",
            Self::Dispute => "disputes",
            Self::Notice => "notices",
            Self::CreditObservation => "credit-observations",
            Self::CreditList => "credit-lists",
            Self::CreditAssessment => "credit-assessments",
            Self::ServiceRequest => "service-requests",
            Self::ServiceOffer => "service-offers",
            Self::Photograph => "photographs",
            Self::RulebookDraft => "rulebook-drafts",
            Self::RiskCase => "risk-cases",
            Self::DrawPeriod => "draw-periods",
            Self::BondedBook => "bonded-books",
            Self::BondedItem => "bonded-items",
            Self::BondedDocument => "bonded-documents",
            Self::InspectionReport => "inspection-reports",
            Self::Park => "parks",
            Self::Site => "sites",
            Self::SiteRecord => "site-records",
            Self::SiteScan => "site-scans",
            Self::ParcelHold => "parcel-holds",
            Self::AgencyRecord => "agency-records",
            Self::Parcel => "parcels",
            Self::TraceCode => "trace-codes",
            Self::Recall => "recalls",
            Self::BondedBill => "bonded-bills",
            Self::ResponsiblePersons => "responsible-persons",
            Self::ListNotice => "list-notices",
            Self::Exchange => "exchanges",
            Self::EntryRefund => "entry-refunds",
            Self::Consolidation => "consolidations",
            Self::CentralisedTax => "centralised-tax",
            Self::TransitTransfer => "transit-transfers",
            Self::MarketSlip => "market-slips",
            Self::MarketDeclaration => "market-declarations",
            Self::SiteCode => "site-codes",
            Self::SiteBag => "site-bags",
            Self::SiteStock => "site-stocks",
        }
    }

    /// The register of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|register| register.word() == word)
    }
}

/// The name of a record: unique in its register.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RecordKey {
    /// Where it is kept.
    pub register: Register,
    /// Its name there, trimmed.
    pub id: Text,
}

impl RecordKey {
    /// The key of what a caller names.
    pub fn new(register: Register, id: &str) -> Self {
        Self { register, id: id.trim().into() }
    }
}

/// Who changed a record.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Actor {
    /// Filing code of his party.
    pub party: Text,
    /// Who he is there: the name of his token or login.
    pub name: Text,
}

/// What a change of a record moves on an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Charge {
    /// The movement.
    pub movement: Movement,
    /// Of a hold, the limit that it was judged under, in fen.
    pub limit: Option<i64>,
}

/// A record after a change, with that change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// Its name.
    pub key: RecordKey,
    /// 1 for its first row; grows by one with each change.
    pub version: u32,
    /// What state it is in: a word of its register.
    pub state: Text,
    /// Codes of the parties who find it in their lists, sorted.
    pub parties: Vec<Text>,
    /// When it was made.
    pub created: Time,
    /// When it changed last: the commit of this row.
    pub changed: Time,
    /// Its first row.
    pub first: Position,
    /// This row.
    pub last: Position,
    /// The row of the version before.
    pub previous: Option<Position>,
    /// Who made this change.
    pub actor: Actor,
    /// What he did: a word of its register.
    pub action: Text,
    /// What he said to it; empty = nothing.
    pub note: String,
    /// Format of the body, by register.
    pub format: u16,
    /// What it says: JSON in the form of its register.
    pub body: String,
    /// What this change moves on accounts.
    pub charges: Vec<Charge>,
}
