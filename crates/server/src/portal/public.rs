//! Pages for everybody: start, tariff and list, the tax of a purchase, whether the window works.

use super::desk::get;
use super::guard::Seen;
use super::{read, shown};
use crate::Window;
use crate::api::error::Problem;
use crate::api::{self, Query, view};
use ::portal::Language;
use ::portal::pages::tariff::{self, Calculation, Row, Search, Wrong};
use ::portal::pages::{start, status};
use axum::extract::State;
use axum::response::Response;
use ceb::{Day, Decimal, Declaration, DeclarationLine};
use clearance::rulebook::{ConsumptionTax, Law, Membership, Rulebook, TariffLine};
use clearance::tax::{Assessment, TaxFault, assess};
use serde_json::Value;
use std::sync::Arc;

/// `GET /`.
pub async fn start(State(window): State<Arc<Window>>, Seen(frame): Seen) -> Response {
    shown(&frame, &start::page(&frame, window.intake.closed().is_none()))
}

/// `GET /status`.
pub async fn status(State(window): State<Arc<Window>>, Seen(frame): Seen) -> Result<Response, Problem> {
    let told = api::limits::limits(State(window)).await?.0;
    let number = |path: &str| told.pointer(path).and_then(Value::as_u64).unwrap_or(0);
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let limits = told.pointer("/trade/limits").and_then(Value::as_array).into_iter().flatten();
    let view = status::View {
        closed: told.pointer("/intake/reason").and_then(Value::as_str).map(str::to_owned),
        down: number("/exchange/down"),
        counterparts: told
            .pointer("/exchange/counterparts")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|one| (text(one, "kind"), text(one, "state")))
            .collect(),
        waiting: number("/pipeline/waiting"),
        bytes: number("/message/bytes"),
        documents: number("/message/documents"),
        day: text(&told["trade"], "day"),
        rulebook: number("/trade/rulebook"),
        limits: limits
            .map(|limit| status::Limit {
                name: text(limit, "name"),
                amount: text(limit, "amount"),
                valid_from: text(limit, "validFrom"),
                source: text(limit, "source"),
                confidence: text(limit, "confidence"),
            })
            .collect(),
    };
    Ok(shown(&frame, &status::page(&frame, &view)))
}

/// Consumption tax in signs that need no language; amounts in CNY.
fn consumption_tax(tax: ConsumptionTax) -> String {
    let yuan = Decimal::from_fen;
    match tax {
        ConsumptionTax::None => "–".to_owned(),
        ConsumptionTax::AdValorem(rate) => rate.to_string(),
        ConsumptionTax::AdValoremFromItem(rate, item) => format!("{rate} (≥ {}/1)", yuan(item)),
        ConsumptionTax::AdValoremFromGramOrPiece(rate, gram, piece) => {
            format!("{rate} (≥ {}/g, ≥ {}/1)", yuan(gram), yuan(piece))
        }
        ConsumptionTax::Specific(litre) => format!("{litre}/L"),
        ConsumptionTax::SpecificFrom(high, price, low) => {
            format!("{high}/L (≥ {}/L), {low}/L", yuan(price))
        }
        ConsumptionTax::Compound(rate, litre) => format!("{rate} + {litre}/L"),
    }
}

fn row(book: &Rulebook, law: &Law, line: &TariffLine, language: Language) -> Row {
    let unit = |code: &str| {
        let named = book.codes.units.name(code);
        let (chinese, english) = named.unwrap_or((code, code));
        let name = if language == Language::Chinese || english.is_empty() { chinese } else { english };
        name.to_owned()
    };
    let units: Vec<String> = std::iter::once(&line.unit1).chain(&line.unit2).map(|code| unit(code)).collect();
    let sure =
        [line.duty_confidence, line.vat_confidence, line.consumption_tax_confidence, line.listed_confidence];
    Row {
        code: line.hs8.to_string(),
        name: line.name.to_string(),
        units: units.join(" / "),
        duty: line.duty.to_string(),
        vat: law.vat(line.vat).to_string(),
        consumption_tax: consumption_tax(line.consumption_tax),
        listed: match line.membership(law.day) {
            Membership::Listed => Some(true),
            Membership::NotListed => Some(false),
            Membership::Unsure => None,
        },
        // Ordered from the surest to the least sure.
        confidence: sure.into_iter().max().map(|one| one.word().to_owned()).unwrap_or_default(),
    }
}

