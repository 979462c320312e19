//! Figures as they are kept between two lives of a server: lines of text under a number of their form. They are derived: what
//! does not read is made again from rows, so there is one form and no reader of older ones.

use crate::cell::{Key, Measure, Table};
use crate::figures::{Figures, Open};
use crate::told::Named;
use clearance::Text;
use clearance::consignment::State;
use clearance::keys::{OrderKey, Time};
use serde::{Deserialize, Serialize};

/// Number of the form. It grows with every change of what is counted: what was kept before is made again.
pub const FORM: u32 = 5;

/// Figures in the form in which they are kept.
#[derive(Serialize, Deserialize, Default)]
pub struct Kept {
    form: u32,
    cells: Vec<Cell>,
    open: Vec<OpenLine>,
    returning: Vec<[String; 4]>,
    open_exports: Vec<OpenLine>,
    conduct: Vec<Line>,
    owed: Vec<[String; 3]>,
    applied: Vec<([String; 3], u32)>,
    sold_over: Vec<[String; 2]>,
}

/// Party, day, word and how often.
#[derive(Serialize, Deserialize)]
struct Line(String, u32, String, u64);

#[derive(Serialize, Deserialize)]
struct Cell(String, u32, [String; 3], u64, [i64; 4], Vec<String>);

#[derive(Serialize, Deserialize)]
struct OpenLine([String; 2], [String; 4], Vec<String>, i64, i64, u16, i64, bool);

impl Kept {
    /// Of figures.
    pub fn of(figures: &Figures) -> Self {
        let cells = figures.tables.iter().flat_map(|(table, cells)| {
            cells.iter().map(|(key, measure)| {
                let parts = [&key.owner, &key.first, &key.second].map(ToString::to_string);
                let amounts = [measure.value, measure.tax, measure.quota, measure.weight];
                let merchants = measure.merchants.iter().map(ToString::to_string).collect();
                Cell(table.word().to_owned(), key.day, parts, measure.count, amounts, merchants)
            })
        });
        let line = |(order, open): (&OrderKey, &Open)| {
            let named = &open.named;
            OpenLine(
                [order.platform.to_string(), order.order_no.to_string()],
                [&named.district, &named.mode, &named.country, &named.merchant].map(ToString::to_string),
                named.parties.iter().map(ToString::to_string).collect(),
                open.weight,
                open.declared.0,
                open.state.number(),
                open.since.0,
                open.judged,
            )
        };
        let returning = figures.returning.iter().map(|(order, (district, merchant))| {
            [&order.platform, &order.order_no, district, merchant].map(ToString::to_string)
        });
        let applied = figures.applied.iter().map(|(order, (district, day))| {
            ([&order.platform, &order.order_no, district].map(ToString::to_string), *day)
        });
        let owed = figures
            .owed
            .iter()
            .map(|(order, party)| [&order.platform, &order.order_no, party].map(ToString::to_string));
        let conduct = figures.conduct.0.iter().flat_map(|(party, days)| {
            days.iter().map(|((day, what), count)| Line(party.to_string(), *day, what.to_string(), *count))
        });
        let sold_over = figures.sold_over.iter().flat_map(|(seller, platforms)| {
            platforms.iter().map(move |platform| [seller, platform].map(ToString::to_string))
        });
        Self {
            form: FORM,
            cells: cells.collect(),
            open: figures.open.iter().map(line).collect(),
            returning: returning.collect(),
            open_exports: figures.open_exports.iter().map(line).collect(),
            conduct: conduct.collect(),
            owed: owed.collect(),
            applied: applied.collect(),
            sold_over: sold_over.collect(),
        }
    }

    /// The figures; none where the form is another, or a word is none of ours.
    pub fn figures(self) -> Option<Figures> {
        if self.form != FORM {
            return None;
        }
        let mut figures = Figures::default();
        for Cell(table, day, [owner, first, second], count, [value, tax, quota, weight], merchants) in
            self.cells
        {
            let key = Key { day, owner: owner.into(), first: first.into(), second: second.into() };
            let merchants = merchants.into_iter().map(Text::from).collect();
            let measure = Measure { count, value, tax, quota, weight, merchants };
            figures.tables.entry(Table::from_word(&table)?).or_default().insert(key, measure);
        }
        figures.open = self.open.into_iter().map(OpenLine::read).collect::<Option<_>>()?;
        figures.open_exports = self.open_exports.into_iter().map(OpenLine::read).collect::<Option<_>>()?;
        for [platform, order_no, district, merchant] in self.returning {
            let key = OrderKey::new(&platform, &order_no);
            figures.returning.insert(key, (district.into(), merchant.into()));
        }
        for ([platform, order_no, district], day) in self.applied {
            figures.applied.insert(OrderKey::new(&platform, &order_no), (district.into(), day));
        }
        for [platform, order_no, party] in self.owed {
            figures.owed.insert(OrderKey::new(&platform, &order_no), party.into());
        }
        for [seller, platform] in self.sold_over {
            figures.sold_over.entry(seller.into()).or_default().insert(platform.into());
        }
        for Line(party, day, what, count) in self.conduct {
            figures.conduct.0.entry(party.into()).or_default().insert((day, what.into()), count);
        }
        Some(figures)
    }
}

impl OpenLine {
    /// What is open, with what it is named by; none where its state is none of ours.
    fn read(self) -> Option<(OrderKey, Open)> {
        let Self([platform, order_no], named, parties, weight, declared, state, since, judged) = self;
        let [district, mode, country, merchant] = named.map(Text::from);
        let parties = parties.into_iter().map(Text::from).collect();
        let open = Open {
            named: Named { district, mode, country, merchant, parties },
            weight,
            declared: Time(declared),
            state: State::from_number(state)?,
            since: Time(since),
            judged,
        };
        Some((OrderKey::new(&platform, &order_no), open))
    }
}
