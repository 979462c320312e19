//! The match of order, payment and waybill with the declaration (RULES §3): every comparison its own rule, with both
//! values; exact decimals with a tolerance, texts as sent, trimmed. Leaves to others when there is enough to match.

use crate::finding::Finding;
use crate::party::Filing;
use crate::reason::Reason;
use crate::rulebook::Law;
use ceb::{Decimal, Declaration, Order, Payment, Waybill};

/// Whether a rule compares documents with each other, of imports or of exports; by their permanent numbers.
pub fn compares(rule: Reason) -> bool {
    matches!(rule.number(), 70..=97 | 160..=169)
}

/// Compares the four documents; an empty list means they agree.
pub fn compare(
    order: &Order,
    payment: &Payment,
    waybill: &Waybill,
    declaration: &Declaration,
    law: &Law,
    platform: Option<&Filing>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    lines(order, declaration, law, &mut found);
    buyer(order, declaration, &mut found);
    let exempt = law.identity_exempts_payer == 1 && platform.is_some_and(|filing| filing.verifies_identity);
    if !exempt {
        text(
            &mut found,
            Reason::PayerNameDiffers,
            "OrderHead.buyerName",
            &order.head.buyer_name,
            "PaymentHead.payerName",
            &payment.payer_name,
        );
        identity(
            &mut found,
            Reason::PayerIdNumberDiffers,
            "OrderHead.buyerIdNumber",
            &order.head.buyer_id_number,
            "PaymentHead.payerIdNumber",
            &payment.payer_id_number,
        );
    }
    amount(
        &mut found,
        Reason::PaidAmountDiffers,
        ("OrderHead.acturalPaid", order.head.actural_paid),
        ("PaymentHead.amountPaid", payment.amount_paid),
        law.amount_tolerance,
    );
    if let Some(pay_code) = &order.head.pay_code {
        text(
            &mut found,
            Reason::PaymentFirmDiffers,
            "OrderHead.payCode",
            pay_code,
            "PaymentHead.payCode",
            &payment.pay_code,
        );
    }
    if let Some(number) = &order.head.pay_transaction_id {
        text(
            &mut found,
            Reason::PaymentNumberDiffers,
            "OrderHead.payTransactionId",
            number,
            "PaymentHead.payTransactionId",
            &payment.pay_transaction_id,
        );
    }
    carriage(order, waybill, declaration, law, &mut found);
    found
}

/// Whether list and order have different numbers of lines; then no line is held against another.
pub(crate) fn count_differs(
    [declared, ordered]: [&str; 2],
    counts: [usize; 2],
    found: &mut Vec<Finding>,
) -> bool {
    let [lines, of_order] = counts;
    if lines == of_order {
        return false;
    }
    found.push(
        Finding::new(Reason::LineCountDiffers)
            .field("InventoryHead.orderNo", declared)
            .field("OrderHead.orderNo", ordered)
            .arithmetic(format!("{lines} ≠ {of_order}")),
    );
    true
}

/// The line of an order that has the number of a line of a list, with its place in the order; that none has it is found.
pub(crate) fn ordered<'a, L>(
    lines: &'a [L],
    number: impl Fn(&L) -> u32,
    (index, gnum): (usize, u32),
    found: &mut Vec<Finding>,
) -> Option<(usize, &'a L)> {
    let line = lines.iter().enumerate().find(|&(_, line)| number(line) == gnum);
    if line.is_none() {
        let numbers: Vec<String> = lines.iter().map(|line| number(line).to_string()).collect();
        let own = format!("InventoryList[{}].gnum", index + 1);
        let unmatched = Finding::new(Reason::LineNumberUnmatched).field(own, gnum);
        found.push(unmatched.field("OrderList.gnum", numbers.join(" ")));
    }
    line
}

fn lines(order: &Order, declaration: &Declaration, law: &Law, found: &mut Vec<Finding>) {
    if count_differs(
        [&declaration.head.order_no, &order.head.order_no],
        [declaration.lines.len(), order.lines.len()],
        found,
    ) {
        return;
    }
    for (index, line) in declaration.lines.iter().enumerate() {
        let own = |field: &str| format!("InventoryList[{}].{field}", index + 1);
        let Some((at, ordered)) = ordered(&order.lines, |one| one.gnum, (index, line.gnum), found) else {
            continue;
        };
        let theirs = |field: &str| format!("OrderList[{}].{field}", at + 1);
        text(
            found,
            Reason::LineNameDiffers,
            &own("gname"),
            &line.gname,
            &theirs("itemName"),
            &ordered.item_name,
        );
        amount(found, Reason::LineQuantityDiffers, (&own("qty"), line.qty), (&theirs("qty"), ordered.qty), 0);
        text(found, Reason::LineUnitDiffers, &own("unit"), &line.unit, &theirs("unit"), &ordered.unit);
        amount(
            found,
            Reason::LinePriceDiffers,
            (&own("price"), line.price),
            (&theirs("price"), ordered.price),
            law.amount_tolerance,
        );
        amount(
            found,
            Reason::LineTotalDiffers,
            (&own("totalPrice"), line.total_price),
            (&theirs("totalPrice"), ordered.total_price),
            law.amount_tolerance,
        );
        text(
            found,
            Reason::LineCountryDiffers,
            &own("country"),
            &line.country,
            &theirs("country"),
            &ordered.country,
        );
    }
}

