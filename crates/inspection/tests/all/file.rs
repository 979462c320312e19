//! A model file is the model, and nothing else is taken as one.

use crate::learning::{margins, model};
use crate::sample::declarations;
use inspection::form::{self, Unreadable};

#[test]
fn a_model_comes_back_as_it_was_written() {
    let one = model(1);
    let text = form::write(&one);
    let again = form::read(&text).unwrap();
    assert_eq!(text, form::write(&again));
    assert!(one == again);
    let rows = declarations(9, 20, 20);
    assert_eq!(margins(&one, &rows), margins(&again, &rows));
    assert_eq!(form::digest_of(&text).unwrap().len(), 64);
}

#[test]
fn whatever_byte_is_changed_or_lost_is_noticed() {
    let text = form::write(&model(1));
    for place in (0..text.len()).step_by(text.len() / 300 + 1) {
        let mut bytes = text.clone().into_bytes();
        bytes[place] = if bytes[place] == b'7' { b'8' } else { b'7' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(form::read(&changed).is_err(), "byte {place}");
        assert!(form::read(&text[..place]).is_err(), "cut at {place}");
    }
    let damaged = text.replacen("leaf", "lea7", 1);
    assert!(matches!(form::read(&damaged), Err(Unreadable::Digest { .. })));
    assert_eq!(form::read("hello\nworld\n"), Err(Unreadable::NotAModel));
    assert_eq!(form::read(""), Err(Unreadable::NotAModel));
    let newer = text.replacen("onewindow-risk-model 1", "onewindow-risk-model 2", 1);
    assert_eq!(form::read(&newer), Err(Unreadable::OtherForm(2)));
}

/// A body with a digest that holds.
fn sealed(body: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, body.as_bytes());
    let digest: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("onewindow-risk-model 1\ndigest {digest}\n{body}")
}

#[test]
fn a_file_that_another_program_wrote_is_checked_line_by_line() {
    let text = form::write(&model(1));
    let body = text.splitn(3, '\n').nth(2).unwrap();
    assert!(form::read(&sealed(body)).is_ok());
    let split = body.lines().find(|line| line.starts_with("split ")).unwrap();
    let values: Vec<&str> = split.split(' ').collect();
    for (wrong, what) in [
        (
            format!("split 999 {} {} {} {}", values[2], values[3], values[4], values[5]),
            "a column that is not there",
        ),
        (
            format!("split {} {} {} 0 {}", values[1], values[2], values[3], values[5]),
            "a child that is not after",
        ),
        (
            format!("split {} {} sideways {} {}", values[1], values[2], values[4], values[5]),
            "neither left nor right",
        ),
        (format!("split {} {}", values[1], values[2]), "a value is missing"),
    ] {
        let told = form::read(&sealed(&body.replacen(split, &wrong, 1))).unwrap_err();
        assert!(matches!(told, Unreadable::Line { .. }) && told.to_string().contains(what), "{told}");
    }
    let unknown = body.replacen("feature log-unit-price", "feature colour-of-the-sky", 1);
    let told = form::read(&sealed(&unknown)).unwrap_err().to_string();
    assert!(told.contains("knows no feature `colour-of-the-sky`"), "{told}");
    let endless = body.replacen("base ", "base inf", 1);
    assert!(matches!(form::read(&sealed(&endless)), Err(Unreadable::Line { .. })));
    assert!(form::read(&sealed(body.trim_end_matches("end\n"))).is_err());
}
