//! The calendar of deadlines, year by year: how many days off the law gives, that they are worked for on weekends, that each rest has
//! its festival, and deadlines of past years.

use crate::dated_rows::{built_in, loaded, narrowed};
use ceb::Day;
use clearance::Rulebook;
use clearance::rulebook::{Calendar, Confidence};
use std::collections::{BTreeMap, BTreeSet};

/// First day of the Spring Festival, Tomb-sweeping Day, Dragon Boat Festival and Mid-autumn Festival of each year.
const FESTIVALS: [(u32, [u32; 4]); 12] = [
    (2016, [208, 404, 609, 915]),
    (2017, [128, 404, 530, 1004]),
    (2018, [216, 405, 618, 924]),
    (2019, [205, 405, 607, 913]),
    (2020, [125, 404, 625, 1001]),
    (2021, [212, 404, 614, 921]),
    (2022, [201, 405, 603, 910]),
    (2023, [122, 405, 622, 929]),
    (2024, [210, 404, 610, 917]),
    (2025, [129, 404, 531, 1006]),
    (2026, [217, 405, 619, 925]),
    (2027, [206, 405, 609, 915]),
];

/// Years whose notice is in the table; of later ones only the days of the law are.
const ANNOUNCED: std::ops::RangeInclusive<u32> = 2016..=2026;

fn day(number: u32) -> Day {
    Day::from_number(number).unwrap()
}

/// Whether a day rests by the week alone.
fn is_weekend(on: Day) -> bool {
    !Calendar::default().is_working_day(on)
}

/// Days that differ from the week, true = worked, each with its confidence.
fn rows() -> BTreeMap<Day, (bool, Confidence)> {
    let text = built_in("calendar.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut rows = BTreeMap::new();
    for row in reader.records().map(Result::unwrap) {
        let on = Day::parse(&row[0]).unwrap();
        assert!(!row[2].is_empty() && !row[4].is_empty(), "{on} has a name and a source");
        let before = rows.insert(on, (&row[1] == "working", Confidence::from_word(&row[3]).unwrap()));
        assert!(before.is_none(), "{on} stands twice");
    }
    rows
}

/// Every day that is a festival: those that move and those that do not.
fn festivals() -> BTreeSet<Day> {
    let fixed = [101, 501, 1001, 1002, 1003];
    let of_year = |(year, moving): (u32, [u32; 4])| {
        moving.into_iter().chain(fixed).map(move |on| day(year * 10_000 + on)).collect::<Vec<_>>()
    };
    FESTIVALS.into_iter().flat_map(of_year).collect()
}

#[test]
fn a_year_has_the_days_off_that_the_law_gives() {
    let rows = rows();
    for year in ANNOUNCED {
        let of_year = || rows.iter().filter(move |(on, _)| on.year() == year);
        let off = of_year().filter(|(on, (working, _))| !working && !is_weekend(**on)).count();
        let worked = of_year().filter(|(_, (working, _))| *working).count();
        let expected = match year {
            // The Spring Festival was prolonged by a Friday, and by a Saturday that would have been worked.
            2020 => 13,
            ..2025 => 11,
            _ => 13,
        };
        assert_eq!(
            off - worked,
            expected,
            "{year}: {off} days of the week off, {worked} days of weekends worked"
        );
    }
    let of_law = rows.keys().filter(|on| on.year() == 2027).count();
    assert_eq!(of_law, 13, "until its notice the days of the law");
}

#[test]
fn days_that_are_worked_for_a_holiday_are_of_weekends() {
    for (on, (working, _)) in rows() {
        assert!(!working || is_weekend(on), "{on}");
    }
}

#[test]
fn each_rest_has_its_festival_and_each_festival_rests() {
    let calendar = Rulebook::builtin().calendar;
    let festivals = festivals();
    for festival in &festivals {
        assert!(!calendar.is_working_day(*festival), "{festival}");
    }
    let rests = |on: &Day| !calendar.is_working_day(*on);
    for (on, (working, _)) in rows() {
        // The days before and after, as far as all rest.
        let before = (0..).map(|days| Calendar::plus_days(on, -days)).take_while(rests);
        let after = (0..).map(|days| Calendar::plus_days(on, days)).take_while(rests);
        assert!(working || before.chain(after).any(|on| festivals.contains(&on)), "{on}");
    }
}

#[test]
fn what_is_announced_was_read_and_what_is_not_is_from_memory() {
    for (on, (_, confidence)) in rows() {
        let expected = if ANNOUNCED.contains(&on.year()) { Confidence::Known } else { Confidence::Memory };
        assert_eq!(confidence, expected, "{on}");
    }
}

#[test]
fn deadlines_of_past_years_are_put_off_over_their_holidays() {
    let calendar = Rulebook::builtin().calendar;
    for (from, days, last) in [
        // A Saturday that is worked after the October holidays.
        (20_160_908, 30, 20_161_008),
        // Eight days of rest: National Day and Mid-autumn Festival together.
        (20_170_928, 3, 20_171_009),
        // A Sunday that is worked before them.
        (20_180_831, 30, 20_180_930),
        // The Spring Festival that was prolonged.
        (20_200_101, 30, 20_200_203),
        // A Sunday that is worked before the Spring Festival.
        (20_211_231, 30, 20_220_130),
        // A rest that ends in the next year.
        (20_221_201, 30, 20_230_103),
        // The last working day before such a rest.
        (20_231_129, 30, 20_231_229),
    ] {
        assert_eq!(calendar.deadline(day(from), days), day(last), "{from} + {days}");
    }
}

#[test]
fn a_calendar_of_before_its_rows_had_a_source_loads() {
    let book = loaded("calendar.csv", narrowed("calendar.csv", 1)).unwrap();
    assert!(!book.calendar.is_working_day(day(20_200_131)));
    let text = built_in("calendar.csv");
    let first = text.lines().nth(1).unwrap();
    let sourceless = format!("{},", first.rsplit_once(',').unwrap().0);
    assert_eq!(
        loaded("calendar.csv", text.replacen(first, &sourceless, 1)).unwrap_err(),
        "a day has a source"
    );
}
