//! Drafts of the rulebook: the list, a table to be edited, and one draft with what it would change and what its trial came to.

use super::operation::differing_tables;
use super::{address, inspect::both};
use crate::answers::drafts::{Draft, Drafts, Feedback, TableFault, TableText, Trial, Verdict};
use crate::answers::operation::Rulebooks;
use crate::answers::risk_model::RiskModel;
use crate::format::{count, money_of, time};
use crate::language::{Family, Texts};
use crate::parts::{Column, Field, Table, Tone, badge, empty, facts, field, hidden, said, submit};
use crate::shell::{Desk, Frame, Page, guard};
use maud::{Markup, html};

/// Bytes of a table that is edited in its page: larger ones are sent as a file.
pub const EDITED: usize = 48_000;
/// Where drafts are.
const PLACE: &str = "/desk/rulebooks/drafts";
/// Faults that a page shows.
const FAULTS: usize = 50;

/// The address of a draft.
pub fn draft_address(id: &str) -> String {
    format!("{PLACE}/{id}")
}

fn state(texts: Texts, word: &str) -> Markup {
    let tone = match word {
        "published" => Tone::Good,
        "withdrawn" => Tone::Still,
        "tried" | "watched" | "approved" => Tone::Wait,
        _ => Tone::Warn,
    };
    badge(tone, &texts.word(Family::RecordState, word))
}

/// Rules are sealed: whoever reads them is reminded.
fn sealed(texts: Texts) -> Markup {
    html! { p.muted { (texts.text("drafts-sealed")) } }
}

fn joined(texts: Texts, names: &[String]) -> Markup {
    html! { @for (index, name) in names.iter().enumerate() { @if index > 0 { (texts.text("joint")) } span.code { (name) } } }
}

fn authors(texts: Texts, draft: &Draft) -> String {
    let names: Vec<&str> = draft.authors.iter().map(|author| author.name.as_str()).collect();
    names.join(&texts.text("joint"))
}

/// Whoever changes rules sees how often each was right.
fn feedback(texts: Texts, feedback: &Feedback) -> Markup {
    let rows = feedback.rules.iter().map(|told| {
        let all = told.right + told.wrong;
        vec![
            html! { span.code { (told.rule) } },
            html! { (count(told.right)) },
            html! { (count(told.wrong)) },
            html! { @if all > 0 { (told.right * 100 / all) "%" } },
        ]
    });
    let columns = [
        texts.text("item-rule"),
        texts.text("feedback-right"),
        texts.text("feedback-wrong"),
        texts.text("feedback-share"),
    ];
    html! {
        h2 { (texts.text("feedback-title")) }
        @if feedback.rules.is_empty() { (empty(&texts.text("feedback-none"), &texts.text("feedback-none-help"))) }
        @else {
            (Table {
                caption: texts.text("feedback-title"),
                columns: columns.map(Column::of).to_vec(),
                rows: rows.collect(),
            }.shown())
        }
    }
}

/// All drafts, what begins one, what closed cases said of rules, and how a model in shadow does.
pub fn list(frame: &Frame, all: &Drafts, books: &Rulebooks, told: &Feedback, model: &RiskModel) -> Page {
    let texts = frame.texts;
    let rows = all.drafts.iter().map(|draft| {
        vec![
            html! { a.lead href=(draft_address(&draft.id)) { (draft.title) } },
            state(texts, &draft.state),
            joined(texts, &draft.tables),
            html! { (authors(texts, draft)) },
            time(&draft.changed),
        ]
    });
    let columns = [
        texts.text("draft-title"),
        texts.text("state"),
        texts.text("draft-tables"),
        texts.text("draft-authors"),
        texts.text("draft-changed"),
    ];
    let earlier = books.rulebooks.iter().filter(|book| book.number < all.in_force);
    let body = html! {
        (sealed(texts))
        p { a.button href={ (PLACE) "/new" } { (texts.text("draft-new")) } }
        @if all.drafts.is_empty() { (empty(&texts.text("drafts-none"), &texts.text("drafts-none-help"))) }
        @else {
            (Table {
                caption: texts.text("drafts"),
                columns: columns.map(Column::of).to_vec(),
                rows: rows.collect(),
            }.shown())
        }
        @if let Some(after) = &all.after { p { a href=(address(PLACE, &[("after", after)])) { (texts.text("next-page")) } } }
        (feedback(texts, told))
        (super::risk_model::section(texts, model))
        @if all.in_force > 1 {
            h2 { (texts.text("draft-back")) }
            p { (texts.text("draft-back-help")) }
            form method="post" action=(PLACE) enctype="multipart/form-data" {
                @if let Some(reader) = &frame.reader { (guard(reader)) }
                div.field {
                    label for="back" { (texts.text("draft-back-to")) }
                    select id="back" name="backTo" { @for book in earlier { option value=(book.number) { (book.number) " · " (book.by) } } }
                }
                (field(&Field { name: "title", label: &texts.text("draft-title"), ..Field::default() }))
                (submit(&texts.text("draft-back-do")))
            }
        }
    };
    Page::new(texts.text("drafts"), Some(Desk::Drafts), body)
}

