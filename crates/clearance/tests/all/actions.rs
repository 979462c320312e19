//! Every state with every officer's action: what is allowed and where it leads, written from the rules and not from the
//! table of moves, and what quota and guarantee are then.

use crate::support::{Window, trade};
use ceb::Document;
use clearance::consignment::State;
use clearance::event::ActionKind;
use clearance::keys::Time;
use clearance::outcome::Outcome;
use clearance::reason::Reason;
use clearance::sample::Trade;
use ledger::{Account, AccountKind};

fn all_actions() -> Vec<ActionKind> {
    let detentions = [501, 502, 503, 599].map(|status| ActionKind::Detain { status });
    let others = [
        ActionKind::Approve,
        ActionKind::Inspect,
        ActionKind::InspectionResult { passed: true },
        ActionKind::InspectionResult { passed: false },
        ActionKind::ConfirmInspection,
        ActionKind::ContestInspection,
        ActionKind::Release,
        ActionKind::Reject,
        ActionKind::Conclude,
        ActionKind::Suspend,
        ActionKind::Resume,
        ActionKind::ReExport,
        ActionKind::Close,
        ActionKind::ApproveCancellation,
        ActionKind::RefuseCancellation,
        ActionKind::ApproveReturn { number: 1 },
        ActionKind::RefuseReturn { number: 1 },
        ActionKind::ReceiveReturn { number: 1 },
        ActionKind::SummariseBill { notice: "样例".into() },
        ActionKind::PayBill,
    ];
    detentions.into_iter().chain(others).collect()
}

/// A window with a trade in a state, reached as such a trade reaches it; its parcel is at the site if `arrived`.
fn in_state(state: State, arrived: bool) -> (Window, Trade) {
    let mut window = Window::without_draws();
    let mut trade = trade(1);
    let agree = |window: &mut Window, trade: &Trade| {
        window.trade(trade);
    };
    match state {
        State::Staged => {
            trade.declaration.head.app_status = "1".into();
            agree(&mut window, &trade);
        }
        State::Declared => {
            window.send(Document::Declaration(trade.declaration.clone()));
        }
        State::Deleted => {
            window.send(Document::Declaration(trade.declaration.clone()));
            trade.declaration.head.app_type = "3".into();
            window.now = Time(window.now.0 + 60_000);
            trade.declaration.head.app_time = clearance::sample::stamp(window.now);
            window.send(Document::Declaration(trade.declaration.clone()));
        }
        State::Rejected => {
            trade.declaration.head.buyer_name = "另一人".into();
            agree(&mut window, &trade);
        }
        State::Cancelled => {
            agree(&mut window, &trade);
            let entry = window.entry(&trade);
            window.send(Document::Cancellation(trade.cancellation(&entry, window.now)));
        }
        _ => agree(&mut window, &trade),
    }
    let steps: &[ActionKind] = match state {
        State::Review => &[ActionKind::Suspend, ActionKind::Resume],
        State::Concluded => &[ActionKind::Suspend, ActionKind::Resume, ActionKind::Conclude],
        State::Inspection => &[ActionKind::Inspect],
        State::DetainedClearance => &[ActionKind::Inspect, ActionKind::Detain { status: 501 }],
        State::DetainedSmuggling => &[ActionKind::Inspect, ActionKind::Detain { status: 502 }],
        State::DetainedLegal => &[ActionKind::Inspect, ActionKind::Detain { status: 503 }],
        State::DetainedOther => &[ActionKind::Inspect, ActionKind::Detain { status: 599 }],
        State::Suspended => &[ActionKind::Suspend],
        State::ReExported => &[ActionKind::Suspend, ActionKind::ReExport],
        _ => &[],
    };
    for step in steps {
        window.act(&trade, step.clone());
    }
    if arrived || matches!(state, State::Released | State::Closed) {
        window.arrive(&trade);
    }
    if state == State::Closed {
        window.act(&trade, ActionKind::Close);
    }
    assert_eq!(window.state(&trade), state.number(), "{state:?}");
    (window, trade)
}

