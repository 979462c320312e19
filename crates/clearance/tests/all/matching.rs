//! Every comparison of the match: a clean trade with that one field changed gives exactly that finding with both
//! values, and no other.

use crate::support::{Window, trade};
use ceb::Decimal;
use clearance::reason::Reason;
use clearance::sample::Trade;

/// Sends a changed trade and says what the declaration was answered: status, rules, and the values compared.
#[track_caller]
fn check(change: impl Fn(&mut Trade), reason: Reason, values: [&str; 2]) {
    check_in(Window::without_draws(), change, reason, values);
}

#[track_caller]
fn check_in(window: Window, change: impl Fn(&mut Trade), reason: Reason, values: [&str; 2]) {
    let mut changed = trade(11);
    change(&mut changed);
    check_trade(window, &changed, reason, values);
}

#[track_caller]
fn check_trade(mut window: Window, changed: &Trade, reason: Reason, values: [&str; 2]) {
    let outcome = window.trade(changed);
    let rules: Vec<Reason> = outcome.answer.findings.iter().map(|finding| finding.reason).collect();
    assert_eq!((outcome.answer.status, rules), (100, vec![reason]), "{}", outcome.answer.info);
    let shown: Vec<&str> =
        outcome.answer.findings[0].fields.iter().map(|field| field.value.as_str()).collect();
    assert_eq!(shown, values);
    let code = reason.customs_code().unwrap();
    assert!(outcome.answer.info.starts_with(&format!("[Code:{code};Desc:")), "{}", outcome.answer.info);
    assert!(
        window.facts.balances.values().all(|balance| balance.held == 0 && balance.posted == 0),
        "nothing stays held"
    );
}

/// As if it were sure that weights and charges are compared.
fn sure() -> Window {
    let mut window = Window::without_draws();
    for source in ["export practice applied to import", "what the logistics firm really charged"] {
        window.parameter(&format!("{source},unsure"), &format!("{source},known"));
    }
    window
}

#[test]
fn each_cell_gives_its_own_finding_and_no_other() {
    let clean = trade(11);
    let (order, list) = (&clean.order.head, &clean.declaration.head);
    let line = &clean.declaration.lines[0];
    let number = order.order_no.as_str();
    check(
        |t| {
            let mut line = t.order.lines[0].clone();
            line.gnum = 9;
            line.price = Decimal::ZERO;
            line.total_price = Decimal::ZERO;
            t.order.lines.push(line);
        },
        Reason::LineCountDiffers,
        [number, number],
    );
    check(
        |t| t.declaration.lines[0].gnum = 7,
        Reason::LineNumberUnmatched,
        ["7", &clean.order.lines.iter().map(|l| l.gnum.to_string()).collect::<Vec<_>>().join(" ")],
    );
    check(
        |t| t.declaration.lines[0].gname = "样例别名".into(),
        Reason::LineNameDiffers,
        ["样例别名", &line.gname],
    );
    check(|t| t.declaration.lines[0].unit = "012".into(), Reason::LineUnitDiffers, ["012", "011"]);
    check(|t| t.declaration.lines[0].country = "133".into(), Reason::LineCountryDiffers, ["133", "116"]);
    check(
        |t| t.declaration.head.buyer_name = "样例他人".into(),
        Reason::BuyerNameDiffers,
        ["样例他人", &order.buyer_name],
    );
    check(
        |t| t.declaration.head.buyer_telephone = "10012345678".into(),
        Reason::BuyerTelephoneDiffers,
        ["10012345678", &order.buyer_telephone],
    );
    let other = clearance::sample::Person::new(424_242);
    check(
        |t| t.declaration.head.buyer_id_number = other.identity.clone(),
        Reason::BuyerIdNumberDiffers,
        [&other.identity, &order.buyer_id_number],
    );
    check(
        |t| t.payment.payer_name = "样例他人".into(),
        Reason::PayerNameDiffers,
        [&order.buyer_name, "样例他人"],
    );
    check(
        |t| t.payment.payer_id_number = other.identity.clone(),
        Reason::PayerIdNumberDiffers,
        [&order.buyer_id_number, &other.identity],
    );
    check(
        |t| t.payment.amount_paid = Decimal::from_fen(1),
        Reason::PaidAmountDiffers,
        [&order.actural_paid.to_string(), "0.01"],
    );
    let another = if order.pay_code.as_deref() == Some("5301960301") { "5301960302" } else { "5301960301" };
    check(
        |t| t.order.head.pay_code = Some(another.into()),
        Reason::PaymentFirmDiffers,
        [another, order.pay_code.as_deref().unwrap()],
    );
    check(
        |t| t.order.head.pay_transaction_id = Some("OTHER".into()),
        Reason::PaymentNumberDiffers,
        ["OTHER", &clean.payment.pay_transaction_id],
    );
    check(
        |t| t.waybill.consignee = "样例他人".into(),
        Reason::ConsigneeDiffers,
        [&order.consignee, "样例他人"],
    );
    check(
        |t| t.waybill.consignee_telephone = "10012345678".into(),
        Reason::ConsigneeTelephoneDiffers,
        [&order.consignee_telephone, "10012345678"],
    );
    check(
        |t| t.waybill.consignee_address = "样例别处".into(),
        Reason::ConsigneeAddressDiffers,
        [&order.consignee_address, "样例别处"],
    );
    check(
        |t| t.declaration.head.consignee_address = "样例别处".into(),
        Reason::ListAddressDiffers,
        ["样例别处", &order.consignee_address],
    );
    check(|t| t.waybill.order_no = "OTHER".into(), Reason::WaybillOrderDiffers, ["OTHER", number]);
    check_in(
        sure(),
        |t| t.waybill.weight = Decimal::from_whole(77),
        Reason::GrossWeightDiffers,
        [&list.gross_weight.to_string(), "77"],
    );
    check_in(
        sure(),
        |t| t.waybill.freight = Some(Decimal::from_whole(77)),
        Reason::FreightDiffers,
        [&list.freight.to_string(), "77"],
    );
    check_in(
        sure(),
        |t| t.waybill.insured_fee = Some(Decimal::from_whole(3)),
        Reason::InsuranceDiffers,
        ["0", "3"],
    );
    let merchant = if order.ebc_code == "5301960201" {
        ("5301960202", "样例彩云母婴商贸")
    } else {
        ("5301960201", "样例春城海外贸易商")
    };
    check(
        |t| {
            t.declaration.head.ebc_code = merchant.0.into();
            t.declaration.head.ebc_name = merchant.1.into();
        },
        Reason::MerchantDiffers,
        [merchant.0, &order.ebc_code],
    );
    // The type of the identity number is 1 on either side by schema: it cannot differ in what was accepted.
    // A fen that the list's own arithmetic allows is still not what the order says.
    let fen = Decimal::from_fen(1);
    let total = line.total_price.checked_add(fen).unwrap();
    check(
        |t| t.declaration.lines[0].total_price = total,
        Reason::LineTotalDiffers,
        [&total.to_string(), &line.total_price.to_string()],
    );
}

