//! Checking an export, line by line: are these the entries that the space once stated and signed? Nothing is believed but the
//! signatures; of every writer the first entry that was altered, is missing or was added is named.

use crate::export::{ENTRIES, LINK, TITLE};
use crate::head::{Partial, decimal};
use crate::hexadecimal::of_hexadecimal;
use crate::{CHAIN_BEGIN, Entry, Frontier, Hash, Key, SignedHead, WriterHead, head};
use std::collections::{BTreeMap, BTreeSet};

/// Something is not as it was stated.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Line of the export, from 1; 0 = of the whole.
    pub line: u64,
    /// Writer and sequence of the first entry that is wrong, where one can be named.
    pub entry: Option<(u16, u64)>,
    /// What is wrong.
    pub what: String,
}

/// What an audit found.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Report {
    /// Entries read.
    pub entries: u64,
    /// Writers with entries.
    pub writers: u64,
    /// Signed heads that were checked: those of the export and those it was held against.
    pub heads: u64,
    /// Public keys of the export.
    pub keys: Vec<Key>,
    /// The newest head of the export.
    pub newest: Option<SignedHead>,
    /// In order of lines; none = the export is what was signed.
    pub faults: Vec<Fault>,
}

/// What somebody stated of a writer.
struct Stated {
    head: WriterHead,
    /// When, and whether by a head that the auditor holds himself.
    time: i64,
    held: bool,
}

/// A writer whose entries are being read.
struct Walk {
    writer: u16,
    frontier: Frontier,
    chain: Hash,
    /// Nothing more is said of it after the first fault.
    wrong: bool,
    /// Up to here the entries are those of a signed head.
    sound: u64,
    stated: std::vec::IntoIter<Stated>,
    next: Option<Stated>,
}

enum Stage {
    Title,
    Header,
    Head(Box<Partial>),
    Entries,
    Ended,
}

/// Checks an export. Hand it every line in order, then ask for the report.
pub struct Auditor {
    stage: Stage,
    line: u64,
    last_head: i64,
    stated: BTreeMap<u16, Vec<Stated>>,
    held: Vec<SignedHead>,
    pinned: Option<[u8; 32]>,
    seen: BTreeSet<u16>,
    walk: Option<Walk>,
    report: Report,
}

/// Faults that are named at most: what follows from a wrong header would fill pages.
const MOST_FAULTS: usize = 100;

impl Auditor {
    /// An auditor with the heads that he wrote down himself before, and the public key that he knows the space by, if he does.
    pub fn new(held: Vec<SignedHead>, pinned: Option<[u8; 32]>) -> Self {
        Self {
            stage: Stage::Title,
            line: 0,
            last_head: i64::MIN,
            stated: BTreeMap::new(),
            held,
            pinned,
            seen: BTreeSet::new(),
            walk: None,
            report: Report::default(),
        }
    }

    fn fault(&mut self, entry: Option<(u16, u64)>, what: impl Into<String>) {
        if self.report.faults.len() < MOST_FAULTS {
            self.report.faults.push(Fault { line: self.line, entry, what: what.into() });
        }
    }

    /// The next line, without its line feed.
    pub fn line(&mut self, line: &str) {
        self.line += 1;
        match std::mem::replace(&mut self.stage, Stage::Header) {
            Stage::Title => {
                if line != TITLE {
                    self.fault(None, format!("the first line is not `{TITLE}`"));
                }
            }
            Stage::Header => self.header(line),
            Stage::Head(partial) => self.head_line(partial, line),
            Stage::Entries => {
                self.stage = Stage::Entries;
                match line.strip_prefix("end ") {
                    Some(count) => self.end(count),
                    None => self.entry(line),
                }
            }
            Stage::Ended => {
                self.stage = Stage::Ended;
                self.fault(None, "there is a line after the end");
            }
        }
    }

