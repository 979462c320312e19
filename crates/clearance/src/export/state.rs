//! The states of exports: data only. Every row of the ledger that changes one carries the full state after it; documents
//! are named by their position and read again when a cold state is opened.

use super::{
    ClosedList, ExportKey, ExportSummary, ExportTradeKey, ReturnOfExport, ReturnedParcel, SummaryClaim,
    TaxOfReturn, named,
};
use crate::Text;
use crate::bonded::Taken;
use crate::consignment::{ArrivalMark, CreditStanding, Drawn, Filed, Lane, Remark, RiskHit, Seen, State};
use crate::event::TimerKind;
use crate::finding::Finding;
use crate::inspection::JointInspection;
use crate::keys::{Position, Time, WaybillKey};
use crate::windows::Windowed;
use ceb::{Day, Document};
use std::sync::Arc;

/// The bill that a parcel goes under (607).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BillMark {
    /// The row of the master list.
    pub position: Position,
    /// The master list.
    pub master: ExportKey,
    /// `billNo`.
    pub bill_no: Text,
}

/// That the list of a parcel is concluded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ListMark {
    /// `invtNo`.
    pub invt_no: Text,
    /// Whether the parcel is opened at the site.
    pub opens: bool,
}

/// A parcel of a master list, and how far it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BilledParcel {
    /// `logisticsNo`.
    pub logistics_no: Text,
    /// 2 its list is awaited, 399 its list is concluded, 800 it is at the site, 500 it is there and opened.
    pub status: u16,
}

/// That a parcel left the country (509).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DepartureMark {
    /// The row of the departure.
    pub position: Position,
    /// `billNo`, empty where the departure names none.
    pub bill_no: Text,
    /// The day of `leaveTime`.
    pub left_on: Day,
}

/// The waybill as the trade knows it: its own copy, so that judging needs no other key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExportCarriage {
    /// Which waybill.
    pub key: WaybillKey,
    /// Its document (505), once it came.
    pub waybill: Option<Filed>,
    /// The bill it goes under.
    pub bill: Option<BillMark>,
    /// Its arrival at the site.
    pub arrived: Option<ArrivalMark>,
    /// Its departure.
    pub departed: Option<DepartureMark>,
}

/// An application to cancel a list (605), and what became of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CancellationOfExport {
    /// The application; its status says what became of it.
    pub filed: Filed,
    /// `preNo` of the application.
    pub pre_no: Text,
    /// The attempt that it is to cancel.
    pub attempt: u32,
}

/// One try to declare an export trade.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExportAttempt {
    /// From 1.
    pub number: u32,
    /// The list (603).
    pub declaration: Filed,
    /// Where it stands.
    pub state: State,
    /// `preNo`.
    pub pre_no: Text,
    /// `invtNo`, from 120 on.
    pub invt_no: Option<Text>,
    /// China's date when it was recorded: chooses the law.
    pub business_date: Day,
    /// The rulebook pinned then.
    pub rulebook: u32,
    /// Fixed when the match agreed.
    pub lane: Option<Lane>,
    /// Open findings of the last judgement.
    pub findings: Vec<Finding>,
    /// Officers' words, in order.
    pub remarks: Vec<Remark>,
    /// The day on which it was closed: its month is the one whose summary it belongs to.
    pub closed_on: Option<Day>,
}

/// Why and how the goods of a trade are looked at.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ExportLook {
    /// The draw that fixed its first lane, and stands for the next attempts.
    pub drawn: Option<Drawn>,
    /// What followed from the credit of those whom the list of the current attempt names.
    pub credit: Option<CreditStanding>,
    /// Sealed hits of the current attempt.
    pub hits: Vec<RiskHit>,
    /// Its last inspection in which two look, unless it was contested or overtaken.
    pub joint: Option<Box<JointInspection>>,
    /// Windows of what the list of the current attempt names, when it was declared.
    pub counts: Vec<Windowed>,
}

