//! One declaration as the model sees it, and what an inspection found. The fields are those that declarations of any mode have;
//! a field that a mode does not have is empty. Identities are only compared, never read.

use std::fmt;

/// A coded field of a declaration.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Field {
    /// Customs office.
    Office,
    /// Process type.
    Process,
    /// Import type.
    ImportType,
    /// Use of the goods.
    Use,
    /// Kind of payment.
    Payment,
    /// Mode of transport.
    Transport,
    /// Who declares.
    Declarant,
    /// Who imports.
    Importer,
    /// Who sells.
    Seller,
    /// Express carrier.
    Courier,
    /// Goods, six digits of the harmonised system.
    Hs6,
    /// Country of departure.
    Departure,
    /// Country of origin.
    Origin,
    /// Kind of tax rate.
    TaxType,
    /// How the origin is marked.
    OriginMark,
}

impl Field {
    /// All, in the order of `Declaration::codes`.
    pub const ALL: [Self; 15] = [
        Self::Office,
        Self::Process,
        Self::ImportType,
        Self::Use,
        Self::Payment,
        Self::Transport,
        Self::Declarant,
        Self::Importer,
        Self::Seller,
        Self::Courier,
        Self::Hs6,
        Self::Departure,
        Self::Origin,
        Self::TaxType,
        Self::OriginMark,
    ];

    /// Heading of its column in a file of declarations.
    pub fn heading(self) -> &'static str {
        self.words().0
    }

    /// Name in features and model files.
    pub fn name(self) -> &'static str {
        self.words().1
    }

    /// For people: Chinese.
    pub fn chinese(self) -> &'static str {
        self.words().2
    }

    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Office => ("Office ID", "office", "海关"),
            Self::Process => ("Process Type", "process", "通关方式"),
            Self::ImportType => ("Import Type", "import-type", "进口类型"),
            Self::Use => ("Import Use", "use", "用途"),
            Self::Payment => ("Payment Type", "payment", "支付方式"),
            Self::Transport => ("Mode of Transport", "transport", "运输方式"),
            Self::Declarant => ("Declarant ID", "declarant", "申报人"),
            Self::Importer => ("Importer ID", "importer", "进口人"),
            Self::Seller => ("Seller ID", "seller", "境外卖方"),
            Self::Courier => ("Courier ID", "courier", "快递企业"),
            Self::Hs6 => ("HS6 Code", "hs6", "HS六位编码"),
            Self::Departure => ("Country of Departure", "departure", "启运国"),
            Self::Origin => ("Country of Origin", "origin", "原产国"),
            Self::TaxType => ("Tax Type", "tax-type", "税率类型"),
            Self::OriginMark => ("Country of Origin Indicator", "origin-mark", "原产地标识"),
        }
    }
}

/// A measured field of a declaration.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Quantity {
    /// Rate of duty, per cent.
    TaxRate,
    /// Net mass, kilograms.
    NetMass,
    /// Value of the item in the currency of the place.
    Price,
}

impl Quantity {
    /// All, in the order of `Declaration::quantities`.
    pub const ALL: [Self; 3] = [Self::TaxRate, Self::NetMass, Self::Price];

    /// Heading of its column in a file of declarations.
    pub fn heading(self) -> &'static str {
        match self {
            Self::TaxRate => "Tax Rate",
            Self::NetMass => "Net Mass",
            Self::Price => "Item Price",
        }
    }
}

/// Declarations that a result stands for at most.
pub const MOST_WEIGHT: f64 = 100.0;

/// A declaration of one item of goods.
#[derive(Clone, PartialEq, Debug)]
pub struct Declaration {
    /// Its number.
    pub id: String,
    /// The day it was declared: days since 1970-01-01.
    pub day: i32,
    /// Codes in the order of `Field::ALL`; empty = not there.
    pub codes: [String; Field::ALL.len()],
    /// Values in the order of `Quantity::ALL`; none = not there.
    pub quantities: [Option<f64>; Quantity::ALL.len()],
    /// What the inspection found, where there was one: illicit or not.
    pub found: Option<bool>,
    /// The chance that it had of being inspected, above 0 and up to 1; none = it is not known, and counts once.
    pub chance: Option<f64>,
}

impl Declaration {
    /// A code; empty = not there.
    pub fn code(&self, field: Field) -> &str {
        &self.codes[field as usize]
    }

    /// A measured value.
    pub fn quantity(&self, quantity: Quantity) -> Option<f64> {
        self.quantities[quantity as usize]
    }

    /// How many declarations its result stands for in training: where the draw chose it, those that it spared as well. At most
    /// [`MOST_WEIGHT`], so that no single one outweighs all others.
    #[expect(clippy::float_arithmetic, reason = "a weight of a model, no money")]
    pub fn weight(&self) -> f64 {
        self.chance.map_or(1.0, |chance| (1.0 / chance).clamp(1.0, MOST_WEIGHT))
    }

    /// What it should pay by what it declares, in the currency of the place: value × rate of duty. A stand-in for revenue where
    /// no assessed tax is known.
    #[expect(clippy::float_arithmetic, reason = "a measure of a model, no assessment")]
    pub fn duty(&self) -> f64 {
        let value = self.quantity(Quantity::Price).unwrap_or(0.0);
        value * self.quantity(Quantity::TaxRate).unwrap_or(0.0) / 100.0
    }
}

/// A day as `yyyy-MM-dd`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Date(pub i32);

impl Date {
    /// Reads `yyyy-MM-dd`.
    pub fn parse(text: &str) -> Option<Self> {
        let date: jiff::civil::Date = text.parse().ok().filter(|_| text.len() == 10)?;
        let since = date.since(jiff::civil::date(1970, 1, 1)).ok()?;
        Some(Self(since.get_days()))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = jiff::civil::date(1970, 1, 1);
        match first.checked_add(jiff::Span::new().days(i64::from(self.0).clamp(-700_000, 2_900_000))) {
            Ok(date) => write!(f, "{date}"),
            Err(_) => write!(f, "day {}", self.0),
        }
    }
}
