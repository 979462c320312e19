//! Sending from a page: files or pasted text in, and for every document what was answered and what to do about it.

use super::exports::export_address;
use super::{address, trade_address};
use crate::answers::Both;
use crate::answers::sending::{Answered, MessageAnswer};
use crate::format::count;
use crate::language::{Family, Language, Texts};
use crate::parts::{Column, Field, Table, Tone, badge, both, declared, field, said, submit};
use crate::shell::{Desk, Frame, Page, guard};
use maud::{Markup, html};
use std::borrow::Cow;

/// Files that have a line on a page; of the others there is the file of answers.
const FILES: usize = 100;
/// Bytes of a page for what was answered. What has no room is shown message by message, each on a page of its own.
const ROOM: usize = 78_000;

/// What came of one file.
#[derive(Clone, Debug)]
pub struct Sent {
    /// What its sender calls it; empty = what was pasted.
    pub name: String,
    /// What was answered, or why nothing was.
    pub answer: Result<MessageAnswer, Both>,
}

/// What the page shows.
#[derive(Clone, Default, Debug)]
pub struct View {
    /// What stands in the field for text.
    pub text: String,
    /// Why nothing was sent.
    pub fault: String,
    /// What came of what was sent.
    pub sent: Vec<Sent>,
    /// Messages that the reader may fill in here, by their numbers.
    pub kinds: Vec<(u16, String)>,
}

