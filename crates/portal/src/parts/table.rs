//! Tables that are sorted, narrowed and paged by addresses, so that each view of one can be kept and sent. On a phone a row
//! becomes a card in which every cell says its column.

use crate::language::Texts;
use maud::{Markup, html};
use std::cmp::Reverse;

/// A column.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// What is in it.
    pub name: String,
    /// Whether it holds numbers.
    pub number: bool,
    /// Address that sorts by it.
    pub sort: Option<String>,
    /// Whether it is sorted by, and then whether the smallest stands first.
    pub sorted: Option<bool>,
}

impl Column {
    /// A column of words.
    pub fn of(name: String) -> Self {
        Self { name, ..Self::default() }
    }
    /// A column of numbers.
    pub fn number(name: String) -> Self {
        Self { name, number: true, ..Self::default() }
    }
}

/// By which column a table is sorted, as its address says it: the column's word, behind a minus where the largest stands first.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Sorting<'a> {
    /// The column's word; empty = in the order in which the table is made.
    pub by: &'a str,
    /// Whether the largest stands first.
    pub falling: bool,
}

impl<'a> Sorting<'a> {
    /// What an address says; a column that the table has not is none.
    pub fn read(text: &'a str, known: &[&str]) -> Self {
        let (by, falling) = text.strip_prefix('-').map_or((text, false), |by| (by, true));
        if known.contains(&by) { Self { by, falling } } else { Self::default() }
    }
    /// As an address says it.
    pub fn text(self) -> String {
        if self.falling { format!("-{}", self.by) } else { self.by.to_owned() }
    }
    /// A column that can be sorted by: its address sorts by it, or the other way round where that is done already.
    pub fn column(self, word: &str, name: String, link: impl Fn(&str) -> String) -> Column {
        let is_sorted = self.by == word;
        let next = if is_sorted && !self.falling { format!("-{word}") } else { word.to_owned() };
        Column { sort: Some(link(&next)), sorted: is_sorted.then_some(!self.falling), ..Column::of(name) }
    }
    /// A column of numbers of which the largest are looked for: its address begins with them.
    pub fn largest_first(self, word: &str, name: String, link: impl Fn(&str) -> String) -> Column {
        let next = if self.by == word && self.falling { word.to_owned() } else { format!("-{word}") };
        Column { sort: Some(link(&next)), number: true, ..self.column(word, name, |_| String::new()) }
    }
}

/// The order of a table whose rows are all at hand, as the address of its page asks for it. Where rows stand on other pages too no
/// column is offered: an order of some of them is the order of none.
#[derive(Clone, Debug)]
pub struct Order<'a> {
    sorting: Sorting<'a>,
    parameter: &'a str,
    place: &'a str,
    offered: bool,
}

impl<'a> Order<'a> {
    /// Of the table that has a parameter of its own in the address of the page; `known` are the words of its columns.
    pub fn of(place: &'a str, parameter: &'a str, known: &[&str]) -> Self {
        let query = place.split_once('?').map_or("", |(_, query)| query);
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let asked = pairs.find_map(|(name, value)| (name == parameter).then_some(value)).unwrap_or("");
        Self { sorting: Sorting::read(asked, known), parameter, place, offered: true }
    }

    /// The same where rows stand on other pages too, if they do: in the order in which they came, and no column leads to another.
    #[must_use]
    pub fn where_whole(self, whole: bool) -> Self {
        if whole { self } else { Self { sorting: Sorting::default(), offered: false, ..self } }
    }

    /// The same with all rows as they came, if there are too many to be put in order: columns lead on, and none is marked.
    #[must_use]
    pub fn as_they_came(self, too_many: bool) -> Self {
        if too_many { Self { sorting: Sorting::default(), ..self } } else { self }
    }

    /// Whether the address asks for one.
    pub fn is_asked(&self) -> bool {
        !self.sorting.by.is_empty()
    }

    /// A column that leads to its order, or the other way round where that is so already.
    pub fn column(&self, word: &str, name: String) -> Column {
        if self.offered {
            self.sorting.column(word, name, |sort| self.address(sort))
        } else {
            Column::of(name)
        }
    }

    /// A column of numbers that leads to its order.
    pub fn number(&self, word: &str, name: String) -> Column {
        Column { number: true, ..self.column(word, name) }
    }

