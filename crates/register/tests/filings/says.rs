//! What faults say: each once, in both languages, with the same places for the same parameters, and filled where it is said.

use register::says::ALL;
use std::collections::BTreeSet;
use std::path::Path;

fn places(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn every_fault_has_a_text_in_both_languages_with_the_same_places() {
    let chinese = |text: &str| text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter));
    let codes: BTreeSet<&str> = ALL.iter().map(|say| say.code).collect();
    assert_eq!(codes.len(), ALL.len(), "a code stands twice");
    let signs_alone = ["a-second", "attached-kind", "pay-type", "one-to"];
    for say in ALL {
        assert!(!say.en.is_empty() && !say.zh.is_empty(), "{}", say.code);
        assert!(chinese(say.zh) || signs_alone.contains(&say.code), "{} is {} in Chinese", say.code, say.zh);
        // What a book says comes whole, in each language its own.
        assert!(say.code == "bonded-rule" || places(say.zh) == places(say.en), "{}", say.code);
    }
}

/// Where a fault is made its parameters are named as its text has them, and no text is there in vain.
#[test]
fn every_text_is_said_somewhere_with_its_parameters() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = String::new();
    for folder in [
        "src",
        "src/bonded",
        "src/centralised_tax",
        "src/consolidation",
        "src/park",
        "src/parcel",
        "src/payment_data",
        "src/risk_case",
        "src/credit",
        "src/entry_refund",
        "src/market",
        "src/trace",
        "../server/src",
        "../server/src/api",
        "../server/src/portal",
        "../server/src/sites",
        "../server/src/traceability",
    ] {
        let Ok(files) = std::fs::read_dir(here.join(folder)) else { continue };
        for path in files.map(|file| file.unwrap().path()).filter(|path| !path.ends_with("says.rs")) {
            if path.extension().is_some_and(|ending| ending == "rs") {
                sources.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    for say in ALL {
        let name = say.code.replace('-', "_").to_uppercase();
        let uses: Vec<&str> = sources.split(&format!("says::{name}.")).skip(1).collect();
        assert!(!uses.is_empty(), "nobody says {name}");
        // Its text alone is looked at where a platform's interface has words of its own.
        for said in uses.into_iter().filter(|said| !said.starts_with("zh")) {
            let plain = said.starts_with("said()");
            assert!(plain || said.starts_with("with("), "{name}: {}", &said[..20]);
            assert_eq!(plain, places(say.en).is_empty(), "{name}");
            // The list of parameters stands in the call, or right before it under a name.
            if said.starts_with("with(&[") {
                let list = said.split("])").next().unwrap();
                for place in places(say.en) {
                    assert!(list.contains(&format!("\"{place}\"")), "{name} is said without {place}");
                }
            }
        }
    }
}

#[test]
fn what_a_parameter_holds_is_no_place_for_another() {
    let said = register::says::ONE_OF.with(&[("words", "{words} {other}")]);
    assert_eq!(said.en(), "one of {words} {other}");
}
