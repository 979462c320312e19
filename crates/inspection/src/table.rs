//! Declarations from a table (CSV, UTF-8) with a heading: the columns of the published data set on customs import declarations.
//! What cannot be read is told by line, column and value, all of it up to a limit; nothing is guessed.

use crate::declaration::{Date, Declaration, Field, Quantity};
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
    id: usize,
    date: usize,
    codes: [usize; Field::ALL.len()],
    quantities: [usize; Quantity::ALL.len()],
    found: Option<usize>,
    chance: Option<usize>,
}

fn columns(heading: &csv::StringRecord, faults: &mut Faults) -> Columns {
    let place = |name: &str| heading.iter().position(|cell| cell.trim_start_matches('\u{feff}') == name);
    let mut needed = |name: &'static str| {
        place(name).unwrap_or_else(|| {
            faults.add(1, name, "", "this column is missing: name it in the first line");
            0
        })
    };
    Columns {
        id: needed(ID),
        date: needed(DATE),
        codes: Field::ALL.map(|field| needed(field.heading())),
        quantities: Quantity::ALL.map(|quantity| needed(quantity.heading())),
        found: place(FOUND),
        chance: place(CHANCE),
    }
}

/// Reads a table.
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
    for (quantity, place) in Quantity::ALL.iter().zip(columns.quantities) {
        quantities[*quantity as usize] = match cell(place) {
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
    Declaration {
        id: cell(columns.id).to_owned(),
        day: day.0,
        codes: columns.codes.map(|place| cell(place).to_owned()),
        quantities,
        found,
        chance,
    }
}
