//! The check of a period of the draw by whoever trusts nobody: written from docs/draws.md, with no code of what draws. Files come
//! in as texts, what was found goes out; nothing of a window is needed.

mod chance;
mod orders;

use crate::hexadecimal::{hexadecimal, of_hexadecimal};
use crate::{Hash, SignedHead};
use ring::digest::{Context, SHA256};
use ring::hmac;
use serde_json::Value;

pub use chance::{Chance, Verdict};

/// Sides in the order in which their secrets are mixed.
const SIDES: [&str; 3] = ["window", "customs", "operator"];
/// Faults that are told; more are counted.
const TOLD: usize = 50;

/// What was checked and found.
#[derive(Clone, Default, Debug)]
pub struct Report {
    /// First day of the period.
    pub period: String,
    /// Draws in the list.
    pub draws: u64,
    /// Selected among them.
    pub selected: u64,
    /// Holders whose secret is missing.
    pub missing: Vec<String>,
    /// Without either holder: whoever runs the window could choose the seed.
    pub windows_own: bool,
    /// Orders that were held against the list.
    pub orders: Option<u64>,
    /// Tests of chance.
    pub chance: Vec<Chance>,
    /// How many faults there are.
    pub faults: u64,
    /// The first of them.
    pub told: Vec<String>,
}

impl Report {
    /// Whether everything fits.
    pub fn is_clean(&self) -> bool {
        self.faults == 0
    }

    fn fault(&mut self, what: impl Into<String>) {
        self.faults += 1;
        if self.told.len() < TOLD {
            self.told.push(what.into());
        }
    }
}

/// A file that cannot be read as what it should be: nothing is said of the draw.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unreadable(pub String);

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreadable {}

/// One line of the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Drawn {
    /// Name of the order.
    pub handle: Hash,
    /// What was drawn.
    pub number: u64,
    /// The share.
    pub ratio: u64,
    /// Whether it was opened.
    pub selected: bool,
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

fn whole(value: &Value, name: &str) -> Option<u64> {
    value.get(name).and_then(Value::as_u64)
}

fn digits<const N: usize>(value: &Value, name: &str) -> Option<[u8; N]> {
    text(value, name).and_then(of_hexadecimal)
}

fn finished(context: Context) -> Hash {
    let mut sum = [0; 32];
    sum.copy_from_slice(context.finish().as_ref());
    sum
}

fn committed(period: &str, of: &str, salt: &Hash, secret: &Hash) -> Hash {
    let mut context = Context::new(&SHA256);
    for part in ["onewindow draw commitment 1\n", period, "\n", of, "\n"] {
        context.update(part.as_bytes());
    }
    context.update(salt);
    context.update(secret);
    finished(context)
}

