//! What a rule can look at: names, units, and what each is. The page of the reference is made from here.

use crate::windows::{self, WindowFact};

/// Numbers of the list or of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Number {
    Dutiable,
    Lines,
    GrossWeight,
    NetWeight,
    Age,
    PayerDiffers,
    UnitPrice,
    LineTotal,
    Pieces,
    PieceWeight,
    BrandFloor,
    BrandUnauthorised,
    HsAgainstWords,
    Recalled,
    RiskScore,
    Value,
    MerchantDays,
    /// By its place among the windows of the rules.
    Window(usize),
}

/// Texts of the list or of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Word {
    Hs,
    Goods,
    Transport,
    Mode,
    Origin,
    District,
    Trade,
    Destination,
}

/// (name, what, of a line, unit, what it is)
type NumberRow = (&'static str, Number, bool, &'static str, &'static str);

pub(super) const NUMBERS: [NumberRow; 17] = [
    (
        "dutiable_fen",
        Number::Dutiable,
        false,
        "fen",
        "dutiable value of the list; absent where it could not be assessed",
    ),
    ("lines", Number::Lines, false, "lines", "lines of the list"),
    ("gross_weight_grams", Number::GrossWeight, false, "grams", "declared gross weight"),
    ("net_weight_grams", Number::NetWeight, false, "grams", "declared net weight"),
    (
        "buyer_age_years",
        Number::Age,
        false,
        "years",
        "age by the identity number; absent where it is no citizen's",
    ),
    (
        "payer_differs",
        Number::PayerDiffers,
        false,
        "0 or 1",
        "whether another identity number paid than bought; absent until the payment is here",
    ),
    ("unit_price_fen", Number::UnitPrice, true, "fen", "declared price of a unit"),
    ("line_total_fen", Number::LineTotal, true, "fen", "declared total of the line"),
    (
        "pieces",
        Number::Pieces,
        true,
        "pieces",
        "declared quantity in the unit of the trade, whole, at least 1",
    ),
    (
        "piece_weight_grams",
        Number::PieceWeight,
        true,
        "grams",
        "net weight by piece; absent where the list has several lines",
    ),
    (
        "brand_floor_fen",
        Number::BrandFloor,
        true,
        "fen",
        "lowest credible price of the brand named (`risk_brands.csv`); absent where none is",
    ),
    (
        "brand_unauthorised",
        Number::BrandUnauthorised,
        true,
        "0 or 1",
        "whether a brand is named whose holder did not authorise the merchant (`risk_brands.csv`)",
    ),
    (
        "hs_against_words",
        Number::HsAgainstWords,
        true,
        "0 or 1",
        "whether the name has a word whose HS codes the declared one is none of (`risk_goods_words.csv`)",
    ),
    ("recalled", Number::Recalled, true, "0 or 1", "whether a recall meets the line (`risk_recalls.csv`)"),
    (
        "risk_score",
        Number::RiskScore,
        false,
        "thousandths",
        "what the model in use for the list's trade (`risk_models.csv`) holds the chance to be that it is illicit, of the line that has the most; absent where none is in use",
    ),
    (
        "value_fen",
        Number::Value,
        false,
        "fen",
        "what the list of an export is worth; absent where a currency has no rate that day, and on imports",
    ),
    (
        "merchant_days",
        Number::MerchantDays,
        false,
        "days",
        "for how long the merchant of an export has been filed, from the first of its filings; absent on imports",
    ),
];

/// (name, what, of a line, what it is)
type WordRow = (&'static str, Word, bool, &'static str);

/// What `trade` is of a list.
pub(super) const IMPORT: &str = "import";
/// The same of exports.
pub(super) const EXPORT: &str = "export";

pub(super) const WORDS: [WordRow; 8] = [
    ("hs", Word::Hs, true, "HS code; `in` compares its beginning"),
    (
        "goods_text",
        Word::Goods,
        true,
        "name, model and name as sold, in one writing: half-width, lower case, no blanks or punctuation",
    ),
    ("origin", Word::Origin, true, "country of origin; absent on exports"),
    ("transport", Word::Transport, false, "mode of transport"),
    ("mode", Word::Mode, false, "supervision mode"),
    ("district", Word::District, false, "customs district"),
    (
        "trade",
        Word::Trade,
        false,
        "`import` or `export`; an alternative that does not ask for `export` is about imports alone",
    ),
    ("destination", Word::Destination, true, "country of final destination; absent on imports"),
];

impl Number {
    pub(super) fn row(self) -> Option<&'static NumberRow> {
        NUMBERS.iter().find(|(_, number, ..)| *number == self)
    }
    pub(super) fn name(self, windows: &[WindowFact]) -> String {
        match self {
            Self::Window(at) => windows.get(at).map(|fact| fact.name()).unwrap_or_default(),
            other => other.row().map_or_else(String::new, |row| row.0.to_owned()),
        }
    }
    pub(super) fn is_of_line(self, windows: &[WindowFact]) -> bool {
        match self {
            Self::Window(at) => windows.get(at).is_some_and(|fact| fact.kind.is_of_line()),
            other => other.row().is_some_and(|row| row.2),
        }
    }
}

