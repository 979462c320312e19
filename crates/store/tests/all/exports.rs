//! The stored form of exports: a row of each state and of each follow, as it was written when they came.

use crate::store::fixture;
use ceb::{Day, Document, Kind, Stamp};
use clearance::Reason;
use clearance::consignment::{ArrivalMark, Filed, Lane, Remark, Seen, State};
use clearance::event::{Cause, Follow, OfficerAction, TimerKind};
use clearance::export::{
    BillMark, BilledParcel, CancellationOfExport, DepartureMark, ExportAttempt, ExportBatch, ExportCarriage,
    ExportFollow, ExportKey, ExportLook, ExportOwner, ExportPart, ExportState, ExportTrade, ExportTradeKey,
    ExportWaybillRecord, ListMark,
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
        app_time: Stamp::from_number(20_261_123_100_000).unwrap(),
        sender: "5301960201".into(),
        recipient: "DXPENT0000530201".into(),
        copies: vec!["DXPENT0000530101".into()],
        status,
    }
}

fn day(number: u32) -> Day {
    Day::from_number(number).unwrap()
}

fn trade(
    waybill: &WaybillKey,
    bill: &BillMark,
    arrived: &ArrivalMark,
    departed: &DepartureMark,
) -> ExportTrade {
    let key = ExportTradeKey::new("5301960201", "EX1");
    let due = Time(1_795_658_400_000);
    ExportTrade {
        key,
        version: 9,
        first: at(2),
        created: Time(1_795_399_200_000),
        last: at(11),
        previous: Some(at(10)),
        last_time: Time(1_795_399_260_000),
        order: Some(filed(Kind::ExportOrder, 2, 120)),
        payment: Some(filed(Kind::ExportPayment, 3, 2)),
        carriage: Some(ExportCarriage {
            key: waybill.clone(),
            waybill: Some(filed(Kind::ExportWaybill, 4, 120)),
            bill: Some(bill.clone()),
            arrived: Some(arrived.clone()),
            departed: Some(departed.clone()),
        }),
        attempt: Some(ExportAttempt {
            number: 2,
            declaration: filed(Kind::ExportDeclaration, 5, 899),
            state: State::Closed,
            pre_no: "B20261123000000001".into(),
            invt_no: Some("86202026E000000007".into()),
            business_date: day(20_261_123),
            rulebook: 3,
            lane: Some(Lane::Inspection),
            findings: vec![Finding::new(Reason::PlatformDiffers).field("OrderHead.ebpCode", "1").uncertain()],
            remarks: vec![Remark {
                position: at(10),
                time: Time(1_795_399_250_000),
                officer: "officer".into(),
                action: "inspect".into(),
                text: "text".into(),
            }],
            closed_on: Some(day(20_261_124)),
        }),
        cancellation: Some(CancellationOfExport {
            filed: filed(Kind::ExportCancellation, 9, 100),
            pre_no: "C20261123000000002".into(),
            attempt: 1,
        }),
        seen: vec![Seen { fingerprint: [7; 16], position: at(2) }],
        actions: vec![("a-1".into(), at(10))],
        timers: vec![(TimerKind::ExportPartnersMissing, 2, due)],
        returns: Vec::new(),
        value: None,
        look: ExportLook::default(),
        taxes: Vec::new(),
        taken: None,
    }
}

/// A row with a state of each kind and every follow.
fn with_exports(event: &mut EventRow) {
    let waybill = WaybillKey::new("5301960401", "EY1");
    let master = ExportKey::named(ExportKey::Master, "5301980501", "M1");
    let bill = BillMark { position: at(6), master: master.clone(), bill_no: "999-1".into() };
    let arrived = ArrivalMark { position: at(7), bill_no: "999-1".into(), customs_code: "8620".into() };
    let departed = DepartureMark { position: at(8), bill_no: "999-1".into(), left_on: day(20_261_124) };
    let trade = trade(&waybill, &bill, &arrived, &departed);
    let key = trade.key.clone();
    let list = ListMark { invt_no: "86202026E000000007".into(), opens: true };
    let record = ExportWaybillRecord {
        key: waybill.clone(),
        version: 4,
        last: at(11),
        previous: Some(at(8)),
        last_time: Time(1_795_399_200_004),
        since: day(20_261_123),
        waybill: Some(filed(Kind::ExportWaybill, 4, 2)),
        claimed_by: Some((key.clone(), 2)),
        list: Some(list.clone()),
        bill: Some(bill),
        arrived: Some(arrived),
        departed: Some(departed),
        seen: vec![Seen { fingerprint: [8; 16], position: at(4) }],
    };
    let parcel = BilledParcel { logistics_no: "EY1".into(), status: 500 };
    let batch = ExportBatch {
        key: master.clone(),
        version: 1,
        last: at(11),
        previous: None,
        last_time: Time(1_795_399_200_006),
        pre_no: "M20261123000000003".into(),
        parts: vec![ExportPart { number: 1, filed: filed(Kind::MasterBill, 6, 500) }],
        parcels: vec![parcel.clone()],
        seen: Vec::new(),
    };
    let number = ExportKey::Entry("86202026E000000007".into());
    let outcome = event.outcome.as_mut().unwrap();
    outcome.export.trade = Some(key.clone());
    outcome.export.states = vec![
        ExportState::Trade(Arc::new(trade)),
        ExportState::Waybill(Arc::new(record)),
        ExportState::Owner(Arc::new(ExportOwner { key: number, trade: key.clone() })),
        ExportState::Batch(Arc::new(batch)),
    ];
    let cause = at(11);
    let file = ExportKey::named(ExportKey::Cancellation, "5301980501", "C1");
    let follows = [
        ExportFollow::WaybillChanged { to: key.clone(), waybill: waybill.clone(), cause },
        ExportFollow::ClaimReleased { to: waybill.clone(), by: key.clone(), attempt: 1, cause },
        ExportFollow::ListConcluded { to: waybill, by: key.clone(), attempt: 2, list, cause },
        ExportFollow::ParcelsOfBill { to: master, parcels: vec![parcel], cause },
        ExportFollow::CancellationFiled { to: key.clone(), file, cause },
    ];
    outcome.follows.extend(follows.map(|follow| Follow::Export(Box::new(follow))));
    if let Cause::Action(action) = &event.event.cause {
        let action = OfficerAction { order: key.as_pair(), ..(**action).clone() };
        event.event.cause = Cause::ExportAction(Arc::new(action));
    }
}

#[test]
fn format_ten_is_still_read() {
    let name = "event-format-10.bin";
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all").join(name);
    let Row::Event(mut expected) = codec::decode(&fixture("event-format-9.bin")).unwrap() else { panic!() };
    with_exports(&mut expected);
    if std::env::var_os("ONEWINDOW_UPDATE").is_some() && !place.exists() {
        std::fs::write(&place, codec::encode(&Row::Event(expected.clone())).1).unwrap();
    }
    let bytes = fixture(name);
    let read = codec::decode(&bytes).unwrap();
    assert_eq!(format!("{read:?}"), format!("{:?}", Row::Event(expected)));
    // What is written now is of a later format, and says the same.
    assert_eq!(format!("{:?}", codec::decode(&codec::encode(&read).1).unwrap()), format!("{read:?}"));
}

#[test]
fn a_damaged_row_of_exports_is_an_error_and_no_panic() {
    let bytes = fixture("event-format-10.bin");
    for cut in (0..bytes.len()).step_by(7) {
        assert!(codec::decode(&bytes[..cut]).is_err());
        let mut changed = bytes.clone();
        changed[cut] ^= 0x55;
        let _ = codec::decode(&changed);
    }
}
