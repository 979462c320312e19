//! `onewindow generate`: realistic CEB traffic of invented trades, the same for the same seed and instant.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

pub mod bonded;
pub mod export_fraud;
pub mod exports;
pub mod fraud;

use crate::Failure;
use ceb::{Decimal, Document, Style};
use clearance::Text;
use clearance::keys::Time;
use clearance::party::Filing;
use clearance::sample::{self, Numbers, Trade};
use server::clock::Clock;
use std::path::PathBuf;

/// The file of the parties that the messages name.
pub const PARTIES: &str = "parties.json";

/// The file of the moves that open and fill the book of bonded trades.
const BOOK: &str = "book.json";

/// The file that says which trades are fraud.
const TRUTH: &str = "fraud.csv";

/// Arguments of `generate`.
#[derive(clap::Args)]
pub struct Arguments {
    /// How many declarations, each with its order, payment and waybill.
    #[arg(long, default_value_t = 100)]
    declarations: u64,
    /// How many exports, each with its order, waybill, list and money receipt, and their bills.
    #[arg(long, default_value_t = 0)]
    exports: u64,
    /// Make the declarations 1210, from a bonded book; the moves that open and fill it are written into `book.json`, to be posted in
    /// their order before the messages.
    #[arg(long)]
    bonded: bool,
    /// Seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder to write into.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Share of trades with a defect, 0 to 1.
    #[arg(long, default_value = "0", value_parser = share)]
    defects: u64,
    /// Share of trades, and of exports, in which fraud is planted, 0 to 1; what was planted is written into `fraud.csv` beside the
    /// messages. Of an export the first column has the merchant.
    #[arg(long, default_value = "0", value_parser = share)]
    fraud: u64,
    /// Documents in a message, 1 to 100.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=100))]
    batch: u64,
    /// Instant of the messages, 14 digits in China standard time; the beginning of today unless named, so that a day's
    /// messages are the same and recent enough to be accepted.
    #[arg(long, value_parser = instant)]
    at: Option<Time>,
}

/// Something wrong with a trade: one field changed, as senders do.
pub fn spoil(trade: &mut Trade, draw: &mut Numbers) -> &'static str {
    match draw.below(8) {
        0 => {
            trade.declaration.head.buyer_name = "样例他人".into();
            "buyer-name-differs"
        }
        1 => {
            trade.payment.amount_paid =
                trade.payment.amount_paid.checked_add(Decimal::ONE).unwrap_or_default();
            "paid-amount-differs"
        }
        2 => {
            trade.order.head.actural_paid = Decimal::from_whole(1);
            "order-sum-wrong"
        }
        3 => {
            trade.declaration.head.buyer_id_number = "990000199001010000".into();
            "identity-number-wrong"
        }
        4 => {
            trade.declaration.head.assure_code = "9999999999".into();
            "party-unknown"
        }
        5 => {
            trade.waybill.consignee_address = "样例省样例市另一处".into();
            "consignee-address-differs"
        }
        6 => {
            trade.declaration.lines[0].gcode = "2402200000".into();
            "goods-not-listed"
        }
        _ => {
            trade.waybill.consignee_telephone = "10012345678".into();
            "consignee-telephone-differs"
        }
    }
}

/// Messages of trades: (sender, name, bytes), in an order in which they may be sent.
pub fn messages(trades: &[Trade], seed: u64, batch: usize, now: Time) -> Vec<(Text, String, Vec<u8>)> {
    let mut out = Vec::new();
    for (part, chunk) in trades.chunks(batch).enumerate() {
        for kind in 0..4 {
            let mut by_sender: std::collections::BTreeMap<Text, Vec<Document>> =
                std::collections::BTreeMap::new();
            for trade in chunk {
                let (sender, document) = trade.documents()[kind].clone();
                by_sender.entry(sender).or_default().push(document);
            }
            out.extend(written(part, kind, by_sender));
        }
        let mut by_carrier: std::collections::BTreeMap<Text, Vec<&Trade>> = std::collections::BTreeMap::new();
        for trade in chunk {
            by_carrier.entry(trade.waybill.logistics_code.clone()).or_default().push(trade);
        }
        for (carrier, mut trades) in by_carrier {
            // What is sold from a book is in the zone already.
            trades.retain(|trade| trade.declaration.head.ems_no.is_none());
            if let Some(arrival) = Trade::arrival(seed, &trades, now) {
                let sender = arrival.head.operator_code.clone();
                let message = sample::message(&sender, vec![Document::Arrival(arrival)]);
                out.push((
                    sender,
                    format!("{part:07}-5-{carrier}-711.xml"),
                    ceb::write(&message, Style::Prefixed),
                ));
            }
        }
    }
    out
}