/// What a form has that was not kept.
#[derive(Clone, Default, Debug)]
pub struct Editing {
    /// Of which draft; empty = a new one.
    pub draft: String,
    /// Its version.
    pub version: u32,
    /// What it is for.
    pub title: String,
    /// The table that is edited; empty = it is to be chosen.
    pub table: TableText,
    /// All tables.
    pub tables: Vec<String>,
    /// What is wrong, by the interface.
    pub faults: Vec<TableFault>,
    /// Why nothing was kept.
    pub refused: String,
}

/// A table to be edited.
pub fn edit(frame: &Frame, view: &Editing) -> Page {
    let texts = frame.texts;
    let here = if view.draft.is_empty() { format!("{PLACE}/new") } else { draft_address(&view.draft) };
    let large = view.table.text.len() > EDITED;
    let is_wrong = !(view.faults.is_empty() && view.refused.is_empty());
    let invalid = is_wrong.then_some("true");
    let described = |name: &str| match is_wrong {
        true => format!("{name}-hint {name}-fault"),
        false => format!("{name}-hint"),
    };
    let fault = if view.refused.is_empty() { texts.text("draft-not-kept") } else { view.refused.clone() };
    let body = html! {
        (sealed(texts))
        (faults(texts, view))
        form.filter method="get" action={ (PLACE) "/new" } {
            @if !view.draft.is_empty() { (hidden("draft", &view.draft)) }
            div.field {
                label for="table" { (texts.text("draft-table")) }
                select id="table" name="table" {
                    @for name in &view.tables { option value=(name) selected[*name == view.table.table] { (name) } }
                }
            }
            (submit(&texts.text("draft-choose")))
        }
        @if !view.table.table.is_empty() {
            h2.code { (view.table.table) }
            form method="post" action=(if view.draft.is_empty() { PLACE.to_owned() } else { here }) enctype="multipart/form-data" {
                @if let Some(reader) = &frame.reader { (guard(reader)) }
                (hidden("action", "change"))
                (hidden("version", &view.version.to_string()))
                (hidden("table", &view.table.table))
                (field(&Field { name: "title", label: &texts.text("draft-title"), hint: &texts.text("draft-title-hint"), value: &view.title, ..Field::default() }))
                @if large { p { (texts.text("draft-large")) } }
                @else {
                    div.field {
                        label for="text" { (texts.text("draft-text")) }
                        p.hint id="text-hint" { (texts.text("draft-text-hint")) }
                        @if is_wrong { p.fault id="text-fault" { (fault) } }
                        textarea.code id="text" name="text" rows="18" spellcheck="false" aria-describedby=(described("text")) aria-invalid=[invalid] { "\n" (view.table.text) }
                    }
                }
                div.field {
                    label for="file" { (texts.text("draft-file")) }
                    p.hint id="file-hint" { (texts.text("draft-file-hint")) }
                    // A table that is not shown to be edited came as a file.
                    @if is_wrong && large { p.fault id="file-fault" { (fault) } }
                    @let (described, invalid) = if large { (described("file"), invalid) } else { ("file-hint".to_owned(), None) };
                    input type="file" id="file" name="file" accept=".csv,text/csv" aria-describedby=(described) aria-invalid=[invalid];
                }
                (submit(&texts.text("draft-keep")))
            }
        }
    };
    Page::new(texts.text("draft-edit"), Some(Desk::Drafts), body)
}

