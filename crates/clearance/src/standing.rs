//! Standing of enterprises in a judgement: the list they stand on and the grade of their credit, with what follows from
//! it by the table of the day (`credit_measures.csv`). Who puts whom on a list, and how a grade is made, belongs to
//! `register` and `credit`.

use crate::Text;
use crate::consignment::CreditStanding;
use crate::facts::Facts;
use crate::finding::Finding;
use crate::goods::RecordRead;
use crate::keys::Position;
use crate::party::Parties;
use crate::reason::Reason;
use crate::record::{RecordKey, Register};
use crate::rulebook::{Law, Rulebook};
use ceb::{Day, Declaration};

/// Lists, the best first.
pub const LISTS: [&str; 3] = ["red", "attention", "black"];

/// The share that is opened at random of nobody in particular, in percent of the mode's.
const ALL: i64 = 100;

/// What a record says of a standing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Says {
    /// A list or a grade.
    pub standing: Text,
    /// First day.
    pub from: Day,
    /// Last day; none = open.
    pub to: Option<Day>,
}

impl Says {
    /// Whether it holds on a day.
    pub fn holds(&self, day: Day) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}

/// What was loaded of a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Version of the record.
    pub version: u32,
    /// Its row.
    pub position: Position,
    /// What it says, if anything.
    pub says: Option<Says>,
}

/// What a judgement looked at.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Followed {
    /// What follows, kept with the attempt: the match may agree when a partner's document comes, long after.
    pub standing: Option<CreditStanding>,
    /// Those who may declare nothing, each with the standing that says so.
    pub barred: Vec<(Text, Text)>,
    /// The records that were looked at and are there.
    pub read: Vec<RecordRead>,
}

/// Seller, declaring unit and platform by the codes of their filings, each once; whose grade counts comes first.
fn parties(declaration: &Declaration, parties: &Parties, day: Day) -> Vec<Text> {
    let head = &declaration.head;
    let mut found: Vec<Text> = Vec::with_capacity(3);
    for code in [&head.ebc_code, &head.agent_code, &head.ebp_code] {
        let code = code.trim();
        let code = parties.find(code, day).map_or_else(|| Text::from(code), |filing| filing.code.clone());
        if !code.is_empty() && !found.contains(&code) {
            found.push(code);
        }
    }
    found
}

/// The records of a declaration: the list of each, and the assessment of the seller.
fn records(declaration: &Declaration, known: &Parties, day: Day) -> Vec<RecordKey> {
    let parties = parties(declaration, known, day);
    let mut keys: Vec<RecordKey> =
        parties.iter().map(|code| RecordKey::new(Register::CreditList, code)).collect();
    keys.extend(parties.first().map(|seller| RecordKey::new(Register::CreditAssessment, seller)));
    keys
}

/// Adds the records that a declaration looks at to those of its batch.
pub(crate) fn needs(declaration: &Declaration, law: &Law, known: &Parties, keys: &mut Vec<RecordKey>) {
    if law.credit_obeyed > 0 {
        keys.extend(records(declaration, known, law.day));
    }
}

/// What follows from standings on the day of the law. What is stricter than for all counts before what is milder: a black list
/// is not made good by a grade. What is milder is so for the goods of whom it is said alone.
pub(crate) fn follow(
    declaration: &Declaration,
    law: &Law,
    known: &Parties,
    book: &Rulebook,
    facts: &Facts,
) -> Followed {
    let mut followed = Followed::default();
    if law.credit_obeyed == 0 {
        return followed;
    }
    let seller = parties(declaration, known, law.day).into_iter().next().unwrap_or_default();
    let mut taken = CreditStanding { standings: Vec::new(), factor: None, share: 0 };
    for key in records(declaration, known, law.day) {
        let Some(standing) = facts.standings.get(&key) else { continue };
        let (version, position) = (standing.version, standing.position);
        followed.read.push(RecordRead { key: key.clone(), version, position });
        let Some(says) = standing.says.as_ref().filter(|says| says.holds(law.day)) else { continue };
        let measure = |name: &str| book.credit.measure(&says.standing, name, law.day);
        let factor = measure("inspection_factor");
        if factor.is_some_and(|factor| factor < ALL) && key.id != seller {
            continue;
        }
        taken.standings.push((key.id.clone(), says.standing.clone()));
        taken.factor = factor.map(|factor| stricter(taken.factor.unwrap_or(factor), factor)).or(taken.factor);
        taken.share = taken.share.max(measure("inspection_share").unwrap_or(0));
        if measure("may_declare") == Some(0) {
            followed.barred.push((key.id.clone(), says.standing.clone()));
        }
    }
    followed.standing = (!taken.standings.is_empty()).then_some(taken);
    followed
}

/// Of two factors, percent of what holds for all, the stricter; of two that are milder the milder.
pub(crate) fn stricter(one: i64, other: i64) -> i64 {
    if one <= ALL && other <= ALL { one.min(other) } else { one.max(other) }
}

/// The findings of those who may declare nothing.
pub(crate) fn barred(declaration: &Declaration, followed: &Followed) -> Vec<Finding> {
    let head = &declaration.head;
    let fields = [("InventoryHead.ebcCode", &head.ebc_code), ("InventoryHead.agentCode", &head.agent_code)];
    followed
        .barred
        .iter()
        .map(|(code, standing)| {
            let (field, value) = fields
                .into_iter()
                .find(|(_, value)| value.trim() == code.as_str())
                .unwrap_or(("InventoryHead.ebpCode", &head.ebp_code));
            Finding::new(Reason::CreditBars).argument(format!("{code}：{standing}")).field(field, value)
        })
        .collect()
}
