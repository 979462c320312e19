//! Standing of enterprises in a judgement: the list they stand on and the grade of their credit, with what follows from
//! it by the table of the day (`credit_measures.csv`). Who puts whom on a list, and how a grade is made, belongs to
//! `register` and `credit`.

use crate::Text;
use crate::consignment::{CreditStanding, DecideBy, ObeyedMeasure};
use crate::facts::Facts;
use crate::finding::Finding;
use crate::goods::RecordRead;
use crate::keys::Position;
use crate::party::Parties;
use crate::reason::Reason;
use crate::record::{RecordKey, Register};
use crate::rulebook::{Law, Rulebook};
use ceb::{Day, Declaration, ExportDeclaration, Return};
use credit::{Dated, Measure};

/// Lists, the best first.
pub const LISTS: [&str; 3] = [RED, "attention", BLACK];
/// The list that takes nothing from anybody.
pub const RED: &str = "red";
/// The gravest list.
pub const BLACK: &str = "black";

/// The standing of an enterprise that a list of another reaches, through a person who answers for both: a word of the table of
/// measures, as a list is.
pub fn reached(list: &str) -> Text {
    compact_str::format_compact!("{list}-person")
}

/// What is usual, in percent of itself: the share of the mode that is opened at random, the tax that is guaranteed.
const ALL: i64 = 100;

/// The standing of whoever has no grade.
const UNRATED: &str = "unrated";
/// Working days that a term has at most: what a table says beyond them is a slip of the pen.
const MOST_DAYS: i64 = 1_000;

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

/// Whom a document names, as it names them; whose grade counts stands first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named<'a> {
    /// Seller.
    pub seller: &'a str,
    /// Declaring unit.
    pub agent: &'a str,
    /// Platform.
    pub platform: &'a str,
}

impl<'a> Named<'a> {
    /// Of a list of imports.
    pub fn in_list(declaration: &'a Declaration) -> Self {
        let head = &declaration.head;
        Self { seller: &head.ebc_code, agent: &head.agent_code, platform: &head.ebp_code }
    }
    /// Of a list of exports.
    pub fn in_export(declaration: &'a ExportDeclaration) -> Self {
        let head = &declaration.head;
        Self { seller: &head.ebc_code, agent: &head.agent_code, platform: &head.ebp_code }
    }
    /// Of an application to return goods.
    pub fn in_return(application: &'a Return) -> Self {
        let head = &application.head;
        Self { seller: &head.ebc_code, agent: &head.agent_code, platform: &head.ebp_code }
    }

    /// By the codes of their filings, each once, in the order of their standing here.
    fn parties(self, parties: &Parties, day: Day) -> Vec<Text> {
        let mut found: Vec<Text> = Vec::with_capacity(3);
        for code in [self.seller, self.agent, self.platform] {
            let code = code.trim();
            let code = parties.find(code, day).map_or_else(|| Text::from(code), |filing| filing.code.clone());
            if !code.is_empty() && !found.contains(&code) {
                found.push(code);
            }
        }
        found
    }

    /// The records that are looked at: the list of each, where the law has it what reaches each through those who answer for it, and
    /// the assessment of the seller.
    fn records(self, known: &Parties, law: &Law) -> Vec<RecordKey> {
        let parties = self.parties(known, law.day);
        let mut keys: Vec<RecordKey> =
            parties.iter().map(|code| RecordKey::new(Register::CreditList, code)).collect();
        if law.credit_reach > 0 {
            let through = parties.iter().map(|code| RecordKey::new(Register::ResponsiblePersons, code));
            keys.extend(through);
        }
        keys.extend(parties.first().map(|seller| RecordKey::new(Register::CreditAssessment, seller)));
        keys
    }
}

/// Whether what follows for guarantee, settlement, refunds and lists of exports is obeyed.
fn obeys_terms(law: &Law) -> bool {
    law.credit_obeyed > 0 && law.credit_terms_obeyed > 0
}

/// Adds the records that a declaration looks at to those of its batch.
pub(crate) fn needs(declaration: &Declaration, law: &Law, known: &Parties, keys: &mut Vec<RecordKey>) {
    if law.credit_obeyed > 0 {
        keys.extend(Named::in_list(declaration).records(known, law));
    }
}

