//! What the body of each move is made of: fields with their names, kinds and whether they must be there. Pages make their
//! forms of it, the interface tells it, and a test holds it equal to what the parser of each register takes. Leaves to
//! others: the names of fields in the languages of people (`portal`), and whether a value is right (the registers).

mod books;
mod cases;
mod centralised_tax;
mod consolidations;
mod exchanges;
mod filings;
mod markets;
mod parcels;
mod parks;
mod refunds;
mod reports;
mod tables;
#[cfg(test)]
mod tests;
mod trace;
mod transit;

use clearance::record::Register;

/// What stands in a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A line of text.
    Text,
    /// Text of several lines.
    Area,
    /// A code of a table, or of a party.
    Code,
    /// A day, yyyyMMdd.
    Date,
    /// A second, yyyyMMddHHmmss.
    Instant,
    /// A whole number.
    Number,
    /// An amount in yuan.
    Amount,
    /// Yes or no; what counts where nothing is said.
    Flag(bool),
    /// Yes, no, or nothing said.
    Maybe,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A certificate in PEM; where there may be many, the SHA-256 of one as well.
    Certificate,
    /// The id of a record of the register of attachments.
    Attachment,
    /// A file in base64.
    File,
    /// Fields of its own.
    Group(&'static [Field]),
    /// A word, or fields of its own of which the first is that word.
    WordOrGroup(&'static [Field]),
    /// Names, each with the texts that it may have.
    Map,
    /// Names, each with the text that it has, or a list of texts: a record of a dataset.
    Record,
}

impl Kind {
    /// The word by which the interface calls it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Area => "area",
            Self::Code => "code",
            Self::Date => "date",
            Self::Instant => "instant",
            Self::Number => "number",
            Self::Amount => "amount",
            Self::Flag(_) => "flag",
            Self::Maybe => "maybe",
            Self::Choice(_) => "choice",
            Self::Certificate => "certificate",
            Self::Attachment => "attachment",
            Self::File => "file",
            Self::Group(_) => "group",
            Self::WordOrGroup(_) => "word-or-group",
            Self::Map => "map",
            Self::Record => "record",
        }
    }

    /// The fields within it.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Group(fields) | Self::WordOrGroup(fields) => fields,
            _ => &[],
        }
    }

    /// The words of which it is one.
    pub fn choices(self) -> &'static [&'static str] {
        if let Self::Choice(words) = self { words } else { &[] }
    }
}

/// A field of a body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Field {
    /// Its name in JSON.
    pub name: &'static str,
    /// What stands in it.
    pub kind: Kind,
    /// Whether the body is nothing without it.
    pub required: bool,
    /// Whether it is a list of these.
    pub many: bool,
}

impl Field {
    const fn may(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, required: false, many: false }
    }
    const fn must(name: &'static str, kind: Kind) -> Self {
        Self { required: true, ..Self::may(name, kind) }
    }
    const fn many(self) -> Self {
        Self { many: true, ..self }
    }
}

/// The body of a move.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Form {
    /// Its fields.
    pub fields: &'static [Field],
    /// Where the record says already what the form asks for, as a JSON pointer: what stands there is corrected; none = every
    /// such move says something new.
    pub stands: Option<&'static str>,
}

/// The form of a move that people make; none = it says nothing but its note, or the window makes it.
pub fn form(register: Register, action: &str) -> Option<Form> {
    let found = tables::FORMS.iter().find(|row| row.0 == register && row.1.contains(&action));
    found.map(|row| Form { fields: row.2, stands: row.3 })
}

