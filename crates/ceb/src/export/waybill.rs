//! CEB505 export waybill and CEB506 its receipt (SPEC §4.5, §4.6). A waybill names no order: the list joins them.

use crate::Text;
use crate::record::{Shape, record};
use crate::value::{Decimal, Stamp, StampMillis};

record! {
    /// An export waybill (CEB505).
    ExportWaybill = "Logistics" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        app_type: Text, "appType", Shape::Exactly(1), "1 new, 2 change, 3 delete";
        app_time: Stamp, "appTime", Shape::Time, "when the sender sent it";
        app_status: Text, "appStatus", Shape::Exactly(1), "1 stage, 2 declare";
        logistics_code: Text, "logisticsCode", Shape::Upto(18), "logistics firm code";
        logistics_name: Text, "logisticsName", Shape::Upto(100), "logistics firm name";
        logistics_no: Text, "logisticsNo", Shape::Upto(32), "waybill number";
        freight: Decimal, "freight", Shape::Amount, "freight";
        insured_fee: Decimal, "insuredFee", Shape::Amount, "insurance";
        currency: Text, "currency", Shape::Exactly(3), "currency code";
        gross_weight: Decimal, "grossWeight", Shape::Amount, "gross weight in kilograms";
        pack_no: u32, "packNo", Shape::Number, "number of parcels";
        goods_info: Text, "goodsInfo", Shape::Upto(200), "goods carried";
        ebc_code: Option<Text>, "ebcCode", Shape::Upto(18), "merchant code";
        ebc_name: Option<Text>, "ebcName", Shape::Upto(100), "merchant name";
        ebc_telephone: Option<Text>, "ebcTelephone", Shape::Upto(50), "merchant's telephone";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// Receipt of an export waybill (CEB506).
    ExportWaybillReceipt = "LogisticsReturn" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        logistics_code: Text, "logisticsCode", Shape::Upto(18), "logistics firm code";
        logistics_no: Text, "logisticsNo", Shape::Upto(32), "waybill number";
        return_status: Text, "returnStatus", Shape::Upto(10), "result code";
        return_time: StampMillis, "returnTime", Shape::TimeMillis, "when it was decided";
        return_info: Text, "returnInfo", Shape::Upto(1000), "text of the result";
    }
}
