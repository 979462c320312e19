//! Stories of consignments through the pure judgement.

use crate::support::{Window, trade};
use ceb::{Decimal, Document};
use clearance::event::{ActionKind, Cause, Timer};
use clearance::keys::Time;
use clearance::reason::Reason;
use ledger::Account;

#[test]
fn a_clean_purchase_is_entered_and_released_when_its_parcel_arrives() {
    let mut window = Window::without_draws();
    let trade = trade(1);
    let outcome = window.trade(&trade);
    assert_eq!(outcome.answer.findings, vec![]);
    assert_eq!(window.state(&trade), 120);
    window.arrive(&trade);
    assert_eq!(window.state(&trade), 800);
    assert_eq!(
        window.receipts(),
        "312:2 412:2 512:2 622:2 312:120 412:120 512:120 622:120 712:2 712:399 622:800 816:1"
    );
    let attempt = window.of(&trade).attempt.clone().unwrap();
    let tax = attempt.assessment.as_ref().unwrap();
    let quota = window.facts.balances[&attempt.quota.unwrap().account];
    assert_eq!((quota.posted, quota.held), (tax.dutiable(), 0));
    let owed = window.facts.balances[&Account::payable_tax(trade.declaration.head.agent_code.clone())];
    assert_eq!(owed.posted, tax.total());
    assert!(tax.total() > 0);
}

#[test]
fn any_order_of_arrival_gives_the_same_end() {
    let trade = trade(2);
    let mut ends = Vec::new();
    for turn in 0..24 {
        let mut window = Window::without_draws();
        let mut documents: Vec<Document> =
            trade.documents().into_iter().map(|(_, document)| document).collect();
        let (mut rest, mut picked) = (turn, Vec::new());
        while !documents.is_empty() {
            picked.push(documents.remove(rest % documents.len()));
            rest /= documents.len() + 1;
        }
        if turn % 2 == 0 {
            window.arrive(&trade);
        }
        for document in picked {
            window.send(document);
        }
        if turn % 2 == 1 {
            window.arrive(&trade);
        }
        let attempt = window.of(&trade).attempt.clone().unwrap();
        ends.push((attempt.state, attempt.assessment, attempt.quota));
    }
    assert!(ends.iter().all(|end| *end == ends[0]));
    assert_eq!(ends[0].0.number(), 800);
}

#[test]
fn the_same_document_again_gets_its_first_answer_and_a_changed_one_is_refused() {
    let mut window = Window::without_draws();
    let trade = trade(3);
    let first = window.send(Document::Order(trade.order.clone()));
    let again = window.send(Document::Order(trade.order.clone()));
    assert_eq!(again.repeats, Some(first.position));
    assert!(again.receipts.is_empty() && again.consignment.is_none());
    let mut changed = trade.order.clone();
    changed.head.guid = "CHANGED0-0000-0000-0000-000000000000".into();
    let refused = window.send(Document::Order(changed));
    assert_eq!(refused.answer.status, -301010);
    assert_eq!(refused.answer.info, "已存在相同编号的订单");
}

#[test]
fn a_rejected_list_frees_everything_and_may_be_declared_again_later() {
    let mut window = Window::without_draws();
    let mut trade = trade(4);
    trade.declaration.head.buyer_name = "另一人".into();
    let outcome = window.trade(&trade);
    assert_eq!(outcome.answer.status, 100);
    assert_eq!(
        outcome.answer.info,
        format!(
            "[Code:13127;Desc:清单订购人姓名与订单不一致][InventoryHead.buyerName:另**,OrderHead.buyerName:{}]",
            clearance::identity::mask_name(&trade.order.head.buyer_name)
        )
    );
    assert!(window.facts.balances.values().all(|balance| balance.held == 0 && balance.posted == 0));
    trade.declaration.head.buyer_name = trade.order.head.buyer_name.clone();
    let early = window.send(Document::Declaration(trade.declaration.clone()));
    assert_eq!(early.answer.findings[0].reason, Reason::OldData);
    window.now = Time(window.now.0 + 60_000);
    trade.declaration.head.app_time = clearance::sample::stamp(window.now);
    let outcome = window.send(Document::Declaration(trade.declaration.clone()));
    assert_eq!(outcome.answer.status, 120);
    assert_eq!(window.of(&trade).attempt.as_ref().unwrap().number, 2);
}

