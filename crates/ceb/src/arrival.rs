//! CEB711 arrival (warehouse-in detail) and CEB712 its receipt (SPEC §3.15, §3.16).

use crate::Text;
use crate::record::{Shape, record};
use crate::value::{Stamp, StampMillis};

/// Parcels unpacked from a bill at the supervised site (CEB711).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Arrival {
    /// Its head.
    pub head: Box<ArrivalHead>,
    /// Its lines.
    pub lines: Vec<ArrivalLine>,
}

record! {
    /// Head of an arrival.
    ArrivalHead = "DeliveryHead" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        app_type: Text, "appType", Shape::Exactly(1), "1 new, 2 change, 3 delete";
        app_time: Stamp, "appTime", Shape::Time, "when the sender sent it";
        app_status: Text, "appStatus", Shape::Upto(3), "1 stage, 2 declare";
        customs_code: Text, "customsCode", Shape::Exactly(4), "district where declared";
        cop_no: Option<Text>, "copNo", Shape::Upto(20), "enterprise's document number";
        pre_no: Option<Text>, "preNo", Shape::Upto(18), "pre-entry number";
        rkd_no: Option<Text>, "rkdNo", Shape::Upto(18), "warehouse-in number";
        operator_code: Text, "operatorCode", Shape::Upto(18), "site operator code";
        operator_name: Text, "operatorName", Shape::Upto(100), "site operator name";
        ie_flag: Text, "ieFlag", Shape::Exactly(1), "I import, E export";
        traf_mode: Text, "trafMode", Shape::Exactly(1), "mode of transport";
        traf_no: Text, "trafNo", Shape::Upto(100), "means of transport";
        voyage_no: Text, "voyageNo", Shape::Upto(32), "voyage or flight";
        bill_no: Text, "billNo", Shape::Upto(37), "master bill number";
        logistics_code: Text, "logisticsCode", Shape::Upto(18), "logistics firm code";
        logistics_name: Text, "logisticsName", Shape::Upto(100), "logistics firm name";
        unload_location: Option<Text>, "unloadLocation", Shape::Upto(100), "where it is unloaded";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// One parcel of an arrival.
    ArrivalLine = "DeliveryList" {
        gnum: u32, "gnum", Shape::Number, "line number";
        logistics_no: Text, "logisticsNo", Shape::Upto(60), "waybill number";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// Receipt of an arrival (CEB712).
    ArrivalReceipt = "DeliveryReturn" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        customs_code: Option<Text>, "customsCode", Shape::Exactly(4), "district where declared";
        operator_code: Option<Text>, "operatorCode", Shape::Upto(18), "site operator code";
        cop_no: Option<Text>, "copNo", Shape::Upto(20), "enterprise's document number";
        pre_no: Option<Text>, "preNo", Shape::Upto(18), "pre-entry number";
        rkd_no: Option<Text>, "rkdNo", Shape::Upto(18), "warehouse-in number";
        return_status: Text, "returnStatus", Shape::Upto(10), "result code";
        return_time: StampMillis, "returnTime", Shape::TimeMillis, "when it was decided";
        return_info: Text, "returnInfo", Shape::Upto(1000), "text of the result";
    }
}
