//! Documents that move goods of a book: filed by the holder, accepted by customs, and then moved in the same commit. What
//! customs need not look at moves when it is entered; a stocktake begins by itself, and its counts are filed.

use super::clock::Clock;
use super::exhibition::{self, Guarantee, Guarantees};
use super::form::{EntryForm, ExhibitionForm, LineForm, MovedForm, NamedLine, OpenForm};
use super::rows::Changes;
use super::timed::{clock_of, other_action, timed};
use super::{document_of, holder_of, rebate};
use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, read, stored, written};
use book::{Answer, Command, DocumentKey, DocumentKind, Line, LineKey, Operation, Outcome};
use ceb::{Decimal, StampMillis};
use clearance::Text;
use clearance::bonded::Moved;
use clearance::record::Record;
use serde::{Deserialize, Serialize};

/// The id is the book's, a colon, the word of the kind, a colon, its number. States: filed, withdrawn, refused, accepted (what
/// it says has moved); counting (a stocktake has begun); leaving, left (a vehicle with parcels); undeclared, overdue, declared
/// (goods that entered first); exhibited, called, closed (goods at an exhibition).
pub const MOVES: &[Move] = &[
    Move::owner("file", &["", "refused", "withdrawn", "counting"], "filed"),
    Move::owner("withdraw", &["filed"], "withdrawn"),
    Move::reviewer("refuse", &["filed"], "refused").explained(),
    Move::reviewer("accept", &["filed"], "accepted"),
    Move::owner("enter", &[""], "accepted"),
    Move::owner("begin", &[""], "counting"),
    Move::window("leave", &[""], "leaving"),
    Move::window("left", &["leaving"], "left"),
    Move::window("move", &["", "accepted"], "accepted"),
    Move::owner("enter-first", &[""], "undeclared"),
    Move::window("warn", &["undeclared"], "undeclared"),
    Move::window("overdue", &["undeclared"], "overdue"),
    Move::reviewer("extend", &["undeclared", "overdue"], "undeclared").explained(),
    Move::window("declare", &["undeclared", "overdue"], "declared"),
    Move::reviewer("lend", &["filed"], "exhibited"),
    Move::window("warn", &["exhibited"], "exhibited"),
    Move::reviewer("extend", &["exhibited"], "exhibited").explained(),
    Move::window("call-guarantee", &["exhibited"], "called"),
    Move::window("collect", &["exhibited"], "exhibited"),
    Move::window("collect", &["called"], "called"),
    Move::window("close", &["exhibited", "called"], "closed"),
];

/// Lines of a document at most.
const LINES: usize = 500;

/// A document as it is sent.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Lines {
    /// Its lines.
    pub lines: Vec<LineForm>,
    /// Of goods that enter first: how they passed the gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryForm>,
    /// Of goods that go to an exhibition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exhibition: Option<ExhibitionForm>,
    /// What the window puts in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beside: Option<Beside>,
}

/// What a document rests on besides its lines. The window writes it, whatever was sent in its place.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Beside {
    /// Ids of the holder's documents by which goods entered first that are not declared yet, of all his books.
    #[serde(default)]
    pub undeclared: Vec<String>,
    /// Guarantors of the exhibitions whose goods it resolves.
    #[serde(default)]
    pub guarantors: Vec<String>,
    /// Of lots that it may send back into the country, the records of what is claimed of them, and of who claimed.
    #[serde(default)]
    pub refunds: Vec<String>,
}

/// What a line moved.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct LineMoved {
    /// The line's number in the document.
    pub line: u32,
    /// Which of `lines` says it, from 1.
    pub form: u32,
    /// What moved.
    pub moved: Vec<MovedForm>,
    /// What is still open of it.
    pub open: Vec<OpenForm>,
}

/// A vehicle with parcels.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Gate {
    /// Its number plate.
    pub vehicle: String,
    /// What it weighs empty, in kilogrammes.
    pub tare: String,
    /// What it weighs at the gate.
    pub gross: String,
    /// Gross weights of the lists of its parcels.
    pub declared: String,
    /// By how many thousandths what is loaded may differ from that.
    pub tolerance: i64,
    /// Its parcels, as platform/order number.
    pub parcels: Vec<String>,
}

/// A document as it is kept.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(rename_all = "camelCase")]
pub struct Body {
    /// As they were sent.
    pub lines: Vec<LineForm>,
    /// When they moved, as 17 digits; 0 = not yet.
    #[serde(default)]
    pub at: u64,
    /// What moved.
    #[serde(default)]
    pub moved: Vec<LineMoved>,
    /// Of a gate release for parcels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<Gate>,
    /// Of goods that entered first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryForm>,
    /// Of goods at an exhibition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exhibition: Option<ExhibitionForm>,
    /// Until when they are declared, or back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
    /// What is guaranteed of goods at an exhibition, and what was sold there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guarantee: Option<Guarantee>,
}

