//! A model in shadow: each list is scored when its documents agreed, beside the path and after its commit, and held against what
//! inspections find. Nothing that is decided reads these scores: no rule, no lane, no order of a queue. What comes of it is told
//! to offices, so that they know whether the model is worth being listened to. Scores that rules read are `scoring`'s, which knows
//! the past from here. Learning is `onewindow risk train`'s, from rows that
//! `onewindow risk export` writes (`risk_table`); the model itself is the crate `inspection`. Exports have models of their own.
#![expect(clippy::float_arithmetic, reason = "features of a model, no money")]

mod exports;
mod looking;

pub use exports::declarations_of_export;
pub(crate) use exports::declared_export;
pub use looking::{JudgedList, Looked, Seen, look};

use crate::Window;
use clearance::Text;
use clearance::consignment::{Attempt, Consignment, Drawn, Lane, RiskHit};
use clearance::event::{ActionKind, Cause};
use clearance::export::ExportTrade;
use clearance::inspection::{Inspection, JointInspection, Measure};
use clearance::keys::{OrderKey, Time};
use clearance::rulebook::InspectionResults;
use clearance::tax::Assessment;
use clearance::trial::export::trade_in;
use inspection::declaration::{Declaration, Field, Quantity, Trade};
use inspection::drift::Drift;
use inspection::features::Feature;
use inspection::history::History;
use inspection::model::{Model, Scorer};
use inspection::reasons;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;
use store::{Cursor, EventRow, Read, StoreError};

/// Trades whose scores are remembered: the newest.
const KEPT: usize = 50_000;
/// Of how many of them it is said how far they are from what was learnt from.
const NEWEST: usize = 2_000;
/// With fewer nothing is said: ten parts of them would be chance.
const FEWEST: usize = 200;
/// Rows that are read at once; others have the processor in between.
const ROWS: usize = 2_000;
/// How long is waited after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(30);
const DAY_MILLIS: i64 = 86_400_000;
const CHINA_MILLIS: i64 = 8 * 3_600_000;

/// Upper ends of the bands in which scores are counted, thousandths.
pub const BANDS: [u16; 6] = [10, 50, 100, 200, 500, 1_000];

/// An attempt: a trade's list by its number. A trade of exports goes by its marked name.
pub type AttemptKey = (OrderKey, u32);

/// What an inspection found of a list: of a line, else of the whole. True = something has to follow.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Result {
    whole: Option<bool>,
    lines: BTreeMap<u32, bool>,
    words: BTreeMap<u32, BTreeSet<Text>>,
}

impl Result {
    /// What was found of a line; none = nothing a model may learn from.
    pub fn of(&self, line: u32) -> Option<bool> {
        self.lines.get(&line).copied().or(self.whole)
    }

    /// The words of the table that were found of a line, else of the whole, one after another; empty = nothing a model may learn
    /// from.
    pub fn words(&self, line: u32) -> String {
        let said = self.words.get(&line).or_else(|| self.words.get(&0));
        said.map_or_else(String::new, |said| said.iter().map(Text::as_str).collect::<Vec<_>>().join(" "))
    }

    /// Whether anything has to follow.
    pub fn is_illicit(&self) -> bool {
        self.whole == Some(true) || self.lines.values().any(|illicit| *illicit)
    }
}

/// What stands of an attempt.
pub struct Scored {
    /// The highest of its lines, thousandths.
    pub thousandths: u16,
    /// Which line that is.
    pub line: u32,
    attempt: u32,
    row: Box<[f32]>,
    drawn: bool,
    found: bool,
}

/// How a band of scores did.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Band {
    /// Lists scored.
    pub scored: u64,
    /// Of them inspected.
    pub inspected: u64,
    /// Of these illicit.
    pub illicit: u64,
    /// Inspected because they were drawn, not because a rule hit: what tells most honestly.
    pub drawn: u64,
    /// Of these illicit.
    pub drawn_illicit: u64,
}

