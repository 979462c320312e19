//! What rows tell of how parties do what they owe: by party and day, of whom a list names or of whom the row itself names, and
//! as it was kept.

use super::folding::{DAY, NOON, declared, told};
use clearance::consignment::{Lane, State};
use clearance::keys::Time;
use clearance::reason::Reason;
use statistics::conduct::{
    BILL_OVERDUE, COMPARED, Conduct, DECLARED, DISPUTED, FAILED, FOUND, INSPECTED, MATCHED, REJECTED,
    of_record,
};
use statistics::kept::Kept;
use statistics::told::Bill;
use statistics::{Figures, Text, Told};

fn of(figures: &Figures, party: &str) -> Vec<(u32, String, u64)> {
    let codes = [Text::from(party)];
    let all = figures.conduct.of(&codes, (0, 99_991_231));
    all.map(|(day, what, count)| (day, what.to_owned(), count)).collect()
}

fn rejected(order: &str, cause: Reason) -> Told {
    let mut told = told(order, NOON + 5, State::Rejected);
    told.stand.as_mut().unwrap().causes = vec![cause];
    told
}

#[test]
fn documents_count_as_compared_where_they_were_and_each_list_once() {
    let mut figures = Figures::default();
    for order in ["1", "2", "3", "4"] {
        figures.add(&declared(order, "M", NOON, State::Declared));
    }
    figures.add(&told("1", NOON + 5, State::Released));
    figures.add(&rejected("2", Reason::BuyerNameDiffers));
    // Nothing came to compare it with; the sender took it back.
    figures.add(&rejected("3", Reason::OrderMissing));
    figures.add(&told("4", NOON + 5, State::Deleted));
    for party in ["M", "P"] {
        let on = |what: &str, count: u64| (20_261_123, what.to_owned(), count);
        let all = [on(COMPARED, 2), on(DECLARED, 4), on(MATCHED, 1), on(REJECTED, 2)];
        assert_eq!(of(&figures, party), all);
    }
    // What becomes of it later is no second comparison.
    figures.add(&declared("5", "N", NOON, State::Review));
    figures.add(&told("5", NOON + DAY, State::Released));
    let all = [COMPARED, DECLARED, MATCHED].map(|what| (20_261_123, what.to_owned(), 1));
    assert_eq!(of(&figures, "N"), all);
    // What a sealed rule rejects in the row of its match had agreed.
    figures.add(&declared("6", "L", NOON, State::Declared));
    let mut by_rule = rejected("6", Reason::RiskRejected);
    by_rule.stand.as_mut().unwrap().lane = Some(Lane::Reject);
    figures.add(&by_rule);
    let all = [COMPARED, DECLARED, MATCHED, REJECTED].map(|what| (20_261_123, what.to_owned(), 1));
    assert_eq!(of(&figures, "L"), all);
}

#[test]
fn whose_lists_were_all_rejected_is_known_and_exports_are_not_counted() {
    let mut figures = Figures::default();
    figures.add(&declared("1", "R", NOON, State::Declared));
    figures.add(&rejected("1", Reason::OrderMissing));
    figures.add(&Told { export: true, ..declared("1", "E", NOON, State::Declared) });
    figures.add(&Told { export: true, ..rejected("1", Reason::OrderMissing) });
    assert_eq!(of(&figures, "R"), [DECLARED, REJECTED].map(|what| (20_261_123, what.to_owned(), 1)));
    assert_eq!(of(&figures, "E"), []);
}

