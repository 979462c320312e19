//! Summaries of a period, and how many lists an application may have.

use crate::summaries::{another, application, closed, parts, refused, rules, send, summary};
use ceb::SummaryApplication;
use clearance::{Reason, Text};

pub(crate) fn of_period(application: &SummaryApplication, from: u64, to: u64) -> SummaryApplication {
    let mut period = application.clone();
    period.head.start_time = ceb::Stamp::from_number(from * 1_000_000);
    period.head.end_time = ceb::Stamp::from_number(to * 1_000_000 + 235_959);
    period
}

#[test]
fn a_period_takes_what_was_closed_in_it_and_ignores_the_numbers() {
    let (mut window, exports, numbers) = closed(3);
    let named = application(&exports, &numbers[..1]);
    assert_eq!(send(&mut window, &named).answer.status, 399);
    let mut period = of_period(&another(&named, "S-2"), 20_261_101, 20_261_130);
    period.lines[0].invt_no = "86202026E999999999".into();
    let outcome = send(&mut window, &period);
    assert_eq!((outcome.answer.status, rules(&outcome)), (399, Vec::new()), "{}", outcome.answer.info);
    let taken: Vec<Text> = summary(&window, &period).members().map(|one| one.list.invt_no.clone()).collect();
    assert_eq!(taken, numbers[1..], "what another application has is left out");
    // What it was judged with is kept: one that is left out, too.
    assert_eq!(summary(&window, &period).parts[0].looked_at, numbers);
    let again = of_period(&another(&named, "S-3"), 20_261_101, 20_261_130);
    refused(
        &mut window,
        &again,
        Reason::NothingToSummarise,
        &[("SummaryApplyHead.startTime", "20261101000000")],
    );
    let before = of_period(&another(&named, "S-4"), 20_261_001, 20_261_031);
    refused(&mut window, &before, Reason::NothingToSummarise, &[]);
    for (from, to) in [(20_261_130, 20_261_101), (20_250_101, 20_261_130)] {
        let wrong = of_period(&another(&named, "S-5"), from, to);
        assert_eq!(rules(&send(&mut window, &wrong)), [Reason::FieldNotAllowed]);
    }
    let mut half = of_period(&another(&named, "S-6"), 20_261_101, 20_261_130);
    half.head.end_time = None;
    assert_eq!(rules(&send(&mut window, &half)), [Reason::FieldNotAllowed]);
}

#[test]
fn an_application_has_at_most_so_many_lists() {
    let (mut window, exports, numbers) = closed(3);
    window.parameter("export_summary_lists,10000,", "export_summary_lists,2,");
    let named = application(&exports, &numbers);
    let expected = [("SummaryApplyList", "3"), ("limit", "2")];
    refused(&mut window, &named, Reason::SummaryTooLarge, &expected);
    let period = of_period(&another(&named, "S-2"), 20_261_101, 20_261_130);
    refused(&mut window, &period, Reason::SummaryTooLarge, &[("SummaryApplyList", "≥ 3"), ("limit", "2")]);
    // Parts count together.
    let parts = parts(&another(&named, "S-3"));
    assert_eq!(send(&mut window, &parts[0]).answer.status, 120);
    assert_eq!(send(&mut window, &parts[1]).answer.status, 120);
    refused(&mut window, &parts[2], Reason::SummaryTooLarge, &expected);
}
