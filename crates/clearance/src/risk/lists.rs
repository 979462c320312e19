//! Lists that rules look at: words, words of goods with their HS codes, brands with a floor and who may sell them, recalls.
//! Each row has its days.

use crate::rulebook::{TableFault, rows};
use crate::{Text, normal};
use ceb::Day;
use rustc_hash::FxHashMap;

/// The tables.
pub(super) const FILES: [&str; 4] =
    ["risk_brands.csv", "risk_goods_words.csv", "risk_recalls.csv", "risk_words.csv"];

/// From when to when a row holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Days {
    from: Day,
    to: Option<Day>,
}

impl Days {
    fn parse(from: &str, to: &str) -> Result<Self, String> {
        let from = Day::parse(from).ok_or("valid_from is yyyyMMdd")?;
        let to = match to {
            "" => None,
            to => Some(Day::parse(to).ok_or("valid_to is yyyyMMdd")?),
        };
        if to.is_some_and(|to| to < from) {
            return Err("valid_to is before valid_from".to_owned());
        }
        Ok(Self { from, to })
    }
    fn has(self, day: Day) -> bool {
        self.from <= day && self.to.is_none_or(|last| day <= last)
    }
    fn within(self, other: Self) -> bool {
        other.from <= self.from && other.to.is_none_or(|last| self.to.is_some_and(|own| own <= last))
    }
}

/// A named list of words.
#[derive(Clone, Debug)]
struct Words {
    name: Text,
    words: Vec<Word>,
}

#[derive(Clone, Debug)]
struct Word {
    /// Row of the table, from 1; the header is row 1.
    row: usize,
    days: Days,
    /// As it stands in the table, for codes.
    plain: Text,
    /// In one writing, for names of goods.
    normal: Text,
}

impl Words {
    /// Bytes of the longest word that is looked into.
    const LONGEST: usize = 200;

    /// Words that another of the list stands in: whatever has the longer has the shorter. Among codes it has to be their beginning.
    fn covered(&self, table: &'static str) -> Vec<CoveredRow> {
        let codes = self.words.iter().all(|word| word.plain.bytes().all(|byte| byte.is_ascii_digit()));
        let mut by_text: FxHashMap<&str, Vec<&Word>> = FxHashMap::default();
        for word in &self.words {
            by_text.entry(word.normal.as_str()).or_default().push(word);
        }
        let covers = |wide: &Word, narrow: &Word| {
            let same = wide.normal == narrow.normal && wide.days.within(narrow.days);
            narrow.days.within(wide.days) && (!same || wide.row < narrow.row)
        };
        let mut found = Vec::new();
        for narrow in self.words.iter().filter(|word| word.normal.len() <= Self::LONGEST) {
            let text = narrow.normal.as_str();
            let starts = if codes { 1 } else { text.len() };
            let parts = (0..starts)
                .flat_map(|start| (start + 1..=text.len()).filter_map(move |end| text.get(start..end)));
            let others = parts.filter_map(|part| by_text.get(part)).flatten();
            let wide = others.filter(|other| other.row != narrow.row && covers(other, narrow));
            if let Some(by) = wide.map(|other| other.row).min() {
                found.push(CoveredRow { table, row: narrow.row, by, value: narrow.plain.to_string() });
            }
        }
        found
    }
}

#[derive(Clone, Debug)]
struct GoodsWord {
    word: Text,
    hs: Vec<Text>,
    days: Days,
}

#[derive(Clone, Debug)]
struct Brand {
    /// Row of the table, from 1; the header is row 1.
    row: usize,
    brand: Text,
    /// Empty = all goods.
    hs: Vec<Text>,
    floor: Option<i64>,
    merchants: Vec<Text>,
    days: Days,
}

#[derive(Clone, Debug)]
struct Recall {
    /// Row of the table, from 1; the header is row 1.
    row: usize,
    id: Text,
    /// Number of the goods or their bar code; empty = any.
    goods: Text,
    hs: Vec<Text>,
    brand: Text,
    lot: Text,
    days: Days,
}

/// What a brand says of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct OfBrand {
    pub(super) floor: Option<i64>,
    pub(super) unauthorised: bool,
}

/// A row that does nothing: whatever it meets, another meets too, on all its days.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct CoveredRow {
    /// The table.
    pub(crate) table: &'static str,
    /// The row, from 1; the header is row 1.
    pub(crate) row: usize,
    /// The other.
    pub(crate) by: usize,
    /// What stands there.
    pub(crate) value: String,
}

/// All lists of a rulebook.
#[derive(Clone, Default, Debug)]
pub(super) struct Lists {
    words: Vec<Words>,
    goods: Vec<GoodsWord>,
    brands: Vec<Brand>,
    recalls: Vec<Recall>,
}

