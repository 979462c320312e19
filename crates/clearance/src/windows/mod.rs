//! Windowed facts: what declarations of one person, address, seller or sort of goods add up to over hours, days and months.
//! Names, kinds, measures and spans are here; the state of a key is `state`, what a declaration adds and reads `raised`, what
//! parcels of post and express add, and what links them with declarations, `linked`; what lists of exports add and read `exported`; how older events weigh less `decay`.
//! Leaves to the rules what is too much, and to the store how a state is kept.

mod decay;
pub(crate) mod exported;
mod linked;
mod raised;
mod state;

pub use exported::of_seller_goods;
pub use linked::{Linked, consignor, linked, of_record};
pub use raised::{Raised, keys, of_device, raise, raised};
pub(crate) use raised::{goods_of, grams, grams_a_piece, pieces};
pub use state::{Cell, Level, Seen, Window};

use crate::Text;
use crate::facts::{CountKey, CountKind};

/// What is measured over a window. The numbers are stored.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Measure {
    /// Declarations (of goods: lines), this one included.
    Count = 1,
    /// Sum of dutiable values (of goods: totals of lines) in fen, this one included.
    Fen = 2,
    /// Sum of pieces, this one included.
    Pieces = 3,
    /// Different identities, this one included; at least [`Window::DISTINCT`] when it says that.
    Identities = 4,
    /// Different telephones, likewise.
    Telephones = 5,
    /// Different addresses, likewise.
    Addresses = 6,
    /// Different merchants, likewise.
    Merchants = 7,
    /// Different goods, likewise.
    Goods = 8,
    /// Different orders, likewise.
    Orders = 9,
    /// Median of unit prices in fen, without this one; absent where there is none before.
    PriceMedian = 10,
    /// Median of grams a piece, of lists with one line, without this one.
    WeightMedian = 11,
    /// How often, older ones weighing less, in thousandths: one of today is 1000.
    Recent = 12,
    /// Fen, older ones weighing less.
    RecentFen = 13,
    /// Thousandths that a model gave: of no window ([`crate::score`]).
    Score = 14,
}

impl Measure {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 14] = [
        Self::Count,
        Self::Fen,
        Self::Pieces,
        Self::Identities,
        Self::Telephones,
        Self::Addresses,
        Self::Merchants,
        Self::Goods,
        Self::Orders,
        Self::PriceMedian,
        Self::WeightMedian,
        Self::Recent,
        Self::RecentFen,
        Self::Score,
    ];
    /// The measure of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| *measure as u8 == number)
    }
    /// Its word in the names of facts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Fen => "fen",
            Self::Pieces => "pieces",
            Self::Identities => "identities",
            Self::Telephones => "telephones",
            Self::Addresses => "addresses",
            Self::Merchants => "merchants",
            Self::Goods => "goods",
            Self::Orders => "orders",
            Self::PriceMedian => "price_median",
            Self::WeightMedian => "weight_median",
            Self::Recent => "recent",
            Self::RecentFen => "recent_fen",
            Self::Score => "score",
        }
    }
    /// Whether it is a median: read before the declaration is added.
    pub fn is_median(self) -> bool {
        matches!(self, Self::PriceMedian | Self::WeightMedian)
    }
    /// Whether older events weigh less in it.
    pub fn decays(self) -> bool {
        matches!(self, Self::Recent | Self::RecentFen)
    }
    pub(crate) fn is_distinct(self) -> bool {
        !self.is_median()
            && !self.decays()
            && !matches!(self, Self::Count | Self::Fen | Self::Pieces | Self::Score)
    }
}

/// How far a window reaches back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Span {
    /// Whole hours, the present one included: 1 to 48.
    Hours(u16),
    /// China's days, today included: 1 to 365. Sums over more than 62 days and medians count by thirds of a quarter: they may
    /// reach up to 29 days further back.
    Days(u16),
}

impl Span {
    /// Its stored number: days as they are, hours from 1000.
    pub fn number(self) -> u32 {
        match self {
            Self::Days(days) => days.into(),
            Self::Hours(hours) => 1000 + u32::from(hours),
        }
    }
    /// The span of a stored number.
    pub fn from_number(number: u32) -> Option<Self> {
        let number = u16::try_from(number).ok()?;
        let span = if number > 1000 { Self::Hours(number - 1000) } else { Self::Days(number) };
        matches!(span, Self::Hours(1..=48) | Self::Days(1..=365)).then_some(span)
    }
    /// `7` is seven days, `24h` a day by the hour.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_suffix('h');
        let number: u16 = digits.unwrap_or(text).parse().ok()?;
        // `007` would be a second name of one fact.
        let canonical = digits.unwrap_or(text) == number.to_string();
        match digits {
            _ if !canonical => None,
            Some(_) => (1..=48).contains(&number).then_some(Self::Hours(number)),
            None => (1..=365).contains(&number).then_some(Self::Days(number)),
        }
    }
    /// As it is written in names.
    pub fn word(self) -> String {
        match self {
            Self::Hours(hours) => format!("{hours}h"),
            Self::Days(days) => days.to_string(),
        }
    }
}

/// One fact over a window: of what, what, how far back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct WindowFact {
    /// Of what.
    pub kind: CountKind,
    /// What.
    pub measure: Measure,
    /// How far back.
    pub span: Span,
}

const OF_PARCELS: &[Measure] =
    &[Measure::Count, Measure::Fen, Measure::RecentFen, Measure::Recent, Measure::Identities];
