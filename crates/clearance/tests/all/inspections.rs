//! Typed results of inspections: each allows its measures and no other, the gravest of several decides, and a party that is
//! not told reads the measure alone.

use crate::support::*;
use ceb::{Decimal, Document};
use clearance::event::{ActionKind, Cause, OfficerAction};
use clearance::inspection::{Found, Inspection, Measure, allowed};
use clearance::outcome::Outcome;
use clearance::rulebook::{Measured, Rulebook};
use clearance::sample::Trade;
use clearance::{Reason, Text};
use std::sync::Arc;

/// A trade that is looked at, its parcel at the site.
pub(crate) fn looked_at() -> (Window, Trade) {
    let mut window = Window::new();
    let trade = trade(1);
    window.trade(&trade);
    window.act(&trade, ActionKind::Inspect);
    window.arrive(&trade);
    assert_eq!(window.state(&trade), 500);
    (window, trade)
}

pub(crate) fn found(line: u32, result: &str) -> Found {
    let measured = Rulebook::builtin().inspections.find(result, NOW.day()).map(|row| row.measured);
    let of = |kind| (measured == Some(kind)).then(|| Decimal::from_whole(2));
    Found { line, result: result.into(), quantity: of(Measured::Quantity), weight: of(Measured::Weight) }
}

pub(crate) fn inspection(found: Vec<Found>, measure: Measure) -> Inspection {
    Inspection { found, measure, second: Text::default(), place: Text::default(), photographs: Vec::new() }
}

/// Recorded by one officer.
pub(crate) fn record(window: &mut Window, trade: &Trade, inspection: Inspection) -> Outcome {
    window.act(trade, ActionKind::Inspected(Box::new(inspection)))
}

/// Recorded, and confirmed where two look.
fn inspect(window: &mut Window, trade: &Trade, inspection: Inspection) -> Outcome {
    let recorded = record(window, trade, inspection);
    let waits = window.of(trade).attempt.as_ref().unwrap().unconfirmed().is_some();
    if waits { window.act_as("另一关员", trade, ActionKind::ConfirmInspection) } else { recorded }
}

fn reasons(outcome: &Outcome) -> Vec<Reason> {
    outcome.answer.findings.iter().map(|finding| finding.reason).collect()
}

fn state_of(measure: Measure) -> u16 {
    match measure {
        Measure::Release => 800,
        Measure::Review => 300,
        Measure::Suspend => 600,
        Measure::Reject => 100,
        Measure::ReExport => 700,
        Measure::DetainOther => 599,
        Measure::DetainClearance => 501,
        Measure::DetainLegal => 503,
        Measure::DetainSmuggling => 502,
    }
}

#[test]
fn each_result_allows_its_measures_and_names_them_where_another_is_chosen() {
    let book = Rulebook::builtin();
    let rows: Vec<_> = book.inspections.on(NOW.day()).cloned().collect();
    assert!(rows.len() >= 15, "{}", rows.len());
    for row in &rows {
        for measure in Measure::ALL {
            let (mut window, trade) = looked_at();
            let before = window.of(&trade).version;
            let mut alone = window.clone();
            let outcome = inspect(&mut window, &trade, inspection(vec![found(0, &row.result)], measure));
            let what = format!("{} {measure:?}: {}", row.result, outcome.answer.info);
            if row.measures.contains(&measure) {
                assert_eq!(
                    (window.state(&trade), outcome.answer.findings.len()),
                    (state_of(measure), if measure == Measure::Reject { 1 } else { 0 }),
                    "{what}"
                );
                let remarks = &window.of(&trade).attempt.as_ref().unwrap().remarks;
                let words: Vec<&str> = remarks.iter().map(|remark| remark.action.as_str()).skip(1).collect();
                let recorded = format!("inspected {}", measure.word());
                let both = [recorded.as_str(), "confirm-inspection"];
                assert_eq!(words, both[..usize::from(row.officers)], "{what}");
                let first =
                    record(&mut alone, &trade, inspection(vec![found(0, &row.result)], measure)).answer;
                if row.officers == 2 {
                    assert_eq!(
                        (alone.state(&trade), first.status),
                        (500, 500),
                        "one alone moves nothing: {what}"
                    );
                } else {
                    assert_eq!(alone.state(&trade), state_of(measure), "{what}");
                }
            } else {
                assert_eq!(reasons(&outcome), [Reason::MeasureForbidden], "{what}");
                let named =
                    outcome.answer.findings[0].fields.iter().find(|field| field.path == "allowed").unwrap();
                let words: Vec<&str> = row.measures.iter().map(|measure| measure.word()).collect();
                assert_eq!(named.value, words.join(", "), "{what}");
                assert_eq!((window.state(&trade), window.of(&trade).version), (500, before), "{what}");
            }
        }
    }
}

