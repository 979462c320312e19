//! Rows become cells.

use clearance::consignment::{Lane, State};
use clearance::keys::{OrderKey, Time};
use clearance::reason::Reason;
use statistics::kept::Kept;
use statistics::told::{Declared, Named, Stand};
use statistics::{Asked, Dimension, Figures, Least, Line, Table, Told, Whose, lines};

pub(crate) const NOON: i64 = 1_795_399_200_000;
pub(crate) const DAY: i64 = 86_400_000;

pub(crate) fn told(order: &str, now: i64, state: State) -> Told {
    Told {
        now: Time(now),
        order: OrderKey::new("P", order),
        export: false,
        declared: None,
        stand: Some(Stand {
            state,
            lane: Some(Lane::Release),
            value: 1_000,
            tax: 91,
            quota: 1_000,
            causes: vec![],
        }),
        action: None,
        refused: None,
        returning: None,
        returned: None,
        scanned: None,
        conduct: vec![],
        bill: None,
        ordered: None,
        applied: None,
    }
}

pub(crate) fn declared(order: &str, merchant: &str, now: i64, state: State) -> Told {
    let named = Named {
        district: "8620".into(),
        mode: "9610".into(),
        country: "133".into(),
        merchant: merchant.into(),
        parties: vec!["P".into(), merchant.into()],
    };
    let goods = vec![("33049900".into(), 1_000, 91)];
    Told {
        declared: Some(Declared { named, weight: 500, goods, converted: true }),
        ..told(order, now, state)
    }
}

fn asked(table: Table, by: &[Dimension]) -> Asked {
    Asked { table, from: 20_261_101, to: 20_261_231, by: by.to_vec() }
}

fn counts(figures: &Figures, table: Table, by: &[Dimension], whose: &Whose) -> Vec<(String, Option<u64>)> {
    let told = |line: Line| {
        let parts: Vec<&str> = line.parts.iter().map(AsRef::as_ref).collect();
        (parts.join(" "), line.measure.map(|measure| measure.count))
    };
    lines(figures, &asked(table, by), whose).into_iter().map(told).collect()
}

fn office() -> Whose {
    Whose::Office(Vec::new())
}

#[test]
fn what_comes_to_nothing_is_a_step_of_its_own_on_its_own_day() {
    let mut figures = Figures::default();
    figures.add(&declared("1", "M", NOON, State::Declared));
    figures.add(&told("1", NOON + 5_000, State::Entered));
    figures.add(&told("1", NOON + DAY, State::Cancelled));
    figures.add(&declared("1", "M", NOON + 2 * DAY, State::Declared));
    figures.add(&declared("1", "M", NOON + 2 * DAY + 1, State::Declared));
    let mut rejected = told("1", NOON + 2 * DAY + 2, State::Rejected);
    rejected.stand.as_mut().unwrap().causes = vec![Reason::BuyerNameDiffers];
    figures.add(&rejected);
    let steps = counts(&figures, Table::Flow, &[Dimension::Day, Dimension::Second], &office());
    let expected = [
        ("20261123 declared", 1),
        ("20261123 entered", 1),
        ("20261124 cancelled", 1),
        ("20261125 changed", 1),
        ("20261125 declared", 2),
        ("20261125 rejected", 1),
    ];
    let expected: Vec<(String, Option<u64>)> =
        expected.into_iter().map(|(line, count)| (line.to_owned(), Some(count))).collect();
    assert_eq!(steps, expected);
    let causes = counts(&figures, Table::Causes, &[Dimension::First], &office());
    assert_eq!(causes, [("buyer-name-differs".to_owned(), Some(1))]);
    let spans = counts(&figures, Table::Durations, &[Dimension::First, Dimension::Second], &office());
    assert_eq!(spans, [("verdict 0000001".to_owned(), Some(1)), ("verdict 0000005".to_owned(), Some(1))]);
    assert!(figures.open.is_empty(), "what is over leaves memory");
}

#[test]
fn what_is_kept_reads_back_and_another_form_does_not() {
    let mut figures = Figures::default();
    figures.add(&declared("1", "M", NOON, State::Review));
    figures.add(&declared("2", "N", NOON, State::Released));
    let mut returning = told("2", NOON + 1, State::Released);
    returning.returning = Some(("8620".into(), "N".into()));
    figures.add(&returning);
    for platform in ["P", "Q", "P"] {
        let ordered = Some((platform.into(), "M".into()));
        figures.add(&Told { ordered, stand: None, ..told("3", NOON + 2, State::Declared) });
    }
    assert_eq!(figures.sold_over["M"].iter().map(AsRef::as_ref).collect::<Vec<&str>>(), ["P", "Q"]);
    let text = serde_json::to_string(&Kept::of(&figures)).unwrap();
    let read = |text: &str| serde_json::from_str::<Kept>(text).unwrap().figures();
    assert_eq!(read(&text), Some(figures));
    assert_eq!(read(&text.replacen("\"form\":", "\"form\":9", 1)), None);
}