fn faults(texts: Texts, view: &Editing) -> Markup {
    if view.faults.is_empty() && view.refused.is_empty() {
        return html! {};
    }
    let more = view.faults.len().saturating_sub(FAULTS) as u64;
    let rows = view.faults.iter().take(FAULTS).map(|fault| {
        vec![
            html! { span.code { (fault.table) } },
            html! { @if fault.row > 0 { (fault.row) } },
            html! { span.code { (fault.value) } },
            html! { (both(texts, &fault.text)) },
        ]
    });
    let columns = vec![
        Column::of(texts.text("draft-table")),
        Column::number(texts.text("draft-row")),
        Column::of(texts.text("draft-value")),
        Column::of(texts.text("draft-what")),
    ];
    html! {
        (said(Tone::Bad, html! { p { (if view.refused.is_empty() { texts.text("draft-not-kept") } else { view.refused.clone() }) } }))
        @if !view.faults.is_empty() { (Table { caption: texts.text("draft-faults"), columns, rows: rows.collect() }.shown()) }
        @if more > 0 { p.muted { (texts.counted("draft-faults-more", &[("count", more)], &[])) } }
    }
}

/// One draft. `refused` says why what was asked was not done.
pub fn one(frame: &Frame, draft: &Draft, refused: &str) -> Page {
    let texts = frame.texts;
    let body = html! {
        @if !refused.is_empty() { (said(Tone::Bad, html! { p { (refused) } })) }
        (sealed(texts))
        (facts(&[
            (texts.text("state"), state(texts, &draft.state)),
            (texts.text("draft-base"), html! { (draft.base) }),
            (texts.text("draft-authors"), html! { (authors(texts, draft)) }),
            (texts.text("draft-changed"), time(&draft.changed)),
        ]))
        @if let Some(number) = draft.number { (said(Tone::Good, html! { p { (texts.with("draft-in-force", &[("number", &number.to_string())])) } })) }
        @if let Some(number) = draft.back_to { p { (texts.with("draft-goes-back", &[("number", &number.to_string())])) } }
        @if draft.outdated && draft.state != "withdrawn" {
            (said(Tone::Warn, html! { p { (texts.with("draft-outdated", &[("number", &draft.in_force.to_string())])) } }))
        }
        (moves(frame, draft))
        h2 { (texts.text("draft-differences")) }
        @if draft.differences.is_empty() { (empty(&texts.text("no-differences"), &texts.text("no-differences-help"))) }
        (differing_tables(texts, &draft.differences))
        h2 { (texts.text("trial")) }
        @match (&draft.trying, &draft.trial) {
            (Some(trying), _) => {
                (said(Tone::Wait, html! { p { (texts.counted("trial-runs", &[("rows", trying.rows), ("of", trying.of)], &[])) } }))
                progress value=(trying.rows) max=(trying.of.max(1)) aria-label=(texts.text("trial")) {}
                p { a.button href=(draft_address(&draft.id)) { (texts.text("trial-look")) } }
            }
            (None, Some(trial)) => {
                @match trial.from.as_str() {
                    "facts" => { p.muted { (texts.text("trial-from-facts")) } }
                    "rows" => { p.muted { (texts.text("trial-from-rows")) } }
                    _ => {}
                }
                (tried(texts, trial))
            }
            (None, None) => (empty(&texts.text("trial-none"), &texts.text("trial-none-help"))),
        }
        h2 { (texts.text("watch")) }
        @if let Some(since) = &draft.watched_since { p { (texts.text("watch-since")) " " (time(since)) } }
        @match &draft.watched {
            Some(watched) => (tried(texts, watched)),
            None => (empty(&texts.text("watch-none"), &texts.text("watch-none-help"))),
        }
    };
    Page::new(draft.title.clone(), Some(Desk::Drafts), body)
}

