//! Returns of exports: application and tally in either order, everything that stands against them, what officers do, and what is
//! left to come back.

use crate::support::exports::{act, of};
use crate::support::{NOW, Window};
use ceb::{Decimal, Document, ExportReturn};
use clearance::consignment::State;
use clearance::event::ActionKind;
use clearance::export::{ExportKey, ReturnOfExport, ReturnStanding};
use clearance::keys::Time;
use clearance::outcome::Outcome;
use clearance::sample::{self, Export};
use clearance::{Reason, Text};

const DAY: i64 = 86_400_000;
const ONE: Decimal = Decimal::ONE;

/// An export of which at least two pieces of the first goods are sold.
fn export() -> Export {
    let several = |one: &Export| one.declaration.lines[0].qty > ONE;
    (1..).map(|number| Export::new(1, number, NOW)).find(several).unwrap()
}

fn back<'a>(window: &'a Window, export: &Export) -> &'a ReturnOfExport {
    of(window, export).returns.last().unwrap()
}

/// Brings an export out of the country, and says the number of its list.
fn leave(window: &mut Window, export: &Export) -> Text {
    for (sender, document) in export.documents() {
        window.send_as(&sender, document);
    }
    if of(window, export).attempt.as_ref().unwrap().state == State::Review {
        act(window, export, ActionKind::Approve);
    }
    window.send(Document::MasterBill(Export::master_bill(&[export], window.now).unwrap()));
    window.send(Document::ExportArrival(Export::arrival(&[export], window.now).unwrap()));
    window.send(Document::Departure(Export::departure(&[export], window.now).unwrap()));
    let attempt = of(window, export).attempt.as_ref().unwrap();
    assert_eq!(attempt.state, State::Closed);
    attempt.invt_no.clone().unwrap()
}

/// A window from which an export left, ten days later.
pub(crate) fn left() -> (Window, Export, Text) {
    let (mut window, export) = (Window::new(), export());
    let entry = leave(&mut window, &export);
    window.wait_days(10);
    window.outcomes.clear();
    (window, export, entry)
}

fn apply(window: &mut Window, application: &ExportReturn) -> Outcome {
    window.send(Document::ExportReturn(application.clone()))
}

/// Applies for the return of one piece of the first goods.
fn bring(window: &mut Window, export: &Export, entry: &str, nth: u64) -> Outcome {
    let application = export.goods_back(entry, nth, &[(0, ONE)], window.now);
    apply(window, &application)
}

fn tally(window: &mut Window, export: &Export, entry: Option<&str>) -> Outcome {
    window.send(Document::ReturnTally(export.tally(entry, window.now)))
}

/// What the last judgement of an application said, wherever it was made.
fn said(window: &Window) -> Vec<Reason> {
    let told = window.outcomes.iter().rev().find(|outcome| !outcome.answer.findings.is_empty());
    told.map_or_else(Vec::new, |outcome| outcome.answer.findings.iter().map(|one| one.reason).collect())
}

/// What is changed of an application.
type Change = &'static dyn Fn(&mut ExportReturn);

#[test]
fn an_application_is_approved_tallied_and_released() {
    let (mut window, export, entry) = left();
    let application = export.goods_back(&entry, 0, &[(0, ONE)], window.now);
    assert_eq!(apply(&mut window, &application).answer.status, 2);
    assert_eq!(window.receipts(), "214:2 214:120 214:300");
    assert_eq!(back(&window, &export).standing, ReturnStanding::Review);
    assert!(back(&window, &export).findings.is_empty(), "an officer approves, nothing stands against it");
    let forbidden = act(&mut window, &export, ActionKind::ReceiveReturn { number: 1 });
    assert_eq!(forbidden.answer.findings[0].reason, Reason::ActionForbidden, "no goods are there");
    act(&mut window, &export, ActionKind::ApproveReturn { number: 1 });
    assert_eq!(of(&window, &export).timers.len(), 1, "goods are awaited until a day");
    let outcome = tally(&mut window, &export, Some(&entry));
    assert_eq!(outcome.answer.status, 399);
    assert_eq!(window.receipts(), "214:2 214:120 214:300 214:120 216:2 216:399 214:800");
    let info = window.outcomes.iter().flat_map(|outcome| &outcome.receipts).last().unwrap();
    assert!(matches!(&*info.document, Document::ExportReturnReceipt(receipt)
        if receipt.return_info == "[Code:2600;Desc:放行，退运商品免征进口关税和进口环节税]"
            && receipt.co_el_no == application.head.co_el_no
            && receipt.pre_no.as_ref().is_some_and(|number| number.starts_with('T'))));
    let trade = of(&window, &export);
    assert!(trade.timers.is_empty() && trade.attempt.as_ref().unwrap().state == State::Closed);
    assert_eq!(back(&window, &export).standing, ReturnStanding::Released);
    let price = export.declaration.lines[0].price.fen_half_up().unwrap().0;
    assert_eq!(back(&window, &export).value, Some(price), "what one piece was sold for");
    // The same bytes again get their first answer.
    assert!(apply(&mut window, &application).repeats.is_some());
}

