//! A table of declarations is read whole or not at all, and what is wrong is told by line, column and value.

use inspection::declaration::{Date, Field, Quantity};
use inspection::table::read;

const HEADING: &str = "Declaration ID,Date,Office ID,Process Type,Import Type,Import Use,Payment Type,Mode of Transport,Declarant ID,Importer ID,Seller ID,Courier ID,HS6 Code,Country of Departure,Country of Origin,Tax Rate,Tax Type,Country of Origin Indicator,Net Mass,Item Price";

#[test]
fn rows_with_and_without_a_result() {
    let text = format!(
        "{HEADING},Fraud\n1,2026-01-31,30,B,11,21,11,10,D1,I1,S1,,330300,FR,FR,6.5,A,G,2.5,100.0,1\n2,2026-02-01,30,B,11,21,11,10,D1,I1,S1,C1,330300,FR,IT,6.5,A,G,,100.0,\n"
    );
    let rows = read(&text).unwrap();
    assert_eq!((rows[0].found, rows[1].found), (Some(true), None));
    assert_eq!(rows[1].day - rows[0].day, 1);
    assert_eq!(Date(rows[0].day).to_string(), "2026-01-31");
    assert_eq!((rows[0].code(Field::Courier), rows[1].code(Field::Origin)), ("", "IT"));
    assert_eq!((rows[0].quantity(Quantity::NetMass), rows[1].quantity(Quantity::NetMass)), (Some(2.5), None));
    assert!((rows[0].duty() - 6.5).abs() < 1e-9);
    assert!(read(&format!("{HEADING}\n")).unwrap().is_empty());
}

#[test]
fn a_chance_says_how_many_a_result_stands_for() {
    let row = |chance: &str| {
        format!("1,2026-01-31,30,B,11,21,11,10,D1,I1,S1,,330300,FR,FR,6.5,A,G,2.5,100.0,1,{chance}\n")
    };
    let text = format!("{HEADING},Fraud,Chance\n{}{}{}{}", row("0.02"), row("1"), row(""), row("0.0001"));
    let weights: Vec<f64> = read(&text).unwrap().iter().map(|row| row.weight()).collect();
    assert_eq!(weights, [50.0, 1.0, 1.0, 100.0]);
    for wrong in ["0", "1.5", "-0.1", "half"] {
        let faults = read(&format!("{HEADING},Fraud,Chance\n{}", row(wrong))).unwrap_err();
        assert_eq!((faults.told[0].column.as_str(), faults.told[0].value.as_str()), ("Chance", wrong));
    }
}

#[test]
fn everything_that_is_wrong_is_told() {
    let text = format!(
        "{HEADING},Fraud\n1,2026-02-30,30,B,11,21,11,10,D1,I1,S1,,330300,FR,FR,much,A,G,-1,NaN,maybe\n2,2026-01-01,30\n"
    );
    let faults = read(&text).unwrap_err();
    let told: Vec<(u64, &str, &str)> =
        faults.told.iter().map(|fault| (fault.line, fault.column.as_str(), fault.value.as_str())).collect();
    assert_eq!(
        told,
        [
            (2, "Date", "2026-02-30"),
            (2, "Tax Rate", "much"),
            (2, "Net Mass", "-1"),
            (2, "Item Price", "NaN"),
            (2, "Fraud", "maybe"),
            (3, "row", ""),
        ]
    );
    let missing = read("Declaration ID,Date\n1,2026-01-01\n").unwrap_err().to_string();
    assert!(missing.contains("line 1, Seller ID") && missing.contains("this column is missing"), "{missing}");
}