#[test]
fn of_several_results_the_gravest_decides() {
    let book = Rulebook::builtin();
    let row = |result: &str| book.inspections.find(result, NOW.day()).unwrap();
    assert_eq!(allowed(&[row("conforming"), row("value-doubtful")]), row("value-doubtful").measures);
    assert_eq!(
        allowed(&[row("infringing"), row("value-doubtful")]),
        row("value-doubtful")
            .measures
            .clone()
            .into_iter()
            .filter(|_| false)
            .chain(row("infringing").measures.clone())
            .collect::<Vec<_>>()
    );
    let (mut window, trade) = looked_at();
    let both = || vec![found(0, "conforming"), found(1, "prohibited")];
    let outcome = inspect(&mut window, &trade, inspection(both(), Measure::Release));
    assert_eq!(reasons(&outcome), [Reason::MeasureForbidden]);
    inspect(&mut window, &trade, inspection(both(), Measure::DetainSmuggling));
    assert_eq!(window.state(&trade), 502);
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let (mut window, trade) = looked_at();
    let faulty = || Inspection {
        found: vec![
            found(99, "conforming"),
            found(1, "no-such-result"),
            Found { quantity: None, ..found(0, "quantity-differs") },
            Found { weight: Some(Decimal::from_whole(-1)), ..found(0, "weight-differs") },
            found(1, "prohibited"),
            found(1, "prohibited"),
        ],
        measure: Measure::DetainSmuggling,
        second: "另一关员".into(),
        place: "样".repeat(101).into(),
        photographs: vec!["ABC".into()],
    };
    let outcome = inspect(&mut window, &trade, faulty());
    let paths: Vec<&str> =
        outcome.answer.findings.iter().map(|finding| finding.fields[0].path.as_str()).collect();
    let expected = [
        "found[1].line",
        "found[2].result",
        "found[3].quantity",
        "found[4].weight",
        "found[6].result",
        "second",
        "place",
        "photographs",
    ];
    assert_eq!(paths, expected, "{:?}", outcome.answer.findings);
    assert!(outcome.receipts.is_empty() && outcome.movements.is_empty());
    // Nothing found is no inspection; nobody is named who has not said so himself.
    let alone = Inspection { second: "另一关员".into(), ..inspection(Vec::new(), Measure::Release) };
    let outcome = inspect(&mut window, &trade, alone);
    let paths: Vec<&str> =
        outcome.answer.findings.iter().map(|finding| finding.fields[0].path.as_str()).collect();
    assert_eq!(paths, ["found", "second"]);
}

#[test]
fn a_party_that_is_not_told_reads_the_measure_alone() {
    let infos = |result: &str, measure| {
        let (mut window, trade) = looked_at();
        let outcome = inspect(&mut window, &trade, inspection(vec![found(0, result)], measure));
        let Document::DeclarationReceipt(receipt) = &*outcome.receipts[0].document else { panic!() };
        (receipt.return_status.to_string(), receipt.return_info.to_string())
    };
    let (status, info) = infos("prohibited", Measure::DetainSmuggling);
    assert_eq!((status.as_str(), info.as_str()), ("502", "[Code:19022;Desc:扣留]"));
    let (status, info) = infos("quantity-differs", Measure::DetainOther);
    assert_eq!((status.as_str(), info.as_str()), ("599", "[Code:19022;Desc:扣留，查验结果：数量不符，样例]"));
    let (status, info) = infos("quantity-differs", Measure::Reject);
    assert!(status == "100" && info.contains("查验结果：数量不符，样例"), "{info}");
}

