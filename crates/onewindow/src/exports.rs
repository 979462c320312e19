//! `onewindow exports`: a month of closed export lists grouped into summarised declarations as an application to summarise would be,
//! whatever was applied for, and how fast the grouping is by itself. It writes nothing: it keeps the groups in memory, not the lists.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::space::Place;
use crate::{Failure, Space};
use ceb::Day;
use clearance::export::{ClosedList, ClosedPeriod, Group, GroupKey, Grouping, GroupingTerms};
use clearance::keys::Time;
use clearance::rulebook::Calendar;
use clearance::sample::Export;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use store::postgres::PostgresRead;
use store::sqlite::SqliteStore;
use store::{ChosenRead, Read, Store};

/// Lists that are read, or made, at a time.
const AT_A_TIME: usize = 2_000;

/// Arguments of `exports`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Group the lists of a merchant that were closed in a month.
    Summarise {
        #[command(flatten)]
        space: Space,
        /// The month, yyyy-MM.
        #[arg(long, value_name = "MONTH", value_parser = month)]
        month: (Day, Day),
        /// The merchant (ebcCode).
        #[arg(long, value_name = "CODE")]
        party: String,
        #[command(flatten)]
        terms: Terms,
    },
    /// Group invented lists: how fast it is without a store.
    Bench {
        /// How many.
        #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
        lists: u64,
        /// What they are invented of.
        #[arg(long, value_name = "N", default_value_t = 1)]
        seed: u64,
        #[command(flatten)]
        terms: Terms,
    },
}

#[derive(clap::Args)]
struct Terms {
    /// By producing or selling unit too (summaryFlag 2).
    #[arg(long)]
    by_owner: bool,
    /// Under the goods names of the lists (itemNameFlag 1).
    #[arg(long)]
    by_name: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// The first and the last day of a month.
fn month(text: &str) -> Result<(Day, Day), String> {
    let first = text.split_once('-').and_then(|(year, month)| {
        let digits =
            |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
        (digits(year, 4) && digits(month, 2)).then(|| Day::parse(&format!("{year}{month}01")))?
    });
    let first = first.ok_or("a month is yyyy-MM, as 2026-05")?;
    Ok((first, Calendar::plus_days(Calendar::plus_months(first, 1), -1)))
}

/// What was grouped, and what it took.
struct Grouped {
    grouping: Grouping,
    /// Lists of kind A, which are counted and not declared.
    left_out: u64,
    /// All of it.
    whole: Duration,
    /// The grouping alone.
    grouping_took: Duration,
}

impl Grouped {
    fn begin(terms: &Terms) -> Self {
        let terms = GroupingTerms { by_owner: terms.by_owner, by_name: terms.by_name };
        let (whole, grouping_took) = (Duration::ZERO, Duration::ZERO);
        Self { grouping: Grouping::new(terms), left_out: 0, whole, grouping_took }
    }

    fn add<'a>(&mut self, lists: impl IntoIterator<Item = &'a ClosedList>) -> Result<(), Failure> {
        let began = Instant::now();
        for list in lists {
            if list.statistics_flag != "B" {
                self.left_out += 1;
                continue;
            }
            self.grouping.add(list).map_err(|fault| {
                let (field, list, sum, added) = (fault.field, fault.invt_no, fault.sum, fault.added);
                format!("{field}: with list {list} the sum {sum} + {added} is more than a declaration holds; group by --by-owner, or in parts")
            })?;
        }
        self.grouping_took += began.elapsed();
        Ok(())
    }
}

async fn summarise(
    read: &ChosenRead,
    merchant: &str,
    (from, to): (Day, Day),
    terms: &Terms,
    bar: &ProgressBar,
) -> Result<Grouped, Failure> {
    let began = Instant::now();
    let mut grouped = Grouped::begin(terms);
    let month = ClosedPeriod { merchant: merchant.trim().into(), from, to, most: AT_A_TIME };
    let days = month.days();
    bar.set_length(days.len() as u64);
    for day in days {
        let of_day = ClosedPeriod { from: day, to: day, ..month.clone() };
        let mut after = None;
        loop {
            let (lists, next) = read.closed_lists(&of_day, after).await?;
            grouped.add(lists.iter().map(|list| &**list))?;
            bar.set_message(format!("{} lists", grouped.grouping.lists() + grouped.left_out));
            if next.is_none() {
                break;
            }
            after = next;
        }
        bar.inc(1);
    }
    grouped.whole = began.elapsed();
    Ok(grouped)
}

/// A list of a month that is invented: of many merchants' units, out of several districts, to several countries.
fn invented(seed: u64, number: u64) -> ClosedList {
    const COUNTRIES: [&str; 8] = ["119", "141", "136", "106", "103", "502", "116", "304"];
    const PORTS: [&str; 5] = ["8620", "8601", "8613", "8612", "8632"];
    const MODES: [&str; 3] = ["5", "4", "3"];
    let export = Export::new(seed, number, Time(1_795_399_200_000)).to_summarise();
    let mut list = ClosedList::of_declaration(&export.declaration);
    // Digits of the number, spread so that neighbours are not alike.
    let spread = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let pick = |shift: u32, count: usize| ((spread >> shift) % count as u64) as usize;
    list.invt_no = format!("86202026E{number:09}").into();
    list.country = COUNTRIES[pick(8, COUNTRIES.len())].into();
    list.port = PORTS[pick(20, PORTS.len())].into();
    list.traf_mode = MODES[pick(32, MODES.len())].into();
    list.owner = format!("53019602{:02}", pick(44, 20)).into();
    for line in &mut list.lines {
        line.country = list.country.clone();
    }
    list
}

