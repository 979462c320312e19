//! Finding entries: by party, by who acted for it, by day, by what they are; and what of trades waits still. Derived from rows
//! and made again from them; it knows places, times, kinds, codes of parties, logins and numbers of bills, nothing else of what a row holds.
//! Leaves to others: reading rows, and who may ask.

use std::collections::{BTreeSet, HashMap};

/// What an entry is, for people who look for it. The numbers are kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum What {
    /// A message was received.
    Received = 1,
    /// A document was judged.
    Judged = 2,
    /// Records were given to somebody.
    Delivered = 3,
    /// Somebody read another's record.
    Read = 4,
    /// Rules changed: a rulebook, a seed of the draw, a rule of sharing.
    Rule = 5,
    /// An officer acted.
    Officer = 6,
    /// Somebody signed in or out, or users and tokens changed.
    SignIn = 7,
    /// Another record of a register changed.
    Record = 8,
}

impl What {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Received,
        Self::Judged,
        Self::Delivered,
        Self::Read,
        Self::Rule,
        Self::Officer,
        Self::SignIn,
        Self::Record,
    ];
    /// The word used in routes and on pages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Judged => "judged",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Rule => "rule-change",
            Self::Officer => "officer-action",
            Self::SignIn => "sign-in",
            Self::Record => "record",
        }
    }
    /// What a word says.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.word() == word)
    }
    fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|what| *what as u8 == number)
    }
}

/// An entry that can be found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Hit {
    /// Its time, in milliseconds since 1970-01-01T00:00:00Z.
    pub time: i64,
    /// Its place, as a number.
    pub place: u64,
    /// What it is.
    pub what: What,
}

/// What is looked for.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Wanted {
    /// Entries that concern one of these parties, or are the doing of one of these [`person`]s; none = all.
    pub parties: Option<Vec<String>>,
    /// Of these kinds.
    pub whats: Vec<What>,
    /// Not before this time.
    pub from: Option<i64>,
    /// Before this time.
    pub until: Option<i64>,
    /// Older than this one: time and place.
    pub after: Option<(i64, u64)>,
}

impl Wanted {
    fn wants(&self, hit: &Hit) -> bool {
        self.whats.contains(&hit.what)
            && self.from.is_none_or(|from| from <= hit.time)
            && self.until.is_none_or(|until| hit.time < until)
            && self.after.is_none_or(|after| (hit.time, hit.place) < after)
    }
}

/// Somebody who acts for a party, as [`Finder`] names him. Codes of parties have no spaces, so it is no party's code.
pub fn person(party: &str, login: &str) -> String {
    format!("{} {login}", party.trim())
}

/// A bill that parcels go under, as [`Finder`] names it: a line of its own, which no code has.
pub fn bill(number: &str) -> String {
    format!("bill\n{}", number.trim())
}

/// All entries that can be found: some thirty bytes an entry.
#[derive(Default, Debug)]
pub struct Finder {
    hits: Vec<Hit>,
    /// Of each stretch of them the newest that is in it or before it: they come nearly in order of time, so whoever looks from their end
    /// for the newest knows soon that nothing before can be one.
    tops: Vec<Hit>,
    names: HashMap<String, u32>,
    /// By number of a party or person, which hits concern it.
    of: Vec<Vec<u32>>,
    /// Keys of what waits for somebody.
    waiting: BTreeSet<String>,
}

/// Entries of a stretch.
const STRETCH: usize = 1024;

/// The form in which it is kept.
const FORM: u8 = 4;

