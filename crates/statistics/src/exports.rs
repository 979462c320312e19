//! What one row tells of an export list: of its own document and of the state of its trade after it, as with imports. Values are
//! those that the judgement converted with the rates of the list's day; where it could not, nothing is guessed.

use crate::told::{Declared, Named, Stand, Told, code};
use ceb::{Document, ExportDeclaration};
use clearance::Text;
use clearance::consignment::State;
use clearance::event::Arrived;
use clearance::export::{ExportTrade, NO_PLATFORM, UNREGISTERED};
use clearance::finding::Finding;
use clearance::outcome::Outcome;
use clearance::reason::Layer;

/// What a document of exports tells.
pub(crate) fn of_document(
    told: &mut Told,
    arrived: &Arrived,
    trade: Option<&ExportTrade>,
    outcome: &Outcome,
) {
    let Document::ExportDeclaration(list) = &*arrived.document else { return };
    if outcome.answer.status < 0 {
        let refuses = |finding: &&Finding| finding.reason.layer() == Layer::Refused;
        let rules = outcome.answer.findings.iter().filter(refuses).map(|finding| finding.reason);
        // What nobody checked makes no cells of its own: it is of its sender, and of a district if it is one.
        let parties = vec![arrived.sender.clone()];
        let named = Named { parties, merchant: arrived.sender.clone(), ..named(list) };
        told.refused = Some((named, rules.collect()));
    } else if list.head.app_type != "3" && list.head.app_status == "2" {
        told.declared = Some(declared(list, trade.and_then(|trade| trade.value)));
    }
}

fn named(list: &ExportDeclaration) -> Named {
    let head = &list.head;
    let codes = [&head.ebp_code, &head.ebc_code, &head.logistics_code, &head.agent_code, &head.owner_code];
    let mut parties: Vec<Text> = codes.into_iter().map(|code| Text::from(code.trim())).collect();
    parties.retain(|code| !code.is_empty() && code != NO_PLATFORM && code != UNREGISTERED);
    parties.sort_unstable();
    parties.dedup();
    Named {
        district: code(&head.customs_code, 4),
        mode: code(&head.trade_mode, 4),
        country: code(&head.country, 3),
        merchant: head.ebc_code.trim().into(),
        parties,
    }
}

fn declared(list: &ExportDeclaration, value: Option<i64>) -> Declared {
    let goods = list.lines.iter().map(|line| {
        let code: Text = line.gcode.chars().take(8).collect();
        (code, share(list, value, line.total_price.units()), 0)
    });
    // A decimal counts hundred-thousandths: of a kilogram, hundredths of a gram.
    let grams = list.head.gross_weight.units() / 100;
    Declared {
        named: named(list),
        weight: i64::try_from(grams).unwrap_or(0),
        goods: goods.collect(),
        converted: value.is_some(),
    }
}

/// What a line is worth of the whole, fen, cut; 0 where lines are in several currencies, whose amounts cannot be compared.
fn share(list: &ExportDeclaration, value: Option<i64>, units: i128) -> i64 {
    let currency = list.lines.first().map(|line| &line.currency);
    if list.lines.iter().any(|line| Some(&line.currency) != currency) {
        return 0;
    }
    let whole: i128 = list.lines.iter().map(|line| line.total_price.units()).sum();
    let share = value.and_then(|value| i128::from(value).checked_mul(units)?.checked_div(whole));
    share.and_then(|share| i64::try_from(share).ok()).unwrap_or(0)
}

/// How a list stands; none before it is declared.
pub(crate) fn stand(trade: &ExportTrade) -> Option<Stand> {
    let attempt = trade.attempt.as_ref()?;
    let rejected = attempt.state == State::Rejected;
    let rejects = |finding: &&Finding| finding.layer() == Layer::Rejected;
    let causes = attempt.findings.iter().filter(|_| rejected).filter(rejects);
    Some(Stand {
        state: attempt.state,
        lane: attempt.lane,
        value: trade.value.unwrap_or(0),
        tax: 0,
        quota: 0,
        causes: causes.map(|finding| finding.reason).collect(),
    })
}

/// District, merchant and value of returns whose goods this row released: those that it was answered 800 of.
pub(crate) fn returned(trade: &ExportTrade, outcome: &Outcome) -> Option<((Text, Text), i64)> {
    let mut released = Vec::new();
    for receipt in outcome.receipts.iter().filter(|receipt| receipt.status == 800) {
        if let Document::ExportReturnReceipt(answer) = &*receipt.document {
            let key = (answer.agent_code.trim(), answer.co_el_no.trim());
            // Copies of a receipt are of one return.
            let of_it = trade.returns.iter().find(|back| {
                let (_, agent, number) = back.key.parts();
                (agent.as_str(), number) == key
            });
            released.extend(of_it.filter(|back| !released.contains(&back.number)).map(|back| back.number));
        }
    }
    let of_row = || trade.returns.iter().filter(|back| released.contains(&back.number));
    let district = of_row().next()?.district.clone();
    let value = of_row().fold(0i64, |sum, back| sum.saturating_add(back.value.unwrap_or(0)));
    Some(((district, trade.key.merchant.clone()), value))
}
