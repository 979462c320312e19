//! Fraud that is planted among clean exports, most of it for a refund of taxes: goods above their price, one parcel exported twice, goods
//! that leave and come in again, merchants that live for a week. As that of imports (`fraud`) it knows nothing of the rules: what it
//! draws from are ranges of its own, some too small to be told from honest trade. Beside it honest beginners export a little.

use super::fraud::{Planted, one_line, set_merchant};
use ceb::Decimal;
use clearance::Text;
use clearance::keys::Time;
use clearance::party::{Filing, Role};
use clearance::sample::{self, Export, Numbers, Trade};

/// Sorts of fraud: word, least and most exports of a case, and how far apart two of them are at most.
const SORTS: [(&str, u64, u64, u64); 7] = [
    ("export-overvaluation", 1, 6, 40),
    ("export-waybill-twice", 2, 2, 40),
    ("export-round-trip", 4, 20, 30),
    ("export-new-merchant", 20, 90, 8),
    ("export-misclassification", 1, 4, 40),
    ("export-brand", 1, 3, 40),
    ("export-forbidden", 1, 2, 40),
];
const DAY: i64 = 86_400_000;
/// Every so manieth honest export is a beginner's, and how many beginners there are.
const BEGINS: usize = 50;
const BEGINNERS: usize = 20;
/// Codes of merchants that nobody else knows: of fraudsters, of beginners.
const FRAUDSTERS_FROM: u64 = 5_390_000_000;
const BEGINNERS_FROM: u64 = 5_399_000_000;
/// Numbers of trades by which goods come in again: far from those of honest trade.
const CAME_IN: u64 = 7_000_000_000;

/// The sorts, by their words.
pub fn sorts() -> impl Iterator<Item = &'static str> {
    SORTS.into_iter().map(|(word, ..)| word)
}

/// What was planted among exports.
#[derive(Default)]
pub struct PlantedExports {
    /// Which exports.
    pub planted: Vec<Planted>,
    /// Imports by which goods came in before they left again, each before the export at a place.
    pub came_in: Vec<(usize, Trade)>,
    /// Merchants that nobody else knows, to be filed.
    pub merchants: Vec<Filing>,
}

/// Plants fraud in a share of exports, in parts per million: cases of all sorts in turn. `now` is when the first of them is made.
pub fn plant(exports: &mut [Export], seed: u64, share: u64, now: Time) -> PlantedExports {
    let wanted = (exports.len() as u64 * share / 1_000_000) as usize;
    let mut draw = Numbers::new(seed ^ 0xE4F0, 1);
    let mut made = PlantedExports::default();
    if wanted == 0 {
        return made;
    }
    let mut taken = vec![false; exports.len()];
    let mut number = 0;
    while made.planted.len() < wanted && number < wanted as u64 * 2 {
        let (sort, least, most, apart) = SORTS[(number % SORTS.len() as u64) as usize];
        let size = (least + draw.below(most - least + 1)).min((wanted - made.planted.len()) as u64);
        let mut at = draw.below(exports.len() as u64) as usize;
        let mut case = Case::new(sort, number, &mut draw, now);
        let mut done = 0;
        while done < size && at < exports.len() {
            if !taken[at] {
                taken[at] = true;
                let brought = case.spoil(&mut exports[at], done, seed, &mut draw);
                made.came_in.extend(brought.map(|trade| (at, trade)));
                made.planted.push((at, sort, number));
                done += 1;
            }
            at += 1 + draw.below(apart) as usize;
        }
        made.merchants.extend(case.merchant);
        number += 1;
    }
    let beginners: Vec<Filing> = (0..BEGINNERS)
        .map(|at| merchant(BEGINNERS_FROM + at as u64, 1 + draw.below(60) as i64, now))
        .collect();
    let honest = exports.iter_mut().zip(&taken).enumerate().filter(|(_, (_, taken))| !**taken);
    for (at, (export, _)) in honest.filter(|(at, _)| at % BEGINS == 0) {
        let beginner = &beginners[at / BEGINS % BEGINNERS];
        set_exporter(export, &beginner.code, &beginner.name);
    }
    made.merchants.extend(beginners);
    made.planted.sort_unstable();
    made.came_in.sort_by_key(|(at, trade)| (*at, trade.order.head.order_no.clone()));
    made
}

