//! `onewindow risk` as an analyst uses it: from a table of inspected declarations to a model, scores, a comparison, drift. The
//! declarations are invented: importers that cheat, and noise. And rules as they are measured on planted fraud.

use serde_json::Value;
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Output};

fn risk(folder: &Path, arguments: &str) -> Output {
    let words: Vec<&str> = arguments.split_whitespace().collect();
    let program = env!("CARGO_BIN_EXE_onewindow");
    Command::new(program).arg("risk").args(words).current_dir(folder).output().unwrap()
}

fn object(folder: &Path, arguments: &str, code: i32) -> Value {
    let output = risk(folder, arguments);
    let (out, told) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(code), "{arguments}: {out} {told}");
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"))
}

const HEADING: &str = "Declaration ID,Date,Office ID,Process Type,Import Type,Import Use,Payment Type,Mode of Transport,Declarant ID,Importer ID,Seller ID,Courier ID,HS6 Code,Country of Departure,Country of Origin,Tax Rate,Tax Type,Country of Origin Indicator,Net Mass,Item Price";

/// Declarations of the days of three months, thirty a day; every seventh importer cheats nine times of ten.
fn table(months: &[u32], price: u32, with_results: bool) -> String {
    let mut text = format!("{HEADING}{}\n", if with_results { ",Fraud" } else { "" });
    let mut draw = 12_345u32;
    let mut next = |below: u32| {
        draw = draw.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (draw >> 8) % below
    };
    let mut number = 0;
    for month in months {
        for day in 1..=28 {
            for _ in 0..30 {
                let (importer, seller, goods) = (next(49), next(30), next(9));
                let chance = if importer % 7 == 0 { 90 } else { 4 };
                let illicit = u32::from(next(100) < chance);
                let (mass, amount) = (1 + next(50), price + next(5_000));
                number += 1;
                let _ = write!(
                    text,
                    "{number},2026-{month:02}-{day:02},30,B,11,21,11,10,D{},I{importer},S{seller},,3303{goods:02},FR,FR,6.5,A,G,{mass},{amount}",
                    seller % 4
                );
                let _ = if with_results { writeln!(text, ",{illicit}") } else { writeln!(text) };
            }
        }
    }
    text
}

#[test]
fn a_model_is_trained_used_compared_and_watched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::create_dir(path.join("inspected")).unwrap();
    std::fs::write(path.join("inspected/a.csv"), table(&[1, 2], 1_000, true)).unwrap();
    std::fs::write(path.join("inspected/b.csv"), table(&[3], 1_000, true)).unwrap();
    let train = "train --data inspected --train-until 2026-02-28 --tune-until 2026-03-31 --members 1 --json";
    let told = object(path, &format!("{train} --out one.model"), 0);
    assert_eq!(told["rows"], 2 * 28 * 30, "{told}");
    let at_five = &told["tuning"]["at"][2];
    assert_eq!(at_five["perCent"], 5);
    assert!(at_five["precision"].as_f64().unwrap() > 0.75, "{told}");
    // The same rows and seed, whatever the threads: the same file.
    let again = object(path, &format!("{train} --threads 1 --out two.model"), 0);
    assert_eq!(told["model"], again["model"]);
    let bytes = |name: &str| std::fs::read(path.join(name)).unwrap();
    assert!(bytes("one.model") == bytes("two.model"));
    // Declarations without results are scored, each with its reasons, in the order in which they came.
    std::fs::write(path.join("new.csv"), table(&[4], 1_000, false)).unwrap();
    let scored = object(
        path,
        "score --model one.model --data new.csv --out scores.csv --reasons 2 --reasons-for 100 --language zh --json",
        0,
    );
    assert_eq!((&scored["declarations"], &scored["measured"]), (&Value::from(28 * 30), &Value::Null));
    let scores = std::fs::read_to_string(path.join("scores.csv")).unwrap();
    let lines: Vec<&str> = scores.lines().collect();
    assert_eq!(lines[0], "Declaration ID,rank,score,probability,thousandths,reasons");
    assert!(lines.len() == 28 * 30 + 1 && lines[1].starts_with("\"1\",") && lines[1].contains("查获率"));
    // The highest are mostly of importers that cheat.
    let new = std::fs::read_to_string(path.join("new.csv")).unwrap();
    let importers: Vec<u32> = new
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(9).unwrap().trim_start_matches('I').parse().unwrap())
        .collect();
    let first =
        lines[1..].iter().zip(&importers).filter(|(line, _)| line.split(',').nth(1).unwrap().len() <= 2);
    assert!(first.filter(|(_, importer)| *importer % 7 == 0).count() >= 80);
    let other = object(path, &format!("{train} --seed 2 --without repeats --out other.model"), 0);
    assert_ne!(other["model"], told["model"]);
    let compared =
        object(path, "compare --model one.model --with other.model --data inspected/b.csv --json", 0);
    assert!(compared["common"][3]["common"].as_f64().unwrap() > 0.3, "{compared}");
    assert_eq!(compared["with"]["declarations"], 28 * 30, "{compared}");
    // Prices a hundred times as high are another population: the command falls short and names the feature.
    std::fs::write(path.join("moved.csv"), table(&[4], 300_000, false)).unwrap();
    let drift = object(path, "drift --model one.model --data moved.csv --json", 1);
    let moved: Vec<&str> = drift["features"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|feature| feature["reading"] == "moved")
        .map(|feature| feature["feature"].as_str().unwrap())
        .collect();
    assert!(moved.contains(&"log-price") && !moved.contains(&"tax-rate"), "{drift}");
}

