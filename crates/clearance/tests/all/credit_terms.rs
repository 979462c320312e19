//! What credit makes other than for all beside the draw: the part of the tax that is guaranteed, the last day to pay, the day
//! until which a return is decided, and who may declare exports.

use crate::standing::{seller, stands};
use crate::support::{NOW, Window, trade};
use clearance::consignment::{Attempt, ReturnState};
use clearance::event::{ActionKind, TimerKind};
use clearance::keys::Time;
use clearance::reason::Reason;
use clearance::record::Register;
use clearance::sample::{Export, Trade};
use ledger::Account;

fn attempt(window: &Window, trade: &Trade) -> Attempt {
    window.of(trade).attempt.clone().unwrap()
}

/// A window in which a party stands so, with the trade declared and its parcel here, whatever looks at it.
fn released(register: Register, standing: &str, trade: &Trade) -> Window {
    let mut window = Window::without_draws();
    stands(&mut window, register, &seller(trade), standing, 100);
    window.trade(trade);
    window.arrive(trade);
    if window.state(trade) == 500 {
        window.act(trade, ActionKind::InspectionResult { passed: true });
    }
    window
}

#[test]
fn the_guarantee_is_held_by_the_standing_of_the_seller_half_up_to_the_fen() {
    let trade = trade(1);
    let total = {
        let mut window = Window::without_draws();
        window.trade(&trade);
        let usual = attempt(&window, &trade);
        assert_eq!(usual.guarantee.unwrap().amount, usual.assessment.as_ref().unwrap().total());
        usual.assessment.unwrap().total()
    };
    assert!(total > 0);
    let held = |register: Register, party: &str, standing: &str, row: Option<(&str, &str)>| {
        let mut window = Window::without_draws();
        if let Some((from, to)) = row {
            window.table("credit_measures.csv", |text| text.replace(from, to));
        }
        stands(&mut window, register, party, standing, 100);
        window.trade(&trade);
        let attempt = attempt(&window, &trade);
        let obeyed: Vec<(String, i64)> = attempt
            .credit
            .iter()
            .flat_map(|credit| &credit.obeyed)
            .filter(|row| row.measure == "guarantee_factor")
            .map(|row| (row.standing.to_string(), row.value))
            .collect();
        (attempt.guarantee.unwrap().amount, obeyed)
    };
    let own = seller(&trade);
    let platform = trade.declaration.head.ebp_code.as_str();
    let (grade, list) = (Register::CreditAssessment, Register::CreditList);
    assert_eq!(held(list, &own, "black", None), (total * 2, vec![("black".to_owned(), 200)]));
    assert_eq!(held(grade, &own, "AAA", None), ((total + 1) / 2, vec![("AAA".to_owned(), 50)]));
    assert_eq!(held(list, platform, "black", None).0, total * 2, "harder counts of whom it names");
    assert_eq!(held(list, platform, "red", None), (total, vec![]), "milder for one's own goods alone");
    // A row that says what holds for all, and no row, change nothing and say nothing.
    assert_eq!(held(grade, &own, "A", None), (total, vec![]));
    assert_eq!(held(grade, &own, "B", None), (total, vec![]));
    // Half a fen is a fen.
    let row = ("AAA,guarantee_factor,50,", "AAA,guarantee_factor,33,");
    assert_eq!(held(grade, &own, "AAA", Some(row)).0, (total * 33 + 50) / 100);
    let none = ("AAA,guarantee_factor,50,", "AAA,guarantee_factor,0,");
    assert_eq!(held(grade, &own, "AAA", Some(none)).0, 0);
}

