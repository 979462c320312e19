//! What a declaration list of a bonded mode (1210, 1239) takes of its book: one command a line. The list names book and items;
//! what it says of goods and quantities is compared with them when the commands are judged.

use crate::Purpose;
use crate::command::{Command, DocumentKey, DocumentKind, LineKey, Operation};
use crate::item::Stated;
use crate::refusal::{Refusal, Rule};
use ceb::{Decimal, Declaration, DeclarationLine, StampMillis};

/// The commands of a list that is recorded at `time`, a line each, numbered by their places: a list that repeats a number of
/// its own takes no less for it. `number` names the list and its attempt: what a rejection restored is taken anew.
///
/// # Errors
/// Every line that names no item, and the list itself where it names no book.
pub fn sale(list: &Declaration, number: &str, time: StampMillis) -> Result<Vec<Command>, Vec<Refusal>> {
    let mut found = Vec::new();
    let book = list.head.ems_no.as_deref().unwrap_or("").trim();
    if book.is_empty() {
        found.push(Refusal::new(Rule::Form, "InventoryHead/emsNo", "", "1210, 1239: not empty"));
    }
    let mut commands = Vec::with_capacity(list.lines.len());
    for (index, line) in list.lines.iter().enumerate() {
        let item = line.item_record_no.as_deref().unwrap_or("").trim();
        if item.is_empty() {
            let field = format!("InventoryList[{}]/itemRecordNo", index + 1);
            found.push(Refusal::new(Rule::Form, &field, "", "1210, 1239: not empty"));
        }
        let document = DocumentKey {
            kind: DocumentKind::List,
            issuer: list.head.agent_code.trim().into(),
            number: number.into(),
        };
        commands.push(Command {
            key: LineKey { document, line: index as u32 + 1 },
            book: book.into(),
            item: item.into(),
            time,
            operation: Operation::Take {
                purpose: Purpose::Sale,
                quantity: line.qty,
                stated: Some(stated(line)),
                lot: None,
                to: None,
            },
        });
    }
    if found.is_empty() { Ok(commands) } else { Err(found) }
}

fn stated(line: &DeclarationLine) -> Stated {
    let second = line.unit2.as_ref().map(|unit| (unit.trim().into(), line.qty2.unwrap_or(Decimal::ZERO)));
    Stated {
        gcode: line.gcode.trim().into(),
        unit: line.unit.trim().into(),
        first: (line.unit1.trim().into(), line.qty1),
        second,
    }
}