fn bench(lists: u64, seed: u64, terms: &Terms, bar: &ProgressBar) -> Result<Grouped, Failure> {
    let began = Instant::now();
    let mut grouped = Grouped::begin(terms);
    bar.set_length(lists);
    let mut number = 0;
    while number < lists {
        let until = lists.min(number + AT_A_TIME as u64);
        let made: Vec<ClosedList> = (number..until).map(|number| invented(seed, number)).collect();
        grouped.add(&made)?;
        number = until;
        bar.set_position(number);
    }
    grouped.whole = began.elapsed();
    Ok(grouped)
}

fn declaration(number: u64, key: &GroupKey, group: &Group, lines: bool) -> Value {
    let mut shown = json!({
        "number": number, "lists": group.lists, "trafMode": key.traf_mode.as_str(), "ownerCode": key.owner.as_str(),
        "country": key.country.as_str(), "portCode": key.port.as_str(), "tradeMode": key.trade_mode.as_str(),
        "emsNo": key.ems_no.as_str(), "grossWeight": group.gross_weight.to_string(), "netWeight": group.net_weight.to_string(),
    });
    if lines {
        shown["lines"] = (1..)
            .zip(&group.lines)
            .map(|(at, (key, sums)): (u64, _)| {
                json!({
                    "gseqno": at, "gcode": key.gcode.as_str(), "gname": key.gname.as_str(), "country": key.country.as_str(),
                    "currency": key.currency.as_str(), "lines": sums.lines, "unit1": key.unit1.as_str(), "qty1": sums.qty1.to_string(),
                    "unit2": key.unit2.as_str(), "qty2": sums.qty2.to_string(), "totalPrice": sums.total_price.to_string(),
                })
            })
            .collect();
    }
    shown
}

fn answer(grouped: &Grouped, terms: &Terms, lines: bool) {
    let groups = grouped.grouping.groups();
    let of_lists: usize = groups.values().map(|group| group.lines.len()).sum();
    let (whole, alone) = (grouped.whole.as_secs_f64(), grouped.grouping_took.as_secs_f64());
    if terms.json {
        let all = (1..).zip(groups).map(|(number, (key, group))| declaration(number, key, group, lines));
        let all: Vec<Value> = if lines { all.collect() } else { Vec::new() };
        println!(
            "{}",
            json!({
                "lists": grouped.grouping.lists(), "leftOut": grouped.left_out, "groups": groups.len(), "lines": of_lists,
                "seconds": whole, "groupingSeconds": alone, "declarations": all,
            })
        );
        return;
    }
    println!(
        "{} lists in {} declarations with {of_lists} lines; {} of kind A left out; {whole:.2} s, of which grouping {alone:.2} s",
        grouped.grouping.lists(),
        groups.len(),
        grouped.left_out
    );
    for (number, (key, group)) in (1..).zip(groups).take(if lines { usize::MAX } else { 0 }) {
        let number: u64 = number;
        println!(
            "{number:>5}  {:>9} lists  mode {} by {} to {} out of {}  {} {}  gross {} net {}  {} lines",
            group.lists,
            key.trade_mode,
            key.traf_mode,
            key.country,
            key.port,
            key.ems_no,
            key.owner,
            group.gross_weight,
            group.net_weight,
            group.lines.len()
        );
    }
}

fn bar(of: &str) -> Result<ProgressBar, Failure> {
    let template = format!("{{bar:40}} {{pos}} of {{len}} {of} {{msg}}");
    Ok(ProgressBar::new(0).with_style(ProgressStyle::with_template(&template)?))
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    match arguments.action {
        Action::Bench { lists, seed, terms } => {
            let bar = bar("lists")?;
            let grouped = bench(lists, seed, &terms, &bar)?;
            bar.finish_and_clear();
            answer(&grouped, &terms, false);
        }
        Action::Summarise { space, month, party, terms } => {
            let bar = bar("days")?;
            let grouped = crate::runtime()?.block_on(async {
                let read = match space.place()? {
                    Place::Folder(folder, options) => {
                        let store = SqliteStore::open(&folder, &options, &mut |_| {})?;
                        let read = ChosenRead::Embedded(store.read());
                        // The folder stays locked while it is read.
                        let grouped = summarise(&read, &party, month, &terms, &bar).await;
                        drop(store);
                        return grouped;
                    }
                    Place::Database(options) => ChosenRead::Database(PostgresRead::open(&options).await?),
                };
                summarise(&read, &party, month, &terms, &bar).await
            })?;
            bar.finish_and_clear();
            answer(&grouped, &terms, true);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_its_days() {
        let days = |text: &str| month(text).map(|(from, to)| (from.number(), to.number()));
        assert_eq!(days("2026-02"), Ok((20_260_201, 20_260_228)));
        assert_eq!(days("2028-02"), Ok((20_280_201, 20_280_229)));
        assert_eq!(days("2026-12"), Ok((20_261_201, 20_261_231)));
        for wrong in ["2026-13", "2026-00", "202605", "2026-5", "26-05", "-", "２026-05"] {
            assert!(days(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn invented_lists_are_grouped_without_loss() {
        let terms = Terms { by_owner: true, by_name: true, json: true };
        let grouped = bench(3_000, 1, &terms, &ProgressBar::hidden()).unwrap();
        let groups = grouped.grouping.groups().values();
        assert_eq!((grouped.grouping.lists(), groups.map(|group| group.lists).sum::<u64>()), (3_000, 3_000));
        assert!(grouped.grouping.groups().len() > 1_000, "{}", grouped.grouping.groups().len());
    }
}
