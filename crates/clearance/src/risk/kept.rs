//! What conditions look at of a declaration, without the declaration: taken out of its documents once, so that other rules can be
//! held against it without reading them again. It names no person: an age is kept and whether who paid is who bought, no number;
//! of windows what they said, not whose they were. It is of the day it was taken for: ages and days of filing count up to it.

use super::look::Looked;
use super::{ExportFacts, RiskFacts, RiskRules};
use crate::Text;
use crate::consignment::Lane;
use crate::facts::{CountKey, CountKind};
use crate::windows::Windowed;
use ceb::Day;

/// A line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptLine {
    /// Code of the tariff.
    pub hs: Text,
    /// Number of the article with its merchant.
    pub item_no: Option<Text>,
    /// Its number on record.
    pub item_record_no: Option<Text>,
    /// Its bar code.
    pub bar_code: Option<Text>,
    /// Country of origin of an import, of destination of an export.
    pub country: Text,
    /// Name, model and name as sold in one writing, apart.
    pub text: Text,
    /// Price of a unit, fen; none = beyond what can be held, or in a currency without a rate.
    pub price: Option<i64>,
    /// Its total, fen.
    pub total: Option<i64>,
    /// How many pieces.
    pub pieces: i64,
}

/// See the head of this file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptFacts {
    /// Whether it is a list of exports.
    pub exports: bool,
    /// Mode of transport.
    pub transport: Text,
    /// Mode of trade.
    pub mode: Text,
    /// Customs district.
    pub district: Text,
    /// Code of the merchant.
    pub merchant: Text,
    /// Gross weight, grams.
    pub gross: i64,
    /// Net weight, grams.
    pub net: i64,
    /// Dutiable value, fen; none = it was not assessed.
    pub dutiable: Option<i64>,
    /// What an export is worth, fen.
    pub value: Option<i64>,
    /// Days since the merchant of an export was filed.
    pub merchant_days: Option<i64>,
    /// Years of the buyer, where his number says them.
    pub age: Option<i64>,
    /// 1 = another paid than bought.
    pub payer_differs: Option<i64>,
    /// Grams of a piece, where there is one kind of goods.
    pub piece_weight: Option<i64>,
    /// Lines in their order.
    pub lines: Vec<KeptLine>,
    /// What windows said, and the score that a model gave, with the model.
    pub counts: Vec<Windowed>,
}

impl KeptFacts {
    /// Of an import, for rules of a day.
    pub fn of_import(facts: &RiskFacts<'_>, day: Day) -> Self {
        let rules = RiskRules::default();
        Looked::import(&rules, facts, day).kept(false, nobodys(facts.counts))
    }

    /// Of an export, for rules of a day.
    pub fn of_export(facts: &ExportFacts<'_>, day: Day) -> Self {
        let rules = RiskRules::default();
        Looked::export(&rules, facts, day).kept(true, nobodys(facts.counts))
    }

    /// The gravest lane that the rules in force on a day find, and that others of the same table find; `scored` = they may read the
    /// score.
    pub(crate) fn gravest(
        &self,
        [rules, others]: [&RiskRules; 2],
        scored: bool,
        day: Day,
    ) -> [Option<Lane>; 2] {
        if rules.rules.is_empty() && others.rules.is_empty() {
            return [None, None];
        }
        // Those of one table have the same windows and lists.
        let looked = Looked::of_kept(rules, self, scored, day);
        [rules, others].map(|rules| rules.gravest(&looked, day, self.exports))
    }
}

/// What was read, without whose windows they were; whose score it is is a model's.
fn nobodys(counts: &[Windowed]) -> Vec<Windowed> {
    let without = |read: &Windowed| match read.key.kind {
        CountKind::Score => read.clone(),
        kind => Windowed {
            key: CountKey { kind, owner: Text::default() },
            line: read.line,
            values: read.values.clone(),
        },
    };
    counts.iter().map(without).collect()
}