#[test]
fn an_inspection_is_of_whom_the_list_names_and_a_record_of_whom_it_names() {
    let mut figures = Figures::default();
    figures.add(&declared("1", "M", NOON, State::Inspection));
    let conduct = |what: &str| Conduct { what: what.into(), whose: Vec::new(), day: None };
    let mut inspected = told("1", NOON + DAY, State::Rejected);
    inspected.conduct = vec![conduct(INSPECTED), conduct(&format!("{FOUND}{FAILED}"))];
    figures.add(&inspected);
    let on_the_next_day: Vec<_> = of(&figures, "M").into_iter().filter(|one| one.0 == 20_261_124).collect();
    let found = format!("{FOUND}{FAILED}");
    let rejected = (20_261_124, REJECTED.to_owned(), 1);
    assert_eq!(on_the_next_day, [(20_261_124, found, 1), (20_261_124, INSPECTED.into(), 1), rejected]);
    figures.add(&of_record(Time(NOON + 2 * DAY), Conduct::of(DISPUTED, "S".into())));
    figures.add(&of_record(Time(NOON + 2 * DAY), Conduct::of(BILL_OVERDUE, "".into())));
    assert_eq!(of(&figures, "S"), [(20_261_125, DISPUTED.into(), 1)]);
    assert_eq!(figures.conduct.count_on(&"S".into(), 20_261_125), 1);
    assert_eq!(figures.conduct.count_on(&"S".into(), 20_261_124), 0);
    let parties: Vec<&str> = figures.conduct.parties().map(Text::as_str).collect();
    assert_eq!(parties, ["M", "P", "S"], "of nobody nothing is kept");
    let text = serde_json::to_string(&Kept::of(&figures)).unwrap();
    assert_eq!(serde_json::from_str::<Kept>(&text).unwrap().figures(), Some(figures));
}

#[test]
fn a_late_bill_is_of_whom_the_tax_was_entered_on_and_is_forgotten_once_nothing_is_owed() {
    let mut figures = Figures::default();
    let row = |order: &str, day: i64, bill: Bill| Told {
        bill: Some(bill),
        ..told(order, NOON + day * DAY, State::Released)
    };
    for order in ["1", "2", "3"] {
        figures.add(&declared(order, "M", NOON, State::Declared));
        figures.add(&row(order, 0, Bill::Owed("A".into())));
    }
    figures.add(&row("2", 1, Bill::Over));
    figures.add(&row("1", 2, Bill::Overdue));
    // What is over is not late any more, whatever comes after it.
    figures.add(&row("2", 2, Bill::Overdue));
    assert_eq!(of(&figures, "A"), [(20_261_125, BILL_OVERDUE.into(), 1)]);
    assert!(of(&figures, "M").iter().all(|(_, what, _)| what != BILL_OVERDUE));
    let text = serde_json::to_string(&Kept::of(&figures)).unwrap();
    assert_eq!(serde_json::from_str::<Kept>(&text).unwrap().figures(), Some(figures.clone()));
    assert_eq!(figures.owed.into_values().collect::<Vec<_>>(), ["A"], "of the third it is still owed");
}

#[test]
fn a_return_waits_from_its_application_until_it_is_decided_in_the_district_that_it_named() {
    let mut figures = Figures::default();
    let row = |now: i64, applied: Option<u32>| Told { applied, ..told("1", NOON + now, State::Released) };
    let key = row(0, None).order;
    let applied = Told { returning: Some(("8620".into(), "M".into())), ..row(0, Some(20_261_130)) };
    figures.add(&applied);
    assert_eq!(figures.applied[&key], ("8620".into(), 20_261_130));
    // Another of the same trade is due sooner; what else happens to it leaves it where it is.
    figures.add(&row(1, Some(20_261_124)));
    assert_eq!(figures.applied[&key], ("8620".into(), 20_261_124));
    let text = serde_json::to_string(&Kept::of(&figures)).unwrap();
    assert_eq!(serde_json::from_str::<Kept>(&text).unwrap().figures(), Some(figures.clone()));
    figures.add(&row(2, None));
    assert!(figures.applied.is_empty());
    // An export of the same number has nothing to do with it.
    figures.add(&applied);
    figures.add(&Told { export: true, ..row(3, None) });
    assert_eq!(figures.applied.len(), 1);
}