impl ExportLook {
    /// What stays of it when the trade is declared anew.
    pub fn declared_anew(&self, credit: Option<CreditStanding>, counts: Vec<Windowed>) -> Self {
        Self { drawn: self.drawn, credit, counts, ..Self::default() }
    }
}

/// An export trade: the documents of one order and what became of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExportTrade {
    /// Its key.
    pub key: ExportTradeKey,
    /// Grows by one with every row.
    pub version: u32,
    /// The row of its first state: its place in lists.
    pub first: Position,
    /// When that was judged.
    pub created: Time,
    /// The row that carries this state.
    pub last: Position,
    /// The row of the state before, if any.
    pub previous: Option<Position>,
    /// The time of its newest receipt; the next is later.
    pub last_time: Time,
    /// The order (303).
    pub order: Option<Filed>,
    /// The money received for it (403).
    pub payment: Option<Filed>,
    /// The waybill that the current attempt names.
    pub carriage: Option<ExportCarriage>,
    /// The current attempt.
    pub attempt: Option<ExportAttempt>,
    /// The open or last cancellation.
    pub cancellation: Option<CancellationOfExport>,
    /// Accepted documents.
    pub seen: Vec<Seen>,
    /// Officers' actions done: id and row, so the same id gets the first answer.
    pub actions: Vec<(Text, Position)>,
    /// Timers that run.
    pub timers: Vec<(TimerKind, u32, Time)>,
    /// Returns of its goods, in order of their numbers.
    pub returns: Vec<ReturnOfExport>,
    /// What the list of the current attempt is worth, fen, with the rates of its day; none = a currency had none.
    pub value: Option<i64>,
    /// Why and how its goods are looked at.
    pub look: ExportLook,
    /// Taxes of those of its returns whose goods were released, by the numbers of the returns.
    pub taxes: Vec<TaxOfReturn>,
    /// What the list of the current attempt took of a bonded book.
    pub taken: Option<Box<Taken>>,
}

impl ExportTrade {
    /// A trade that nothing has happened to.
    pub fn new(key: ExportTradeKey) -> Self {
        Self {
            key,
            version: 0,
            first: Position::default(),
            created: Time(0),
            last: Position::default(),
            previous: None,
            last_time: Time(0),
            order: None,
            payment: None,
            carriage: None,
            attempt: None,
            cancellation: None,
            seen: Vec::new(),
            actions: Vec::new(),
            timers: Vec::new(),
            returns: Vec::new(),
            value: None,
            look: ExportLook::default(),
            taxes: Vec::new(),
            taken: None,
        }
    }
    /// The inspection that waits for its second officer.
    pub fn unconfirmed(&self) -> Option<&JointInspection> {
        let inspected = self.attempt.as_ref().is_some_and(|attempt| attempt.state == State::Inspection);
        self.look.joint.as_deref().filter(|joint| inspected && joint.confirmed_by.is_empty())
    }
    /// The declared list.
    pub fn declaration(&self) -> Option<&ceb::ExportDeclaration> {
        match self.attempt.as_ref().map(|attempt| &*attempt.declaration.document) {
            Some(Document::ExportDeclaration(declaration)) => Some(declaration),
            _ => None,
        }
    }
    /// Codes of the parties whom it names: they find it in their lists.
    pub fn parties(&self) -> Vec<Text> {
        let mut codes = vec![self.key.merchant.clone()];
        let carried = self.carriage.iter().map(|carriage| carriage.key.logistics.clone());
        codes.extend(carried);
        for filed in [self.order.as_ref(), self.payment.as_ref()].into_iter().flatten() {
            codes.push(filed.sender.clone());
            match &*filed.document {
                Document::ExportOrder(order) => codes.push(order.head.ebp_code.clone()),
                Document::ExportPayment(payment) => {
                    codes.push(payment.ebp_code.clone());
                    codes.extend(payment.pay_code.clone());
                }
                _ => {}
            }
        }
        if let Some(declaration) = self.declaration() {
            let head = &declaration.head;
            codes.extend([head.ebp_code.clone(), head.agent_code.clone(), head.logistics_code.clone()]);
            codes.push(head.owner_code.clone());
            codes.extend(head.iac_code.clone());
        }
        for back in &self.returns {
            codes.extend([back.filed.sender.clone(), back.parcel.logistics.clone()]);
            codes.push(back.key.parts().1.clone());
        }
        named(codes)
    }
    /// Number of the state of the current attempt; 0 = nothing is declared yet.
    pub fn state_number(&self) -> u16 {
        self.attempt.as_ref().map_or(0, |attempt| attempt.state.number())
    }
    /// Nothing is awaited any more: its parcel left, or its attempt ended without; no timer runs, no return is open.
    pub fn is_over(&self) -> bool {
        let ended = |state: State| state.frees_the_key() || state == State::Closed;
        self.attempt.as_ref().is_some_and(|attempt| ended(attempt.state))
            && self.timers.is_empty()
            && self.returns.iter().all(|back| back.standing.is_final())
    }
    /// District of the declared list; empty before there is one.
    pub fn district(&self) -> Text {
        self.declaration().map(|declaration| declaration.head.customs_code.clone()).unwrap_or_default()
    }
}

