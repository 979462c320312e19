//! The dashboard of offices and parties, the indicators for everybody, and each of their charts as a file.

use super::desk::{get, query};
use super::guard::Seen;
use super::officer::is_chinese;
use super::{read, shown, shown_as};
use crate::Window;
use crate::api::error::Problem;
use crate::api::{Query, statistics};
use crate::auth::Caller;
use crate::picture::{Unpainted, png};
use ::portal::answers::figures::Figures;
use ::portal::charts::alone;
use ::portal::pages::address;
use ::portal::pages::figures::{self, Chart, Place, View};
use ::portal::{Frame, Language, Markup, Texts};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ceb::Day;
use clearance::keys::Time;
use clearance::reason::Reason;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Days that are shown unless others are asked for, in milliseconds.
const DAYS: i64 = 29 * 86_400_000;
/// Days of a page at most.
const MOST_DAYS: usize = 400;

/// Whose figures somebody reads.
enum Reader<'a> {
    Caller(&'a Caller),
    Everybody,
}

impl Reader<'_> {
    fn place(&self) -> Place {
        match self {
            Self::Caller(caller) if caller.is_office() => Place::Zone,
            Self::Caller(_) => Place::Own,
            Self::Everybody => Place::Public,
        }
    }

    /// A table as the interface answers it; none where it is not for this reader.
    fn told(&self, window: &Window, chart: Chart, days: (&str, &str)) -> Result<Option<Value>, Problem> {
        // What everybody is shown of exports is in the interface.
        if matches!(self, Self::Everybody) && chart.is_of_exports() {
            return Ok(None);
        }
        let (table, by) = chart.table();
        // By mode there would be fewer that may be told.
        let by = if matches!((self, chart), (Self::Everybody, Chart::Days)) { "day,step" } else { by };
        self.table(window, table, by, days)
    }

    fn table(
        &self,
        window: &Window,
        table: &str,
        by: &str,
        days: (&str, &str),
    ) -> Result<Option<Value>, Problem> {
        let asked = query(&[("from", days.0), ("to", days.1), ("by", by)]);
        let told = match self {
            Self::Caller(caller) => statistics::caller_told(window, caller, table, &asked),
            Self::Everybody => statistics::public_told(window, table, &asked),
        };
        match told {
            Ok(told) => Ok(Some(told)),
            Err(problem) if problem.kind() == "not-found" => Ok(None),
            Err(problem) => Err(problem),
        }
    }
}

/// The days asked for, as eight digits.
fn period(window: &Window, asked: &Query) -> Result<(String, String, Vec<String>), Problem> {
    let now = window.clock.now();
    let day = |name: &str, otherwise: Time| {
        let digits: String = get(asked, name).chars().filter(|sign| *sign != '-').collect();
        if digits.is_empty() { Some(otherwise.day()) } else { Day::parse(&digits) }
    };
    let wrong = || {
        Problem::bad_request("from and to are days, the first not after the last")
            .in_chinese("起止须为日期，且起日不晚于止日")
    };
    let from = day("from", Time(now.0 - DAYS)).ok_or_else(wrong)?;
    let to = day("to", now).ok_or_else(wrong)?;
    if from > to {
        return Err(wrong());
    }
    let days: Vec<String> = std::iter::successors(Some(from), |day| day.next())
        .take_while(|day| *day <= to)
        .take(MOST_DAYS + 1)
        .map(|day| day.number().to_string())
        .collect();
    if days.len() > MOST_DAYS {
        return Err(Problem::bad_request(&format!("at most {MOST_DAYS} days are shown at once"))
            .in_chinese(&format!("一次至多显示{MOST_DAYS}天")));
    }
    Ok((from.number().to_string(), to.number().to_string(), days))
}

fn view(
    window: &Window,
    reader: &Reader<'_>,
    asked: &Query,
    charts: &[Chart],
    texts: Texts,
) -> Result<View, Problem> {
    let (from, to, days) = period(window, asked)?;
    let mut view = View { place: reader.place(), from, to, days, ..View::default() };
    for chart in charts {
        if let Some(told) = reader.told(window, *chart, (&view.from, &view.to))? {
            view.tables.insert(chart.word().to_owned(), read::<Figures>(told)?);
        }
    }
    let wholes = [figures::WHOLE, figures::EXPORTS];
    // Everybody's page is of imports.
    for (whole, table, by) in wholes.into_iter().take(if matches!(reader, Reader::Everybody) { 1 } else { 2 })
    {
        let told = reader.table(window, table, by, (&view.from, &view.to))?;
        if let Some(told) = told {
            view.tables.insert(whole.to_owned(), read::<Figures>(told)?);
        }
    }
    view.names = names(window, &view, texts);
    Ok(view)
}