fn written(
    part: usize,
    kind: usize,
    by_sender: std::collections::BTreeMap<Text, Vec<Document>>,
) -> Vec<(Text, String, Vec<u8>)> {
    by_sender
        .into_iter()
        .map(|(sender, documents)| {
            let number = documents.first().map_or(0, |document| document.kind().number());
            let message = sample::message(&sender, documents);
            (
                sender.clone(),
                format!("{part:07}-{}-{sender}-{number}.xml", kind + 1),
                ceb::write(&message, Style::Prefixed),
            )
        })
        .collect()
}

/// Consumers among whom so many trades are shared: about four a year each.
pub fn persons(trades: u64) -> u64 {
    (trades / 4).clamp(1_000, 4_000_000)
}

/// Trades of so many consumers, with a share of defects per million.
pub fn trades(seed: u64, first: u64, count: u64, persons: u64, defects_ppm: u64, now: Time) -> Vec<Trade> {
    (first..first + count)
        .map(|number| {
            let mut trade = Trade::new(seed, number, now, persons);
            let mut draw = Numbers::new(seed ^ 0xDEFEC7, number);
            if draw.below(1_000_000) < defects_ppm {
                spoil(&mut trade, &mut draw);
            }
            trade
        })
        .collect()
}

/// Parts per million of a share written as a decimal.
pub fn share(text: &str) -> Result<u64, String> {
    let share = Decimal::parse(text).filter(|share| !share.is_negative() && *share <= Decimal::ONE);
    let share = share.and_then(|share| u64::try_from(share.units() * 10).ok());
    share.ok_or_else(|| format!("{text} is not a share from 0 to 1"))
}

fn instant(text: &str) -> Result<Time, String> {
    let stamp = ceb::Stamp::parse(text).ok_or("an instant is 14 digits yyyyMMddHHmmss")?;
    Ok(Time::from_stamp(stamp))
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    let now = arguments.at.unwrap_or_else(|| Time::start_of(Clock::Real.now().day()));
    std::fs::create_dir_all(&arguments.out)?;
    let count = arguments.declarations;
    let mut trades = trades(arguments.seed, 0, count, persons(count), arguments.defects, now);
    let planted = fraud::plant(&mut trades, arguments.seed, arguments.fraud);
    let mut exports = exports::made(arguments.seed, arguments.exports, now);
    let planted_exports = export_fraud::plant(&mut exports, arguments.seed, arguments.fraud, now);
    if arguments.fraud > 0 {
        let mut truth = String::from("platform,order_no,sort,case\n");
        for (at, sort, case) in &planted {
            let head = &trades[*at].order.head;
            truth.push_str(&format!("{},{},{sort},{case}\n", head.ebp_code, head.order_no));
        }
        for (at, sort, case) in &planted_exports.planted {
            let head = &exports[*at].order.head;
            truth.push_str(&format!("{},{},{sort},{case}\n", head.ebc_code, head.order_no));
        }
        std::fs::write(arguments.out.join(TRUTH), truth)?;
    }
    if arguments.bonded {
        trades = bonded::sold(trades);
        let steps = bonded::opened().into_iter().chain(bonded::stocked("H1", count)?);
        let steps: Vec<serde_json::Value> = steps.map(|step| step.json()).collect();
        std::fs::write(arguments.out.join(BOOK), serde_json::to_string_pretty(&steps)?)?;
    }
    // Goods that go round come in as others do, before they leave again.
    trades.extend(planted_exports.came_in.into_iter().map(|(_, trade)| trade));
    let messages = messages(&trades, arguments.seed, arguments.batch as usize, now);
    let exports = exports::messages(&exports, arguments.batch as usize, now);
    let count = messages.len() + exports.len();
    for (name, bytes) in messages.into_iter().map(|(_, name, bytes)| (name, bytes)).chain(exports) {
        std::fs::write(arguments.out.join(name), bytes)?;
    }
    let filings: Vec<Filing> = sample::filings().into_iter().chain(planted_exports.merchants).collect();
    let parties = crate::party::to_json(&filings)?;
    std::fs::write(arguments.out.join(PARTIES), parties)?;
    let of_exports =
        if arguments.exports == 0 { String::new() } else { format!(" and {} exports", arguments.exports) };
    println!(
        "{count} messages of {} declarations{of_exports} in {}",
        arguments.declarations,
        arguments.out.display()
    );
    Ok(true)
}