/// A waybill's own row: its document, who claims it, where the parcel is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExportWaybillRecord {
    /// Its key.
    pub key: WaybillKey,
    /// Grows by one with every row.
    pub version: u32,
    /// The row that carries this state.
    pub last: Position,
    /// The row of the state before, if any.
    pub previous: Option<Position>,
    /// The time of its newest receipt.
    pub last_time: Time,
    /// The day of its first document: the number may be used again after the reuse period.
    pub since: Day,
    /// The document (505).
    pub waybill: Option<Filed>,
    /// The trade and attempt whose list names it.
    pub claimed_by: Option<(ExportTradeKey, u32)>,
    /// That this list is concluded.
    pub list: Option<ListMark>,
    /// The bill it goes under (607).
    pub bill: Option<BillMark>,
    /// Arrived at the site (507).
    pub arrived: Option<ArrivalMark>,
    /// Left the country (509).
    pub departed: Option<DepartureMark>,
    /// Accepted documents.
    pub seen: Vec<Seen>,
}

impl ExportWaybillRecord {
    /// A waybill that nothing has happened to.
    pub fn new(key: WaybillKey, since: Day) -> Self {
        Self {
            key,
            version: 0,
            last: Position::default(),
            previous: None,
            last_time: Time(0),
            since,
            waybill: None,
            claimed_by: None,
            list: None,
            bill: None,
            arrived: None,
            departed: None,
            seen: Vec::new(),
        }
    }
    /// What the trade keeps of it.
    pub fn carriage(&self) -> ExportCarriage {
        ExportCarriage {
            key: self.key.clone(),
            waybill: self.waybill.clone(),
            bill: self.bill.clone(),
            arrived: self.arrived.clone(),
            departed: self.departed.clone(),
        }
    }
}

/// Whose a number is: `copNo` of a list or cancellation, `invtNo`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExportOwner {
    /// The number.
    pub key: ExportKey,
    /// The trade that it was given to.
    pub trade: ExportTradeKey,
}

/// One message of a document that may be split (SPEC §1.6).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExportPart {
    /// Number of the part, from 1.
    pub number: u32,
    /// Its document.
    pub filed: Filed,
}

