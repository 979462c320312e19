//! Inspections, persons, addresses, enterprises and the charts below a queue, for the gallery.

use crate::figures;
use crate::gallery::{a_trade, both, frame};
use portal::answers::subjects::*;
use portal::answers::{
    Contested, Declared, Found, Inspection, InspectionForm, Line, Open, Report, ResultRow, Unconfirmed,
};
use portal::pages::figures::{Chart, Place};
use portal::pages::{consignment, decide, inspect, queue, subjects, workload};
use portal::{Language, Page};

const HASH: &str = "0123456789abcdef0123456789abcdef";

fn a_form() -> InspectionForm {
    let row = |result: &str, name: (&str, &str), measures: &[&str], officers: u8| ResultRow {
        result: result.into(),
        name: both(name.0, name.1),
        measures: measures.iter().map(|measure| (*measure).to_owned()).collect(),
        measured: if result == "quantity-differs" { "quantity".into() } else { String::new() },
        officers,
        credit: officers > 1,
        risk: true,
        told: result != "prohibited",
        decides: both("legal <b>", "法规部门 <b>"),
        law: both("regulation article 16", "条例第十六条"),
        certainty: "unsure".into(),
    };
    InspectionForm {
        results: vec![
            row("conforming", ("conforming", "相符"), &["release"], 1),
            row("quantity-differs", ("quantity differs", "数量不符"), &["review", "reject"], 1),
            row("prohibited", ("prohibited goods", "禁止进境物品"), &["detain-502"], 2),
        ],
        lines: vec![Declared {
            gnum: 1,
            gcode: "3304990039".into(),
            name: "面霜 <b>".into(),
            quantity: "2".into(),
            unit: "011".into(),
        }],
        second_confirms: false,
        photographs: 10,
        photograph_bytes: 5_242_880,
        reports: vec![Report {
            report: "5301000904:2026-1".into(),
            version: 2,
            by_name: "样例昆明市场监督管理局 <b>".into(),
            number: "样检2026-1 <b>".into(),
            day: 20_261_120,
            until: 20_270_131,
            found: vec![Found {
                line: 0,
                result: "conforming".into(),
                name: both("conforming", "相符"),
                ..Found::default()
            }],
            measures: vec!["release".into()],
        }],
    }
}

/// What waits for its second officer.
fn unconfirmed(yours: bool) -> Unconfirmed {
    Unconfirmed {
        officer: "cha.yan <b>".into(),
        party: "8620000001".into(),
        time: "20261123100000123".into(),
        measure: "detain-502".into(),
        yours,
    }
}

/// A trade with an inspection that waits, for the second officer and for anybody else.
fn a_trade_to_confirm(yours: bool) -> portal::answers::Consignment {
    let waits = Inspection {
        measure: "detain-502".into(),
        proposed: true,
        officers: Some(vec!["cha.yan".into()]),
        standing: "waits".into(),
        ..an_inspection(true, true)
    };
    let mut trade = a_trade_with(waits);
    let contested = Inspection {
        standing: "contested".into(),
        contested: Some(Contested {
            officer: "cha.er".into(),
            time: "20261123100000123".into(),
            text: "系普通茶叶 <b>".into(),
        }),
        ..an_inspection(true, true)
    };
    let first = portal::answers::Entry { inspection: Some(contested), ..trade.timeline[1].clone() };
    trade.timeline.insert(1, first);
    trade.unconfirmed = Some(unconfirmed(yours));
    trade.inspection = Some(InspectionForm { second_confirms: true, ..a_form() });
    let open = |action: &str| Open { action: action.into(), ..Open::default() };
    trade.actions =
        if yours { vec![open("confirm-inspection"), open("contest-inspection")] } else { Vec::new() };
    trade
}

