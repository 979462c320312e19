//! Sample trades in bonded goods: the same trades, from a book.

use super::{GOODS, Goods, Line, Trade};
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
