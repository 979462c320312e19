//! Laws of the accounts: conservation, limits, each hold resolved once, stored movements rebuild balances.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use ledger::{Account, Balance, Hold, HoldState, Refusal, apply, give_back, hold, post, void};
use proptest::prelude::*;

fn account() -> Account {
    Account::quota("person".into(), 2026)
}

#[test]
fn equality_is_inside_the_limit() {
    let mut balance = Balance::with_limit(2_600_000);
    let (_, movement) = hold(account(), &balance, 2_600_000).unwrap();
    apply(&mut balance, &movement).unwrap();
    assert_eq!(
        hold(account(), &balance, 1),
        Err(Refusal::OverLimit { limit: 2_600_000, posted: 0, held: 2_600_000, amount: 1 })
    );
}

#[test]
fn negative_and_overflowing_amounts_are_refused() {
    let balance = Balance { posted: 10, held: 0, limit: None };
    assert_eq!(hold(account(), &balance, -1), Err(Refusal::OutOfRange { amount: -1 }));
    assert_eq!(hold(account(), &balance, i64::MAX), Err(Refusal::OutOfRange { amount: i64::MAX }));
    assert_eq!(balance, Balance { posted: 10, held: 0, limit: None });
}

#[test]
#[should_panic(expected = "a hold is resolved once")]
fn a_hold_is_resolved_once() {
    let balance = Balance::with_limit(100);
    let (mut reserved, _) = hold(account(), &balance, 10).unwrap();
    post(&mut reserved);
    void(&mut reserved);
}

proptest! {
    /// Whatever is done, the balance equals what its holds say, and the limit holds.
    #[test]
    fn balances_equal_their_holds(steps in prop::collection::vec((0u8..4, 0i64..2_000, any::<prop::sample::Index>()), 1..60)) {
        let mut balance = Balance::with_limit(5_000);
        let mut holds: Vec<Hold> = Vec::new();
        for (step, amount, index) in steps {
            let movement = match step {
                0 => match hold(account(), &balance, amount) {
                    Ok((reserved, movement)) => { holds.push(reserved); Some(movement) }
                    Err(_) => None,
                },
                1 | 2 => {
                    let open: Vec<usize> = (0..holds.len()).filter(|&i| holds[i].state == HoldState::Held).collect();
                    if open.is_empty() { None } else {
                        let chosen = open[index.index(open.len())];
                        Some(if step == 1 { post(&mut holds[chosen]) } else { void(&mut holds[chosen]) })
                    }
                }
                _ => {
                    let posted: Vec<usize> = (0..holds.len()).filter(|&i| holds[i].state == HoldState::Posted).collect();
                    if posted.is_empty() { None } else {
                        let chosen = posted[index.index(posted.len())];
                        give_back(&mut holds[chosen], amount)
                    }
                }
            };
            if let Some(movement) = movement {
                apply(&mut balance, &movement).unwrap();
            }
            let held: i64 = holds.iter().filter(|h| h.state == HoldState::Held).map(|h| h.amount).sum();
            let posted: i64 = holds.iter().filter(|h| h.state == HoldState::Posted).map(|h| h.amount - h.given_back).sum();
            prop_assert_eq!((balance.posted, balance.held), (posted, held));
            prop_assert!(balance.used() <= 5_000);
        }
    }
}
