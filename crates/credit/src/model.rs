//! A model: dimensions weighed against each other, indicators with their scales, grades, what rules a good grade out, and
//! what follows from a standing. Read from tables with every fault; what holds on a day is asked for by that day.

use crate::tables::{Dated, TableFault, rows, whole, word};
use crate::weights::{Ratio, hierarchy};
use crate::{MILLION, Text};
use ceb::{Day, Decimal};

/// Consistency ratio from which comparisons are no ground for weights, parts per million (Saaty).
const INCONSISTENT: i64 = 100_000;

/// What is looked at together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dimension {
    /// Its word.
    pub dimension: Text,
    /// Its name in Chinese.
    pub name_zh: Text,
    /// Its name in English.
    pub name_en: Text,
}

/// How observations of an indicator become one number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Parts of wholes, older ones counting less: their share.
    Ratio,
    /// The newest value.
    Latest,
    /// How often, older ones counting less.
    Count,
}

impl Kind {
    /// The word of tables and of the interface.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ratio => "ratio",
            Self::Latest => "latest",
            Self::Count => "count",
        }
    }
}

/// One indicator.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Indicator {
    /// Its word.
    pub indicator: Text,
    /// The dimension it is of.
    pub dimension: Text,
    /// Its part of the dimension, percent.
    pub share: i64,
    /// How observations become one number.
    pub kind: Kind,
    /// After so many days an observation counts half; 0 = never less.
    pub half_life: i64,
    /// Wholes that are needed at least (of a ratio).
    pub minimum: i64,
    /// Roles whose parties may observe it; `window` = the window itself.
    pub sources: Vec<Text>,
    /// Its name in Chinese.
    pub name_zh: Text,
    /// Its name in English.
    pub name_en: Text,
}

/// A point of a scale.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Point {
    indicator: Text,
    at: Decimal,
    points: i64,
}

/// A grade and the least score that it has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Grade {
    /// Its word.
    pub grade: Text,
    /// 0 to 1,000.
    pub from_score: i64,
}

/// A fact after which no better grade is given for a time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VetoRow {
    /// Its word.
    pub veto: Text,
    /// The best grade meanwhile.
    pub grade: Text,
    /// Months that it lasts.
    pub months: i64,
    /// Its name in Chinese.
    pub name_zh: Text,
    /// Its name in English.
    pub name_en: Text,
}

/// What follows from a standing: a grade, or a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Measure {
    /// A grade; `unrated`; `red`, `attention`, `black`.
    pub standing: Text,
    /// What it changes.
    pub measure: Text,
    /// To what.
    pub value: i64,
    /// In which unit.
    pub unit: Text,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Compared {
    one: Text,
    other: Text,
    ratio: Ratio,
}

/// The tables.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Model {
    comparisons: Vec<Dated<Compared>>,
    dimensions: Vec<Dated<Dimension>>,
    grades: Vec<Dated<Grade>>,
    indicators: Vec<Dated<Indicator>>,
    measures: Vec<Dated<Measure>>,
    scales: Vec<Dated<Point>>,
    vetoes: Vec<Dated<VetoRow>>,
}