/// Exports of one fraudster.
struct Case {
    sort: &'static str,
    number: u64,
    /// Under whose name, where it is not that of an honest merchant.
    merchant: Option<Filing>,
    /// The parcel of its first export: carrier, its name, number.
    first: Option<[Text; 3]>,
    /// A price in fen that all of it share.
    price: i64,
}

/// Goods whose names do not go with what they are declared as: name, HS code.
const UNDER_OTHER_CODES: [(&str, &str); 5] = [
    ("样例手机壳", "8471300000"),
    ("样例面霜", "3004909090"),
    ("样例香水", "3808940010"),
    ("样例雨伞", "8517130000"),
    ("样例塑料水杯", "8525891900"),
];
const FORBIDDEN: [&str; 6] =
    ["样例清代古籍", "样例恐龙化石标本", "样例犀角杯", "样例虎骨酒", "样例青铜酒器", "样例红木条案"];
/// Bags that leave and come back.
const BAG: (&str, &str, u64) = ("样例牛皮手提包", "4202210000", 900);
const CARRIERS: [(&str, &str); 2] = [("5301960401", "样例长水国际物流"), ("5301960402", "样例磨憨速运")];

impl Case {
    fn new(sort: &'static str, number: u64, draw: &mut Numbers, now: Time) -> Self {
        let days = match sort {
            "export-new-merchant" => Some(1 + draw.below(60) as i64),
            "export-round-trip" => Some(400 + draw.below(2_000) as i64),
            _ => None,
        };
        Self {
            sort,
            number,
            merchant: days.map(|days| merchant(FRAUDSTERS_FROM + number, days, now)),
            first: None,
            price: 60_000 + draw.below(60_000) as i64,
        }
    }

    /// Makes an export one of the case; the import by which its goods came in before, where they go round.
    fn spoil(&mut self, export: &mut Export, done: u64, seed: u64, draw: &mut Numbers) -> Option<Trade> {
        if let Some(merchant) = &self.merchant {
            set_exporter(export, &merchant.code, &merchant.name);
        }
        match self.sort {
            "export-overvaluation" => {
                let hundredths = 130 + draw.below(1_100) as i64;
                let line = &export.declaration.lines[0];
                let (name, hs, pieces) = (line.gname.clone(), line.gcode.clone(), pieces(line.qty));
                let fen = line.price.fen_half_up().map_or(0, |(fen, _)| fen) * hundredths / 100;
                let grams = grams(export.declaration.head.net_weight);
                one_line_abroad(export, &name, &hs, fen, pieces, grams / pieces.unsigned_abs().max(1));
            }
            "export-waybill-twice" => self.again(export),
            "export-round-trip" => {
                let (name, hs, grams) = BAG;
                one_line_abroad(export, name, hs, self.price * 2, 1, grams);
                return (done > 0).then(|| self.came_in(export, done, seed));
            }
            "export-misclassification" => {
                let (name, hs) = *draw.pick(&UNDER_OTHER_CODES);
                one_line_abroad(export, name, hs, self.price, 1, 300);
            }
            "export-brand" => {
                // The holder of the brand lets one merchant sell it.
                set_exporter(export, "5301960202", "样例彩云母婴商贸");
                one_line_abroad(export, "样例诺瓦胶原蛋白粉", "2106909090", self.price, 1, 200);
            }
            "export-forbidden" => {
                one_line_abroad(export, draw.pick::<&str>(&FORBIDDEN), "9705100000", self.price, 1, 700);
            }
            // A merchant that lives for a week: its exports are as others are.
            _ => {}
        }
        None
    }