/// Platform and order number as they are hashed.
fn order_bytes(platform: &str, order_no: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in [platform.trim(), order_no.trim()] {
        bytes.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

/// The name of an order in the list.
pub fn handle(salt: &[u8; 16], platform: &str, order_no: &str) -> Hash {
    let mut context = Context::new(&SHA256);
    context.update(b"onewindow draw order 1\n");
    context.update(salt);
    context.update(&order_bytes(platform, order_no));
    finished(context)
}

/// What a handle draws with a seed.
pub fn number(seed: &Hash, handle: &Hash) -> u64 {
    let key = hmac::Key::new(hmac::HMAC_SHA256, seed);
    let mut input = b"onewindow draw 1\n".to_vec();
    input.extend_from_slice(handle);
    let tag = hmac::sign(&key, &input);
    let first = tag.as_ref().iter().take(8);
    first.fold(0u64, |number, byte| (number << 8) | u64::from(*byte)) % 1_000_000
}

fn line_of(line: &str) -> Option<Drawn> {
    let fields: Vec<&str> = line.split(',').collect();
    let [handle, number, ratio, selected] = fields.as_slice() else { return None };
    let selected = match *selected {
        "0" => false,
        "1" => true,
        _ => return None,
    };
    Some(Drawn {
        handle: of_hexadecimal(handle)?,
        number: number.parse().ok()?,
        ratio: ratio.parse().ok()?,
        selected,
    })
}

/// The list as it was published: a header, then a line a draw.
///
/// # Errors
/// [`Unreadable`] names the first line that is none.
pub fn list_of(list: &str) -> Result<Vec<Drawn>, Unreadable> {
    let mut lines = list.lines();
    if lines.next() != Some("handle,drawn,ratio,selected") {
        return Err(Unreadable("the list has not the header handle,drawn,ratio,selected".to_owned()));
    }
    let wrong = |at: usize| Unreadable(format!("line {} of the list is no draw", at + 2));
    lines.enumerate().map(|(at, line)| line_of(line).ok_or_else(|| wrong(at))).collect()
}

/// Checks a period with its list; with what offices have of its orders, those too. `key` is the public key that the space is known
/// by.
///
/// # Errors
/// [`Unreadable`] where a file is not what it should be.
pub fn audit(
    period: &str,
    list: &str,
    orders: Option<&str>,
    key: Option<&[u8; 32]>,
) -> Result<Report, Unreadable> {
    let told: Value = serde_json::from_str(period)
        .map_err(|error| Unreadable(format!("the period is no JSON: {error}")))?;
    let name = text(&told, "period").ok_or_else(|| Unreadable("the period has no name".to_owned()))?;
    if text(&told, "state") != Some("revealed") {
        return Err(Unreadable(format!("period {name} is not revealed yet: there is nothing to draw again")));
    }
    let lines = list_of(list)?;
    let mut report = Report { period: name.to_owned(), draws: lines.len() as u64, ..Report::default() };
    let beacon = check_beacon(&told, key, &mut report);
    let seed = check_secrets(&told, name, beacon.as_ref().map(|head| head.head.digest()), &mut report);
    check_list(&told, list, &lines, seed.as_ref(), &mut report);
    if let Some(orders) = orders {
        let after = beacon.as_ref().map(|head| &head.head);
        orders::check(orders, &told, &lines, after, &mut report)?;
    }
    report.chance = chance::tests(&lines);
    for test in report.chance.clone().iter().filter(|test| test.verdict == Verdict::Impossible) {
        report.fault(format!("{}: {}", test.name, test.said));
    }
    Ok(report)
}

/// The head that was signed when commitments ended: it covers every commitment's row, and no secret's.
fn check_beacon(told: &Value, key: Option<&[u8; 32]>, report: &mut Report) -> Option<SignedHead> {
    let beacon = &told["beacon"];
    let Some(Ok(head)) = text(beacon, "head").map(SignedHead::parse) else {
        report.fault("the beacon is no signed head");
        return None;
    };
    if !head.is_signed() {
        report.fault("the beacon's head is not signed with the key that it names");
    }
    if key.is_some_and(|key| *key != head.public) {
        report.fault(format!("the beacon is signed with another key: {}", hexadecimal(&head.public)));
    }
    if digits::<32>(beacon, "digest") != Some(head.head.digest()) {
        report.fault("the beacon's digest is not that of its head");
    }
    let covers = |step: &Value| {
        let writer = whole(step, "writer").and_then(|writer| u16::try_from(writer).ok())?;
        let sequence = whole(step, "sequence")?;
        Some(head.head.writer(writer).is_some_and(|one| one.size >= sequence))
    };
    let steps = told["steps"].as_array().map_or(&[][..], Vec::as_slice);
    let mut begun = 0;
    for step in steps {
        let action = text(step, "action").unwrap_or_default();
        match (action, covers(step)) {
            (_, None) => report.fault(format!("the step {action} names no row")),
            ("make" | "commit", Some(true)) => begun += 1,
            ("make" | "commit", Some(false)) => {
                report.fault("a commitment's row is not covered by the beacon: it may have been filed after");
            }
            ("hand-over" | "begin" | "reveal", Some(true)) => {
                report.fault(format!(
                    "the row of {action} is older than the beacon: it could be chosen to fit"
                ));
            }
            _ => {}
        }
    }
    let filed = told["sides"].as_array().map_or(0, |sides| {
        sides.iter().filter(|side| side["commitment"].is_string() && side["side"] != SIDES[0]).count()
    });
    if begun != filed + 1 {
        report.fault(format!("{filed} holders committed, and {begun} rows say so with that of the window's"));
    }
    Some(head)
}

/// Secrets open their commitments, and make the seed that was told.
fn check_secrets(told: &Value, period: &str, beacon: Option<Hash>, report: &mut Report) -> Option<Hash> {
    let mut context = Context::new(&SHA256);
    for part in ["onewindow draw seed 1\n", period, "\n"] {
        context.update(part.as_bytes());
    }
    context.update(&beacon?);
    let mut whole = true;
    for side in SIDES {
        let found =
            told["sides"].as_array().into_iter().flatten().find(|one| text(one, "side") == Some(side));
        let Some(found) = found else {
            report.fault(format!("nothing is said of {side}"));
            return None;
        };
        if found["secret"].is_null() && found["handedOver"] != true {
            context.update(&[0]);
            report.missing.push(side.to_owned());
            continue;
        }
        let (Some(salt), Some(secret)) = (digits::<32>(found, "salt"), digits::<32>(found, "secret")) else {
            report.fault(format!("the secret of {side} was handed over and is not told"));
            whole = false;
            continue;
        };
        if digits::<32>(found, "commitment") != Some(committed(period, side, &salt, &secret)) {
            report.fault(format!("the secret of {side} does not open its commitment"));
        }
        context.update(&[1]);
        context.update(&secret);
    }
    if report.missing.iter().any(|side| side == SIDES[0]) {
        report.fault("the window's secret is missing");
    }
    report.windows_own = report.missing.iter().filter(|side| *side != SIDES[0]).count() == 2;
    if told["windowsOwn"].as_bool() != Some(report.windows_own) {
        report.fault("what is said of whose seed it is does not fit who handed a secret over");
    }
    let seed = finished(context);
    if whole && digits::<32>(told, "effectiveSeed") != Some(seed) {
        report.fault("the seed that is told is not made of the secrets and the beacon");
    }
    whole.then_some(seed)
}

/// Every draw, the order of the lines, their count and digest, and the floor.
fn check_list(told: &Value, list: &str, lines: &[Drawn], seed: Option<&Hash>, report: &mut Report) {
    let about = &told["list"];
    let floor = whole(about, "floor").unwrap_or(0);
    let mut before: Option<&Drawn> = None;
    for line in lines {
        let name = hexadecimal(&line.handle);
        if before.is_some_and(|before| before.handle >= line.handle) {
            report.fault(format!("{name} stands twice or out of order"));
        }
        before = Some(line);
        if let Some(again) = seed.map(|seed| number(seed, &line.handle)).filter(|again| *again != line.number)
        {
            report.fault(format!("{name} drew {again}, and the list says {}", line.number));
        }
        if line.selected != (line.number < line.ratio) {
            let was = if line.selected { "selected" } else { "spared" };
            report.fault(format!("{name} was {was} with {} of {}", line.number, line.ratio));
        }
        if line.ratio < floor || line.ratio > 1_000_000 {
            report
                .fault(format!("{name} has the share {}, outside of the floor {floor} and all", line.ratio));
        }
        report.selected += u64::from(line.selected);
    }
    if whole(about, "draws") != Some(report.draws) {
        report.fault(format!("the list has {} draws, and {} were told", report.draws, about["draws"]));
    }
    if whole(about, "selected") != Some(report.selected) {
        report
            .fault(format!("the list has {} selected, and {} were told", report.selected, about["selected"]));
    }
    let mut context = Context::new(&SHA256);
    for line in list.lines().skip(1) {
        context.update(line.as_bytes());
        context.update(b"\n");
    }
    if digits::<32>(about, "digest") != Some(finished(context)) {
        report.fault(
            "the list is not the one whose digest was recorded: a line was altered, added or left out",
        );
    }
}
