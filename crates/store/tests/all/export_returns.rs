//! The stored form of returns of exports: a row of each state and of each follow that came with them, and of a held return.

use crate::store::fixture;
use ceb::{Day, Decimal, Document, Kind, Stamp};
use clearance::Reason;
use clearance::consignment::{Filed, Seen};
use clearance::event::{ActionKind, Cause, Follow, OfficerAction, TimerKind};
use clearance::export::{
    ExportFollow, ExportKey, ExportState, ExportTrade, ExportTradeKey, ReturnClaim, ReturnOfExport,
    ReturnStanding, ReturnedParcel, ReturnedQuantity, TallyMark,
};
use clearance::finding::Finding;
use clearance::keys::{Position, Time, WaybillKey};
use std::path::Path;
use std::sync::Arc;
use store::{EventRow, Row, codec};

fn at(sequence: u64) -> Position {
    Position { writer: 1, sequence }
}

fn filed(kind: Kind, sequence: u64, status: u16) -> Filed {
    Filed {
        document: Arc::new(Document::empty(kind)),
        position: at(sequence),
        fingerprint: [sequence as u8; 16],
        app_time: Stamp::from_number(20_261_208_100_000).unwrap(),
        sender: "5301980501".into(),
        recipient: "DXPENT0000530501".into(),
        copies: vec!["DXPENT0000530201".into()],
        status,
    }
}

fn mark() -> TallyMark {
    TallyMark {
        position: at(16),
        operator: "5301960601".into(),
        district: "8620".into(),
        invt_no: "86202026E000000007".into(),
        on: Day::from_number(20_261_210).unwrap(),
    }
}

fn returned(number: u32, standing: ReturnStanding) -> ReturnOfExport {
    ReturnOfExport {
        number,
        key: ExportKey::named(ExportKey::Return, "5301980501", "T1"),
        filed: filed(Kind::ExportReturn, 15, standing.status()),
        pre_no: "T20261208000000001".into(),
        standing,
        lines: vec![ReturnedQuantity {
            gnum: 1,
            qty: Decimal::from_whole(2),
            qty1: Decimal::from_whole(2),
            qty2: Decimal::parse("0.4").unwrap(),
        }],
        parcel: WaybillKey::new("5301960401", "EY1"),
        tallied: Some(mark()),
        back_until: Day::from_number(20_271_124).unwrap(),
        relief_until: Day::from_number(20_270_524),
        value: Some(9_800),
        district: "8620".into(),
        findings: vec![Finding::new(Reason::ReturnAfterSummary).field("application", "5301980501 S1")],
    }
}

/// A row with each of the states, each follow, and an officer's hold.
fn with_returns(event: &mut EventRow) {
    let key = ExportTradeKey::new("5301960201", "EX1");
    let parcel = WaybillKey::new("5301960401", "EY1");
    let trade = ExportTrade {
        version: 12,
        timers: vec![(TimerKind::ExportReturnLapsed, 2, Time(1_800_000_000_000))],
        returns: ReturnStanding::ALL
            .into_iter()
            .zip(1..)
            .map(|(one, number)| returned(number, one))
            .collect(),
        value: Some(14_700),
        ..ExportTrade::new(key.clone())
    };
    let tallied = ReturnedParcel {
        version: 3,
        last: at(16),
        previous: Some(at(15)),
        last_time: Time(1_796_868_000_000),
        pre_no: "L20261210000000002".into(),
        tally: Some(filed(Kind::ReturnTally, 16, 399)),
        tallied: Some(mark()),
        claims: vec![ReturnClaim { trade: key.clone(), invt_no: "86202026E000000007".into() }],
        seen: vec![Seen { fingerprint: [9; 16], position: at(16) }],
        ..ReturnedParcel::new(parcel.clone())
    };
    let worth = ExportTrade { value: Some(1), ..ExportTrade::new(ExportTradeKey::new("5301960201", "EX2")) };
    let outcome = event.outcome.as_mut().unwrap();
    outcome.export.trade = Some(key.clone());
    outcome.export.states = vec![
        ExportState::Trade(Arc::new(trade)),
        ExportState::ReturnedParcel(Arc::new(tallied)),
        ExportState::Trade(Arc::new(worth)),
    ];
    let file = ExportKey::named(ExportKey::Return, "5301980501", "T1");
    let list = "86202026E000000007".into();
    let follows = [
        ExportFollow::ReturnFiled {
            to: key.clone(),
            file: file.clone(),
            list,
            parcel: parcel.clone(),
            cause: at(15),
        },
        ExportFollow::ParcelTallied { to: key.clone(), parcel, cause: at(16) },
        ExportFollow::ReturnEnded { to: file, cause: at(17) },
    ];
    outcome.follows.extend(follows.map(|follow| Follow::Export(Box::new(follow))));
    if let Cause::Action(action) = &event.event.cause {
        let kind = ActionKind::HoldReturn { number: 2, status: 505 };
        let action = OfficerAction { order: key.as_pair(), kind, ..(**action).clone() };
        event.event.cause = Cause::ExportAction(Arc::new(action));
    }
}

#[test]
fn returns_of_format_ten_are_still_read() {
    let name = "event-format-10-returns.bin";
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all").join(name);
    let Row::Event(mut expected) = codec::decode(&fixture("event-format-9.bin")).unwrap() else { panic!() };
    with_returns(&mut expected);
    if std::env::var_os("ONEWINDOW_UPDATE").is_some() && !place.exists() {
        std::fs::write(&place, codec::encode(&Row::Event(expected.clone())).1).unwrap();
    }
    let bytes = fixture(name);
    let read = codec::decode(&bytes).unwrap();
    assert_eq!(format!("{read:?}"), format!("{:?}", Row::Event(expected)));
    // What is written now is of a later format, and says the same.
    assert_eq!(format!("{:?}", codec::decode(&codec::encode(&read).1).unwrap()), format!("{read:?}"));
    for cut in (0..bytes.len()).step_by(7) {
        assert!(codec::decode(&bytes[..cut]).is_err());
        let mut changed = bytes.clone();
        changed[cut] ^= 0x55;
        let _ = codec::decode(&changed);
    }
}
