//! What a declaration list of a bonded mode (1210, 1239) takes of its book: one command a line, whether its goods go to a buyer here
//! or abroad. The list names book and items; what it says of goods and quantities is compared with them when the commands are judged.

use crate::command::{Command, DocumentKey, DocumentKind, LineKey, Operation};
use crate::item::Stated;
use crate::refusal::{Refusal, Rule};
use crate::{Purpose, Text};
use ceb::{Decimal, Declaration, ExportDeclaration, StampMillis};

/// What a line takes.
struct Taking<'a> {
    item: &'a str,
    quantity: Decimal,
    stated: Stated,
}

/// What a line of either kind of list takes: they name their fields alike.
macro_rules! taking {
    ($line:ident) => {
        Taking {
            item: $line.item_record_no.as_deref().unwrap_or(""),
            quantity: $line.qty,
            stated: Stated {
                gcode: $line.gcode.trim().into(),
                unit: $line.unit.trim().into(),
                first: ($line.unit1.trim().into(), $line.qty1),
                second: second($line.unit2.as_deref(), $line.qty2),
            },
        }
    };
}

/// The commands of a list that is recorded at `time`, a line each, numbered by their places: a list that repeats a number of
/// its own takes no less for it. `number` names the list and its attempt: what a rejection restored is taken anew.
///
/// # Errors
/// Every line that names no item, and the list itself where it names no book.
pub fn sale(list: &Declaration, number: &str, time: StampMillis) -> Result<Vec<Command>, Vec<Refusal>> {
    let lines = list.lines.iter().map(|line| taking!(line));
    let book = list.head.ems_no.as_deref().unwrap_or("");
    commands(book, (list.head.agent_code.as_str(), number), lines, time)
}

/// The commands of an export list, as those of [`sale`].
///
/// # Errors
/// Those of [`sale`].
pub fn sale_abroad(
    list: &ExportDeclaration,
    number: &str,
    time: StampMillis,
) -> Result<Vec<Command>, Vec<Refusal>> {
    let lines = list.lines.iter().map(|line| taking!(line));
    let book = list.head.ems_no.as_deref().unwrap_or("");
    commands(book, (list.head.agent_code.as_str(), number), lines, time)
}

fn commands<'a>(
    book: &str,
    (agent, number): (&str, &str),
    lines: impl Iterator<Item = Taking<'a>>,
    time: StampMillis,
) -> Result<Vec<Command>, Vec<Refusal>> {
    let mut found = Vec::new();
    let book = book.trim();
    if book.is_empty() {
        found.push(Refusal::new(Rule::Form, "InventoryHead/emsNo", "", "1210, 1239: not empty"));
    }
    let mut commands = Vec::new();
    for (index, line) in lines.enumerate() {
        let item = line.item.trim();
        if item.is_empty() {
            let field = format!("InventoryList[{}]/itemRecordNo", index + 1);
            found.push(Refusal::new(Rule::Form, &field, "", "1210, 1239: not empty"));
        }
        let document =
            DocumentKey { kind: DocumentKind::List, issuer: agent.trim().into(), number: number.into() };
        commands.push(Command {
            key: LineKey { document, line: index as u32 + 1 },
            book: book.into(),
            item: item.into(),
            time,
            operation: Operation::Take {
                purpose: Purpose::Sale,
                quantity: line.quantity,
                stated: Some(line.stated),
                lot: None,
                to: None,
            },
        });
    }
    if found.is_empty() { Ok(commands) } else { Err(found) }
}

fn second(unit: Option<&str>, quantity: Option<Decimal>) -> Option<(Text, Decimal)> {
    unit.map(|unit| (unit.trim().into(), quantity.unwrap_or(Decimal::ZERO)))
}
