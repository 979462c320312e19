//! Lists of exports as rows pass: each is found with what it was judged on, and with its trade as it was when its verdict fell.

use super::{Asked, Open, Walk, merchant, merchant_of, received};
use crate::trial::{Job, RulesOfExport};
use clearance::consignment::State;
use clearance::event::{Cause, Event};
use clearance::export::{ExportState, ExportTrade, ExportTradeKey};
use clearance::keys::Position;
use clearance::outcome::Outcome;
use clearance::trial::Untried;
use clearance::trial::export::{
    CompletedExport, ExportGrounds, declared, is_decided, of_outcome, trade_in, trade_of,
};
use std::convert::Infallible;
use std::sync::Arc;
use store::{ChosenRead, Read, StoreError};

impl Open<ExportGrounds> {
    /// Nothing more comes: it is as it was.
    pub(super) fn over(self) -> Job {
        self.known_or(true, Job::JudgeExport)
    }
}

impl Walk {
    /// An event that may be a list: it is on its way from now on, or known at once.
    pub(super) async fn declared_export(
        &mut self,
        read: &ChosenRead,
        event: &Event,
        outcome: &Outcome,
        found: &mut (dyn FnMut(Job) + Send),
    ) -> Result<(), StoreError> {
        let Some(key) = declared(event, outcome).map(trade_of) else { return Ok(()) };
        let is_accepted = trade_in(outcome).is_some();
        // One that was refused leaves the list before it where it was.
        if is_accepted && let Some(earlier) = self.open_exports.remove(&key) {
            found(earlier.over());
        }
        match self.opened_export(read, event, outcome, &key).await? {
            Ok(open) if !is_accepted => found(open.over()),
            Ok(open) => {
                self.open_exports.insert(key, open);
            }
            Err(why) => found(Job::untried_export(event.position, merchant(event), why)),
        }
        Ok(())
    }

    /// A list on its way, or why it cannot be tried.
    async fn opened_export(
        &mut self,
        read: &ChosenRead,
        event: &Event,
        outcome: &Outcome,
        key: &ExportTradeKey,
    ) -> Result<Result<Open<ExportGrounds>, Untried>, StoreError> {
        if let Some(declaration) = self.by_rules_alone(event, outcome) {
            let (position, stored) = (event.position, of_outcome(outcome));
            return Ok(Ok(Open::Rules { position, declaration, stored }));
        }
        let Asked { records, reference, .. } = match self.asked(read, event, outcome).await? {
            Ok(asked) => asked,
            Err(why) => return Ok(Err(why)),
        };
        let mut before = self.known_exports.get(key);
        if before.is_none()
            && let Some(previous) = trade_in(outcome).and_then(|trade| trade.previous)
        {
            let earlier = read.event(previous).await?.and_then(|event| event.row.outcome);
            before = earlier.and_then(|outcome| trade_in(&outcome).cloned());
        }
        Ok(Ok(Open::Judge(Box::new(ExportGrounds {
            event: event.clone(),
            stored: Box::new(outcome.clone()),
            before,
            records,
            reference,
            after: None,
        }))))
    }

    /// The state of a trade after a row: is the verdict on its list known with it?
    pub(super) async fn state_of_export(
        &mut self,
        read: &ChosenRead,
        position: Position,
        event: &Event,
        outcome: &Outcome,
        found: &mut (dyn FnMut(Job) + Send),
    ) -> Result<(), StoreError> {
        let Some(trade) = trade_in(outcome) else { return Ok(()) };
        // Nothing more comes of what was deleted while it waited.
        let is_deleted = trade.attempt.as_ref().is_some_and(|attempt| attempt.state == State::Deleted);
        if is_deleted && let Some(open) = self.open_exports.remove(&trade.key) {
            found(open.over());
        }
        let open = if is_decided(trade) { self.open_exports.remove(&trade.key) } else { None };
        match open {
            Some(Open::Rules { position: of, declaration, .. }) => {
                let (merchant, day) = (merchant_of(&declaration), received(event, outcome).day());
                found(match self.parties_of(outcome) {
                    Ok(parties) => Job::RulesOfExport(Box::new(RulesOfExport {
                        position: of,
                        trade: trade.clone(),
                        declaration,
                        merchant_since: parties.since(&merchant, day),
                        day,
                    })),
                    Err(()) => Job::untried_export(of, merchant, Untried::Grounds),
                });
            }
            Some(Open::Judge(mut grounds)) => match self.whole_export(read, position, trade).await? {
                Some(trade) => {
                    let reference = self.at_verdict(grounds.reference.clone(), outcome);
                    let timed = matches!(event.cause, Cause::Timer(_));
                    let (now, received) = (outcome.now, received(event, outcome));
                    grounds.after = Some(CompletedExport { trade, now, received, timed, reference });
                    found(Job::JudgeExport(grounds));
                }
                None => {
                    let of = &grounds.event;
                    found(Job::untried_export(of.position, merchant(of), Untried::Grounds));
                }
            },
            None => {}
        }
        if trade.attempt.as_ref().is_some_and(|attempt| attempt.lane.is_some()) {
            self.known_exports.remove(&trade.key);
            let waybill = trade.carriage.as_ref().and_then(|carriage| carriage.waybill.as_ref());
            self.forget([trade.order.as_ref(), trade.payment.as_ref(), waybill]);
        } else if !self.short {
            self.known_exports.put(trade.key.clone(), trade.clone());
        }
        Ok(())
    }

    /// A trade with its partners' documents; none where one is gone.
    async fn whole_export(
        &self,
        read: &ChosenRead,
        position: Position,
        trade: &Arc<ExportTrade>,
    ) -> Result<Option<ExportTrade>, StoreError> {
        let mut missing = false;
        // The list itself is that of the attempt that is tried.
        let declaration = trade.attempt.as_ref().map(|attempt| attempt.declaration.position);
        let mut whole = ExportState::Trade(trade.clone());
        let Ok(()) = whole.documents(&mut |filed| {
            match self.documents.get(&filed.position) {
                Some(document) => filed.document = document,
                None => missing |= Some(filed.position) != declaration,
            }
            Ok::<(), Infallible>(())
        });
        if !missing && let ExportState::Trade(trade) = whole {
            return Ok(Some(Arc::unwrap_or_clone(trade)));
        }
        let outcome = read.whole(position).await?.and_then(|event| event.row.outcome);
        Ok(outcome.and_then(|outcome| trade_in(&outcome).map(|trade| (**trade).clone())))
    }
}