#[test]
fn a_tally_may_come_first_and_stands_for_all_that_come_in_its_parcel() {
    let (mut window, export, entry) = left();
    assert_eq!(tally(&mut window, &export, None).answer.status, 399);
    for nth in 0..2 {
        bring(&mut window, &export, &entry, nth);
        let number = u32::try_from(nth).unwrap() + 1;
        assert!(back(&window, &export).tallied.is_some());
        act(&mut window, &export, ActionKind::ApproveReturn { number });
        assert_eq!(
            (back(&window, &export).number, back(&window, &export).standing),
            (number, ReturnStanding::Released)
        );
    }
    assert!(window.receipts().ends_with("214:2 214:120 214:300 214:120 214:800"), "{}", window.receipts());
}

#[test]
fn everything_that_stands_against_an_application_is_told_with_both_values() {
    let differs: [(Change, Reason); 9] = [
        (&|one| one.head.ebp_code = "5301960102".into(), Reason::ReturnPlatformDiffers),
        (&|one| one.lines[0].gnum = 77, Reason::ExportReturnLineUnknown),
        (&|one| one.lines[0].gcode = "6109100099".into(), Reason::ExportReturnLineUnknown),
        (&|one| one.lines[0].gname = "样例别名".into(), Reason::ExportReturnGoodsDiffer),
        (&|one| one.lines[0].gmodel = "样例别款".into(), Reason::ExportReturnGoodsDiffer),
        (&|one| one.lines[0].unit = "012".into(), Reason::ExportReturnGoodsDiffer),
        (&|one| one.lines[0].unit1 = "012".into(), Reason::ExportReturnGoodsDiffer),
        (&|one| one.lines[0].qty = Decimal::from_whole(99), Reason::ExportReturnQuantityExceeds),
        (&|one| one.lines[0].qty1 = Decimal::from_whole(99), Reason::ExportReturnQuantityExceeds),
    ];
    for (change, reason) in differs {
        let (mut window, export, entry) = left();
        let mut application = export.goods_back(&entry, 0, &[(0, ONE)], window.now);
        change(&mut application);
        if reason == Reason::ReturnPlatformDiffers {
            application.head.ebp_name = "样例滇池优选平台".into();
        }
        apply(&mut window, &application);
        assert_eq!(said(&window), [reason]);
        assert_eq!(window.receipts(), "214:2 214:100", "{reason:?}");
        let last = window.outcomes.iter().flat_map(|outcome| &outcome.receipts).last().unwrap();
        let Document::ExportReturnReceipt(receipt) = &*last.document else { panic!() };
        let code = reason.customs_code().unwrap();
        assert!(receipt.return_info.starts_with(&format!("[Code:{code};Desc:")), "{}", receipt.return_info);
        assert!(of(&window, &export).returns.is_empty(), "nothing is taken of the list");
    }
}