/// What the model has come to.
#[derive(Default)]
pub struct Standing {
    /// By band.
    pub bands: [Band; BANDS.len()],
    /// The rows that it is of.
    pub covers: Cursor,
    scores: HashMap<OrderKey, Scored>,
    order: VecDeque<OrderKey>,
}

impl Standing {
    /// The score of a trade's present attempt.
    pub fn of(&self, consignment: &Consignment) -> Option<&Scored> {
        let number = consignment.attempt.as_ref()?.number;
        self.scores.get(&consignment.key).filter(|scored| scored.attempt == number)
    }

    /// The score of the present attempt of a trade of exports.
    pub fn of_export(&self, trade: &ExportTrade) -> Option<&Scored> {
        let number = trade.attempt.as_ref()?.number;
        self.scores.get(&trade.key.marked()).filter(|scored| scored.attempt == number)
    }

    /// How far the newest lists are from those that the model learnt from; none = too few were scored to say.
    pub fn drift(&self, model: &Model) -> Option<Drift> {
        if self.order.len() < FEWEST {
            return None;
        }
        let newest = self.order.iter().rev().take(NEWEST).filter_map(|key| self.scores.get(key));
        let mut columns = vec![Vec::with_capacity(NEWEST); model.plan.features.len()];
        let mut margins = Vec::with_capacity(NEWEST);
        for scored in newest {
            margins.push(model.forest.margin(&scored.row) as f32);
            for (column, value) in columns.iter_mut().zip(&scored.row) {
                column.push(*value);
            }
        }
        Some(Drift::of(model, &columns, &margins))
    }

    fn put(&mut self, key: OrderKey, scored: Scored) {
        // An attempt counts once, whatever is told of it again.
        if self.scores.get(&key).is_some_and(|known| known.attempt == scored.attempt) {
            return;
        }
        let band = &mut self.bands[band_of(scored.thousandths)];
        band.scored += 1;
        if self.scores.insert(key.clone(), scored).is_none() {
            self.order.push_back(key);
        }
        if self.order.len() > KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.scores.remove(&oldest);
        }
    }

    /// Only the first inspection of an attempt counts: later ones are of goods that were found already.
    fn found(&mut self, (key, attempt): &AttemptKey, illicit: bool) {
        let Some(scored) = self.scores.get_mut(key) else { return };
        if scored.attempt != *attempt || scored.found {
            return;
        }
        scored.found = true;
        let band = &mut self.bands[band_of(scored.thousandths)];
        band.inspected += 1;
        band.illicit += u64::from(illicit);
        band.drawn += u64::from(scored.drawn);
        band.drawn_illicit += u64::from(scored.drawn && illicit);
    }
}

fn band_of(thousandths: u16) -> usize {
    BANDS.iter().position(|upto| thousandths < *upto).unwrap_or(BANDS.len() - 1)
}

/// A model and its file's digest.
#[derive(Clone)]
pub struct Loaded {
    /// The model.
    pub model: Arc<Model>,
    /// What it is known by.
    pub digest: String,
}

/// The shadow of a window; without a model nothing is scored.
#[derive(Default)]
pub struct Shadow {
    loaded: OnceLock<Loaded>,
    standing: RwLock<Standing>,
    /// What the model knows of the days before the newest that was looked at; none = what it was trained with.
    past: RwLock<Option<Arc<History>>>,
}

/// The models of a trade in a window: the one that is used or watched, and one that may take its place.
pub type Shadows = [Arc<Shadow>; 2];

impl Shadow {
    /// Gives it a model; the first that it is given stays.
    pub fn load(&self, loaded: Loaded) {
        let _ = self.loaded.set(loaded);
    }

    /// The model.
    pub fn model(&self) -> Option<&Loaded> {
        self.loaded.get()
    }