/// Where an action leads; none = it is refused. Before the parcel is there a release waits for it as 120.
fn expected(state: State, action: &ActionKind, arrived: bool) -> Option<u16> {
    use ActionKind::*;
    let waits = if arrived { 800 } else { 120 };
    match (state, action) {
        (State::Declared, Reject) => Some(100),
        (State::Entered, Inspect) => Some(500),
        (State::Entered, Release) => Some(waits),
        (State::Entered | State::Review | State::Inspection | State::Suspended, Reject) => Some(100),
        (State::Entered | State::Review | State::Inspection, Suspend) => Some(600),
        (State::Review, Approve | Release) => Some(waits),
        (State::Review, Inspect) => Some(500),
        (State::Review | State::Inspection, Conclude) => Some(399),
        (State::Review | State::Inspection, Detain { status }) => Some(*status),
        (State::Inspection, InspectionResult { passed: true } | Release) => Some(waits),
        (State::Inspection, InspectionResult { passed: false }) => Some(100),
        // Concluded goods are released when they are there, not before.
        (State::Concluded, Release) => Some(if arrived { 800 } else { 399 }),
        (State::Inspection | State::Concluded | State::Suspended, ReExport) => Some(700),
        (State::Suspended, Resume) => Some(300),
        (
            State::DetainedClearance | State::DetainedSmuggling | State::DetainedLegal | State::DetainedOther,
            Resume,
        ) => Some(300),
        (
            State::DetainedClearance | State::DetainedSmuggling | State::DetainedLegal | State::DetainedOther,
            ReExport,
        ) => Some(700),
        (State::Released, Close) => Some(899),
        _ => None,
    }
}

/// Quota and guarantee of a trade: held while it is under way, final when it is released, free when it is over.
fn check_accounts(window: &Window, trade: &Trade, state: u16, what: &str) {
    let attempt = window.of(trade).attempt.clone().unwrap();
    let balance = |kind: AccountKind| {
        let found = window.facts.balances.iter().find(|(account, _)| account.kind == kind);
        found.map_or((0, 0), |(_, balance)| (balance.posted, balance.held))
    };
    let assessed = attempt.assessment.as_ref().map_or((0, 0), |tax| (tax.dutiable(), tax.total()));
    let (quota, guarantee) = match state {
        2 | 120 | 300 | 399 | 500..=503 | 599 | 600 => ((0, assessed.0), (0, assessed.1)),
        800 | 899 => ((assessed.0, 0), (assessed.1, 0)),
        _ => ((0, 0), (0, 0)),
    };
    assert_eq!((balance(AccountKind::Quota), balance(AccountKind::Guarantee)), (quota, guarantee), "{what}");
    let agent = Account::payable_tax(trade.declaration.head.agent_code.clone());
    let owed = window.facts.balances.get(&agent).map_or(0, |balance| balance.posted);
    assert_eq!(owed, if matches!(state, 800 | 899) { assessed.1 } else { 0 }, "{what}");
}

#[test]
fn every_action_in_every_state_does_what_the_rules_say() {
    for state in State::ALL {
        for arrived in [false, true] {
            // With its parcel there a list without a look does not stay entered; released and closed have arrived.
            if arrived && matches!(state, State::Entered | State::Released | State::Closed) {
                continue;
            }
            let (start, trade) = in_state(state, arrived);
            check_accounts(&start, &trade, state.number(), &format!("{state:?}, arrived {arrived}"));
            for action in all_actions() {
                let mut window = start.clone();
                let what = format!("{state:?}, {action:?}, arrived {arrived}");
                let before = window.of(&trade).clone();
                let outcome = window.act(&trade, action.clone());
                match expected(state, &action, arrived) {
                    Some(to) => {
                        assert_eq!(window.state(&trade), to, "{what}");
                        assert_eq!(
                            outcome
                                .answer
                                .findings
                                .iter()
                                .filter(|one| one.reason == Reason::ActionForbidden)
                                .count(),
                            0,
                            "{what}"
                        );
                        assert!(!outcome.answer.info.is_empty(), "{what}: the officer is told what it did");
                        check_accounts(&window, &trade, to, &what);
                        let remark =
                            window.of(&trade).attempt.as_ref().unwrap().remarks.last().unwrap().clone();
                        assert_eq!((&*remark.officer, &*remark.text), ("样例关员", "样例"), "{what}");
                    }
                    None => {
                        assert_eq!(outcome.answer.findings[0].reason, Reason::ActionForbidden, "{what}");
                        assert!(outcome.consignment.is_none() && outcome.movements.is_empty(), "{what}");
                        assert_eq!(*window.of(&trade), before, "{what}");
                    }
                }
            }
        }
    }
}

