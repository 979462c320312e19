//! Declarations from a table (CSV, UTF-8) with a heading: of imports the columns of the published data set on customs import
//! declarations, of exports columns of their own. What cannot be read is told by line, column and value, all of it up to a limit;
//! nothing is guessed.

use crate::declaration::{Date, Declaration, Field, Quantity, Trade};
use std::fmt;

/// Heading of the number of a declaration.
pub const ID: &str = "Declaration ID";
/// Heading of the day.
pub const DATE: &str = "Date";
/// Heading of what was found: 0 or 1, empty = not inspected. A table without this column is one to score.
pub const FOUND: &str = "Fraud";

/// Heading of the chance that a declaration had of being inspected: above 0 and up to 1, empty = not known. The column may be
/// missing.
pub const CHANCE: &str = "Chance";

/// Heading of the words of what was found, in a table of exports: for people, nothing is learnt from them.
pub const RESULT: &str = "Result";

/// Faults that are told; more are only counted.
pub const TOLD: usize = 20;

/// One thing that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Line of the table, the heading being line 1.
    pub line: u64,
    /// Column, by its heading.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What should.
    pub wanted: &'static str,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, {}: `{}`; {}", self.line, self.column, self.value, self.wanted)
    }
}

/// Why a table was not read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Faults {
    /// The first ones.
    pub told: Vec<Fault>,
    /// How many there are.
    pub count: usize,
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} values of the table cannot be read", self.count)?;
        for fault in &self.told {
            write!(f, "\n  {fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

impl Faults {
    fn add(&mut self, line: u64, column: &str, value: &str, wanted: &'static str) {
        self.count += 1;
        if self.told.len() < TOLD {
            let value = value.chars().take(60).collect();
            self.told.push(Fault { line, column: column.to_owned(), value, wanted });
        }
    }
}

/// Where each column stands.
struct Columns {
    trade: Trade,
    id: usize,
    date: usize,
    codes: Vec<(Field, usize)>,
    quantities: Vec<(Quantity, usize)>,
    found: Option<usize>,
    chance: Option<usize>,
}

fn columns(heading: &csv::StringRecord, faults: &mut Faults) -> Columns {
    let place = |name: &str| heading.iter().position(|cell| cell.trim_start_matches('\u{feff}') == name);
    // Who sells abroad is declared of exports alone.
    let trade = if place(Field::Merchant.heading()).is_some() { Trade::Export } else { Trade::Import };
    let mut needed = |name: &'static str| {
        place(name).unwrap_or_else(|| {
            faults.add(1, name, "", "this column is missing: name it in the first line");
            0
        })
    };
    Columns {
        trade,
        id: needed(ID),
        date: needed(DATE),
        codes: trade.fields().iter().map(|field| (*field, needed(field.heading()))).collect(),
        quantities: trade
            .quantities()
            .iter()
            .map(|quantity| (*quantity, needed(quantity.heading())))
            .collect(),
        found: place(FOUND),
        chance: place(CHANCE),
    }
}

/// Headings of the table of a trade, as it is written.
pub fn heading(trade: Trade) -> Vec<&'static str> {
    let mut names = vec![ID, DATE];
    names.extend(trade.fields().iter().map(|field| field.heading()));
    names.extend(trade.quantities().iter().map(|quantity| quantity.heading()));
    names.extend((trade == Trade::Export).then_some(RESULT));
    names.extend([FOUND, CHANCE]);
    names
}

/// The row of a declaration under these headings. `result` has the words of what was found, and stands where the table has a
/// column for it.
pub fn cells(declaration: &Declaration, result: &str) -> Vec<String> {
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let trade = declaration.trade;
    let mut cells = vec![declaration.id.clone(), Date(declaration.day).to_string()];
    cells.extend(trade.fields().iter().map(|field| declaration.code(*field).to_owned()));
    cells.extend(trade.quantities().iter().map(|quantity| number(declaration.quantity(*quantity))));
    cells.extend((trade == Trade::Export).then(|| result.to_owned()));
    cells.push(declaration.found.map_or("", |illicit| if illicit { "1" } else { "0" }).to_owned());
    cells.push(number(declaration.chance));
    cells
}

/// Reads a table. Which trade it is of its heading says: one with a column of merchants is of exports.
///
/// # Errors
/// Every value that cannot be read.
pub fn read(text: &str) -> Result<Vec<Declaration>, Faults> {
    let mut faults = Faults { told: Vec::new(), count: 0 };
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let heading = match reader.headers() {
        Ok(heading) => heading.clone(),
        Err(_) => {
            faults.add(1, "heading", "", "the first line names the columns, separated by commas");
            return Err(faults);
        }
    };
    let columns = columns(&heading, &mut faults);
    if faults.count > 0 {
        return Err(faults);
    }
    let mut declarations = Vec::new();
    for (number, record) in reader.records().enumerate() {
        let line = number as u64 + 2;
        match record {
            Ok(record) => {
                let line = record.position().map_or(line, csv::Position::line);
                declarations.push(declaration(&record, &columns, line, &mut faults));
            }
            Err(_) => faults.add(line, "row", "", "a row has as many cells as the heading, in UTF-8"),
        }
    }
    if faults.count > 0 { Err(faults) } else { Ok(declarations) }
}

fn declaration(record: &csv::StringRecord, columns: &Columns, line: u64, faults: &mut Faults) -> Declaration {
    let cell = |place: usize| record.get(place).unwrap_or("").trim();
    let day = Date::parse(cell(columns.date)).unwrap_or_else(|| {
        faults.add(line, DATE, cell(columns.date), "a day of the calendar as yyyy-MM-dd");
        Date(0)
    });
    let mut quantities = [None; Quantity::ALL.len()];
    for (quantity, place) in &columns.quantities {
        quantities[*quantity as usize] = match cell(*place) {
            "" => None,
            text => match text.parse::<f64>() {
                Ok(value) if value.is_finite() && value >= 0.0 => Some(value),
                _ => {
                    faults.add(line, quantity.heading(), text, "a number of at least 0, or nothing");
                    None
                }
            },
        };
    }
    let found = match columns.found.map(cell) {
        None | Some("") => None,
        Some("0") => Some(false),
        Some("1") => Some(true),
        Some(other) => {
            faults.add(line, FOUND, other, "1 = illicit, 0 = not, nothing = not inspected");
            None
        }
    };
    let chance = match columns.chance.map(cell) {
        None | Some("") => None,
        Some(text) => match text.parse::<f64>() {
            Ok(chance) if chance > 0.0 && chance <= 1.0 => Some(chance),
            _ => {
                faults.add(line, CHANCE, text, "a number above 0 and up to 1, or nothing");
                None
            }
        },
    };
    let mut codes: [String; Field::ALL.len()] = Default::default();
    for (field, place) in &columns.codes {
        cell(*place).clone_into(&mut codes[*field as usize]);
    }
    Declaration {
        trade: columns.trade,
        id: cell(columns.id).to_owned(),
        day: day.0,
        codes,
        quantities,
        found,
        chance,
    }
}