/// A document of many parcels: master list (607), arrival (507), departure (509).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExportBatch {
    /// Its key.
    pub key: ExportKey,
    /// Grows by one with every row.
    pub version: u32,
    /// The row that carries this state.
    pub last: Position,
    /// The row of the state before, if any.
    pub previous: Option<Position>,
    /// The time of its newest receipt.
    pub last_time: Time,
    /// `preNo`.
    pub pre_no: Text,
    /// Its parts, in order of their numbers.
    pub parts: Vec<ExportPart>,
    /// The parcels of all its parts; of a master list alone.
    pub parcels: Vec<BilledParcel>,
    /// Accepted documents.
    pub seen: Vec<Seen>,
}

/// What may be under a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ExportState {
    /// A trade.
    Trade(Arc<ExportTrade>),
    /// A waybill.
    Waybill(Arc<ExportWaybillRecord>),
    /// A number.
    Owner(Arc<ExportOwner>),
    /// A document of many parcels.
    Batch(Arc<ExportBatch>),
    /// A list that ended.
    Closed(Arc<ClosedList>),
    /// Which application to summarise has a list.
    Claim(Arc<SummaryClaim>),
    /// An application to summarise.
    Summary(Arc<ExportSummary>),
    /// A parcel of returned goods.
    ReturnedParcel(Arc<ReturnedParcel>),
}

impl ExportState {
    /// Its key.
    pub fn key(&self) -> ExportKey {
        match self {
            Self::Trade(trade) => ExportKey::Trade(trade.key.clone()),
            Self::Waybill(record) => ExportKey::Waybill(record.key.clone()),
            Self::Owner(owner) => owner.key.clone(),
            Self::Batch(batch) => batch.key.clone(),
            Self::Closed(list) => list.key(),
            Self::Claim(claim) => claim.key.clone(),
            Self::Summary(summary) => summary.key.clone(),
            Self::ReturnedParcel(parcel) => ExportKey::ReturnedParcel(parcel.key.clone()),
        }
    }
    /// The trade, if it is one.
    pub fn trade(&self) -> Option<&Arc<ExportTrade>> {
        match self {
            Self::Trade(trade) => Some(trade),
            _ => None,
        }
    }
    /// The row of the state before, if any.
    pub fn previous(&self) -> Option<Position> {
        match self {
            Self::Trade(trade) => trade.previous,
            Self::Waybill(record) => record.previous,
            Self::Owner(_) | Self::Closed(_) | Self::Claim(_) => None,
            Self::Batch(batch) => batch.previous,
            Self::Summary(summary) => summary.previous,
            Self::ReturnedParcel(parcel) => parcel.previous,
        }
    }
    /// Shows every document's place.
    ///
    /// # Errors
    /// Those of `place`.
    pub fn documents<E>(&mut self, place: &mut dyn FnMut(&mut Filed) -> Result<(), E>) -> Result<(), E> {
        match self {
            Self::Trade(trade) => {
                let trade = Arc::make_mut(trade);
                let carried = trade.carriage.as_mut().and_then(|carriage| carriage.waybill.as_mut());
                let declared = trade.attempt.as_mut().map(|attempt| &mut attempt.declaration);
                let cancelled = trade.cancellation.as_mut().map(|file| &mut file.filed);
                let all = [trade.order.as_mut(), trade.payment.as_mut(), carried, declared, cancelled];
                let returned = trade.returns.iter_mut().map(|back| &mut back.filed);
                all.into_iter().flatten().chain(returned).try_for_each(place)
            }
            Self::Waybill(record) => Arc::make_mut(record).waybill.iter_mut().try_for_each(place),
            Self::Owner(_) | Self::Closed(_) | Self::Claim(_) => Ok(()),
            Self::ReturnedParcel(parcel) => Arc::make_mut(parcel).tally.iter_mut().try_for_each(place),
            Self::Summary(summary) => {
                let parts = &mut Arc::make_mut(summary).parts;
                parts.iter_mut().map(|part| &mut part.filed).try_for_each(place)
            }
            Self::Batch(batch) => {
                let parts = &mut Arc::make_mut(batch).parts;
                parts.iter_mut().map(|part| &mut part.filed).try_for_each(place)
            }
        }
    }
}