/// The page.
pub fn page(frame: &Frame, view: &View) -> Page {
    let texts = frame.texts;
    let (described, invalid) = match view.fault.is_empty() {
        true => ("files-hint", None),
        false => ("files-hint files-fault", Some("true")),
    };
    let body = html! {
        div data-results { @if !view.sent.is_empty() { (results(texts, &view.sent)) } }
        form method="post" action="/desk/send" enctype="multipart/form-data" data-upload {
            @if let Some(reader) = &frame.reader { (guard(reader)) }
            div.field {
                label for="files" { (texts.text("send-files")) }
                p.hint #files-hint { (texts.text("send-files-hint")) }
                @if !view.fault.is_empty() { p.fault #files-fault { (view.fault) } }
                input type="file" id="files" name="files" multiple accept=".xml,.json,.txt" aria-describedby=(described) aria-invalid=[invalid];
            }
            (field(&Field { name: "text", label: &texts.text("send-text"), hint: &texts.text("send-text-hint"), kind: "area", value: &view.text, ..Field::default() }))
            (submit(&texts.text("send-now")))
            p { button.quiet name="as" value="csv" { (texts.text("send-as-csv")) } " " span.muted { (texts.text("send-as-csv-help")) } }
            div.progress hidden data-progress {
                label for="sending" { (texts.text("sending")) }
                progress id="sending" max="1" value="0" {}
                " " span data-progress-text role="status" {}
            }
            div.said.bad hidden role="alert" data-unsent data-ended=(texts.text("unsent-ended")) data-refused=(texts.text("unsent-refused")) data-broken=(texts.text("unsent-broken")) {
                p data-why {}
                ul {}
                p { a href="/sign-in?next=%2Fdesk%2Fsend" { (texts.text("sign-in")) } }
            }
        }
        h2 { (texts.text("fill-in")) }
        p { (texts.text("fill-in-help")) }
        ul { @for (kind, root) in &view.kinds {
            li { a href=(address("/desk/documents", &[("kind", &kind.to_string())])) { (texts.word(Family::Message, root)) } }
        } }
    };
    Page::new(texts.text("nav-send"), Some(Desk::Send), body)
}

/// How many documents were taken, and how many were not.
fn counted(sent: &[Sent]) -> (u64, u64) {
    let documents =
        sent.iter().filter_map(|one| one.answer.as_ref().ok()).flat_map(|answer| &answer.documents);
    documents.fold(
        (0, 0),
        |(taken, refused), one| {
            if one.is_refused() { (taken, refused + 1) } else { (taken + 1, refused) }
        },
    )
}

/// What came of everything that was sent.
pub fn results(texts: Texts, sent: &[Sent]) -> Markup {
    let (taken, refused) = counted(sent);
    let whole =
        sent.iter().filter(|one| one.answer.as_ref().map_or(true, |answer| answer.message.refused.is_some()));
    let whole = whole.count() as u64;
    let tone = if refused + whole == 0 { Tone::Good } else { Tone::Warn };
    let told = texts.with(
        "sent-sum",
        &[("taken", &count(taken)), ("refused", &count(refused)), ("whole", &count(whole))],
    );
    let rows = sent.iter().take(FILES).map(|one| row(texts, one)).collect();
    let columns = vec![
        Column::of(texts.text("file")),
        Column::of(texts.text("message")),
        Column::number(texts.text("taken")),
        Column::number(texts.text("not-taken")),
        Column::of(texts.text("answer")),
    ];
    let table = Table { caption: texts.text("sent-caption"), columns, rows }.shown();
    let mut room = ROOM.saturating_sub(table.0.len());
    let each = each_document(texts, sent, &mut room);
    let why = each_refused(texts, sent, &mut room);
    let more = sent.len().saturating_sub(FILES) as u64;
    html! {
        (said(tone, html! { p { (told) } }))
        h2 { (texts.text("sent-caption")) }
        (table)
        @if more > 0 { p { (texts.with("sent-more", &[("count", &count(more))])) } }
        (each)
        (why)
    }
}

/// The documents of a file, where its message was read.
fn documents(one: &Sent) -> &[Answered] {
    one.answer.as_ref().map(|answer| answer.documents.as_slice()).unwrap_or_default()
}

/// Takes room for a part, if there is as much.
fn takes(room: &mut usize, part: &Markup) -> bool {
    let left = room.checked_sub(part.0.len());
    *room = left.unwrap_or(*room);
    left.is_some()
}

/// Of each message with several documents a line for every one of them, folded; without room a link to where they stand.
fn each_document(texts: Texts, sent: &[Sent], room: &mut usize) -> Markup {
    let several = sent.iter().take(FILES).filter(|one| documents(one).len() > 1);
    let parts = several.map(|one| {
        let all = documents(one);
        let named = name(texts, &one.name);
        let told = texts.counted("sent-each", &[("count", all.len() as u64)], &[("name", &named)]);
        let lines = html! {
            details open[sent.len() == 1] {
                summary { (told) }
                ol { @for document in all { li { (line(texts, document)) } } }
            }
        };
        if takes(room, &lines) {
            return lines;
        }
        let sha256 = one.answer.as_ref().map(|answer| answer.message.sha256.as_str()).unwrap_or_default();
        let link = html! { p { a href=(address("/desk/send", &[("sha256", sha256)])) { (told) } } };
        *room = room.saturating_sub(link.0.len());
        link
    });
    // Each takes its room before the next asks for it.
    let parts: Vec<Markup> = parts.collect();
    html! { @for part in &parts { (part) } }
}

/// Why documents were not taken, as long as there is room; each of the others has its line, from which it is corrected.
fn each_refused(texts: Texts, sent: &[Sent], room: &mut usize) -> Markup {
    let mut left = 0;
    let mut parts = Vec::new();
    for one in sent {
        for document in documents(one).iter().filter(|document| document.is_refused()) {
            let part = of_document(texts, &one.name, document);
            // The first that has no room ends it: what follows stays in order.
            if left == 0 && takes(room, &part) {
                parts.push(part);
            } else {
                left += 1;
            }
        }
    }
    html! {
        @for part in &parts { (part) }
        @if left > 0 { p { (texts.with("sent-more-refused", &[("count", &count(left))])) } }
    }
}

/// What a document is of: its trade, where there is one.
fn trade(texts: Texts, one: &Answered) -> Markup {
    html! {
        // A document that names no order was of none.
        @if let Some(order) = one.order.as_ref().filter(|order| !order.order_no.is_empty()) { a href=(trade_address(&order.platform, &order.order_no)) { (order.order_no) } }
        @else if let Some(order) = &one.export { a href=(export_address(&order.merchant, &order.order_no)) { (order.order_no) } }
        @else { (texts.text("document")) }
    }
}

/// A document as a line: what it is of, what was answered, and where it is corrected if it was not taken.
fn line(texts: Texts, one: &Answered) -> Markup {
    html! {
        (trade(texts, one)) " " (document_state(texts, one)) " " (declared(texts, &one.info))
        @if one.is_refused() && one.position > 0 {
            " " a href={ "/desk/documents/" (one.position) } { (texts.text("correct-document")) }
        }
    }
}

fn name(texts: Texts, name: &str) -> String {
    if name.is_empty() { texts.text("pasted") } else { name.to_owned() }
}

fn row(texts: Texts, one: &Sent) -> Vec<Markup> {
    let (taken, refused) = counted(std::slice::from_ref(one));
    let (root, told) = match &one.answer {
        Err(why) => {
            (String::new(), html! { (badge(Tone::Bad, &texts.text("not-sent"))) " " (both(texts, why)) })
        }
        Ok(answer) => {
            let root = texts.known(Family::Message, &answer.message.root);
            let told = match (&answer.message.refused, answer.documents.as_slice()) {
                (Some(why), _) => {
                    html! { (badge(Tone::Bad, &texts.text("message-refused"))) " " span lang="en" { (why) } }
                }
                (None, [one]) => html! { (document_state(texts, one)) " " (declared(texts, &one.info)) },
                (None, _) if refused == 0 => badge(Tone::Good, &texts.text("all-taken")),
                (None, _) => badge(Tone::Warn, &texts.text("some-refused")),
            };
            (root.unwrap_or_else(|| answer.message.root.clone()), told)
        }
    };
    let number = |number: u64| html! { (count(number)) };
    vec![html! { (name(texts, &one.name)) }, html! { (root) }, number(taken), number(refused), told]
}

fn document_state(texts: Texts, one: &Answered) -> Markup {
    if one.undecided {
        return badge(Tone::Wait, &texts.text("judged-later"));
    }
    let tone = if one.is_refused() { Tone::Bad } else { Tone::Good };
    html! { (badge(tone, &one.status.to_string())) @if one.repeated { " " (texts.text("sent-before")) } }
}

/// A document that was not taken: why, and where it is corrected.
fn of_document(texts: Texts, file: &str, one: &Answered) -> Markup {
    let chinese = texts.language() == Language::Chinese;
    html! {
        section.finding.bad {
            h3 {
                (name(texts, file)) " · "
                (trade(texts, one)) " " (document_state(texts, one))
            }
            ul { @for found in &one.findings {
                li {
                    (if chinese && !found.text.is_empty() { &found.text } else if chinese { &found.why.zh } else { &found.why.en })
                    " " a.code href=(address("/desk/rules", &[("text", &found.rule)])) { (found.rule) }
                    @for field in &found.fields { " · " span.code { (field.path) "=" (field.value) } }
                    " → " (if chinese { &found.fix.zh } else { &found.fix.en })
                }
            } }
            @if one.position > 0 {
                p { a href={ "/desk/documents/" (one.position) } { (texts.text("correct-it")) } }
            }
        }
    }
}

/// Every document as a line of a file that a spreadsheet reads.
pub fn csv(sent: &[Sent]) -> String {
    let mut lines = vec![
        ["file", "kind", "platform", "orderNo", "status", "info", "rules", "position"].map(str::to_owned),
    ];
    for one in sent {
        let mut line = |cells: [&str; 7]| {
            let [kind, platform, order_no, status, info, rules, position] = cells.map(str::to_owned);
            lines.push([one.name.clone(), kind, platform, order_no, status, info, rules, position]);
        };
        match &one.answer {
            Err(why) => line(["", "", "", "", &why.en, "", ""]),
            Ok(answer) => {
                if let Some(why) = &answer.message.refused {
                    line(["", "", "", "900", why, "", &answer.message.position.to_string()]);
                }
                for document in &answer.documents {
                    let order = document.order.clone().unwrap_or_default();
                    let rules: Vec<&str> =
                        document.findings.iter().map(|found| found.rule.as_str()).collect();
                    line([
                        &document.kind.map(|kind| kind.to_string()).unwrap_or_default(),
                        &order.platform,
                        &order.order_no,
                        &document.status.to_string(),
                        &document.info,
                        &rules.join(" "),
                        &document.position.to_string(),
                    ]);
                }
            }
        }
    }
    // A spreadsheet reads it as UTF-8 for the mark before it.
    format!("\u{feff}{}", written(&lines))
}

fn written<const N: usize>(lines: &[[String; N]]) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for line in lines {
        // Into memory, each line as long as the first: it cannot fail.
        let _ = writer.write_record(line.iter().map(|cell| plain(cell).into_owned()));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// A cell. What would begin a formula is text: the names and values in it come from outside.
fn plain(cell: &str) -> Cow<'_, str> {
    let begins = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<i64>().is_err();
    if begins { format!("'{cell}").into() } else { cell.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::Finding;
    use crate::answers::sending::{Message, Order};

    /// A message of a hundred documents with long numbers and long words, none of them taken.
    fn a_large_message(name: &str) -> Sent {
        let document = |number: usize| Answered {
            position: 7,
            order: Some(Order { platform: "5301960101".into(), order_no: format!("{number:060}") }),
            status: 100,
            info: "[Code:13127;Desc:清单订购人姓名与订单不一致]".repeat(3),
            findings: vec![Finding { rule: "a-rule".into(), text: "样".repeat(600), ..Finding::default() }],
            ..Answered::default()
        };
        let message = Message { sha256: "0".repeat(64), root: "CEB621Message".into(), ..Message::default() };
        let documents = (0..100).map(document).collect();
        Sent { name: name.to_owned(), answer: Ok(MessageAnswer { message, documents }) }
    }

    #[test]
    fn every_document_has_its_line_and_no_page_grows_with_what_is_sent() {
        let texts = Language::Chinese.texts();
        let one = results(texts, &[a_large_message("one.xml")]).0;
        assert!(one.len() < 85_000, "{}", one.len());
        for number in 0..100 {
            assert!(one.contains(&format!("{number:060}</a>")), "{number}");
        }
        assert!(
            one.contains("<details open>") && one.contains("另有"),
            "the first are explained, the others counted"
        );
        let many: Vec<Sent> = (0..200).map(|number| a_large_message(&format!("{number}.xml"))).collect();
        let many = results(texts, &many).0;
        assert!(many.len() < 90_000, "{}", many.len());
        let told = |number: usize| many.contains(&format!("{number}.xml 的全部 100 份单证"));
        assert!((0..100).all(told), "each has its lines, here or behind a link");
        assert!(many.contains(&format!("/desk/send?sha256={}", "0".repeat(64))));
    }

    fn quoted(cell: &str) -> String {
        written(&[[cell.to_owned()]]).trim_end().to_owned()
    }

    #[test]
    fn a_cell_is_text_whatever_it_holds() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("-621004"), "-621004");
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("a,\"b\""), "\"a,\"\"b\"\"\"");
    }

    #[test]
    fn a_document_that_was_taken_and_one_that_was_not_are_counted_apart() {
        let answered = |status| Answered { status, ..Answered::default() };
        let answer =
            MessageAnswer { documents: vec![answered(2), answered(100), answered(-1)], ..Default::default() };
        let sent = Sent { name: "a.xml".to_owned(), answer: Ok(answer) };
        assert_eq!(counted(&[sent]), (1, 2));
    }
}