/// What the codes in tables are called.
fn names(window: &Window, view: &View, texts: Texts) -> BTreeMap<(&'static str, String), String> {
    let reference = window.reference();
    let book = reference.current();
    let chinese = texts.language() == Language::Chinese;
    let either =
        |(zh, en): (&str, &str)| if chinese || en.is_empty() { zh.to_owned() } else { en.to_owned() };
    let named = |kind: &str, code: &str| match kind {
        "mode" if code.is_empty() => Some(texts.text("figures-all")),
        "mode" => Some(format!("{code} {}", either(book.codes.trade_modes.name(code)?))),
        "country" => book.codes.countries.name(code).map(either),
        "goods" => Some(format!("{code} {}", book.tariff.latest(code)?.name)),
        "rule" if chinese => Some(Reason::from_word(code)?.zh(None).to_owned()),
        "rule" => Some(code.replace('-', " ")),
        _ => None,
    };
    let mut found = BTreeMap::new();
    for line in view.tables.values().flat_map(|table| &table.lines) {
        for kind in ["mode", "country", "goods", "rule"] {
            let Some(code) = line.parts.get(kind) else { continue };
            if let Some(name) = named(kind, code) {
                found.insert((kind, code.clone()), name);
            }
        }
    }
    found
}

/// `GET /desk/zone?from=&to=`.
pub async fn zone(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    let reader = Reader::Caller(&caller);
    let days = query(&[("from", get(&asked, "from")), ("to", get(&asked, "to"))]);
    let told = view(&window, &reader, &asked, &Chart::ALL, frame.texts);
    answered(&frame, &reader, &asked, told.map(|view| View { live: Some(live(&days)), ..view }))
}

/// The page; where the days are none, the page without figures, with what is wrong at their fields.
fn answered(
    frame: &Frame,
    reader: &Reader<'_>,
    asked: &Query,
    told: Result<View, Problem>,
) -> Result<Response, Problem> {
    match told {
        Ok(view) => Ok(shown(frame, &figures::page(frame, &view))),
        Err(problem) if problem.kind() == "bad-request" => {
            let day =
                |name: &str| -> String { get(asked, name).chars().filter(char::is_ascii_digit).collect() };
            let fault = problem.words_in(is_chinese(frame));
            let view =
                View { place: reader.place(), from: day("from"), to: day("to"), fault, ..View::default() };
            Ok(shown_as(frame, &figures::page(frame, &view), problem.status_code()))
        }
        Err(problem) => Err(problem),
    }
}

/// What tells that the figures of some days moved, and sends them.
pub(super) fn live(days: &Query) -> String {
    address("/desk/live", &[("figures", "yes"), ("from", get(days, "from")), ("to", get(days, "to"))])
}

/// What moves on the dashboard of some days, as it is now.
pub(super) fn moving(
    window: &Window,
    caller: &Caller,
    days: &Query,
    texts: Texts,
) -> Result<Markup, Problem> {
    let view = view(window, &Reader::Caller(caller), days, &Chart::ALL, texts)?;
    Ok(figures::moving(texts, &view))
}

/// `GET /indicators?from=&to=`.
pub async fn indicators(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    asked: Query,
) -> Result<Response, Problem> {
    let told = view(&window, &Reader::Everybody, &asked, &Chart::ALL, frame.texts);
    answered(&frame, &Reader::Everybody, &asked, told)
}

/// `GET /desk/zone/file?chart=&form=csv|svg|png&from=&to=`.
pub async fn zone_file(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    caller: Caller,
    asked: Query,
) -> Result<Response, Problem> {
    file(&window, &Reader::Caller(&caller), &asked, frame.texts).await
}

/// `GET /indicators/file?chart=&form=csv|svg|png&from=&to=`.
pub async fn indicators_file(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    asked: Query,
) -> Result<Response, Problem> {
    file(&window, &Reader::Everybody, &asked, frame.texts).await
}

async fn file(
    window: &Window,
    reader: &Reader<'_>,
    asked: &Query,
    texts: Texts,
) -> Result<Response, Problem> {
    let nothing =
        || Problem::not_found("there is no such chart for you; the page links those that are there");
    let chart = Chart::from_word(get(asked, "chart")).ok_or_else(nothing)?;
    let form = get(asked, "form");
    let (from, to, _) = period(window, asked)?;
    if form == "csv" {
        let told = reader.told(window, chart, (&from, &to))?.ok_or_else(nothing)?;
        return statistics::as_csv(&told);
    }
    let view = view(window, reader, asked, &[chart], texts)?;
    let drawn = figures::drawn(texts, &view, chart).ok_or_else(nothing)?;
    let title = format!("{} · {from}–{to}", chart.title(texts));
    let svg = alone(&drawn.chart, &title, &drawn.series).ok_or_else(Problem::internal)?;
    let (kind, bytes) = match form {
        "svg" => ("image/svg+xml", svg.into_bytes()),
        "png" => ("image/png", png(svg).await.map_err(unpainted)?),
        _ => return Err(Problem::bad_request("form is csv, svg or png")),
    };
    let name = format!("attachment; filename=\"{}-{from}-{to}.{form}\"", chart.word());
    Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)], bytes)
        .into_response())
}

fn unpainted(why: Unpainted) -> Problem {
    match why {
        Unpainted::NoFonts => Problem::not_found(
            "this machine has no fonts, so no PNG can be painted: ask with form=svg, or install some (fonts-noto-cjk)",
        ),
        Unpainted::Drawing(error) => {
            tracing::error!(%error, "a chart cannot be painted");
            Problem::internal()
        }
    }
}
