//! Parties and their filings, effective-dated. Filing online and its review come with identities; here is what
//! a judgement reads of them.

use crate::Text;
use crate::keys::Time;
use ceb::{Day, Decimal};
use rustc_hash::FxHashMap;

/// What a party may be filed as (DESIGN §2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Role {
    /// E-commerce platform (`ebpCode`).
    Platform = 1,
    /// E-commerce enterprise (`ebcCode`).
    Merchant = 2,
    /// Payment enterprise (`payCode`).
    Payment = 3,
    /// Logistics enterprise (`logisticsCode`).
    Logistics = 4,
    /// Declaring unit (`agentCode`).
    Agent = 5,
    /// Operator of a supervised site (`operatorCode`).
    SiteOperator = 6,
    /// Guarantor of withheld tax (`assureCode`).
    Guarantor = 7,
    /// An agency that receives shared records.
    Agency = 8,
    /// A bank.
    Bank = 9,
    /// A customs officer's office.
    Officer = 10,
    /// A consumer.
    Consumer = 11,
    /// Entrusted express or postal operator, which may send orders and payments for others.
    Express = 12,
    /// The operator of the zone's window itself.
    ZoneOperator = 13,
}

impl Role {
    /// All roles, in stored order.
    pub const ALL: [Self; 13] = [
        Self::Platform,
        Self::Merchant,
        Self::Payment,
        Self::Logistics,
        Self::Agent,
        Self::SiteOperator,
        Self::Guarantor,
        Self::Agency,
        Self::Bank,
        Self::Officer,
        Self::Consumer,
        Self::Express,
        Self::ZoneOperator,
    ];
    /// The role of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|role| *role as u8 == number)
    }
    /// The word used on the command line, in the API and on pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Merchant => "merchant",
            Self::Payment => "payment",
            Self::Logistics => "logistics",
            Self::Agent => "agent",
            Self::SiteOperator => "site-operator",
            Self::Guarantor => "guarantor",
            Self::Agency => "agency",
            Self::Bank => "bank",
            Self::Officer => "officer",
            Self::Consumer => "consumer",
            Self::Express => "express",
            Self::ZoneOperator => "zone-operator",
        }
    }
    /// The role of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// Credit grade of a party (HANDBOOK §5); moves the sampling ratio.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[repr(u8)]
pub enum CreditGrade {
    /// Advanced certified.
    A = 1,
    /// Ordinary.
    #[default]
    Standard = 2,
    /// Dishonest.
    D = 4,
}

impl CreditGrade {
    /// The grade of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::A, Self::Standard, Self::D].into_iter().find(|grade| *grade as u8 == number)
    }
    /// The word used in tables and on pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Standard => "standard",
            Self::D => "D",
        }
    }
    /// The grade of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::A, Self::Standard, Self::D].into_iter().find(|grade| grade.word() == word)
    }
}

/// A service that a filing permits a payment firm, bank, guarantor or logistics firm.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Service {
    /// Which: a word of the table of services.
    pub service: Text,
    /// First day.
    pub valid_from: Day,
    /// Last day; none = open.
    pub valid_to: Option<Day>,
    /// Currencies, three digits; empty = all.
    pub currencies: Vec<Text>,
    /// Most that one transaction may be worth, in fen; none = no limit.
    pub transaction_limit: Option<i64>,
    /// Scope of the pilot, in words; empty = none.
    pub scope: Text,
    /// Number of the licence that it rests on; empty = none is named.
    pub licence: Text,
}

impl Service {
    /// Whether it holds on a day.
    pub fn holds_on(&self, day: Day) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    /// Whether it covers a transaction of that day: currency and amount.
    pub fn covers(&self, day: Day, transaction: Option<(&str, Decimal)>) -> bool {
        let fits = |(currency, amount): (&str, Decimal)| {
            (self.currencies.is_empty() || self.currencies.iter().any(|known| known == currency))
                && self.transaction_limit.is_none_or(|limit| amount <= Decimal::from_fen(limit))
        };
        self.holds_on(day) && transaction.is_none_or(fits)
    }
}

/// Who acts for whom by a power of attorney, from a day to a day.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Entrusted {
    /// Code of the other: of whom it acts for, or of who acts for it.
    pub code: Text,
    /// First day.
    pub valid_from: Day,
    /// Last day; none = open.
    pub valid_to: Option<Day>,
}

impl Entrusted {
    /// Whether it holds on a day.
    pub fn holds_on(&self, day: Day) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }
}