/// What may be done with it now.
fn moves(frame: &Frame, draft: &Draft) -> Markup {
    let texts = frame.texts;
    let open = matches!(draft.state.as_str(), "draft" | "tried" | "watched" | "approved");
    if !open {
        return html! {};
    }
    let form = |action: &str, label: String, note: bool| {
        html! {
            form method="post" action=(draft_address(&draft.id)) enctype="multipart/form-data" {
                @if let Some(reader) = &frame.reader { (guard(reader)) }
                (hidden("action", action))
                (hidden("version", &draft.version.to_string()))
                @if note { (field(&Field { name: "note", label: &texts.text("draft-note"), ..Field::default() })) }
                (submit(&label))
            }
        }
    };
    let changes = draft.state != "approved";
    let untried = draft.must_be_tried && !draft.tried;
    html! {
        @if changes && draft.back_to.is_none() {
            p { a.button href=(address(&format!("{PLACE}/new"), &[("draft", &draft.id), ("table", draft.tables.first().map_or("", String::as_str))])) { (texts.text("draft-go-on")) } }
        }
        @if changes && !draft.outdated && draft.trying.is_none() { (form("try", texts.text("trial-begin"), false)) }
        @if matches!(draft.state.as_str(), "draft" | "tried") && !draft.outdated { (form("watch", texts.text("watch-begin"), false)) }
        @if draft.yours { p.muted { (texts.text("draft-another")) } }
        @else if untried { p.muted { (texts.text("draft-try-first")) } }
        @else if !draft.outdated || !changes { (form("publish", texts.text("draft-publish"), true)) }
        (form("withdraw", texts.text("draft-withdraw"), false))
    }
}

fn verdict(texts: Texts, verdict: &Verdict) -> Markup {
    let word = match verdict.verdict.as_str() {
        "passed" => texts.text("trial-passed"),
        "waiting" => texts.text("trial-waiting"),
        "rejected" => texts.text("trial-rejected"),
        _ => texts.text("trial-refused"),
    };
    html! {
        (word)
        @if let Some(rule) = &verdict.rule { " " span.code { (rule) } }
    }
}

fn examples(all: &[u64]) -> Markup {
    html! { @for (index, position) in all.iter().enumerate() { @if index > 0 { " " } span.code { (position) } } }
}

/// What a trial came to: imports, then exports.
fn tried(texts: Texts, trial: &Trial) -> Markup {
    html! {
        h3 { (texts.text("trial-imports")) }
        (counted(texts, trial, true))
        h3 { (texts.text("trial-exports")) }
        @match &trial.exports {
            Some(exports) => (counted(texts, exports, false)),
            None => { p.muted { (texts.text("trial-exports-none")) } }
        }
    }
}

/// What came of declarations of one kind; nothing is due of exports.
fn counted(texts: Texts, trial: &Trial, is_taxed: bool) -> Markup {
    let name = if is_taxed { texts.text("trial-tried") } else { texts.text("trial-exports-tried") };
    let mut cards = vec![
        (name, trial.tried),
        (texts.text("trial-not-tried"), trial.not_tried),
        (texts.text("trial-verdicts"), trial.verdict_changed),
        (texts.text("trial-lanes"), trial.lane_changed),
    ];
    if is_taxed {
        cards.push((texts.text("trial-taxes"), trial.tax_changed));
    }
    html! {
        ul.cards {
            @for (name, value) in cards { li.card { h4 { (name) } p.figure { (count(value)) } } }
        }
        (sums(texts, trial, is_taxed))
        @if !trial.verdicts.is_empty() { (verdict_changes(texts, trial)) }
        @if !trial.lanes.is_empty() { (lane_changes(texts, trial)) }
        (concerned(texts, trial, is_taxed))
        @if !trial.why_not.is_empty() { (untried(texts, trial)) }
    }
}

