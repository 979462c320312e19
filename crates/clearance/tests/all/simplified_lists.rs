//! Simplified export lists (kind A) are held against their own conditions: no licence, no export duty, no summary on which a refund
//! would rest; and lists of kind B are not.

use crate::support::{NOW, Window};
use clearance::consignment::State;
use clearance::export::ExportKey;
use clearance::reason::Reason;
use clearance::sample::Export;

/// What became of an export all of whose goods have a code, of a kind of list, and the findings of its list.
fn judged(window: &mut Window, code: &str, kind: &str) -> (State, Vec<Reason>) {
    let mut export = Export::new(1, 11, NOW);
    export.declaration.head.statistics_flag = kind.into();
    export.declaration.lines.iter_mut().for_each(|line| line.gcode = code.into());
    for (sender, document) in export.documents() {
        window.send_as(&sender, document);
    }
    let trade = window.facts.exports[&ExportKey::Trade(export.key())].trade().unwrap();
    let attempt = trade.attempt.as_ref().unwrap();
    let mut reasons: Vec<Reason> = attempt.findings.iter().map(|finding| finding.reason).collect();
    reasons.dedup();
    (attempt.state, reasons)
}

#[test]
fn goods_that_bear_an_export_duty_are_in_no_simplified_list() {
    let concluded = (State::Concluded, vec![]);
    let rejected = (State::Rejected, vec![Reason::SimplifiedDutiable]);
    let looked_at = (State::Review, vec![Reason::UncertainRow]);
    let sure = "610910,10,20190101,20261231,sample,known,\n";
    let unsure = "610910,10,20190101,,sample,unsure,\n";
    let free = "610910,10,20190101,,sample,known,\n61091000,0,20190101,,sample,known,\n";
    let free_heading = "6109,0,20190101,,sample,known,\n610910,10,20190101,,sample,known,\n";
    let over = "610910,10,20190101,20261122,sample,known,\n";
    let begins_tomorrow = "610910,10,20261124,,sample,known,\n";
    for (rows, code, kind, expected) in [
        (sure, "6109100021", "A", &rejected),
        (sure, "6109100021", "B", &concluded),
        // Another code of the heading bears none; the heading alone may be any of its goods.
        (sure, "6109901000", "A", &concluded),
        (sure, "6109000000", "A", &looked_at),
        (sure, "6110000000", "A", &concluded),
        (unsure, "6109100021", "A", &looked_at),
        (unsure, "6109000000", "A", &looked_at),
        (free, "6109100021", "A", &concluded),
        (free_heading, "6109000000", "A", &looked_at),
        (free_heading, "6109901000", "A", &concluded),
        (over, "6109100021", "A", &concluded),
        (over, "6109000000", "A", &concluded),
        (begins_tomorrow, "6109100021", "A", &concluded),
    ] {
        let mut window = Window::without_draws();
        window.table("export_duties.csv", |text| format!("{text}{rows}"));
        assert_eq!(judged(&mut window, code, kind), *expected, "{code} {kind}: {rows}");
    }
}

#[test]
fn the_table_that_is_in_force_names_goods_that_a_person_looks_at() {
    let mut window = Window::without_draws();
    assert_eq!(judged(&mut window, "7404000010", "A"), (State::Review, vec![Reason::UncertainRow]));
    // Where the law of the day does not ask, and under a rulebook from before there was the parameter, nothing is looked at.
    for without in ["export_simplified_duties,0", ""] {
        let mut window = Window::without_draws();
        window.table("parameters.csv", |text| {
            let others = text.lines().filter(|line| !line.starts_with("export_simplified_duties,"));
            let others: String = others.map(|line| format!("{line}\n")).collect();
            let row = if without.is_empty() {
                String::new()
            } else {
                format!("{without},0 or 1,20190101,,sample,known,\n")
            };
            others + &row
        });
        assert_eq!(judged(&mut window, "7404000010", "A"), (State::Concluded, vec![]), "{without}");
    }
}
