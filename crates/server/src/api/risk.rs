//! How grave trades are held to be, and the order by it. No index holds that: it is read from each trade as it stands, and again only
//! when something happened to it. It is the offices' alone, as the rules are that it follows from.

use super::error::Problem;
use super::scope;
use crate::Window;
use crate::auth::Caller;
use clearance::consignment::{Consignment, Lane};
use clearance::export::ExportTrade;
use clearance::keys::{OrderKey, Position};
use clearance::score::Score;
use futures_util::future::try_join_all;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use store::{QueueOrder, QueueSearch, Read, Summary};

/// Trades that wait and are put in order by risk, at most.
pub(super) const RANKED: usize = 5_000;
/// How often the index is asked for them, each time for as many lines as it looks at for a page: those of other offices and in other
/// states stand between.
const PAGES: usize = 10;
/// Trades whose risk is remembered, at most.
const REMEMBERED: usize = 4 * RANKED;
/// Trades that are read at once: fewer than a database has connections for readers, and others are served between them.
const AT_ONCE: usize = 4;

/// How grave a trade is held to be, compared in this order: what was given no score stands behind all that were.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub(crate) struct Risk {
    /// The score that the model in use gave when it was declared, in thousandths.
    score: Option<u16>,
    /// Number of its lane; 0 = none is fixed.
    lane: u8,
    /// How many rules and findings led there.
    reasons: u16,
}

impl Risk {
    fn new(score: Option<u16>, lane: Option<Lane>, reasons: usize) -> Self {
        let lane = lane.map_or(0, |lane| lane as u8);
        Self { score, lane, reasons: u16::try_from(reasons).unwrap_or(u16::MAX) }
    }

    /// Of a trade of imports.
    fn of(consignment: &Consignment) -> Self {
        let Some(attempt) = &consignment.attempt else { return Self::default() };
        Self::new(score(consignment), attempt.lane, attempt.hits.len() + attempt.findings.len())
    }

    /// Of a trade of exports.
    pub(super) fn of_export(trade: &ExportTrade) -> Self {
        let Some(attempt) = &trade.attempt else { return Self::default() };
        Self::new(score_of_export(trade), attempt.lane, trade.look.hits.len() + attempt.findings.len())
    }
}

/// The score of a trade, in thousandths; none = it was given none.
pub(super) fn score(consignment: &Consignment) -> Option<u16> {
    Some(Score::of(&consignment.attempt.as_ref()?.counts)?.thousandths)
}

/// The same of an export.
pub(super) fn score_of_export(trade: &ExportTrade) -> Option<u16> {
    Some(Score::of(&trade.look.counts)?.thousandths)
}

/// Whether an order by risk is asked for, and then whether the gravest stands first.
pub(super) fn asked(sort: &str) -> Option<bool> {
    match sort {
        "risk" => Some(false),
        "-risk" => Some(true),
        _ => None,
    }
}

fn directed(order: Ordering, falling: bool) -> Ordering {
    if falling { order.reverse() } else { order }
}

/// Puts in order by risk; what is equal stays as it stands.
pub(super) fn put<T>(found: &mut [T], falling: bool, of: impl Fn(&T) -> Risk) {
    found.sort_by(|one, other| directed(of(one).cmp(&of(other)), falling));
}

/// The place of a line in the order by risk: a page begins behind one, whatever became of that line meanwhile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Place {
    risk: Risk,
    time: i64,
    row: u64,
}

impl Place {
    /// As an address says it; none of any other text.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('.').collect();
        let [score, lane, reasons, time, row] = parts[..] else { return None };
        let score = if score == "none" { None } else { Some(score.parse().ok()?) };
        let risk = Risk { score, lane: lane.parse().ok()?, reasons: reasons.parse().ok()? };
        Some(Self { risk, time: time.parse().ok()?, row: row.parse().ok()? })
    }

    /// What is equally grave stands by age, the longest unchanged first.
    fn compared(&self, other: &Self, falling: bool) -> Ordering {
        let by_risk = directed(self.risk.cmp(&other.risk), falling);
        by_risk.then_with(|| (self.time, self.row).cmp(&(other.time, other.row)))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.risk.score {
            Some(score) => write!(f, "{score}")?,
            None => f.write_str("none")?,
        }
        write!(f, ".{}.{}.{}.{}", self.risk.lane, self.risk.reasons, self.time, self.row)
    }
}

