//! Messages of invented exports: orders, waybills, lists and money receipts, then for each declaring unit and carrier the
//! master list, the arrival at the site and the departure.

use ceb::{Document, Style};
use clearance::Text;
use clearance::keys::Time;
use clearance::sample::{self, Export};
use std::collections::BTreeMap;

/// Parcels under one bill.
const BILL: usize = 100;

/// So many exports, every second one declared in summary.
pub fn made(seed: u64, count: u64, now: Time) -> Vec<Export> {
    let made = |number: u64| {
        let export = Export::new(seed, number, now);
        if number % 2 == 1 { export.to_summarise() } else { export }
    };
    (0..count).map(made).collect()
}

/// Messages of exports: (name, bytes), in an order in which they may be sent.
pub fn messages(exports: &[Export], batch: usize, now: Time) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    for (part, chunk) in exports.chunks(batch).enumerate() {
        for kind in 0..4 {
            let mut by_sender: BTreeMap<Text, Vec<Document>> = BTreeMap::new();
            for export in chunk {
                let (sender, document) = match export.documents().get(kind) {
                    Some(known) => known.clone(),
                    None => export.received(),
                };
                by_sender.entry(sender).or_default().push(document);
            }
            for (sender, documents) in by_sender {
                out.push(written(part, kind + 1, &sender, documents));
            }
        }
    }
    let mut bills: BTreeMap<(&Text, &Text), Vec<&Export>> = BTreeMap::new();
    for export in exports {
        let head = &export.declaration.head;
        bills.entry((&head.agent_code, &head.logistics_code)).or_default().push(export);
    }
    let bills = bills.into_values().flat_map(|all| all.chunks(BILL).map(<[_]>::to_vec).collect::<Vec<_>>());
    for (part, parcels) in bills.enumerate() {
        let master = Export::master_bill(&parcels, now)
            .map(|one| (one.head.agent_code.clone(), Document::MasterBill(one)));
        let arrival = Export::arrival(&parcels, now)
            .map(|one| (one.head.operator_code.clone(), Document::ExportArrival(one)));
        let departure = Export::departure(&parcels, now)
            .map(|one| (one.head.logistics_code.clone(), Document::Departure(one)));
        for (step, (sender, document)) in [master, arrival, departure].into_iter().flatten().enumerate() {
            out.push(written(part, step + 5, &sender, vec![document]));
        }
    }
    out
}

fn written(part: usize, step: usize, sender: &Text, documents: Vec<Document>) -> (String, Vec<u8>) {
    let number = documents.first().map_or(0, |document| document.kind().number());
    let message = sample::message(sender, documents);
    // After those of imports, and by steps: what is sent in order of names is in order.
    (format!("x{step}-{part:07}-{sender}-{number}.xml"), ceb::write(&message, Style::Prefixed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_export_has_its_documents_and_its_bill() {
        let now = Time(1_795_399_200_000);
        let messages = messages(&made(1, 30, now), 10, now);
        let of = |number: &str| messages.iter().filter(|(name, _)| name.ends_with(number)).count();
        assert!(of("-303.xml") >= 3 && of("-505.xml") >= 3 && of("-603.xml") >= 3 && of("-403.xml") >= 3);
        assert_eq!((of("-607.xml"), of("-507.xml"), of("-509.xml")), (4, 4, 4), "two agents, two carriers");
        let limits = ceb::Limits::default();
        assert!(messages.iter().all(|(_, bytes)| ceb::parse(bytes, &limits).defects.is_empty()));
    }
}