#[test]
fn what_is_wrong_by_itself_is_refused_with_a_code_of_its_kind() {
    let wrong: [(Change, Reason, i32); 6] = [
        (&|one| one.head.ie_flag = "E".into(), Reason::FieldNotAllowed, -214_008),
        (&|one| one.head.country = "142".into(), Reason::FieldNotAllowed, -214_008),
        (&|one| one.head.reason = " ".into(), Reason::ReasonEmpty, -215_042),
        (&|one| one.lines[0].qty = Decimal::ZERO, Reason::AmountNegative, 0),
        (&|one| one.head.invt_no = "862020269999999999".into(), Reason::DeclarationUnknown, 0),
        (&|one| one.head.pre_no = Some("T20261123999999999".into()), Reason::PreEntryNumberUnknown, 0),
    ];
    for (change, reason, code) in wrong {
        let (mut window, export, entry) = left();
        let mut application = export.goods_back(&entry, 0, &[(0, ONE)], window.now);
        change(&mut application);
        let outcome = apply(&mut window, &application);
        assert_eq!(said(&window), [reason]);
        assert!(
            outcome.answer.status < -213_000 && outcome.answer.status > -217_001,
            "{}",
            outcome.answer.status
        );
        assert!(code == 0 || outcome.answer.status == code, "{reason:?} {}", outcome.answer.status);
        assert!(outcome.follows.is_empty());
    }
    // Another merchant's list is answered as one that is not there.
    let (mut window, export, entry) = left();
    let mut application = export.goods_back(&entry, 0, &[(0, ONE)], window.now);
    application.head.ebc_code = "5301960202".into();
    application.head.ebc_name = "样例彩云母婴商贸".into();
    apply(&mut window, &application);
    assert_eq!(said(&window), [Reason::DeclarationUnknown]);
}

#[test]
fn goods_come_back_after_they_left_and_within_their_time() {
    let (mut window, export) = (Window::new(), export());
    for (sender, document) in export.documents() {
        window.send_as(&sender, document);
    }
    let entry = of(&window, &export).attempt.as_ref().unwrap().invt_no.clone().unwrap();
    bring(&mut window, &export, &entry, 0);
    assert_eq!(said(&window), [Reason::ReturnBeforeDeparture]);

    let (mut window, export, entry) = left();
    // Half a year later they come back, but no more free of duty: a person decides.
    window.wait_days(200);
    bring(&mut window, &export, &entry, 0);
    assert_eq!(said(&window), [Reason::ReturnWithoutRelief]);
    assert!(window.receipts().ends_with("214:120 214:300"));
    act(&mut window, &export, ActionKind::ApproveReturn { number: 1 });
    tally(&mut window, &export, None);
    assert_eq!(back(&window, &export).standing, ReturnStanding::Released, "it was decided knowing that");
    let last = window.outcomes.iter().flat_map(|outcome| &outcome.receipts).last().unwrap();
    let tax = of(&window, &export).taxes[0].clone();
    assert_eq!((tax.number, tax.relieved, tax.export_duty), (1, false, 0));
    let told = match tax.due() {
        Some(due) => format!("合计{}元", Decimal::from_fen(due)),
        None => "依法另行办理".to_owned(),
    };
    assert!(matches!(&*last.document, Document::ExportReturnReceipt(receipt)
        if receipt.return_info.contains(&told)));
    window.wait_days(200);
    bring(&mut window, &export, &entry, 1);
    assert!(said(&window).contains(&Reason::ReturnTooLate), "{:?}", said(&window));
    // A limit that is not sure rejects nobody.
    let (mut window, export, entry) = left();
    window.parameter(
        "export_return_months,12,months,20200327,,announcement 2020-44,seen",
        "export_return_months,12,months,20200327,,announcement 2020-44,unsure",
    );
    window.wait_days(400);
    bring(&mut window, &export, &entry, 0);
    assert!(said(&window).contains(&Reason::UncertainRow), "{:?}", said(&window));
    assert_eq!(back(&window, &export).standing, ReturnStanding::Review);
}

#[test]
fn goods_that_come_after_their_relief_wait_for_a_person_though_they_were_approved() {
    let (mut window, export, entry) = left();
    window.wait_days(150);
    bring(&mut window, &export, &entry, 0);
    act(&mut window, &export, ActionKind::ApproveReturn { number: 1 });
    window.wait_days(60);
    tally(&mut window, &export, None);
    let returned = back(&window, &export);
    assert_eq!(returned.standing, ReturnStanding::Review);
    let reasons: Vec<Reason> = returned.findings.iter().map(|finding| finding.reason).collect();
    assert_eq!(reasons, [Reason::ReturnWithoutRelief]);
    act(&mut window, &export, ActionKind::ApproveReturn { number: 1 });
    assert_eq!(back(&window, &export).standing, ReturnStanding::Released);
}