#[test]
fn what_is_sent_back_or_rejected_frees_quota_and_key() {
    for (result, measure) in
        [("beyond-personal-use", Measure::ReExport), ("quantity-differs", Measure::Reject)]
    {
        let (mut window, mut trade) = looked_at();
        let outcome = inspect(&mut window, &trade, inspection(vec![found(0, result)], measure));
        assert!(!outcome.movements.is_empty(), "{measure:?}: holds are given back");
        trade.declaration.head.app_time = ceb::Stamp::parse("20301231235959").unwrap();
        assert!(window.of(&trade).attempt.as_ref().unwrap().state.frees_the_key(), "{measure:?}");
    }
}

/// Why an officer of an office may not do something.
fn act_of(window: &mut Window, trade: &Trade, who: (&str, &str), kind: ActionKind, text: &str) -> Outcome {
    let action = OfficerAction {
        id: Text::from(format!("of-{}-{}", who.0, window.outcomes.len())),
        officer: who.0.into(),
        party: who.1.into(),
        order: key(trade),
        version: window.of(trade).version,
        kind,
        text: text.into(),
    };
    window.run(Cause::Action(Arc::new(action)))
}

const OFFICE: &str = "8620000001";

#[test]
fn where_two_look_the_second_confirms_by_himself() {
    let (mut window, trade) = looked_at();
    let law = window.reference.current().parameters.on(NOW.day());
    let open = |window: &Window, kind: ActionKind, who: (&str, &str)| {
        clearance::decide::is_open(window.of(&trade), &kind, who, &law, window.now)
    };
    let (confirm, contest) = (ActionKind::ConfirmInspection, ActionKind::ContestInspection);
    let nothing = window.act_as("乙", &trade, confirm.clone());
    assert_eq!(reasons(&nothing), [Reason::ActionForbidden], "nothing waits");
    let version = window.of(&trade).version;
    let infringing = || inspection(vec![found(0, "infringing")], Measure::DetainLegal);
    let first = record(&mut window, &trade, infringing());
    assert!(first.receipts.is_empty() && first.movements.is_empty(), "nobody is told, nothing moves");
    assert_eq!((window.state(&trade), window.of(&trade).version), (500, version + 1));
    let joint = window.of(&trade).attempt.as_ref().unwrap().unconfirmed().unwrap().clone();
    assert_eq!(
        (joint.officer.as_str(), joint.party.as_str(), joint.text.as_str()),
        ("样例关员", OFFICE, "样例")
    );
    assert_eq!((joint.rulebook, joint.day), (window.reference.current().number, NOW.day()));
    // The same person, another office: refused, and offered neither.
    for (who, what) in [(("样例关员", OFFICE), "the same person"), (("乙", "8621000001"), "another office")]
    {
        for kind in [&confirm, &contest] {
            assert!(!open(&window, kind.clone(), who), "{what}");
            let refused = act_of(&mut window, &trade, who, kind.clone(), "并非侵权");
            assert_eq!(reasons(&refused), [Reason::SecondInspectorNeeded], "{what}");
            assert!(refused.consignment.is_none() && window.state(&trade) == 500, "{what}");
        }
    }
    // A newer version than he saw.
    let stale = OfficerAction {
        id: "stale".into(),
        officer: "乙".into(),
        party: OFFICE.into(),
        order: key(&trade),
        version,
        kind: confirm.clone(),
        text: Text::default(),
    };
    let outdated = window.run(Cause::Action(Arc::new(stale)));
    assert_eq!(reasons(&outdated), [Reason::VersionOutdated]);
    assert!(open(&window, confirm.clone(), ("乙", OFFICE)) && open(&window, contest.clone(), ("乙", OFFICE)));
    let second = act_of(&mut window, &trade, ("乙", OFFICE), confirm.clone(), "");
    assert_eq!((window.state(&trade), reasons(&second).len()), (503, 0), "{}", second.answer.info);
    let Document::DeclarationReceipt(receipt) = &*second.receipts[0].document else { panic!() };
    assert!(receipt.return_info.contains("涉嫌侵权，样例"), "what the first said: {}", receipt.return_info);
    let attempt = window.of(&trade).attempt.as_ref().unwrap();
    assert_eq!(attempt.joint.as_ref().unwrap().confirmed_by, "乙");
    let again = act_of(&mut window, &trade, ("丙", OFFICE), confirm, "");
    assert_eq!(reasons(&again), [Reason::ActionForbidden], "it is confirmed once");
}

