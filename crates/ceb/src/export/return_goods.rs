//! CEB213 return of exported goods and CEB214 its receipt (SPEC §4.17, §4.18).

use crate::Text;
use crate::record::{Shape, record};
use crate::value::{Decimal, Stamp, StampMillis};

/// An application to bring exported goods back (CEB213).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ExportReturn {
    /// Its head.
    pub head: Box<ExportReturnHead>,
    /// Its lines.
    pub lines: Vec<ExportReturnLine>,
}

record! {
    /// Head of an export return.
    ExportReturnHead = "InvtRefundHead" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        app_type: Text, "appType", Shape::Exactly(1), "1 new, 2 change, 3 delete";
        app_time: Stamp, "appTime", Shape::Time, "when the sender sent it";
        app_status: Text, "appStatus", Shape::Exactly(1), "1 stage, 2 declare";
        customs_code: Text, "customsCode", Shape::Exactly(4), "district where declared";
        loct_no: Option<Text>, "loctNo", Shape::Upto(10), "supervised site";
        ebp_code: Text, "ebpCode", Shape::Upto(18), "platform code; 无 for a foreign platform without one";
        ebp_name: Text, "ebpName", Shape::Upto(100), "platform name";
        ebc_code: Text, "ebcCode", Shape::Upto(18), "merchant code";
        ebc_name: Text, "ebcName", Shape::Upto(100), "merchant name";
        logistics_no: Text, "logisticsNo", Shape::Upto(80), "waybill number";
        logistics_code: Text, "logisticsCode", Shape::Upto(18), "logistics firm code";
        logistics_name: Text, "logisticsName", Shape::Upto(100), "logistics firm name";
        co_el_no: Text, "coElNo", Shape::Upto(30), "enterprise's document number";
        pre_no: Option<Text>, "preNo", Shape::Upto(18), "pre-entry number";
        invt_no: Text, "invtNo", Shape::Upto(20), "declaration number of the export list";
        trade_mode: Option<Text>, "tradeMode", Shape::Exactly(4), "supervision mode";
        agent_code: Text, "agentCode", Shape::Upto(18), "declaring unit code";
        agent_name: Text, "agentName", Shape::Upto(100), "declaring unit name";
        bill_no: Text, "billNo", Shape::Upto(37), "master bill number";
        ie_flag: Text, "ieFlag", Shape::Upto(1), "I, the goods come back";
        traf_mode: Text, "trafMode", Shape::Upto(1), "mode of transport";
        traf_name: Text, "trafName", Shape::Upto(100), "name of the means of transport";
        port_code: Text, "portCode", Shape::Upto(4), "district of entry";
        reason: Text, "reason", Shape::Upto(500), "reason";
        country: Text, "country", Shape::Upto(3), "country from which the goods come back";
        voyage_no: Text, "voyageNo", Shape::Upto(32), "voyage or flight";
        note: Option<Text>, "note", Shape::Upto(500), "remark";
    }
}

record! {
    /// One line of an export return.
    ExportReturnLine = "InvtRefundList" {
        gnum: u32, "gnum", Shape::Digits(4), "line number";
        gcode: Text, "gcode", Shape::Upto(10), "ten-digit HS code";
        gname: Text, "gname", Shape::Upto(250), "goods name";
        gmodel: Text, "gmodel", Shape::Upto(250), "specification and model";
        qty: Decimal, "qty", Shape::Amount, "quantity in that unit";
        qty1: Decimal, "qty1", Shape::Amount, "first statutory quantity";
        unit: Text, "unit", Shape::Exactly(3), "unit of transaction";
        unit1: Text, "unit1", Shape::Exactly(3), "first statutory unit";
        qty2: Option<Decimal>, "qty2", Shape::Amount, "second statutory quantity";
        unit2: Option<Text>, "unit2", Shape::Exactly(3), "second statutory unit";
        note: Option<Text>, "note", Shape::Upto(500), "remark";
    }
}

record! {
    /// Receipt of an export return (CEB214).
    ExportReturnReceipt = "RefundReturn" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        ebp_code: Option<Text>, "ebpCode", Shape::Upto(18), "platform code; 无 for a foreign platform without one";
        ebc_code: Option<Text>, "ebcCode", Shape::Upto(18), "merchant code";
        agent_code: Text, "agentCode", Shape::Upto(18), "declaring unit code";
        co_el_no: Text, "coElNo", Shape::Upto(30), "enterprise's document number";
        pre_no: Option<Text>, "preNo", Shape::Upto(18), "pre-entry number";
        invt_no: Text, "invtNo", Shape::Upto(20), "declaration number";
        return_status: Text, "returnStatus", Shape::Upto(10), "result code";
        return_time: StampMillis, "returnTime", Shape::TimeMillis, "when it was decided";
        return_info: Text, "returnInfo", Shape::Upto(1000), "text of the result";
    }
}