#[test]
fn no_more_comes_back_than_left_and_what_was_refused_is_free_again() {
    let (mut window, export, entry) = left();
    let all = export.declaration.lines[0].qty;
    let first = export.goods_back(&entry, 0, &[(0, all)], window.now);
    apply(&mut window, &first);
    let second = export.goods_back(&entry, 1, &[(0, ONE)], window.now);
    apply(&mut window, &second);
    let expected = [Reason::ExportReturnQuantityExceeds, Reason::ExportReturnQuantityExceeds];
    assert_eq!(said(&window), expected, "pieces, and statutory units");
    // What is under way is neither sent anew nor changed.
    for (kind, reason) in [("1", Reason::AlreadyExists), ("2", Reason::StateForbidsChange)] {
        let mut again = first.clone();
        (again.head.app_type, again.head.app_time) = (kind.into(), sample::stamp(Time(window.now.0 + 1_000)));
        apply(&mut window, &again);
        assert_eq!(said(&window), [reason]);
    }
    act(&mut window, &export, ActionKind::RefuseReturn { number: 1 });
    assert_eq!(back(&window, &export).standing, ReturnStanding::Refused);
    // The other is declared again under its number, as new or as a change.
    let mut again = second.clone();
    again.head.app_time = sample::stamp(Time(window.now.0 + 2_000));
    apply(&mut window, &again);
    let returned = back(&window, &export);
    assert_eq!((returned.number, returned.standing), (2, ReturnStanding::Review));
    let mut first_again = export.goods_back(&entry, 0, &[(0, ONE)], window.now);
    first_again.head.app_type = "2".into();
    first_again.head.app_time = sample::stamp(Time(window.now.0 + 3_000));
    apply(&mut window, &first_again);
    let standings: Vec<ReturnStanding> =
        of(&window, &export).returns.iter().map(|one| one.standing).collect();
    assert_eq!(standings, [ReturnStanding::Review, ReturnStanding::Review], "it keeps its number");
}

#[test]
fn what_is_staged_is_no_application_yet_and_may_be_deleted() {
    let (mut window, export, entry) = left();
    let mut staged = export.goods_back(&entry, 0, &[(0, ONE)], window.now);
    staged.head.app_status = "1".into();
    assert_eq!(apply(&mut window, &staged).answer.status, 1);
    assert!(of(&window, &export).returns.is_empty());
    let mut deleted = staged.clone();
    deleted.head.app_type = "3".into();
    deleted.head.app_status = "2".into();
    assert_eq!(apply(&mut window, &deleted).answer.status, 2);
    deleted.head.app_time = sample::stamp(Time(window.now.0 + 1_000));
    apply(&mut window, &deleted);
    assert_eq!(said(&window), [Reason::NothingToChange]);
    assert!(of(&window, &export).returns.is_empty());
}

#[test]
fn goods_that_do_not_come_back_let_their_return_lapse() {
    let (mut window, export, entry) = left();
    bring(&mut window, &export, &entry, 0);
    act(&mut window, &export, ActionKind::ApproveReturn { number: 1 });
    window.wait_days(365);
    assert_eq!(back(&window, &export).standing, ReturnStanding::Lapsed);
    assert!(window.receipts().ends_with("214:120 214:100"), "{}", window.receipts());
    assert!(of(&window, &export).timers.is_empty());
}

