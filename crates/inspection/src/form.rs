//! A model as a file: lines of text, each a word and its values, so that a person and another program can read it without the
//! code that trained it. The first line says the form, the second has the digest of all that follows. Numbers are written
//! with as few digits as bring back the same number. docs/risk-model.md has the lines one by one.

use crate::calibration::Calibration;
use crate::declaration::{Date, Trade};
use crate::drift::Profile;
use crate::features::Plan;
use crate::forest::{Forest, Node, Tree};
use crate::history::{Entry, History, Key};
use crate::learn::Settings;
use crate::measure::{At, Band, Measured};
use crate::model::{About, Model};
use std::fmt::{Display, Write};
use std::str::{FromStr, SplitAsciiWhitespace};

/// The form that this program writes, and the only one there was so far.
pub const FORM: u32 = 1;

const FIRST: &str = "onewindow-risk-model";

/// Why a file is not taken as a model.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unreadable {
    /// Something else.
    #[error("this is no risk model: its first line is not `{FIRST}` and a number")]
    NotAModel,
    /// A form of another release.
    #[error("the model is of form {0}; this program reads form {FORM}")]
    OtherForm(u32),
    /// Not what was written.
    #[error(
        "the model was damaged or changed: its digest is {found}, its second line says {said}; take a good copy"
    )]
    Digest {
        /// What the second line says.
        said: String,
        /// What the rest comes to.
        found: String,
    },
    /// The digest holds, and a line makes no sense: another program wrote it.
    #[error("line {line} of the model: {what}")]
    Line {
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
}

fn digest(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    digest.as_ref().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What a model is known by: the digest of its file.
pub fn digest_of(file: &str) -> Option<&str> {
    file.lines().nth(1)?.strip_prefix("digest ")
}

/// The same model is the same text.
pub fn write(model: &Model) -> String {
    let mut body = String::new();
    about(&mut body, &model.about);
    let mut line = |word: &str, values: &[&dyn Display]| {
        body.push_str(word);
        for value in values {
            // Writing to a string does not fail.
            let _ = write!(body, " {value}");
        }
        body.push('\n');
    };
    line("delay", &[&model.plan.delay]);
    line("smoothing", &[&model.plan.smoothing]);
    for key in &model.plan.keys {
        line("key", &[key]);
    }
    for feature in &model.plan.features {
        line("feature", &[&model.plan.name(feature)]);
    }
    for profile in model.profiles.iter().chain([&model.margins]) {
        line("profile", &[&joined(&profile.cuts), &joined(&profile.shares)]);
    }
    for (margin, probability) in &model.calibration.points {
        line("point", &[margin, probability]);
    }
    line("base", &[&model.forest.base]);
    for tree in &model.forest.trees {
        line("tree", &[&tree.nodes.len()]);
        for node in &tree.nodes {
            match node.feature {
                None => line("leaf", &[&node.value, &node.rows]),
                Some(feature) => {
                    let missing = if node.missing_left { "left" } else { "right" };
                    line("split", &[&feature, &node.cut, &missing, &node.left, &node.rows]);
                }
            }
        }
    }
    line("known", &[&model.history.whole.0, &model.history.whole.1]);
    for (value, entry) in model.history.sorted() {
        let recent = (entry.recent_inspected, entry.recent_illicit, entry.recent_day);
        let last = u8::from(entry.last_illicit);
        let value = format!("{value:016x}");
        line(
            "entry",
            &[
                &value,
                &entry.seen,
                &entry.last,
                &entry.inspected,
                &entry.illicit,
                &recent.0,
                &recent.1,
                &recent.2,
                &last,
                &entry.priced,
                &entry.price_sum,
            ],
        );
    }
    for (value, inspected, illicit) in model.history.sorted_results() {
        line("results", &[&format!("{value:016x}"), &inspected, &illicit]);
    }
    line("end", &[]);
    format!("{FIRST} {FORM}\ndigest {}\n{body}", digest(&body))
}

fn about(body: &mut String, about: &About) {
    let s = &about.settings;
    // What says nothing is of imports, as all were at first.
    if about.trade != Trade::Import {
        // Writing to a string does not fail.
        let _ = writeln!(body, "trade {}", about.trade);
    }
    // Threads are not told: they change nothing. Writing to a string does not fail.
    let _ = writeln!(
        body,
        "window {} {} {} {}\nrows {} {}\nseed {} {}",
        about.trained_from,
        about.train_until,
        about.tune_until,
        u8::from(about.again),
        about.rows,
        about.illicit,
        about.seed,
        about.members,
    );
    let _ = writeln!(
        body,
        "settings {} {} {} {} {} {} {} {} {} {} {}",
        s.trees,
        s.leaves,
        s.depth,
        s.learning_rate,
        s.l2,
        s.child_weight,
        s.least_gain,
        s.row_share,
        s.column_share,
        s.bins,
        s.patience,
    );
    for measured in [&about.measured, &about.measured_new] {
        let _ = writeln!(body, "measured {} {} {}", measured.rows, measured.illicit, measured.auc);
        for at in &measured.at {
            let (precision, recall, revenue) = (at.precision, at.recall, at.revenue);
            let _ = writeln!(body, "at {} {} {precision} {recall} {revenue}", at.share, at.looked_at);
        }
    }
    for band in &about.bands {
        let _ = writeln!(body, "band {} {} {} {}", band.from, band.rows, band.foretold, band.observed);
    }
}

fn joined<T: Display>(values: &[T]) -> String {
    if values.is_empty() {
        return "-".to_owned();
    }
    values.iter().map(T::to_string).collect::<Vec<_>>().join(",")
}

/// Lines, one after another.
struct Lines<'a> {
    lines: std::iter::Peekable<std::iter::Enumerate<std::str::Lines<'a>>>,
    line: usize,
}

