//! The stored form of monthly summaries: a row of each state and of the follow that came with them.

use crate::store::fixture;
use ceb::{Day, Decimal, Document, Kind, Stamp};
use clearance::Reason;
use clearance::consignment::{Filed, Seen, State};
use clearance::event::Follow;
use clearance::export::{
    ClosedLine, ClosedList, ExportFollow, ExportKey, ExportState, ExportSummary, ExportTradeKey, GroupKey,
    GroupLine, LineKey, SummarisedDeclaration, SummarisedLine, SummaryClaim, SummaryMember, SummaryPart,
};
use clearance::finding::Finding;
use clearance::keys::{Position, Time};
use std::path::Path;
use std::sync::Arc;
use store::{EventRow, Row, codec};

fn at(sequence: u64) -> Position {
    Position { writer: 1, sequence }
}

fn filed(sequence: u64, status: u16) -> Filed {
    Filed {
        document: Arc::new(Document::empty(Kind::SummaryApplication)),
        position: at(sequence),
        fingerprint: [sequence as u8; 16],
        app_time: Stamp::from_number(20_261_208_100_000).unwrap(),
        sender: "5301980501".into(),
        recipient: "DXPENT0000530501".into(),
        copies: vec!["DXPENT0000530201".into()],
        status,
    }
}

fn list() -> ClosedList {
    ClosedList {
        invt_no: "86202026E000000007".into(),
        trade: ExportTradeKey::new("5301960201", "EX1"),
        position: at(12),
        recorded: Time(1_795_399_200_000),
        state: State::Closed,
        closed_on: Day::from_number(20_261_124),
        district: "8620".into(),
        logistics_no: "EY1".into(),
        statistics_flag: "B".into(),
        trade_mode: "1210".into(),
        ems_no: "T8620W000001".into(),
        traf_mode: "5".into(),
        owner: "5301960201".into(),
        country: "119".into(),
        port: "8620".into(),
        gross_weight: Decimal::parse("1.5").unwrap(),
        net_weight: Decimal::parse("1.2").unwrap(),
        lines: vec![ClosedLine {
            gnum: 1,
            gcode: "6109100021".into(),
            gname: "样例".into(),
            country: "119".into(),
            currency: "142".into(),
            unit1: "011".into(),
            qty1: Decimal::from_whole(3),
            unit2: "035".into(),
            qty2: Decimal::parse("0.6").unwrap(),
            total_price: Decimal::from_whole(147),
        }],
    }
}

fn summary(key: &ExportKey) -> ExportSummary {
    let line = LineKey {
        country: "119".into(),
        gcode: "6109100021".into(),
        currency: "142".into(),
        gname: "样例".into(),
        unit1: "011".into(),
        unit2: "035".into(),
    };
    let sums = GroupLine {
        lines: 1,
        qty1: Decimal::from_whole(3),
        qty2: Decimal::parse("0.6").unwrap(),
        total_price: Decimal::from_whole(147),
    };
    let group = GroupKey {
        merchant: "5301960201".into(),
        traf_mode: "5".into(),
        owner: "5301960201".into(),
        country: "119".into(),
        port: "8620".into(),
        trade_mode: "1210".into(),
        ems_no: "T8620W000001".into(),
    };
    let rejected = SummaryPart {
        number: 2,
        filed: filed(15, 100),
        looked_at: vec!["86202026E000000007".into()],
        lists: Vec::new(),
        findings: vec![Finding::new(Reason::ListNotForSummary).argument("1").field("statisticsFlag", "A")],
    };
    let taken = SummaryPart {
        number: 1,
        filed: filed(14, 399),
        looked_at: Vec::new(),
        lists: vec![SummaryMember { list: list(), declaration: 1 }],
        findings: Vec::new(),
    };
    ExportSummary {
        key: key.clone(),
        version: 2,
        first: at(14),
        created: Time(1_796_695_200_000),
        last: at(15),
        previous: Some(at(14)),
        last_time: Time(1_796_695_200_003),
        pre_no: "S20261208000000001".into(),
        sum_no: Some("86202026S000000002".into()),
        parts: vec![taken, rejected],
        declarations: vec![SummarisedDeclaration {
            number: "202600000000200001".into(),
            key: group,
            lists: 1,
            gross_weight: Decimal::parse("1.5").unwrap(),
            net_weight: Decimal::parse("1.2").unwrap(),
            lines: vec![SummarisedLine { key: line, sums }],
        }],
        seen: vec![Seen { fingerprint: [9; 16], position: at(14) }],
    }
}

/// A row with each of the states, and the follow.
fn with_summaries(event: &mut EventRow) {
    let key = ExportKey::named(ExportKey::Summary, "5301980501", "S1");
    let claim = |number: &str, by| {
        let key = ExportKey::Summarised(number.into());
        ExportState::Claim(Arc::new(SummaryClaim { key, by }))
    };
    let outcome = event.outcome.as_mut().unwrap();
    outcome.export.states = vec![
        ExportState::Closed(Arc::new(list())),
        claim("86202026E000000007", Some(key.clone())),
        claim("86202026E000000008", None),
        ExportState::Summary(Arc::new(summary(&key))),
    ];
    let lists = vec!["86202026E000000007".into(), "86202026E000000008".into()];
    let follow = ExportFollow::ListsFreed { lists, by: key, cause: at(15) };
    outcome.follows.push(Follow::Export(Box::new(follow)));
}

#[test]
fn summaries_of_format_ten_are_still_read() {
    let name = "event-format-10-summaries.bin";
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all").join(name);
    let Row::Event(mut expected) = codec::decode(&fixture("event-format-9.bin")).unwrap() else { panic!() };
    with_summaries(&mut expected);
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
