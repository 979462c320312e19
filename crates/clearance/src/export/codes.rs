//! The negative codes of exports. Only their ranges are published, four a kind of document: signature, format, business,
//! processing (SPEC §7.3). Within a range a code is the number of the rule, so that each rule has one; the texts are the
//! rules' own.

use crate::reason::{Layer, Reason};
use ceb::Kind;

/// Kinds of document with the code before their first range. Those of returns (213, 215) came after the table that is published:
/// theirs are our own, made alike.
const BEFORE: [(Kind, i32); 11] = [
    (Kind::ExportReturn, -213_000),
    (Kind::ReturnTally, -217_000),
    (Kind::ExportOrder, -301_000),
    (Kind::ExportPayment, -401_000),
    (Kind::ExportWaybill, -501_000),
    (Kind::Departure, -505_000),
    (Kind::ExportDeclaration, -601_000),
    (Kind::ExportCancellation, -605_000),
    (Kind::SummaryApplication, -701_000),
    (Kind::ExportArrival, -801_000),
    (Kind::MasterBill, -901_000),
];

/// The range of a rule: 0 signature, 1 format, 2 business, 3 processing.
fn range(reason: Reason) -> i32 {
    match reason {
        Reason::SignatureMissing
        | Reason::SignedDataDiffer
        | Reason::SignatureInvalid
        | Reason::CertificateNotHolder
        | Reason::CertificateRevoked
        | Reason::AlgorithmNotAccepted => 0,
        Reason::TooManyDocuments
        | Reason::HeadMissing
        | Reason::NoLines
        | Reason::LineNumbersRepeat
        | Reason::KeyEmpty
        | Reason::WrongOperation
        | Reason::FieldInvalid
        | Reason::FieldNotAllowed
        | Reason::CodeUnknown
        | Reason::AllBodiesEmpty => 1,
        Reason::OldData
        | Reason::AlreadyExists
        | Reason::WaybillExists
        | Reason::NothingToChange
        | Reason::StateForbidsChange
        | Reason::StateForbidsDeletion
        | Reason::PartNumberWrong
        | Reason::Undecided => 3,
        _ => 2,
    }
}

/// The code that a document of this kind is answered with; 0 where the rule does not refuse.
pub fn ceb_code(reason: Reason, kind: Kind) -> i32 {
    // Of enterprises there are two codes for all kinds.
    let shared = match reason {
        Reason::PartyUnknown => -10_102,
        Reason::PartyWrongRole => -10_101,
        _ => 0,
    };
    if shared != 0 {
        return shared;
    }
    if reason.layer() != Layer::Refused && reason != Reason::Undecided {
        return 0;
    }
    let before = BEFORE.iter().find(|(known, _)| *known == kind);
    before.map_or(0, |(_, before)| before - range(reason) * 1_000 - i32::from(reason.number()))
}

/// The text of a rule for a document of exports.
pub fn text(reason: Reason) -> &'static str {
    reason.why_zh().trim_end_matches('。')
}

/// The part of the reference page that says how codes of exports are made.
pub fn reference_markdown() -> String {
    let mut page = String::from(
        "\n## Codes of exports\n\nOnly ranges are published, none of 213 and 215: theirs are this system's own. Within its range a code ends with the number \
         of the rule; enterprises have -10101 and -10102 as with imports.\n\n| message | signature | format | business | processing |\n|---|---|---|---|---|\n",
    );
    for (kind, before) in BEFORE {
        let first = |range: i32| before - range * 1_000 - 1;
        page.push_str(&format!(
            "| {} | {} … | {} … | {} … | {} … |\n",
            kind.root(),
            first(0),
            first(1),
            first(2),
            first(3)
        ));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_rule_has_one_code_a_kind_within_its_range() {
        for (kind, before) in BEFORE {
            let mut seen = BTreeSet::new();
            for reason in Reason::ALL.iter().filter(|reason| reason.layer() == Layer::Refused) {
                let code = ceb_code(*reason, kind);
                if code > -20_000 {
                    continue;
                }
                let place = before - code;
                assert!((1..=4_000).contains(&place), "{kind:?} {reason:?} {code}");
                assert_eq!((place - 1) / 1_000, range(*reason), "{reason:?}");
                assert!(seen.insert(code), "{kind:?}: {code} stands twice");
                assert!(!text(*reason).is_empty());
            }
        }
    }

    #[test]
    fn what_is_accepted_and_rejected_has_no_negative_code() {
        assert_eq!(ceb_code(Reason::PlatformDiffers, Kind::ExportDeclaration), 0);
        assert_eq!(ceb_code(Reason::PartyUnknown, Kind::ExportOrder), -10_102);
        assert_eq!(ceb_code(Reason::SignatureMissing, Kind::ExportDeclaration), -601_027);
        assert_eq!(ceb_code(Reason::AlreadyExists, Kind::ExportOrder), -304_033);
    }
}
