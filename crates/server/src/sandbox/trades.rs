//! Trades to try with: one of invented parties in which the caller has his own role. The others' documents are sent by the
//! window, his own are given to him; what becomes of the list may be scripted.

use crate::Window;
use bytes::Bytes;
use ceb::{Decimal, Document, Kind, Style};
use clearance::Text;
use clearance::decide::scripted::BEGINS;
use clearance::keys::OrderKey;
use clearance::party::Role;
use clearance::sample::{self, Trade};
use ring::rand::{SecureRandom, SystemRandom};

/// Buyers that trades are shared among.
const BUYERS: u64 = 1_000_000;

/// A document of a trade.
pub struct Made {
    /// Who sends it.
    pub sender: Text,
    /// Whether that is the caller.
    pub own: bool,
    /// Its kind.
    pub kind: Kind,
    /// Its message.
    pub xml: Bytes,
}

/// What may come after a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Later {
    /// The list is to be cancelled: before its parcel is here.
    Cancellation,
    /// Released goods come back.
    Return,
    /// The parcel was handed over.
    Delivery,
}

impl Later {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Cancellation, Self::Return, Self::Delivery];
    /// The word used in the interface.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cancellation => "cancellation",
            Self::Return => "return",
            Self::Delivery => "delivery",
        }
    }
    /// What a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|later| later.word() == word)
    }
}

/// A trade to try with.
pub struct Trying {
    /// Its documents.
    pub trade: Trade,
    /// Its key.
    pub order: OrderKey,
    /// Their messages, in the order in which they are usually sent.
    pub made: Vec<Made>,
}

/// A trade in which a party has its role, all documents of it in the order in which they are usually sent; none when the
/// machine gives no random numbers.
pub fn make(
    window: &Window,
    (role, code, name): (Role, &Text, &str),
    script: &str,
    later: Option<Later>,
) -> Option<Trying> {
    let mut trade = plain(window)?;
    as_party(&mut trade, role, code, name);
    guaranteed(window, &mut trade);
    scripted(&mut trade.declaration.head.note, script);
    let order = OrderKey::new(&trade.order.head.ebp_code, &trade.order.head.order_no);
    let mut documents: Vec<(Text, Document)> = trade.documents().to_vec();
    // Once its parcel is here the list is released, and no longer cancelled.
    let arrives = later != Some(Later::Cancellation);
    if let Some(mut arrival) = Trade::arrival(seed()?, &[&trade], window.clock.now()).filter(|_| arrives) {
        if role == Role::SiteOperator {
            arrival.head.operator_code = code.clone();
            arrival.head.operator_name = name.into();
        }
        documents.push((arrival.head.operator_code.clone(), Document::Arrival(arrival)));
    }
    let made = all_written(window, (code, name), documents);
    Some(Trying { trade, order, made })
}

/// Has the note of a list say what becomes of it, where that is scripted.
pub(super) fn scripted(note: &mut Option<Text>, script: &str) {
    let script = script.trim();
    if !script.is_empty() {
        *note = Some(format!("{BEGINS} {script}").into());
    }
}

/// Documents as their senders send them.
pub(super) fn all_written(
    window: &Window,
    party: (&Text, &str),
    documents: Vec<(Text, Document)>,
) -> Vec<Made> {
    documents.into_iter().map(|(sender, document)| written(window, party, sender, document)).collect()
}

/// A document as its sender sends it.
pub(super) fn written(
    window: &Window,
    (code, name): (&Text, &str),
    sender: Text,
    document: Document,
) -> Made {
    let kind = document.kind();
    let own = sender == *code;
    let mut message = sample::message(&sender, vec![document]);
    if let Some(transfer) = message.transfer.as_mut().filter(|_| own) {
        transfer.cop_code = code.clone();
        transfer.cop_name = name.into();
        let (_, exchange_ids) = window.names_of(code);
        transfer.dxp_id = exchange_ids.first().unwrap_or(code).clone();
    }
    Made { sender, own, kind, xml: ceb::write(&message, Style::Prefixed).into() }
}

/// What comes after a list that has an entry number.
pub fn later(window: &Window, party: (&Text, &str), trade: &Trade, (later, invt_no): (Later, &str)) -> Made {
    let now = window.clock.now();
    let agent = || trade.declaration.head.agent_code.clone();
    let (sender, document) = match later {
        Later::Cancellation => (agent(), Document::Cancellation(trade.cancellation(invt_no, now))),
        Later::Return => (agent(), Document::Return(trade.return_goods(invt_no, &[(0, Decimal::ONE)], now))),
        Later::Delivery => {
            (trade.waybill.logistics_code.clone(), Document::WaybillStatus(trade.delivered(now)))
        }
    };
    written(window, party, sender, document)
}

/// A random number; none when the machine gives none.
pub(super) fn seed() -> Option<u64> {
    let mut bytes = [0u8; 8];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(u64::from_be_bytes(bytes))
}

/// A trade that the draw leaves alone: what happens to it is what was asked for.
fn plain(window: &Window) -> Option<Trade> {
    let (seed, first) = (seed()?, seed()? % 1_000_000_000);
    let reference = window.reference();
    let mut trades =
        (first..first + 1_000).map(|number| Trade::new(seed, number, window.clock.now(), BUYERS));
    trades.find(|trade| {
        let order = OrderKey::new(&trade.order.head.ebp_code, &trade.order.head.order_no);
        clearance::risk::draw(&reference.sampling_seed, &order) > 200_000
    })
}

/// The guarantor is one of the list's parties that has a guarantee; a carrier of the sandbox where none of them has.
fn guaranteed(window: &Window, trade: &mut Trade) {
    let guarantees = |code: &str| window.filing(code).is_some_and(|filing| filing.guarantee_limit > 0);
    let list = &mut trade.declaration.head;
    let named = [&list.agent_code, &list.ebp_code, &list.ebc_code, &list.logistics_code];
    if let Some(found) = named.into_iter().find(|code| guarantees(code)).cloned() {
        list.assure_code = found;
        return;
    }
    let carriers = sample::filings();
    let carrier = carriers.iter().find(|filing| filing.has(Role::Logistics) && filing.guarantee_limit > 0);
    if let Some(carrier) = carrier {
        list.assure_code = carrier.code.clone();
        as_party(trade, Role::Logistics, &carrier.code, &carrier.name);
    }
}

/// Puts a party into its place in a trade.
fn as_party(trade: &mut Trade, role: Role, code: &Text, name: &str) {
    let Trade { order, payment, waybill, declaration } = trade;
    let (order, list) = (&mut order.head, &mut declaration.head);
    let name = || Text::from(name);
    match role {
        Role::Platform => {
            (order.ebp_code, order.ebp_name) = (code.clone(), name());
            (list.ebp_code, list.ebp_name) = (code.clone(), name());
            (payment.ebp_code, payment.ebp_name) = (code.clone(), name());
        }
        Role::Merchant => {
            (order.ebc_code, order.ebc_name) = (code.clone(), name());
            (list.ebc_code, list.ebc_name) = (code.clone(), name());
        }
        Role::Payment | Role::Bank => {
            (payment.pay_code, payment.pay_name) = (code.clone(), name());
            if order.pay_code.is_some() {
                (order.pay_code, order.pay_name) = (Some(code.clone()), Some(name()));
            }
        }
        Role::Logistics | Role::Express => {
            (waybill.logistics_code, waybill.logistics_name) = (code.clone(), name());
            (list.logistics_code, list.logistics_name) = (code.clone(), name());
        }
        Role::Agent => (list.agent_code, list.agent_name) = (code.clone(), name()),
        _ => {}
    }
}
