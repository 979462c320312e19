//! CEB623 cancellation and CEB624 its receipt (SPEC §3.11, §3.12).

use crate::Text;
use crate::record::{Shape, record};
use crate::value::{Stamp, StampMillis};

record! {
    /// An application to cancel a declaration (CEB623).
    Cancellation = "InvtCancel" {
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
    /// Receipt of a cancellation (CEB624).
    CancellationReceipt = "InvtCancelReturn" {
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
