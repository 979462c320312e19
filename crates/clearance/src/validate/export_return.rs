//! The checks of an application to bring exported goods back (213) and of the tally of a returned parcel (215), each by itself
//! (SPEC §4.17, §4.19, RULES 9.11). What an application is held against is `decide/export/return_match.rs`.

use super::Check;
use super::export::CHINA;
use crate::finding::Finding;
use crate::party::Role;
use crate::reason::Reason;
use ceb::{ExportReturn, ExportReturnLine, ReturnTally};

impl Check<'_> {
    pub(super) fn export_return(&mut self, application: &ExportReturn) {
        const HEAD: &str = "InvtRefundHead";
        let head = &application.head;
        self.key("InvtRefundHead.coElNo", &head.co_el_no);
        self.key("InvtRefundHead.invtNo", &head.invt_no);
        self.key("InvtRefundHead.logisticsNo", &head.logistics_no);
        self.operation(HEAD, &head.app_type, &head.app_status, head.app_time);
        self.equals("InvtRefundHead.ieFlag", &head.ie_flag, &["I"]);
        self.export_platform(HEAD, &head.ebp_code, &head.ebp_name);
        self.merchant(HEAD, &head.ebc_code, &head.ebc_name);
        self.carrier(HEAD, &head.logistics_code, &head.logistics_name);
        self.declaring_unit(HEAD, &head.agent_code, &head.agent_name);
        self.sender(&[&head.ebc_code, &head.agent_code]);
        self.district(HEAD, &head.customs_code);
        self.transport(HEAD, &head.traf_mode);
        let codes = &self.book.codes;
        let (port, country) = (
            codes.districts.holds(&head.port_code, self.day),
            codes.countries.holds(&head.country, self.day),
        );
        self.code("InvtRefundHead.portCode", &head.port_code, port);
        self.code("InvtRefundHead.country", &head.country, country);
        if head.country == CHINA {
            let path = "InvtRefundHead.country";
            self.note(Reason::FieldNotAllowed, path, &head.country, "退货启运国不得为中国");
        }
        self.conveyance(HEAD, [&head.bill_no, &head.traf_name, &head.voyage_no]);
        if head.reason.trim().is_empty() {
            self.found.push(Finding::new(Reason::ReasonEmpty).field("InvtRefundHead.reason", ""));
        }
        self.repeated_lines("InvtRefundList.gnum", application.lines.iter().map(|line| line.gnum));
        for (index, line) in application.lines.iter().enumerate() {
            self.export_return_line(index, line);
        }
        self.signature(&head.agent_code, "InvtRefundHead.agentCode", &head.app_status, false);
    }

    fn export_return_line(&mut self, index: usize, line: &ExportReturnLine) {
        let path = |field: &str| format!("InvtRefundList[{}].{field}", index + 1);
        self.measured(
            &path,
            [Some(&line.unit), Some(&line.unit1), line.unit2.as_ref()],
            [line.qty, line.qty1],
        );
        self.second_quantity(&path("qty2"), line.unit2.is_some(), line.qty2);
    }

    /// What the goods come by is named: bill, means of transport, voyage.
    fn conveyance(&mut self, head: &str, named: [&crate::Text; 3]) {
        for (field, value) in ["billNo", "trafName", "voyageNo"].into_iter().zip(named) {
            self.filled(&format!("{head}.{field}"), value);
        }
    }

    pub(super) fn return_tally(&mut self, tally: &ReturnTally) {
        const HEAD: &str = "InvtRefundDetail";
        self.key("InvtRefundDetail.coElNo", &tally.co_el_no);
        self.key("InvtRefundDetail.logisticsNo", &tally.logistics_no);
        self.operation(HEAD, &tally.app_type, &tally.app_status, tally.app_time);
        self.equals("InvtRefundDetail.ieFlag", &tally.ie_flag, &["I"]);
        let name = Some(("InvtRefundDetail.operatorName", tally.operator_name.as_str()));
        self.party("InvtRefundDetail.operatorCode", &tally.operator_code, name, Role::SiteOperator);
        self.carrier(HEAD, &tally.logistics_code, &tally.logistics_name);
        self.sender(&[&tally.operator_code]);
        self.district(HEAD, &tally.customs_code);
        self.transport(HEAD, &tally.traf_mode);
        self.conveyance(HEAD, [&tally.bill_no, &tally.traf_name, &tally.voyage_no]);
        self.signature(&tally.operator_code, "InvtRefundDetail.operatorCode", &tally.app_status, false);
    }
}
