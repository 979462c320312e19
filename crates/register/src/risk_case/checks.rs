//! What has to be right of what is said in a case; everything that is wrong is told.

use super::{
    Body, Closing, Evidence, Invited, MEASURES, MOST_INVITED, Opened, RESULTS, RISKS, Task, VERDICTS,
};
use crate::says;
use crate::{Fault, Seen, form};
use ceb::Day;
use clearance::Text;
use clearance::party::Role;
use clearance::risk::DIMENSIONS;

const AGENCIES: &[Role] = &[Role::Agency, Role::Officer, Role::ZoneOperator];
const INVITED: &[Role] = &[Role::Agency, Role::Officer, Role::ZoneOperator, Role::Bank];
const LONGEST_TEXT: usize = 4_000;
const MOST_ABOUT: usize = 50;

pub(super) fn check_opened(seen: &Seen<'_>, opener: &Text, opened: &Opened, faults: &mut Vec<Fault>) {
    if seen.own_name().trim().is_empty() || !seen.acts_as(opener, AGENCIES) {
        faults.push(Fault::new("id", &seen.command.key.id, says::CASE_ID.said()));
    }
    one_of("dimension", &opened.dimension, &DIMENSIONS, faults);
    text("subject", &opened.subject, faults);
    text("grounds", &opened.grounds, faults);
    most("about", opened.about.len(), MOST_ABOUT, faults);
    for about in &opened.about {
        if about.trim().is_empty() || about.chars().count() > 200 {
            faults.push(Fault::new("about", about, says::CONSIGNMENT_OR_PARTY.said()));
        }
    }
    if opened.invited.is_empty() {
        faults.push(Fault::new("invited", "", says::ANOTHER_AGENCY.said()));
    }
    most("invited", opened.invited.len(), MOST_INVITED, faults);
    for (index, invited) in opened.invited.iter().enumerate() {
        let before = opened.invited.get(..index).unwrap_or_default();
        check_invited(seen, opener, before, invited, &format!("invited.{index}."), faults);
    }
}

pub(super) fn check_invited(
    seen: &Seen<'_>,
    opener: &str,
    before: &[Invited],
    invited: &Invited,
    at: &str,
    faults: &mut Vec<Fault>,
) {
    let today = seen.now.day();
    let same = |code: &str| seen.parties.same(code, &invited.agency, today);
    if !seen.acts_as(&invited.agency, INVITED) || same(opener) || before.iter().any(|one| same(&one.agency)) {
        faults.push(Fault::new(&format!("{at}agency"), &invited.agency, says::ANOTHER_AGENCY.said()));
    }
    for (name, said) in [("purpose", &invited.purpose), ("legalBasis", &invited.legal_basis)] {
        text(&format!("{at}{name}"), said, faults);
    }
    due(seen, &format!("{at}due"), &invited.due, faults);
}

pub(super) fn check_evidence(opener: &Text, body: &Body, evidence: &Evidence, faults: &mut Vec<Fault>) {
    text("text", &evidence.text, faults);
    for code in &evidence.to {
        judges("to", opener, body, code, faults);
    }
    if evidence.consignment.trim().is_empty() != evidence.fields.is_empty() {
        faults.push(Fault::new("fields", &evidence.fields.join(", "), says::CONSIGNMENT_AND_FIELDS.said()));
    }
    let known = exchange::Dataset::Declarations.fields();
    for field in &evidence.fields {
        if !known.iter().any(|known| known.name == field.trim()) {
            faults.push(Fault::new("fields", field, says::A_FIELD.said()));
        }
    }
}

pub(super) fn check_judged(risk: &str, measures: &[String], why: &str, faults: &mut Vec<Fault>) {
    one_of("risk", risk, RISKS, faults);
    for measure in measures {
        one_of("measures", measure, MEASURES, faults);
    }
    if measures.is_empty() || (measures.len() > 1 && measures.iter().any(|one| one == "none")) {
        let expected = says::ONE_OF.with(&[("words", &MEASURES.join(", "))]);
        faults.push(Fault::new("measures", &measures.join(", "), expected));
    }
    text("text", why, faults);
}

pub(super) fn check_task(seen: &Seen<'_>, opener: &Text, body: &Body, task: &Task, faults: &mut Vec<Fault>) {
    judges("to", opener, body, &task.to, faults);
    text("text", &task.text, faults);
    due(seen, "due", &task.due, faults);
}

pub(super) fn check_closing(seen: &Seen<'_>, body: &Body, closing: &Closing, faults: &mut Vec<Fault>) {
    let open: Vec<String> = body.open_tasks().map(|tasked| tasked.number.to_string()).collect();
    if !open.is_empty() {
        let expected = says::TASKS_FIRST.with(&[("numbers", &open.join(", "))]);
        faults.push(Fault::new("result", &closing.result, expected));
    }
    one_of("result", &closing.result, RESULTS, faults);
    text("text", &closing.text, faults);
    for judged in &closing.rules {
        if !seen.reference.current().risk.has_rule(judged.rule.trim()) {
            faults.push(Fault::new("rules.rule", &judged.rule, says::RULE_OF_RULEBOOK.said()));
        }
        one_of("rules.verdict", &judged.verdict, VERDICTS, faults);
    }
}

pub(super) fn judges(path: &str, opener: &Text, body: &Body, code: &str, faults: &mut Vec<Fault>) {
    let invited = body.opened.invited.iter().any(|invited| invited.agency.trim() == code.trim());
    if !invited && opener.as_str() != code.trim() {
        faults.push(Fault::new(path, code, says::AGENCY_OF_CASE.said()));
    }
}

pub(super) fn text(path: &str, said: &str, faults: &mut Vec<Fault>) {
    if said.trim().is_empty() {
        faults.push(Fault::new(path, "", says::AGENCIES_HAVE_TO_KNOW.said()));
    }
    if said.chars().count() > LONGEST_TEXT {
        let most = LONGEST_TEXT.to_string();
        faults.push(Fault::new(path, "", says::UP_TO_CHARACTERS.with(&[("most", &most)])));
    }
}

pub(super) fn due(seen: &Seen<'_>, path: &str, said: &str, faults: &mut Vec<Fault>) {
    if form::day(path, said, faults) < seen.now.day() && Day::parse(said).is_some() {
        faults.push(Fault::new(path, said, says::TODAY_OR_LATER.said()));
    }
}

pub(super) fn one_of(path: &str, word: &str, words: &[&str], faults: &mut Vec<Fault>) {
    if !words.contains(&word) {
        faults.push(Fault::new(path, word, says::ONE_OF.with(&[("words", &words.join(", "))])));
    }
}

pub(super) fn most(path: &str, count: usize, most: usize, faults: &mut Vec<Fault>) {
    if count > most {
        let expected = says::AT_MOST.with(&[("most", &most.to_string())]);
        faults.push(Fault::new(path, &count.to_string(), expected));
    }
}