#[test]
fn a_list_whose_partners_do_not_come_is_rejected_in_time() {
    let mut window = Window::without_draws();
    let trade = trade(5);
    window.send(Document::Declaration(trade.declaration.clone()));
    window.wait_days(2);
    assert_eq!(window.state(&trade), 2);
    window.wait_days(2);
    assert_eq!(window.state(&trade), 100);
    let info = &window.outcomes.last().unwrap();
    assert!(window.outcomes.iter().any(|outcome| outcome.answer.info.contains("支付信息不存在")), "{info:?}");
    assert!(window.facts.balances.values().all(|balance| balance.held == 0));
}

#[test]
fn a_cancellation_before_release_gives_everything_back() {
    let mut window = Window::without_draws();
    let trade = trade(6);
    window.trade(&trade);
    let number = window.entry(&trade);
    let outcome = window.send(Document::Cancellation(trade.cancellation(&number, window.now)));
    assert_eq!(outcome.answer.status, 399);
    assert_eq!(outcome.answer.info, "[Code:2300;Desc:审核通过],撤单申请审核通过,清单已成功撤单");
    assert!(window.facts.balances.values().all(|balance| balance.held == 0 && balance.posted == 0));
    let waybill =
        clearance::keys::WaybillKey::new(&trade.waybill.logistics_code, &trade.waybill.logistics_no);
    assert_eq!(window.facts.waybills[&waybill].claimed_by, None);
}

#[test]
fn a_return_gives_back_only_when_the_goods_are_received() {
    let mut window = Window::without_draws();
    let trade =
        (10..).map(trade).find(|trade| trade.declaration.lines[0].qty == Decimal::from_whole(3)).unwrap();
    window.trade(&trade);
    window.arrive(&trade);
    let before = window.of(&trade).attempt.clone().unwrap();
    let number = before.invt_no.clone().unwrap();
    let outcome =
        window.send(Document::Return(trade.return_goods(&number, &[(0, Decimal::ONE)], window.now)));
    assert_eq!(outcome.answer.status, 120, "{outcome:?}");
    let quota = before.quota.as_ref().unwrap().account.clone();
    let posted = window.facts.balances[&quota].posted;
    window.act(&trade, ActionKind::ApproveReturn { number: 1 });
    assert_eq!(window.facts.balances[&quota].posted, posted);
    window.act(&trade, ActionKind::ReceiveReturn { number: 1 });
    let after = window.of(&trade).clone();
    let back = after.returns[0].quota_given_back;
    assert!(back > 0 && after.returns[0].tax_given_back > 0);
    assert_eq!(window.facts.balances[&quota].posted, posted - back);
    let again = window.send(Document::Return({
        let mut more = trade.return_goods(&number, &[(0, Decimal::from_whole(3))], window.now);
        more.head.cop_no = Some("T-OTHER".into());
        more
    }));
    assert_eq!(again.answer.findings[0].reason, Reason::ReturnQuantityExceeds);
}

#[test]
fn an_approved_return_that_does_not_come_lapses_and_the_bill_is_summarised() {
    let mut window = Window::without_draws();
    let trade = trade(7);
    window.trade(&trade);
    window.arrive(&trade);
    window.apply_for_return(&trade);
    window.act(&trade, ActionKind::ApproveReturn { number: 1 });
    for _ in 0..40 {
        window.wait_days(1);
    }
    assert_eq!(
        window.of(&trade).attempt.as_ref().unwrap().bill.as_ref().unwrap().status,
        1,
        "a bill with an open return waits"
    );
    for _ in 0..20 {
        window.wait_days(1);
    }
    let consignment = window.of(&trade);
    assert_eq!(consignment.returns[0].state.word(), "lapsed");
    let bill = consignment.attempt.as_ref().unwrap().bill.clone().unwrap();
    assert_eq!((bill.status, bill.paid), (2, false));
    window.act(&trade, ActionKind::PayBill);
    let guarantee = window.facts.balances[&Account::guarantee(trade.declaration.head.assure_code.clone())];
    assert_eq!((guarantee.posted, guarantee.held), (0, 0));
}