fn parts(text: &str) -> Vec<Text> {
    text.split_whitespace().map(Text::from).collect()
}

fn codes(text: &str) -> Result<Vec<Text>, String> {
    let codes = parts(text);
    match codes.iter().find(|code| !code.bytes().all(|byte| byte.is_ascii_digit()) || code.len() > 10) {
        Some(wrong) => Err(format!("hs: {wrong} is not the beginning of an HS code")),
        None => Ok(codes),
    }
}

fn word(name: &str, text: &str) -> Result<Text, String> {
    let word: Text = normal::goods(text).into();
    if word.is_empty() { Err(format!("{name}: `{text}` has no letter or digit")) } else { Ok(word) }
}

/// What lists look at of a line beside its text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Goods<'a> {
    /// HS code as declared.
    pub hs: &'a str,
    /// Article number, number in a book, bar code.
    pub numbers: [Option<&'a Text>; 3],
}

impl Lists {
    pub(super) fn load<'a>(table: impl Fn(&'static str) -> &'a str, faults: &mut Vec<TableFault>) -> Self {
        let mut lists = Self::default();
        let [brands, goods, recalls, words] = FILES;
        if !table(words).is_empty() {
            let header = ["list", "word", "valid_from", "valid_to", "source", "certainty"];
            rows(words, table(words), header, faults, |[list, word, from, to, ..]| {
                lists.add_word(list, word, Days::parse(from, to)?)
            });
        }
        if !table(goods).is_empty() {
            let header = ["word", "hs", "valid_from", "valid_to", "source", "certainty"];
            rows(goods, table(goods), header, faults, |[text, hs, from, to, ..]| {
                let (word, hs, days) = (word("word", text)?, codes(hs)?, Days::parse(from, to)?);
                if hs.is_empty() {
                    return Err(format!("{text} has no HS code"));
                }
                lists.goods.push(GoodsWord { word, hs, days });
                Ok(())
            });
        }
        if !table(brands).is_empty() {
            let header =
                ["brand", "hs", "floor_fen", "merchants", "valid_from", "valid_to", "source", "certainty"];
            rows(brands, table(brands), header, faults, |[brand, hs, floor, merchants, from, to, ..]| {
                let floor =
                    match floor {
                        "" => None,
                        floor => {
                            Some(floor.parse().ok().filter(|fen: &i64| *fen > 0).ok_or_else(|| {
                                format!("floor_fen: {floor} is not a number of fen above 0")
                            })?)
                        }
                    };
                lists.brands.push(Brand {
                    row: lists.brands.len() + 2,
                    brand: word("brand", brand)?,
                    hs: codes(hs)?,
                    floor,
                    merchants: parts(merchants),
                    days: Days::parse(from, to)?,
                });
                Ok(())
            });
        }
        if !table(recalls).is_empty() {
            let header =
                ["id", "goods", "hs", "brand", "lot", "valid_from", "valid_to", "source", "certainty"];
            rows(recalls, table(recalls), header, faults, |[id, goods, hs, brand, lot, from, to, ..]| {
                lists.recalls.push(Recall {
                    row: lists.recalls.len() + 2,
                    id: id.into(),
                    goods: goods.into(),
                    hs: codes(hs)?,
                    brand: if brand.is_empty() { Text::default() } else { word("brand", brand)? },
                    lot: if lot.is_empty() { Text::default() } else { word("lot", lot)? },
                    days: Days::parse(from, to)?,
                });
                if goods.is_empty() && brand.is_empty() {
                    return Err(format!("recall {id} names neither goods nor a brand: it would meet all"));
                }
                Ok(())
            });
        }
        lists
    }

    fn add_word(&mut self, list: &str, text: &str, days: Days) -> Result<(), String> {
        if list.is_empty() || !list.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
            return Err(format!("list: `{list}` is not a name of small letters and -"));
        }
        let before: usize = self.words.iter().map(|words| words.words.len()).sum();
        let added = Word { row: before + 2, days, plain: text.into(), normal: word("word", text)? };
        match self.words.iter_mut().find(|words| words.name == list) {
            Some(words) => words.words.push(added),
            None => self.words.push(Words { name: list.into(), words: vec![added] }),
        }
        Ok(())
    }

    /// The place of a list of words.
    pub(super) fn place(&self, name: &str) -> Result<usize, String> {
        self.words.iter().position(|words| words.name == name).ok_or_else(|| {
            let names: Vec<&str> = self.words.iter().map(|words| words.name.as_str()).collect();
            format!("list:{name} is not a list of risk_words.csv; there are {}", names.join(", "))
        })
    }

    /// Whether a word of a list that is in force meets a text.
    pub(super) fn meets(&self, place: usize, day: Day, plain: bool, meets: impl Fn(&str) -> bool) -> bool {
        let words = self.words.get(place).into_iter().flat_map(|words| &words.words);
        let in_force = words.filter(|word| word.days.has(day));
        in_force.map(|word| if plain { &word.plain } else { &word.normal }).any(|word| meets(word))
    }

    /// Whether a name of goods has a word none of whose HS codes is the declared one.
    pub(super) fn hs_against_words(&self, hs: &str, text: &str, day: Day) -> bool {
        let met: Vec<&GoodsWord> =
            self.goods.iter().filter(|row| row.days.has(day) && text.contains(row.word.as_str())).collect();
        // Of two words, one in the other (milk, milk tea), the longer says what it is.
        let says = |row: &&&GoodsWord| {
            !met.iter()
                .any(|other| other.word.len() > row.word.len() && other.word.contains(row.word.as_str()))
        };
        met.iter().filter(says).any(|row| !begins(hs, &row.hs))
    }

    /// What the brands that a line names say; none = it names none.
    pub(super) fn brand(&self, line: &Goods<'_>, text: &str, merchant: &str, day: Day) -> Option<OfBrand> {
        let named = self.brands.iter().filter(|row| {
            row.days.has(day)
                && text.contains(row.brand.as_str())
                && (row.hs.is_empty() || begins(line.hs, &row.hs))
        });
        named.fold(None, |said: Option<OfBrand>, row| {
            let unauthorised = !row.merchants.iter().any(|known| known == merchant);
            let before = said.unwrap_or(OfBrand { floor: None, unauthorised: false });
            Some(OfBrand {
                floor: before.floor.max(row.floor),
                unauthorised: before.unauthorised || unauthorised,
            })
        })
    }

    /// The recall that meets a line.
    pub(super) fn recall(&self, line: &Goods<'_>, text: &str, day: Day) -> Option<&Text> {
        let met = self.recalls.iter().find(|row| {
            let goods = row.goods.is_empty()
                || line.numbers.into_iter().flatten().any(|number| number.trim() == row.goods.as_str());
            row.days.has(day)
                && goods
                && (row.hs.is_empty() || begins(line.hs, &row.hs))
                && text.contains(row.brand.as_str())
                && text.contains(row.lot.as_str())
        });
        met.map(|row| &row.id)
    }

    /// Rows that do nothing. A word of goods is never one: the longer of two says what goods are.
    pub(super) fn covered(&self) -> Vec<CoveredRow> {
        let [brands, _, recalls, words] = FILES;
        let mut found: Vec<CoveredRow> = self.words.iter().flat_map(|list| list.covered(words)).collect();
        let wide_brand = |wide: &Brand, narrow: &Brand| {
            narrow.days.within(wide.days)
                && narrow.brand.contains(wide.brand.as_str())
                && of_codes(&narrow.hs, &wide.hs)
                && narrow.floor <= wide.floor
                && wide.merchants.iter().all(|known| narrow.merchants.contains(known))
        };
        found.extend(covered(brands, &self.brands, wide_brand, |one| (one.row, &one.brand)));
        // The first that meets is told, so a later one that is wider leaves an earlier one its goods.
        let wide_recall = |wide: &Recall, narrow: &Recall| {
            wide.row < narrow.row
                && narrow.days.within(wide.days)
                && (wide.goods.is_empty() || wide.goods == narrow.goods)
                && of_codes(&narrow.hs, &wide.hs)
                && narrow.brand.contains(wide.brand.as_str())
                && narrow.lot.contains(wide.lot.as_str())
        };
        found.extend(covered(recalls, &self.recalls, wide_recall, |one| (one.row, &one.id)));
        found
    }
}

/// Rows that another covers, each with the first that does. Of two that say the same the later does nothing.
fn covered<T>(
    table: &'static str,
    rows: &[T],
    covers: impl Fn(&T, &T) -> bool,
    told: impl Fn(&T) -> (usize, &Text),
) -> Vec<CoveredRow> {
    let mut found = Vec::new();
    for (index, narrow) in rows.iter().enumerate() {
        let mut others = rows.iter().enumerate().filter(|(other, _)| *other != index);
        let wide =
            others.find(|(other, wide)| covers(wide, narrow) && (!covers(narrow, wide) || *other < index));
        if let Some((_, wide)) = wide {
            let ((row, value), (by, _)) = (told(narrow), told(wide));
            found.push(CoveredRow { table, row, by, value: value.to_string() });
        }
    }
    found
}

/// Whether goods of one set of codes are all of another; no code = all goods.
fn of_codes(inner: &[Text], outer: &[Text]) -> bool {
    outer.is_empty() || (!inner.is_empty() && inner.iter().all(|code| begins(code, outer)))
}

fn begins(hs: &str, codes: &[Text]) -> bool {
    codes.iter().any(|code| hs.trim().starts_with(code.as_str()))
}
