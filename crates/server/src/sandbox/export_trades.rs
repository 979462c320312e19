//! Export trades to try with: from the order to the departure, and what may come after. As with imports the caller has his own
//! role, the others are played, and the list's note scripts what becomes of it.

use super::trades::{Made, all_written, scripted, seed, written};
use crate::Window;
use ceb::{Decimal, Document};
use clearance::Text;
use clearance::consignment::State;
use clearance::export::{ExportKey, ExportTrade};
use clearance::party::Role;
use clearance::sample::Export;
use std::sync::Arc;
use std::time::Duration;
use store::{Read, StoreError};

/// What may come after a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Later {
    /// The list is to be cancelled: before its parcel has left.
    Cancellation,
    /// The parcel leaves the country.
    Departure,
    /// It leaves, and its list is declared in summary.
    Summary,
    /// It leaves, and one piece of it comes back.
    Return,
}

impl Later {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Cancellation, Self::Departure, Self::Summary, Self::Return];
    /// The word used in the interface.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cancellation => "cancellation",
            Self::Departure => "departure",
            Self::Summary => "summary",
            Self::Return => "return",
        }
    }
    /// What a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|later| later.word() == word)
    }
    /// Whether it waits until the list is closed: what has not left is neither summarised nor brought back.
    pub fn follows_closing(self) -> bool {
        matches!(self, Self::Summary | Self::Return)
    }
    /// Who applies for it: the declaring unit; goods are brought back by the merchant too, where he is the caller.
    pub fn applicant<'a>(self, export: &'a Export, caller: &Text) -> &'a Text {
        let head = &export.declaration.head;
        if self == Self::Return && *caller == head.ebc_code { &head.ebc_code } else { &head.agent_code }
    }
}

/// An export trade to try with.
pub struct Trying {
    /// Its documents.
    pub export: Export,
    /// Their messages, in the order in which they are usually sent.
    pub made: Vec<Made>,
}

/// An export trade in which a party has its role; none when the machine gives no random numbers.
pub fn make(
    window: &Window,
    (role, code, name): (Role, &Text, &str),
    script: &str,
    later: Option<Later>,
) -> Option<Trying> {
    let now = window.clock.now();
    let mut export = plain(window, later == Some(Later::Summary), (role, code, name))?;
    scripted(&mut export.declaration.head.note, script);
    let [order, waybill, list] = export.documents();
    // Platform and merchant may send the order; who pays or is paid, what was received.
    let order = if role == Role::Merchant { (code.clone(), order.1) } else { order };
    let mut received = export.received();
    if matches!(role, Role::Payment | Role::Bank) {
        received.0 = code.clone();
    }
    let mut documents = vec![order, received, waybill, list];
    // Once its parcel is at the site the list is released: one that is to be cancelled stays before it.
    if later != Some(Later::Cancellation) {
        let agent = export.declaration.head.agent_code.clone();
        documents.push((agent, Document::MasterBill(Export::master_bill(&[&export], now)?)));
        let mut arrival = Export::arrival(&[&export], now)?;
        if role == Role::SiteOperator {
            arrival.head.operator_code = code.clone();
            arrival.head.operator_name = name.into();
        }
        documents.push((arrival.head.operator_code.clone(), Document::ExportArrival(arrival)));
    }
    if matches!(later, Some(Later::Departure | Later::Summary | Later::Return)) {
        let departure = Export::departure(&[&export], now)?;
        documents.push((departure.head.logistics_code.clone(), Document::Departure(departure)));
    }
    let made = all_written(window, (code, name), documents);
    Some(Trying { export, made })
}

/// An export of a party that the draw leaves alone: what happens to it is what was asked for.
fn plain(window: &Window, to_summarise: bool, (role, code, name): (Role, &Text, &str)) -> Option<Export> {
    let (seed, first) = (seed()?, seed()? % 1_000_000_000);
    let now = window.clock.now();
    let reference = window.reference();
    let mut exports = (first..first + 1_000).map(|number| {
        let export = Export::new(seed, number, now);
        let mut export = if to_summarise { export.to_summarise() } else { export };
        as_party(&mut export, role, code, name);
        export
    });
    exports.find(|export| clearance::risk::draw(&reference.sampling_seed, &export.key().marked()) > 200_000)
}

