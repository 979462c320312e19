//! What an agency has, held against its rule: its records, in order and once, with its fields and no others, up to a mark that says that
//! nothing is left; and the same when it asks.

use super::Row;
use super::processes::{Had, Line};
use super::sending::Sent;
use crate::demo::agencies::Agency;
use clearance::keys::Time;
use exchange::Dataset;
use serde_json::Value;
use std::collections::BTreeSet;

/// Holds it; adds what is wrong.
pub fn held(
    agency: &'static Agency,
    lines: &[Line],
    asked: Option<Had>,
    sent: &Sent,
    faults: &mut Vec<String>,
) -> Row {
    let who = agency.kind.word();
    let mut wrong = |what: String| faults.push(format!("{who}: {what}"));
    let events: Vec<&Value> = lines.iter().filter_map(|line| line.event.as_ref()).collect();
    let complete = lines.last().is_some_and(|line| line.complete);
    if !complete {
        wrong("its last line is not the mark that nothing is left".to_owned());
    }
    let numbers: Vec<Option<u64>> =
        events.iter().map(|event| event["id"].as_str().and_then(|id| id.parse().ok())).collect();
    if !numbers.windows(2).all(|pair| pair[0].is_some() && pair[0] < pair[1]) {
        wrong("its records are not in the order of their rows, each once".to_owned());
    }
    let odd =
        events.iter().find_map(|event| odd_field(agency, event).map(|what| (what, event["id"].clone())));
    if let Some((what, id)) = odd {
        wrong(format!("record {id}: {what}"));
    }
    if let Some(expected) = sent.expected(agency.dataset)
        && expected != events.len() as u64
    {
        wrong(format!("it has {} records of {expected} documents that were accepted", events.len()));
    }
    if events.is_empty() {
        wrong("it has nothing".to_owned());
    }
    let pulled = match asked {
        None => {
            wrong("it asked, and did not believe the answer".to_owned());
            0
        }
        Some(had) => {
            let same = had.lines.iter().filter_map(|line| line.event.as_ref()).eq(events.iter().copied());
            if !same {
                wrong("what it got by asking is not what it was sent".to_owned());
            }
            if !had.lines.last().is_some_and(|line| line.complete) {
                wrong("what it got by asking does not end in the mark that nothing is left".to_owned());
            }
            had.events
        }
    };
    let since = lines.iter().filter_map(|line| Some(line.at - judged(line.event.as_ref()?)?.0));
    let mut millis: Vec<i64> = since.collect();
    millis.sort_unstable();
    let marks = lines.iter().filter(|line| line.event.is_none()).count();
    Row { agency, events: events.len(), marks, complete, pulled, millis }
}

/// When the row of an event was judged, as the event has it.
fn judged(event: &Value) -> Option<Time> {
    let digits: String = event["time"]
        .as_str()?
        .chars()
        .take_while(|sign| *sign != '+')
        .filter(char::is_ascii_digit)
        .collect();
    let stamp = ceb::Stamp::parse(digits.get(..14)?)?;
    Some(Time(Time::from_stamp(stamp).0 + digits.get(14..17)?.parse::<i64>().ok()?))
}

/// A field that the rule does not give, or one that it gives and that every record has.
fn odd_field(agency: &Agency, event: &Value) -> Option<String> {
    let Some(data) = event["data"].as_object() else { return Some("it has no data".to_owned()) };
    let mut there: BTreeSet<String> = BTreeSet::new();
    for (name, value) in data {
        match value.as_array().filter(|lines| lines.iter().any(Value::is_object)) {
            None => drop(there.insert(name.clone())),
            Some(lines) => {
                let fields = lines.iter().filter_map(Value::as_object).flat_map(serde_json::Map::keys);
                there.extend(fields.map(|field| format!("{name}.{field}")));
            }
        }
    }
    if let Some(more) = there.iter().find(|field| !agency.fields.contains(&field.as_str())) {
        return Some(format!("{more} is not among the fields that it is to have"));
    }
    let dataset = Dataset::from_word(agency.dataset)?;
    let always = dataset.fields().into_iter().filter(|field| field.always);
    let mut lacking =
        always.filter(|field| agency.fields.contains(&field.name.as_str()) && !there.contains(&field.name));
    lacking.next().map(|field| format!("{} is not there", field.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::agencies;
    use serde_json::json;

    #[test]
    fn the_time_of_an_event_is_read_to_the_millisecond() {
        let event = json!({"time": "2026-11-23T10:00:00.123+08:00"});
        assert_eq!(judged(&event), Some(Time(1_795_399_200_123)));
        assert_eq!(judged(&json!({"time": "now"})), None);
    }

    #[test]
    fn a_field_too_many_or_too_few_is_told() {
        let police = agencies::eight().find(|agency| agency.kind == counterpart::Kind::Police).unwrap();
        let told = |data: Value| odd_field(police, &json!({ "data": data })).unwrap_or_default();
        let right = json!({"orderNo": "A", "buyerIdNumber": "1", "buyerName": "样例"});
        assert_eq!(told(right.clone()), "");
        let mut more = right.clone();
        more["buyerTelephone"] = "1".into();
        assert!(told(more).contains("buyerTelephone"));
        let mut less = right;
        less.as_object_mut().unwrap().remove("buyerName");
        assert!(told(less).contains("buyerName is not there"));
        assert!(
            told(json!({"orderNo": "A", "buyerIdNumber": "1", "buyerName": "x", "lines": [{"qty": "1"}]}))
                .contains("lines.qty")
        );
    }
}
