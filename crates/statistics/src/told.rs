//! What one row tells of a declaration. Read from the event's own document and from those parts of the state after it that
//! every row carries: documents in states are there while a row is fresh, and not when it is read again.

use crate::conduct::{self, Conduct};
use crate::exports;
use crate::figures::NO_DAY;
use ceb::{Declaration, Document};
use clearance::Text;
use clearance::consignment::{Attempt, Consignment, Lane, ReturnFile, ReturnState, State};
use clearance::event::{ActionKind, Arrived, Cause, Event, TimerKind};
use clearance::export::NO_PLATFORM;
use clearance::finding::Finding;
use clearance::keys::{OrderKey, Time};
use clearance::outcome::Outcome;
use clearance::reason::{Disclosure, Layer, Reason};
use clearance::tax::Assessment;
use ledger::{AccountKind, Movement, MovementKind};

/// What a row tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// When it was judged.
    pub now: Time,
    /// Of which consignment; of exports the merchant stands where imports have the platform.
    pub order: OrderKey,
    /// Whether it is an export.
    pub export: bool,
    /// The list that it accepted.
    pub declared: Option<Declared>,
    /// How the declaration stands after it.
    pub stand: Option<Stand>,
    /// What an officer did: the action's word.
    pub action: Option<&'static str>,
    /// A list that it refused: what names it, and the rules.
    pub refused: Option<(Named, Vec<Reason>)>,
    /// The return that it accepted, of exports the one whose goods are back: district and merchant.
    pub returning: Option<(Text, Text)>,
    /// Value and tax, in fen, of a return whose goods are back.
    pub returned: Option<(i64, i64)>,
    /// A parcel that was scanned at a site.
    pub scanned: Option<Scanned>,
    /// What it tells of how parties do what they owe.
    pub conduct: Vec<Conduct>,
    /// What it tells of the tax of a list.
    pub bill: Option<Bill>,
    /// The order that it accepted: platform and seller.
    pub ordered: Option<(Text, Text)>,
    /// Day yyyyMMdd until which the first of its returns is to be decided that waits for it, [`crate::figures::NO_DAY`] where none
    /// says so; none = no return of it waits.
    pub applied: Option<u32>,
}

/// What a row tells of the tax of a list. Who pays it is known from the account that it was entered on: whoever sent the list may be
/// another, the seller.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Bill {
    /// From here on this party owes it.
    Owed(Text),
    /// It was not paid on its last day.
    Overdue,
    /// Nothing is owed any more.
    Over,
}

/// A parcel that was scanned.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Scanned {
    /// The record of the site.
    pub site: Text,
    /// Where it goes.
    pub direction: Text,
    /// What the scan became.
    pub answer: Text,
}

impl Told {
    /// What a scan tells, which is of no consignment.
    pub fn of_scan(now: Time, scanned: Scanned) -> Self {
        Self { scanned: Some(scanned), ..Self::of_nothing(now) }
    }

    /// What is of no consignment, and nothing yet.
    pub(crate) fn of_nothing(now: Time) -> Self {
        Self {
            now,
            order: OrderKey::default(),
            export: false,
            declared: None,
            stand: None,
            action: None,
            refused: None,
            returning: None,
            returned: None,
            scanned: None,
            conduct: Vec::new(),
            bill: None,
            ordered: None,
            applied: None,
        }
    }
}

/// What names a list.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Named {
    /// District where it is declared.
    pub district: Text,
    /// Supervision mode.
    pub mode: Text,
    /// Country of departure; of exports that of destination.
    pub country: Text,
    /// Merchant.
    pub merchant: Text,
    /// Every party that it names, sorted, each once.
    pub parties: Vec<Text>,
}

/// A list that was declared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Declared {
    /// What names it.
    pub named: Named,
    /// Gross weight, grams.
    pub weight: i64,
    /// Its lines: first eight digits of the code, value and tax in fen.
    pub goods: Vec<(Text, i64, i64)>,
    /// Whether its value is known in CNY.
    pub converted: bool,
}

/// How a declaration stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stand {
    /// State of the attempt.
    pub state: State,
    /// Its lane, once fixed.
    pub lane: Option<Lane>,
    /// Dutiable value, fen.
    pub value: i64,
    /// Tax, fen.
    pub tax: i64,
    /// What is held of the person's yearly limit, fen.
    pub quota: i64,
    /// The rules that rejected it, if it is rejected.
    pub causes: Vec<Reason>,
}