fn an_inspection(told: bool, office: bool) -> Inspection {
    let found = Found {
        line: 1,
        result: "quantity-differs".into(),
        name: both("quantity differs", "数量不符"),
        law: both("regulation article 15", "条例第十五条"),
        decides: both("the deciding officer", "审单关员"),
        quantity: Some("3".into()),
        weight: Some("1.2".into()),
        credit: office.then_some(true),
        risk: office.then_some(true),
    };
    Inspection {
        position: 7,
        time: "20261123100000123".into(),
        measure: if told { "reject".into() } else { "detain-502".into() },
        told,
        found: if told || office { vec![found.clone(), Found { line: 0, ..found }] } else { Vec::new() },
        text: if told { "少了一件 <b>".into() } else { String::new() },
        place: "3".into(),
        photographs: if told { vec!["a".repeat(64), "b".repeat(64)] } else { Vec::new() },
        officers: office.then(|| vec!["cha.yan".into(), "cha.er".into()]),
        report: if office { "5301000904:2026-1".into() } else { String::new() },
        proposed: false,
        ..Inspection::default()
    }
}

fn a_trade_with(one: Inspection) -> portal::answers::Consignment {
    let mut trade = a_trade();
    trade.timeline[1].what = "inspected".into();
    trade.timeline[1].inspection = Some(one);
    trade
}

fn a_subject(is_person: bool) -> Subject {
    let line = Line {
        platform: "5301960101".into(),
        order_no: "样例/1?".into(),
        state: 300,
        state_word: Some("review".into()),
        ..Line::default()
    };
    Subject {
        person: is_person.then(|| HASH.into()),
        address: (!is_person).then(|| HASH.into()),
        year: 2026,
        trades: vec![SubjectTrade {
            line,
            day: "20261123".into(),
            seller: "5301960201".into(),
            seller_name: "样例 <b>".into(),
            value: "1200.5".into(),
            findings: vec!["buyer-name-differs".into()],
            person: Some(HASH.into()),
            address: Some(HASH.into()),
        }],
        value: "1200.5".into(),
        sellers: vec![SellerSum {
            seller: "5301960201".into(),
            name: "样例".into(),
            count: 1,
            value: "1200.5".into(),
        }],
        findings: vec![RuleCount { rule: "buyer-name-differs".into(), count: 1 }],
        persons: if is_person { Vec::new() } else { vec![PersonCount { person: HASH.into(), count: 2 }] },
        conduct: is_person.then(|| SubjectConduct { disputes_refused: 1, since: "20241123".into() }),
        quota: is_person.then(|| SubjectQuota {
            limit: "26000".into(),
            used: "0".into(),
            held: "1200.5".into(),
            left: "24799.5".into(),
            locked: true,
        }),
        more: true,
    }
}

fn an_enterprise() -> Enterprise {
    Enterprise {
        party: "5301980501".into(),
        name: Some("样例 <b>".into()),
        roles: vec!["agent".into()],
        grade: Some("A".into()),
        suspended: true,
        looked: 300,
        more: true,
        states: vec![
            StateCount { state: 300, state_word: Some("review".into()), count: 2 },
            StateCount { state: 0, state_word: None, count: 1 },
        ],
        rejections: vec![RuleCount { rule: "buyer-name-differs".into(), count: 1 }],
        inspections: vec![ResultCount {
            result: "damaged".into(), name: both("damaged", "破损"), count: 1
        }],
        trades: a_subject(true).trades.into_iter().map(|one| one.line).collect(),
    }
}

fn a_queue() -> queue::View {
    let mut hours = vec![0; 24];
    hours[9] = 4;
    let mut tables = figures::view(Place::Zone).tables;
    let durations = tables.remove(Chart::Durations.word());
    let exports = workload::Exports {
        waiting: tables.remove(Chart::ExportWaiting.word()),
        today: Some(figures::exports()),
        durations: tables.remove(Chart::ExportDurations.word()),
    };
    let lanes = vec![("hold".into(), [1, 0, 2, 0, 1]), (String::new(), [0, 3, 0, 0, 0])];
    let line = Line { lane: Some("hold".into()), ..a_subject(true).trades.remove(0).line };
    queue::View {
        lines: vec![line],
        all: 1,
        tab: "all".into(),
        finds_persons: true,
        workload: Some(workload::View { lanes, hours, more: true, durations, exports }),
        ..queue::View::default()
    }
}

