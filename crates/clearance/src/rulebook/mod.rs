//! Law as data: dated parameters, tariff, lists, code tables, calendar and risk rules, loaded from the tables of
//! `tables/`. Every row carries from when to when it holds and how sure it is. Leaves to others what is judged
//! with it.

mod algorithms;
mod attributes;
mod calendar;
mod checks;
mod codes;
mod days;
mod demand_routes;
mod editions;
mod export_duties;
mod inspections;
mod later;
mod law;
mod market_exclusions;
mod parcel_tariff;
mod processes;
mod rates;
mod refund_rates;
mod requirements;
mod reviewers;
mod risk_models;
mod sampling_goods;
mod services;
mod tariff;
mod term;

pub use algorithms::{AcceptedAlgorithm, Algorithms};
pub use attributes::{ATTRIBUTES, FilingAttribute, FilingAttributes};
pub use calendar::Calendar;
pub use checks::{CheckKind, TableFinding, check, check_days};
pub use codes::{CodeTable, Codes};
pub use demand_routes::{DemandRoute, DemandRoutes};
pub use editions::{ListEdition, ListEditions};
pub use export_duties::{ExportDuties, ExportDuty};
pub use inspections::{InspectionResults, Measured, ResultRow};
pub use law::{Dated, Law, Parameters};
pub use market_exclusions::{MarketExclusion, MarketExclusions};
pub use parcel_tariff::{CatalogueEntry, ParcelHeading, ParcelTariff, Per};
pub use processes::{ProcessTemplates, Station};
pub use rates::{CNY, ExchangeRates};
pub use refund_rates::{RefundRate, RefundRates};
pub use requirements::{FilingRequirement, FilingRequirements};
pub use reviewers::{CUSTOMS, FilingReviewer, FilingReviewers};
pub use risk_models::{FILE as RISK_MODELS, RiskModels};
pub use sampling_goods::SamplingGoods;
pub use services::{ServiceRow, Services};
pub use tariff::{Absence, Confidence, ConsumptionTax, Membership, Rate, Tariff, TariffLine, VatClass};

use crate::risk::RiskRules;
use ring::digest::{SHA256, digest};

/// The table of sealed rules.
const RISK_RULES: &str = "risk_rules.csv";

