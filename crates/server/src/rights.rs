//! What callers may do. A right is what one group of routes asks for; the role of a party gives rights, a user's duties
//! and a token's scopes narrow them, nothing widens them. Which route asks for which right is in `api/access.rs`; whose
//! records are seen is a matter of scope, not of rights.

use ceb::Kind;
use clearance::Text;
use clearance::party::Role;
use store::Duty;

/// What a group of routes asks for. Its word is what a token's scopes are made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Right {
    /// Send messages.
    MessagesSend,
    /// Find messages again.
    MessagesRead,
    /// Read receipts.
    ReceiptsRead,
    /// Read consignments.
    ConsignmentsRead,
    /// Ask what would happen.
    Preview,
    /// Order inspections and record their results.
    ActionsInspect,
    /// Take every other officer action.
    ActionsDecide,
    /// Decide on filings and goods.
    FilingsReview,
    /// Read the registers.
    RegistersRead,
    /// Apply, propose, ask and answer in the registers.
    RegistersApply,
    /// Read what other agencies share.
    SharesRead,
    /// Read heads and proofs of the evidence log.
    EvidenceRead,
    /// Read balances.
    AccountsRead,
    /// Read rules and limits.
    ReferenceRead,
    /// Read counters.
    MetricsRead,
    /// Read users.
    UsersRead,
    /// Add, change and disable users.
    UsersManage,
    /// Read the list of tokens.
    TokensRead,
    /// Issue and revoke tokens.
    TokensManage,
    /// Read what happened to users, sessions and tokens.
    TraceRead,
    /// Look a person up by his number.
    PersonsRead,
    /// See and decide on what concerns oneself as a person: trades, quota, locks, disputes.
    Consume,
    /// Draft, try and publish tables and rules.
    RulebooksDraft,
    /// Commit to a secret of the draw, and hand it over.
    DrawsHold,
    /// Scan parcels at a site that he keeps, and record what happens there.
    SitesKeep,
}

/// Messages that a role sends, of imports first.
pub fn sent_by(role: Role) -> &'static [Kind] {
    match role {
        Role::Platform => &[Kind::Order, Kind::ExportOrder],
        Role::Merchant => &[Kind::Order, Kind::ExportOrder, Kind::ExportPayment, Kind::ExportReturn],
        Role::Payment | Role::Bank => &[Kind::Payment, Kind::ExportPayment],
        Role::Logistics | Role::Express => {
            &[Kind::Waybill, Kind::WaybillStatus, Kind::ExportWaybill, Kind::Departure]
        }
        Role::SiteOperator => &[Kind::Arrival, Kind::ExportArrival, Kind::ReturnTally],
        Role::Agent => &[
            Kind::Declaration,
            Kind::Cancellation,
            Kind::Return,
            Kind::ExportDeclaration,
            Kind::ExportCancellation,
            Kind::MasterBill,
            Kind::SummaryApplication,
            Kind::ExportReturn,
        ],
        _ => &[],
    }
}

impl Right {
    /// All rights.
    pub const ALL: [Self; 25] = [
        Self::MessagesSend,
        Self::MessagesRead,
        Self::ReceiptsRead,
        Self::ConsignmentsRead,
        Self::Preview,
        Self::ActionsInspect,
        Self::ActionsDecide,
        Self::FilingsReview,
        Self::RegistersRead,
        Self::RegistersApply,
        Self::SharesRead,
        Self::EvidenceRead,
        Self::AccountsRead,
        Self::ReferenceRead,
        Self::MetricsRead,
        Self::UsersRead,
        Self::UsersManage,
        Self::TokensRead,
        Self::TokensManage,
        Self::TraceRead,
        Self::PersonsRead,
        Self::Consume,
        Self::RulebooksDraft,
        Self::DrawsHold,
        Self::SitesKeep,
    ];
    /// The word used as a scope, on the command line and in problems.
    pub fn word(self) -> &'static str {
        match self {
            Self::MessagesSend => "messages:send",
            Self::MessagesRead => "messages:read",
            Self::ReceiptsRead => "receipts:read",
            Self::ConsignmentsRead => "consignments:read",
            Self::Preview => "preview",
            Self::ActionsInspect => "actions:inspect",
            Self::ActionsDecide => "actions:decide",
            Self::FilingsReview => "filings:review",
            Self::RegistersRead => "registers:read",
            Self::RegistersApply => "registers:apply",
            Self::SharesRead => "shares:read",
            Self::EvidenceRead => "evidence:read",
            Self::AccountsRead => "accounts:read",
            Self::ReferenceRead => "reference:read",
            Self::MetricsRead => "metrics:read",
            Self::UsersRead => "users:read",
            Self::UsersManage => "users:manage",
            Self::TokensRead => "tokens:read",
            Self::TokensManage => "tokens:manage",
            Self::TraceRead => "trace:read",
            Self::PersonsRead => "persons:read",
            Self::Consume => "consumer",
            Self::RulebooksDraft => "rulebooks:draft",
            Self::DrawsHold => "draws:hold",
            Self::SitesKeep => "sites:keep",
        }
    }
    /// The right of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.word() == word)
    }
}

