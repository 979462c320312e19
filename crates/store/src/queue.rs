//! The queue of an office: what waits for an officer, in an order that is right over all that waits, and read page by page.
//! How its lines are found in an index is the stores' own.

use crate::rows::{Scope, Summary};
use clearance::consignment::Lane;
use clearance::keys::Time;
use std::collections::VecDeque;
use std::fmt;

/// States in which a trade waits for an officer, as both stores name them in the index of what waits: a queue costs what it holds,
/// however much was cleared before.
pub(crate) const WAITING: &str = "300, 500, 501, 502, 503, 599, 600";

/// The same in the list of exports, whose states are texts.
pub(crate) const EXPORTS_WAITING: &str =
    "register = 200 AND state IN ('300', '500', '501', '502', '503', '599', '600')";

/// States in which most trades are in the end, and stay: what is in any other is found by its state, in an index that has none of these.
pub(crate) const SETTLED: &str = "800, 899";

/// Whether trades in none of these states are many.
pub(crate) fn rare(states: &[u16]) -> bool {
    let settled = |state: &u16| SETTLED.split(", ").any(|known| known.parse() == Ok(*state));
    !states.is_empty() && !states.iter().any(settled)
}

/// Whether in all of these states a trade waits for an officer.
pub(crate) fn wait(states: &[u16]) -> bool {
    let waits = |state: &u16| WAITING.split(", ").any(|known| known.parse() == Ok(*state));
    !states.is_empty() && states.iter().all(waits)
}

/// The order of a queue.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum QueueOrder {
    /// The severest lane first, within it the longest unchanged.
    #[default]
    Severest,
    /// The mildest lane first, within it the longest unchanged.
    Mildest,
    /// The longest unchanged first, whatever its lane.
    Oldest,
    /// What changed last first, whatever its lane.
    Newest,
}

/// What of a queue is asked for.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct QueueSearch {
    /// Only these states; those in which nothing waits for an officer are in no queue.
    pub states: Vec<u16>,
    /// In which order.
    pub order: QueueOrder,
}

/// The place of a line in a queue: a page begins after one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct QueuePlace {
    /// Number of the lane; 0 = none is fixed.
    pub lane: u8,
    /// When the trade changed last.
    pub time: Time,
    /// Its place among all that were listed.
    pub created: u64,
}

impl QueuePlace {
    fn of(created: u64, line: &Summary) -> Self {
        Self { lane: line.lane, time: line.time, created }
    }

    /// As an address says it; none of any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (lane, time, created) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        Some(Self {
            lane: lane.parse().ok()?,
            time: Time(time.parse().ok()?),
            created: created.parse().ok()?,
        })
    }
}

impl fmt::Display for QueuePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.lane, self.time.0, self.created)
    }
}

/// A page of a queue.
#[derive(Clone, Default, Debug)]
pub struct QueuePage {
    /// Its lines, each with its place.
    pub lines: Vec<(QueuePlace, Summary)>,
    /// From where the next page goes on; none at the end. A page that was looked for through too much that is another
    /// office's is short, and goes on all the same.
    pub next: Option<QueuePlace>,
}

/// Lines that are looked at for a page, at least: those of another office stand between.
const PORTION: usize = 100;
/// Lines that are looked at for a page, at most.
const LOOKED: usize = 5_000;

/// What is read next of an index: lines of a lane or of all, by age.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Stretch {
    /// Of which lane; none = of all.
    pub lane: Option<u8>,
    /// Whether the youngest stands first.
    pub falling: bool,
    /// After which time and place.
    pub after: (i64, i64),
    /// How many.
    pub limit: usize,
}

/// One page while it is being read. Lanes are few: each is read by age, so that an index which leads with the lane gives a page
/// without sorting anything.
pub(crate) struct Walk<'a> {
    scope: &'a Scope,
    states: Vec<u16>,
    lanes: VecDeque<Option<u8>>,
    falling: bool,
    after: Option<QueuePlace>,
    limit: usize,
    looked: usize,
    page: QueuePage,
}

