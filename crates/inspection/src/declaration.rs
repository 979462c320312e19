//! One declaration as the model sees it, and what an inspection found. The fields are those that declarations of any mode have;
//! a field that a mode does not have is empty. Identities are only compared, never read. Imports and exports have a table each,
//! and no model sees both: imports are declared too cheap, exports too dear.

use std::fmt;

/// Which way goods go.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Trade {
    /// Into the country.
    Import,
    /// Out of it.
    Export,
}

impl Trade {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Import, Self::Export];

    /// As tables, model files and rules have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Export => "export",
        }
    }

    /// The trade of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trade| trade.word() == word)
    }

    /// The coded fields of its table, in their order there.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Import => &IMPORT_FIELDS,
            Self::Export => &EXPORT_FIELDS,
        }
    }

    /// The measured ones.
    pub fn quantities(self) -> &'static [Quantity] {
        match self {
            Self::Import => &[Quantity::TaxRate, Quantity::NetMass, Quantity::Price],
            Self::Export => &[Quantity::NetMass, Quantity::Price, Quantity::ToMedian],
        }
    }
}

impl fmt::Display for Trade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

const IMPORT_FIELDS: [Field; 15] = [
    Field::Office,
    Field::Process,
    Field::ImportType,
    Field::Use,
    Field::Payment,
    Field::Transport,
    Field::Declarant,
    Field::Importer,
    Field::Seller,
    Field::Courier,
    Field::Hs6,
    Field::Departure,
    Field::Origin,
    Field::TaxType,
    Field::OriginMark,
];

const EXPORT_FIELDS: [Field; 15] = [
    Field::Office,
    Field::Exit,
    Field::Process,
    Field::Statistics,
    Field::Transport,
    Field::Declarant,
    Field::Merchant,
    Field::Producer,
    Field::Platform,
    Field::Courier,
    Field::Site,
    Field::Waybill,
    Field::Hs6,
    Field::Destination,
    Field::Currency,
];

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
    /// Customs office of exit.
    Exit,
    /// How an export gets into the statistics: a simplified list, or a summary later.
    Statistics,
    /// Who sells abroad.
    Merchant,
    /// Who produces or sells what is exported.
    Producer,
    /// Platform of the sale.
    Platform,
    /// Supervised site.
    Site,
    /// Waybill number, of its carrier.
    Waybill,
    /// Country of final destination.
    Destination,
    /// Currency of the declared price.
    Currency,
}

impl Field {
    /// All, in the order of `Declaration::codes`.
    pub const ALL: [Self; 24] = [
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
        Self::Exit,
        Self::Statistics,
        Self::Merchant,
        Self::Producer,
        Self::Platform,
        Self::Site,
        Self::Waybill,
        Self::Destination,
        Self::Currency,
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
            Self::Exit => ("Exit Office ID", "exit", "离境口岸"),
            Self::Statistics => ("Statistics Flag", "statistics", "申报业务类型"),
            Self::Merchant => ("Merchant ID", "merchant", "电商企业"),
            Self::Producer => ("Producer ID", "producer", "生产销售单位"),
            Self::Platform => ("Platform ID", "platform", "电商平台"),
            Self::Site => ("Site ID", "site", "监管场所"),
            Self::Waybill => ("Waybill ID", "waybill", "运单"),
            Self::Destination => ("Country of Destination", "destination", "最终目的国"),
            Self::Currency => ("Currency", "currency", "币制"),
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
    /// Unit price ÷ the median of those at which the merchant sold such goods before.
    ToMedian,
}

impl Quantity {
    /// All, in the order of `Declaration::quantities`.
    pub const ALL: [Self; 4] = [Self::TaxRate, Self::NetMass, Self::Price, Self::ToMedian];

    /// Heading of its column in a file of declarations.
    pub fn heading(self) -> &'static str {
        match self {
            Self::TaxRate => "Tax Rate",
            Self::NetMass => "Net Mass",
            Self::Price => "Item Price",
            Self::ToMedian => "Price to Median",
        }
    }
}

/// Declarations that a result stands for at most.
pub const MOST_WEIGHT: f64 = 100.0;

/// A declaration of one item of goods.
#[derive(Clone, PartialEq, Debug)]
pub struct Declaration {
    /// Which way its goods go.
    pub trade: Trade,
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
    /// no assessed tax is known. An export pays none: of it this is the value, on which a refund may rest.
    #[expect(clippy::float_arithmetic, reason = "a measure of a model, no assessment")]
    pub fn duty(&self) -> f64 {
        let value = self.quantity(Quantity::Price).unwrap_or(0.0);
        match self.trade {
            Trade::Import => value * self.quantity(Quantity::TaxRate).unwrap_or(0.0) / 100.0,
            Trade::Export => value,
        }
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