/// Sums on both sides.
fn sums(texts: Texts, trial: &Trial, is_taxed: bool) -> Markup {
    let (before, after) = (&trial.before, &trial.after);
    let sum = |name: String, before: String, after: String| {
        vec![html! { (name) }, html! { (before) }, html! { (after) }]
    };
    let mut rows = Vec::new();
    if is_taxed {
        rows.push(sum(texts.text("trial-tax"), money_of(before.tax_fen), money_of(after.tax_fen)));
        rows.push(sum(
            texts.text("trial-tax-waiting"),
            money_of(before.tax_waiting_fen),
            money_of(after.tax_waiting_fen),
        ));
    }
    rows.push(sum(texts.text("trial-looked-at"), count(before.looked_at), count(after.looked_at)));
    rows.push(sum(texts.text("trial-opened"), count(before.opened), count(after.opened)));
    for (before, after) in before.lanes.iter().zip(&after.lanes) {
        rows.push(sum(texts.word(Family::Lane, &before.lane), count(before.count), count(after.count)));
    }
    let columns = vec![
        Column::of(texts.text("name")),
        Column::number(texts.text("trial-then")),
        Column::number(texts.text("trial-with")),
    ];
    Table { caption: texts.text("trial-sums"), columns, rows }.shown()
}

fn of_changes(texts: Texts) -> Vec<Column> {
    vec![
        Column::of(texts.text("trial-then")),
        Column::of(texts.text("trial-with")),
        Column::number(texts.text("how-many")),
        Column::of(texts.text("trial-examples")),
    ]
}

fn verdict_changes(texts: Texts, trial: &Trial) -> Markup {
    let rows = trial.verdicts.iter().map(|one| {
        vec![
            verdict(texts, &one.from),
            verdict(texts, &one.to),
            html! { (count(one.count)) },
            examples(&one.examples),
        ]
    });
    let caption = texts.text("trial-verdicts");
    Table { caption, columns: of_changes(texts), rows: rows.collect() }.shown()
}

fn lane_changes(texts: Texts, trial: &Trial) -> Markup {
    let lane = |word: &str| texts.word(Family::Lane, word);
    let rows = trial.lanes.iter().map(|one| {
        vec![
            html! { (lane(&one.from)) },
            html! { (lane(&one.to)) },
            html! { (count(one.count)) },
            examples(&one.examples),
        ]
    });
    let caption = texts.text("trial-lanes");
    Table { caption, columns: of_changes(texts), rows: rows.collect() }.shown()
}

fn concerned(texts: Texts, trial: &Trial, is_taxed: bool) -> Markup {
    if trial.parties.is_empty() {
        return html! {};
    }
    let rows = trial.parties.iter().map(|one| {
        let mut row = vec![
            html! { a.lead.code href={ "/desk/enterprises/" (one.party) } { (one.party) } },
            html! { (count(one.declarations)) },
            html! { (count(one.changed)) },
            html! { (if one.looked_at < 0 { "−" } else { "" }) (count(one.looked_at.unsigned_abs())) },
        ];
        if is_taxed {
            row.push(html! { (money_of(one.tax_fen)) });
        }
        row
    });
    let mut columns = vec![
        Column::of(texts.text("trial-enterprise")),
        Column::number(texts.text("trial-declarations")),
        Column::number(texts.text("trial-changed")),
        Column::number(texts.text("trial-more-looked-at")),
    ];
    if is_taxed {
        columns.push(Column::number(texts.text("trial-more-tax")));
    }
    let caption = texts.with("trial-enterprises", &[("count", &count(trial.parties_concerned))]);
    Table { caption, columns, rows: rows.collect() }.shown()
}

fn untried(texts: Texts, trial: &Trial) -> Markup {
    let rows = trial.why_not.iter().map(|one| {
        let why = match one.why.as_str() {
            "window" => texts.text("untried-window"),
            "balance" => texts.text("untried-balance"),
            "record" => texts.text("untried-record"),
            "deadline" => texts.text("untried-deadline"),
            _ => texts.text("untried-grounds"),
        };
        vec![html! { (why) }, html! { (count(one.count)) }, examples(&one.examples)]
    });
    let columns = vec![
        Column::of(texts.text("trial-why")),
        Column::number(texts.text("how-many")),
        Column::of(texts.text("trial-examples")),
    ];
    Table { caption: texts.text("trial-not-tried"), columns, rows: rows.collect() }.shown()
}