#[test]
fn a_contested_inspection_is_void_and_so_is_one_that_something_else_overtakes() {
    let (mut window, trade) = looked_at();
    let joint = |window: &Window| window.of(&trade).attempt.as_ref().unwrap().joint.clone();
    record(&mut window, &trade, inspection(vec![found(0, "prohibited")], Measure::DetainSmuggling));
    let silent = act_of(&mut window, &trade, ("乙", OFFICE), ActionKind::ContestInspection, " ");
    assert_eq!(reasons(&silent), [Reason::InspectionFaulty], "whoever contests says why");
    assert_eq!(silent.answer.findings[0].fields[0].path, "text");
    let mut others: Vec<Window> = vec![window.clone(); 3];
    let contested = act_of(&mut window, &trade, ("乙", OFFICE), ActionKind::ContestInspection, "系普通茶叶");
    assert!(reasons(&contested).is_empty() && contested.receipts.is_empty());
    assert_eq!((window.state(&trade), joint(&window)), (500, None));
    let confirm = window.act_as("丙", &trade, ActionKind::ConfirmInspection);
    assert_eq!(reasons(&confirm), [Reason::ActionForbidden]);
    // Looked at again, it ends as any other.
    inspect(&mut window, &trade, inspection(vec![found(0, "conforming")], Measure::Release));
    assert_eq!(window.state(&trade), 800);
    // Another inspection takes its place, also that of the same officer; whatever else is decided takes it back.
    let again = inspection(vec![found(0, "goods-differ")], Measure::Reject);
    record(&mut others[0], &trade, again);
    assert_eq!(joint(&others[0]).unwrap().inspection.measure, Measure::Reject);
    record(&mut others[1], &trade, inspection(vec![found(0, "value-doubtful")], Measure::Review));
    assert_eq!((others[1].state(&trade), joint(&others[1])), (300, None));
    others[2].act_as("乙", &trade, ActionKind::Suspend);
    assert_eq!((others[2].state(&trade), joint(&others[2])), (600, None));
}

#[test]
fn what_is_confirmed_follows_the_table_of_the_day_on_which_it_was_found() {
    let (mut window, trade) = looked_at();
    record(&mut window, &trade, inspection(vec![found(0, "infringing")], Measure::DetainLegal));
    // The next rulebook has no such result, and lets the first name the second again.
    let mut tables = Rulebook::built_in_tables();
    for (name, text) in &mut tables {
        if name == "parameters.csv" {
            *text = text.replace("inspection_second_confirms,1,", "inspection_second_confirms,0,");
        } else if name == "inspection_results.csv" {
            *text =
                text.lines().filter(|line| !line.starts_with("infringing,")).collect::<Vec<_>>().join("\n");
        }
    }
    window.reference.books.push(Arc::new(Rulebook::load(2, &tables).unwrap()));
    assert!(window.reference.current().inspections.find("infringing", NOW.day()).is_none());
    let second = window.act_as("乙", &trade, ActionKind::ConfirmInspection);
    assert_eq!(window.state(&trade), 503);
    let Document::DeclarationReceipt(receipt) = &*second.receipts[0].document else { panic!() };
    assert!(receipt.return_info.contains("涉嫌侵权"), "{}", receipt.return_info);
}

