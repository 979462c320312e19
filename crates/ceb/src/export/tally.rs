//! CEB215 tally of returned goods at the site and CEB216 its receipt (SPEC §4.19, §4.20).

use crate::Text;
use crate::record::{Shape, record};
use crate::value::{Stamp, StampMillis};

record! {
    /// Returned goods that arrived at the site (CEB215).
    ReturnTally = "InvtRefundDetail" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        app_type: Text, "appType", Shape::Exactly(1), "1 new, 2 change, 3 delete";
        app_time: Stamp, "appTime", Shape::Time, "when the sender sent it";
        app_status: Text, "appStatus", Shape::Exactly(1), "1 stage, 2 declare";
        customs_code: Text, "customsCode", Shape::Exactly(4), "district where declared";
        operator_code: Text, "operatorCode", Shape::Upto(18), "site operator code";
        operator_name: Text, "operatorName", Shape::Upto(100), "site operator name";
        logistics_code: Text, "logisticsCode", Shape::Upto(18), "logistics firm code";
        logistics_name: Text, "logisticsName", Shape::Upto(100), "logistics firm name";
        logistics_no: Text, "logisticsNo", Shape::Upto(80), "waybill number";
        invt_no: Option<Text>, "invtNo", Shape::Upto(20), "declaration number";
        co_el_no: Text, "coElNo", Shape::Upto(20), "enterprise's document number";
        pre_no: Option<Text>, "preNo", Shape::Upto(18), "pre-entry number";
        bill_no: Text, "billNo", Shape::Upto(37), "master bill number";
        ie_flag: Text, "ieFlag", Shape::Exactly(1), "I, the goods come back";
        traf_mode: Text, "trafMode", Shape::Exactly(1), "mode of transport";
        traf_name: Text, "trafName", Shape::Upto(100), "name of the means of transport";
        voyage_no: Text, "voyageNo", Shape::Upto(32), "voyage or flight";
        location: Option<Text>, "location", Shape::Upto(250), "where the goods are stored";
        note: Option<Text>, "note", Shape::Upto(250), "remark";
    }
}

record! {
    /// Receipt of a tally (CEB216).
    ReturnTallyReceipt = "InvtRefundDetailReturn" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        operator_code: Text, "operatorCode", Shape::Upto(18), "site operator code";
        logistics_code: Text, "logisticsCode", Shape::Upto(18), "logistics firm code";
        logistics_no: Text, "logisticsNo", Shape::Upto(80), "waybill number";
        co_el_no: Text, "coElNo", Shape::Upto(30), "enterprise's document number";
        pre_no: Option<Text>, "preNo", Shape::Upto(18), "pre-entry number";
        return_status: Text, "returnStatus", Shape::Upto(10), "result code";
        return_time: StampMillis, "returnTime", Shape::TimeMillis, "when it was decided";
        return_info: Text, "returnInfo", Shape::Upto(1000), "text of the result";
    }
}