#[test]
fn a_party_sees_its_own_an_office_its_districts_and_everybody_what_is_of_several() {
    let mut figures = Figures::default();
    for (order, merchant) in [("1", "M"), ("2", "M"), ("3", "N")] {
        figures.add(&declared(order, merchant, NOON, State::Released));
    }
    let by = [Dimension::Second];
    let party = Whose::Party(vec!["M".into()]);
    let of_party = counts(&figures, Table::PartyFlow, &by, &party);
    assert_eq!(of_party, [("declared".to_owned(), Some(2)), ("released".to_owned(), Some(2))]);
    assert_eq!(counts(&figures, Table::Flow, &by, &Whose::Office(vec!["53".into()])), []);
    assert_eq!(counts(&figures, Table::Flow, &by, &Whose::Office(vec!["86".into()])).len(), 2);
    let least = Whose::Public(Least { merchants: 3, declarations: 10 });
    assert_eq!(counts(&figures, Table::Flow, &by, &least)[0], ("declared".to_owned(), None));
    figures.add(&declared("4", "O", NOON, State::Declared));
    let told = counts(&figures, Table::Flow, &by, &least);
    assert_eq!(told, [("declared".to_owned(), Some(4)), ("released".to_owned(), None)]);
}

#[test]
fn an_officers_decision_is_counted_with_how_long_it_was_waited_for() {
    let mut figures = Figures::default();
    figures.add(&declared("1", "M", NOON, State::Review));
    let waiting = figures.waiting(Time(NOON + 90_000));
    assert_eq!((waiting.len(), waiting[0].state, waiting[0].upto), (1, State::Review, Some(120)));
    figures.add(&Told { action: Some("release"), ..told("1", NOON + 90_000, State::Released) });
    let done =
        counts(&figures, Table::Work, &[Dimension::Owner, Dimension::First, Dimension::Second], &office());
    assert_eq!(done, [("8620 release decider".to_owned(), Some(1))]);
    let spans = counts(&figures, Table::Durations, &[Dimension::First, Dimension::Second], &office());
    let expected = ["decision 0000120", "release 0000120", "verdict 0000001"];
    assert_eq!(spans.iter().map(|(line, _)| line.as_str()).collect::<Vec<_>>(), expected);
    assert!(figures.waiting(Time(NOON)).is_empty());
}

#[test]
fn exports_are_counted_beside_imports_of_the_same_number() {
    let mut figures = Figures::default();
    let export = |told: Told| Told { export: true, ..told };
    figures.add(&declared("1", "M", NOON, State::Review));
    figures.add(&export(declared("1", "N", NOON, State::Concluded)));
    let mut unknown = export(declared("2", "N", NOON, State::Concluded));
    unknown.declared.as_mut().unwrap().converted = false;
    figures.add(&unknown);
    figures.add(&export(told("1", NOON + 1_000, State::Released)));
    figures.add(&export(told("1", NOON + 2_000, State::Closed)));
    let by = [Dimension::Second];
    let flow = counts(&figures, Table::ExportFlow, &by, &office());
    let expected = [("closed", 1), ("concluded", 2), ("declared", 2), ("released", 1), ("unconverted", 1)];
    assert_eq!(flow, expected.map(|(step, count)| (step.to_owned(), Some(count))));
    let imports = counts(&figures, Table::Flow, &by, &office());
    assert_eq!(imports, [("declared".to_owned(), Some(1)), ("review".to_owned(), Some(1))]);
    assert_eq!((figures.open.len(), figures.open_exports.len()), (1, 1), "each has its own");
    // Goods that are back are a step of their own, whose district the row itself says.
    let mut back = export(told("1", NOON + 3_000, State::Closed));
    (back.returning, back.returned) = (Some(("8620".into(), "N".into())), Some((500, 0)));
    figures.add(&back);
    let returned = lines(&figures, &asked(Table::ExportFlow, &by), &office());
    let returned = returned.iter().find(|line| line.parts == ["returned"]).unwrap();
    assert_eq!(returned.measure.as_ref().map(|measure| (measure.count, measure.value)), Some((1, 500)));
    let of_party = counts(&figures, Table::ExportPartyFlow, &by, &Whose::Party(vec!["N".into()]));
    assert!(of_party.contains(&("returned".to_owned(), Some(1))), "{of_party:?}");
    let text = serde_json::to_string(&Kept::of(&figures)).unwrap();
    assert_eq!(serde_json::from_str::<Kept>(&text).unwrap().figures(), Some(figures));
}
