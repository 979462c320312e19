//! Whom records wait for, whether it is late, and which of a register a list has: by state, register by register.

use crate::competence::Competence;
use crate::moves::Who;
use crate::{
    certificate, consolidation, credit, demand, dispute, entry_refund, filing, goods, market, offer, parcel,
    payment_data, request, risk_case, trace, transit,
};
use clearance::keys::Time;
use clearance::record::{Record, Register};

/// States in which records of a register wait for somebody: for the agency that decides, for their owner, for the other
/// party that they name.
pub fn waiting(register: Register, who: Who) -> &'static [&'static str] {
    match (register, who) {
        (Register::Filing | Register::Goods, Who::Reviewer) => &["submitted", "change-submitted"],
        (Register::Filing | Register::Goods, Who::Owner) => &["returned"],
        (Register::Certificate, Who::Reviewer) => &["submitted"],
        (Register::Share, Who::Giver) => &["proposed"],
        (Register::Request, Who::Giver) => &["asked", "accepted"],
        (Register::Request, Who::Owner) => &["answered", "declined"],
        (Register::PaymentData, Who::Reviewer) => &["answered"],
        (Register::PaymentData, Who::Owner) => &["asked"],
        (Register::Delivery, Who::Owner) => &["failing", "stopped"],
        (Register::Dispute, Who::Reviewer) => &["answered", "open"],
        (Register::Dispute, Who::Giver) => &["open"],
        (Register::CreditObservation, Who::Reviewer) => &["contested"],
        (Register::CreditList, Who::Reviewer) => &["noticed", "heard", "appealed", "repair-asked"],
        (Register::CreditList, Who::Owner) => &["noticed"],
        (Register::BondedBook, Who::Reviewer) => &["applied", "changing"],
        (Register::BondedBook, Who::Owner) => &["refused"],
        (Register::BondedDocument, Who::Owner) => &["refused", "overdue"],
        (Register::BondedBill, Who::Owner) => &["billed"],
        (Register::EntryRefund, Who::Owner) => &["refused", "owing"],
        (Register::EntryRefund, Who::Reviewer) => &["applied", "approved"],
        (Register::BondedDocument, Who::Reviewer) => &["filed", "overdue"],
        (Register::Park | Register::Site, Who::Reviewer) => &["submitted", "change-submitted"],
        (Register::Park | Register::Site, Who::Owner) => &["refused"],
        (Register::RiskCase, Who::Owner | Who::Giver) => &["open", "decided"],
        (Register::InspectionReport, Who::Giver) => &["reported"],
        (Register::InspectionReport, Who::Owner) => &["declined"],
        // Of these, those that could not be reckoned.
        (Register::Parcel, Who::Reviewer) => &["given", "assessed"],
        (Register::ServiceRequest, Who::Giver) => &["open"],
        (Register::ServiceOffer, Who::Giver) => &["offered", "done"],
        (Register::ServiceOffer, Who::Owner) => &["accepted", "complained"],
        (Register::TransitTransfer, Who::Reviewer) => {
            &["applied", "under-way", "overdue", "variance", "lost"]
        }
        (Register::CentralisedTax, Who::Owner) => &["refused", "stated", "overdue"],
        (Register::CentralisedTax, Who::Reviewer) => &["applied", "overdue"],
        (Register::TransitTransfer, Who::Giver) => &["approved"],
        (Register::TransitTransfer, Who::Owner) => &["refused", "revoked"],
        (Register::MarketSlip, Who::Giver) => &["recorded"],
        (Register::MarketSlip, Who::Owner) => &["declined"],
        (Register::MarketDeclaration, Who::Reviewer) => {
            &["declared", "accepted", "inspecting", "inspected", "released"]
        }
        (Register::MarketDeclaration, Who::Owner) => &["refused", "exported"],
        (Register::Recall, Who::Owner) => &["opened", "under-way"],
        _ => &[],
    }
}

/// Whether a record that is in such a state waits for whoever decides, by what it says.
pub fn awaits(record: &Record, competence: &Competence) -> bool {
    match record.key.register {
        Register::Filing => filing::is_awaited(record, competence),
        Register::Parcel => parcel::awaits_review(record),
        _ => true,
    }
}

/// Whether what a record waits for is late, or a certificate has to be renewed.
pub fn is_overdue(record: &Record, now: Time) -> bool {
    match record.key.register {
        Register::Request => request::is_overdue(record, now),
        Register::PaymentData => payment_data::Body::of(record).is_overdue(&record.state, now),
        Register::Certificate => certificate::ends_soon(record, now),
        Register::Dispute => dispute::Body::of(record).overdue(&record.state, now).is_some(),
        Register::CreditObservation => credit::observation::is_overdue(record, now),
        Register::CreditList => credit::listing::is_overdue(record, now),
        Register::Goods => goods::is_overdue(record, now),
        Register::ServiceRequest => record.state == "open" && !demand::is_open(record, now),
        Register::ServiceOffer => offer::is_overdue(record, now),
        Register::RiskCase => risk_case::is_overdue(record, now),
        Register::TransitTransfer | Register::CentralisedTax => record.state == "overdue",
        _ => false,
    }
}

/// States of a register that a list has where none is asked for: what stands beside is much, so lots, units, transfers and
/// applications are meant, unless a number is looked for. Empty = all.
pub fn usually_listed(register: Register, by_number: bool) -> &'static [&'static str] {
    match register {
        Register::TraceCode if !by_number => trace::LISTED,
        Register::Consolidation if !by_number => consolidation::LISTED,
        Register::TransitTransfer => transit::LISTED,
        Register::MarketDeclaration => market::LISTED,
        Register::EntryRefund => entry_refund::LISTED,
        _ => &[],
    }
}
