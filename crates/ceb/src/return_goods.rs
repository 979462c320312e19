//! CEB625 return and CEB626 its receipt (SPEC §3.13, §3.14).

use crate::Text;
use crate::record::{Shape, record};
use crate::value::{Decimal, Stamp, StampMillis};

/// An application to return goods (CEB625).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Return {
    /// Its head.
    pub head: Box<ReturnHead>,
    /// Its lines.
    pub lines: Vec<ReturnLine>,
}

record! {
    /// Head of a return.
    ReturnHead = "InvtRefundHead" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        app_type: Text, "appType", Shape::Exactly(1), "1 new, 2 change, 3 delete";
        app_time: Stamp, "appTime", Shape::Time, "when the sender sent it";
        app_status: Text, "appStatus", Shape::Upto(3), "1 stage, 2 declare";
        customs_code: Text, "customsCode", Shape::Exactly(4), "district where declared";
        order_no: Text, "orderNo", Shape::Upto(60), "order number of the platform";
        ebp_code: Text, "ebpCode", Shape::Upto(18), "platform code";
        ebp_name: Text, "ebpName", Shape::Upto(100), "platform name";
        ebc_code: Text, "ebcCode", Shape::Upto(18), "merchant code";
        ebc_name: Text, "ebcName", Shape::Upto(100), "merchant name";
        logistics_no: Text, "logisticsNo", Shape::Upto(60), "waybill number";
        logistics_code: Text, "logisticsCode", Shape::Upto(18), "logistics firm code";
        logistics_name: Text, "logisticsName", Shape::Upto(100), "logistics firm name";
        cop_no: Option<Text>, "copNo", Shape::Upto(20), "enterprise's document number";
        pre_no: Option<Text>, "preNo", Shape::Upto(18), "pre-entry number";
        invt_no: Text, "invtNo", Shape::Upto(18), "declaration number";
        buyer_id_type: Text, "buyerIdType", Shape::Exactly(1), "type of the buyer's identity document, 1";
        buyer_id_number: Text, "buyerIdNumber", Shape::Upto(60), "buyer's identity number";
        buyer_name: Text, "buyerName", Shape::Upto(60), "buyer's name";
        buyer_telephone: Text, "buyerTelephone", Shape::Upto(30), "buyer's telephone";
        agent_code: Text, "agentCode", Shape::Upto(18), "declaring unit code";
        agent_name: Text, "agentName", Shape::Upto(100), "declaring unit name";
        reason: Text, "reason", Shape::Upto(1000), "reason";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// One line of a return.
    ReturnLine = "InvtRefundList" {
        gnum: u32, "gnum", Shape::Number, "line number";
        gcode: Text, "gcode", Shape::Exactly(10), "ten-digit HS code";
        gname: Text, "gname", Shape::Upto(250), "goods name";
        qty: Decimal, "qty", Shape::Amount, "quantity in that unit";
        unit: Text, "unit", Shape::Exactly(3), "unit of transaction";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// Receipt of a return (CEB626).
    ReturnReceipt = "InvtRefundReturn" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        customs_code: Option<Text>, "customsCode", Shape::Exactly(4), "district where declared";
        agent_code: Option<Text>, "agentCode", Shape::Upto(18), "declaring unit code";
        ebp_code: Option<Text>, "ebpCode", Shape::Upto(18), "platform code";
        ebc_code: Option<Text>, "ebcCode", Shape::Upto(18), "merchant code";
        cop_no: Text, "copNo", Shape::Upto(20), "enterprise's document number";
        pre_no: Text, "preNo", Shape::Upto(18), "pre-entry number; empty when the document was refused before it got one";
        invt_no: Option<Text>, "invtNo", Shape::Exactly(18), "declaration number";
        return_status: Text, "returnStatus", Shape::Upto(10), "result code";
        return_time: StampMillis, "returnTime", Shape::TimeMillis, "when it was decided";
        return_info: Text, "returnInfo", Shape::Upto(1000), "text of the result";
    }
}
