//! CEB303 export order and CEB304 its receipt (SPEC §4.1, §4.2).

use crate::Text;
use crate::record::{Shape, record};
use crate::value::{Decimal, Stamp, StampMillis};

/// An order of an export (CEB303).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ExportOrder {
    /// Its head.
    pub head: Box<ExportOrderHead>,
    /// Its lines.
    pub lines: Vec<ExportOrderLine>,
}

record! {
    /// Head of an export order.
    ExportOrderHead = "OrderHead" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        app_type: Text, "appType", Shape::Exactly(1), "1 new, 2 change, 3 delete";
        app_time: Stamp, "appTime", Shape::Time, "when the sender sent it";
        app_status: Text, "appStatus", Shape::Exactly(1), "1 stage, 2 declare";
        order_type: Text, "orderType", Shape::Exactly(1), "E retail export, B export to an enterprise, W order of an overseas warehouse";
        order_no: Text, "orderNo", Shape::Upto(60), "order number of the platform";
        ebp_code: Text, "ebpCode", Shape::Upto(18), "platform code; 无 for a foreign platform without one";
        ebp_name: Text, "ebpName", Shape::Upto(100), "platform name";
        ebc_code: Text, "ebcCode", Shape::Upto(18), "merchant code";
        ebc_name: Text, "ebcName", Shape::Upto(100), "merchant name";
        goods_value: Decimal, "goodsValue", Shape::Amount, "value of the goods without freight (FOB)";
        freight: Decimal, "freight", Shape::Amount, "freight";
        currency: Text, "currency", Shape::Exactly(3), "currency code";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// One line of an export order.
    ExportOrderLine = "OrderList" {
        gnum: u32, "gnum", Shape::Digits(5), "line number";
        item_no: Text, "itemNo", Shape::Upto(30), "enterprise's article number";
        item_name: Text, "itemName", Shape::Upto(250), "goods name of the enterprise";
        item_describe: Option<Text>, "itemDescribe", Shape::Upto(1000), "description";
        bar_code: Option<Text>, "barCode", Shape::Upto(50), "bar code; 无 without one";
        unit: Text, "unit", Shape::Exactly(3), "unit of transaction";
        currency: Text, "currency", Shape::Exactly(3), "currency code";
        qty: Decimal, "qty", Shape::Amount, "quantity in that unit";
        price: Decimal, "price", Shape::Amount, "unit price, 0 for a gift";
        total_price: Decimal, "totalPrice", Shape::Amount, "price times quantity";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// Receipt of an export order (CEB304).
    ExportOrderReceipt = "OrderReturn" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        ebp_code: Text, "ebpCode", Shape::Upto(18), "platform code; 无 for a foreign platform without one";
        ebc_code: Text, "ebcCode", Shape::Upto(18), "merchant code";
        order_no: Text, "orderNo", Shape::Upto(60), "order number of the platform";
        return_status: Text, "returnStatus", Shape::Upto(10), "result code";
        return_time: StampMillis, "returnTime", Shape::TimeMillis, "when it was decided";
        return_info: Text, "returnInfo", Shape::Upto(1000), "text of the result";
    }
}