/// Whether weights and charges are compared at all is not sure: it is told, and a person decides, never a rejection.
#[test]
fn what_a_parameter_in_doubt_compares_is_a_persons_decision() {
    type Case = (&'static str, fn(&mut Trade), Reason);
    let cases: [Case; 3] = [
        ("compare_weight", |t| t.waybill.weight = Decimal::from_whole(77), Reason::GrossWeightDiffers),
        ("compare_charges", |t| t.waybill.freight = Some(Decimal::from_whole(77)), Reason::FreightDiffers),
        (
            "compare_charges",
            |t| t.waybill.insured_fee = Some(Decimal::from_whole(3)),
            Reason::InsuranceDiffers,
        ),
    ];
    for (parameter, change, reason) in cases {
        let mut window = Window::without_draws();
        let mut changed = trade(11);
        change(&mut changed);
        let outcome = window.trade(&changed);
        let rules: Vec<Reason> = outcome.answer.findings.iter().map(|finding| finding.reason).collect();
        assert_eq!((outcome.answer.status, rules), (300, vec![reason]), "{}", outcome.answer.info);
        let finding = &outcome.answer.findings[0];
        assert!(finding.uncertain && finding.fields.len() == 3, "both values, and why it is in doubt");
        let table = &finding.fields[2];
        let named = format!("parameters.csv {parameter}");
        assert_eq!((table.path.as_str(), table.value.as_str()), ("table", named.as_str()));
        assert!(!window.receipts().contains("622:100"), "{}", window.receipts());
        // Beside what is sure it is no more than a note: the list is rejected for that alone.
        let mut window = Window::without_draws();
        changed.payment.amount_paid = Decimal::from_fen(1);
        let outcome = window.trade(&changed);
        assert_eq!(outcome.answer.status, 100);
        assert!(outcome.answer.info.starts_with("[Code:1332;"), "{}", outcome.answer.info);
        assert!(!outcome.answer.info.contains("parameters.csv"), "{}", outcome.answer.info);
    }
}

/// The platform may charge its buyer another freight than the carrier charges, unless a parameter says that it may not.
#[test]
fn freight_of_order_and_list_is_compared_where_the_parameter_says_so() {
    for (compared, sure, status) in [(false, false, 120), (true, false, 300), (true, true, 100)] {
        let mut window = Window::without_draws();
        if compared {
            window.parameter("compare_order_freight,0", "compare_order_freight,1");
        }
        if sure {
            let row = |word: &str| format!("no public source compares it,{word},list and order freight");
            window.parameter(&row("unsure"), &row("known"));
        }
        let mut changed = trade(11);
        let one = Decimal::ONE;
        let order = &mut changed.order.head;
        order.freight = order.freight.checked_add(one).unwrap();
        order.actural_paid = order.actural_paid.checked_add(one).unwrap();
        changed.payment.amount_paid = order.actural_paid;
        let outcome = window.trade(&changed);
        assert_eq!(outcome.answer.status, status, "{:?}", outcome.answer);
        if compared {
            assert_eq!(outcome.answer.findings[0].reason, Reason::FreightDiffers);
            assert_eq!(outcome.answer.findings[0].fields[1].path, "OrderHead.freight");
        }
    }
}

/// Within what the arithmetic of one line leaves open, price and quantity differ by themselves.
#[test]
fn price_and_quantity_have_findings_of_their_own() {
    let mut changed = (11..).map(trade).find(|trade| trade.declaration.lines[0].qty == Decimal::ONE).unwrap();
    let before = changed.declaration.lines[0].price;
    let price = before.checked_add(Decimal::from_fen(1)).unwrap();
    changed.declaration.lines[0].price = price;
    let [price, before] = [price, before].map(|price| price.to_string());
    check_trade(Window::without_draws(), &changed, Reason::LinePriceDiffers, [&price, &before]);
    // A quantity in the unit of the tariff would have to be the first legal one too.
    let weighed = |trade: &Trade| {
        let line = &trade.declaration.lines[0];
        line.unit != line.unit1 && line.price < Decimal::from_whole(1_000)
    };
    let mut changed = (11..).map(trade).find(weighed).unwrap();
    let before = changed.declaration.lines[0].qty;
    let quantity = before.checked_add(Decimal::from_units(1)).unwrap();
    changed.declaration.lines[0].qty = quantity;
    let [quantity, before] = [quantity, before].map(|quantity| quantity.to_string());
    check_trade(Window::without_draws(), &changed, Reason::LineQuantityDiffers, [&quantity, &before]);
}

/// Price, quantity and total hang together: a line that stays right by itself differs in two of them from the order.
#[test]
fn a_changed_price_gives_price_and_total() {
    let mut window = Window::without_draws();
    let mut changed = (11..).map(trade).find(|trade| trade.declaration.lines[0].qty > Decimal::ONE).unwrap();
    let line = &mut changed.declaration.lines[0];
    line.price = line.price.checked_add(Decimal::ONE).unwrap();
    line.total_price = Decimal::from_units(line.price.product(line.qty).unwrap() / Decimal::ONE.units());
    let outcome = window.trade(&changed);
    let rules: Vec<Reason> = outcome.answer.findings.iter().map(|finding| finding.reason).collect();
    assert_eq!(rules, [Reason::LinePriceDiffers, Reason::LineTotalDiffers]);
    let mut window = Window::without_draws();
    let mut changed =
        (11..).map(trade).find(|trade| trade.declaration.lines[0].price > Decimal::ONE).unwrap();
    let line = &mut changed.declaration.lines[0];
    line.qty = line.qty.checked_add(Decimal::ONE).unwrap();
    line.total_price = Decimal::from_units(line.price.product(line.qty).unwrap() / Decimal::ONE.units());
    let outcome = window.trade(&changed);
    let rules: Vec<Reason> = outcome.answer.findings.iter().map(|finding| finding.reason).collect();
    assert_eq!(rules, [Reason::LineQuantityDiffers, Reason::LineTotalDiffers]);
}

/// What links the documents is not compared: where one names another trade the list waits for it, and is told in time which
/// one is not there.
#[test]
fn a_partner_of_another_trade_is_missed_and_no_other() {
    type Case = (fn(&mut Trade), Reason);
    let cases: [Case; 4] = [
        (|t| t.order.head.order_no = "OTHER".into(), Reason::OrderMissing),
        (|t| t.payment.order_no = "OTHER".into(), Reason::PaymentMissing),
        (|t| t.waybill.logistics_no = "OTHER".into(), Reason::WaybillMissing),
        (|t| t.declaration.head.logistics_no = "OTHER".into(), Reason::WaybillMissing),
    ];
    for (change, reason) in cases {
        let mut window = Window::without_draws();
        let clean = trade(11);
        let mut changed = clean.clone();
        change(&mut changed);
        let outcome = window.trade(&changed);
        assert_eq!(outcome.answer.status, 2, "{reason:?}: {:?}", outcome.answer);
        window.wait_days(4);
        let attempt = window.of(&clean).attempt.as_ref().unwrap();
        let rules: Vec<Reason> = attempt.findings.iter().map(|finding| finding.reason).collect();
        assert_eq!((attempt.declaration.status, rules), (100, vec![reason]));
        assert_eq!(attempt.findings[0].fields[0].value.as_str(), clean.order.head.order_no.as_str());
        assert!(window.facts.balances.values().all(|balance| balance.held == 0 && balance.posted == 0));
    }
}

#[test]
fn buyer_may_differ_from_payer_where_the_platform_verifies_identity() {
    let mut window = Window::without_draws();
    let mut changed = trade(11);
    changed.payment.payer_name = "样例他人".into();
    let platform = changed.order.head.ebp_code.clone();
    let mut parties = clearance::party::Parties::default();
    for mut filing in clearance::sample::filings() {
        filing.verifies_identity = filing.code == platform;
        parties.file(filing);
    }
    window.reference.parties = std::sync::Arc::new(parties);
    assert_eq!(window.trade(&changed).answer.status, 120);
}
