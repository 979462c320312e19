//! Drafts of tables tried on what was judged: nothing changes under the same tables, and what changes under others is what the
//! same trades come to in a zone that has them.

use crate::support::{NOW, Zone, trade_of};
use clearance::Rulebook;
use clearance::consignment::Lane;
use clearance::keys::Time;
use clearance::sample::{Person, Trade};
use clearance::trial::{Untried, Verdict};
use clearance::{Reason, keys::Position};
use server::trial::{Share, Tried, Way, run, run_from_facts};
use server::window::with_changed;
use store::{ChosenRead, Read, StoreError};
use tokio::runtime::Handle;

/// What a draft would change: on the rows, and from what is kept of declarations where that can say it, which comes to the same.
pub async fn tried(zone: &Zone, changed: &[(&str, String)]) -> Tried {
    let (rows, facts) = (tried_by(zone, changed, run).await, tried_by(zone, changed, run_from_facts).await);
    assert_eq!(rows.way, Way::Rows);
    assert_eq!((&facts.tally, &facts.exports, &facts.to), (&rows.tally, &rows.exports, &rows.to));
    let of_rules = changed.iter().all(|(name, _)| *name == "risk_rules.csv");
    if !of_rules || !zone.window.read.derived().has_parts() {
        assert_eq!(facts.way, Way::Rows);
    }
    facts
}

type Run = fn(
    (&ChosenRead, &Handle),
    &Rulebook,
    Share,
    &mut dyn FnMut(u64, u64) -> bool,
) -> Result<Option<Tried>, StoreError>;

/// The same one way.
pub async fn tried_by(zone: &Zone, changed: &[(&str, String)], run: Run) -> Tried {
    let changed: Vec<(String, String)> =
        changed.iter().map(|(name, text)| ((*name).to_owned(), text.clone())).collect();
    let rows = zone.window.read.rulebooks().await.unwrap();
    let draft = Rulebook::load(99, &with_changed(rows.last().unwrap(), &changed)).unwrap();
    let (read, handle) = (zone.window.read.clone(), Handle::current());
    let share = Share { threads: 2, rest: 0 };
    let run = move || run((&read, &handle), &draft, share, &mut |_, _| true);
    tokio::task::spawn_blocking(run).await.unwrap().unwrap().unwrap()
}

pub fn table(name: &str, change: impl Fn(&str) -> String) -> (&str, String) {
    let text = Rulebook::built_in_tables().into_iter().find(|(file, _)| file == name).unwrap().1;
    let changed = change(&text);
    assert_ne!(changed, text);
    (name, changed)
}

/// Declarations of every end: passed, rejected by what differs and by the quota, refused, waiting.
pub async fn history(zone: &Zone) -> Vec<Trade> {
    history_of(zone, 8).await
}

