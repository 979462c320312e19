//! CEB311 order and CEB312 its receipt (SPEC §3.1, §3.2).

use crate::Text;
use crate::record::{Shape, record};
use crate::value::{Decimal, Stamp, StampMillis};

/// An electronic order (CEB311).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Order {
    /// Its head.
    pub head: Box<OrderHead>,
    /// Its lines.
    pub lines: Vec<OrderLine>,
}

record! {
    /// Head of an order.
    OrderHead = "OrderHead" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        app_type: Text, "appType", Shape::Exactly(1), "1 new, 2 change, 3 delete";
        app_time: Stamp, "appTime", Shape::Time, "when the sender sent it";
        app_status: Text, "appStatus", Shape::Upto(3), "1 stage, 2 declare";
        order_type: Text, "orderType", Shape::Exactly(1), "I import";
        order_no: Text, "orderNo", Shape::Upto(60), "order number of the platform";
        ebp_code: Text, "ebpCode", Shape::Upto(18), "platform code";
        ebp_name: Text, "ebpName", Shape::Upto(100), "platform name";
        ebc_code: Text, "ebcCode", Shape::Upto(18), "merchant code";
        ebc_name: Text, "ebcName", Shape::Upto(100), "merchant name";
        goods_value: Decimal, "goodsValue", Shape::Amount, "value of the goods, part paid by vouchers included";
        freight: Decimal, "freight", Shape::Amount, "freight";
        discount: Decimal, "discount", Shape::Amount, "part paid by points or vouchers";
        tax_total: Decimal, "taxTotal", Shape::Amount, "tax withheld in advance";
        actural_paid: Decimal, "acturalPaid", Shape::Amount, "amount actually paid (spelled so in the specification)";
        currency: Text, "currency", Shape::Exactly(3), "currency, 142";
        buyer_reg_no: Text, "buyerRegNo", Shape::Upto(60), "buyer's account on the platform";
        buyer_name: Text, "buyerName", Shape::Upto(60), "buyer's name";
        buyer_telephone: Text, "buyerTelephone", Shape::Upto(30), "buyer's telephone";
        buyer_id_type: Text, "buyerIdType", Shape::Exactly(1), "type of the buyer's identity document, 1";
        buyer_id_number: Text, "buyerIdNumber", Shape::Upto(60), "buyer's identity number";
        pay_code: Option<Text>, "payCode", Shape::Upto(18), "payment firm code";
        pay_name: Option<Text>, "payName", Shape::Upto(100), "payment firm name";
        pay_transaction_id: Option<Text>, "payTransactionId", Shape::Upto(60), "payment number within the payment firm";
        batch_numbers: Option<Text>, "batchNumbers", Shape::Upto(100), "goods batch";
        consignee: Text, "consignee", Shape::Upto(100), "consignee";
        consignee_telephone: Text, "consigneeTelephone", Shape::Upto(50), "consignee's telephone";
        consignee_address: Text, "consigneeAddress", Shape::Upto(200), "consignee's address";
        consignee_district: Option<Text>, "consigneeDistrict", Shape::Exactly(6), "six-digit district of the consignee";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// One line of an order.
    OrderLine = "OrderList" {
        gnum: u32, "gnum", Shape::Number, "line number";
        item_no: Option<Text>, "itemNo", Shape::Upto(30), "enterprise's article number";
        item_name: Text, "itemName", Shape::Upto(250), "goods name as sold";
        gmodel: Text, "gmodel", Shape::Upto(510), "specification and model";
        item_describe: Option<Text>, "itemDescribe", Shape::Upto(1000), "description";
        bar_code: Option<Text>, "barCode", Shape::Upto(50), "bar code";
        unit: Text, "unit", Shape::Exactly(3), "unit of transaction";
        qty: Decimal, "qty", Shape::Amount, "quantity in that unit";
        price: Decimal, "price", Shape::Amount, "unit price, 0 for a gift";
        total_price: Decimal, "totalPrice", Shape::Amount, "price times quantity";
        currency: Text, "currency", Shape::Exactly(3), "currency, 142";
        country: Text, "country", Shape::Exactly(3), "country";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// Receipt of an order (CEB312).
    OrderReceipt = "OrderReturn" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        ebp_code: Text, "ebpCode", Shape::Upto(18), "platform code";
        ebc_code: Text, "ebcCode", Shape::Upto(18), "merchant code";
        order_no: Text, "orderNo", Shape::Upto(60), "order number of the platform";
        return_status: Text, "returnStatus", Shape::Upto(10), "result code";
        return_time: StampMillis, "returnTime", Shape::TimeMillis, "when it was decided";
        return_info: Text, "returnInfo", Shape::Upto(1000), "text of the result";
    }
}