#[test]
fn what_cannot_be_used_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let wrong = table(&[1], 1_000, true).replacen("2026-01-01", "2026-13-01", 1);
    std::fs::write(path.join("wrong.csv"), wrong).unwrap();
    let refused = |arguments: &str, code: i32, words: &str| {
        let output = risk(path, arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{told}");
        assert!(told.contains(words), "{told}");
    };
    let train = "train --out x.model --train-until 2026-01-20 --tune-until 2026-01-28";
    refused(&format!("{train} --data wrong.csv"), 1, "line 2, Date: `2026-13-01`");
    refused(&format!("{train} --data absent.csv"), 1, "absent.csv");
    refused("train --data wrong.csv --out x --train-until tomorrow --tune-until 2026-01-28", 2, "yyyy-MM-dd");
    std::fs::write(path.join("few.csv"), table(&[2], 1_000, true)).unwrap();
    refused(&format!("{train} --data few.csv"), 1, "0 rows up to 2026-01-20 have a result");
    std::fs::write(path.join("not.model"), "hello\n").unwrap();
    refused("score --model not.model --data few.csv --out y.csv", 1, "this is no risk model");
    assert!(!path.join("x.model").exists() && !path.join("y.csv").exists());
}

/// Exports of three months, ten a day; every fifth merchant declares some goods at thrice its own price, which is found.
fn exports() -> String {
    let mut text = inspection::table::heading(inspection::declaration::Trade::Export).join(",");
    let mut number = 0;
    for month in 1..=3 {
        for day in 1..=28 {
            for of_day in 0..10 {
                number += 1;
                let (merchant, goods) = ((number * 7 + day) % 15, (number + month) % 4);
                let dear = merchant % 5 == 0 && of_day % 2 == 0;
                // Against its own median, and in CNY.
                let usual = [("0.9", 90), ("0.95", 95), ("1", 100), ("1.05", 105), ("1.1", 110)];
                let (ratio, value) = if dear { ("3", 300) } else { usual[of_day / 2] };
                let (result, found) = if dear { ("value-doubtful", 1) } else { ("conforming", 0) };
                let _ = write!(
                    text,
                    "\n86202026E{number}/1,2026-{month:02}-{day:02},8620,8620,9610,A,5,D1,M{merchant},P{merchant},F1,C1,,W{number},61091{goods},502,142,1,{value},{ratio},{result},{found},1"
                );
            }
        }
    }
    text
}

#[test]
fn exports_have_a_model_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("exports.csv"), exports()).unwrap();
    std::fs::write(path.join("imports.csv"), table(&[1, 2, 3], 1_000, true)).unwrap();
    let days = "--train-until 2026-02-28 --tune-until 2026-03-14 --json";
    let told = object(path, &format!("train --data exports.csv --out exports.model {days}"), 0);
    assert_eq!(
        (&told["trade"], told["rows"].as_u64()),
        (&Value::from("export"), Some(2 * 28 * 10)),
        "{told}"
    );
    let scored =
        object(path, "score --model exports.model --data exports.csv --out s.csv --reasons 1 --json", 0);
    assert_eq!(scored["declarations"], 3 * 28 * 10, "{scored}");
    assert!(scored["measured"]["auc"].as_f64().unwrap() > 0.95, "{scored}");
    let scores = std::fs::read_to_string(path.join("s.csv")).unwrap();
    assert!(scores.lines().nth(1).unwrap().starts_with("\"86202026E1/1\","), "{scores}");
    let refused = |arguments: &str, words: &str| {
        let output = risk(path, arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains(words), "{told}");
    };
    refused(
        "score --model exports.model --data imports.csv --out x.csv",
        "the model learnt from exports and scores no imports",
    );
    refused("drift --model exports.model --data imports.csv", "scores no imports");
    refused(&format!("train --data exports.csv imports.csv --out x.model {days}"), "give those of one");
}

#[test]
fn planted_fraud_of_imports_and_exports_is_measured_by_indicator() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = "evaluate --declarations 1000 --exports 3000 --days 10 --fraud 0.1 --json";
    let told = object(folder.path(), arguments, 0);
    let (imports, exports) = (&told["imports"], &told["exports"]);
    assert_eq!(imports["declarations"], 1000, "{imports}");
    assert_eq!(imports["fraud"], 100, "{imports}");
    assert_eq!(exports["declarations"], 3000, "{exports}");
    assert_eq!(exports["fraud"], 300, "{exports}");
    assert_eq!(imports["indicators"].as_array().unwrap().len(), 14);
    // Honest exporters, beginners among them, are left alone.
    assert!(exports["falsePositives"].as_f64().unwrap() < 0.005, "{exports}");
    let row = |list: &str, name: &str, sort: &str| {
        let rows = exports[list].as_array().unwrap();
        rows.iter().find(|row| row[name] == sort).unwrap_or_else(|| panic!("{sort}: {exports}")).clone()
    };
    for sort in ["export-overvaluation", "export-waybill-twice", "export-round-trip", "export-new-merchant"] {
        assert!(row("sorts", "sort", sort)["recallOfCases"].as_f64().unwrap() > 0.0, "{sort}: {exports}");
    }
    // A brand that its holder lets another sell is seen each time.
    assert_eq!(row("sorts", "sort", "export-brand")["recall"], 1.0, "{exports}");
    // Whoever looks at more finds no less, and never more than was planted.
    for indicator in exports["indicators"].as_array().unwrap() {
        let planted = indicator["planted"].as_u64().unwrap();
        let found: Vec<u64> = indicator["at"]
            .as_array()
            .unwrap()
            .iter()
            .map(|at| {
                assert!(at["found"].as_u64() <= at["lookedAt"].as_u64(), "{indicator}");
                at["found"].as_u64().unwrap()
            })
            .collect();
        assert!(planted > 0 && found.len() == 3 && found.is_sorted() && found[2] <= planted, "{indicator}");
    }
}
