//! Results of inspections that one agency reports to another, so that the same goods are not looked at twice: the other recognises
//! them or says why not, and either may take its word back. Each is between the two of them; what an officer makes of one that his
//! office recognises is `clearance::recognition`'s.

use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, form, owner_of, read, stored, written};
use ceb::{Day, Decimal};
use clearance::Text;
use clearance::facts::Facts;
use clearance::inspection::Found;
use clearance::keys::OrderKey;
use clearance::party::Role;
use clearance::recognition;
use clearance::record::{Record, Register};
use clearance::rulebook::Measured;
use serde::{Deserialize, Serialize};

/// States: reported, recognised, declined, withdrawn. The id is the code of who inspected, a colon, its number of the report.
pub const MOVES: &[Move] = &[
    Move::owner("report-result", &[""], "reported").alone(),
    Move::owner("correct", &["reported", "declined"], "reported").explained().alone(),
    Move::owner("withdraw", &["reported", "recognised", "declined"], "withdrawn").explained().alone(),
    Move::giver("recognise", &["reported", "declined"], "recognised"),
    Move::giver("decline", &["reported"], "declined").explained(),
    Move::giver("end", &["recognised"], "declined").explained(),
];

/// Ways to inspect.
pub const METHODS: &[&str] = &["papers", "opened", "scanned", "laboratory", "quarantine"];
/// Who inspects, and who recognises.
const ROLES: &[Role] = &[Role::Agency, Role::Officer, Role::ZoneOperator];
/// Results and articles that a report has at most.
const MOST: usize = 200;

/// What was found.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ReportedResult {
    /// The line of the trade's list; 0 = the whole.
    #[serde(default)]
    pub line: u32,
    /// A word of the table `inspection_results.csv`.
    pub result: String,
    /// What was counted, in the declared unit.
    #[serde(default)]
    pub quantity: Option<String>,
    /// What was weighed, in kilograms.
    #[serde(default)]
    pub weight: Option<String>,
}

/// What is reported.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Reported {
    /// Code of the agency that is asked to recognise it.
    pub to: String,
    /// Code of the merchant whose goods they are.
    pub subject: String,
    /// The trade as `platform/orderNo`; nothing = goods wherever they are.
    #[serde(default)]
    pub order: String,
    /// Article numbers of the merchant, where no trade is named.
    #[serde(default)]
    pub items: Vec<String>,
    /// How it was inspected.
    pub method: String,
    /// What was found.
    pub found: Vec<ReportedResult>,
    /// The day of it, yyyyMMdd.
    pub day: String,
    /// The last day on which it may be relied on, yyyyMMdd.
    pub valid_to: String,
    /// Number of the report, certificate or protocol.
    pub number: String,
    /// On which law, regulation or agreement it is given.
    pub legal_basis: String,
    /// What is to be said besides.
    #[serde(default)]
    pub text: String,
    /// Records of attached documents.
    #[serde(default)]
    pub attachments: Vec<String>,
}

/// What is said when it is recognised.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Recognition {
    /// Recognised until this day, yyyyMMdd, if not as long as the report says.
    #[serde(default)]
    pub until: Option<String>,
}

/// What the record says.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Body {
    /// The report.
    pub reported: Reported,
    /// How it was recognised last.
    #[serde(default)]
    pub recognition: Option<Recognition>,
}

impl Body {
    /// What a record says.
    ///
    /// # Panics
    /// If the record is none of this register.
    pub fn of(record: &Record) -> Self {
        stored(record)
    }
}

/// What a decision may rest on.
///
/// # Panics
/// If the record is none of this register.
pub fn report(record: &Record) -> recognition::Report {
    let Body { reported, recognition } = Body::of(record);
    let day = |text: &str| Day::parse(text).unwrap_or_default();
    let last = day(&reported.valid_to);
    let shorter = recognition.and_then(|recognition| recognition.until);
    let number = |text: &Option<String>| text.as_deref().and_then(Decimal::parse);
    let found = reported.found.iter().map(|one| Found {
        line: one.line,
        result: one.result.as_str().into(),
        quantity: number(&one.quantity),
        weight: number(&one.weight),
    });
    recognition::Report {
        version: record.version,
        position: record.last,
        by: owner_of(&record.key),
        to: reported.to.trim().into(),
        recognised: record.state == "recognised",
        subject: reported.subject.trim().into(),
        order: reported.order.split_once('/').map(|(platform, number)| OrderKey::new(platform, number)),
        items: reported.items.iter().map(|item| Text::from(item.trim())).collect(),
        day: day(&reported.day),
        until: shorter.as_deref().map_or(last, |text| day(text).min(last)),
        found: found.collect(),
    }
}

/// Puts what was loaded of reports where the judgement looks for it.
pub(crate) fn as_facts(facts: &mut Facts) {
    let records = facts.records.values().filter(|record| record.key.register == Register::InspectionReport);
    let reports: Vec<_> = records.map(|record| (record.key.clone(), report(record))).collect();
    facts.reports.extend(reports);
}