/// What a row tells of a declaration; none where it tells nothing.
pub fn told(event: &Event, outcome: &Outcome) -> Option<Told> {
    if outcome.repeats.is_some() {
        return None;
    }
    let trade = outcome.export.states.iter().find_map(|state| state.trade());
    let (order, export) = match (&outcome.order, &outcome.export.trade) {
        (Some(order), _) => (order.clone(), false),
        (None, Some(trade)) => (trade.as_pair(), true),
        (None, None) => return None,
    };
    let mut told = Told { order, export, ..Told::of_nothing(outcome.now) };
    let attempt = outcome.consignment.as_ref().and_then(|consignment| consignment.attempt.as_ref());
    match &event.cause {
        Cause::Document(arrived) if export => {
            exports::of_document(&mut told, arrived, trade.map(|trade| &**trade), outcome);
        }
        Cause::Document(arrived) => of_document(&mut told, arrived, attempt, outcome),
        Cause::Action(_) | Cause::ExportAction(_) if outcome.answer.status < 0 => return None,
        Cause::ExportAction(action) => told.action = Some(action.kind.word()),
        Cause::Action(action) => {
            told.action = Some(action.kind.word());
            let received = match &action.kind {
                ActionKind::ReceiveReturn { number } => Some(*number),
                ActionKind::ReceiveReturnAt(received) => Some(received.number),
                _ => None,
            };
            if let Some(number) = received {
                told.returned = given_back(outcome, number);
            }
        }
        Cause::Follow(_) | Cause::Timer(_) => {}
    }
    told.stand = attempt.map(stand);
    told.applied = outcome.consignment.as_deref().and_then(applied);
    told.bill = attempt.and_then(|attempt| bill(&event.cause, attempt, outcome));
    told.conduct = attempt.map(|attempt| conduct::of_event(&event.cause, attempt)).unwrap_or_default();
    if let Some(trade) = trade.filter(|_| export) {
        told.stand = exports::stand(trade);
        if let Some((returning, value)) = exports::returned(trade, outcome) {
            (told.returning, told.returned) = (Some(returning), Some((value, 0)));
        }
    }
    told.ordered = ordered(&event.cause, outcome);
    (told.stand.is_some() || told.refused.is_some() || told.ordered.is_some()).then_some(told)
}

/// What a document is answered that is rejected as a whole.
const REJECTED: i32 = 100;

/// Platform and seller of an order that was accepted as declared. A platform abroad that has no code is nobody here.
fn ordered(cause: &Cause, outcome: &Outcome) -> Option<(Text, Text)> {
    let Cause::Document(arrived) = cause else { return None };
    let (operation, platform, seller) = match &*arrived.document {
        Document::Order(order) => {
            let head = &order.head;
            ((&head.app_type, &head.app_status), &head.ebp_code, &head.ebc_code)
        }
        Document::ExportOrder(order) => {
            let head = &order.head;
            ((&head.app_type, &head.app_status), &head.ebp_code, &head.ebc_code)
        }
        _ => return None,
    };
    let (platform, seller) = (platform.trim(), seller.trim());
    let status = outcome.answer.status;
    let accepted = status >= 0 && status != REJECTED && operation.0 != "3" && operation.1 == "2";
    let named = !platform.is_empty() && platform != NO_PLATFORM && !seller.is_empty();
    (accepted && named).then(|| (platform.into(), seller.into()))
}

fn of_document(told: &mut Told, arrived: &Arrived, attempt: Option<&Attempt>, outcome: &Outcome) {
    let accepted = outcome.answer.status >= 0;
    match &*arrived.document {
        Document::Declaration(list) if !accepted => {
            let refuses = |finding: &&Finding| finding.reason.layer() == Layer::Refused;
            let rules = outcome.answer.findings.iter().filter(refuses).map(|finding| finding.reason);
            // What nobody checked makes no cells of its own: it is of its sender, and of a district if it is one.
            let parties = vec![arrived.sender.clone()];
            let named = Named { parties, merchant: arrived.sender.clone(), ..named(list) };
            told.refused = Some((named, rules.collect()));
        }
        // A deletion names the list that it deletes; staged is not declared.
        Document::Declaration(list) if list.head.app_type != "3" && list.head.app_status == "2" => {
            told.declared = Some(declared(list, attempt.and_then(|attempt| attempt.assessment.as_ref())));
        }
        Document::Return(back) if accepted => {
            told.returning = Some((code(&back.head.customs_code, 4), back.head.ebc_code.trim().into()));
        }
        _ => {}
    }
}