impl<'a> Walk<'a> {
    /// Begins a page of at most `limit` lines behind a place.
    pub fn new(scope: &'a Scope, search: &QueueSearch, after: Option<QueuePlace>, limit: usize) -> Self {
        let mut numbers: Vec<u8> = Lane::ALL.iter().map(|lane| *lane as u8).collect();
        numbers.push(0);
        numbers.sort_unstable();
        let mut lanes: VecDeque<Option<u8>> = match search.order {
            QueueOrder::Mildest => numbers.into_iter().map(Some).collect(),
            QueueOrder::Severest => numbers.into_iter().rev().map(Some).collect(),
            QueueOrder::Oldest | QueueOrder::Newest => VecDeque::from([None]),
        };
        if let Some(place) = after {
            // Lanes before the place were read; one that is no lane leads nowhere.
            while lanes.front().is_some_and(|lane| lane.is_some_and(|lane| lane != place.lane)) {
                lanes.pop_front();
            }
        }
        let waits = |state: &u16| wait(&[*state]);
        let states: Vec<u16> = search.states.iter().copied().filter(waits).collect();
        if states.is_empty() || limit == 0 {
            lanes.clear();
        }
        let falling = search.order == QueueOrder::Newest;
        Self { scope, states, lanes, falling, after, limit, looked: 0, page: QueuePage::default() }
    }

    /// What is read next; none = the page is whole.
    pub fn next(&self) -> Option<Stretch> {
        let lane = *self.lanes.front()?;
        let start = if self.falling { (i64::MAX, i64::MAX) } else { (i64::MIN, i64::MIN) };
        let place = |place: QueuePlace| (place.time.0, i64::try_from(place.created).unwrap_or(i64::MAX));
        let limit = self.limit.clamp(PORTION, LOOKED);
        Some(Stretch { lane, falling: self.falling, after: self.after.map_or(start, place), limit })
    }

    /// Takes what was read, as it stands now.
    pub fn take(&mut self, read: Vec<(u64, Summary)>, asked: Stretch) {
        let whole = read.len() < asked.limit;
        for (created, line) in read {
            let place = QueuePlace::of(created, &line);
            self.after = Some(place);
            self.looked += 1;
            if self.finds(&line) {
                self.page.lines.push((place, line));
            }
            if self.page.lines.len() == self.limit || self.looked == LOOKED {
                self.page.next = Some(place);
                self.lanes.clear();
                return;
            }
        }
        if whole {
            self.lanes.pop_front();
            self.after = None;
        }
    }

    fn finds(&self, line: &Summary) -> bool {
        let is_of = |districts: &[clearance::Text]| {
            let mut own = districts.iter();
            districts.is_empty() || own.any(|district| line.customs_code.starts_with(district.as_str()))
        };
        let in_scope = match self.scope {
            Scope::Office(districts) => is_of(districts),
            // The index was asked for those that name it.
            Scope::Party(_) => true,
        };
        in_scope && self.states.contains(&line.state)
    }