/// The texts a rulebook is made of, by file name.
pub type TableTexts = Vec<(&'static str, String)>;

/// What is wrong with a table: file, line and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableFault {
    /// File name.
    pub file: &'static str,
    /// Line, from 1; the header is line 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

impl std::fmt::Display for TableFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// A published, numbered set of dated tables and rules.
#[derive(Clone, Debug)]
pub struct Rulebook {
    /// Its number: what decisions name.
    pub number: u32,
    /// SHA-256 over its texts.
    pub digest: [u8; 32],
    /// SHA-256 over those texts that are not sealed: rulebooks that agree in it differ in rules of risk at most.
    pub law_digest: [u8; 32],
    /// Dated parameters.
    pub parameters: Parameters,
    /// Tariff and positive list, by day.
    pub tariff: Tariff,
    /// Editions of the positive list.
    pub editions: ListEditions,
    /// Code tables.
    pub codes: Codes,
    /// Rates of exchange.
    pub rates: ExchangeRates,
    /// Working days.
    pub calendar: Calendar,
    /// Algorithms of signatures that are accepted.
    pub algorithms: Algorithms,
    /// Sealed rules.
    pub risk: RiskRules,
    /// Which models give the scores that rules may read, of imports and of exports.
    pub risk_models: RiskModels,
    /// Licences that a role needs.
    pub requirements: FilingRequirements,
    /// What else a role has to say.
    pub attributes: FilingAttributes,
    /// Who decides on a role.
    pub reviewers: FilingReviewers,
    /// Services that a filing may permit.
    pub services: Services,
    /// How credit is assessed, and what follows from it.
    pub credit: credit::Model,
    /// To which roles a demand goes.
    pub demand_routes: DemandRoutes,
    /// Results that an inspection may have.
    pub inspections: InspectionResults,
    /// What goods add to the share that is opened at random; none = it was published before there was this table.
    pub sampling_goods: Option<SamplingGoods>,
    /// Rates of the tax on parcels, and the catalogue of dutiable values.
    pub parcels: ParcelTariff,
    /// Duties on goods that leave.
    pub export_duties: ExportDuties,
    /// Rates by which value-added tax on exported goods is refunded.
    pub refund_rates: RefundRates,
    /// Goods that market procurement is not for.
    pub market_exclusions: MarketExclusions,
    /// Stations of processes by mode.
    pub processes: ProcessTemplates,
}

macro_rules! built_in {
    ($($file:literal),*) => { [$( ($file, include_str!(concat!("../../../../tables/", $file))), )*] };
}

const BUILT_IN: [(&str, &str); 38] = built_in!(
    "calendar.csv",
    "countries.csv",
    "credit_comparisons.csv",
    "credit_dimensions.csv",
    "credit_grades.csv",
    "credit_indicators.csv",
    "credit_measures.csv",
    "credit_scales.csv",
    "credit_vetoes.csv",
    "currencies.csv",
    "demand_routes.csv",
    "districts.csv",
    "exchange_rates.csv",
    "export_duties.csv",
    "filing_attributes.csv",
    "filing_requirements.csv",
    "filing_reviewers.csv",
    "inspection_results.csv",
    "list_editions.csv",
    "market_exclusions.csv",
    "parameters.csv",
    "parcel_tax.csv",
    "parcel_values.csv",
    "process_templates.csv",
    "refund_rates.csv",
    "risk_brands.csv",
    "risk_goods_words.csv",
    "risk_models.csv",
    "risk_recalls.csv",
    "risk_rules.csv",
    "risk_words.csv",
    "sampling_goods.csv",
    "services.csv",
    "signature_algorithms.csv",
    "tariff.csv",
    "trade_modes.csv",
    "transport_modes.csv",
    "units.csv"
);

impl Rulebook {
    /// Tables that older rulebooks do not have: until one has them the built-in ones hold (results of inspections and
    /// factors of goods: none do, so that what was judged under such a rulebook is judged so again), and the next that is published has them as they are
    /// built in.
    pub const ADDED: [&str; 26] = [
        "credit_comparisons.csv",
        "credit_dimensions.csv",
        "credit_grades.csv",
        "credit_indicators.csv",
        "credit_measures.csv",
        "credit_scales.csv",
        "credit_vetoes.csv",
        "demand_routes.csv",
        rates::FILE,
        export_duties::FILE,
        "filing_attributes.csv",
        "filing_requirements.csv",
        "filing_reviewers.csv",
        inspections::FILE,
        market_exclusions::FILE,
        parcel_tariff::RATES,
        parcel_tariff::VALUES,
        processes::FILE,
        refund_rates::FILE,
        "risk_brands.csv",
        "risk_goods_words.csv",
        risk_models::FILE,
        "risk_recalls.csv",
        "risk_words.csv",
        sampling_goods::FILE,
        "services.csv",
    ];

    /// The tables this version was built with, as rulebook number 1.
    ///
    /// # Panics
    /// If a built-in table is wrong: a programmer's error, found by the tests.
    pub fn builtin() -> Self {
        match Self::load(1, &[]) {
            Ok(book) => book,
            Err(faults) => {
                panic!("built-in table: {}", faults.first().map(ToString::to_string).unwrap_or_default())
            }
        }
    }

    /// The tables this version was built with, (file name, text).
    pub fn built_in_tables() -> Vec<(String, String)> {
        BUILT_IN.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect()
    }

    /// A rulebook of the built-in tables with some replaced. One that was published before a table was there is loaded
    /// with the built-in one.
    ///
    /// # Errors
    /// Every fault of every table.
    pub fn load(number: u32, replaced: &[(String, String)]) -> Result<Self, Vec<TableFault>> {
        let mut faults = Vec::new();
        for (name, _) in replaced {
            if !BUILT_IN.iter().any(|(file, _)| file == name) {
                faults.push(TableFault {
                    file: "rulebook",
                    line: 0,
                    what: format!("no table is named {name}"),
                });
            }
        }
        let text = |file: &str| {
            replaced
                .iter()
                .find(|(name, _)| name == file)
                .map(|(_, text)| text.as_str())
                .or_else(|| BUILT_IN.iter().find(|(name, _)| *name == file).map(|(_, text)| *text))
                .unwrap_or("")
        };
        // A rulebook that was published before there was a table goes on as it was, under the same digest.
        let has = |file: &str| replaced.iter().any(|(name, _)| name == file);
        let is_later = |file: &str| file == algorithms::FILE || Self::ADDED.contains(&file);
        let published = BUILT_IN.iter().all(|(file, _)| is_later(file) || has(file));
        let before = |file: &str| is_later(file) && published && !has(file);
        let (mut all, mut law) = (Vec::new(), Vec::new());
        for (file, _) in BUILT_IN.into_iter().filter(|(file, _)| !before(file)) {
            let from = all.len();
            all.extend_from_slice(file.as_bytes());
            all.push(0);
            all.extend_from_slice(text(file).as_bytes());
            all.push(0);
            if !is_sealed(file) {
                law.extend_from_slice(&all[from..]);
            }
        }
        let sum = |texts: &[u8]| {
            let mut sum = [0u8; 32];
            sum.copy_from_slice(digest(&SHA256, texts).as_ref());
            sum
        };
        let editions = ListEditions::load(text("list_editions.csv"), &mut faults);
        let trade_modes = CodeTable::load("trade_modes.csv", text("trade_modes.csv"), &mut faults);
        let processes = ProcessTemplates::load(text(processes::FILE), &trade_modes, &mut faults);
        let book = Self {
            number,
            digest: sum(&all),
            law_digest: sum(&law),
            parameters: Parameters::load(text("parameters.csv"), &mut faults),
            tariff: Tariff::load(text("tariff.csv"), &editions, &mut faults),
            editions,
            codes: Codes {
                countries: CodeTable::load("countries.csv", text("countries.csv"), &mut faults),
                currencies: CodeTable::load("currencies.csv", text("currencies.csv"), &mut faults),
                units: CodeTable::load("units.csv", text("units.csv"), &mut faults),
                districts: CodeTable::load("districts.csv", text("districts.csv"), &mut faults),
                transport_modes: CodeTable::load(
                    "transport_modes.csv",
                    text("transport_modes.csv"),
                    &mut faults,
                ),
                trade_modes,
            },
            rates: ExchangeRates::load(text(rates::FILE), &mut faults),
            calendar: Calendar::load(text("calendar.csv"), &mut faults),
            algorithms: Algorithms::load(
                (!before(algorithms::FILE)).then(|| text(algorithms::FILE)),
                &mut faults,
            ),
            // Rules of before there were lists look at none of them.
            risk: RiskRules::load(text("risk_rules.csv"), text, &mut faults),
            risk_models: RiskModels::load(text(risk_models::FILE), &mut faults),
            requirements: FilingRequirements::load(text("filing_requirements.csv"), &mut faults),
            attributes: FilingAttributes::load(text("filing_attributes.csv"), &mut faults),
            reviewers: FilingReviewers::load(text("filing_reviewers.csv"), &mut faults),
            services: Services::load(text("services.csv"), &mut faults),
            credit: credit::Model::load(text).unwrap_or_else(|wrong| {
                faults.extend(wrong.into_iter().map(|fault| TableFault {
                    file: fault.file,
                    line: fault.line,
                    what: fault.what,
                }));
                credit::Model::default()
            }),
            demand_routes: DemandRoutes::load(text("demand_routes.csv"), &mut faults),
            inspections: InspectionResults::load(
                (!before(inspections::FILE)).then(|| text(inspections::FILE)),
                &mut faults,
            ),
            sampling_goods: (!before(sampling_goods::FILE))
                .then(|| SamplingGoods::load(text(sampling_goods::FILE), &mut faults)),
            parcels: ParcelTariff::load(text(parcel_tariff::RATES), text(parcel_tariff::VALUES), &mut faults),
            export_duties: ExportDuties::load(text(export_duties::FILE), &mut faults),
            refund_rates: RefundRates::load(text(refund_rates::FILE), &mut faults),
            market_exclusions: MarketExclusions::load(text(market_exclusions::FILE), &mut faults),
            processes,
        };
        if faults.is_empty() { Ok(book) } else { Err(faults) }
    }
}

/// Whether offices alone see what stands in a table: what trades are suspected by.
pub fn is_sealed(table: &str) -> bool {
    table == RISK_RULES || table == RISK_MODELS || crate::risk::LISTS.contains(&table)
}

/// Reads a table and hands each row to `row`, which says what is wrong with it.
pub(crate) fn rows<const N: usize>(
    file: &'static str,
    text: &str,
    header: [&str; N],
    faults: &mut Vec<TableFault>,
    row: impl FnMut([&str; N]) -> Result<(), String>,
) {
    rows_widened(file, text, (header, &[]), faults, row);
}

/// As [`rows`], for a table whose last columns were added: in one that was published before, its rows have these values there.
pub(crate) fn rows_widened<const N: usize>(
    file: &'static str,
    text: &str,
    (header, added): ([&str; N], &[&str]),
    faults: &mut Vec<TableFault>,
    mut row: impl FnMut([&str; N]) -> Result<(), String>,
) {
    let before = N.saturating_sub(added.len());
    let mut width = N;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    for (index, record) in reader.records().enumerate() {
        let line = index + 1;
        let outcome = match record {
            Err(error) => Err(error.to_string()),
            Ok(record) => {
                let mut fields = [""; N];
                if line == 1 && record.len() == before {
                    width = before;
                }
                if record.len() != width {
                    Err(format!("{} fields where {width} are expected", record.len()))
                } else {
                    for (slot, field) in fields.iter_mut().zip(record.iter().chain(added.iter().copied())) {
                        *slot = field;
                    }
                    match line {
                        1 if !fields.iter().zip(header).take(width).all(|(field, name)| *field == name) => {
                            Err(format!("the header is {}", header.join(",")))
                        }
                        1 => Ok(()),
                        _ => row(fields),
                    }
                }
            }
        };
        if let Err(what) = outcome {
            faults.push(TableFault { file, line, what });
        }
    }
}