#[test]
fn a_grade_does_not_make_a_list_good_and_before_the_parameter_nothing_is_otherwise() {
    let trade = trade(1);
    let mut window = Window::without_draws();
    stands(&mut window, Register::CreditAssessment, &seller(&trade), "AAA", 100);
    stands(&mut window, Register::CreditList, &seller(&trade), "black", 100);
    window.trade(&trade);
    let both = attempt(&window, &trade);
    let total = both.assessment.unwrap().total();
    assert_eq!(both.guarantee.unwrap().amount, total * 2);
    for parameter in ["credit_terms_obeyed,1", "credit_obeyed,1"] {
        let mut window = Window::without_draws();
        window.parameter(parameter, &parameter.replace(",1", ",0"));
        stands(&mut window, Register::CreditList, &seller(&trade), "black", 100);
        window.trade(&trade);
        let attempt = attempt(&window, &trade);
        assert_eq!(attempt.guarantee.unwrap().amount, total, "{parameter}");
        assert!(attempt.credit.is_none_or(|credit| credit.obeyed.is_empty()), "{parameter}");
    }
}

#[test]
fn what_is_held_of_a_guarantee_comes_back_whole_with_returns_and_payment() {
    let trade = (10..)
        .map(trade)
        .find(|trade| trade.declaration.lines[0].qty == ceb::Decimal::from_whole(3))
        .unwrap();
    let account = Account::guarantee(trade.declaration.head.assure_code.clone());
    for (register, standing, percent) in
        [(Register::CreditList, "black", 200), (Register::CreditAssessment, "AAA", 50)]
    {
        let mut window = released(register, standing, &trade);
        window.apply_for_return(&trade);
        window.act(&trade, ActionKind::ApproveReturn { number: 1 });
        window.act(&trade, ActionKind::ReceiveReturn { number: 1 });
        let consignment = window.of(&trade);
        let attempt = consignment.attempt.as_ref().unwrap();
        let left = attempt.assessment.as_ref().unwrap().total() - consignment.returns[0].tax_given_back;
        assert_eq!(attempt.bill.as_ref().unwrap().owed, left);
        assert_eq!(window.facts.balances[&account].posted, (left * percent + 50) / 100, "{standing}");
        for _ in 0..33 {
            window.wait_days(1);
        }
        window.act(&trade, ActionKind::PayBill);
        let balance = window.facts.balances[&account];
        assert_eq!((balance.posted, balance.held), (0, 0), "{standing}");
    }
}

#[test]
fn a_guarantee_that_does_not_reach_says_which_part_was_asked() {
    let trade = trade(1);
    let mut window = Window::without_draws();
    window.table("credit_measures.csv", |text| {
        text.replace("black,guarantee_factor,200,", "black,guarantee_factor,1000000,")
    });
    stands(&mut window, Register::CreditList, &seller(&trade), "black", 100);
    let guarantor = trade.declaration.head.assure_code.clone();
    let limit = window.reference.parties.find(&guarantor, NOW.day()).unwrap().guarantee_limit;
    window.facts.balances.insert(
        Account::guarantee(guarantor),
        ledger::Balance { posted: limit - 1_000, held: 0, limit: Some(limit) },
    );
    let outcome = window.trade(&trade);
    let finding =
        outcome.answer.findings.iter().find(|one| one.reason == Reason::GuaranteeInsufficient).unwrap();
    let part = finding.fields.iter().find(|field| field.path.contains("guarantee_factor")).unwrap();
    assert_eq!(part.value, "1000000 %");
    assert!(!format!("{:?}", finding.fields).contains("black"), "nobody else is told the list");
}

#[test]
fn the_last_day_to_pay_is_that_of_the_standing_and_never_before_the_first() {
    let trade = trade(1);
    let late = |window: &Window| {
        let timers = &window.of(&trade).timers;
        let due =
            |kind: TimerKind| timers.iter().find(|(one, ..)| *one == kind).map(|(.., due)| *due).unwrap();
        (due(TimerKind::SettlementDue), due(TimerKind::PaymentOverdue))
    };
    let mut usual = Window::without_draws();
    usual.trade(&trade);
    usual.arrive(&trade);
    let (first, last) = late(&usual);
    let black = released(Register::CreditList, "black", &trade);
    let (same, sooner) = late(&black);
    assert_eq!(first, same);
    assert!(first < sooner && sooner < last, "{sooner:?} {last:?}");
    let days = |due: Time| (due.0 - NOW.0) / 86_400_000;
    assert!((34..=39).contains(&days(sooner)), "35 days, put off to a working day: {}", days(sooner));
    let obeyed = attempt(&black, &trade).credit.unwrap();
    assert_eq!(obeyed.obeyed("settlement_last_day"), Some(35));
    // What a slip of the pen would make late before it can be paid.
    let mut window = Window::without_draws();
    window.table("credit_measures.csv", |text| {
        text.replace("black,settlement_last_day,35,", "black,settlement_last_day,1,")
    });
    stands(&mut window, Register::CreditList, &seller(&trade), "black", 100);
    window.trade(&trade);
    window.arrive(&trade);
    window.act(&trade, ActionKind::InspectionResult { passed: true });
    let (first, last) = late(&window);
    assert!(first < last);
}

