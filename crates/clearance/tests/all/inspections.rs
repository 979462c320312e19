//! Typed results of inspections: each allows its measures and no other, the gravest of several decides, and a party that is
//! not told reads the measure alone.

use crate::support::*;
use ceb::{Decimal, Document};
use clearance::event::ActionKind;
use clearance::inspection::{Found, Inspection, Measure, allowed};
use clearance::outcome::Outcome;
use clearance::rulebook::{Measured, Rulebook};
use clearance::sample::Trade;
use clearance::{Reason, Text};

/// A trade that is looked at, its parcel at the site.
fn looked_at() -> (Window, Trade) {
    let mut window = Window::new();
    let trade = trade(1);
    window.trade(&trade);
    window.act(&trade, ActionKind::Inspect);
    window.arrive(&trade);
    assert_eq!(window.state(&trade), 500);
    (window, trade)
}

fn found(line: u32, result: &str) -> Found {
    let measured = Rulebook::builtin().inspections.find(result, NOW.day()).map(|row| row.measured);
    let of = |kind| (measured == Some(kind)).then(|| Decimal::from_whole(2));
    Found { line, result: result.into(), quantity: of(Measured::Quantity), weight: of(Measured::Weight) }
}

fn inspection(found: Vec<Found>, measure: Measure) -> Inspection {
    Inspection {
        found, measure, second: "另一关员".into(), place: Text::default(), photographs: Vec::new()
    }
}

fn inspect(window: &mut Window, trade: &Trade, inspection: Inspection) -> Outcome {
    window.act(trade, ActionKind::Inspected(Box::new(inspection)))
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
            let outcome = inspect(&mut window, &trade, inspection(vec![found(0, &row.result)], measure));
            let what = format!("{} {measure:?}: {}", row.result, outcome.answer.info);
            if row.measures.contains(&measure) {
                assert_eq!(
                    (window.state(&trade), outcome.answer.findings.len()),
                    (state_of(measure), if measure == Measure::Reject { 1 } else { 0 }),
                    "{what}"
                );
                let last = window.of(&trade).attempt.as_ref().unwrap().remarks.last().unwrap();
                assert_eq!(last.action, format!("inspected {}", measure.word()), "{what}");
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
    let faulty = Inspection {
        found: vec![
            found(99, "conforming"),
            found(1, "no-such-result"),
            Found { quantity: None, ..found(0, "quantity-differs") },
            Found { weight: Some(Decimal::from_whole(-1)), ..found(0, "weight-differs") },
            found(1, "prohibited"),
            found(1, "prohibited"),
        ],
        measure: Measure::DetainSmuggling,
        second: Text::default(),
        place: "样".repeat(101).into(),
        photographs: vec!["ABC".into()],
    };
    let outcome = inspect(&mut window, &trade, faulty);
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
    // Nothing found is no inspection; who looks a second time is another; what follows is explained.
    let alone = Inspection { second: "样例关员".into(), ..inspection(Vec::new(), Measure::Release) };
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
