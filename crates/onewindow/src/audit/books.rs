//! `onewindow audit books`: adds up exported movements of bonded books, by themselves. It opens no store and uses neither the books
//! of the window nor its ledger: whoever has the files can say whether goods came out of nothing, or were taken twice.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use super::Unusable;
use super::verify::unusable;
use crate::Failure;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Arguments of `audit books`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Movements, as GET /v1/books/{id}/movements?form=csv gives them; all pages and books that belong together.
    #[arg(value_name = "MOVEMENTS_FILE", required = true)]
    files: Vec<PathBuf>,
    /// A book as GET /v1/books/{id} gives it, to be held against what the movements add up to.
    #[arg(long, value_name = "FILE")]
    book: Vec<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Places for which the holder answers; every other is outside.
const INSIDE: [&str; 7] =
    ["available", "frozen", "inspection", "returned", "exhibition", "in-transit", "undeclared"];
/// What a file must say of a movement.
const NEEDED: [&str; 14] = [
    "book", "item", "lot", "from", "to", "declared", "first", "second", "kind", "issuer", "number", "line",
    "time", "position",
];
/// Faults that are told; more are counted.
const TOLD: usize = 50;

/// Declared, first and second legal quantity, as counts of 0.00001.
pub type Three = [i128; 3];
/// A movement, cell by cell under the names of the file's columns.
pub type Row = BTreeMap<String, String>;
/// Book, item, lot and place.
type Stock = (String, String, String, String);

/// What movements add up to, movement by movement.
#[derive(Default)]
pub struct Recount {
    /// How many there were.
    pub movements: usize,
    /// What is wrong with them.
    pub faults: Vec<String>,
    items: BTreeSet<(String, String)>,
    balances: BTreeMap<Stock, Three>,
    /// Lines that moved a lot from a place to a place.
    seen: BTreeSet<String>,
    /// What a line took, less what later lines resolved of it; nothing where that is nothing.
    open: BTreeMap<String, i128>,
    /// What left a book for another, less what came in there.
    sent: BTreeMap<String, i128>,
}

/// Lines of a file of comma-separated values, quoted as spreadsheets do; none where a quote stays open.
fn rows(text: &str) -> Option<Vec<Vec<String>>> {
    let (mut all, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut letters) = (false, text.chars().peekable());
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                all.push(std::mem::take(&mut row));
            }
            '\r' if !quoted => {}
            letter => cell.push(letter),
        }
    }
    if !cell.is_empty() || !row.is_empty() {
        row.push(cell);
        all.push(row);
    }
    (!quoted).then_some(all)
}

/// A number with up to five places, as a count of 0.00001.
fn number(text: &str) -> Option<i128> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 19 || places.len() > 5 || !digits(whole) || !digits(places) {
        return None;
    }
    let units: i128 = format!("{whole}{places:0<5}").parse().ok()?;
    Some(if negative { -units } else { units })
}

fn quantities(row: &Row) -> Option<Three> {
    let of = |name: &str| number(row.get(name)?);
    Some([of("declared")?, of("first")?, of("second")?])
}

fn of<'a>(row: &'a Row, name: &str) -> &'a str {
    row.get(name).map_or("", String::as_str)
}

/// The movements of an exported file, in its order.
///
/// # Errors
/// What is wrong with the file.
pub fn read(text: &str) -> Result<Vec<Row>, String> {
    let rows = rows(text).ok_or("a quote stays open")?;
    let (head, lines) = rows.split_first().ok_or("it is empty")?;
    if let Some(missing) = NEEDED.iter().find(|name| !head.iter().any(|cell| cell == *name)) {
        return Err(format!("it has no column {missing}"));
    }
    let named = |line: &Vec<String>| head.iter().cloned().zip(line.iter().cloned()).collect();
    Ok(lines.iter().map(named).collect())
}

/// The movements of a file, the oldest first within each item.
fn movements(path: &Path) -> Result<Vec<Row>, Unusable> {
    let text = std::fs::read_to_string(path).map_err(|error| unusable(path, error))?;
    let mut rows = read(&text).map_err(|error| unusable(path, error))?;
    rows.reverse();
    Ok(rows)
}

/// Adds movements up.
fn audit(mut all: Vec<Row>) -> Recount {
    // Of one row of the ledger the order of the files stands.
    all.sort_by(|a, b| {
        (of(a, "time"), of(a, "position").len(), of(a, "position")).cmp(&(
            of(b, "time"),
            of(b, "position").len(),
            of(b, "position"),
        ))
    });
    let mut recount = Recount::default();
    all.iter().for_each(|row| recount.take(row));
    recount.end();
    recount
}