#[test]
fn an_unpaid_bill_is_overdue_after_the_last_day() {
    let mut window = Window::without_draws();
    let trade = trade(8);
    window.trade(&trade);
    window.arrive(&trade);
    for _ in 0..50 {
        window.wait_days(1);
    }
    let bill = window.of(&trade).attempt.as_ref().unwrap().bill.clone().unwrap();
    assert_eq!((bill.status, bill.overdue), (2, true));
}

#[test]
fn an_officer_who_saw_an_older_version_is_refused() {
    let mut window = Window::without_draws();
    let trade = trade(9);
    window.trade(&trade);
    window.act(&trade, ActionKind::Suspend);
    assert_eq!(window.state(&trade), 600);
    let version = window.of(&trade).version;
    let action = clearance::event::OfficerAction {
        id: "late".into(),
        officer: "样例关员".into(),
        party: "8620000001".into(),
        order: crate::support::key(&trade),
        version: version - 1,
        kind: ActionKind::Resume,
        text: "".into(),
    };
    let outcome = window.run(Cause::Action(std::sync::Arc::new(action)));
    assert_eq!(outcome.answer.findings[0].reason, Reason::VersionOutdated);
    window.act(&trade, ActionKind::Resume);
    assert_eq!(window.state(&trade), 300);
    window.act(&trade, ActionKind::Inspect);
    window.act(&trade, ActionKind::InspectionResult { passed: true });
    assert_eq!(window.state(&trade), 120, "it still waits for its parcel");
    window.arrive(&trade);
    assert_eq!(window.state(&trade), 800);
    let outcome = window.act(&trade, ActionKind::Reject);
    assert_eq!(outcome.answer.findings[0].reason, Reason::ActionForbidden);
}

#[test]
fn a_timer_fires_once() {
    let mut window = Window::without_draws();
    let trade = trade(20);
    window.send(Document::Declaration(trade.declaration.clone()));
    let timer: Timer = window.timers[0].clone();
    window.wait_days(4);
    assert_eq!(window.state(&trade), 100);
    let outcome = window.run(Cause::Timer(timer));
    assert!(outcome.consignment.is_none() && outcome.receipts.is_empty());
}

#[test]
fn quota_is_shared_by_all_platforms_and_held_while_under_way() {
    let mut window = Window::without_draws();
    let mut refused = Vec::new();
    for number in 0..40 {
        let mut trade = clearance::sample::Trade::new(2, number, crate::support::NOW, 1);
        trade.order.head.buyer_name = trade.order.head.buyer_name.clone();
        let outcome = window.trade(&trade);
        if outcome.answer.status == 100 {
            refused.push(outcome.answer.findings[0].reason);
        }
    }
    assert!(refused.contains(&Reason::AnnualLimit), "{refused:?}");
    let quota =
        window.facts.balances.iter().find(|(account, _)| account.kind == ledger::AccountKind::Quota).unwrap();
    assert!(quota.1.used() <= 2_600_000 && quota.1.used() > 1_000_000);
}

#[test]
fn goods_that_cannot_be_assessed_are_not_released() {
    let mut window = Window::without_draws();
    let mut trade = trade(21);
    trade.declaration.lines[0].gcode = "9999999999".into();
    window.arrive(&trade);
    window.trade(&trade);
    assert_eq!(window.state(&trade), 300);
    assert_eq!(window.of(&trade).attempt.as_ref().unwrap().assessment, None);
    let forbidden = |window: &mut Window, kind| {
        let outcome = window.act(&trade, kind);
        assert_eq!(outcome.answer.findings[0].reason, Reason::ActionForbidden);
        assert!(outcome.answer.info.contains("请退单"), "{}", outcome.answer.info);
        assert!(outcome.movements.is_empty() && outcome.receipts.is_empty());
    };
    forbidden(&mut window, ActionKind::Approve);
    forbidden(&mut window, ActionKind::Release);
    window.act(&trade, ActionKind::Inspect);
    forbidden(&mut window, ActionKind::InspectionResult { passed: true });
    assert_eq!(window.state(&trade), 500);
    window.act(&trade, ActionKind::Reject);
    assert_eq!(window.state(&trade), 100);
}

