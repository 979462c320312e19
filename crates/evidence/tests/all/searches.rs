//! Finding entries: what is found is what a look at every entry finds, newest first, page after page, also when it was kept.

use evidence::search::{Finder, Hit, Wanted, What};
use proptest::prelude::*;

type Added = (Hit, Vec<String>);

fn entries() -> impl Strategy<Value = Vec<Added>> {
    let one = (0..20i64, 0..8usize, prop::collection::vec(0..4u8, 0..3));
    prop::collection::vec(one, 0..200).prop_map(|all| {
        let added = all.into_iter().enumerate().map(|(place, (time, what, parties))| {
            let hit = Hit { time, place: place as u64, what: What::ALL[what] };
            (hit, parties.iter().map(|party| format!("party {party}")).collect())
        });
        added.collect()
    })
}

fn finder(all: &[Added]) -> Finder {
    let mut finder = Finder::default();
    for (hit, parties) in all {
        finder.add(*hit, parties.iter().map(String::as_str));
    }
    finder
}

proptest! {
    #[test]
    fn what_is_found_is_what_a_look_at_every_entry_finds(
        all in entries(),
        party in prop::option::of(0..5u8),
        whats in prop::collection::vec(0..8usize, 1..4),
        from in prop::option::of(0..20i64),
        until in prop::option::of(0..20i64),
        page in 1..7usize,
    ) {
        let parties = party.map(|party| vec![format!("party {party}"), "party 0".to_owned()]);
        let whats: Vec<What> = whats.into_iter().map(|what| What::ALL[what]).collect();
        let mut expected: Vec<Hit> = all
            .iter()
            .filter(|(hit, of)| {
                parties.as_ref().is_none_or(|wanted| wanted.iter().any(|party| of.contains(party)))
                    && whats.contains(&hit.what)
                    && from.is_none_or(|from| from <= hit.time)
                    && until.is_none_or(|until| hit.time < until)
            })
            .map(|(hit, _)| *hit)
            .collect();
        expected.sort_unstable_by(|one, other| other.cmp(one));
        let kept = Finder::of_bytes(&finder(&all).to_bytes()).unwrap();
        prop_assert_eq!(kept.len(), all.len());
        for finder in [finder(&all), kept] {
            let mut wanted = Wanted { parties: parties.clone(), whats: whats.clone(), from, until, after: None };
            let mut found = Vec::new();
            loop {
                let hits = finder.find(&wanted, page);
                let Some(last) = hits.last() else { break };
                prop_assert!(hits.len() <= page);
                wanted.after = Some((last.time, last.place));
                found.extend(hits);
            }
            prop_assert_eq!(&found, &expected);
        }
    }

    #[test]
    fn what_is_no_kept_finder_is_none(bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 0..400usize) {
        let _ = Finder::of_bytes(&bytes);
        let hit = Hit { time: 1, place: 2, what: What::Read };
        let mut finder = Finder::default();
        finder.add(hit, ["one", "other"]);
        let whole = finder.to_bytes();
        if cut < whole.len() {
            prop_assert!(Finder::of_bytes(&whole[..cut]).is_none());
        }
    }
}

#[test]
fn keys_of_what_waits_are_found_by_what_they_begin_with() {
    let mut finder = Finder::default();
    for (key, waits) in [
        ("\na\nm\n20261201\n1", true),
        ("\na\nm\n20261101\n2", true),
        ("\na\nm\n20270101\n3", true),
        ("\na\nm\n20270101\n3", false),
    ] {
        finder.wait(key, waits);
    }
    finder.wait("\na\nmm\n20261201\n4", true);
    finder.wait("platform\norder", true);
    let read = Finder::of_bytes(&finder.to_bytes()).unwrap();
    for finder in [&finder, &read] {
        let found: Vec<&str> = finder.waiting_from("\na\nm\n", "\na\nm\n20261123").collect();
        assert_eq!(
            found,
            ["\na\nm\n20261201\n1"],
            "neither what is over, nor what no longer waits, nor another's"
        );
        assert_eq!(finder.waiting_from("\nb\n", "\nb\n").count(), 0);
    }
}

/// Entries of several writers come nearly in order of time, and never quite.
#[test]
fn the_newest_are_found_however_late_some_came() {
    let mut finder = Finder::default();
    let mut all = Vec::new();
    for number in 0..10_000u64 {
        let late = if number % 97 == 0 { 4_000 } else { number * 31 % 50 };
        let hit =
            Hit { time: number as i64 - late as i64, place: number, what: What::ALL[number as usize % 8] };
        let parties = [format!("party {}", number % 7), format!("party {}", number % 11)];
        finder.add(hit, parties.iter().map(String::as_str));
        all.push((hit, parties));
    }
    for parties in
        [None, Some(vec!["party 3".to_owned()]), Some(vec!["party 3".to_owned(), "party 9".to_owned()])]
    {
        let is_of = |of: &[String; 2]| {
            parties.as_ref().is_none_or(|wanted| wanted.iter().any(|one| of.contains(one)))
        };
        let mut expected: Vec<Hit> = all.iter().filter(|(_, of)| is_of(of)).map(|(hit, _)| *hit).collect();
        expected.sort_unstable_by(|one, other| other.cmp(one));
        let mut wanted = Wanted { parties: parties.clone(), whats: What::ALL.to_vec(), ..Wanted::default() };
        let mut found = Vec::new();
        while let hits @ [.., last] = &*finder.find(&wanted, 250) {
            wanted.after = Some((last.time, last.place));
            found.extend_from_slice(hits);
        }
        assert_eq!(found, expected);
        assert!(finder.find(&wanted, 0).is_empty());
        let late = Wanted { from: Some(9_900), after: None, ..wanted };
        expected.retain(|hit| hit.time >= 9_900);
        assert_eq!(finder.find(&late, 250), expected);
    }
}