/// Adds those of a list of exports, or of an application to return goods.
pub(crate) fn needs_of_terms(named: Named<'_>, law: &Law, known: &Parties, keys: &mut Vec<RecordKey>) {
    if obeys_terms(law) {
        keys.extend(named.records(known, law));
    }
}

/// What the records that were loaded say on the day of the law, each with whether it is of the seller; and what was read.
fn said<'f>(
    named: Named<'_>,
    (known, facts): (&Parties, &'f Facts),
    law: &Law,
    read: &mut Vec<RecordRead>,
) -> Vec<(Text, &'f Says, bool)> {
    let seller = named.parties(known, law.day).into_iter().next().unwrap_or_default();
    let mut found = Vec::new();
    for key in named.records(known, law) {
        let Some(standing) = facts.standings.get(&key) else { continue };
        read.push(RecordRead { key: key.clone(), version: standing.version, position: standing.position });
        if let Some(says) = standing.says.as_ref().filter(|says| says.holds(law.day)) {
            let own = key.id == seller;
            found.push((key.id, says, own));
        }
    }
    found
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
    let said = said(Named::in_list(declaration), (known, facts), law, &mut followed.read);
    let mut taken = looks(&said, law, book);
    let bars = |standing: &Text| book.credit.measure(standing, "may_declare", law.day) == Some(0);
    followed.barred.extend(taken.standings.iter().filter(|(_, standing)| bars(standing)).cloned());
    if obeys_terms(law) {
        let asked = [(GUARANTEE, ALL), (SETTLEMENT, law.settlement_last_day)];
        taken.obeyed =
            asked.into_iter().filter_map(|(term, usual)| term.chosen(&said, book, usual, law.day)).collect();
    }
    let nothing = taken.standings.is_empty() && taken.obeyed.is_empty();
    followed.standing = (!nothing).then_some(taken);
    followed
}

/// What standings ask of looks at goods.
fn looks(said: &[(Text, &Says, bool)], law: &Law, book: &Rulebook) -> CreditStanding {
    let mut taken = CreditStanding { standings: Vec::new(), factor: None, share: 0, obeyed: Vec::new() };
    for (party, says, own) in said {
        let measure = |name: &str| book.credit.measure(&says.standing, name, law.day);
        let factor = measure("inspection_factor");
        if factor.is_some_and(|factor| factor < ALL) && !own {
            continue;
        }
        taken.standings.push((party.clone(), says.standing.clone()));
        taken.factor = factor.map(|factor| stricter(taken.factor.unwrap_or(factor), factor)).or(taken.factor);
        taken.share = taken.share.max(measure("inspection_share").unwrap_or(0));
    }
    taken
}

/// What may be asked of an enterprise harder or more mildly than of all.
#[derive(Clone, Copy, Debug)]
struct Term {
    /// Its word in the table.
    measure: &'static str,
    /// Whether more is harder.
    more_is_harder: bool,
}

/// Percent of the tax that is held of the guarantee.
const GUARANTEE: Term = Term { measure: "guarantee_factor", more_is_harder: true };
/// Day after release after which a bill that is not paid is overdue.
const SETTLEMENT: Term = Term { measure: "settlement_last_day", more_is_harder: false };
/// Working days within which an application for a refund is decided.
const REFUND: Term = Term { measure: "refund_days", more_is_harder: true };

impl Term {
    /// The row that is obeyed: the hardest of those that are harder than usual, or the mildest of the seller's own; none = all
    /// is as usual.
    fn chosen(
        self,
        said: &[(Text, &Says, bool)],
        book: &Rulebook,
        usual: i64,
        day: Day,
    ) -> Option<ObeyedMeasure> {
        let hard = |value: i64| if self.more_is_harder { value } else { -value };
        let usual = hard(usual);
        let mut harder: Option<ObeyedMeasure> = None;
        let mut milder: Option<ObeyedMeasure> = None;
        for (party, says, own) in said {
            let Some(row) = book.credit.measure_row(&says.standing, self.measure, day) else { continue };
            let value = hard(row.row.value);
            let best = if value > usual { &mut harder } else { &mut milder };
            let beats = |known: &ObeyedMeasure| {
                let known = hard(known.value);
                if value > usual { value > known } else { value < known }
            };
            if (value > usual || (value < usual && *own)) && best.as_ref().is_none_or(beats) {
                *best = Some(self.obeyed(party, &says.standing, row));
            }
        }
        harder.or(milder)
    }