#[test]
fn a_bill_is_not_summarised_by_hand_before_its_day_or_with_an_open_return() {
    let mut window = Window::without_draws();
    let trade = trade(22);
    window.trade(&trade);
    window.arrive(&trade);
    let summarise = || ActionKind::SummariseBill { notice: "N".into() };
    let outcome = window.act(&trade, summarise());
    assert_eq!(outcome.answer.findings[0].reason, Reason::ActionForbidden, "before its day");
    window.apply_for_return(&trade);
    // The day is here, its timer did not fire yet.
    window.now = Time(window.now.0 + 40 * 86_400_000);
    let outcome = window.act(&trade, summarise());
    assert_eq!(outcome.answer.findings[0].reason, Reason::ActionForbidden, "a return is open");
    window.act(&trade, ActionKind::RefuseReturn { number: 1 });
    window.act(&trade, summarise());
    let bill = window.of(&trade).attempt.as_ref().unwrap().bill.clone().unwrap();
    assert_eq!((bill.status, bill.notice.as_deref()), (2, Some("N")));
}

#[test]
fn a_return_received_after_payment_records_the_tax_due_back() {
    let mut window = Window::without_draws();
    // Else only a weekend lets the last day to apply and the day of settlement meet.
    window.parameter("settlement_first_day,31", "settlement_first_day,20");
    let trade =
        (10..).map(trade).find(|trade| trade.declaration.lines[0].qty == Decimal::from_whole(3)).unwrap();
    window.trade(&trade);
    window.arrive(&trade);
    let number = window.entry(&trade);
    let total = window.of(&trade).attempt.as_ref().unwrap().assessment.as_ref().unwrap().total();
    let ask = |window: &mut Window, name: &str, number_of: u32| {
        let mut application = trade.return_goods(&number, &[(0, Decimal::ONE)], window.now);
        application.head.cop_no = Some(name.into());
        application.head.guid = format!("{number_of:08}-0000-0000-0000-000000000000").into();
        let outcome = window.send(Document::Return(application));
        assert_eq!(outcome.answer.status, 120, "{outcome:?}");
        assert_eq!(outcome.answer.info, "[Code:1800;Desc:逻辑校验通过]");
        window.act(&trade, ActionKind::ApproveReturn { number: number_of });
    };
    ask(&mut window, "T-1", 1);
    window.act(&trade, ActionKind::ReceiveReturn { number: 1 });
    let first = window.of(&trade).returns[0].tax_given_back;
    window.wait_days(25);
    window.act(&trade, ActionKind::PayBill);
    let agent = Account::payable_tax(trade.declaration.head.agent_code.clone());
    assert_eq!(window.facts.balances[&agent].posted, 0);
    ask(&mut window, "T-2", 2);
    window.act(&trade, ActionKind::ReceiveReturn { number: 2 });
    let consignment = window.of(&trade);
    let second = consignment.returns[1].tax_given_back;
    assert!(first > 0 && second > 0 && first + second < total, "{first} {second} {total}");
    let bill = consignment.attempt.as_ref().unwrap().bill.as_ref().unwrap();
    assert_eq!((bill.owed, bill.paid), (0, true));
    assert_eq!(window.facts.balances[&agent].posted, 0, "the agent owes nothing, nor less than nothing");
    let guarantee = window.facts.balances[&Account::guarantee(trade.declaration.head.assure_code.clone())];
    assert_eq!((guarantee.posted, guarantee.held), (0, 0));
}

#[test]
fn an_arrival_is_answered_with_the_text_of_its_status() {
    let mut window = Window::without_draws();
    let outcome = window.arrive(&trade(23));
    assert_eq!((outcome.answer.status, outcome.answer.info.as_str()), (399, "[Code:2300;Desc:审核通过]"));
}

#[test]
fn a_bill_that_waits_for_a_return_is_not_overdue() {
    let mut window = Window::without_draws();
    let trade = trade(24);
    window.trade(&trade);
    window.arrive(&trade);
    window.apply_for_return(&trade);
    let bill = |window: &Window| {
        let bill = window.of(&trade).attempt.as_ref().unwrap().bill.clone().unwrap();
        (bill.status, bill.overdue)
    };
    for _ in 0..55 {
        window.wait_days(1);
        assert_eq!(bill(&window), (1, false));
    }
    window.act(&trade, ActionKind::RefuseReturn { number: 1 });
    while bill(&window).0 == 1 {
        window.wait_days(1);
        assert!(!bill(&window).1, "it can be paid only now");
    }
    for _ in 0..10 {
        window.wait_days(1);
    }
    assert_eq!(bill(&window), (2, true));
}