    /// The parcel of the first export of the case once more: as it was, under another carrier, or there in other writing.
    fn again(&mut self, export: &mut Export) {
        let head = &export.declaration.head;
        let own = [head.logistics_code.clone(), head.logistics_name.clone(), head.logistics_no.clone()];
        let Some([code, name, number]) = &self.first else {
            self.first = Some(own);
            return;
        };
        let other = CARRIERS.into_iter().find(|(carrier, _)| code != carrier).unwrap_or(CARRIERS[0]);
        let way = self.number / SORTS.len() as u64 % 3;
        let (code, name) = if way == 0 { (code.as_str(), name.as_str()) } else { other };
        let number = if way == 2 { number.as_str().to_lowercase() } else { number.to_string() };
        let (list, waybill) = (&mut export.declaration.head, &mut export.waybill);
        (list.logistics_code, list.logistics_name) = (code.into(), name.into());
        (waybill.logistics_code, waybill.logistics_name) = (code.into(), name.into());
        list.logistics_no = Text::from(number.as_str());
        waybill.logistics_no = Text::from(number.as_str());
    }

    /// One of the bags comes in, to a buyer of straw.
    fn came_in(&self, export: &Export, done: u64, seed: u64) -> Trade {
        let head = &export.declaration.head;
        let now = Time::from_stamp(head.app_time);
        let number = CAME_IN + self.number * 1_000 + done;
        let mut trade = Trade::new(seed, number, now, 1_000_000);
        let (name, hs, grams) = BAG;
        one_line(&mut trade, name, hs, self.price, 1, grams);
        set_merchant(&mut trade, &head.ebc_code, &head.ebc_name);
        trade
    }
}

/// A merchant that was filed so many days ago.
fn merchant(code: u64, days: i64, now: Time) -> Filing {
    let model = sample::filings().into_iter().find(|filing| filing.roles == [Role::Merchant]);
    let model = model.unwrap_or_else(|| unreachable!("the demo zone has merchants"));
    Filing {
        code: Text::from(code.to_string()),
        other_code: None,
        name: Text::from(format!("样例出口商{code}")),
        valid_from: Time(now.0 - days * DAY).day(),
        exchange_ids: Vec::new(),
        ..model
    }
}

fn set_exporter(export: &mut Export, code: &str, name: &str) {
    let list = &mut export.declaration.head;
    (list.ebc_code, list.ebc_name) = (code.into(), name.into());
    (list.owner_code, list.owner_name) = (code.into(), name.into());
    (export.order.head.ebc_code, export.order.head.ebc_name) = (code.into(), name.into());
    (export.payment.ebc_code, export.payment.ebc_name) = (code.into(), name.into());
    (export.waybill.ebc_code, export.waybill.ebc_name) = (Some(code.into()), Some(name.into()));
}

/// Nothing but so many pieces of one sort of goods, declared in full.
fn one_line_abroad(export: &mut Export, name: &str, hs: &str, fen: i64, pieces: i64, grams: u64) {
    const WRAPPED: u64 = 120;
    export.order.lines.truncate(1);
    export.declaration.lines.truncate(1);
    export.declaration.head.statistics_flag = "A".into();
    let (price, total) = (Decimal::from_fen(fen), Decimal::from_fen(fen * pieces));
    let quantity = Decimal::from_whole(pieces);
    for ordered in &mut export.order.lines {
        ordered.item_name = name.into();
        (ordered.qty, ordered.price, ordered.total_price) = (quantity, price, total);
    }
    for declared in &mut export.declaration.lines {
        (declared.item_name, declared.gname, declared.gcode) = (Some(name.into()), name.into(), hs.into());
        (declared.qty, declared.qty1, declared.price, declared.total_price) =
            (quantity, quantity, price, total);
        declared.unit1 = declared.unit.clone();
    }
    let kilograms = |grams: u64| Decimal::from_units(i128::from(grams) * 100);
    let net = grams * pieces.unsigned_abs();
    export.declaration.head.net_weight = kilograms(net);
    export.declaration.head.gross_weight = kilograms(net + WRAPPED);
    export.waybill.gross_weight = kilograms(net + WRAPPED);
    export.order.head.goods_value = total;
    export.payment.charge = total.checked_add(export.order.head.freight).unwrap_or(total);
}

