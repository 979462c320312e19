//! The two books as whoever asks the window has them: its files of movements, read as they are made, and all of them at the end.
//! What they add up to is `audit::books`, by itself.

use super::zone::Zone;
use crate::Failure;
use crate::audit::books::{Recount, Row, read};
use std::path::Path;

/// Versions of a stock that a page reads, while the test goes on and at its end.
const PAGE: (usize, usize) = (8, 5_000);

/// A book: its holder, and how it is called.
pub struct Book {
    /// Code of its holder.
    pub holder: &'static str,
    /// How its record is called: holder, colon, number.
    pub id: String,
}

/// The row of the ledger that has a movement.
pub fn position(row: &Row) -> u64 {
    row.get("position").and_then(|position| position.parse().ok()).unwrap_or(0)
}

/// Movements of an item that are newer than a row, the oldest first.
///
/// # Errors
/// When the file does not come, or is none.
pub async fn newer(zone: &mut Zone, book: &Book, item: usize, than: u64) -> Result<Vec<Row>, Failure> {
    let path = format!("/v1/books/{}/movements?form=csv&item={}&limit={}", book.id, item + 1, PAGE.0);
    let (mut all, mut after) = (Vec::new(), String::new());
    loop {
        let reply = zone.get(book.holder, &format!("{path}{after}")).await?;
        let rows = read(&reply.text())?;
        let reached = rows.iter().any(|row| position(row) <= than);
        all.extend(rows.into_iter().filter(|row| position(row) > than));
        if reached || reply.after.is_empty() {
            all.reverse();
            return Ok(all);
        }
        after = format!("&after={}", reply.after);
    }
}

/// Writes all movements and both books into files of a folder, and adds the files up by themselves.
///
/// # Errors
/// When the folder cannot be written, or a file does not come.
pub async fn recount(
    zone: &mut Zone,
    books: &[Book],
    items: usize,
    folder: &Path,
) -> Result<Recount, Failure> {
    std::fs::create_dir_all(folder)?;
    let mut recount = Recount::default();
    for book in books {
        let name = book.id.replace(':', "-");
        for item in 0..items {
            let path = format!("/v1/books/{}/movements?form=csv&item={}&limit={}", book.id, item + 1, PAGE.1);
            let (mut files, mut after) = (Vec::new(), String::new());
            loop {
                let reply = zone.get(book.holder, &format!("{path}{after}")).await?;
                let file = folder.join(format!("{name}-{}-{}.csv", item + 1, files.len() + 1));
                std::fs::write(&file, &reply.bytes)?;
                files.push(file);
                if reply.after.is_empty() {
                    break;
                }
                after = format!("&after={}", reply.after);
            }
            // The newest is in the first file and first in it: what is added up goes from the other end.
            for file in files.iter().rev() {
                read(&std::fs::read_to_string(file)?)?.iter().rev().for_each(|row| recount.take(row));
            }
        }
    }
    recount.end();
    for book in books {
        let reply = zone.get(book.holder, &format!("/v1/books/{}?limit={items}", book.id)).await?;
        std::fs::write(folder.join(format!("{}.json", book.id.replace(':', "-"))), &reply.bytes)?;
        recount.compare(&reply.json());
    }
    Ok(recount)
}
