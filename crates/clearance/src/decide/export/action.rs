//! Officers' decisions on export trades, on the same path as documents: each names the version it saw. Which action is
//! allowed in which state is the table of `export/moves.rs`.

use super::Case;
use super::judge;
use crate::consignment::{Lane, Remark, State};
use crate::event::{ActionKind, OfficerAction};
use crate::export::{ExportTrade, ExportTradeKey, moves::next};
use crate::finding::Finding;
use crate::reason::Reason;
use crate::states::Trigger;

/// An officer acts.
pub(super) fn act(case: &mut Case<'_>, action: &OfficerAction) {
    let key = ExportTradeKey::of_pair(&action.order);
    let mut trade = case.export_trade(&key);
    case.out.export.trade = Some(key);
    if let Some((_, first)) = trade.actions.iter().find(|(id, _)| *id == action.id) {
        case.out.repeats = Some(*first);
        return;
    }
    if let Some(finding) = refused(&trade, action) {
        case.out.answer.info = finding.text_zh(None).into();
        case.out.answer.findings = vec![finding];
        case.out.answer.status = -1;
        return;
    }
    // From here nothing can fail.
    trade.actions.push((action.id.clone(), case.position));
    if let Some(attempt) = &mut trade.attempt {
        attempt.remarks.push(Remark {
            position: case.position,
            time: case.now,
            officer: action.officer.clone(),
            action: action.kind.word().into(),
            text: action.text.clone(),
        });
    }
    perform(case, &mut trade, action);
    case.keep_export(trade);
}

/// Why an action would be refused; none = it would be taken.
pub fn refused(trade: &ExportTrade, action: &OfficerAction) -> Option<Finding> {
    let state = trade.attempt.as_ref().map_or("none", |attempt| attempt.state.word());
    if trade.version == 0 {
        return Some(Finding::new(Reason::DeclarationUnknown).field("orderNo", &action.order.order_no));
    }
    if action.version != trade.version {
        return Some(
            Finding::new(Reason::VersionOutdated)
                .argument(trade.version.to_string())
                .field("version", action.version)
                .field("current version", trade.version)
                .field("current state", state),
        );
    }
    (!is_open(trade, &action.kind)).then(|| {
        Finding::new(Reason::ActionForbidden)
            .argument(state)
            .argument(action.kind.word())
            .field("state", state)
            .field("action", action.kind.word())
    })
}

fn trigger(kind: &ActionKind) -> Option<Trigger> {
    Some(match kind {
        ActionKind::Approve | ActionKind::InspectionResult { passed: true } | ActionKind::Conclude => {
            Trigger::Conclude
        }
        ActionKind::Release => Trigger::Release,
        ActionKind::Inspect => Trigger::Inspect,
        ActionKind::InspectionResult { passed: false } | ActionKind::Reject => Trigger::Reject,
        ActionKind::Suspend => Trigger::Suspend,
        ActionKind::Resume => Trigger::Resume,
        ActionKind::Detain { status: 501 } => Trigger::DetainClearance,
        ActionKind::Detain { status: 502 } => Trigger::DetainSmuggling,
        ActionKind::Detain { status: 503 } => Trigger::DetainLegal,
        ActionKind::Detain { .. } => Trigger::DetainOther,
        _ => return None,
    })
}

/// Whether an action would be taken now: what officers are offered is what they may then do.
pub fn is_open(trade: &ExportTrade, kind: &ActionKind) -> bool {
    let Some(state) = trade.attempt.as_ref().map(|attempt| attempt.state) else { return false };
    if matches!(kind, ActionKind::ApproveCancellation | ActionKind::RefuseCancellation) {
        return super::cancellation::is_open(trade);
    }
    if super::returned::is_of_return(kind) {
        return super::returned::is_open(trade, kind);
    }
    // What these mean is narrower than where they lead.
    let fits = match kind {
        ActionKind::Approve => state == State::Review,
        ActionKind::InspectionResult { .. } => state == State::Inspection,
        ActionKind::Conclude => state == State::Review,
        _ => true,
    };
    fits && trigger(kind).is_some_and(|trigger| next(state, trigger).is_some())
}

fn perform(case: &mut Case<'_>, trade: &mut ExportTrade, action: &OfficerAction) {
    let text = action.text.as_str();
    let words = |code: &str, words: &str| {
        format!("[Code:{code};Desc:{words}{}{text}]", if text.is_empty() { "" } else { "，" })
    };
    match &action.kind {
        // Nothing stands against release any more but that the parcel is not there yet.
        ActionKind::Approve | ActionKind::InspectionResult { passed: true } => {
            judge::set_lane(case, trade, Lane::Release);
            judge::conclude(case, trade, &words("2300", "审核通过"));
        }
        ActionKind::Conclude => {
            // Concluded by hand it goes on by hand.
            judge::set_lane(case, trade, Lane::Hold);
            judge::conclude(case, trade, &words("2300", "审结"));
        }
        ActionKind::Release => {
            judge::set_lane(case, trade, Lane::Release);
            judge::step(case, trade, Trigger::Release, &words("2600", "放行"));
            judge::proceed(case, trade);
        }
        ActionKind::Inspect => {
            judge::set_lane(case, trade, Lane::Inspection);
            judge::step(case, trade, Trigger::Inspect, &words("19019", "布控查验"));
        }
        ActionKind::InspectionResult { passed: false } | ActionKind::Reject => {
            let finding = Finding::new(Reason::ManuallyRejected).argument(text);
            judge::reject(case, trade, vec![finding]);
        }
        ActionKind::Suspend => judge::step(case, trade, Trigger::Suspend, &words("19021", "挂起")),
        ActionKind::Resume => judge::step(case, trade, Trigger::Resume, &words("1200", "等待人工审核")),
        ActionKind::Detain { .. } => {
            let trigger = trigger(&action.kind).unwrap_or(Trigger::DetainOther);
            judge::step(case, trade, trigger, &words("19022", "扣留"));
        }
        ActionKind::ApproveCancellation => super::cancellation::approve(case, trade),
        ActionKind::RefuseCancellation => super::cancellation::refuse_open(case, trade, text),
        kind if super::returned::is_of_return(kind) => super::returned::act(case, trade, kind, text),
        _ => {}
    }
}