#[test]
fn officers_hold_look_hand_over_and_decide() {
    let (mut window, export, entry) = left();
    bring(&mut window, &export, &entry, 0);
    let hold = |status| ActionKind::HoldReturn { number: 1, status };
    for (status, standing) in [
        (600, ReturnStanding::Suspended),
        (500, ReturnStanding::Inspection),
        (505, ReturnStanding::HandedOver),
        (500, ReturnStanding::Inspection),
    ] {
        let outcome = act(&mut window, &export, hold(status));
        assert_eq!(outcome.answer.status, i32::from(status));
        assert_eq!(back(&window, &export).standing, standing);
    }
    let refused = act(&mut window, &export, hold(700));
    assert_eq!(refused.answer.findings[0].reason, Reason::ActionForbidden);
    // Its goods are released when the site has them, not before.
    let early = act(&mut window, &export, ActionKind::ReceiveReturn { number: 1 });
    assert_eq!(early.answer.findings[0].reason, Reason::ActionForbidden);
    tally(&mut window, &export, None);
    assert_eq!(back(&window, &export).standing, ReturnStanding::Inspection, "a tally ends no inspection");
    assert_eq!(act(&mut window, &export, ActionKind::ReceiveReturn { number: 1 }).answer.status, 800);
    let late = act(&mut window, &export, ActionKind::RefuseReturn { number: 1 });
    assert_eq!(late.answer.findings[0].reason, Reason::ActionForbidden);
    let none = act(&mut window, &export, ActionKind::ApproveReturn { number: 2 });
    assert_eq!(none.answer.findings[0].reason, Reason::ActionForbidden);
    let receipts = "214:2 214:120 214:300 214:600 214:500 214:505 214:500 216:2 216:399 214:800";
    assert_eq!(window.receipts(), receipts);
    let remarks = &of(&window, &export).attempt.as_ref().unwrap().remarks;
    assert!(remarks.iter().any(|remark| remark.action == "hold-return"));
}

#[test]
fn where_the_law_says_so_nothing_but_findings_waits_for_an_officer() {
    let (mut window, export, entry) = left();
    window.parameter("export_return_automatic,0", "export_return_automatic,1");
    bring(&mut window, &export, &entry, 0);
    assert_eq!(back(&window, &export).standing, ReturnStanding::Approved);
    tally(&mut window, &export, Some(&entry));
    assert_eq!(back(&window, &export).standing, ReturnStanding::Released);
    let mut elsewhere = export.goods_back(&entry, 1, &[(0, ONE)], window.now);
    elsewhere.head.customs_code = "8601".into();
    apply(&mut window, &elsewhere);
    assert_eq!(said(&window), [Reason::ReturnToAnotherDistrict]);
    assert_eq!(back(&window, &export).standing, ReturnStanding::Review);
}

#[test]
fn food_has_no_relief() {
    let (mut window, export, entry) = left();
    let chapter = export.declaration.lines[0].gcode[..2].to_owned();
    window.parameter("export_return_food_last,22", &format!("export_return_food_last,{chapter}"));
    bring(&mut window, &export, &entry, 0);
    assert_eq!(said(&window), [Reason::ReturnWithoutRelief]);
    assert_eq!(back(&window, &export).relief_until, None);
}

#[test]
fn a_list_that_was_declared_in_summary_comes_back_by_a_person_and_its_summary_stays() {
    let (mut window, exports, numbers) = crate::summaries::closed(2);
    let application = crate::summaries::application(&exports, &numbers);
    crate::summaries::send(&mut window, &application);
    bring(&mut window, &exports[0], &numbers[0], 0);
    let returned = back(&window, &exports[0]);
    assert_eq!(returned.findings[0].reason, Reason::ReturnAfterSummary);
    let named = returned.findings[0].fields.iter().find(|field| field.path == "application").unwrap();
    assert!(named.value.ends_with(application.head.cop_no.as_str()), "{}", named.value);
    let key = ExportKey::Summary(application.head.agent_code.clone(), application.head.cop_no.clone());
    let before = window.facts.exports[&key].clone();
    act(&mut window, &exports[0], ActionKind::ApproveReturn { number: 1 });
    tally(&mut window, &exports[0], None);
    assert_eq!(back(&window, &exports[0]).standing, ReturnStanding::Released);
    assert_eq!(window.facts.exports[&key], before);
}

