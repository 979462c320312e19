//! The trades of the day and their steps: many lists of one buyer, who has not room for all of them in his year, and trades of
//! others with what becomes of trades.

use crate::support::{NOW, at_price};
use ceb::Decimal;
use clearance::Text;
use clearance::keys::OrderKey;
use clearance::risk::{SamplingSeed, draw};
use clearance::sample::{Numbers, Trade};

pub(super) const SEED: u64 = 56;
/// Lists of the one buyer, what each is worth in fen, and how many of them his year has room for.
pub(super) const LISTS: usize = 8;
pub(super) const VALUE: i64 = 410_000;
pub(super) const FITTING: usize = 6;
/// Trades of others, each of a buyer of its own.
pub(super) const OTHERS: usize = 30;

/// What is to become of a trade.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Course {
    /// All documents come, and the parcel arrives.
    Whole,
    /// Its agent cancels the list before the parcel comes.
    Cancelled,
    /// The parcel arrives, and its first line goes back.
    Returned,
    /// The payment is of one yuan.
    PaidTooLittle,
    /// The list has another country of origin than the order.
    OtherCountry,
    /// No payment comes.
    NeverPaid,
    /// The list names no office of customs.
    NoOffice,
}

/// What becomes of the trades of others, again and again.
pub(super) const COURSES: [Course; 10] = [
    Course::Whole,
    Course::Cancelled,
    Course::Returned,
    Course::PaidTooLittle,
    Course::Whole,
    Course::OtherCountry,
    Course::NeverPaid,
    Course::Cancelled,
    Course::Returned,
    Course::NoOffice,
];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// Order, payment, waybill or list.
    Document(usize),
    Arrival,
    Cancellation,
    Return,
}

impl Step {
    /// Steps of one phase may come at once: a parcel arrives when its documents are there, what is cancelled was declared.
    pub(super) fn phase(self) -> usize {
        match self {
            Self::Document(_) => 0,
            Self::Arrival => 1,
            Self::Cancellation | Self::Return => 2,
        }
    }
}

#[derive(Clone)]
pub(super) struct Plan {
    pub(super) trade: Trade,
    pub(super) course: Course,
    /// Whether it is one of the one buyer's.
    pub(super) of_buyer: bool,
}

impl Plan {
    pub(super) fn key(&self) -> OrderKey {
        let head = &self.trade.order.head;
        OrderKey::new(&head.ebp_code, &head.order_no)
    }

    pub(super) fn arrival(&self) -> ceb::Arrival {
        Trade::arrival(SEED, &[&self.trade], NOW).unwrap()
    }

    /// The numbers by which receipts name its documents.
    pub(super) fn numbers(&self) -> Vec<Text> {
        let mut numbers = vec![
            self.trade.order.head.order_no.clone(),
            self.trade.payment.pay_transaction_id.clone(),
            self.trade.waybill.logistics_no.clone(),
        ];
        numbers.extend(self.trade.declaration.head.cop_no.clone());
        numbers.extend(self.arrival().head.cop_no.clone());
        numbers
    }

    /// Its steps, the documents in an order that is drawn for it.
    pub(super) fn steps(&self, draw: &mut Numbers) -> Vec<Step> {
        let paid = |which: &usize| *which != 1 || self.course != Course::NeverPaid;
        let mut documents: Vec<usize> = (0..4).filter(paid).collect();
        let mut steps = Vec::new();
        while !documents.is_empty() {
            let which = draw.below(documents.len() as u64) as usize;
            steps.push(Step::Document(documents.swap_remove(which)));
        }
        let after: &[Step] = match self.course {
            Course::Whole | Course::PaidTooLittle | Course::OtherCountry => &[Step::Arrival],
            Course::Cancelled => &[Step::Cancellation],
            Course::Returned => &[Step::Arrival, Step::Return],
            Course::NeverPaid | Course::NoOffice => &[],
        };
        steps.extend_from_slice(after);
        steps
    }
}

/// A list of the one buyer, with this number.
fn of_buyer(number: u64) -> Trade {
    let mut trade = Trade::new(SEED, number, NOW, 1);
    let freight = Decimal::from_whole(20);
    trade.order.head.freight = freight;
    trade.waybill.freight = Some(freight);
    trade.declaration.head.freight = freight;
    at_price(trade, VALUE / 100 - 20)
}

/// What lists have in common that are told the same: parties and goods.
fn sort_of(trade: &Trade) -> [Text; 6] {
    let head = &trade.declaration.head;
    [
        head.ebp_code.clone(),
        head.ebc_code.clone(),
        head.agent_code.clone(),
        head.logistics_code.clone(),
        trade.payment.pay_code.clone(),
        trade.declaration.lines[0].gcode.clone(),
    ]
}

pub(super) fn day() -> Vec<Plan> {
    let seed = SamplingSeed { secret: [7; 32], ..SamplingSeed::default() };
    let head = |trade: &Trade| OrderKey::new(&trade.order.head.ebp_code, &trade.order.head.order_no);
    let sort = sort_of(&of_buyer(0));
    let mut day: Vec<Plan> = (0..)
        .map(of_buyer)
        // The draw would treat one of them unlike the others.
        .filter(|trade| sort_of(trade) == sort && draw(&seed, &head(trade)) > 100_000)
        .take(LISTS)
        .map(|trade| Plan { trade, course: Course::Whole, of_buyer: true })
        .collect();
    let others = (1_000_000..)
        .map(|number| Trade::new(SEED, number, NOW, 1_000_000))
        // What the same goods cost with others is looked at by rules: it must not matter who was first.
        .filter(|trade| trade.declaration.lines.iter().all(|line| line.gcode != sort[5]));
    for (mut trade, course) in others.take(OTHERS).zip(COURSES.into_iter().cycle()) {
        match course {
            Course::PaidTooLittle => trade.payment.amount_paid = Decimal::from_whole(1),
            Course::OtherCountry => trade.declaration.lines[0].country = "110".into(),
            Course::NoOffice => trade.declaration.head.customs_code = "99".into(),
            Course::Whole | Course::Cancelled | Course::Returned | Course::NeverPaid => {}
        }
        day.push(Plan { trade, course, of_buyer: false });
    }
    day
}