impl Finder {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.hits.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.hits.is_empty()
    }

    /// Says that something waits, or no longer.
    pub fn wait(&mut self, key: &str, waits: bool) {
        if waits {
            self.waiting.insert(key.to_owned());
        } else {
            self.waiting.remove(key);
        }
    }

    /// Keys of what waits.
    pub fn waiting(&self) -> impl Iterator<Item = &str> {
        self.waiting.iter().map(String::as_str)
    }

    /// Keys of what waits that begin alike, from one of them on, in their order.
    pub fn waiting_from<'a>(
        &'a self,
        begin: &'a str,
        first: &str,
    ) -> impl Iterator<Item = &'a str> + use<'a> {
        let range = (std::ops::Bound::Included(first), std::ops::Bound::Unbounded);
        let keys = self.waiting.range::<str, _>(range).map(String::as_str);
        keys.take_while(move |key| key.starts_with(begin))
    }

    /// Adds one; beyond what a number of four bytes counts nothing is added.
    pub fn add<'a>(&mut self, hit: Hit, parties: impl IntoIterator<Item = &'a str>) {
        let Ok(number) = u32::try_from(self.hits.len()) else { return };
        self.push(hit);
        for party in parties.into_iter().map(str::trim).filter(|party| !party.is_empty()) {
            let known = self.names.get(party).copied();
            let index = known.unwrap_or_else(|| {
                let next = self.of.len() as u32;
                self.names.insert(party.to_owned(), next);
                self.of.push(Vec::new());
                next
            });
            if let Some(of) = self.of.get_mut(index as usize).filter(|of| of.last() != Some(&number)) {
                of.push(number);
            }
        }
    }

    fn push(&mut self, hit: Hit) {
        let before = self.tops.last().copied();
        match self.tops.get_mut(self.hits.len() / STRETCH) {
            Some(top) => *top = hit.max(*top),
            None => self.tops.push(before.map_or(hit, |before| hit.max(before))),
        }
        self.hits.push(hit);
    }

    /// The newest that are wanted, at most `limit`: looked for among those of the parties, or among all in memory, the last that came first.
    pub fn find(&self, wanted: &Wanted, limit: usize) -> Vec<Hit> {
        let mut kept: BTreeSet<(Hit, u32)> = BTreeSet::new();
        // False = none that came before can be among them.
        let mut look = |number: u32| {
            let oldest = kept.first().filter(|_| kept.len() >= limit).map(|(hit, _)| *hit);
            let top = self.tops.get(number as usize / STRETCH).copied();
            let too_old = |top: Hit| {
                oldest.is_some_and(|oldest| top <= oldest) || wanted.from.is_some_and(|from| top.time < from)
            };
            if limit == 0 || top.is_none_or(too_old) {
                return false;
            }
            let hit = self.hits.get(number as usize).filter(|hit| wanted.wants(hit));
            if let Some(hit) = hit.filter(|hit| oldest.is_none_or(|oldest| **hit > oldest)) {
                kept.insert((*hit, number));
                if kept.len() > limit {
                    kept.pop_first();
                }
            }
            true
        };
        match &wanted.parties {
            None => {
                let last = u32::try_from(self.hits.len()).unwrap_or(u32::MAX);
                let _ = (0..last).rev().all(&mut look);
            }
            Some(parties) => {
                let of = |party: &String| self.of.get(*self.names.get(party)? as usize);
                for numbers in parties.iter().filter_map(of) {
                    let _ = numbers.iter().rev().all(|number| look(*number));
                }
            }
        }
        kept.into_iter().rev().map(|(hit, _)| hit).collect()
    }

    /// As it is kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![FORM];
        let count = |bytes: &mut Vec<u8>, count: usize| bytes.extend((count as u64).to_le_bytes());
        count(&mut bytes, self.hits.len());
        for hit in &self.hits {
            bytes.extend(hit.time.to_le_bytes());
            bytes.extend(hit.place.to_le_bytes());
            bytes.push(hit.what as u8);
        }
        count(&mut bytes, self.names.len());
        for (name, index) in &self.names {
            count(&mut bytes, name.len());
            bytes.extend(name.as_bytes());
            let of = self.of.get(*index as usize).map_or(&[][..], Vec::as_slice);
            count(&mut bytes, of.len());
            of.iter().for_each(|number| bytes.extend(number.to_le_bytes()));
        }
        count(&mut bytes, self.waiting.len());
        for key in &self.waiting {
            count(&mut bytes, key.len());
            bytes.extend(key.as_bytes());
        }
        bytes
    }

    /// What was kept; none = it is in another form, or damaged.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let (form, mut rest) = bytes.split_first()?;
        if *form != FORM {
            return None;
        }
        let mut finder = Self::default();
        for _ in 0..count(&mut rest)? {
            let time = i64::from_le_bytes(take(&mut rest)?);
            let place = u64::from_le_bytes(take(&mut rest)?);
            let [what] = take(&mut rest)?;
            finder.push(Hit { time, place, what: What::from_number(what)? });
        }
        for index in 0..count(&mut rest)? {
            finder.names.insert(text(&mut rest)?, index as u32);
            let mut of = Vec::new();
            for _ in 0..count(&mut rest)? {
                of.push(u32::from_le_bytes(take(&mut rest)?));
            }
            finder.of.push(of);
        }
        for _ in 0..count(&mut rest)? {
            finder.waiting.insert(text(&mut rest)?);
        }
        rest.is_empty().then_some(finder)
    }
}

fn text(rest: &mut &[u8]) -> Option<String> {
    let length = count(rest)?;
    let (text, after) = rest.split_at_checked(length)?;
    *rest = after;
    std::str::from_utf8(text).ok().map(str::to_owned)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (first, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*first)
}

/// A number of things, none of which is smaller than a byte.
fn count(rest: &mut &[u8]) -> Option<usize> {
    let count = usize::try_from(u64::from_le_bytes(take(rest)?)).ok()?;
    (count <= rest.len()).then_some(count)
}
