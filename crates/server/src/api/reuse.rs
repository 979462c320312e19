//! Filings that others rely on: what is approved need not be filed again with a bank. It finds what is in force of every party, with
//! what tells of persons masked; reading one is recorded as every reading of another's record is.

use super::error::Problem;
use crate::Window;
use crate::auth::Caller;
use clearance::Text;
use clearance::party::Role;
use clearance::record::{Record, RecordKey, Register};
use register::view::View;
use store::Read;

/// Whether he relies on what others have filed, though nothing of theirs is his to decide or to supervise: banks need not have
/// filed again what is approved.
pub(super) fn reuses(caller: &Caller, register: Register) -> bool {
    register == Register::Filing && caller.role == Role::Bank && caller.districts.is_empty()
}

/// Whether it is by reusing it alone that he sees a record.
pub(super) fn is_reused(caller: &Caller, codes: &[Text], record: &Record) -> bool {
    reuses(caller, record.key.register) && !codes.iter().any(|code| record.parties.contains(code))
}

/// Whether a record that was found is one that he may see: of another's filing what was approved.
pub(super) fn may_find(caller: &Caller, codes: &[Text], record: &Record) -> bool {
    !is_reused(caller, codes, record) || register::filing::approved(record).is_some()
}

/// A record that he may see, as much of it as he does.
pub(super) fn seen(caller: &Caller, codes: &[Text], record: &Record) -> View {
    if is_reused(caller, codes, record) { View::reused(record, codes) } else { View::of(record, codes) }
}

/// Whether it is a document that the filing in force of its party names, and he reuses filings.
pub(super) async fn is_copy_of_licence(
    window: &Window,
    caller: &Caller,
    record: &Record,
) -> Result<bool, Problem> {
    if record.key.register != Register::Attachment || !reuses(caller, Register::Filing) {
        return Ok(false);
    }
    let key = RecordKey::new(Register::Filing, &register::owner(record));
    let filing = window.read.record(&key).await?;
    Ok(filing.is_some_and(|filing| register::filing::names(&filing, &record.key.id)))
}
