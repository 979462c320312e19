//! Sample trades in bonded goods: the same trades, from a book, of imports and of exports.

use super::{Export, GOODS, Goods, Line, Trade, trailing_number};
use crate::Text;
use ceb::{Decimal, DeclarationLine};
use compact_str::format_compact;

impl Trade {
    /// The trade as one of bonded goods: line by line from items 1, 2, 3 … of a book.
    #[must_use]
    pub fn bonded(mut self, holder: &str, number: &str) -> Self {
        let head = &mut self.declaration.head;
        head.trade_mode = "1210".into();
        head.traf_mode = "Y".into();
        head.country = "142".into();
        (head.traf_no, head.voyage_no, head.bill_no) = (None, None, None);
        head.ems_no = Some(number.into());
        head.area_code = Some(holder.into());
        head.area_name = Some("样例保税仓".into());
        for (index, line) in self.declaration.lines.iter_mut().enumerate() {
            line.item_record_no = Some(format_compact!("{}", index + 1));
        }
        self
    }

    /// The same from a book with all that is sold here, whose items are those of [`shelf`].
    #[must_use]
    pub fn from_shelf(self, holder: &str, number: &str) -> Self {
        let mut trade = self.bonded(holder, number);
        for line in &mut trade.declaration.lines {
            let at = GOODS.iter().position(|goods| line.gcode == goods.0);
            line.item_record_no = at.map(|at| format_compact!("{}", at + 1));
        }
        trade
    }

    /// The items that such a trade is from, as a book files them: tolerances of 50 ‰, sold until 10 days before expiry.
    pub fn items(&self) -> Vec<book::Item> {
        self.declaration.lines.iter().enumerate().map(item).collect()
    }

    /// What the goods of a line are called.
    pub fn goods_name(&self, line: usize) -> Text {
        self.declaration.lines.get(line).map_or_else(Text::default, |line| line.gname.clone())
    }
}

/// Grams of the packing of an export.
const PACKING: i128 = 120;

impl Export {
    /// The same out of a book with all that is sold here, whose items are those of [`shelf`]. Of which of them its lines are, the
    /// number of the trade says; abroad each has one price, the least that it has here.
    #[must_use]
    pub fn from_shelf(self, holder: &str, number: &str) -> Self {
        let mut export = self.in_mode("1210");
        let (order, list) = (&mut export.order, &mut export.declaration);
        list.head.iac_code = Some(holder.into());
        list.head.iac_name = Some("样例保税仓".into());
        list.head.ems_no = Some(number.into());
        let all: &'static [Goods] = &GOODS;
        let (first, shelf) = (trailing_number(&order.head.order_no) as usize, shelf());
        let times = |one: Decimal, count: Decimal| one.units() * count.units() / Decimal::ONE.units();
        let (mut value, mut weight) = (0, 0);
        for (ordered, line) in order.lines.iter_mut().zip(&mut list.lines) {
            let at = (first + line.gnum as usize) % all.len();
            let Some((goods, (item, name))) = all.iter().zip(&shelf).nth(at) else { continue };
            let sku = format_compact!("SKU{}", goods.0);
            let quantities = item.converted(line.qty).unwrap_or_default();
            let price = Decimal::from_fen(goods.6 as i64);
            let total = Decimal::from_units(times(price, line.qty));
            (ordered.item_no, ordered.item_name, ordered.unit) =
                (sku.clone(), name.clone(), item.unit.clone());
            (ordered.price, ordered.total_price) = (price, total);
            line.item_record_no = Some(item.number.clone());
            (line.item_no, line.item_name) = (sku, Some(name.clone()));
            (line.gcode, line.gname, line.gmodel) = (item.gcode.clone(), name.clone(), goods.2.into());
            (line.unit, line.unit1, line.qty1) =
                (item.unit.clone(), item.first.unit.clone(), quantities.first);
            line.unit2 = item.second.as_ref().map(|second| second.unit.clone());
            line.qty2 = item.second.as_ref().map(|_| quantities.second);
            (line.price, line.total_price) = (price, total);
            value += total.units();
            weight += times(Decimal::from_units(i128::from(goods.5) * 100), line.qty);
        }
        let gross = Decimal::from_units(weight + PACKING * 100);
        (list.head.net_weight, list.head.gross_weight) = (Decimal::from_units(weight), gross);
        export.waybill.gross_weight = gross;
        order.head.goods_value = Decimal::from_units(value);
        export.payment.charge = Decimal::from_units(value + order.head.freight.units());
        export
    }
}

/// All goods that are sold here as items of one book, each with what it is called.
pub fn shelf() -> Vec<(book::Item, Text)> {
    let piece = |goods: &'static Goods| {
        Line { gnum: 1, goods, count: 1, grams: goods.5, price: 1, total: 1 }.declared()
    };
    let goods: &'static [Goods] = &GOODS;
    let items = goods.iter().map(piece).enumerate();
    items.map(|(index, line)| (item((index, &line)), line.gname.clone())).collect()
}

fn item((index, line): (usize, &DeclarationLine)) -> book::Item {
    book::Item {
        number: format_compact!("{}", index + 1),
        gcode: line.gcode.clone(),
        goods_no: format_compact!("LH{}", index + 1),
        unit: line.unit.clone(),
        first: book::LegalUnit { unit: line.unit1.clone(), factor: factor(line.qty1, line.qty) },
        second: line
            .unit2
            .clone()
            .filter(|unit| !unit.trim().is_empty())
            .map(|unit| book::LegalUnit { unit, factor: factor(line.qty2.unwrap_or_default(), line.qty) }),
        tolerance: 50,
        stop_sale_days: 10,
    }
}

/// How many legal units a declared one is, above zero.
fn factor(legal: Decimal, declared: Decimal) -> Decimal {
    let units = legal.units() * Decimal::ONE.units() / declared.units().max(1);
    Decimal::from_units(units.max(1))
}