/// Kinds of outside systems, in the order of the status page.
pub const COUNTERPARTS: &[&str] = &[
    "customs",
    "tax",
    "foreign-exchange",
    "commerce",
    "market-supervision",
    "police",
    "post",
    "railway",
    "airport",
    "bank",
    "foreign-window",
    "trade-window",
];
/// The kind that a party is by its role.
const BANK: &str = "bank";
/// What a word begins with that says, among the services of an agency's filing, which kind it is.
const COUNTERPART: &str = "counterpart-";

/// The kind of outside system that a word among the services of an agency's filing says it is; none = the word says something else.
pub fn counterpart_of(service: &str) -> Option<&str> {
    service.strip_prefix(COUNTERPART).filter(|kind| *kind != BANK && COUNTERPARTS.contains(kind))
}

/// One filing of a party: what holds of it from a day to a day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Filing {
    /// Number of the filing event, unique and growing: what a decision names.
    pub version: u32,
    /// Ten-character customs registration number or eighteen-character social credit code.
    pub code: Text,
    /// The other code of the same enterprise, where it has one; either finds the filing.
    pub other_code: Option<Text>,
    /// Registered name, exactly.
    pub name: Text,
    /// Roles.
    pub roles: Vec<Role>,
    /// First day.
    pub valid_from: Day,
    /// Last day; none = open.
    pub valid_to: Option<Day>,
    /// Suspended by the competent agency: exists but may not act.
    pub suspended: bool,
    /// Exchange ids (`dxpId`) the party owns.
    pub exchange_ids: Vec<Text>,
    /// Credit grade.
    pub grade: CreditGrade,
    /// A platform that authenticates its buyers, so that payer may differ from buyer (announcement 2018-194).
    pub verifies_identity: bool,
    /// Guarantee in fen, of a guarantor.
    pub guarantee_limit: i64,
    /// Signing certificates: SHA-256 of the DER, lower-case hexadecimal. Empty = none registered.
    pub certificates: Vec<Text>,
    /// Algorithms it may sign with: `rsa-sha1`, `rsa-sha256`, `sm2-sm3`; empty = all that the window accepts.
    pub algorithms: Vec<Text>,
    /// Whether the party's declarations must be signed.
    pub signature_required: bool,
    /// Modes the party may use; empty = all.
    pub modes: Vec<Text>,
    /// Services it may give; empty = none is written down.
    pub services: Vec<Service>,
    /// For site operators: whether a direct purchase parcel must have arrived before release; none = by parameter.
    pub arrival_required: Option<bool>,
    /// Of whoever declares for others: for whom; empty = nothing is said of it.
    pub principals: Vec<Entrusted>,
    /// Of a merchant abroad: its agent at home.
    pub domestic_agent: Option<Entrusted>,
}

impl Filing {
    /// Whether the filing holds on a day.
    pub fn holds_on(&self, day: Day) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }
    /// Whether a code is one of its two.
    pub fn is_called(&self, code: &str) -> bool {
        self.code == code || self.other_code.as_deref() == Some(code)
    }
    /// Whether it has a role.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
    /// Whether it says that the party is an outside system of a kind, one of [`COUNTERPARTS`], on a day: a bank and a customs office are
    /// by their role, an agency by the word among its services ([`counterpart_of`]).
    pub fn is_counterpart(&self, kind: &str, day: Day) -> bool {
        let says_so = |one: &Service| counterpart_of(&one.service) == Some(kind) && one.holds_on(day);
        match kind {
            BANK => self.has(Role::Bank),
            "customs" if self.has(Role::Officer) => true,
            _ => self.has(Role::Agency) && self.services.iter().any(says_so),
        }
    }
}

/// A certificate of a party that was approved by itself, beside what its filing lists.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Certificate {
    /// Number of the event among those of filings, unique and growing.
    pub version: u32,
    /// Code of the party.
    pub party: Text,
    /// SHA-256 of the DER, lower-case hexadecimal.
    pub fingerprint: Text,
    /// Whether it may sign documents; if not, it signs requests of machines alone.
    pub documents: bool,
    /// From when it counts: its approval.
    pub since: Time,
    /// That it was taken back.
    pub revoked: Option<Revocation>,
}

/// How a certificate was taken back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Revocation {
    /// From when nothing signed with it is accepted: the commit of the revocation.
    pub at: Time,
    /// Why.
    pub reason: Text,
    /// Since when others may have had its key; what was judged meanwhile stays judged.
    pub compromised_since: Option<Time>,
}

/// What is entered of parties, each under the next version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Entry {
    /// A filing.
    Filing(Filing),
    /// A certificate, or that it was revoked.
    Certificate(Certificate),
}