impl Body {
    /// Whether anything that it moved still rests where it was put.
    pub fn is_open(&self) -> bool {
        self.moved.iter().any(|moved| !moved.open.is_empty())
    }
    /// Of a record of this register.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

/// Whether customs must accept a document of a kind, or it moves when it is entered.
fn is_supervised(kind: DocumentKind) -> bool {
    !matches!(kind, DocumentKind::StockOrder | DocumentKind::GateRelease | DocumentKind::ProvisionalEntry)
}

/// Kinds that trades make.
fn is_of_trades(kind: DocumentKind) -> bool {
    matches!(
        kind,
        DocumentKind::List | DocumentKind::Receipt | DocumentKind::Cancellation | DocumentKind::Return
    )
}

/// The lines of a record that moved something which a later line may resolve.
pub(crate) fn lines(record: &Record) -> Vec<Line> {
    let Some((book, document)) = document_of(&record.key.id) else { return Vec::new() };
    let body: Body = stored(record);
    let time = StampMillis::from_number(body.at).unwrap_or_default();
    let holder = holder_of(&book);
    let line = |moved: &LineMoved| {
        let form = body.lines.get((moved.form as usize).checked_sub(1)?)?;
        let operation = form.operation("", &holder, &mut Vec::new())?;
        let key = LineKey { document: document.clone(), line: moved.line };
        let item: Text = form.item.trim().into();
        let stock = book::StockKey { book: book.clone(), item: item.clone() };
        Some(Line {
            command: Command { key, book: book.clone(), item, time, operation },
            postings: moved.moved.iter().filter_map(|moved| moved.posting(&stock)).collect(),
            open: moved.open.iter().map(OpenForm::open).collect(),
        })
    };
    body.moved.iter().filter_map(line).collect()
}

/// The commands of a document, each with the place of the line that says it.
fn commands(
    seen: &Seen<'_>,
    (book, document): (&Text, &DocumentKey),
    lines: &[LineForm],
    faults: &mut Vec<Fault>,
) -> Vec<(usize, Command)> {
    let holder = holder_of(book);
    let counts = document.kind == DocumentKind::StocktakeRecord;
    let time = seen.now.stamp_millis();
    let command = |line: u32, item: Text, operation: Operation| Command {
        key: LineKey { document: document.clone(), line },
        book: book.clone(),
        item,
        time,
        operation,
    };
    // Line 1 of a stocktake began it.
    let first = 1 + u32::from(counts);
    let mut commands = Vec::with_capacity(lines.len() + 1);
    for (index, line) in lines.iter().enumerate() {
        let path = format!("lines[{}]", index + 1);
        let Some(operation) = line.operation(&path, &holder, faults) else { continue };
        commands.push((index, command(first + index as u32, line.item.trim().into(), operation)));
    }
    if counts {
        commands
            .push((lines.len(), command(first + lines.len() as u32, Text::default(), Operation::EndCount)));
    }
    commands
}

/// Judges a document as a whole: one line that is refused refuses it.
fn judged(seen: &Seen<'_>, commands: &[(usize, Command)], faults: &mut Vec<Fault>) -> Vec<Outcome> {
    let all: Vec<Command> = commands.iter().map(|(_, command)| command.clone()).collect();
    let outcomes = book::decide(&all, seen.facts.bonded.clone());
    for ((index, _), outcome) in commands.iter().zip(&outcomes) {
        let Answer::Refused(refusals) = &outcome.answer else { continue };
        for refusal in refusals {
            let path = format!("lines[{}].{}", index + 1, refusal.field);
            let said = [("zh", refusal.zh()), ("en", refusal.en()), ("rule", refusal.rule.word().to_owned())];
            let said: Vec<(&'static str, &str)> =
                said.iter().map(|(name, text)| (*name, text.as_str())).collect();
            faults.push(Fault::new(&path, &refusal.value, says::BONDED_RULE.with(&said)));
        }
    }
    outcomes
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let command = seen.command;
    let named = document_of(&command.key.id)
        .filter(|(book, document)| document.issuer == holder_of(book) && !is_of_trades(document.kind));
    let Some((book, document)) = named else {
        faults.push(Fault::new("id", &command.key.id, says::BONDED_DOCUMENT_ID.said()));
        return None;
    };
    let mut parties = vec![holder_of(&book)];
    let before = seen.current.map(stored::<Body>);
    let kept = |body: Body, parties: Vec<Text>| {
        Some(Made { body: written(&body), parties, filing: None, seed: None })
    };
    match step.action {
        "withdraw" | "refuse" => return kept(before?, parties),
        "leave" => {
            let gate: Gate = read(command.body.as_deref(), faults)?;
            weighed(&gate, faults);
            return kept(Body { gate: Some(gate), ..Body::default() }, parties);
        }
        "left" => return kept(Body { at: seen.now.stamp_millis().number(), ..before? }, parties),
        "move" | "declare" => {
            faults.push(Fault::new("action", step.action, says::WINDOW_WRITES_IT.said()));
            return None;
        }
        _ => {}
    }
    if let Some(body) = before.as_ref().and_then(|before| timed(seen, step, &document, before, faults)) {
        return kept(body, parties);
    }
    let counts = document.kind == DocumentKind::StocktakeRecord;
    if step.action == "begin" {
        if !counts {
            faults.push(Fault::new("action", "begin", says::BONDED_STOCKTAKE.said()));
        }
        let begins = [(0, begin(seen, &book, &document))];
        judged(seen, &begins, faults);
        return kept(Body::default(), parties);
    }
    if step.action == "enter" && is_supervised(document.kind) {
        faults.push(Fault::new("action", "enter", says::BONDED_SUPERVISED.said()));
    }
    if let Some(action) = other_action(document.kind, step.action) {
        faults.push(Fault::new("action", step.action, says::BONDED_ACTION.with(&[("action", action)])));
        return None;
    }
    let sent: Lines = read(command.body.as_deref(), faults)?;
    let is_as_filed = |before: Body| before.lines == sent.lines && before.exhibition == sent.exhibition;
    if matches!(step.action, "accept" | "lend") && !before.is_some_and(is_as_filed) {
        faults.push(Fault::new("version", "", says::BONDED_CHANGED.said()));
        return None;
    }
    if sent.lines.is_empty() || sent.lines.len() > LINES {
        let most = says::ONE_TO.with(&[("most", &LINES.to_string())]);
        faults.push(Fault::new("lines", &sent.lines.len().to_string(), most));
        return None;
    }
    // Whoever shall receive a transfer finds the document: one receiver sees nothing of another's.
    let receiver = sent.lines.iter().find_map(|line| line.to.as_deref()).map(str::trim);
    for (index, line) in sent.lines.iter().enumerate() {
        if let Some(to) = line.to.as_deref().map(str::trim).filter(|to| Some(*to) != receiver) {
            let said = says::BONDED_ONE_RECEIVER.with(&[("book", receiver.unwrap_or_default())]);
            faults.push(Fault::new(&format!("lines[{}].to", index + 1), to, said));
        }
    }
    parties.extend(sent.lines.iter().filter_map(|line| line.to.as_deref()).map(holder_of));
    // Whoever guarantees finds what his account holds it for.
    parties.extend(sent.exhibition.as_ref().map(|exhibition| Text::from(exhibition.guarantor.trim())));
    let clock = clock_of(seen, &document, &sent, faults);
    rebate::check(seen, &sent, faults);
    let commands = commands(seen, (&book, &document), &sent.lines, faults);
    if !faults.is_empty() {
        return None;
    }
    let outcomes = judged(seen, &commands, faults);
    let guarantees = exhibition::of(seen, (&book, &document), &sent, &commands, &outcomes, faults);
    let moved = commands.iter().map(|(index, _)| *index).zip(&outcomes);
    crate::entry_refund::check_loaded(seen, (book.as_str(), &sent), moved, faults);
    let moves = moves(step);
    let at = if moves { seen.now.stamp_millis().number() } else { 0 };
    let moved = commands.iter().zip(&outcomes).filter_map(|((index, command), outcome)| {
        let line = outcome.line.as_ref().filter(|_| moves)?;
        let moved = of(command, outcome)?;
        let stock = book::StockKey { book: book.clone(), item: command.item.clone() };
        Some(LineMoved {
            line: command.key.line,
            form: *index as u32 + 1,
            moved: MovedForm::of(&moved, &stock),
            open: line.open.iter().map(OpenForm::of).collect(),
        })
    });
    let moved = moved.collect();
    let body = Body {
        lines: sent.lines,
        at,
        moved,
        gate: None,
        entry: sent.entry,
        exhibition: sent.exhibition,
        clock: clock.filter(|_| moves),
        guarantee: guarantees.own.filter(|_| moves),
    };
    kept(body, parties)
}

/// Whether a move makes the lines of the document move.
fn moves(step: &Move) -> bool {
    matches!(step.action, "accept" | "enter" | "enter-first" | "lend")
}

fn begin(seen: &Seen<'_>, book: &Text, document: &DocumentKey) -> Command {
    Command {
        key: LineKey { document: document.clone(), line: 1 },
        book: book.clone(),
        item: Text::default(),
        time: seen.now.stamp_millis(),
        operation: Operation::BeginCount,
    }
}

/// What is loaded against what the lists say.
fn weighed(gate: &Gate, faults: &mut Vec<Fault>) {
    let mut weight = |path: &str, text: &str| {
        let weight = Decimal::parse(text).filter(|weight| !weight.is_negative());
        if weight.is_none() {
            faults.push(Fault::new(path, text, says::POSITIVE_NUMBER.said()));
        }
        weight.unwrap_or_default().units()
    };
    let (tare, gross) = (weight("tare", &gate.tare), weight("gross", &gate.gross));
    let declared = weight("declared", &gate.declared);
    if gate.vehicle.trim().is_empty() || gate.vehicle.len() > 60 {
        faults.push(Fault::new("vehicle", &gate.vehicle, says::NOT_EMPTY.said()));
    }
    if !faults.is_empty() {
        return;
    }
    let (loaded, allowed) = (gross - tare, declared * i128::from(gate.tolerance) / 1000);
    if (loaded - declared).abs() > allowed {
        let text = |units: i128| Decimal::from_units(units).to_string();
        let said = says::BONDED_WEIGHT.with(&[
            ("declared", &text(declared)),
            ("loaded", &text(loaded)),
            ("tolerance", &gate.tolerance.to_string()),
        ]);
        faults.push(Fault::new("gross", &gate.gross, said));
    }
}

/// What a command moved, as stocks keep it.
fn of(command: &Command, outcome: &Outcome) -> Option<Moved> {
    let Answer::Taken(postings) = &outcome.answer else { return None };
    let of = match &command.operation {
        Operation::Resolve { of, .. } | Operation::Receive { of, .. } | Operation::Declare { of, .. } => {
            Some(of.clone())
        }
        _ => None,
    };
    Some(Moved { key: command.key.clone(), of, postings: postings.clone() })
}

/// What a move does to stocks, books and other documents; `seen` is as it was made with.
pub(crate) fn changes(seen: &Seen<'_>, step: &Move) -> (Changes, book::Facts) {
    let mut changes = Changes::default();
    let mut after = seen.facts.bonded.clone();
    let Some((book, document)) = document_of(&seen.command.key.id) else { return (changes, after) };
    let faults = &mut Vec::new();
    let mut sent = None;
    let commands = match step.action {
        "begin" => vec![(0, begin(seen, &book, &document))],
        _ if moves(step) => {
            sent = read::<Lines>(seen.command.body.as_deref(), faults);
            let lines = sent.as_ref().map_or(&[][..], |sent| sent.lines.as_slice());
            commands(seen, (&book, &document), lines, faults)
        }
        _ => Vec::new(),
    };
    let outcomes = judged(seen, &commands, faults);
    let Guarantees { charges, others, .. } = match &sent {
        Some(sent) => exhibition::of(seen, (&book, &document), sent, &commands, &outcomes, faults),
        None => Guarantees::default(),
    };
    changes.charges = charges;
    changes.guarantees = others;
    if matches!(step.action, "call-guarantee" | "collect") {
        let body = seen.current.map(stored::<Body>);
        let called = body.and_then(|body| exhibition::called(seen, step.action, &body, faults));
        changes.charges.extend(called.into_iter().flat_map(|(_, charges)| charges));
    }
    for ((_, command), outcome) in commands.iter().zip(outcomes) {
        changes.moved.extend(of(command, &outcome));
        for stock in outcome.stocks {
            after.stocks.insert(stock.key.clone(), stock);
        }
        for line in outcome.line.iter().chain(&outcome.resolved) {
            after.lines.insert(line.command.key.clone(), line.clone());
        }
        changes.resolved.extend(outcome.resolved);
        if let Some(book) = outcome.book {
            after.books.insert(book.number.clone(), book.clone());
            changes.books.push(book);
        }
    }
    (changes, after)
}

/// The line that a form of a document names, for its keys.
pub(crate) fn named(line: &LineForm, holder: &str) -> Option<LineKey> {
    line.of(holder)
}

/// As movements name it.
pub fn named_line(key: &LineKey) -> NamedLine {
    NamedLine::of(key)
}