#[test]
fn what_an_officer_released_before_its_parcel_came_goes_out_when_it_comes() {
    for state in [State::Entered, State::Review, State::Inspection, State::Concluded] {
        let (mut window, trade) = in_state(state, false);
        window.act(&trade, ActionKind::Release);
        assert_ne!(window.state(&trade), 800, "{state:?}");
        window.arrive(&trade);
        assert_eq!(window.state(&trade), 800, "{state:?}");
        check_accounts(&window, &trade, 800, "released on arrival");
    }
    // Without his release a parcel's arrival releases nothing that is being looked at.
    for state in [State::Review, State::Inspection, State::Concluded, State::Suspended, State::DetainedLegal]
    {
        let (window, trade) = in_state(state, true);
        check_accounts(&window, &trade, state.number(), "still looked at");
    }
}

#[test]
fn from_a_lane_on_a_release_needs_a_second_officer() {
    const RULES: &str = "id,valid_from,valid_to,lane,condition,note\n";
    let held = |lane: &str| {
        let mut window = Window::without_draws();
        window.table("risk_rules.csv", |_| format!("{RULES}r,20190101,,{lane},lines >= 1,\n"));
        let trade = trade(1);
        window.trade(&trade);
        window.arrive(&trade);
        (window, trade)
    };
    let reasons =
        |outcome: &Outcome| outcome.answer.findings.iter().map(|one| one.reason).collect::<Vec<_>>();
    for (lane, release) in [
        ("hold", ActionKind::Approve),
        ("hold", ActionKind::Release),
        ("inspection", ActionKind::InspectionResult { passed: true }),
    ] {
        let (mut window, trade) = held(lane);
        window.table("parameters.csv", |text| text.replace("second_officer_lane,5", "second_officer_lane,4"));
        let state = window.state(&trade);
        let first = window.act_as("甲", &trade, release.clone());
        assert!(reasons(&first).is_empty() && first.answer.info.contains("等待另一名关员复核"), "{lane}");
        assert!(first.movements.is_empty() && first.receipts.is_empty());
        assert_eq!(window.state(&trade), state, "{lane}: one alone releases nothing");
        let law = window.reference.current().parameters.on(window.now.day());
        let proposed = |window: &Window| clearance::decide::proposed_by(window.of(&trade), &law).cloned();
        assert_eq!(proposed(&window).as_deref(), Some("甲"));
        let open = |window: &Window, officer| {
            clearance::decide::is_open(window.of(&trade), &release, (officer, "8620000001"), &law, window.now)
        };
        assert!(!open(&window, "甲") && open(&window, "乙"), "what is offered is what may be done");
        let again = window.act_as("甲", &trade, ActionKind::Release);
        assert_eq!(reasons(&again), [Reason::SecondOfficerNeeded], "{lane}");
        // Anything else done in between takes the proposal back.
        let mut other = window.clone();
        other.act_as("乙", &trade, ActionKind::Suspend);
        assert_eq!(proposed(&other), None);
        window.act_as("乙", &trade, release.clone());
        assert_eq!(window.state(&trade), 800, "{lane}: two release");
    }
    // Below the lane, and where the parameter says that one decides, one does.
    for (lane, parameter) in [("document-check", "5"), ("hold", "0")] {
        let (mut window, trade) = held(lane);
        if parameter == "0" {
            window.table("parameters.csv", |text| {
                text.replace("second_officer_lane,5", "second_officer_lane,0")
            });
        }
        window.act_as("甲", &trade, ActionKind::Release);
        assert_eq!(window.state(&trade), 800, "{lane} with {parameter}");
    }
    // To reject, one is enough.
    let (mut window, trade) = held("hold");
    window.act_as("甲", &trade, ActionKind::Reject);
    assert_eq!(window.state(&trade), 100);
}