    /// What it knows of the days before; none = what it was trained with.
    pub fn past(&self) -> Option<Arc<History>> {
        self.past.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What it has come to.
    pub fn standing(&self) -> RwLockReadGuard<'_, Standing> {
        self.standing.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A part of a score, for people.
pub struct Why {
    /// The feature, in Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// Its value; none = it is missing.
    pub value: Option<f32>,
    /// Its part of the log odds.
    pub part: f64,
}

impl Scored {
    /// The parts that weigh most, either way.
    pub fn reasons(&self, model: &Model, most: usize) -> Vec<Why> {
        let parts = reasons::parts(&model.forest, &self.row, self.row.len());
        let mut all: Vec<(usize, f64)> = parts.into_iter().enumerate().collect();
        all.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()).then(one.0.cmp(&other.0)));
        let named = |feature: &Feature| (model.plan.chinese(feature), model.plan.name(feature));
        let told = all.into_iter().take(most).filter_map(|(place, part)| {
            let (zh, en) = named(model.plan.features.get(place)?);
            let value = self.row.get(place).copied().filter(|value| !value.is_nan());
            Some(Why { zh, en, value, part })
        });
        told.collect()
    }
}

/// Follows the ledger until it is dropped; without a model it ends at once.
pub async fn run(window: Window, shadow: Arc<Shadow>, every: Duration) {
    let Some(model) = shadow.model().map(|loaded| loaded.model.clone()) else { return };
    let mut scorer = Scorer::new(&model);
    // What is declared on a day is known on the next, as in training.
    let mut today: Vec<Declaration> = Vec::new();
    loop {
        let wait = match step((&window, &shadow), &model, &mut scorer, &mut today).await {
            Ok(true) => every,
            Ok(false) => Duration::from_millis(20),
            Err(error) => {
                tracing::error!(%error, "declarations cannot be scored in shadow");
                AFTER_FAILURE
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// Looks at some rows; true = there was nothing behind them.
async fn step(
    (window, shadow): (&Window, &Shadow),
    model: &Model,
    scorer: &mut Scorer<'_>,
    today: &mut Vec<Declaration>,
) -> std::result::Result<bool, StoreError> {
    let covers = shadow.standing().covers.clone();
    let position = window.read.position().await?;
    if covers.covers(&position) {
        return Ok(true);
    }
    let reference = window.reference();
    let results = &reference.current().inspections;
    // What the model learnt from is in its history already.
    let (trade, learnt) = (model.about.trade, model.about.tune_until.0);
    let is_new = |list: JudgedList<'_>| list.trade() == trade && days_to(list.day()) > learnt;
    let Looked { seen, covers, ended } = look(window, results, (&covers, ROWS), is_new).await?;
    let (mut scored, mut found) = (Vec::new(), Vec::new());
    let known = today.first().map(|earlier| earlier.day);
    for one in seen {
        match one {
            Seen::Found(attempt, result) => found.push((attempt, result)),
            // Which of the two come is what was wanted.
            Seen::JudgedExport(trade) => {
                let Some(attempt) = &trade.attempt else { continue };
                let book = reference.numbered(attempt.rulebook);
                let lines = declarations_of_export(&window.read, &book.rates, &trade);
                let drawn = by_draw(&trade.look.hits, trade.look.drawn).is_some();
                let highest = highest(scorer, today, lines, (attempt.number, drawn));
                scored.extend(highest.map(|one| (trade.key.marked(), one)));
            }
            Seen::Judged(consignment) => {
                let Some(attempt) = &consignment.attempt else { continue };
                let lines = declarations(&consignment.key, attempt);
                let drawn = by_draw(&attempt.hits, consignment.drawn).is_some();
                let highest = highest(scorer, today, lines, (attempt.number, drawn));
                scored.extend(highest.map(|one| (consignment.key.clone(), one)));
            }
        }
    }
    // The past moves by whole days: as often is it handed on.
    if today.first().map(|earlier| earlier.day) != known {
        let past = Arc::new(scorer.history().clone());
        *shadow.past.write().unwrap_or_else(PoisonError::into_inner) = Some(past);
    }
    let mut standing = shadow.standing.write().unwrap_or_else(PoisonError::into_inner);
    scored.into_iter().for_each(|(key, one)| standing.put(key, one));
    found.iter().for_each(|(attempt, result)| standing.found(attempt, result.is_illicit()));
    standing.covers = covers;
    if ended {
        // Rows that nobody shows are in no scan.
        standing.covers.join(&position);
    }
    Ok(ended)
}

/// The draw, where it alone chose a list to be looked at: what a rule chose as well says nothing of those that none chose.
pub fn by_draw(hits: &[RiskHit], drawn: Option<Drawn>) -> Option<Drawn> {
    let by_rule = hits.iter().any(|hit| hit.rule != clearance::risk::RANDOM && hit.lane >= Lane::Scan);
    drawn.filter(|drawn| drawn.selected && !by_rule)
}

/// Scores the lines of a list by its attempt, and whether the draw alone chose it; the list has the highest.
fn highest(
    scorer: &mut Scorer<'_>,
    today: &mut Vec<Declaration>,
    lines: Vec<Declaration>,
    (attempt, drawn): (u32, bool),
) -> Option<Scored> {
    let day = lines.first()?.day;
    if today.first().is_some_and(|earlier| earlier.day < day) {
        today.drain(..).for_each(|earlier| scorer.declared(&earlier));
    }
    let mut best: Option<Scored> = None;
    for (number, line) in lines.iter().enumerate() {
        let thousandths = scorer.score(line).thousandths;
        if best.as_ref().is_none_or(|best| thousandths > best.thousandths) {
            best = Some(Scored {
                thousandths,
                line: number as u32 + 1,
                attempt,
                row: scorer.row().into(),
                drawn,
                found: false,
            });
        }
    }
    today.extend(lines);
    best
}

/// Days from 1970-01-01 to a day.
pub(crate) fn days_to(day: ceb::Day) -> i32 {
    ((Time::start_of(day).0 + CHINA_MILLIS) / DAY_MILLIS) as i32
}

/// What an inspection found, if a row is one that took effect. A result of which the table says that no model may learn from it
/// is none.
fn result(row: &EventRow, results: &InspectionResults) -> Option<(AttemptKey, Result)> {
    let (Cause::Action(action) | Cause::ExportAction(action)) = &row.event.cause else { return None };
    let outcome = row.outcome.as_ref().filter(|outcome| outcome.repeats.is_none())?;
    let (attempt, waits, joint) = if matches!(row.event.cause, Cause::ExportAction(_)) {
        let trade = trade_in(outcome)?;
        let attempt = (trade.key.marked(), trade.attempt.as_ref()?.number);
        (attempt, trade.unconfirmed().is_some(), trade.look.joint.as_deref())
    } else {
        let consignment = outcome.consignment.as_deref()?;
        let attempt = consignment.attempt.as_ref()?;
        let key = (consignment.key.clone(), attempt.number);
        (key, attempt.unconfirmed().is_some(), attempt.joint.as_deref())
    };
    let (inspection, day) = in_effect(&action.kind, (waits, joint), outcome.now.day())?;
    Some((attempt, of_inspection(inspection, results, day)?))
}

/// The inspection that takes effect with an action, and the day whose table counts: what waits for a second officer does when he
/// has confirmed it.
fn in_effect<'a>(
    kind: &'a ActionKind,
    (waits, joint): (bool, Option<&'a JointInspection>),
    today: ceb::Day,
) -> Option<(&'a Inspection, ceb::Day)> {
    match kind {
        ActionKind::Inspected(inspection) if !waits => Some((&**inspection, today)),
        ActionKind::ConfirmInspection => joint.map(|joint| (&joint.inspection, joint.day)),
        _ => None,
    }
}

fn of_inspection(inspection: &Inspection, results: &InspectionResults, day: ceb::Day) -> Option<Result> {
    let mut result = Result::default();
    for found in &inspection.found {
        let Some(row) = results.find(&found.result, day).filter(|row| row.risk) else { continue };
        let illicit = row.mildest() > Measure::Release;
        if found.line == 0 {
            result.whole = Some(result.whole.unwrap_or(false) || illicit);
        } else {
            *result.lines.entry(found.line).or_default() |= illicit;
        }
        result.words.entry(found.line).or_default().insert(found.result.clone());
    }
    (result != Result::default()).then_some(result)
}

/// The lines of a list as a model sees them. The buyer is a keyed hash; of persons there is nothing else.
pub fn declarations(key: &OrderKey, attempt: &Attempt) -> Vec<Declaration> {
    let ceb::Document::Declaration(declaration) = &*attempt.declaration.document else { return Vec::new() };
    let id = format!("{}/{}/{}", key.platform, key.order_no, attempt.number);
    let assessment = attempt.assessment.as_ref();
    declared(&id, declaration, (attempt.person.as_str(), assessment), attempt.business_date)
}

/// The lines of a list that was declared on a day by a person, by his keyed hash, with what is due of it.
pub(crate) fn declared(
    id: &str,
    declaration: &ceb::Declaration,
    (person, assessment): (&str, Option<&Assessment>),
    on: ceb::Day,
) -> Vec<Declaration> {
    let head = &declaration.head;
    let day = days_to(on);
    let assessed = assessment.map_or(&[][..], |assessment| &assessment.lines);
    let single = declaration.lines.len() == 1;
    let lines = declaration.lines.iter().map(|line| {
        let mut codes: [String; Field::ALL.len()] = Default::default();
        let mut put = |field: Field, code: &str| code.clone_into(&mut codes[field as usize]);
        put(Field::Office, &head.customs_code);
        put(Field::Process, &head.trade_mode);
        put(Field::Transport, &head.traf_mode);
        put(Field::Declarant, &head.agent_code);
        put(Field::Importer, person);
        put(Field::Seller, &head.ebc_code);
        put(Field::Courier, &head.logistics_code);
        put(Field::Hs6, line.gcode.get(..6).unwrap_or(&line.gcode));
        put(Field::Departure, &head.country);
        put(Field::Origin, &line.country);
        let of_line = assessed.iter().find(|one| one.gnum == line.gnum);
        let value = of_line.map(|one| one.dutiable as f64 / 100.0).or_else(|| number(&line.total_price));
        let rate = of_line
            .filter(|one| one.dutiable > 0)
            .map(|one| 100.0 * one.total() as f64 / one.dutiable as f64);
        let mut quantities = [None; Quantity::ALL.len()];
        quantities[Quantity::TaxRate as usize] = rate;
        quantities[Quantity::NetMass as usize] =
            mass((line.unit1.as_str(), &line.qty1), line.unit2.as_deref().zip(line.qty2.as_ref()))
                .or_else(|| number(&head.net_weight).filter(|_| single));
        quantities[Quantity::Price as usize] = value;
        let id = format!("{id}/{}", line.gnum);
        Declaration { trade: Trade::Import, id, day, codes, quantities, found: None, chance: None }
    });
    lines.collect()
}

/// Code of the kilogram.
const KILOGRAM: &str = "035";

/// The net mass of a line, where one of its statutory units is the kilogram: each unit with its quantity.
fn mass(first: (&str, &ceb::Decimal), second: Option<(&str, &ceb::Decimal)>) -> Option<f64> {
    let kilograms = [Some(first), second].into_iter().flatten().find(|(unit, _)| *unit == KILOGRAM);
    kilograms.and_then(|(_, quantity)| number(quantity))
}

fn number(decimal: &ceb::Decimal) -> Option<f64> {
    decimal.to_string().parse().ok()
}