    /// The page in another order, from its first row on.
    fn address(&self, sort: &str) -> String {
        let (path, query) = self.place.split_once('?').unwrap_or((self.place, ""));
        let is_kept = |pair: &&str| {
            let name = pair.split('=').next().unwrap_or_default();
            !pair.is_empty() && name != self.parameter && !["after", "from-row", ROWS].contains(&name)
        };
        let mut pairs: Vec<&str> = query.split('&').filter(is_kept).collect();
        let own = format!("{}={sort}", self.parameter);
        pairs.push(&own);
        format!("{path}?{}", pairs.join("&"))
    }

    /// The page in the same order from another row on.
    pub fn page(&self, from: usize) -> String {
        let there = self.address(&self.sorting.text());
        if from == 0 { there } else { format!("{there}&{ROWS}={from}") }
    }

    /// Puts rows in order, if one is asked for: `key` gives what a row has under the word of a column. What is equal stays as it is.
    pub fn put<T, K: Ord>(&self, rows: &mut [T], key: impl Fn(&T, &str) -> K) {
        if !self.is_asked() {
            return;
        }
        let by = self.sorting.by;
        if self.sorting.falling {
            rows.sort_by_cached_key(|one| Reverse(key(one, by)));
        } else {
            rows.sort_by_cached_key(|one| key(one, by));
        }
    }
}

/// How many rows stand before those of a page that is paged by counting: the name of its parameter.
pub const ROWS: &str = "rows";

/// How a cell is compared: numbers by their value and before words, words as they are written.
pub fn natural(text: &str) -> (bool, i128, String) {
    let number = || {
        let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        let digits = whole.strip_prefix('-').unwrap_or(whole);
        let all = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        // Numbers of documents begin with noughts, and are compared as they are written.
        let is_one =
            !digits.is_empty() && all(digits) && all(fraction) && fraction.len() <= 5 && digits.len() <= 15;
        if !is_one || (digits.len() > 1 && digits.starts_with('0')) {
            return None;
        }
        let value = format!("{digits}{fraction:0<5}").parse::<i128>().ok()?;
        Some(if whole.starts_with('-') { -value } else { value })
    };
    number().map_or_else(|| (true, 0, text.to_owned()), |number| (false, number, String::new()))
}

/// What stands in a row under a column.
pub type Cell = Markup;