impl Model {
    /// Reads the tables; `text` gives each by its file name.
    ///
    /// # Errors
    /// Every fault: of rows, and of what rows say together on any day on which something begins.
    pub fn load<'a>(text: impl Fn(&str) -> &'a str) -> Result<Self, Vec<TableFault>> {
        let mut faults = Vec::new();
        let model = Self::read(&text, &mut faults);
        if faults.is_empty() {
            for day in model.beginnings() {
                model.check(day, &mut faults);
            }
        }
        if faults.is_empty() { Ok(model) } else { Err(faults) }
    }

    fn read<'a>(text: &impl Fn(&str) -> &'a str, faults: &mut Vec<TableFault>) -> Self {
        let file = "credit_comparisons.csv";
        let comparisons = rows(file, text(file), &["one", "other", "times", "of"], faults, |fields| {
            let [one, other, times, of] = fields else { return Err("fields".to_owned()) };
            let ratio = Ratio { times: whole(times, "times", 1, 9)?, of: whole(of, "of", 1, 9)? };
            Ok(Compared { one: word(one, "one")?, other: word(other, "other")?, ratio })
        });
        let file = "credit_dimensions.csv";
        let dimensions = rows(file, text(file), &["dimension", "name_zh", "name_en"], faults, |fields| {
            let [dimension, zh, en] = fields else { return Err("fields".to_owned()) };
            let (name_zh, name_en) = (word(zh, "name_zh")?, word(en, "name_en")?);
            Ok(Dimension { dimension: word(dimension, "dimension")?, name_zh, name_en })
        });
        let file = "credit_grades.csv";
        let grades = rows(file, text(file), &["grade", "from_score"], faults, |fields| {
            let [grade, from] = fields else { return Err("fields".to_owned()) };
            Ok(Grade { grade: word(grade, "grade")?, from_score: whole(from, "from_score", 0, 1000)? })
        });
        let file = "credit_measures.csv";
        let measures = rows(file, text(file), &["standing", "measure", "value", "unit"], faults, |fields| {
            let [standing, measure, value, unit] = fields else { return Err("fields".to_owned()) };
            let value = whole(value, "value", 0, MILLION)?;
            Ok(Measure {
                standing: word(standing, "standing")?,
                measure: word(measure, "measure")?,
                value,
                unit: word(unit, "unit")?,
            })
        });
        let file = "credit_scales.csv";
        let scales = rows(file, text(file), &["indicator", "at", "points"], faults, |fields| {
            let [indicator, at, points] = fields else { return Err("fields".to_owned()) };
            let at = Decimal::parse(at).ok_or("at is a decimal")?;
            Ok(Point {
                indicator: word(indicator, "indicator")?,
                at,
                points: whole(points, "points", 0, 100)?,
            })
        });
        let file = "credit_vetoes.csv";
        let columns = ["veto", "grade", "months", "name_zh", "name_en"];
        let vetoes = rows(file, text(file), &columns, faults, |fields| {
            let [veto, grade, months, zh, en] = fields else { return Err("fields".to_owned()) };
            let (name_zh, name_en) = (word(zh, "name_zh")?, word(en, "name_en")?);
            let months = whole(months, "months", 1, 1200)?;
            Ok(VetoRow { veto: word(veto, "veto")?, grade: word(grade, "grade")?, months, name_zh, name_en })
        });
        let indicators = indicators(text("credit_indicators.csv"), faults);
        Self { comparisons, dimensions, grades, indicators, measures, scales, vetoes }
    }

    /// Days on which something begins to hold.
    fn beginnings(&self) -> Vec<Day> {
        let mut days: Vec<Day> = self.indicators.iter().map(|row| row.from).collect();
        days.extend(self.dimensions.iter().map(|row| row.from));
        days.extend(self.comparisons.iter().map(|row| row.from));
        days.extend(self.scales.iter().map(|row| row.from));
        days.extend(self.grades.iter().map(|row| row.from));
        days.extend(self.vetoes.iter().map(|row| row.from));
        days.sort_unstable();
        days.dedup();
        days
    }

    /// What rows of a day say together.
    fn check(&self, day: Day, faults: &mut Vec<TableFault>) {
        let mut fault = |file, what: String| {
            let what = format!("on {}: {what}", day.number());
            faults.push(TableFault { file, line: 0, what });
        };
        match self.weighed(day) {
            None => {
                fault("credit_comparisons.csv", "each dimension is compared once with each other".to_owned())
            }
            Some((_, inconsistency)) if inconsistency >= INCONSISTENT => {
                let what = format!(
                    "the comparisons contradict each other: ratio {inconsistency} ppm, below {INCONSISTENT} asked"
                );
                fault("credit_comparisons.csv", what);
            }
            Some(_) => {}
        }
        for dimension in self.dimensions(day) {
            let parts = self.indicators(day).filter(|one| one.dimension == dimension.dimension);
            let sum: i64 = parts.map(|one| one.share).sum();
            if sum != 100 {
                fault(
                    "credit_indicators.csv",
                    format!("shares of {} are {sum}, together 100", dimension.dimension),
                );
            }
        }
        for indicator in self.indicators(day) {
            if !self.dimensions(day).any(|one| one.dimension == indicator.dimension) {
                fault("credit_indicators.csv", format!("no dimension is named {}", indicator.dimension));
            }
            let scale = self.scale(&indicator.indicator, day);
            if scale.len() < 2
                || scale.windows(2).any(|pair| matches!(pair, [(at, _), (next, _)] if at == next))
            {
                fault(
                    "credit_scales.csv",
                    format!("{} has two points at least, each at a value of its own", indicator.indicator),
                );
            }
        }
        if self.grade_of(0, day).is_none() {
            fault("credit_grades.csv", "the least grade begins at 0".to_owned());
        }
        for veto in self.vetoes(day) {
            if !self.grades(day).iter().any(|grade| grade.grade == veto.grade) {
                fault("credit_vetoes.csv", format!("no grade is named {}", veto.grade));
            }
        }
    }

    /// Dimensions of a day, in the order of the table.
    pub fn dimensions(&self, day: Day) -> impl Iterator<Item = &Dimension> {
        self.dimensions.iter().filter(move |row| row.holds(day)).map(|row| &row.row)
    }

    /// Indicators of a day, in the order of the table.
    pub fn indicators(&self, day: Day) -> impl Iterator<Item = &Indicator> {
        self.indicators.iter().filter(move |row| row.holds(day)).map(|row| &row.row)
    }

    /// Vetoes of a day.
    pub fn vetoes(&self, day: Day) -> impl Iterator<Item = &VetoRow> {
        self.vetoes.iter().filter(move |row| row.holds(day)).map(|row| &row.row)
    }

    /// Measures of a day for a standing.
    pub fn measures<'a>(&'a self, standing: &'a str, day: Day) -> impl Iterator<Item = &'a Measure> + 'a {
        let held = self.measures.iter().filter(move |row| row.holds(day)).map(|row| &row.row);
        held.filter(move |row| row.standing == standing)
    }

    /// What a measure of a standing is on a day; none = the standing changes nothing of it.
    pub fn measure(&self, standing: &str, measure: &str, day: Day) -> Option<i64> {
        self.measure_row(standing, measure, day).map(|row| row.row.value)
    }

    /// The same with the days between which its row holds.
    pub fn measure_row(&self, standing: &str, measure: &str, day: Day) -> Option<&Dated<Measure>> {
        let of = |row: &&Dated<Measure>| row.row.standing == standing && row.row.measure == measure;
        self.measures.iter().filter(|row| row.holds(day)).find(of)
    }

    /// Grades of a day, the best first.
    pub fn grades(&self, day: Day) -> Vec<&Grade> {
        let mut grades: Vec<&Grade> =
            self.grades.iter().filter(|row| row.holds(day)).map(|row| &row.row).collect();
        grades.sort_by_key(|grade| std::cmp::Reverse(grade.from_score));
        grades
    }

    /// The grade of a score on a day.
    pub fn grade_of(&self, score: i64, day: Day) -> Option<&Grade> {
        self.grades(day).into_iter().find(|grade| grade.from_score <= score)
    }

    /// Weights of the dimensions of a day, parts per million, in their order, and the consistency ratio of the comparisons that
    /// they are made of. None = not every pair is compared once.
    pub fn weighed(&self, day: Day) -> Option<(Vec<i64>, i64)> {
        let names: Vec<&Text> = self.dimensions(day).map(|one| &one.dimension).collect();
        let compared = |one: &Text, other: &Text| {
            let held = self.comparisons.iter().filter(|row| row.holds(day)).map(|row| &row.row);
            let mut found = held.filter_map(|row| match () {
                () if row.one == *one && row.other == *other => Some(row.ratio),
                () if row.one == *other && row.other == *one => {
                    Some(Ratio { times: row.ratio.of, of: row.ratio.times })
                }
                () => None,
            });
            found.next().filter(|_| found.next().is_none())
        };
        let same = Ratio { times: 1, of: 1 };
        let row = |one: &&Text| {
            names
                .iter()
                .map(|other| if one == other { Some(same) } else { compared(one, other) })
                .collect::<Option<Vec<_>>>()
        };
        let weighed = hierarchy(&names.iter().map(row).collect::<Option<Vec<_>>>()?)?;
        Some((weighed.weights, weighed.inconsistency))
    }

    /// Points of an indicator's scale on a day, by value.
    fn scale(&self, indicator: &str, day: Day) -> Vec<(Decimal, i64)> {
        let held = self.scales.iter().filter(|row| row.holds(day)).map(|row| &row.row);
        let mut scale: Vec<(Decimal, i64)> =
            held.filter(|row| row.indicator == indicator).map(|row| (row.at, row.points)).collect();
        scale.sort_unstable();
        scale
    }

    /// Points of a value, in thousandths of 0 to 100: on the line between the points of the scale, half-up; before the first
    /// and after the last as they are.
    pub fn points(&self, indicator: &str, value: Decimal, day: Day) -> i64 {
        let scale = self.scale(indicator, day);
        let after = scale.partition_point(|(at, _)| *at <= value);
        let before = after.checked_sub(1).and_then(|at| scale.get(at));
        match (before, scale.get(after)) {
            (Some((_, points)), None) | (None, Some((_, points))) => points * 1000,
            (None, None) => 0,
            (Some((low, from)), Some((high, to))) => {
                let (way, whole) = ((value.units() - low.units()), (high.units() - low.units()));
                let moved = i128::from(to - from) * 1000 * way;
                from * 1000 + rounded(moved, whole)
            }
        }
    }
}