/// Whole pieces of a quantity, at least one.
fn pieces(quantity: Decimal) -> i64 {
    i64::try_from(quantity.units() / Decimal::ONE.units()).unwrap_or(1).max(1)
}

/// Grams of a weight in kilograms.
fn grams(weight: Decimal) -> u64 {
    u64::try_from(weight.units() / 100).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    const NOW: Time = Time(1_795_399_200_000);

    fn planted() -> (Vec<Export>, PlantedExports) {
        let mut exports: Vec<Export> = (0..6_000).map(|number| Export::new(3, number, NOW)).collect();
        let made = plant(&mut exports, 3, 100_000, NOW);
        (exports, made)
    }

    #[test]
    fn as_much_is_planted_as_was_asked_for_of_every_sort_and_nothing_twice() {
        let (exports, made) = planted();
        assert_eq!(made.planted.len(), 600);
        let places: BTreeSet<usize> = made.planted.iter().map(|(at, ..)| *at).collect();
        assert_eq!(places.len(), 600);
        let mut by_sort: BTreeMap<&str, usize> = BTreeMap::new();
        made.planted.iter().for_each(|(_, sort, _)| *by_sort.entry(sort).or_default() += 1);
        assert!(sorts().all(|sort| by_sort.contains_key(sort)), "{by_sort:?}");
        // Whoever exports is filed.
        let known: BTreeSet<Text> =
            sample::filings().into_iter().chain(made.merchants).map(|filing| filing.code).collect();
        assert!(exports.iter().all(|export| known.contains(&export.declaration.head.ebc_code)));
        let mut untouched: Vec<Export> = (0..50).map(|number| Export::new(3, number, NOW)).collect();
        assert!(plant(&mut untouched, 3, 0, NOW).planted.is_empty());
        assert!(untouched == (0..50).map(|number| Export::new(3, number, NOW)).collect::<Vec<_>>());
    }

    #[test]
    fn all_documents_of_an_export_tell_the_same_story() {
        let (exports, made) = planted();
        for export in &exports {
            let (order, list, waybill) = (&export.order, &export.declaration, &export.waybill);
            let sum = order.lines.iter().map(|line| line.total_price.units()).sum::<i128>();
            assert_eq!(sum, order.head.goods_value.units());
            assert_eq!(order.head.ebc_code, list.head.ebc_code);
            assert_eq!(waybill.ebc_code.as_ref(), Some(&list.head.ebc_code));
            assert_eq!(
                (&waybill.logistics_code, &waybill.logistics_no),
                (&list.head.logistics_code, &list.head.logistics_no)
            );
            assert_eq!(waybill.gross_weight, list.head.gross_weight);
            let lines = order.lines.iter().zip(&list.lines);
            assert!(order.lines.len() == list.lines.len());
            for (ordered, declared) in lines {
                assert_eq!((ordered.qty, ordered.price), (declared.qty, declared.price));
                assert_eq!(Some(&ordered.item_name), declared.item_name.as_ref());
            }
        }
        // What goes round is one merchant's, in and out.
        assert!(!made.came_in.is_empty());
        for (at, trade) in &made.came_in {
            let (left, came) = (&exports[*at].declaration, &trade.declaration);
            assert_eq!(left.head.ebc_code, came.head.ebc_code);
            assert_eq!(left.lines[0].gname, came.lines[0].gname);
        }
    }
}