/// What names the entry number of a list: an application to cancel it, to summarise it, or to bring one piece back.
pub fn later(
    window: &Window,
    party: (&Text, &str),
    export: &Export,
    (later, invt_no): (Later, &Text),
) -> Option<Made> {
    let now = window.clock.now();
    let document = match later {
        Later::Cancellation => Document::ExportCancellation(export.cancellation(invt_no, now)),
        Later::Summary => {
            Document::SummaryApplication(Export::summary(&[export], std::slice::from_ref(invt_no), now)?)
        }
        Later::Return => Document::ExportReturn(export.goods_back(invt_no, 0, &[(0, Decimal::ONE)], now)),
        Later::Departure => return None,
    };
    Some(written(window, party, later.applicant(export, party.0).clone(), document))
}

/// The tally of the parcel in which goods come back, by the site where it is; it may come before the application.
pub fn tally(window: &Window, (role, code, name): (Role, &Text, &str), export: &Export) -> Made {
    let mut tally = export.tally(None, window.clock.now());
    if role == Role::SiteOperator {
        tally.operator_code = code.clone();
        tally.operator_name = name.into();
    }
    written(window, (code, name), tally.operator_code.clone(), Document::ReturnTally(tally))
}

/// How often is looked whether a list is closed, and how often at most: what follows comes in commits of its own.
const EVERY: Duration = Duration::from_millis(20);
const LOOKS: u32 = 150;

/// The trade as it stands; `closed` = once its parcel has left, as long as one request may wait for it and it may still leave.
///
/// # Errors
/// [`StoreError`] when it cannot be read.
pub async fn standing(
    window: &Window,
    export: &Export,
    closed: bool,
) -> Result<Option<Arc<ExportTrade>>, StoreError> {
    let key = ExportKey::Trade(export.key());
    let mut looks = 0;
    loop {
        let state = window.read.export(&key).await?;
        let trade = state.as_ref().and_then(|state| state.trade()).cloned();
        let ended = |trade: &Arc<ExportTrade>| {
            let state = trade.attempt.as_ref().map(|attempt| attempt.state);
            state.is_some_and(|state| state == State::Closed || state.frees_the_key())
        };
        looks += 1;
        if !closed || trade.as_ref().is_some_and(ended) || looks >= LOOKS {
            return Ok(trade);
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Puts a party into its place in an export trade.
fn as_party(export: &mut Export, role: Role, code: &Text, name: &str) {
    let Export { order, payment, waybill, declaration } = export;
    let (order, list) = (&mut order.head, &mut declaration.head);
    let name = || Text::from(name);
    match role {
        Role::Platform => {
            (order.ebp_code, order.ebp_name) = (code.clone(), name());
            (payment.ebp_code, payment.ebp_name) = (code.clone(), name());
            (list.ebp_code, list.ebp_name) = (code.clone(), name());
        }
        Role::Merchant => {
            (order.ebc_code, order.ebc_name) = (code.clone(), name());
            (payment.ebc_code, payment.ebc_name) = (code.clone(), name());
            (waybill.ebc_code, waybill.ebc_name) = (Some(code.clone()), Some(name()));
            (list.ebc_code, list.ebc_name) = (code.clone(), name());
            (list.owner_code, list.owner_name) = (code.clone(), name());
        }
        Role::Payment | Role::Bank => (payment.pay_code, payment.pay_name) = (Some(code.clone()), name()),
        Role::Logistics | Role::Express => {
            (waybill.logistics_code, waybill.logistics_name) = (code.clone(), name());
            (list.logistics_code, list.logistics_name) = (code.clone(), name());
        }
        Role::Agent => (list.agent_code, list.agent_name) = (code.clone(), name()),
        _ => {}
    }
}