impl Word {
    pub(super) fn row(self) -> Option<&'static WordRow> {
        WORDS.iter().find(|(_, word, ..)| *word == self)
    }
}

/// What there is, for whoever wrote something else.
pub(super) fn known() -> String {
    let numbers = NUMBERS.iter().map(|row| row.0);
    let words = WORDS.iter().map(|row| row.0);
    let windows = WindowFact::THERE_IS.iter().map(|(kind, measures)| {
        let measures: Vec<&str> = measures.iter().map(|measure| measure.word()).collect();
        format!("{}_({})_SPAN", kind.word(), measures.join("|"))
    });
    let all: Vec<String> = numbers.chain(words).map(str::to_owned).chain(windows).collect();
    format!("there are {}; SPAN is days as 7 or hours as 24h", all.join(", "))
}

/// The page of the reference.
pub fn reference_markdown() -> String {
    let mut page = String::from(HEAD);
    for (name, _, of_line, unit, what) in NUMBERS {
        page.push_str(&format!("| `{name}` | {} | {unit} | {what} |\n", whose(of_line)));
    }
    page.push_str("\n## Texts\n\n| name | of | what it is |\n|---|---|---|\n");
    for (name, _, of_line, what) in WORDS {
        page.push_str(&format!("| `{name}` | {} | {what} |\n", whose(of_line)));
    }
    page.push_str(WINDOWS);
    for (kind, measures) in WindowFact::THERE_IS {
        for measure in measures {
            page.push_str(&format!(
                "| `{}_{}_SPAN` | {} | {} |\n",
                kind.word(),
                measure.word(),
                whose(kind.is_of_line()),
                windows::reach(*measure)
            ));
        }
    }
    page
}

fn whose(of_line: bool) -> &'static str {
    if of_line { "line" } else { "list" }
}

const HEAD: &str = "# Facts of risk rules

Generated by `cargo xtask docs`; do not edit.

A rule of `tables/risk_rules.csv` is one or more alternatives joined by `or`, each of comparisons joined by `and`:

- a number with a whole number, another fact, or a share of one: `identity_count_7 > 20`,
  `identity_count_365 = identity_count_2`, `unit_price_fen < 50% of goods_price_median_90` (`<`, `<=`, `=`, `!=`, `>=`, `>`);
- an alternative with `trade = export` is held against lists of exports, every other against those of imports;
- a text with words: `hs in 8506 8507` (begins with one of them; `=` is the same), `goods_text has 弹药 枪支` (contains one of them),
  either with `not` before it; `list:NAME` stands for the words of a list of `risk_words.csv` that are in force.

Comparisons of lines that `and` joins are about one line. A fact that is absent compares with nothing. What holds is the evidence of
the hit: names and values, for officers alone.

## Numbers

| name | of | unit | what it is |
|---|---|---|---|
";

const WINDOWS: &str = "
## Windows

SPAN is days, today included (`7`), or hours, the present one included (`24h`). Every window has the declaration in it, except medians,
which are of those before. Sums over more than 62 days, and medians, count by thirties of days and may reach up to 29 days further back.
Different ones are exact up to 64; 64 means at least 64. A median is at most 3.2 % beside the true one. Persons and addresses go by
keyed hashes; an address is the same however it is written. Goods are the same where the HS code agrees to eight digits and the name
but for its writing.

`parcel_…` are parcels of post and express ([docs/parcels.md](../parcels.md)) to the same identity, telephone or address, or sent by a firm of
the merchant's name; the declaration is not among them. `linked_…` are the sum of those and of declarations, this one included; of a firm, of
declarations of merchants of its name (`seller_name_…`), which are counted while a rule reads either. In `recent`
(thousandths: one of today is 1000) and `recent_fen` older ones weigh less: half after `linked_half_life_days` of `parameters.csv`, a quarter
after twice that, in a straight line between; each is cut down to a whole number once.

`export_…` are lists of exports; `export_waybill` is one number however it is written and whichever carrier is named. `import_seller_goods_…` is
what lists of exports see of imports: the same goods by the same merchant; the list itself is not among them.

`device_…` are orders under one device, where their platform reports one ([docs/risk-rules.md](../risk-rules.md#devices)): what they stood at
when the order came, this order included. An order that is changed counts again.

| name | of | SPAN |
|---|---|---|
";