#[test]
fn a_tally_names_a_list_that_its_parcel_is_awaited_with() {
    let (mut window, export, entry) = left();
    assert_eq!(
        tally(&mut window, &export, Some("862020269999999999")).answer.findings[0].reason,
        Reason::DeclarationUnknown
    );
    let other = (50..)
        .map(|number| Export::new(1, number, NOW))
        .find(|one| one.declaration.head.logistics_code == export.declaration.head.logistics_code)
        .unwrap();
    let others = leave(&mut window, &other);
    bring(&mut window, &export, &entry, 0);
    let wrong = tally(&mut window, &export, Some(&others));
    assert_eq!((wrong.answer.status, wrong.answer.findings[0].reason), (100, Reason::TallyOfAnotherList));
    let right = tally(&mut window, &export, Some(&entry));
    assert_eq!(right.answer.status, 399);
    // Declared it stands, until the number is another parcel's.
    let mut again = export.tally(Some(&entry), window.now);
    again.app_time = sample::stamp(Time(window.now.0 + 1_000));
    for (kind, reason) in
        [("1", Reason::AlreadyExists), ("2", Reason::StateForbidsChange), ("3", Reason::StateForbidsChange)]
    {
        again.app_type = kind.into();
        let outcome = window.send(Document::ReturnTally(again.clone()));
        assert_eq!(outcome.answer.findings[0].reason, reason);
    }
    window.wait_days(200);
    assert_eq!(tally(&mut window, &export, None).answer.status, 399, "half a year later it is used again");
    // One tallied with another list rejects an application that names this one.
    let (mut window, export, entry) = left();
    let others = leave(&mut window, &other);
    tally(&mut window, &export, Some(&others));
    bring(&mut window, &export, &entry, 0);
    assert_eq!(said(&window), [Reason::TallyOfAnotherList]);
}

#[test]
fn what_a_list_is_worth_is_converted_with_the_rates_of_its_day() {
    let rates = |text: &str| format!("{text}502,712.5,20261101,20261130,sample,\n");
    let mut dollars = export();
    dollars.order.head.currency = "502".into();
    for (ordered, declared) in dollars.order.lines.iter_mut().zip(&mut dollars.declaration.lines) {
        (ordered.currency, declared.currency) = ("502".into(), "502".into());
    }
    let mut window = Window::new();
    leave(&mut window, &dollars);
    assert_eq!(of(&window, &dollars).value, None, "no rate, no guess");
    let mut window = Window::new();
    window.table("exchange_rates.csv", rates);
    let entry = leave(&mut window, &dollars);
    let fen: i64 =
        dollars.declaration.lines.iter().map(|line| line.total_price.fen_half_up().unwrap().0).sum();
    let expected = (fen * 7_125 + 500) / 1_000;
    assert_eq!(of(&window, &dollars).value, Some(expected));
    // What comes back a month later is worth what it was sold for.
    window.wait_days(30);
    bring(&mut window, &dollars, &entry, 0);
    let price = dollars.declaration.lines[0].price.fen_half_up().unwrap().0;
    assert_eq!(back(&window, &dollars).value, Some((price * 7_125 + 500) / 1_000));
    // A limit in CNY is held against it, too, and nobody has to look at it.
    let mut window = Window::new();
    window.table("exchange_rates.csv", |text| format!("{text}502,1,20261101,20261130,sample,\n"));
    let enterprise = dollars.clone().in_mode("9710");
    leave(&mut window, &enterprise);
    assert!(of(&window, &enterprise).attempt.as_ref().unwrap().remarks.is_empty());
    let mut window = Window::new();
    leave(&mut window, &enterprise);
    assert_eq!(
        of(&window, &enterprise).attempt.as_ref().unwrap().remarks.len(),
        1,
        "without a rate a person does"
    );
}

#[test]
fn a_return_is_of_those_whom_it_names() {
    let (mut window, export, entry) = left();
    let mut application = export.goods_back(&entry, 0, &[(0, ONE)], window.now);
    let other = if export.declaration.head.agent_code == "5301980501" {
        ("5301980502", "样例官渡报关")
    } else {
        ("5301980501", "样例碧鸡报关")
    };
    (application.head.agent_code, application.head.agent_name) = (other.0.into(), other.1.into());
    apply(&mut window, &application);
    assert!(of(&window, &export).parties().contains(&Text::from(other.0)));
    let stranger = export.goods_back(&entry, 1, &[(0, ONE)], window.now);
    let outcome = window.send_as("5301960601", Document::ExportReturn(stranger));
    assert_eq!(outcome.answer.findings[0].reason, Reason::SenderHasNoPermission);
    window.now = Time(window.now.0 + DAY);
    let tallied = window.send_as("5301960401", Document::ReturnTally(export.tally(None, window.now)));
    assert_eq!(tallied.answer.findings[0].reason, Reason::SenderHasNoPermission);
}

