//! What a trial came to over many declarations: sums, examples and whom it concerns. Tallies of parts add up to that of the whole,
//! in whatever order.

use super::{Compared, Untried, Verdict};
use crate::Text;
use crate::consignment::Lane;
use crate::keys::Position;
use std::collections::BTreeMap;

/// Examples that are kept of each kind of change: the first by position.
pub const EXAMPLES: usize = 5;

/// How many, and which the first are.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Kind {
    /// How many.
    pub count: u64,
    /// Rows of the first.
    pub examples: Vec<Position>,
}

impl Kind {
    fn add(&mut self, position: Position) {
        self.count += 1;
        self.keep(position);
    }

    fn keep(&mut self, position: Position) {
        let at = self.examples.partition_point(|known| *known < position);
        self.examples.insert(at, position);
        self.examples.truncate(EXAMPLES);
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        other.examples.into_iter().for_each(|position| self.keep(position));
    }
}

/// Sums of one side: then, or with the draft.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Side {
    /// Tax of what passed, in fen.
    pub tax: i64,
    /// Tax of what waits, in fen: owed if it passes.
    pub tax_waiting: i64,
    /// How many went to each lane, by its number less one.
    pub lanes: [u64; 6],
}

impl Side {
    fn add(&mut self, judged: &super::Judged) {
        match judged.verdict {
            Verdict::Passed => self.tax += judged.tax.unwrap_or(0),
            Verdict::Waiting => self.tax_waiting += judged.tax.unwrap_or(0),
            Verdict::Rejected(_) | Verdict::Refused(_) => {}
        }
        if let Some(lane) = judged.lane {
            self.lanes[lane as usize - 1] += 1;
        }
    }

    fn merge(&mut self, other: &Self) {
        self.tax += other.tax;
        self.tax_waiting += other.tax_waiting;
        for (own, more) in self.lanes.iter_mut().zip(other.lanes) {
            *own += more;
        }
    }

    /// How many went to a lane.
    pub fn lane(&self, lane: Lane) -> u64 {
        self.lanes[lane as usize - 1]
    }

    /// Of how many the goods are opened or scanned.
    pub fn opened(&self) -> u64 {
        self.lane(Lane::Scan) + self.lane(Lane::Inspection)
    }

    /// How many somebody has to look at.
    pub fn looked_at(&self) -> u64 {
        Lane::ALL.into_iter().filter(|lane| needs_somebody(*lane)).map(|lane| self.lane(lane)).sum()
    }
}

/// Whether a person has to do with what goes this way.
pub fn needs_somebody(lane: Lane) -> bool {
    !matches!(lane, Lane::Release | Lane::Reject)
}

/// A merchant's part.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Part {
    /// Declarations that were tried.
    pub declarations: u64,
    /// Of them, with another verdict or lane.
    pub changed: u64,
    /// Of them, that somebody would have to look at in addition (or, below zero, no longer).
    pub looked_at: i64,
    /// What would be due in addition, in fen.
    pub tax: i64,
}

/// What a trial came to.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Tally {
    /// Declarations that were looked at.
    pub declarations: u64,
    /// Of them, tried.
    pub tried: u64,
    /// Of these, with another verdict.
    pub verdict_changed: u64,
    /// With another lane.
    pub lane_changed: u64,
    /// With another tax.
    pub tax_changed: u64,
    /// Not tried, and why.
    pub untried: BTreeMap<Untried, Kind>,
    /// Verdicts that differ: then, with the draft.
    pub verdicts: BTreeMap<(Verdict, Verdict), Kind>,
    /// Lanes that differ.
    pub lanes: BTreeMap<(Lane, Lane), Kind>,
    /// Of what was tried, then.
    pub before: Side,
    /// Of the same, with the draft.
    pub after: Side,
    /// Merchants.
    pub merchants: BTreeMap<Text, Part>,
}

impl Tally {
    /// One more declaration.
    pub fn add(&mut self, compared: &Compared) {
        self.declarations += 1;
        let (position, stored) = (compared.position, &compared.stored);
        let draft = match &compared.draft {
            Ok(draft) => draft,
            Err(untried) => return self.untried.entry(*untried).or_default().add(position),
        };
        self.tried += 1;
        self.before.add(stored);
        self.after.add(draft);
        let mut changed = false;
        if stored.verdict != draft.verdict {
            changed = true;
            self.verdict_changed += 1;
            self.verdicts.entry((stored.verdict, draft.verdict)).or_default().add(position);
        }
        if let (Some(from), Some(to)) = (stored.lane, draft.lane)
            && from != to
        {
            changed = true;
            self.lane_changed += 1;
            self.lanes.entry((from, to)).or_default().add(position);
        }
        let due =
            |judged: &super::Judged| judged.tax.filter(|_| judged.verdict == Verdict::Passed).unwrap_or(0);
        self.tax_changed += u64::from(due(stored) != due(draft));
        let looked = |lane: Option<Lane>| i64::from(lane.is_some_and(needs_somebody));
        let part = self.merchants.entry(compared.merchant.clone()).or_default();
        part.declarations += 1;
        part.changed += u64::from(changed);
        part.looked_at += looked(draft.lane) - looked(stored.lane);
        part.tax += due(draft) - due(stored);
    }

    /// Another part of the whole.
    pub fn merge(&mut self, other: Self) {
        self.declarations += other.declarations;
        self.tried += other.tried;
        self.verdict_changed += other.verdict_changed;
        self.lane_changed += other.lane_changed;
        self.tax_changed += other.tax_changed;
        self.before.merge(&other.before);
        self.after.merge(&other.after);
        for (key, kind) in other.untried {
            self.untried.entry(key).or_default().merge(kind);
        }
        for (key, kind) in other.verdicts {
            self.verdicts.entry(key).or_default().merge(kind);
        }
        for (key, kind) in other.lanes {
            self.lanes.entry(key).or_default().merge(kind);
        }
        for (merchant, more) in other.merchants {
            let part = self.merchants.entry(merchant).or_default();
            part.declarations += more.declarations;
            part.changed += more.changed;
            part.looked_at += more.looked_at;
            part.tax += more.tax;
        }
    }

    /// Whom it concerns most: by changes, then by tax, then by code.
    pub fn concerned(&self, most: usize) -> Vec<(&Text, &Part)> {
        let mut all: Vec<(&Text, &Part)> =
            self.merchants.iter().filter(|(_, part)| part.changed > 0 || part.tax != 0).collect();
        all.sort_by(|(code, part), (other, others)| {
            (others.changed, others.tax.abs(), *code).cmp(&(part.changed, part.tax.abs(), *other))
        });
        all.truncate(most);
        all
    }
}
