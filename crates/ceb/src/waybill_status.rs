//! CEB513 waybill status and CEB514 its receipt (SPEC §3.7, §3.8).

use crate::Text;
use crate::record::{Shape, record};
use crate::value::{Stamp, StampMillis};

record! {
    /// The state of a waybill (CEB513): delivered.
    WaybillStatus = "LogisticsStatus" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        app_type: Text, "appType", Shape::Exactly(1), "1 new, 2 change, 3 delete";
        app_time: Stamp, "appTime", Shape::Time, "when the sender sent it";
        app_status: Text, "appStatus", Shape::Upto(3), "1 stage, 2 declare";
        logistics_code: Text, "logisticsCode", Shape::Upto(18), "logistics firm code";
        logistics_name: Text, "logisticsName", Shape::Upto(100), "logistics firm name";
        logistics_no: Text, "logisticsNo", Shape::Upto(60), "waybill number";
        logistics_status: Text, "logisticsStatus", Shape::Exactly(1), "S signed for";
        logistics_time: Stamp, "logisticsTime", Shape::Time, "when the state occurred";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// Receipt of a waybill status (CEB514).
    WaybillStatusReceipt = "LogisticsStatusReturn" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        logistics_code: Text, "logisticsCode", Shape::Upto(18), "logistics firm code";
        logistics_no: Text, "logisticsNo", Shape::Upto(60), "waybill number";
        logistics_status: Text, "logisticsStatus", Shape::Exactly(1), "S signed for";
        return_status: Text, "returnStatus", Shape::Upto(10), "result code";
        return_time: StampMillis, "returnTime", Shape::TimeMillis, "when it was decided";
        return_info: Text, "returnInfo", Shape::Upto(1000), "text of the result";
    }
}