/// Who is told of a rule: its case in English and Chinese, the window where it was said, what was sent last.
pub(crate) type Shown<'a> = &'a mut dyn FnMut(Reason, [&'static str; 2], &Window, &[Document]);

/// What brings each rule of returns about.
pub(crate) fn examples(show: Shown<'_>) {
    let mut changed = |reason, case, change: Change| {
        let (mut window, export, entry) = left();
        let mut application = export.goods_back(&entry, 0, &[(0, ONE)], window.now);
        change(&mut application);
        apply(&mut window, &application);
        show(reason, case, &window, &[Document::ExportReturn(application)]);
    };
    let case = ["return with another platform than the list's", "退货申请与清单的电商平台不同"];
    changed(Reason::ReturnPlatformDiffers, case, &|one| {
        one.head.ebp_code = "5301960102".into();
        one.head.ebp_name = "样例滇池优选平台".into();
    });
    let case = ["return of a line that the list does not have", "退货申请含有清单没有的商品项"];
    changed(Reason::ExportReturnLineUnknown, case, &|one| one.lines[0].gnum = 77);
    let case = ["return of goods by another name than in the list", "退货商品名称与清单不同"];
    changed(Reason::ExportReturnGoodsDiffer, case, &|one| one.lines[0].gname = "样例别名".into());
    let case = ["return of 99 pieces, more than left", "退货99件，超过已离境数量"];
    changed(Reason::ExportReturnQuantityExceeds, case, &|one| one.lines[0].qty = Decimal::from_whole(99));
    let case = ["return to another district than the list's", "退货至原申报地以外的关区"];
    changed(Reason::ReturnToAnotherDistrict, case, &|one| one.head.customs_code = "8601".into());

    let mut brought = |reason, case, window: &mut Window, export: &Export, entry: &str| {
        let application = export.goods_back(entry, 0, &[(0, ONE)], window.now);
        apply(window, &application);
        show(reason, case, window, &[Document::ExportReturn(application)]);
    };
    let (mut window, early) = (Window::new(), export());
    for (sender, document) in early.documents() {
        window.send_as(&sender, document);
    }
    let entry = of(&window, &early).attempt.as_ref().unwrap().invt_no.clone().unwrap();
    let case = ["return of goods that have not left", "货物未离境即申请退货"];
    brought(Reason::ReturnBeforeDeparture, case, &mut window, &early, &entry);
    let (mut window, export, entry) = left();
    window.wait_days(200);
    let case = ["return more than half a year after the departure", "离境逾六个月申请退货"];
    brought(Reason::ReturnWithoutRelief, case, &mut window, &export, &entry);
    let (mut window, export, entry) = left();
    window.wait_days(400);
    let case = ["return more than a year after the departure", "离境逾一年申请退货"];
    brought(Reason::ReturnTooLate, case, &mut window, &export, &entry);
    let (mut window, exports, numbers) = crate::summaries::closed(2);
    crate::summaries::send(&mut window, &crate::summaries::application(&exports, &numbers));
    let case = ["return of a list that was declared in summary", "已汇总申报的清单申请退货"];
    brought(Reason::ReturnAfterSummary, case, &mut window, &exports[0], &numbers[0]);

    let (mut window, export, entry) = left();
    let other = (50..)
        .map(|number| Export::new(1, number, NOW))
        .find(|one| one.declaration.head.logistics_code == export.declaration.head.logistics_code)
        .unwrap();
    let others = leave(&mut window, &other);
    bring(&mut window, &export, &entry, 0);
    let tallied = export.tally(Some(&others), window.now);
    window.send(Document::ReturnTally(tallied.clone()));
    let case = ["tally with another list than the return's", "理货单清单编号与退货申请不同"];
    show(Reason::TallyOfAnotherList, case, &window, &[Document::ReturnTally(tallied)]);
    let (mut window, export, entry) = left();
    bring(&mut window, &export, &entry, 0);
    window.wait_days(400);
    let tallied = export.tally(Some(&entry), window.now);
    window.send(Document::ReturnTally(tallied.clone()));
    let case = ["goods that came back after the year was over", "逾一年货物才退回"];
    show(Reason::ReturnCameLate, case, &window, &[Document::ReturnTally(tallied)]);
}

/// Bags (4202220000) that were sold for so many fen each.
fn sold_at(price: i64) -> Export {
    let bags = |one: &Export| {
        let line = &one.declaration.lines[0];
        line.gcode == "4202220000" && line.qty > ONE
    };
    let mut export = (1..).map(|number| Export::new(1, number, NOW)).find(bags).unwrap();
    export.declaration.lines.truncate(1);
    export.order.lines.truncate(1);
    let price = Decimal::from_fen(price);
    let (ordered, declared) = (&mut export.order.lines[0], &mut export.declaration.lines[0]);
    (ordered.price, declared.price) = (price, price);
    let total = Decimal::from_units(price.units() * declared.qty.units() / ONE.units());
    (ordered.total_price, declared.total_price) = (total, total);
    export.order.head.goods_value = total;
    export
}

/// Has it come back after so many days, and says what it owes.
fn owed(window: &mut Window, export: &Export, days: i64) -> clearance::export::TaxOfReturn {
    let entry = leave(window, export);
    window.wait_days(days);
    bring(window, export, &entry, 0);
    act(window, export, ActionKind::ApproveReturn { number: 1 });
    tally(window, export, None);
    assert_eq!(back(window, export).standing, ReturnStanding::Released);
    of(window, export).taxes[0].clone()
}

#[test]
fn what_comes_back_late_owes_the_taxes_of_an_ordinary_import() {
    // A bag of 6,800.00, duty 6 %, VAT 13 % in full: 408.00 and 937.04.
    let export = sold_at(680_000);
    let mut window = Window::new();
    let tax = owed(&mut window, &export, 200);
    let assessment = tax.assessment.as_ref().unwrap();
    assert!(!tax.relieved && assessment.dutiable() == 680_000);
    assert_eq!(tax.due(), Some(assessment.total()));
    assert_eq!((assessment.duty(), assessment.consumption_tax(), assessment.vat()), (40_800, 0, 93_704));
    // Within half a year nothing is due; what it would have been stands beside it.
    let mut window = Window::new();
    let tax = owed(&mut window, &export, 30);
    assert_eq!((tax.relieved, tax.due(), tax.export_duty), (true, Some(0), 0));
    assert!(tax.assessment.is_some_and(|assessed| assessed.total() > 0));
}

#[test]
fn export_duty_may_be_asked_back_of_goods_that_come_back_in_time() {
    let duty = |days: i64| {
        let mut window = Window::new();
        window.table("export_duties.csv", |text| format!("{text}42022200,20,20190101,,sample,unsure,\n"));
        // Goods that bear a duty are declared in no simplified list.
        let tax = owed(&mut window, &sold_at(12_000).to_summarise(), days);
        let receipts = window.outcomes.iter().flat_map(|outcome| &outcome.receipts);
        let told = receipts.into_iter().any(|receipt| {
            matches!(&*receipt.document, Document::ExportReturnReceipt(receipt) if receipt.return_info.contains("出口关税20元可申请退还"))
        });
        (tax.export_duty, tax.uncertain, told)
    };
    assert_eq!(duty(30), (2_000, true, true), "a fifth on top of 100.00, by a row that is not sure");
    assert!(!duty(200).2, "late there is nothing to ask back");
}

#[test]
fn before_the_law_asks_nothing_is_reckoned() {
    let (mut window, export, entry) = left();
    window.parameter("export_return_taxes,1", "export_return_taxes,0");
    bring(&mut window, &export, &entry, 0);
    act(&mut window, &export, ActionKind::ApproveReturn { number: 1 });
    tally(&mut window, &export, None);
    assert!(of(&window, &export).taxes.is_empty());
}