impl Recount {
    /// Takes a movement; those of one item come in the order in which they were made.
    pub fn take(&mut self, row: &Row) {
        self.movements += 1;
        let line = ["kind", "issuer", "number", "line"].map(|name| of(row, name)).join(" ");
        let stock = ["book", "item", "lot"].map(|name| of(row, name)).join(" / ");
        let told = format!("{stock} by {line}");
        let (from, to) = (of(row, "from"), of(row, "to"));
        let Some(moved) = quantities(row).filter(|moved| moved.iter().all(|part| *part >= 0)) else {
            self.faults.push(format!("{told}: a quantity is none, or below zero"));
            return;
        };
        if !self.seen.insert(format!("{told} {from} {to}")) {
            self.faults.push(format!("{told}: moved twice from {from} to {to}"));
        }
        self.items.insert((of(row, "book").to_owned(), of(row, "item").to_owned()));
        for (place, sign) in [(from, -1), (to, 1)] {
            let [book, item, lot] = ["book", "item", "lot"].map(|name| of(row, name).to_owned());
            let balance = self.balances.entry((book, item, lot, place.to_owned())).or_default();
            for (balance, moved) in balance.iter_mut().zip(moved) {
                *balance += sign * moved;
            }
            if INSIDE.contains(&place) && balance.iter().any(|part| *part < 0) {
                self.faults.push(format!("{told}: {place} is below zero"));
            }
        }
        let earlier = ["ofKind", "ofIssuer", "ofNumber", "ofLine"].map(|name| of(row, name)).join(" ");
        if to == "frozen" {
            add(&mut self.open, format!("{stock} by {line}"), moved[0]);
        }
        if from == "frozen" && add(&mut self.open, format!("{stock} by {earlier}"), -moved[0]) < 0 {
            self.faults.push(format!("{told}: resolves more than {earlier} took"));
        }
        // What leaves one book for another comes in there: both halves of one line.
        if to == "other-book" || from == "other-book" {
            add(&mut self.sent, line, if to == "other-book" { moved[0] } else { -moved[0] });
        }
    }

    /// What must hold when all movements of all books that belong together were taken.
    pub fn end(&mut self) {
        for (line, left) in &self.sent {
            self.faults.push(format!("{line}: what left one book is not what came into the other ({left})"));
        }
    }

    /// How many items moved.
    pub fn items(&self) -> usize {
        self.items.len()
    }

    /// What lies of an item at a place, lot by lot.
    pub fn lots<'a>(
        &'a self,
        book: &'a str,
        item: &'a str,
        place: &'a str,
    ) -> impl Iterator<Item = (&'a str, Three)> {
        let from = (book.to_owned(), item.to_owned(), String::new(), String::new());
        let of_it = move |(key, _): &(&Stock, &Three)| key.0 == book && key.1 == item;
        let all = self.balances.range(from..).take_while(of_it);
        all.filter(move |(key, _)| key.3 == place).map(|(key, balance)| (key.2.as_str(), *balance))
    }

    /// What lies of an item at a place, of all lots together.
    pub fn at(&self, book: &str, item: &str, place: &str) -> Three {
        self.lots(book, item, place).fold(Three::default(), |sum, (_, balance)| {
            [sum[0] + balance[0], sum[1] + balance[1], sum[2] + balance[2]]
        })
    }

    /// What lists of an order pre-deduct still, of all items and lots together, as a count of 0.00001: a list is named by who has
    /// the order, the number of the order and that of the attempt, with slashes between.
    pub fn pre_deducted(&self, order_no: &str) -> i128 {
        let named = format!("/{order_no}/");
        self.open.iter().filter(|(line, _)| line.contains(&named)).map(|(_, units)| *units).sum()
    }

    /// Holds a book as the window shows it against what its movements add up to: items by place, and where lots are shown, each
    /// lot by place in all three quantities.
    pub fn compare(&mut self, told: &Value) {
        let mut faults = Vec::new();
        let book = told["book"].as_str().unwrap_or_default();
        for stock in told["stock"].as_array().into_iter().flatten() {
            let item = stock["item"]["number"].as_str().unwrap_or_default();
            for place in INSIDE {
                let shown = stock["places"][place].as_str().and_then(number).unwrap_or(-1);
                let added = self.at(book, item, place)[0];
                if shown != added {
                    let fault = format!(
                        "{book} / {item}: the window shows {shown} {place}, the movements give {added} (of 0.00001)"
                    );
                    faults.push(fault);
                }
                for lot in stock["lots"].as_array().into_iter().flatten() {
                    let name = lot["lot"].as_str().unwrap_or_default();
                    let shown = ["declared", "first", "second"].map(|which| {
                        let shown = lot["balances"][place][which].as_str();
                        shown.map_or(Some(0), number).unwrap_or(-1)
                    });
                    let key = (book.to_owned(), item.to_owned(), name.to_owned(), place.to_owned());
                    let added = self.balances.get(&key).copied().unwrap_or_default();
                    if shown != added {
                        let fault = format!(
                            "{book} / {item} / {name}: the window shows {shown:?} {place}, the movements give {added:?} (of 0.00001)"
                        );
                        faults.push(fault);
                    }
                }
            }
        }
        self.faults.append(&mut faults);
    }
}

