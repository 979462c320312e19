//! What a list of exports adds to windows: its merchant's lists, and the merchant's sort of goods with its price. They are windows of
//! their own: what a merchant sells abroad says nothing of what others buy from there.

use super::{Measure, Raised, goods_of, short};
use crate::facts::{CountKey, CountKind};
use crate::rulebook::ExchangeRates;
use ceb::{Day, Decimal, ExportDeclaration};

/// Whole pieces of a quantity, at least one.
pub(crate) fn whole(quantity: Decimal) -> i64 {
    i64::try_from(quantity.units() / Decimal::ONE.units()).unwrap_or(i64::MAX).max(1)
}

/// The windows that a list raises, where some rule reads their kind.
pub(crate) fn keys(declaration: &ExportDeclaration, read: impl Fn(CountKind) -> bool) -> Vec<CountKey> {
    let nothing = (None, &ExchangeRates::default(), Day::default());
    raised(declaration, nothing, read).into_iter().map(|raised| raised.key).collect()
}

/// What it adds, in a fixed order: its value in fen, and prices of pieces with the rates of a day; what has no rate adds no amount.
pub(crate) fn raised(
    declaration: &ExportDeclaration,
    (value, rates, day): (Option<i64>, &ExchangeRates, Day),
    read: impl Fn(CountKind) -> bool,
) -> Vec<Raised> {
    let merchant = declaration.head.ebc_code.trim();
    let in_fen = |currency: &str, amount: Decimal| {
        let (fen, _) = rates.in_cny(currency, amount, day)?.fen_half_up()?;
        Some(fen)
    };
    let mut all = Vec::new();
    if read(CountKind::ExportSeller) {
        let key = CountKey { kind: CountKind::ExportSeller, owner: merchant.into() };
        all.push(Raised { fen: value.unwrap_or(0), ..Raised::once(key) });
    }
    if read(CountKind::ExportSellerGoods) {
        for (index, line) in declaration.lines.iter().enumerate() {
            let owner = short(&[merchant, &goods_of(&line.gcode, &line.gname)]);
            let key = CountKey { kind: CountKind::ExportSellerGoods, owner };
            let price = in_fen(&line.currency, line.price).and_then(|fen| u64::try_from(fen).ok());
            all.push(Raised {
                line: u16::try_from(index + 1).unwrap_or(u16::MAX),
                fen: in_fen(&line.currency, line.total_price).unwrap_or(0),
                pieces: u32::try_from(whole(line.qty)).unwrap_or(u32::MAX),
                price: price.filter(|fen| *fen > 0),
                ..Raised::once(key)
            });
        }
    }
    all.retain(|raised| !raised.key.owner.is_empty());
    all
}

/// What is measured of a merchant's goods.
pub(super) const OF_GOODS: &[Measure] =
    &[Measure::Count, Measure::Fen, Measure::Pieces, Measure::PriceMedian];