/// `GET /tariff?text=&listed=&from=`.
pub async fn tariff(State(window): State<Arc<Window>>, Seen(frame): Seen, asked: Query) -> Response {
    let reference = window.reference();
    let book = reference.current();
    let law = book.parameters.on(window.clock.now().day());
    let (text, listed) = (get(&asked, "text").trim(), get(&asked, "listed") == "yes");
    let lower = text.to_lowercase();
    // Ten digits are asked for by their first eight.
    let code: String = text.chars().take(8).collect();
    let wanted = |line: &&TariffLine| {
        let found = line.hs8.starts_with(code.as_str()) || line.name.to_lowercase().contains(&lower);
        found && (!listed || line.membership(law.day) == Membership::Listed)
    };
    let mut lines: Vec<&TariffLine> = book.tariff.on(law.day).filter(wanted).collect();
    lines.sort_by(|one, other| one.hs8.cmp(&other.hs8));
    let from = get(&asked, "from").parse().unwrap_or(0);
    let rows = lines.iter().skip(from).take(tariff::PAGE);
    let view = Search {
        text: text.to_owned(),
        listed,
        from,
        all: lines.len(),
        rows: rows.map(|line| row(book, &law, line, frame.texts.language())).collect(),
        edition: book.editions.on(law.day).map(|edition| edition.name.to_string()).unwrap_or_default(),
    };
    shown(&frame, &tariff::search(&frame, &view))
}

/// `GET /tariff/calculator?code=&price=&quantity=&statutory=&freight=`.
pub async fn calculator(
    State(window): State<Arc<Window>>,
    Seen(frame): Seen,
    asked: Query,
) -> Result<Response, Problem> {
    let text = |name: &str| get(&asked, name).trim().to_owned();
    let mut view = Calculation {
        code: text("code"),
        price: text("price"),
        quantity: text("quantity"),
        statutory: text("statutory"),
        freight: text("freight"),
        ..Calculation::default()
    };
    let reference = window.reference();
    if !view.price.is_empty() || !view.quantity.is_empty() {
        match calculated(&view, reference.current(), window.clock.now().day()) {
            Ok(assessment) => view.assessment = Some(read(view::assessment(&assessment))?),
            Err(fault) => view.fault = Some(fault),
        }
    } else if view.quantity.is_empty() {
        view.quantity = "1".to_owned();
    }
    Ok(shown(&frame, &tariff::calculator(&frame, &view)))
}

/// An amount that was typed; empty = none.
fn amount(name: &'static str, text: &str) -> Result<Decimal, (&'static str, Wrong)> {
    if text.is_empty() {
        return Ok(Decimal::ZERO);
    }
    Decimal::parse(text).filter(|amount| !amount.is_negative()).ok_or((name, Wrong::NoAmount))
}

/// The assessment of a list of one line, by the law of a day.
fn calculated(view: &Calculation, book: &Rulebook, day: Day) -> Result<Assessment, (&'static str, Wrong)> {
    let unknown = ("code", Wrong::UnknownCode);
    if !matches!(view.code.len(), 8 | 10) || !view.code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(unknown);
    }
    let row = book.tariff.line(&view.code, day).ok_or(unknown)?;
    let (price, qty) = (amount("price", &view.price)?, amount("quantity", &view.quantity)?);
    let statutory = amount("statutory", &view.statutory)?;
    let wrong = ("price", Wrong::NoAmount);
    let product = price.product(qty).ok_or(wrong)?;
    // Both factors count hundred-thousandths.
    let total_price = Decimal::from_units(product / 100_000);
    let line = DeclarationLine {
        gnum: 1,
        gcode: format!("{:0<10}", view.code).as_str().into(),
        qty,
        qty1: if view.statutory.is_empty() { qty } else { statutory },
        unit1: row.unit1.clone(),
        price,
        total_price,
        ..DeclarationLine::default()
    };
    let mut declaration = Declaration { lines: vec![line], ..Declaration::default() };
    declaration.head.freight = amount("freight", &view.freight)?;
    assess(&declaration, &book.parameters.on(day), &book.tariff).map_err(|fault| match fault {
        TaxFault::UnknownCode { .. } => unknown,
        TaxFault::OutOfRange { .. } => wrong,
    })
}
