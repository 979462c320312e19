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
                Some(address) => a href=(address) { (column.name) @if let Some(rising) = column.sorted { @if rising { " ↑" } @else { " ↓" } } },
                None => (column.name),
            }
        }
    }
}

/// Links to the first and the next page; nothing where there is one page alone.
pub fn pager(texts: Texts, first: Option<&str>, next: Option<&str>) -> Markup {
    html! {
        @if first.is_some() || next.is_some() {
            nav.pager aria-label=(texts.text("pages")) {
                ul {
                    @if let Some(first) = first { li { a href=(first) rel="first" { (texts.text("first-page")) } } }
                    @if let Some(next) = next { li { a href=(next) rel="next" { (texts.text("next-page")) } } }
                }
            }
        }
    }
}