/// A table.
pub struct Table {
    /// What it lists.
    pub caption: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows; each has a cell a column.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// The table.
    pub fn shown(&self) -> Markup {
        html! {
            div.scroll data-rows {
                // Roles by name: what is shown as cards on a phone is still a table to those who hear it.
                table.records role="table" {
                    caption { (self.caption) }
                    thead role="rowgroup" { tr role="row" { @for column in &self.columns { (head(column)) } } }
                    tbody role="rowgroup" {
                        @for row in &self.rows {
                            tr role="row" {
                                @for (cell, column) in row.iter().zip(&self.columns) {
                                    td.number[column.number] role="cell" data-label=(column.name) { div { (cell) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn head(column: &Column) -> Markup {
    let order = column.sorted.map(|rising| if rising { "ascending" } else { "descending" });
    html! {
        th.number[column.number] scope="col" role="columnheader" aria-sort=[order] {
            @match &column.sort {
                // What is seen of the order is told by `aria-sort`.
                Some(address) => a href=(address) { (column.name) @if let Some(rising) = column.sorted { span aria-hidden="true" { @if rising { " ↑" } @else { " ↓" } } } },
                None => (column.name),
            }
        }
    }
}

/// Links to the first and the next page; nothing where there is one page alone.
pub fn pager(texts: Texts, first: Option<&str>, next: Option<&str>) -> Markup {
    let pages = Pages { first: first.map(str::to_owned), next: next.map(str::to_owned), previous: None };
    pages.shown(texts, &texts.text("pages"))
}

/// Where the other pages of a list are.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Pages {
    /// The first; none on it.
    pub first: Option<String>,
    /// The one before; none on the first, and where a cursor leads forward alone.
    pub previous: Option<String>,
    /// The next; none on the last.
    pub next: Option<String>,
}

impl Pages {
    /// Of a list that is paged by counting: rows before this page, rows of a page, all rows, and the address of a page.
    pub fn counted(from: usize, size: usize, all: usize, link: impl Fn(usize) -> String) -> Self {
        Self {
            first: (from > 0).then(|| link(0)),
            previous: (from > 0).then(|| link(from.saturating_sub(size))),
            next: (from.saturating_add(size) < all).then(|| link(from + size)),
        }
    }

    /// The links, under a name of their own where a page has several lists; nothing where there is one page alone.
    pub fn shown(&self, texts: Texts, name: &str) -> Markup {
        let link = |address: &Option<String>, relation: &str, words: String| {
            html! { @if let Some(address) = address { li { a href=(address) rel=(relation) { (words) } } } }
        };
        html! {
            @if *self != Self::default() {
                nav.pager aria-label=(name) {
                    ul {
                        (link(&self.first, "first", texts.text("first-page")))
                        (link(&self.previous, "prev", texts.text("previous-page")))
                        (link(&self.next, "next", texts.text("next-page")))
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counted_page_leads_on_back_and_to_the_first() {
        let link = |from: usize| from.to_string();
        let pages = |from: usize| Pages::counted(from, 50, 120, link);
        let of = |first: &str, previous: &str, next: &str| {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            Pages { first: some(first), previous: some(previous), next: some(next) }
        };
        assert_eq!(pages(0), of("", "", "50"));
        assert_eq!(pages(50), of("0", "0", "100"));
        assert_eq!(pages(100), of("0", "50", ""));
        assert_eq!(Pages::counted(usize::MAX, 50, 120, link).next, None);
    }

    #[test]
    fn a_table_is_put_in_the_order_of_its_address_and_only_where_it_is_whole() {
        const KNOWN: [&str; 2] = ["name", "count"];
        let key = |row: &(&str, &str), by: &str| natural(if by == "name" { row.0 } else { row.1 });
        let rows = [("b", "9"), ("a", "10"), ("c", "-1.5"), ("d", "x"), ("e", "10")];
        let put = |place: &str| {
            let mut rows = rows;
            Order::of(place, "sort", &KNOWN).put(&mut rows, key);
            rows.map(|row| row.0).concat()
        };
        assert_eq!(put("/desk/x"), "bacde");
        assert_eq!(put("/desk/x?sort=name"), "abcde");
        assert_eq!(put("/desk/x?state=a&sort=-name"), "edcba");
        assert_eq!(
            put("/desk/x?sort=count"),
            "cbaed",
            "numbers by value, equal ones as they were, words behind"
        );
        assert_eq!(put("/desk/x?sort=price"), "bacde");
        let order = Order::of("/desk/x?state=a&sort=name&after=7&rows=50", "sort", &KNOWN);
        let column = order.column("name", "Name".into());
        assert_eq!((column.sort.as_deref(), column.sorted), (Some("/desk/x?state=a&sort=-name"), Some(true)));
        assert_eq!(order.column("count", "Count".into()).sort.as_deref(), Some("/desk/x?state=a&sort=count"));
        let parted = order.where_whole(false);
        assert_eq!((parted.column("name", "Name".into()).sort, parted.is_asked()), (None, false));
        assert!(natural("0012") > natural("0011") && natural("5") < natural("05"));
    }

    #[test]
    fn a_column_leads_to_its_order_and_then_to_the_other() {
        const KNOWN: [&str; 2] = ["state", "since"];
        let link = |sort: &str| format!("?sort={sort}");
        for (asked, kept, of_state, sorted) in [
            ("", "", "?sort=state", None),
            ("state", "state", "?sort=-state", Some(true)),
            ("-state", "-state", "?sort=state", Some(false)),
            ("since", "since", "?sort=state", None),
            ("-<script>", "", "?sort=state", None),
        ] {
            let sorting = Sorting::read(asked, &KNOWN);
            let column = sorting.column("state", "State".into(), link);
            assert_eq!((column.sort.as_deref(), column.sorted), (Some(of_state), sorted), "{asked}");
            assert_eq!(sorting.text(), kept);
        }
        for (asked, of_since) in [("", "?sort=-since"), ("-since", "?sort=since"), ("since", "?sort=-since")]
        {
            let column = Sorting::read(asked, &KNOWN).largest_first("since", "Since".into(), link);
            assert_eq!((column.sort.as_deref(), column.number), (Some(of_since), true), "{asked}");
        }
    }
}
