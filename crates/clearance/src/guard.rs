//! What keeps a person's quota from being used: a lock that he set himself, and a dispute with the seller that is not
//! decided. Both are records of registers that a declaration looks at without holding them; who may write them belongs to
//! `register`.

use crate::Text;
use crate::facts::Facts;
use crate::finding::Finding;
use crate::goods::RecordRead;
use crate::party::Parties;
use crate::reason::Reason;
use crate::record::{Record, RecordKey, Register};
use crate::rulebook::Law;
use ceb::Declaration;
use compact_str::format_compact;

/// State of a record of consumers whose quota nobody uses.
pub const LOCKED: &str = "locked";
/// States of a dispute in which the seller uses the quota no further.
pub const UNDECIDED: [&str; 2] = ["open", "answered"];

/// The code of a person in lists and registers, made of the keyed hash of his identity number. No party has such a code.
pub fn person(hash: &str) -> Text {
    format_compact!("person-{hash}")
}

/// The code of an address in lists, made of its keyed hash as the windowed counts have it. No party has such a code.
pub fn address(hash: &str) -> Text {
    format_compact!("address-{hash}")
}

/// The record in which a person locks his quota.
pub fn lock_of(person: &str) -> RecordKey {
    RecordKey::new(Register::Consumer, person)
}

/// The record in which a person disputes what a seller did with his quota.
pub fn dispute_of(person: &str, seller: &str) -> RecordKey {
    RecordKey::new(Register::Dispute, &format_compact!("{person}:{seller}"))
}

/// The two records of a declaration: lock and dispute.
fn records(hash: &str, declaration: &Declaration, parties: &Parties, law: &Law) -> [RecordKey; 2] {
    let code = declaration.head.ebc_code.trim();
    let seller = parties.find(code, law.day).map_or(code, |filing| filing.code.as_str());
    let person = person(hash);
    [lock_of(&person), dispute_of(&person, seller)]
}

/// Whether a declaration looks at them.
fn looks(hash: &str, law: &Law) -> bool {
    law.quota_guards > 0 && !hash.is_empty()
}

/// Adds the records that a declaration looks at to those of its batch.
pub(crate) fn needs(
    hash: &str,
    declaration: &Declaration,
    law: &Law,
    parties: &Parties,
    keys: &mut Vec<RecordKey>,
) {
    if looks(hash, law) {
        keys.extend(records(hash, declaration, parties, law));
    }
}

/// What stands against using the quota, and the records that were looked at and are there.
pub(crate) fn check(
    hash: &str,
    declaration: &Declaration,
    law: &Law,
    parties: &Parties,
    facts: &Facts,
) -> (Vec<Finding>, Vec<RecordRead>) {
    let (mut findings, mut read) = (Vec::new(), Vec::new());
    if !looks(hash, law) {
        return (findings, read);
    }
    let head = &declaration.head;
    for key in records(hash, declaration, parties, law) {
        let Some(record) = facts.records.get(&key) else { continue };
        read.push(RecordRead { key: key.clone(), version: record.version, position: record.last });
        let buyer = ("InventoryHead.buyerIdNumber", &head.buyer_id_number);
        let (reason, why, (field, value)) = match key.register {
            Register::Consumer => (Reason::QuotaLocked, "订购人已锁定本人额度", buyer),
            _ => (Reason::QuotaDisputed, "额度使用异议未裁定", ("InventoryHead.ebcCode", &head.ebc_code)),
        };
        if stands_against(record) {
            let finding = Finding::new(reason).argument(why).field(field, value);
            findings.push(finding.resting_on(law, "quota_guards"));
        }
    }
    (findings, read)
}

/// Whether a record keeps the quota from being used.
fn stands_against(record: &Record) -> bool {
    match record.key.register {
        Register::Consumer => record.state == LOCKED,
        _ => UNDECIDED.contains(&record.state.as_str()),
    }
}
