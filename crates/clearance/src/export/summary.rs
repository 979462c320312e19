//! The state of an application to declare lists in summary (701): its parts with the lists they brought, and the declarations that
//! came of them. How it changes is `decide/export/summary.rs`; how lists are grouped is `grouping.rs`.

use super::closed::ClosedList;
use super::grouping::{GroupKey, GroupLine, GroupingTerms, LineKey};
use super::{ExportKey, named};
use crate::Text;
use crate::consignment::{Filed, Seen};
use crate::finding::Finding;
use crate::keys::{Position, Time};
use ceb::{Decimal, Document, SummaryApplication};

/// Which application has a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SummaryClaim {
    /// The number of the list, as a key of its own.
    pub key: ExportKey,
    /// The application; none = it let it go again.
    pub by: Option<ExportKey>,
}

/// A list of an application.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SummaryMember {
    /// The list.
    pub list: ClosedList,
    /// The number of its declaration; 0 = there is none yet.
    pub declaration: u32,
}

/// One message of an application.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SummaryPart {
    /// Number of the part, from 1.
    pub number: u32,
    /// Its document; its status says what became of it.
    pub filed: Filed,
    /// Numbers of lists that were found for its period, whatever came of them: what it was judged with.
    pub looked_at: Vec<Text>,
    /// The lists that it has.
    pub lists: Vec<SummaryMember>,
    /// Why it was rejected.
    pub findings: Vec<Finding>,
}

impl SummaryPart {
    /// Its document.
    pub fn application(&self) -> Option<&SummaryApplication> {
        match &*self.filed.document {
            Document::SummaryApplication(application) => Some(application),
            _ => None,
        }
    }
    /// Whether it is declared and was not rejected.
    pub fn counts(&self) -> bool {
        !matches!(self.filed.status, 1 | 100)
    }
}

/// A line of a declaration that came of an application.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SummarisedLine {
    /// What its lines have in common.
    pub key: LineKey,
    /// What they come to.
    pub sums: GroupLine,
}

/// A declaration that came of an application.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SummarisedDeclaration {
    /// `declSeqNo`.
    pub number: Text,
    /// What its lists have in common.
    pub key: GroupKey,
    /// How many lists it is made of.
    pub lists: u64,
    /// Gross weight.
    pub gross_weight: Decimal,
    /// Net weight.
    pub net_weight: Decimal,
    /// Its lines; the first is number 1.
    pub lines: Vec<SummarisedLine>,
}

/// An application to declare lists in summary.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExportSummary {
    /// Its key.
    pub key: ExportKey,
    /// Grows by one with every row.
    pub version: u32,
    /// The row of its first state: its place in lists.
    pub first: Position,
    /// When that was judged.
    pub created: Time,
    /// The row that carries this state.
    pub last: Position,
    /// The row of the state before, if any.
    pub previous: Option<Position>,
    /// The time of its newest receipt.
    pub last_time: Time,
    /// `preNo`.
    pub pre_no: Text,
    /// `sumNo`, once it is concluded.
    pub sum_no: Option<Text>,
    /// Its parts, in order of their numbers.
    pub parts: Vec<SummaryPart>,
    /// The declarations that came of it; the first is number 1.
    pub declarations: Vec<SummarisedDeclaration>,
    /// Accepted documents.
    pub seen: Vec<Seen>,
}

impl ExportSummary {
    /// One that nothing has happened to.
    pub fn new(key: ExportKey, pre_no: Text) -> Self {
        Self {
            key,
            version: 0,
            first: Position::default(),
            created: Time(0),
            last: Position::default(),
            previous: None,
            last_time: Time(0),
            pre_no,
            sum_no: None,
            parts: Vec::new(),
            declarations: Vec::new(),
            seen: Vec::new(),
        }
    }
    /// Where it stands: 0 nothing of it is here any more, 1 staged, 100 a part of it was rejected, 120 parts are awaited,
    /// 399 concluded.
    pub fn status(&self) -> u16 {
        let of_parts = |wanted: u16| self.parts.iter().any(|part| part.filed.status == wanted);
        match () {
            () if self.sum_no.is_some() => 399,
            () if of_parts(100) => 100,
            () if of_parts(120) => 120,
            () if of_parts(1) => 1,
            () => 0,
        }
    }
    /// Its lists, part by part.
    pub fn members(&self) -> impl Iterator<Item = &SummaryMember> {
        self.parts.iter().filter(|part| part.counts()).flat_map(|part| &part.lists)
    }
    /// The document of its first part.
    pub fn application(&self) -> Option<&SummaryApplication> {
        self.parts.first().and_then(SummaryPart::application)
    }
    /// Codes of the parties whom it names: they find it in their lists.
    pub fn parties(&self) -> Vec<Text> {
        let (_, agent, _) = self.key.parts();
        let mut codes = vec![agent.clone()];
        for part in &self.parts {
            codes.push(part.filed.sender.clone());
            if let Some(application) = part.application() {
                codes.extend([application.head.ebc_code.clone(), application.head.decl_agent_code.clone()]);
            }
        }
        named(codes)
    }
    /// The district where it is declared; empty before there is one.
    pub fn district(&self) -> Text {
        self.application().map(|application| application.head.customs_code.clone()).unwrap_or_default()
    }
}

/// How an application wants its lists grouped.
pub fn terms_of(application: &SummaryApplication) -> GroupingTerms {
    GroupingTerms {
        by_owner: application.head.summary_flag == "2",
        by_name: application.head.item_name_flag == "1",
    }
}
