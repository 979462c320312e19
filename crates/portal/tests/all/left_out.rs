//! What has no room on a page is told of: how much it is, or where it is found. And of what has room nothing more is said.

use crate::figures;
use crate::gallery::frame;
use portal::answers::credit::ReturnDue;
use portal::answers::drafts::TableFault;
use portal::answers::draws::{Period, Periods};
use portal::answers::figures::FigureLine;
use portal::answers::operation::{Failing, Operation, Webhooks};
use portal::answers::people::{Given, Shared};
use portal::answers::registers::Record;
use portal::answers::sites::{Remark, ScanResult, Site, SiteStock};
use portal::answers::summaries::{Declared, Summary};
use portal::pages::demands::Offers;
use portal::pages::figures::{self as of_figures, Chart, Place};
use portal::pages::{drafts, draws, keeper, operation, queue, record, shares, site_stock, summaries};
use portal::{Frame, Language};
use serde_json::json;

/// A page in both languages has the words of a key where something is left out, and has not where nothing is.
fn told(key: &str, count: u64, shown: impl Fn(&Frame, bool) -> String) {
    for language in Language::COMPLETE {
        let frame = frame(language, true);
        let words = frame.texts.counted(key, &[("count", count)], &[]);
        assert!(words != key, "{key} has no text");
        assert!(shown(&frame, true).contains(&words), "{}: {words}", language.tag());
        let begin = words.split(|letter: char| letter.is_ascii_digit()).next().unwrap();
        let begin = if begin.is_empty() { words.as_str() } else { begin };
        assert!(!shown(&frame, false).contains(begin), "{}: {words}", language.tag());
    }
}

#[test]
fn versions_offers_and_returns_besides_those_that_are_shown_are_told_of() {
    let version = |version: u32| Record { register: "goods".into(), version, ..Record::default() };
    told("older-versions", 7, |frame, cut| {
        let oldest = if cut { 8 } else { 1 };
        let versions = (oldest..oldest + 3).rev().map(version).collect();
        let view = record::View { record: version(oldest + 2), versions, ..record::View::default() };
        record::page(frame, &view).shown(frame)
    });
    // Whoever reuses a record sees what is in force alone, and is told of no other.
    let inside = frame(Language::English, true);
    let reused = record::View { record: version(9), versions: vec![version(9)], ..record::View::default() };
    assert!(!record::page(&inside, &reused).shown(&inside).contains("Older versions"));
    told("demands-more", 0, |frame, more| {
        let demand = Record { register: "service-requests".into(), yours: true, ..Record::default() };
        let offers = Offers { offers: vec![version(1)], more, ..Offers::default() };
        let view = record::View { record: demand, offers: Some(offers), ..record::View::default() };
        record::page(frame, &view).shown(frame)
    });
    told("credit-returns-more", 1_234, |frame, cut| {
        let more_returns = if cut { 1_234 } else { 0 };
        let returns = vec![ReturnDue::default()];
        let view = queue::View { returns, more_returns, ..queue::View::default() };
        queue::page(frame, &view).shown(frame)
    });
}

#[test]
fn faults_addresses_fields_and_lines_besides_those_that_are_shown_are_told_of() {
    told("draft-faults-more", 3, |frame, cut| {
        let faults = vec![TableFault::default(); if cut { 53 } else { 50 }];
        drafts::edit(frame, &drafts::Editing { faults, ..drafts::Editing::default() }).shown(frame)
    });
    told("webhooks-failing-more", 4, |frame, cut| {
        let failing = vec![Failing::default(); 20];
        let webhooks = Webhooks { count: if cut { 24 } else { 20 }, more: false, failing };
        let now = Operation { webhooks, ..Operation::default() };
        operation::now(frame, &now, None).shown(frame)
    });
    told("fields-left-out", 2, |frame, cut| {
        let fields = (0..if cut { 14 } else { 12 }).map(|field| (format!("f{field}"), json!(field)));
        let given = Given { data: fields.collect(), ..Given::default() };
        let shared = Shared { events: vec![given], ..Shared::default() };
        shares::records(frame, "5301000901:orders", "", &shared).shown(frame)
    });
    let declared = |number: u32| Declared { number, ..Declared::default() };
    let of = |last: u32| Summary { results: (1..=last).map(declared).collect(), ..Summary::default() };
    told("summaries-lines-more", 2, |frame, cut| {
        summaries::page(frame, &of(if cut { 22 } else { 20 }), "", "").shown(frame)
    });
    // The lines of the one that is chosen are there, wherever it stands.
    let inside = frame(Language::English, true);
    let caption = inside.texts.with("summaries-lines-of", &[("number", "22")]);
    assert!(!summaries::page(&inside, &of(22), "", "").shown(&inside).contains(&caption));
    assert!(summaries::page(&inside, &of(22), "22", "").shown(&inside).contains(&caption));
}

#[test]
fn bags_what_stops_them_and_periods_besides_those_that_are_shown_are_told_of() {
    told("stock-bags-more", 0, |frame, more_bags| {
        let stock = SiteStock { more_bags, ..SiteStock::default() };
        site_stock::stock(frame, &Site::default(), &stock, "").shown(frame)
    });
    told("keeper-why-more", 2, |frame, cut| {
        let one = Remark { parcel: "P".into(), why: "unknown".into(), ..Remark::default() };
        let stopped = vec![one; if cut { 5 } else { 3 }];
        keeper::why(frame.texts, &ScanResult { stopped, ..ScanResult::default() })
    });
    for language in Language::ALL {
        let outside = frame(language, false);
        let page = |more: bool| {
            let periods = vec![Period::default()];
            let told = Periods { periods, next: more.then(|| "20260105".into()), ..Periods::default() };
            let days = vec![(String::new(), String::new())];
            let view = draws::View { told, days, ..draws::View::default() };
            draws::page(&outside, &view).shown(&outside)
        };
        let link = format!("<a href=\"/draws?after=20260105\">{}</a>", outside.texts.text("draws-older"));
        assert!(page(true).contains(&link) && !page(false).contains(&link), "{}", language.tag());
    }
}

#[test]
fn rows_of_a_chart_that_are_in_the_files_alone_are_counted() {
    for language in Language::ALL {
        let outside = frame(language, false);
        let page = |goods: u64| {
            let line = |number: u64| FigureLine {
                count: Some(number + 1),
                parts: [("goods".to_owned(), format!("330499{number:02}"))].into(),
                ..FigureLine::default()
            };
            let mut view = figures::view(Place::Public);
            let table = view.tables.get_mut(Chart::Goods.word()).unwrap();
            table.lines = (0..goods).map(line).collect();
            of_figures::page(&outside, &view).shown(&outside)
        };
        let words = outside.texts.counted("figures-rest", &[("count", 2)], &[]);
        assert!(words != "figures-rest", "{}", language.tag());
        assert!(page(12).contains(&words) && !page(10).contains(&words), "{}", language.tag());
    }
}
