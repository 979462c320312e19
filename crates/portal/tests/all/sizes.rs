//! No page has 100 KB, also where there is most to show: a year of figures, a list of 99 lines with as many findings, receipts
//! that are long. And whoever's trade was decided against is told that he may have it reviewed.

use crate::figures;
use crate::gallery::{a_trade, an_assessment, both, frame};
use portal::answers::exports::{Export, ExportAttempt};
use portal::answers::figures::FigureLine;
use portal::answers::{Attempt, Consignment, Entry, FieldValue, Finding, Receipt, Receipts};
use portal::pages::figures::Place;
use portal::pages::{consignment, exports, figures as figures_page, receipts};
use portal::{Frame, Language};

/// Bytes of a page at most.
const MOST: usize = 100_000;

/// A page in both languages, which is small.
fn small(what: &str, shown: impl Fn(&Frame) -> String) {
    for language in Language::COMPLETE {
        let bytes = shown(&frame(language, true)).len();
        assert!(bytes < MOST, "{what} in {}: {bytes} bytes", language.tag());
    }
}

#[test]
fn figures_of_four_hundred_days_in_five_modes_are_one_page() {
    let mut view = figures::view(Place::Zone);
    view.days = (0..400).map(|day| (20_250_000 + day).to_string()).collect();
    let line = |day: &str, mode: &str, step: &str, count: u64| FigureLine {
        count: Some(count),
        value: format!("{count}00.5"),
        parts: [("day", day), ("mode", mode), ("step", step)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        ..FigureLine::default()
    };
    let mut flow = Vec::new();
    for (index, day) in (0u64..).zip(&view.days) {
        for (mode, more) in ["1210", "1239", "9610", "9710", "9810"].iter().zip(0u64..) {
            flow.push(line(day, mode, "declared", 1_000 + 97 * ((index * 7 + more) % 13)));
        }
    }
    view.tables.get_mut("days").unwrap().lines = flow;
    let steps = |day: &String| {
        ["declared", "released", "rejected"].map(|step| line(day, "", step, 5_000 + day.len() as u64 * 37))
    };
    view.tables.get_mut("steps").unwrap().lines = view.days.iter().flat_map(steps).collect();
    small("figures", |frame| figures_page::page(frame, &view).shown(frame));
    let shown =
        figures_page::page(&frame(Language::English, true), &view).shown(&frame(Language::English, true));
    assert!(shown.matches("<path class=\"series-").count() >= 5, "each mode is drawn");
}

fn a_long_finding(number: usize) -> Finding {
    Finding {
        rule: "goods-name-differs".into(),
        layer: "rejected".into(),
        code: Some("13127".into()),
        text: "清单商品名称与订单不一致".repeat(4),
        fields: vec![
            FieldValue {
                path: format!("InventoryList[{number}].gname"), value: "样例商品名称".repeat(20)
            },
            FieldValue {
                path: format!("OrderList[{number}].itemName"), value: "另一商品名称".repeat(20)
            },
        ],
        arithmetic: Some("14000 + 5000 = 19000".into()),
        why: both(
            &"The name of the goods is that of the order. ".repeat(4),
            &"商品名称应与订单一致。".repeat(8),
        ),
        fix: both(&"Correct the name of the goods. ".repeat(4), &"请更正商品名称。".repeat(8)),
        ..Finding::default()
    }
}

/// A trade of 99 lines, each with something wrong, that was sent again and again.
fn a_large_trade() -> Consignment {
    let mut trade = a_trade();
    let mut assessment = an_assessment();
    let line = assessment.lines.remove(0);
    let long =
        "P = 123456.78 + 1234.56 + 123.45 = 124814.79; VAT = 124814.79 × 13 % × 70 % = 11358.14. ".repeat(4);
    assessment.lines = (1..100)
        .map(|gnum| portal::answers::TaxLine { gnum, arithmetic: long.clone(), ..line.clone() })
        .collect();
    let findings: Vec<Finding> = (1..100).map(a_long_finding).collect();
    trade.attempt = Some(Attempt {
        number: 9,
        state: 100,
        state_word: "rejected".into(),
        assessment: Some(assessment),
        findings: findings.clone(),
        ..Attempt::default()
    });
    trade.timeline = (0..100)
        .map(|position| Entry {
            position,
            time: "20261123100000123".into(),
            message: Some("CEB621Message".into()),
            status: Some(100),
            info: Some("[Code:13127;Desc:清单商品名称与订单不一致]".repeat(10)),
            original: Some(position),
            findings: findings.iter().take(2).cloned().collect(),
            ..Entry::default()
        })
        .collect();
    trade
}

#[test]
fn a_trade_of_ninety_nine_lines_is_told_in_parts_and_loses_none() {
    let trade = a_large_trade();
    small("a trade", |frame| consignment::page(frame, &trade, None).shown(frame));
    let mut frame = frame(Language::English, true);
    for (name, id, sign, from) in [
        ("lines", "tax", "<li value=\"99\">", "90"),
        ("findings", "why", "InventoryList[99].gname", "90"),
        ("events", "happened", "/desk/messages/0\"", "0"),
    ] {
        frame.place = format!("/desk/consignments/5301960101/1?{name}={from}");
        let shown = consignment::page(&frame, &trade, None).shown(&frame);
        assert!(shown.len() < MOST && shown.contains(sign), "{name} from {from}: {} bytes", shown.len());
        assert!(shown.contains(&format!("{name}=")) && shown.contains(&format!("#{id}\"")), "{name}");
    }
    frame.place = "/desk/consignments/5301960101/1".to_owned();
    let shown = consignment::page(&frame, &trade, None).shown(&frame);
    assert!(
        shown.contains("/desk/messages/99\"") && !shown.contains("/desk/messages/0\""),
        "the newest first"
    );
}

#[test]
fn an_export_with_much_against_it_is_told_in_parts_and_loses_none() {
    let large = a_large_trade();
    let findings = large.attempt.map(|attempt| attempt.findings).unwrap_or_default();
    let attempt = ExportAttempt { number: 9, findings, ..ExportAttempt::default() };
    let trade = Export { attempt: Some(attempt), timeline: large.timeline, ..Export::default() };
    small("an export", |frame| exports::page(frame, &trade, None).shown(frame));
    let mut frame = frame(Language::English, true);
    for (name, id, sign, from) in [
        ("findings", "why", "InventoryList[99].gname", "90"),
        ("events", "happened", "/desk/messages/0\"", "0"),
    ] {
        frame.place = format!("/desk/exports/5301960201/1?{name}={from}");
        let shown = exports::page(&frame, &trade, None).shown(&frame);
        assert!(shown.len() < MOST && shown.contains(sign), "{name} from {from}: {} bytes", shown.len());
        assert!(shown.contains(&format!("{name}=")) && shown.contains(&format!("#{id}\"")), "{name}");
    }
}

#[test]
fn forty_receipts_of_long_lists_are_one_page_and_each_can_be_read() {
    let receipt = |position: u64| Receipt {
        position,
        number: 1,
        recipient: "DXPENT0000000001".into(),
        message: "CEB816Message".into(),
        status: 1,
        time: "20261123100000123".into(),
        receipt: "<ceb:TaxListRd><ceb:gnum>1</ceb:gnum><ceb:gcode>3304990039</ceb:gcode></ceb:TaxListRd>"
            .repeat(99),
        document_number: "5301980501-0000012345".into(),
    };
    let all =
        Receipts { receipts: (0..40).map(receipt).collect(), cursor: "1-28".into(), ..Receipts::default() };
    let all = receipts::View { receipts: all, next: Some("1-28".into()), ..receipts::View::default() };
    small("receipts", |frame| receipts::page(frame, &all).shown(frame));
    let english = frame(Language::English, true);
    let shown = receipts::page(&english, &all).shown(&english);
    let folded = shown.matches("<pre>").count();
    assert_eq!(folded + shown.matches("/desk/receipts?position=").count(), 40);
    assert!(folded > 0 && shown.contains("/desk/receipts?position=39&amp;number=1"));
}

#[test]
fn whoever_is_decided_against_is_told_that_he_may_have_it_reviewed() {
    for language in Language::COMPLETE {
        let frame = frame(language, true);
        let words = frame.texts.text("trade-appeal");
        let told = |state: &str, lane: Option<&str>| {
            let mut trade = a_trade();
            trade.attempt = Some(Attempt {
                state_word: state.into(),
                lane: lane.map(str::to_owned),
                ..Attempt::default()
            });
            let shown = consignment::page(&frame, &trade, None).shown(&frame);
            shown.contains(&words) && shown.contains("href=\"/guide#appeal\"")
        };
        for state in ["rejected", "review", "inspection", "suspended", "concluded", "detained-other"] {
            assert!(told(state, None), "{state} in {}", language.tag());
            assert!(!told(state, Some("hold")), "an office is not told its own appeal: {state}");
        }
        assert!(!told("released", None) && !told("declared", None));
    }
}
