//! What is kept of declarations for trials of rules: it goes on where it ended, what is lost or cut off is made again, what was erased is
//! tried no more, nobody is named in it. That it comes to what the rows come to, `trial::tried` holds in every trial there is.

use crate::retention::{fire, released};
use crate::support::{NOW, Zone, plain};
use crate::trial::{history, history_of, other_words, table, tried, tried_by};
use clearance::Rulebook;
use clearance::keys::Time;
use clearance::trial::Untried;
use server::trial::{Share, Tried, Way, run_from_facts};
use server::window::with_changed;
use std::sync::atomic::{AtomicU64, Ordering};
use store::Read;
use store::codec::SettledIndex;
use tokio::runtime::Handle;

fn rule() -> (&'static str, String) {
    table("risk_rules.csv", |text| format!("{text}look,taxation,20190101,,scan,lines >= 1,\n"))
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_on_where_it_ended_with_what_was_open_then() {
    let zone = Zone::new().await;
    let trades = history(&zone).await;
    let first = tried(&zone, &[rule()]).await;
    let has_parts = zone.window.read.derived().has_parts();
    assert_eq!(first.way, if has_parts { Way::Facts } else { Way::Rows });
    assert!(first.tally.lane_changed > 10, "{first:?}");
    // The payment that one list waited for: its verdict is of rows behind what was kept, the list itself is before.
    let (sender, payment) = trades[5].documents()[1].clone();
    zone.send(&sender, payment).await;
    while !zone.window.read.follows(1).await.unwrap().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let second = tried(&zone, &[rule()]).await;
    assert_eq!(second.tally.declarations, first.tally.declarations);
    let passed = |tried: &Tried| tried.tally.before.lanes.iter().sum::<u64>();
    assert_eq!(passed(&second), passed(&first) + 1, "{second:?}");
    assert!(second.tally.before.tax_waiting < first.tally.before.tax_waiting, "{second:?}");
    let more = history_of(&zone, 21).await;
    let third = tried(&zone, &[rule()]).await;
    assert_eq!(third.tally.declarations, second.tally.declarations + more.len() as u64);
    // Where law changes, the rows are read.
    assert_eq!(tried(&zone, &[rule(), other_words()]).await.way, Way::Rows);
}

/// What was compiled in, and what was published before anybody sent anything, is law that nothing was judged with.
#[tokio::test(flavor = "multi_thread")]
async fn law_that_nothing_was_judged_with_has_no_rows_read() {
    let zone = Zone::new().await;
    let (name, text) = other_words();
    zone.window.publish(&[(name.to_owned(), text)], "test").await.unwrap();
    let trades = history(&zone).await;
    let way = |facts: bool| if facts { Way::Facts } else { Way::Rows };
    let has_parts = zone.window.read.derived().has_parts();
    let first = tried(&zone, &[rule()]).await;
    assert_eq!((first.way, first.tally.declarations), (way(has_parts), trades.len() as u64));
    assert!(first.tally.lane_changed > 10, "{first:?}");
    // A draft of still other law is none of rules alone.
    let third = || table("parameters.csv", |text| text.replace("notice 2016-18,seen,", "notice 18,seen,"));
    assert_eq!(tried(&zone, &[rule(), third()]).await.way, Way::Rows);
    // Nor is one of rules, once something was judged with law that is no longer in force.
    let (name, text) = third();
    zone.window.publish(&[(name.to_owned(), text)], "test").await.unwrap();
    assert_eq!(tried(&zone, &[rule()]).await.way, Way::Rows);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_lost_or_was_cut_off_is_made_again() {
    let zone = Zone::new().await;
    if !zone.window.read.derived().has_parts() {
        return;
    }
    history(&zone).await;
    // Somebody ends it while rows are read.
    let rows = zone.window.read.rulebooks().await.unwrap();
    let book = Rulebook::load(99, &with_changed(rows.last().unwrap(), &[])).unwrap();
    let (read, handle) = (zone.window.read.clone(), Handle::current());
    let told = AtomicU64::new(0);
    let ended = tokio::task::spawn_blocking(move || {
        let mut progress = |done: u64, of: u64| {
            assert!(done <= of && of > 0);
            told.fetch_add(1, Ordering::SeqCst);
            false
        };
        let ended = run_from_facts((&read, &handle), &book, Share { threads: 1, rest: 0 }, &mut progress);
        (ended, told.load(Ordering::SeqCst))
    });
    let (ended, told) = ended.await.unwrap();
    assert!(ended.unwrap().is_none() && told > 0);
    let before = tried(&zone, &[rule()]).await;
    assert_eq!(before.way, Way::Facts);

    let data = zone.folder.path().join("data");
    let parts = || {
        let names = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path());
        let is_part = |path: &std::path::PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with("derived-trial-"))
        };
        names.filter(is_part).collect::<Vec<_>>()
    };
    let of_first = parts();
    assert!(!of_first.is_empty());
    std::fs::remove_file(&of_first[0]).unwrap();
    assert_eq!(tried(&zone, &[rule()]).await.tally, before.tally);
    std::fs::write(&parts()[0], b"damaged").unwrap();
    assert_eq!(tried(&zone, &[rule()]).await.tally, before.tally);
    std::fs::write(data.join("derived-trial"), b"damaged").unwrap();
    let again = tried(&zone, &[rule()]).await;
    assert_eq!((again.tally, again.way), (before.tally, Way::Facts));
    // Nothing is left of what was made before.
    assert_eq!(parts().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_named_in_it() {
    let zone = Zone::new().await;
    if !zone.window.read.derived().has_parts() {
        return;
    }
    let trades = history(&zone).await;
    tried_by(&zone, &[rule()], run_from_facts).await;
    let derived = zone.window.read.derived();
    let (_, mut all) = derived.kept("trial").await.unwrap().unwrap();
    let index = SettledIndex::decode(&all).unwrap().unwrap();
    for part in &index.parts {
        all.extend(derived.part("trial", part.number, part.digest).await.unwrap().unwrap());
    }
    let has = |text: &str| all.windows(text.len()).any(|part| part == text.as_bytes());
    for trade in &trades {
        let head = &trade.declaration.head;
        assert!(has(&head.ebc_code), "the merchant is in it");
        let marked = zone.window.read.keyed_hash(&head.buyer_id_number);
        let persons = [&head.buyer_id_number, &head.buyer_name, &head.buyer_telephone, &marked];
        for person in persons {
            assert!(!has(person), "{person}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_was_erased_since_nothing_is_tried() {
    let zone = Zone::new().await;
    let (early, late) = (plain(&zone, 0), plain(&zone, 100));
    released(&zone, &early).await;
    fire(&zone).await;
    assert_eq!(tried(&zone, &[rule()]).await.tally.tried, 1);
    let window = &zone.window;
    let day = |days: i64| Time(NOW.0 + days * 86_400_000);
    for days in [1_097, 1_104] {
        zone.clock.set(day(days));
        fire(&zone).await;
    }
    let later = day(1_104 + 1_097);
    zone.clock.set(later);
    let due = server::retention::plan(&window.read, later, None).await.unwrap();
    assert!(server::retention::carry_out(window, &due, "test").await.unwrap() > 0);
    zone.trade(&late).await;
    while !window.read.follows(1).await.unwrap().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let tally = tried(&zone, &[rule()]).await.tally;
    assert_eq!((tally.declarations, tally.untried[&Untried::Grounds].count), (2, 1), "{tally:?}");
}
