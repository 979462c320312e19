//! CEB509 departure from the country and CEB510 its receipt (SPEC §4.9, §4.10).

use crate::Text;
use crate::record::{Shape, record};
use crate::value::{Stamp, StampMillis};

/// Parcels that left the country (CEB509).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Departure {
    /// Its head.
    pub head: Box<DepartureHead>,
    /// Its lines.
    pub lines: Vec<DepartureLine>,
}

record! {
    /// Head of a departure.
    DepartureHead = "DepartureHead" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        app_type: Text, "appType", Shape::Exactly(1), "1 new, 2 change, 3 delete";
        app_time: Stamp, "appTime", Shape::Time, "when the sender sent it";
        app_status: Text, "appStatus", Shape::Exactly(1), "1 stage, 2 declare";
        customs_code: Text, "customsCode", Shape::Exactly(4), "district where declared";
        cop_no: Text, "copNo", Shape::Upto(30), "enterprise's document number";
        pre_no: Option<Text>, "preNo", Shape::Exactly(18), "pre-entry number";
        logistics_code: Text, "logisticsCode", Shape::Upto(18), "logistics firm code";
        logistics_name: Text, "logisticsName", Shape::Upto(100), "logistics firm name";
        traf_mode: Text, "trafMode", Shape::Exactly(1), "mode of transport";
        traf_name: Option<Text>, "trafName", Shape::Upto(100), "name of the means of transport";
        voyage_no: Option<Text>, "voyageNo", Shape::Upto(32), "voyage or flight";
        bill_no: Option<Text>, "billNo", Shape::Upto(37), "master bill number";
        leave_time: Stamp, "leaveTime", Shape::Time, "when it left the country";
        msg_count: u32, "msgCount", Shape::Number, "parts that the document was split into, 1 when it was not";
        msg_seq_no: u32, "msgSeqNo", Shape::Number, "number of this part, from 1";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// One parcel of a departure.
    DepartureLine = "DepartureList" {
        gnum: u32, "gnum", Shape::Digits(5), "line number";
        total_package_no: Option<Text>, "totalPackageNo", Shape::Upto(37), "number of the pallet or bag";
        logistics_no: Text, "logisticsNo", Shape::Upto(32), "waybill number";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// Receipt of a departure (CEB510).
    DepartureReceipt = "DepartureReturn" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        logistics_code: Text, "logisticsCode", Shape::Upto(18), "logistics firm code";
        cop_no: Text, "copNo", Shape::Upto(30), "enterprise's document number";
        pre_no: Text, "preNo", Shape::Upto(18), "pre-entry number; empty when the document was refused before it got one";
        msg_seq_no: u32, "msgSeqNo", Shape::Number, "number of this part, from 1";
        return_status: Text, "returnStatus", Shape::Upto(10), "result code";
        return_time: StampMillis, "returnTime", Shape::TimeMillis, "when it was decided";
        return_info: Text, "returnInfo", Shape::Upto(1000), "text of the result";
    }
}
