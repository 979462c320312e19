//! The draw of a consignment: made once, kept over attempts, waybills and seeds, never known beforehand, never below the floor.

use crate::support::{NOW, Window, key, trade};
use ceb::{Day, Document};
use clearance::Rulebook;
use clearance::consignment::Drawn;
use clearance::event::ActionKind;
use clearance::keys::{OrderKey, Time};
use clearance::outcome::Draw;
use clearance::risk::{self, DrawPeriod, SamplingSeed, period};
use clearance::rulebook::TableFault;
use clearance::sample::Trade;

const DAY: i64 = 86_400_000;

fn seed(number: u32, until: i64) -> SamplingSeed {
    let byte = number as u8;
    let first = Day::from_number(20_261_100 + number).unwrap();
    let period = DrawPeriod { first, salts: [byte ^ 0x55; 32], until: Time(until) };
    SamplingSeed { number, secret: [byte; 32], period: Some(period) }
}

fn draw(window: &Window) -> Draw {
    window.outcomes.iter().rev().find_map(|outcome| outcome.read.draw).unwrap()
}

fn drawn(window: &Window, trade: &Trade) -> Drawn {
    window.of(trade).drawn.unwrap()
}

/// Everybody is drawn, or nobody: a share of so many parts per million.
fn share(window: &mut Window, ratio: u32) {
    let now = window.reference.current().parameters.on(window.now.day());
    for (name, before) in [
        ("sampling_floor", now.sampling_floor),
        ("sampling_base_9610", now.sampling_base_9610),
        ("sampling_base_1210", now.sampling_base_1210),
    ] {
        if before != i64::from(ratio) {
            window.parameter(&format!("{name},{before},"), &format!("{name},{ratio},"));
        }
    }
}

fn declare_again(window: &mut Window, trade: &mut Trade) {
    window.now = Time(window.now.0 + 60_000);
    trade.declaration.head.app_time = clearance::sample::stamp(window.now);
    window.send(Document::Declaration(trade.declaration.clone()));
}

#[test]
fn a_selection_stands_over_attempts_waybills_and_seeds() {
    let (mut window, mut trade) = (Window::new(), trade(1));
    window.reference.sampling_seed = seed(1, NOW.0 + DAY);
    share(&mut window, 1_000_000);
    window.trade(&trade);
    assert_eq!(window.state(&trade), 500);
    let first = drawn(&window, &trade);
    assert!(first.selected && first.seed == 1, "{first:?}");
    window.act(&trade, ActionKind::Reject);
    assert_eq!(window.state(&trade), 100);
    // Another seed, another waybill, long after the first seed was told, and a share that would spare it.
    share(&mut window, 0);
    window.wait_days(3);
    window.reference.sampling_seed = seed(2, window.now.0 + DAY);
    let number: ceb::Text = format!("{}9", trade.waybill.logistics_no).into();
    trade.waybill.logistics_no = number.clone();
    trade.waybill.guid = "11111111-2222-3333-4444-555555555555".into();
    window.send(Document::Waybill(trade.waybill.clone()));
    trade.declaration.head.logistics_no = number;
    trade.declaration.head.guid = "21111111-2222-3333-4444-555555555555".into();
    declare_again(&mut window, &mut trade);
    assert_eq!(window.of(&trade).attempt.as_ref().unwrap().number, 2);
    assert_eq!(window.state(&trade), 500, "{:?}", window.outcomes.last().unwrap().answer);
    assert_eq!(drawn(&window, &trade), first);
    let again = draw(&window);
    assert_eq!((again.seed, again.drawn, again.ratio), (1, first.number, 0));
    let hits = &window.of(&trade).attempt.as_ref().unwrap().hits;
    assert!(hits[0].rule == "random" && hits[0].evidence.starts_with("selected before"), "{hits:?}");
}

#[test]
fn who_was_spared_stays_so_while_the_seed_is_secret_unless_the_share_rises() {
    let (mut window, mut trade) = (Window::new(), trade(2));
    window.reference.sampling_seed = seed(1, NOW.0 + 10 * DAY);
    share(&mut window, 0);
    window.trade(&trade);
    assert_eq!(window.state(&trade), 120);
    let first = drawn(&window, &trade);
    assert!(!first.selected, "{first:?}");
    let again = |window: &mut Window, trade: &mut Trade| {
        window.act(trade, ActionKind::Inspect);
        window.act(trade, ActionKind::Reject);
        declare_again(window, trade);
    };
    // Under the next period's seed it is what it was.
    window.reference.sampling_seed = seed(2, NOW.0 + 17 * DAY);
    again(&mut window, &mut trade);
    assert_eq!((draw(&window).seed, draw(&window).drawn, window.state(&trade)), (1, first.number, 120));
    // Held against a share that is just above its number it is selected, by its old draw.
    share(&mut window, first.number + 1);
    again(&mut window, &mut trade);
    assert_eq!((draw(&window).seed, window.state(&trade)), (1, 500));
    let selected = Drawn { selected: true, ratio: first.number + 1, ..first };
    assert_eq!(drawn(&window, &trade), selected);
}

