//! Whom records wait for: in which states, register by register.

use crate::competence::Competence;
use crate::moves::Who;
use crate::{filing, parcel};
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
        (Register::TransitTransfer, Who::Giver) => &["approved"],
        (Register::TransitTransfer, Who::Owner) => &["refused", "revoked"],
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
