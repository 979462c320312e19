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
use ceb::{Declaration, DeclarationLine};
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
            }
        }
    }
    (findings, read)
}

/// Adds the records that a declaration is held against to what its batch looks at.
pub(crate) fn needs(declaration: &Declaration, law: &Law, parties: &Parties, keys: &mut Vec<RecordKey>) {
    keys.extend(records(declaration, law, parties).filter_map(|(_, key)| key));
}