#[test]
fn what_can_be_looked_up_is_drawn_anew() {
    let order = OrderKey::new("5301960101", "N1");
    let (old, new) = (seed(1, NOW.0), seed(2, NOW.0 + DAY));
    let before = risk::drawn(&old, &order, 0, None, Time(NOW.0 - 1));
    assert!(!before.selected);
    let at = |now: i64| risk::drawn(&new, &order, 0, Some(&before), Time(now));
    assert_eq!((at(NOW.0 - 1).seed, at(NOW.0 - 1).number), (1, before.number), "the last secret instant");
    assert_eq!((at(NOW.0).seed, at(NOW.0).number), (2, risk::draw(&new, &order)));
    // As long as nothing else is drawn with, it is the same.
    assert_eq!(risk::drawn(&old, &order, 0, Some(&before), Time(NOW.0 + DAY)).seed, 1);
    // A seed that is never told keeps its draws for ever.
    let alone = SamplingSeed { number: 3, secret: [3; 32], period: None };
    let before = risk::drawn(&alone, &order, 0, None, NOW);
    assert_eq!(risk::drawn(&new, &order, 0, Some(&before), Time(i64::MAX)).seed, 3);
    // Nobody gets out of a selection, whatever comes after.
    let selected = risk::drawn(&old, &order, 1_000_000, None, NOW);
    assert!(risk::drawn(&new, &order, 0, Some(&selected), Time(NOW.0 + 99 * DAY)).selected);
}

#[test]
fn the_draw_depends_on_the_order_alone() {
    let (mut window, trade) = (Window::new(), trade(4));
    window.reference.sampling_seed = seed(1, NOW.0 + DAY);
    window.trade(&trade);
    let first = draw(&window);
    let mut other = trade.clone();
    let (mut later, mut head) = (Window::new(), other.declaration.head.clone());
    later.reference.sampling_seed = seed(1, NOW.0 + DAY);
    later.now = Time(NOW.0 + 3_600_000);
    head.guid = "31111111-2222-3333-4444-555555555555".into();
    head.app_time = clearance::sample::stamp(later.now);
    other.declaration.head = head;
    later.trade(&other);
    assert_eq!((draw(&later).drawn, draw(&later).seed), (first.drawn, 1));
    assert_eq!(first.drawn, risk::draw(&seed(1, 0), &key(&trade)));
}

#[test]
fn handles_tell_nothing_without_the_salt_and_differ_by_period() {
    let (one, two) = (seed(1, 0).period.unwrap(), seed(2, 0).period.unwrap());
    let (a, b) = (OrderKey::new("ab", "c"), OrderKey::new("a", "bc"));
    let handle = |period: &DrawPeriod, order: &OrderKey| risk::handle(&risk::salt(period, order), order);
    assert_ne!(handle(&one, &a), handle(&two, &a));
    assert_ne!(handle(&one, &a), handle(&one, &b), "where one part ends counts");
    assert_ne!(risk::salt(&one, &a), risk::salt(&one, &b), "whose salt is known, his alone");
}

#[test]
fn commitments_bind_to_period_side_and_secret_and_seeds_to_all_parts() {
    let day = |number| Day::from_number(number).unwrap();
    let (first, next) = (day(20_261_130), day(20_261_207));
    let made = period::commitment(first, "customs", &[1; 32], &[2; 32]);
    for other in [
        period::commitment(next, "customs", &[1; 32], &[2; 32]),
        period::commitment(first, "operator", &[1; 32], &[2; 32]),
        period::commitment(first, "customs", &[2; 32], &[1; 32]),
    ] {
        assert_ne!(made, other);
    }
    let (a, b, c) = ([1; 32], [2; 32], [3; 32]);
    let whole = period::seed(first, &[9; 32], [Some(&a), Some(&b), Some(&c)]);
    for other in [
        period::seed(next, &[9; 32], [Some(&a), Some(&b), Some(&c)]),
        period::seed(first, &[8; 32], [Some(&a), Some(&b), Some(&c)]),
        period::seed(first, &[9; 32], [Some(&a), Some(&c), Some(&b)]),
        period::seed(first, &[9; 32], [Some(&a), None, Some(&c)]),
        period::seed(first, &[9; 32], [Some(&a), Some(&b), None]),
    ] {
        assert_ne!(whole, other);
    }
}