fn words_too_long() -> decide::View {
    decide::View { words_fault: "text: 500 <b>".into(), ..decide::View::default() }
}

fn a_finding() -> subjects::Finding {
    let number_fault = "number <b>".to_owned();
    subjects::Finding { purpose: "case <b>".into(), number_fault, purpose_fault: "purpose: <b>".into() }
}

/// The tab of what waits to be confirmed.
fn to_confirm(some: bool) -> queue::View {
    let mut view = queue::View { tab: queue::CONFIRM.into(), inspects: true, ..a_queue() };
    view.workload = None;
    let line = |yours| Line { unconfirmed: Some(unconfirmed(yours)), ..view.lines[0].clone() };
    view.lines = if some { vec![line(true), line(false)] } else { Vec::new() };
    view
}

/// The pages, by name.
pub fn pages(language: Language) -> Vec<(&'static str, String)> {
    let frame = frame(language, true);
    let mut awaited = a_trade();
    awaited.inspection = Some(a_form());
    (awaited.person, awaited.address) = (Some(HASH.into()), Some(HASH.into()));
    let values = [("whole", "quantity-differs/reject"), ("words", "少了 <b>"), ("result-1", "prohibited")];
    let inspection = inspect::View {
        id: "i1".into(),
        values: values.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        faults: vec!["photographs[1]: <b>".into()],
        ..inspect::View::default()
    };
    let decision = decide::View { inspection, ..decide::View::default() };
    let there = subjects::person_address(HASH);
    let title = subjects::title(frame.texts, true, HASH);
    let all: Vec<(&'static str, Page)> = vec![
        ("inspect", consignment::page(&frame, &awaited, Some(&decision))),
        ("confirm", consignment::page(&frame, &a_trade_to_confirm(true), Some(&decide::View::default()))),
        ("confirm-others", consignment::page(&frame, &a_trade_to_confirm(false), Some(&words_too_long()))),
        ("queue-confirm", queue::page(&frame, &to_confirm(true))),
        ("queue-confirm-none", queue::page(&frame, &to_confirm(false))),
        ("inspected-office", consignment::page(&frame, &a_trade_with(an_inspection(true, true)), None)),
        ("inspected-party", consignment::page(&frame, &a_trade_with(an_inspection(true, false)), None)),
        ("inspected-not-told", consignment::page(&frame, &a_trade_with(an_inspection(false, false)), None)),
        ("person-purpose", subjects::ask(&frame, &there, title, "2025", ("<i>", "purpose: <b>"))),
        ("person-find", subjects::find(&frame, &a_finding())),
        ("person", subjects::page(&frame, &a_subject(true), "case <b>")),
        ("address", subjects::page(&frame, &a_subject(false), "case")),
        ("subject-empty", subjects::page(&frame, &Subject { trades: Vec::new(), ..a_subject(true) }, "case")),
        ("enterprise", subjects::enterprise(&frame, &an_enterprise())),
        ("queue-charts", queue::page(&frame, &a_queue())),
    ];
    all.into_iter().map(|(name, page)| (name, page.shown(&frame))).collect()
}

#[test]
fn a_party_that_is_not_told_sees_the_measure_and_its_right_to_be_heard() {
    for language in Language::COMPLETE {
        let frame = frame(language, true);
        let shown =
            inspect::shown(frame.texts, "/desk/consignments/a/b", &an_inspection(false, false)).into_string();
        assert!(shown.contains(&frame.texts.text("inspect-appeal")) && shown.contains("502"), "{shown}");
        assert!(!shown.contains("<img") && !shown.contains("条例") && !shown.contains("article"), "{shown}");
        let office =
            inspect::shown(frame.texts, "/desk/consignments/a/b", &an_inspection(true, true)).into_string();
        assert!(office.contains("cha.er") && !office.contains(&frame.texts.text("inspect-appeal")));
        assert_eq!(office.matches("loading=\"lazy\"").count(), 2);
    }
}