fn bill(cause: &Cause, attempt: &Attempt, outcome: &Outcome) -> Option<Bill> {
    let enters = |movement: &&Movement| {
        let account = movement.account.kind;
        (movement.kind, account) == (MovementKind::Enter, AccountKind::PayableTax) && movement.amount > 0
    };
    if let Some(entered) = outcome.movements.iter().find(enters) {
        return Some(Bill::Owed(entered.account.owner.clone()));
    }
    let bill = attempt.bill.as_ref()?;
    match cause {
        Cause::Timer(timer) if timer.kind == TimerKind::PaymentOverdue && bill.overdue => Some(Bill::Overdue),
        _ => (bill.paid || bill.owed == 0).then_some(Bill::Over),
    }
}

fn applied(consignment: &Consignment) -> Option<u32> {
    let waits = |file: &&ReturnFile| file.state == ReturnState::Applied && file.filed.status != 1;
    let day = |file: &ReturnFile| file.decide_by.as_ref().map_or(NO_DAY, |due| due.day.number());
    consignment.returns.iter().filter(waits).map(day).min()
}

fn given_back(outcome: &Outcome, number: u32) -> Option<(i64, i64)> {
    let returns = &outcome.consignment.as_ref()?.returns;
    let back = returns.iter().find(|back| back.number == number)?;
    Some((back.quota_given_back, back.tax_given_back))
}

fn named(list: &Declaration) -> Named {
    let head = &list.head;
    let trimmed = |text: &Text| Text::from(text.trim());
    let codes = [&head.ebp_code, &head.ebc_code, &head.logistics_code, &head.agent_code, &head.assure_code];
    let mut parties: Vec<Text> = codes.into_iter().map(trimmed).filter(|code| !code.is_empty()).collect();
    parties.sort_unstable();
    parties.dedup();
    Named {
        district: code(&head.customs_code, 4),
        mode: code(&head.trade_mode, 4),
        country: code(&head.country, 3),
        merchant: trimmed(&head.ebc_code),
        parties,
    }
}

/// A code of so many digits; what is none is empty.
pub(crate) fn code(text: &str, digits: usize) -> Text {
    let text = text.trim();
    let is_code = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_code { text.into() } else { Text::default() }
}

fn declared(list: &Declaration, assessment: Option<&Assessment>) -> Declared {
    let assessed = |gnum: u32| assessment?.lines.iter().find(|line| line.gnum == gnum);
    let goods = list.lines.iter().map(|line| {
        let code: Text = line.gcode.chars().take(8).collect();
        let (value, tax) = assessed(line.gnum).map_or((0, 0), |line| (line.dutiable, line.total()));
        (code, value, tax)
    });
    // A decimal counts hundred-thousandths: of a kilogram, hundredths of a gram.
    let grams = list.head.gross_weight.units() / 100;
    Declared {
        named: named(list),
        weight: i64::try_from(grams).unwrap_or(0),
        goods: goods.collect(),
        converted: true,
    }
}

fn stand(attempt: &Attempt) -> Stand {
    let rejected = attempt.state == State::Rejected;
    let rejects = |finding: &&Finding| finding.layer() == Layer::Rejected;
    let causes = attempt.findings.iter().filter(|_| rejected).filter(rejects);
    Stand {
        state: attempt.state,
        lane: attempt.lane,
        value: attempt.assessment.as_ref().map_or(0, Assessment::dutiable),
        tax: attempt.assessment.as_ref().map_or(0, Assessment::total),
        quota: attempt.quota.as_ref().map_or(0, |hold| hold.amount),
        causes: causes.map(|finding| finding.reason).collect(),
    }
}

/// A rule as parties and the public are told of it: what is sealed is one word.
pub fn open_word(reason: Reason) -> &'static str {
    match reason.disclosure() {
        Disclosure::Open => reason.word(),
        Disclosure::Sealed => SEALED,
    }
}

/// The word in place of every rule that is sealed.
pub const SEALED: &str = "sealed";