/// As it was before the second confirmed by himself: the first names him, and what follows takes effect at once.
#[test]
fn under_an_older_rulebook_the_first_names_the_second() {
    for older in [true, false] {
        let (mut window, trade) = looked_at();
        if older {
            // A rulebook that was published before there was the parameter.
            window.table("parameters.csv", |text| {
                let kept = text.lines().filter(|line| !line.starts_with("inspection_second_confirms,"));
                kept.collect::<Vec<_>>().join("\n") + "\n"
            });
        } else {
            window.parameter("inspection_second_confirms,1", "inspection_second_confirms,0");
        }
        let alone =
            record(&mut window, &trade, inspection(vec![found(0, "infringing")], Measure::DetainLegal));
        assert_eq!(reasons(&alone), [Reason::InspectionFaulty]);
        assert_eq!(alone.answer.findings[0].fields[0].path, "second");
        let of = |second: &str| Inspection {
            second: second.into(),
            ..inspection(vec![found(0, "infringing")], Measure::DetainLegal)
        };
        assert_eq!(reasons(&record(&mut window, &trade, of("样例关员"))), [Reason::InspectionFaulty]);
        record(&mut window, &trade, of("另一关员"));
        assert_eq!(window.state(&trade), 503);
        assert!(window.of(&trade).attempt.as_ref().unwrap().joint.is_none());
    }
}

#[test]
fn a_release_by_inspection_needs_two_where_the_lane_asks_for_two() {
    let (mut window, trade) = looked_at();
    let mut tables = Rulebook::built_in_tables();
    for (name, text) in &mut tables {
        if name == "parameters.csv" {
            *text = text.replace("second_officer_lane,5,", "second_officer_lane,2,");
        }
    }
    window.reference.books.push(std::sync::Arc::new(Rulebook::load(2, &tables).unwrap()));
    let law = window.reference.current().parameters.on(NOW.day());
    assert_eq!(law.second_officer_lane, 2);
    let mut consignment = window.of(&trade).clone();
    consignment.attempt.as_mut().unwrap().lane = Some(clearance::consignment::Lane::Inspection);
    window.facts.consignments.insert(consignment.key.clone(), std::sync::Arc::new(consignment));
    let conforming =
        || ActionKind::Inspected(Box::new(inspection(vec![found(0, "conforming")], Measure::Release)));
    window.act_as("甲", &trade, conforming());
    assert_eq!(window.state(&trade), 500, "proposed");
    let again = window.act_as("甲", &trade, conforming());
    assert_eq!(reasons(&again), [Reason::SecondOfficerNeeded]);
    window.act_as("乙", &trade, conforming());
    assert_eq!(window.state(&trade), 800);
}

/// What an older space goes on with: passed or failed, judged as it was.
#[test]
fn a_rulebook_from_before_the_table_has_no_typed_results() {
    let tables: Vec<_> = Rulebook::built_in_tables()
        .into_iter()
        .filter(|(name, _)| name != "inspection_results.csv")
        .collect();
    let old = Rulebook::load(1, &tables).unwrap();
    assert!(!old.inspections.is_there() && Rulebook::builtin().inspections.is_there());
    let (mut window, trade) = looked_at();
    window.reference.books = vec![std::sync::Arc::new(old)];
    let outcome = inspect(&mut window, &trade, inspection(vec![found(0, "conforming")], Measure::Release));
    assert_eq!(reasons(&outcome), [Reason::InspectionFaulty]);
    window.act(&trade, ActionKind::InspectionResult { passed: true });
    assert_eq!(window.state(&trade), 800);
}

#[test]
fn a_faulty_table_of_results_is_told_by_line() {
    let header = "result,name_zh,name_en,measures,measured,officers,credit,risk,told,decides_zh,decides_en,law_zh,law_en,valid_from,valid_to,source,certainty";
    let row = |begin: &str, days: &str| format!("{begin},no,no,yes,a,b,c,d,{days},source,unsure");
    let rows = [
        row("one,一,one,release,,1", "20190101,"),
        row("one,一,one,release,,1", "20200101,"),
        row("two,二,two,free,,1", "20190101,"),
        row("two,二,two,,,1", "20190101,"),
        row("two,二,two,release,colour,1", "20190101,"),
        row("two,二,two,release,,3", "20190101,"),
        row("two,,two,release,,1", "20190101,"),
        row("two,二,two,release,,1", "20191301,"),
    ];
    let text = format!("{header}\n{}\n", rows.join("\n"));
    let faults = Rulebook::load(2, &[("inspection_results.csv".to_owned(), text)]).unwrap_err();
    let lines: Vec<usize> = faults.iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [3, 4, 5, 6, 7, 8, 9], "{faults:?}");
}
