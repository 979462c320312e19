//! Invented declarations with a planted structure: some importers cheat often, some sellers cheat with one kind of goods, and
//! who cheats declares goods below their usual price. Everything else is noise.

use inspection::declaration::{Declaration, Field, Quantity, Trade};
use inspection::random::Numbers;

/// Declarations of so many days, some a day.
pub fn declarations(seed: u64, days: i32, a_day: usize) -> Vec<Declaration> {
    let mut numbers = Numbers::new(seed);
    let mut all = Vec::new();
    for day in 0..days {
        for _ in 0..a_day {
            all.push(one(&mut numbers, day, all.len()));
        }
    }
    all
}

fn one(numbers: &mut Numbers, day: i32, number: usize) -> Declaration {
    let (importer, seller, goods) = (numbers.below(60), numbers.below(40), numbers.below(12));
    let cheats = importer % 6 == 0;
    let pair = seller % 4 == 1 && goods % 3 == 2;
    let chance = match (cheats, pair) {
        (_, true) => 0.9,
        (true, false) => 0.6,
        (false, false) => 0.03,
    };
    let illicit = numbers.unit() < chance;
    let usual = 20.0 * (1.0 + goods as f64);
    let price = usual * (0.8 + 0.4 * numbers.unit()) * if illicit { 0.75 } else { 1.0 };
    let mass = 1.0 + 9.0 * numbers.unit();
    let mut codes: [String; Field::ALL.len()] = Default::default();
    codes[Field::Importer as usize] = format!("I{importer}");
    codes[Field::Seller as usize] = format!("S{seller}");
    codes[Field::Hs6 as usize] = format!("{:06}", 330_000 + goods * 700);
    codes[Field::Office as usize] = format!("{}", numbers.below(4));
    codes[Field::Declarant as usize] = format!("D{}", numbers.below(15));
    codes[Field::Origin as usize] = "FR".to_owned();
    let mut quantities = [None; Quantity::ALL.len()];
    quantities[Quantity::TaxRate as usize] = Some(8.0);
    quantities[Quantity::NetMass as usize] = Some(mass);
    quantities[Quantity::Price as usize] = Some(price * mass);
    let (trade, id) = (Trade::Import, number.to_string());
    Declaration { trade, id, day, codes, quantities, found: Some(illicit), chance: None }
}
