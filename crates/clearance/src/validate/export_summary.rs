//! The checks of an application to declare lists in summary (701) by itself. What is asked of its lists is
//! `decide/export/summary.rs`.

use super::Check;
use crate::export::ClosedPeriod;
use crate::finding::Finding;
use crate::party::Role;
use crate::reason::Reason;
use ceb::SummaryApplication;

impl Check<'_> {
    pub(super) fn summary_application(&mut self, application: &SummaryApplication) {
        let head = &application.head;
        self.key("SummaryApplyHead.copNo", &head.cop_no);
        self.key("SummaryApplyHead.ebcCode", &head.ebc_code);
        self.operation("SummaryApplyHead", &head.app_type, &head.app_status, head.app_time);
        self.declaring_unit("SummaryApplyHead", &head.agent_code, &head.agent_name);
        self.merchant("SummaryApplyHead", &head.ebc_code, &head.ebc_name);
        self.party(
            "SummaryApplyHead.declAgentCode",
            &head.decl_agent_code,
            Some(("SummaryApplyHead.declAgentName", &head.decl_agent_name)),
            Role::Agent,
        );
        self.sender(&[&head.agent_code, &head.ebc_code]);
        self.district("SummaryApplyHead", &head.customs_code);
        self.equals("SummaryApplyHead.summaryFlag", &head.summary_flag, &["1", "2"]);
        self.summary_period(application);
        for (index, line) in application.lines.iter().enumerate() {
            self.filled(&format!("SummaryApplyList[{}].invtNo", index + 1), &line.invt_no);
        }
        self.signature(&head.agent_code, "SummaryApplyHead.agentCode", &head.app_status, true);
    }

    /// A period has both ends, in their order; without one, lists are named (SPEC §4.21).
    fn summary_period(&mut self, application: &SummaryApplication) {
        let head = &application.head;
        match (head.start_time, head.end_time) {
            (Some(start), Some(end)) if end < start => {
                self.note(
                    Reason::FieldNotAllowed,
                    "SummaryApplyHead.endTime",
                    end,
                    &format!("不得早于{start}"),
                );
            }
            (Some(start), Some(end)) => {
                let (from, to) = (start.day(), end.day());
                let period = ClosedPeriod { merchant: head.ebc_code.clone(), from, to, most: 0 };
                if period.days().last().is_some_and(|last| *last < to) {
                    let expected = format!("汇总期间不得超过{}天", ClosedPeriod::DAYS);
                    self.note(Reason::FieldNotAllowed, "SummaryApplyHead.endTime", end, &expected);
                }
            }
            (None, None) if application.lines.is_empty() && head.app_type != "3" => {
                self.found.push(Finding::new(Reason::NoLines).field("SummaryApplyList", ""));
            }
            (None, None) => {}
            (start, _) => {
                let missing = if start.is_none() { "startTime" } else { "endTime" };
                let path = format!("SummaryApplyHead.{missing}");
                self.note(Reason::FieldNotAllowed, &path, "", "汇总起止时间应同时填写");
            }
        }
    }
}
