//! Scripted outcomes: where the rulebook says so, as in a space for trying, the note of a list says what becomes of it. Words
//! stand after `sandbox:`, apart by blanks: `reject=13127` (a customs code, or a rule's word), `review`, `inspect`, `hold`,
//! `delay=30` (seconds until the verdict), `lose-receipts` (what the list is answered does not reach the feed).
//!
//! Everything else is judged as ever: a script makes a verdict worse, slower or silent, never better. Lists of exports are
//! scripted alike; what `inspect` orders is opened at the site, as every parcel that leaves is.

use super::Case;
use crate::Text;
use crate::consignment::{Attempt, Consignment, Filed, Lane};
use crate::finding::Finding;
use crate::reason::Reason;
use ceb::{Declaration, Document, ExportDeclaration};

/// What begins a script in a note.
pub const BEGINS: &str = "sandbox:";
/// Seconds that a verdict may be late at most.
const LATEST: i64 = 3_600;

/// What is to become of a list.
#[derive(Default, PartialEq, Eq, Debug)]
pub(super) struct Script {
    /// What it is rejected with.
    pub reject: Option<Finding>,
    /// The lane at least.
    pub lane: Option<Lane>,
    /// Seconds until its verdict.
    pub delay: i64,
    /// Whether its receipts are lost.
    pub loses: bool,
}

/// The script of a list; none of it where the rulebook has no scripts.
pub(super) fn script(case: &Case<'_>, declaration: &Declaration) -> Script {
    of_note(case, declaration.head.note.as_ref())
}

/// The same of a list of exports.
pub(super) fn of_export(case: &Case<'_>, declaration: &ExportDeclaration) -> Script {
    of_note(case, declaration.head.note.as_ref())
}

fn of_note(case: &Case<'_>, note: Option<&Text>) -> Script {
    if case.law.scripted_outcomes != 1 {
        return Script::default();
    }
    let script = note.and_then(|note| note.split_once(BEGINS));
    script.map(|(_, script)| read(script)).unwrap_or_default()
}

fn read(text: &str) -> Script {
    let mut script = Script::default();
    for word in text.split_whitespace() {
        match word.split_once('=').unwrap_or((word, "")) {
            ("reject", what) => script.reject = Some(rejected(what)),
            ("review", _) => script.lane = script.lane.max(Some(Lane::DocumentCheck)),
            ("inspect", _) => script.lane = script.lane.max(Some(Lane::Inspection)),
            ("hold", _) => script.lane = script.lane.max(Some(Lane::Hold)),
            ("delay", seconds) => script.delay = seconds.parse().unwrap_or(0).clamp(0, LATEST),
            ("lose-receipts", _) => script.loses = true,
            // A word that is none changes nothing: the note may go on for people.
            _ => {}
        }
    }
    script
}

/// The finding of a code or a rule's word; another that rejects where there is none such.
fn rejected(what: &str) -> Finding {
    let of_code = |reason: &&Reason| reason.customs_code() == Some(what) || reason.word() == what;
    let rejects = |reason: &&Reason| reason.layer() == crate::reason::Layer::Rejected;
    let reason = Reason::ALL.iter().filter(rejects).find(of_code).copied();
    Finding::new(reason.unwrap_or(Reason::ManuallyRejected))
        .argument(BEGINS)
        .field("InventoryHead.note", format!("{BEGINS} reject={what}"))
}

/// The script of an attempt.
pub(super) fn of(case: &Case<'_>, attempt: &Attempt) -> Script {
    match &*attempt.declaration.document {
        Document::Declaration(declaration) => script(case, declaration),
        _ => Script::default(),
    }
}

/// Takes out what a script loses: receipts of the list alone, and only from the feed of whoever sent it.
pub(super) fn lose(case: &mut Case<'_>, consignment: &Consignment) {
    let Some(attempt) = &consignment.attempt else { return };
    if of(case, attempt).loses {
        lose_of(case, &attempt.declaration);
    }
}

/// The same of what an event made of export trades.
pub(super) fn lose_of_exports(case: &mut Case<'_>) {
    let trades = case.out.export.states.iter().filter_map(|state| state.trade().cloned());
    let lost: Vec<Filed> = trades
        .filter(|trade| trade.declaration().is_some_and(|declaration| of_export(case, declaration).loses))
        .filter_map(|trade| trade.attempt.as_ref().map(|attempt| attempt.declaration.clone()))
        .collect();
    for list in &lost {
        lose_of(case, list);
    }
}

fn lose_of(case: &mut Case<'_>, list: &Filed) {
    let of_list = list.document.kind().receipt();
    case.out
        .receipts
        .retain(|receipt| receipt.recipient != list.recipient || Some(receipt.document.kind()) != of_list);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_word_by_word() {
        let script = read(" inspect review delay=30 lose-receipts please");
        assert_eq!((script.lane, script.delay, script.loses), (Some(Lane::Inspection), 30, true));
        assert!(script.reject.is_none());
        assert_eq!(read("delay=-5").delay, 0);
        assert_eq!(read("delay=999999").delay, LATEST);
        assert_eq!(read("reject=13127").reject.unwrap().reason.customs_code(), Some("13127"));
        assert_eq!(read("reject=nothing").reject.unwrap().reason, Reason::ManuallyRejected);
    }
}