impl Entry {
    /// Its version.
    pub fn version(&self) -> u32 {
        match self {
            Self::Filing(filing) => filing.version,
            Self::Certificate(certificate) => certificate.version,
        }
    }
    /// The same under another version.
    #[must_use]
    pub fn numbered(self, version: u32) -> Self {
        match self {
            Self::Filing(filing) => Self::Filing(Filing { version, ..filing }),
            Self::Certificate(certificate) => Self::Certificate(Certificate { version, ..certificate }),
        }
    }
    /// The filing, if it is one.
    pub fn filing(&self) -> Option<&Filing> {
        match self {
            Self::Filing(filing) => Some(filing),
            Self::Certificate(_) => None,
        }
    }
}

/// All filings, found by either code or by exchange id, and all certificates that were approved by themselves.
#[derive(Clone, Default, Debug)]
pub struct Parties {
    /// Grows with every change; a batch prepared with an older one is judged again.
    pub version: u32,
    filings: Vec<Filing>,
    by_code: FxHashMap<Text, Vec<u32>>,
    by_exchange_id: FxHashMap<Text, u32>,
    certificates: FxHashMap<Text, Certificate>,
    /// By party, since when it has a certificate for documents that was approved by itself.
    certified: FxHashMap<Text, Time>,
}

impl Parties {
    /// Adds what was entered. Of one certificate the last entry counts.
    pub fn enter(&mut self, entry: Entry) {
        match entry {
            Entry::Filing(filing) => self.file(filing),
            Entry::Certificate(certificate) => {
                self.version = self.version.max(certificate.version);
                // Read twice or out of turn, a later one is not undone.
                let known = self.certificates.get(&certificate.fingerprint);
                if certificate.documents {
                    let since = self.certified.entry(certificate.party.clone()).or_insert(certificate.since);
                    *since = certificate.since.min(*since);
                }
                if known.is_none_or(|known| known.version <= certificate.version) {
                    self.certificates.insert(certificate.fingerprint.clone(), certificate);
                }
            }
        }
    }
    /// A certificate that was approved by itself, whatever became of it.
    pub fn certificate(&self, fingerprint: &str) -> Option<&Certificate> {
        self.certificates.get(fingerprint)
    }
    /// Whether a party ever had a certificate for documents approved by itself, up to a time.
    pub fn certified(&self, filing: &Filing, now: Time) -> bool {
        let since = |code: &str| self.certified.get(code).is_some_and(|since| *since <= now);
        since(&filing.code) || filing.other_code.as_deref().is_some_and(since)
    }
    /// Adds a filing. Later filings of the same code and day win.
    pub fn file(&mut self, filing: Filing) {
        let index = self.filings.len() as u32;
        self.version = self.version.max(filing.version);
        self.by_code.entry(filing.code.clone()).or_default().push(index);
        if let Some(other) = &filing.other_code {
            self.by_code.entry(other.clone()).or_default().push(index);
        }
        for id in &filing.exchange_ids {
            self.by_exchange_id.insert(id.clone(), index);
        }
        self.filings.push(filing);
    }
    /// The filing of a code that holds on a day: of those that have begun by then the last one, unless it has ended. What
    /// it took the place of does not come back with its end.
    pub fn find(&self, code: &str, day: Day) -> Option<&Filing> {
        let indexes = self.by_code.get(code)?;
        let begun = indexes
            .iter()
            .rev()
            .map(|&index| &self.filings[index as usize])
            .find(|filing| filing.valid_from <= day)?;
        begun.holds_on(day).then_some(begun)
    }
    /// Since when whoever has a code is filed: the beginning of the first of its filings, so that a renewal makes nobody new.
    pub fn since(&self, code: &str, day: Day) -> Option<Day> {
        let indexes = self.by_code.get(code)?;
        let filings = indexes.iter().filter_map(|&index| self.filings.get(index as usize));
        filings.map(|filing| filing.valid_from).filter(|from| *from <= day).min()
    }
    /// The latest filing of a code on any day.
    pub fn latest(&self, code: &str) -> Option<&Filing> {
        self.by_code.get(code)?.last().map(|&index| &self.filings[index as usize])
    }
    /// Whether two codes are the same enterprise.
    pub fn same(&self, one: &str, other: &str, day: Day) -> bool {
        one == other
            || matches!((self.find(one, day), self.find(other, day)), (Some(a), Some(b)) if a.code == b.code)
    }
    /// The owner of an exchange id.
    pub fn owner_of(&self, exchange_id: &str) -> Option<&Filing> {
        self.by_exchange_id.get(exchange_id).map(|&index| &self.filings[index as usize])
    }
    /// All filings, in order of filing.
    pub fn all(&self) -> &[Filing] {
        &self.filings
    }
}
