//! Goods as a merchant filed them, and a declared line held against them. Who may file what belongs to `register`; which
//! goods a declaration may look at is said by `needs`, whether it has to by the parameters of its day.

use crate::Text;
use crate::facts::Facts;
use crate::finding::Finding;
use crate::keys::Position;
use crate::party::Parties;
use crate::reason::Reason;
use crate::record::{RecordKey, Register};
use crate::rulebook::Law;
use ceb::{Day, Decimal, Declaration, DeclarationLine};
use compact_str::format_compact;

/// What stands of goods in a merchant's filing.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct FiledGoods {
    /// Version of the record.
    pub version: u32,
    /// Its row.
    pub position: Position,
    /// Its state, a word of the register.
    pub state: Text,
    /// What is filed; none = not in force (suspended, revoked, ended).
    pub filed: Option<Declared>,
}

/// What a declaration says of the same goods.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Declared {
    /// `gcode`, ten digits.
    pub hs_code: Text,
    /// `unit`.
    pub unit: Text,
    /// `country`.
    pub origin: Text,
    /// `barCode`; none = not compared.
    pub barcode: Option<Text>,
    /// First and last day of the brand's authorisation; none = open.
    pub brand: (Option<Day>, Option<Day>),
    /// First and second legal units in one unit of sale (`qty1` and `qty2` by `qty`); none = not compared.
    pub factors: (Option<Decimal>, Option<Decimal>),
}

/// What was looked at of a record: with its row the same decision is made again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordRead {
    /// Its name.
    pub key: RecordKey,
    /// Its version.
    pub version: u32,
    /// The row that has it.
    pub position: Position,
}

/// The lines of a declaration with the record of their goods; a line without an article number has none. Nothing where
/// the law of the day asks for nothing.
pub fn records<'a>(
    declaration: &'a Declaration,
    law: &Law,
    parties: &Parties,
) -> impl Iterator<Item = (&'a DeclarationLine, Option<RecordKey>)> + use<'a> {
    let asked = law.goods_filing(&declaration.head.trade_mode) > 0;
    let code = declaration.head.ebc_code.trim();
    let merchant: Text =
        parties.find(code, law.day).map_or_else(|| code.into(), |filing| filing.code.clone());
    declaration.lines.iter().filter(move |_| asked).map(move |line| {
        let number = line.item_no.as_deref().map(str::trim).filter(|number| !number.is_empty());
        let key =
            number.map(|number| RecordKey::new(Register::Goods, &format_compact!("{merchant}:{number}")));
        (line, key)
    })
}

/// What stands against a declaration in the filing of its goods, and what was looked at for that, each record once.
pub fn check(
    declaration: &Declaration,
    law: &Law,
    parties: &Parties,
    facts: &Facts,
) -> (Vec<Finding>, Vec<RecordRead>) {
    let required = law.goods_filing(&declaration.head.trade_mode) > 1;
    let (mut findings, mut read): (Vec<Finding>, Vec<RecordRead>) = (Vec::new(), Vec::new());
    for (index, (line, key)) in records(declaration, law, parties).enumerate() {
        let path = |field: &str| format!("InventoryList[{}].{field}", index + 1);
        let number = line.item_no.as_deref().unwrap_or("").trim();
        let known = key.as_ref().and_then(|key| facts.goods.get(&key.id));
        if let (Some(key), Some(known)) = (key, known)
            && !read.iter().any(|one| one.key == key)
        {
            read.push(RecordRead { key, version: known.version, position: known.position });
        }
        match known.map(|known| (known, &known.filed)) {
            None if required => findings.push(
                Finding::new(Reason::GoodsNotFiled)
                    .argument(number)
                    .field(path("itemNo"), number)
                    .field("InventoryHead.ebcCode", &declaration.head.ebc_code),
            ),
            None => {}
            Some((known, None)) => findings.push(
                Finding::new(Reason::GoodsFilingNotInForce)
                    .argument(number)
                    .argument(&known.state)
                    .field(path("itemNo"), number)
                    .field("goods filing", &known.state),
            ),
            Some((_, Some(filed))) => {
                let barcode = filed.barcode.as_ref().zip(line.bar_code.as_ref());
                let compared = [
                    ("gcode", &line.gcode, "hsCode", &filed.hs_code),
                    ("unit", &line.unit, "unit", &filed.unit),
                    ("country", &line.country, "origin", &filed.origin),
                ];
                let barcode = barcode.map(|(filed, declared)| ("barCode", declared, "barcode", filed));
                for (field, declared, name, filed) in compared.into_iter().chain(barcode) {
                    if declared.trim() != filed.as_str() {
                        findings.push(
                            Finding::new(Reason::GoodsFilingDiffers)
                                .argument(number)
                                .field(path(field), declared)
                                .field(format!("goods filing.{name}"), filed),
                        );
                    }
                }
                if law.goods_filing_terms > 0 {
                    let found = held_to(line, index, filed, law.day).into_iter();
                    findings.extend(found.map(|finding| finding.resting_on(law, "goods_filing_terms")));
                }
            }
        }
    }
    let asks = Law::goods_filing_parameter(&declaration.head.trade_mode);
    let findings = findings.into_iter().map(|finding| finding.resting_on(law, asks)).collect();
    (findings, read)
}

/// What stands against a line in the term of its brand's authorisation, and in the legal units of its goods.
fn held_to(line: &DeclarationLine, index: usize, filed: &Declared, day: Day) -> Vec<Finding> {
    let path = |field: &str| format!("InventoryList[{}].{field}", index + 1);
    let number = line.item_no.as_deref().unwrap_or("").trim();
    let (from, to) = filed.brand;
    let term = [("brandFrom", from.filter(|first| day < *first)), ("brandTo", to.filter(|last| *last < day))];
    let mut findings: Vec<Finding> = term
        .into_iter()
        .filter_map(|(name, bound)| Some((name, bound?)))
        .map(|(name, bound)| {
            Finding::new(Reason::BrandNotAuthorised)
                .argument(number)
                .field(path("itemNo"), number)
                .field(format!("goods filing.{name}"), bound)
        })
        .collect();
    // A factor is of the unit that is filed; that another one is declared is told already.
    if line.unit.trim() != filed.unit.as_str() {
        return findings;
    }
    let legal = [
        ("qty1", Some(line.qty1), "factor1", filed.factors.0),
        ("qty2", line.qty2, "factor2", filed.factors.1),
    ];
    for (field, declared, name, factor) in legal {
        let (Some(declared), Some(factor)) = (declared, factor) else { continue };
        let expected = converted(line.qty, factor);
        if expected != Some(declared) {
            let product = expected.map_or_else(|| "?".to_owned(), |units| units.to_string());
            findings.push(
                Finding::new(Reason::GoodsQuantityDiffers)
                    .argument(number)
                    .field(path(field), declared)
                    .field(path("qty"), line.qty)
                    .field(format!("goods filing.{name}"), factor)
                    .arithmetic(format_compact!("{} × {factor} = {product}", line.qty)),
            );
        }
    }
    findings
}

/// Legal units in a quantity, rounded half up to the five places that a message has; none = too many for one.
fn converted(quantity: Decimal, factor: Decimal) -> Option<Decimal> {
    let unit = Decimal::ONE.units();
    Some(Decimal::from_units(quantity.product(factor)?.checked_add(unit / 2)? / unit))
}

/// Adds the records that a declaration is held against to what its batch looks at.
pub(crate) fn needs(declaration: &Declaration, law: &Law, parties: &Parties, keys: &mut Vec<RecordKey>) {
    keys.extend(records(declaration, law, parties).filter_map(|(_, key)| key));
}
