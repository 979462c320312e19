//! Messages of order, payment and waybill from one standard to another: CEB of imports, CEB of exports, the unified standard, the neutral
//! form for other countries. What the standard converted to cannot hold is told, member by member; what it demands and is not there is
//! a defect, and all of them are told together. Pure: for integrators, no part of the path that declarations take.

use crate::documents::{Direction, SORTS, Sort};
use crate::unified::{self, Dropped};
use crate::{documents, neutral};
use ceb::{Defect, DefectRule, Kind, Limits};
use serde_json::{Map, Value, json};

/// A standard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standard {
    /// Messages of customs, in XML or JSON; of imports 311, 411, 511, of exports 303, 403, 505.
    Ceb(Direction),
    /// The unified standard ([`unified`]).
    Unified,
    /// The neutral form ([`neutral`]).
    Neutral,
}

impl Standard {
    /// All standards.
    pub const ALL: [Self; 4] =
        [Self::Ceb(Direction::Import), Self::Ceb(Direction::Export), Self::Unified, Self::Neutral];
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ceb(Direction::Import) => "ceb-import",
            Self::Ceb(Direction::Export) => "ceb-export",
            Self::Unified => "unified",
            Self::Neutral => "neutral",
        }
    }
    /// The standard of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// A message in another standard.
#[derive(Debug)]
pub struct Converted {
    /// It, as JSON.
    pub json: Value,
    /// It, where it is one of CEB, to be written as XML.
    pub ceb: Option<ceb::Message>,
    /// What it cannot hold, in the order in which it was found.
    pub dropped: Vec<Dropped>,
}

