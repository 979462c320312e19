//! CEB507 arrival of parcels at the site they leave from, and CEB508 its receipt (SPEC §4.7, §4.8).

use crate::Text;
use crate::record::{Shape, record};
use crate::value::{Stamp, StampMillis};

/// Parcels of a bill at the supervised site (CEB507).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ExportArrival {
    /// Its head.
    pub head: Box<ExportArrivalHead>,
    /// Its lines.
    pub lines: Vec<ExportArrivalLine>,
}

record! {
    /// Head of an export arrival.
    ExportArrivalHead = "ArrivalHead" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        app_type: Text, "appType", Shape::Exactly(1), "1 new, 2 change, 3 delete";
        app_time: Stamp, "appTime", Shape::Time, "when the sender sent it";
        app_status: Text, "appStatus", Shape::Exactly(1), "1 stage, 2 declare";
        customs_code: Text, "customsCode", Shape::Exactly(4), "district where declared";
        cop_no: Text, "copNo", Shape::Upto(30), "enterprise's document number";
        pre_no: Option<Text>, "preNo", Shape::Exactly(18), "pre-entry number";
        operator_code: Text, "operatorCode", Shape::Upto(18), "site operator code";
        operator_name: Text, "operatorName", Shape::Upto(100), "site operator name";
        loct_no: Option<Text>, "loctNo", Shape::Upto(10), "supervised site";
        ie_flag: Text, "ieFlag", Shape::Exactly(1), "I import, E export";
        traf_mode: Text, "trafMode", Shape::Exactly(1), "mode of transport";
        bill_no: Option<Text>, "billNo", Shape::Upto(37), "master bill number";
        domestic_traf_no: Text, "domesticTrafNo", Shape::Upto(100), "vehicle that brought the goods to the site";
        logistics_code: Text, "logisticsCode", Shape::Upto(18), "logistics firm code";
        logistics_name: Text, "logisticsName", Shape::Upto(100), "logistics firm name";
        msg_count: u32, "msgCount", Shape::Number, "parts that the document was split into, 1 when it was not";
        msg_seq_no: u32, "msgSeqNo", Shape::Number, "number of this part, from 1";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// One parcel of an export arrival.
    ExportArrivalLine = "ArrivalList" {
        gnum: u32, "gnum", Shape::Digits(5), "line number";
        logistics_no: Text, "logisticsNo", Shape::Upto(32), "waybill number";
        total_package_no: Option<Text>, "totalPackageNo", Shape::Upto(37), "number of the pallet or bag";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// Receipt of an export arrival (CEB508).
    ExportArrivalReceipt = "ArrivalReturn" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        operator_code: Text, "operatorCode", Shape::Upto(18), "site operator code";
        logistics_code: Text, "logisticsCode", Shape::Upto(18), "logistics firm code";
        pre_no: Text, "preNo", Shape::Upto(18), "pre-entry number; empty when the document was refused before it got one";
        cop_no: Text, "copNo", Shape::Upto(30), "enterprise's document number";
        bill_no: Text, "billNo", Shape::Upto(37), "master bill number";
        msg_seq_no: u32, "msgSeqNo", Shape::Number, "number of this part, from 1";
        return_status: Text, "returnStatus", Shape::Upto(10), "result code";
        return_time: StampMillis, "returnTime", Shape::TimeMillis, "when it was decided";
        return_info: Text, "returnInfo", Shape::Upto(1000), "text of the result";
    }
}