/// What was read of trades, with the row that each stood on.
#[derive(Default)]
pub(crate) struct Risks(Mutex<BTreeMap<OrderKey, (Position, Risk)>>);

impl Risks {
    fn held(&self) -> MutexGuard<'_, BTreeMap<OrderKey, (Position, Risk)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, line: &Summary) -> Option<Risk> {
        let held = self.held();
        held.get(&line.order).filter(|(position, _)| *position == line.position).map(|(_, risk)| *risk)
    }

    fn keep(&self, line: &Summary, risk: Risk) {
        let mut held = self.held();
        if held.len() >= REMEMBERED {
            // Most of them wait no more: what still does is read once again.
            held.clear();
        }
        held.insert(line.order.clone(), (line.position, risk));
    }
}

async fn of_line(window: &Window, line: &Summary) -> Result<Risk, Problem> {
    if let Some(known) = window.risks.known(line) {
        return Ok(known);
    }
    let consignment = window.read.consignment(&line.order).await?;
    let risk = consignment.as_ref().map(Risk::of).unwrap_or_default();
    window.risks.keep(line, risk);
    Ok(risk)
}

/// Lines in order by risk, each with its place.
pub(super) async fn ranked(
    window: &Window,
    lines: Vec<Summary>,
    falling: bool,
) -> Result<Vec<(Place, Summary)>, Problem> {
    let mut risks = Vec::with_capacity(lines.len());
    for some in lines.chunks(AT_ONCE) {
        risks.extend(try_join_all(some.iter().map(|line| of_line(window, line))).await?);
        // A data folder is read without waiting: thousands of trades in one go would keep everybody else from this thread.
        tokio::task::yield_now().await;
    }
    let placed = lines.into_iter().zip(risks).map(|(line, risk)| {
        let place = Place { risk, time: line.time.0, row: line.position.number() };
        (place, line)
    });
    let mut ranked: Vec<(Place, Summary)> = placed.collect();
    ranked.sort_by(|(one, _), (other, _)| one.compared(other, falling));
    Ok(ranked)
}

/// All that waits for an officer in these states, in order by risk; none = there is more of it than is put in order.
pub(super) async fn waiting(
    window: &Window,
    caller: &Caller,
    states: Vec<u16>,
    falling: bool,
) -> Result<Option<Vec<(Place, Summary)>>, Problem> {
    let search = QueueSearch { states, order: QueueOrder::Severest };
    let scope = scope(window, caller);
    let (mut lines, mut after) = (Vec::new(), None);
    for _ in 0..PAGES {
        // One more than fit, so that as many as fit are not taken for too many.
        let page = window.read.queue(&scope, &search, after, RANKED + 1 - lines.len()).await?;
        lines.extend(page.lines.into_iter().map(|(_, line)| line));
        after = page.next;
        if after.is_none() || lines.len() > RANKED {
            break;
        }
    }
    if after.is_some() || lines.len() > RANKED {
        return Ok(None);
    }
    ranked(window, lines, falling).await.map(Some)
}

