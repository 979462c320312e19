//! The stored form of how exports are looked at, of what their returns owe, and of goods that are received in another book: a row of
//! each, as it was written when they came.

use crate::store::fixture;
use book::{DocumentKey, DocumentKind, Open, Quantities};
use ceb::{Day, Decimal};
use clearance::bonded::{Taken, TakenLine, TakenState};
use clearance::consignment::{CreditStanding, Drawn, Lane, RiskHit};
use clearance::event::{ActionKind, Cause, OfficerAction, ReceivedAt};
use clearance::export::{ExportLook, ExportState, ExportTrade, ExportTradeKey, TaxOfReturn};
use clearance::facts::{CountKey, CountKind};
use clearance::inspection::{Found, Inspection, JointInspection, Measure};
use clearance::keys::{Position, Time};
use clearance::rulebook::Rate;
use clearance::tax::{Assessment, Basis, with_rates};
use clearance::windows::{Measure as Window, Span, WindowValue, Windowed};
use std::path::Path;
use std::sync::Arc;
use store::{EventRow, Row, codec};

fn day() -> Day {
    Day::from_number(20_261_201).unwrap()
}

fn look() -> ExportLook {
    let inspection = Inspection {
        found: vec![Found {
            line: 1,
            result: "goods-differ".into(),
            quantity: Some(Decimal::ONE),
            weight: None,
        }],
        measure: Measure::DetainClearance,
        second: "".into(),
        place: "3".into(),
        photographs: vec!["a".repeat(64).into()],
    };
    let joint = JointInspection {
        position: Position { writer: 1, sequence: 14 },
        time: Time(1_796_000_000_000),
        rulebook: 4,
        day: day(),
        officer: "cha.yi".into(),
        party: "8620000001".into(),
        text: "text".into(),
        inspection,
        confirmed_by: "cha.er".into(),
    };
    let credit = CreditStanding {
        standings: vec![("5301960201".into(), "attention".into())],
        factor: Some(300),
        share: 50_000,
        obeyed: Vec::new(),
    };
    let hit =
        RiskHit { rule: "random".into(), lane: Lane::Inspection, evidence: "drawn 1 < ratio 2 ppm".into() };
    let drawn = Drawn { seed: 2, number: 1, ratio: 2, selected: true, until: Some(Time(1_797_000_000_000)) };
    let key = CountKey { kind: CountKind::ExportSeller, owner: "5301960201".into() };
    let value = WindowValue { measure: Window::Count, span: Span::Days(7), value: 3 };
    ExportLook {
        drawn: Some(drawn),
        credit: Some(credit),
        hits: vec![hit],
        joint: Some(Box::new(joint)),
        counts: vec![Windowed { key, line: 0, values: vec![value] }],
    }
}

fn tax() -> TaxOfReturn {
    let line =
        with_rates(680_000, Rate::percent(6), Rate(0), Decimal::ZERO, Decimal::ZERO, Rate::percent(13), 100);
    let assessment = Assessment {
        basis: Basis::OverSingleItem,
        day: day(),
        lines: vec![line.unwrap()],
        uncertain: Vec::new(),
    };
    TaxOfReturn {
        number: 1,
        relieved: false,
        assessment: Some(assessment),
        export_duty: 2_000,
        uncertain: true,
    }
}

fn with_looks(event: &mut EventRow) {
    let trade = |number: &str| ExportTrade::new(ExportTradeKey::new("5301960201", number));
    let outcome = event.outcome.as_mut().unwrap();
    outcome.export.states = vec![
        ExportState::Trade(Arc::new(ExportTrade { look: look(), value: Some(9_800), ..trade("EX1") })),
        ExportState::Trade(Arc::new(ExportTrade { taxes: vec![tax()], ..trade("EX2") })),
        ExportState::Trade(Arc::new(trade("EX3"))),
    ];
    if let Cause::Action(action) = &event.event.cause {
        let received = ReceivedAt {
            number: 1,
            from: "5301960601:T1".into(),
            to: "5301960202:T2".into(),
            document: ("5301980501".into(), "T20261201000000001".into()),
            lines: vec![(1, "1".into(), "12".into())],
        };
        let kind = ActionKind::ReceiveReturnAt(Box::new(received));
        event.event.cause = Cause::Action(Arc::new(OfficerAction { kind, ..(**action).clone() }));
    }
}

#[test]
fn looks_at_exports_are_still_read() {
    let name = "event-format-11-looks.bin";
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all").join(name);
    let Row::Event(mut expected) = codec::decode(&fixture("event-format-9.bin")).unwrap() else { panic!() };
    with_looks(&mut expected);
    if std::env::var_os("ONEWINDOW_UPDATE").is_some() && !place.exists() {
        std::fs::write(&place, codec::encode(&Row::Event(expected.clone())).1).unwrap();
    }
    let bytes = fixture(name);
    let read = codec::decode(&bytes).unwrap();
    assert_eq!(format!("{read:?}"), format!("{:?}", Row::Event(expected)));
    assert_eq!(format!("{:?}", codec::decode(&codec::encode(&read).1).unwrap()), format!("{read:?}"));
    for cut in (0..bytes.len()).step_by(7) {
        assert!(codec::decode(&bytes[..cut]).is_err());
        let mut changed = bytes.clone();
        changed[cut] ^= 0x55;
        let _ = codec::decode(&changed);
    }
}

#[test]
fn what_a_list_took_of_a_book_is_kept_behind_all_that_was_stored_before() {
    let Row::Event(mut event) = codec::decode(&fixture("event-format-11-looks.bin")).unwrap() else {
        panic!()
    };
    let one = Quantities { declared: Decimal::ONE, first: Decimal::ONE, second: Decimal::ZERO };
    let taken = Taken {
        book: "5301960601:T8620W000001".into(),
        document: DocumentKey {
            kind: DocumentKind::List,
            issuer: "5301980501".into(),
            number: "export 5301960201/EX1/1".into(),
        },
        lines: vec![TakenLine {
            line: 1,
            item: "1".into(),
            open: vec![Open { lot: "L1".into(), quantities: one }],
        }],
        state: TakenState::Frozen,
    };
    let states = &mut event.outcome.as_mut().unwrap().export.states;
    for state in states.iter_mut() {
        let ExportState::Trade(trade) = state else { continue };
        assert!(trade.taken.is_none(), "none of those took anything");
        Arc::make_mut(trade).taken = Some(Box::new(taken.clone()));
    }
    let expected = Row::Event(event);
    let bytes = codec::encode(&expected).1;
    assert_eq!(format!("{:?}", codec::decode(&bytes).unwrap()), format!("{expected:?}"));
    for cut in (0..bytes.len()).step_by(7) {
        assert!(codec::decode(&bytes[..cut]).is_err());
    }
}
