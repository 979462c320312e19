//! Lists of exports as a model sees them: each line by itself. Merchant, producing unit and waybill are keyed hashes: many who sell
//! abroad are one person, and a waybill leads to whoever receives the parcel.

use super::{days_to, mass, number};
use crate::ingest::hashed;
use ceb::{Day, Decimal, ExportDeclaration};
use clearance::export::ExportTrade;
use clearance::facts::CountKind;
use clearance::rulebook::ExchangeRates;
use clearance::windows::{Measure, Windowed};
use inspection::declaration::{Declaration, Field, Quantity, Trade};
use store::ChosenRead;

/// The lines of the present list of a trade, with the rates that it was judged with. What has no rate has no value. Their names
/// are the number of the list and that of the line: whoever may look a list up finds it by that.
pub fn declarations_of_export(
    read: &ChosenRead,
    rates: &ExchangeRates,
    trade: &ExportTrade,
) -> Vec<Declaration> {
    let (Some(attempt), Some(declaration)) = (&trade.attempt, trade.declaration()) else { return Vec::new() };
    let list = attempt.invt_no.as_ref().unwrap_or(&attempt.pre_no);
    declared_export(read, (list.as_str(), declaration, attempt.business_date), rates, &trade.look.counts)
}

/// The lines of a list of this name that was declared on a day, with the rates of that day and what is known of windows.
pub(crate) fn declared_export(
    read: &ChosenRead,
    (list, declaration, on): (&str, &ExportDeclaration, Day),
    rates: &ExchangeRates,
    counts: &[Windowed],
) -> Vec<Declaration> {
    let head = &declaration.head;
    let merchant = hashed(read, "merchant", &head.ebc_code);
    let producer = hashed(read, "producer", &head.owner_code);
    let waybill = hashed(read, "waybill", &format!("{} {}", head.logistics_code, head.logistics_no));
    let single = declaration.lines.len() == 1;
    let lines = declaration.lines.iter().enumerate().map(|(index, line)| {
        let mut codes: [String; Field::ALL.len()] = Default::default();
        let mut put = |field: Field, code: &str| code.trim().clone_into(&mut codes[field as usize]);
        put(Field::Office, &head.customs_code);
        put(Field::Exit, &head.port_code);
        put(Field::Process, &head.trade_mode);
        put(Field::Statistics, &head.statistics_flag);
        put(Field::Transport, &head.traf_mode);
        put(Field::Declarant, &head.agent_code);
        put(Field::Merchant, &merchant);
        put(Field::Producer, &producer);
        put(Field::Platform, &head.ebp_code);
        put(Field::Courier, &head.logistics_code);
        put(Field::Site, head.loct_no.as_deref().unwrap_or_default());
        put(Field::Waybill, &waybill);
        put(Field::Hs6, line.gcode.get(..6).unwrap_or(&line.gcode));
        put(Field::Destination, &line.country);
        put(Field::Currency, &line.currency);
        let in_fen = |amount: Decimal| fen(rates, (line.currency.as_str(), amount), on);
        let second = line.unit2.as_deref().zip(line.qty2.as_ref());
        let mut quantities = [None; Quantity::ALL.len()];
        quantities[Quantity::NetMass as usize] = mass((line.unit1.as_str(), &line.qty1), second)
            .or_else(|| number(&head.net_weight).filter(|_| single));
        quantities[Quantity::Price as usize] = in_fen(line.total_price).map(|fen| fen as f64 / 100.0);
        let against = in_fen(line.price).zip(median(counts, index)).filter(|(_, median)| *median > 0);
        quantities[Quantity::ToMedian as usize] = against.map(|(price, median)| price as f64 / median as f64);
        let (id, day) = (format!("{list}/{}", line.gnum), days_to(on));
        Declaration { trade: Trade::Export, id, day, codes, quantities, found: None, chance: None }
    });
    lines.collect()
}

fn fen(rates: &ExchangeRates, (currency, amount): (&str, Decimal), day: Day) -> Option<i64> {
    let (fen, _) = rates.in_cny(currency, amount, day)?.fen_half_up()?;
    Some(fen)
}

/// The median of the prices of pieces, fen, at which the merchant sold the goods of a line before, as it was read when the list was
/// declared; none = no rule asked for it then, or there was nothing before.
fn median(counts: &[Windowed], index: usize) -> Option<i64> {
    let place = u16::try_from(index + 1).ok()?;
    let mut of_line = counts.iter().filter(|read| read.line == place);
    let read = of_line.find(|read| read.key.kind == CountKind::ExportSellerGoods)?;
    read.values.iter().find(|value| value.measure == Measure::PriceMedian).map(|value| value.value)
}