fn buyer(order: &Order, declaration: &Declaration, found: &mut Vec<Finding>) {
    let (list, order) = (&declaration.head, &order.head);
    text(
        found,
        Reason::BuyerNameDiffers,
        "InventoryHead.buyerName",
        &list.buyer_name,
        "OrderHead.buyerName",
        &order.buyer_name,
    );
    text(
        found,
        Reason::BuyerIdTypeDiffers,
        "InventoryHead.buyerIdType",
        &list.buyer_id_type,
        "OrderHead.buyerIdType",
        &order.buyer_id_type,
    );
    identity(
        found,
        Reason::BuyerIdNumberDiffers,
        "InventoryHead.buyerIdNumber",
        &list.buyer_id_number,
        "OrderHead.buyerIdNumber",
        &order.buyer_id_number,
    );
    text(
        found,
        Reason::BuyerTelephoneDiffers,
        "InventoryHead.buyerTelephone",
        &list.buyer_telephone,
        "OrderHead.buyerTelephone",
        &order.buyer_telephone,
    );
    text(
        found,
        Reason::MerchantDiffers,
        "InventoryHead.ebcCode",
        &list.ebc_code,
        "OrderHead.ebcCode",
        &order.ebc_code,
    );
}

fn carriage(
    order: &Order,
    waybill: &Waybill,
    declaration: &Declaration,
    law: &Law,
    found: &mut Vec<Finding>,
) {
    let (list, order) = (&declaration.head, &order.head);
    text(
        found,
        Reason::WaybillOrderDiffers,
        "LogisticsHead.orderNo",
        &waybill.order_no,
        "InventoryHead.orderNo",
        &list.order_no,
    );
    text(
        found,
        Reason::ConsigneeDiffers,
        "OrderHead.consignee",
        &order.consignee,
        "LogisticsHead.consignee",
        &waybill.consignee,
    );
    text(
        found,
        Reason::ConsigneeTelephoneDiffers,
        "OrderHead.consigneeTelephone",
        &order.consignee_telephone,
        "LogisticsHead.consigneeTelephone",
        &waybill.consignee_telephone,
    );
    text(
        found,
        Reason::ConsigneeAddressDiffers,
        "OrderHead.consigneeAddress",
        &order.consignee_address,
        "LogisticsHead.consigneeAddress",
        &waybill.consignee_address,
    );
    text(
        found,
        Reason::ListAddressDiffers,
        "InventoryHead.consigneeAddress",
        &list.consignee_address,
        "OrderHead.consigneeAddress",
        &order.consignee_address,
    );
    asked(found, law, (law.compare_weight, "compare_weight"), |found| {
        amount(
            found,
            Reason::GrossWeightDiffers,
            ("InventoryHead.grossWeight", list.gross_weight),
            ("LogisticsHead.weight", waybill.weight),
            law.weight_tolerance,
        );
    });
    asked(found, law, (law.compare_order_freight, "compare_order_freight"), |found| {
        amount(
            found,
            Reason::FreightDiffers,
            ("InventoryHead.freight", list.freight),
            ("OrderHead.freight", order.freight),
            law.amount_tolerance,
        );
    });
    asked(found, law, (law.compare_charges, "compare_charges"), |found| {
        // Both are optional on the waybill; what it does not state is not compared.
        if let Some(freight) = waybill.freight {
            amount(
                found,
                Reason::FreightDiffers,
                ("InventoryHead.freight", list.freight),
                ("LogisticsHead.freight", freight),
                law.amount_tolerance,
            );
        }
        if let Some(insurance) = waybill.insured_fee {
            amount(
                found,
                Reason::InsuranceDiffers,
                ("InventoryHead.insuredFee", list.insured_fee),
                ("LogisticsHead.insuredFee", insurance),
                law.amount_tolerance,
            );
        }
    });
}

/// Compares where a parameter asks for it: what differs rests on that one, and where it is not sure a person decides.
pub(crate) fn asked(
    found: &mut Vec<Finding>,
    law: &Law,
    (value, parameter): (i64, &str),
    compare: impl FnOnce(&mut Vec<Finding>),
) {
    if value != 1 {
        return;
    }
    let mut differs = Vec::new();
    compare(&mut differs);
    found.extend(differs.into_iter().map(|finding| finding.resting_on(law, parameter)));
}

pub(crate) fn text(
    found: &mut Vec<Finding>,
    reason: Reason,
    left: &str,
    one: &str,
    right: &str,
    other: &str,
) {
    if one.trim() != other.trim() {
        found.push(Finding::new(reason).field(left, one).field(right, other));
    }
}

/// Identity numbers may end in x or X.
fn identity(found: &mut Vec<Finding>, reason: Reason, left: &str, one: &str, right: &str, other: &str) {
    if !one.trim().eq_ignore_ascii_case(other.trim()) {
        found.push(Finding::new(reason).field(left, one).field(right, other));
    }
}

pub(crate) fn amount(
    found: &mut Vec<Finding>,
    reason: Reason,
    (left, one): (&str, Decimal),
    (right, other): (&str, Decimal),
    tolerance: i64,
) {
    let difference = one.units().abs_diff(other.units());
    if difference > u128::from(tolerance.unsigned_abs()) {
        found.push(Finding::new(reason).field(left, one).field(right, other));
    }
}