    fn header(&mut self, line: &str) {
        if line == head::TITLE {
            return self.head_line(Box::default(), line);
        }
        if line == ENTRIES {
            return self.begin();
        }
        let words: Vec<&str> = line.split(' ').collect();
        let key = match words.as_slice() {
            ["key", number, made, public] => (|| {
                Some(Key { number: decimal(number)?, made: decimal(made)?, public: of_hexadecimal(public)? })
            })(),
            _ => None,
        };
        match key {
            Some(key) => self.report.keys.push(key),
            None => self.fault(None, "the line is neither a key, a head nor `entries`"),
        }
    }

    fn head_line(&mut self, mut partial: Box<Partial>, line: &str) {
        match partial.line(line) {
            Ok(None) => self.stage = Stage::Head(partial),
            Ok(Some(head)) => self.head(head),
            Err(bad) => self.fault(None, bad.to_string()),
        }
    }

    fn head(&mut self, head: SignedHead) {
        self.report.heads += 1;
        if !head.is_signed() {
            return self.fault(None, "the signature of the head is not that of its key over what it says");
        }
        if !self.report.keys.iter().any(|key| key.public == head.public) {
            return self.fault(None, "the head is signed with a key that is none of the space's");
        }
        if head.head.time < self.last_head {
            self.fault(None, "the head is older than the one before");
        }
        self.last_head = head.head.time;
        self.state(&head, false);
        self.report.newest = Some(head);
    }

    fn state(&mut self, head: &SignedHead, held: bool) {
        for writer in &head.head.writers {
            let stated = Stated { head: *writer, time: head.head.time, held };
            self.stated.entry(writer.writer).or_default().push(stated);
        }
    }

    /// Before the first entry: all heads are known.
    fn begin(&mut self) {
        self.stage = Stage::Entries;
        if let Some(pinned) = self.pinned
            && !self.report.keys.iter().any(|key| key.public == pinned)
        {
            self.fault(None, "the key that the space is known by is not among its keys");
        }
        for held in std::mem::take(&mut self.held) {
            self.report.heads += 1;
            if !held.is_signed() {
                self.fault(None, "the head that it is held against is not signed with the key that it names");
            } else if !self.report.keys.iter().any(|key| key.public == held.public) {
                self.fault(None, "the head that it is held against is signed with none of the space's keys");
            } else {
                self.state(&held, true);
            }
        }
        for stated in self.stated.values_mut() {
            stated.sort_by_key(|stated| stated.head.size);
        }
        if self.report.newest.is_none() {
            self.fault(None, "there is no signed head before the entries");
        }
    }

    fn entry(&mut self, line: &str) {
        self.report.entries += 1;
        let Some((entry, link)) = parsed(line) else {
            let after = self.walk.as_ref().map(|walk| (walk.writer, walk.frontier.size() + 1));
            if self.walk.as_ref().is_none_or(|walk| !walk.wrong) {
                self.fault(after, "the line is no entry: WRITER SEQUENCE MILLISECONDS KIND DIGEST LINK");
            }
            if let Some(walk) = &mut self.walk {
                walk.wrong = true;
            }
            return;
        };
        if self.walk.as_ref().is_none_or(|walk| walk.writer != entry.writer) {
            self.leave();
            if !self.seen.insert(entry.writer) {
                self.fault(
                    Some((entry.writer, entry.sequence)),
                    "the entries of its writer ended before: it was moved or added",
                );
            }
            let mut stated = self.stated.remove(&entry.writer).unwrap_or_default().into_iter();
            let next = stated.next();
            self.walk = Some(Walk {
                writer: entry.writer,
                frontier: Frontier::default(),
                chain: CHAIN_BEGIN,
                wrong: false,
                sound: 0,
                stated,
                next,
            });
        }
        let Some(walk) = &mut self.walk else { return };
        if let Some((sequence, what)) = walk.take(&entry, link) {
            self.fault(Some((entry.writer, sequence)), what);
        }
    }