#[test]
fn a_return_is_decided_within_the_working_days_of_the_standing() {
    let trade = trade(7);
    let due = |register: Register, standing: &str| {
        let mut window = released(register, standing, &trade);
        window.apply_for_return(&trade);
        let file = window.of(&trade).returns[0].clone();
        assert_eq!(file.state, ReturnState::Applied);
        let due = file.decide_by.unwrap();
        assert_eq!(due.obeyed.standing, standing);
        let read = window.outcomes.last().unwrap().read.records.len();
        assert_eq!(read, 1, "the ground is on record");
        (due.day.number(), due.obeyed.value)
    };
    // NOW is Monday, 23 November 2026.
    assert_eq!(due(Register::CreditAssessment, "AAA"), (20_261_124, 1));
    assert_eq!(due(Register::CreditAssessment, "C"), (20_261_207, 10), "over two weekends");
    assert_eq!(due(Register::CreditList, "attention"), (20_261_207, 10));
    assert_eq!(due(Register::CreditAssessment, "B"), (20_261_130, 5), "as is usual, and his own ground");
    // Nobody says anything of him: as who is not rated.
    let mut window = Window::without_draws();
    window.trade(&trade);
    window.arrive(&trade);
    window.apply_for_return(&trade);
    let due = window.of(&trade).returns[0].decide_by.clone().unwrap();
    assert_eq!((due.day.number(), due.obeyed.standing.as_str()), (20_261_130, "unrated"));
    assert_eq!(due.obeyed.party, seller(&trade));
    // A law that does not obey them, and a table without rows, set no day.
    for change in ["parameter", "table"] {
        let mut window = Window::without_draws();
        match change {
            "parameter" => window.parameter("credit_terms_obeyed,1", "credit_terms_obeyed,0"),
            _ => window.table("credit_measures.csv", |text| {
                let kept = text.lines().filter(|line| !line.contains(",refund_days,"));
                kept.map(|line| format!("{line}\n")).collect()
            }),
        }
        window.trade(&trade);
        window.arrive(&trade);
        window.apply_for_return(&trade);
        assert_eq!(window.of(&trade).returns[0].decide_by, None, "{change}");
    }
}

#[test]
fn who_may_declare_nothing_declares_no_exports_either() {
    let export = Export::new(1, 1, NOW);
    let merchant = export.declaration.head.ebc_code.to_string();
    let send = |window: &mut Window| {
        let mut last = None;
        for (_, document) in export.documents() {
            last = Some(window.send(document));
        }
        last.unwrap()
    };
    let bars = |window: &mut Window| {
        window.table("credit_measures.csv", |text| {
            text.replace("black,may_declare,1,", "black,may_declare,0,")
        });
        stands(window, Register::CreditList, &merchant, "black", 100);
    };
    let mut window = Window::without_draws();
    bars(&mut window);
    let outcome = send(&mut window);
    assert_eq!(outcome.answer.status, 100, "{}", outcome.answer.info);
    assert!(outcome.answer.findings.iter().any(|finding| finding.reason == Reason::CreditBars));
    assert_eq!(outcome.read.records.len(), 1);
    // Under a law that looks at it for imports alone, as before.
    let mut window = Window::without_draws();
    window.parameter("credit_terms_obeyed,1", "credit_terms_obeyed,0");
    bars(&mut window);
    assert_ne!(send(&mut window).answer.status, 100);
}