/// What was read.
enum Held {
    /// Documents of CEB, as their datasets have them; the neutral form holds no more and no less.
    Records(Kind, Vec<Map<String, Value>>),
    /// Documents of the unified standard.
    Unified(&'static Sort, Direction, Vec<Map<String, Value>>),
}

/// A message, read.
struct Given {
    id: Value,
    transfer: Option<Value>,
    held: Held,
    dropped: Vec<Dropped>,
}

/// Converts a message.
///
/// # Errors
/// Everything that is wrong with it: what does not belong into the standard that it comes in, and what the one converted to demands.
/// What is missing is called as the unified standard calls it.
pub fn convert(bytes: &[u8], from: Standard, to: Standard) -> Result<Converted, Vec<Defect>> {
    let limits = Limits::default();
    let given = match from {
        Standard::Ceb(direction) => of_ceb(bytes, direction, &limits)?,
        Standard::Neutral => of_neutral(without_mark(bytes), &limits)?,
        Standard::Unified => {
            let message = unified::parse(without_mark(bytes))?;
            Given {
                id: message.id,
                transfer: message.transfer,
                held: Held::Unified(message.sort, message.direction, message.documents),
                dropped: Vec::new(),
            }
        }
    };
    match to {
        Standard::Ceb(direction) => to_ceb(given, direction, &limits),
        Standard::Neutral => to_neutral(given, &limits),
        Standard::Unified => to_unified(given, &limits),
    }
}

/// A refusal of the message as a whole.
fn refused(rule: DefectRule, value: &str, expected: &str) -> Vec<Defect> {
    vec![Defect::new("message", rule, value, expected)]
}

/// What is read of a message of CEB.
fn read(parsed: ceb::Parsed) -> Result<(Kind, ceb::Message), Vec<Defect>> {
    if !parsed.defects.is_empty() {
        return Err(parsed.defects);
    }
    let message = parsed.message.ok_or_else(|| refused(DefectRule::NotWellFormed, "", "a message of CEB"))?;
    let told = message.entries.iter().enumerate().flat_map(|(index, entry)| {
        entry.defects.iter().map(move |defect| Defect {
            path: format!("documents[{}].{}", index + 1, defect.path).into(),
            ..defect.clone()
        })
    });
    let defects: Vec<Defect> = told.collect();
    if defects.is_empty() { Ok((message.kind, message)) } else { Err(defects) }
}

/// What of a message of CEB is not in its documents, and in no other standard.
fn frame(message: &ceb::Message, dropped: &mut Vec<Dropped>) {
    for subscription in &message.subscriptions {
        let mut said = Vec::new();
        ceb::Record::visit(subscription, &mut |_, text| said.push(text.to_owned()));
        dropped.push(Dropped { path: "BaseSubscribe".to_owned(), value: said.join(" ") });
    }
    if message.extension.is_some() {
        dropped.push(Dropped { path: "ExtendMessage".to_owned(), value: String::new() });
    }
    if message.signature.is_some() {
        dropped.push(Dropped { path: "Signature".to_owned(), value: String::new() });
    }
}

fn of_message(message: &ceb::Message) -> Given {
    let json = ceb::write_json(message);
    let transfer = json[message.kind.root()].get("BaseTransfer").cloned();
    let records = message.entries.iter().map(|entry| neutral::record(&entry.document)).collect();
    let held = Held::Records(message.kind, records);
    let mut given = Given { id: message.guid.as_str().into(), transfer, held, dropped: Vec::new() };
    frame(message, &mut given.dropped);
    given
}

/// A byte order mark is no part of JSON, and some programs write one.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

fn of_ceb(bytes: &[u8], direction: Direction, limits: &Limits) -> Result<Given, Vec<Defect>> {
    let json = without_mark(bytes);
    let is_json = json.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    let parsed = if is_json { ceb::parse_json(json, limits) } else { ceb::parse(bytes, limits) };
    let (kind, message) = read(parsed)?;
    if Sort::of(kind).is_none_or(|(_, known)| known != direction) {
        let expected: Vec<&str> = SORTS.iter().map(|sort| sort.kind(direction).root()).collect();
        return Err(refused(DefectRule::UnknownRoot, kind.root(), &expected.join(", ")));
    }
    Ok(of_message(&message))
}

fn of_neutral(bytes: &[u8], limits: &Limits) -> Result<Given, Vec<Defect>> {
    let message = neutral::parse(bytes).as_ref().and_then(neutral::to_ceb);
    let message = message.ok_or_else(|| {
        let begin =
            String::from_utf8_lossy(bytes.get(..bytes.len().min(60)).unwrap_or_default()).into_owned();
        refused(DefectRule::UnknownRoot, &begin, neutral::EXPECTED)
    })?;
    let repeated = ceb::repeated_members(bytes);
    let parsed = ceb::parse_json(message.to_string().as_bytes(), limits);
    let (_, message) = if repeated.is_empty() { read(parsed)? } else { return Err(repeated) };
    Ok(of_message(&message))
}

/// Documents of CEB of a direction, of what was read; what they cannot hold is told.
fn records(
    given: &mut Given,
    direction: Option<Direction>,
    limits: &Limits,
) -> Result<ceb::Message, Vec<Defect>> {
    let at = |index: usize| format!("documents[{}]", index + 1);
    let dropped = &mut given.dropped;
    let (sort, own, documents) = match &given.held {
        Held::Records(kind, records) => {
            let Some((sort, own)) = Sort::of(*kind) else {
                return Err(refused(DefectRule::UnknownRoot, kind.root(), neutral::EXPECTED));
            };
            // Into the other direction it goes through what both have.
            let documents: Vec<Map<String, Value>> = records
                .iter()
                .enumerate()
                .filter_map(|(index, record)| {
                    let unified = unified::of(*kind, record, &at(index), dropped)?;
                    unified.as_object().cloned()
                })
                .collect();
            (sort, own, documents)
        }
        Held::Unified(sort, own, documents) => (*sort, *own, documents.clone()),
    };
    let direction = direction.unwrap_or(own);
    let nested = documents.iter().enumerate();
    let nested: Vec<Value> = nested
        .filter_map(|(index, document)| unified::to_ceb(sort, direction, document, &at(index), dropped))
        .collect();
    let message = neutral::of_records(sort.kind(direction), Some(&given.id), nested, given.transfer.as_ref());
    let parsed = ceb::parse_json(message.to_string().as_bytes(), limits);
    let (_, message) = read(parsed).map_err(|defects| named(defects, sort, direction))?;
    Ok(message)
}

/// Defects at the members of the unified standard that they are of.
fn named(defects: Vec<Defect>, sort: &Sort, direction: Direction) -> Vec<Defect> {
    let name = |defect: Defect| {
        let Some((at, path)) = defect.path.split_once('.') else { return defect };
        let path = format!("{at}.{}", unified::path_of(sort, direction, path));
        Defect { path: path.into(), ..defect }
    };
    defects.into_iter().map(name).collect()
}

/// The documents of CEB that were read, as they are.
fn as_read(given: &Given, limits: &Limits) -> Option<Result<ceb::Message, Vec<Defect>>> {
    let Held::Records(kind, records) = &given.held else { return None };
    let nested = records.iter().filter_map(|record| {
        let mut head = record.clone();
        let lines = head.remove("lines");
        let lines = lines.and_then(|lines| lines.as_array().cloned()).unwrap_or_default();
        neutral::nested(*kind, head, lines)
    });
    let message = neutral::of_records(*kind, Some(&given.id), nested.collect(), given.transfer.as_ref());
    Some(read(ceb::parse_json(message.to_string().as_bytes(), limits)).map(|(_, message)| message))
}

fn to_ceb(mut given: Given, direction: Direction, limits: &Limits) -> Result<Converted, Vec<Defect>> {
    let same = matches!(&given.held, Held::Records(kind, _) if Sort::of(*kind).is_some_and(|(_, own)| own == direction));
    let message = match same.then(|| as_read(&given, limits)).flatten() {
        Some(message) => message?,
        None => records(&mut given, Some(direction), limits)?,
    };
    Ok(Converted { json: ceb::write_json(&message), ceb: Some(message), dropped: given.dropped })
}

fn to_neutral(mut given: Given, limits: &Limits) -> Result<Converted, Vec<Defect>> {
    let message = match as_read(&given, limits) {
        Some(message) => message?,
        None => records(&mut given, None, limits)?,
    };
    let documents: Vec<Map<String, Value>> =
        message.entries.iter().map(|entry| neutral::record(&entry.document)).collect();
    let json = neutral::message(&message.guid, message.kind, &documents, given.transfer.as_ref());
    let json =
        json.ok_or_else(|| refused(DefectRule::UnknownRoot, message.kind.root(), neutral::EXPECTED))?;
    Ok(Converted { json, ceb: None, dropped: given.dropped })
}

fn to_unified(mut given: Given, limits: &Limits) -> Result<Converted, Vec<Defect>> {
    let documents: Vec<Value> = match &given.held {
        Held::Records(kind, records) => {
            let dropped = &mut given.dropped;
            let each = records.iter().enumerate();
            each.filter_map(|(index, record)| {
                unified::of(*kind, record, &format!("documents[{}]", index + 1), dropped)
            })
            .collect()
        }
        Held::Unified(_, _, documents) => {
            let documents = documents.iter().cloned().map(Value::Object).collect();
            // What its own direction cannot hold another may: nothing is lost here, and all that is missing is told.
            let dropped = given.dropped.len();
            records(&mut given, None, limits)?;
            given.dropped.truncate(dropped);
            documents
        }
    };
    let mut body = json!({"version": unified::VERSION, "id": given.id, "documents": documents});
    if let Some(transfer) = &given.transfer {
        body["transfer"] = transfer.clone();
    }
    Ok(Converted { json: json!({ unified::ROOT: body }), ceb: None, dropped: given.dropped })
}

/// The page of all members and what each standard calls them, as Markdown.
pub fn reference_markdown() -> String {
    let mut page = String::from(
        "# Order, payment and waybill in every standard\n\nGenerated from the code by `cargo xtask docs`: what `onewindow convert` converts by. \
         The unified standard as JSON Schema: [documents.schema.json](documents.schema.json). Members without a name in a standard are told\n\
         when they are lost; the neutral form keeps those under `CN`, as CEB calls them.\n",
    );
    for sort in &SORTS {
        for (title, rows) in
            [(String::from(sort.word), sort.head), (format!("{}: lines", sort.word), sort.line)]
        {
            if rows.is_empty() {
                continue;
            }
            let [import, export] = Direction::ALL.map(|direction| sort.kind(direction).root());
            page.push_str(&format!(
                "\n## {title}\n\n| unified | {import} | {export} | neutral | form |\n|---|---|---|---|---|\n"
            ));
            for row in rows {
                let form = match row.form {
                    documents::Form::Same => "",
                    documents::Form::Currency => "ISO 4217",
                    documents::Form::Country => "ISO 3166",
                    documents::Form::Time => "RFC 3339, +08:00",
                    documents::Form::Operation => "new, change, delete",
                };
                page.push_str(&format!(
                    "| {} | {} | {} | {} | {form} |\n",
                    row.member, row.import, row.export, row.neutral
                ));
            }
        }
    }
    page.push_str("\n## Set on the way to CEB\n\n| field | imports | exports |\n|---|---|---|\n");
    for (field, import, export) in unified::FIXED {
        page.push_str(&format!("| {field} | {import} | {export} |\n"));
    }
    page
}

/// The JSON Schema of the unified standard, as a file has it.
pub fn reference_schema() -> String {
    format!("{:#}\n", unified::schema())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceb::{Document, Style};
    use clearance::keys::Time as Instant;
    use clearance::sample::{self, Export, Trade};
    use std::collections::BTreeSet;

    const NOW: Instant = Instant(1_795_399_200_000);

    /// The three documents of imports and of exports.
    fn samples(number: u64) -> Vec<(Direction, ceb::Message)> {
        let (trade, export) = (Trade::new(9, number, NOW, 1_000), Export::new(9, number, NOW));
        let (seller, platform) = (&export.order.head.ebc_code, &trade.order.head.ebp_code);
        let (import, export_of) = (Direction::Import, Direction::Export);
        let all = [
            (import, platform, Document::Order(trade.order.clone())),
            (import, &trade.payment.pay_code, Document::Payment(trade.payment.clone())),
            (import, &trade.waybill.logistics_code, Document::Waybill(trade.waybill.clone())),
            (export_of, seller, Document::ExportOrder(export.order.clone())),
            (export_of, seller, Document::ExportPayment(export.payment.clone())),
            (export_of, &export.waybill.logistics_code, Document::ExportWaybill(export.waybill.clone())),
        ];
        all.into_iter()
            .map(|(direction, sender, document)| (direction, sample::message(sender, vec![document])))
            .collect()
    }

    fn converted(bytes: &[u8], from: Standard, to: Standard) -> Converted {
        convert(bytes, from, to).unwrap_or_else(|defects| {
            panic!("{} to {}: {defects:?}\n{}", from.word(), to.word(), String::from_utf8_lossy(bytes))
        })
    }

    /// A message in each standard, from CEB.
    fn in_each(direction: Direction, message: &ceb::Message) -> Vec<(Standard, Vec<u8>)> {
        let own = Standard::Ceb(direction);
        let xml = ceb::write(message, Style::Prefixed);
        [own, Standard::Unified, Standard::Neutral]
            .into_iter()
            .map(|to| (to, converted(&xml, own, to).json.to_string().into_bytes()))
            .collect()
    }

    #[test]
    fn there_and_back_every_pair_is_the_identity_on_what_it_holds() {
        for number in 0..30 {
            for (direction, message) in samples(number) {
                for (from, bytes) in in_each(direction, &message) {
                    let first: Value = serde_json::from_slice(&bytes).unwrap();
                    for to in [Standard::Ceb(direction), Standard::Unified, Standard::Neutral] {
                        let there = converted(&bytes, from, to);
                        assert_eq!(there.dropped, [], "{} to {}", from.word(), to.word());
                        let back = converted(there.json.to_string().as_bytes(), to, from);
                        assert_eq!(back.dropped, [], "{} to {} and back", from.word(), to.word());
                        assert_eq!(back.json, first, "{} to {} and back", from.word(), to.word());
                    }
                }
            }
        }
    }

    #[test]
    fn a_byte_order_mark_changes_nothing_and_a_member_that_stands_twice_is_told() {
        for (direction, message) in samples(2) {
            for (from, bytes) in in_each(direction, &message) {
                let marked = [b"\xEF\xBB\xBF".as_slice(), bytes.as_slice()].concat();
                let [plain, marked] = [bytes, marked].map(|one| converted(&one, from, from).json);
                assert_eq!(plain, marked, "{}", from.word());
            }
        }
        let (direction, message) = samples(2).remove(0);
        let roots = [message.kind.root(), unified::ROOT, neutral::ROOT];
        for ((from, bytes), root) in in_each(direction, &message).into_iter().zip(roots) {
            let (text, begin) = (String::from_utf8(bytes).unwrap(), format!("{{\"{root}\":{{"));
            let (member, _) = text.strip_prefix(&begin).unwrap()[1..].split_once('"').unwrap();
            let twice = text.replacen(&begin, &format!("{begin}\"{member}\":[],"), 1);
            let defects = convert(twice.as_bytes(), from, Standard::Unified).unwrap_err();
            let told: Vec<_> = defects.iter().map(|one| (one.path.as_str(), one.rule)).collect();
            assert_eq!(told, [(format!("{root}/{member}").as_str(), DefectRule::RepeatedElement)]);
        }
    }

    #[test]
    fn what_the_other_direction_cannot_hold_is_named_and_what_it_demands_is_told() {
        for (direction, mut message) in samples(3) {
            if let Document::Waybill(waybill) = &mut message.entries[0].document {
                waybill.goods_info = None;
            }
            let other = if direction == Direction::Import { Direction::Export } else { Direction::Import };
            let (sort, _) = Sort::of(message.kind).unwrap();
            let unified = converted(
                &ceb::write(&message, Style::Prefixed),
                Standard::Ceb(direction),
                Standard::Unified,
            );
            let bytes = unified.json.to_string().into_bytes();
            // Members that are there, and for which the other direction has no field.
            let lost: BTreeSet<String> = sort
                .head
                .iter()
                .filter(|row| row.field(other).is_none())
                .filter(|row| {
                    let path = row.member.replace('.', "/");
                    unified.json[unified::ROOT]["documents"][0].pointer(&format!("/{path}")).is_some()
                })
                .map(|row| format!("documents[1].{}", row.member))
                .collect();
            match convert(&bytes, Standard::Unified, Standard::Ceb(other)) {
                Ok(converted) => {
                    assert_eq!(converted.ceb.unwrap().kind, sort.kind(other));
                    assert_eq!(sort.word, "order");
                    let heads =
                        converted.dropped.iter().map(|one| &one.path).filter(|path| !path.contains("lines["));
                    assert_eq!(heads.cloned().collect::<BTreeSet<_>>(), lost, "{}", sort.word);
                    assert!(converted.dropped.iter().all(|one| !one.value.is_empty()));
                }
                Err(defects) => {
                    let told: BTreeSet<&str> = defects.iter().map(|defect| defect.path.as_str()).collect();
                    let wanted = match (sort.word, other) {
                        ("order", Direction::Import) => ["buyer.name", "consignee.address"],
                        ("payment", Direction::Import) => ["payer.name", "payer.identityNumber"],
                        ("payment", Direction::Export) => ["seller.code", "seller.name"],
                        ("waybill", Direction::Import) => ["order.number", "consignee.name"],
                        ("waybill", Direction::Export) => ["goods", "goods"],
                        _ => panic!("an order of an import has all that one of an export needs: {told:?}"),
                    };
                    for member in wanted {
                        let path = format!("documents[1].{member}");
                        assert!(told.contains(path.as_str()), "{}, {path}: {told:?}", sort.word);
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_no_part_of_a_standard_is_told_and_nothing_is_lost_in_silence() {
        let (direction, message) = samples(1).remove(0);
        let own = Standard::Ceb(direction);
        let mut odd = message.clone();
        let Document::Order(order) = &mut odd.entries[0].document else { panic!("an order") };
        order.head.batch_numbers = Some("P1".into());
        order.head.app_status = "1".into();
        let dropped = converted(&ceb::write(&odd, Style::Prefixed), own, Standard::Unified).dropped;
        let told: Vec<(&str, &str)> =
            dropped.iter().map(|one| (one.path.as_str(), one.value.as_str())).collect();
        assert!(told.contains(&("documents[1].OrderHead/batchNumbers", "P1")), "{told:?}");
        assert!(told.contains(&("documents[1].OrderHead/appStatus", "1")) && told.len() == 2, "{told:?}");
        // The neutral form keeps them.
        assert_eq!(converted(&ceb::write(&odd, Style::Prefixed), own, Standard::Neutral).dropped, []);
        let mut unified = converted(&ceb::write(&message, Style::Prefixed), own, Standard::Unified).json;
        let document = &mut unified[unified::ROOT]["documents"][0];
        document["shoe"] = json!({"size": "42"});
        document["buyer"]["name"] = json!(["a"]);
        document["lines"][0]["colour"] = "red".into();
        unified[unified::ROOT]["more"] = true.into();
        let defects = convert(unified.to_string().as_bytes(), Standard::Unified, own).unwrap_err();
        let told: BTreeSet<&str> = defects.iter().map(|defect| defect.path.as_str()).collect();
        let wanted =
            ["documents[1].shoe.size", "documents[1].buyer.name", "documents[1].lines[1].colour", "more"];
        assert_eq!(told, BTreeSet::from(wanted));
        for (bytes, from) in [
            (&b"{"[..], Standard::Unified),
            (&b"{\"UnifiedDocuments\": {\"documents\": [7]}}"[..], Standard::Unified),
            (&b"{}"[..], Standard::Neutral),
            (&b"<x/>"[..], own),
            (&ceb::write(&message, Style::Prefixed)[..], Standard::Ceb(Direction::Export)),
        ] {
            let defects = convert(bytes, from, Standard::Unified).unwrap_err();
            assert!(!defects.is_empty() && defects.iter().all(|defect| !defect.expected.is_empty()));
        }
    }

    #[test]
    fn the_schema_has_every_member_and_says_what_is_demanded() {
        let schema = unified::schema();
        let documents =
            schema["properties"][unified::ROOT]["properties"]["documents"]["items"]["oneOf"].clone();
        for (sort, document) in SORTS.iter().zip(documents.as_array().unwrap()) {
            for row in sort.head {
                let path = row.member.replace('.', "/properties/");
                let member = document.pointer(&format!("/properties/{path}"));
                let member = member.unwrap_or_else(|| panic!("{}.{}", sort.word, row.member));
                assert_eq!(member["type"], "string", "{member}");
                assert!(member["description"].is_string() && member["x-required"].is_array(), "{member}");
            }
            assert_eq!(document["additionalProperties"], false);
            assert_eq!(document["properties"]["lines"].is_object(), !sort.line.is_empty());
        }
        let buyer = &documents[0]["properties"]["buyer"]["properties"]["name"];
        assert_eq!(
            (&buyer["x-required"], &buyer["x-ceb"]["import"]),
            (&json!(["import"]), &json!("buyerName"))
        );
    }
}