/// The values of a line.
struct Values<'a> {
    line: usize,
    values: SplitAsciiWhitespace<'a>,
}

impl<'a> Lines<'a> {
    fn fault<T>(&self, what: impl Into<String>) -> Result<T, Unreadable> {
        Err(Unreadable::Line { line: self.line, what: what.into() })
    }

    /// The next line if it begins with a word.
    fn maybe(&mut self, word: &str) -> Option<Values<'a>> {
        let (number, line) = *self.lines.peek()?;
        let mut values = line.split_ascii_whitespace();
        if values.next() != Some(word) {
            return None;
        }
        self.lines.next();
        // Two lines stand before the body.
        self.line = number + 3;
        Some(Values { line: self.line, values })
    }

    fn wanted(&mut self, word: &str) -> Result<Values<'a>, Unreadable> {
        match self.maybe(word) {
            Some(values) => Ok(values),
            None => {
                self.line += 1;
                self.fault(format!("`{word}` is wanted here"))
            }
        }
    }
}

impl<'a> Values<'a> {
    fn text(&mut self) -> Result<&'a str, Unreadable> {
        self.values.next().ok_or_else(|| self.wrong("a value is missing"))
    }

    fn next<T: FromStr>(&mut self) -> Result<T, Unreadable> {
        let text = self.text()?;
        text.parse().map_err(|_| self.wrong(format!("`{}` is not such a value", shortened(text))))
    }

    /// A number that is one.
    fn number(&mut self) -> Result<f64, Unreadable> {
        let value: f64 = self.next()?;
        if value.is_finite() { Ok(value) } else { Err(self.wrong("a value is no number")) }
    }

    fn date(&mut self) -> Result<Date, Unreadable> {
        let text = self.text()?;
        Date::parse(text).ok_or_else(|| self.wrong(format!("`{}` is no day", shortened(text))))
    }

    fn flag(&mut self) -> Result<bool, Unreadable> {
        match self.text()? {
            "0" => Ok(false),
            "1" => Ok(true),
            other => Err(self.wrong(format!("`{}` is neither 0 nor 1", shortened(other)))),
        }
    }

    fn list<T: FromStr>(&mut self) -> Result<Vec<T>, Unreadable> {
        match self.text()? {
            "-" => Ok(Vec::new()),
            text => text
                .split(',')
                .map(|one| one.parse().map_err(|_| self.wrong(format!("`{}` is no number", shortened(one)))))
                .collect(),
        }
    }

    fn hexadecimal(&mut self) -> Result<u64, Unreadable> {
        let text = self.text()?;
        u64::from_str_radix(text, 16).map_err(|_| self.wrong("the line begins with a number of 16 digits"))
    }

    fn wrong(&self, what: impl Into<String>) -> Unreadable {
        Unreadable::Line { line: self.line, what: what.into() }
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Reads a model.
///
/// # Errors
/// When it is none, of another form, damaged, or makes no sense.
pub fn read(file: &str) -> Result<Model, Unreadable> {
    let (first, rest) = file.split_once('\n').ok_or(Unreadable::NotAModel)?;
    let form = first.strip_prefix(FIRST).and_then(|form| form.trim().parse().ok());
    match form.ok_or(Unreadable::NotAModel)? {
        FORM => {}
        other => return Err(Unreadable::OtherForm(other)),
    }
    let (second, body) = rest.split_once('\n').ok_or(Unreadable::NotAModel)?;
    let said = second.strip_prefix("digest ").unwrap_or_default();
    let found = digest(body);
    if said != found {
        return Err(Unreadable::Digest { said: shortened(said), found });
    }
    let mut lines = Lines { lines: body.lines().enumerate().peekable(), line: 2 };
    let about = read_about(&mut lines)?;
    let plan = read_plan(&mut lines)?;
    let mut profiles = Vec::new();
    while let Some(mut values) = lines.maybe("profile") {
        let profile = Profile { cuts: values.list()?, shares: values.list()? };
        if profile.shares.len() != profile.cuts.len() + 2 {
            return lines.fault("a profile has a share for each bin");
        }
        profiles.push(profile);
    }
    if profiles.len() != plan.features.len() + 1 {
        return lines.fault("there is a profile for each feature, and one of margins");
    }
    let margins = profiles.pop().unwrap_or_default();
    let mut points: Vec<(f64, f64)> = Vec::new();
    while let Some(mut values) = lines.maybe("point") {
        let point = (values.number()?, values.number()?);
        if points.last().is_some_and(|last| point.0 < last.0 || point.1 < last.1) {
            return lines.fault("points rise");
        }
        points.push(point);
    }
    let forest = read_forest(&mut lines, plan.features.len())?;
    let history = read_history(&mut lines, &plan)?;
    lines.wanted("end")?;
    let calibration = Calibration { points };
    Ok(Model { about, plan, forest, history, calibration, profiles, margins })
}

fn read_about(lines: &mut Lines<'_>) -> Result<About, Unreadable> {
    let trade = match lines.maybe("trade") {
        None => Trade::Import,
        Some(mut values) => {
            let word = values.text()?;
            Trade::from_word(word)
                .ok_or_else(|| values.wrong(format!("`{}` is no trade", shortened(word))))?
        }
    };
    let mut window = lines.wanted("window")?;
    let (trained_from, train_until, tune_until, again) =
        (window.date()?, window.date()?, window.date()?, window.flag()?);
    let mut rows = lines.wanted("rows")?;
    let mut seed = lines.wanted("seed")?;
    let mut s = lines.wanted("settings")?;
    let settings = Settings {
        trees: s.next()?,
        leaves: s.next()?,
        depth: s.next()?,
        learning_rate: s.number()?,
        l2: s.number()?,
        child_weight: s.number()?,
        least_gain: s.number()?,
        row_share: s.number()?,
        column_share: s.number()?,
        bins: s.next()?,
        patience: s.next()?,
        threads: Settings::default().threads,
    };
    let measured = read_measured(lines)?;
    let measured_new = read_measured(lines)?;
    let mut bands = Vec::new();
    while let Some(mut band) = lines.maybe("band") {
        bands.push(Band {
            from: band.next()?,
            rows: band.next()?,
            foretold: band.number()?,
            observed: band.number()?,
        });
    }
    let (rows, illicit) = (rows.next()?, rows.next()?);
    let (seed, members) = (seed.next()?, seed.next()?);
    Ok(About {
        trade,
        trained_from,
        train_until,
        tune_until,
        again,
        rows,
        illicit,
        seed,
        members,
        settings,
        measured,
        measured_new,
        bands,
    })
}

fn read_measured(lines: &mut Lines<'_>) -> Result<Measured, Unreadable> {
    let mut m = lines.wanted("measured")?;
    let mut measured = Measured { rows: m.next()?, illicit: m.next()?, auc: m.number()?, at: Vec::new() };
    while let Some(mut at) = lines.maybe("at") {
        measured.at.push(At {
            share: at.next()?,
            looked_at: at.next()?,
            precision: at.number()?,
            recall: at.number()?,
            revenue: at.number()?,
        });
    }
    Ok(measured)
}

fn read_plan(lines: &mut Lines<'_>) -> Result<Plan, Unreadable> {
    let mut plan = Plan::empty();
    plan.delay = lines.wanted("delay")?.next()?;
    plan.smoothing = lines.wanted("smoothing")?.number()?;
    while let Some(mut values) = lines.maybe("key") {
        let name = values.text()?;
        match Key::parse(name) {
            Some(key) => plan.keys.push(key),
            None => return lines.fault(format!("this program knows no key `{}`", shortened(name))),
        }
    }
    let keys = plan.keys.len();
    while let Some(mut values) = lines.maybe("feature") {
        let name = values.text()?;
        if !plan.add(name) {
            return lines.fault(format!("this program knows no feature `{}`", shortened(name)));
        }
    }
    if plan.keys.len() != keys {
        return lines.fault("a feature names a key that is not there");
    }
    Ok(plan)
}

fn read_forest(lines: &mut Lines<'_>, columns: usize) -> Result<Forest, Unreadable> {
    let mut forest = Forest { base: lines.wanted("base")?.number()?, trees: Vec::new() };
    while let Some(mut values) = lines.maybe("tree") {
        let count: usize = values.next()?;
        let mut tree = Tree::default();
        for _ in 0..count {
            tree.nodes.push(read_node(lines)?);
        }
        if let Some(fault) = tree.fault(columns) {
            return lines.fault(format!("a tree with {fault}"));
        }
        forest.trees.push(tree);
    }
    Ok(forest)
}

fn read_node(lines: &mut Lines<'_>) -> Result<Node, Unreadable> {
    let mut node = Node { feature: None, cut: 0.0, missing_left: false, left: 0, value: 0.0, rows: 0.0 };
    if let Some(mut leaf) = lines.maybe("leaf") {
        node.value = leaf.next()?;
        node.rows = leaf.next()?;
        return Ok(node);
    }
    let mut split = lines.wanted("split")?;
    node.feature = Some(split.next()?);
    node.cut = split.next()?;
    node.missing_left = match split.text()? {
        "left" => true,
        "right" => false,
        other => return Err(split.wrong(format!("`{}` is neither left nor right", shortened(other)))),
    };
    node.left = split.next()?;
    node.rows = split.next()?;
    Ok(node)
}

fn read_history(lines: &mut Lines<'_>, plan: &Plan) -> Result<History, Unreadable> {
    let mut history = plan.history();
    let mut known = lines.wanted("known")?;
    history.whole = (known.next()?, known.next()?);
    while let Some(mut values) = lines.maybe("entry") {
        let value = values.hexadecimal()?;
        let entry = Entry {
            seen: values.next()?,
            last: values.next()?,
            inspected: values.next()?,
            illicit: values.next()?,
            recent_inspected: values.next()?,
            recent_illicit: values.next()?,
            recent_day: values.next()?,
            last_illicit: values.flag()?,
            priced: values.next()?,
            price_sum: values.number()?,
        };
        history.put(value, entry);
    }
    while let Some(mut values) = lines.maybe("results") {
        let value = values.hexadecimal()?;
        history.put_results(value, values.next()?, values.next()?);
    }
    Ok(history)
}
