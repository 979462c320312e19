//! What a list of exports adds to windows: its merchant's lists, the merchant's sort of goods with its price, the same goods of
//! whomever, its waybill number. They are windows of their own: what a merchant sells abroad says nothing of what others buy from
//! there. What came in of the same goods by the same merchant is looked at: goods that leave, come back and leave again are sold once.

use super::{Measure, Raised, Window, WindowFact, WindowValue, Windowed, goods_of, raise, short};
use crate::Text;
use crate::facts::{CountKey, CountKind};
use crate::keys::Time;
use crate::rulebook::ExchangeRates;
use ceb::{Day, Decimal, ExportDeclaration, ExportDeclarationLine};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Whole pieces of a quantity, at least one.
pub(crate) fn whole(quantity: Decimal) -> i64 {
    i64::try_from(quantity.units() / Decimal::ONE.units()).unwrap_or(i64::MAX).max(1)
}

/// The windows that a list raises and looks at, where some rule reads their kind.
pub(crate) fn keys(declaration: &ExportDeclaration, read: impl Fn(CountKind) -> bool) -> Vec<CountKey> {
    let nothing = (None, &ExchangeRates::default(), Day::default());
    let mut keys: Vec<CountKey> =
        raised(declaration, nothing, &read).into_iter().map(|raised| raised.key).collect();
    if read(CountKind::ImportSellerGoods) {
        let owners = declaration.lines.iter().map(|line| goods_of_seller(declaration, line));
        keys.extend(owners.map(|owner| CountKey { kind: CountKind::SellerGoods, owner }));
    }
    keys
}

/// What it adds, in a fixed order: its value in fen, and prices of pieces with the rates of a day; what has no rate adds no amount.
pub(crate) fn raised(
    declaration: &ExportDeclaration,
    (value, rates, day): (Option<i64>, &ExchangeRates, Day),
    read: impl Fn(CountKind) -> bool,
) -> Vec<Raised> {
    let head = &declaration.head;
    let merchant = head.ebc_code.trim();
    let in_fen = |currency: &str, amount: Decimal| {
        let (fen, _) = rates.in_cny(currency, amount, day)?.fen_half_up()?;
        Some(fen)
    };
    let mut all = Vec::new();
    if read(CountKind::ExportSeller) {
        let key = CountKey { kind: CountKind::ExportSeller, owner: merchant.into() };
        all.push(Raised { fen: value.unwrap_or(0), ..Raised::once(key) });
    }
    if read(CountKind::ExportWaybill) {
        // Order numbers are the merchant's.
        let order = format!("{merchant} {}", head.order_no.trim());
        let number = waybill(&head.logistics_no);
        all.push(Raised::of(CountKind::ExportWaybill, &number, &[(Measure::Orders, &order)]));
    }
    for (index, line) in declaration.lines.iter().enumerate() {
        let owners = [
            (CountKind::ExportSellerGoods, goods_of_seller(declaration, line)),
            (CountKind::ExportGoods, goods_of(&line.gcode, &line.gname)),
        ];
        for (kind, owner) in owners.into_iter().filter(|(kind, _)| read(*kind)) {
            let price = in_fen(&line.currency, line.price).and_then(|fen| u64::try_from(fen).ok());
            all.push(Raised {
                line: place(index),
                fen: in_fen(&line.currency, line.total_price).unwrap_or(0),
                pieces: u32::try_from(whole(line.qty)).unwrap_or(u32::MAX),
                price: price.filter(|fen| *fen > 0),
                ..Raised::once(CountKey { kind, owner })
            });
        }
    }
    all.retain(|raised| !raised.key.owner.is_empty());
    all
}

/// What those facts of imports stand at that are asked for, of the goods of each line by the merchant of the list. What was told
/// stands where there is such.
pub(crate) fn came_in(
    declaration: &ExportDeclaration,
    windows: &FxHashMap<CountKey, Arc<Window>>,
    asked: &[WindowFact],
    told: &[Windowed],
    now: Time,
) -> Vec<Windowed> {
    let facts: Vec<&WindowFact> =
        asked.iter().filter(|fact| fact.kind == CountKind::ImportSellerGoods).collect();
    if facts.is_empty() {
        return Vec::new();
    }
    let of_line = |(index, line): (usize, &ExportDeclarationLine)| {
        let owner = goods_of_seller(declaration, line);
        let imports = CountKey { kind: CountKind::SellerGoods, owner: owner.clone() };
        let window = windows.get(&imports).cloned().unwrap_or_default();
        let key = CountKey { kind: CountKind::ImportSellerGoods, owner };
        let read = |fact: &&WindowFact| {
            let value = window.read(fact.measure, fact.span, now)?;
            Some(WindowValue { measure: fact.measure, span: fact.span, value })
        };
        let told = told.iter().find(|told| told.key == key && told.line == place(index));
        let values = told.map_or_else(|| facts.iter().filter_map(read).collect(), |told| told.values.clone());
        Windowed { key, line: place(index), values }
    };
    declaration.lines.iter().enumerate().map(of_line).collect()
}

/// What a list will read of the goods of each of its lines by its merchant when it is judged, where a median of prices is asked for: a
/// model that scores it before wants that. Prices are in the rates of a day. Windows stay as they are.
pub fn of_seller_goods(
    declaration: &ExportDeclaration,
    (rates, day): (&ExchangeRates, Day),
    windows: &FxHashMap<CountKey, Arc<Window>>,
    asked: &[WindowFact],
    now: Time,
) -> Vec<Windowed> {
    let kind = CountKind::ExportSellerGoods;
    if !asked.iter().any(|fact| (fact.kind, fact.measure) == (kind, Measure::PriceMedian)) {
        return Vec::new();
    }
    let raised = raised(declaration, (None, rates, day), |read| read == kind);
    // Of two lines of the same goods the second sees the first, as it will.
    let known = |raised: &Raised| Some((raised.key.clone(), windows.get(&raised.key)?.clone()));
    let mut own: FxHashMap<CountKey, Arc<Window>> = raised.iter().filter_map(known).collect();
    raise(&raised, &mut own, asked, &[], now)
}

/// A merchant's sort of goods, under which imports of the same stand too.
fn goods_of_seller(declaration: &ExportDeclaration, line: &ExportDeclarationLine) -> Text {
    short(&[declaration.head.ebc_code.trim(), &goods_of(&line.gcode, &line.gname)])
}

/// A waybill number however it is written; empty where there is none.
fn waybill(number: &str) -> Text {
    let plain: String = number.chars().filter(|c| c.is_alphanumeric()).collect();
    if plain.is_empty() { Text::default() } else { short(&["export waybill", &plain.to_ascii_uppercase()]) }
}

/// Place of a line, from 1.
fn place(index: usize) -> u16 {
    u16::try_from(index + 1).unwrap_or(u16::MAX)
}

/// What is measured of goods.
pub(super) const OF_GOODS: &[Measure] =
    &[Measure::Count, Measure::Fen, Measure::Pieces, Measure::PriceMedian];
