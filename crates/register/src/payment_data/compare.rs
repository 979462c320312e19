//! Holds what a payment firm said against what was declared: the answer of a platform against its order and the payment
//! document. Each difference names both fields and both values. What comes of it an officer decides.

use super::form::PaymentData;
use ceb::{Decimal, Order, Payment, Stamp};
use clearance::keys::Time;
use serde::{Deserialize, Serialize};

/// How an answer compares.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// In everything that was there.
    Agrees,
    /// In something it does not.
    Differs,
    /// Order or payment is not there yet; what was there agrees.
    Incomplete,
}

/// One difference.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Difference {
    /// Where in the answer.
    pub path: String,
    /// What it says there.
    pub value: String,
    /// Where in the documents, as `order.acturalPaid`.
    pub other_path: String,
    /// What they say.
    pub other_value: String,
    /// What is the matter, in Chinese.
    pub text_zh: String,
    /// As `text_zh`, in English.
    pub text_en: String,
}

/// What came of comparing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Comparison {
    /// How it compares.
    pub outcome: Outcome,
    /// In what it differs.
    pub differences: Vec<Difference>,
    /// What was not there to compare with.
    pub missing: Vec<String>,
}

/// What is held against it.
#[derive(Clone, Copy, Debug)]
pub struct Documents<'a> {
    /// The orders that it names and that are there, by number.
    pub orders: &'a [(String, Option<Order>)],
    /// The payment of the order that was asked for.
    pub payment: Option<&'a Payment>,
    /// How far the times of payment may lie apart, in minutes.
    pub minutes: i64,
}

/// Compares an answer with what was declared of the order `asked`.
pub fn compare(data: &PaymentData, asked: &str, documents: Documents<'_>) -> Comparison {
    let mut compared = Comparison { outcome: Outcome::Agrees, differences: Vec::new(), missing: Vec::new() };
    if !data.orders.iter().any(|order| order.order_no == asked) {
        let named: Vec<&str> = data.orders.iter().map(|order| order.order_no.as_str()).collect();
        let texts = ("回传数据不含所查订单", "the order that was asked for is not in the answer");
        compared.differ(
            ("payExchangeInfoLists[].orderNo", &named.join(", ")),
            ("openReq.orderNo", asked),
            texts,
        );
    }
    match documents.payment {
        Some(payment) => with_payment(data, payment, documents.minutes, &mut compared),
        None => compared.missing.push("payment".to_owned()),
    }
    with_orders(data, documents.orders, &mut compared);
    compared.outcome = match (compared.differences.is_empty(), compared.missing.is_empty()) {
        (false, _) => Outcome::Differs,
        (true, false) => Outcome::Incomplete,
        (true, true) => Outcome::Agrees,
    };
    compared
}

impl Comparison {
    fn differ(
        &mut self,
        (path, value): (&str, &str),
        (other_path, other_value): (&str, &str),
        texts: (&str, &str),
    ) {
        self.differences.push(Difference {
            path: path.to_owned(),
            value: value.to_owned(),
            other_path: other_path.to_owned(),
            other_value: other_value.to_owned(),
            text_zh: texts.0.to_owned(),
            text_en: texts.1.to_owned(),
        });
    }

    fn same(&mut self, left: (&str, &str), right: (&str, &str), texts: (&str, &str)) {
        if left.1.trim() != right.1.trim() {
            self.differ(left, right, texts);
        }
    }
}

fn with_payment(data: &PaymentData, payment: &Payment, minutes: i64, compared: &mut Comparison) {
    let head = |field: &str| format!("payExchangeInfoHead.{field}");
    compared.same(
        (&head("payCode"), &data.pay_code),
        ("payment.payCode", &payment.pay_code),
        ("支付企业与支付单不一致", "another payment firm than in the payment"),
    );
    compared.same(
        (&head("payTransactionId"), &data.transaction),
        ("payment.payTransactionId", &payment.pay_transaction_id),
        ("支付流水号与支付单不一致", "another transaction than in the payment"),
    );
    compared.same(
        (&head("currency"), &data.currency),
        ("payment.currency", &payment.currency),
        ("币制与支付单不一致", "another currency than in the payment"),
    );
    // A payment of several orders is declared order by order: its own document has a part of it.
    let single = data.orders.len() == 1;
    if (single && data.total_amount != payment.amount_paid) || data.total_amount < payment.amount_paid {
        compared.differ(
            (&head("totalAmount"), &data.total_amount.to_string()),
            ("payment.amountPaid", &payment.amount_paid.to_string()),
            ("支付金额与支付单不一致", "another amount than in the payment"),
        );
    }
    let apart = Time::from_stamp(data.trading_time).0 - Time::from_stamp(payment.pay_time).0;
    if apart.abs() > minutes * 60_000 {
        let number = |stamp: Stamp| stamp.number().to_string();
        compared.differ(
            (&head("tradingTime"), &number(data.trading_time)),
            ("payment.payTime", &number(payment.pay_time)),
            ("交易成功时间与支付单支付时间不一致", "paid at another time than the payment says"),
        );
    }
}

fn with_orders(data: &PaymentData, orders: &[(String, Option<Order>)], compared: &mut Comparison) {
    let mut sum = Some(Decimal::default());
    for (number, order) in orders {
        let Some(order) = order else {
            compared.missing.push(format!("order {number}"));
            sum = None;
            continue;
        };
        sum = sum.and_then(|sum| sum.checked_add(order.head.actural_paid));
        let at = data.orders.iter().position(|paid| paid.order_no == *number);
        if let Some((index, paid)) = at.and_then(|index| Some((index, data.orders.get(index)?))) {
            with_goods(index, &paid.goods, order, compared);
        }
    }
    let Some(sum) = sum.filter(|sum| *sum != data.total_amount) else { return };
    compared.differ(
        ("payExchangeInfoHead.totalAmount", &data.total_amount.to_string()),
        ("order.acturalPaid", &sum.to_string()),
        ("支付金额与订单实际支付金额（合计）不一致", "another amount than the orders, in sum, say was paid"),
    );
}

/// Goods by name, whatever their order.
fn with_goods(index: usize, goods: &[String], order: &Order, compared: &mut Comparison) {
    let sold = || order.lines.iter().map(|line| line.item_name.trim());
    for (number, name) in goods.iter().enumerate() {
        if !sold().any(|sold| sold == name) {
            compared.differ(
                (&format!("payExchangeInfoLists[{index}].goodsInfo[{number}].gname"), name),
                ("order.itemName", &sold().collect::<Vec<_>>().join("; ")),
                ("回传商品不在订单中", "this article is not in the order"),
            );
        }
    }
    for (line, name) in order.lines.iter().zip(sold()) {
        if !goods.iter().any(|given| given == name) {
            compared.differ(
                (&format!("payExchangeInfoLists[{index}].goodsInfo"), &goods.join("; ")),
                (&format!("order.itemName[{}]", line.gnum), name),
                ("订单商品未在回传数据中", "an article of the order is not in the answer"),
            );
        }
    }
}
