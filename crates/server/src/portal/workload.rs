//! What the charts below the queue count: what waits, what ended today, and the figures of the last days. Of exports all of it is
//! from the figures, which are in memory: their queue has no lines without documents.

use super::desk::query;
use super::read;
use crate::Window;
use crate::api::error::Problem;
use crate::api::{consignments, statistics};
use crate::auth::Caller;
use ::portal::answers::figures::Figures;
use ::portal::pages::workload::{AGES, Exports, View};
use clearance::consignment::Lane;
use clearance::keys::Time;
use std::collections::BTreeMap;
use store::Summary;

/// States in which a trade has come to an end.
const ENDED: [u16; 4] = [100, 399, 700, 800];
const HOUR: i64 = 3_600_000;
/// Days of the figures besides today.
const DAYS: i64 = 6 * 24 * HOUR;

/// The class of an age.
fn class(age: i64) -> usize {
    AGES.iter().position(|hours| age <= hours * HOUR).unwrap_or(AGES.len())
}

/// What waits, by lane and age, the severest lane first.
fn ages(found: &[Summary], now: Time) -> Vec<(String, [u64; AGES.len() + 1])> {
    let mut lanes: BTreeMap<std::cmp::Reverse<u8>, [u64; AGES.len() + 1]> = BTreeMap::new();
    for one in found {
        if let Some(count) =
            lanes.entry(std::cmp::Reverse(one.lane)).or_default().get_mut(class(now.0 - one.time.0))
        {
            *count += 1;
        }
    }
    let word = |number: u8| Lane::from_number(number).map_or("", Lane::word).to_owned();
    lanes.into_iter().map(|(std::cmp::Reverse(number), counts)| (word(number), counts)).collect()
}

/// What the charts show to a caller.
pub async fn view(window: &Window, caller: &Caller, states: Vec<u16>) -> Result<View, Problem> {
    let now = window.clock.now();
    let waiting = consignments::waiting_in(window, caller, states).await?;
    let ended = consignments::ended_in(window, caller, ENDED.to_vec()).await?;
    let midnight = Time::start_of(now.day());
    let mut hours = vec![0u64; 24];
    for one in ended.found.iter().filter(|one| one.time >= midnight) {
        let hour = usize::try_from((one.time.0 - midnight.0) / HOUR).unwrap_or(0);
        if let Some(count) = hours.get_mut(hour) {
            *count += 1;
        }
    }
    let oldest = ended.found.iter().map(|one| one.time).min();
    let days = [Time(now.0 - DAYS), now].map(|time| time.day().number().to_string());
    let asked = query(&[("from", &days[0]), ("to", &days[1]), ("by", "span,upto")]);
    let durations = read::<Figures>(statistics::caller_told(window, caller, "durations", &asked)?)?;
    Ok(View {
        lanes: ages(&waiting.found, now),
        hours,
        more: ended.more && oldest.is_some_and(|oldest| oldest >= midnight),
        durations: Some(durations),
        exports: of_exports(window, caller)?,
    })
}

/// What the charts show of exports to a caller.
pub fn of_exports(window: &Window, caller: &Caller) -> Result<Exports, Problem> {
    let now = window.clock.now();
    let told = |table: &str, from: Time, by: &str| {
        let days = [from, now].map(|time| time.day().number().to_string());
        let asked = query(&[("from", &days[0]), ("to", &days[1]), ("by", by)]);
        read::<Figures>(statistics::caller_told(window, caller, table, &asked)?).map(Some)
    };
    Ok(Exports {
        waiting: told("export-waiting", now, "")?,
        today: told("export-flow", now, "step")?,
        durations: told("export-durations", Time(now.0 - DAYS), "span,upto")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clearance::keys::{OrderKey, Position};

    #[test]
    fn what_waits_is_counted_by_lane_and_age() {
        let now = Time(1_795_399_200_000);
        let one = |lane: u8, age: i64| Summary {
            order: OrderKey::new("a", "b"),
            state: 300,
            invt_no: None,
            customs_code: "8620".into(),
            position: Position::default(),
            time: Time(now.0 - age),
            lane,
        };
        let found =
            [one(2, 0), one(2, HOUR), one(2, HOUR + 1), one(5, 100 * HOUR), one(5, 24 * HOUR), one(0, 5)];
        let expected = [
            ("hold".to_owned(), [0, 0, 1, 0, 1]),
            ("document-check".to_owned(), [2, 1, 0, 0, 0]),
            (String::new(), [1, 0, 0, 0, 0]),
        ];
        assert_eq!(ages(&found, now), expected);
    }
}