/// A page of lines in order, behind a place, and where the next goes on.
pub(super) fn page(
    mut ranked: Vec<(Place, Summary)>,
    falling: bool,
    after: Option<Place>,
    count: usize,
) -> (Vec<Summary>, Option<String>) {
    if let Some(after) = after {
        ranked.retain(|(place, _)| place.compared(&after, falling).is_gt());
    }
    let goes_on = ranked.len() > count;
    ranked.truncate(count);
    let next = ranked.last().filter(|_| goes_on).map(|(place, _)| place.to_string());
    (ranked.into_iter().map(|(_, line)| line).collect(), next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clearance::keys::Time;

    fn line(number: u64) -> Summary {
        Summary {
            order: OrderKey::new("a", &number.to_string()),
            state: 300,
            invt_no: None,
            customs_code: "8620".into(),
            position: Position { writer: 0, sequence: number },
            time: Time(i64::try_from(number / 3).unwrap()),
            lane: 2,
        }
    }

    /// Lines of every sort of risk, in no order.
    fn all() -> Vec<(Place, Summary)> {
        let lines = (0..200u64).map(|number| {
            let mixed = number.wrapping_mul(2_654_435_761) % 997;
            let score = (mixed % 3 > 0).then_some((mixed % 5) as u16 * 100);
            let lane = Lane::from_number((mixed % 7) as u8);
            let risk = Risk::new(score, lane, (mixed % 4) as usize);
            let line = line(number);
            (Place { risk, time: line.time.0, row: line.position.number() }, line)
        });
        lines.collect()
    }

    #[test]
    fn the_score_counts_before_the_lane_and_the_lane_before_the_number_of_reasons() {
        let graver = [
            (Some(700), Some(Lane::DocumentCheck), 1),
            (Some(2), Some(Lane::Hold), 9),
            (Some(0), None, 0),
            (None, Some(Lane::Hold), 1),
            (None, Some(Lane::Scan), 3),
            (None, Some(Lane::Scan), 2),
            (None, None, 5),
            (None, None, 0),
        ];
        let risks = graver.map(|(score, lane, reasons)| Risk::new(score, lane, reasons));
        assert!(risks.is_sorted_by(|one, other| one > other), "{risks:?}");
        assert_eq!(risks[7], Risk::default());
    }

    #[test]
    fn pages_have_every_line_once_and_in_order_whatever_their_size() {
        for falling in [true, false] {
            let mut whole = all();
            whole.sort_by(|(one, _), (other, _)| one.compared(other, falling));
            assert!(whole.is_sorted_by(|(one, _), (other, _)| {
                if falling { one.risk >= other.risk } else { one.risk <= other.risk }
            }));
            let whole: Vec<Summary> = whole.into_iter().map(|(_, line)| line).collect();
            for count in [1, 7, 199, 200, 500] {
                let (mut found, mut after) = (Vec::new(), None);
                loop {
                    let mut ranked = all();
                    ranked.sort_by(|(one, _), (other, _)| one.compared(other, falling));
                    let (lines, next) = page(ranked, falling, after, count);
                    assert!(!lines.is_empty() && lines.len() <= count);
                    found.extend(lines);
                    let Some(next) = next else { break };
                    after = Place::parse(&next);
                    assert_eq!(after.unwrap().to_string(), next);
                }
                assert_eq!(found, whole, "in pages of {count}");
            }
        }
    }

    #[test]
    fn a_page_goes_on_behind_a_line_that_is_gone() {
        let mut ranked = all();
        ranked.sort_by(|(one, _), (other, _)| one.compared(other, true));
        let (gone, _) = ranked.remove(9);
        let expected: Vec<Summary> = ranked[9..12].iter().map(|(_, line)| line.clone()).collect();
        assert_eq!(page(ranked, true, Some(gone), 3).0, expected);
    }

    #[test]
    fn texts_that_are_no_place_are_none() {
        for wrong in ["", "1.2.3", "none.1.2.3", "none.1.2.3.4.5", "x.1.2.3.4", "70000.1.2.3.4", "1.1.2.3.-4"]
        {
            assert_eq!(Place::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_was_read_counts_as_long_as_nothing_happens_to_the_trade() {
        let risks = Risks::default();
        let (before, risk) = (line(1), Risk::new(Some(5), None, 0));
        assert_eq!(risks.known(&before), None);
        risks.keep(&before, risk);
        assert_eq!(risks.known(&before), Some(risk));
        let after = Summary { position: Position { writer: 0, sequence: 2 }, ..before.clone() };
        assert_eq!(risks.known(&after), None);
        risks.keep(&after, Risk::default());
        assert_eq!((risks.known(&before), risks.known(&after)), (None, Some(Risk::default())));
    }
}