/// A quotient to the nearest, a half away from zero. `by` is above zero.
pub(crate) fn rounded(number: i128, by: i128) -> i64 {
    let half = by / 2;
    let quotient = if number < 0 { -((-number + half) / by) } else { (number + half) / by };
    quotient as i64
}

fn indicators(text: &str, faults: &mut Vec<TableFault>) -> Vec<Dated<Indicator>> {
    let columns = [
        "indicator",
        "dimension",
        "share",
        "kind",
        "half_life_days",
        "minimum_sample",
        "sources",
        "name_zh",
        "name_en",
    ];
    rows("credit_indicators.csv", text, &columns, faults, |fields| {
        let [indicator, dimension, share, kind, half_life, minimum, sources, zh, en] = fields else {
            return Err("fields".to_owned());
        };
        let known = [Kind::Ratio, Kind::Latest, Kind::Count].into_iter().find(|known| known.word() == *kind);
        Ok(Indicator {
            indicator: word(indicator, "indicator")?,
            dimension: word(dimension, "dimension")?,
            share: whole(share, "share", 1, 100)?,
            kind: known.ok_or("kind is ratio, latest or count")?,
            half_life: whole(half_life, "half_life_days", 0, 36_500)?,
            minimum: whole(minimum, "minimum_sample", 0, 1_000_000)?,
            sources: sources.split_whitespace().map(Text::from).collect(),
            name_zh: word(zh, "name_zh")?,
            name_en: word(en, "name_en")?,
        })
    })
}
