//! Drafts of tables tried on lists of exports: nothing changes under the same tables, and what changes under others is what the same
//! lists come to in a zone that has them. They are counted apart from imports.

use crate::support::{Zone, plain};
use crate::trial::{other_words, table, tried};
use clearance::consignment::Lane;
use clearance::keys::Time;
use clearance::sample::Export;
use clearance::trial;
use clearance::trial::tally::{Kind, Tally};
use clearance::trial::{Untried, Verdict};
use serde_json::json;
use server::trial::told;
use store::Read;

/// Hours after which what is missing rejects a list, and one more.
const OVERDUE: i64 = 73 * 3_600_000;

/// Sends some of the documents of an export: 0 order, 1 waybill, 2 list, 3 money received.
async fn send(zone: &Zone, export: &Export, which: &[usize]) {
    let mut documents = Vec::from(export.documents());
    documents.push(export.received());
    for at in which {
        let (sender, document) = documents[*at].clone();
        zone.send(&sender, document).await;
    }
    zone.clock.set(Time(zone.clock.now().0 + 1_000));
}

/// What follows from the last document is judged in a commit of its own.
async fn even(zone: &Zone) {
    while !zone.window.read.follows(1).await.unwrap().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

/// Lists of every end: concluded, to be looked at, rejected by what differs and by their timer, refused, waiting. How many.
async fn history(zone: &Zone) -> u64 {
    let export = |number: u64| Export::new(5, number, zone.clock.now());
    for number in 0..10 {
        send(zone, &export(number), &[0, 1, 2]).await;
    }
    send(zone, &export(10), &[2, 0, 1]).await;
    // Money need not be received; here it was.
    send(zone, &export(11), &[3, 0, 1, 2]).await;
    for number in [12, 13] {
        send(zone, &export(number).in_mode("1210"), &[0, 1, 2]).await;
    }
    for number in [14, 15] {
        send(zone, &export(number).in_mode("9710"), &[0, 1, 2]).await;
    }
    let mut differs = export(16);
    differs.order.lines[0].item_no = "SKU-OTHER".into();
    send(zone, &differs, &[0, 1, 2]).await;
    let mut refused = export(17);
    refused.declaration.head.trade_mode = "9999".into();
    send(zone, &refused, &[0, 1, 2]).await;
    send(zone, &export(18), &[0, 2]).await;
    even(zone).await;
    zone.clock.set(Time(zone.clock.now().0 + OVERDUE));
    while server::worker::fire(&zone.window.pipeline, &zone.window.read, &zone.clock).await > 0 {}
    send(zone, &export(19), &[0, 2]).await;
    even(zone).await;
    20
}

fn count(kind: Option<&Kind>) -> u64 {
    kind.map_or(0, |kind| kind.count)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_changes_under_the_same_tables() {
    let zone = Zone::new().await;
    let lists = history(&zone).await;
    // By rules alone, and with all judged and matched again.
    for tables in [vec![], vec![other_words()]] {
        let tried = tried(&zone, &tables).await;
        let exports = &tried.exports;
        assert_eq!(exports.declarations, lists);
        assert_eq!((exports.tried, &exports.untried), (lists, &Default::default()), "{exports:?}");
        assert_eq!((&exports.verdicts, &exports.lanes), (&Default::default(), &Default::default()));
        assert_eq!(exports.before, exports.after);
        let passed: u64 = exports.before.lanes.iter().sum();
        // All but those that were rejected, refused, or wait.
        assert_eq!(passed, lists - 4, "{exports:?}");
        assert!(exports.before.lane(Lane::Release) > 0 && exports.before.lane(Lane::DocumentCheck) > 0);
        assert_eq!(tried.tally, Tally::default(), "they are no imports");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_more_changes_lanes_of_exports_and_of_nothing_else() {
    let zone = Zone::new().await;
    zone.trade(&plain(&zone, 0)).await;
    let lists = history(&zone).await;
    let rule = || {
        table("risk_rules.csv", |text| {
            format!("{text}look,taxation,20190101,,scan,trade = export and lines = 1,\n")
        })
    };
    let tried_rule = tried(&zone, &[rule()]).await;
    let imports = &tried_rule.tally;
    assert_eq!((imports.declarations, imports.tried, imports.lane_changed), (1, 1, 0), "{imports:?}");
    let exports = &tried_rule.exports;
    assert_eq!((exports.declarations, exports.tried), (lists, lists), "{exports:?}");
    assert!(exports.lane_changed > 0 && exports.verdicts.is_empty(), "{exports:?}");
    assert!(exports.lanes.keys().all(|(_, to)| *to == Lane::Scan), "{exports:?}");
    assert_eq!(exports.after.opened(), exports.before.opened() + exports.lane_changed);
    let changed: u64 = exports.merchants.values().map(|part| part.changed).sum();
    assert_eq!(changed, exports.lane_changed);
    let example = exports.lanes.values().next().unwrap().examples[0];
    let event = zone.window.read.event(example).await.unwrap().unwrap();
    let outcome = event.row.outcome.as_ref().unwrap();
    let declaration = trial::export::declared(&event.row.event, outcome).unwrap();
    assert_eq!(declaration.lines.len(), 1);
    // Judging and matching all again comes to the same.
    let long = tried(&zone, &[rule(), other_words()]).await;
    assert_eq!((&long.exports, &long.tally), (exports, imports));

    // As it is told: apart, and without tax.
    let shown = told(&tried_rule, 1, &[0; 32]);
    assert_eq!((&shown["tried"], &shown["laneChanged"]), (&json!(1), &json!(0)), "{shown}");
    assert_eq!(shown["exports"]["laneChanged"], exports.lane_changed);
    assert_eq!(shown["exports"]["after"]["opened"], exports.after.opened());
    assert_eq!(shown["exports"]["parties"][0]["changed"], exports.lane_changed, "{shown}");
    assert!(shown["before"]["taxFen"].is_i64() && shown["exports"]["before"].get("taxFen").is_none());

    // Nobody counted fourteen days: where that would decide, it is said.
    for more in [None, Some(other_words())] {
        let window = table("risk_rules.csv", |text| {
            format!(
                "{text}new,taxation,20190101,,scan,trade = export and export_seller_count_14 >= 1 and lines = 1,\n"
            )
        });
        let tables: Vec<_> = std::iter::once(window).chain(more).collect();
        let untried = tried(&zone, &tables).await.exports;
        let unknown = count(untried.untried.get(&Untried::Window));
        assert!(unknown > 0 && untried.lane_changed == 0, "{untried:?}");
        assert_eq!(untried.tried + unknown, untried.declarations);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_of_exports_is_what_comes_of_them() {
    let rule = || {
        table("risk_rules.csv", |text| {
            format!("{text}look,taxation,20190101,,hold,trade = export and lines = 1,\n")
        })
    };
    let law = || {
        table("parameters.csv", |text| {
            text.replace(
                "export_modes_enterprises,1,0 or 1,20200701,,",
                "export_modes_enterprises,0,0 or 1,20200701,,",
            )
        })
    };
    let zone = Zone::new().await;
    history(&zone).await;
    let said = tried(&zone, &[rule(), law()]).await.exports;
    let after = Zone::new().await;
    let tables = [rule(), law()].map(|(name, text)| (name.to_owned(), text));
    after.window.publish(&tables, "test").await.unwrap();
    history(&after).await;
    let came = tried(&after, &[]).await.exports;
    assert_eq!(said.untried, Default::default(), "{said:?}");
    assert_eq!(said.after, came.before, "{said:?} {came:?}");
    assert!(said.lane_changed > 0, "{said:?}");
    let refused =
        |(from, to): &(Verdict, Verdict)| *from == Verdict::Passed && matches!(to, Verdict::Refused(_));
    assert!(said.verdicts.keys().all(refused), "{said:?}");
    assert_eq!(said.verdict_changed, 2, "those of 9710");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_have_come_is_not_guessed() {
    let zone = Zone::new().await;
    let lists = history(&zone).await;
    // Whoever waits longer might have had the waybill of the one that was rejected by its timer.
    let longer = table("parameters.csv", |text| {
        text.replace("partner_wait_hours,72,hours,20160408,,", "partner_wait_hours,96,hours,20160408,,")
    });
    let longer = tried(&zone, &[longer]).await.exports;
    assert_eq!(count(longer.untried.get(&Untried::Deadline)), 1, "{longer:?}");
    assert_eq!((longer.tried, longer.verdict_changed, longer.lane_changed), (lists - 1, 0, 0), "{longer:?}");

    // Where money received is asked for, those wait that had none, and the one that had it goes on.
    let paid = table("parameters.csv", |text| {
        let required = "export_payment_required,1,0 or 1,20241215,,";
        text.replace("export_payment_required,0,0 or 1,20241215,,", required)
    });
    let paid = tried(&zone, &[paid]).await.exports;
    let waits = count(paid.verdicts.get(&(Verdict::Passed, Verdict::Waiting)));
    let passed: u64 = paid.after.lanes.iter().sum();
    // 9610 but for one, and 1210; what 9710 asks for is another parameter.
    assert_eq!((waits, passed), (13, 3), "{paid:?}");
}
