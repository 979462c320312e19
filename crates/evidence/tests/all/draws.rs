//! The check of a period by itself: a million honest draws pass the tests of chance, and dishonest ones do not.

use evidence::draws::{Verdict, audit, handle, list_of, number};
use evidence::{SignedHead, Signer, SpaceHead, WriterHead, hexadecimal};
use ring::digest::{Context, SHA256};
use serde_json::{Value, json};

const PERIOD: &str = "20261207";

fn sum(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    parts.iter().for_each(|part| context.update(part));
    context.finish().as_ref().try_into().unwrap()
}

fn commitment(side: &str, byte: u8) -> String {
    let title = format!("onewindow draw commitment 1\n{PERIOD}\n{side}\n");
    hexadecimal(&sum(&[title.as_bytes(), &[byte; 32], &[byte + 1; 32]]))
}

fn head() -> SignedHead {
    let writer = WriterHead { writer: 0, size: 10, root: [1; 32], chain: [2; 32] };
    Signer::new(&[7; 32]).unwrap().sign(SpaceHead { time: 5, writers: vec![writer] })
}

fn seed() -> [u8; 32] {
    let title = format!("onewindow draw seed 1\n{PERIOD}\n");
    let beacon = head().head.digest();
    sum(&[title.as_bytes(), &beacon, &[1], &[11; 32], &[1], &[31; 32], &[0]])
}

/// A period with its list, of draws made by `draw` from a handle, held against one share.
fn told(draws: u64, ratio: u64, draw: impl Fn(u64, &[u8; 32]) -> u64) -> (Value, String) {
    let mut handles: Vec<[u8; 32]> =
        (0..draws).map(|order| handle(&[3; 16], "5301960101", &format!("N{order}"))).collect();
    handles.sort_unstable();
    let (mut lines, mut selected) = (String::new(), 0);
    for (at, handle) in handles.iter().enumerate() {
        let drawn = draw(at as u64, handle);
        selected += u64::from(drawn < ratio);
        lines.push_str(&format!("{},{drawn},{ratio},{}\n", hexadecimal(handle), u8::from(drawn < ratio)));
    }
    let digest = hexadecimal(&sum(&[lines.as_bytes()]));
    let side = |side: &str, byte: u8| {
        json!({
            "side": side, "commitment": commitment(side, byte), "handedOver": true,
            "salt": hexadecimal(&[byte; 32]), "secret": hexadecimal(&[byte + 1; 32]),
        })
    };
    let absent =
        json!({"side": "operator", "commitment": null, "handedOver": false, "salt": null, "secret": null});
    let step = |action: &str, sequence: u64| json!({"action": action, "writer": 0, "sequence": sequence});
    let period = json!({
        "period": PERIOD, "state": "revealed", "windowsOwn": false, "salts": commitment("salts", 50),
        "sides": [side("window", 10), side("customs", 30), absent],
        "steps": [step("reveal", 90), step("begin", 20), step("hand-over", 15), step("close", 11), step("commit", 9), step("make", 8)],
        "beacon": {"head": head().to_text(), "digest": hexadecimal(&head().head.digest())},
        "effectiveSeed": hexadecimal(&seed()),
        "list": {"draws": draws, "selected": selected, "floor": 1000, "digest": digest},
    });
    (period, format!("handle,drawn,ratio,selected\n{lines}"))
}

fn verdicts(period: &Value, list: &str) -> Vec<Verdict> {
    let report = audit(&period.to_string(), list, None, None).unwrap();
    report.chance.iter().map(|test| test.verdict).collect()
}

#[test]
fn a_million_draws_are_clean() {
    let seed = seed();
    let (period, list) = told(1_000_000, 20_000, |_, handle| number(&seed, handle));
    let report = audit(&period.to_string(), &list, None, Some(&head().public)).unwrap();
    assert!(report.is_clean(), "{:?}", report.told);
    assert_eq!((report.draws, report.missing.as_slice()), (1_000_000, &["operator".to_owned()][..]));
    assert!((19_160..=20_840).contains(&report.selected), "{}", report.selected);
    for test in &report.chance {
        assert!(matches!(test.verdict, Verdict::Likely | Verdict::Unlikely), "{test:?}");
    }
}

#[test]
fn dishonest_chance_is_found_in_whatever_way_it_is_dishonest() {
    const DRAWS: u64 = 20_000;
    let seed = seed();
    let honest = |handle: &[u8; 32]| number(&seed, handle);
    // A third of those that would be opened is spared: evenness.
    let (period, list) = told(DRAWS, 20_000, |at, handle| match honest(handle) {
        low if low < 50_000 && at % 3 == 0 => low + 500_000,
        other => other,
    });
    assert_eq!(verdicts(&period, &list)[0], Verdict::Impossible);
    // Every number is told by the one before: runs.
    let (period, list) = told(DRAWS, 20_000, |at, handle| honest(handle) % 500_000 + at % 2 * 500_000);
    assert_eq!(verdicts(&period, &list)[1], Verdict::Impossible);
    // Fewer are selected than the shares say.
    let (period, list) = told(DRAWS, 20_000, |_, handle| match honest(handle) {
        low if low < 15_000 => low + 500_000,
        other => other,
    });
    assert_eq!(verdicts(&period, &list)[2], Verdict::Impossible);
    // And each number by itself is not what the seed gives.
    let report = audit(&period.to_string(), &list, None, None).unwrap();
    assert!(report.faults > 200 && report.told.len() <= 50, "{}", report.faults);
    // Numbers that rise in order, as a counter would give them, and one number for all.
    let (period, list) = told(DRAWS, 20_000, |at, _| at * 50);
    assert_eq!(verdicts(&period, &list)[1], Verdict::Impossible);
    let (period, list) = told(DRAWS, 20_000, |_, _| 700_000);
    let all = verdicts(&period, &list);
    assert_eq!((all[0], all[1], all[2]), (Verdict::Impossible, Verdict::TooFew, Verdict::Impossible));
    let (period, list) = told(50, 20_000, |_, handle| honest(handle));
    assert_eq!(verdicts(&period, &list), [Verdict::TooFew; 3]);
}

#[test]
fn what_is_no_list_is_told_by_line() {
    let good = format!("{},5,1000,1", "0".repeat(64));
    assert_eq!(list_of(&format!("handle,drawn,ratio,selected\n{good}\n")).unwrap().len(), 1);
    for bad in ["x,5,1000,1", "00,5,1000,1", &format!("{good},1"), &good.replace(",1", ",2"), ""] {
        let error = list_of(&format!("handle,drawn,ratio,selected\n{good}\n{bad}\n{good}\n")).unwrap_err();
        assert!(error.to_string().contains("line 3"), "{bad}: {error}");
    }
    assert!(list_of("").is_err());
}