pub(crate) fn made(seen: &Seen<'_>, step: &Move, faults: &mut Vec<Fault>) -> Option<Made> {
    let command = seen.command;
    let inspector = owner_of(&command.key);
    let body = match (step.action, seen.current) {
        ("report-result" | "correct", _) | (_, None) => {
            let reported: Reported = read(command.body.as_deref(), faults)?;
            check(seen, &inspector, &reported, faults);
            if let Some(before) = seen.current.map(Body::of)
                && before.reported.to != reported.to
            {
                faults.push(Fault::new("to", &reported.to, says::SAME_RECOGNISER.said()));
            }
            Body { reported, recognition: None }
        }
        ("recognise", Some(record)) => {
            let before = Body::of(record);
            let recognition = match command.body.as_deref() {
                Some(body) => read(Some(body), faults)?,
                None => Recognition::default(),
            };
            term(seen, &before.reported, &recognition, faults);
            Body { recognition: Some(recognition), ..before }
        }
        (_, Some(record)) => Body::of(record),
    };
    let parties = vec![inspector, Text::from(body.reported.to.trim())];
    Some(Made { body: written(&body), parties, filing: None, seed: None })
}

/// Nothing is recognised that has ended, or longer than it was given for.
fn term(seen: &Seen<'_>, reported: &Reported, recognition: &Recognition, faults: &mut Vec<Fault>) {
    let last = Day::parse(&reported.valid_to).unwrap_or_default();
    if last < seen.now.day() {
        faults.push(Fault::new("action", &reported.valid_to, says::REPORT_ENDED.said()));
    }
    let Some(until) = &recognition.until else { return };
    let day = form::day("until", until, faults);
    if Day::parse(until).is_some() && (day < seen.now.day() || day > last) {
        let expected = says::UNTIL_REPORT_ENDS.with(&[("day", &reported.valid_to)]);
        faults.push(Fault::new("until", until, expected));
    }
}

fn check(seen: &Seen<'_>, inspector: &str, reported: &Reported, faults: &mut Vec<Fault>) {
    let today = seen.now.day();
    if seen.own_name().trim().is_empty() || !seen.acts_as(inspector, ROLES) {
        faults.push(Fault::new("id", &seen.command.key.id, says::REPORT_ID.said()));
    }
    if !seen.acts_as(&reported.to, ROLES) || seen.parties.same(&reported.to, inspector, today) {
        faults.push(Fault::new("to", &reported.to, says::ANOTHER_AGENCY.said()));
    }
    let subject = seen.parties.find(reported.subject.trim(), today);
    if subject.is_none_or(|filing| filing.code != reported.subject.trim()) {
        faults.push(Fault::new("subject", &reported.subject, says::ENTERPRISE_CODE.said()));
    }
    let is_order = |text: &str| {
        text.split_once('/').is_some_and(|(platform, number)| !platform.is_empty() && !number.is_empty())
    };
    match (reported.order.as_str(), reported.items.is_empty()) {
        ("", false) => {
            for item in reported.items.iter().filter(|item| item.trim().is_empty()) {
                faults.push(Fault::new("items", item, says::ARTICLE_NUMBER.said()));
            }
        }
        (order, true) if is_order(order) => {}
        (order, _) => faults.push(Fault::new("order", order, says::TRADE_OR_ARTICLES.said())),
    }
    if reported.items.len() > MOST || reported.found.len() > MOST {
        let count = reported.items.len().max(reported.found.len()).to_string();
        faults.push(Fault::new("found", &count, says::AT_MOST.with(&[("most", &MOST.to_string())])));
    }
    if !METHODS.contains(&reported.method.as_str()) {
        faults.push(Fault::new(
            "method",
            &reported.method,
            says::ONE_OF.with(&[("words", &METHODS.join(", "))]),
        ));
    }
    if reported.number.trim().is_empty() {
        faults.push(Fault::new("number", "", says::REPORT_NUMBER.said()));
    }
    if reported.legal_basis.trim().is_empty() {
        faults.push(Fault::new("legalBasis", "", says::REPORT_BASIS.said()));
    }
    let day = form::day("day", &reported.day, faults);
    if day > today {
        faults.push(Fault::new("day", &reported.day, says::TODAY_OR_BEFORE.said()));
    }
    if form::day("validTo", &reported.valid_to, faults) < today && Day::parse(&reported.valid_to).is_some() {
        faults.push(Fault::new("validTo", &reported.valid_to, says::TODAY_OR_LATER.said()));
    }
    results(seen, reported, day, faults);
}

/// What was found is said in the words of the table on the day of the inspection, with what it measures.
fn results(seen: &Seen<'_>, reported: &Reported, day: Day, faults: &mut Vec<Fault>) {
    let table = &seen.reference.current().inspections;
    if reported.found.is_empty() {
        faults.push(Fault::new("found", "", says::A_RESULT_AT_LEAST.said()));
    }
    for (index, found) in reported.found.iter().enumerate() {
        let path = |name: &str| format!("found[{}].{name}", index + 1);
        if found.line != 0 && reported.order.is_empty() {
            faults.push(Fault::new(&path("line"), &found.line.to_string(), says::LINE_OF_A_TRADE.said()));
        }
        let row = table.find(&found.result, day);
        if row.is_none() {
            let words: Vec<&str> = table.on(day).map(|row| row.result.as_str()).collect();
            let expected = says::ONE_OF.with(&[("words", &words.join(", "))]);
            faults.push(Fault::new(&path("result"), &found.result, expected));
        }
        let measured = row.map_or(Measured::Nothing, |row| row.measured);
        for (name, value, kind) in
            [("quantity", &found.quantity, Measured::Quantity), ("weight", &found.weight, Measured::Weight)]
        {
            let read = value.as_deref().map(Decimal::parse);
            let is_wrong = match read {
                None => measured == kind,
                Some(read) => read.is_none_or(Decimal::is_negative),
            };
            if is_wrong {
                faults.push(Fault::new(
                    &path(name),
                    value.as_deref().unwrap_or(""),
                    says::DECIMAL_ALONE.said(),
                ));
            }
        }
    }
}
