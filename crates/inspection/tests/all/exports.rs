//! Exports have a table and a model of their own: what is too dear against a merchant's own prices is learnt, and neither table is
//! taken for the other.

use crate::learning::margins;
use inspection::declaration::{Date, Declaration, Field, Quantity, Trade};
use inspection::features::Plan;
use inspection::form;
use inspection::learn::Settings;
use inspection::measure::measure;
use inspection::model::{Model, Scorer, Training, Untrainable, train};
use inspection::random::Numbers;
use inspection::standard;
use inspection::table::{cells, heading, read};

/// Exports of eighty days, twelve a day: every fifth merchant declares half of its goods at twice to four times its own price.
fn exports() -> Vec<Declaration> {
    let mut numbers = Numbers::new(11);
    let mut all = Vec::new();
    for day in 0..80 {
        for _ in 0..12 {
            let (merchant, goods) = (numbers.below(20), numbers.below(6));
            let dear = merchant % 5 == 0 && numbers.unit() < 0.5;
            let ratio = if dear { 2.0 + 2.0 * numbers.unit() } else { 0.8 + 0.4 * numbers.unit() };
            let mass = 0.5 + numbers.unit();
            let mut codes: [String; Field::ALL.len()] = Default::default();
            codes[Field::Merchant as usize] = format!("M{merchant}");
            codes[Field::Hs6 as usize] = format!("{:06}", 610_910 + goods);
            codes[Field::Destination as usize] = ["502", "116"][goods % 2].to_owned();
            codes[Field::Currency as usize] = "142".to_owned();
            let mut quantities = [None; Quantity::ALL.len()];
            quantities[Quantity::NetMass as usize] = Some(mass);
            quantities[Quantity::Price as usize] = Some(40.0 * (1.0 + goods as f64) * ratio * mass);
            quantities[Quantity::ToMedian as usize] = Some(ratio);
            let (id, chance) = (all.len().to_string(), Some(if dear { 1.0 } else { 0.5 }));
            all.push(Declaration {
                trade: Trade::Export,
                id,
                day,
                codes,
                quantities,
                found: Some(dear),
                chance,
            });
        }
    }
    all
}

/// As the table of them is written.
fn table(rows: &[Declaration]) -> String {
    let mut text = heading(Trade::Export).join(",");
    for row in rows {
        text.push('\n');
        let result = if row.found == Some(true) { "value-doubtful" } else { "conforming" };
        text.push_str(&cells(row, result).join(","));
    }
    text
}

fn training() -> Training {
    let mut plan = Plan::empty();
    for name in ["log-to-median", "share(merchant)", "share(hs6)", "share(destination)"] {
        assert!(plan.add(name), "{name}");
    }
    let training = standard::training(Trade::Export, Date(54), Date(69), 3);
    let settings = Settings { trees: 30, column_share: 1.0, threads: 1, ..training.settings };
    Training { plan, settings, ..training }
}

fn trained() -> Model {
    train(&read(&table(&exports())).unwrap(), &training(), &mut |_| {}).unwrap()
}

#[test]
fn a_table_of_exports_says_by_itself_that_it_is_one() {
    let rows = exports();
    let text = table(&rows);
    assert!(text.starts_with(
        "Declaration ID,Date,Office ID,Exit Office ID,Process Type,Statistics Flag,Mode of Transport,Declarant ID,Merchant ID,Producer ID,Platform ID,Courier ID,Site ID,Waybill ID,HS6 Code,Country of Destination,Currency,Net Mass,Item Price,Price to Median,Result,Fraud,Chance\n"
    ));
    assert!(read(&text).unwrap() == rows, "what is written is read as it was");
    let dear = rows.iter().find(|row| row.found == Some(true)).unwrap();
    assert!((dear.duty() - dear.quantity(Quantity::Price).unwrap()).abs() < 1e-9, "a refund rests on it");
    let faults = read(&text.replacen("Price to Median", "Price", 1)).unwrap_err().to_string();
    assert!(faults.contains("line 1, Price to Median"), "{faults}");
}

#[test]
fn what_is_dear_against_the_merchants_own_price_is_learnt() {
    let model = trained();
    assert_eq!(model.about.trade, Trade::Export);
    assert!(model == trained(), "the same rows and seed give the same model");
    // On days that no tree has seen the dear ones stand before all others.
    let later: Vec<Declaration> = exports().into_iter().filter(|row| row.day > 69).collect();
    let found: Vec<bool> = later.iter().map(|row| row.found == Some(true)).collect();
    let value: Vec<f64> = later.iter().map(Declaration::duty).collect();
    let measured = measure(&margins(&model, &later), &found, &value);
    assert!(measured.illicit > 3 && measured.auc > 0.98, "{measured:?}");
    // And the reason is the one that was planted.
    let dear = later.iter().find(|row| row.found == Some(true)).unwrap();
    let mut scorer = Scorer::new(&model);
    scorer.score(dear);
    let first = scorer.reasons()[0];
    let named = model.plan.name(&model.plan.features[first.feature]);
    assert!(named == "log-to-median" && first.part > 0.0 && first.value > 0.6, "{named} {first:?}");
    // All that is looked at by itself finds it too.
    let standard = standard::training(Trade::Export, Date(54), Date(69), 3);
    let settings = Settings { trees: 30, threads: 1, ..standard.settings };
    let model = train(&exports(), &Training { settings, ..standard }, &mut |_| {}).unwrap();
    assert!(model.about.measured.auc > 0.9, "{:?}", model.about.measured);
}

#[test]
fn neither_trade_is_learnt_from_as_the_other() {
    let mut mixed = exports();
    mixed[7].trade = Trade::Import;
    let refused = train(&mixed, &training(), &mut |_| {}).unwrap_err();
    assert_eq!(refused, Untrainable::Trade(Trade::Export, Trade::Import));
    assert_eq!(
        refused.to_string(),
        "among the rows of exports is one of imports: each has a model of its own"
    );
    // A model file says which it is of, and one of imports is as it always was.
    let model = trained();
    let text = form::write(&model);
    assert!(text.lines().nth(2).unwrap() == "trade export", "{:?}", text.lines().nth(2));
    assert!(form::read(&text).unwrap() == model);
    assert!(form::write(&crate::learning::model(1)).lines().nth(2).unwrap().starts_with("window "));
    // Families are left out by the same words of both.
    let words = |trade| standard::families(trade).iter().map(|(family, _)| *family).collect::<Vec<_>>();
    assert_eq!(words(Trade::Export), words(Trade::Import));
    for trade in Trade::ALL {
        let named: usize = standard::families(trade).iter().map(|(_, names)| names.len()).sum();
        assert_eq!(standard::plan(trade, &[]).features.len(), named, "{trade}: every feature is one");
    }
}