    /// The seller's own row that says what is usual: it is the ground of it before that of whoever has no grade.
    fn same(
        self,
        said: &[(Text, &Says, bool)],
        book: &Rulebook,
        usual: i64,
        day: Day,
    ) -> Option<ObeyedMeasure> {
        said.iter().filter(|(.., own)| *own).find_map(|(party, says, _)| {
            let row = book.credit.measure_row(&says.standing, self.measure, day)?;
            (row.row.value == usual).then(|| self.obeyed(party, &says.standing, row))
        })
    }

    fn obeyed(self, party: &Text, standing: &Text, row: &Dated<Measure>) -> ObeyedMeasure {
        ObeyedMeasure {
            party: party.clone(),
            standing: standing.clone(),
            measure: self.measure.into(),
            value: row.row.value,
            from: row.from,
        }
    }
}

/// Until when an application for a refund is decided, in working days by the standing of whom it names; without one by the row
/// of those who are not rated. None = the table says nothing of it, or is not obeyed.
pub(crate) fn refund(
    application: &Return,
    law: &Law,
    known: &Parties,
    book: &Rulebook,
    facts: &Facts,
) -> (Option<DecideBy>, Vec<RecordRead>) {
    let mut read = Vec::new();
    if !obeys_terms(law) {
        return (None, read);
    }
    let named = Named::in_return(application);
    let said = said(named, (known, facts), law, &mut read);
    let usual = book.credit.measure_row(UNRATED, REFUND.measure, law.day).map(|row| {
        let seller = named.parties(known, law.day).into_iter().next().unwrap_or_default();
        REFUND.obeyed(&seller, &UNRATED.into(), row)
    });
    let days = usual.as_ref().map_or(0, |row| row.value);
    let obeyed = REFUND.chosen(&said, book, days, law.day);
    let obeyed = obeyed.or_else(|| REFUND.same(&said, book, days, law.day)).or(usual);
    let due = obeyed.map(|obeyed| {
        let day = book.calendar.plus_working_days(law.day, obeyed.value.clamp(0, MOST_DAYS));
        DecideBy { day, obeyed }
    });
    (due, read)
}

/// What follows from standings for a list of exports: who may declare nothing, and how its goods are looked at.
pub(crate) fn follow_export(
    declaration: &ExportDeclaration,
    law: &Law,
    known: &Parties,
    book: &Rulebook,
    facts: &Facts,
) -> Followed {
    let mut followed = Followed::default();
    if !obeys_terms(law) {
        return followed;
    }
    let said = said(Named::in_export(declaration), (known, facts), law, &mut followed.read);
    for (party, says, _) in &said {
        if book.credit.measure(&says.standing, "may_declare", law.day) == Some(0) {
            followed.barred.push((party.clone(), says.standing.clone()));
        }
    }
    let taken = looks(&said, law, book);
    followed.standing = (law.export_looks == 1 && !taken.standings.is_empty()).then_some(taken);
    followed
}

/// Of two factors, percent of what holds for all, the stricter; of two that are milder the milder.
pub(crate) fn stricter(one: i64, other: i64) -> i64 {
    if one <= ALL && other <= ALL { one.min(other) } else { one.max(other) }
}

/// The findings of those who may declare nothing, each on the field that names them, by whichever of their codes.
pub(crate) fn barred(named: Named<'_>, followed: &Followed, known: &Parties, day: Day) -> Vec<Finding> {
    let fields = [("InventoryHead.ebcCode", named.seller), ("InventoryHead.agentCode", named.agent)];
    followed
        .barred
        .iter()
        .map(|(code, standing)| {
            let (field, value) = fields
                .into_iter()
                .find(|(_, value)| known.same(value.trim(), code, day))
                .unwrap_or(("InventoryHead.ebpCode", named.platform));
            Finding::new(Reason::CreditBars).argument(format!("{code}：{standing}")).field(field, value)
        })
        .collect()
}