const OF_BOTH: &[Measure] = &[Measure::Count, Measure::Fen, Measure::RecentFen, Measure::Recent];

impl WindowFact {
    /// Of which kinds there is what. A kind, and a measure, whose word begins with another's stands first.
    pub const THERE_IS: [(CountKind, &'static [Measure]); 24] = [
        (
            CountKind::Identity,
            &[Measure::Count, Measure::Fen, Measure::Telephones, Measure::Addresses, Measure::Merchants],
        ),
        (CountKind::Telephone, &[Measure::Count, Measure::Fen, Measure::Identities, Measure::Addresses]),
        (CountKind::AddressGoods, &[Measure::Count, Measure::Fen, Measure::Pieces, Measure::Identities]),
        (CountKind::Address, &[Measure::Count, Measure::Fen, Measure::Identities, Measure::Telephones]),
        (CountKind::SellerGoods, &[Measure::Count, Measure::Fen, Measure::Pieces, Measure::PriceMedian]),
        (CountKind::SellerWeight, &[Measure::Count, Measure::Identities, Measure::Goods]),
        (CountKind::SellerName, &[Measure::Count, Measure::Fen]),
        (CountKind::Seller, &[Measure::Count, Measure::Fen]),
        (
            CountKind::Goods,
            &[Measure::Count, Measure::Fen, Measure::Pieces, Measure::PriceMedian, Measure::WeightMedian],
        ),
        (CountKind::Waybill, &[Measure::Orders]),
        (
            CountKind::ParcelIdentity,
            &[
                Measure::Count,
                Measure::Fen,
                Measure::RecentFen,
                Measure::Recent,
                Measure::Telephones,
                Measure::Addresses,
            ],
        ),
        (CountKind::ParcelTelephone, OF_PARCELS),
        (CountKind::ParcelAddress, OF_PARCELS),
        (CountKind::ParcelConsignor, OF_PARCELS),
        (CountKind::LinkedIdentity, OF_BOTH),
        (CountKind::LinkedTelephone, OF_BOTH),
        (CountKind::LinkedAddress, OF_BOTH),
        (CountKind::LinkedConsignor, OF_BOTH),
        (CountKind::ExportSellerGoods, exported::OF_GOODS),
        (CountKind::ExportSeller, &[Measure::Count, Measure::Fen]),
        (CountKind::ExportGoods, exported::OF_GOODS),
        (CountKind::ExportWaybill, &[Measure::Orders]),
        (CountKind::ImportSellerGoods, &[Measure::Count, Measure::Fen, Measure::Pieces]),
        (CountKind::Device, &[Measure::Count, Measure::Identities, Measure::Telephones]),
    ];

    /// The fact of a name as `address_identities_30`.
    ///
    /// # Errors
    /// What is wrong with the name, if it begins as one of these; none = it is no windowed fact.
    pub fn parse(name: &str) -> Result<Option<Self>, String> {
        for (kind, measures) in Self::THERE_IS {
            let Some(rest) = name.strip_prefix(kind.word()).and_then(|rest| rest.strip_prefix('_')) else {
                continue;
            };
            for measure in measures.iter().copied() {
                let span = rest.strip_prefix(measure.word()).and_then(|rest| rest.strip_prefix('_'));
                let Some(span) = span else { continue };
                let fact = Span::parse(span).map(|span| Self { kind, measure, span });
                return match fact.filter(|fact| fact.is_kept()) {
                    Some(fact) => Ok(Some(fact)),
                    None => {
                        Err(format!("{name} is not kept: {} reaches back {}", measure.word(), reach(measure)))
                    }
                };
            }
        }
        Ok(None)
    }

    /// Whether its state holds that much.
    fn is_kept(self) -> bool {
        match self.span {
            Span::Hours(_) => {
                !self.measure.is_median() && !self.measure.is_distinct() && !self.measure.decays()
            }
            Span::Days(days) => !self.measure.is_median() || (30..=120).contains(&days),
        }
    }

    /// Its name in rules.
    pub fn name(self) -> String {
        format!("{}_{}_{}", self.kind.word(), self.measure.word(), self.span.word())
    }
}

/// How far back a measure reaches, in words.
pub(crate) fn reach(measure: Measure) -> &'static str {
    match measure {
        measure if measure.is_median() => "30 to 120 days",
        measure if measure.is_distinct() || measure.decays() => "1 to 365 days",
        _ => "1h to 48h, or 1 to 365 days",
    }
}

/// A value that was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WindowValue {
    /// What.
    pub measure: Measure,
    /// How far back.
    pub span: Span,
    /// How much.
    pub value: i64,
}

/// What was read of one key for a declaration, or for one of its lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Windowed {
    /// The key.
    pub key: CountKey,
    /// Place of the line, from 1; 0 = of the whole list.
    pub line: u16,
    /// What it said.
    pub values: Vec<WindowValue>,
}

/// A key as which something is known, shortened to 16 hexadecimal characters.
fn short(parts: &[&str]) -> Text {
    // One digest of it all: fed part by part it takes twice as long.
    let mut content = Vec::with_capacity(parts.iter().map(|part| 4 + part.len()).sum());
    for part in parts {
        content.extend_from_slice(&(part.len() as u32).to_be_bytes());
        content.extend_from_slice(part.as_bytes());
    }
    let mut text = Text::with_capacity(16);
    for byte in ring::digest::digest(&ring::digest::SHA256, &content).as_ref().iter().take(8) {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
        }
    }
    text
}