/// A set of rights.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rights(u32);

/// What every caller of a party may read: scope says of whom.
const READ: Rights = Rights::of(&[
    Right::MessagesRead,
    Right::ReceiptsRead,
    Right::ConsignmentsRead,
    Right::RegistersRead,
    Right::EvidenceRead,
    Right::ReferenceRead,
]);

/// What is for people alone, whatever the role: a machine manages nobody.
const PEOPLE: Rights = Rights::of(&[
    Right::UsersRead,
    Right::UsersManage,
    Right::TokensRead,
    Right::TokensManage,
    Right::TraceRead,
]);

/// Likewise, and for officers alone.
const RULES: Rights = Rights::of(&[Right::RulebooksDraft]);

/// What is given by name alone: no machine has it for having a role, and nobody for having another duty.
const HOLDS: Rights = Rights::of(&[Right::DrawsHold]);

impl Rights {
    /// These.
    pub const fn of(rights: &[Right]) -> Self {
        let (mut bits, mut index) = (0, 0);
        while index < rights.len() {
            bits |= 1 << rights[index] as u32;
            index += 1;
        }
        Self(bits)
    }
    /// Whether one is among them.
    pub fn has(self, right: Right) -> bool {
        self.0 & (1 << right as u32) != 0
    }
    /// Whether one of several is among them.
    pub fn has_any(self, rights: &[Right]) -> bool {
        self.0 & Self::of(rights).0 != 0
    }
    /// Whether all of others are among them.
    pub fn cover(self, others: Self) -> bool {
        others.0 & !self.0 == 0
    }
    /// These, in their order.
    pub fn list(self) -> impl Iterator<Item = Right> {
        Right::ALL.into_iter().filter(move |right| self.has(*right))
    }
    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    const fn within(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What a machine of a party in this role may do; `whole_zone` = no customs district narrows it.
    pub fn of_role(role: Role, whole_zone: bool) -> Self {
        // He sees what is his by routes of his own: a trade has more in it than he may be shown of one in his name.
        if role == Role::Consumer {
            return Self::of(&[Right::Consume, Right::ReferenceRead]);
        }
        let more: &[Right] = match role {
            Role::Officer => &[
                Right::ActionsInspect,
                Right::ActionsDecide,
                Right::FilingsReview,
                Right::RegistersApply,
                Right::SharesRead,
                Right::MetricsRead,
            ],
            Role::ZoneOperator => &[Right::RegistersApply, Right::SharesRead, Right::MetricsRead],
            // On which filings an agency decides is said by the rulebook and by its own filing: `register::competence`.
            Role::Agency => &[Right::FilingsReview, Right::RegistersApply, Right::SharesRead],
            Role::Bank => &[Right::RegistersApply, Right::SharesRead],
            Role::SiteOperator => {
                &[Right::MessagesSend, Right::Preview, Right::RegistersApply, Right::SitesKeep]
            }
            _ => &[Right::MessagesSend, Right::Preview, Right::RegistersApply],
        };
        let accounts = is_office(role) && whole_zone;
        let more = if accounts {
            Self::of(more).and(Self::of(&[Right::AccountsRead, Right::PersonsRead]))
        } else {
            Self::of(more)
        };
        READ.and(more)
    }

    /// What a token may do: all that its role may, or those of its scopes that its role may.
    pub fn of_token(role: Role, whole_zone: bool, scopes: Option<&[Text]>) -> Self {
        let all = Self::of_role(role, whole_zone);
        match scopes {
            None => all,
            Some(words) => {
                let rights: Vec<Right> = words.iter().filter_map(|word| Right::from_word(word)).collect();
                all.and(Self::of_holder(role, whole_zone)).within(Self::of(&rights))
            }
        }
    }

    /// The two who hold secrets of the draw: customs and the operator of the zone.
    pub fn of_holder(role: Role, whole_zone: bool) -> Self {
        if is_office(role) && whole_zone { HOLDS } else { Self::default() }
    }

    /// What a user with these duties may do.
    pub fn of_user(role: Role, whole_zone: bool, duties: &[Duty]) -> Self {
        let given = duties.iter().fold(Self::default(), |given, duty| given.and(of_duty(*duty)));
        // Consumers sign in for themselves; there is nobody whom they could manage.
        let people = if role == Role::Consumer { Self::default() } else { PEOPLE };
        // Two people decide on a rule, and no machine does; rules are of the whole zone, and sealed.
        let rules = if role == Role::Officer && whole_zone { RULES } else { Self::default() };
        let people = people.and(rules).and(Self::of_holder(role, whole_zone));
        given.within(Self::of_role(role, whole_zone).and(people))
    }
}

fn of_duty(duty: Duty) -> Rights {
    match duty {
        Duty::Admin => PEOPLE.and(Rights::of(&[Right::ReferenceRead])),
        Duty::Operator => READ.and(Rights::of(&[
            Right::MessagesSend,
            Right::Preview,
            Right::RegistersApply,
            Right::SharesRead,
            Right::AccountsRead,
            Right::MetricsRead,
        ])),
        Duty::Reviewer => READ.and(Rights::of(&[Right::FilingsReview])),
        Duty::Inspector => READ.and(Rights::of(&[Right::ActionsInspect])),
        Duty::Decider => {
            READ.and(Rights::of(&[Right::ActionsDecide, Right::AccountsRead, Right::PersonsRead]))
        }
        Duty::Auditor => READ.and(Rights::of(&[
            Right::AccountsRead,
            Right::MetricsRead,
            Right::UsersRead,
            Right::TokensRead,
            Right::TraceRead,
            Right::PersonsRead,
        ])),
        Duty::Reader => READ,
        Duty::Rulemaker => READ.and(RULES),
        Duty::SeedHolder => READ.and(HOLDS),
        // At a gate nothing else is needed, and whoever takes the device finds nothing else.
        Duty::Keeper => Rights::of(&[Right::SitesKeep, Right::ReferenceRead]),
        Duty::Consumer => Rights::of(&[Right::Consume, Right::ReferenceRead]),
        Duty::Applicant => Rights::of(&[Right::RegistersRead, Right::RegistersApply, Right::ReferenceRead]),
    }
}

/// Officers and the zone operator act and see by district; enterprises see what names them.
pub fn is_office(role: Role) -> bool {
    matches!(role, Role::Officer | Role::ZoneOperator)
}

/// Whether somebody decides on what is others', or on who may, and so shows more than a password: offices, and whoever reviews
/// filings for an agency.
pub(crate) fn shows_more(role: Role, duties: &[Duty]) -> bool {
    is_office(role) || (role == Role::Agency && duties.contains(&Duty::Reviewer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duties_and_scopes_narrow_and_never_widen() {
        for role in Role::ALL {
            for whole in [true, false] {
                let machine = Rights::of_role(role, whole);
                assert!(machine.within(PEOPLE) == Rights::default(), "{role:?}");
                let user = Rights::of_user(role, whole, &Duty::ALL);
                assert!(machine.and(PEOPLE).and(RULES).and(HOLDS).cover(user), "{role:?}");
                assert!(!machine.has(Right::RulebooksDraft), "{role:?}");
                let rules = role == Role::Officer && whole;
                assert_eq!(user.has(Right::RulebooksDraft), rules, "{role:?}");
                assert_eq!(Rights::of_user(role, whole, &[]), Rights::default());
                let words: Vec<Text> = Right::ALL.iter().map(|right| right.word().into()).collect();
                let holder = Rights::of_holder(role, whole);
                assert_eq!(Rights::of_token(role, whole, Some(&words)), machine.and(holder));
                assert!(!machine.has(Right::DrawsHold) && user.has(Right::DrawsHold) == (holder == HOLDS));
                assert!(!Rights::of_token(role, whole, None).has(Right::DrawsHold), "given by name alone");
                assert_eq!(Rights::of_token(role, whole, Some(&[])), Rights::default());
                assert_eq!(Rights::of_token(role, whole, Some(&["all".into()])), Rights::default());
            }
        }
        for right in Right::ALL {
            assert_eq!(Right::from_word(right.word()), Some(right));
        }
    }

    #[test]
    fn an_auditor_changes_nothing() {
        let changing = [
            Right::MessagesSend,
            Right::ActionsInspect,
            Right::ActionsDecide,
            Right::FilingsReview,
            Right::RegistersApply,
            Right::UsersManage,
            Right::TokensManage,
            Right::RulebooksDraft,
            Right::SitesKeep,
        ];
        for role in Role::ALL {
            assert!(!Rights::of_user(role, true, &[Duty::Auditor]).has_any(&changing), "{role:?}");
        }
    }
}
