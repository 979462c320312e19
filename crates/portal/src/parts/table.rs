//! Tables that are sorted, narrowed and paged by addresses, so that each view of one can be kept and sent. On a phone a row
//! becomes a card in which every cell says its column.

use crate::language::Texts;
use maud::{Markup, html};

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
    }
}