/// What the list of a register tells of each record besides its state: pointers into the body. Only what those who find
/// the record in their lists may know without its being read; nothing of a person.
pub fn summary(register: Register) -> &'static [&'static str] {
    match register {
        Register::Filing => &["/applied/name", "/applied/roles"],
        Register::Goods => &["/name", "/hsCode"],
        Register::Share => &["/giver", "/dataset", "/purpose", "/validTo"],
        Register::Request => &["/asked/subject", "/asked/to", "/asked/due"],
        Register::Access => &["/kind", "/id", "/role", "/purpose", "/ground", "/query", "/count"],
        Register::Attachment => &["/name"],
        Register::Webhook => &["/url", "/source"],
        Register::Delivery => &["/failures", "/error", "/complete"],
        Register::PaymentData => &["/orderNo", "/upload/comparison/outcome"],
        Register::Answer => &["/outcome", "/reference"],
        Register::SignIn => &["/subject"],
        Register::Erasure => &["/recordType", "/ground"],
        Register::Certificate => &["/holder", "/purposes", "/key", "/validTo"],
        Register::Consumer => &[],
        Register::Dispute => &["/disputed/orderNo", "/disputed/answerDue", "/disputed/decideDue"],
        Register::Notice => &["/orderNo"],
        Register::CreditObservation => &["/observed/subject", "/observed/indicator", "/observed/day"],
        Register::CreditList => &["/notice/list", "/decision/validFrom", "/decision/validTo", "/decideDue"],
        Register::CreditAssessment => &["/grade", "/score", "/day"],
        Register::ListNotice => &["/name", "/list", "/validFrom", "/validTo"],
        Register::Exchange => &["/orderNo", "/returnNumber", "/newOrderNo"],
        Register::EntryRefund => &["/applied/checklist", "/total", "/owed"],
        Register::Consolidation => &["/kind", "/unit", "/site", "/vehicle", "/at"],
        Register::CentralisedTax => &["/applied/district", "/applied/to", "/due", "/total", "/paid"],
        Register::TransitTransfer => &["/applied/departure", "/applied/exit", "/applied/pieces"],
        Register::MarketSlip => &["/applied/agent", "/applied/country", "/applied/day", "/declaration"],
        Register::MarketDeclaration => {
            &["/applied/country", "/applied/total", "/applied/currency", "/number", "/received"]
        }
        Register::ServiceRequest => &["/asked/kind", "/asked/goods", "/asked/from", "/asked/to", "/deadline"],
        Register::ServiceOffer => &["/goods", "/offered/price", "/offered/currency", "/offered/validUntil"],
        Register::RiskCase => {
            &["/opened/subject", "/opened/dimension", "/decided/decision/risk", "/closing/result"]
        }
        Register::InspectionReport => {
            &["/reported/number", "/reported/to", "/reported/subject", "/reported/order", "/reported/validTo"]
        }
        Register::Park => &["/applied/name", "/applied/kind", "/applied/city"],
        Register::Site => &["/applied/name", "/applied/kind", "/applied/park"],
        Register::AgencyRecord => &["/effective"],
        Register::Parcel => &["/parcel/channel", "/parcel/arrivedAt", "/tax/outcome", "/tax/due"],
        Register::SiteRecord => &["/kind", "/result"],
        Register::SiteScan => &["/parcel", "/direction", "/offline"],
        Register::BondedBook => &["/counting"],
        Register::BondedItem => &["/item/name", "/item/gcode", "/item/goodsNo"],
        Register::BondedDocument => &["/gate/vehicle", "/clock/due"],
        Register::TraceCode => &["/book", "/issued", "/scans"],
        Register::Recall => &["/opened/goodsNo", "/opened/lot", "/opened/reason"],
        Register::BondedBill => &["/due", "/total"],
        Register::SiteCode => &["/parkName", "/works"],
        Register::SiteBag => &["/seal", "/site"],
        Register::SiteStock => &["/parcel"],
        Register::ParcelHold
        | Register::Photograph
        | Register::RulebookDraft
        | Register::DrawPeriod
        | Register::ResponsiblePersons => &[],
    }
}

/// Every name that a field of a register's records has, besides those of its forms.
pub fn kept(register: Register) -> &'static [&'static str] {
    tables::KEPT.iter().find(|row| row.0 == register).map_or(&[], |row| row.1)
}

/// Names of fields that hold milliseconds since 1970 in the records of a register.
pub fn milliseconds(register: Register) -> &'static [&'static str] {
    match register {
        Register::Delivery => &["until", "since", "next"],
        Register::PaymentData => &["due", "called", "answered"],
        Register::SignIn => &["time", "since"],
        Register::Consumer => &["erasureAsked"],
        Register::RiskCase => &["at"],
        Register::TraceCode => &["first", "last"],
        Register::TransitTransfer => &["due", "time"],
        _ => &[],
    }
}

/// Every name of a field of a register, by the alphabet: of its forms and of what it keeps.
pub fn names(register: Register) -> Vec<&'static str> {
    let mut found = order(register);
    found.sort_unstable();
    found.dedup();
    found
}

/// Every name of a field of a register in the order in which people read them: as its forms ask, then what it keeps.
pub fn order(register: Register) -> Vec<&'static str> {
    fn walk(fields: &'static [Field], found: &mut Vec<&'static str>) {
        for field in fields {
            found.push(field.name);
            walk(field.kind.fields(), found);
        }
    }
    let mut found = Vec::new();
    for row in tables::FORMS.iter().filter(|row| row.0 == register) {
        walk(row.2, &mut found);
    }
    found.extend(kept(register));
    found
}