/// Adds to what stands under a name, and forgets it where that makes nothing; what it makes.
fn add(all: &mut BTreeMap<String, i128>, name: String, units: i128) -> i128 {
    let entry = all.entry(name.clone()).or_default();
    *entry += units;
    let sum = *entry;
    if sum == 0 {
        all.remove(&name);
    }
    sum
}

/// Checks movements.
pub fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let mut all = Vec::new();
    for path in &arguments.files {
        all.extend(movements(path)?);
    }
    let mut recount = audit(all);
    for path in &arguments.book {
        let text = std::fs::read_to_string(path).map_err(|error| unusable(path, error))?;
        let told: Value = serde_json::from_str(&text).map_err(|error| unusable(path, error))?;
        recount.compare(&told);
    }
    let Recount { movements, faults, .. } = &recount;
    let (clean, items) = (faults.is_empty(), recount.items());
    let shown: Vec<&String> = faults.iter().take(TOLD).collect();
    if arguments.json {
        let all = json!({"clean": clean, "movements": movements, "items": items, "faults": shown,
            "more": faults.len() - shown.len()});
        println!("{all}");
    } else {
        println!("{movements} movements of {items} items");
        for fault in &shown {
            println!("fault: {fault}");
        }
        if faults.len() > shown.len() {
            println!("and {} more", faults.len() - shown.len());
        }
        println!("{}", if clean { "everything adds up" } else { "it does not add up" });
    }
    Ok(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: [&str; 18] = [
        "book", "item", "lot", "from", "to", "declared", "first", "second", "kind", "issuer", "number",
        "line", "ofKind", "ofIssuer", "ofNumber", "ofLine", "time", "position",
    ];

    fn row(text: &str) -> Row {
        let cells = text.split(' ').map(|cell| if cell == "-" { "" } else { cell }.to_owned());
        HEAD.iter().map(|name| (*name).to_owned()).zip(cells).collect()
    }

    #[test]
    fn what_adds_up_is_clean_and_what_does_not_is_told() {
        let story = [
            "B 1 L abroad available 10 4.5 0 entry-checklist H E1 1 - - - - 1 1",
            "B 1 L available frozen 3 1.35 0 list A O/1 1 - - - - 2 2",
            "B 1 L frozen sold 3 1.35 0 gate-release H G1 1 list A O/1 1 3 3",
        ];
        let rows: Vec<Row> = story.iter().map(|text| row(text)).collect();
        let mut report = audit(rows.clone());
        assert_eq!((report.movements, report.items(), report.faults.len()), (3, 1, 0), "{:?}", report.faults);
        assert_eq!(report.at("B", "1", "sold"), [300_000, 135_000, 0]);
        let list = |moved: &[&str]| {
            let rows = story[..1].iter().chain(moved).map(|text| row(text));
            audit(rows.collect()).pre_deducted("EX1")
        };
        let takes = "B 1 L available frozen 3 1.35 0 list A M/EX1/1 1 - - - - 2 2";
        let other = "B 1 L available frozen 2 0.9 0 list A M/EX11/1 1 - - - - 3 3";
        let ends = "B 1 L frozen available 3 1.35 0 receipt window M/EX1/1 1 list A M/EX1/1 1 4 4";
        assert_eq!(
            (list(&[takes]), list(&[takes, other]), list(&[takes, other, ends])),
            (300_000, 300_000, 0)
        );
        let places = json!({"available": "7", "frozen": "0", "inspection": "0", "returned": "0", "exhibition": "0", "in-transit": "0", "undeclared": "0"});
        let lot = |first: &str| json!({"lot": "L", "balances": {"available": {"declared": "7", "first": first, "second": "0"}}});
        let book = |first: &str| json!({"book": "B", "stock": [{"item": {"number": "1"}, "places": places, "lots": [lot(first)]}]});
        report.compare(&book("3.15"));
        assert!(report.faults.is_empty(), "{:?}", report.faults);
        report.compare(&book("3.1"));
        assert!(report.faults[0].contains("B / 1 / L"), "{:?}", report.faults);
        let mut twice = rows.clone();
        twice.push(rows[2].clone());
        assert!(audit(twice).faults.iter().any(|fault| fault.contains("moved twice")));
        let mut more = rows.clone();
        more[1].insert("declared".to_owned(), "11".to_owned());
        assert!(audit(more).faults.iter().any(|fault| fault.contains("available is below zero")));
        let lone = vec![row("B 1 L other-book available 2 1 0 entry-checklist H E2 1 - - - - 1 1")];
        assert!(audit(lone).faults.iter().any(|fault| fault.contains("what left one book")));
    }

    #[test]
    fn files_are_read_as_spreadsheets_write_them() {
        let told = rows("a,b\r\n\"x, \"\"y\"\"\",2\n").unwrap();
        assert_eq!(told, [["a", "b"], ["x, \"y\"", "2"]]);
        assert_eq!(
            (number("1.5"), number("-0.00001"), number("1.234567"), number("x")),
            (Some(150_000), Some(-1), None, None)
        );
        assert!(rows("\"open").is_none());
    }
}
