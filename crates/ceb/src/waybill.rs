//! CEB511 waybill and CEB512 its receipt (SPEC §3.5, §3.6).

use crate::Text;
use crate::record::{Shape, record};
use crate::value::{Decimal, Stamp, StampMillis};

record! {
    /// A waybill (CEB511).
    Waybill = "LogisticsHead" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        app_type: Text, "appType", Shape::Exactly(1), "1 new, 2 change, 3 delete";
        app_time: Stamp, "appTime", Shape::Time, "when the sender sent it";
        app_status: Text, "appStatus", Shape::Upto(3), "1 stage, 2 declare";
        logistics_code: Text, "logisticsCode", Shape::Upto(18), "logistics firm code";
        logistics_name: Text, "logisticsName", Shape::Upto(100), "logistics firm name";
        logistics_no: Text, "logisticsNo", Shape::Upto(60), "waybill number";
        bill_no: Option<Text>, "billNo", Shape::Upto(37), "master bill number";
        order_no: Text, "orderNo", Shape::Upto(60), "order number of the platform";
        freight: Option<Decimal>, "freight", Shape::Amount, "freight";
        insured_fee: Option<Decimal>, "insuredFee", Shape::Amount, "insurance";
        currency: Text, "currency", Shape::Exactly(3), "currency, 142";
        weight: Decimal, "weight", Shape::Amount, "gross weight in kilograms";
        pack_no: u32, "packNo", Shape::Number, "number of parcels";
        goods_info: Option<Text>, "goodsInfo", Shape::Upto(200), "what is carried";
        consignee: Text, "consignee", Shape::Upto(100), "consignee";
        consignee_address: Text, "consigneeAddress", Shape::Upto(200), "consignee's address";
        consignee_telephone: Text, "consigneeTelephone", Shape::Upto(50), "consignee's telephone";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// Receipt of a waybill (CEB512).
    WaybillReceipt = "LogisticsReturn" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        logistics_code: Text, "logisticsCode", Shape::Upto(18), "logistics firm code";
        logistics_no: Text, "logisticsNo", Shape::Upto(60), "waybill number";
        return_status: Text, "returnStatus", Shape::Upto(10), "result code";
        return_time: StampMillis, "returnTime", Shape::TimeMillis, "when it was decided";
        return_info: Text, "returnInfo", Shape::Upto(1000), "text of the result";
    }
}
