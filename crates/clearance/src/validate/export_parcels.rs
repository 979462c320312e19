//! The checks of what comes after export lists: master lists (607), arrivals (507), departures (509), cancellations (605),
//! each by itself.

use super::Check;
use crate::finding::Finding;
use crate::party::Role;
use crate::reason::Reason;
use ceb::{Departure, ExportArrival, ExportCancellation, MasterBill};

impl Check<'_> {
    pub(super) fn carrier(&mut self, head: &str, code: &str, name: &str) {
        let name_path = format!("{head}.logisticsName");
        self.party(&format!("{head}.logisticsCode"), code, Some((&name_path, name)), Role::Logistics);
    }

    pub(super) fn declaring_unit(&mut self, head: &str, code: &str, name: &str) {
        let name_path = format!("{head}.agentName");
        self.party(&format!("{head}.agentCode"), code, Some((&name_path, name)), Role::Agent);
    }

    pub(super) fn district(&mut self, head: &str, code: &str) {
        self.code(&format!("{head}.customsCode"), code, self.book.codes.districts.holds(code, self.day));
    }

    pub(super) fn transport(&mut self, head: &str, mode: &str) {
        self.code(&format!("{head}.trafMode"), mode, self.book.codes.transport_modes.holds(mode, self.day));
    }

    pub(super) fn master_bill(&mut self, master: &MasterBill) {
        let head = &master.head;
        self.key("WayBillHead.copNo", &head.cop_no);
        self.operation("WayBillHead", &head.app_type, &head.app_status, head.app_time);
        self.declaring_unit("WayBillHead", &head.agent_code, &head.agent_name);
        self.carrier("WayBillHead", &head.logistics_code, &head.logistics_name);
        self.sender(&[&head.agent_code]);
        self.district("WayBillHead", &head.customs_code);
        self.transport("WayBillHead", &head.traf_mode);
        self.filled("WayBillHead.billNo", &head.bill_no);
        self.positive("WayBillHead.grossWeight", head.gross_weight);
        self.repeated_lines("WayBillList.gnum", master.lines.iter().map(|line| line.gnum));
        for (index, line) in master.lines.iter().enumerate() {
            self.filled(&format!("WayBillList[{}].logisticsNo", index + 1), &line.logistics_no);
        }
        self.signature(&head.agent_code, "WayBillHead.agentCode", &head.app_status, true);
    }

    pub(super) fn export_arrival(&mut self, arrival: &ExportArrival) {
        let head = &arrival.head;
        self.key("ArrivalHead.copNo", &head.cop_no);
        self.operation("ArrivalHead", &head.app_type, &head.app_status, head.app_time);
        self.equals("ArrivalHead.ieFlag", &head.ie_flag, &["E"]);
        self.party(
            "ArrivalHead.operatorCode",
            &head.operator_code,
            Some(("ArrivalHead.operatorName", &head.operator_name)),
            Role::SiteOperator,
        );
        self.carrier("ArrivalHead", &head.logistics_code, &head.logistics_name);
        self.sender(&[&head.operator_code, &head.logistics_code]);
        self.district("ArrivalHead", &head.customs_code);
        self.transport("ArrivalHead", &head.traf_mode);
        // A bill by itself says of no parcel that it is here.
        if arrival.lines.is_empty() {
            self.found.push(Finding::new(Reason::NoLines).field("ArrivalList", ""));
        }
        self.repeated_lines("ArrivalList.gnum", arrival.lines.iter().map(|line| line.gnum));
        for (index, line) in arrival.lines.iter().enumerate() {
            self.filled(&format!("ArrivalList[{}].logisticsNo", index + 1), &line.logistics_no);
        }
        self.signature(&head.operator_code, "ArrivalHead.operatorCode", &head.app_status, false);
    }

    pub(super) fn departure(&mut self, departure: &Departure) {
        let head = &departure.head;
        self.key("DepartureHead.copNo", &head.cop_no);
        self.operation("DepartureHead", &head.app_type, &head.app_status, head.app_time);
        self.carrier("DepartureHead", &head.logistics_code, &head.logistics_name);
        self.sender(&[&head.logistics_code]);
        self.district("DepartureHead", &head.customs_code);
        self.transport("DepartureHead", &head.traf_mode);
        self.not_ahead("DepartureHead.leaveTime", head.leave_time);
        self.repeated_lines("DepartureList.gnum", departure.lines.iter().map(|line| line.gnum));
        for (index, line) in departure.lines.iter().enumerate() {
            self.filled(&format!("DepartureList[{}].logisticsNo", index + 1), &line.logistics_no);
        }
        self.signature(&head.logistics_code, "DepartureHead.logisticsCode", &head.app_status, true);
    }

    pub(super) fn export_cancellation(&mut self, cancellation: &ExportCancellation) {
        self.key("InvtCancel.invtNo", &cancellation.invt_no);
        self.key("InvtCancel.copNo", &cancellation.cop_no);
        self.operation("InvtCancel", &cancellation.app_type, &cancellation.app_status, cancellation.app_time);
        self.declaring_unit("InvtCancel", &cancellation.agent_code, &cancellation.agent_name);
        self.party(
            "InvtCancel.ebcCode",
            &cancellation.ebc_code,
            Some(("InvtCancel.ebcName", &cancellation.ebc_name)),
            Role::Merchant,
        );
        self.sender(&[&cancellation.ebc_code, &cancellation.agent_code]);
        self.district("InvtCancel", &cancellation.customs_code);
        if cancellation.reason.trim().is_empty() {
            self.found.push(Finding::new(Reason::ReasonEmpty).field("InvtCancel.reason", ""));
        }
        self.signature(&cancellation.agent_code, "InvtCancel.agentCode", &cancellation.app_status, true);
    }
}