/// The same of other persons and orders.
pub async fn history_of(zone: &Zone, seed: u64) -> Vec<Trade> {
    let mut trades: Vec<Trade> = (0..24).map(|number| Trade::new(seed, number, NOW, 1_000_000)).collect();
    trades[3].declaration.head.buyer_name = "样例他人".into();
    trades[4].declaration.head.assure_code = "9999999999".into();
    for (index, trade) in trades.iter().enumerate() {
        for (kind, (sender, document)) in trade.documents().into_iter().enumerate() {
            // One list comes before its partners, of one the payment never does.
            if (index, kind) != (5, 1) {
                zone.send(&sender, document).await;
            }
        }
        zone.clock.set(Time(NOW.0 + 1_000 * index as i64));
    }
    let person = Person::new(69 + seed);
    for number in 0..8 {
        let trade = trade_of(seed + 1, number, &person, if number == 7 { 6_000 } else { 4_900 });
        let documents = trade.documents();
        for kind in [3, 0, 1, 2] {
            let (sender, document) = documents[kind].clone();
            zone.send(&sender, document).await;
        }
        trades.push(trade);
    }
    // What follows from the last document is judged in a commit of its own.
    while !zone.window.read.follows(1).await.unwrap().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    trades
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_changes_under_the_same_tables() {
    let zone = Zone::new().await;
    let trades = history(&zone).await;
    let tried = tried(&zone, &[]).await.tally;
    assert_eq!(tried.declarations as usize, trades.len());
    assert_eq!((tried.tried, &tried.untried), (tried.declarations, &Default::default()), "{tried:?}");
    assert_eq!((&tried.verdicts, &tried.lanes), (&Default::default(), &Default::default()));
    assert_eq!((tried.before, tried.tax_changed), (tried.after, 0));
    assert!(tried.before.tax > 0 && tried.before.tax_waiting > 0, "{tried:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_more_changes_lanes_and_the_work_of_people() {
    let zone = Zone::new().await;
    history(&zone).await;
    let rule = table("risk_rules.csv", |text| format!("{text}look,taxation,20190101,,hold,lines = 1,\n"));
    let with_rule = tried(&zone, &[rule]).await.tally;
    let passed: u64 = with_rule.before.lanes.iter().sum();
    let held = with_rule.after.lane(Lane::Hold);
    assert!(held > 0 && held < passed, "{with_rule:?}");
    assert_eq!(with_rule.verdicts, Default::default());
    assert_eq!(with_rule.lane_changed, held);
    let (from, kind) = with_rule.lanes.iter().next().unwrap();
    assert_eq!(from.1, Lane::Hold);
    let example: Position = kind.examples[0];
    let event = zone.window.read.event(example).await.unwrap().unwrap();
    assert!(clearance::trial::declared(&event.row.event, event.row.outcome.as_ref().unwrap()).is_some());
    assert!(with_rule.after.looked_at() > with_rule.before.looked_at());
    assert_eq!(with_rule.before.tax, with_rule.after.tax);
    let changed: u64 = with_rule.merchants.values().map(|part| part.changed).sum();
    assert_eq!(changed, held);

    // Nobody counted fourteen days: where that would decide, it is said.
    let window = table("risk_rules.csv", |text| {
        format!("{text}new,taxation,20190101,,scan,identity_count_14 >= 1 and lines = 1,\n")
    });
    let untried = tried(&zone, &[window]).await.tally;
    let unknown = untried.untried[&Untried::Window].count;
    assert!(unknown > 0 && unknown <= held, "{untried:?}");
    assert_eq!((untried.lane_changed, untried.tried + unknown), (0, untried.declarations));
}

/// A table of law that says the same in other words: with it a draft is not of rules alone, and all is judged again.
pub fn other_words() -> (&'static str, String) {
    table("parameters.csv", |text| {
        text.replace(",20160408,,notice 2016-18,seen,", ",20160408,,notice 18 of 2016,seen,")
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_alone_come_to_what_judging_all_again_comes_to() {
    let zone = Zone::new().await;
    history(&zone).await;
    // Lists that a rule looked at or turned away are judged under others too.
    let first = table("risk_rules.csv", |text| {
        format!(
            "{text}dear,taxation,20190101,,reject,unit_price_fen > 200000,\nlook,taxation,20190101,,scan,lines = 2,\n"
        )
    });
    zone.window.publish(&[(first.0.to_owned(), first.1)], "test").await.unwrap();
    history_of(&zone, 21).await;
    let rules = [
        "none,taxation,20190101,,scan,lines > 90,",
        "all,taxation,20190101,,scan,lines >= 1,",
        "out,taxation,20190101,,reject,lines = 1,",
        "paid,taxation,20190101,,hold,payer_differs = 0,",
        "counted,taxation,20190101,,hold,identity_count_7 >= 3,",
        "unknown,taxation,20190101,,scan,identity_count_14 >= 1 and lines = 1,",
        "scored,taxation,20190101,,scan,risk_score >= 0,",
    ];
    let mut changed = 0;
    for rule in rules {
        let draft = || table("risk_rules.csv", |text| format!("{text}{rule}\n"));
        let short = tried(&zone, &[draft()]).await.tally;
        let long = tried(&zone, &[draft(), other_words()]).await.tally;
        assert_eq!(short, long, "{rule}");
        assert!(short.declarations > 40 && short.tried > 0, "{short:?}");
        changed += short.lane_changed + short.verdict_changed;
    }
    assert!(changed > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn law_changes_tax_and_who_is_turned_away() {
    let zone = Zone::new().await;
    history(&zone).await;
    let free = table("parameters.csv", |text| {
        text.replace("tax_share,70,percent,20160408,,", "tax_share,35,percent,20160408,,")
    });
    let half = tried(&zone, &[free]).await.tally;
    assert_eq!(half.verdicts, Default::default());
    // A fen a line at most is rounding.
    assert!((half.before.tax - 2 * half.after.tax).abs() <= 100, "{half:?}");
    assert!(half.tax_changed > 0);

    // Of several pieces none may be dearer together; one alone is taxed in full.
    let refused = Verdict::Refused(Reason::SingleLimit);
    let narrow = || {
        table("parameters.csv", |text| {
            text.replace("single_limit,500000,fen,20190101,,", "single_limit,10000,fen,20190101,,")
        })
    };
    let narrowed = tried(&zone, &[narrow()]).await.tally;
    let turned = narrowed.verdicts.iter().filter(|((_, to), _)| *to == refused).map(|(_, kind)| kind.count);
    let turned: u64 = turned.sum();
    assert!(turned > 0 && narrowed.tax_changed >= turned, "{narrowed:?}");

    let zone = Zone::new().await;
    let tables = [narrow()].map(|(name, text)| (name.to_owned(), text));
    zone.window.publish(&tables, "test").await.unwrap();
    history(&zone).await;
    let again = (
        "parameters.csv",
        Rulebook::built_in_tables().into_iter().find(|(file, _)| file == "parameters.csv").unwrap().1,
    );
    let wider = tried(&zone, &[again]).await.tally;
    let waits = wider.verdicts.get(&(refused, Verdict::Waiting)).map_or(0, |kind| kind.count);
    // What would have come of it nobody knows; whether the quota allows it is known, where one server wrote all.
    let unknown = wider.untried.get(&Untried::Balance).map_or(0, |kind| kind.count);
    assert_eq!(waits + unknown, turned, "{wider:?}");
    assert!(wider.after.tax_waiting >= wider.before.tax_waiting);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_of_a_draft_is_what_comes_of_it() {
    let rule = || table("risk_rules.csv", |text| format!("{text}look,taxation,20190101,,scan,lines >= 2,\n"));
    let law = || {
        table("parameters.csv", |text| {
            text.replace("annual_limit,2600000,fen,20190101,,", "annual_limit,1000000,fen,20190101,,")
        })
    };
    let zone = Zone::new().await;
    history(&zone).await;
    let said = tried(&zone, &[rule(), law()]).await.tally;
    let after = Zone::new().await;
    let tables = [rule(), law()].map(|(name, text)| (name.to_owned(), text));
    after.window.publish(&tables, "test").await.unwrap();
    history(&after).await;
    let came = tried(&after, &[]).await.tally;
    let lanes = |side: clearance::trial::tally::Side| side.lanes;
    // Balances are those of then: who would have been turned away does not free the quota of the next.
    assert_eq!(lanes(said.after)[1..], lanes(came.before)[1..], "{said:?} {came:?}");
    assert!(said.verdict_changed > 0 && said.lane_changed > 0);
}

/// How fast: `cargo test -p server --test all -- --ignored --nocapture trial::how_fast`. The machine's figures are in docs/speed.md.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement, not a test"]
async fn how_fast_twenty_thousand_are_tried() {
    const TRADES: u64 = 20_000;
    let zone = Zone::new().await;
    for first in (0..TRADES).step_by(100) {
        let trades: Vec<Trade> =
            (first..first + 100).map(|number| Trade::new(8, number, NOW, 5_000)).collect();
        for kind in 0..4 {
            let mut by_sender = std::collections::BTreeMap::<_, Vec<_>>::new();
            for trade in &trades {
                let (sender, document) = trade.documents()[kind].clone();
                by_sender.entry(sender).or_default().push(document);
            }
            for (sender, documents) in by_sender {
                let message = clearance::sample::message(&sender, documents);
                let bytes = ceb::write(&message, ceb::Style::Prefixed).into();
                zone.window.send(&bytes, &sender).await.unwrap();
            }
        }
    }
    let rule = || table("risk_rules.csv", |text| format!("{text}look,taxation,20190101,,scan,lines >= 3,\n"));
    // On the rows; from what is kept, which is made first; and from what is kept, as every trial afterwards.
    for run in [run as Run, run_from_facts, run_from_facts] {
        let started = std::time::Instant::now();
        let tried = tried_by(&zone, &[rule()], run).await;
        let taken = started.elapsed();
        let (way, each) = (tried.way.word(), taken / TRADES as u32);
        println!("{} rows, {} declarations from {way} in {taken:?}: {each:?}", tried.rows, tried.tally.tried);
        assert_eq!(tried.tally.tried, TRADES);
    }
}