    /// All entries of a writer were read: is there a head beyond them?
    fn leave(&mut self) {
        let Some(mut walk) = self.walk.take() else { return };
        let size = walk.frontier.size();
        let beyond = walk.next.take().into_iter().chain(walk.stated);
        let beyond: Vec<Stated> = beyond.collect();
        if let (Some(stated), false) = (beyond.last(), walk.wrong) {
            let what = format!(
                "missing: {} has {} entries of writer {}, here are {size}",
                whose(stated),
                stated.head.size,
                walk.writer
            );
            self.fault(Some((walk.writer, size + 1)), what);
        } else if walk.sound != size && !walk.wrong {
            let what = "added: no signed head has the entries from here on";
            self.fault(Some((walk.writer, walk.sound + 1)), what);
        }
    }

    fn end(&mut self, count: &str) {
        self.stage = Stage::Ended;
        self.leave();
        let missing = std::mem::take(&mut self.stated);
        for (writer, stated) in missing {
            if let Some(last) = stated.last().filter(|stated| stated.head.size > 0) {
                let what = format!(
                    "missing: {} has {} entries of writer {writer}, here are none",
                    whose(last),
                    last.head.size
                );
                self.fault(Some((writer, 1)), what);
            }
        }
        if count != self.report.entries.to_string() {
            let what = format!("the end counts {count} entries, here are {}", self.report.entries);
            self.fault(None, what);
        }
    }

    /// What was found.
    pub fn finish(mut self) -> Report {
        if !matches!(self.stage, Stage::Ended) {
            self.fault(None, "the export is cut short: its last line is not its end");
            self.leave();
        }
        self.report.writers = self.seen.len() as u64;
        self.report
    }
}

fn whose(stated: &Stated) -> String {
    let whose = if stated.held { "the head that it is held against" } else { "the signed head" };
    format!("{whose} with `time {}`", stated.time)
}

impl Walk {
    /// The next entry; says which is the first that is wrong, and how.
    fn take(&mut self, entry: &Entry, link: [u8; LINK]) -> Option<(u64, String)> {
        if self.wrong {
            return None;
        }
        let expected = self.frontier.size() + 1;
        if entry.sequence != expected {
            self.wrong = true;
            return Some(if entry.sequence > expected {
                (expected, format!("missing, or moved: the next entry is {}", entry.sequence))
            } else {
                (entry.sequence, format!("added, or moved: the entry expected here is {expected}"))
            });
        }
        self.chain = entry.chained(&self.chain);
        if self.chain.get(..LINK) != Some(link.as_slice()) {
            self.wrong = true;
            return Some((
                entry.sequence,
                "altered: its link to the entries before does not hold".to_owned(),
            ));
        }
        self.frontier.push(entry.leaf(), |_, _| {});
        while self.next.as_ref().is_some_and(|stated| stated.head.size <= self.frontier.size()) {
            let stated = self.next.take()?;
            self.next = self.stated.next();
            // Of no rows there is nothing to say.
            if stated.head.size == 0 {
                continue;
            }
            if (stated.head.root, stated.head.chain) != (self.frontier.root(), self.chain) {
                self.wrong = true;
                let from = self.sound + 1;
                let what = format!(
                    "altered: entries {from} to {} are not those of {}; the first of them that was altered lies between",
                    stated.head.size,
                    whose(&stated)
                );
                return Some((from, what));
            }
            self.sound = stated.head.size;
        }
        None
    }
}

fn parsed(line: &str) -> Option<(Entry, [u8; LINK])> {
    let mut words = line.split(' ');
    let mut next = || words.next();
    let entry = Entry {
        writer: decimal(next()?)?,
        sequence: decimal(next()?)?,
        time: decimal(next()?)?,
        kind: decimal(next()?)?,
        digest: of_hexadecimal(next()?)?,
    };
    let link = of_hexadecimal(next()?)?;
    next().is_none().then_some((entry, link))
}