#[test]
fn goods_raise_the_share_by_the_longest_beginning_and_the_draw_says_of_what() {
    let book = Rulebook::builtin();
    let table = book.sampling_goods.as_ref().unwrap();
    assert_eq!(table.of_code("3304990039", NOW.day()), 150);
    assert_eq!(table.of_code("8471300000", NOW.day()), 100, "what the table does not name is as all are");
    let (mut window, trade) = (Window::new(), trade(1));
    let code: String = trade.declaration.lines[0].gcode.chars().take(4).collect();
    let codes: Vec<String> =
        trade.declaration.lines.iter().map(|line| line.gcode.chars().take(4).collect()).collect();
    window.table("sampling_goods.csv", |text| {
        let header = text.lines().next().unwrap();
        let two = code.get(..2).unwrap();
        format!("{header}\n{two},50,20190101,,test,unsure\n{code},300,20190101,20261231,test,unsure\n")
    });
    window.trade(&trade);
    let terms = draw(&window).terms.unwrap();
    assert_eq!((terms.base, terms.goods, terms.floor), (20_000, 300, 1_000), "{codes:?}");
    assert_eq!(i64::from(draw(&window).ratio), terms.base * terms.factor * 300 / 10_000);
    // Wherever the factors would take it, the floor is kept, and no more than all is opened.
    for (base, factor, goods, ratio) in [(20_000, 1, 1, 1_000), (20_000, 100_000, 100_000, 1_000_000)] {
        let terms = clearance::outcome::DrawTerms { base, factor, goods, share: 0, floor: 1_000 };
        assert_eq!(risk::ratio(&terms), ratio);
    }
}

#[test]
fn a_faulty_table_of_goods_is_told_by_line() {
    let header = "hs,factor,valid_from,valid_to,source,certainty";
    let rows = [
        "3304,150,20190101,,test,unsure",
        "3304,200,20200101,,test,unsure",
        "x304,150,20190101,,test,unsure",
        "3,150,20190101,,test,unsure",
        "3305,0,20190101,,test,unsure",
        "3306,150,20191301,,test,unsure",
        "3307,150,20190101,20180101,test,unsure",
        "3308,150,20190101,,,unsure",
        "3309,150,20190101,,test,perhaps",
    ];
    let text = format!("{header}\n{}\n", rows.join("\n"));
    let faults: Vec<TableFault> = Rulebook::load(2, &[("sampling_goods.csv".to_owned(), text)]).unwrap_err();
    let lines: Vec<usize> = faults.iter().map(|fault| fault.line).collect();
    assert_eq!(lines, [3, 4, 5, 6, 7, 8, 9, 10], "{faults:?}");
}

/// What an older space goes on with: nothing is kept, and the share knows no goods.
#[test]
fn a_rulebook_from_before_the_table_draws_as_it_did() {
    let tables: Vec<_> = Rulebook::built_in_tables()
        .into_iter()
        .filter(|(name, _)| name != "sampling_goods.csv")
        .map(|(name, text)| {
            let rows: Vec<&str> = text.lines().filter(|line| !line.starts_with("draw_")).collect();
            (name, format!("{}\n", rows.join("\n")))
        })
        .collect();
    let old = Rulebook::load(1, &tables).unwrap();
    assert_eq!(old.parameters.on(NOW.day()).draw_period_days, 0);
    let (mut window, trade) = (Window::new(), trade(1));
    window.reference.books = vec![std::sync::Arc::new(old)];
    window.trade(&trade);
    assert_eq!((window.of(&trade).drawn, draw(&window).terms), (None, None));
    let first = draw(&window);
    assert_eq!(first.drawn, risk::draw(&window.reference.sampling_seed, &key(&trade)));
}

/// A million orders: evenly over a thousand parts, and as many below a share as it says. A draw that is not uniform in one part in
/// a hundred would be found.
#[test]
fn a_million_draws_are_even() {
    const DRAWS: u64 = 1_000_000;
    const PARTS: usize = 1_000;
    let seed = seed(1, 0);
    let (mut parts, mut below, mut runs, mut last) = (vec![0u64; PARTS], 0u64, 1u64, None);
    for number in 0..DRAWS {
        let drawn = risk::draw(&seed, &OrderKey::new("5301960101", &format!("N{number}")));
        parts[drawn as usize / 1_000] += 1;
        below += u64::from(drawn < 20_000);
        let low = drawn < 500_000;
        runs += u64::from(last.is_some_and(|last| last != low));
        last = Some(low);
    }
    // χ² with 999 degrees of freedom: mean 999, standard deviation 44.7; six of them to both sides.
    let expected = DRAWS / PARTS as u64;
    let squares: u64 = parts.iter().map(|part| part.abs_diff(expected).pow(2)).sum();
    let chi = squares / expected;
    assert!((731..=1_267).contains(&chi), "{chi}");
    // 2 % of a million: standard deviation 140.
    assert!((19_160..=20_840).contains(&below), "{below}");
    // Runs above and below the middle: half a million, standard deviation 500.
    assert!((497_000..=503_000).contains(&runs), "{runs}");
}
