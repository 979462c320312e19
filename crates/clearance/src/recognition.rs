//! Results of inspections that another body made and an office recognises, so that the same goods are not opened twice (mutual
//! recognition of supervision, SYSTEMS K44): what a report says, and whether an officer may rest a decision on it. Who reports and
//! who recognises belongs to `register`; what may follow from a result is the table of inspections, as if he had looked himself.

use crate::Text;
use crate::event::OfficerAction;
use crate::finding::Finding;
use crate::inspection::{Found, Inspection, fault};
use crate::keys::{OrderKey, Position};
use crate::party::Parties;
use crate::record::{RecordKey, Register};
use ceb::{Day, Declaration, ExportDeclaration};

/// What a report says, as far as a decision may rest on it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    /// Version of the record.
    pub version: u32,
    /// Its row.
    pub position: Position,
    /// Code of who inspected.
    pub by: Text,
    /// Code of who is asked to recognise it.
    pub to: Text,
    /// Whether it is recognised now.
    pub recognised: bool,
    /// Code of the merchant whose goods they are.
    pub subject: Text,
    /// The trade; none = goods wherever they are.
    pub order: Option<OrderKey>,
    /// Article numbers of the merchant, where no trade is named.
    pub items: Vec<Text>,
    /// The day of the inspection.
    pub day: Day,
    /// The last day on which it is recognised.
    pub until: Day,
    /// What was found; lines are those of the trade's list.
    pub found: Vec<Found>,
}

/// A decision that rests on a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recognised {
    /// Id of the record.
    pub report: Text,
    /// The version that the officer saw.
    pub version: u32,
    /// What was found as the report says it, and the measure that follows.
    pub inspection: Inspection,
}

impl Recognised {
    /// The record that it rests on.
    pub fn key(&self) -> RecordKey {
        RecordKey::new(Register::InspectionReport, &self.report)
    }
}

/// What a report may be about: a list of imports or of exports.
#[derive(Clone, Debug)]
pub struct About<'a> {
    /// The trade; of exports it stands under its merchant, as officers' actions name it.
    pub order: &'a OrderKey,
    /// Whether it is an export: a report on a trade names one of imports.
    pub is_export: bool,
    /// Code of the merchant.
    pub merchant: &'a str,
    /// Number and article number of each line.
    pub lines: Vec<(u32, &'a str)>,
}

impl<'a> About<'a> {
    /// A list of imports.
    pub fn import(order: &'a OrderKey, declaration: &'a Declaration) -> Self {
        let item =
            |line: &'a ceb::DeclarationLine| (line.gnum, line.item_no.as_deref().unwrap_or_default().trim());
        let lines = declaration.lines.iter().map(item).collect();
        Self { order, is_export: false, merchant: declaration.head.ebc_code.trim(), lines }
    }
    /// A list of exports.
    pub fn export(order: &'a OrderKey, declaration: &'a ExportDeclaration) -> Self {
        let lines = declaration.lines.iter().map(|line| (line.gnum, line.item_no.trim())).collect();
        Self { order, is_export: true, merchant: declaration.head.ebc_code.trim(), lines }
    }
}

impl Report {
    /// Why a trade is not one that it is about; nothing = it is.
    pub fn misses(&self, list: &About<'_>, parties: &Parties, day: Day) -> Vec<Finding> {
        let mut misses = Vec::new();
        let merchant = list.merchant;
        if !parties.same(&self.subject, merchant, day) {
            let expected = format!("a report on goods of {merchant}, who sells here");
            misses.push(fault(
                "report.subject",
                &self.subject,
                "报告所列企业不是该清单的电商企业",
                &expected,
            ));
        }
        if let Some(about) = &self.order {
            // A platform and a merchant may have one code: what is on a trade is on one of imports.
            if about != list.order || list.is_export {
                let expected = format!("a report on {}", list.order.order_no);
                misses.push(fault("report.order", &about.order_no, "报告所列订单不是该订单", &expected));
            }
            return misses;
        }
        for (gnum, item) in &list.lines {
            if !self.items.iter().any(|one| one == *item) {
                let expected =
                    format!("line {gnum} among the articles of the report: {}", self.items.join(", "));
                misses.push(fault("report.items", item, "报告未包含清单的该项商品", &expected));
            }
        }
        misses
    }
}

/// Why a decision may not rest on a report: everything that is wrong.
pub(crate) fn faults(
    action: &OfficerAction,
    recognised: &Recognised,
    report: Option<&Report>,
    list: Option<&About<'_>>,
    (parties, day): (&Parties, Day),
) -> Vec<Finding> {
    let id = &recognised.report;
    let Some(report) = report.filter(|report| parties.same(&report.to, &action.party, day)) else {
        let expected = "the id of an inspection report that your office is asked to recognise";
        return vec![fault("report", id, "没有提交本单位的该查验报告", expected)];
    };
    let mut faults = Vec::new();
    if report.version != recognised.version {
        let expected = format!("version {}, which it has now: look at it again", report.version);
        faults.push(fault(
            "reportVersion",
            &recognised.version.to_string(),
            "查验报告已变更，请重新查看",
            &expected,
        ));
    }
    if !report.recognised {
        let expected = "a report that your office recognises; it is not recognised, or was withdrawn";
        faults.push(fault("report", id, "该查验报告未被采信或已撤回", expected));
    }
    if day < report.day || day > report.until {
        let expected = format!("a day from {} to {}", report.day.number(), report.until.number());
        faults.push(fault("report", &day.number().to_string(), "不在查验报告的采信期限内", &expected));
    }
    if let Some(list) = list {
        faults.extend(report.misses(list, parties, day));
    }
    if report.found != recognised.inspection.found {
        let expected = "what the report says, and nothing else: whoever finds something else inspects";
        faults.push(fault("found", "", "查验结果与报告不一致", expected));
    }
    faults
}