    /// The page.
    pub fn page(self) -> QueuePage {
        self.page
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::EXPORTS;
    use clearance::consignment::State;
    use clearance::keys::{OrderKey, Position};

    fn line(lane: u8, time: i64, state: u16, district: &str) -> Summary {
        Summary {
            order: OrderKey::new("a", &format!("{lane}-{time}")),
            state,
            invt_no: None,
            customs_code: district.into(),
            position: Position::default(),
            time: Time(time),
            lane,
        }
    }

    /// What an index gives for a stretch, of lines numbered in order of their creation.
    fn read(all: &[Summary], asked: Stretch) -> Vec<(u64, Summary)> {
        let numbered = (1u64..).zip(all).filter(|(_, line)| asked.lane.is_none_or(|lane| line.lane == lane));
        let mut found: Vec<(u64, Summary)> =
            numbered.map(|(created, line)| (created, line.clone())).collect();
        found.sort_by_key(|(created, line)| (line.time, *created));
        let is_behind = |(created, line): &(u64, Summary)| {
            let place = (line.time.0, *created as i64);
            if asked.falling { place < asked.after } else { place > asked.after }
        };
        found.retain(is_behind);
        if asked.falling {
            found.reverse();
        }
        found.truncate(asked.limit);
        found
    }

    fn page(
        all: &[Summary],
        scope: &Scope,
        search: &QueueSearch,
        after: Option<QueuePlace>,
        limit: usize,
    ) -> QueuePage {
        let mut walk = Walk::new(scope, search, after, limit);
        while let Some(asked) = walk.next() {
            walk.take(read(all, asked), asked);
        }
        walk.page()
    }

    /// Every page, one behind the other, through the cursors as addresses have them.
    fn pages(
        all: &[Summary],
        scope: &Scope,
        order: QueueOrder,
        states: &[u16],
        limit: usize,
    ) -> Vec<Summary> {
        let search = QueueSearch { states: states.to_vec(), order };
        let mut after = None;
        let mut found = Vec::new();
        loop {
            let one = page(all, scope, &search, after, limit);
            assert!(one.lines.len() <= limit);
            found.extend(one.lines.into_iter().map(|(_, line)| line));
            let Some(next) = one.next else { return found };
            after = QueuePlace::parse(&next.to_string());
            assert_eq!(after, Some(next));
        }
    }

    #[test]
    fn a_queue_is_in_order_over_all_its_pages_whatever_their_size() {
        // More than one portion, with what is another's, equal times and every lane.
        let all: Vec<Summary> = (0..700u64)
            .map(|number| {
                let mixed = number.wrapping_mul(2_654_435_761) % 997;
                let state = if mixed.is_multiple_of(5) { 500 } else { 300 };
                let district = if mixed.is_multiple_of(3) { "9901" } else { "8620" };
                line((mixed % 7) as u8, (mixed / 7) as i64, state, district)
            })
            .collect();
        let office = Scope::Office(vec!["86".into()]);
        type Key = fn(&Summary) -> (i64, i64);
        let orders: [(QueueOrder, Key); 4] = [
            (QueueOrder::Severest, |one| (-i64::from(one.lane), one.time.0)),
            (QueueOrder::Mildest, |one| (i64::from(one.lane), one.time.0)),
            (QueueOrder::Oldest, |one| (0, one.time.0)),
            (QueueOrder::Newest, |one| (0, -one.time.0)),
        ];
        for (order, key) in orders {
            let mut expected: Vec<&Summary> =
                all.iter().filter(|one| one.state == 300 && one.customs_code == "8620").collect();
            expected.sort_by_key(|one| key(one));
            assert!(expected.len() > 300);
            for limit in [1, 7, 50, 150, 1_000] {
                let found = pages(&all, &office, order, &[300, 800], limit);
                assert_eq!(found.len(), expected.len(), "{order:?} in pages of {limit}");
                let sorted: Vec<(i64, i64)> = found.iter().map(key).collect();
                let wanted: Vec<(i64, i64)> = expected.iter().map(|one| key(one)).collect();
                assert_eq!(sorted, wanted, "{order:?} in pages of {limit}");
            }
        }
        assert_eq!(pages(&all, &Scope::Office(Vec::new()), QueueOrder::Oldest, &[300, 500], 60).len(), 700);
    }

    #[test]
    fn a_page_is_bounded_though_all_that_waits_is_anothers() {
        let all: Vec<Summary> = (0..LOOKED as i64 + 10).map(|time| line(2, time, 300, "9901")).collect();
        let office = Scope::Office(vec!["8620".into()]);
        let search = QueueSearch { states: vec![300], order: QueueOrder::Severest };
        let first = page(&all, &office, &search, None, 50);
        assert!(first.lines.is_empty());
        let next = first.next.expect("it goes on");
        assert_eq!(next.time, Time(LOOKED as i64 - 1));
        assert_eq!(page(&all, &office, &search, Some(next), 50).next, None);
    }

    #[test]
    fn states_that_nobody_waits_in_and_places_that_are_none_lead_nowhere() {
        let all = [line(2, 5, 800, "8620")];
        let office = Scope::Office(Vec::new());
        assert!(pages(&all, &office, QueueOrder::Severest, &[800], 10).is_empty());
        assert!(pages(&all, &office, QueueOrder::Severest, &[], 10).is_empty());
        for wrong in ["", "1", "1.2", "1.2.3.4", "a.2.3", "300.2.3", "1.2.-3", "1..3"] {
            assert_eq!(QueuePlace::parse(wrong), None, "{wrong}");
        }
        let waits = [line(2, 5, 300, "8620")];
        let nowhere = QueuePlace { lane: 99, time: Time(0), created: 0 };
        let search = QueueSearch { states: vec![300], order: QueueOrder::Severest };
        assert!(page(&waits, &office, &search, Some(nowhere), 10).lines.is_empty());
    }

    #[test]
    fn what_waits_for_an_officer_is_what_is_neither_on_its_way_nor_over() {
        let on_its_way = [State::Staged, State::Declared, State::Entered, State::Concluded];
        let waits = State::ALL.into_iter().filter(|state| !state.is_final() && !on_its_way.contains(state));
        let mut numbers: Vec<u16> = waits.map(State::number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers.iter().map(u16::to_string).collect::<Vec<_>>().join(", "), WAITING);
        let of_exports = format!("register = {EXPORTS} AND state IN ('{}')", WAITING.replace(", ", "', '"));
        assert_eq!(of_exports, EXPORTS_WAITING);
        assert!(wait(&numbers) && wait(&[300]) && !wait(&[]) && !wait(&[300, 800]));
    }
}
