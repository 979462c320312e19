//! CEB607 lists under one master bill and CEB608 its receipt (SPEC §4.15, §4.16).

use crate::Text;
use crate::record::{Shape, record};
use crate::value::{Decimal, Stamp, StampMillis};

/// The parcels under one master bill (CEB607).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct MasterBill {
    /// Its head.
    pub head: Box<MasterBillHead>,
    /// Its lines.
    pub lines: Vec<MasterBillLine>,
}

record! {
    /// Head of a master bill.
    MasterBillHead = "WayBillHead" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        app_type: Text, "appType", Shape::Exactly(1), "1 new, 2 change, 3 delete";
        app_time: Stamp, "appTime", Shape::Time, "when the sender sent it";
        app_status: Text, "appStatus", Shape::Exactly(1), "1 stage, 2 declare";
        customs_code: Text, "customsCode", Shape::Exactly(4), "district where declared";
        cop_no: Text, "copNo", Shape::Upto(30), "enterprise's document number";
        pre_no: Option<Text>, "preNo", Shape::Exactly(18), "pre-entry number";
        agent_code: Text, "agentCode", Shape::Upto(18), "declaring unit code";
        agent_name: Text, "agentName", Shape::Upto(100), "declaring unit name";
        loct_no: Option<Text>, "loctNo", Shape::Upto(10), "supervised site";
        traf_mode: Text, "trafMode", Shape::Exactly(1), "mode of transport";
        traf_name: Text, "trafName", Shape::Upto(100), "name of the means of transport";
        voyage_no: Text, "voyageNo", Shape::Upto(32), "voyage or flight";
        bill_no: Text, "billNo", Shape::Upto(37), "master bill number";
        domestic_traf_no: Option<Text>, "domesticTrafNo", Shape::Upto(100), "vehicle that brought the goods to the site";
        gross_weight: Decimal, "grossWeight", Shape::Amount, "gross weight in kilograms";
        logistics_code: Text, "logisticsCode", Shape::Upto(18), "logistics firm code";
        logistics_name: Text, "logisticsName", Shape::Upto(100), "logistics firm name";
        msg_count: u32, "msgCount", Shape::Number, "parts that the document was split into, 1 when it was not";
        msg_seq_no: u32, "msgSeqNo", Shape::Number, "number of this part, from 1";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// One parcel of a master bill.
    MasterBillLine = "WayBillList" {
        gnum: u32, "gnum", Shape::Digits(5), "line number";
        total_package_no: Option<Text>, "totalPackageNo", Shape::Upto(60), "number of the pallet or bag";
        logistics_no: Text, "logisticsNo", Shape::Upto(32), "waybill number";
        invt_no: Option<Text>, "invtNo", Shape::Upto(20), "declaration number of the export list";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// Receipt of a master bill (CEB608).
    MasterBillReceipt = "WayBillReturn" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        agent_code: Text, "agentCode", Shape::Upto(18), "declaring unit code";
        logistics_code: Text, "logisticsCode", Shape::Upto(18), "logistics firm code";
        cop_no: Text, "copNo", Shape::Upto(30), "enterprise's document number";
        pre_no: Text, "preNo", Shape::Upto(18), "pre-entry number; empty when the document was refused before it got one";
        bill_no: Text, "billNo", Shape::Upto(37), "master bill number";
        msg_seq_no: u32, "msgSeqNo", Shape::Number, "number of this part, from 1";
        return_status: Text, "returnStatus", Shape::Upto(10), "result code";
        return_time: StampMillis, "returnTime", Shape::TimeMillis, "when it was decided";
        return_info: Text, "returnInfo", Shape::Upto(1000), "text of the result";
    }
}
