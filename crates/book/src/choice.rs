//! Which lots a quantity is taken from: first what expires first, then what came in first. Goods for buyers are taken only from
//! lots that may still be sold; what is recalled is looked at, destroyed or sent back, and nothing else.

use crate::record::{LotStock, Open, Stock};
use crate::refusal::{Refusal, Rule};
use crate::{Place, Quantities};
use ceb::{Day, Decimal};
use std::cmp::Reverse;

/// Shares of available lots that add up to `quantity`, or why there are none.
pub(crate) fn choose(
    stock: &Stock,
    quantity: Decimal,
    lot: Option<&str>,
    sells: Option<Day>,
    moves_recalled: bool,
) -> Result<Vec<Open>, Refusal> {
    let sold = |one: &LotStock| {
        (moves_recalled || one.stopped.is_empty()) && sells.is_none_or(|day| stock.sells(one, day))
    };
    let available = |one: &&LotStock| one.at(Place::Available).declared > Decimal::ZERO;
    let mut lots: Vec<&LotStock> = match lot {
        Some(number) => {
            let one = stock.lot(number).ok_or_else(|| {
                let known: Vec<&str> =
                    stock.lots.iter().take(10).map(|one| one.lot.number.as_str()).collect();
                Refusal::new(Rule::LotUnknown, "lot", number, &known.join(", "))
            })?;
            if !sold(one) {
                return Err(stopped(stock, one, sells));
            }
            vec![one]
        }
        None => stock.lots.iter().filter(|one| sold(one)).collect(),
    };
    lots.retain(available);
    lots.sort_by_cached_key(|one| {
        (Reverse(one.lot.expiry.map(Reverse)), one.entered, one.lot.number.clone())
    });
    let mut left = quantity;
    let mut taken = Vec::new();
    for one in lots {
        let there = one.at(Place::Available);
        let part = left.min(there.declared);
        let share = there.share(part).ok_or_else(|| out_of_range(part))?;
        taken.push(Open { lot: one.lot.number.clone(), quantities: share });
        left = left.checked_sub(part).ok_or_else(|| out_of_range(left))?;
        if left.is_zero() {
            return Ok(taken);
        }
    }
    Err(short(stock, quantity, quantity.checked_sub(left).unwrap_or_default(), lot, sells))
}

pub(crate) fn out_of_range(quantity: Decimal) -> Refusal {
    Refusal::new(Rule::OutOfRange, "quantity", &quantity.to_string(), "19 digits")
}

fn stopped(stock: &Stock, one: &LotStock, sells: Option<Day>) -> Refusal {
    if let Some(recalls) = one.recalls() {
        return Refusal::new(Rule::Recalled, "lot", &one.lot.number, &recalls);
    }
    let other = format!(
        "expiry {}, not sold from {} days before it; day {}",
        one.lot.expiry.unwrap_or_default(),
        stock.item.stop_sale_days,
        sells.unwrap_or_default()
    );
    Refusal::new(Rule::StopSale, "lot", &one.lot.number, &other)
}

/// Not enough, with what there is and what of it may not be sold any more.
fn short(stock: &Stock, quantity: Decimal, there: Decimal, lot: Option<&str>, sells: Option<Day>) -> Refusal {
    let mut other = format!("available {there}");
    if let (Some(day), None) = (sells, lot) {
        let stopped = stock.lots.iter().filter(|one| !stock.sells(one, day));
        let stopped: i128 = stopped.map(|one| one.at(Place::Available).declared.units()).sum();
        if stopped > 0 {
            other.push_str(&format!(", not sold any more {}", Decimal::from_units(stopped)));
        }
    }
    Refusal::new(Rule::NotEnough, "quantity", &quantity.to_string(), &other)
}

/// Shares of what a line took that add up to `quantity`, in the order in which it was taken, and what is left of it; none where
/// it took less, or where `quantity` is not above zero.
pub fn shares(open: &[Open], quantity: Decimal) -> Option<(Vec<Open>, Vec<Open>)> {
    if quantity <= Decimal::ZERO { None } else { from_open(open, Some(quantity), None).ok() }
}

/// Shares of what is open that add up to `quantity`, in the order in which it was taken, and what stays open. Where it is sold
/// now, lots of `sells` that may not be sold any more on that day stay.
pub(crate) fn from_open(
    open: &[Open],
    quantity: Option<Decimal>,
    sells: Option<(&Stock, Day)>,
) -> Result<(Vec<Open>, Vec<Open>), Refusal> {
    let sold = |one: &&Open| {
        let lot = sells.and_then(|(stock, _)| stock.lot(&one.lot));
        sells.zip(lot).is_none_or(|((stock, day), lot)| stock.sells(lot, day))
    };
    let units = |one: &Open| one.quantities.declared.units();
    let sum: i128 = open.iter().filter(sold).map(units).sum();
    let all: i128 = open.iter().map(units).sum();
    let Some(mut left) =
        quantity.or(Some(Decimal::from_units(sum))).filter(|left| left.units() <= sum && sum > 0)
    else {
        let asked = quantity.map_or_else(|| "all".to_owned(), |quantity| quantity.to_string());
        let mut other = format!("open {}", Decimal::from_units(sum));
        if all > sum {
            other.push_str(&format!(", not sold any more {}", Decimal::from_units(all - sum)));
        }
        return Err(Refusal::new(Rule::MoreThanOpen, "quantity", &asked, &other));
    };
    let (mut taken, mut rest) = (Vec::new(), Vec::new());
    for one in open {
        let part = if sold(&one) { left.min(one.quantities.declared) } else { Decimal::ZERO };
        let share = one.quantities.share(part).ok_or_else(|| out_of_range(part))?;
        let stays = one.quantities.minus(share).ok_or_else(|| out_of_range(part))?;
        for (list, quantities) in [(&mut taken, share), (&mut rest, stays)] {
            if quantities != Quantities::ZERO {
                list.push(Open { lot: one.lot.clone(), quantities });
            }
        }
        left = left.checked_sub(part).ok_or_else(|| out_of_range(left))?;
    }
    Ok((taken, rest))
}
